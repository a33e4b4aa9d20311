//! REST v1 of the figures.
use super::open_data::By;
use crate::documents::{Error, Service};
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use app::dto::figures::{Figures, FiguresQuery};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/figures", get(figures))
        .route("/api/v1/figures/open-data", get(open_data))
}

#[derive(Deserialize, utoipa::IntoParams)]
pub struct FiguresQueryV1 {
    /// A unit by its name; without it all that the caller may be told of.
    unit: Option<String>,
    /// First and last day, `2026-11-24`, at most 366 days; without them this month until today.
    from: Option<String>,
    to: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct FiguresV1 {
    /// Of what the figures are: `body`, `unit` or `own`.
    pub scope: &'static str,
    pub unit: String,
    pub from: String,
    pub to: String,
    /// `to_take_in`, `to_assign`, `in_work`, `late`, `soon`, `to_sign`, `to_issue`, `to_send` as of now; `arrived`, `done`, `in_time`,
    /// `done_late`, `issued`, `signed`, `unsigned` of the time.
    pub counts: BTreeMap<&'static str, u64>,
    /// Days since the oldest deadline missed by what is in work; 0 without one.
    pub longest_late_days: i64,
    /// Whole hours begun from arrival to the end of processing; absent where nothing was finished.
    pub hours_median: Option<i64>,
    pub hours_p90: Option<i64>,
    pub people: Vec<PersonFiguresV1>,
    pub periods: Vec<PeriodV1>,
}

#[derive(Serialize, ToSchema)]
pub struct PersonFiguresV1 {
    pub id: String,
    pub name: String,
    pub unit: String,
    pub in_work: u64,
    pub late: u64,
    pub soon: u64,
    pub longest_late_days: i64,
    pub to_sign: u64,
}

#[derive(Serialize, ToSchema)]
pub struct PeriodV1 {
    /// A day, `2026-11-24`, or of more than 62 days a month, `2026-11`.
    pub period: String,
    pub arrived: u64,
    pub done: u64,
    pub issued: u64,
}

impl From<Figures> for FiguresV1 {
    fn from(f: Figures) -> Self {
        let people = f.people.into_iter().map(|p| PersonFiguresV1 {
            id: p.person.0,
            name: p.name,
            unit: p.unit,
            in_work: p.in_work,
            late: p.late,
            soon: p.soon,
            longest_late_days: p.longest_late,
            to_sign: p.to_sign,
        });
        let periods = f.steps.into_iter().map(|s| PeriodV1 {
            period: s.period,
            arrived: s.arrived,
            done: s.done,
            issued: s.issued,
        });
        Self {
            scope: f.scope.as_str(),
            unit: f.unit,
            from: f.from,
            to: f.to,
            counts: f.figures.iter().map(|f| (f.counted.as_str(), f.count)).collect(),
            longest_late_days: f.longest_late,
            hours_median: f.spent.map(|s| s.median),
            hours_p90: f.spent.map(|s| s.ninth),
            people: people.collect(),
            periods: periods.collect(),
        }
    }
}

/// Tình hình xử lý văn bản: what waits, is late, came and went. Of the body for leaders, clerks and auditors, of their unit for heads, else one's own.
#[utoipa::path(get, path = "/api/v1/figures", params(FiguresQueryV1), responses((status = 200, body = FiguresV1), (status = 400), (status = 401), (status = 403), (status = 422)), tag = "documents")]
pub async fn figures(
    State(service): State<Service>,
    Caller(actor): Caller,
    query: Result<Query<FiguresQueryV1>, QueryRejection>,
) -> Result<Json<FiguresV1>, Fault> {
    let Query(query) = query.map_err(|e| Error::Form(e.body_text()))?;
    let query = FiguresQuery {
        unit: query.unit.unwrap_or_default(),
        from: query.from.unwrap_or_default(),
        to: query.to.unwrap_or_default(),
    };
    Ok(Json(service.figures(&actor, &query).await?.into()))
}

#[derive(Deserialize, utoipa::IntoParams)]
pub struct OpenDataV1 {
    /// `day` (if not given) or `month`.
    by: Option<String>,
    /// First and last day, `2026-11-24`, at most 366 days; without them this month until today.
    from: Option<String>,
    to: Option<String>,
}

/// The figures as open data: CSV, a line for the body and for each unit, of each day or month; nothing personal (leaders, clerks, auditors).
#[utoipa::path(get, path = "/api/v1/figures/open-data", params(OpenDataV1), responses((status = 200, content_type = "text/csv"), (status = 400), (status = 401), (status = 403), (status = 422)), tag = "documents")]
pub async fn open_data(
    State(service): State<Service>,
    Caller(actor): Caller,
    query: Result<Query<OpenDataV1>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(query) = query.map_err(|e| Error::Form(e.body_text()))?;
    actor.user().map_err(Error::from)?;
    let by = By::parse(query.by.as_deref().unwrap_or("day")).ok_or(Error::Field("by"))?;
    let (from, to) = (query.from.unwrap_or_default(), query.to.unwrap_or_default());
    let text = service.open_data(&actor, by, &from, &to).await?;
    let headers = [
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            crate::stored::disposition("attachment", "xu-ly-van-ban.csv"),
        ),
    ];
    Ok((headers, text).into_response())
}
