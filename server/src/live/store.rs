//! SQL of the numbered topics.
use crate::clock::now_us;
use crate::db::DbResult;
use sqlx::AnyConnection;
use sqlx::{AssertSqlSafe, Row};

/// Gives the event the next number of its topic. The row of the topic stays locked until the commit, so that
/// numbers become visible in order.
pub async fn append(c: &mut AnyConnection, topic: &str, body: &str) -> DbResult<u64> {
    let row = sqlx::query(
        "INSERT INTO live_topic (topic, seq) VALUES ($1, 1) ON CONFLICT (topic) DO UPDATE SET seq = live_topic.seq + 1 RETURNING seq",
    )
    .bind(topic)
    .fetch_one(&mut *c)
    .await?;
    let seq: i64 = row.try_get("seq")?;
    sqlx::query("INSERT INTO live_event (topic, seq, body, at) VALUES ($1, $2, $3, $4)")
        .bind(topic)
        .bind(seq)
        .bind(body)
        .bind(now_us())
        .execute(c)
        .await?;
    Ok(seq.unsigned_abs())
}

/// The last number given in `topic`; 0 when nothing happened yet.
pub async fn last(c: &mut AnyConnection, topic: &str) -> DbResult<u64> {
    let row = sqlx::query("SELECT seq FROM live_topic WHERE topic = $1")
        .bind(topic)
        .fetch_optional(c)
        .await?;
    row.map_or(Ok(0), |r| r.try_get::<i64, _>("seq").map(i64::unsigned_abs))
}

/// Events of `topic` after number `after`, oldest first.
pub async fn after(c: &mut AnyConnection, topic: &str, after: u64, most: i64) -> DbResult<Vec<(u64, String)>> {
    let rows = sqlx::query("SELECT seq, body FROM live_event WHERE topic = $1 AND seq > $2 ORDER BY seq LIMIT $3")
        .bind(topic)
        .bind(i64::try_from(after).unwrap_or(i64::MAX))
        .bind(most)
        .fetch_all(c)
        .await?;
    rows.iter()
        .map(|r| Ok((r.try_get::<i64, _>("seq")?.unsigned_abs(), r.try_get("body")?)))
        .collect()
}

/// Forgets what happened in `topic` so far; its numbers go on.
pub async fn forget(c: &mut AnyConnection, topic: &str) -> DbResult<()> {
    sqlx::query("DELETE FROM live_event WHERE topic = $1")
        .bind(topic)
        .execute(c)
        .await?;
    Ok(())
}

/// Forgets what happened before `limit`, in every topic.
pub async fn forget_before(c: &mut AnyConnection, limit: i64) -> DbResult<()> {
    sqlx::query("DELETE FROM live_event WHERE at < $1").bind(limit).execute(c).await?;
    Ok(())
}

/// The last number given in each of `topics`.
pub async fn newest(c: &mut AnyConnection, topics: &[String]) -> DbResult<Vec<(String, u64)>> {
    let places: Vec<String> = (1..=topics.len()).map(|n| format!("${n}")).collect();
    let sql = format!("SELECT topic, seq FROM live_topic WHERE topic IN ({})", places.join(", "));
    let query = topics.iter().fold(sqlx::query(AssertSqlSafe(sql)), |q, topic| q.bind(topic));
    let rows = query.fetch_all(c).await?;
    rows.iter()
        .map(|r| Ok((r.try_get("topic")?, r.try_get::<i64, _>("seq")?.unsigned_abs())))
        .collect()
}
