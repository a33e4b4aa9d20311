//! SQL of documents, their versions, receivers and registers.
use super::find;
use crate::clock::{day, now_us, when};
use crate::db::DbResult;
use app::dto::documents::{AskedBack, Assignment, Channel, Direction, Linked, Mark, MarkKind, Part, State, Urgency};
use app::dto::identity::Body;
use app::ids::{DocumentId, UserId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

/// A document as stored.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: String,
    pub direction: Direction,
    pub kind: String,
    pub abstract_text: String,
    pub urgency: Urgency,
    pub state: State,
    pub file_name: String,
    pub sha256: String,
    pub drafter_id: Option<String>,
    pub leader_id: Option<String>,
    /// What stands over the leader's signature, a line each, and in whose place it is.
    pub authority: String,
    pub head_id: Option<String>,
    pub number: Option<i64>,
    pub number_year: Option<i64>,
    /// The letter of a number put in between, as in `12a`.
    pub number_suffix: String,
    pub notation: Option<String>,
    pub issued_on: String,
    pub arrival_number: Option<i64>,
    pub arrival_year: Option<i64>,
    pub arrived_at: Option<i64>,
    pub sender_code: Option<String>,
    pub sender_name: Option<String>,
    pub message_id: Option<String>,
    /// How it came when not over the axis.
    pub channel: Option<Channel>,
    /// Pages of what came, as the clerk counts them.
    pub said_pages: Option<i64>,
    /// The meeting whose minutes it is.
    pub meeting_id: Option<String>,
    pub reason: Option<String>,
    /// Chủ trì.
    pub handler_id: Option<String>,
    /// `2026-11-30`, or empty.
    pub due_on: String,
    pub number_box: String,
    pub date_box: String,
    pub signature_box: String,
    pub revision: i64,
    pub created_at: i64,
    pub updated_at: i64,
    /// Full name of the drafter; empty for incoming documents.
    pub drafter: String,
    pub leader: Option<String>,
    pub head: Option<String>,
    /// Ids of those who may sign today in the leader's place, between blanks.
    pub deputies: String,
    /// Ids of all who were ever given a part in processing it, or belong to the meeting whose minutes it is, and of the heads of
    /// the units of those and of its drafter, between blanks.
    pub people: String,
    /// What became of it after it was sent.
    pub mark: Option<Mark>,
    /// Its sender asks for it back, and nobody has answered yet.
    pub asked_back: Option<AskedBack>,
}

const SELECT: &str = "SELECT d.id, d.direction, d.kind, d.abstract_text, d.urgency, d.state, d.file_name, d.sha256, d.drafter_id, d.leader_id, d.authority, d.head_id, \
    d.number, d.number_year, d.number_suffix, d.notation, d.issued_on, d.arrival_number, d.arrival_year, d.arrived_at, d.sender_code, d.sender_name, \
    d.message_id, d.channel, d.said_pages, d.meeting_id, d.reason, d.handler_id, d.due_on, d.number_box, d.date_box, d.signature_box, d.revision, d.created_at, d.updated_at, \
    p.full_name AS drafter, l.full_name AS leader, e.full_name AS head, \
    (SELECT string_agg(u.person_id || '|' || u.from_on || '|' || u.to_on, ' ') FROM authority u \
     WHERE u.head_id = d.leader_id AND u.ended_at IS NULL) AS deputies, \
    COALESCE((SELECT string_agg(a.person_id, ' ') FROM assignment a WHERE a.document_id = d.id), '') || ' ' || \
    COALESCE((SELECT string_agg(m.person_id, ' ') FROM meeting_member m WHERE m.meeting_id = d.meeting_id), '') || ' ' || \
    COALESCE((SELECT string_agg(h.id, ' ') FROM (SELECT d.drafter_id AS id UNION SELECT a.person_id FROM assignment a WHERE a.document_id = d.id) w \
     JOIN person u ON u.id = w.id AND u.unit <> '' JOIN person h ON h.unit = u.unit \
     JOIN person_role r ON r.person_id = h.id AND r.role = 'head'), '') AS people, \
    k.kind AS mark, k.reason AS mark_reason, k.by_name AS mark_by, k.at AS mark_at, \
    k.successor_id, n.notation AS successor_number, n.abstract_text AS successor_title, \
    q.reason AS asked_reason, q.by_name AS asked_by, q.at AS asked_at \
    FROM (SELECT * FROM document WHERE deleted_at IS NULL) d \
    LEFT JOIN person p ON p.id = d.drafter_id LEFT JOIN person l ON l.id = d.leader_id LEFT JOIN person e ON e.id = d.head_id \
    LEFT JOIN document_mark k ON k.document_id = d.id LEFT JOIN document n ON n.id = k.successor_id \
    LEFT JOIN recall_request q ON q.document_id = d.id AND q.answer IS NULL";

fn row(r: &AnyRow) -> DbResult<Row> {
    let unknown = |what: &str| sqlx::Error::Decode(format!("unknown {what}").into());
    let text = |name: &str| r.try_get::<String, _>(name);
    Ok(Row {
        id: text("id")?,
        direction: Direction::parse(&text("direction")?).ok_or_else(|| unknown("direction"))?,
        kind: text("kind")?,
        abstract_text: text("abstract_text")?,
        urgency: Urgency::parse(&text("urgency")?).unwrap_or_default(),
        state: State::parse(&text("state")?).ok_or_else(|| unknown("state"))?,
        file_name: text("file_name")?,
        sha256: text("sha256")?,
        drafter_id: r.try_get("drafter_id")?,
        leader_id: r.try_get("leader_id")?,
        authority: text("authority")?,
        head_id: r.try_get("head_id")?,
        number: r.try_get("number")?,
        number_year: r.try_get("number_year")?,
        number_suffix: text("number_suffix")?,
        notation: r.try_get("notation")?,
        issued_on: text("issued_on")?,
        arrival_number: r.try_get("arrival_number")?,
        arrival_year: r.try_get("arrival_year")?,
        arrived_at: r.try_get("arrived_at")?,
        sender_code: r.try_get("sender_code")?,
        sender_name: r.try_get("sender_name")?,
        message_id: r.try_get("message_id")?,
        channel: Channel::parse(&text("channel")?),
        said_pages: r.try_get("said_pages")?,
        meeting_id: r.try_get("meeting_id")?,
        reason: r.try_get("reason")?,
        handler_id: r.try_get("handler_id")?,
        due_on: text("due_on")?,
        number_box: text("number_box")?,
        date_box: text("date_box")?,
        signature_box: text("signature_box")?,
        revision: r.try_get("revision")?,
        created_at: r.try_get("created_at")?,
        updated_at: r.try_get("updated_at")?,
        drafter: r.try_get::<Option<String>, _>("drafter")?.unwrap_or_default(),
        leader: r.try_get("leader")?,
        head: r.try_get("head")?,
        deputies: in_force(&r.try_get::<Option<String>, _>("deputies")?.unwrap_or_default(), &day(now_us())),
        people: r.try_get::<Option<String>, _>("people")?.unwrap_or_default(),
        mark: match r.try_get::<Option<String>, _>("mark")? {
            Some(_) => Some(mark(r)?),
            None => None,
        },
        asked_back: match r.try_get::<Option<String>, _>("asked_reason")? {
            Some(reason) => Some(AskedBack {
                reason,
                by: r.try_get("asked_by")?,
                at: when(r.try_get("asked_at")?),
            }),
            None => None,
        },
    })
}

/// Of `id|first day|last day`, between blanks, the ids of those whose time it is; without a last day it has no end.
fn in_force(all: &str, today: &str) -> String {
    let now = all.split(' ').filter_map(|one| {
        let mut parts = one.split('|');
        let (id, from, to) = (parts.next()?, parts.next()?, parts.next()?);
        (from <= today && (to.is_empty() || to >= today)).then_some(id)
    });
    now.collect::<Vec<_>>().join(" ")
}

/// A mark with the document that takes the place, as its own body sees it.
pub(super) fn mark(r: &AnyRow) -> DbResult<Mark> {
    let kind: String = r.try_get("mark")?;
    Ok(Mark {
        kind: MarkKind::parse(&kind).ok_or_else(|| sqlx::Error::Decode(format!("unknown mark {kind}").into()))?,
        reason: r.try_get("mark_reason")?,
        by: r.try_get("mark_by")?,
        at: when(r.try_get("mark_at")?),
        successor: match r.try_get::<Option<String>, _>("successor_id")? {
            Some(id) => Some(Linked {
                id: Some(DocumentId(id)),
                number: r.try_get::<Option<String>, _>("successor_number")?.unwrap_or_default(),
                title: r.try_get::<Option<String>, _>("successor_title")?.unwrap_or_default(),
            }),
            None => None,
        },
    })
}

async fn one(c: &mut AnyConnection, condition: &str, value: &str) -> DbResult<Option<Row>> {
    let sql = AssertSqlSafe(format!("{SELECT} WHERE {condition}"));
    let found = sqlx::query(sql).bind(value).fetch_optional(c).await?;
    found.as_ref().map(row).transpose()
}

pub async fn get(c: &mut AnyConnection, id: &str) -> DbResult<Option<Row>> {
    one(c, "d.id = $1", id).await
}

pub async fn by_message(c: &mut AnyConnection, message_id: &str) -> DbResult<Option<Row>> {
    one(c, "d.message_id = $1", message_id).await
}

/// An outgoing document by what a status message says of it.
pub async fn outgoing(c: &mut AnyConnection, notation: &str, issued_on: &str) -> DbResult<Option<Row>> {
    let sql = AssertSqlSafe(format!(
        "{SELECT} WHERE d.direction = 'outgoing' AND d.notation = $1 AND d.issued_on = $2"
    ));
    let found = sqlx::query(sql).bind(notation).bind(issued_on).fetch_optional(c).await?;
    found.as_ref().map(row).transpose()
}

/// Every copy of what a body sent under that number and day: it may have come more than once.
pub async fn copies(c: &mut AnyConnection, sender: &str, notation: &str, issued_on: &str) -> DbResult<Vec<Row>> {
    let sql = AssertSqlSafe(format!(
        "{SELECT} WHERE d.direction = 'incoming' AND d.issued_on = $1 AND d.sender_code = $2 AND d.notation = $3 ORDER BY d.id"
    ));
    let found = sqlx::query(sql).bind(issued_on).bind(sender).bind(notation).fetch_all(c).await?;
    found.iter().map(row).collect()
}

/// In no order.
pub async fn by_ids(c: &mut AnyConnection, ids: &[&String]) -> DbResult<Vec<Row>> {
    let places = (1..=ids.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
    let mut query = sqlx::query(AssertSqlSafe(format!("{SELECT} WHERE d.id IN ({places})")));
    for id in ids {
        query = query.bind(id.as_str());
    }
    query.fetch_all(c).await?.iter().map(row).collect()
}

pub async fn insert(c: &mut AnyConnection, r: &Row) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO document (id, direction, kind, abstract_text, folded, urgency, state, file_name, sha256, drafter_id, leader_id, notation, \
         issued_on, arrived_at, sender_code, sender_name, message_id, reason, number_box, date_box, signature_box, revision, created_at, updated_at, meeting_id, channel, said_pages) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)",
    )
    .bind(&r.id)
    .bind(r.direction.as_str())
    .bind(&r.kind)
    .bind(&r.abstract_text)
    .bind(folded(r))
    .bind(r.urgency.as_str())
    .bind(r.state.as_str())
    .bind(&r.file_name)
    .bind(&r.sha256)
    .bind(r.drafter_id.clone())
    .bind(r.leader_id.clone())
    .bind(r.notation.clone())
    .bind(&r.issued_on)
    .bind(r.arrived_at)
    .bind(r.sender_code.clone())
    .bind(r.sender_name.clone())
    .bind(r.message_id.clone())
    .bind(r.reason.clone())
    .bind(&r.number_box)
    .bind(&r.date_box)
    .bind(&r.signature_box)
    .bind(r.revision)
    .bind(r.created_at)
    .bind(r.updated_at)
    .bind(r.meeting_id.clone())
    .bind(r.channel.map_or("", Channel::as_str))
    .bind(r.said_pages)
    .execute(&mut *c)
    .await?;
    find::index(c, &r.id, &folded(r)).await
}

/// What the document is found by.
pub(super) fn folded(r: &Row) -> String {
    let number = r.notation.as_deref().unwrap_or_default();
    let sender = r.sender_name.as_deref().unwrap_or_default();
    find::normal(&format!(
        "{} {number} {sender} {}",
        r.abstract_text,
        app::dto::documents::kind_name(&r.kind)
    ))
}

/// Writes back everything that may change, if the stored revision is still `r.revision`; the new one is one higher.
/// False when somebody else was faster.
pub async fn update(c: &mut AnyConnection, r: &Row, now: i64) -> DbResult<bool> {
    let done = sqlx::query(
        "UPDATE document SET kind = $1, abstract_text = $2, folded = $3, urgency = $4, state = $5, file_name = $6, sha256 = $7, leader_id = $8, \
         number = $9, number_year = $10, notation = $11, issued_on = $12, arrival_number = $13, arrival_year = $14, reason = $15, number_box = $16, \
         date_box = $17, signature_box = $18, handler_id = $19, due_on = $20, revision = revision + 1, updated_at = $21, number_suffix = $22, authority = $23, head_id = $24, \
         text_state = CASE WHEN sha256 = $7 THEN text_state ELSE 0 END \
         WHERE id = $25 AND revision = $26 AND deleted_at IS NULL",
    )
    .bind(&r.kind)
    .bind(&r.abstract_text)
    .bind(folded(r))
    .bind(r.urgency.as_str())
    .bind(r.state.as_str())
    .bind(&r.file_name)
    .bind(&r.sha256)
    .bind(r.leader_id.clone())
    .bind(r.number)
    .bind(r.number_year)
    .bind(r.notation.clone())
    .bind(&r.issued_on)
    .bind(r.arrival_number)
    .bind(r.arrival_year)
    .bind(r.reason.clone())
    .bind(&r.number_box)
    .bind(&r.date_box)
    .bind(&r.signature_box)
    .bind(r.handler_id.clone())
    .bind(&r.due_on)
    .bind(now)
    .bind(&r.number_suffix)
    .bind(&r.authority)
    .bind(r.head_id.clone())
    .bind(&r.id)
    .bind(r.revision)
    .execute(&mut *c)
    .await?;
    if done.rows_affected() != 1 {
        return Ok(false);
    }
    find::index(c, &r.id, &folded(r)).await?;
    Ok(true)
}

/// When the processing of an incoming document was finished.
pub async fn finished(c: &mut AnyConnection, id: &str, at: i64) -> DbResult<()> {
    let sql = "UPDATE document SET done_at = $1, done_on = $2 WHERE id = $3";
    sqlx::query(sql).bind(at).bind(day(at)).bind(id).execute(c).await?;
    Ok(())
}

/// How many digital signatures the issued file carries.
pub async fn signed(c: &mut AnyConnection, id: &str, signatures: i64) -> DbResult<()> {
    let sql = "UPDATE document SET signatures = $1 WHERE id = $2";
    sqlx::query(sql).bind(signatures).bind(id).execute(c).await?;
    Ok(())
}

pub async fn delete(c: &mut AnyConnection, id: &str, revision: i64, now: i64) -> DbResult<bool> {
    let sql = "UPDATE document SET deleted_at = $1, revision = revision + 1 WHERE id = $2 AND revision = $3 AND deleted_at IS NULL";
    let done = sqlx::query(sql).bind(now).bind(id).bind(revision).execute(c).await?;
    Ok(done.rows_affected() == 1)
}

/// What somebody has deleted.
pub struct Trashed {
    pub id: String,
    pub kind: String,
    pub abstract_text: String,
    pub at: i64,
}

fn trashed(r: &AnyRow) -> DbResult<Trashed> {
    Ok(Trashed {
        id: r.try_get("id")?,
        kind: r.try_get("kind")?,
        abstract_text: r.try_get("abstract_text")?,
        at: r.try_get("deleted_at")?,
    })
}

/// A draft that was never given a number, as those that may be deleted are.
const IN_TRASH: &str = "direction = 'outgoing' AND state IN ('draft', 'returned') AND number IS NULL AND deleted_at IS NOT NULL";

/// The latest first.
pub async fn trashed_by(c: &mut AnyConnection, person: &str) -> DbResult<Vec<Trashed>> {
    let sql =
        format!("SELECT id, kind, abstract_text, deleted_at FROM document WHERE drafter_id = $1 AND {IN_TRASH} ORDER BY deleted_at DESC");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(person).fetch_all(c).await?;
    rows.iter().map(trashed).collect()
}

/// Some of those deleted before `limit`.
pub async fn trashed_before(c: &mut AnyConnection, limit: i64) -> DbResult<Vec<Trashed>> {
    let sql = format!("SELECT id, kind, abstract_text, deleted_at FROM document WHERE {IN_TRASH} AND deleted_at < $1 LIMIT 100");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(limit).fetch_all(c).await?;
    rows.iter().map(trashed).collect()
}

/// False when it is not in this person's trash.
pub async fn restore(c: &mut AnyConnection, id: &str, person: &str, now: i64) -> DbResult<bool> {
    let sql = format!(
        "UPDATE document SET deleted_at = NULL, revision = revision + 1, updated_at = $1 WHERE id = $2 AND drafter_id = $3 AND {IN_TRASH}"
    );
    let done = sqlx::query(AssertSqlSafe(sql)).bind(now).bind(id).bind(person).execute(c).await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a draft with all that belongs to it alone; false when it is no longer there to be ended. Its file stays: another
/// document may have the same.
pub async fn forget(c: &mut AnyConnection, id: &str, limit: i64) -> DbResult<bool> {
    let sql = format!("UPDATE document SET revision = revision + 1 WHERE id = $1 AND deleted_at < $2 AND {IN_TRASH}");
    let mine = sqlx::query(AssertSqlSafe(sql)).bind(id).bind(limit).execute(&mut *c).await?;
    if mine.rows_affected() != 1 {
        return Ok(false);
    }
    find::forget(c, id).await?;
    for sql in [
        "DELETE FROM document_version WHERE document_id = $1",
        "DELETE FROM document_receiver WHERE document_id = $1",
        "DELETE FROM document_supersedes WHERE document_id = $1",
        "DELETE FROM once WHERE subject_id = $1",
        "DELETE FROM document_text WHERE document_id = $1",
        "DELETE FROM document WHERE id = $1",
    ] {
        sqlx::query(sql).bind(id).execute(&mut *c).await?;
    }
    Ok(true)
}

/// The next number of a book in a year. The register's row stays locked until the commit, so that a change that fails
/// uses no number up.
pub async fn next_number(c: &mut AnyConnection, book: &str, year: i64) -> DbResult<i64> {
    next_numbers(c, book, year, 1).await
}

/// The last of the next `count` numbers, in the same way.
pub async fn next_numbers(c: &mut AnyConnection, book: &str, year: i64, count: i64) -> DbResult<i64> {
    let sql = "INSERT INTO register (book, year, last) VALUES ($1, $2, $3) \
               ON CONFLICT (book, year) DO UPDATE SET last = register.last + $3 RETURNING last";
    sqlx::query(sql)
        .bind(book)
        .bind(year)
        .bind(count)
        .fetch_one(c)
        .await?
        .try_get("last")
}

/// The number that would be given next.
pub async fn peek_number(c: &mut AnyConnection, book: &str, year: i64) -> DbResult<i64> {
    let row = sqlx::query("SELECT last FROM register WHERE book = $1 AND year = $2")
        .bind(book)
        .bind(year)
        .fetch_optional(c)
        .await?;
    row.map_or(Ok(1), |r| r.try_get::<i64, _>("last").map(|n| n + 1))
}

pub async fn keep_file(c: &mut AnyConnection, sha256: &str, size: u64, pages: u32, now: i64) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO file (sha256, size, media_type, pages, created_at) VALUES ($1, $2, 'application/pdf', $3, $4) ON CONFLICT (sha256) DO NOTHING",
    )
    .bind(sha256)
    .bind(i64::try_from(size).unwrap_or(i64::MAX))
    .bind(i64::from(pages))
    .bind(now)
    .execute(c)
    .await?;
    Ok(())
}

/// Size in bytes and number of pages.
pub async fn file(c: &mut AnyConnection, sha256: &str) -> DbResult<(u64, u32)> {
    let r = sqlx::query("SELECT size, pages FROM file WHERE sha256 = $1")
        .bind(sha256)
        .fetch_one(c)
        .await?;
    let (size, pages): (i64, i64) = (r.try_get("size")?, r.try_get("pages")?);
    Ok((size.unsigned_abs(), u32::try_from(pages).unwrap_or(0)))
}

pub async fn add_version(c: &mut AnyConnection, id: &str, what: &str, sha256: &str, by: &str, now: i64) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO document_version (document_id, number, what, sha256, by_name, created_at) \
         SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5 FROM document_version WHERE document_id = $1",
    )
    .bind(id)
    .bind(what)
    .bind(sha256)
    .bind(by)
    .bind(now)
    .execute(c)
    .await?;
    Ok(())
}

pub struct VersionRow {
    pub number: u32,
    pub what: String,
    pub sha256: String,
    pub by: String,
    pub at: i64,
    pub size: u64,
    pub pages: u32,
}

pub async fn versions(c: &mut AnyConnection, id: &str) -> DbResult<Vec<VersionRow>> {
    let rows = sqlx::query(
        "SELECT v.number, v.what, v.sha256, v.by_name, v.created_at, f.size, f.pages FROM document_version v \
         JOIN file f ON f.sha256 = v.sha256 WHERE v.document_id = $1 ORDER BY v.number",
    )
    .bind(id)
    .fetch_all(c)
    .await?;
    rows.iter()
        .map(|r| {
            Ok(VersionRow {
                number: u32::try_from(r.try_get::<i64, _>("number")?).unwrap_or(0),
                what: r.try_get("what")?,
                sha256: r.try_get("sha256")?,
                by: r.try_get("by_name")?,
                at: r.try_get("created_at")?,
                size: r.try_get::<i64, _>("size")?.unsigned_abs(),
                pages: u32::try_from(r.try_get::<i64, _>("pages")?).unwrap_or(0),
            })
        })
        .collect()
}

pub async fn set_receivers(c: &mut AnyConnection, id: &str, receivers: &[Body]) -> DbResult<()> {
    sqlx::query("DELETE FROM document_receiver WHERE document_id = $1")
        .bind(id)
        .execute(&mut *c)
        .await?;
    for (position, body) in receivers.iter().enumerate() {
        sqlx::query(
            "INSERT INTO document_receiver (document_id, position, code, name, status, description, status_at) VALUES ($1, $2, $3, $4, 'waiting', '', NULL)",
        )
        .bind(id)
        .bind(i64::try_from(position).unwrap_or(0))
        .bind(&body.code)
        .bind(&body.name)
        .execute(&mut *c)
        .await?;
    }
    Ok(())
}

pub struct ReceiverRow {
    pub body: Body,
    pub status: String,
    pub description: String,
    pub at: Option<i64>,
    /// Oldest first.
    pub trail: Vec<Heard>,
}

/// What was heard of a receiver.
#[derive(Debug, Clone)]
pub struct Heard {
    pub status: String,
    pub description: String,
    /// Microseconds.
    pub at: i64,
    /// The message that says so, when it came by one.
    pub message_id: Option<String>,
    /// Who has signed that message.
    pub signer: Option<String>,
}

impl Heard {
    /// Without a message that says so.
    pub fn without_message(status: &str, description: &str, at: i64) -> Self {
        Self {
            status: status.to_owned(),
            description: description.to_owned(),
            at,
            message_id: None,
            signer: None,
        }
    }
}

pub async fn receivers(c: &mut AnyConnection, id: &str) -> DbResult<Vec<ReceiverRow>> {
    let rows =
        sqlx::query("SELECT code, name, status, description, status_at FROM document_receiver WHERE document_id = $1 ORDER BY position")
            .bind(id)
            .fetch_all(&mut *c)
            .await?;
    let sql = "SELECT code, status, description, at, message_id, signer FROM receiver_status WHERE document_id = $1 ORDER BY code, seq";
    let trail = sqlx::query(sql).bind(id).fetch_all(c).await?;
    let mut all = Vec::new();
    for r in &rows {
        let code: String = r.try_get("code")?;
        let mut own = Vec::new();
        for t in &trail {
            if t.try_get::<String, _>("code")? == code {
                own.push(Heard {
                    status: t.try_get("status")?,
                    description: t.try_get("description")?,
                    at: t.try_get("at")?,
                    message_id: t.try_get("message_id")?,
                    signer: t.try_get("signer")?,
                });
            }
        }
        let body = Body {
            code,
            name: r.try_get("name")?,
        };
        all.push(ReceiverRow {
            body,
            status: r.try_get("status")?,
            description: r.try_get("description")?,
            at: r.try_get("status_at")?,
            trail: own,
        });
    }
    Ok(all)
}

/// True when the receiver has said what it did with the document.
async fn answered(c: &mut AnyConnection, id: &str, code: &str) -> DbResult<bool> {
    let sql =
        "SELECT seq FROM receiver_status WHERE document_id = $1 AND code = $2 AND status IN ('01', '02', '03', '04', '05', '06') LIMIT 1";
    Ok(sqlx::query(sql).bind(id).bind(code).fetch_optional(c).await?.is_some())
}

/// Appends to what was heard of a receiver; false when the same status with the same words is what was heard last.
pub async fn add_status(c: &mut AnyConnection, id: &str, code: &str, heard: &Heard) -> DbResult<bool> {
    let (status, description) = (heard.status.as_str(), heard.description.as_str());
    // What a receiver did with the document happens once, however often it is heard; what concerns the way there or a
    // recall may happen again, and is known only when nothing else was heard since.
    let since = match status {
        "01" | "02" | "03" | "04" | "05" | "06" => "",
        _ => " AND seq = (SELECT MAX(seq) FROM receiver_status WHERE document_id = $1 AND code = $2)",
    };
    // News of the way there that comes after what the receiver did is none any more; that of a recall has words of its own.
    if status == "delivered" && description.is_empty() && answered(c, id, code).await? {
        return Ok(false);
    }
    let sql = "SELECT seq FROM receiver_status WHERE document_id = $1 AND code = $2 AND status = $3 AND description = $4";
    let known = sqlx::query(AssertSqlSafe(format!("{sql}{since}")))
        .bind(id)
        .bind(code)
        .bind(status)
        .bind(description)
        .fetch_optional(&mut *c)
        .await?;
    if known.is_some() {
        return Ok(false);
    }
    sqlx::query(
        "INSERT INTO receiver_status (document_id, code, seq, status, description, at, message_id, signer) \
         SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, $4, $5, $6, $7 FROM receiver_status WHERE document_id = $1 AND code = $2",
    )
    .bind(id)
    .bind(code)
    .bind(status)
    .bind(description)
    .bind(heard.at)
    .bind(heard.message_id.clone())
    .bind(heard.signer.clone())
    .execute(&mut *c)
    .await?;
    // Messages may overtake each other: what the receiver said is not undone by news of the way there, nor by "arrived";
    // and what was taken back stays so. A recall that cannot be delivered must show.
    let further = match status {
        "01" => " AND status NOT IN ('02', '03', '04', '05', '06', '13', '15', '16')",
        "02" | "03" | "04" | "05" | "06" | "13" => " AND status <> '15'",
        "failed" | "undelivered" => " AND (LENGTH(status) <> 2 OR status = '13')",
        _ if status.len() == 2 => "",
        _ => " AND LENGTH(status) <> 2",
    };
    let sql = "UPDATE document_receiver SET status = $1, description = $2, status_at = $3 WHERE document_id = $4 AND code = $5";
    sqlx::query(AssertSqlSafe(format!("{sql}{further}")))
        .bind(status)
        .bind(description)
        .bind(heard.at)
        .bind(id)
        .bind(code)
        .execute(c)
        .await?;
    Ok(true)
}

pub async fn body(c: &mut AnyConnection, code: &str) -> DbResult<Option<Body>> {
    let row = sqlx::query("SELECT code, name FROM body WHERE code = $1")
        .bind(code)
        .fetch_optional(c)
        .await?;
    row.map(|r| {
        Ok(Body {
            code: r.try_get("code")?,
            name: r.try_get("name")?,
        })
    })
    .transpose()
}

/// True when the person may sign as a leader.
pub async fn is_leader(c: &mut AnyConnection, person: &str) -> DbResult<bool> {
    let sql = "SELECT p.id FROM person p JOIN person_role r ON r.person_id = p.id WHERE p.id = $1 AND r.role = 'leader' AND p.active = 1";
    Ok(sqlx::query(sql).bind(person).fetch_optional(c).await?.is_some())
}

/// True when there is such a person and the account is in use.
pub async fn is_active(c: &mut AnyConnection, person: &str) -> DbResult<bool> {
    let sql = "SELECT id FROM person WHERE id = $1 AND active = 1";
    Ok(sqlx::query(sql).bind(person).fetch_optional(c).await?.is_some())
}

/// A part in processing an incoming document.
pub struct Given<'a> {
    pub person: &'a str,
    pub part: Part,
    pub instruction: &'a str,
    pub due_on: &'a str,
    pub by: &'a str,
}

pub async fn add_assignment(c: &mut AnyConnection, id: &str, given: &Given<'_>, now: i64) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO assignment (document_id, seq, person_id, part, instruction, due_on, by_id, given_at) \
         SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3, $4, $5, $6, $7 FROM assignment WHERE document_id = $1",
    )
    .bind(id)
    .bind(given.person)
    .bind(given.part.as_str())
    .bind(given.instruction)
    .bind(given.due_on)
    .bind(given.by)
    .bind(now)
    .execute(c)
    .await?;
    Ok(())
}

pub async fn end_assignments(c: &mut AnyConnection, id: &str, now: i64) -> DbResult<()> {
    let sql = "UPDATE assignment SET ended_at = $1 WHERE document_id = $2 AND ended_at IS NULL";
    sqlx::query(sql).bind(now).bind(id).execute(c).await?;
    Ok(())
}

/// The latest giving first, within it as it was given.
pub async fn assignments(c: &mut AnyConnection, id: &str) -> DbResult<Vec<Assignment>> {
    let rows = sqlx::query(
        "SELECT a.person_id, p.full_name, p.position, a.part, a.instruction, b.full_name AS by_name, a.given_at, a.ended_at \
         FROM assignment a JOIN person p ON p.id = a.person_id JOIN person b ON b.id = a.by_id \
         WHERE a.document_id = $1 ORDER BY a.given_at DESC, a.seq",
    )
    .bind(id)
    .fetch_all(c)
    .await?;
    rows.iter()
        .map(|r| {
            let part: String = r.try_get("part")?;
            Ok(Assignment {
                person: UserId(r.try_get("person_id")?),
                name: r.try_get("full_name")?,
                position: r.try_get("position")?,
                part: Part::parse(&part).ok_or_else(|| sqlx::Error::Decode(format!("unknown part {part}").into()))?,
                instruction: r.try_get("instruction")?,
                by: r.try_get("by_name")?,
                given: when(r.try_get("given_at")?),
                current: r.try_get::<Option<i64>, _>("ended_at")?.is_none(),
            })
        })
        .collect()
}

/// Name and position of a person.
pub async fn signer(c: &mut AnyConnection, person: &str) -> DbResult<(String, String)> {
    let r = sqlx::query("SELECT full_name, position FROM person WHERE id = $1")
        .bind(person)
        .fetch_one(c)
        .await?;
    Ok((r.try_get("full_name")?, r.try_get("position")?))
}

/// What came of a form that was sent before.
pub async fn once(c: &mut AnyConnection, person: &str, word: &str) -> DbResult<Option<String>> {
    let row = sqlx::query("SELECT subject_id FROM once WHERE person_id = $1 AND word = $2")
        .bind(person)
        .bind(word)
        .fetch_optional(c)
        .await?;
    row.map(|r| r.try_get("subject_id")).transpose()
}

pub async fn remember_once(c: &mut AnyConnection, person: &str, word: &str, subject: &str, now: i64) -> DbResult<()> {
    let sql = "INSERT INTO once (person_id, word, subject_id, at) VALUES ($1, $2, $3, $4)";
    sqlx::query(sql).bind(person).bind(word).bind(subject).bind(now).execute(c).await?;
    Ok(())
}

/// Steps of one document from the audit log: (action, who, when, details).
pub async fn steps(c: &mut AnyConnection, id: &str) -> DbResult<Vec<(String, String, i64, String)>> {
    let rows = sqlx::query("SELECT action, actor, at, details FROM audit WHERE subject_type = 'document' AND subject_id = $1 ORDER BY seq")
        .bind(id)
        .fetch_all(c)
        .await?;
    rows.iter()
        .map(|r| Ok((r.try_get("action")?, r.try_get("actor")?, r.try_get("at")?, r.try_get("details")?)))
        .collect()
}

/// True when the document has, or had, a version with this content.
pub async fn has_version(c: &mut AnyConnection, id: &str, sha256: &str) -> DbResult<bool> {
    let sql = "SELECT number FROM document_version WHERE document_id = $1 AND sha256 = $2";
    Ok(sqlx::query(sql).bind(id).bind(sha256).fetch_optional(c).await?.is_some())
}
