//! Lịch họp: meetings by day, and rooms by what they are taken for.
use super::meetings::MeetingRow;
use serde::{Deserialize, Serialize};

/// How much of the calendar is shown at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    #[default]
    Month,
    Week,
}

impl Span {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Week => "week",
        }
    }
    /// A month, if it is none of ours.
    pub fn parse(s: &str) -> Self {
        if s == "week" { Self::Week } else { Self::Month }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calendar {
    pub span: Span,
    /// `Tháng 11/2026`, `23/11 – 29/11/2026`: month and year, or first and last day.
    pub from: String,
    pub to: String,
    /// Days to ask with for what lies before, after, and for today: `2026-11-01`.
    pub before: String,
    pub after: String,
    pub today: String,
    /// Whole weeks, from Monday.
    pub days: Vec<Day>,
    /// Rooms with something on in these days, and those of the last year, by name.
    pub rooms: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Day {
    /// `2026-11-24`
    pub date: String,
    /// `24/11`
    pub text: String,
    /// From 0 for Monday.
    pub weekday: u8,
    pub today: bool,
    /// Belongs to the month before or after.
    pub outside: bool,
    pub slots: Vec<Slot>,
}

/// Something that is on in a room.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    /// `None` for a meeting that this person may not see: only that the room is taken is told.
    pub meeting: Option<MeetingRow>,
    pub room: String,
    /// `08:00–10:00`, on this day.
    pub time: String,
    /// Another one is on in the same room at this time.
    pub clash: bool,
}
