//! Stored PDFs for those who may read them: immutable, named by their hash, in ranges if asked.
use crate::excerpts::Part;
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use app::ids::{AttachmentId, DocumentId, MeetingId, SheetId};
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower::ServiceExt;
use tower_http::services::ServeFile;

/// Bytes read of a file at once. Up to sixteen such pieces wait for a slow tablet, and hundreds open the same file at a meeting's start.
const CHUNK: usize = 16 * 1024;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/files/document/{id}/{name}", get(document))
        .route("/files/attachment/{id}/{name}", get(attachment))
        .route("/files/minutes/{name}", get(minutes))
        .route("/files/invitation/{name}", get(invitation))
        .route("/files/check-in/{name}", get(check_in_picture))
        .route("/files/document/{id}/{sha256}/pages", get(document_sizes))
        .route("/files/document/{id}/{sha256}/pages/{number}", get(document_page))
        .route("/files/opinion/{id}/{document}/{name}", get(opinion))
        .route("/files/opinion/{id}/{document}/{sha256}/pages", get(opinion_sizes))
        .route("/files/opinion/{id}/{document}/{sha256}/pages/{number}", get(opinion_page))
        .route("/files/attachment/{id}/{sha256}/pages", get(attachment_sizes))
        .route("/files/attachment/{id}/{sha256}/pages/{number}", get(attachment_page))
}

async fn document(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Path((id, name)): Path<(DocumentId, String)>,
    request: Request,
) -> Result<Response, Fault> {
    let sha256 = name.trim_end_matches(".pdf");
    let file_name = state.documents.may_read(&actor, &id, sha256).await?;
    Ok(serve(&state, sha256, &file_name, Keep::ForGood, request).await)
}

async fn attachment(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Path((id, name)): Path<(AttachmentId, String)>,
    request: Request,
) -> Result<Response, Fault> {
    let sha256 = name.trim_end_matches(".pdf");
    let (file_name, may_keep) = state.meetings.may_read_attachment(&actor, &id, sha256).await?;
    let keep = if may_keep { Keep::ForGood } else { Keep::Never };
    Ok(serve(&state, sha256, &file_name, keep, request).await)
}

async fn opinion(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Path((id, document, name)): Path<(SheetId, String, String)>,
    request: Request,
) -> Result<Response, Fault> {
    let sha256 = name.trim_end_matches(".pdf");
    let file_name = state.opinions.may_read_document(&actor, &id, &document, sha256).await?;
    Ok(serve(&state, sha256, &file_name, Keep::ForGood, request).await)
}

async fn opinion_sizes(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Path((id, document, sha256)): Path<(SheetId, String, String)>,
) -> Result<Response, Fault> {
    state.opinions.may_read_document(&actor, &id, &document, &sha256).await?;
    cut(&state, &sha256, Part::Sizes, true).await
}

async fn opinion_page(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Path((id, document, sha256, number)): Path<(SheetId, String, String, u32)>,
) -> Result<Response, Fault> {
    state.opinions.may_read_document(&actor, &id, &document, &sha256).await?;
    cut(&state, &sha256, Part::Page(number), true).await
}

/// `{meeting}.pdf` is the invitation on paper, `{meeting}.ics` for a calendar.
async fn invitation(State(state): State<AppState>, Caller(actor): Caller, Path(name): Path<String>) -> Result<Response, Fault> {
    if let Some(id) = name.strip_suffix(".ics") {
        let text = state.meetings.calendar_event(&actor, &MeetingId::from(id)).await?;
        let headers = [
            (header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
            (header::CACHE_CONTROL, "private, no-store".to_owned()),
            (header::CONTENT_DISPOSITION, disposition("attachment", "cuoc-hop.ics")),
        ];
        return Ok((headers, text).into_response());
    }
    let id = MeetingId::from(name.trim_end_matches(".pdf"));
    let (bytes, file_name) = state.meetings.invitation(&actor, &id).await?;
    Ok(made(bytes, &file_name))
}

/// `{meeting}.svg`: the code of the room, to be scanned.
async fn check_in_picture(State(state): State<AppState>, Caller(actor): Caller, Path(name): Path<String>) -> Result<Response, Fault> {
    let id = MeetingId::from(name.trim_end_matches(".svg"));
    let picture = state.meetings.check_in_picture(&actor, &id).await?;
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, picture).into_response())
}

/// Minutes as they would look on paper now: made on the spot, nothing is kept.
async fn minutes(State(state): State<AppState>, Caller(actor): Caller, Path(name): Path<String>) -> Result<Response, Fault> {
    let id = MeetingId::from(name.trim_end_matches(".pdf"));
    let (bytes, file_name) = state.meetings.minutes_preview(&actor, &id).await?;
    Ok(made(bytes, &file_name))
}

/// A paper that was made for this answer.
fn made(bytes: Vec<u8>, file_name: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::CONTENT_DISPOSITION, disposition("inline", file_name)),
    ];
    (headers, bytes).into_response()
}

async fn document_sizes(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Path((id, sha256)): Path<(DocumentId, String)>,
) -> Result<Response, Fault> {
    state.documents.may_read(&actor, &id, &sha256).await?;
    cut(&state, &sha256, Part::Sizes, true).await
}

async fn document_page(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Path((id, sha256, number)): Path<(DocumentId, String, u32)>,
) -> Result<Response, Fault> {
    state.documents.may_read(&actor, &id, &sha256).await?;
    cut(&state, &sha256, Part::Page(number), true).await
}

async fn attachment_sizes(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Path((id, sha256)): Path<(AttachmentId, String)>,
) -> Result<Response, Fault> {
    let (_, may_keep) = state.meetings.may_read_attachment(&actor, &id, &sha256).await?;
    cut(&state, &sha256, Part::Sizes, may_keep).await
}

async fn attachment_page(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Path((id, sha256, number)): Path<(AttachmentId, String, u32)>,
) -> Result<Response, Fault> {
    let (_, may_keep) = state.meetings.may_read_attachment(&actor, &id, &sha256).await?;
    cut(&state, &sha256, Part::Page(number), may_keep).await
}

/// One page as a file of its own, or the sizes of all: what a reader shows until the whole file is there and checked.
async fn cut(state: &AppState, sha256: &str, part: Part, may_keep: bool) -> Result<Response, Fault> {
    let content = state.excerpts.get(&state.files, sha256, part).await?;
    let kind = match part {
        Part::Sizes => "application/json",
        Part::Page(_) => "application/pdf",
    };
    let kept = if may_keep { FOR_GOOD } else { "private, no-store" };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept)];
    Ok((headers, content).into_response())
}

const FOR_GOOD: &str = "private, max-age=31536000, immutable";

/// How long a browser may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// The address names the content.
    ForGood,
    /// The address names what has a new content tomorrow.
    Ask,
    /// It is taken back from the devices.
    Never,
}

/// The stored content of a PDF, whole or in ranges.
pub async fn serve(state: &AppState, sha256: &str, file_name: &str, keep: Keep, request: Request) -> Response {
    serve_as(state, sha256, ("application/pdf", &disposition("inline", file_name)), keep, request).await
}

/// The stored content, whole or in ranges, as what it is and is saved as.
pub async fn serve_as(state: &AppState, sha256: &str, (media_type, name): (&'static str, &str), keep: Keep, request: Request) -> Response {
    let path = match state.files.local(sha256).await {
        Ok(path) => path,
        Err(e) => return crate::fault::Fault::from(crate::documents::Error::from(e)).into_response(),
    };
    let mut response = match ServeFile::new(path).with_buf_chunk_size(CHUNK).oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    };
    let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    if !found {
        // A file that is missing today, or a range that does not fit, is not to be remembered.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        return response;
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    let kept = match keep {
        Keep::ForGood => FOR_GOOD,
        Keep::Ask => "private, no-cache",
        Keep::Never => "private, no-store",
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{sha256}\"")) {
        headers.insert(header::ETAG, etag);
    }
    if let Ok(disposition) = HeaderValue::from_str(name) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

/// What a document is saved as: `12-QĐ-UBND Về việc ….pdf`
pub fn file_name(number: Option<&str>, title: &str) -> String {
    let title: String = title.chars().take(80).collect();
    let name = format!("{} {title}", number.unwrap_or_default());
    format!("{}.pdf", name.trim().replace(['/', '\\'], "-"))
}

/// `Content-Disposition` with a file name in any script (RFC 6266).
pub fn disposition(kind: &str, file_name: &str) -> String {
    format!("{kind}; filename*=UTF-8''{}", percent(file_name))
}

fn percent(name: &str) -> String {
    name.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b == b'.' || b == b'-' {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}
