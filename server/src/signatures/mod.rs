//! Keys sealed with a PIN, signing with them, checking signatures.
pub mod error;
pub mod fetch;
pub(crate) mod heavy;
pub mod http;
pub mod judge;
mod keys;
pub mod levels;
pub mod pdf;
pub mod pin;
pub mod report;
mod seal;
mod store;
pub mod verify;
pub mod words;

#[cfg(test)]
mod tests;

pub use error::Error;
pub use keys::{KeyMaterial, KeyRow, NewKey, TRIES};

use crate::config::Config;
use crate::db::Db;
use crate::files::Files;
use app::dto::Placement;
use app::ids::UserId;
use fetch::{Fetcher, Reach};
use signing::KeySigner;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Clone)]
pub struct Service {
    pub db: Db,
    pub files: Files,
    pub config: Arc<Config>,
    /// Keys that may be opened at the same time: each takes 64 MiB meanwhile.
    turns: Arc<Semaphore>,
    /// Keys whose PIN is being tried, by id: one try after the other, so that many with the right one do not lock each other out.
    tries: Arc<Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>>,
    /// Files that may be checked at the same time.
    checks: Arc<Semaphore>,
    fetcher: Fetcher,
}

impl Service {
    pub fn new(db: Db, files: Files, config: Arc<Config>) -> Self {
        let turns = std::thread::available_parallelism().map_or(2, |n| n.get().clamp(1, 8));
        let hosts = config.fetch_hosts.clone();
        let reach = match config.fetch_listed_only {
            true => Reach::Listed(hosts),
            false => Reach::Public(hosts),
        };
        Self {
            turns: Arc::new(Semaphore::new(turns)),
            tries: Arc::default(),
            checks: Arc::new(Semaphore::new(turns * 2)),
            fetcher: Fetcher::new(reach).kept_in(config.data_dir.join("fetched")),
            db,
            files,
            config,
        }
    }
}

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    Person(UserId),
    /// A body by its code.
    Body(String),
}

impl Owner {
    /// `owner_kind` and `owner_id` of the table.
    fn columns(&self) -> (&'static str, &str) {
        match self {
            Self::Person(id) => ("person", id.as_str()),
            Self::Body(code) => ("body", code),
        }
    }
}

/// A key opened with its PIN, for one use; wiped from memory when dropped.
pub struct OpenKey {
    signer: Arc<KeySigner>,
    /// PNG of the handwritten signature or the seal.
    pub image: Option<Vec<u8>>,
    /// Of its certificate.
    pub subject: String,
}

impl std::fmt::Debug for OpenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenKey").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// How a signature is to be made and to look.
pub struct SignRequest {
    pub placement: Placement,
    /// Seconds since the Unix epoch.
    pub time: i64,
    pub reason: String,
    /// Text beside the picture.
    pub lines: Vec<String>,
    /// Authority and title over the picture.
    pub head: Vec<String>,
    /// The body's seal: it locks the boxes of number and date.
    pub seals: bool,
}
