//! Sơ đồ chỗ ngồi: who sits where.
use crate::ids::UserId;
use serde::{Deserialize, Serialize};

/// A hall of rows and columns, seen from the chair's table; the first row is the one in front. No rows: no map.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seating {
    pub rows: u32,
    pub columns: u32,
    pub taken: Vec<Seat>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// From 1, in front.
    pub row: u32,
    /// From 1, at the left.
    pub column: u32,
    pub user_id: UserId,
}

impl Seating {
    /// Rows and columns at most.
    pub const MOST: u32 = 30;

    pub fn at(&self, row: u32, column: u32) -> Option<&UserId> {
        let seat = self.taken.iter().find(|s| s.row == row && s.column == column);
        seat.map(|s| &s.user_id)
    }

    /// Row and column of a person.
    pub fn of(&self, person: &UserId) -> Option<(u32, u32)> {
        let seat = self.taken.iter().find(|s| s.user_id == *person);
        seat.map(|s| (s.row, s.column))
    }
}
