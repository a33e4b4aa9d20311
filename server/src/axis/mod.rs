//! The interconnection axis (trục liên thông): edXML, the link to a node, the node itself.
mod compose;
pub mod connector;
pub mod edxml;
pub mod error;
pub mod folder;
pub mod http;
pub mod inbox;
pub mod judgement;
pub mod link;
mod messages;
pub mod node;
pub mod outbox;
mod promise;
mod sending;
pub mod signer;
pub mod store;
pub mod tls;
pub mod ui;
pub mod wire;

pub use error::Error;
pub use promise::run as keep_promise;

use crate::actor::Actor;
use crate::config::Config;
use crate::db::Db;
use crate::files::Files;
use crate::{documents, signatures};
use std::sync::Arc;

/// Begins the id of a node's notice that a message was not delivered; the sender's code and the message's own id follow.
pub(crate) const UNDELIVERED: &str = "undelivered:";
/// Status of such a notice. The standard has none for it; this is what others understand as "it has not been taken".
pub(crate) const UNDELIVERED_STATUS: &str = "02";

#[derive(Clone)]
pub struct Service {
    pub db: Db,
    pub files: Files,
    pub config: Arc<Config>,
    pub documents: documents::Service,
    pub signatures: signatures::Service,
    pub link: connector::LinkState,
}

/// The link's own work.
fn actor() -> Actor {
    Actor::system("Trục liên thông")
}
