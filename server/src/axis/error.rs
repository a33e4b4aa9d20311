//! What can go wrong on the way to and from the axis.
use crate::fault::{Problem, internal_en, internal_vi};
use crate::files::FileError;
use crate::{documents, identity, signatures};
use axum::http::StatusCode;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such message")]
    NotFound,
    #[error("only a failed message can be tried again or given up")]
    NotFailed,
    #[error("the query cannot be read: {0}")]
    Query(String),
    #[error("the envelope cannot be signed: {0}")]
    Key(String),
    #[error(transparent)]
    Identity(#[from] identity::Error),
    #[error(transparent)]
    Documents(#[from] documents::Error),
    #[error(transparent)]
    Signatures(#[from] signatures::Error),
    #[error(transparent)]
    Db(#[from] sqlx::Error),
    #[error("{0}")]
    Files(#[from] FileError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("what the outbox holds cannot be read: {0}")]
    Payload(#[from] serde_json::Error),
    #[error("a task has failed: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl Problem for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "axis.not_found",
            Self::NotFailed => "axis.not_failed",
            Self::Query(_) => "axis.query",
            Self::Identity(e) => e.code(),
            Self::Documents(e) => e.code(),
            Self::Signatures(e) => e.code(),
            _ => "server.failed",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotFailed => StatusCode::CONFLICT,
            Self::Query(_) => StatusCode::BAD_REQUEST,
            Self::Identity(e) => e.status(),
            Self::Documents(e) => e.status(),
            Self::Signatures(e) => e.status(),
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn vi(&self) -> String {
        match self {
            Self::NotFound => "Không có gói tin này. Hãy tải lại danh sách.".into(),
            Self::Query(why) => format!("Không hiểu tham số của yêu cầu. Hãy kiểm tra rồi gửi lại. ({why})"),
            Self::NotFailed => "Gói tin này không ở trạng thái lỗi nên không cần gửi lại hay thôi gửi. Hãy tải lại danh sách.".into(),
            Self::Identity(e) => e.vi(),
            Self::Documents(e) => e.vi(),
            Self::Signatures(e) => e.vi(),
            _ => internal_vi(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::NotFound => "There is no such message. Reload the list.".into(),
            Self::Query(why) => format!("The query cannot be understood. Check it and send it again. ({why})"),
            Self::NotFailed => "This message has not failed, so there is nothing to try again or to give up. Reload the list.".into(),
            Self::Identity(e) => e.en(),
            Self::Documents(e) => e.en(),
            Self::Signatures(e) => e.en(),
            _ => internal_en(),
        }
    }
}
