//! Spans of time as people write them in a configuration.
use std::time::Duration;

/// What a message may take to its receiver, unless something else is set.
pub const UNDELIVERED_AFTER: Duration = Duration::from_secs(3 * 86_400);

/// How long a deleted draft can be taken out of the trash, unless something else is set.
pub const TRASH_KEPT: Duration = Duration::from_secs(30 * 86_400);

/// `3d`, `12h`, `30m` or `45s`; nothing else, and not nothing.
pub fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "d" => 86_400,
        "h" => 3600,
        "m" => 60,
        "s" => 1,
        _ => return None,
    };
    let number: u32 = number.trim_end().parse().ok().filter(|n| *n > 0)?;
    Some(Duration::from_secs(u64::from(number) * seconds))
}

/// In the largest unit that fits, in both languages: `3 ngày`, `3 days`.
pub fn words(span: Duration) -> (String, String) {
    let seconds = span.as_secs();
    let units = [(86_400, "ngày", "days"), (3600, "giờ", "hours"), (60, "phút", "minutes")];
    let fits = units.into_iter().find(|(n, ..)| seconds >= *n && seconds.is_multiple_of(*n));
    let (unit, vi, en) = fits.unwrap_or((1, "giây", "seconds"));
    let n = seconds / unit;
    (format!("{n} {vi}"), format!("{n} {en}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_said_in_their_unit() {
        let seconds = |text: &str| parse(text).map(|d| d.as_secs());
        assert_eq!(seconds("3d"), Some(259_200));
        assert_eq!(seconds(" 12 h "), Some(43_200));
        assert_eq!(seconds("45s"), Some(45));
        for wrong in ["", "d", "3", "0d", "-1d", "1.5h", "3 ngày", "é"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
        assert_eq!(words(UNDELIVERED_AFTER).0, "3 ngày");
        assert_eq!(words(Duration::from_secs(90)), ("90 giây".to_owned(), "90 seconds".to_owned()));
    }
}
