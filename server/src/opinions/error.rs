//! What can go wrong with a sheet of opinions.
use crate::fault::{Problem, internal_en, internal_vi};
use crate::{documents, identity, meetings};
use axum::http::StatusCode;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such sheet for this person")]
    NotFound,
    #[error("not possible in this state of the sheet")]
    NotNow,
    #[error("answers are no longer taken")]
    Over,
    #[error("this person is not asked")]
    NotAsked,
    #[error("the draft was changed meanwhile")]
    Changed,
    #[error("field {0} is missing or unusable")]
    Field(&'static str),
    #[error("the request cannot be read: {0}")]
    Form(String),
    #[error("the summing-up cannot be written: {0}")]
    Report(String),
    #[error(transparent)]
    Identity(#[from] identity::Error),
    #[error(transparent)]
    Documents(#[from] documents::Error),
    #[error(transparent)]
    Meetings(#[from] meetings::Error),
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

impl Problem for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "opinions.not_found",
            Self::NotNow => "opinions.not_now",
            Self::Over => "opinions.over",
            Self::NotAsked => "opinions.not_asked",
            Self::Changed => "opinions.changed",
            Self::Field(_) => "opinions.field",
            Self::Form(_) => "opinions.form",
            Self::Identity(e) => e.code(),
            Self::Documents(e) => e.code(),
            Self::Meetings(e) => e.code(),
            Self::Report(_) | Self::Db(_) => "server.failed",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotNow | Self::Over | Self::Changed => StatusCode::CONFLICT,
            Self::NotAsked => StatusCode::FORBIDDEN,
            Self::Field(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Form(_) => StatusCode::BAD_REQUEST,
            Self::Identity(e) => e.status(),
            Self::Documents(e) => e.status(),
            Self::Meetings(e) => e.status(),
            Self::Report(_) | Self::Db(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn vi(&self) -> String {
        match self {
            Self::NotFound => "Không có phiếu lấy ý kiến này, hoặc phiếu không gửi đến anh/chị. Hãy quay lại danh sách.".into(),
            Self::NotNow => "Không thực hiện được ở trạng thái hiện tại của phiếu. Hãy tải lại trang để xem trạng thái mới.".into(),
            Self::Over => "Phiếu này không nhận ý kiến nữa vì đã hết hạn, đã kết thúc hoặc đã rút. Hãy liên hệ thư ký nếu cần.".into(),
            Self::NotAsked => "Phiếu này không lấy ý kiến của anh/chị nên không trả lời được.".into(),
            Self::Changed => "Phiếu đã được sửa ở nơi khác. Nội dung vừa nhập vẫn còn trên màn hình; hãy tải lại rồi sửa tiếp.".into(),
            Self::Field(field) => match *field {
                "title" => "Hãy nhập tên phiếu (tối đa 500 ký tự).".into(),
                "questions" => "Hãy nhập từ 1 đến 20 nội dung xin ý kiến, mỗi nội dung tối đa 2000 ký tự.".into(),
                "documents" => "Phiếu kèm tối đa 50 tài liệu. Hãy bỏ bớt.".into(),
                "members" => "Hãy chọn từ 1 đến 500 người có tài khoản đang hoạt động để lấy ý kiến.".into(),
                "deadline" => {
                    "Hạn trả lời phải ở sau thời điểm này, không quá một năm; khi gia hạn phải muộn hơn hạn cũ. Hãy chọn lại.".into()
                }
                "rule" => "Hãy chọn tỷ lệ thông qua: quá nửa hoặc ít nhất hai phần ba số người được hỏi.".into(),
                "answers" => "Hãy trả lời mỗi nội dung đúng một lần.".into(),
                "words" => "Khi chọn “Ý kiến khác” hãy ghi rõ ý kiến; mỗi ý kiến tối đa 5000 ký tự.".into(),
                "reason" => "Hãy nhập lý do (tối đa 1000 ký tự).".into(),
                other => format!("Trường {other} còn thiếu hoặc không dùng được. Hãy kiểm tra lại."),
            },
            Self::Form(_) => "Không đọc được yêu cầu. Hãy kiểm tra lại nội dung gửi.".into(),
            Self::Identity(e) => e.vi(),
            Self::Documents(e) => e.vi(),
            Self::Meetings(e) => e.vi(),
            Self::Report(_) | Self::Db(_) => internal_vi(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::NotFound => "There is no such sheet, or it was not sent to you. Go back to the list.".into(),
            Self::NotNow => "This cannot be done in the sheet's present state. Reload the page to see its new state.".into(),
            Self::Over => "This sheet takes no more answers: it is past its deadline, closed or withdrawn. Ask its secretary.".into(),
            Self::NotAsked => "This sheet does not ask for your opinion, so you cannot answer it.".into(),
            Self::Changed => "The sheet was changed elsewhere. What you entered is still on the screen: reload, then go on.".into(),
            Self::Field(field) => match *field {
                "title" => "Enter a title (at most 500 characters).".into(),
                "questions" => "Enter 1 to 20 questions, each of at most 2000 characters.".into(),
                "documents" => "A sheet has at most 50 documents. Take some off.".into(),
                "members" => "Choose 1 to 500 people with an active account to be asked.".into(),
                "deadline" => {
                    "The deadline must be in the future, within a year, and, to extend it, later than the present one. Choose it again."
                        .into()
                }
                "rule" => "Choose what it takes: more than half, or two thirds, of those asked.".into(),
                "answers" => "Answer each question exactly once.".into(),
                "words" => "With “other opinion”, say which; each opinion has at most 5000 characters.".into(),
                "reason" => "Enter a reason (at most 1000 characters).".into(),
                other => format!("The field {other} is missing or unusable. Check it."),
            },
            Self::Form(why) => format!("The request cannot be read. Check what is sent. ({why})"),
            Self::Identity(e) => e.en(),
            Self::Documents(e) => e.en(),
            Self::Meetings(e) => e.en(),
            Self::Report(_) | Self::Db(_) => internal_en(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Field(f) => Some(f),
            Self::Documents(e) => e.field(),
            Self::Meetings(e) => e.field(),
            _ => None,
        }
    }
}
