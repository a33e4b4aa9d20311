//! What the secretary does with a sheet that was sent.
use super::store::{self, Reminder, Row};
use super::{Error, Result, Service, draft, rules};
use crate::actor::Actor;
use crate::clock::now_us;
use crate::db::Work;
use crate::text;
use app::dto::opinions::{News, SheetState};
use app::ids::SheetId;
use serde_json::json;

/// Microseconds: whoever was reminded by hand is left in peace so long, and a button pressed twice reminds once.
const PEACE: i64 = 10 * 60 * 1_000_000;

impl Service {
    /// Reminds those who have not answered yet; how many.
    pub async fn remind(&self, actor: &Actor, id: &SheetId) -> Result<u32> {
        let mut work = self.db.begin(actor).await?;
        let row = self.managed(&mut work, id, SheetState::Sent).await?;
        let now = now_us();
        if !rules::awaits(&row, now) {
            return Err(Error::Over);
        }
        let reminder = Reminder {
            kind: "hand",
            deadline: row.deadline,
            at: now,
            not_before: now - PEACE,
        };
        let told = self.remind_silent(&mut work, &row, &reminder).await?;
        work.commit().await?;
        Ok(told)
    }

    /// Those who have not answered and were not reminded of it like this.
    pub(super) async fn remind_silent(&self, work: &mut Work, row: &Row, reminder: &Reminder) -> Result<u32> {
        let mut people = Vec::new();
        for person in store::silent(work.conn(), &row.id).await? {
            if store::remind(work.conn(), &row.id, &person, reminder).await? {
                people.push(person);
            }
        }
        if !people.is_empty() {
            let details = json!({ "kind": reminder.kind, "people": people });
            work.audit("opinion.reminded", "opinion", &row.id, &row.title, &details).await?;
            self.tell(work, row, &people, News::Reminder).await?;
        }
        Ok(u32::try_from(people.len()).unwrap_or(u32::MAX))
    }

    /// A later deadline than the present one, while answers are still taken.
    pub async fn extend(&self, actor: &Actor, id: &SheetId, deadline: &str) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let mut row = self.managed(&mut work, id, SheetState::Sent).await?;
        let now = now_us();
        if !rules::awaits(&row, now) {
            return Err(Error::Over);
        }
        let later = draft::deadline(deadline)?;
        if later == row.deadline {
            return Ok(());
        }
        if later < row.deadline {
            return Err(Error::Field("deadline"));
        }
        let details = json!({ "before": row.deadline, "deadline": later });
        row.deadline = later;
        row.deadline_set = Some(now);
        store::update(work.conn(), &row).await?;
        let row = self.announce(&mut work, &row.id, "opinion.extended", &details).await?;
        self.tell_all(&mut work, &row, News::Extended).await?;
        Ok(work.commit().await?)
    }

    /// Ends it before its deadline; after it, with that moment, as the server itself does. Closed already, nothing happens.
    pub async fn close(&self, actor: &Actor, id: &SheetId) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id).await?;
        if row.state == SheetState::Closed && rules::may_manage(actor, &row) {
            return Ok(());
        }
        let row = self.managed(&mut work, id, SheetState::Sent).await?;
        let now = now_us();
        let (at, by) = if rules::awaits(&row, now) {
            (now, actor.name.clone())
        } else {
            (row.deadline, String::new())
        };
        self.end(&mut work, row, at, &by).await?;
        Ok(work.commit().await?)
    }

    pub(super) async fn end(&self, work: &mut Work, mut row: Row, at: i64, by: &str) -> Result<()> {
        row.state = SheetState::Closed;
        row.ended_at = Some(at);
        by.clone_into(&mut row.ended_by);
        store::update(work.conn(), &row).await?;
        let answers = store::answers(work.conn(), &row.id).await?;
        let asked = super::read::count(row.asked);
        let mut results = Vec::new();
        for q in store::questions(work.conn(), &row.id).await? {
            results.push(json!(rules::tally(&q.id, &answers, asked, row.rule, true)));
        }
        let details = json!({ "at": at, "asked": asked, "rule": row.rule, "results": results });
        let row = self.announce(work, &row.id, "opinion.closed", &details).await?;
        self.tell_all(work, &row, News::Closed).await
    }

    /// Takes it back, with a reason for those asked. What was answered stays with the secretary.
    pub async fn withdraw(&self, actor: &Actor, id: &SheetId, reason: &str) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let mut row = self.managed(&mut work, id, SheetState::Sent).await?;
        if !rules::awaits(&row, now_us()) {
            return Err(Error::Over);
        }
        row.reason = text::lines(reason, 1000, false).ok_or(Error::Field("reason"))?;
        row.state = SheetState::Withdrawn;
        row.ended_at = Some(now_us());
        row.ended_by.clone_from(&actor.name);
        store::update(work.conn(), &row).await?;
        let details = json!({ "reason": row.reason });
        let row = self.announce(&mut work, &row.id, "opinion.withdrawn", &details).await?;
        self.tell_all(&mut work, &row, News::Withdrawn).await?;
        Ok(work.commit().await?)
    }

    /// Those asked, and the secretary's other devices.
    async fn tell_all(&self, work: &mut Work, row: &Row, news: News) -> Result<()> {
        let members = store::members(work.conn(), &row.id).await?.into_iter();
        let mut people: Vec<String> = members.map(|m| m.person_id).collect();
        people.push(row.secretary_id.clone());
        self.tell(work, row, &people, news).await
    }
}
