//! SQL of notes and reading places.
use super::{Note, Place};
use crate::db::DbResult;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

const SELECT: &str = "SELECT n.id, n.person_id, p.full_name, n.meeting_id, n.attachment_id, n.document_id, n.sha256, n.shared, n.revision, \
    n.body, n.changed_at, n.removed_at FROM note n JOIN person p ON p.id = n.person_id";

fn row(r: &AnyRow) -> DbResult<Note> {
    Ok(Note {
        id: r.try_get("id")?,
        person_id: r.try_get("person_id")?,
        author: r.try_get("full_name")?,
        meeting_id: r.try_get("meeting_id")?,
        attachment_id: r.try_get("attachment_id")?,
        document_id: r.try_get("document_id")?,
        sha256: r.try_get("sha256")?,
        shared: r.try_get::<i64, _>("shared")? != 0,
        revision: r.try_get("revision")?,
        body: r.try_get("body")?,
        changed_at: r.try_get("changed_at")?,
        removed: r.try_get::<Option<i64>, _>("removed_at")?.is_some(),
    })
}

/// One's own, and what others share.
pub async fn notes(c: &mut AnyConnection, meeting: &str, person: &str) -> DbResult<Vec<Note>> {
    let sql = format!(
        "{SELECT} WHERE n.meeting_id = $1 AND n.removed_at IS NULL AND (n.person_id = $2 OR n.shared = 1) ORDER BY n.created_at, n.id"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(meeting).bind(person).fetch_all(c).await?;
    rows.iter().map(row).collect()
}

/// Removed ones too.
pub async fn note(c: &mut AnyConnection, id: &str) -> DbResult<Option<Note>> {
    let sql = AssertSqlSafe(format!("{SELECT} WHERE n.id = $1"));
    let found = sqlx::query(sql).bind(id).fetch_optional(c).await?;
    found.as_ref().map(row).transpose()
}

pub async fn count(c: &mut AnyConnection, meeting: &str, person: &str) -> DbResult<i64> {
    let sql = "SELECT COUNT(*) AS n FROM note WHERE meeting_id = $1 AND person_id = $2 AND removed_at IS NULL";
    sqlx::query(sql).bind(meeting).bind(person).fetch_one(c).await?.try_get("n")
}

pub async fn insert(c: &mut AnyConnection, n: &Note) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO note (id, person_id, meeting_id, attachment_id, document_id, sha256, shared, revision, body, created_at, changed_at, \
         removed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, NULL)",
    )
    .bind(&n.id)
    .bind(&n.person_id)
    .bind(&n.meeting_id)
    .bind(&n.attachment_id)
    .bind(n.document_id.clone())
    .bind(&n.sha256)
    .bind(i64::from(n.shared))
    .bind(n.revision)
    .bind(&n.body)
    .bind(n.changed_at)
    .execute(c)
    .await?;
    Ok(())
}

pub async fn change(c: &mut AnyConnection, n: &Note) -> DbResult<()> {
    let sql = "UPDATE note SET attachment_id = $1, document_id = $2, sha256 = $3, shared = $4, revision = $5, body = $6, changed_at = $7 WHERE id = $8";
    sqlx::query(sql)
        .bind(&n.attachment_id)
        .bind(n.document_id.clone())
        .bind(&n.sha256)
        .bind(i64::from(n.shared))
        .bind(n.revision)
        .bind(&n.body)
        .bind(n.changed_at)
        .bind(&n.id)
        .execute(c)
        .await?;
    Ok(())
}

pub async fn remove(c: &mut AnyConnection, id: &str, now: i64) -> DbResult<()> {
    let sql = "UPDATE note SET removed_at = $1 WHERE id = $2 AND removed_at IS NULL";
    sqlx::query(sql).bind(now).bind(id).execute(c).await?;
    Ok(())
}

pub async fn places(c: &mut AnyConnection, meeting: &str, person: &str) -> DbResult<Vec<Place>> {
    let sql = "SELECT r.attachment_id, r.page FROM reading_place r JOIN attachment a ON a.id = r.attachment_id JOIN agenda_item i ON i.id = a.item_id \
        WHERE i.meeting_id = $1 AND r.person_id = $2 AND a.removed_at IS NULL";
    let rows = sqlx::query(sql).bind(meeting).bind(person).fetch_all(c).await?;
    rows.iter()
        .map(|r| {
            Ok(Place {
                attachment_id: r.try_get("attachment_id")?,
                page: r.try_get("page")?,
            })
        })
        .collect()
}

pub async fn set_place(c: &mut AnyConnection, person: &str, attachment: &str, page: i64, at: i64) -> DbResult<()> {
    let sql = "INSERT INTO reading_place (person_id, attachment_id, page, read_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (person_id, attachment_id) DO UPDATE SET page = excluded.page, read_at = excluded.read_at \
        WHERE reading_place.read_at <= excluded.read_at";
    sqlx::query(sql)
        .bind(person)
        .bind(attachment)
        .bind(page)
        .bind(at)
        .execute(c)
        .await?;
    Ok(())
}

/// The person's key: the one that is there, or `new`.
pub async fn device_key(c: &mut AnyConnection, person: &str, new: &str, now: i64) -> DbResult<String> {
    let sql = "INSERT INTO device_key (person_id, secret, made_at) VALUES ($1, $2, $3) ON CONFLICT (person_id) DO NOTHING";
    sqlx::query(sql).bind(person).bind(new).bind(now).execute(&mut *c).await?;
    let sql = "SELECT secret FROM device_key WHERE person_id = $1";
    sqlx::query(sql).bind(person).fetch_one(c).await?.try_get("secret")
}
