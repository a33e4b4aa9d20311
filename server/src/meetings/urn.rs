//! SQL of secret votes: the key, who drew a ballot, and the ballots, which nothing ties to a person or a moment.
use crate::db::DbResult;
use app::dto::meetings::{Choice, SecretBallot};
use sqlx::{AnyConnection, Row as _};

pub async fn insert_key(c: &mut AnyConnection, vote: &str, modulus: &str, private: &str) -> DbResult<()> {
    let sql = "INSERT INTO vote_key (vote_id, modulus, private) VALUES ($1, $2, $3)";
    sqlx::query(sql).bind(vote).bind(modulus).bind(private).execute(c).await?;
    Ok(())
}

/// Public half, and the private one while the vote is open.
pub async fn key(c: &mut AnyConnection, vote: &str) -> DbResult<Option<(String, Option<String>)>> {
    let sql = "SELECT modulus, private FROM vote_key WHERE vote_id = $1";
    let found = sqlx::query(sql).bind(vote).fetch_optional(c).await?;
    found.map(|r| Ok((r.try_get("modulus")?, r.try_get("private")?))).transpose()
}

/// What this person drew: the blinded message and its signature.
pub async fn drawn(c: &mut AnyConnection, vote: &str, person: &str) -> DbResult<Option<(String, String)>> {
    let sql = "SELECT blinded, signed FROM ballot_drawn WHERE vote_id = $1 AND person_id = $2";
    let found = sqlx::query(sql).bind(vote).bind(person).fetch_optional(c).await?;
    found.map(|r| Ok((r.try_get("blinded")?, r.try_get("signed")?))).transpose()
}

pub async fn insert_drawn(c: &mut AnyConnection, vote: &str, person: &str, blinded: &str, signed: &str) -> DbResult<()> {
    let sql = "INSERT INTO ballot_drawn (vote_id, person_id, blinded, signed) VALUES ($1, $2, $3, $4)";
    sqlx::query(sql)
        .bind(vote)
        .bind(person)
        .bind(blinded)
        .bind(signed)
        .execute(c)
        .await?;
    Ok(())
}

/// Who drew a ballot, by name: id and full name.
pub async fn voters(c: &mut AnyConnection, vote: &str) -> DbResult<Vec<(String, String)>> {
    let sql = "SELECT d.person_id, p.full_name FROM ballot_drawn d JOIN person p ON p.id = d.person_id \
        WHERE d.vote_id = $1 ORDER BY p.folded, p.id";
    let rows = sqlx::query(sql).bind(vote).fetch_all(c).await?;
    rows.iter()
        .map(|r| Ok((r.try_get("person_id")?, r.try_get("full_name")?)))
        .collect()
}

/// False when this very ballot is in the urn already.
pub async fn put(c: &mut AnyConnection, vote: &str, hash: &str, ballot: &SecretBallot) -> DbResult<bool> {
    let done = sqlx::query(
        "INSERT INTO secret_ballot (vote_id, hash, choice, receipt, prefix, signature) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (vote_id, hash) DO NOTHING",
    )
    .bind(vote)
    .bind(hash)
    .bind(ballot.choice.as_str())
    .bind(&ballot.receipt)
    .bind(&ballot.prefix)
    .bind(&ballot.signature)
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// In the order of their hashes.
pub async fn ballots(c: &mut AnyConnection, vote: &str) -> DbResult<Vec<(String, SecretBallot)>> {
    let sql = "SELECT hash, choice, receipt, prefix, signature FROM secret_ballot WHERE vote_id = $1 ORDER BY hash";
    let rows = sqlx::query(sql).bind(vote).fetch_all(c).await?;
    rows.iter()
        .map(|r| {
            let choice: String = r.try_get("choice")?;
            let ballot = SecretBallot {
                choice: Choice::parse(&choice).ok_or_else(|| sqlx::Error::Decode(format!("unknown choice {choice}").into()))?,
                receipt: r.try_get("receipt")?,
                prefix: r.try_get("prefix")?,
                signature: r.try_get("signature")?,
            };
            Ok((r.try_get("hash")?, ballot))
        })
        .collect()
}

/// Ends a secret vote: the private key goes, and the ballots are written anew in the order of their hashes, so that no place in
/// a file and no number of a transaction tells any longer which came when.
pub async fn seal(c: &mut AnyConnection, vote: &str) -> DbResult<()> {
    let forget = "UPDATE vote_key SET private = NULL WHERE vote_id = $1";
    sqlx::query(forget).bind(vote).execute(&mut *c).await?;
    let all = ballots(&mut *c, vote).await?;
    sqlx::query("DELETE FROM secret_ballot WHERE vote_id = $1")
        .bind(vote)
        .execute(&mut *c)
        .await?;
    for (hash, ballot) in &all {
        put(&mut *c, vote, hash, ballot).await?;
    }
    Ok(())
}
