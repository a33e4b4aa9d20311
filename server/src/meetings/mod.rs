//! Paperless meetings: preparing, conducting, documents, votes.
pub mod agenda;
mod answers;
mod ballots;
mod blind;
mod calendar;
mod changing;
mod chat;
mod conclusions;
pub mod conduct;
pub mod error;
pub mod floor;
pub mod http;
pub mod http_after;
pub mod http_ballots;
pub mod http_floor;
pub mod http_members;
pub mod http_prepare;
pub mod http_presenter;
pub mod http_sitting;
pub mod invitation;
mod letters;
pub mod minutes;
mod minutes_store;
mod minutes_text;
pub mod prepare;
pub mod presence;
pub mod presenter;
pub mod read;
mod readers;
pub mod recount;
pub mod rules;
mod seats;
mod secret;
mod sitting;
mod speeches;
pub(crate) mod store;
mod tasks;
pub mod ui;
mod urn;
pub mod votes;

pub use error::Error;

use crate::actor::Actor;
use crate::config::Config;
use crate::db::{Db, Work};
use crate::files::Files;
use crate::{documents, identity};
use app::dto::meetings::MeetingState;
use app::ids::MeetingId;
use app::live::LiveEvent;
use rules::Part;
use std::sync::Arc;
use store::{ItemRow, Row};

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Clone)]
pub struct Service {
    pub db: Db,
    pub files: Files,
    pub config: Arc<Config>,
    pub documents: documents::Service,
}

/// What a change asks of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Agenda and documents: the meeting's secretary.
    Manage,
    /// Opening, closing, calling votes: chair or secretary.
    Conduct,
    /// Whoever belongs to the meeting.
    Join,
}

impl Service {
    /// The meeting for a change, locked until the commit: visible, and of a person who may.
    async fn for_change(&self, work: &mut Work, id: &str, need: Need) -> Result<(Row, Option<Part>)> {
        let actor = work.actor().clone();
        let me = actor.user()?;
        if !store::lock(work.conn(), id).await? {
            return Err(Error::NotFound);
        }
        let row = store::get(work.conn(), id).await?.ok_or(Error::NotFound)?;
        let part = store::member(work.conn(), id, me.as_str()).await?.map(|m| m.part);
        if !actor.reaches(id) || !rules::may_see(&actor, part, row.state) {
            return Err(Error::NotFound);
        }
        let may = match need {
            Need::Manage => rules::may_manage(&actor, part),
            Need::Conduct => rules::may_conduct(&actor, part),
            Need::Join => part.is_some(),
        };
        if may {
            Ok((row, part))
        } else {
            Err(identity::Error::Forbidden.into())
        }
    }

    /// An item of the agenda with its meeting, for a change.
    async fn item_for_change(&self, work: &mut Work, item: &str) -> Result<(Row, ItemRow)> {
        work.actor().user()?;
        let found = store::item(work.conn(), item).await?.ok_or(Error::NotFound)?;
        let (row, _) = self.for_change(work, &found.meeting_id, Need::Manage).await?;
        // Read again under the lock.
        let found = store::item(work.conn(), item).await?.ok_or(Error::NotFound)?;
        Ok((row, found))
    }

    /// The entry in the log and the news to the devices of a change.
    async fn announce(&self, work: &mut Work, row: &Row, action: &str, details: &serde_json::Value, event: &LiveEvent) -> Result<()> {
        work.audit(action, "meeting", &row.id, &row.title, details).await?;
        work.publish(&topic(&row.id), event).await?;
        Ok(())
    }

    /// # Errors
    /// [`Error::NotFound`] unless this person may see the meeting.
    pub async fn may_see(&self, actor: &Actor, id: &MeetingId) -> Result<()> {
        let mut c = self.db.read().acquire().await?;
        self.seen(&mut c, actor, id.as_str()).await.map(|_| ())
    }

    /// Asked before something dear is prepared; asked again under the lock.
    async fn may_conduct(&self, actor: &Actor, id: &MeetingId) -> Result<()> {
        let mut c = self.db.read().acquire().await?;
        let (row, part) = self.seen(&mut c, actor, id.as_str()).await?;
        if !rules::may_conduct(actor, part) {
            return Err(identity::Error::Forbidden.into());
        }
        if row.state == MeetingState::Open {
            Ok(())
        } else {
            Err(Error::NotNow)
        }
    }

    /// The meeting and what this person is in it, if they may see it; otherwise as if it did not exist.
    async fn seen(&self, c: &mut sqlx::AnyConnection, actor: &Actor, id: &str) -> Result<(Row, Option<Part>)> {
        let me = actor.user()?;
        let row = store::get(c, id).await?.ok_or(Error::NotFound)?;
        let part = store::member(c, id, me.as_str()).await?.map(|m| m.part);
        if actor.reaches(id) && rules::may_see(actor, part, row.state) {
            Ok((row, part))
        } else {
            Err(Error::NotFound)
        }
    }
}

/// The UUID that a device or a program gives to what it makes, so that it may ask again.
fn named(name: &str, field: &'static str) -> Result<String> {
    Ok(uuid::Uuid::parse_str(name).map_err(|_| Error::Field(field))?.to_string())
}

/// Live topic of one meeting.
pub fn topic(id: &str) -> String {
    format!("meeting:{id}")
}

/// Nothing changes any more in a meeting that is over.
fn not_over(row: &Row) -> Result<()> {
    if row.state.over() { Err(Error::NotNow) } else { Ok(()) }
}

/// [`crate::text::lines`] of a field.
fn lines(given: &str, field: &'static str, most: usize, optional: bool) -> Result<String> {
    crate::text::lines(given, most, optional).ok_or(Error::Field(field))
}

/// [`crate::text::line`] of a field.
fn text(given: &str, field: &'static str, most: usize, optional: bool) -> Result<String> {
    crate::text::line(given, most, optional).ok_or(Error::Field(field))
}
