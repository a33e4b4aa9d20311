//! The calendar at its address, and REST v1 of the address.
use crate::documents::{Error, Service};
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/calendar.ics", get(calendar))
        .route("/api/v1/calendar-feed", get(feed).post(renew).delete(end))
}

/// In the query, which no log keeps.
#[derive(Deserialize)]
pub struct Key {
    key: Option<String>,
}

/// For calendars, which sign in to nothing: who knows the address may read.
pub async fn calendar(State(service): State<Service>, query: Result<Query<Key>, QueryRejection>) -> Result<Response, Fault> {
    let key = query.ok().and_then(|Query(q)| q.key).unwrap_or_default();
    let text = service.deadlines(&key).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"deadlines.ics\""),
    ];
    Ok((headers, text).into_response())
}

#[derive(Serialize, ToSchema)]
pub struct FeedV1 {
    /// Microseconds since the Unix epoch, as `asked`; absent without a feed.
    pub made: Option<i64>,
    /// When a calendar last asked.
    pub asked: Option<i64>,
}

/// Whether the token's holder has a calendar feed of deadlines.
#[utoipa::path(get, path = "/api/v1/calendar-feed", responses((status = 200, body = FeedV1), (status = 401)), tag = "documents")]
pub async fn feed(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<FeedV1>, Fault> {
    let feed = service.calendar_feed(&actor).await?;
    Ok(Json(FeedV1 {
        made: feed.as_ref().map(|f| f.made.us),
        asked: feed.and_then(|f| f.asked).map(|at| at.us),
    }))
}

#[derive(Serialize, ToSchema)]
pub struct FeedAddressV1 {
    /// Told this once; whoever knows it may read the deadlines.
    pub address: String,
}

/// A new address of the calendar feed; the one before answers no more (a person with a session).
#[utoipa::path(post, path = "/api/v1/calendar-feed", responses((status = 201, body = FeedAddressV1), (status = 401), (status = 403)), tag = "documents")]
pub async fn renew(State(service): State<Service>, Caller(actor): Caller) -> Result<(StatusCode, Json<FeedAddressV1>), Fault> {
    actor.user().map_err(Error::from)?;
    let address = service.renew_feed(&actor).await?;
    Ok((StatusCode::CREATED, Json(FeedAddressV1 { address })))
}

/// Ends the calendar feed.
#[utoipa::path(delete, path = "/api/v1/calendar-feed", responses((status = 204), (status = 401)), tag = "documents")]
pub async fn end(State(service): State<Service>, Caller(actor): Caller) -> Result<StatusCode, Fault> {
    service.end_feed(&actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
