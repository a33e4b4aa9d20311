//! People, sessions, roles, tokens.
pub mod error;
pub mod http;
pub mod store;
pub mod ui;

pub use error::Error;

use crate::actor::{Actor, Kind};
use crate::clock::now_us;
use crate::config::Config;
use crate::db::Db;
use std::sync::Arc;

/// Name of the session cookie.
pub const COOKIE: &str = "kyhop_session";

#[derive(Clone)]
pub struct Service {
    pub db: Db,
    pub config: Arc<Config>,
}

impl Service {
    /// The actor behind a session cookie or a machine's token; `None` when neither is valid.
    pub async fn actor(&self, cookie: Option<&str>, bearer: Option<&str>, request_id: &str, address: &str) -> Result<Actor, Error> {
        let mut actor = Actor::anonymous(request_id, address);
        let mut c = self.db.read().acquire().await?;
        let found = if let Some(secret) = bearer {
            store::by_token(&mut c, &digest(secret), now_us())
                .await?
                .map(|p| (Kind::Machine(p.id.clone()), p))
        } else if let Some(secret) = cookie {
            store::by_session(&mut c, &digest(secret), now_us())
                .await?
                .map(|p| (Kind::Person(p.id.clone()), p))
        } else {
            None
        };
        if let Some((kind, person)) = found {
            actor.kind = kind;
            actor.name = person.full_name;
            actor.roles = person.roles;
        }
        Ok(actor)
    }
}

/// What the database keeps of a secret.
pub fn digest(secret: &str) -> String {
    hex::encode(openssl::sha::sha256(secret.as_bytes()))
}
