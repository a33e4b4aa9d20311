//! Keys sealed with a PIN, signing with them, checking signatures.
pub mod error;
pub mod http;

pub use error::Error;

use crate::actor::Actor;
use crate::config::Config;
use crate::db::Db;
use crate::files::{Files, Incoming};
use app::dto::Placement;
use app::dto::identity::KeyInfo;
use app::dto::verify::VerifyReport;
use app::ids::UserId;
use std::path::Path;
use std::sync::Arc;

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Clone)]
pub struct Service {
    pub db: Db,
    pub files: Files,
    pub config: Arc<Config>,
}

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    Person(UserId),
    /// A body by its code.
    Body(String),
}

/// A key opened with its PIN, for one use.
pub struct OpenKey {
    /// PNG of the handwritten signature or the seal.
    pub image: Option<Vec<u8>>,
}

/// How a signature is to be made and to look.
pub struct SignRequest {
    pub placement: Placement,
    /// Seconds since the Unix epoch.
    pub time: i64,
    pub reason: String,
    /// Text beside the picture.
    pub lines: Vec<String>,
}

impl Service {
    /// Reserves the boxes for number and date as form fields; `None` when the file has them already.
    pub async fn prepare_fields(&self, _file: &Path, _number: Placement, _date: Placement) -> Result<Option<Incoming>> {
        Err(Error::NoKey)
    }

    /// Fills the boxes reserved by [`Self::prepare_fields`]; `None` when the file has none.
    pub async fn fill_fields(&self, _file: &Path, _number: &str, _date: &str) -> Result<Option<Incoming>> {
        Err(Error::NoKey)
    }

    /// Opens a key with its PIN; a wrong PIN is counted, five lock the key for a while.
    pub async fn unseal(&self, _actor: &Actor, _owner: &Owner, _pin: &str) -> Result<OpenKey> {
        Err(Error::NoKey)
    }

    /// Signs a file into a new one (PAdES B-B, one more revision).
    pub async fn sign_pdf(&self, _key: &OpenKey, _file: &Path, _request: SignRequest) -> Result<Incoming> {
        Err(Error::NoKey)
    }

    pub async fn key_info(&self, _owner: &Owner) -> Result<Option<KeyInfo>> {
        Ok(None)
    }

    /// Checks the signatures of a file now.
    pub async fn verify_file(&self, _file: &Path, _file_name: &str) -> Result<VerifyReport> {
        Err(Error::NoKey)
    }
}
