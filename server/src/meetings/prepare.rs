//! A new meeting.
use super::rules::Part;
use super::store::{self, Row};
use super::{Error, Result, Service, text};
use crate::actor::Actor;
use crate::clock::{now_us, parse_local};
use app::dto::identity::Role;
use app::dto::meetings::{MeetingDraft, MeetingState};
use app::ids::MeetingId;
use std::collections::BTreeSet;

const MOST_MEMBERS: usize = 2000;
/// Microseconds.
const LONGEST: i64 = 31 * 24 * 3600 * 1_000_000;

impl Service {
    /// A meeting in preparation, whose secretary is the one who makes it.
    pub async fn create(&self, actor: &Actor, draft: &MeetingDraft) -> Result<MeetingId> {
        let me = actor.require(&[Role::Secretary])?.clone();
        let starts_at = parse_local(&draft.starts).ok_or(Error::Field("starts"))?;
        let ends_at = parse_local(&draft.ends).ok_or(Error::Field("ends"))?;
        if ends_at <= starts_at || ends_at - starts_at > LONGEST {
            return Err(Error::Field("ends"));
        }
        let row = Row {
            id: uuid::Uuid::now_v7().to_string(),
            title: text(&draft.title, "title", 500, false)?,
            room: text(&draft.room, "room", 200, false)?,
            starts_at,
            ends_at,
            state: MeetingState::Preparing,
            current_item: None,
            chair: String::new(),
            opened_at: None,
            closed_at: None,
        };
        if draft.chair_id == me {
            return Err(Error::Field("chair_id"));
        }
        let members: BTreeSet<_> = draft.members.iter().filter(|m| **m != me && **m != draft.chair_id).collect();
        if members.len() > MOST_MEMBERS {
            return Err(Error::Field("members"));
        }
        let mut work = self.db.begin(actor).await?;
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
        let details = serde_json::json!({ "chair": draft.chair_id, "members": members.len(), "starts": draft.starts, "ends": draft.ends });
        work.audit("meeting.created", "meeting", &row.id, &row.title, &details).await?;
        work.commit().await?;
        Ok(MeetingId(row.id))
    }
}
