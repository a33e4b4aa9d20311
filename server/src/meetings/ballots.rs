//! SQL of votes and ballots.
use crate::db::DbResult;
use app::dto::meetings::{Choice, Majority, Motion, VoteForm};
use app::ids::UserId;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

/// A vote as stored, counted.
pub struct VoteRow {
    pub id: String,
    pub meeting_id: String,
    pub item_id: Option<String>,
    pub question: String,
    pub majority: Majority,
    pub form: VoteForm,
    /// Public key of a secret vote.
    pub key: Option<String>,
    pub open: bool,
    /// Voting members present: now while it is open, at its closing afterwards.
    pub eligible: i64,
    /// All voting members, likewise.
    pub entitled: i64,
    /// Cast so far.
    pub ballots: i64,
    pub agree: i64,
    pub disagree: i64,
    pub other: i64,
    pub mine: Option<Choice>,
    pub drawn: bool,
}

fn row(r: &AnyRow) -> DbResult<VoteRow> {
    let majority: String = r.try_get("majority")?;
    let form: String = r.try_get("form")?;
    let mine: Option<String> = r.try_get("mine")?;
    Ok(VoteRow {
        id: r.try_get("id")?,
        meeting_id: r.try_get("meeting_id")?,
        item_id: r.try_get("item_id")?,
        question: r.try_get("question")?,
        majority: Majority::parse(&majority).ok_or_else(|| sqlx::Error::Decode(format!("unknown majority {majority}").into()))?,
        form: VoteForm::parse(&form).ok_or_else(|| sqlx::Error::Decode(format!("unknown form {form}").into()))?,
        key: r.try_get("modulus")?,
        open: r.try_get::<Option<i64>, _>("closed_at")?.is_none(),
        eligible: r.try_get("eligible")?,
        entitled: r.try_get("entitled")?,
        ballots: r.try_get("ballots")?,
        agree: r.try_get("agree")?,
        disagree: r.try_get("disagree")?,
        other: r.try_get("other")?,
        mine: mine.as_deref().and_then(Choice::parse),
        drawn: r.try_get::<i64, _>("drawn")? > 0,
    })
}

/// `$1` is the person whose own ballot is told. What lies in the urn of a secret vote is counted by choice once it is closed.
const SELECT: &str = "SELECT v.id, v.meeting_id, v.item_id, v.question, v.majority, v.form, v.closed_at, \
    (SELECT k.modulus FROM vote_key k WHERE k.vote_id = v.id) AS modulus, \
    COALESCE(v.eligible, (SELECT COUNT(*) FROM meeting_member m WHERE m.meeting_id = v.meeting_id AND m.part NOT IN ('secretary', 'delegated') \
    AND m.checked_in_at IS NOT NULL)) AS eligible, \
    COALESCE(v.entitled, (SELECT COUNT(*) FROM meeting_member m WHERE m.meeting_id = v.meeting_id AND m.part NOT IN ('secretary', 'delegated'))) AS entitled, \
    (SELECT COUNT(*) FROM ballot b WHERE b.vote_id = v.id) + (SELECT COUNT(*) FROM secret_ballot s WHERE s.vote_id = v.id) AS ballots, \
    (SELECT COUNT(*) FROM ballot b WHERE b.vote_id = v.id AND b.choice = 'agree') \
    + (SELECT COUNT(*) FROM secret_ballot s WHERE s.vote_id = v.id AND v.closed_at IS NOT NULL AND s.choice = 'agree') AS agree, \
    (SELECT COUNT(*) FROM ballot b WHERE b.vote_id = v.id AND b.choice = 'disagree') \
    + (SELECT COUNT(*) FROM secret_ballot s WHERE s.vote_id = v.id AND v.closed_at IS NOT NULL AND s.choice = 'disagree') AS disagree, \
    (SELECT COUNT(*) FROM ballot b WHERE b.vote_id = v.id AND b.choice = 'other') \
    + (SELECT COUNT(*) FROM secret_ballot s WHERE s.vote_id = v.id AND v.closed_at IS NOT NULL AND s.choice = 'other') AS other, \
    (SELECT COUNT(*) FROM ballot_drawn d WHERE d.vote_id = v.id AND d.person_id = $1) AS drawn, \
    (SELECT b.choice FROM ballot b WHERE b.vote_id = v.id AND b.person_id = $1) AS mine FROM vote v";

/// Oldest first.
pub async fn votes(c: &mut AnyConnection, person: &str, meeting: &str) -> DbResult<Vec<VoteRow>> {
    let sql = AssertSqlSafe(format!("{SELECT} WHERE v.meeting_id = $2 ORDER BY v.opened_at, v.id"));
    let rows = sqlx::query(sql).bind(person).bind(meeting).fetch_all(c).await?;
    rows.iter().map(row).collect()
}

pub async fn get(c: &mut AnyConnection, person: &str, id: &str) -> DbResult<Option<VoteRow>> {
    let sql = AssertSqlSafe(format!("{SELECT} WHERE v.id = $2"));
    let found = sqlx::query(sql).bind(person).bind(id).fetch_optional(c).await?;
    found.as_ref().map(row).transpose()
}

/// The one vote of the meeting that is open.
pub async fn running(c: &mut AnyConnection, person: &str, meeting: &str) -> DbResult<Option<VoteRow>> {
    let sql = AssertSqlSafe(format!("{SELECT} WHERE v.meeting_id = $2 AND v.closed_at IS NULL"));
    let found = sqlx::query(sql).bind(person).bind(meeting).fetch_optional(c).await?;
    found.as_ref().map(row).transpose()
}

pub async fn insert(c: &mut AnyConnection, id: &str, meeting: &str, motion: &Motion, now: i64) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO vote (id, meeting_id, item_id, question, majority, form, opened_at, closed_at, eligible, entitled) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL, NULL)",
    )
    .bind(id)
    .bind(meeting)
    .bind(motion.item.clone().map(|i| i.0))
    .bind(&motion.question)
    .bind(motion.majority.as_str())
    .bind(motion.form.as_str())
    .bind(now)
    .execute(c)
    .await?;
    Ok(())
}

/// Writes down how many could have voted, so that whoever comes later does not change the result.
pub async fn close(c: &mut AnyConnection, vote: &VoteRow, now: i64) -> DbResult<()> {
    let sql = "UPDATE vote SET closed_at = $1, eligible = $2, entitled = $3 WHERE id = $4 AND closed_at IS NULL";
    sqlx::query(sql)
        .bind(now)
        .bind(vote.eligible)
        .bind(vote.entitled)
        .bind(&vote.id)
        .execute(c)
        .await?;
    Ok(())
}

/// Each ballot of an open vote with whose it is.
pub async fn of_vote(c: &mut AnyConnection, vote: &str) -> DbResult<Vec<(UserId, Choice)>> {
    let sql = "SELECT person_id, choice FROM ballot WHERE vote_id = $1 ORDER BY person_id";
    let rows = sqlx::query(sql).bind(vote).fetch_all(c).await?;
    let mut found = Vec::with_capacity(rows.len());
    for r in &rows {
        let choice: String = r.try_get("choice")?;
        let choice = Choice::parse(&choice).ok_or_else(|| sqlx::Error::Decode(format!("unknown choice {choice}").into()))?;
        found.push((UserId(r.try_get("person_id")?), choice));
    }
    Ok(found)
}

pub async fn cast(c: &mut AnyConnection, vote: &str, person: &str, choice: Choice, now: i64) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO ballot (vote_id, person_id, choice, cast_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (vote_id, person_id) DO UPDATE SET choice = excluded.choice, cast_at = excluded.cast_at",
    )
    .bind(vote)
    .bind(person)
    .bind(choice.as_str())
    .bind(now)
    .execute(c)
    .await?;
    Ok(())
}
