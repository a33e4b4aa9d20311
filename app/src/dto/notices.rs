//! What a person is told of by the bell.
use super::When;
use crate::ids::{DocumentId, MeetingId, NoticeId};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A part in processing a document was given.
    Assigned,
    /// A document is before this person to be signed.
    Submitted,
    /// An own draft came back.
    Returned,
    /// The deadline is today or tomorrow.
    Soon,
    /// The deadline is over.
    Late,
}

impl NoticeKind {
    pub const ALL: [NoticeKind; 5] = [
        NoticeKind::Assigned,
        NoticeKind::Submitted,
        NoticeKind::Returned,
        NoticeKind::Soon,
        NoticeKind::Late,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            NoticeKind::Assigned => "assigned",
            NoticeKind::Submitted => "submitted",
            NoticeKind::Returned => "returned",
            NoticeKind::Soon => "soon",
            NoticeKind::Late => "late",
        }
    }

    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == s)
    }
}

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    Incoming(DocumentId),
    Outgoing(DocumentId),
    /// A task that this meeting gave.
    Task(MeetingId),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub id: NoticeId,
    pub kind: NoticeKind,
    pub about: About,
    /// Abstract of the document, or what the task says.
    pub title: String,
    /// Số và ký hiệu, where it has one.
    pub number: String,
    /// `2026-11-30`, or empty.
    pub due_on: String,
    pub at: When,
    pub read: bool,
}

/// The latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Notices {
    pub notices: Vec<Notice>,
    /// Not read yet, older ones than are shown included.
    pub unread: u64,
}
