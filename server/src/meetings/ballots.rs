//! SQL of votes and ballots.
use crate::db::DbResult;
use app::dto::meetings::{Choice, Majority, Motion};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

/// A vote as stored, counted.
pub struct VoteRow {
    pub id: String,
    pub meeting_id: String,
    pub item_id: Option<String>,
    pub question: String,
    pub majority: Majority,
    pub open: bool,
    /// Voting members present: now while it is open, at its closing afterwards.
    pub eligible: i64,
    /// All voting members, likewise.
    pub entitled: i64,
    pub agree: i64,
    pub disagree: i64,
    pub other: i64,
    pub mine: Option<Choice>,
}

fn row(r: &AnyRow) -> DbResult<VoteRow> {
    let majority: String = r.try_get("majority")?;
    let mine: Option<String> = r.try_get("mine")?;
    Ok(VoteRow {
        id: r.try_get("id")?,
        meeting_id: r.try_get("meeting_id")?,
        item_id: r.try_get("item_id")?,
        question: r.try_get("question")?,
        majority: Majority::parse(&majority).ok_or_else(|| sqlx::Error::Decode(format!("unknown majority {majority}").into()))?,
        open: r.try_get::<Option<i64>, _>("closed_at")?.is_none(),
        eligible: r.try_get("eligible")?,
        entitled: r.try_get("entitled")?,
        agree: r.try_get("agree")?,
        disagree: r.try_get("disagree")?,
        other: r.try_get("other")?,
        mine: mine.as_deref().and_then(Choice::parse),
    })
}

/// `$1` is the person whose own ballot is told.
const SELECT: &str = "SELECT v.id, v.meeting_id, v.item_id, v.question, v.majority, v.closed_at, \
    COALESCE(v.eligible, (SELECT COUNT(*) FROM meeting_member m WHERE m.meeting_id = v.meeting_id AND m.part <> 'secretary' \
    AND m.checked_in_at IS NOT NULL)) AS eligible, \
    COALESCE(v.entitled, (SELECT COUNT(*) FROM meeting_member m WHERE m.meeting_id = v.meeting_id AND m.part <> 'secretary')) AS entitled, \
    (SELECT COUNT(*) FROM ballot b WHERE b.vote_id = v.id AND b.choice = 'agree') AS agree, \
    (SELECT COUNT(*) FROM ballot b WHERE b.vote_id = v.id AND b.choice = 'disagree') AS disagree, \
    (SELECT COUNT(*) FROM ballot b WHERE b.vote_id = v.id AND b.choice = 'other') AS other, \
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
        "INSERT INTO vote (id, meeting_id, item_id, question, majority, opened_at, closed_at, eligible, entitled) \
         VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL, NULL)",
    )
    .bind(id)
    .bind(meeting)
    .bind(motion.item.clone().map(|i| i.0))
    .bind(&motion.question)
    .bind(motion.majority.as_str())
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
