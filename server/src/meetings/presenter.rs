//! The presenter's page (trình chiếu): what chair, secretary or speaker reads is what the others see. It passes and is not kept.
use super::{Error, Result, Service, floor, rules, store, topic};
use crate::actor::Actor;
use crate::identity;
use app::dto::meetings::{MeetingState, Pointer, Presenting};
use app::ids::{AttachmentId, MeetingId};
use app::live::{LiveEvent, ServerFrame};

const KIND: &str = "presenting";
const POINTER: &str = "pointer";

impl Service {
    /// Shows this page to all who follow. `take` begins, and takes it over from whoever presents; without it only the one who
    /// presents turns pages.
    pub async fn present(&self, actor: &Actor, id: &MeetingId, attachment: &AttachmentId, page: u32, take: bool) -> Result<()> {
        let me = actor.user()?;
        let mut tx = self.db.snapshot().await?;
        let (row, part) = self.seen(&mut tx, actor, id.as_str()).await?;
        if row.state != MeetingState::Open {
            return Err(Error::NotNow);
        }
        let speaks = floor::floor(&mut tx, &row).await?.speaking.is_some_and(|s| s.user_id == *me);
        if !speaks && !rules::may_conduct(actor, part) {
            return Err(identity::Error::Forbidden.into());
        }
        let shown = store::attachment(&mut tx, attachment.as_str()).await?;
        let shown = shown.filter(|a| a.meeting_id == row.id).ok_or(Error::NotFound)?;
        drop(tx);
        if shown.readers.is_some() {
            return Err(Error::Limited);
        }
        if page == 0 || i64::from(page) > shown.pages {
            return Err(Error::Field("page"));
        }
        if !take && self.presenting(id.as_str()).is_none_or(|now| now.user_id != *me) {
            return Err(Error::NotPresenting);
        }
        self.tell_presenting(
            id.as_str(),
            Some(Presenting {
                user_id: me.clone(),
                full_name: actor.name.clone(),
                attachment: attachment.clone(),
                page,
            }),
        );
        Ok(())
    }

    /// Ends one's own presenting; chair and secretary end anybody's.
    pub async fn stop_presenting(&self, actor: &Actor, id: &MeetingId) -> Result<()> {
        let me = actor.user()?;
        let mut c = self.db.read().acquire().await?;
        let (_, part) = self.seen(&mut c, actor, id.as_str()).await?;
        let Some(now) = self.presenting(id.as_str()) else { return Ok(()) };
        if now.user_id != *me && !rules::may_conduct(actor, part) {
            return Err(identity::Error::Forbidden.into());
        }
        self.tell_presenting(id.as_str(), None);
        Ok(())
    }

    /// After the floor has changed: a guest presents as long as they speak. Chair and secretary keep theirs.
    pub(super) async fn recheck_presenter(&self, meeting: &str) -> Result<()> {
        let Some(now) = self.presenting(meeting) else { return Ok(()) };
        let mut tx = self.db.snapshot().await?;
        let row = store::get(&mut tx, meeting).await?.ok_or(Error::NotFound)?;
        let speaks = floor::floor(&mut tx, &row)
            .await?
            .speaking
            .is_some_and(|s| s.user_id == now.user_id);
        let part = store::member(&mut tx, meeting, now.user_id.as_str()).await?.map(|m| m.part);
        if !speaks && matches!(part, None | Some(rules::Part::Member | rules::Part::Delegated)) {
            self.tell_presenting(meeting, None);
        }
        Ok(())
    }

    /// After a document has left the agenda, or is not for all any more.
    pub(super) fn present_no_more(&self, meeting: &str, attachment: &AttachmentId) {
        if self.presenting(meeting).is_some_and(|now| now.attachment == *attachment) {
            self.tell_presenting(meeting, None);
        }
    }

    pub(super) fn presenting(&self, meeting: &str) -> Option<Presenting> {
        let frame = self.db.hub().stands(&topic(meeting), KIND)?;
        match serde_json::from_str(&frame).ok()? {
            ServerFrame::Passing {
                event: LiveEvent::Presenting { now },
                ..
            } => now,
            _ => None,
        }
    }

    /// Con trỏ trình chiếu: of whoever presents this document. Many a second: nothing is read for it, and what nobody may say passes unheard.
    pub fn point(&self, actor: &Actor, topic: &str, at: Option<Pointer>) {
        let Some(now) = topic.strip_prefix("meeting:").and_then(|meeting| self.presenting(meeting)) else {
            return;
        };
        let fits = at
            .as_ref()
            .is_none_or(|at| at.attachment == now.attachment && at.page > 0 && at.x <= 10_000 && at.y <= 10_000);
        if fits && now.user_id.as_str() == actor.id() {
            self.db.hub().pass(topic, POINTER, &LiveEvent::Pointer { at });
        }
    }

    pub(super) fn tell_presenting(&self, meeting: &str, now: Option<Presenting>) {
        let same = |before: Presenting| {
            now.as_ref()
                .is_some_and(|now| now.user_id == before.user_id && now.attachment == before.attachment)
        };
        if !self.presenting(meeting).is_some_and(same) {
            // Devices forget it by themselves when something else is shown.
            self.db.hub().pass_no_more(&topic(meeting), POINTER);
        }
        self.db.hub().pass(&topic(meeting), KIND, &LiveEvent::Presenting { now });
    }
}
