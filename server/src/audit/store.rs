//! SQL of the audit log.
use crate::actor::Actor;
use crate::clock::now_us;
use crate::db::DbResult;
use sqlx::AnyConnection;
use sqlx::Row;

/// Everything of an entry that its hash covers.
#[derive(Debug, Clone)]
pub struct Entry {
    pub seq: i64,
    pub at: i64,
    pub actor_id: String,
    pub actor: String,
    pub action: String,
    pub subject_type: String,
    pub subject_id: String,
    pub summary: String,
    pub details: String,
    pub request_id: String,
    pub previous: String,
}

impl Entry {
    /// Hex SHA-256 of the JSON array of all members in this order; anybody can recompute it from an export.
    pub fn hash(&self) -> String {
        let text = serde_json::json!([
            self.previous,
            self.seq,
            self.at,
            self.actor_id,
            self.actor,
            self.action,
            self.subject_type,
            self.subject_id,
            self.summary,
            self.details,
            self.request_id
        ])
        .to_string();
        hex::encode(openssl::sha::sha256(text.as_bytes()))
    }
}

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
        "INSERT INTO audit (seq, at, actor_id, actor, action, subject_type, subject_id, summary, details, request_id, previous, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(entry.seq)
    .bind(entry.at)
    .bind(entry.actor_id)
    .bind(entry.actor)
    .bind(entry.action)
    .bind(entry.subject_type)
    .bind(entry.subject_id)
    .bind(entry.summary)
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
