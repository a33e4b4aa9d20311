//! SQL of the audit log.
use super::chain::{Entry, Head, Link};
use crate::actor::Actor;
use crate::clock::now_us;
use crate::db::DbResult;
use crate::text;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

const LINK: &str = "seq, at, actor_id, actor, action, subject_type, subject_id, summary, details, request_id, previous, hash";

pub async fn append(
    c: &mut AnyConnection,
    actor: &Actor,
    action: &str,
    subject_type: &str,
    subject_id: &str,
    summary: &str,
    details: &serde_json::Value,
) -> DbResult<()> {
    // The update locks the head until the commit: writers queue up here and the numbers have no gaps.
    let head = sqlx::query("UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash")
        .fetch_one(&mut *c)
        .await?;
    let entry = Entry {
        seq: head.try_get("seq")?,
        at: now_us(),
        actor_id: actor.id().to_owned(),
        actor: actor.name.clone(),
        action: action.to_owned(),
        subject_type: subject_type.to_owned(),
        subject_id: subject_id.to_owned(),
        summary: summary.to_owned(),
        details: details.to_string(),
        request_id: actor.request_id.clone(),
        previous: head.try_get("hash")?,
    };
    let hash = entry.hash();
    sqlx::query(
        "INSERT INTO audit (seq, at, actor_id, actor, action, subject_type, subject_id, summary, folded, details, request_id, previous, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(entry.seq)
    .bind(entry.at)
    .bind(entry.actor_id)
    .bind(&entry.actor)
    .bind(entry.action)
    .bind(entry.subject_type)
    .bind(entry.subject_id)
    .bind(&entry.summary)
    .bind(text::fold(&format!("{} {}", entry.actor, entry.summary)))
    .bind(entry.details)
    .bind(entry.request_id)
    .bind(entry.previous)
    .bind(&hash)
    .execute(&mut *c)
    .await?;
    sqlx::query("UPDATE audit_head SET hash = $1 WHERE id = 1")
        .bind(hash)
        .execute(c)
        .await?;
    Ok(())
}

fn link(row: &AnyRow) -> DbResult<Link> {
    Ok(Link {
        entry: Entry {
            seq: row.try_get("seq")?,
            at: row.try_get("at")?,
            actor_id: row.try_get("actor_id")?,
            actor: row.try_get("actor")?,
            action: row.try_get("action")?,
            subject_type: row.try_get("subject_type")?,
            subject_id: row.try_get("subject_id")?,
            summary: row.try_get("summary")?,
            details: row.try_get("details")?,
            request_id: row.try_get("request_id")?,
            previous: row.try_get("previous")?,
        },
        hash: row.try_get("hash")?,
    })
}

/// What a list asks for; empty texts ask for everything.
pub struct Filter<'a> {
    /// Pattern for the folded name and summary.
    pub pattern: &'a str,
    pub subject_id: &'a str,
    /// A whole action (`document.signed`) or an area (`document`).
    pub action: &'a str,
}

const FILTER: &str = "folded LIKE $1 ESCAPE '\\' AND ($2 = '' OR subject_id = $2) AND ($3 = '' OR action = $3 OR substr(action, 1, length($3) + 1) = $3 || '.')";

pub async fn count(c: &mut AnyConnection, f: &Filter<'_>) -> DbResult<i64> {
    let sql = format!("SELECT COUNT(*) AS n FROM audit WHERE {FILTER}");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(f.pattern)
        .bind(f.subject_id)
        .bind(f.action)
        .fetch_one(c)
        .await?;
    row.try_get("n")
}

/// Newest first.
pub async fn list(c: &mut AnyConnection, f: &Filter<'_>, skip: i64, most: i64) -> DbResult<Vec<Link>> {
    let sql = format!("SELECT {LINK} FROM audit WHERE {FILTER} ORDER BY seq DESC LIMIT $4 OFFSET $5");
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(f.pattern)
        .bind(f.subject_id)
        .bind(f.action)
        .bind(most)
        .bind(skip)
        .fetch_all(c)
        .await?;
    rows.iter().map(link).collect()
}

pub async fn head(c: &mut AnyConnection) -> DbResult<Head> {
    let row = sqlx::query("SELECT seq, hash FROM audit_head WHERE id = 1").fetch_one(c).await?;
    Ok(Head {
        seq: row.try_get("seq")?,
        hash: row.try_get("hash")?,
    })
}

/// Entries after number `after` up to `last`, oldest first.
pub async fn after(c: &mut AnyConnection, after: i64, last: i64, most: i64) -> DbResult<Vec<Link>> {
    let sql = format!("SELECT {LINK} FROM audit WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3");
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(after)
        .bind(last)
        .bind(most)
        .fetch_all(c)
        .await?;
    rows.iter().map(link).collect()
}
