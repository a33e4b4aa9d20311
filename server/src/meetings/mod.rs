//! Paperless meetings.
pub mod http;

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
