//! Phiếu lấy ý kiến: a matter is put to members in writing, each answers by a deadline, the secretary gathers the result.
mod answering;
pub mod deadlines;
mod draft;
pub mod error;
pub mod http;
pub mod http_report;
mod paper;
mod read;
mod report;
pub mod rules;
mod running;
mod store;
pub mod ui;

pub use error::Error;

use crate::actor::Actor;
use crate::config::Config;
use crate::db::{Db, Work};
use crate::identity;
use app::dto::opinions::{News, SheetState};
use app::ids::SheetId;
use app::live::LiveEvent;
use std::sync::Arc;
use store::Row;

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Clone)]
pub struct Service {
    pub db: Db,
    pub config: Arc<Config>,
}

impl Service {
    /// # Errors
    /// [`Error::NotFound`] unless this person may see the sheet.
    pub async fn may_see(&self, actor: &Actor, id: &SheetId) -> Result<()> {
        let mut c = self.db.read().acquire().await?;
        self.seen(&mut c, actor, id.as_str()).await.map(|_| ())
    }

    /// The sheet and whether this person is asked, if they may see it; otherwise as if it did not exist.
    async fn seen(&self, c: &mut sqlx::AnyConnection, actor: &Actor, id: &str) -> Result<(Row, bool)> {
        let me = actor.user()?;
        let row = store::get(c, id).await?.ok_or(Error::NotFound)?;
        let asked = store::is_asked(c, id, me.as_str()).await?;
        if rules::may_see(actor, &row, asked) {
            Ok((row, asked))
        } else {
            Err(Error::NotFound)
        }
    }

    /// The sheet for a change, locked until the commit, and whether this person is asked.
    async fn for_change(&self, work: &mut Work, id: &SheetId) -> Result<(Row, bool)> {
        let actor = work.actor().clone();
        actor.user()?;
        if !store::lock(work.conn(), id.as_str()).await? {
            return Err(Error::NotFound);
        }
        self.seen(work.conn(), &actor, id.as_str()).await
    }

    /// The same for its secretary, in this state.
    async fn managed(&self, work: &mut Work, id: &SheetId, state: SheetState) -> Result<Row> {
        let (row, _) = self.for_change(work, id).await?;
        if !rules::may_manage(work.actor(), &row) {
            return Err(identity::Error::Forbidden.into());
        }
        if row.state == state { Ok(row) } else { Err(Error::NotNow) }
    }

    /// The entry in the log, and the sheet as it is now for the devices that show it.
    async fn announce(&self, work: &mut Work, id: &str, action: &str, details: &serde_json::Value) -> Result<Row> {
        let row = store::get(work.conn(), id).await?.ok_or(Error::NotFound)?;
        work.audit(action, "opinion", &row.id, &row.title, details).await?;
        if row.state != SheetState::Draft {
            let event = LiveEvent::SheetChanged {
                state: row.state,
                deadline: crate::clock::when(row.deadline),
                answered: read::count(row.answered),
                asked: read::count(row.asked),
            };
            work.publish(&topic(&row.id), &event).await?;
        }
        Ok(row)
    }

    /// Tells people, on whatever page they are.
    async fn tell(&self, work: &mut Work, row: &Row, people: &[String], news: News) -> Result<()> {
        let event = LiveEvent::SheetNews {
            id: SheetId(row.id.clone()),
            title: row.title.clone(),
            news,
            deadline: crate::clock::when(row.deadline),
        };
        for person in people {
            work.publish(&format!("user:{person}"), &event).await?;
        }
        Ok(())
    }
}

/// Live topic of one sheet.
pub fn topic(id: &str) -> String {
    format!("opinion:{id}")
}
