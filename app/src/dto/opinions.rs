//! Phiếu lấy ý kiến: what is put to members in writing, outside a meeting.
use super::meetings::{Choice, Majority};
use super::{FileRef, When};
use crate::ids::{DocumentId, QuestionId, SheetId, UserId};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SheetState {
    /// being written, seen by its secretary alone
    Draft,
    /// đang lấy ý kiến
    Sent,
    /// đã kết thúc
    Closed,
    /// đã rút
    Withdrawn,
}

impl SheetState {
    pub const ALL: [Self; 4] = [Self::Draft, Self::Sent, Self::Closed, Self::Withdrawn];
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sent => "sent",
            Self::Closed => "closed",
            Self::Withdrawn => "withdrawn",
        }
    }
    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.as_str() == s)
    }
}

/// Why a person hears of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// It was sent to this person.
    Sent,
    /// It waits for this person's answer, and its deadline comes near or the secretary says so.
    Reminder,
    Extended,
    /// Somebody answered: for the secretary, and for the other devices of who did.
    Answered,
    Closed,
    Withdrawn,
}

/// What takes a matter through: more than half, or two thirds, of all who are asked.
pub const RULES: [Majority; 2] = [Majority::HalfAll, Majority::TwoThirdsAll];

/// What its secretary writes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SheetDraft {
    pub title: String,
    pub questions: Vec<String>,
    pub documents: Vec<DocumentId>,
    pub members: Vec<UserId>,
    /// `2026-11-30T17:00`, Vietnam time.
    pub deadline: String,
    /// One of [`RULES`].
    pub rule: Majority,
    /// Those asked see each other's answers before the end.
    pub open: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SheetRow {
    pub id: SheetId,
    pub title: String,
    pub state: SheetState,
    pub deadline: When,
    /// Minutes to the deadline when this was asked for; below 0 once it is over. `None` unless answers are awaited.
    pub left: Option<i64>,
    /// Full name.
    pub secretary: String,
    /// People.
    pub answered: u32,
    pub asked: u32,
    /// Whether this person is asked.
    pub mine: bool,
    /// When this person last answered.
    pub my_answer: Option<When>,
    /// When this person was last reminded.
    pub reminded: Option<When>,
    pub may_manage: bool,
}

impl SheetRow {
    /// It waits for this person.
    pub fn waits(&self) -> bool {
        self.state == SheetState::Sent && self.mine && self.my_answer.is_none()
    }
}

/// What one person says to one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Said {
    pub choice: Choice,
    pub words: String,
    pub at: When,
}

/// What is said to one question; all of a sheet are answered at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    pub question: QuestionId,
    pub choice: Choice,
    /// May be empty, except for [`Choice::Other`].
    pub words: String,
}

/// People.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    pub agree: u32,
    pub disagree: u32,
    pub other: u32,
    /// Không trả lời.
    pub silent: u32,
    /// How many must agree.
    pub needed: u32,
    /// Once it is closed.
    pub passed: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    pub id: QuestionId,
    /// From 1.
    pub position: u32,
    pub text: String,
    pub mine: Option<Said>,
    /// For those who may know the answers.
    pub tally: Option<Tally>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SheetDocument {
    /// Of its place on the sheet.
    pub id: String,
    pub document_id: DocumentId,
    pub title: String,
    pub number: Option<String>,
    pub file: FileRef,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    pub user_id: UserId,
    pub full_name: String,
    pub position: String,
    /// When they last answered, for those who may know; empty also where they did not.
    pub answered: Option<When>,
    /// When they were last reminded; for the secretary.
    pub reminded: Option<When>,
    /// In the order of the questions, for those who may know.
    pub said: Vec<Said>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SheetDetail {
    pub row: SheetRow,
    pub questions: Vec<Question>,
    pub documents: Vec<SheetDocument>,
    /// By name.
    pub members: Vec<Asked>,
    pub rule: Majority,
    pub open: bool,
    /// `2026-11-30T17:00`, Vietnam time: for the field of a form.
    pub deadline_local: String,
    /// Why it was withdrawn.
    pub reason: String,
    pub sent: Option<When>,
    pub ended: Option<When>,
    /// Full name; empty where the deadline ended it.
    pub ended_by: String,
    /// This person may answer, or change the answer, now.
    pub may_answer: bool,
    /// This person may know who said what.
    pub may_see_answers: bool,
    pub revision: i64,
    /// Live topic, and the last event contained in this.
    pub topic: String,
    pub topic_seq: u64,
}
