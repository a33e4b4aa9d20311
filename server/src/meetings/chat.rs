//! Nhắn thư ký: words between a member and the secretary, for these two alone; written once under a name that the device gives.
use super::rules::{self, Part};
use super::{Error, Need, Result, Service, lines, named, not_over, store};
use crate::actor::Actor;
use crate::clock::{now_us, when};
use crate::db::DbResult;
use crate::identity;
use app::dto::chat::ChatLine;
use app::ids::{MeetingId, UserId};
use app::live::LiveEvent;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

/// Characters of one message.
const LONGEST: usize = 1_000;
/// Lines of an exchange that are shown: the latest.
const MOST: i64 = 500;

impl Service {
    /// One's own exchange with the secretary; for the secretary all of the meeting. First first.
    pub async fn chat(&self, actor: &Actor, id: &MeetingId) -> Result<Vec<ChatLine>> {
        let me = actor.user()?;
        let mut c = self.db.read().acquire().await?;
        let (row, part) = self.seen(&mut c, actor, id.as_str()).await?;
        let with = if rules::may_manage(actor, part) { "" } else { me.as_str() };
        Ok(of_meeting(&mut c, &row.id, with).await?)
    }

    /// Writes to the secretary, or as the secretary to the member `to`. `name` is a UUID: the same once more writes nothing.
    pub async fn write_chat(&self, actor: &Actor, id: &MeetingId, name: &str, to: Option<&UserId>, text: &str) -> Result<()> {
        let me = actor.user()?.clone();
        let name = named(name, "name")?;
        let text = lines(text, "message", LONGEST, false)?;
        let mut work = self.db.begin(actor).await?;
        let (row, part) = self.for_change(&mut work, id.as_str(), Need::Join).await?;
        not_over(&row)?;
        let by_secretary = rules::may_manage(actor, part);
        let with = match (by_secretary, to) {
            (true, Some(to)) => to.clone(),
            (true, None) => return Err(Error::Field("to")),
            (false, None) => me.clone(),
            (false, Some(_)) => return Err(identity::Error::Forbidden.into()),
        };
        let member = store::member(work.conn(), &row.id, with.as_str()).await?.ok_or(Error::NotFound)?;
        if member.part == Part::Secretary {
            return Err(Error::Field("to"));
        }
        if let Some((meeting, writer)) = known(work.conn(), &name).await? {
            // A name that somebody else gave tells nothing of what it names.
            return if meeting == row.id && writer == me.as_str() {
                Ok(())
            } else {
                Err(Error::Field("name"))
            };
        }
        let line = ChatLine {
            id: name,
            meeting: id.clone(),
            with,
            with_name: member.full_name,
            by_secretary,
            text,
            at: when(now_us()),
        };
        insert(work.conn(), &line, me.as_str()).await?;
        // Who wrote to whom, and when; what was written is theirs.
        let details = json!({ "with": line.with, "by_secretary": by_secretary, "line": line.id });
        work.audit("meeting.message", "meeting", &row.id, &row.title, &details).await?;
        let secretaries = store::members(work.conn(), &row.id)
            .await?
            .into_iter()
            .filter(|m| m.part == Part::Secretary);
        let event = LiveEvent::Chat { line: line.clone() };
        let both: Vec<String> = secretaries.map(|m| m.person_id).chain([line.with.0.clone()]).collect();
        for person in both {
            work.publish(&format!("user:{person}"), &event).await?;
        }
        Ok(work.commit().await?)
    }
}

fn line(r: &AnyRow) -> DbResult<ChatLine> {
    Ok(ChatLine {
        id: r.try_get("id")?,
        meeting: MeetingId(r.try_get("meeting_id")?),
        with: UserId(r.try_get("person_id")?),
        with_name: r.try_get("full_name")?,
        by_secretary: r.try_get::<i64, _>("by_secretary")? != 0,
        text: r.try_get("text")?,
        at: when(r.try_get("at")?),
    })
}

/// `with` names one person; empty means everybody.
async fn of_meeting(c: &mut AnyConnection, meeting: &str, with: &str) -> DbResult<Vec<ChatLine>> {
    let whose = if with.is_empty() { "$2 = ''" } else { "l.person_id = $2" };
    let sql = AssertSqlSafe(format!(
        "SELECT l.id, l.meeting_id, l.person_id, l.by_secretary, l.text, l.at, p.full_name FROM chat_line l \
         JOIN person p ON p.id = l.person_id WHERE l.meeting_id = $1 AND {whose} ORDER BY l.at DESC, l.id DESC LIMIT $3"
    ));
    let rows = sqlx::query(sql).bind(meeting).bind(with).bind(MOST).fetch_all(c).await?;
    rows.iter().rev().map(line).collect()
}

/// Meeting and writer of a line.
async fn known(c: &mut AnyConnection, name: &str) -> DbResult<Option<(String, String)>> {
    let sql = "SELECT meeting_id, written_by FROM chat_line WHERE id = $1";
    let row = sqlx::query(sql).bind(name).fetch_optional(c).await?;
    row.map(|r| Ok((r.try_get("meeting_id")?, r.try_get("written_by")?))).transpose()
}

async fn insert(c: &mut AnyConnection, l: &ChatLine, by: &str) -> DbResult<()> {
    let sql = "INSERT INTO chat_line (id, meeting_id, person_id, by_secretary, written_by, text, at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let query = sqlx::query(sql).bind(&l.id).bind(l.meeting.as_str()).bind(l.with.as_str());
    let query = query.bind(i64::from(l.by_secretary)).bind(by).bind(&l.text).bind(l.at.us);
    query.execute(c).await?;
    Ok(())
}
