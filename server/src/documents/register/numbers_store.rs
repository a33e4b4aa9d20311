//! SQL of numbers that were taken from the register before a document has them.
use crate::db::DbResult;
use app::dto::numbers::HeldState;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

pub struct Row {
    pub id: String,
    pub year: i64,
    pub number: i64,
    pub suffix: String,
    pub state: HeldState,
    pub reason: String,
    pub whom: String,
    pub by: String,
    pub at: i64,
    pub document_id: Option<String>,
    pub ended_reason: String,
    pub ended_by: Option<String>,
    pub ended_at: Option<i64>,
}

fn row(r: &AnyRow) -> DbResult<Row> {
    let state: String = r.try_get("state")?;
    Ok(Row {
        id: r.try_get("id")?,
        year: r.try_get("year")?,
        number: r.try_get("number")?,
        suffix: r.try_get("suffix")?,
        state: HeldState::parse(&state).ok_or_else(|| sqlx::Error::Decode(format!("unknown state {state}").into()))?,
        reason: r.try_get("reason")?,
        whom: r.try_get("whom")?,
        by: r.try_get("by_name")?,
        at: r.try_get("at")?,
        document_id: r.try_get("document_id")?,
        ended_reason: r.try_get("ended_reason")?,
        ended_by: r.try_get("ended_by")?,
        ended_at: r.try_get("ended_at")?,
    })
}

pub async fn get(c: &mut AnyConnection, id: &str) -> DbResult<Option<Row>> {
    let found = sqlx::query("SELECT * FROM held_number WHERE id = $1")
        .bind(id)
        .fetch_optional(c)
        .await?;
    found.as_ref().map(row).transpose()
}

/// The latest first.
pub async fn of_year(c: &mut AnyConnection, year: i64) -> DbResult<Vec<Row>> {
    let sql = "SELECT * FROM held_number WHERE year = $1 ORDER BY number DESC, suffix DESC";
    sqlx::query(sql).bind(year).fetch_all(c).await?.iter().map(row).collect()
}

/// Number and letter of what was taken in one step.
pub async fn of_batch(c: &mut AnyConnection, batch: &str) -> DbResult<Vec<(i64, String)>> {
    let sql = "SELECT number, suffix FROM held_number WHERE batch = $1 ORDER BY number, suffix";
    let rows = sqlx::query(sql).bind(batch).fetch_all(c).await?;
    rows.iter().map(|r| Ok((r.try_get("number")?, r.try_get("suffix")?))).collect()
}

pub struct New<'a> {
    pub batch: &'a str,
    pub year: i64,
    pub number: i64,
    pub suffix: &'a str,
    pub reason: &'a str,
    pub whom: &'a str,
    pub by: &'a str,
}

pub async fn insert(c: &mut AnyConnection, n: &New<'_>, now: i64) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO held_number (id, batch, year, number, suffix, state, reason, whom, by_name, at) \
         VALUES ($1, $2, $3, $4, $5, 'held', $6, $7, $8, $9)",
    )
    .bind(uuid::Uuid::now_v7().to_string())
    .bind(n.batch)
    .bind(n.year)
    .bind(n.number)
    .bind(n.suffix)
    .bind(n.reason)
    .bind(n.whom)
    .bind(n.by)
    .bind(now)
    .execute(c)
    .await?;
    Ok(())
}

/// What becomes of a kept number.
pub struct End<'a> {
    pub state: HeldState,
    pub document_id: Option<&'a str>,
    pub reason: &'a str,
    pub by: &'a str,
}

/// False when it is no longer kept: of several who want it, one gets it.
pub async fn end(c: &mut AnyConnection, id: &str, end: &End<'_>, now: i64) -> DbResult<bool> {
    let sql = "UPDATE held_number SET state = $1, document_id = $2, ended_reason = $3, ended_by = $4, ended_at = $5 \
               WHERE id = $6 AND state = 'held'";
    let done = sqlx::query(sql)
        .bind(end.state.as_str())
        .bind(end.document_id)
        .bind(end.reason)
        .bind(end.by)
        .bind(now)
        .bind(id)
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps others from the outgoing register of a year until the commit, and says which number was given last.
pub async fn lock(c: &mut AnyConnection, year: i64) -> DbResult<i64> {
    let sql = "UPDATE register SET last = last WHERE book = 'outgoing' AND year = $1 RETURNING last";
    let found = sqlx::query(sql).bind(year).fetch_optional(c).await?;
    found.map_or(Ok(0), |r| r.try_get("last"))
}

/// The last letter that was put after a number.
pub async fn last_letter(c: &mut AnyConnection, year: i64, number: i64) -> DbResult<Option<String>> {
    let sql = "SELECT MAX(suffix) AS suffix FROM held_number WHERE year = $1 AND number = $2 AND suffix <> ''";
    let found = sqlx::query(sql).bind(year).bind(number).fetch_one(c).await?;
    found.try_get("suffix")
}

/// A year of the outgoing register in numbers.
pub struct Count {
    pub last: i64,
    /// Documents with a number of their own, and those whose number was put in between.
    pub issued: i64,
    pub between: i64,
    pub held: i64,
    pub cancelled: i64,
    /// Numbers without a letter that something accounts for.
    distinct: i64,
    accounted: i64,
}

impl Count {
    /// Each number up to the last is one document, or kept, or cancelled.
    pub fn whole(&self) -> bool {
        self.accounted == self.last && self.distinct == self.last
    }
}

/// What accounts for the numbers of a year, without those put in between.
const ACCOUNTED: &str = "SELECT number FROM document WHERE direction = 'outgoing' AND number_year = $1 AND number_suffix = '' \
    UNION ALL SELECT number FROM held_number WHERE year = $1 AND suffix = '' AND state <> 'used'";

pub async fn count(c: &mut AnyConnection, year: i64) -> DbResult<Count> {
    let sql = format!(
        "SELECT (SELECT last FROM register WHERE book = 'outgoing' AND year = $1) AS last, \
         (SELECT COUNT(*) FROM document WHERE direction = 'outgoing' AND number_year = $1 AND number_suffix = '') AS issued, \
         (SELECT COUNT(*) FROM document WHERE direction = 'outgoing' AND number_year = $1 AND number_suffix <> '') AS between_count, \
         (SELECT COUNT(*) FROM held_number WHERE year = $1 AND state = 'held') AS held, \
         (SELECT COUNT(*) FROM held_number WHERE year = $1 AND state = 'cancelled') AS cancelled, \
         COUNT(DISTINCT number) AS known, COUNT(number) AS accounted FROM ({ACCOUNTED}) a"
    );
    let r = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(year).fetch_one(c).await?;
    Ok(Count {
        last: r.try_get::<Option<i64>, _>("last")?.unwrap_or(0),
        issued: r.try_get("issued")?,
        between: r.try_get("between_count")?,
        held: r.try_get("held")?,
        cancelled: r.try_get("cancelled")?,
        distinct: r.try_get("known")?,
        accounted: r.try_get("accounted")?,
    })
}

/// The first hundred numbers that nothing, or more than one thing, accounts for.
pub async fn missing(c: &mut AnyConnection, year: i64, last: i64) -> DbResult<Vec<i64>> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(ACCOUNTED)).bind(year).fetch_all(c).await?;
    let mut times = std::collections::BTreeMap::<i64, usize>::new();
    for r in &rows {
        *times.entry(r.try_get("number")?).or_default() += 1;
    }
    let beyond = times.keys().copied().filter(|n| *n > last).collect::<Vec<_>>();
    let wrong = (1..=last).filter(|n| times.get(n) != Some(&1));
    Ok(wrong.chain(beyond).take(100).collect())
}
