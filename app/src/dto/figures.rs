//! Tình hình xử lý văn bản: what waits, what is late, what came and went in a time.
use super::When;
use super::documents::Direction;
use crate::ids::UserId;
use serde::{Deserialize, Serialize};

/// A set of documents that a figure counts and a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Arrived, and waits to be taken in.
    ToTakeIn,
    /// Taken in, and given to nobody.
    ToAssign,
    /// Given to somebody and not finished.
    InWork,
    /// In work past its deadline.
    Late,
    /// In work, and its deadline is within [`SOON`] days.
    Soon,
    /// Before a leader.
    ToSign,
    /// Signed, without a number.
    ToIssue,
    /// Issued, not sent.
    ToSend,
    /// Came within the time and stands in the register.
    Arrived,
    /// Finished within the time.
    Done,
    /// Of these, those that had a deadline and met it.
    InTime,
    /// And those that did not.
    DoneLate,
    /// Issued within the time.
    Issued,
    /// Of these, those whose file carries the digital signatures of who signs and of the body.
    Signed,
    /// And those without.
    Unsigned,
}

/// Days ahead in which a deadline counts as near, today included as the first.
pub const SOON: i64 = 3;

impl Counted {
    pub const ALL: [Counted; 15] = [
        Counted::ToTakeIn,
        Counted::ToAssign,
        Counted::InWork,
        Counted::Late,
        Counted::Soon,
        Counted::ToSign,
        Counted::ToIssue,
        Counted::ToSend,
        Counted::Arrived,
        Counted::Done,
        Counted::InTime,
        Counted::DoneLate,
        Counted::Issued,
        Counted::Signed,
        Counted::Unsigned,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Counted::ToTakeIn => "to_take_in",
            Counted::ToAssign => "to_assign",
            Counted::InWork => "in_work",
            Counted::Late => "late",
            Counted::Soon => "soon",
            Counted::ToSign => "to_sign",
            Counted::ToIssue => "to_issue",
            Counted::ToSend => "to_send",
            Counted::Arrived => "arrived",
            Counted::Done => "done",
            Counted::InTime => "in_time",
            Counted::DoneLate => "done_late",
            Counted::Issued => "issued",
            Counted::Signed => "signed",
            Counted::Unsigned => "unsigned",
        }
    }

    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == s)
    }

    pub fn direction(self) -> Direction {
        match self {
            Counted::ToSign | Counted::ToIssue | Counted::ToSend | Counted::Issued | Counted::Signed | Counted::Unsigned => {
                Direction::Outgoing
            }
            _ => Direction::Incoming,
        }
    }

    /// Whether it is counted over a time; otherwise as it stands now.
    pub fn over_time(self) -> bool {
        use Counted::{Arrived, Done, DoneLate, InTime, Issued, Signed, Unsigned};
        matches!(self, Arrived | Done | InTime | DoneLate | Issued | Signed | Unsigned)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct FiguresQuery {
    /// Empty: all that this person may be told of.
    #[serde(default)]
    pub unit: String,
    /// First and last day, `2026-11-24`; empty: from the first of this month until today.
    #[serde(default)]
    pub from: String,
    #[serde(default)]
    pub to: String,
}

/// Of whom the figures are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Body,
    Unit,
    Own,
}

impl Scope {
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Body => "body",
            Scope::Unit => "unit",
            Scope::Own => "own",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    pub counted: Counted,
    pub count: u64,
    /// The list shows this person exactly these.
    pub listed: bool,
}

/// What one person has to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonFigures {
    pub person: UserId,
    pub name: String,
    pub unit: String,
    pub in_work: u64,
    pub late: u64,
    pub soon: u64,
    /// Days since the oldest deadline that was missed; 0 without one.
    pub longest_late: i64,
    pub to_sign: u64,
}

/// What happened on a day, or in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Step {
    /// `2026-11-24` or `2026-11`.
    pub period: String,
    pub arrived: u64,
    pub done: u64,
    pub issued: u64,
}

/// From arrival to the end of processing, in whole hours begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    pub median: i64,
    /// Nine of ten took no longer.
    pub ninth: i64,
}

/// Work in hand by what is left of its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Bands {
    /// Late by more than a week, by up to a week, due today, within [`SOON`] days, later, without a deadline.
    pub long_late: u64,
    pub late: u64,
    pub today: u64,
    pub soon: u64,
    pub later: u64,
    pub open: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub scope: Scope,
    /// Empty but for [`Scope::Unit`].
    pub unit: String,
    /// Who asks.
    pub me: UserId,
    /// Units that may be chosen.
    pub units: Vec<String>,
    pub from: String,
    pub to: String,
    /// When it was counted.
    pub at: When,
    /// One for each of [`Counted::ALL`], in that order.
    pub figures: Vec<Figure>,
    pub bands: Bands,
    pub longest_late: i64,
    /// `None` where nothing was finished.
    pub spent: Option<Spent>,
    pub people: Vec<PersonFigures>,
    pub steps: Vec<Step>,
}

impl Figures {
    pub fn count(&self, counted: Counted) -> u64 {
        self.figures.iter().find(|f| f.counted == counted).map_or(0, |f| f.count)
    }

    /// Nothing at all to be told.
    pub fn is_empty(&self) -> bool {
        self.figures.iter().all(|f| f.count == 0)
    }
}

/// `part` of `whole` in tenths of a percent, rounded down so that only all is 100 %; `None` of nothing.
pub fn share(part: u64, whole: u64) -> Option<u64> {
    (whole > 0).then(|| part.min(whole) * 1000 / whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_whole_only_when_all_are_counted() {
        assert_eq!(share(0, 0), None);
        assert_eq!([share(2, 3), share(1999, 2000), share(3, 3)], [Some(666), Some(999), Some(1000)]);
    }

    #[test]
    fn names_are_read_back() {
        for counted in Counted::ALL {
            assert_eq!(Counted::parse(counted.as_str()), Some(counted));
        }
    }
}
