//! SQL of the figures. What a set holds is said here once, for its count and for its list alike.
use crate::clock::{day, parse_day, start_of};
use crate::db::DbResult;
use app::dto::documents::Direction;
use app::dto::figures::{Counted, SOON};
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

pub const DAY: i64 = 86_400_000_000;
const HOUR: i64 = 3_600_000_000;
/// Of Vietnam before UTC.
const AHEAD: i64 = 7 * HOUR;
const UNMARKED: &str = "NOT EXISTS (SELECT 1 FROM document_mark k WHERE k.document_id = document.id)";

/// Days, both included, that were read as days: nothing of them needs to be quoted.
#[derive(Debug, Clone, Copy)]
pub struct Days {
    pub from: time::Date,
    pub to: time::Date,
}

impl Days {
    pub fn parse(from: &str, to: &str) -> Option<Self> {
        Some(Self {
            from: parse_day(from)?,
            to: parse_day(to)?,
        })
    }

    fn arrived(self) -> String {
        let (from, to) = (start_of(self.from), start_of(self.to) + DAY);
        format!("arrived_at >= {from} AND arrived_at < {to} AND arrival_number IS NOT NULL")
    }

    fn done(self) -> String {
        format!("done_on >= '{}' AND done_on <= '{}'", self.from, self.to)
    }

    fn issued(self) -> String {
        let days = format!("issued_on >= '{}' AND issued_on <= '{}'", self.from, self.to);
        format!("direction = 'outgoing' AND {days} AND state IN ('issued','sent')")
    }
}

/// A set as a list asks for it.
pub struct Set {
    pub condition: String,
    /// So few that an index finds them all sooner than the newest of all documents are looked through for them.
    pub few: bool,
}

impl Set {
    pub fn new(counted: Counted, days: Days, now: i64) -> Self {
        Self {
            condition: condition(counted, days, now),
            few: !counted.over_time() || (days.to - days.from).whole_days() < 31,
        }
    }
}

/// What belongs to `counted` at `now`, over `days` where it is counted over a time.
fn condition(counted: Counted, days: Days, now: i64) -> String {
    let (today, last) = (day(now), day(now + SOON * DAY));
    let in_work = format!("direction = 'incoming' AND state IN ('assigned','processing') AND {UNMARKED}");
    let waits = |direction: &str, state: &str| format!("direction = '{direction}' AND state = '{state}' AND {UNMARKED}");
    match counted {
        Counted::ToTakeIn => waits("incoming", "arrived"),
        Counted::ToAssign => waits("incoming", "taken_in"),
        Counted::InWork => in_work,
        Counted::Late => format!("{in_work} AND due_on <> '' AND due_on < '{today}'"),
        Counted::Soon => format!("{in_work} AND due_on >= '{today}' AND due_on <= '{last}'"),
        Counted::ToSign => waits("outgoing", "submitted"),
        Counted::ToIssue => waits("outgoing", "signed"),
        Counted::ToSend => format!("{} AND meeting_id IS NULL", waits("outgoing", "issued")),
        Counted::Arrived => days.arrived(),
        Counted::Done => days.done(),
        Counted::InTime => format!("{} AND due_on <> '' AND done_on <= due_on", days.done()),
        Counted::DoneLate => format!("{} AND due_on <> '' AND done_on > due_on", days.done()),
        Counted::Issued => days.issued(),
        Counted::Signed => format!("{} AND signatures >= 2", days.issued()),
        Counted::Unsigned => format!("{} AND signatures < 2", days.issued()),
    }
}

/// Whose documents: those that a person leads or has drafted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    Body,
    Unit(String),
    Person(String),
}

impl Whose {
    /// The condition, with the place `$n` of what is bound in it.
    pub fn condition(&self, direction: Direction, n: usize) -> String {
        let owner = owner(direction);
        match self {
            Self::Body => "1=1".into(),
            Self::Unit(_) => format!("{owner} IN (SELECT id FROM person WHERE unit = ${n})"),
            Self::Person(_) => format!("{owner} = ${n}"),
        }
    }

    pub fn bound(&self) -> Option<&str> {
        match self {
            Self::Body => None,
            Self::Unit(text) | Self::Person(text) => Some(text),
        }
    }
}

fn owner(direction: Direction) -> &'static str {
    match direction {
        Direction::Incoming => "handler_id",
        Direction::Outgoing => "drafter_id",
    }
}

/// The unit of whose documents they are as the first column, or one empty text for all.
fn unit(direction: Direction, apart: bool) -> String {
    match apart {
        true => format!(
            "COALESCE((SELECT p.unit FROM person p WHERE p.id = document.{}), '') AS unit",
            owner(direction)
        ),
        false => "CAST('' AS TEXT) AS unit".into(),
    }
}

async fn rows(c: &mut AnyConnection, sql: String, whose: &Whose) -> DbResult<Vec<sqlx::any::AnyRow>> {
    let query = sqlx::query(AssertSqlSafe(sql));
    match whose.bound() {
        Some(text) => query.bind(text).fetch_all(c).await,
        None => query.fetch_all(c).await,
    }
}

/// Incoming documents that are not at their end: so many of the same state, person and deadline.
pub struct Open {
    pub state: String,
    pub handler: Option<String>,
    pub due_on: String,
    pub count: u64,
}

pub async fn open(c: &mut AnyConnection, whose: &Whose) -> DbResult<Vec<Open>> {
    let scope = whose.condition(Direction::Incoming, 1);
    let sql = format!(
        "SELECT state, handler_id, due_on, COUNT(*) AS n FROM document WHERE direction = 'incoming' \
         AND state IN ('arrived','taken_in','assigned','processing') AND {UNMARKED} AND {scope} GROUP BY state, handler_id, due_on"
    );
    let found = rows(c, sql, whose).await?;
    found
        .iter()
        .map(|r| {
            Ok(Open {
                state: r.try_get("state")?,
                handler: r.try_get("handler_id")?,
                due_on: r.try_get("due_on")?,
                count: count(r, "n")?,
            })
        })
        .collect()
}

/// Outgoing documents that somebody has to sign, number or send: state, leader, how many.
pub async fn outgoing(c: &mut AnyConnection, whose: &Whose) -> DbResult<Vec<(String, Option<String>, u64)>> {
    let scope = whose.condition(Direction::Outgoing, 1);
    let sql = format!(
        "SELECT state, leader_id, COUNT(*) AS n FROM document WHERE direction = 'outgoing' AND state IN ('submitted','signed','issued') \
         AND (state <> 'issued' OR meeting_id IS NULL) AND {UNMARKED} AND {scope} GROUP BY state, leader_id"
    );
    let found = rows(c, sql, whose).await?;
    found
        .iter()
        .map(|r| Ok((r.try_get("state")?, r.try_get("leader_id")?, count(r, "n")?)))
        .collect()
}

fn count(r: &sqlx::any::AnyRow, name: &str) -> DbResult<u64> {
    Ok(u64::try_from(r.try_get::<i64, _>(name)?).unwrap_or_default())
}

/// What happened on one day in one unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flow {
    pub unit: String,
    /// `2026-11-24`
    pub day: String,
    pub arrived: u64,
    pub issued: u64,
    pub signed: u64,
    pub done: u64,
    pub with_deadline: u64,
    pub in_time: u64,
}

/// A line for what happened on each day; the units apart from each other where `apart`.
pub async fn flows(c: &mut AnyConnection, whose: &Whose, days: Days, apart: bool) -> DbResult<Vec<Flow>> {
    let (came, went) = (unit(Direction::Incoming, apart), unit(Direction::Outgoing, apart));
    let (incoming, outgoing) = (whose.condition(Direction::Incoming, 1), whose.condition(Direction::Outgoing, 1));
    let mut all = Vec::new();
    let sql = format!(
        "SELECT {came}, (arrived_at + {AHEAD}) / {DAY} AS day, COUNT(*) AS n FROM document WHERE {} AND {incoming} GROUP BY 1, 2",
        days.arrived()
    );
    for r in &rows(c, sql, whose).await? {
        all.push(Flow {
            unit: r.try_get("unit")?,
            day: day(r.try_get::<i64, _>("day")? * DAY),
            arrived: count(r, "n")?,
            ..Flow::default()
        });
    }
    let sql = format!(
        "SELECT {came}, done_on AS day, COUNT(*) AS n, COUNT(CASE WHEN due_on <> '' THEN 1 END) AS due, \
         COUNT(CASE WHEN due_on <> '' AND done_on <= due_on THEN 1 END) AS met FROM document WHERE {} AND {incoming} GROUP BY 1, 2",
        days.done()
    );
    for r in &rows(c, sql, whose).await? {
        all.push(Flow {
            unit: r.try_get("unit")?,
            day: r.try_get("day")?,
            done: count(r, "n")?,
            with_deadline: count(r, "due")?,
            in_time: count(r, "met")?,
            ..Flow::default()
        });
    }
    let sql = format!(
        "SELECT {went}, issued_on AS day, COUNT(*) AS n, COUNT(CASE WHEN signatures >= 2 THEN 1 END) AS signed FROM document \
         WHERE {} AND {outgoing} GROUP BY 1, 2",
        days.issued()
    );
    for r in &rows(c, sql, whose).await? {
        all.push(Flow {
            unit: r.try_get("unit")?,
            day: r.try_get("day")?,
            issued: count(r, "n")?,
            signed: count(r, "signed")?,
            ..Flow::default()
        });
    }
    Ok(all)
}

/// How long what was finished in the time had taken: unit, day (empty unless `daily`), whole hours begun, how many.
pub async fn hours(
    c: &mut AnyConnection,
    whose: &Whose,
    days: Days,
    apart: bool,
    daily: bool,
) -> DbResult<Vec<(String, String, i64, u64)>> {
    let (unit, scope) = (unit(Direction::Incoming, apart), whose.condition(Direction::Incoming, 1));
    let day = if daily { "done_on" } else { "CAST('' AS TEXT)" };
    let sql = format!(
        "SELECT {unit}, {day} AS day, (done_at - arrived_at + {HOUR} - 1) / {HOUR} AS spent, COUNT(*) AS n FROM document \
         WHERE {} AND {scope} AND arrived_at IS NOT NULL GROUP BY 1, 2, 3",
        days.done()
    );
    let found = rows(c, sql, whose).await?;
    found
        .iter()
        .map(|r| Ok((r.try_get("unit")?, r.try_get("day")?, r.try_get("spent")?, count(r, "n")?)))
        .collect()
}

/// Work in hand of each unit: unit, deadline, how many.
pub async fn open_by_unit(c: &mut AnyConnection) -> DbResult<Vec<(String, String, u64)>> {
    let sql = format!(
        "SELECT {}, due_on, COUNT(*) AS n FROM document WHERE direction = 'incoming' AND state IN ('assigned','processing') \
         AND {UNMARKED} GROUP BY 1, 2",
        unit(Direction::Incoming, true)
    );
    let found = rows(c, sql, &Whose::Body).await?;
    found
        .iter()
        .map(|r| Ok((r.try_get("unit")?, r.try_get("due_on")?, count(r, "n")?)))
        .collect()
}

/// Units with somebody in them, by name.
pub async fn units(c: &mut AnyConnection) -> DbResult<Vec<String>> {
    let found = sqlx::query("SELECT DISTINCT unit FROM person WHERE unit <> '' AND active = 1 ORDER BY unit")
        .fetch_all(c)
        .await?;
    found.iter().map(|r| r.try_get("unit")).collect()
}

pub async fn unit_of(c: &mut AnyConnection, person: &str) -> DbResult<String> {
    let found = sqlx::query("SELECT unit FROM person WHERE id = $1")
        .bind(person)
        .fetch_one(c)
        .await?;
    found.try_get("unit")
}

/// Names and units of people.
pub async fn people(c: &mut AnyConnection, ids: &[&str]) -> DbResult<Vec<(String, String, String)>> {
    let mut all = Vec::new();
    for some in ids.chunks(400) {
        let places = (1..=some.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
        let mut query = sqlx::query(AssertSqlSafe(format!(
            "SELECT id, full_name, unit FROM person WHERE id IN ({places})"
        )));
        for id in some {
            query = query.bind(*id);
        }
        for r in &query.fetch_all(&mut *c).await? {
            all.push((r.try_get("id")?, r.try_get("full_name")?, r.try_get("unit")?));
        }
    }
    Ok(all)
}
