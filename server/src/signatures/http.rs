//! Checking files of anybody, and the pictures of signatures.
use super::{Error, Service};
use crate::fault::Fault;
use crate::files::Incoming;
use crate::identity::http::Caller;
use crate::state::AppState;
use app::dto::verify::VerifyReport;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use signing::validate::Report;
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    // The size of uploads is limited while they are streamed to disk, by configuration.
    let uploads = Router::new()
        .route("/verify", post(verify_form).get(crate::web::page))
        .route("/api/v1/verify", post(verify))
        .layer(DefaultBodyLimit::disable());
    Router::new().merge(uploads).route("/files/signature-image/{name}", get(image))
}

type Upload = Result<Multipart, MultipartRejection>;

/// For the page, signed in or not. Nothing of the file is kept.
async fn verify_form(State(state): State<AppState>, _caller: Caller, multipart: Upload) -> Result<Json<VerifyReport>, Fault> {
    let (incoming, name) = received(&state.signatures, multipart).await?;
    Ok(Json(state.signatures.verify_file(incoming.path(), &name).await?))
}

/// What `kyhop verify --json` prints.
#[derive(Serialize, ToSchema)]
pub struct FileReportV1 {
    pub file: String,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub report: Report,
}

/// Checks the signatures of a PDF, the field `file` of a multipart form, as `kyhop verify --json` does. Nothing of it is kept.
#[utoipa::path(post, path = "/api/v1/verify", request_body(content_type = "multipart/form-data"), responses((status = 200, body = FileReportV1), (status = 400), (status = 401), (status = 403), (status = 413), (status = 422)), tag = "signatures")]
pub async fn verify(State(state): State<AppState>, _caller: Caller, multipart: Upload) -> Result<Json<FileReportV1>, Fault> {
    let (incoming, file) = received(&state.signatures, multipart).await?;
    let report = state.signatures.check(incoming.path()).await?.report;
    Ok(Json(FileReportV1 { file, report }))
}

/// The form's file, streamed to disk; it goes away when it is dropped.
async fn received(service: &Service, multipart: Upload) -> Result<(Incoming, String), Error> {
    let mut multipart = multipart.map_err(|e| Error::Form(e.body_text()))?;
    loop {
        let field = multipart.next_field().await.map_err(|e| Error::Form(e.body_text()))?;
        let field = field.ok_or(Error::NoFile)?;
        let Some(name) = field.file_name().map(clean_name) else { continue };
        let incoming = service.files.receive(field, service.config.upload_limit).await?;
        if incoming.size == 0 {
            return Err(Error::NoFile);
        }
        return Ok((incoming, name));
    }
}

/// The last part of a path, without what a screen chokes on.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// A signature's picture is worth stealing: it is for who signs with it, and no cache keeps it.
async fn image(State(state): State<AppState>, Caller(actor): Caller, Path(name): Path<String>) -> Result<Response, Fault> {
    let id = name.strip_suffix(".png").ok_or(Error::NoImage)?;
    let png = state.signatures.image(&actor, id).await?;
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "private, no-store")];
    Ok((headers, png).into_response())
}
