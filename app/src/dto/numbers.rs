//! Numbers of the outgoing register that were taken before a document has them: kept, put in between, cancelled.
use super::When;
use super::documents::Linked;
use crate::ids::NumberId;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldState {
    /// đang giữ
    Held,
    /// đã dùng
    Used,
    /// đã hủy
    Cancelled,
}

impl HeldState {
    pub const ALL: [HeldState; 3] = [HeldState::Held, HeldState::Used, HeldState::Cancelled];
    pub fn as_str(self) -> &'static str {
        match self {
            HeldState::Held => "held",
            HeldState::Used => "used",
            HeldState::Cancelled => "cancelled",
        }
    }
    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.as_str() == s)
    }
}

/// A number with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldNumber {
    pub id: NumberId,
    /// `12`, or `12a` when it was put in between.
    pub number: String,
    pub state: HeldState,
    /// Why it was taken, for which unit or person, by whom.
    pub reason: String,
    pub whom: String,
    pub by: String,
    pub at: When,
    /// Since it is no longer kept: by whom, and when.
    pub ended: Option<(String, When)>,
    /// Why it was cancelled.
    pub ended_reason: String,
    /// What was issued under it.
    pub document: Option<Linked>,
}

/// A year of the outgoing register, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberBook {
    pub year: i64,
    /// The last number given; 0 for none.
    pub last: i64,
    /// Documents with a number of their own, and those with one put in between.
    pub issued: i64,
    pub between: i64,
    pub held: i64,
    pub cancelled: i64,
    /// Numbers up to the last that nothing accounts for. Empty: the register has no gap.
    pub missing: Vec<i64>,
    /// The latest first.
    pub numbers: Vec<HeldNumber>,
    /// True for those who may take and cancel numbers.
    pub keeps: bool,
    /// True when new numbers are taken from this year.
    pub current: bool,
}

/// Numbers to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct HoldWish {
    /// The next so many; 1 when `after` is given.
    pub count: u32,
    /// One between this number and the next: `12a` after 12.
    pub after: Option<i64>,
    pub reason: String,
    pub whom: String,
    /// A word by which the same wish is known when it is sent again; may be empty.
    #[serde(default)]
    pub once: String,
}

/// A number that a document may be issued under instead of the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldChoice {
    pub id: NumberId,
    /// As the document would carry it: `12a/QĐ-UBND`.
    pub number: String,
    pub whom: String,
    pub reason: String,
}
