//! REST routes of those invited.
use super::http::{Body, given};
use super::{Error, Service};
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::identity::people::in_person;
use crate::state::AppState;
use app::dto::meetings::Answer;
use app::ids::{MeetingId, UserId};
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::put;
use axum::{Json, Router};
use serde::Deserialize;
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/meetings/{id}/answer", put(answer))
        .route("/api/v1/meetings/{id}/chat/{name}", put(write_chat))
        .route("/api/v1/meetings/{id}/presence", put(check_in))
        .route("/api/v1/meetings/{id}/members/{person}/presence", put(mark_present))
        .route("/api/v1/meetings/{id}/members/{person}", put(add).delete(remove))
}

/// What the token's holder answers.
#[derive(Deserialize, ToSchema)]
pub struct AnswerV1 {
    /// `accept`, `decline` or `delegate`.
    pub answer: String,
    /// Needed to decline.
    #[serde(default)]
    pub reason: String,
    /// Id of whoever comes instead.
    #[serde(default)]
    pub to: String,
}

/// Answers the invitation; a later answer replaces an earlier one.
#[utoipa::path(put, path = "/api/v1/meetings/{id}/answer", params(("id" = String, Path)), request_body = AnswerV1, responses((status = 204), (status = 400), (status = 401), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn answer(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<MeetingId>,
    body: Body<AnswerV1>,
) -> Result<StatusCode, Fault> {
    let body = given(&actor, body)?;
    let reason = body.reason;
    let answer = match body.answer.as_str() {
        "accept" => Answer::Accept,
        "decline" => Answer::Decline { reason },
        "delegate" => Answer::Delegate {
            to: UserId(body.to),
            reason,
        },
        _ => return Err(Error::Field("answer").into()),
    };
    service.answer(&actor, &id, &answer).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is written to the secretary, or by the secretary.
#[derive(Deserialize, ToSchema)]
pub struct ChatV1 {
    /// At most 1,000 characters.
    pub text: String,
    /// For the secretary: id of the member that it is for.
    #[serde(default)]
    pub to: Option<String>,
}

/// Nhắn thư ký, under a name (UUID) that the device gives: repeated it writes once, however often and late it comes. In person, not
/// by a token.
#[utoipa::path(put, path = "/api/v1/meetings/{id}/chat/{name}", params(("id" = String, Path), ("name" = String, Path)), request_body = ChatV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn write_chat(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path((id, name)): Path<(MeetingId, String)>,
    body: Body<ChatV1>,
) -> Result<StatusCode, Fault> {
    in_person(&actor)?;
    let Json(body) = body.map_err(|e| Error::Form(e.body_text()))?;
    let to = body.to.map(UserId);
    service.write_chat(&actor, &id, &name, to.as_ref(), &body.text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// With what one checks in.
#[derive(Deserialize, Default, ToSchema)]
pub struct PresenceV1 {
    /// Six digits shown in the room, where the meeting asks for them.
    #[serde(default)]
    pub code: String,
}

/// Điểm danh: checks oneself in, from the day of the meeting on; in person, not by a token. Who is there stays there.
#[utoipa::path(put, path = "/api/v1/meetings/{id}/presence", params(("id" = String, Path)), request_body = Option<PresenceV1>, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422), (status = 429)), tag = "meetings")]
pub async fn check_in(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<MeetingId>,
    body: Result<Option<Json<PresenceV1>>, JsonRejection>,
) -> Result<StatusCode, Fault> {
    in_person(&actor)?;
    let body = body.map_err(|e| Error::Form(e.body_text()))?;
    let code = body.map(|Json(b)| b.code).unwrap_or_default();
    service.check_in(&actor, &id, &code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The secretary has seen this member in the room; in person, not by a token.
#[utoipa::path(put, path = "/api/v1/meetings/{id}/members/{person}/presence", params(("id" = String, Path), ("person" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "meetings")]
pub async fn mark_present(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path((id, person)): Path<(MeetingId, UserId)>,
) -> Result<StatusCode, Fault> {
    in_person(&actor)?;
    service.mark_present(&actor, &id, &person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invites a person of this body.
#[utoipa::path(put, path = "/api/v1/meetings/{id}/members/{person}", params(("id" = String, Path), ("person" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn add(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path((id, person)): Path<(MeetingId, UserId)>,
) -> Result<StatusCode, Fault> {
    service.add_member(&actor, &id, &person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes an invitation back; nobody's who was present.
#[utoipa::path(delete, path = "/api/v1/meetings/{id}/members/{person}", params(("id" = String, Path), ("person" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "meetings")]
pub async fn remove(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path((id, person)): Path<(MeetingId, UserId)>,
) -> Result<StatusCode, Fault> {
    service.remove_member(&actor, &id, &person).await?;
    Ok(StatusCode::NO_CONTENT)
}
