//! REST routes of conclusions and tasks.
use super::Service;
use super::http::{Body, given};
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use app::dto::after::{Task, TaskDraft};
use app::ids::{ItemId, TaskId, UserId};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/items/{id}/conclusion", put(conclude))
        .route("/api/v1/items/{id}/tasks", post(give))
        .route("/api/v1/tasks", get(mine))
        .route("/api/v1/tasks/{id}", delete(take_back))
        .route("/api/v1/tasks/{id}/done", put(finish).delete(reopen))
}

/// Kết luận.
#[derive(Deserialize, ToSchema)]
pub struct ConcludeV1 {
    /// What the writer has read there; when it says something else by now, nothing is written. Left out: whatever it says.
    pub before: Option<String>,
    /// Empty takes it back.
    pub text: String,
}

#[derive(Deserialize, ToSchema)]
pub struct GiveV1 {
    pub text: String,
    /// Id of a person of this body.
    pub owner: String,
    /// `2026-11-30`; empty or left out for no deadline.
    #[serde(default)]
    pub due: String,
}

#[derive(Serialize, ToSchema)]
pub struct GivenV1 {
    pub id: String,
}

#[derive(Deserialize, ToSchema)]
pub struct FinishV1 {
    /// What came of it.
    pub result: String,
}

#[derive(Serialize, ToSchema)]
pub struct TaskListV1 {
    /// Most urgent first.
    pub tasks: Vec<MyTaskV1>,
}

#[derive(Serialize, ToSchema)]
pub struct MyTaskV1 {
    #[serde(flatten)]
    pub task: TaskV1,
    /// Title of the meeting that gave it.
    pub meeting: String,
}

/// Nhiệm vụ.
#[derive(Serialize, ToSchema)]
pub struct TaskV1 {
    pub id: String,
    pub text: String,
    pub owner: String,
    pub owner_name: String,
    /// `2026-11-30`
    pub due: Option<String>,
    /// When it was reported as done.
    pub done: Option<i64>,
    pub result: String,
}

/// Enters what was concluded on an item, in place of what was there.
#[utoipa::path(put, path = "/api/v1/items/{id}/conclusion", params(("id" = String, Path)), request_body = ConcludeV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn conclude(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<ItemId>,
    body: Body<ConcludeV1>,
) -> Result<StatusCode, Fault> {
    let body = given(&actor, body)?;
    service.conclude(&actor, &id, body.before.as_deref(), &body.text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a task. The same twice is one: both answers carry the same id.
#[utoipa::path(post, path = "/api/v1/items/{id}/tasks", params(("id" = String, Path)), request_body = GiveV1, responses((status = 201, body = GivenV1), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn give(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<ItemId>,
    body: Body<GiveV1>,
) -> Result<(StatusCode, Json<GivenV1>), Fault> {
    let body = given(&actor, body)?;
    let draft = TaskDraft {
        text: body.text,
        owner_id: UserId(body.owner),
        due_on: body.due,
    };
    let given = service.give_task(&actor, &id, &draft).await?;
    Ok((StatusCode::CREATED, Json(GivenV1 { id: given.0 })))
}

/// What the token's holder has still to do.
#[utoipa::path(get, path = "/api/v1/tasks", responses((status = 200, body = TaskListV1), (status = 401)), tag = "meetings")]
pub async fn mine(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<TaskListV1>, Fault> {
    let all = service.my_tasks(&actor).await?.into_iter();
    let tasks = all.map(|t| MyTaskV1 {
        task: t.task.into(),
        meeting: t.meeting,
    });
    Ok(Json(TaskListV1 { tasks: tasks.collect() }))
}

/// Takes a task back: chair and secretary.
#[utoipa::path(delete, path = "/api/v1/tasks/{id}", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404)), tag = "meetings")]
pub async fn take_back(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<TaskId>) -> Result<StatusCode, Fault> {
    service.take_task_back(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reports a task as done.
#[utoipa::path(put, path = "/api/v1/tasks/{id}/done", params(("id" = String, Path)), request_body = FinishV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 422)), tag = "meetings")]
pub async fn finish(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<TaskId>,
    body: Body<FinishV1>,
) -> Result<StatusCode, Fault> {
    let body = given(&actor, body)?;
    service.finish_task(&actor, &id, &body.result).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Opens a task again that is not done after all: chair and secretary.
#[utoipa::path(delete, path = "/api/v1/tasks/{id}/done", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404)), tag = "meetings")]
pub async fn reopen(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<TaskId>) -> Result<StatusCode, Fault> {
    service.reopen_task(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Task> for TaskV1 {
    fn from(t: Task) -> Self {
        Self {
            id: t.id.0,
            text: t.text,
            owner: t.owner_id.0,
            owner_name: t.owner,
            due: t.due.map(|d| d.day),
            done: t.done.map(|w| w.us),
            result: t.result,
        }
    }
}
