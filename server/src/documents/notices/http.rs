//! REST v1 of the bell.
use crate::documents::{Error, Service};
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use app::dto::notices::{About, Notice};
use app::ids::NoticeId;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/notices", get(list))
        .route("/api/v1/notices/read", post(read))
}

#[derive(Serialize, ToSchema)]
pub struct NoticesV1 {
    /// Not read yet; no more than a hundred are counted.
    pub unread: u64,
    /// The latest hundred, the latest first.
    pub notices: Vec<NoticeV1>,
}

#[derive(Serialize, ToSchema)]
pub struct NoticeV1 {
    pub id: String,
    /// `assigned`, `submitted`, `returned`, `soon` (due today or tomorrow) or `late`.
    pub kind: &'static str,
    /// Id of the document, or of the meeting that gave the task.
    pub document: Option<String>,
    pub meeting: Option<String>,
    pub title: String,
    /// Số và ký hiệu; empty where there is none.
    pub number: String,
    /// `2026-11-30`, or empty.
    pub due_on: String,
    /// Microseconds since the Unix epoch.
    pub at: i64,
    pub read: bool,
}

impl From<Notice> for NoticeV1 {
    fn from(n: Notice) -> Self {
        let (document, meeting) = match n.about {
            About::Incoming(id) | About::Outgoing(id) => (Some(id.0), None),
            About::Task(id) => (None, Some(id.0)),
        };
        Self {
            id: n.id.0,
            kind: n.kind.as_str(),
            document,
            meeting,
            title: n.title,
            number: n.number,
            due_on: n.due_on,
            at: n.at.us,
            read: n.read,
        }
    }
}

/// What the token's holder is told of: given, returned, due, late.
#[utoipa::path(get, path = "/api/v1/notices", responses((status = 200, body = NoticesV1), (status = 401)), tag = "documents")]
pub async fn list(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<NoticesV1>, Fault> {
    let all = service.notices(&actor).await?;
    Ok(Json(NoticesV1 {
        unread: all.unread,
        notices: all.notices.into_iter().map(Into::into).collect(),
    }))
}

#[derive(Deserialize, ToSchema)]
pub struct ReadV1 {
    /// Absent: all of them.
    pub id: Option<String>,
}

/// Marks one notice of the token's holder as read, or all.
#[utoipa::path(post, path = "/api/v1/notices/read", request_body = ReadV1, responses((status = 204), (status = 400), (status = 401), (status = 422)), tag = "documents")]
pub async fn read(
    State(service): State<Service>,
    Caller(actor): Caller,
    body: Result<Json<ReadV1>, JsonRejection>,
) -> Result<StatusCode, Fault> {
    actor.user().map_err(Error::from)?;
    let Json(body) = body.map_err(|e| Error::Form(e.body_text()))?;
    service.read_notices(&actor, body.id.map(NoticeId).as_ref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
