//! Official documents: outgoing (văn bản đi) and incoming (văn bản đến).
use super::authority::SignChoice;
use super::figures::Counted;
use super::numbers::HeldChoice;
use super::{FileRef, Placement, When, identity::Body, identity::KeyInfo};
use crate::ids::{DocumentId, MessageId, UserId};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// văn bản đi
    Outgoing,
    /// văn bản đến
    Incoming,
}

impl Direction {
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Outgoing => "outgoing",
            Direction::Incoming => "incoming",
        }
    }
    pub fn parse(s: &str) -> Option<Self> {
        [Self::Outgoing, Self::Incoming].into_iter().find(|d| d.as_str() == s)
    }
}

/// Where a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// dự thảo
    Draft,
    /// đã trình
    Submitted,
    /// trả lại
    Returned,
    /// lãnh đạo đã ký, chờ cấp số
    Signed,
    /// đã ban hành (số, ngày, dấu)
    Issued,
    /// đã gửi
    Sent,
    /// đến, chờ văn thư tiếp nhận
    Arrived,
    /// từ chối tiếp nhận
    Refused,
    /// đã tiếp nhận, vào sổ
    TakenIn,
    /// đã phân công xử lý
    Assigned,
    /// đang xử lý
    Processing,
    /// đã xử lý xong
    Done,
}

impl State {
    pub const ALL: [State; 12] = [
        State::Draft,
        State::Submitted,
        State::Returned,
        State::Signed,
        State::Issued,
        State::Sent,
        State::Arrived,
        State::Refused,
        State::TakenIn,
        State::Assigned,
        State::Processing,
        State::Done,
    ];
    pub fn as_str(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Submitted => "submitted",
            State::Returned => "returned",
            State::Signed => "signed",
            State::Issued => "issued",
            State::Sent => "sent",
            State::Arrived => "arrived",
            State::Refused => "refused",
            State::TakenIn => "taken_in",
            State::Assigned => "assigned",
            State::Processing => "processing",
            State::Done => "done",
        }
    }
    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.as_str() == s)
    }
}

/// Độ khẩn; the number is the edXML `Priority`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    #[default]
    /// thường
    Normal,
    /// khẩn
    Urgent,
    /// thượng khẩn
    VeryUrgent,
    /// hỏa tốc
    Express,
}

impl Urgency {
    pub const ALL: [Urgency; 4] = [Urgency::Normal, Urgency::Urgent, Urgency::VeryUrgent, Urgency::Express];
    pub fn as_str(self) -> &'static str {
        match self {
            Urgency::Normal => "normal",
            Urgency::Urgent => "urgent",
            Urgency::VeryUrgent => "very_urgent",
            Urgency::Express => "express",
        }
    }
    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.as_str() == s)
    }
    /// edXML `Priority`, 0 to 3.
    pub fn priority(self) -> u8 {
        self as u8
    }
}

/// How an incoming document came when not over the axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// văn bản giấy, quét thành PDF
    Paper,
    /// thư điện tử
    Email,
    /// cách khác
    Other,
}

impl Channel {
    pub const ALL: [Channel; 3] = [Channel::Paper, Channel::Email, Channel::Other];
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Paper => "paper",
            Channel::Email => "email",
            Channel::Other => "other",
        }
    }
    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == s)
    }
}

/// What this person may do with this document now: decided by the server, drawn by the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Edit,
    ReplaceFile,
    Submit,
    Withdraw,
    Return,
    Sign,
    /// Cấp số, ghi ngày và đóng dấu.
    Issue,
    Send,
    TakeIn,
    Refuse,
    /// Phân công xử lý, or pass it on.
    Assign,
    /// Bắt đầu xử lý.
    Start,
    /// Hoàn thành.
    Finish,
    AttachToMeeting,
    Delete,
    /// Thu hồi what was sent.
    Recall,
    /// Đồng ý thu hồi: give back what its sender asks for.
    GiveBack,
    /// Từ chối thu hồi.
    KeepCopy,
    /// Thay thế, cập nhật: draft a new document that takes its place.
    Supersede,
}

/// What became of a document after it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// thu hồi
    Recalled,
    /// cập nhật: a new document has its place
    Updated,
    /// thay thế: a new document has its place
    Replaced,
}

impl MarkKind {
    pub const ALL: [MarkKind; 3] = [MarkKind::Recalled, MarkKind::Updated, MarkKind::Replaced];
    pub fn as_str(self) -> &'static str {
        match self {
            MarkKind::Recalled => "recalled",
            MarkKind::Updated => "updated",
            MarkKind::Replaced => "replaced",
        }
    }
    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == s)
    }
}

/// The mark with who set it, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub kind: MarkKind,
    pub reason: String,
    /// Person of this body, or the body that sent the document.
    pub by: String,
    pub at: When,
    /// The document that takes its place, where one does.
    pub successor: Option<Linked>,
}

/// The message that brought a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    pub message: MessageId,
    /// Who has signed it; None when nobody has.
    pub signed_by: Option<String>,
}

/// Its sender asks for a document back that was taken in already; a clerk answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedBack {
    pub reason: String,
    /// The body that sent it.
    pub by: String,
    pub at: When,
}

/// Another document, as this person may know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    /// None when this person may not see it; then its title is empty as well.
    pub id: Option<DocumentId>,
    /// Số và ký hiệu; empty until given.
    pub number: String,
    pub title: String,
}

/// What a document takes the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supersedes {
    pub document: Linked,
    pub kind: MarkKind,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct DocumentQuery {
    pub direction: Option<Direction>,
    pub state: Option<State>,
    /// Words in abstract, number, body or the PDF's text, accents and case ignored.
    pub text: String,
    /// From 1.
    pub page: u32,
    /// Only what waits for this person.
    pub mine: bool,
    /// Abbreviation of a kind; empty for all.
    #[serde(default)]
    pub kind: String,
    /// First and last day of the documents themselves, `2026-11-24`; each may be empty.
    #[serde(default)]
    pub from: String,
    #[serde(default)]
    pub to: String,
    /// Only what a figure counts; `from` and `to` are then the days that it is counted over.
    #[serde(default)]
    pub counted: Option<Counted>,
    /// Of a figure: only what people of that unit, or that person, lead or have drafted.
    #[serde(default)]
    pub unit: String,
    #[serde(default)]
    pub person: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentRow {
    pub id: DocumentId,
    pub direction: Direction,
    /// Abbreviation of the kind, such as `QĐ`; see `KINDS`.
    pub kind: String,
    /// Trích yếu.
    pub abstract_text: String,
    pub state: State,
    pub urgency: Urgency,
    /// Số và ký hiệu, such as `12/QĐ-UBND`, once given.
    pub number: Option<String>,
    /// Drafter (outgoing) or sending body (incoming).
    pub from: String,
    pub updated: When,
    /// Until when it is to be processed, when that was said.
    pub due: Option<Due>,
    /// True when it waits for the person who asks.
    pub waits_for_me: bool,
    /// What became of it after it was sent.
    pub mark: Option<MarkKind>,
    /// Where the words that were searched for stand in its PDF, when they are not in the fields above.
    #[serde(default)]
    pub excerpt: Vec<Piece>,
}

/// A part of an excerpt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub text: String,
    /// It is one of the words that were searched for.
    pub hit: bool,
}

/// Hạn xử lý.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// `2026-11-30`
    pub day: String,
    /// Whole days from today: 0 is today, below it is late. Nothing is late that is done.
    pub left: Option<i64>,
}

/// A person's part in processing an incoming document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// chủ trì
    Lead,
    /// phối hợp
    Support,
    /// để biết
    Inform,
}

impl Part {
    pub const ALL: [Part; 3] = [Part::Lead, Part::Support, Part::Inform];
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Lead => "lead",
            Part::Support => "support",
            Part::Inform => "inform",
        }
    }
    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.as_str() == s)
    }
}

/// Phân công: who is to do what with an incoming document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignWish {
    /// Chủ trì.
    pub lead: UserId,
    /// Phối hợp.
    pub support: Vec<UserId>,
    /// Để biết.
    pub inform: Vec<UserId>,
    /// `2026-11-30`, or empty for no deadline.
    pub due_on: String,
    /// Ý kiến chỉ đạo (bút phê).
    pub instruction: String,
}

/// A part that somebody was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    pub person: UserId,
    pub name: String,
    pub position: String,
    pub part: Part,
    pub instruction: String,
    pub by: String,
    pub given: When,
    /// False once the document was passed on.
    pub current: bool,
}

/// What became of a document at one receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiver {
    pub body: Body,
    /// `waiting` (not sent yet), `queued`, `retrying`, `accepted` (by the axis node), `delivered` (fetched by the receiver),
    /// `failed`, `undelivered` (ended), then the edXML codes `01`, `02`, `03` …
    pub status: String,
    /// The receiver's own words, such as the reason of a refusal.
    pub description: String,
    pub at: Option<When>,
    /// Everything heard, oldest first.
    pub trail: Vec<StatusEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusEntry {
    pub code: String,
    pub description: String,
    pub at: When,
    /// The message that says so, when it came by one.
    pub message: Option<MessageId>,
    /// Who has signed that message.
    pub signed_by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Version {
    pub number: u32,
    /// `uploaded`, `prepared`, `signed`, `issued`, `received` …
    pub what: String,
    pub by: String,
    pub at: When,
    pub file: FileRef,
}

/// A step in the document's history, from the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub action: String,
    pub by: String,
    pub at: When,
    /// Reason or remark that a person gave.
    pub remark: String,
}

/// The next free number of the register, and today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextNumber {
    /// `12/QĐ-UBND`
    pub number: String,
    /// `24/11/2026`
    pub date: String,
    /// What may be used instead of the next number.
    pub held: Vec<HeldChoice>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentDetail {
    pub row: DocumentRow,
    pub file: FileRef,
    /// Name of the file as uploaded.
    pub file_name: String,
    pub drafter: String,
    pub leader: Option<String>,
    pub leader_id: Option<UserId>,
    /// What stands over the leader's signature (`KT. CHỦ TỊCH`, `PHÓ CHỦ TỊCH`), and in whose place it was given.
    pub authority: Vec<String>,
    pub head: Option<String>,
    /// What this person may sign it as now, and whether also in their own name.
    pub sign_as: Vec<SignChoice>,
    pub signs_own: bool,
    /// Văn bản đi: who it is for. Văn bản đến: this body.
    pub receivers: Vec<Receiver>,
    /// Sending body of an incoming document.
    pub sender: Option<Body>,
    /// How it came when not over the axis.
    pub channel: Option<Channel>,
    /// Pages of what came, as the clerk counts them.
    pub said_pages: Option<u32>,
    /// The message that brought it.
    pub envelope: Option<Envelope>,
    /// `2026-11-24`; empty until issued.
    pub issued_on: String,
    /// Số đến.
    pub arrival_number: Option<String>,
    pub arrived: Option<When>,
    /// What became of it after it was sent: nothing more can be done with the copy.
    pub mark: Option<Mark>,
    /// Its sender asks for it back, and nobody has answered yet.
    pub asked_back: Option<AskedBack>,
    /// What it takes the place of, or will once it is sent.
    pub supersedes: Vec<Supersedes>,
    /// Why it was returned or refused, when it was.
    pub reason: Option<String>,
    /// Who was given which part in processing it, the latest first.
    pub assignments: Vec<Assignment>,
    pub versions: Vec<Version>,
    pub steps: Vec<Step>,
    pub actions: Vec<Action>,
    /// Boxes for number and date, reserved before the leader signs.
    pub number_box: Placement,
    pub date_box: Placement,
    /// A person has chosen the two boxes; otherwise they are where the decree's layout suggests.
    pub boxes_chosen: bool,
    /// The key that this person would sign or seal with now.
    pub key: Option<KeyInfo>,
    /// What the document would be issued with now, for those who may issue it; another clerk may be quicker.
    pub next_number: Option<NextNumber>,
    /// Where the leader's signature stands, once signed; the seal is offered over a third of it.
    pub signature_box: Option<Placement>,
    /// Row version for optimistic locking: sent back with every change.
    pub revision: i64,
    /// Live topic of this document.
    pub topic: String,
    /// Last number of that topic contained in this answer.
    pub topic_seq: u64,
}

/// A calendar feed of one's deadlines; its address is told once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedState {
    pub made: When,
    /// When a calendar last asked.
    pub asked: Option<When>,
}

/// A draft that its author has deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashedDraft {
    pub id: DocumentId,
    pub kind: String,
    pub abstract_text: String,
    pub deleted: When,
    /// From when on it is gone for good.
    pub ends: When,
}

/// What the drafter may change until submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftFields {
    pub kind: String,
    pub abstract_text: String,
    pub urgency: Urgency,
    /// Identifier codes of the receiving bodies.
    pub receivers: Vec<String>,
    pub leader_id: Option<UserId>,
    pub number_box: Option<Placement>,
    pub date_box: Option<Placement>,
}

/// The 29 kinds of administrative documents (Decree 30/2020, Art. 7): abbreviation (or a key where the law gives none) and Vietnamese name.
pub const KINDS: [(&str, &str); 29] = [
    ("NQ", "Nghị quyết"),
    ("QĐ", "Quyết định"),
    ("CT", "Chỉ thị"),
    ("QC", "Quy chế"),
    ("QyĐ", "Quy định"),
    ("TC", "Thông cáo"),
    ("TB", "Thông báo"),
    ("HD", "Hướng dẫn"),
    ("CTr", "Chương trình"),
    ("KH", "Kế hoạch"),
    ("PA", "Phương án"),
    ("ĐA", "Đề án"),
    ("DA", "Dự án"),
    ("BC", "Báo cáo"),
    ("BB", "Biên bản"),
    ("TTr", "Tờ trình"),
    ("HĐ", "Hợp đồng"),
    ("CV", "Công văn"),
    ("CĐ", "Công điện"),
    ("BGN", "Bản ghi nhớ"),
    ("BTT", "Bản thỏa thuận"),
    ("GUQ", "Giấy ủy quyền"),
    ("GM", "Giấy mời"),
    ("GGT", "Giấy giới thiệu"),
    ("GNP", "Giấy nghỉ phép"),
    ("PG", "Phiếu gửi"),
    ("PC", "Phiếu chuyển"),
    ("PB", "Phiếu báo"),
    ("TCg", "Thư công"),
];

/// Vietnamese name of a kind; the key itself where it is unknown.
pub fn kind_name(kind: &str) -> &str {
    KINDS.iter().find(|(k, _)| *k == kind).map_or(kind, |(_, name)| name)
}
