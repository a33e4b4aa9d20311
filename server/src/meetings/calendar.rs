//! Lịch họp: a month or a week of meetings and rooms.
use super::read::meeting;
use super::rules;
use super::store::{self, Row};
use super::{Result, Service};
use crate::actor::Actor;
use crate::clock::{day, now_us, parse_day, start_of, vietnam};
use app::dto::calendar::{Calendar, Day, Slot, Span};
use app::dto::identity::Role;
use app::dto::meetings::MeetingState;
use std::collections::{BTreeSet, HashSet};
use time::{Date, Duration};

/// How long a room stays known after its last meeting.
const REMEMBERED: Duration = Duration::days(365);

impl Service {
    /// The calendar around the day `at` (today, if it is no day): this person's meetings, and for a secretary when rooms are taken by
    /// others, without what for. `room` names one room; empty means all.
    pub async fn calendar(&self, actor: &Actor, span: Span, at: &str, room: &str) -> Result<Calendar> {
        let me = actor.user()?;
        let now = now_us();
        let today = vietnam(now).date();
        // Beyond these years nothing is planned, and adding days could fail.
        let at = parse_day(at).filter(|d| (2000..2200).contains(&d.year())).unwrap_or(today);
        let (first, last) = match span {
            Span::Month => (at.replace_day(1).unwrap_or(at), end_of_month(at)),
            Span::Week => (monday(at), monday(at) + Duration::days(6)),
        };
        let (from, to) = (monday(first), monday(last) + Duration::days(7));
        let mut tx = self.db.snapshot().await?;
        let within = (start_of(from), start_of(to));
        let mine = store::between(&mut tx, me.as_str(), &rules::visible_sql(actor), within).await?;
        let others = if actor.is(Role::Secretary) {
            store::between(&mut tx, me.as_str(), "$1 <> ''", within).await?
        } else {
            Vec::new()
        };
        let known = if actor.is(Role::Secretary) {
            store::rooms_since(&mut tx, start_of(today - REMEMBERED)).await?
        } else {
            Vec::new()
        };
        drop(tx);
        let seen: HashSet<&str> = mine.iter().map(|r| r.id.as_str()).collect();
        let others = others
            .iter()
            .filter(|r| takes_place(r) && !seen.contains(r.id.as_str()))
            .map(|r| (r, false));
        let mut all: Vec<(&Row, bool)> = mine.iter().map(|r| (r, true)).chain(others).collect();
        let names: BTreeSet<String> = all.iter().map(|(r, _)| r.room.clone()).chain(known).collect();
        let clashes = clashing(&all);
        all.retain(|(r, _)| room.is_empty() || r.room == room);
        let today_text = day(now);
        let days = (0..(to - from).whole_days()).map(|n| {
            let date = from + Duration::days(n);
            let (begins, ends) = (start_of(date), start_of(date + Duration::days(1)));
            let mut on: Vec<_> = all.iter().filter(|(r, _)| r.starts_at < ends && r.ends_at > begins).collect();
            on.sort_by_key(|(r, _)| (r.starts_at, r.ends_at));
            Day {
                date: date.to_string(),
                text: short(date),
                weekday: date.weekday().number_days_from_monday(),
                today: date == today,
                outside: span == Span::Month && date.month() != first.month(),
                slots: on
                    .into_iter()
                    .map(|(r, seen)| Slot {
                        meeting: seen.then(|| meeting(r, &today_text)),
                        room: r.room.clone(),
                        time: [hour(r.starts_at.max(begins), begins), hour(r.ends_at.min(ends), begins)].join("–"),
                        clash: clashes.contains(r.id.as_str()),
                    })
                    .collect(),
            }
        });
        Ok(Calendar {
            span,
            from: match span {
                Span::Month => format!("{:02}/{}", u8::from(first.month()), first.year()),
                Span::Week => short(first),
            },
            to: format!("{}/{}", short(last), last.year()),
            before: (first - Duration::days(1)).to_string(),
            after: (last + Duration::days(1)).to_string(),
            today: today_text.clone(),
            days: days.collect(),
            rooms: names.into_iter().filter(|n| !n.is_empty()).collect(),
        })
    }
}

fn takes_place(r: &Row) -> bool {
    r.state != MeetingState::Cancelled
}

/// Those that share their room with another one at some time.
fn clashing(all: &[(&Row, bool)]) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut by_room: Vec<&Row> = all.iter().map(|(r, _)| *r).filter(|r| takes_place(r)).collect();
    by_room.sort_by(|a, b| (&a.room, a.starts_at).cmp(&(&b.room, b.starts_at)));
    // The one of the room so far that ends last.
    let mut longest: Option<&Row> = None;
    for r in by_room {
        match longest.filter(|l| l.room == r.room) {
            Some(l) if l.ends_at > r.starts_at => {
                found.extend([l.id.clone(), r.id.clone()]);
                longest = Some(if r.ends_at > l.ends_at { r } else { l });
            }
            _ => longest = Some(r),
        }
    }
    found
}

fn monday(date: Date) -> Date {
    date - Duration::days(i64::from(date.weekday().number_days_from_monday()))
}

fn end_of_month(date: Date) -> Date {
    date.replace_day(date.month().length(date.year())).unwrap_or(date)
}

fn short(date: Date) -> String {
    format!("{:02}/{:02}", date.day(), u8::from(date.month()))
}

/// The hour of the day that begins at `begins`; its end is 24:00.
fn hour(us: i64, begins: i64) -> String {
    let minutes = (us - begins) / 60_000_000;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn weeks_begin_on_monday_and_months_end_on_their_last_day() {
        assert_eq!(monday(date!(2026 - 11 - 29)), date!(2026 - 11 - 23));
        assert_eq!(monday(date!(2026 - 11 - 23)), date!(2026 - 11 - 23));
        assert_eq!(end_of_month(date!(2028 - 02 - 03)), date!(2028 - 02 - 29));
    }

    #[test]
    fn an_hour_is_that_of_the_day_shown() {
        let begins = start_of(date!(2026 - 11 - 27));
        assert_eq!(hour(begins + 8 * 3_600_000_000 + 300_000_000, begins), "08:05");
        assert_eq!(hour(start_of(date!(2026 - 11 - 28)), begins), "24:00");
    }
}
