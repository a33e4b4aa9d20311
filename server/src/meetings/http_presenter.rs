//! REST routes of the presenter's page.
use super::Service;
use super::http::{Body, given};
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use app::ids::{AttachmentId, MeetingId};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::put;
use serde::Deserialize;
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/meetings/{id}/presenting", put(present).delete(stop))
}

/// The page that all shall see.
#[derive(Deserialize, ToSchema)]
pub struct PresentV1 {
    /// Id of a document on the agenda.
    pub document: String,
    /// From 1.
    pub page: u32,
    /// Begins, also in place of somebody else; without it only the one who presents turns pages.
    #[serde(default)]
    pub take: bool,
}

/// Shows a page to all who follow: chair, secretary, or whoever has the floor.
#[utoipa::path(put, path = "/api/v1/meetings/{id}/presenting", params(("id" = String, Path)), request_body = PresentV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn present(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<MeetingId>,
    body: Body<PresentV1>,
) -> Result<StatusCode, Fault> {
    let body = given(&actor, body)?;
    service
        .present(&actor, &id, &AttachmentId(body.document), body.page, body.take)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends presenting: one's own; chair and secretary anybody's.
#[utoipa::path(delete, path = "/api/v1/meetings/{id}/presenting", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404)), tag = "meetings")]
pub async fn stop(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<MeetingId>) -> Result<StatusCode, Fault> {
    service.stop_presenting(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
