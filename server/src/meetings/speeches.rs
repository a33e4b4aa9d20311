//! SQL of requests for the floor, and of clocks.
use crate::db::DbResult;
use app::dto::floor::Clock;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

/// A request for the floor as stored.
pub struct SpeechRow {
    pub id: String,
    pub meeting_id: String,
    pub item_id: Option<String>,
    pub person_id: String,
    pub full_name: String,
    pub position: String,
    pub asked_at: i64,
    pub began_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub clock: Clock,
}

/// A clock from its columns, with its limit in seconds.
pub fn clock(r: &AnyRow, limit: i64) -> DbResult<Clock> {
    Ok(Clock {
        limit: u32::try_from(limit).unwrap_or(0),
        spent: r.try_get("clock_spent")?,
        since: r.try_get("clock_since")?,
    })
}

fn row(r: &AnyRow) -> DbResult<SpeechRow> {
    Ok(SpeechRow {
        id: r.try_get("id")?,
        meeting_id: r.try_get("meeting_id")?,
        item_id: r.try_get("item_id")?,
        person_id: r.try_get("person_id")?,
        full_name: r.try_get("full_name")?,
        position: r.try_get("position")?,
        asked_at: r.try_get("asked_at")?,
        began_at: r.try_get("began_at")?,
        ended_at: r.try_get("ended_at")?,
        clock: clock(r, r.try_get("seconds")?)?,
    })
}

const SELECT: &str = "SELECT s.id, s.meeting_id, s.item_id, s.person_id, p.full_name, p.position, s.asked_at, s.began_at, s.ended_at, \
    s.seconds, s.clock_spent, s.clock_since FROM speech s JOIN person p ON p.id = s.person_id";

pub async fn get(c: &mut AnyConnection, id: &str) -> DbResult<Option<SpeechRow>> {
    let sql = AssertSqlSafe(format!("{SELECT} WHERE s.id = $1"));
    let found = sqlx::query(sql).bind(id).fetch_optional(c).await?;
    found.as_ref().map(row).transpose()
}

/// Waiting for the floor of this item (`None`: between items) or having it, in the order in which it was asked for.
pub async fn open(c: &mut AnyConnection, meeting: &str, item: Option<&str>) -> DbResult<Vec<SpeechRow>> {
    let sql = AssertSqlSafe(format!(
        "{SELECT} WHERE s.meeting_id = $1 AND COALESCE(s.item_id, '') = $2 AND s.ended_at IS NULL ORDER BY s.asked_at, s.id"
    ));
    let rows = sqlx::query(sql).bind(meeting).bind(item.unwrap_or_default()).fetch_all(c).await?;
    rows.iter().map(row).collect()
}

/// Who has had the floor of this item.
pub async fn heard(c: &mut AnyConnection, meeting: &str, item: Option<&str>) -> DbResult<Vec<String>> {
    let sql = "SELECT DISTINCT person_id FROM speech WHERE meeting_id = $1 AND COALESCE(item_id, '') = $2 \
        AND began_at IS NOT NULL AND ended_at IS NOT NULL";
    let rows = sqlx::query(sql).bind(meeting).bind(item.unwrap_or_default()).fetch_all(c).await?;
    rows.iter().map(|r| r.try_get("person_id")).collect()
}

pub async fn insert(c: &mut AnyConnection, id: &str, meeting: &str, item: Option<&str>, person: &str, now: i64) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO speech (id, meeting_id, item_id, person_id, asked_at, began_at, ended_at, seconds, clock_spent, clock_since) \
         VALUES ($1, $2, $3, $4, $5, NULL, NULL, 0, 0, NULL)",
    )
    .bind(id)
    .bind(meeting)
    .bind(item.map(str::to_owned))
    .bind(person)
    .bind(now)
    .execute(c)
    .await?;
    Ok(())
}

pub async fn begin(c: &mut AnyConnection, id: &str, seconds: u32, now: i64) -> DbResult<()> {
    let sql = "UPDATE speech SET began_at = $1, seconds = $2, clock_spent = 0, clock_since = $1 WHERE id = $3 AND began_at IS NULL";
    sqlx::query(sql).bind(now).bind(i64::from(seconds)).bind(id).execute(c).await?;
    Ok(())
}

/// Gives the floor back, or withdraws a request that never had it.
pub async fn end(c: &mut AnyConnection, id: &str, clock: Clock, now: i64) -> DbResult<()> {
    let sql = "UPDATE speech SET ended_at = $1, clock_spent = $2, clock_since = NULL WHERE id = $3 AND ended_at IS NULL";
    sqlx::query(sql).bind(now).bind(clock.spent).bind(id).execute(c).await?;
    Ok(())
}

pub async fn set_clock(c: &mut AnyConnection, id: &str, clock: Clock) -> DbResult<()> {
    let sql = "UPDATE speech SET clock_spent = $1, clock_since = $2 WHERE id = $3";
    sqlx::query(sql).bind(clock.spent).bind(clock.since).bind(id).execute(c).await?;
    Ok(())
}

pub async fn set_item_clock(c: &mut AnyConnection, id: &str, clock: Clock) -> DbResult<()> {
    let sql = "UPDATE agenda_item SET clock_spent = $1, clock_since = $2 WHERE id = $3";
    sqlx::query(sql).bind(clock.spent).bind(clock.since).bind(id).execute(c).await?;
    Ok(())
}
