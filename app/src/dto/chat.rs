//! Nhắn thư ký: what a member writes to the meeting's secretary, and the answers.
use super::When;
use crate::ids::{MeetingId, UserId};
use serde::{Deserialize, Serialize};

/// One line of the exchange between the secretary and one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChatLine {
    /// UUID that the writing device gave.
    pub id: String,
    pub meeting: MeetingId,
    /// With whom the secretary exchanges words here.
    pub with: UserId,
    pub with_name: String,
    pub by_secretary: bool,
    pub text: String,
    pub at: When,
}
