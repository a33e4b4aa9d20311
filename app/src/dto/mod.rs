//! Wire types of our own user interface. Never reused for REST, the axis or rows.
pub mod after;
pub mod audit;
pub mod authority;
pub mod axis;
pub mod calendar;
pub mod chat;
pub mod documents;
pub mod figures;
pub mod floor;
pub mod identity;
pub mod meetings;
pub mod notices;
pub mod numbers;
pub mod opinions;
pub mod seating;
pub mod verify;

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Rows in all, over every page.
    pub total: u64,
    /// Number of this page, from 1.
    pub page: u32,
    pub per_page: u32,
}

/// A moment for people: the server words it (Vietnam time), so that no clock or locale runs in a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct When {
    /// Microseconds since the Unix epoch, UTC.
    pub us: i64,
    /// `24/11/2026 14:05`, Vietnam time (UTC+7).
    pub text: String,
}

/// A rectangle on a page: points of 1/72 inch, origin at the lower left of the page as displayed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// From 1.
    pub page: u32,
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

/// A stored PDF as the screens need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// Lowercase hex SHA-256 of the bytes.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    pub pages: u32,
    /// Where this person may fetch it: `/files/...`; immutable, supports ranges.
    pub url: String,
}
