//! The figures as open data (docs/open-data.md): a line for the body and for each unit, of each day or month.
use super::store::{self, Days, Flow, Whose};
use super::{Service, WIDELY, period, spent};
use crate::actor::Actor;
use crate::clock::now_us;
use crate::documents::{Error, Result};
use std::collections::BTreeMap;

pub const COLUMNS: [&str; 12] = [
    "body_code",
    "level",
    "unit",
    "period",
    "arrived",
    "issued",
    "issued_signed",
    "done",
    "done_with_deadline",
    "done_in_time",
    "hours_median",
    "hours_p90",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Day,
    Month,
}

impl By {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "day" => Some(Self::Day),
            "month" => Some(Self::Month),
            _ => None,
        }
    }

    /// `2026-11-24` or `2026-11`.
    fn of(self, day: &str) -> String {
        let length = if self == Self::Day { 10 } else { 7 };
        day.chars().take(length).collect()
    }
}

/// Sums of one line, and how many took how many hours.
#[derive(Default)]
struct Line {
    flow: Flow,
    hours: BTreeMap<i64, u64>,
}

/// By period, the body before its units, these by name.
type Lines = BTreeMap<(String, bool, String), Line>;

impl Service {
    /// # Errors
    /// `identity.forbidden` for others than leaders, clerks and auditors; a field error for days that are none or too far apart.
    pub async fn open_data(&self, actor: &Actor, by: By, from: &str, to: &str) -> Result<Vec<u8>> {
        actor.require(&WIDELY)?;
        let days = period(from, to, now_us())?;
        let lines = self.lines(by, days).await?;
        self.written(&lines).map_err(|e| Error::Register(e.to_string()))
    }

    async fn lines(&self, by: By, days: Days) -> Result<Lines> {
        let mut tx = self.db.snapshot().await?;
        let flows = store::flows(&mut tx, &Whose::Body, days, true).await?;
        let hours = store::hours(&mut tx, &Whose::Body, days, true, true).await?;
        drop(tx);
        let mut all = Lines::new();
        for f in &flows {
            for key in [(by.of(&f.day), false, String::new()), (by.of(&f.day), true, f.unit.clone())] {
                let line = &mut all.entry(key).or_default().flow;
                line.arrived += f.arrived;
                line.issued += f.issued;
                line.signed += f.signed;
                line.done += f.done;
                line.with_deadline += f.with_deadline;
                line.in_time += f.in_time;
            }
        }
        for (unit, day, hours, n) in hours {
            for key in [(by.of(&day), false, String::new()), (by.of(&day), true, unit)] {
                *all.entry(key).or_default().hours.entry(hours).or_default() += n;
            }
        }
        Ok(all)
    }

    fn written(&self, lines: &Lines) -> std::result::Result<Vec<u8>, csv::Error> {
        let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        out.write_record(COLUMNS)?;
        for ((period, unit, name), line) in lines {
            let f = &line.flow;
            let spent = spent(line.hours.iter().map(|(hours, n)| (*hours, *n)));
            let hours = |get: fn(app::dto::figures::Spent) -> i64| spent.map(|s| get(s).to_string()).unwrap_or_default();
            let level = if *unit { "unit" } else { "body" };
            let counts = [f.arrived, f.issued, f.signed, f.done, f.with_deadline, f.in_time].map(|n| n.to_string());
            let ends = [hours(|s| s.median), hours(|s| s.ninth)];
            let head = [self.config.body_code.as_str(), level, name, period];
            out.write_record(head.into_iter().chain(counts.iter().chain(&ends).map(String::as_str)))?;
        }
        out.into_inner().map_err(|e| e.into_error().into())
    }
}
