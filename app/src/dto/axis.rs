//! The link to the axis, as people follow it.
use super::When;
use crate::ids::MessageId;
use serde::{Deserialize, Serialize};

/// Health of this body's link to its axis node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkStatus {
    pub connected: bool,
    pub since: Option<When>,
    pub node: String,
    /// Messages accepted here that the node has not taken yet.
    pub waiting: u32,
    /// Messages given up after repeated failure; a person must look.
    pub failed: u32,
    pub last_error: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRow {
    pub id: MessageId,
    /// `document` or `status`.
    pub kind: String,
    /// `out` or `in`.
    pub way: String,
    /// Code and name of the other body.
    pub other: String,
    pub subject: String,
    /// `queued`, `accepted`, `delivered`, `refused`, `failed` (set aside for a person), `undelivered` (ended).
    pub state: String,
    pub attempts: u32,
    pub error: Option<String>,
    /// Who has signed what came in.
    pub signed_by: Option<String>,
    pub at: When,
}
