//! The server's clock, and dates as people in Vietnam read them.
use app::dto::When;
use app::dto::documents::Due;
use time::{OffsetDateTime, UtcOffset};

const VIETNAM: UtcOffset = match UtcOffset::from_hms(7, 0, 0) {
    Ok(offset) => offset,
    Err(_) => UtcOffset::UTC,
};

/// Microseconds since the Unix epoch, UTC.
pub fn now_us() -> i64 {
    i64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)
}

/// `us` in Vietnam's time zone (UTC+7, no summer time).
pub fn vietnam(us: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(us) * 1000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
        .to_offset(VIETNAM)
}

/// `24/11/2026 14:05`, Vietnam time.
pub fn when(us: i64) -> When {
    let t = vietnam(us);
    let text = format!(
        "{:02}/{:02}/{} {:02}:{:02}",
        t.day(),
        u8::from(t.month()),
        t.year(),
        t.hour(),
        t.minute()
    );
    When { us, text }
}

/// `2026-11-24`, Vietnam time.
pub fn day(us: i64) -> String {
    let t = vietnam(us);
    format!("{}-{:02}-{:02}", t.year(), u8::from(t.month()), t.day())
}

/// `2026/11/24 14:05:09`, Vietnam time, as edXML writes it.
pub fn stamp(us: i64) -> String {
    let t = vietnam(us);
    format!(
        "{}/{:02}/{:02} {:02}:{:02}:{:02}",
        t.year(),
        u8::from(t.month()),
        t.day(),
        t.hour(),
        t.minute(),
        t.second()
    )
}

/// Microseconds of `2026-11-24T14:00` meant in Vietnam time.
pub fn parse_local(text: &str) -> Option<i64> {
    let format = time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]");
    let t = time::PrimitiveDateTime::parse(text.get(..16)?, format).ok()?.assume_offset(VIETNAM);
    i64::try_from(t.unix_timestamp_nanos() / 1000).ok()
}

/// The other way round; `None` for what is no whole minute of the years that this can write.
pub fn local(us: i64) -> Option<String> {
    let t = vietnam(us);
    let text = format!("{}T{:02}:{:02}", day(us), t.hour(), t.minute());
    (parse_local(&text) == Some(us)).then_some(text)
}

/// Microseconds of the first moment of a day in Vietnam.
pub fn start_of(day: time::Date) -> i64 {
    let t = day.midnight().assume_offset(VIETNAM);
    i64::try_from(t.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)
}

/// A deadline as people see it: whole days left from today, below 0 late, none once it is met. `None` without a deadline.
pub fn due(day: &str, met: bool) -> Option<Due> {
    let end = parse_day(day)?;
    Some(Due {
        day: day.to_owned(),
        left: (!met).then(|| (end - vietnam(now_us()).date()).whole_days()),
    })
}

/// `2026-11-24`
pub fn parse_day(text: &str) -> Option<time::Date> {
    time::Date::parse(text, time::macros::format_description!("[year]-[month]-[day]")).ok()
}
