//! SQL of the numbered topics.
use crate::clock::now_us;
use crate::db::DbResult;
use sqlx::AnyConnection;
use sqlx::Row;

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
