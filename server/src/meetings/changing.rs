//! What a secretary changes of a meeting that exists: its time and place, an item's words, that it takes place at all; and what is to be
//! looked at before it is published.
use super::agenda::minutes_of;
use super::letters::Tells;
use super::prepare::{span, taken};
use super::read::{attachment, meeting};
use super::rules::Part;
use super::store::{self, ItemRow, Row};
use super::{Error, Need, Result, Service, lines, not_over, text, topic};
use crate::actor::Actor;
use crate::clock::{day, now_us};
use crate::db::Work;
use app::dto::meetings::{Check, CheckLine, MeetingChange, MeetingState};
use app::ids::{ItemId, MeetingId};
use app::live::LiveEvent;
use serde_json::json;

/// Microseconds.
const MINUTE: i64 = 60 * 1_000_000;

impl Service {
    /// Another name, place or time. Those invited are told; once it is open it has begun when it has begun.
    pub async fn change(&self, actor: &Actor, id: &MeetingId, to: &MeetingChange) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Manage).await?;
        not_over(&row)?;
        let (starts_at, ends_at) = span(&to.starts, &to.ends)?;
        if row.state == MeetingState::Open && starts_at != row.starts_at {
            return Err(Error::Field("starts"));
        }
        let now = Row {
            title: text(&to.title, "title", 500, false)?,
            room: text(&to.room, "room", 200, false)?,
            starts_at,
            ends_at,
            ..row.clone()
        };
        let same = (&now.title, &now.room, now.starts_at, now.ends_at) == (&row.title, &row.room, row.starts_at, row.ends_at);
        if same {
            return Ok(());
        }
        store::change(work.conn(), &now).await?;
        let details = json!({
            "before": { "title": row.title, "room": row.room, "starts": row.starts_at, "ends": row.ends_at },
            "title": now.title, "room": now.room, "starts": to.starts, "ends": to.ends,
        });
        self.tell_change(&mut work, &row, "meeting.changed", &details, Tells::Changed(&row))
            .await?;
        if now.ends_at != row.ends_at {
            // What is collected at the end goes by the new one.
            let all = store::attachments(work.conn(), &row.id).await?.into_iter();
            for found in all.filter(|a| a.expires_at.is_some()) {
                let details = json!({ "attachment": found.id, "number": found.number, "collect": true });
                let event = LiveEvent::Attached {
                    attachment: attachment(&found),
                };
                self.tell_of(&mut work, &row, ("meeting.document_collect", &details), &found, &event)
                    .await?;
            }
        }
        Ok(work.commit().await?)
    }

    /// Hủy cuộc họp: it does not take place. Those invited read why; what was never published is simply put away.
    pub async fn cancel(&self, actor: &Actor, id: &MeetingId, reason: &str) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Manage).await?;
        let known = row.state != MeetingState::Preparing;
        let reason = lines(reason, "reason", 1000, !known)?;
        match row.state {
            MeetingState::Preparing | MeetingState::Published => {}
            MeetingState::Cancelled => return Ok(()),
            _ => return Err(Error::NotNow),
        }
        store::cancel(work.conn(), &row.id, &reason).await?;
        if !known {
            // Nobody was ever told of it; nobody is to find it now.
            for member in store::members(work.conn(), &row.id).await? {
                if member.part != Part::Secretary {
                    store::remove_member(work.conn(), &row.id, &member.person_id).await?;
                }
            }
        }
        let details = json!({ "reason": reason, "published": known });
        self.tell_change(&mut work, &row, "meeting.cancelled", &details, Tells::Cancelled)
            .await?;
        Ok(work.commit().await?)
    }

    /// To the meeting's topic, and once it is published to each person's own, for whom it stands in a list.
    async fn tell_change(&self, work: &mut Work, before: &Row, action: &str, details: &serde_json::Value, tells: Tells<'_>) -> Result<()> {
        let now = store::get(work.conn(), &before.id).await?.ok_or(Error::NotFound)?;
        let event = LiveEvent::MeetingChanged {
            row: meeting(&now, &day(now_us())),
        };
        self.announce(work, before, action, details, &event).await?;
        if before.state != MeetingState::Preparing {
            for invited in store::members(work.conn(), &before.id).await? {
                work.publish(&format!("user:{}", invited.person_id), &event).await?;
            }
            self.mail_to(work, &now, tells, None).await?;
        }
        Ok(())
    }

    /// Other words, presenter or length of an item. Its documents, clock and conclusion stay.
    pub async fn change_item(&self, actor: &Actor, id: &ItemId, title: &str, presenter: &str, minutes: u32) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, item) = self.item_for_change(&mut work, id.as_str()).await?;
        not_over(&row)?;
        let minutes = minutes_of(minutes)?;
        let mut clock = item.clock;
        clock.limit = minutes * 60;
        let now = ItemRow {
            title: text(title, "title", 500, false)?,
            presenter: text(presenter, "presenter", 200, true)?,
            minutes: i64::from(minutes),
            clock,
            ..item.clone()
        };
        if (&now.title, &now.presenter, now.minutes) == (&item.title, &item.presenter, item.minutes) {
            return Ok(());
        }
        store::change_item(work.conn(), &now).await?;
        let details = json!({
            "item": item.id, "before": { "title": item.title, "presenter": item.presenter, "minutes": item.minutes },
            "title": now.title, "presenter": now.presenter, "minutes": now.minutes,
        });
        let event = LiveEvent::ItemChanged {
            item: id.clone(),
            title: now.title,
            presenter: now.presenter,
            minutes,
            clock,
        };
        self.announce(&mut work, &row, "meeting.item_changed", &details, &event).await?;
        Ok(work.commit().await?)
    }

    /// What is to be looked at before the meeting is published, each fine or not, and about what.
    pub async fn checks(&self, actor: &Actor, id: &MeetingId) -> Result<Vec<CheckLine>> {
        let mut tx = self.db.snapshot().await?;
        let (row, part) = self.seen(&mut tx, actor, id.as_str()).await?;
        if !super::rules::may_manage(actor, part) {
            return Err(crate::identity::Error::Forbidden.into());
        }
        checks(&mut tx, &row).await
    }

    /// Shows the meeting to those invited. What is not fine must be among the `accepted`: somebody has looked at it.
    pub async fn publish(&self, actor: &Actor, id: &MeetingId, accepted: &[Check]) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Manage).await?;
        match row.state {
            MeetingState::Preparing => {}
            MeetingState::Published => return Ok(()),
            _ => return Err(Error::NotNow),
        }
        let open = checks(work.conn(), &row).await?.into_iter().filter(|line| !line.fine);
        let open: Vec<Check> = open.map(|line| line.check).collect();
        if !open.iter().all(|check| accepted.contains(check)) {
            return Err(Error::NotReady);
        }
        // Members may read the topic from now on, but not what the preparation went through.
        crate::live::store::forget(work.conn(), &topic(&row.id)).await?;
        store::set_state(work.conn(), &row.id, MeetingState::Published, now_us()).await?;
        let row = Row {
            state: MeetingState::Published,
            ..row
        };
        let details = json!({ "state": MeetingState::Published.as_str(), "accepted": open.iter().map(|c| c.as_str()).collect::<Vec<_>>() });
        let event = LiveEvent::MeetingState {
            state: MeetingState::Published,
        };
        self.announce(&mut work, &row, "meeting.published", &details, &event).await?;
        self.mail_to(&mut work, &row, Tells::Invited, None).await?;
        let event = LiveEvent::MeetingPublished {
            id: id.clone(),
            title: row.title.clone(),
        };
        for invited in store::members(work.conn(), &row.id).await? {
            work.publish(&format!("user:{}", invited.person_id), &event).await?;
        }
        Ok(work.commit().await?)
    }
}

async fn checks(c: &mut sqlx::AnyConnection, row: &Row) -> Result<Vec<CheckLine>> {
    let members = store::members(c, &row.id).await?;
    let items = store::items(c, &row.id).await?;
    let attachments = store::attachments(c, &row.id).await?;
    let people: Vec<&str> = members.iter().map(|m| m.person_id.as_str()).collect();
    let (rooms, busy): (Vec<_>, Vec<_>) = taken(c, &row.room, &people, (row.starts_at, row.ends_at), &row.id)
        .await?
        .into_iter()
        .partition(|conflict| conflict.who.is_empty());
    let lacking = |lacks: &dyn Fn(&ItemRow) -> bool| items.iter().filter(|i| lacks(i)).map(|i| i.title.clone()).collect::<Vec<_>>();
    let planned: i64 = items.iter().map(|i| i.minutes).sum();
    let line = |check, about: Vec<String>, fine| CheckLine { check, fine, about };
    let without = |check, about: Vec<String>| line(check, about.clone(), about.is_empty());
    let mut names: Vec<String> = busy.into_iter().map(|conflict| conflict.who).collect();
    names.dedup();
    let times = |c: app::dto::meetings::Conflict| format!("{} – {}", c.from.text, c.to.text);
    Ok(vec![
        line(Check::Time, Vec::new(), row.starts_at > now_us()),
        without(Check::Room, rooms.into_iter().map(times).collect()),
        line(Check::Members, Vec::new(), members.iter().any(|m| m.part == Part::Member)),
        without(Check::People, names),
        line(Check::Agenda, Vec::new(), !items.is_empty()),
        without(Check::Presenters, lacking(&|i| i.presenter.is_empty())),
        without(Check::Documents, lacking(&|i| !attachments.iter().any(|a| a.item_id == i.id))),
        line(Check::Length, Vec::new(), planned * MINUTE <= row.ends_at - row.starts_at),
    ])
}
