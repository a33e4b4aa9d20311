//! SQL of the keys.
use super::seal::Sealed;
use super::{KeyRow, Owner};
use crate::db::DbResult;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

const COLUMNS: &str = "id, owner_kind, owner_id, subject, issuer, serial, valid_from, valid_to, certificate, chain, sealed, salt, nonce, \
                       kdf, image, failures, locked_until, demonstration";

fn row(r: &AnyRow) -> DbResult<KeyRow> {
    let owner_id: String = r.try_get("owner_id")?;
    Ok(KeyRow {
        id: r.try_get("id")?,
        owner: match r.try_get::<String, _>("owner_kind")?.as_str() {
            "person" => Owner::Person(owner_id.into()),
            _ => Owner::Body(owner_id),
        },
        subject: r.try_get("subject")?,
        issuer: r.try_get("issuer")?,
        serial: r.try_get("serial")?,
        valid_from: r.try_get("valid_from")?,
        valid_to: r.try_get("valid_to")?,
        certificate: r.try_get("certificate")?,
        chain: r.try_get("chain")?,
        sealed: Sealed {
            sealed: r.try_get("sealed")?,
            salt: r.try_get("salt")?,
            nonce: r.try_get("nonce")?,
            kdf: r.try_get("kdf")?,
        },
        image: r.try_get("image")?,
        failures: r.try_get("failures")?,
        locked_until: r.try_get("locked_until")?,
        demonstration: r.try_get::<i64, _>("demonstration")? != 0,
    })
}

/// The owner's present key.
pub async fn current(c: &mut AnyConnection, owner: &Owner) -> DbResult<Option<KeyRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM signing_key WHERE owner_kind = $1 AND owner_id = $2 AND removed_at IS NULL \
         ORDER BY created_at DESC, id DESC LIMIT 1"
    );
    let (kind, id) = owner.columns();
    let found = sqlx::query(AssertSqlSafe(sql)).bind(kind).bind(id).fetch_optional(c).await?;
    found.as_ref().map(row).transpose()
}

pub async fn by_id(c: &mut AnyConnection, id: &str) -> DbResult<Option<KeyRow>> {
    let sql = format!("SELECT {COLUMNS} FROM signing_key WHERE id = $1 AND removed_at IS NULL");
    let found = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(c).await?;
    found.as_ref().map(row).transpose()
}

/// The new key takes the place of the owner's older ones.
pub async fn insert(c: &mut AnyConnection, key: &KeyRow, now: i64) -> DbResult<()> {
    let (kind, owner) = key.owner.columns();
    sqlx::query("UPDATE signing_key SET removed_at = $1 WHERE owner_kind = $2 AND owner_id = $3 AND removed_at IS NULL")
        .bind(now)
        .bind(kind)
        .bind(owner)
        .execute(&mut *c)
        .await?;
    sqlx::query(AssertSqlSafe(format!(
        "INSERT INTO signing_key ({COLUMNS}, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
    )))
    .bind(&key.id)
    .bind(kind)
    .bind(owner)
    .bind(&key.subject)
    .bind(&key.issuer)
    .bind(&key.serial)
    .bind(key.valid_from)
    .bind(key.valid_to)
    .bind(&key.certificate)
    .bind(&key.chain)
    .bind(&key.sealed.sealed)
    .bind(&key.sealed.salt)
    .bind(&key.sealed.nonce)
    .bind(&key.sealed.kdf)
    .bind(&key.image)
    .bind(key.failures)
    .bind(key.locked_until)
    .bind(i64::from(key.demonstration))
    .bind(now)
    .execute(c)
    .await?;
    Ok(())
}

/// Counts an attempt before it is made; `None` when the key is locked (or gone). Attempts at the same time each count.
pub async fn count_attempt(c: &mut AnyConnection, id: &str, now: i64) -> DbResult<Option<i64>> {
    let counted = sqlx::query(
        "UPDATE signing_key SET failures = failures + 1 WHERE id = $1 AND removed_at IS NULL AND locked_until <= $2 RETURNING failures",
    )
    .bind(id)
    .bind(now)
    .fetch_optional(c)
    .await?;
    counted.map(|r| r.try_get("failures")).transpose()
}

pub async fn lock(c: &mut AnyConnection, id: &str, until: i64) -> DbResult<()> {
    sqlx::query("UPDATE signing_key SET locked_until = $1 WHERE id = $2")
        .bind(until)
        .bind(id)
        .execute(c)
        .await?;
    Ok(())
}

/// After the right PIN.
pub async fn forgive(c: &mut AnyConnection, id: &str) -> DbResult<()> {
    sqlx::query("UPDATE signing_key SET failures = 0, locked_until = 0 WHERE id = $1")
        .bind(id)
        .execute(c)
        .await?;
    Ok(())
}

/// False when the seal has been changed meanwhile.
pub async fn reseal(c: &mut AnyConnection, id: &str, old_nonce: &[u8], new: &Sealed) -> DbResult<bool> {
    let done = sqlx::query("UPDATE signing_key SET sealed = $1, salt = $2, nonce = $3, kdf = $4 WHERE id = $5 AND nonce = $6")
        .bind(&new.sealed)
        .bind(&new.salt)
        .bind(&new.nonce)
        .bind(&new.kdf)
        .bind(id)
        .bind(old_nonce.to_vec())
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}
