//! A new meeting.
use super::rules::Part;
use super::store::{self, ItemRow, Row};
use super::{Error, Need, Result, Service, named, not_over, text};
use crate::actor::Actor;
use crate::clock::{now_us, parse_local, when};
use crate::db::Work;
use app::dto::floor::Clock;
use app::dto::identity::Role;
use app::dto::meetings::{Conflict, MeetingDraft, MeetingState, QuorumRule};
use app::ids::{MeetingId, UserId};
use app::live::LiveEvent;
use sqlx::AnyConnection;
use std::collections::BTreeSet;

const MOST_MEMBERS: usize = 2000;
/// Microseconds.
const LONGEST: i64 = 31 * 24 * 3600 * 1_000_000;

/// Beginning and end, in microseconds, of a meeting's fields.
pub(super) fn span(starts: &str, ends: &str) -> Result<(i64, i64)> {
    let from = parse_local(starts).ok_or(Error::Field("starts"))?;
    let to = parse_local(ends).ok_or(Error::Field("ends"))?;
    if to <= from || to - from > LONGEST {
        return Err(Error::Field("ends"));
    }
    Ok((from, to))
}

/// When the room, and each of `people`, is taken by another meeting than `except`; an empty room is no room.
pub(super) async fn taken(
    c: &mut AnyConnection,
    room: &str,
    people: &[&str],
    (from, to): (i64, i64),
    except: &str,
) -> Result<Vec<Conflict>> {
    let mut all = Vec::new();
    let conflict = |who: String, from: i64, to: i64| Conflict {
        who,
        from: when(from),
        to: when(to),
    };
    if !room.is_empty() {
        let taken = store::room_taken(c, room, (from, to), except).await?.into_iter();
        all.extend(taken.map(|(from, to)| conflict(String::new(), from, to)));
    }
    for person in people {
        let taken = store::person_taken(c, person, (from, to), except).await?.into_iter();
        all.extend(taken.map(|(name, from, to)| conflict(name, from, to)));
    }
    Ok(all)
}

impl Service {
    /// A meeting in preparation, whose secretary is the one who makes it.
    pub async fn create(&self, actor: &Actor, draft: &MeetingDraft) -> Result<MeetingId> {
        self.make(actor, draft, None, None).await
    }

    /// The same with agenda and quorum rule of an earlier one that this person sees. Documents are not taken over: they belong to that day.
    pub async fn copy(&self, actor: &Actor, from: &MeetingId, draft: &MeetingDraft) -> Result<MeetingId> {
        self.create_under_name(actor, None, Some(from), draft).await
    }

    /// Either of the two under a name (UUID) that a program gives: asked again, the answer is the meeting that there is.
    pub async fn create_under_name(
        &self,
        actor: &Actor,
        name: Option<&str>,
        from: Option<&MeetingId>,
        draft: &MeetingDraft,
    ) -> Result<MeetingId> {
        let name = name.map(|name| named(name, "id")).transpose()?;
        if let Some(from) = from {
            let mut c = self.db.read().acquire().await?;
            self.seen(&mut c, actor, from.as_str()).await?;
        }
        self.make(actor, draft, from, name).await
    }

    /// What is taken already at this time: the room, and people. Which meetings those are is not told.
    pub async fn conflicts(&self, actor: &Actor, draft: &MeetingDraft) -> Result<Vec<Conflict>> {
        let me = actor.require(&[Role::Secretary])?.clone();
        let (Some(from), Some(to)) = (parse_local(&draft.starts), parse_local(&draft.ends)) else {
            return Ok(Vec::new());
        };
        let room = text(&draft.room, "room", 200, true)?;
        if draft.members.len() > MOST_MEMBERS {
            return Err(Error::Field("members"));
        }
        let mut tx = self.db.snapshot().await?;
        let people: BTreeSet<_> = draft.members.iter().chain([&draft.chair_id, &me]).map(UserId::as_str).collect();
        let people: Vec<&str> = people.into_iter().collect();
        taken(&mut tx, &room, &people, (from, to), "").await
    }

    /// How many must be there to decide: until the end.
    pub async fn set_quorum(&self, actor: &Actor, id: &MeetingId, rule: QuorumRule) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Manage).await?;
        not_over(&row)?;
        if row.quorum == rule {
            return Ok(());
        }
        store::set_quorum(work.conn(), &row.id, rule).await?;
        let details = serde_json::json!({ "quorum": rule.as_str() });
        self.announce(&mut work, &row, "meeting.quorum", &details, &LiveEvent::QuorumRule { rule })
            .await?;
        Ok(work.commit().await?)
    }

    async fn make(&self, actor: &Actor, draft: &MeetingDraft, from: Option<&MeetingId>, name: Option<String>) -> Result<MeetingId> {
        let me = actor.require(&[Role::Secretary])?.clone();
        let (starts_at, ends_at) = span(&draft.starts, &draft.ends)?;
        let row = Row {
            id: name.clone().unwrap_or_else(|| uuid::Uuid::now_v7().to_string()),
            title: text(&draft.title, "title", 500, false)?,
            room: text(&draft.room, "room", 200, false)?,
            starts_at,
            ends_at,
            state: MeetingState::Preparing,
            current_item: None,
            chair: String::new(),
            quorum: QuorumRule::default(),
            opened_at: None,
            closed_at: None,
            reason: String::new(),
            revision: 0,
        };
        if draft.chair_id == me {
            return Err(Error::Field("chair_id"));
        }
        let members: BTreeSet<_> = draft.members.iter().filter(|m| **m != me && **m != draft.chair_id).collect();
        if members.len() > MOST_MEMBERS {
            return Err(Error::Field("members"));
        }
        let mut work = self.db.begin(actor).await?;
        if name.is_some() && store::get(work.conn(), &row.id).await?.is_some() {
            let part = store::member(work.conn(), &row.id, me.as_str()).await?.map(|m| m.part);
            return if part == Some(Part::Secretary) {
                Ok(MeetingId(row.id))
            } else {
                Err(Error::Field("id"))
            };
        }
        if !store::is_active_person(work.conn(), draft.chair_id.as_str()).await? {
            return Err(Error::Field("chair_id"));
        }
        store::insert(work.conn(), &row, now_us()).await?;
        store::add_member(work.conn(), &row.id, draft.chair_id.as_str(), Part::Chair).await?;
        store::add_member(work.conn(), &row.id, me.as_str(), Part::Secretary).await?;
        for member in &members {
            if !store::is_active_person(work.conn(), member.as_str()).await? {
                return Err(Error::Field("members"));
            }
            store::add_member(work.conn(), &row.id, member.as_str(), Part::Member).await?;
        }
        if let Some(from) = from {
            self.copy_agenda(&mut work, from, &row).await?;
        }
        let details = serde_json::json!({ "from": from, "chair": draft.chair_id, "members": members.len(), "starts": draft.starts, "ends": draft.ends });
        work.audit("meeting.created", "meeting", &row.id, &row.title, &details).await?;
        work.commit().await?;
        Ok(MeetingId(row.id))
    }

    async fn copy_agenda(&self, work: &mut Work, from: &MeetingId, to: &Row) -> Result<()> {
        let old = store::get(work.conn(), from.as_str()).await?.ok_or(Error::NotFound)?;
        store::set_quorum(work.conn(), &to.id, old.quorum).await?;
        // The same people sit where they sat.
        let mut seating = super::seats::of_meeting(work.conn(), from.as_str()).await?;
        let invited = store::members(work.conn(), &to.id).await?;
        seating.taken.retain(|s| invited.iter().any(|m| m.person_id == s.user_id.as_str()));
        super::seats::keep(work.conn(), &to.id, &seating).await?;
        for item in store::items(work.conn(), from.as_str()).await? {
            let copy = ItemRow {
                id: uuid::Uuid::now_v7().to_string(),
                meeting_id: to.id.clone(),
                clock: Clock {
                    limit: item.clock.limit,
                    ..Clock::default()
                },
                conclusion: String::new(),
                ..item
            };
            store::insert_item(work.conn(), &copy).await?;
        }
        Ok(())
    }
}
