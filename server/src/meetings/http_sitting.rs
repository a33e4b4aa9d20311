//! Sitting down at a tablet of the room: the form on its resting page, and the codes for it.
use super::{Error, Service};
use crate::fault::Fault;
use crate::identity::forms::{refused, session_cookie, tablet_of};
use crate::identity::http::{Caller, cookie};
use crate::identity::{self, cookie_name};
use crate::state::AppState;
use app::ids::{MeetingId, UserId};
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post, put};
use axum::{Form, Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/room/sit", post(sit))
        .route("/files/seat-code/{meeting}/{person}", get(picture))
        .route("/api/v1/meetings/{id}/seat-code", get(own))
        .route("/api/v1/meetings/{id}/seat-codes", get(all))
        .route("/api/v1/meetings/{id}/members/{person}/seat-code", put(renew))
}

#[derive(Deserialize)]
struct Sit {
    code: String,
}

async fn sit(
    State(state): State<AppState>,
    Caller(caller): Caller,
    headers: HeaderMap,
    form: Result<Form<Sit>, FormRejection>,
) -> Response {
    match sit_down(&state, &caller, &headers, form).await {
        Ok((secret, meeting)) => {
            let cookie = session_cookie(&state.config, &secret);
            (cookie, Redirect::to(&format!("/meetings/{meeting}"))).into_response()
        }
        Err(e) => refused("/room", e, &[]),
    }
}

async fn sit_down(
    state: &AppState,
    caller: &crate::actor::Actor,
    headers: &HeaderMap,
    form: Result<Form<Sit>, FormRejection>,
) -> Result<(String, MeetingId), Error> {
    let Form(form) = form.map_err(|e| Error::Form(e.body_text()))?;
    let tablet = tablet_of(state, headers).await?.ok_or(identity::Error::NotATablet)?;
    state.identity.may_guess(&tablet.id, &caller.address).await?;
    let (meeting, person) = state.meetings.whose_seat_code(&form.code).await?;
    let old = cookie(headers, &cookie_name(&state.config.public_url));
    let (secret, actor) = state.identity.sit(caller, &tablet, &person, meeting.as_str(), old).await?;
    state.meetings.sat_down(&actor, &meeting, tablet.seat).await?;
    Ok((secret, meeting))
}

/// `{person}.svg`: a member's code, to be scanned.
async fn picture(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path((meeting, person)): Path<(MeetingId, String)>,
) -> Result<Response, Fault> {
    let person = UserId::from(person.trim_end_matches(".svg"));
    let picture = service.seat_code_picture(&actor, &meeting, &person).await?;
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, picture).into_response())
}

/// A code for the tablets of the room.
#[derive(Serialize, ToSchema)]
pub struct SeatCodeV1 {
    /// Eight digits.
    pub code: String,
}

/// A member's code.
#[derive(Serialize, ToSchema)]
pub struct MemberCodeV1 {
    pub person: String,
    pub full_name: String,
    pub position: String,
    /// Eight digits.
    pub code: String,
}

/// The token's holder's own code for the tablets of the room (mã ngồi máy phòng họp).
#[utoipa::path(get, path = "/api/v1/meetings/{id}/seat-code", params(("id" = String, Path)), responses((status = 200, body = SeatCodeV1), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "meetings")]
pub async fn own(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<MeetingId>) -> Result<Json<SeatCodeV1>, Fault> {
    let code = service.own_seat_code(&actor, &id).await?;
    Ok(Json(SeatCodeV1 { code }))
}

/// Everybody's codes; for who prepares the meeting.
#[utoipa::path(get, path = "/api/v1/meetings/{id}/seat-codes", params(("id" = String, Path)), responses((status = 200, body = Vec<MemberCodeV1>), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "meetings")]
pub async fn all(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<MeetingId>,
) -> Result<Json<Vec<MemberCodeV1>>, Fault> {
    let all = service.seat_codes(&actor, &id).await?;
    let line = |c: app::dto::meetings::SeatCode| MemberCodeV1 {
        person: c.user_id.0,
        full_name: c.full_name,
        position: c.position,
        code: c.code,
    };
    Ok(Json(all.into_iter().map(line).collect()))
}

/// Another code for a member: the one before opens nothing any more.
#[utoipa::path(put, path = "/api/v1/meetings/{id}/members/{person}/seat-code", params(("id" = String, Path), ("person" = String, Path)), responses((status = 200, body = SeatCodeV1), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "meetings")]
pub async fn renew(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path((id, person)): Path<(MeetingId, UserId)>,
) -> Result<Json<SeatCodeV1>, Fault> {
    let code = service.renew_seat_code(&actor, &id, &person).await?;
    Ok(Json(SeatCodeV1 { code }))
}
