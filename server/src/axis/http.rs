//! REST routes of machines that follow the axis. Wire types of REST v1 are here and nowhere else.
use super::Error;
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use crate::stored::{self, Keep, disposition};
use app::ids::MessageId;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/axis/link", get(link))
        .route("/api/v1/axis/messages", get(messages))
        .route("/api/v1/axis/messages/{id}/edxml", get(edxml))
        .route("/api/v1/axis/messages/{id}/retry", post(retry))
        .route("/api/v1/axis/messages/{id}/give-up", post(give_up))
}

/// Health of the link to the axis node.
#[derive(Serialize, ToSchema)]
pub struct LinkV1 {
    pub connected: bool,
    /// Microseconds since the Unix epoch: since when it is, or is not, connected.
    pub since: Option<i64>,
    /// Empty when no node is configured.
    pub node: String,
    /// Messages that the node has not taken yet.
    pub waiting: u32,
    /// Messages given up; a person must look.
    pub failed: u32,
    pub last_error: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct MessageListV1 {
    pub messages: Vec<MessageV1>,
    /// In all, over every page.
    pub total: u64,
    /// From 1.
    pub page: u32,
    pub per_page: u32,
}

#[derive(Serialize, ToSchema)]
pub struct MessageV1 {
    pub id: String,
    /// `document`, `recall`, `update`, `replacement`, `status`, `notice`, or `file` for what could not be read in a drop folder.
    pub kind: String,
    /// `out` or `in`.
    pub way: String,
    /// Code and name of the other body.
    pub other: String,
    pub subject: String,
    /// `queued`, `accepted`, `delivered`, `refused`, `failed` (set aside for a person) or `undelivered` (ended).
    pub state: String,
    pub attempts: u32,
    pub error: Option<String>,
    /// Who has signed what came in; absent when nobody has.
    pub signed_by: Option<String>,
    /// Microseconds since the Unix epoch.
    pub at: i64,
}

#[derive(Deserialize, IntoParams)]
pub struct PageQuery {
    /// From 1.
    #[serde(default = "first")]
    page: u32,
}

fn first() -> u32 {
    1
}

#[utoipa::path(get, path = "/api/v1/axis/link", responses((status = 200, body = LinkV1), (status = 401), (status = 403)), tag = "axis")]
pub async fn link(State(state): State<AppState>, Caller(actor): Caller) -> Result<Json<LinkV1>, Fault> {
    let status = state.axis.link_status(&actor).await?;
    Ok(Json(LinkV1 {
        connected: status.connected,
        since: status.since.map(|w| w.us),
        node: status.node,
        waiting: status.waiting,
        failed: status.failed,
        last_error: status.last_error,
    }))
}

#[utoipa::path(get, path = "/api/v1/axis/messages", params(PageQuery), responses((status = 200, body = MessageListV1), (status = 400), (status = 401), (status = 403)), tag = "axis")]
pub async fn messages(
    State(state): State<AppState>,
    Caller(actor): Caller,
    query: Result<Query<PageQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<MessageListV1>, Fault> {
    actor.user().map_err(Error::from)?;
    let Query(PageQuery { page }) = query.map_err(|e| Error::Query(e.body_text()))?;
    let found = state.axis.messages(&actor, page).await?;
    let messages = found.rows.into_iter().map(|m| MessageV1 {
        id: m.id.0,
        kind: m.kind,
        way: m.way,
        other: m.other,
        subject: m.subject,
        state: m.state,
        attempts: m.attempts,
        error: m.error,
        signed_by: m.signed_by,
        at: m.at.us,
    });
    Ok(Json(MessageListV1 {
        messages: messages.collect(),
        total: found.total,
        page: found.page,
        per_page: found.per_page,
    }))
}

/// A message as it came or went, to the byte: evidence of what its sender has signed (auditors and clerks).
#[utoipa::path(get, path = "/api/v1/axis/messages/{id}/edxml", params(("id" = String, Path)), responses((status = 200, content_type = "application/xml"), (status = 401), (status = 403), (status = 404)), tag = "axis")]
pub async fn edxml(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Path(id): Path<MessageId>,
    request: Request,
) -> Result<Response, Fault> {
    let sha256 = state.axis.edxml(&actor, &id).await?;
    let name = format!("{}.edxml", id.as_str().replace([':', '/', '\\'], "-"));
    Ok(stored::serve_as(
        &state,
        &sha256,
        ("application/xml", &disposition("attachment", &name)),
        Keep::Never,
        request,
    )
    .await)
}

/// Tries a failed message again now, or sends one again that came back as undelivered.
#[utoipa::path(post, path = "/api/v1/axis/messages/{id}/retry", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "axis")]
pub async fn retry(State(state): State<AppState>, Caller(actor): Caller, Path(id): Path<MessageId>) -> Result<StatusCode, Fault> {
    state.axis.retry(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives up a failed message: whom it concerns hears at once that it was not delivered.
#[utoipa::path(post, path = "/api/v1/axis/messages/{id}/give-up", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "axis")]
pub async fn give_up(State(state): State<AppState>, Caller(actor): Caller, Path(id): Path<MessageId>) -> Result<StatusCode, Fault> {
    state.axis.give_up(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
