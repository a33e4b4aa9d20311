//! The register as a file or a page.
use super::{Book, Register};
use crate::clock::{now_us, vietnam};
use crate::documents::{Error, Service};
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

pub fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/registers/{book}", get(register))
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
    let year = match query.year.as_deref().map(str::trim) {
        None | Some("") => i64::from(vietnam(now_us()).year()),
        Some(text) => text.parse().map_err(|_| Error::Field("year"))?,
    };
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
