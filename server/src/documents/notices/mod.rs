//! The bell: what was given to a person, came back, falls due or is late. Each is told once, whichever node finds it.
pub mod http;
pub mod store;

use super::store::Row;
use super::{Result, Service, rules};
use crate::actor::Actor;
use crate::clock::{day, now_us};
use crate::db::Work;
use app::dto::notices::{NoticeKind, Notices};
use app::ids::NoticeId;
use app::live::LiveEvent;
use std::collections::BTreeSet;
use std::time::Duration;
use store::New;

const EVERY: Duration = Duration::from_secs(300);
const DAY: i64 = 86_400_000_000;
/// Older ones are of no use to anybody.
const KEPT: i64 = 180 * DAY;

/// Reminds of deadlines, for as long as it is this node's to do.
pub async fn run(service: Service) {
    loop {
        match service.remind(now_us()).await {
            // There may be more.
            Ok(told) if told > 0 => continue,
            Ok(_) => {}
            Err(e) => tracing::warn!(error = %e, "reminders wait"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

impl Service {
    pub async fn notices(&self, actor: &Actor) -> Result<Notices> {
        let me = actor.user()?;
        let (visible, today) = (rules::visible_sql(actor), day(now_us()));
        let mut tx = self.db.snapshot().await?;
        Ok(Notices {
            notices: store::list(&mut tx, me.as_str(), &visible, &today).await?,
            unread: store::unread(&mut tx, me.as_str(), &visible, &today).await?,
        })
    }

    /// How many this person has not read; no more than a hundred are counted.
    pub async fn unread_notices(&self, actor: &Actor) -> Result<u64> {
        let me = actor.user()?;
        let mut c = self.db.read().acquire().await?;
        Ok(store::unread(&mut c, me.as_str(), &rules::visible_sql(actor), &day(now_us())).await?)
    }

    /// Marks one of this person's notices as read, or all. One that is not theirs stays as it is, as if it did not exist.
    pub async fn read_notices(&self, actor: &Actor, id: Option<&NoticeId>) -> Result<()> {
        let me = actor.user()?.clone();
        let mut work = self.db.begin(actor).await?;
        if store::read(work.conn(), me.as_str(), id.map(NoticeId::as_str), now_us()).await? {
            work.publish(&format!("user:{me}"), &LiveEvent::NoticesChanged).await?;
        }
        Ok(work.commit().await?)
    }

    /// Tells `people` of a step of a document, in its transaction and after its entry in the log.
    pub(super) async fn notify(&self, work: &mut Work, row: &Row, kind: NoticeKind, people: &[&str]) -> Result<()> {
        // The row is as it was read: each change raises its revision, so that the same step later is another one.
        let word = format!("{}:{}:{}", kind.as_str(), row.id, row.revision);
        let own = work.actor().id().to_owned();
        let people: BTreeSet<&str> = people.iter().copied().filter(|p| *p != own).collect();
        for person in people {
            let new = New {
                person,
                word: &word,
                kind,
                document: Some(&row.id),
                task: None,
                due_on: if row.due_on.is_empty() { "" } else { &row.due_on },
            };
            if store::add(work.conn(), &new, now_us()).await? {
                work.publish(&format!("user:{person}"), &LiveEvent::NoticesChanged).await?;
            }
        }
        Ok(())
    }

    /// Tells of deadlines that are today, tomorrow or over, some at a time; how many were told. Asked again, or by two nodes at once,
    /// it tells nobody twice.
    pub async fn remind(&self, now: i64) -> Result<usize> {
        let (today, tomorrow) = (day(now), day(now + DAY));
        let due = {
            let mut c = self.db.read().acquire().await?;
            store::due(&mut c, &today, &tomorrow).await?
        };
        if due.is_empty() {
            return Ok(0);
        }
        let mut work = self.db.begin(&Actor::system("reminder")).await?;
        store::forget_before(work.conn(), now - KEPT).await?;
        let mut told = BTreeSet::new();
        let mut count = 0;
        for d in &due {
            let new = New {
                person: &d.person,
                word: &d.word,
                kind: if d.due_on < today { NoticeKind::Late } else { NoticeKind::Soon },
                document: d.document.as_deref(),
                task: d.task.as_deref(),
                due_on: &d.due_on,
            };
            if store::add(work.conn(), &new, now).await? {
                count += 1;
                told.insert(d.person.as_str());
            }
        }
        for person in told {
            work.publish(&format!("user:{person}"), &LiveEvent::NoticesChanged).await?;
        }
        work.commit().await?;
        Ok(count)
    }
}
