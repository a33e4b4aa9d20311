//! What can go wrong with notes and reading places.
use crate::fault::{Problem, internal_en, internal_vi};
use crate::{identity, meetings};
use axum::http::StatusCode;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such note of this person")]
    NotFound,
    #[error("the note was changed or removed elsewhere")]
    Changed,
    #[error("field {0} is missing or unusable")]
    Field(&'static str),
    #[error("the person has too many notes in this meeting")]
    TooMany,
    #[error("no key could be made")]
    NoKey,
    #[error("the request cannot be read: {0}")]
    Form(String),
    #[error(transparent)]
    Identity(#[from] identity::Error),
    #[error(transparent)]
    Meetings(#[from] meetings::Error),
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

impl Problem for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "reading.not_found",
            Self::Changed => "reading.changed",
            Self::Field(_) => "reading.field",
            Self::TooMany => "reading.too_many",
            Self::Form(_) => "reading.form",
            Self::Identity(e) => e.code(),
            Self::Meetings(e) => e.code(),
            Self::NoKey | Self::Db(_) => "server.failed",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Changed | Self::TooMany => StatusCode::CONFLICT,
            Self::Field(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Form(_) => StatusCode::BAD_REQUEST,
            Self::Identity(e) => e.status(),
            Self::Meetings(e) => e.status(),
            Self::NoKey | Self::Db(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn vi(&self) -> String {
        match self {
            Self::NotFound => "Không tìm thấy ghi chú này. Hãy mở lại tài liệu để xem các ghi chú hiện có.".into(),
            Self::Changed => "Ghi chú này vừa được sửa hoặc xóa trên thiết bị khác. Hãy lưu thành ghi chú mới.".into(),
            Self::Field("page") => "Tài liệu không có trang này. Hãy chọn trang khác.".into(),
            Self::Field("text") => "Hãy nhập nội dung ghi chú (tối đa 4000 ký tự).".into(),
            Self::Field(name) => format!("Trường {name} thiếu hoặc không hợp lệ. Hãy kiểm tra lại."),
            Self::TooMany => "Đã có 2000 ghi chú trong cuộc họp này. Hãy xóa bớt rồi ghi tiếp.".into(),
            Self::Form(_) => "Không đọc được yêu cầu. Hãy kiểm tra lại nội dung gửi.".into(),
            Self::Identity(e) => e.vi(),
            Self::Meetings(e) => e.vi(),
            Self::NoKey | Self::Db(_) => internal_vi(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::NotFound => "There is no such note of yours. Open the document again to see the notes that are there.".into(),
            Self::Changed => "This note was changed or removed on another device. Save it as a new note.".into(),
            Self::Field("page") => "The document has no such page. Choose another.".into(),
            Self::Field("text") => "Enter the note's text (at most 4000 characters).".into(),
            Self::Field(name) => format!("The field {name} is missing or unusable. Check it."),
            Self::TooMany => "You have 2000 notes in this meeting. Remove some, then go on.".into(),
            Self::Form(why) => format!("The request cannot be read. Check what is sent. ({why})"),
            Self::Identity(e) => e.en(),
            Self::Meetings(e) => e.en(),
            Self::NoKey | Self::Db(_) => internal_en(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Field(name) => Some(name),
            Self::Meetings(e) => e.field(),
            _ => None,
        }
    }
}
