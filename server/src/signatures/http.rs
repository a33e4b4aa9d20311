//! Checking files of anybody, and the pictures of signatures.
use super::verify::Checked;
use super::{Error, Service, report};
use crate::fault::Fault;
use crate::files::Incoming;
use crate::identity::http::Caller;
use crate::state::AppState;
use app::dto::verify::{Reports, VerifyReport};
use axum::extract::multipart::MultipartRejection;
use axum::extract::rejection::QueryRejection;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use signing::validate::Report;
use utoipa::{IntoParams, ToSchema};

pub fn routes() -> Router<AppState> {
    // The size of uploads is limited while they are streamed to disk, by configuration.
    let uploads = Router::new()
        .route("/verify", post(verify_form).get(crate::web::page))
        .route("/api/v1/verify", post(verify))
        .layer(DefaultBodyLimit::disable());
    Router::new().merge(uploads).route("/files/signature-image/{name}", get(image))
}

pub type Wish = Result<Query<FormatV1>, QueryRejection>;
type Upload = Result<Multipart, MultipartRejection>;

/// For the page, signed in or not. Nothing of the file is kept.
async fn verify_form(State(state): State<AppState>, _caller: Caller, multipart: Upload) -> Result<Json<VerifyReport>, Fault> {
    let (incoming, name) = received(&state.signatures, multipart).await?;
    let checked = state.signatures.check(incoming.path()).await?;
    let mut view = checked.view(&name);
    let (html, etsi) = (
        report::html(&[(&name, &checked)]),
        report::etsi(&[(&name, &checked)]).map_err(Error::from)?,
    );
    view.reports = Some(Reports {
        html,
        etsi: String::from_utf8_lossy(&etsi).into_owned(),
    });
    Ok(Json(view))
}

/// What `kyhop verify --json` prints.
#[derive(Serialize, ToSchema)]
pub struct FileReportV1 {
    pub file: String,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub report: Report,
}

/// In which form the result is wanted.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// What `kyhop verify --json` prints.
    #[default]
    Json,
    /// A page for people, Vietnamese and English.
    Html,
    /// The validation report of ETSI TS 119 102-2, XML.
    Etsi,
}

#[derive(Debug, Deserialize, IntoParams)]
pub struct FormatV1 {
    /// `json` (the default), `html` or `etsi`.
    #[serde(default)]
    format: Format,
}

/// The form that was asked for.
///
/// # Errors
/// When there is no such form.
pub fn wanted(query: Wish) -> Result<Format, Error> {
    let Query(query) = query.map_err(|e| Error::Form(e.body_text()))?;
    Ok(query.format)
}

/// What a check found, in one of the forms.
///
/// # Errors
/// When it cannot be written.
pub fn answer(file: String, checked: Checked, format: Format) -> Result<Response, Error> {
    let (kind, ending, content) = match format {
        Format::Json => {
            let report = checked.report;
            return Ok(Json(FileReportV1 { file, report }).into_response());
        }
        Format::Html => ("text/html; charset=utf-8", "html", report::html(&[(&file, &checked)]).into_bytes()),
        Format::Etsi => ("application/xml", "xml", report::etsi(&[(&file, &checked)])?),
    };
    let stem = file.strip_suffix(".pdf").unwrap_or(&file);
    let name = crate::stored::disposition("attachment", &format!("{stem}.{ending}"));
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "private, no-store")];
    Ok((headers, [(header::CONTENT_DISPOSITION, name)], content).into_response())
}

/// Checks the signatures of a PDF, the field `file` of a multipart form, as `kyhop verify` does. Nothing of it is kept.
#[utoipa::path(post, path = "/api/v1/verify", params(FormatV1), request_body(content_type = "multipart/form-data"), responses((status = 200, body = FileReportV1), (status = 400), (status = 401), (status = 403), (status = 413), (status = 422)), tag = "signatures")]
pub async fn verify(State(state): State<AppState>, _caller: Caller, format: Wish, multipart: Upload) -> Result<Response, Fault> {
    let format = wanted(format)?;
    let (incoming, file) = received(&state.signatures, multipart).await?;
    let checked = state.signatures.check(incoming.path()).await?;
    Ok(answer(file, checked, format)?)
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
