//! What the server does by itself: reminds before a deadline, and closes at it.
use super::store::{self, Reminder};
use super::{Result, Service};
use crate::actor::Actor;
use crate::clock::now_us;
use app::dto::opinions::SheetState;
use std::time::Duration;

/// How often it is looked whether something is due. A deadline holds to the second all the same: later answers are refused.
const EVERY: Duration = Duration::from_secs(15);
/// Microseconds.
const HOUR: i64 = 3600 * 1_000_000;
/// How long before the deadline, and what it is called; the nearest that has come is the one that is sent.
const REMINDERS: [(i64, &str); 2] = [(2 * HOUR, "hours"), (24 * HOUR, "day")];

/// Runs until the program ends.
pub async fn run(service: Service) {
    loop {
        if let Err(e) = service.tick(now_us()).await {
            tracing::warn!(error = %e, "what is due for sheets of opinions waits");
        }
        tokio::time::sleep(EVERY).await;
    }
}

impl Service {
    /// Does what is due at `now` (microseconds since the Unix epoch). Asked again, or after a restart, it does nothing twice.
    pub async fn tick(&self, now: i64) -> Result<()> {
        let mut c = self.db.read().acquire().await?;
        let near = store::due_before(&mut c, now + REMINDERS[1].0 + 1).await?;
        drop(c);
        for sheet in near {
            // One that fails does not hold up the others.
            if let Err(e) = self.due(&sheet.id, now).await {
                tracing::warn!(error = %e, sheet = sheet.id, "what is due waits");
            }
        }
        Ok(())
    }

    async fn due(&self, id: &str, now: i64) -> Result<()> {
        let mut work = self.db.begin(&Actor::system("opinions")).await?;
        store::lock(work.conn(), id).await?;
        // Read again under the lock: another server may have done it, or the secretary.
        let Some(row) = store::get(work.conn(), id).await?.filter(|r| r.state == SheetState::Sent) else {
            return Ok(());
        };
        if row.deadline < now {
            let at = row.deadline;
            self.end(&mut work, row, at, "").await?;
        } else {
            let Some((span, kind)) = REMINDERS.into_iter().find(|(span, _)| row.deadline - now <= *span) else {
                return Ok(());
            };
            // Whoever got so short a deadline knows it.
            if row.deadline_set.is_none_or(|set| set > row.deadline - span) {
                return Ok(());
            }
            let reminder = Reminder {
                kind,
                deadline: row.deadline,
                at: now,
                not_before: 0,
            };
            if self.remind_silent(&mut work, &row, &reminder).await? == 0 {
                return Ok(());
            }
        }
        Ok(work.commit().await?)
    }
}
