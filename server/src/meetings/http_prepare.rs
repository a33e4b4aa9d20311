//! REST routes of whoever prepares and conducts a meeting. What has an optional `id` may be asked again after a lost answer.
use super::agenda::ItemFacts;
use super::http::{Body, MeetingV1, VoteV1, given, whole};
use super::{Error, Service};
use crate::clock::local;
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use app::dto::meetings::{Check, Majority, MeetingChange, MeetingDraft, Motion, VoteForm};
use app::ids::{ItemId, MeetingId, UserId, VoteId};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/meetings", post(create))
        .route("/api/v1/meetings/{id}", put(change))
        .route("/api/v1/meetings/{id}/checks", get(checks))
        .route("/api/v1/meetings/{id}/publication", put(publish))
        .route("/api/v1/meetings/{id}/cancellation", put(cancel))
        .route("/api/v1/meetings/{id}/opening", put(open))
        .route("/api/v1/meetings/{id}/closing", put(close))
        .route("/api/v1/meetings/{id}/current-item", put(set_current))
        .route("/api/v1/meetings/{id}/items", post(add_item))
        .route("/api/v1/items/{id}", put(change_item).delete(remove_item))
        .route("/api/v1/items/{id}/position", put(move_item))
        .route("/api/v1/meetings/{id}/votes", post(open_vote))
        .route("/api/v1/votes/{id}/closing", put(close_vote))
}

/// A meeting in preparation.
#[derive(Deserialize, ToSchema)]
pub struct NewMeetingV1 {
    /// UUID that the program gives; asked again under it, the answer is the meeting that there is.
    #[serde(default)]
    pub id: Option<String>,
    pub title: String,
    pub room: String,
    /// Microseconds since the Unix epoch, UTC; whole minutes.
    pub starts: i64,
    pub ends: i64,
    /// Id of the person in the chair, who is not the secretary.
    pub chair: String,
    /// Ids of those invited beside chair and secretary.
    #[serde(default)]
    pub members: Vec<String>,
    /// Id of an earlier meeting whose agenda, quorum rule and seats are taken over.
    #[serde(default)]
    pub copy_of: Option<String>,
}

#[derive(Deserialize, ToSchema)]
pub struct ChangedMeetingV1 {
    pub title: String,
    pub room: String,
    /// Microseconds since the Unix epoch, UTC; whole minutes.
    pub starts: i64,
    pub ends: i64,
}

/// A point of the checklist before a meeting is published.
#[derive(Serialize, ToSchema)]
pub struct CheckV1 {
    /// `time`, `room`, `members`, `people`, `agenda`, `presenters`, `documents` or `length`.
    pub check: &'static str,
    pub fine: bool,
    /// Items, people or times that it is not fine for.
    pub about: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub struct ChecksV1 {
    pub checks: Vec<CheckV1>,
}

#[derive(Deserialize, Default, ToSchema)]
pub struct PublicationV1 {
    /// Points of the checklist that somebody has looked at although they are not fine.
    #[serde(default)]
    pub accepted: Vec<String>,
}

#[derive(Deserialize, Default, ToSchema)]
pub struct CancellationV1 {
    /// Told to those invited; needed once the meeting is published.
    #[serde(default)]
    pub reason: String,
}

#[derive(Deserialize, ToSchema)]
pub struct CurrentItemV1 {
    /// `null`: none.
    pub item: Option<String>,
}

/// An item of the agenda.
#[derive(Deserialize, ToSchema)]
pub struct NewItemV1 {
    /// UUID that the program gives; asked again under it, nothing is added twice.
    #[serde(default)]
    pub id: Option<String>,
    pub title: String,
    #[serde(default)]
    pub presenter: String,
    /// 1 to 1,440.
    pub minutes: u32,
}

#[derive(Serialize, ToSchema)]
pub struct MadeV1 {
    pub id: String,
}

#[derive(Deserialize, ToSchema)]
pub struct PositionV1 {
    /// From 1; beyond the end: to the end.
    pub position: u32,
}

/// A question put to the vote.
#[derive(Deserialize, ToSchema)]
pub struct MotionV1 {
    /// Id of the item that it belongs to.
    #[serde(default)]
    pub item: Option<String>,
    pub question: String,
    /// `half_present` (if left out), `half_all`, `two_thirds_present`, `two_thirds_all` or `cast`.
    #[serde(default)]
    pub majority: Option<String>,
    /// `open` (if left out) or `secret`.
    #[serde(default)]
    pub form: Option<String>,
}

/// A moment as the screens' forms have it.
fn minute(us: i64, field: &'static str) -> Result<String, Error> {
    local(us).ok_or(Error::Field(field))
}

/// Prepares a meeting, whose secretary is the token's holder.
#[utoipa::path(post, path = "/api/v1/meetings", request_body = NewMeetingV1, responses((status = 201, body = MeetingV1), (status = 400), (status = 401), (status = 403), (status = 404), (status = 422)), tag = "meetings")]
pub async fn create(
    State(service): State<Service>,
    Caller(actor): Caller,
    body: Body<NewMeetingV1>,
) -> Result<(StatusCode, Json<MeetingV1>), Fault> {
    let body = given(&actor, body)?;
    let draft = MeetingDraft {
        title: body.title,
        room: body.room,
        starts: minute(body.starts, "starts")?,
        ends: minute(body.ends, "ends")?,
        chair_id: UserId(body.chair),
        members: body.members.into_iter().map(UserId).collect(),
    };
    let from = body.copy_of.map(MeetingId);
    let id = service.create_under_name(&actor, body.id.as_deref(), from.as_ref(), &draft).await?;
    Ok((StatusCode::CREATED, Json(whole(&service, &actor, &id).await?)))
}

/// Changes title, room and time; those invited are told.
#[utoipa::path(put, path = "/api/v1/meetings/{id}", params(("id" = String, Path)), request_body = ChangedMeetingV1, responses((status = 200, body = MeetingV1), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn change(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<MeetingId>,
    body: Body<ChangedMeetingV1>,
) -> Result<Json<MeetingV1>, Fault> {
    let body = given(&actor, body)?;
    let to = MeetingChange {
        title: body.title,
        room: body.room,
        starts: minute(body.starts, "starts")?,
        ends: minute(body.ends, "ends")?,
    };
    service.change(&actor, &id, &to).await?;
    Ok(Json(whole(&service, &actor, &id).await?))
}

/// What is to be looked at before the meeting is published.
#[utoipa::path(get, path = "/api/v1/meetings/{id}/checks", params(("id" = String, Path)), responses((status = 200, body = ChecksV1), (status = 401), (status = 403), (status = 404)), tag = "meetings")]
pub async fn checks(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<MeetingId>) -> Result<Json<ChecksV1>, Fault> {
    let lines = service.checks(&actor, &id).await?.into_iter().map(|line| CheckV1 {
        check: line.check.as_str(),
        fine: line.fine,
        about: line.about,
    });
    Ok(Json(ChecksV1 { checks: lines.collect() }))
}

/// Shows the meeting to those invited, and invites them. Points of the checklist that are not fine must be `accepted`.
#[utoipa::path(put, path = "/api/v1/meetings/{id}/publication", params(("id" = String, Path)), request_body = PublicationV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn publish(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<MeetingId>,
    body: Body<PublicationV1>,
) -> Result<StatusCode, Fault> {
    let body = given(&actor, body)?;
    let known = |name: &String| Check::ALL.into_iter().find(|c| c.as_str() == name).ok_or(Error::Field("accepted"));
    let accepted = body.accepted.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    service.publish(&actor, &id, &accepted).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Calls the meeting off. One that was never published only its secretary still sees.
#[utoipa::path(put, path = "/api/v1/meetings/{id}/cancellation", params(("id" = String, Path)), request_body = CancellationV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn cancel(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<MeetingId>,
    body: Body<CancellationV1>,
) -> Result<StatusCode, Fault> {
    service.cancel(&actor, &id, &given(&actor, body)?.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Opens the meeting (chair or secretary).
#[utoipa::path(put, path = "/api/v1/meetings/{id}/opening", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "meetings")]
pub async fn open(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<MeetingId>) -> Result<StatusCode, Fault> {
    service.open(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the meeting, and a vote that is still open.
#[utoipa::path(put, path = "/api/v1/meetings/{id}/closing", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "meetings")]
pub async fn close(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<MeetingId>) -> Result<StatusCode, Fault> {
    service.close(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Goes to an item of the agenda.
#[utoipa::path(put, path = "/api/v1/meetings/{id}/current-item", params(("id" = String, Path)), request_body = CurrentItemV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn set_current(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<MeetingId>,
    body: Body<CurrentItemV1>,
) -> Result<StatusCode, Fault> {
    let item = given(&actor, body)?.item.map(ItemId);
    service.set_current_item(&actor, &id, item.as_ref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts an item at the end of the agenda.
#[utoipa::path(post, path = "/api/v1/meetings/{id}/items", params(("id" = String, Path)), request_body = NewItemV1, responses((status = 201, body = MadeV1), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn add_item(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<MeetingId>,
    body: Body<NewItemV1>,
) -> Result<(StatusCode, Json<MadeV1>), Fault> {
    let body = given(&actor, body)?;
    let facts = ItemFacts {
        title: &body.title,
        presenter: &body.presenter,
        minutes: body.minutes,
    };
    let made = service.add_item_under_name(&actor, &id, body.id.as_deref(), facts).await?;
    Ok((StatusCode::CREATED, Json(MadeV1 { id: made.0 })))
}

/// Changes an item of the agenda; `id` is not looked at.
#[utoipa::path(put, path = "/api/v1/items/{id}", params(("id" = String, Path)), request_body = NewItemV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn change_item(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<ItemId>,
    body: Body<NewItemV1>,
) -> Result<StatusCode, Fault> {
    let body = given(&actor, body)?;
    service.change_item(&actor, &id, &body.title, &body.presenter, body.minutes).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Moves an item within the agenda.
#[utoipa::path(put, path = "/api/v1/items/{id}/position", params(("id" = String, Path)), request_body = PositionV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn move_item(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<ItemId>,
    body: Body<PositionV1>,
) -> Result<StatusCode, Fault> {
    service.move_item(&actor, &id, given(&actor, body)?.position).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes an item off the agenda.
#[utoipa::path(delete, path = "/api/v1/items/{id}", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "meetings")]
pub async fn remove_item(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<ItemId>) -> Result<StatusCode, Fault> {
    service.remove_item(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a question to the vote (chair or secretary); one at a time. The same question asked again is the vote that runs.
#[utoipa::path(post, path = "/api/v1/meetings/{id}/votes", params(("id" = String, Path)), request_body = MotionV1, responses((status = 201, body = VoteV1), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn open_vote(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<MeetingId>,
    body: Body<MotionV1>,
) -> Result<(StatusCode, Json<VoteV1>), Fault> {
    let body = given(&actor, body)?;
    let majority = body
        .majority
        .map(|m| Majority::parse(&m).ok_or(Error::Field("majority")))
        .transpose()?;
    let form = body.form.map(|f| VoteForm::parse(&f).ok_or(Error::Field("form"))).transpose()?;
    let motion = Motion {
        item: body.item.map(ItemId),
        question: body.question,
        majority: majority.unwrap_or_default(),
        form: form.unwrap_or_default(),
    };
    let vote = service.open_vote(&actor, &id, &motion).await?;
    let opened = whole(&service, &actor, &id).await?.votes.into_iter().find(|v| v.id == vote.0);
    Ok((StatusCode::CREATED, Json(opened.ok_or(Error::NotFound)?)))
}

/// Closes a vote; the count stays as it is now.
#[utoipa::path(put, path = "/api/v1/votes/{id}/closing", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "meetings")]
pub async fn close_vote(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<VoteId>) -> Result<StatusCode, Fault> {
    service.close_vote(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
