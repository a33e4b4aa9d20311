//! REST routes of the floor and its clocks.
use super::http::{Body, given};
use super::{Error, Service};
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use app::dto::floor::{Clock, ClockStep, Floor, Speech};
use app::ids::{ItemId, MeetingId, SpeechId, UserId};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{post, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/meetings/{id}/speeches", post(ask))
        .route("/api/v1/meetings/{id}/speeches/{speech}", put(ask_under_name))
        .route("/api/v1/speeches/{id}/{action}", post(act))
        .route("/api/v1/items/{id}/clock/{step}", post(item_clock))
}

/// A clock: what has passed is `spent`, and while it runs what has passed since `since`.
#[derive(Serialize, ToSchema)]
pub struct ClockV1 {
    /// Seconds; 0 for no limit.
    pub limit: u32,
    /// Microseconds.
    pub spent: i64,
    /// Microseconds since the Unix epoch, UTC; empty while it stands.
    pub since: Option<i64>,
}

/// Somebody who waits for the floor or has it.
#[derive(Serialize, ToSchema)]
pub struct SpeechV1 {
    pub id: String,
    pub person: String,
    pub full_name: String,
    pub position: String,
    pub asked: i64,
    /// Has had the floor on this item before.
    pub again: bool,
    pub clock: ClockV1,
}

/// The floor of the item under discussion.
#[derive(Serialize, ToSchema)]
pub struct FloorV1 {
    pub speaking: Option<SpeechV1>,
    /// In the order in which they are to speak.
    pub waiting: Vec<SpeechV1>,
}

#[derive(Serialize, ToSchema)]
pub struct AskedV1 {
    pub id: String,
}

#[derive(Deserialize, ToSchema)]
pub struct AskV1 {
    /// Whom to put on the list; left out: the token's holder.
    pub person: Option<String>,
}

#[derive(Deserialize, ToSchema)]
pub struct SpeechActionV1 {
    /// For `give`: how long the speech may be; 0 or left out for no limit.
    #[serde(default)]
    pub seconds: u32,
}

/// Asks for the floor. Who waits already keeps the place: both answers carry the same id.
#[utoipa::path(post, path = "/api/v1/meetings/{id}/speeches", params(("id" = String, Path)), request_body = AskV1, responses((status = 201, body = AskedV1), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "meetings")]
pub async fn ask(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<MeetingId>,
    body: Body<AskV1>,
) -> Result<(StatusCode, Json<AskedV1>), Fault> {
    let body = given(&actor, body)?;
    let asked = service.ask_to_speak(&actor, &id, body.person.map(UserId).as_ref()).await?;
    Ok((StatusCode::CREATED, Json(AskedV1 { id: asked.0 })))
}

#[derive(Deserialize, ToSchema)]
pub struct AskOnV1 {
    /// Id of the item that one wants to speak on; left out where none is under discussion.
    pub item: Option<String>,
}

/// Asks for the floor under a name (UUID) that the device gives: repeated it asks once, however often and late it comes.
#[utoipa::path(put, path = "/api/v1/meetings/{id}/speeches/{speech}", params(("id" = String, Path), ("speech" = String, Path)), request_body = AskOnV1, responses((status = 204), (status = 400), (status = 401), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn ask_under_name(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path((id, speech)): Path<(MeetingId, SpeechId)>,
    body: Body<AskOnV1>,
) -> Result<StatusCode, Fault> {
    let body = given(&actor, body)?;
    service.ask_under_name(&actor, &id, &speech, body.item.map(ItemId).as_ref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `withdraw`, `give`, `end`, and of the speaker's clock `start`, `pause`, `reset`. What is so already stays so.
#[utoipa::path(post, path = "/api/v1/speeches/{id}/{action}", params(("id" = String, Path), ("action" = String, Path)), request_body = SpeechActionV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn act(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path((id, action)): Path<(SpeechId, String)>,
    body: Body<SpeechActionV1>,
) -> Result<StatusCode, Fault> {
    let body = given(&actor, body)?;
    match action.as_str() {
        "withdraw" => service.withdraw_speech(&actor, &id).await?,
        "give" => service.give_floor(&actor, &id, body.seconds).await?,
        "end" => service.end_speech(&actor, &id).await?,
        step => service.set_speech_clock(&actor, &id, clock_step(step)?).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The clock of an agenda item: `start`, `pause` or `reset`.
#[utoipa::path(post, path = "/api/v1/items/{id}/clock/{step}", params(("id" = String, Path), ("step" = String, Path)), responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "meetings")]
pub async fn item_clock(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path((id, step)): Path<(ItemId, String)>,
) -> Result<StatusCode, Fault> {
    actor.user().map_err(Error::from)?;
    service.set_item_clock(&actor, &id, clock_step(&step)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn clock_step(name: &str) -> Result<ClockStep, Error> {
    match name {
        "start" => Ok(ClockStep::Start),
        "pause" => Ok(ClockStep::Pause),
        "reset" => Ok(ClockStep::Reset),
        other => Err(Error::Form(format!("there is no action {other:?}"))),
    }
}

impl From<Clock> for ClockV1 {
    fn from(c: Clock) -> Self {
        Self {
            limit: c.limit,
            spent: c.spent,
            since: c.since,
        }
    }
}

impl From<Speech> for SpeechV1 {
    fn from(s: Speech) -> Self {
        Self {
            id: s.id.0,
            person: s.user_id.0,
            full_name: s.full_name,
            position: s.position,
            asked: s.asked.us,
            again: s.again,
            clock: s.clock.into(),
        }
    }
}

impl From<Floor> for FloorV1 {
    fn from(f: Floor) -> Self {
        Self {
            speaking: f.speaking.map(Into::into),
            waiting: f.waiting.into_iter().map(Into::into).collect(),
        }
    }
}
