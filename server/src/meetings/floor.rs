//! The floor (phát biểu): asked for, given, given back; and the clocks of speaker and item. Asking twice is once.
use super::rules;
use super::speeches::{self, SpeechRow};
use super::store::{self, ItemRow, Row};
use super::{Error, Need, Result, Service, named, topic};
use crate::actor::Actor;
use crate::clock::{now_us, when};
use crate::db::Work;
use app::dto::floor::{ClockStep, Floor, Speech};
use app::dto::meetings::MeetingState;
use app::ids::{ItemId, MeetingId, SpeechId, UserId};
use app::live::LiveEvent;
use serde_json::json;
use sqlx::AnyConnection;

/// Seconds: a working day.
const LONGEST_SPEECH: u32 = 8 * 3600;

impl Service {
    /// Puts `who` (nobody named: oneself) on the list of the item under discussion. Only chair and secretary do it for another.
    pub async fn ask_to_speak(&self, actor: &Actor, id: &MeetingId, who: Option<&UserId>) -> Result<SpeechId> {
        let me = actor.user()?.clone();
        let who = who.unwrap_or(&me);
        let need = if *who == me { Need::Join } else { Need::Conduct };
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), need).await?;
        self.ask(work, row, who.as_str(), uuid::Uuid::now_v7().to_string()).await
    }

    async fn ask(&self, mut work: Work, row: Row, who: &str, speech: String) -> Result<SpeechId> {
        in_session(&row)?;
        let member = store::member(work.conn(), &row.id, who).await?.ok_or(Error::NotFound)?;
        if member.checked_in_at.is_none() {
            return Err(Error::NotPresent);
        }
        let item = row.current_item.as_deref();
        let open = speeches::open(work.conn(), &row.id, item).await?;
        if let Some(known) = open.into_iter().find(|s| s.person_id == who) {
            return Ok(SpeechId(known.id));
        }
        speeches::insert(work.conn(), &speech, &row.id, item, who, now_us()).await?;
        let details = json!({ "speech": speech, "person": who, "item": item });
        self.floor_changed(&mut work, &row, "meeting.floor_asked", &details).await?;
        work.commit().await?;
        Ok(SpeechId(speech))
    }

    /// Asks for the floor under the name `speech` (a UUID that the device makes), on `item` or none: sent twice it asks once, and sent
    /// too late, when another item is under discussion, it is refused and not put on that one's list.
    ///
    /// # Errors
    /// `meetings.item_over`; else as [`Self::ask_to_speak`].
    pub async fn ask_under_name(&self, actor: &Actor, id: &MeetingId, speech: &SpeechId, item: Option<&ItemId>) -> Result<()> {
        let name = named(speech.as_str(), "speech")?;
        let me = actor.user()?.as_str();
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Join).await?;
        if let Some(known) = speeches::get(work.conn(), &name).await? {
            let same = known.person_id == me && known.meeting_id == row.id;
            return if same { Ok(()) } else { Err(Error::NotFound) };
        }
        let now = item.map(ItemId::as_str) == row.current_item.as_deref();
        if row.state == MeetingState::Open && !now {
            return Err(Error::ItemOver);
        }
        self.ask(work, row, me, name).await.map(|_| ())
    }

    /// Takes a request back that still waits: one's own, or for chair and secretary anybody's.
    pub async fn withdraw_speech(&self, actor: &Actor, id: &SpeechId) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, speech) = self.speech_for_change(&mut work, id).await?;
        if speech.ended_at.is_some() {
            return Ok(());
        }
        if speech.began_at.is_some() {
            return Err(Error::HasFloor);
        }
        speeches::end(work.conn(), &speech.id, speech.clock, now_us()).await?;
        let details = json!({ "speech": speech.id, "person": speech.person_id });
        self.floor_changed(&mut work, &row, "meeting.floor_withdrawn", &details).await?;
        Ok(work.commit().await?)
    }

    /// Lets somebody speak who waits; whoever spoke until now is done. `seconds` 0: as long as it takes.
    pub async fn give_floor(&self, actor: &Actor, id: &SpeechId, seconds: u32) -> Result<()> {
        if seconds > LONGEST_SPEECH {
            return Err(Error::Field("seconds"));
        }
        let mut work = self.db.begin(actor).await?;
        let (row, speech) = self.conducted_speech(&mut work, id).await?;
        in_session(&row)?;
        if speech.ended_at.is_some() || speech.item_id != row.current_item {
            return Err(Error::NotWaiting);
        }
        if speech.began_at.is_some() {
            return Ok(());
        }
        self.clear_floor(&mut work, &row).await?;
        speeches::begin(work.conn(), &speech.id, seconds, now_us()).await?;
        let details = json!({ "speech": speech.id, "person": speech.person_id, "seconds": seconds });
        self.floor_changed(&mut work, &row, "meeting.floor_given", &details).await?;
        work.commit().await?;
        self.recheck_presenter(&row.id).await
    }

    /// The speaker is done: said by chair or secretary, or by the speaker.
    pub async fn end_speech(&self, actor: &Actor, id: &SpeechId) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, speech) = self.speech_for_change(&mut work, id).await?;
        if speech.ended_at.is_some() {
            return Ok(());
        }
        if speech.began_at.is_none() {
            return Err(Error::NotSpeaking);
        }
        self.clear_floor(&mut work, &row).await?;
        let details = json!({ "speech": speech.id, "person": speech.person_id });
        self.floor_changed(&mut work, &row, "meeting.floor_ended", &details).await?;
        work.commit().await?;
        self.recheck_presenter(&row.id).await
    }

    pub async fn set_speech_clock(&self, actor: &Actor, id: &SpeechId, step: ClockStep) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, speech) = self.conducted_speech(&mut work, id).await?;
        if speech.began_at.is_none() || speech.ended_at.is_some() {
            return Err(Error::NotSpeaking);
        }
        let clock = step.apply(speech.clock, now_us());
        if clock == speech.clock {
            return Ok(());
        }
        speeches::set_clock(work.conn(), &speech.id, clock).await?;
        let floor = floor(work.conn(), &row).await?;
        work.publish(&topic(&row.id), &LiveEvent::FloorChanged { floor }).await?;
        Ok(work.commit().await?)
    }

    /// The clock of an item starts with its discussion by itself; it can be stopped meanwhile, and set back.
    pub async fn set_item_clock(&self, actor: &Actor, id: &ItemId, step: ClockStep) -> Result<()> {
        actor.user()?;
        let mut work = self.db.begin(actor).await?;
        let found = store::item(work.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
        let (row, _) = self.for_change(&mut work, &found.meeting_id, Need::Conduct).await?;
        in_session(&row)?;
        let item = store::item(work.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
        self.step_item_clock(&mut work, &row, &item, step).await?;
        Ok(work.commit().await?)
    }

    pub(super) async fn step_item_clock(&self, work: &mut Work, row: &Row, item: &ItemRow, step: ClockStep) -> Result<()> {
        let clock = step.apply(item.clock, now_us());
        if clock == item.clock {
            return Ok(());
        }
        speeches::set_item_clock(work.conn(), &item.id, clock).await?;
        let event = LiveEvent::ItemClock {
            item: ItemId(item.id.clone()),
            clock,
        };
        work.publish(&topic(&row.id), &event).await?;
        Ok(())
    }

    /// Stops clock and speaker of the item under discussion, which is about to change; who still waits keeps the place until it
    /// is discussed again.
    pub(super) async fn leave_item(&self, work: &mut Work, row: &Row) -> Result<()> {
        self.clear_floor(work, row).await?;
        if let Some(current) = &row.current_item
            && let Some(item) = store::item(work.conn(), current).await?
        {
            self.step_item_clock(work, row, &item, ClockStep::Pause).await?;
        }
        Ok(())
    }

    async fn clear_floor(&self, work: &mut Work, row: &Row) -> Result<()> {
        let now = now_us();
        let open = speeches::open(work.conn(), &row.id, row.current_item.as_deref()).await?;
        for speaker in open.iter().filter(|s| s.began_at.is_some()) {
            speeches::end(work.conn(), &speaker.id, speaker.clock.paused(now), now).await?;
        }
        Ok(())
    }

    /// One's own request, or anybody's for chair and secretary.
    async fn speech_for_change(&self, work: &mut Work, id: &SpeechId) -> Result<(Row, SpeechRow)> {
        let me = work.actor().user()?.clone();
        let found = speeches::get(work.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
        let need = if found.person_id == me.as_str() {
            Need::Join
        } else {
            Need::Conduct
        };
        let (row, _) = self.for_change(work, &found.meeting_id, need).await?;
        // Read again under the lock.
        let speech = speeches::get(work.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
        Ok((row, speech))
    }

    async fn conducted_speech(&self, work: &mut Work, id: &SpeechId) -> Result<(Row, SpeechRow)> {
        work.actor().user()?;
        let found = speeches::get(work.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
        let (row, _) = self.for_change(work, &found.meeting_id, Need::Conduct).await?;
        let speech = speeches::get(work.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
        Ok((row, speech))
    }

    /// After the item under discussion has changed: its own list.
    pub(super) async fn tell_floor(&self, work: &mut Work, meeting: &str) -> Result<()> {
        let row = store::get(work.conn(), meeting).await?.ok_or(Error::NotFound)?;
        let floor = floor(work.conn(), &row).await?;
        work.publish(&topic(&row.id), &LiveEvent::FloorChanged { floor }).await?;
        Ok(())
    }

    async fn floor_changed(&self, work: &mut Work, row: &Row, action: &str, details: &serde_json::Value) -> Result<()> {
        let floor = floor(work.conn(), row).await?;
        self.announce(work, row, action, details, &LiveEvent::FloorChanged { floor }).await
    }
}

fn in_session(row: &Row) -> Result<()> {
    if row.state == MeetingState::Open {
        Ok(())
    } else {
        Err(Error::NotNow)
    }
}

/// Who speaks and who waits, in order, of the item under discussion.
pub(super) async fn floor(c: &mut AnyConnection, row: &Row) -> Result<Floor> {
    let item = row.current_item.as_deref();
    let open = speeches::open(c, &row.id, item).await?;
    let heard = speeches::heard(c, &row.id, item).await?;
    let (speaking, waiting): (Vec<_>, Vec<_>) = open.into_iter().partition(|s| s.began_at.is_some());
    let waiting = rules::speaking_order(waiting, |s| (heard.contains(&s.person_id), s.asked_at));
    let speech = |s: &SpeechRow| Speech {
        id: SpeechId(s.id.clone()),
        user_id: UserId(s.person_id.clone()),
        full_name: s.full_name.clone(),
        position: s.position.clone(),
        asked: when(s.asked_at),
        again: heard.contains(&s.person_id),
        clock: s.clock,
    };
    Ok(Floor {
        speaking: speaking.first().map(speech),
        waiting: waiting.iter().map(speech).collect(),
    })
}
