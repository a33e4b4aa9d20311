//! SQL of notices. A notice holds what it is about and no words of it: these are read when it is shown, by who may see them then.
use crate::clock::when;
use crate::db::DbResult;
use app::dto::notices::{About, Notice, NoticeKind};
use app::ids::{DocumentId, MeetingId, NoticeId};
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

/// Shown at a time.
const MOST: usize = 100;

pub struct New<'a> {
    pub person: &'a str,
    /// One person is told of the same thing once.
    pub word: &'a str,
    pub kind: NoticeKind,
    pub document: Option<&'a str>,
    pub task: Option<&'a str>,
    pub due_on: &'a str,
}

/// False when this person was told already.
pub async fn add(c: &mut AnyConnection, new: &New<'_>, now: i64) -> DbResult<bool> {
    let sql = "INSERT INTO notice (id, person_id, word, kind, document_id, task_id, due_on, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
               ON CONFLICT (person_id, word) DO NOTHING";
    let done = sqlx::query(sql)
        .bind(uuid::Uuid::now_v7().to_string())
        .bind(new.person)
        .bind(new.word)
        .bind(new.kind.as_str())
        .bind(new.document)
        .bind(new.task)
        .bind(new.due_on)
        .bind(now)
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// What a person is still to be told: `visible` is the rule for documents with `$1` the person. A reminder is there for as long as
/// what it reminds of is neither done nor given another day.
fn standing(visible: &str, today: &str) -> String {
    format!(
        "n.person_id = $1 AND (n.kind <> 'soon' OR n.due_on >= '{today}') AND \
         (EXISTS (SELECT 1 FROM document WHERE document.id = n.document_id AND deleted_at IS NULL AND {visible} \
           AND (n.kind <> 'submitted' OR state = 'submitted') AND (n.kind <> 'returned' OR state = 'returned') \
           AND (n.kind NOT IN ('soon','late') OR (state IN ('assigned','processing') AND document.due_on = n.due_on \
             AND NOT EXISTS (SELECT 1 FROM document_mark k WHERE k.document_id = document.id)))) \
         OR EXISTS (SELECT 1 FROM task t JOIN agenda_item i ON i.id = t.item_id WHERE t.id = n.task_id AND t.owner_id = $1 \
           AND t.removed_at IS NULL AND i.removed_at IS NULL AND t.done_at IS NULL AND t.due_on = n.due_on))"
    )
}

/// Up to 100.
pub async fn unread(c: &mut AnyConnection, person: &str, visible: &str, today: &str) -> DbResult<u64> {
    let sql = format!(
        "SELECT COUNT(*) AS n FROM (SELECT n.id FROM notice n WHERE n.read_at IS NULL AND {} LIMIT {MOST}) AS latest",
        standing(visible, today)
    );
    let row = sqlx::query(AssertSqlSafe(sql)).bind(person).fetch_one(c).await?;
    Ok(u64::try_from(row.try_get::<i64, _>("n")?).unwrap_or_default())
}

/// The latest first.
pub async fn list(c: &mut AnyConnection, person: &str, visible: &str, today: &str) -> DbResult<Vec<Notice>> {
    let sql = format!(
        "SELECT n.id, n.kind, n.due_on, n.at, n.read_at, n.document_id, d.direction, d.notation, \
         COALESCE(d.abstract_text, t.text, '') AS title, i.meeting_id \
         FROM (SELECT * FROM notice n WHERE {} ORDER BY n.id DESC LIMIT {MOST}) n LEFT JOIN document d ON d.id = n.document_id \
         LEFT JOIN task t ON t.id = n.task_id LEFT JOIN agenda_item i ON i.id = t.item_id ORDER BY n.id DESC",
        standing(visible, today)
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(person).fetch_all(c).await?;
    let mut all = Vec::with_capacity(rows.len());
    for r in &rows {
        let kind: String = r.try_get("kind")?;
        let document: Option<String> = r.try_get("document_id")?;
        let incoming = r.try_get::<Option<String>, _>("direction")?.as_deref() == Some("incoming");
        let about = match (document, r.try_get::<Option<String>, _>("meeting_id")?) {
            (Some(id), _) if incoming => About::Incoming(DocumentId(id)),
            (Some(id), _) => About::Outgoing(DocumentId(id)),
            (None, Some(id)) => About::Task(MeetingId(id)),
            (None, None) => continue,
        };
        all.push(Notice {
            id: NoticeId(r.try_get("id")?),
            kind: NoticeKind::parse(&kind).ok_or_else(|| sqlx::Error::Decode(format!("unknown notice {kind}").into()))?,
            about,
            title: r.try_get("title")?,
            number: r.try_get::<Option<String>, _>("notation")?.unwrap_or_default(),
            due_on: r.try_get("due_on")?,
            at: when(r.try_get("at")?),
            read: r.try_get::<Option<i64>, _>("read_at")?.is_some(),
        });
    }
    Ok(all)
}

/// One of this person's, or all; whether any was not read yet.
pub async fn read(c: &mut AnyConnection, person: &str, id: Option<&str>, now: i64) -> DbResult<bool> {
    let one = if id.is_some() { " AND id = $3" } else { "" };
    let sql = format!("UPDATE notice SET read_at = $1 WHERE person_id = $2 AND read_at IS NULL{one}");
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(now).bind(person);
    if let Some(id) = id {
        query = query.bind(id);
    }
    Ok(query.execute(c).await?.rows_affected() > 0)
}

/// A deadline that somebody is to be reminded of.
pub struct Due {
    pub person: String,
    pub word: String,
    pub document: Option<String>,
    pub task: Option<String>,
    pub due_on: String,
}

/// Some of those due by `last` of which the person has not been told, the late ones as such.
pub async fn due(c: &mut AnyConnection, today: &str, last: &str) -> DbResult<Vec<Due>> {
    let word =
        |thing: &str| format!("(CASE WHEN {thing}.due_on < $1 THEN 'late:' ELSE 'soon:' END) || {thing}.id || ':' || {thing}.due_on");
    let (document, task) = (word("d"), word("t"));
    let sql = format!(
        "SELECT a.person_id, {document} AS word, d.id AS document_id, CAST(NULL AS TEXT) AS task_id, d.due_on FROM document d \
         JOIN assignment a ON a.document_id = d.id JOIN person p ON p.id = a.person_id \
         WHERE d.direction = 'incoming' AND d.state IN ('assigned','processing') AND d.due_on <> '' AND d.due_on <= $2 \
         AND NOT EXISTS (SELECT 1 FROM document_mark k WHERE k.document_id = d.id) \
         AND a.ended_at IS NULL AND a.part <> 'inform' AND p.active = 1 \
         AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.person_id = a.person_id AND n.word = {document}) \
         UNION ALL \
         SELECT t.owner_id, {task}, CAST(NULL AS TEXT), t.id, t.due_on FROM task t JOIN agenda_item i ON i.id = t.item_id \
         JOIN person p ON p.id = t.owner_id WHERE t.done_at IS NULL AND t.removed_at IS NULL AND i.removed_at IS NULL \
         AND t.due_on <> '' AND t.due_on <= $2 AND p.active = 1 \
         AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.person_id = t.owner_id AND n.word = {task}) \
         ORDER BY 1 LIMIT 500"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(today).bind(last).fetch_all(c).await?;
    rows.iter()
        .map(|r| {
            Ok(Due {
                person: r.try_get("person_id")?,
                word: r.try_get("word")?,
                document: r.try_get("document_id")?,
                task: r.try_get("task_id")?,
                due_on: r.try_get("due_on")?,
            })
        })
        .collect()
}

pub async fn forget_before(c: &mut AnyConnection, limit: i64) -> DbResult<()> {
    sqlx::query("DELETE FROM notice WHERE at < $1").bind(limit).execute(c).await?;
    Ok(())
}
