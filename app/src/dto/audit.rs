//! The audit log (nhật ký), each entry chained to the one before.
use super::When;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// From 1, without gaps.
    pub seq: i64,
    pub at: When,
    pub actor: String,
    /// Stable name such as `document.signed`.
    pub action: String,
    pub subject_type: String,
    pub subject_id: String,
    /// What was done, for people: abstract, number, reason …
    pub summary: String,
    /// Hex SHA-256 of this entry, which contains the one before.
    pub hash: String,
    pub previous: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct AuditQuery {
    pub text: String,
    pub subject_id: String,
    pub action: String,
    /// From 1.
    pub page: u32,
}

/// Result of checking the chain from the first entry to the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainCheck {
    pub entries: u64,
    pub intact: bool,
    /// First entry that does not follow from the one before.
    pub broken_at: Option<i64>,
    /// Hash of the last entry: write it down elsewhere, and later checks can be held against it.
    pub head: String,
    pub checked: When,
}
