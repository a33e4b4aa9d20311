//! Phiếu lấy ý kiến.
use crate::dto::When;
use crate::dto::opinions::{Reply, SheetDetail, SheetDraft, SheetRow};
use crate::error::ApiResult;
use crate::ids::SheetId;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

#[cfg(feature = "ssr")]
use crate::api::Opinions;

#[server(prefix = "/api/ui", endpoint = "opinions/list", input = Json)]
pub async fn list_sheets() -> ApiResult<Vec<SheetRow>> {
    expect_context::<Opinions>().list().await
}

#[server(prefix = "/api/ui", endpoint = "opinions/get", input = Json)]
pub async fn get_sheet(id: SheetId) -> ApiResult<SheetDetail> {
    expect_context::<Opinions>().get(id).await
}

#[server(prefix = "/api/ui", endpoint = "opinions/create", input = Json)]
pub async fn create_sheet(draft: SheetDraft) -> ApiResult<SheetId> {
    expect_context::<Opinions>().create(draft).await
}

#[server(prefix = "/api/ui", endpoint = "opinions/save", input = Json)]
pub async fn save_sheet(id: SheetId, revision: i64, draft: SheetDraft) -> ApiResult<()> {
    expect_context::<Opinions>().save(id, revision, draft).await
}

#[server(prefix = "/api/ui", endpoint = "opinions/delete", input = Json)]
pub async fn delete_sheet(id: SheetId) -> ApiResult<()> {
    expect_context::<Opinions>().delete(id).await
}

#[server(prefix = "/api/ui", endpoint = "opinions/send", input = Json)]
pub async fn send_sheet(id: SheetId) -> ApiResult<()> {
    expect_context::<Opinions>().send(id).await
}

#[server(prefix = "/api/ui", endpoint = "opinions/remind", input = Json)]
pub async fn remind_silent(id: SheetId) -> ApiResult<u32> {
    expect_context::<Opinions>().remind(id).await
}

#[server(prefix = "/api/ui", endpoint = "opinions/extend", input = Json)]
pub async fn extend_sheet(id: SheetId, deadline: String) -> ApiResult<()> {
    expect_context::<Opinions>().extend(id, deadline).await
}

#[server(prefix = "/api/ui", endpoint = "opinions/close", input = Json)]
pub async fn close_sheet(id: SheetId) -> ApiResult<()> {
    expect_context::<Opinions>().close(id).await
}

#[server(prefix = "/api/ui", endpoint = "opinions/withdraw", input = Json)]
pub async fn withdraw_sheet(id: SheetId, reason: String) -> ApiResult<()> {
    expect_context::<Opinions>().withdraw(id, reason).await
}

#[server(prefix = "/api/ui", endpoint = "opinions/answer", input = Json)]
pub async fn answer_sheet(id: SheetId, replies: Vec<Reply>) -> ApiResult<When> {
    expect_context::<Opinions>().answer(id, replies).await
}
