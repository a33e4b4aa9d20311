//! The register as a file or a page.
use super::{Book, Register};
use crate::clock::{now_us, vietnam};
use crate::documents::{Error, Service};
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use app::dto::numbers::{HeldNumber, HoldWish, NumberBook};
use app::ids::NumberId;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/registers/outgoing/numbers", get(numbers).post(hold))
        .route("/api/v1/registers/outgoing/numbers/{id}/cancel", post(cancel))
        .route("/api/v1/registers/{book}", get(register))
}

#[derive(Deserialize, utoipa::IntoParams)]
pub struct RegisterV1 {
    /// In four digits; the present one if not given.
    year: Option<String>,
    /// `csv` (if not given), `xlsx`, or `html` to be printed.
    format: Option<String>,
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A year of the register `outgoing` or `incoming`, in the columns of Decree 30/2020, Appendix IV (clerks, leaders, auditors).
#[utoipa::path(get, path = "/api/v1/registers/{book}", params(("book" = String, Path), RegisterV1), responses((status = 200, content_type = "text/csv"), (status = 401), (status = 403), (status = 404), (status = 422)), tag = "documents")]
pub async fn register(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(book): Path<String>,
    query: Result<Query<RegisterV1>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(query) = query.map_err(|e| Error::Form(e.body_text()))?;
    let book = Book::parse(&book).ok_or(Error::NotFound)?;
    let year = year_of(query.year.as_deref())?.unwrap_or_else(|| i64::from(vietnam(now_us()).year()));
    let format = query.format.unwrap_or_else(|| "csv".into());
    if !matches!(format.as_str(), "csv" | "xlsx" | "html") {
        return Err(Error::Field("format").into());
    }
    let register = service.register(&actor, book, year).await?;
    // A year of a large body takes a while to be written.
    let written = tokio::task::spawn_blocking(move || written(&register, &format));
    written.await.map_err(|e| Error::Register(e.to_string()))?.map_err(Fault::from)
}

fn written(register: &Register, format: &str) -> Result<Response, Error> {
    let private = (header::CACHE_CONTROL, "private, no-store".to_owned());
    if format == "html" {
        let nonce = uuid::Uuid::new_v4().simple().to_string();
        let policy = format!("default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; frame-ancestors 'none'");
        let headers = [
            private,
            (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
            (header::CONTENT_SECURITY_POLICY, policy),
        ];
        return Ok((headers, register.page(&nonce)).into_response());
    }
    let (content_type, content) = match format {
        "xlsx" => (XLSX, register.xlsx().map_err(|e| Error::Register(e.to_string()))?),
        _ => (
            "text/csv; charset=utf-8",
            register.csv().map_err(|e| Error::Register(e.to_string()))?,
        ),
    };
    let book = match register.book {
        Book::Outgoing => "so-van-ban-di",
        Book::Incoming => "so-van-ban-den",
    };
    let name = format!("{book}-{}.{format}", register.year);
    let headers = [
        private,
        (header::CONTENT_TYPE, content_type.to_owned()),
        (header::CONTENT_DISPOSITION, crate::stored::disposition("attachment", &name)),
    ];
    Ok((headers, content).into_response())
}

fn year_of(text: Option<&str>) -> Result<Option<i64>, Error> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| Error::Field("year")),
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
pub struct YearV1 {
    /// In four digits; the present one if not given.
    year: Option<String>,
}

/// A year of the outgoing register, counted.
#[derive(Serialize, ToSchema)]
pub struct NumbersV1 {
    pub year: i64,
    /// The last number given; 0 for none.
    pub last: i64,
    /// Documents with a number of their own, and those whose number was put in between.
    pub issued: i64,
    pub between: i64,
    pub held: i64,
    pub cancelled: i64,
    /// Numbers up to the last that nothing, or more than one thing, accounts for. Empty: no gap and no double.
    pub missing: Vec<i64>,
    /// The latest first.
    pub numbers: Vec<NumberV1>,
}

#[derive(Serialize, ToSchema)]
pub struct NumberV1 {
    pub id: String,
    /// `12`, or `12a` when it was put in between.
    pub number: String,
    /// `held`, `used` or `cancelled`.
    pub state: &'static str,
    pub reason: String,
    pub whom: String,
    pub by: String,
    /// Microseconds since the Unix epoch, as `ended`.
    pub at: i64,
    pub ended: Option<i64>,
    pub ended_by: Option<String>,
    /// Why it was cancelled.
    pub ended_reason: String,
    /// What was issued under it, for those who may see that.
    pub document: Option<String>,
}

impl From<NumberBook> for NumbersV1 {
    fn from(b: NumberBook) -> Self {
        Self {
            year: b.year,
            last: b.last,
            issued: b.issued,
            between: b.between,
            held: b.held,
            cancelled: b.cancelled,
            missing: b.missing,
            numbers: b.numbers.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<HeldNumber> for NumberV1 {
    fn from(n: HeldNumber) -> Self {
        let (ended_by, ended) = n.ended.map(|(by, at)| (by, at.us)).unzip();
        Self {
            id: n.id.0,
            number: n.number,
            state: n.state.as_str(),
            reason: n.reason,
            whom: n.whom,
            by: n.by,
            at: n.at.us,
            ended,
            ended_by,
            ended_reason: n.ended_reason,
            document: n.document.and_then(|d| d.id).map(|id| id.0),
        }
    }
}

/// How the numbers of a year of the outgoing register are accounted for: kept, put in between, cancelled, missing (clerks, leaders, auditors).
#[utoipa::path(get, path = "/api/v1/registers/outgoing/numbers", params(YearV1), responses((status = 200, body = NumbersV1), (status = 401), (status = 403), (status = 422)), tag = "documents")]
pub async fn numbers(
    State(service): State<Service>,
    Caller(actor): Caller,
    query: Result<Query<YearV1>, QueryRejection>,
) -> Result<Json<NumbersV1>, Fault> {
    let Query(query) = query.map_err(|e| Error::Form(e.body_text()))?;
    let book = service.numbers(&actor, year_of(query.year.as_deref())?).await?;
    Ok(Json(book.into()))
}

/// Numbers to be taken from the register of this year before a document has them.
#[derive(Deserialize, ToSchema)]
pub struct HoldV1 {
    /// The next so many, 1 to 20.
    #[serde(default = "one")]
    pub count: u32,
    /// One after this number and before the next, such as `12a` after 12.
    pub after: Option<i64>,
    pub reason: String,
    /// The unit or person that it is kept for.
    pub whom: String,
    /// A word by which the same wish is known when it is sent again.
    #[serde(default)]
    pub once: String,
}

fn one() -> u32 {
    1
}

#[derive(Serialize, ToSchema)]
pub struct HeldV1 {
    /// What was taken: `12`, `12a`.
    pub numbers: Vec<String>,
}

/// Giữ số, chèn số: takes the next numbers, or one in between, with the reason and for whom (clerks).
#[utoipa::path(post, path = "/api/v1/registers/outgoing/numbers", request_body = HoldV1, responses((status = 201, body = HeldV1), (status = 400), (status = 401), (status = 403), (status = 422)), tag = "documents")]
pub async fn hold(
    State(service): State<Service>,
    Caller(actor): Caller,
    body: Result<Json<HoldV1>, JsonRejection>,
) -> Result<(StatusCode, Json<HeldV1>), Fault> {
    actor.user().map_err(Error::from)?;
    let Json(body) = body.map_err(|e| Error::Form(e.body_text()))?;
    let wish = HoldWish {
        count: body.count,
        after: body.after,
        reason: body.reason,
        whom: body.whom,
        once: body.once,
    };
    let numbers = service.hold_numbers(&actor, &wish).await?;
    Ok((StatusCode::CREATED, Json(HeldV1 { numbers })))
}

#[derive(Deserialize, ToSchema)]
pub struct CancelV1 {
    pub reason: String,
}

/// Hủy số: a kept number is given to nothing, and the register says why (clerks).
#[utoipa::path(post, path = "/api/v1/registers/outgoing/numbers/{id}/cancel", params(("id" = String, Path)), request_body = CancelV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "documents")]
pub async fn cancel(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<NumberId>,
    body: Result<Json<CancelV1>, JsonRejection>,
) -> Result<StatusCode, Fault> {
    actor.user().map_err(Error::from)?;
    let Json(body) = body.map_err(|e| Error::Form(e.body_text()))?;
    service.cancel_number(&actor, &id, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
