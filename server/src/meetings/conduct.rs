//! From publication to closing. What is already so stays so: asking twice is no error and no second event.
use super::store::{self, ItemRow, Row};
use super::{Error, Need, Result, Service, ballots, topic};
use crate::actor::Actor;
use crate::clock::now_us;
use crate::db::Work;
use crate::identity;
use app::dto::floor::ClockStep;
use app::dto::meetings::MeetingState;
use app::ids::{ItemId, MeetingId};
use app::live::LiveEvent;
use serde_json::json;

impl Service {
    pub async fn open(&self, actor: &Actor, id: &MeetingId) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Conduct).await?;
        match row.state {
            MeetingState::Published => {}
            MeetingState::Open => return Ok(()),
            _ => return Err(Error::NotNow),
        }
        self.step(&mut work, &row, MeetingState::Open, "meeting.opened").await?;
        Ok(work.commit().await?)
    }

    /// Ends the meeting, and a vote that is still open.
    pub async fn close(&self, actor: &Actor, id: &MeetingId) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Conduct).await?;
        match row.state {
            MeetingState::Open => {}
            MeetingState::Closed => return Ok(()),
            _ => return Err(Error::NotNow),
        }
        if let Some(vote) = ballots::running(work.conn(), "", &row.id).await? {
            self.end_vote(&mut work, &row, vote).await?;
        }
        self.leave_item(&mut work, &row).await?;
        if row.current_item.is_some() {
            store::set_current(work.conn(), &row.id, None).await?;
            work.publish(&topic(&row.id), &LiveEvent::CurrentItem { item: None }).await?;
        }
        self.tell_floor(&mut work, &row.id).await?;
        self.collect(&mut work, &row).await?;
        self.step(&mut work, &row, MeetingState::Closed, "meeting.closed").await?;
        identity::store::end_sitting(work.conn(), &row.id, now_us() + identity::tablets::PACKING_UP).await?;
        work.commit().await?;
        self.count_no_more(&row.id);
        self.tell_presenting(&row.id, None);
        Ok(())
    }

    async fn step(&self, work: &mut Work, row: &Row, state: MeetingState, action: &str) -> Result<()> {
        store::set_state(work.conn(), &row.id, state, now_us()).await?;
        let details = json!({ "state": state.as_str() });
        self.announce(work, row, action, &details, &LiveEvent::MeetingState { state }).await
    }

    /// What is being dealt with now; `None` between two items.
    pub async fn set_current_item(&self, actor: &Actor, id: &MeetingId, item: Option<&ItemId>) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Conduct).await?;
        if row.state != MeetingState::Open {
            return Err(Error::NotNow);
        }
        if row.current_item.as_deref() == item.map(ItemId::as_str) {
            return Ok(());
        }
        let next = match item {
            Some(item) => Some(self.own_item(&mut work, &row, item).await?),
            None => None,
        };
        self.leave_item(&mut work, &row).await?;
        store::set_current(work.conn(), &row.id, item.map(ItemId::as_str)).await?;
        let event = LiveEvent::CurrentItem { item: item.cloned() };
        self.announce(&mut work, &row, "meeting.item_called", &json!({ "item": item }), &event)
            .await?;
        if let Some(next) = next {
            self.step_item_clock(&mut work, &row, &next, ClockStep::Start).await?;
        }
        self.tell_floor(&mut work, &row.id).await?;
        work.commit().await?;
        self.recheck_presenter(&row.id).await
    }

    /// An item of this very meeting.
    pub(super) async fn own_item(&self, work: &mut Work, row: &Row, item: &ItemId) -> Result<ItemRow> {
        let found = store::item(work.conn(), item.as_str()).await?;
        found.filter(|i| i.meeting_id == row.id).ok_or(Error::NotFound)
    }
}
