//! Which address is answered by which handler, and what surrounds every answer.
use crate::state::AppState;
use crate::{audit, axis, documents, identity, meetings, signatures};
use axum::Router;
use axum::routing::get;

pub fn router(state: AppState) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .merge(identity::http::routes())
        .merge(documents::http::routes())
        .merge(signatures::http::routes())
        .merge(meetings::http::routes())
        .merge(axis::http::routes())
        .merge(audit::http::routes())
        .with_state(state)
}
