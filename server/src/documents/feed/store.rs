//! SQL of calendar feeds and of what is in them.
use crate::db::DbResult;
use sqlx::{AnyConnection, Row as _};

/// When it was made, and when a calendar last asked.
pub async fn of(c: &mut AnyConnection, person: &str) -> DbResult<Option<(i64, Option<i64>)>> {
    let sql = "SELECT made_at, asked_at FROM calendar_feed WHERE person_id = $1";
    let found = sqlx::query(sql).bind(person).fetch_optional(c).await?;
    found.map(|r| Ok((r.try_get("made_at")?, r.try_get("asked_at")?))).transpose()
}

/// The only one of this person from now on.
pub async fn put(c: &mut AnyConnection, person: &str, hash: &str, now: i64) -> DbResult<()> {
    let sql = "INSERT INTO calendar_feed (person_id, secret_hash, made_at, asked_at) VALUES ($1, $2, $3, NULL) \
               ON CONFLICT (person_id) DO UPDATE SET secret_hash = excluded.secret_hash, made_at = excluded.made_at, asked_at = NULL";
    sqlx::query(sql).bind(person).bind(hash).bind(now).execute(c).await?;
    Ok(())
}

pub async fn end(c: &mut AnyConnection, person: &str) -> DbResult<bool> {
    let sql = "DELETE FROM calendar_feed WHERE person_id = $1";
    Ok(sqlx::query(sql).bind(person).execute(c).await?.rows_affected() == 1)
}

/// Id and name of whose feed it is, while the account is in use.
pub async fn holder(c: &mut AnyConnection, hash: &str, demonstration: bool) -> DbResult<Option<(String, String)>> {
    let sql = "SELECT p.id, p.full_name FROM calendar_feed f JOIN person p ON p.id = f.person_id \
               WHERE f.secret_hash = $1 AND p.active = 1 AND p.demonstration <= $2";
    let found = sqlx::query(sql).bind(hash).bind(i64::from(demonstration)).fetch_optional(c).await?;
    found.map(|r| Ok((r.try_get("id")?, r.try_get("full_name")?))).transpose()
}

pub async fn asked(c: &mut AnyConnection, person: &str, now: i64) -> DbResult<()> {
    let sql = "UPDATE calendar_feed SET asked_at = $1 WHERE person_id = $2";
    sqlx::query(sql).bind(now).bind(person).execute(c).await?;
    Ok(())
}

/// Something that is to be done until a day.
pub struct Deadline {
    pub id: String,
    /// `2026-11-30`
    pub due_on: String,
    pub title: String,
    /// Number and sender of a document, or the meeting that gave a task.
    pub about: String,
    /// A document's id; None for a task.
    pub document: Option<String>,
    pub meeting: Option<String>,
}

impl Deadline {
    /// Where it is done.
    pub fn address(&self, site: &str) -> String {
        match (&self.document, &self.meeting) {
            (Some(id), _) => format!("{site}/incoming/{id}"),
            (None, Some(id)) => format!("{site}/meetings/{id}"),
            (None, None) => site.to_owned(),
        }
    }
}

/// What a person leads or helps with and what meetings gave them, as far as it is not done and has a day.
pub async fn deadlines(c: &mut AnyConnection, person: &str) -> DbResult<Vec<Deadline>> {
    let documents = "SELECT d.id, d.due_on, d.abstract_text AS title, COALESCE(d.notation, '') || ' ' || COALESCE(d.sender_name, '') AS about \
        FROM document d WHERE d.direction = 'incoming' AND d.state IN ('assigned', 'processing') AND d.due_on <> '' AND d.deleted_at IS NULL \
        AND NOT EXISTS (SELECT 1 FROM document_mark k WHERE k.document_id = d.id) \
        AND d.id IN (SELECT a.document_id FROM assignment a WHERE a.person_id = $1 AND a.ended_at IS NULL AND a.part <> 'inform') \
        ORDER BY d.due_on, d.id";
    let mut all = Vec::new();
    for r in &sqlx::query(documents).bind(person).fetch_all(&mut *c).await? {
        let id: String = r.try_get("id")?;
        all.push(Deadline {
            due_on: r.try_get("due_on")?,
            title: r.try_get("title")?,
            about: r.try_get("about")?,
            document: Some(id.clone()),
            meeting: None,
            id,
        });
    }
    let tasks = "SELECT t.id, t.due_on, t.text AS title, m.title AS about, m.id AS meeting_id FROM task t \
        JOIN agenda_item i ON i.id = t.item_id JOIN meeting m ON m.id = i.meeting_id \
        WHERE t.owner_id = $1 AND t.done_at IS NULL AND t.due_on <> '' AND t.removed_at IS NULL AND i.removed_at IS NULL \
        ORDER BY t.due_on, t.id";
    for r in &sqlx::query(tasks).bind(person).fetch_all(c).await? {
        all.push(Deadline {
            id: r.try_get("id")?,
            due_on: r.try_get("due_on")?,
            title: r.try_get("title")?,
            about: r.try_get("about")?,
            document: None,
            meeting: Some(r.try_get("meeting_id")?),
        });
    }
    Ok(all)
}
