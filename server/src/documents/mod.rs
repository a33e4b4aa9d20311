//! Official documents: drafting, signing, register, sending, taking in.
pub mod authority;
pub mod digest;
pub mod draft;
pub mod entry;
pub mod error;
pub mod feed;
pub mod figures;
pub mod find;
pub mod http;
pub mod incoming;
pub mod invitation;
pub mod marks;
pub mod marks_store;
pub mod minutes;
pub mod notices;
pub mod processing;
pub mod read;
pub mod register;
pub mod rules;
pub mod signing;
pub mod store;
pub mod texts;
pub mod trash;
pub mod ui;
pub mod upload;

pub use error::Error;

use crate::actor::Actor;
use crate::clock::now_us;
use crate::config::Config;
use crate::db::{Db, Work};
use crate::files::Files;
use crate::signatures;
use app::dto::documents::{Action, Direction, MarkKind, State};
use app::ids::DocumentId;
use app::live::LiveEvent;
use std::sync::Arc;
use store::Row;

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Clone)]
pub struct Service {
    pub db: Db,
    pub files: Files,
    pub config: Arc<Config>,
    pub signatures: signatures::Service,
}

impl Service {
    /// The document, if this person may see it; otherwise as if it did not exist.
    async fn seen(&self, actor: &Actor, id: &DocumentId) -> Result<Row> {
        actor.user()?;
        let mut c = self.db.read().acquire().await?;
        let row = store::get(&mut c, id.as_str()).await?.ok_or(Error::NotFound)?;
        if rules::may_see(actor, &row) {
            Ok(row)
        } else {
            Err(Error::NotFound)
        }
    }

    /// The document for a change: visible, of the revision that the person saw, and in a state that allows it.
    async fn for_change(&self, work: &mut Work, id: &DocumentId, revision: i64, action: Action) -> Result<Row> {
        let actor = work.actor().clone();
        actor.user()?;
        let row = store::get(work.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
        if !rules::may_see(&actor, &row) {
            return Err(Error::NotFound);
        }
        still_open(&row)?;
        if row.revision != revision {
            return Err(Error::ChangedMeanwhile);
        }
        if !rules::allowed(&actor, &row).contains(&action) {
            return Err(Error::NotNow);
        }
        Ok(row)
    }

    /// Writes the changed row, the log and the news of it.
    async fn changed(&self, work: &mut Work, row: &Row, action: &str, remark: &str) -> Result<()> {
        if !store::update(work.conn(), row, now_us()).await? {
            return Err(Error::ChangedMeanwhile);
        }
        self.announce(work, row, action, remark).await
    }

    /// Log entry and live events of a change that is already in the row.
    async fn announce(&self, work: &mut Work, row: &Row, action: &str, remark: &str) -> Result<()> {
        let details = serde_json::json!({ "state": row.state.as_str(), "sha256": row.sha256, "number": row.notation, "remark": remark });
        let summary = match &row.notation {
            Some(number) => format!("{number}: {}", row.abstract_text),
            None => row.abstract_text.clone(),
        };
        work.audit(action, "document", &row.id, &summary, &details).await?;
        let event = LiveEvent::DocumentChanged {
            id: DocumentId(row.id.clone()),
            state: row.state,
            number: row.notation.clone(),
            title: row.abstract_text.clone(),
        };
        work.publish(&topic(&row.id), &event).await?;
        match row.direction {
            Direction::Outgoing => {
                for person in [&row.drafter_id, &row.leader_id].into_iter().flatten() {
                    work.publish(&format!("user:{person}"), &event).await?;
                }
                // Until it is signed or returned it waits for deputies as well; and whose place was taken hears of it.
                let before = matches!(row.state, State::Submitted | State::Signed | State::Returned) && row.meeting_id.is_none();
                let deputies = row.deputies.split(' ').filter(|id| before && !id.is_empty());
                let others = deputies
                    .chain(row.head_id.as_deref())
                    .filter(|id| Some(*id) != row.leader_id.as_deref());
                for person in others {
                    work.publish(&format!("user:{person}"), &event).await?;
                }
                // Members of the meeting see its minutes once they are issued.
                if let (Some(meeting), State::Issued | State::Sent) = (&row.meeting_id, row.state) {
                    work.publish(&crate::meetings::topic(meeting), &event).await?;
                }
                // The clerk's desk hears of a document from the leader's signature on.
                if row.number.is_some() || row.state == State::Signed {
                    work.publish("desk:outgoing", &event).await?;
                }
            }
            Direction::Incoming => {
                work.publish("desk:incoming", &event).await?;
            }
        }
        Ok(())
    }
}

/// # Errors
/// When the document was recalled or has a successor: nothing is done with it any more.
fn still_open(row: &Row) -> Result<()> {
    match row.mark.as_ref().map(|m| m.kind) {
        Some(MarkKind::Recalled) => Err(Error::Recalled),
        Some(MarkKind::Updated | MarkKind::Replaced) => Err(Error::Superseded),
        None => Ok(()),
    }
}

/// Live topic of one document.
pub fn topic(id: &str) -> String {
    format!("document:{id}")
}
