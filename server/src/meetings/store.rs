//! SQL of meetings, their agenda and their documents. Votes are in `ballots`.
use super::rules::Part;
use crate::clock::now_us;
use crate::db::DbResult;
use app::dto::floor::Clock;
use app::dto::meetings::{MeetingState, QuorumRule};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

/// Microseconds after the planned end for which what is collected may still be read.
pub const GRACE: i64 = 24 * 3600 * 1_000_000;
/// Meetings that a list shows at most.
const MOST: i64 = 200;
/// Most in a calendar, and most rooms.
const MOST_ON: i64 = 2_000;

/// A meeting as stored.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: String,
    pub title: String,
    pub room: String,
    pub starts_at: i64,
    pub ends_at: i64,
    pub state: MeetingState,
    pub current_item: Option<String>,
    /// Full name of the chair.
    pub chair: String,
    pub quorum: QuorumRule,
    /// When it was really opened and closed.
    pub opened_at: Option<i64>,
    pub closed_at: Option<i64>,
    /// Why it does not take place.
    pub reason: String,
    /// How often its time, place or name was changed after it was made.
    pub revision: i64,
}

const SELECT: &str = "SELECT m.id, m.title, m.room, m.starts_at, m.ends_at, m.state, m.current_item, m.quorum, m.opened_at, m.closed_at, m.reason, m.revision, p.full_name AS chair FROM meeting m \
    LEFT JOIN meeting_member c ON c.meeting_id = m.id AND c.part = 'chair' LEFT JOIN person p ON p.id = c.person_id";

fn row(r: &AnyRow) -> DbResult<Row> {
    let state: String = r.try_get("state")?;
    Ok(Row {
        id: r.try_get("id")?,
        title: r.try_get("title")?,
        room: r.try_get("room")?,
        starts_at: r.try_get("starts_at")?,
        ends_at: r.try_get("ends_at")?,
        state: MeetingState::parse(&state).ok_or_else(|| sqlx::Error::Decode(format!("unknown state {state}").into()))?,
        current_item: r.try_get("current_item")?,
        chair: r.try_get::<Option<String>, _>("chair")?.unwrap_or_default(),
        quorum: QuorumRule::parse(&r.try_get::<String, _>("quorum")?).unwrap_or_default(),
        opened_at: r.try_get("opened_at")?,
        closed_at: r.try_get("closed_at")?,
        reason: r.try_get("reason")?,
        revision: r.try_get("revision")?,
    })
}

/// Makes everybody else who changes this meeting wait until the commit. False when there is no such meeting.
pub async fn lock(c: &mut AnyConnection, id: &str) -> DbResult<bool> {
    let done = sqlx::query("UPDATE meeting SET state = state WHERE id = $1")
        .bind(id)
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn get(c: &mut AnyConnection, id: &str) -> DbResult<Option<Row>> {
    let sql = AssertSqlSafe(format!("{SELECT} WHERE m.id = $1"));
    let found = sqlx::query(sql).bind(id).fetch_optional(c).await?;
    found.as_ref().map(row).transpose()
}

/// Latest first. `visible` is made by `rules`, with `$1` the person.
pub async fn list(c: &mut AnyConnection, person: &str, visible: &str) -> DbResult<Vec<Row>> {
    let sql = AssertSqlSafe(format!("{SELECT} WHERE {visible} ORDER BY m.starts_at DESC, m.id DESC LIMIT $2"));
    let rows = sqlx::query(sql).bind(person).bind(MOST).fetch_all(c).await?;
    rows.iter().map(row).collect()
}

/// Those on at some time within `(from, to)`, first first. `visible` is a condition with `$1` the person.
pub async fn between(c: &mut AnyConnection, person: &str, visible: &str, (from, to): (i64, i64)) -> DbResult<Vec<Row>> {
    let sql = AssertSqlSafe(format!(
        "{SELECT} WHERE {visible} AND m.starts_at < $2 AND m.ends_at > $3 ORDER BY m.starts_at, m.id LIMIT $4"
    ));
    let query = sqlx::query(sql).bind(person).bind(to).bind(from).bind(MOST_ON);
    let rows = query.fetch_all(c).await?;
    rows.iter().map(row).collect()
}

/// Rooms that meetings were or are to be held in since `from`.
pub async fn rooms_since(c: &mut AnyConnection, from: i64) -> DbResult<Vec<String>> {
    let sql = "SELECT DISTINCT room FROM meeting WHERE starts_at >= $1 ORDER BY room LIMIT $2";
    let rows = sqlx::query(sql).bind(from).bind(MOST_ON).fetch_all(c).await?;
    rows.iter().map(|r| r.try_get("room")).collect()
}

pub async fn insert(c: &mut AnyConnection, r: &Row, now: i64) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO meeting (id, title, room, starts_at, ends_at, state, current_item, created_at) VALUES ($1, $2, $3, $4, $5, $6, NULL, $7)",
    )
    .bind(&r.id)
    .bind(&r.title)
    .bind(&r.room)
    .bind(r.starts_at)
    .bind(r.ends_at)
    .bind(r.state.as_str())
    .bind(now)
    .execute(c)
    .await?;
    Ok(())
}

pub async fn set_state(c: &mut AnyConnection, id: &str, state: MeetingState, now: i64) -> DbResult<()> {
    let sql = "UPDATE meeting SET state = $1 WHERE id = $2";
    sqlx::query(sql).bind(state.as_str()).bind(id).execute(&mut *c).await?;
    let moment = match state {
        MeetingState::Open => "UPDATE meeting SET opened_at = $1 WHERE id = $2",
        MeetingState::Closed => "UPDATE meeting SET closed_at = $1 WHERE id = $2",
        MeetingState::Preparing | MeetingState::Published | MeetingState::Cancelled => return Ok(()),
    };
    sqlx::query(moment).bind(now).bind(id).execute(c).await?;
    Ok(())
}

/// Name, place and time as `r` has them.
pub async fn change(c: &mut AnyConnection, r: &Row) -> DbResult<()> {
    let sql = "UPDATE meeting SET title = $1, room = $2, starts_at = $3, ends_at = $4, revision = revision + 1 WHERE id = $5";
    let query = sqlx::query(sql).bind(&r.title).bind(&r.room).bind(r.starts_at).bind(r.ends_at);
    query.bind(&r.id).execute(c).await?;
    Ok(())
}

/// The document that the invitation to bodies outside became.
pub async fn invitation_of(c: &mut AnyConnection, id: &str) -> DbResult<Option<String>> {
    let row = sqlx::query("SELECT invitation_id FROM meeting WHERE id = $1")
        .bind(id)
        .fetch_optional(c)
        .await?;
    row.map_or(Ok(None), |r| r.try_get("invitation_id"))
}

pub async fn set_invitation(c: &mut AnyConnection, id: &str, document: &str) -> DbResult<()> {
    let sql = "UPDATE meeting SET invitation_id = $1 WHERE id = $2";
    sqlx::query(sql).bind(document).bind(id).execute(c).await?;
    Ok(())
}

pub async fn cancel(c: &mut AnyConnection, id: &str, reason: &str) -> DbResult<()> {
    let sql = "UPDATE meeting SET state = $1, reason = $2, revision = revision + 1 WHERE id = $3";
    let query = sqlx::query(sql).bind(MeetingState::Cancelled.as_str()).bind(reason);
    query.bind(id).execute(c).await?;
    Ok(())
}

pub async fn set_current(c: &mut AnyConnection, id: &str, item: Option<&str>) -> DbResult<()> {
    let sql = "UPDATE meeting SET current_item = $1 WHERE id = $2";
    sqlx::query(sql).bind(item.map(str::to_owned)).bind(id).execute(c).await?;
    Ok(())
}

pub async fn set_quorum(c: &mut AnyConnection, id: &str, rule: QuorumRule) -> DbResult<()> {
    let sql = "UPDATE meeting SET quorum = $1 WHERE id = $2";
    sqlx::query(sql).bind(rule.as_str()).bind(id).execute(c).await?;
    Ok(())
}

/// Meetings of this room that are on within this time: their beginnings and ends.
pub async fn room_taken(c: &mut AnyConnection, room: &str, (from, to): (i64, i64), except: &str) -> DbResult<Vec<(i64, i64)>> {
    let sql = "SELECT starts_at, ends_at FROM meeting WHERE room = $1 AND starts_at < $2 AND ends_at > $3 AND id <> $4 \
        AND state NOT IN ('closed', 'cancelled') ORDER BY starts_at";
    let query = sqlx::query(sql).bind(room).bind(to).bind(from).bind(except);
    let rows = query.fetch_all(c).await?;
    rows.iter().map(|r| Ok((r.try_get("starts_at")?, r.try_get("ends_at")?))).collect()
}

/// Other meetings of a person within this time: full name, beginning and end.
pub async fn person_taken(c: &mut AnyConnection, person: &str, (from, to): (i64, i64), except: &str) -> DbResult<Vec<(String, i64, i64)>> {
    let sql = "SELECT p.full_name, m.starts_at, m.ends_at FROM meeting m JOIN meeting_member mm ON mm.meeting_id = m.id \
        JOIN person p ON p.id = mm.person_id WHERE mm.person_id = $1 AND mm.part <> 'delegated' AND m.starts_at < $2 AND m.ends_at > $3 \
        AND m.id <> $4 AND m.state NOT IN ('closed', 'cancelled') ORDER BY m.starts_at";
    let query = sqlx::query(sql).bind(person).bind(to).bind(from).bind(except);
    let rows = query.fetch_all(c).await?;
    rows.iter()
        .map(|r| Ok((r.try_get("full_name")?, r.try_get("starts_at")?, r.try_get("ends_at")?)))
        .collect()
}

/// A member as stored.
pub struct MemberRow {
    pub person_id: String,
    pub full_name: String,
    pub position: String,
    pub part: Part,
    pub checked_in_at: Option<i64>,
    /// Why they did not come; empty when nobody said.
    pub absence: String,
    pub answer: String,
    /// Id and full name of whom this person stands for.
    pub stands_for: Option<String>,
    pub stands_for_name: String,
}

fn member_row(r: &AnyRow) -> DbResult<MemberRow> {
    let part: String = r.try_get("part")?;
    Ok(MemberRow {
        person_id: r.try_get("person_id")?,
        full_name: r.try_get("full_name")?,
        position: r.try_get("position")?,
        part: Part::parse(&part).ok_or_else(|| sqlx::Error::Decode(format!("unknown part {part}").into()))?,
        checked_in_at: r.try_get("checked_in_at")?,
        absence: r.try_get("absence")?,
        answer: r.try_get("answer")?,
        stands_for: r.try_get("stands_for")?,
        stands_for_name: r.try_get::<Option<String>, _>("stands_for_name")?.unwrap_or_default(),
    })
}

const MEMBERS: &str = "SELECT mm.person_id, p.full_name, p.position, mm.part, mm.checked_in_at, mm.absence, mm.answer, mm.stands_for, \
    s.full_name AS stands_for_name FROM meeting_member mm JOIN person p ON p.id = mm.person_id LEFT JOIN person s ON s.id = mm.stands_for WHERE mm.meeting_id = $1";

/// Chair, secretary, then the others by name.
pub async fn members(c: &mut AnyConnection, meeting: &str) -> DbResult<Vec<MemberRow>> {
    let sql = AssertSqlSafe(format!(
        "{MEMBERS} ORDER BY CASE mm.part WHEN 'chair' THEN 0 WHEN 'secretary' THEN 1 ELSE 2 END, p.folded, p.id"
    ));
    let rows = sqlx::query(sql).bind(meeting).fetch_all(c).await?;
    rows.iter().map(member_row).collect()
}

pub async fn member(c: &mut AnyConnection, meeting: &str, person: &str) -> DbResult<Option<MemberRow>> {
    let sql = AssertSqlSafe(format!("{MEMBERS} AND mm.person_id = $2"));
    let found = sqlx::query(sql).bind(meeting).bind(person).fetch_optional(c).await?;
    found.as_ref().map(member_row).transpose()
}

pub async fn add_member(c: &mut AnyConnection, meeting: &str, person: &str, part: Part) -> DbResult<()> {
    let sql = "INSERT INTO meeting_member (meeting_id, person_id, part, checked_in_at) VALUES ($1, $2, $3, NULL)";
    sqlx::query(sql).bind(meeting).bind(person).bind(part.as_str()).execute(c).await?;
    Ok(())
}

pub async fn remove_member(c: &mut AnyConnection, meeting: &str, person: &str) -> DbResult<()> {
    let sql = "DELETE FROM meeting_member WHERE meeting_id = $1 AND person_id = $2";
    sqlx::query(sql).bind(meeting).bind(person).execute(c).await?;
    Ok(())
}

pub async fn set_answer(c: &mut AnyConnection, meeting: &str, m: &MemberRow) -> DbResult<()> {
    let sql = "UPDATE meeting_member SET part = $1, answer = $2, absence = $3, stands_for = $4 WHERE meeting_id = $5 AND person_id = $6";
    sqlx::query(sql)
        .bind(m.part.as_str())
        .bind(&m.answer)
        .bind(&m.absence)
        .bind(m.stands_for.clone())
        .bind(meeting)
        .bind(&m.person_id)
        .execute(c)
        .await?;
    Ok(())
}

/// What is shown in the room to check in with; empty where none is asked for.
pub async fn code(c: &mut AnyConnection, meeting: &str) -> DbResult<String> {
    let row = sqlx::query("SELECT check_in_code FROM meeting WHERE id = $1")
        .bind(meeting)
        .fetch_optional(c)
        .await?;
    row.map_or(Ok(String::new()), |r| r.try_get("check_in_code"))
}

pub async fn set_code(c: &mut AnyConnection, meeting: &str, code: &str) -> DbResult<()> {
    let sql = "UPDATE meeting SET check_in_code = $1 WHERE id = $2";
    sqlx::query(sql).bind(code).bind(meeting).execute(c).await?;
    Ok(())
}

pub async fn check_in(c: &mut AnyConnection, meeting: &str, person: &str, now: i64) -> DbResult<()> {
    let sql = "UPDATE meeting_member SET checked_in_at = $1 WHERE meeting_id = $2 AND person_id = $3 AND checked_in_at IS NULL";
    sqlx::query(sql).bind(now).bind(meeting).bind(person).execute(c).await?;
    Ok(())
}

pub async fn is_active_person(c: &mut AnyConnection, person: &str) -> DbResult<bool> {
    let sql = "SELECT id FROM person WHERE id = $1 AND active = 1";
    Ok(sqlx::query(sql).bind(person).fetch_optional(c).await?.is_some())
}

/// An agenda item as stored.
#[derive(Clone)]
pub struct ItemRow {
    pub id: String,
    pub meeting_id: String,
    pub position: i64,
    pub title: String,
    pub presenter: String,
    pub minutes: i64,
    pub clock: Clock,
    /// Kết luận; empty as long as there is none.
    pub conclusion: String,
}

fn item_row(r: &AnyRow) -> DbResult<ItemRow> {
    Ok(ItemRow {
        id: r.try_get("id")?,
        meeting_id: r.try_get("meeting_id")?,
        position: r.try_get("position")?,
        title: r.try_get("title")?,
        presenter: r.try_get("presenter")?,
        minutes: r.try_get("minutes")?,
        clock: super::speeches::clock(r, r.try_get::<i64, _>("minutes")? * 60)?,
        conclusion: r.try_get("conclusion")?,
    })
}

const ITEMS: &str = "SELECT id, meeting_id, position, title, presenter, minutes, clock_spent, clock_since, conclusion FROM agenda_item WHERE removed_at IS NULL";

/// In the order of the agenda.
pub async fn items(c: &mut AnyConnection, meeting: &str) -> DbResult<Vec<ItemRow>> {
    let sql = AssertSqlSafe(format!("{ITEMS} AND meeting_id = $1 ORDER BY position, id"));
    let rows = sqlx::query(sql).bind(meeting).fetch_all(c).await?;
    rows.iter().map(item_row).collect()
}

/// Whether there is or was an item of this id anywhere.
pub async fn item_known(c: &mut AnyConnection, id: &str) -> DbResult<bool> {
    let found = sqlx::query("SELECT 1 FROM agenda_item WHERE id = $1")
        .bind(id)
        .fetch_optional(c)
        .await?;
    Ok(found.is_some())
}

pub async fn item(c: &mut AnyConnection, id: &str) -> DbResult<Option<ItemRow>> {
    let sql = AssertSqlSafe(format!("{ITEMS} AND id = $1"));
    let found = sqlx::query(sql).bind(id).fetch_optional(c).await?;
    found.as_ref().map(item_row).transpose()
}

/// Words, presenter and length as `i` has them.
pub async fn change_item(c: &mut AnyConnection, i: &ItemRow) -> DbResult<()> {
    let sql = "UPDATE agenda_item SET title = $1, presenter = $2, minutes = $3 WHERE id = $4";
    let query = sqlx::query(sql).bind(&i.title).bind(&i.presenter).bind(i.minutes);
    query.bind(&i.id).execute(c).await?;
    Ok(())
}

pub async fn insert_item(c: &mut AnyConnection, i: &ItemRow) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO agenda_item (id, meeting_id, position, title, presenter, minutes, removed_at) VALUES ($1, $2, $3, $4, $5, $6, NULL)",
    )
    .bind(&i.id)
    .bind(&i.meeting_id)
    .bind(i.position)
    .bind(&i.title)
    .bind(&i.presenter)
    .bind(i.minutes)
    .execute(c)
    .await?;
    Ok(())
}

/// Numbers the items from 1 in this order.
pub async fn set_order(c: &mut AnyConnection, order: &[String]) -> DbResult<()> {
    for (position, id) in (1i64..).zip(order) {
        let sql = "UPDATE agenda_item SET position = $1 WHERE id = $2";
        sqlx::query(sql).bind(position).bind(id).execute(&mut *c).await?;
    }
    Ok(())
}

/// The item and its documents leave the agenda; the rows stay.
pub async fn remove_item(c: &mut AnyConnection, id: &str, now: i64) -> DbResult<()> {
    let documents = "UPDATE attachment SET removed_at = $1 WHERE item_id = $2 AND removed_at IS NULL";
    sqlx::query(documents).bind(now).bind(id).execute(&mut *c).await?;
    let item = "UPDATE agenda_item SET removed_at = $1 WHERE id = $2 AND removed_at IS NULL";
    sqlx::query(item).bind(now).bind(id).execute(c).await?;
    Ok(())
}

/// A meeting document as stored, with the size of its file.
#[derive(Clone)]
pub struct AttachmentRow {
    pub id: String,
    pub item_id: String,
    pub meeting_id: String,
    pub document_id: Option<String>,
    pub title: String,
    pub number: Option<String>,
    pub sha256: String,
    pub by: String,
    pub at: i64,
    /// Bytes.
    pub size: i64,
    pub pages: i64,
    /// When it is gone at the latest, of what is collected at the end.
    pub expires_at: Option<i64>,
    /// Who beside chair and secretary sees it; `None`: whoever sees the meeting.
    pub readers: Option<Vec<String>>,
}

fn attachment_row(r: &AnyRow) -> DbResult<AttachmentRow> {
    let expires_at = r.try_get::<i64, _>("ends_at")? + GRACE;
    Ok(AttachmentRow {
        id: r.try_get("id")?,
        item_id: r.try_get("item_id")?,
        meeting_id: r.try_get("meeting_id")?,
        document_id: r.try_get("document_id")?,
        title: r.try_get("title")?,
        number: r.try_get("number")?,
        sha256: r.try_get("sha256")?,
        by: r.try_get("by_name")?,
        at: r.try_get("created_at")?,
        size: r.try_get("size")?,
        pages: r.try_get("pages")?,
        expires_at: (r.try_get::<i64, _>("collect")? != 0).then_some(expires_at),
        readers: (r.try_get::<i64, _>("limited")? != 0).then(Vec::new),
    })
}

const ATTACHMENTS: &str = "SELECT a.id, a.item_id, i.meeting_id, a.document_id, a.title, a.number, a.sha256, a.by_name, a.created_at, \
    f.size, f.pages, a.collect, a.limited, m.ends_at FROM attachment a JOIN agenda_item i ON i.id = a.item_id JOIN meeting m ON m.id = i.meeting_id \
    JOIN file f ON f.sha256 = a.sha256 WHERE a.removed_at IS NULL AND a.collected_at IS NULL";

/// Of the whole meeting, in the order in which they were attached.
pub async fn attachments(c: &mut AnyConnection, meeting: &str) -> DbResult<Vec<AttachmentRow>> {
    let sql = AssertSqlSafe(format!("{ATTACHMENTS} AND i.meeting_id = $1 ORDER BY a.created_at, a.id"));
    let rows = sqlx::query(sql).bind(meeting).fetch_all(&mut *c).await?;
    let all: DbResult<Vec<_>> = rows.iter().map(attachment_row).collect();
    let mut all: Vec<_> = all?.into_iter().filter(there).collect();
    for found in &mut all {
        fill_readers(c, found).await?;
    }
    Ok(all)
}

async fn fill_readers(c: &mut AnyConnection, a: &mut AttachmentRow) -> DbResult<()> {
    let Some(readers) = &mut a.readers else { return Ok(()) };
    let sql = "SELECT person_id FROM attachment_reader WHERE attachment_id = $1 ORDER BY person_id";
    *readers = sqlx::query_scalar(sql).bind(&a.id).fetch_all(c).await?;
    Ok(())
}

/// What is to be collected is gone by itself, also where nobody closes the meeting.
fn there(a: &AttachmentRow) -> bool {
    a.expires_at.is_none_or(|at| at > now_us())
}

pub async fn set_collect(c: &mut AnyConnection, id: &str, collect: bool) -> DbResult<()> {
    let sql = "UPDATE attachment SET collect = $1 WHERE id = $2";
    sqlx::query(sql).bind(i64::from(collect)).bind(id).execute(c).await?;
    Ok(())
}

pub async fn collected(c: &mut AnyConnection, id: &str, now: i64) -> DbResult<()> {
    let sql = "UPDATE attachment SET collected_at = $1 WHERE id = $2";
    sqlx::query(sql).bind(now).bind(id).execute(c).await?;
    Ok(())
}

/// Item, title and number of every document that lay on the table before all, what was collected included.
pub async fn documents_shown(c: &mut AnyConnection, meeting: &str) -> DbResult<Vec<(String, String, Option<String>)>> {
    let sql = "SELECT a.item_id, a.title, a.number FROM attachment a JOIN agenda_item i ON i.id = a.item_id \
        WHERE a.removed_at IS NULL AND a.limited = 0 AND i.removed_at IS NULL AND i.meeting_id = $1 ORDER BY a.created_at, a.id";
    let rows = sqlx::query(sql).bind(meeting).fetch_all(c).await?;
    rows.iter()
        .map(|r| Ok((r.try_get("item_id")?, r.try_get("title")?, r.try_get("number")?)))
        .collect()
}

pub async fn attachment(c: &mut AnyConnection, id: &str) -> DbResult<Option<AttachmentRow>> {
    let sql = AssertSqlSafe(format!("{ATTACHMENTS} AND a.id = $1"));
    let found = sqlx::query(sql).bind(id).fetch_optional(&mut *c).await?;
    let found = found.as_ref().map(attachment_row).transpose()?;
    let mut found = found.filter(there);
    if let Some(found) = &mut found {
        fill_readers(c, found).await?;
    }
    Ok(found)
}

/// The attachment of this very content to this item, if it is there.
pub async fn attached(c: &mut AnyConnection, item: &str, document: &str, sha256: &str) -> DbResult<Option<String>> {
    let sql = "SELECT id FROM attachment WHERE item_id = $1 AND document_id = $2 AND sha256 = $3 AND removed_at IS NULL";
    let found = sqlx::query(sql).bind(item).bind(document).bind(sha256).fetch_optional(c).await?;
    found.map(|r| r.try_get("id")).transpose()
}

pub async fn insert_attachment(c: &mut AnyConnection, a: &AttachmentRow) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO attachment (id, item_id, document_id, title, number, sha256, by_name, created_at, removed_at, collect, limited) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9, $10)",
    )
    .bind(&a.id)
    .bind(&a.item_id)
    .bind(a.document_id.clone())
    .bind(&a.title)
    .bind(a.number.clone())
    .bind(&a.sha256)
    .bind(&a.by)
    .bind(a.at)
    .bind(i64::from(a.expires_at.is_some()))
    .bind(i64::from(a.readers.is_some()))
    .execute(&mut *c)
    .await?;
    for reader in a.readers.iter().flatten() {
        let sql = "INSERT INTO attachment_reader (attachment_id, person_id) VALUES ($1, $2)";
        sqlx::query(sql).bind(&a.id).bind(reader).execute(&mut *c).await?;
    }
    Ok(())
}

pub async fn remove_attachment(c: &mut AnyConnection, id: &str, now: i64) -> DbResult<()> {
    let sql = "UPDATE attachment SET removed_at = $1 WHERE id = $2 AND removed_at IS NULL";
    sqlx::query(sql).bind(now).bind(id).execute(c).await?;
    Ok(())
}
