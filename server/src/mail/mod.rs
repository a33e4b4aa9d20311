//! Letters by e-mail: written into the database with the change that they tell of, sent afterwards, again and again until they are taken.
pub mod send;
pub mod store;

use crate::config::Config;
use crate::db::{Db, DbResult, Work};
use std::sync::Arc;

#[derive(Clone)]
pub struct Service {
    pub db: Db,
    pub config: Arc<Config>,
}

/// What is written to one person.
pub struct Letter {
    /// Whom it is for.
    pub person: String,
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// An event for their calendar (RFC 5545) with its method (RFC 5546): `REQUEST` or `CANCEL`.
    pub calendar: Option<(&'static str, String)>,
}

/// Puts a letter into the post, with the change that it tells of. Whoever has no address gets none, and without a mail server nothing is
/// written: what nobody will send must not wait for the day when somebody sets one up.
pub async fn post(work: &mut Work, config: &Config, letter: Letter) -> DbResult<()> {
    if config.mail.is_none() {
        return Ok(());
    }
    let Some(address) = store::address(work.conn(), &letter.person).await? else {
        return Ok(());
    };
    store::insert(work.conn(), &letter, &address, crate::clock::now_us()).await
}
