//! Official documents.
use crate::dto::documents::{AssignWish, DocumentDetail, DocumentQuery, DocumentRow, DraftFields};
use crate::dto::verify::VerifyReport;
use crate::dto::{Page, Placement};
use crate::error::ApiResult;
use crate::ids::DocumentId;
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
pub async fn sign(id: DocumentId, revision: i64, placement: Placement, pin: String) -> ApiResult<()> {
    expect_context::<Documents>().sign(id, revision, placement, pin).await
}

#[server(prefix = "/api/ui", endpoint = "documents/issue", input = Json)]
pub async fn issue(id: DocumentId, revision: i64, seal: Placement, pin: String) -> ApiResult<()> {
    expect_context::<Documents>().issue(id, revision, seal, pin).await
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

#[server(prefix = "/api/ui", endpoint = "documents/verify", input = Json)]
pub async fn verify_document(id: DocumentId) -> ApiResult<VerifyReport> {
    expect_context::<Documents>().verify(id).await
}
