//! What the user interface needs from a server. `server` implements each trait for one signed-in
//! person (or nobody) at a time and provides it as Leptos context: `expect_context::<Documents>()`.
use crate::dto::after::{Minutes, MyTask, Outside, Section, TaskDraft};
use crate::dto::audit::{AuditQuery, AuditRow, ChainCheck};
use crate::dto::authority::{Authority, AuthorityWish, SignAs};
use crate::dto::axis::{LinkStatus, MessageRow};
use crate::dto::calendar::{Calendar, Span};
use crate::dto::chat::ChatLine;
use crate::dto::documents::{AssignWish, DocumentDetail, DocumentQuery, DocumentRow, DraftFields, FeedState, Linked, TrashedDraft};
use crate::dto::figures::{Figures, FiguresQuery};
use crate::dto::floor::ClockStep;
use crate::dto::identity::{Body, KeyInfo, Me, NewToken, Person, RoomTablet, Token};
use crate::dto::meetings::{
    Answer, Check, CheckLine, Choice, Conflict, MeetingChange, MeetingDetail, MeetingDraft, MeetingRow, Motion, PublishedBallots,
    QuorumRule, SeatCode,
};
use crate::dto::notices::Notices;
use crate::dto::numbers::{HoldWish, NumberBook};
use crate::dto::opinions::{Reply, SheetDetail, SheetDraft, SheetRow};
use crate::dto::verify::VerifyReport;
use crate::dto::{Page, Placement, When};
use crate::error::ApiResult;
use crate::ids::{
    AttachmentId, AuthorityId, DocumentId, ItemId, MeetingId, MessageId, NoticeId, NumberId, SheetId, SpeechId, TabletId, TaskId, TokenId,
    UserId, VoteId,
};
use async_trait::async_trait;
use std::sync::Arc;

pub type Identity = Arc<dyn IdentityApi>;
pub type Documents = Arc<dyn DocumentsApi>;
pub type Meetings = Arc<dyn MeetingsApi>;
pub type Opinions = Arc<dyn OpinionsApi>;
pub type Axis = Arc<dyn AxisApi>;
pub type Audit = Arc<dyn AuditApi>;
pub type Admin = Arc<dyn AdminApi>;

/// People, sessions, keys. Signing in and out are plain form posts (`/login`, `/logout`), so that they work before hydration.
#[async_trait]
pub trait IdentityApi: Send + Sync {
    /// Who asks; `None` without a session.
    async fn me(&self) -> ApiResult<Option<Me>>;
    /// People of this body, by name; for choosing leaders, chairs and members.
    async fn people(&self, text: String) -> ApiResult<Vec<Person>>;
    /// Bodies of the directory, without this one.
    async fn bodies(&self, text: String) -> ApiResult<Vec<Body>>;
    async fn my_key(&self) -> ApiResult<Option<KeyInfo>>;
    async fn change_pin(&self, old: String, new: String) -> ApiResult<()>;
    async fn change_password(&self, old: String, new: String) -> ApiResult<()>;
    async fn tokens(&self) -> ApiResult<Vec<Token>>;
    /// `days` from 1 to 365.
    async fn create_token(&self, name: String, days: u32) -> ApiResult<NewToken>;
    async fn revoke_token(&self, id: TokenId) -> ApiResult<()>;
    /// The tablet of a meeting room that asks; `None` from any other device.
    async fn tablet(&self) -> ApiResult<Option<RoomTablet>>;
    async fn tablets(&self) -> ApiResult<Vec<RoomTablet>>;
    /// Lets go who sits there; `for_good` also takes the tablet off the list.
    async fn free_tablet(&self, id: TabletId, for_good: bool) -> ApiResult<()>;
}

/// Outgoing and incoming documents. Uploading a draft is a form post (`/documents/new`, multipart), answered by a redirect.
/// `revision` is the row version that the person saw: another one is refused with `documents.changed_meanwhile`.
#[async_trait]
pub trait DocumentsApi: Send + Sync {
    async fn list(&self, query: DocumentQuery) -> ApiResult<Page<DocumentRow>>;
    async fn get(&self, id: DocumentId) -> ApiResult<DocumentDetail>;
    /// What is registered already under a sender's number and day.
    async fn known_arrivals(&self, sender: String, notation: String, issued_on: String) -> ApiResult<Vec<Linked>>;
    async fn update_draft(&self, id: DocumentId, revision: i64, fields: DraftFields) -> ApiResult<()>;
    /// Trình ký: reserves the boxes for number and date in the PDF and hands it to the leader.
    async fn submit(&self, id: DocumentId, revision: i64) -> ApiResult<()>;
    async fn withdraw(&self, id: DocumentId, revision: i64) -> ApiResult<()>;
    /// Trả lại, with a reason for the drafter.
    async fn return_to_drafter(&self, id: DocumentId, revision: i64, reason: String) -> ApiResult<()>;
    /// The leader's personal signature (PAdES B-B) with the image at `placement`; under an authority where one is chosen.
    async fn sign(&self, id: DocumentId, revision: i64, placement: Placement, under: Option<SignAs>, pin: String) -> ApiResult<()>;
    /// Who may sign in whose place.
    async fn authorities(&self) -> ApiResult<Vec<Authority>>;
    async fn give_authority(&self, wish: AuthorityWish) -> ApiResult<AuthorityId>;
    async fn end_authority(&self, id: AuthorityId, reason: String) -> ApiResult<()>;
    /// Number from the register, date, and the body's seal, in one step or not at all. `number`: a kept one instead of the next.
    async fn issue(&self, id: DocumentId, revision: i64, number: Option<NumberId>, seal: Placement, pin: String) -> ApiResult<()>;
    /// How the numbers of a year (this one if not said) of the outgoing register are accounted for.
    async fn numbers(&self, year: Option<i64>) -> ApiResult<NumberBook>;
    /// Giữ số, chèn số: answers what was taken.
    async fn hold_numbers(&self, wish: HoldWish) -> ApiResult<Vec<String>>;
    /// Hủy số, with the reason.
    async fn cancel_number(&self, id: NumberId, reason: String) -> ApiResult<()>;
    /// To every receiver over the axis.
    async fn send(&self, id: DocumentId, revision: i64) -> ApiResult<()>;
    /// Thu hồi what was sent: every receiver's copy is marked and locked, and so is ours.
    async fn recall(&self, id: DocumentId, revision: i64, reason: String) -> ApiResult<()>;
    /// Tiếp nhận: an arrival number from the register of incoming documents; tells the sender 03.
    async fn take_in(&self, id: DocumentId, revision: i64) -> ApiResult<()>;
    /// Tells the sender 02 with the reason.
    async fn refuse(&self, id: DocumentId, revision: i64, reason: String) -> ApiResult<()>;
    /// Gives back what its sender asks for.
    async fn give_back(&self, id: DocumentId, revision: i64) -> ApiResult<()>;
    /// Does not, with the reason.
    async fn keep_copy(&self, id: DocumentId, revision: i64, reason: String) -> ApiResult<()>;
    /// Phân công xử lý, or pass it on to others; tells the sender 04 the first time.
    async fn assign(&self, id: DocumentId, revision: i64, wish: AssignWish) -> ApiResult<()>;
    /// Tells the sender 05.
    async fn start_processing(&self, id: DocumentId, revision: i64) -> ApiResult<()>;
    /// Tells the sender 06 with what came of it.
    async fn finish(&self, id: DocumentId, revision: i64, result: String) -> ApiResult<()>;
    /// To the trash of its author.
    async fn delete_draft(&self, id: DocumentId, revision: i64) -> ApiResult<()>;
    /// What waits, is late, came and went: of the body, a unit, or this person.
    async fn figures(&self, query: FiguresQuery) -> ApiResult<Figures>;
    /// What the bell tells this person.
    async fn notices(&self) -> ApiResult<Notices>;
    async fn unread_notices(&self) -> ApiResult<u64>;
    /// Marks one as read, or all.
    async fn read_notices(&self, id: Option<NoticeId>) -> ApiResult<()>;
    /// Whether this person has a calendar feed of deadlines.
    async fn calendar_feed(&self) -> ApiResult<Option<FeedState>>;
    /// A new address of it.
    async fn renew_feed(&self) -> ApiResult<String>;
    async fn end_feed(&self) -> ApiResult<()>;
    async fn trash(&self) -> ApiResult<Vec<TrashedDraft>>;
    async fn restore_draft(&self, id: DocumentId) -> ApiResult<()>;
    /// Signatures of the document's current file, checked now.
    async fn verify(&self, id: DocumentId) -> ApiResult<VerifyReport>;
}

#[async_trait]
pub trait MeetingsApi: Send + Sync {
    async fn list(&self) -> ApiResult<Vec<MeetingRow>>;
    async fn get(&self, id: MeetingId) -> ApiResult<MeetingDetail>;
    async fn create(&self, draft: MeetingDraft) -> ApiResult<MeetingId>;
    /// With the agenda of an earlier meeting.
    async fn copy(&self, from: MeetingId, draft: MeetingDraft) -> ApiResult<MeetingId>;
    /// What is taken already at that time.
    async fn calendar(&self, span: Span, at: String, room: String) -> ApiResult<Calendar>;
    async fn conflicts(&self, draft: MeetingDraft) -> ApiResult<Vec<Conflict>>;
    async fn set_hall(&self, id: MeetingId, rows: u32, columns: u32) -> ApiResult<()>;
    async fn seat(&self, id: MeetingId, person: UserId, at: Option<(u32, u32)>) -> ApiResult<()>;
    async fn seat_all(&self, id: MeetingId) -> ApiResult<()>;
    async fn open_ballots(&self, vote: VoteId) -> ApiResult<Vec<(UserId, Choice)>>;
    async fn chat(&self, id: MeetingId) -> ApiResult<Vec<ChatLine>>;
    async fn set_check_in_code(&self, id: MeetingId, by_code: bool) -> ApiResult<()>;
    async fn check_in_code(&self, id: MeetingId) -> ApiResult<Option<String>>;
    async fn seat_code(&self, id: MeetingId) -> ApiResult<String>;
    async fn seat_codes(&self, id: MeetingId) -> ApiResult<Vec<SeatCode>>;
    async fn renew_seat_code(&self, id: MeetingId, person: UserId) -> ApiResult<String>;
    async fn mark_present(&self, id: MeetingId, person: UserId) -> ApiResult<()>;
    async fn outside(&self, id: MeetingId) -> ApiResult<Outside>;
    async fn invite_outside(&self, id: MeetingId, bodies: Vec<String>) -> ApiResult<DocumentId>;
    async fn set_quorum(&self, id: MeetingId, rule: QuorumRule) -> ApiResult<()>;
    async fn add_item(&self, id: MeetingId, title: String, presenter: String, minutes: u32) -> ApiResult<ItemId>;
    async fn move_item(&self, id: ItemId, position: u32) -> ApiResult<()>;
    async fn remove_item(&self, id: ItemId) -> ApiResult<()>;
    async fn change(&self, id: MeetingId, to: MeetingChange) -> ApiResult<()>;
    async fn cancel(&self, id: MeetingId, reason: String) -> ApiResult<()>;
    async fn change_item(&self, id: ItemId, title: String, presenter: String, minutes: u32) -> ApiResult<()>;
    /// What is to be looked at before it is published.
    async fn checks(&self, id: MeetingId) -> ApiResult<Vec<CheckLine>>;
    async fn publish(&self, id: MeetingId, accepted: Vec<Check>) -> ApiResult<()>;
    async fn open(&self, id: MeetingId) -> ApiResult<()>;
    async fn close(&self, id: MeetingId) -> ApiResult<()>;
    async fn set_current_item(&self, id: MeetingId, item: Option<ItemId>) -> ApiResult<()>;
    /// What an invited person says; a later answer replaces an earlier one.
    async fn answer(&self, id: MeetingId, answer: Answer) -> ApiResult<()>;
    async fn add_member(&self, id: MeetingId, person: UserId) -> ApiResult<()>;
    /// Nobody who was present.
    async fn remove_member(&self, id: MeetingId, person: UserId) -> ApiResult<()>;
    /// Xin phát biểu, for oneself; chair and secretary also for another. Who waits already keeps the place.
    async fn ask_to_speak(&self, id: MeetingId, who: Option<UserId>) -> ApiResult<SpeechId>;
    async fn withdraw_speech(&self, speech: SpeechId) -> ApiResult<()>;
    /// Ends whoever has the floor. `seconds` 0: as long as it takes.
    async fn give_floor(&self, speech: SpeechId, seconds: u32) -> ApiResult<()>;
    async fn end_speech(&self, speech: SpeechId) -> ApiResult<()>;
    async fn set_speech_clock(&self, speech: SpeechId, step: ClockStep) -> ApiResult<()>;
    async fn set_item_clock(&self, item: ItemId, step: ClockStep) -> ApiResult<()>;
    /// Shows a page to all who follow; `take` begins it, also in place of another.
    async fn present(&self, id: MeetingId, attachment: AttachmentId, page: u32, take: bool) -> ApiResult<()>;
    async fn stop_presenting(&self, id: MeetingId) -> ApiResult<()>;
    /// An issued, sent or taken-in document becomes a meeting document.
    /// `readers`: for whom beside chair and secretary; nobody named: for all.
    async fn attach(&self, item: ItemId, document: DocumentId, readers: Option<Vec<UserId>>) -> ApiResult<AttachmentId>;
    async fn set_readers(&self, attachment: AttachmentId, readers: Option<Vec<UserId>>) -> ApiResult<AttachmentId>;
    /// Whether a document goes from every device when the meeting ends.
    async fn set_collect(&self, attachment: AttachmentId, collect: bool) -> ApiResult<()>;
    async fn detach(&self, attachment: AttachmentId) -> ApiResult<()>;
    /// Kết luận of an item, in place of what was there; empty takes it back. Chair and secretary.
    async fn conclude(&self, item: ItemId, before: String, text: String) -> ApiResult<()>;
    /// The same task given twice is one.
    async fn give_task(&self, item: ItemId, draft: TaskDraft) -> ApiResult<TaskId>;
    async fn take_task_back(&self, task: TaskId) -> ApiResult<()>;
    /// Reported by its owner, or entered by chair or secretary.
    async fn finish_task(&self, task: TaskId, result: String) -> ApiResult<()>;
    /// Not done after all: chair and secretary.
    async fn reopen_task(&self, task: TaskId) -> ApiResult<()>;
    /// What this person has still to do, most urgent first.
    async fn my_tasks(&self) -> ApiResult<Vec<MyTask>>;
    async fn minutes(&self, id: MeetingId) -> ApiResult<Minutes>;
    /// Why somebody did not come.
    async fn set_absence(&self, id: MeetingId, person: UserId, reason: String) -> ApiResult<()>;
    /// Writes the minutes from what happened; what is written already is replaced only where `anew` says so.
    async fn draft_minutes(&self, id: MeetingId, anew: bool) -> ApiResult<()>;
    async fn save_minutes(&self, id: MeetingId, revision: i64, sections: Vec<Section>) -> ApiResult<()>;
    /// Shows them to the members.
    async fn circulate_minutes(&self, id: MeetingId, revision: i64) -> ApiResult<()>;
    async fn remark_on_minutes(&self, id: MeetingId, text: String) -> ApiResult<()>;
    /// The secretary's signature; the document that results waits for the chair's.
    async fn sign_minutes(&self, id: MeetingId, revision: i64, pin: String) -> ApiResult<DocumentId>;
    async fn open_vote(&self, id: MeetingId, motion: Motion) -> ApiResult<VoteId>;
    /// The same ballot twice counts once; another choice replaces the first while the vote is open.
    /// A blind signature over a ballot of a secret vote that the server cannot read; once for each member.
    async fn draw_ballot(&self, vote: VoteId, blinded: String) -> ApiResult<String>;
    /// Of a closed secret vote.
    async fn published_ballots(&self, vote: VoteId) -> ApiResult<PublishedBallots>;
    async fn close_vote(&self, vote: VoteId) -> ApiResult<()>;
}

/// Phiếu lấy ý kiến, outside meetings.
#[async_trait]
pub trait OpinionsApi: Send + Sync {
    async fn list(&self) -> ApiResult<Vec<SheetRow>>;
    async fn get(&self, id: SheetId) -> ApiResult<SheetDetail>;
    async fn create(&self, draft: SheetDraft) -> ApiResult<SheetId>;
    async fn save(&self, id: SheetId, revision: i64, draft: SheetDraft) -> ApiResult<()>;
    async fn delete(&self, id: SheetId) -> ApiResult<()>;
    async fn send(&self, id: SheetId) -> ApiResult<()>;
    /// Those who have not answered yet; how many.
    async fn remind(&self, id: SheetId) -> ApiResult<u32>;
    /// Later than the present deadline.
    async fn extend(&self, id: SheetId, deadline: String) -> ApiResult<()>;
    async fn close(&self, id: SheetId) -> ApiResult<()>;
    async fn withdraw(&self, id: SheetId, reason: String) -> ApiResult<()>;
    /// All questions at once, in place of earlier answers; when that was entered.
    async fn answer(&self, id: SheetId, replies: Vec<Reply>) -> ApiResult<When>;
}

#[async_trait]
pub trait AxisApi: Send + Sync {
    async fn link(&self) -> ApiResult<LinkStatus>;
    async fn messages(&self, page: u32) -> ApiResult<Page<MessageRow>>;
    /// Tries a failed message again now.
    async fn retry(&self, id: MessageId) -> ApiResult<()>;
    /// Gives up a failed message: whom it concerns hears at once that it was not delivered.
    async fn give_up(&self, id: MessageId) -> ApiResult<()>;
}

#[async_trait]
pub trait AuditApi: Send + Sync {
    async fn list(&self, query: AuditQuery) -> ApiResult<Page<AuditRow>>;
    /// Recomputes the whole chain.
    async fn check(&self) -> ApiResult<ChainCheck>;
}

/// For the page of people (admin).
#[async_trait]
pub trait AdminApi: Send + Sync {
    async fn set_active(&self, id: UserId, active: bool) -> ApiResult<()>;
    async fn end_sessions(&self, id: UserId) -> ApiResult<()>;
}
