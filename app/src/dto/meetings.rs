//! Paperless meetings.
use super::after::{Absent, Conclusion};
use super::floor::{Clock, Floor};
use super::seating::Seating;
use super::{FileRef, When};
use crate::ids::{AttachmentId, DocumentId, ItemId, MeetingId, UserId, VoteId};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeetingState {
    /// being prepared, seen by its secretary only
    Preparing,
    /// published to those invited
    Published,
    /// đang họp
    Open,
    /// đã kết thúc
    Closed,
    /// đã hủy: it does not take place
    Cancelled,
}

impl MeetingState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Published => "published",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }
    /// Nothing changes any more.
    pub fn over(self) -> bool {
        matches!(self, Self::Closed | Self::Cancelled)
    }
    pub fn parse(s: &str) -> Option<Self> {
        [Self::Preparing, Self::Published, Self::Open, Self::Closed, Self::Cancelled]
            .into_iter()
            .find(|d| d.as_str() == s)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeetingRow {
    pub id: MeetingId,
    pub title: String,
    pub room: String,
    pub starts: When,
    pub ends: When,
    pub state: MeetingState,
    pub chair: String,
    pub today: bool,
    /// Why it does not take place.
    #[serde(default)]
    pub reason: String,
    /// How often its name, place or time was changed.
    #[serde(default)]
    pub revision: u32,
}

/// Another name, place or time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeetingChange {
    pub title: String,
    pub room: String,
    /// Local time of Vietnam, `2026-11-24T14:00`.
    pub starts: String,
    pub ends: String,
}

/// What is to be looked at before a meeting is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// It lies ahead.
    Time,
    /// The room is free.
    Room,
    /// Somebody beside chair and secretary is invited.
    Members,
    /// Nobody is at another meeting then.
    People,
    /// There is an agenda.
    Agenda,
    /// Every item has somebody who presents it.
    Presenters,
    /// Every item has a document.
    Documents,
    /// The agenda fits into the time.
    Length,
}

impl Check {
    pub const ALL: [Self; 8] = [
        Self::Time,
        Self::Room,
        Self::Members,
        Self::People,
        Self::Agenda,
        Self::Presenters,
        Self::Documents,
        Self::Length,
    ];
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Room => "room",
            Self::Members => "members",
            Self::People => "people",
            Self::Agenda => "agenda",
            Self::Presenters => "presenters",
            Self::Documents => "documents",
            Self::Length => "length",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckLine {
    pub check: Check,
    pub fine: bool,
    /// Items, people or times that it is not fine for.
    pub about: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    pub user_id: UserId,
    pub full_name: String,
    pub position: String,
    /// `chair`, `secretary`, `member`, or `delegated` for who sends somebody else.
    pub part: String,
    pub checked_in: Option<When>,
    /// To the invitation: empty, `accepted`, `declined` or `delegated`.
    #[serde(default)]
    pub answer: String,
    /// Full name of whom this person stands for; empty for nobody.
    #[serde(default)]
    pub stands_for: String,
}

impl Member {
    /// The secretary records votes and casts none; who sends another has given the vote to them.
    pub fn votes(&self) -> bool {
        self.part != "secretary" && self.part != "delegated"
    }
}

/// What an invited person says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Accept,
    Decline {
        reason: String,
    },
    /// Ủy quyền: the other person gets exactly this one's place.
    Delegate {
        to: UserId,
        reason: String,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    pub id: AttachmentId,
    pub item_id: ItemId,
    pub document_id: Option<DocumentId>,
    pub title: String,
    pub number: Option<String>,
    pub file: FileRef,
    pub attached: When,
    pub attached_by: String,
    /// Thu hồi: when it goes from every device at the latest. Empty for what members keep.
    #[serde(default)]
    pub expires: Option<When>,
    /// For whom beside chair and secretary; `None`: for whoever sees the meeting. Only who prepares it is told the names; for the others
    /// the list is empty.
    #[serde(default)]
    pub readers: Option<Vec<UserId>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgendaItem {
    pub id: ItemId,
    /// From 1.
    pub position: u32,
    pub title: String,
    pub presenter: String,
    pub minutes: u32,
    /// Time spent on it; its limit is `minutes`.
    #[serde(default)]
    pub clock: Clock,
    #[serde(default)]
    pub conclusion: Conclusion,
    pub documents: Vec<Attachment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// tán thành
    Agree,
    /// không tán thành
    Disagree,
    /// ý kiến khác
    Other,
}

impl Choice {
    pub const ALL: [Choice; 3] = [Choice::Agree, Choice::Disagree, Choice::Other];
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Disagree => "disagree",
            Self::Other => "other",
        }
    }
    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.as_str() == s)
    }
}

/// What it takes to carry a motion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Majority {
    /// quá nửa số phiếu
    Cast,
    /// quá nửa số đại biểu có mặt
    #[default]
    HalfPresent,
    /// quá nửa tổng số đại biểu
    HalfAll,
    /// ít nhất hai phần ba số đại biểu có mặt
    TwoThirdsPresent,
    /// ít nhất hai phần ba tổng số đại biểu
    TwoThirdsAll,
}

impl Majority {
    pub const ALL: [Self; 5] = [
        Self::HalfPresent,
        Self::HalfAll,
        Self::TwoThirdsPresent,
        Self::TwoThirdsAll,
        Self::Cast,
    ];
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cast => "cast",
            Self::HalfPresent => "half_present",
            Self::HalfAll => "half_all",
            Self::TwoThirdsPresent => "two_thirds_present",
            Self::TwoThirdsAll => "two_thirds_all",
        }
    }
    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.as_str() == s)
    }
}

/// How a vote is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoteForm {
    /// biểu quyết công khai
    #[default]
    Open,
    /// bỏ phiếu kín
    Secret,
}

impl VoteForm {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Secret => "secret",
        }
    }
    pub fn parse(s: &str) -> Option<Self> {
        [Self::Open, Self::Secret].into_iter().find(|f| f.as_str() == s)
    }
}

/// A ballot of a secret vote, as it lies in the urn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretBallot {
    pub choice: Choice,
    /// 16 random bytes of the voter in lowercase hex.
    pub receipt: String,
    /// 32 random bytes in lowercase hex that go before what is signed.
    pub prefix: String,
    /// base64url
    pub signature: String,
}

/// All of a closed secret vote that it takes to count it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublishedBallots {
    pub vote: VoteId,
    pub question: String,
    /// Public key of this vote: modulus in base64url.
    pub modulus: String,
    pub exponent: u32,
    /// Full names of those who drew a ballot.
    pub voters: Vec<String>,
    /// Hex SHA-256 over the hashes of the ballots; the audit log has it too.
    pub digest: String,
    pub ballots: Vec<SecretBallot>,
}

/// A question to be put to the vote.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Motion {
    pub item: Option<ItemId>,
    pub question: String,
    pub majority: Majority,
    #[serde(default)]
    pub form: VoteForm,
}

/// A vote: its question, its count, and this person's part in it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Vote {
    pub id: VoteId,
    pub item_id: Option<ItemId>,
    pub question: String,
    pub majority: Majority,
    pub form: VoteForm,
    /// Public key of a secret vote: modulus in base64url.
    pub key: Option<String>,
    pub open: bool,
    /// Ballots cast. Of a secret vote what they say is told at its closing only.
    pub ballots: u32,
    pub agree: u32,
    pub disagree: u32,
    pub other: u32,
    /// Voting members present; of a closed vote those at its closing.
    pub eligible: u32,
    /// All members with a vote, present or not.
    pub entitled: u32,
    /// How many must agree.
    pub needed: u32,
    /// This person's own ballot. Filled in answers to a person, never in events.
    pub mine: Option<Choice>,
    /// Of a secret vote: whether this person drew a ballot. Filled in like `mine`.
    pub drawn: bool,
    /// Whether as many agreed as were needed; `None` while it is open.
    pub passed: Option<bool>,
}

impl Vote {
    pub fn count(&self, choice: Choice) -> u32 {
        match choice {
            Choice::Agree => self.agree,
            Choice::Disagree => self.disagree,
            Choice::Other => self.other,
        }
    }

    /// What the majority is of: the whole of the chart.
    pub fn base(&self) -> u32 {
        match self.majority {
            Majority::Cast => self.ballots,
            Majority::HalfPresent | Majority::TwoThirdsPresent => self.eligible,
            Majority::HalfAll | Majority::TwoThirdsAll => self.entitled,
        }
    }
}

/// Whose page of which document the others see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Presenting {
    pub user_id: UserId,
    pub full_name: String,
    pub attachment: AttachmentId,
    /// From 1.
    pub page: u32,
}

/// Where the presenter points (con trỏ trình chiếu).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pointer {
    pub attachment: AttachmentId,
    /// From 1.
    pub page: u32,
    /// From the left edge of the page as it is displayed, in ten-thousandths of its width.
    pub x: u16,
    /// From its upper edge, in ten-thousandths of its height.
    pub y: u16,
}

/// The whole state of a meeting for one person: the snapshot that events then change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeetingDetail {
    pub row: MeetingRow,
    pub members: Vec<Member>,
    pub items: Vec<AgendaItem>,
    pub current_item: Option<ItemId>,
    pub votes: Vec<Vote>,
    pub floor: Floor,
    #[serde(default)]
    pub quorum_rule: QuorumRule,
    /// Checking in takes the code that is shown in the room.
    #[serde(default)]
    pub by_code: bool,
    /// The body has tablets in its rooms: a code of one's own is of use.
    #[serde(default)]
    pub tablets: bool,
    #[serde(default)]
    pub seating: Seating,
    pub presenting: Option<Presenting>,
    /// `chair`, `secretary`, `member`, or empty for those who only watch (auditor).
    pub my_part: String,
    /// For the secretary alone: who is not coming, and why.
    #[serde(default)]
    pub absent: Vec<Absent>,
    pub may_manage: bool,
    pub topic: String,
    /// Last number of the topic contained in this answer.
    pub topic_seq: u64,
    /// Number of the last event of this person's own topic (`user:…`), which tells of documents that are not for all.
    pub own_seq: u64,
}

/// How many must be there to decide; each meeting has its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuorumRule {
    /// ít nhất hai phần ba tổng số: as sittings of people's committees need
    #[default]
    TwoThirdsAll,
    /// quá nửa tổng số
    HalfAll,
    /// không quy định
    None,
}

impl QuorumRule {
    pub const ALL: [Self; 3] = [Self::TwoThirdsAll, Self::HalfAll, Self::None];
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TwoThirdsAll => "two_thirds_all",
            Self::HalfAll => "half_all",
            Self::None => "none",
        }
    }
    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == s)
    }
    /// Of so many with a vote.
    pub fn needed(self, all: usize) -> usize {
        match self {
            Self::TwoThirdsAll => (all * 2).div_ceil(3),
            Self::HalfAll => all / 2 + 1,
            Self::None => usize::from(all > 0),
        }
    }
}

/// What is taken already at the time of a planned meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// A person's full name; empty for the room itself.
    pub who: String,
    pub from: When,
    pub to: When,
}

/// Whether enough are there to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quorum {
    /// Members with a vote who have checked in.
    pub present: usize,
    /// How many it takes by the meeting's rule.
    pub needed: usize,
}

impl Quorum {
    pub fn reached(self) -> bool {
        self.needed > 0 && self.present >= self.needed
    }
}

impl MeetingDetail {
    pub fn is_present(&self, person: &UserId) -> bool {
        self.members.iter().any(|m| m.user_id == *person && m.checked_in.is_some())
    }

    /// The secretary does not count.
    pub fn quorum(&self) -> Quorum {
        let voting = || self.members.iter().filter(|m| m.votes());
        Quorum {
            present: voting().filter(|m| m.checked_in.is_some()).count(),
            needed: self.quorum_rule.needed(voting().count()),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeetingDraft {
    pub title: String,
    pub room: String,
    /// `2026-11-24T14:00`, Vietnam time.
    pub starts: String,
    pub ends: String,
    pub chair_id: UserId,
    pub members: Vec<UserId>,
}

/// Mã ngồi máy phòng họp: eight digits with which a member sits down at a tablet of the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatCode {
    pub user_id: UserId,
    pub full_name: String,
    pub position: String,
    pub code: String,
}
