//! Kết luận of each item, and the tasks given in it until they are done. What is already so stays so.
use super::store::{self, ItemRow, Row};
use super::tasks::{self, TaskRow};
use super::{Error, Need, Result, Service, lines, rules};
use crate::actor::Actor;
use crate::clock::{now_us, parse_day};
use crate::db::Work;
use crate::identity;
use app::dto::after::{Conclusion, MyTask, TaskDraft};
use app::dto::meetings::MeetingState;
use app::ids::{ItemId, MeetingId, TaskId};
use app::live::LiveEvent;
use serde_json::json;

const LONGEST_CONCLUSION: usize = 10_000;
const LONGEST_TASK: usize = 1000;
const LONGEST_RESULT: usize = 2000;

impl Service {
    /// In place of what was concluded before; empty takes it back. `before` is what the writer began from: what somebody else wrote
    /// meanwhile is not put away unread. `None` for who does not look.
    pub async fn conclude(&self, actor: &Actor, item: &ItemId, before: Option<&str>, text: &str) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, item) = self.item_to_conclude(&mut work, item.as_str()).await?;
        let text = lines(text, "conclusion", LONGEST_CONCLUSION, true)?;
        if text == item.conclusion {
            return Ok(());
        }
        if before.is_some_and(|before| before != item.conclusion) {
            return Err(Error::ConclusionChanged);
        }
        tasks::conclude(work.conn(), &item.id, &text).await?;
        let details = json!({ "item": item.id, "title": item.title, "conclusion": text });
        self.concluded(&mut work, &row, &item.id, "meeting.concluded", &details).await?;
        Ok(work.commit().await?)
    }

    /// The same text for the same person until the same day on one item is one task.
    pub async fn give_task(&self, actor: &Actor, item: &ItemId, draft: &TaskDraft) -> Result<TaskId> {
        let mut work = self.db.begin(actor).await?;
        let (row, item) = self.item_to_conclude(&mut work, item.as_str()).await?;
        let text = lines(&draft.text, "task", LONGEST_TASK, false)?;
        if !draft.due_on.is_empty() && parse_day(&draft.due_on).is_none() {
            return Err(Error::Field("due_on"));
        }
        if !store::is_active_person(work.conn(), draft.owner_id.as_str()).await? {
            return Err(Error::Field("owner_id"));
        }
        let same = |t: &&TaskRow| t.text == text && t.owner_id == draft.owner_id.as_str() && t.due_on == draft.due_on;
        if let Some(known) = tasks::of_item(work.conn(), &item.id).await?.iter().find(same) {
            return Ok(TaskId(known.id.clone()));
        }
        let task = TaskRow {
            id: uuid::Uuid::now_v7().to_string(),
            item_id: item.id.clone(),
            meeting_id: row.id.clone(),
            text,
            owner_id: draft.owner_id.0.clone(),
            owner: String::new(),
            due_on: draft.due_on.clone(),
            done_at: None,
            result: String::new(),
        };
        tasks::insert(work.conn(), &task, &actor.name, now_us()).await?;
        self.task_changed(&mut work, &row, &task, "meeting.task_given", "").await?;
        work.commit().await?;
        Ok(TaskId(task.id))
    }

    pub async fn take_task_back(&self, actor: &Actor, id: &TaskId) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, task) = self.task_for_change(&mut work, id, false).await?;
        tasks::remove(work.conn(), &task.id, now_us()).await?;
        self.task_changed(&mut work, &row, &task, "meeting.task_taken_back", "").await?;
        Ok(work.commit().await?)
    }

    /// By its owner, or by chair or secretary who heard of it. A second report keeps the first.
    pub async fn finish_task(&self, actor: &Actor, id: &TaskId, result: &str) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, mut task) = self.task_for_change(&mut work, id, true).await?;
        if task.done_at.is_some() {
            return Ok(());
        }
        let result = lines(result, "result", LONGEST_RESULT, false)?;
        task.done_at = Some(now_us());
        tasks::set_done(work.conn(), &task.id, task.done_at, &result).await?;
        self.task_changed(&mut work, &row, &task, "meeting.task_done", &result).await?;
        Ok(work.commit().await?)
    }

    pub async fn reopen_task(&self, actor: &Actor, id: &TaskId) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, mut task) = self.task_for_change(&mut work, id, false).await?;
        if task.done_at.take().is_none() {
            return Ok(());
        }
        tasks::set_done(work.conn(), &task.id, None, "").await?;
        self.task_changed(&mut work, &row, &task, "meeting.task_reopened", &task.result)
            .await?;
        Ok(work.commit().await?)
    }

    /// What this person has still to do. A task may come from a meeting of which they were no member.
    pub async fn my_tasks(&self, actor: &Actor) -> Result<Vec<MyTask>> {
        let me = actor.user()?;
        let mut tx = self.db.snapshot().await?;
        let mut all = Vec::new();
        for task in tasks::open_of(&mut tx, me.as_str()).await? {
            let meeting = store::get(&mut tx, &task.meeting_id).await?.ok_or(Error::NotFound)?;
            let part = store::member(&mut tx, &meeting.id, me.as_str()).await?.map(|m| m.part);
            all.push(MyTask {
                task: tasks::task(&task),
                meeting_id: rules::may_see(actor, part, meeting.state).then_some(MeetingId(meeting.id)),
                meeting: meeting.title,
            });
        }
        Ok(all)
    }

    /// An item on which something may be concluded now, by this person: while the meeting is held, and after it.
    async fn item_to_conclude(&self, work: &mut Work, item: &str) -> Result<(Row, ItemRow)> {
        work.actor().user()?;
        let found = store::item(work.conn(), item).await?.ok_or(Error::NotFound)?;
        let (row, _) = self.for_change(work, &found.meeting_id, Need::Conduct).await?;
        if !matches!(row.state, MeetingState::Open | MeetingState::Closed) {
            return Err(Error::NotNow);
        }
        // Read again under the lock.
        let found = store::item(work.conn(), item).await?.ok_or(Error::NotFound)?;
        Ok((row, found))
    }

    /// A task with its meeting, for chair and secretary, or for its `owner` too, who need not be a member.
    async fn task_for_change(&self, work: &mut Work, id: &TaskId, owner: bool) -> Result<(Row, TaskRow)> {
        let actor = work.actor().clone();
        let me = actor.user()?;
        let found = tasks::get(work.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
        if !store::lock(work.conn(), &found.meeting_id).await? {
            return Err(Error::NotFound);
        }
        let task = tasks::get(work.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
        let row = store::get(work.conn(), &task.meeting_id).await?.ok_or(Error::NotFound)?;
        let part = store::member(work.conn(), &row.id, me.as_str()).await?.map(|m| m.part);
        let own = task.owner_id == me.as_str();
        if (own && owner) || rules::may_conduct(&actor, part) {
            Ok((row, task))
        } else if own || rules::may_see(&actor, part, row.state) {
            Err(identity::Error::Forbidden.into())
        } else {
            Err(Error::NotFound)
        }
    }

    async fn task_changed(&self, work: &mut Work, row: &Row, task: &TaskRow, action: &str, result: &str) -> Result<()> {
        let details = json!({ "task": task.id, "item": task.item_id, "text": task.text, "owner": task.owner_id, "due": task.due_on, "result": result });
        self.concluded(work, row, &task.item_id, action, &details).await?;
        let event = LiveEvent::TaskChanged {
            id: TaskId(task.id.clone()),
            text: task.text.clone(),
            done: task.done_at.is_some(),
        };
        work.publish(&format!("user:{}", task.owner_id), &event).await?;
        Ok(())
    }

    /// Tells the devices what now stands as the conclusion of an item.
    async fn concluded(&self, work: &mut Work, row: &Row, item: &str, action: &str, details: &serde_json::Value) -> Result<()> {
        let now = store::item(work.conn(), item).await?.ok_or(Error::NotFound)?;
        let all = tasks::of_item(work.conn(), item).await?;
        let event = LiveEvent::Concluded {
            item: ItemId(now.id),
            conclusion: Conclusion {
                text: now.conclusion,
                tasks: all.iter().map(tasks::task).collect(),
            },
        };
        self.announce(work, row, action, details, &event).await
    }
}
