//! What can go wrong with people, sessions and tokens.
use crate::fault::{Problem, internal_en, internal_vi};
use axum::http::StatusCode;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("not signed in")]
    NotSignedIn,
    #[error("forbidden")]
    Forbidden,
    #[error("wrong user name or password")]
    WrongPassword,
    #[error("locked for {0} seconds")]
    Locked(i64),
    #[error("request from another origin")]
    ForeignOrigin,
    #[error(transparent)]
    Db(#[from] sqlx::Error),
    #[error("password hashing: {0}")]
    Hash(String),
}

impl Problem for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NotSignedIn => "identity.not_signed_in",
            Self::Forbidden => "identity.forbidden",
            Self::WrongPassword => "identity.wrong_password",
            Self::Locked(_) => "identity.locked",
            Self::ForeignOrigin => "identity.foreign_origin",
            Self::Db(_) | Self::Hash(_) => "server.failed",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotSignedIn | Self::WrongPassword => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::Locked(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Db(_) | Self::Hash(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn vi(&self) -> String {
        match self {
            Self::NotSignedIn => "Phiên làm việc đã hết. Hãy đăng nhập lại.".into(),
            Self::Forbidden => "Anh/chị không có quyền làm việc này. Nếu cần, hãy liên hệ quản trị.".into(),
            Self::WrongPassword => "Tên đăng nhập hoặc mật khẩu không đúng. Hãy kiểm tra và nhập lại.".into(),
            Self::Locked(s) => format!("Đăng nhập sai nhiều lần. Hãy thử lại sau {} phút.", (s + 59) / 60),
            Self::ForeignOrigin => "Yêu cầu đến từ một trang khác nên bị từ chối. Hãy mở lại trang này và làm lại.".into(),
            Self::Db(_) | Self::Hash(_) => internal_vi(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::NotSignedIn => "Your session has ended. Sign in again.".into(),
            Self::Forbidden => "You may not do this. If you need to, ask the administrator.".into(),
            Self::WrongPassword => "User name or password is wrong. Check them and try again.".into(),
            Self::Locked(s) => format!("Too many failed attempts. Try again in {} minutes.", (s + 59) / 60),
            Self::ForeignOrigin => "The request came from another site and was refused. Open this page again and retry.".into(),
            Self::Db(_) | Self::Hash(_) => internal_en(),
        }
    }
}
