//! What comes out of a meeting: conclusions, and the tasks given in them.
use super::When;
use super::documents::Due;
use crate::ids::{ItemId, MeetingId, TaskId, UserId};
use serde::{Deserialize, Serialize};

/// Kết luận of one item of the agenda.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Conclusion {
    /// Empty as long as nothing was concluded.
    pub text: String,
    pub tasks: Vec<Task>,
}

/// Nhiệm vụ: who is to do what until when, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    pub id: TaskId,
    pub item_id: ItemId,
    pub text: String,
    pub owner_id: UserId,
    /// Full name.
    pub owner: String,
    pub due: Option<Due>,
    /// When it was reported as done.
    pub done: Option<When>,
    /// What came of it; empty until then.
    pub result: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskDraft {
    pub text: String,
    pub owner_id: UserId,
    /// `2026-11-30`, or empty for no deadline.
    pub due_on: String,
}

/// A task of the person who asks, with where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MyTask {
    pub task: Task,
    /// Title of the meeting.
    pub meeting: String,
    /// Its page, for those who may see it.
    pub meeting_id: Option<MeetingId>,
}
