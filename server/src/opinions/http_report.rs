//! REST routes of what is taken home from a sheet that is closed.
use super::Service;
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use app::ids::SheetId;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/opinions/{id}/answers.csv", get(csv))
        .route("/api/v1/opinions/{id}/report.pdf", get(pdf))
}

/// Every answer of a closed sheet as CSV: UTF-8 with byte order mark, commas.
#[utoipa::path(get, path = "/api/v1/opinions/{id}/answers.csv", params(("id" = String, Path)), responses((status = 200, content_type = "text/csv"), (status = 401), (status = 404), (status = 409)), tag = "opinions")]
pub async fn csv(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<SheetId>) -> Result<Response, Fault> {
    let content = service.answers_csv(&actor, &id).await?;
    Ok(saved("text/csv; charset=utf-8", "tong-hop-y-kien.csv", content))
}

/// Bảng tổng hợp ý kiến of a closed sheet, laid out by Decree 30/2020/NĐ-CP.
#[utoipa::path(get, path = "/api/v1/opinions/{id}/report.pdf", params(("id" = String, Path)), responses((status = 200, content_type = "application/pdf"), (status = 401), (status = 404), (status = 409)), tag = "opinions")]
pub async fn pdf(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<SheetId>) -> Result<Response, Fault> {
    let content = service.summing_up(&actor, &id).await?;
    Ok(saved("application/pdf", "bang-tong-hop-y-kien.pdf", content))
}

fn saved(content_type: &str, name: &str, content: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type.to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::CONTENT_DISPOSITION, crate::stored::disposition("attachment", name)),
    ];
    (headers, content).into_response()
}
