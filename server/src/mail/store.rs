//! SQL of letters.
use super::Letter;
use crate::db::DbResult;
use sqlx::{AnyConnection, Row};

/// A letter that waits.
pub struct Waiting {
    pub id: String,
    pub address: String,
    pub full_name: String,
    pub subject: String,
    pub text: String,
    pub method: Option<String>,
    pub calendar: Option<String>,
    pub created_at: i64,
    pub attempts: i64,
}

/// Where letters to this person go; `None` when they have no address or no account any more.
pub async fn address(c: &mut AnyConnection, person: &str) -> DbResult<Option<String>> {
    let sql = "SELECT email FROM person WHERE id = $1 AND active = 1 AND email <> ''";
    let row = sqlx::query(sql).bind(person).fetch_optional(c).await?;
    row.map(|r| r.try_get("email")).transpose()
}

pub async fn insert(c: &mut AnyConnection, letter: &Letter, address: &str, now: i64) -> DbResult<()> {
    let (method, calendar) = match &letter.calendar {
        Some((method, text)) => (Some((*method).to_owned()), Some(text.clone())),
        None => (None, None),
    };
    sqlx::query(
        "INSERT INTO letter (id, person_id, address, subject, body, method, calendar, created_at, due_at, attempts) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 0)",
    )
    .bind(uuid::Uuid::now_v7().to_string())
    .bind(&letter.person)
    .bind(address)
    .bind(&letter.subject)
    .bind(&letter.text)
    .bind(method)
    .bind(calendar)
    .bind(now)
    .execute(c)
    .await?;
    Ok(())
}

/// The letter that is due first. One person's letters go in the order in which they were written: a change never overtakes the invitation.
pub async fn due(c: &mut AnyConnection, now: i64) -> DbResult<Option<Waiting>> {
    let sql = "SELECT l.id, l.address, p.full_name, l.subject, l.body, l.method, l.calendar, l.created_at, l.attempts FROM letter l \
        JOIN person p ON p.id = l.person_id WHERE l.sent_at IS NULL AND l.given_up_at IS NULL AND l.due_at <= $1 \
        AND NOT EXISTS (SELECT 1 FROM letter e WHERE e.person_id = l.person_id AND e.sent_at IS NULL AND e.given_up_at IS NULL AND e.id < l.id) \
        ORDER BY l.due_at, l.id LIMIT 1";
    let row = sqlx::query(sql).bind(now).fetch_optional(c).await?;
    row.map(|r| {
        Ok(Waiting {
            id: r.try_get("id")?,
            address: r.try_get("address")?,
            full_name: r.try_get("full_name")?,
            subject: r.try_get("subject")?,
            text: r.try_get("body")?,
            method: r.try_get("method")?,
            calendar: r.try_get("calendar")?,
            created_at: r.try_get("created_at")?,
            attempts: r.try_get("attempts")?,
        })
    })
    .transpose()
}

pub async fn sent(c: &mut AnyConnection, id: &str, now: i64) -> DbResult<()> {
    let sql = "UPDATE letter SET sent_at = $1, attempts = attempts + 1, error = NULL WHERE id = $2";
    sqlx::query(sql).bind(now).bind(id).execute(c).await?;
    Ok(())
}

pub async fn later(c: &mut AnyConnection, id: &str, due: i64, error: &str) -> DbResult<()> {
    let sql = "UPDATE letter SET due_at = $1, attempts = attempts + 1, error = $2 WHERE id = $3";
    sqlx::query(sql).bind(due).bind(error).bind(id).execute(c).await?;
    Ok(())
}

pub async fn given_up(c: &mut AnyConnection, id: &str, now: i64, error: &str) -> DbResult<()> {
    let sql = "UPDATE letter SET given_up_at = $1, attempts = attempts + 1, error = $2 WHERE id = $3";
    sqlx::query(sql).bind(now).bind(error).bind(id).execute(c).await?;
    Ok(())
}

/// How many wait, and how many were given up.
pub async fn counts(c: &mut AnyConnection) -> DbResult<(i64, i64)> {
    let sql = "SELECT CAST(COALESCE(SUM(CASE WHEN given_up_at IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS waiting, \
        CAST(COALESCE(SUM(CASE WHEN given_up_at IS NULL THEN 0 ELSE 1 END), 0) AS BIGINT) AS failed FROM letter WHERE sent_at IS NULL";
    let row = sqlx::query(sql).fetch_one(c).await?;
    Ok((row.try_get("waiting")?, row.try_get("failed")?))
}

/// A letter in a list: what became of it.
pub struct Listed {
    pub id: String,
    pub address: String,
    pub subject: String,
    pub created_at: i64,
    pub sent_at: Option<i64>,
    pub given_up_at: Option<i64>,
    pub attempts: i64,
    pub error: Option<String>,
}

/// The latest letters first.
pub async fn list(c: &mut AnyConnection, most: i64) -> DbResult<Vec<Listed>> {
    let sql = "SELECT id, address, subject, created_at, sent_at, given_up_at, attempts, error FROM letter ORDER BY id DESC LIMIT $1";
    let rows = sqlx::query(sql).bind(most).fetch_all(c).await?;
    rows.iter()
        .map(|r| {
            Ok(Listed {
                id: r.try_get("id")?,
                address: r.try_get("address")?,
                subject: r.try_get("subject")?,
                created_at: r.try_get("created_at")?,
                sent_at: r.try_get("sent_at")?,
                given_up_at: r.try_get("given_up_at")?,
                attempts: r.try_get("attempts")?,
                error: r.try_get("error")?,
            })
        })
        .collect()
}

/// Puts what was given up into the post again; false when there is no such letter.
pub async fn retry(c: &mut AnyConnection, id: &str, now: i64) -> DbResult<bool> {
    let sql = "UPDATE letter SET given_up_at = NULL, due_at = $1 WHERE id = $2 AND sent_at IS NULL";
    let done = sqlx::query(sql).bind(now).bind(id).execute(c).await?;
    Ok(done.rows_affected() == 1)
}
