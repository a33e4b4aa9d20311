//! SQL of the outbox and the inbox.
use crate::clock::now_us;
use crate::db::DbResult;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

/// A message that this body owes.
#[derive(Debug, Clone)]
pub struct Out {
    pub id: String,
    /// `document`, `recall` or `status`.
    pub kind: String,
    pub document_id: Option<String>,
    pub to_code: String,
    pub subject: String,
    pub payload: String,
    /// Of the edXML, once built.
    pub sha256: Option<String>,
    pub state: String,
    pub attempts: i64,
    pub error: Option<String>,
    /// Microseconds: since when it is being sent.
    pub since: i64,
}

const OUT: &str = "SELECT id, kind, document_id, to_code, subject, payload, sha256, state, attempts, error, since FROM axis_outbox";

fn out(r: &AnyRow) -> DbResult<Out> {
    Ok(Out {
        id: r.try_get("id")?,
        kind: r.try_get("kind")?,
        document_id: r.try_get("document_id")?,
        to_code: r.try_get("to_code")?,
        subject: r.try_get("subject")?,
        payload: r.try_get("payload")?,
        sha256: r.try_get("sha256")?,
        state: r.try_get("state")?,
        attempts: r.try_get("attempts")?,
        error: r.try_get("error")?,
        since: r.try_get("since")?,
    })
}

pub async fn outgoing(c: &mut AnyConnection, id: &str) -> DbResult<Option<Out>> {
    let row = sqlx::query(AssertSqlSafe(format!("{OUT} WHERE id = $1")))
        .bind(id)
        .fetch_optional(c)
        .await?;
    row.as_ref().map(out).transpose()
}

/// The oldest messages that are due and overtake none about the same document, `most` of them: one that waits for its next try, or for a
/// person, holds up what is about its own document and nothing else.
pub async fn due_outgoing(c: &mut AnyConnection, most: usize) -> DbResult<Vec<Out>> {
    let sql = format!(
        "{OUT} o WHERE state = 'queued' AND next_at <= $1 AND NOT EXISTS (SELECT 1 FROM axis_outbox e \
         WHERE e.to_code = o.to_code AND e.about = o.about AND e.state IN ('queued', 'failed') \
         AND (e.created_at < o.created_at OR (e.created_at = o.created_at AND e.id < o.id))) ORDER BY created_at, id LIMIT $2"
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(now_us()).bind(most).fetch_all(c).await?;
    rows.iter().map(out).collect()
}

/// False when the message is not to be sent any more.
pub async fn set_built(c: &mut AnyConnection, id: &str, sha256: &str) -> DbResult<bool> {
    let done = sqlx::query("UPDATE axis_outbox SET sha256 = $1, updated_at = $2 WHERE id = $3 AND state = 'queued'")
        .bind(sha256)
        .bind(now_us())
        .bind(id)
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// What was sent before `before` (microseconds) and never left or was set aside, and what came before and was set aside.
pub async fn overdue(c: &mut AnyConnection, before: i64) -> DbResult<(Vec<Out>, Vec<In>)> {
    let sql =
        format!("{OUT} WHERE since < $1 AND (state = 'failed' OR (state = 'queued' AND sha256 IS NULL)) ORDER BY created_at, id LIMIT 100");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(before).fetch_all(&mut *c).await?;
    let going = rows.iter().map(out).collect::<DbResult<_>>()?;
    let sql = format!("{IN} WHERE state = 'failed' AND received_at < $1 ORDER BY received_at, id LIMIT 100");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(before).fetch_all(c).await?;
    Ok((going, rows.iter().map(incoming_row).collect::<DbResult<_>>()?))
}

/// What is with the node, or the gateway, since before `before` (microseconds).
pub async fn at_node(c: &mut AnyConnection, before: i64) -> DbResult<Vec<Out>> {
    let sql = format!("{OUT} WHERE state = 'accepted' AND since < $1 ORDER BY created_at, id LIMIT 1000");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(before).fetch_all(c).await?;
    rows.iter().map(out).collect()
}

/// The state that a message must be in to be ended.
#[derive(Debug, Clone, Copy)]
pub enum Only {
    /// Set aside: neither at the node nor on the way there.
    Failed,
    /// No try was ever begun.
    Unsent,
    /// The node itself says so.
    AtNode,
}

/// Ends a message as undelivered; false when it is not in that state (any more).
pub async fn undeliver(c: &mut AnyConnection, id: &str, only: Only, reason: &str) -> DbResult<bool> {
    let condition = match only {
        Only::Failed => "state = 'failed'",
        Only::Unsent => "state = 'queued' AND sha256 IS NULL",
        Only::AtNode => "state IN ('queued', 'accepted')",
    };
    let sql =
        format!("UPDATE axis_outbox SET state = 'undelivered', error = $1, next_at = 0, updated_at = $2 WHERE id = $3 AND {condition}");
    let done = sqlx::query(AssertSqlSafe(sql))
        .bind(reason)
        .bind(now_us())
        .bind(id)
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Sends a message again that was set aside, or, under an id of its own, one that was ended; false when it is neither.
pub async fn requeue(c: &mut AnyConnection, id: &str, new_id: &str) -> DbResult<bool> {
    // Under its old id the node knows the very bytes; under a new one it may be built anew.
    let (condition, anew) = if id == new_id {
        ("failed", "")
    } else {
        ("undelivered", "sha256 = NULL, ")
    };
    let sql = format!(
        "UPDATE axis_outbox SET id = $1, {anew}state = 'queued', attempts = 0, next_at = 0, error = NULL, since = $2, updated_at = $2 \
         WHERE id = $3 AND state = '{condition}'"
    );
    let done = sqlx::query(AssertSqlSafe(sql))
        .bind(new_id)
        .bind(now_us())
        .bind(id)
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives up what came in and was set aside; false when it is not.
pub async fn drop_incoming(c: &mut AnyConnection, id: &str, reason: &str) -> DbResult<bool> {
    let done = sqlx::query("UPDATE axis_inbox SET state = 'refused', error = $1 WHERE id = $2 AND state = 'failed'")
        .bind(reason)
        .bind(id)
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes back what became of a message.
pub async fn set_outgoing(c: &mut AnyConnection, id: &str, state: &str, attempts: i64, next_at: i64, error: Option<&str>) -> DbResult<()> {
    sqlx::query("UPDATE axis_outbox SET state = $1, attempts = $2, next_at = $3, error = $4, updated_at = $5 WHERE id = $6")
        .bind(state)
        .bind(attempts)
        .bind(next_at)
        .bind(error.map(str::to_owned))
        .bind(now_us())
        .bind(id)
        .execute(c)
        .await?;
    Ok(())
}

/// A message that came in.
#[derive(Debug, Clone)]
pub struct In {
    /// `code:id`, with the sender's code: another body cannot use up an id.
    pub id: String,
    pub kind: String,
    pub from_code: String,
    /// The document that it is about.
    pub about: String,
    pub subject: String,
    /// Of the edXML.
    pub sha256: String,
    pub state: String,
    pub attempts: i64,
    pub error: Option<String>,
    /// Whose signature it has, once that was checked.
    pub signer: Option<String>,
    pub received_at: i64,
}

const IN: &str = "SELECT id, kind, from_code, about, subject, sha256, state, attempts, error, signer, received_at FROM axis_inbox";

fn incoming_row(r: &AnyRow) -> DbResult<In> {
    Ok(In {
        id: r.try_get("id")?,
        kind: r.try_get("kind")?,
        from_code: r.try_get("from_code")?,
        about: r.try_get("about")?,
        subject: r.try_get("subject")?,
        sha256: r.try_get("sha256")?,
        state: r.try_get("state")?,
        attempts: r.try_get("attempts")?,
        error: r.try_get("error")?,
        signer: r.try_get("signer")?,
        received_at: r.try_get("received_at")?,
    })
}

/// False when the message is here already.
pub async fn receive(c: &mut AnyConnection, m: &In) -> DbResult<bool> {
    let done = sqlx::query(
        "INSERT INTO axis_inbox (id, kind, from_code, about, subject, sha256, state, error, document_id, attempts, next_at, received_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL, $8, $9, $9) ON CONFLICT (id) DO NOTHING",
    )
    .bind(&m.id)
    .bind(&m.kind)
    .bind(&m.from_code)
    .bind(&m.about)
    .bind(&m.subject)
    .bind(&m.sha256)
    .bind(&m.state)
    .bind(m.attempts)
    .bind(m.received_at)
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn incoming(c: &mut AnyConnection, id: &str) -> DbResult<Option<In>> {
    let row = sqlx::query(AssertSqlSafe(format!("{IN} WHERE id = $1")))
        .bind(id)
        .fetch_optional(c)
        .await?;
    row.as_ref().map(incoming_row).transpose()
}

/// The oldest message that is to be worked on now and overtakes none of the same sender about the same document.
pub async fn next_incoming(c: &mut AnyConnection) -> DbResult<Option<In>> {
    let sql = format!(
        "{IN} i WHERE state = 'received' AND next_at <= $1 AND NOT EXISTS (SELECT 1 FROM axis_inbox e \
         WHERE e.from_code = i.from_code AND e.about = i.about AND e.state = 'received' \
         AND (e.received_at < i.received_at OR (e.received_at = i.received_at AND e.id < i.id))) ORDER BY received_at, id LIMIT 1"
    );
    let row = sqlx::query(AssertSqlSafe(sql)).bind(now_us()).fetch_optional(c).await?;
    row.as_ref().map(incoming_row).transpose()
}

/// Moves a message on from `received`, with whose signature it has; false when somebody else did.
pub async fn settle(c: &mut AnyConnection, m: &In, state: &str, error: Option<&str>, document: Option<&str>) -> DbResult<bool> {
    let sql = "UPDATE axis_inbox SET state = $1, error = $2, document_id = $3, signer = $4 WHERE id = $5 AND state = 'received'";
    let done = sqlx::query(sql)
        .bind(state)
        .bind(error.map(str::to_owned))
        .bind(document.map(str::to_owned))
        .bind(m.signer.clone())
        .bind(&m.id)
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn set_document(c: &mut AnyConnection, id: &str, document: &str) -> DbResult<()> {
    sqlx::query("UPDATE axis_inbox SET document_id = $1 WHERE id = $2")
        .bind(document)
        .bind(id)
        .execute(c)
        .await?;
    Ok(())
}

pub async fn set_incoming(c: &mut AnyConnection, id: &str, state: &str, attempts: i64, next_at: i64, error: Option<&str>) -> DbResult<()> {
    sqlx::query("UPDATE axis_inbox SET state = $1, attempts = $2, next_at = $3, error = $4 WHERE id = $5")
        .bind(state)
        .bind(attempts)
        .bind(next_at)
        .bind(error.map(str::to_owned))
        .bind(id)
        .execute(c)
        .await?;
    Ok(())
}

/// A line of the list of messages, both ways.
pub struct Listed {
    pub id: String,
    pub kind: String,
    /// `out` or `in`.
    pub way: String,
    pub other_code: String,
    pub other_name: Option<String>,
    pub subject: String,
    pub state: String,
    pub attempts: i64,
    pub error: Option<String>,
    pub signer: Option<String>,
    pub at: i64,
}

/// Newest first, and how many there are in all.
pub async fn list(c: &mut AnyConnection, limit: i64, offset: i64) -> DbResult<(Vec<Listed>, u64)> {
    let total = sqlx::query("SELECT (SELECT COUNT(*) FROM axis_outbox) + (SELECT COUNT(*) FROM axis_inbox) AS n")
        .fetch_one(&mut *c)
        .await?;
    let rows = sqlx::query(
        "SELECT m.id, m.kind, m.way, m.other, b.name, m.subject, m.state, m.attempts, m.error, m.signer, m.at FROM ( \
           SELECT id, kind, 'out' AS way, to_code AS other, subject, state, attempts, error, NULL AS signer, created_at AS at FROM axis_outbox \
           UNION ALL \
           SELECT id, kind, 'in' AS way, from_code AS other, subject, state, attempts, error, signer, received_at AS at FROM axis_inbox \
         ) m LEFT JOIN body b ON b.code = m.other ORDER BY m.at DESC, m.id DESC LIMIT $1 OFFSET $2",
    )
    .bind(limit)
    .bind(offset)
    .fetch_all(c)
    .await?;
    let listed = |r: &AnyRow| -> DbResult<Listed> {
        Ok(Listed {
            id: r.try_get("id")?,
            kind: r.try_get("kind")?,
            way: r.try_get("way")?,
            other_code: r.try_get("other")?,
            other_name: r.try_get("name")?,
            subject: r.try_get("subject")?,
            state: r.try_get("state")?,
            attempts: r.try_get("attempts")?,
            error: r.try_get("error")?,
            signer: r.try_get("signer")?,
            at: r.try_get("at")?,
        })
    };
    Ok((
        rows.iter().map(listed).collect::<DbResult<_>>()?,
        total.try_get::<i64, _>("n")?.unsigned_abs(),
    ))
}

/// Messages that the node has not taken yet, and messages given up, both ways.
pub async fn counts(c: &mut AnyConnection) -> DbResult<(i64, i64)> {
    let row = sqlx::query(
        "SELECT (SELECT COUNT(*) FROM axis_outbox WHERE state = 'queued') AS waiting, \
         (SELECT COUNT(*) FROM axis_outbox WHERE state = 'failed') + (SELECT COUNT(*) FROM axis_inbox WHERE state = 'failed') AS failed",
    )
    .fetch_one(c)
    .await?;
    Ok((row.try_get("waiting")?, row.try_get("failed")?))
}
