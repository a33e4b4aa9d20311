//! The form by which a clerk registers what came on paper or by e-mail, and the same for machines.
use crate::documents::http::{Created, MaybeForm, answered, readable, received};
use crate::documents::{Error, Service};
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use axum::{Json, Router};

pub fn routes() -> Router<AppState> {
    // The size of uploads is limited while they are streamed to disk, by configuration.
    Router::new()
        .route("/incoming/new", post(by_form).get(crate::web::page))
        .route("/api/v1/incoming", post(enter))
        .layer(DefaultBodyLimit::disable())
}

async fn by_form(State(service): State<Service>, Caller(actor): Caller, headers: HeaderMap, form: MaybeForm) -> Response {
    let (entered, form) = received(&service, form).await;
    let result = async { service.enter(&actor, form?).await };
    answered(result.await, &headers, "/incoming", &entered)
}

/// Registers a document that came on paper, by e-mail or in another way, for a clerk: a multipart form with `file` (PDF), `kind`,
/// `abstract_text`, `sender_code` (of the directory) or `sender` (a name), `notation` (the sender's number and notation; may be empty),
/// `issued_on` (`2026-11-24`), `channel` (`paper`, `email` or `other`), and optionally `urgency` and `pages`. With `id`, a UUID, the same
/// upload is known when it is sent again. Where the sender's number and day are registered already it is refused with
/// `documents.registered_already`, unless `confirmed` is `yes`. Afterwards it is taken in as any arrival; no message goes to its sender.
#[utoipa::path(post, path = "/api/v1/incoming", request_body(content_type = "multipart/form-data"), responses((status = 201, body = Created), (status = 400), (status = 401), (status = 403), (status = 409), (status = 413), (status = 422)), tag = "documents")]
pub async fn enter(State(service): State<Service>, Caller(actor): Caller, form: MaybeForm) -> Result<(StatusCode, Json<Created>), Fault> {
    actor.user().map_err(Error::from)?;
    let id = service.enter(&actor, service.read_form(readable(form)?).await?).await?;
    Ok((
        StatusCode::CREATED,
        Json(Created {
            url: format!("/api/v1/documents/{id}"),
            id: id.0,
        }),
    ))
}
