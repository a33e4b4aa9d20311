//! Who speaks, who waits for the floor, and the clocks that everybody sees alike.
use super::When;
use crate::ids::{SpeechId, UserId};
use serde::{Deserialize, Serialize};

const SECOND: i64 = 1_000_000;

/// A clock that runs, stands, or has not begun. With the server's time everybody reads the same from it, so that nothing
/// ticks over the wire. Moments and spans are microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Clock {
    /// Seconds that are planned; 0 for no limit.
    pub limit: u32,
    /// What had passed until `since`.
    pub spent: i64,
    /// Since when it runs (Unix epoch, UTC); `None` while it stands.
    pub since: Option<i64>,
}

impl Clock {
    pub fn started(self, now: i64) -> Self {
        Self {
            since: self.since.or(Some(now)),
            ..self
        }
    }

    pub fn paused(self, now: i64) -> Self {
        Self {
            spent: self.spent_at(now),
            since: None,
            ..self
        }
    }

    /// Back to zero, running or standing as it was.
    pub fn reset(self, now: i64) -> Self {
        Self {
            spent: 0,
            since: self.since.map(|_| now),
            ..self
        }
    }

    /// A moment before `since` counts as `since`: clocks of devices differ.
    pub fn spent_at(self, now: i64) -> i64 {
        let running = self.since.map_or(0, |since| now.saturating_sub(since).max(0));
        self.spent.saturating_add(running)
    }

    pub fn running(self) -> bool {
        self.since.is_some()
    }

    /// Whole seconds left, rounded up; negative once the time is over; `None` without a limit.
    pub fn left_at(self, now: i64) -> Option<i64> {
        let left = i64::from(self.limit) * SECOND - self.spent_at(now);
        (self.limit > 0).then(|| -(-left).div_euclid(SECOND))
    }
}

/// What is done with a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockStep {
    Start,
    Pause,
    Reset,
}

impl ClockStep {
    pub fn apply(self, clock: Clock, now: i64) -> Clock {
        match self {
            Self::Start => clock.started(now),
            Self::Pause => clock.paused(now),
            Self::Reset => clock.reset(now),
        }
    }
}

/// Somebody who waits for the floor or has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Speech {
    pub id: SpeechId,
    pub user_id: UserId,
    pub full_name: String,
    pub position: String,
    pub asked: When,
    /// Has had the floor on this item before.
    pub again: bool,
    pub clock: Clock,
}

/// The floor of the item under discussion.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Floor {
    pub speaking: Option<Speech>,
    /// In the order in which they are to speak.
    pub waiting: Vec<Speech>,
}

impl Floor {
    /// This person's request and its number in the queue, from 1.
    pub fn place_of(&self, person: &UserId) -> Option<(usize, &Speech)> {
        self.waiting
            .iter()
            .position(|s| s.user_id == *person)
            .map(|at| (at + 1, &self.waiting[at]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_counts_only_while_it_runs() {
        let clock = Clock {
            limit: 60,
            ..Clock::default()
        };
        assert_eq!(clock.left_at(5 * SECOND), Some(60));
        let clock = clock.started(10 * SECOND);
        assert_eq!(clock.started(20 * SECOND), clock, "started already");
        assert_eq!(clock.left_at(30 * SECOND), Some(40));
        assert_eq!(clock.left_at(30 * SECOND + 1), Some(40), "rounded up");
        assert_eq!(clock.left_at(0), Some(60), "a device's clock may be behind");
        let clock = clock.paused(30 * SECOND);
        assert_eq!(clock.left_at(99 * SECOND), Some(40));
        let clock = clock.started(100 * SECOND);
        assert_eq!(clock.left_at(145 * SECOND), Some(-5));
        assert_eq!(clock.reset(150 * SECOND).left_at(151 * SECOND), Some(59));
        assert_eq!(clock.paused(150 * SECOND).reset(150 * SECOND).left_at(999 * SECOND), Some(60));
    }

    #[test]
    fn without_a_limit_a_clock_counts_up() {
        let clock = Clock::default().started(SECOND);
        assert_eq!(clock.left_at(9 * SECOND), None);
        assert_eq!(clock.spent_at(9 * SECOND), 8 * SECOND);
    }
}
