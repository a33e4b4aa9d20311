//! The audit log: what was done, by whom, each entry chained to the one before by SHA-256.
pub mod http;
pub mod store;
pub mod ui;

use crate::config::Config;
use crate::db::Db;
use crate::files::Files;
use std::sync::Arc;

#[derive(Clone)]
pub struct Service {
    pub db: Db,
    pub files: Files,
    pub config: Arc<Config>,
}
