//! Paperless meetings.
pub mod http;
pub mod ui;

use crate::actor::Actor;
use crate::config::Config;
use crate::db::Db;
use crate::files::Files;
use crate::{documents, identity};
use app::ids::AttachmentId;
use std::sync::Arc;

#[derive(Clone)]
pub struct Service {
    pub db: Db,
    pub files: Files,
    pub config: Arc<Config>,
    pub documents: documents::Service,
}

impl Service {
    /// The name under which an attachment is saved, if this person may read it.
    pub async fn may_read_attachment(&self, actor: &Actor, _id: &AttachmentId, _sha256: &str) -> Result<String, identity::Error> {
        actor.user()?;
        Err(identity::Error::Forbidden)
    }
}
