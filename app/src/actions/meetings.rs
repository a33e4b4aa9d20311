//! Paperless meetings.
use crate::dto::meetings::{Choice, MeetingDetail, MeetingDraft, MeetingRow};
use crate::error::ApiResult;
use crate::ids::{AttachmentId, DocumentId, ItemId, MeetingId, VoteId};
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
pub async fn publish(id: MeetingId) -> ApiResult<()> {
    expect_context::<Meetings>().publish(id).await
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

#[server(prefix = "/api/ui", endpoint = "meetings/check-in", input = Json)]
pub async fn check_in(id: MeetingId) -> ApiResult<()> {
    expect_context::<Meetings>().check_in(id).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/attach", input = Json)]
pub async fn attach(item: ItemId, document: DocumentId) -> ApiResult<AttachmentId> {
    expect_context::<Meetings>().attach(item, document).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/detach", input = Json)]
pub async fn detach(attachment: AttachmentId) -> ApiResult<()> {
    expect_context::<Meetings>().detach(attachment).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/open-vote", input = Json)]
pub async fn open_vote(id: MeetingId, item: Option<ItemId>, question: String) -> ApiResult<VoteId> {
    expect_context::<Meetings>().open_vote(id, item, question).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/cast", input = Json)]
pub async fn cast(vote: VoteId, choice: Choice) -> ApiResult<()> {
    expect_context::<Meetings>().cast(vote, choice).await
}

#[server(prefix = "/api/ui", endpoint = "meetings/close-vote", input = Json)]
pub async fn close_vote(vote: VoteId) -> ApiResult<()> {
    expect_context::<Meetings>().close_vote(vote).await
}
