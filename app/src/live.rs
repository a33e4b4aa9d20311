//! Frames of the WebSocket `/live`: JSON text, one frame a message. See docs/live-protocol.md.
//!
//! Topics: `meeting:{id}`, `document:{id}`, `opinion:{id}`, `user:{id}` (what concerns one person), `desk:outgoing` and
//! `desk:incoming` (lists of the clerk's desk). A client names each topic with the last number it has and gets
//! what it missed, in order, or `Reset` when that is no longer kept (then it fetches the snapshot again).
use crate::dto::When;
use crate::dto::after::Conclusion;
use crate::dto::chat::ChatLine;
use crate::dto::documents::{Receiver, State};
use crate::dto::floor::{Clock, Floor};
use crate::dto::meetings::{AgendaItem, Attachment, MeetingRow, MeetingState, Member, Pointer, Presenting, QuorumRule, Vote};
use crate::dto::opinions::{News, SheetState};
use crate::dto::seating::Seating;
use crate::ids::{AttachmentId, DocumentId, ItemId, MeetingId, SheetId, TaskId, UserId, VoteId};
use serde::{Deserialize, Serialize};

/// Highest version of these frames that this build speaks.
///
/// 2: `point`.
pub const PROTOCOL: u32 = 2;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ClientFrame {
    /// Follow a topic; `after` is the last number that the client has (0: none yet).
    Follow {
        topic: String,
        after: u64,
    },
    Unfollow {
        topic: String,
    },
    /// Answered with `Pong`; lets a client notice a dead link.
    Ping {
        n: u64,
    },
    /// Where the one who presents in this topic points; `None`: nowhere any more. Of anybody else it is passed over. From protocol 2 on.
    Point {
        topic: String,
        at: Option<Pointer>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "one at a time, on its way to or from text")]
pub enum ServerFrame {
    Hello {
        protocol: u32,
        server: String,
        /// The server's clock: microseconds since the Unix epoch, UTC.
        #[serde(default)]
        us: i64,
    },
    /// All that was missed has been sent; what follows is live.
    Following { topic: String, seq: u64 },
    /// Event `seq` of `topic`. Numbers of a topic rise by one each; none is left out.
    Event { topic: String, seq: u64, event: LiveEvent },
    /// How something stands just now. Has no number and is not kept: of several of one kind only the latest may come.
    Passing { topic: String, event: LiveEvent },
    /// What was missed is no longer kept: fetch the snapshot, then follow from its number.
    Reset { topic: String, seq: u64 },
    /// The topic is not for this person, or does not exist: the two are not told apart.
    Denied { topic: String },
    Pong {
        n: u64,
        /// The server's clock, as in `hello`.
        #[serde(default)]
        us: i64,
    },
    /// The session has ended (signed out, expired, closed by an administrator).
    Bye { reason: String },
}

/// What happened. An event carries the change itself, so that nobody needs to fetch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "e", rename_all = "snake_case")]
pub enum LiveEvent {
    MeetingState {
        state: MeetingState,
    },
    CurrentItem {
        item: Option<ItemId>,
    },
    ItemAdded {
        item: AgendaItem,
    },
    ItemsOrdered {
        order: Vec<ItemId>,
    },
    ItemRemoved {
        item: ItemId,
    },
    Attached {
        attachment: Attachment,
    },
    Detached {
        attachment: AttachmentId,
    },
    CheckedIn {
        member: Member,
    },
    /// A member came to the list, answered the invitation, or sends somebody else.
    MemberChanged {
        member: Member,
    },
    MemberRemoved {
        user: UserId,
    },
    /// How many must be there to decide.
    QuorumRule {
        rule: QuorumRule,
    },
    /// Whether checking in takes the code that is shown in the room.
    CheckInRule {
        by_code: bool,
    },
    /// The hall, and who sits where.
    Seated {
        seating: Seating,
    },
    /// Somebody asked for the floor, got it, gave it back, or its clock was stopped.
    FloorChanged {
        floor: Floor,
    },
    ItemClock {
        item: ItemId,
        clock: Clock,
    },
    /// What was concluded on an item, or a task of it, has changed.
    Concluded {
        item: ItemId,
        conclusion: Conclusion,
    },
    /// A task was given to this person, changed, done or taken back. In the topic `user:{id}`.
    TaskChanged {
        id: TaskId,
        text: String,
        done: bool,
    },
    /// The circulated minutes were changed, remarked on, or signed: what they say now is to be asked for.
    MinutesChanged,
    /// A member wrote to the secretary, or was answered. In the topics `user:{id}` of these two.
    Chat {
        line: ChatLine,
    },
    /// Vote opened, counted on, or closed. `mine` is always empty here.
    VoteChanged {
        vote: Vote,
    },
    /// Somebody shows a page to all, or nobody any more. Passing: told, not kept.
    Presenting {
        now: Option<Presenting>,
    },
    /// Where the presenter points. Passing: told, not kept.
    Pointer {
        at: Option<Pointer>,
    },
    /// Ballots in the urn of a secret vote. Passing: told, not kept.
    BallotCount {
        vote: VoteId,
        ballots: u32,
    },
    /// A document moved on. Who sees it is decided by the topic.
    DocumentChanged {
        id: DocumentId,
        state: State,
        number: Option<String>,
        title: String,
    },
    /// Numbers of the outgoing register were kept, put in between, used or cancelled. In the topic `desk:outgoing`.
    NumbersChanged,
    /// The bell has something new, or something was read elsewhere. In the topic `user:{id}`.
    NoticesChanged,
    ReceiverChanged {
        id: DocumentId,
        receiver: Receiver,
    },
    MeetingPublished {
        id: MeetingId,
        title: String,
    },
    /// Name, place or time have changed, or it does not take place. In the meeting's topic and in `user:{id}` of those invited.
    MeetingChanged {
        row: MeetingRow,
    },
    /// An item has other words, another presenter or length.
    ItemChanged {
        item: ItemId,
        title: String,
        presenter: String,
        minutes: u32,
        clock: Clock,
    },
    /// A sheet moved on, or somebody answered it. Who answered what is told to nobody here: it is asked for by who may know.
    SheetChanged {
        state: SheetState,
        deadline: When,
        answered: u32,
        asked: u32,
    },
    /// A sheet concerns this person. In the topic `user:{id}`.
    SheetNews {
        id: SheetId,
        title: String,
        news: News,
        deadline: When,
    },
}
