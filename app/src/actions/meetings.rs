//! Paperless meetings.
use crate::dto::after::{Minutes, MyTask, Outside as OutsideInvitation, Section, TaskDraft};
use crate::dto::calendar::{Calendar, Span};
use crate::dto::chat::ChatLine;
use crate::dto::floor::ClockStep;
use crate::dto::meetings::{
    Answer, Check, CheckLine, Choice, Conflict, MeetingChange, MeetingDetail, MeetingDraft, MeetingRow, Motion, PublishedBallots,
    QuorumRule, SeatCode,
};
use crate::error::ApiResult;
use crate::ids::{AttachmentId, DocumentId, ItemId, MeetingId, SpeechId, TaskId, UserId, VoteId};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

#[cfg(feature = "ssr")]
use crate::api::Meetings;

#[server(prefix = "/api/ui", endpoint = "meetings/list", input = Json)]
pub async fn list_meetings() -> ApiResult<Vec<MeetingRow>> {
    expect_context::<Meetings>().list().await
}

#[server(prefix = "/api/ui", endpoint = "meetings/get", input = Json)]
pub async fn get_meeting(id: MeetingId) -> ApiResult<MeetingDetail> {
    expect_context::<Meetings>().get(id).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/calendar", input = Json)]
pub async fn meeting_calendar(span: Span, at: String, room: String) -> ApiResult<Calendar> {
    expect_context::<Meetings>().calendar(span, at, room).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/create", input = Json)]
pub async fn create_meeting(draft: MeetingDraft) -> ApiResult<MeetingId> {
    expect_context::<Meetings>().create(draft).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/add-item", input = Json)]
pub async fn add_item(id: MeetingId, title: String, presenter: String, minutes: u32) -> ApiResult<ItemId> {
    expect_context::<Meetings>().add_item(id, title, presenter, minutes).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/move-item", input = Json)]
pub async fn move_item(id: ItemId, position: u32) -> ApiResult<()> {
    expect_context::<Meetings>().move_item(id, position).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/remove-item", input = Json)]
pub async fn remove_item(id: ItemId) -> ApiResult<()> {
    expect_context::<Meetings>().remove_item(id).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/publish", input = Json)]
pub async fn publish(id: MeetingId, accepted: Vec<Check>) -> ApiResult<()> {
    expect_context::<Meetings>().publish(id, accepted).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/checks", input = Json)]
pub async fn checks(id: MeetingId) -> ApiResult<Vec<CheckLine>> {
    expect_context::<Meetings>().checks(id).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/change", input = Json)]
pub async fn change_meeting(id: MeetingId, to: MeetingChange) -> ApiResult<()> {
    expect_context::<Meetings>().change(id, to).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/cancel", input = Json)]
pub async fn cancel_meeting(id: MeetingId, reason: String) -> ApiResult<()> {
    expect_context::<Meetings>().cancel(id, reason).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/change-item", input = Json)]
pub async fn change_item(id: ItemId, title: String, presenter: String, minutes: u32) -> ApiResult<()> {
    expect_context::<Meetings>().change_item(id, title, presenter, minutes).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/open", input = Json)]
pub async fn open_meeting(id: MeetingId) -> ApiResult<()> {
    expect_context::<Meetings>().open(id).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/close", input = Json)]
pub async fn close_meeting(id: MeetingId) -> ApiResult<()> {
    expect_context::<Meetings>().close(id).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/set-current", input = Json)]
pub async fn set_current_item(id: MeetingId, item: Option<ItemId>) -> ApiResult<()> {
    expect_context::<Meetings>().set_current_item(id, item).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/ask-to-speak", input = Json)]
pub async fn ask_to_speak(id: MeetingId, who: Option<UserId>) -> ApiResult<SpeechId> {
    expect_context::<Meetings>().ask_to_speak(id, who).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/withdraw-speech", input = Json)]
pub async fn withdraw_speech(speech: SpeechId) -> ApiResult<()> {
    expect_context::<Meetings>().withdraw_speech(speech).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/give-floor", input = Json)]
pub async fn give_floor(speech: SpeechId, seconds: u32) -> ApiResult<()> {
    expect_context::<Meetings>().give_floor(speech, seconds).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/end-speech", input = Json)]
pub async fn end_speech(speech: SpeechId) -> ApiResult<()> {
    expect_context::<Meetings>().end_speech(speech).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/speech-clock", input = Json)]
pub async fn set_speech_clock(speech: SpeechId, step: ClockStep) -> ApiResult<()> {
    expect_context::<Meetings>().set_speech_clock(speech, step).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/item-clock", input = Json)]
pub async fn set_item_clock(item: ItemId, step: ClockStep) -> ApiResult<()> {
    expect_context::<Meetings>().set_item_clock(item, step).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/present", input = Json)]
pub async fn present(id: MeetingId, attachment: AttachmentId, page: u32, take: bool) -> ApiResult<()> {
    expect_context::<Meetings>().present(id, attachment, page, take).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/stop-presenting", input = Json)]
pub async fn stop_presenting(id: MeetingId) -> ApiResult<()> {
    expect_context::<Meetings>().stop_presenting(id).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/attach", input = Json)]
pub async fn attach(item: ItemId, document: DocumentId, readers: Option<Vec<UserId>>) -> ApiResult<AttachmentId> {
    expect_context::<Meetings>().attach(item, document, readers).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/readers", input = Json)]
pub async fn set_readers(attachment: AttachmentId, readers: Option<Vec<UserId>>) -> ApiResult<AttachmentId> {
    expect_context::<Meetings>().set_readers(attachment, readers).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/detach", input = Json)]
pub async fn detach(attachment: AttachmentId) -> ApiResult<()> {
    expect_context::<Meetings>().detach(attachment).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/open-vote", input = Json)]
pub async fn open_vote(id: MeetingId, motion: Motion) -> ApiResult<VoteId> {
    expect_context::<Meetings>().open_vote(id, motion).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/draw-ballot", input = Json)]
pub async fn draw_ballot(vote: VoteId, blinded: String) -> ApiResult<String> {
    expect_context::<Meetings>().draw_ballot(vote, blinded).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/published-ballots", input = Json)]
pub async fn ballots_of(vote: VoteId) -> ApiResult<PublishedBallots> {
    expect_context::<Meetings>().published_ballots(vote).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/close-vote", input = Json)]
pub async fn close_vote(vote: VoteId) -> ApiResult<()> {
    expect_context::<Meetings>().close_vote(vote).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/conclude", input = Json)]
pub async fn conclude(item: ItemId, before: String, text: String) -> ApiResult<()> {
    expect_context::<Meetings>().conclude(item, before, text).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/give-task", input = Json)]
pub async fn give_task(item: ItemId, draft: TaskDraft) -> ApiResult<TaskId> {
    expect_context::<Meetings>().give_task(item, draft).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/take-task-back", input = Json)]
pub async fn take_task_back(task: TaskId) -> ApiResult<()> {
    expect_context::<Meetings>().take_task_back(task).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/finish-task", input = Json)]
pub async fn finish_task(task: TaskId, result: String) -> ApiResult<()> {
    expect_context::<Meetings>().finish_task(task, result).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/reopen-task", input = Json)]
pub async fn reopen_task(task: TaskId) -> ApiResult<()> {
    expect_context::<Meetings>().reopen_task(task).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/my-tasks", input = Json)]
pub async fn my_tasks() -> ApiResult<Vec<MyTask>> {
    expect_context::<Meetings>().my_tasks().await
}

#[server(prefix = "/api/ui", endpoint = "meetings/minutes", input = Json)]
pub async fn get_minutes(id: MeetingId) -> ApiResult<Minutes> {
    expect_context::<Meetings>().minutes(id).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/absence", input = Json)]
pub async fn set_absence(id: MeetingId, person: UserId, reason: String) -> ApiResult<()> {
    expect_context::<Meetings>().set_absence(id, person, reason).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/draft-minutes", input = Json)]
pub async fn draft_minutes(id: MeetingId, anew: bool) -> ApiResult<()> {
    expect_context::<Meetings>().draft_minutes(id, anew).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/save-minutes", input = Json)]
pub async fn save_minutes(id: MeetingId, revision: i64, sections: Vec<Section>) -> ApiResult<()> {
    expect_context::<Meetings>().save_minutes(id, revision, sections).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/circulate-minutes", input = Json)]
pub async fn circulate_minutes(id: MeetingId, revision: i64) -> ApiResult<()> {
    expect_context::<Meetings>().circulate_minutes(id, revision).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/remark-on-minutes", input = Json)]
pub async fn remark_on_minutes(id: MeetingId, text: String) -> ApiResult<()> {
    expect_context::<Meetings>().remark_on_minutes(id, text).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/sign-minutes", input = Json)]
pub async fn sign_minutes(id: MeetingId, revision: i64, pin: String) -> ApiResult<DocumentId> {
    expect_context::<Meetings>().sign_minutes(id, revision, pin).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/collect", input = Json)]
pub async fn set_collect(attachment: AttachmentId, collect: bool) -> ApiResult<()> {
    expect_context::<Meetings>().set_collect(attachment, collect).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/answer", input = Json)]
pub async fn answer_invitation(id: MeetingId, answer: Answer) -> ApiResult<()> {
    expect_context::<Meetings>().answer(id, answer).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/add-member", input = Json)]
pub async fn add_member(id: MeetingId, person: UserId) -> ApiResult<()> {
    expect_context::<Meetings>().add_member(id, person).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/remove-member", input = Json)]
pub async fn remove_member(id: MeetingId, person: UserId) -> ApiResult<()> {
    expect_context::<Meetings>().remove_member(id, person).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/copy", input = Json)]
pub async fn copy_meeting(from: MeetingId, draft: MeetingDraft) -> ApiResult<MeetingId> {
    expect_context::<Meetings>().copy(from, draft).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/conflicts", input = Json)]
pub async fn conflicts(draft: MeetingDraft) -> ApiResult<Vec<Conflict>> {
    expect_context::<Meetings>().conflicts(draft).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/set-hall", input = Json)]
pub async fn set_hall(id: MeetingId, rows: u32, columns: u32) -> ApiResult<()> {
    expect_context::<Meetings>().set_hall(id, rows, columns).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/seat", input = Json)]
pub async fn seat(id: MeetingId, person: UserId, at: Option<(u32, u32)>) -> ApiResult<()> {
    expect_context::<Meetings>().seat(id, person, at).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/seat-all", input = Json)]
pub async fn seat_all(id: MeetingId) -> ApiResult<()> {
    expect_context::<Meetings>().seat_all(id).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/open-ballots", input = Json)]
pub async fn open_ballots(vote: VoteId) -> ApiResult<Vec<(UserId, Choice)>> {
    expect_context::<Meetings>().open_ballots(vote).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/chat", input = Json)]
pub async fn chat_lines(id: MeetingId) -> ApiResult<Vec<ChatLine>> {
    expect_context::<Meetings>().chat(id).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/set-check-in-code", input = Json)]
pub async fn set_check_in_code(id: MeetingId, by_code: bool) -> ApiResult<()> {
    expect_context::<Meetings>().set_check_in_code(id, by_code).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/check-in-code", input = Json)]
pub async fn check_in_code(id: MeetingId) -> ApiResult<Option<String>> {
    expect_context::<Meetings>().check_in_code(id).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/seat-code", input = Json)]
pub async fn own_seat_code(id: MeetingId) -> ApiResult<String> {
    expect_context::<Meetings>().seat_code(id).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/seat-codes", input = Json)]
pub async fn seat_codes(id: MeetingId) -> ApiResult<Vec<SeatCode>> {
    expect_context::<Meetings>().seat_codes(id).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/renew-seat-code", input = Json)]
pub async fn renew_seat_code(id: MeetingId, person: UserId) -> ApiResult<String> {
    expect_context::<Meetings>().renew_seat_code(id, person).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/mark-present", input = Json)]
pub async fn mark_present(id: MeetingId, person: UserId) -> ApiResult<()> {
    expect_context::<Meetings>().mark_present(id, person).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/outside", input = Json)]
pub async fn outside(id: MeetingId) -> ApiResult<OutsideInvitation> {
    expect_context::<Meetings>().outside(id).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/invite-outside", input = Json)]
pub async fn invite_outside(id: MeetingId, bodies: Vec<String>) -> ApiResult<DocumentId> {
    expect_context::<Meetings>().invite_outside(id, bodies).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/quorum", input = Json)]
pub async fn set_quorum(id: MeetingId, rule: QuorumRule) -> ApiResult<()> {
    expect_context::<Meetings>().set_quorum(id, rule).await
}
