//! What a new PIN must be.
use super::{Error, Result};

/// Characters.
pub const SHORTEST: usize = 6;
/// Bytes; longer ones are refused unread.
pub const LONGEST: usize = 200;

/// Refuses what is guessed first: too short, hardly any different characters, a row like 123456, a half said twice.
///
/// # Errors
/// [`Error::WeakPin`].
pub fn check_new(pin: &str, demonstration: bool) -> Result<()> {
    let signs: Vec<char> = pin.chars().collect();
    if pin.len() > LONGEST || signs.len() < SHORTEST {
        return Err(Error::WeakPin);
    }
    let distinct: std::collections::BTreeSet<_> = signs.iter().collect();
    let step = |w: &[char]| i64::from(u32::from(w[1])) - i64::from(u32::from(w[0]));
    // 9 to 0 goes on like 8 to 9.
    let row = |by: i64| signs.windows(2).all(|w| (step(w) - by).rem_euclid(10) == 0);
    let regular = (0..10).any(row);
    let half = signs.len() / 2;
    let twice = signs.len().is_multiple_of(2) && signs[..half] == signs[half..];
    let known = !demonstration && pin == crate::demo::people::PIN;
    if distinct.len() < 3 || regular || twice || known {
        return Err(Error::WeakPin);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_first_is_refused() {
        for weak in [
            "", "12345", "000000", "123456", "654321", "789012", "135791", "121212", "123123", "112211", "abcdef", "246810",
        ] {
            assert!(matches!(check_new(weak, false), Err(Error::WeakPin)), "{weak}");
        }
        assert!(check_new(&"a1b2c3".repeat(40), false).is_err());
        for good in ["804216", "mưa rơi", "590271"] {
            assert!(check_new(good, false).is_ok(), "{good}");
        }
    }

    #[test]
    fn the_demonstration_keeps_its_own() {
        assert!(check_new(crate::demo::people::PIN, true).is_ok());
    }
}
