//! SQL of minutes.
use crate::clock::when;
use crate::db::DbResult;
use app::dto::after::{Remark, Section};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

/// Minutes as stored.
pub struct MinutesRow {
    pub sections: Vec<Section>,
    pub revision: i64,
    pub edited_by: String,
    pub edited_at: i64,
    pub circulated_at: Option<i64>,
    pub document_id: Option<String>,
}

fn row(r: &AnyRow) -> DbResult<MinutesRow> {
    let sections: String = r.try_get("sections")?;
    Ok(MinutesRow {
        sections: serde_json::from_str(&sections).map_err(|e| sqlx::Error::Decode(Box::new(e)))?,
        revision: r.try_get("revision")?,
        edited_by: r.try_get("edited_by")?,
        edited_at: r.try_get("edited_at")?,
        circulated_at: r.try_get("circulated_at")?,
        document_id: r.try_get("document_id")?,
    })
}

pub async fn get(c: &mut AnyConnection, meeting: &str) -> DbResult<Option<MinutesRow>> {
    let sql = "SELECT sections, revision, edited_by, edited_at, circulated_at, document_id FROM minutes WHERE meeting_id = $1";
    let found = sqlx::query(sql).bind(meeting).fetch_optional(c).await?;
    found.as_ref().map(row).transpose()
}

/// Writes them for the first time, or in place of what was there.
pub async fn write(c: &mut AnyConnection, meeting: &str, sections: &[Section], by: &str, now: i64) -> DbResult<()> {
    let json = serde_json::to_string(sections).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    sqlx::query(
        "INSERT INTO minutes (meeting_id, sections, revision, edited_by, edited_at, circulated_at, document_id) \
         VALUES ($1, $2, 1, $3, $4, NULL, NULL) \
         ON CONFLICT (meeting_id) DO UPDATE SET sections = $2, revision = minutes.revision + 1, edited_by = $3, edited_at = $4",
    )
    .bind(meeting)
    .bind(json)
    .bind(by)
    .bind(now)
    .execute(c)
    .await?;
    Ok(())
}

pub async fn circulate(c: &mut AnyConnection, meeting: &str, now: i64) -> DbResult<()> {
    let sql = "UPDATE minutes SET circulated_at = $1 WHERE meeting_id = $2";
    sqlx::query(sql).bind(now).bind(meeting).execute(c).await?;
    Ok(())
}

pub async fn set_document(c: &mut AnyConnection, meeting: &str, document: &str) -> DbResult<()> {
    let sql = "UPDATE minutes SET document_id = $1 WHERE meeting_id = $2";
    sqlx::query(sql).bind(document).bind(meeting).execute(c).await?;
    Ok(())
}

pub async fn remarks(c: &mut AnyConnection, meeting: &str) -> DbResult<Vec<Remark>> {
    let sql = "SELECT by_name, text, at FROM minutes_remark WHERE meeting_id = $1 ORDER BY at, id";
    let rows = sqlx::query(sql).bind(meeting).fetch_all(c).await?;
    let remark = |r: &AnyRow| {
        Ok(Remark {
            by: r.try_get("by_name")?,
            at: when(r.try_get("at")?),
            text: r.try_get("text")?,
        })
    };
    rows.iter().map(remark).collect()
}

pub async fn add_remark(c: &mut AnyConnection, meeting: &str, person: &str, by: &str, text: &str, now: i64) -> DbResult<()> {
    sqlx::query("INSERT INTO minutes_remark (id, meeting_id, person_id, by_name, text, at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(uuid::Uuid::now_v7().to_string())
        .bind(meeting)
        .bind(person)
        .bind(by)
        .bind(text)
        .bind(now)
        .execute(c)
        .await?;
    Ok(())
}

/// What a person said already of these minutes, word for word.
pub async fn has_remark(c: &mut AnyConnection, meeting: &str, person: &str, text: &str) -> DbResult<bool> {
    let sql = "SELECT id FROM minutes_remark WHERE meeting_id = $1 AND person_id = $2 AND text = $3";
    let found = sqlx::query(sql).bind(meeting).bind(person).bind(text).fetch_optional(c).await?;
    Ok(found.is_some())
}

pub async fn set_absence(c: &mut AnyConnection, meeting: &str, person: &str, reason: &str) -> DbResult<()> {
    let sql = "UPDATE meeting_member SET absence = $1 WHERE meeting_id = $2 AND person_id = $3";
    sqlx::query(sql).bind(reason).bind(meeting).bind(person).execute(c).await?;
    Ok(())
}

/// Who had the floor: item (empty between items) and full name, in the order of the first speeches.
pub async fn speakers(c: &mut AnyConnection, meeting: &str) -> DbResult<Vec<(String, String)>> {
    let sql = "SELECT COALESCE(s.item_id, '') AS item, p.full_name, MIN(s.began_at) AS first FROM speech s JOIN person p ON p.id = s.person_id \
        WHERE s.meeting_id = $1 AND s.began_at IS NOT NULL GROUP BY COALESCE(s.item_id, ''), p.id, p.full_name ORDER BY first, p.full_name";
    let rows = sqlx::query(sql).bind(meeting).fetch_all(c).await?;
    rows.iter().map(|r| Ok((r.try_get("item")?, r.try_get("full_name")?))).collect()
}
