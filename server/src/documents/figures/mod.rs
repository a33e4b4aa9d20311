//! Tình hình xử lý văn bản: what waits and is late, what came and went, how long it took. For screens, programs, Prometheus and as
//! open data, all from the same counts.
pub mod gauges;
pub mod http;
mod open_data;
pub mod store;

use super::{Error, Result, Service};
use crate::actor::Actor;
use crate::clock::{day, now_us, parse_day, vietnam, when};
use crate::identity::error::Error as IdentityError;
use app::dto::documents::Direction;
use app::dto::figures::{Bands, Counted, Figure, Figures, FiguresQuery, PersonFigures, SOON, Scope, Spent, Step};
use app::dto::identity::Role;
use app::ids::UserId;
use std::collections::{BTreeMap, HashMap};
use store::{DAY, Days, Flow, Open, Whose};

/// Days that are counted at a time.
const LONGEST: i64 = 366;
/// So many days are shown one by one, longer times by months.
const DAILY: i64 = 62;
/// Those who are told of the whole body.
const WIDELY: [Role; 3] = [Role::Leader, Role::Clerk, Role::Auditor];

impl Service {
    /// # Errors
    /// `identity.forbidden` for a unit that this person does not head; a field error for days that are none or lie too far apart.
    pub async fn figures(&self, actor: &Actor, query: &FiguresQuery) -> Result<Figures> {
        actor.user()?;
        let now = now_us();
        let days = period(&query.from, &query.to, now)?;
        let mut tx = self.db.snapshot().await?;
        let units = self.units_for(&mut tx, actor).await?;
        let whose = whose(actor, &query.unit, &units)?;
        let open = store::open(&mut tx, &whose).await?;
        let outgoing = store::outgoing(&mut tx, &whose).await?;
        let flows = store::flows(&mut tx, &whose, days, false).await?;
        let hours = store::hours(&mut tx, &whose, days, false, false).await?;
        let today = day(now);
        let mut people = by_person(&open, &outgoing, now);
        let ids: Vec<&str> = people.keys().map(String::as_str).collect();
        let names = store::people(&mut tx, &ids).await?;
        drop(tx);
        for (id, name, unit) in names {
            if let Some(line) = people.get_mut(&id) {
                (line.name, line.unit) = (name, unit);
            }
        }
        let mut people: Vec<PersonFigures> = people.into_values().collect();
        people.sort_by(|a, b| (b.late, b.in_work + b.to_sign, &a.name).cmp(&(a.late, a.in_work + a.to_sign, &b.name)));
        let counts = counts(&open, &outgoing, &flows, now);
        let figures = Counted::ALL.into_iter().map(|counted| Figure {
            counted,
            count: counts.get(&counted).copied().unwrap_or_default(),
            listed: listed(actor, &whose, counted),
        });
        Ok(Figures {
            scope: match &whose {
                Whose::Body => Scope::Body,
                Whose::Unit(_) => Scope::Unit,
                Whose::Person(_) => Scope::Own,
            },
            unit: match &whose {
                Whose::Unit(unit) => unit.clone(),
                _ => String::new(),
            },
            me: actor.user()?.clone(),
            units,
            from: days.from.to_string(),
            to: days.to.to_string(),
            at: when(now),
            figures: figures.collect(),
            bands: bands(&open, now),
            longest_late: open
                .iter()
                .filter(|o| in_work(o))
                .map(|o| late(&o.due_on, &today))
                .max()
                .unwrap_or(0),
            spent: spent(hours.into_iter().map(|(_, _, hours, n)| (hours, n))),
            people,
            steps: steps(&flows, days),
        })
    }

    /// Units whose figures this person may be told.
    async fn units_for(&self, c: &mut sqlx::AnyConnection, actor: &Actor) -> Result<Vec<String>> {
        if WIDELY.into_iter().any(|r| actor.is(r)) {
            return Ok(store::units(c).await?);
        }
        if !actor.is(Role::Head) {
            return Ok(Vec::new());
        }
        let unit = store::unit_of(c, actor.id()).await?;
        Ok(if unit.is_empty() { Vec::new() } else { vec![unit] })
    }
}

/// Leaders, clerks and auditors the body or any of its units; heads their own; others what is theirs.
fn whose(actor: &Actor, unit: &str, units: &[String]) -> Result<Whose> {
    let widely = WIDELY.into_iter().any(|r| actor.is(r));
    match (unit, units.first()) {
        ("", _) if widely => Ok(Whose::Body),
        ("", Some(own)) => Ok(Whose::Unit(own.clone())),
        ("", None) => Ok(Whose::Person(actor.id().to_owned())),
        (unit, _) if units.iter().any(|u| u == unit) => Ok(Whose::Unit(unit.to_owned())),
        _ if widely => Err(Error::Field("unit")),
        _ => Err(IdentityError::Forbidden.into()),
    }
}

/// The days of a question; those that are not said are of this month.
fn period(from: &str, to: &str, now: i64) -> Result<Days> {
    let today = vietnam(now).date();
    let read = |text: &str, field: &'static str| match text {
        "" => Ok(None),
        text => parse_day(text).map(Some).ok_or(Error::Field(field)),
    };
    let (from, to) = (read(from, "from")?, read(to, "to")?);
    let to = to.unwrap_or_else(|| from.map_or(today, |from| from.max(today)));
    let from = from.unwrap_or_else(|| to.replace_day(1).unwrap_or(to));
    if !(0..LONGEST).contains(&(to - from).whole_days()) {
        return Err(Error::Field("to"));
    }
    Ok(Days { from, to })
}

/// Whether the list shows this person exactly what is counted. The rules of the list are in `rules`.
fn listed(actor: &Actor, whose: &Whose, counted: Counted) -> bool {
    let any = |roles: &[Role]| roles.iter().any(|r| actor.is(*r));
    let all = match counted {
        Counted::ToTakeIn => any(&[Role::Clerk, Role::Auditor]),
        Counted::ToSign => any(&[Role::Auditor]),
        _ if counted.direction() == Direction::Outgoing => any(&[Role::Clerk, Role::Auditor]),
        _ => any(&WIDELY),
    };
    let unit = actor.is(Role::Head) && !matches!(counted, Counted::ToTakeIn | Counted::ToAssign | Counted::ToSign | Counted::ToIssue);
    match whose {
        Whose::Person(_) => true,
        Whose::Unit(_) => all || unit,
        Whose::Body => all,
    }
}

fn in_work(open: &Open) -> bool {
    matches!(open.state.as_str(), "assigned" | "processing")
}

/// Days since a deadline; 0 while there is time, and without one.
fn late(due_on: &str, today: &str) -> i64 {
    match (parse_day(due_on), parse_day(today)) {
        (Some(due), Some(today)) => (today - due).whole_days().max(0),
        _ => 0,
    }
}

fn soon(due_on: &str, now: i64) -> bool {
    !due_on.is_empty() && due_on >= day(now).as_str() && due_on <= day(now + SOON * DAY).as_str()
}

type Outgoing = (String, Option<String>, u64);

fn counts(open: &[Open], outgoing: &[Outgoing], flows: &[Flow], now: i64) -> HashMap<Counted, u64> {
    let mut all = HashMap::new();
    let mut add = |counted: Counted, n: u64| *all.entry(counted).or_default() += n;
    let today = day(now);
    for o in open {
        match o.state.as_str() {
            "arrived" => add(Counted::ToTakeIn, o.count),
            "taken_in" => add(Counted::ToAssign, o.count),
            _ => {
                add(Counted::InWork, o.count);
                if late(&o.due_on, &today) > 0 {
                    add(Counted::Late, o.count);
                } else if soon(&o.due_on, now) {
                    add(Counted::Soon, o.count);
                }
            }
        }
    }
    for (state, _, n) in outgoing {
        let counted = match state.as_str() {
            "submitted" => Counted::ToSign,
            "signed" => Counted::ToIssue,
            _ => Counted::ToSend,
        };
        add(counted, *n);
    }
    for f in flows {
        add(Counted::Arrived, f.arrived);
        add(Counted::Done, f.done);
        add(Counted::InTime, f.in_time);
        add(Counted::DoneLate, f.with_deadline - f.in_time);
        add(Counted::Issued, f.issued);
        add(Counted::Signed, f.signed);
        add(Counted::Unsigned, f.issued - f.signed);
    }
    all
}

fn bands(open: &[Open], now: i64) -> Bands {
    let today = day(now);
    let mut all = Bands::default();
    for o in open.iter().filter(|o| in_work(o)) {
        let band = match late(&o.due_on, &today) {
            8.. => &mut all.long_late,
            1.. => &mut all.late,
            _ if o.due_on.is_empty() => &mut all.open,
            _ if o.due_on == today => &mut all.today,
            _ if soon(&o.due_on, now) => &mut all.soon,
            _ => &mut all.later,
        };
        *band += o.count;
    }
    all
}

/// What each has to do; names are not known here.
fn by_person(open: &[Open], outgoing: &[Outgoing], now: i64) -> BTreeMap<String, PersonFigures> {
    let mut all: BTreeMap<String, PersonFigures> = BTreeMap::new();
    let mut line = |id: &str, enter: &dyn Fn(&mut PersonFigures)| {
        enter(all.entry(id.to_owned()).or_insert_with(|| PersonFigures {
            person: UserId(id.to_owned()),
            name: String::new(),
            unit: String::new(),
            in_work: 0,
            late: 0,
            soon: 0,
            longest_late: 0,
            to_sign: 0,
        }));
    };
    let today = day(now);
    for o in open.iter().filter(|o| in_work(o)) {
        let Some(id) = &o.handler else { continue };
        let days = late(&o.due_on, &today);
        line(id, &|p| {
            p.in_work += o.count;
            p.longest_late = p.longest_late.max(days);
            if days > 0 {
                p.late += o.count;
            } else if soon(&o.due_on, now) {
                p.soon += o.count;
            }
        });
    }
    for (state, leader, n) in outgoing {
        if let (Some(id), "submitted") = (leader, state.as_str()) {
            line(id, &|p| p.to_sign += n);
        }
    }
    all
}

/// Median and ninth tenth of durations that so many had.
fn spent(hours: impl Iterator<Item = (i64, u64)>) -> Option<Spent> {
    let mut all: Vec<(i64, u64)> = hours.collect();
    all.sort_unstable();
    let whole: u64 = all.iter().map(|(_, n)| n).sum();
    let at = |rank: u64| {
        let mut seen = 0;
        let found = all.iter().find(|(_, n)| {
            seen += n;
            seen >= rank
        });
        found.map(|(hours, _)| *hours)
    };
    Some(Spent {
        median: at(whole.div_ceil(2).max(1))?,
        ninth: at((whole * 9).div_ceil(10).max(1))?,
    })
}

/// Each day of the time, or each month of a long one, also where nothing happened.
fn steps(flows: &[Flow], days: Days) -> Vec<Step> {
    let length = if (days.to - days.from).whole_days() < DAILY { 10 } else { 7 };
    let mut all: BTreeMap<String, Step> = BTreeMap::new();
    let mut at = Some(days.from);
    while let Some(day) = at.filter(|day| *day <= days.to) {
        let period = day.to_string().chars().take(length).collect::<String>();
        all.entry(period.clone()).or_insert_with(|| Step { period, ..Step::default() });
        at = day.next_day();
    }
    for f in flows {
        if let Some(step) = f.day.get(..length).and_then(|period| all.get_mut(period)) {
            step.arrived += f.arrived;
            step.done += f.done;
            step.issued += f.issued;
        }
    }
    all.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_and_ninth_tenth_are_of_those_that_were_counted() {
        assert_eq!(spent(std::iter::empty()), None);
        let of = |all: &[(i64, u64)]| spent(all.iter().copied()).map(|s| (s.median, s.ninth));
        assert_eq!(of(&[(5, 1)]), Some((5, 5)));
        assert_eq!(of(&[(90, 1), (1, 5), (2, 4)]), Some((1, 2)));
        assert_eq!(of(&[(1, 4), (2, 4), (100, 2)]), Some((2, 100)));
    }

    #[test]
    fn a_time_has_a_first_and_a_last_day_and_an_end() {
        let now = 1_795_676_400_000_000; // 2026-11-26 14:00 in Vietnam
        let days = |from: &str, to: &str| period(from, to, now).map(|d| (d.from.to_string(), d.to.to_string())).ok();
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(days("", ""), pair("2026-11-01", "2026-11-26"));
        assert_eq!(days("", "2026-02-10"), pair("2026-02-01", "2026-02-10"));
        assert_eq!(days("2026-10-05", ""), pair("2026-10-05", "2026-11-26"));
        assert_eq!(days("2026-01-01", "2026-12-31"), pair("2026-01-01", "2026-12-31"));
        assert_eq!(days("2025-01-01", "2026-12-31"), None);
        assert_eq!(days("2026-02-01", "2026-01-31"), None);
        assert_eq!(days("hôm qua", ""), None);
    }
}
