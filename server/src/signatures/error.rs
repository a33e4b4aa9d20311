//! What can go wrong with keys and signatures.
use crate::fault::{Problem, internal_en, internal_vi};
use crate::files::FileError;
use axum::http::StatusCode;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no key for this owner")]
    NoKey,
    #[error(transparent)]
    Db(#[from] sqlx::Error),
    #[error("{0}")]
    Files(#[from] FileError),
    #[error(transparent)]
    Signing(#[from] signing::Error),
}

impl Problem for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NoKey => "signatures.no_key",
            Self::Db(_) | Self::Files(_) | Self::Signing(_) => "server.failed",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NoKey => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Db(_) | Self::Files(_) | Self::Signing(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn vi(&self) -> String {
        match self {
            Self::NoKey => "Chưa có khóa ký số trên máy chủ. Hãy báo quản trị để được cấp.".into(),
            Self::Db(_) | Self::Files(_) | Self::Signing(_) => internal_vi(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::NoKey => "There is no signing key on the server. Ask the administrator for one.".into(),
            Self::Db(_) | Self::Files(_) | Self::Signing(_) => internal_en(),
        }
    }
}
