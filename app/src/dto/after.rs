//! What comes out of a meeting: conclusions, and the tasks given in them.
use super::When;
use super::documents::{Due, State};
use super::identity::Body;
use crate::ids::{DocumentId, ItemId, MeetingId, TaskId, UserId};
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

/// A part of the minutes, as its secretary writes it: paragraphs by line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    pub heading: String,
    pub text: String,
}

/// Whoever was invited and did not check in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Absent {
    pub user_id: UserId,
    pub full_name: String,
    pub position: String,
    /// Empty when none was given.
    pub reason: String,
}

/// Ý kiến góp ý on the circulated minutes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Remark {
    pub by: String,
    pub at: When,
    pub text: String,
}

/// The document that the minutes became.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filed {
    pub id: DocumentId,
    pub state: State,
    /// Số và ký hiệu, once given.
    pub number: Option<String>,
    /// Why the chair returned it.
    pub reason: Option<String>,
    /// Whether this person may see it there.
    pub open: bool,
}

/// Giấy mời to bodies outside.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Outside {
    /// Those it was last drafted for.
    pub receivers: Vec<Body>,
    /// The document, once drafted.
    pub filed: Option<Filed>,
}

/// Biên bản, as far as they are written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Written {
    pub sections: Vec<Section>,
    pub revision: i64,
    pub edited: When,
    pub edited_by: String,
    /// When the members were shown them.
    pub circulated: Option<When>,
    pub remarks: Vec<Remark>,
    pub filed: Option<Filed>,
    /// As they would look on paper now.
    pub preview: String,
}

/// What a person sees of a meeting's minutes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Minutes {
    /// Title of the meeting.
    pub meeting: String,
    pub closed: bool,
    /// Empty before there are any, and before they were circulated for all but chair and secretary.
    pub written: Option<Written>,
    /// For the secretary alone.
    pub absent: Vec<Absent>,
    pub may_write: bool,
    pub may_remark: bool,
    /// Topic of the meeting.
    pub topic: String,
}
