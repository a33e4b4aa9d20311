//! What can go wrong with the audit log.
use crate::fault::{Problem, internal_en, internal_vi};
use crate::identity;
use axum::http::StatusCode;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Identity(#[from] identity::Error),
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

impl Problem for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::Identity(e) => e.code(),
            Self::Db(_) => "server.failed",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Identity(e) => e.status(),
            Self::Db(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn vi(&self) -> String {
        match self {
            Self::Identity(e) => e.vi(),
            Self::Db(_) => internal_vi(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Identity(e) => e.en(),
            Self::Db(_) => internal_en(),
        }
    }
}
