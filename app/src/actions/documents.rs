//! Official documents.
use crate::dto::authority::{Authority, AuthorityWish, SignAs};
use crate::dto::documents::{AssignWish, DocumentDetail, DocumentQuery, DocumentRow, DraftFields, FeedState, Linked, TrashedDraft};
use crate::dto::figures::{Figures, FiguresQuery};
use crate::dto::notices::Notices;
use crate::dto::numbers::{HoldWish, NumberBook};
use crate::dto::verify::VerifyReport;
use crate::dto::{Page, Placement};
use crate::error::ApiResult;
use crate::ids::{AuthorityId, DocumentId, NoticeId, NumberId};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

#[cfg(feature = "ssr")]
use crate::api::Documents;

#[server(prefix = "/api/ui", endpoint = "documents/list", input = Json)]
pub async fn list_documents(query: DocumentQuery) -> ApiResult<Page<DocumentRow>> {
    expect_context::<Documents>().list(query).await
}

#[server(prefix = "/api/ui", endpoint = "documents/get", input = Json)]
pub async fn get_document(id: DocumentId) -> ApiResult<DocumentDetail> {
    expect_context::<Documents>().get(id).await
}

#[server(prefix = "/api/ui", endpoint = "documents/known-arrivals", input = Json)]
pub async fn known_arrivals(sender: String, notation: String, issued_on: String) -> ApiResult<Vec<Linked>> {
    expect_context::<Documents>().known_arrivals(sender, notation, issued_on).await
}

#[server(prefix = "/api/ui", endpoint = "documents/update-draft", input = Json)]
pub async fn update_draft(id: DocumentId, revision: i64, fields: DraftFields) -> ApiResult<()> {
    expect_context::<Documents>().update_draft(id, revision, fields).await
}

#[server(prefix = "/api/ui", endpoint = "documents/submit", input = Json)]
pub async fn submit(id: DocumentId, revision: i64) -> ApiResult<()> {
    expect_context::<Documents>().submit(id, revision).await
}

#[server(prefix = "/api/ui", endpoint = "documents/withdraw", input = Json)]
pub async fn withdraw(id: DocumentId, revision: i64) -> ApiResult<()> {
    expect_context::<Documents>().withdraw(id, revision).await
}

#[server(prefix = "/api/ui", endpoint = "documents/return", input = Json)]
pub async fn return_to_drafter(id: DocumentId, revision: i64, reason: String) -> ApiResult<()> {
    expect_context::<Documents>().return_to_drafter(id, revision, reason).await
}

#[server(prefix = "/api/ui", endpoint = "documents/sign", input = Json)]
pub async fn sign(id: DocumentId, revision: i64, placement: Placement, under: Option<SignAs>, pin: String) -> ApiResult<()> {
    expect_context::<Documents>().sign(id, revision, placement, under, pin).await
}

#[server(prefix = "/api/ui", endpoint = "documents/authorities", input = Json)]
pub async fn authorities() -> ApiResult<Vec<Authority>> {
    expect_context::<Documents>().authorities().await
}

#[server(prefix = "/api/ui", endpoint = "documents/give-authority", input = Json)]
pub async fn give_authority(wish: AuthorityWish) -> ApiResult<AuthorityId> {
    expect_context::<Documents>().give_authority(wish).await
}

#[server(prefix = "/api/ui", endpoint = "documents/end-authority", input = Json)]
pub async fn end_authority(id: AuthorityId, reason: String) -> ApiResult<()> {
    expect_context::<Documents>().end_authority(id, reason).await
}

#[server(prefix = "/api/ui", endpoint = "documents/issue", input = Json)]
pub async fn issue(id: DocumentId, revision: i64, number: Option<NumberId>, seal: Placement, pin: String) -> ApiResult<()> {
    expect_context::<Documents>().issue(id, revision, number, seal, pin).await
}

#[server(prefix = "/api/ui", endpoint = "documents/numbers", input = Json)]
pub async fn numbers(year: Option<i64>) -> ApiResult<NumberBook> {
    expect_context::<Documents>().numbers(year).await
}

#[server(prefix = "/api/ui", endpoint = "documents/hold-numbers", input = Json)]
pub async fn hold_numbers(wish: HoldWish) -> ApiResult<Vec<String>> {
    expect_context::<Documents>().hold_numbers(wish).await
}

#[server(prefix = "/api/ui", endpoint = "documents/cancel-number", input = Json)]
pub async fn cancel_number(id: NumberId, reason: String) -> ApiResult<()> {
    expect_context::<Documents>().cancel_number(id, reason).await
}

#[server(prefix = "/api/ui", endpoint = "documents/send", input = Json)]
pub async fn send_document(id: DocumentId, revision: i64) -> ApiResult<()> {
    expect_context::<Documents>().send(id, revision).await
}

#[server(prefix = "/api/ui", endpoint = "documents/recall", input = Json)]
pub async fn recall_document(id: DocumentId, revision: i64, reason: String) -> ApiResult<()> {
    expect_context::<Documents>().recall(id, revision, reason).await
}

#[server(prefix = "/api/ui", endpoint = "documents/take-in", input = Json)]
pub async fn take_in(id: DocumentId, revision: i64) -> ApiResult<()> {
    expect_context::<Documents>().take_in(id, revision).await
}

#[server(prefix = "/api/ui", endpoint = "documents/give-back", input = Json)]
pub async fn give_back(id: DocumentId, revision: i64) -> ApiResult<()> {
    expect_context::<Documents>().give_back(id, revision).await
}

#[server(prefix = "/api/ui", endpoint = "documents/keep-copy", input = Json)]
pub async fn keep_copy(id: DocumentId, revision: i64, reason: String) -> ApiResult<()> {
    expect_context::<Documents>().keep_copy(id, revision, reason).await
}

#[server(prefix = "/api/ui", endpoint = "documents/refuse", input = Json)]
pub async fn refuse(id: DocumentId, revision: i64, reason: String) -> ApiResult<()> {
    expect_context::<Documents>().refuse(id, revision, reason).await
}

#[server(prefix = "/api/ui", endpoint = "documents/assign", input = Json)]
pub async fn assign(id: DocumentId, revision: i64, wish: AssignWish) -> ApiResult<()> {
    expect_context::<Documents>().assign(id, revision, wish).await
}

#[server(prefix = "/api/ui", endpoint = "documents/start", input = Json)]
pub async fn start_processing(id: DocumentId, revision: i64) -> ApiResult<()> {
    expect_context::<Documents>().start_processing(id, revision).await
}

#[server(prefix = "/api/ui", endpoint = "documents/finish", input = Json)]
pub async fn finish(id: DocumentId, revision: i64, result: String) -> ApiResult<()> {
    expect_context::<Documents>().finish(id, revision, result).await
}

#[server(prefix = "/api/ui", endpoint = "documents/delete-draft", input = Json)]
pub async fn delete_draft(id: DocumentId, revision: i64) -> ApiResult<()> {
    expect_context::<Documents>().delete_draft(id, revision).await
}

#[server(prefix = "/api/ui", endpoint = "documents/figures", input = Json)]
pub async fn read_figures(query: FiguresQuery) -> ApiResult<Figures> {
    expect_context::<Documents>().figures(query).await
}

#[server(prefix = "/api/ui", endpoint = "documents/notices", input = Json)]
pub async fn list_notices() -> ApiResult<Notices> {
    expect_context::<Documents>().notices().await
}

#[server(prefix = "/api/ui", endpoint = "documents/unread-notices", input = Json)]
pub async fn unread_notices() -> ApiResult<u64> {
    expect_context::<Documents>().unread_notices().await
}

#[server(prefix = "/api/ui", endpoint = "documents/read-notices", input = Json)]
pub async fn read_notices(id: Option<NoticeId>) -> ApiResult<()> {
    expect_context::<Documents>().read_notices(id).await
}

#[server(prefix = "/api/ui", endpoint = "documents/calendar-feed", input = Json)]
pub async fn calendar_feed() -> ApiResult<Option<FeedState>> {
    expect_context::<Documents>().calendar_feed().await
}

#[server(prefix = "/api/ui", endpoint = "documents/renew-feed", input = Json)]
pub async fn renew_feed() -> ApiResult<String> {
    expect_context::<Documents>().renew_feed().await
}

#[server(prefix = "/api/ui", endpoint = "documents/end-feed", input = Json)]
pub async fn end_feed() -> ApiResult<()> {
    expect_context::<Documents>().end_feed().await
}

#[server(prefix = "/api/ui", endpoint = "documents/trash", input = Json)]
pub async fn trash() -> ApiResult<Vec<TrashedDraft>> {
    expect_context::<Documents>().trash().await
}

#[server(prefix = "/api/ui", endpoint = "documents/restore", input = Json)]
pub async fn restore_draft(id: DocumentId) -> ApiResult<()> {
    expect_context::<Documents>().restore_draft(id).await
}

#[server(prefix = "/api/ui", endpoint = "documents/verify", input = Json)]
pub async fn verify_document(id: DocumentId) -> ApiResult<VerifyReport> {
    expect_context::<Documents>().verify(id).await
}
