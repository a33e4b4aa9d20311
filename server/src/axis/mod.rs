//! The interconnection axis (trục liên thông): edXML, the link to a node, the node itself.
pub mod edxml;
pub mod http;
pub mod node;
pub mod outbox;
mod tls;
pub mod ui;
pub mod wire;

use crate::config::Config;
use crate::db::Db;
use crate::files::Files;
use crate::{documents, signatures};
use std::sync::Arc;

#[derive(Clone)]
pub struct Service {
    pub db: Db,
    pub files: Files,
    pub config: Arc<Config>,
    pub documents: documents::Service,
    pub signatures: signatures::Service,
}
