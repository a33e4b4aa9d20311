//! The screens' way to meetings.
use super::Service;
use crate::actor::Actor;
use crate::fault::Fault;
use crate::state::AppState;
use crate::ui::Bound;
use app::api::{Meetings, MeetingsApi};
use app::dto::after::{Minutes, MyTask, Outside, Section, TaskDraft};
use app::dto::calendar::{Calendar, Span};
use app::dto::chat::ChatLine;
use app::dto::floor::ClockStep;
use app::dto::meetings::{
    Answer, Check, CheckLine, Choice, Conflict, MeetingChange, MeetingDetail, MeetingDraft, MeetingRow, Motion, PublishedBallots,
    QuorumRule, SeatCode,
};
use app::error::{ApiError, ApiResult};
use app::ids::{AttachmentId, DocumentId, ItemId, MeetingId, SpeechId, TaskId, UserId, VoteId};
use async_trait::async_trait;
use leptos::prelude::provide_context;
use std::sync::Arc;

pub fn provide(state: &AppState, actor: &Actor) {
    provide_context::<Meetings>(Arc::new(Bound::new(&state.meetings, state, actor)));
}

fn api<T>(result: super::Result<T>) -> ApiResult<T> {
    result.map_err(|e| ApiError::from(Fault::from(e)))
}

#[async_trait]
impl MeetingsApi for Bound<Service> {
    async fn list(&self) -> ApiResult<Vec<MeetingRow>> {
        api(self.service.list(&self.actor).await)
    }

    async fn get(&self, id: MeetingId) -> ApiResult<MeetingDetail> {
        api(self.service.get(&self.actor, &id).await)
    }

    async fn create(&self, draft: MeetingDraft) -> ApiResult<MeetingId> {
        api(self.service.create(&self.actor, &draft).await)
    }

    async fn copy(&self, from: MeetingId, draft: MeetingDraft) -> ApiResult<MeetingId> {
        api(self.service.copy(&self.actor, &from, &draft).await)
    }

    async fn calendar(&self, span: Span, at: String, room: String) -> ApiResult<Calendar> {
        api(self.service.calendar(&self.actor, span, &at, &room).await)
    }

    async fn conflicts(&self, draft: MeetingDraft) -> ApiResult<Vec<Conflict>> {
        api(self.service.conflicts(&self.actor, &draft).await)
    }

    async fn set_hall(&self, id: MeetingId, rows: u32, columns: u32) -> ApiResult<()> {
        api(self.service.set_hall(&self.actor, &id, rows, columns).await)
    }

    async fn seat(&self, id: MeetingId, person: UserId, at: Option<(u32, u32)>) -> ApiResult<()> {
        api(self.service.seat(&self.actor, &id, &person, at).await)
    }

    async fn seat_all(&self, id: MeetingId) -> ApiResult<()> {
        api(self.service.seat_all(&self.actor, &id).await)
    }

    async fn open_ballots(&self, vote: VoteId) -> ApiResult<Vec<(UserId, Choice)>> {
        api(self.service.open_ballots(&self.actor, &vote).await)
    }

    async fn chat(&self, id: MeetingId) -> ApiResult<Vec<ChatLine>> {
        api(self.service.chat(&self.actor, &id).await)
    }

    async fn set_check_in_code(&self, id: MeetingId, by_code: bool) -> ApiResult<()> {
        api(self.service.set_check_in_code(&self.actor, &id, by_code).await)
    }

    async fn check_in_code(&self, id: MeetingId) -> ApiResult<Option<String>> {
        api(self.service.check_in_code(&self.actor, &id).await)
    }

    async fn seat_code(&self, id: MeetingId) -> ApiResult<String> {
        api(self.service.own_seat_code(&self.actor, &id).await)
    }

    async fn seat_codes(&self, id: MeetingId) -> ApiResult<Vec<SeatCode>> {
        api(self.service.seat_codes(&self.actor, &id).await)
    }

    async fn renew_seat_code(&self, id: MeetingId, person: UserId) -> ApiResult<String> {
        api(self.service.renew_seat_code(&self.actor, &id, &person).await)
    }

    async fn mark_present(&self, id: MeetingId, person: UserId) -> ApiResult<()> {
        api(self.service.mark_present(&self.actor, &id, &person).await)
    }

    async fn outside(&self, id: MeetingId) -> ApiResult<Outside> {
        api(self.service.outside(&self.actor, &id).await)
    }

    async fn invite_outside(&self, id: MeetingId, bodies: Vec<String>) -> ApiResult<DocumentId> {
        api(self.service.invite_outside(&self.actor, &id, &bodies).await)
    }

    async fn set_quorum(&self, id: MeetingId, rule: QuorumRule) -> ApiResult<()> {
        api(self.service.set_quorum(&self.actor, &id, rule).await)
    }

    async fn add_item(&self, id: MeetingId, title: String, presenter: String, minutes: u32) -> ApiResult<ItemId> {
        api(self.service.add_item(&self.actor, &id, &title, &presenter, minutes).await)
    }

    async fn move_item(&self, id: ItemId, position: u32) -> ApiResult<()> {
        api(self.service.move_item(&self.actor, &id, position).await)
    }

    async fn remove_item(&self, id: ItemId) -> ApiResult<()> {
        api(self.service.remove_item(&self.actor, &id).await)
    }

    async fn change(&self, id: MeetingId, to: MeetingChange) -> ApiResult<()> {
        api(self.service.change(&self.actor, &id, &to).await)
    }

    async fn cancel(&self, id: MeetingId, reason: String) -> ApiResult<()> {
        api(self.service.cancel(&self.actor, &id, &reason).await)
    }

    async fn change_item(&self, id: ItemId, title: String, presenter: String, minutes: u32) -> ApiResult<()> {
        api(self.service.change_item(&self.actor, &id, &title, &presenter, minutes).await)
    }

    async fn checks(&self, id: MeetingId) -> ApiResult<Vec<CheckLine>> {
        api(self.service.checks(&self.actor, &id).await)
    }

    async fn publish(&self, id: MeetingId, accepted: Vec<Check>) -> ApiResult<()> {
        api(self.service.publish(&self.actor, &id, &accepted).await)
    }

    async fn open(&self, id: MeetingId) -> ApiResult<()> {
        api(self.service.open(&self.actor, &id).await)
    }

    async fn close(&self, id: MeetingId) -> ApiResult<()> {
        api(self.service.close(&self.actor, &id).await)
    }

    async fn set_current_item(&self, id: MeetingId, item: Option<ItemId>) -> ApiResult<()> {
        api(self.service.set_current_item(&self.actor, &id, item.as_ref()).await)
    }

    async fn answer(&self, id: MeetingId, answer: Answer) -> ApiResult<()> {
        api(self.service.answer(&self.actor, &id, &answer).await)
    }

    async fn add_member(&self, id: MeetingId, person: UserId) -> ApiResult<()> {
        api(self.service.add_member(&self.actor, &id, &person).await)
    }

    async fn remove_member(&self, id: MeetingId, person: UserId) -> ApiResult<()> {
        api(self.service.remove_member(&self.actor, &id, &person).await)
    }

    async fn ask_to_speak(&self, id: MeetingId, who: Option<UserId>) -> ApiResult<SpeechId> {
        api(self.service.ask_to_speak(&self.actor, &id, who.as_ref()).await)
    }

    async fn withdraw_speech(&self, speech: SpeechId) -> ApiResult<()> {
        api(self.service.withdraw_speech(&self.actor, &speech).await)
    }

    async fn give_floor(&self, speech: SpeechId, seconds: u32) -> ApiResult<()> {
        api(self.service.give_floor(&self.actor, &speech, seconds).await)
    }

    async fn end_speech(&self, speech: SpeechId) -> ApiResult<()> {
        api(self.service.end_speech(&self.actor, &speech).await)
    }

    async fn set_speech_clock(&self, speech: SpeechId, step: ClockStep) -> ApiResult<()> {
        api(self.service.set_speech_clock(&self.actor, &speech, step).await)
    }

    async fn set_item_clock(&self, item: ItemId, step: ClockStep) -> ApiResult<()> {
        api(self.service.set_item_clock(&self.actor, &item, step).await)
    }

    async fn present(&self, id: MeetingId, attachment: AttachmentId, page: u32, take: bool) -> ApiResult<()> {
        api(self.service.present(&self.actor, &id, &attachment, page, take).await)
    }

    async fn stop_presenting(&self, id: MeetingId) -> ApiResult<()> {
        api(self.service.stop_presenting(&self.actor, &id).await)
    }

    async fn attach(&self, item: ItemId, document: DocumentId, readers: Option<Vec<UserId>>) -> ApiResult<AttachmentId> {
        api(self.service.attach_for(&self.actor, &item, &document, readers.as_deref()).await)
    }

    async fn set_readers(&self, attachment: AttachmentId, readers: Option<Vec<UserId>>) -> ApiResult<AttachmentId> {
        api(self.service.set_readers(&self.actor, &attachment, readers.as_deref()).await)
    }

    async fn set_collect(&self, attachment: AttachmentId, collect: bool) -> ApiResult<()> {
        api(self.service.set_collect(&self.actor, &attachment, collect).await)
    }

    async fn detach(&self, attachment: AttachmentId) -> ApiResult<()> {
        api(self.service.detach(&self.actor, &attachment).await)
    }

    async fn conclude(&self, item: ItemId, before: String, text: String) -> ApiResult<()> {
        api(self.service.conclude(&self.actor, &item, Some(&before), &text).await)
    }

    async fn give_task(&self, item: ItemId, draft: TaskDraft) -> ApiResult<TaskId> {
        api(self.service.give_task(&self.actor, &item, &draft).await)
    }

    async fn take_task_back(&self, task: TaskId) -> ApiResult<()> {
        api(self.service.take_task_back(&self.actor, &task).await)
    }

    async fn finish_task(&self, task: TaskId, result: String) -> ApiResult<()> {
        api(self.service.finish_task(&self.actor, &task, &result).await)
    }

    async fn reopen_task(&self, task: TaskId) -> ApiResult<()> {
        api(self.service.reopen_task(&self.actor, &task).await)
    }

    async fn my_tasks(&self) -> ApiResult<Vec<MyTask>> {
        api(self.service.my_tasks(&self.actor).await)
    }

    async fn minutes(&self, id: MeetingId) -> ApiResult<Minutes> {
        api(self.service.minutes(&self.actor, &id).await)
    }

    async fn set_absence(&self, id: MeetingId, person: UserId, reason: String) -> ApiResult<()> {
        api(self.service.set_absence(&self.actor, &id, &person, &reason).await)
    }

    async fn draft_minutes(&self, id: MeetingId, anew: bool) -> ApiResult<()> {
        api(self.service.draft_minutes(&self.actor, &id, anew).await)
    }

    async fn save_minutes(&self, id: MeetingId, revision: i64, sections: Vec<Section>) -> ApiResult<()> {
        api(self.service.save_minutes(&self.actor, &id, revision, &sections).await)
    }

    async fn circulate_minutes(&self, id: MeetingId, revision: i64) -> ApiResult<()> {
        api(self.service.circulate_minutes(&self.actor, &id, revision).await)
    }

    async fn remark_on_minutes(&self, id: MeetingId, text: String) -> ApiResult<()> {
        api(self.service.remark_on_minutes(&self.actor, &id, &text).await)
    }

    async fn sign_minutes(&self, id: MeetingId, revision: i64, pin: String) -> ApiResult<DocumentId> {
        api(self.service.sign_minutes(&self.actor, &id, revision, &pin).await)
    }

    async fn open_vote(&self, id: MeetingId, motion: Motion) -> ApiResult<VoteId> {
        api(self.service.open_vote(&self.actor, &id, &motion).await)
    }

    async fn draw_ballot(&self, vote: VoteId, blinded: String) -> ApiResult<String> {
        api(self.service.draw_ballot(&self.actor, &vote, &blinded).await)
    }

    async fn published_ballots(&self, vote: VoteId) -> ApiResult<PublishedBallots> {
        api(self.service.published_ballots(&self.actor, &vote).await)
    }

    async fn close_vote(&self, vote: VoteId) -> ApiResult<()> {
        api(self.service.close_vote(&self.actor, &vote).await)
    }
}
