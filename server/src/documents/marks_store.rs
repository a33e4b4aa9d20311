//! SQL of what became of documents after they were sent, and of what takes their place.
use super::store::mark;
use crate::db::DbResult;
use app::dto::documents::{AskedBack, Mark, MarkKind};
use app::ids::DocumentId;
use sqlx::{AnyConnection, Row as _};

pub async fn set_mark(c: &mut AnyConnection, id: &str, mark: &Mark, successor: Option<&DocumentId>) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO document_mark (document_id, kind, reason, by_name, at, successor_id) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (document_id) DO UPDATE SET kind = excluded.kind, reason = excluded.reason, by_name = excluded.by_name, \
         at = excluded.at, successor_id = excluded.successor_id",
    )
    .bind(id)
    .bind(mark.kind.as_str())
    .bind(&mark.reason)
    .bind(&mark.by)
    .bind(mark.at.us)
    .bind(successor.map(|s| s.0.clone()))
    .execute(c)
    .await?;
    Ok(())
}

/// Its sender asks for a document back; a second time, it asks anew.
pub async fn ask_back(c: &mut AnyConnection, id: &str, asked: &AskedBack) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO recall_request (document_id, reason, by_name, at, answer) VALUES ($1, $2, $3, $4, NULL) \
         ON CONFLICT (document_id) DO UPDATE SET reason = excluded.reason, by_name = excluded.by_name, at = excluded.at, answer = NULL",
    )
    .bind(id)
    .bind(&asked.reason)
    .bind(&asked.by)
    .bind(asked.at.us)
    .execute(c)
    .await?;
    Ok(())
}

/// Answers what was asked and not answered yet, if it was.
pub async fn answer_back(c: &mut AnyConnection, id: &str, answer: &str) -> DbResult<()> {
    sqlx::query("UPDATE recall_request SET answer = $1 WHERE document_id = $2 AND answer IS NULL")
        .bind(answer)
        .bind(id)
        .execute(c)
        .await?;
    Ok(())
}

/// How a body's document is named by others: its code, number and day.
#[derive(Debug, Clone, Copy)]
pub struct Name<'a> {
    pub sender: &'a str,
    pub notation: &'a str,
    pub issued_on: &'a str,
}

/// Keeps what a sender said of a document that is not here yet; the first word stands.
pub async fn add_early_mark(c: &mut AnyConnection, of: Name<'_>, mark: &Mark, successor: Option<&DocumentId>) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO early_mark (sender_code, notation, issued_on, kind, reason, by_name, at, successor_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (sender_code, notation, issued_on) DO NOTHING",
    )
    .bind(of.sender)
    .bind(of.notation)
    .bind(of.issued_on)
    .bind(mark.kind.as_str())
    .bind(&mark.reason)
    .bind(&mark.by)
    .bind(mark.at.us)
    .bind(successor.map(|s| s.0.clone()))
    .execute(c)
    .await?;
    Ok(())
}

/// The mark, and the document that takes the place of the one that it is about.
pub async fn early_mark(c: &mut AnyConnection, of: Name<'_>) -> DbResult<Option<(Mark, Option<DocumentId>)>> {
    let row = sqlx::query(
        "SELECT kind AS mark, reason AS mark_reason, by_name AS mark_by, at AS mark_at, successor_id, \
         NULL AS successor_number, NULL AS successor_title FROM early_mark \
         WHERE sender_code = $1 AND notation = $2 AND issued_on = $3",
    )
    .bind(of.sender)
    .bind(of.notation)
    .bind(of.issued_on)
    .fetch_optional(c)
    .await?;
    row.map(|r| Ok((mark(&r)?, r.try_get::<Option<String>, _>("successor_id")?.map(DocumentId))))
        .transpose()
}

/// What a document of this body is to take the place of, once it is sent.
#[derive(Debug, Clone)]
pub struct Supersedes {
    pub old: String,
    pub kind: MarkKind,
    pub reason: String,
}

pub async fn set_supersedes(c: &mut AnyConnection, id: &str, s: &Supersedes) -> DbResult<()> {
    sqlx::query("INSERT INTO document_supersedes (document_id, old_id, kind, reason) VALUES ($1, $2, $3, $4)")
        .bind(id)
        .bind(&s.old)
        .bind(s.kind.as_str())
        .bind(&s.reason)
        .execute(c)
        .await?;
    Ok(())
}

pub async fn supersedes(c: &mut AnyConnection, id: &str) -> DbResult<Option<Supersedes>> {
    let row = sqlx::query("SELECT old_id, kind, reason FROM document_supersedes WHERE document_id = $1")
        .bind(id)
        .fetch_optional(c)
        .await?;
    row.map(|r| superseded(&r, "old_id")).transpose()
}

/// Copies that were marked because this document takes their place.
pub async fn predecessors(c: &mut AnyConnection, id: &str) -> DbResult<Vec<Supersedes>> {
    let rows = sqlx::query("SELECT document_id, kind, reason FROM document_mark WHERE successor_id = $1 ORDER BY at, document_id")
        .bind(id)
        .fetch_all(c)
        .await?;
    rows.iter().map(|r| superseded(r, "document_id")).collect()
}

fn superseded(r: &sqlx::any::AnyRow, old: &str) -> DbResult<Supersedes> {
    let kind: String = r.try_get("kind")?;
    Ok(Supersedes {
        old: r.try_get(old)?,
        kind: MarkKind::parse(&kind).ok_or_else(|| sqlx::Error::Decode(format!("unknown mark {kind}").into()))?,
        reason: r.try_get("reason")?,
    })
}
