//! Which address is answered by which handler, and what surrounds every answer.
use crate::state::AppState;
use crate::{audit, axis, documents, identity, live, meetings, metrics, openapi, opinions, reading, refusal, signatures, stored, web};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

/// Bytes that a function of the screens may be told; files come by forms.
const LARGEST_CALL: usize = 1 << 20;

pub fn router(state: AppState) -> Router {
    let metrics = state.metrics.clone();
    // What a function of the screens is told is read into memory.
    let functions = get(web::server_function)
        .post(web::server_function)
        .layer(RequestBodyLimitLayer::new(LARGEST_CALL));
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics::metrics))
        .route("/live", any(live::socket::connect))
        .route("/language/{language}", get(web::switch_language))
        .route("/api/ui/{*function}", functions)
        .merge(stored::routes())
        .merge(identity::http::routes())
        .merge(documents::http::routes())
        .merge(signatures::http::routes())
        .merge(meetings::http::routes())
        .merge(opinions::http::routes())
        .merge(reading::http::routes())
        .merge(axis::http::routes())
        .merge(audit::http::routes())
        .merge(openapi::routes())
        .merge(web::site(&state.config.site_dir))
        .fallback(get(web::page))
        .layer(from_fn(refusal::dressed))
        .layer(from_fn_with_state(metrics, metrics::count))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(|request: &axum::http::Request<_>| {
                    let id = request
                        .headers()
                        .get("x-request-id")
                        .and_then(|v| v.to_str().ok())
                        .unwrap_or_default();
                    // The path without its query: a query may hold what a person typed.
                    tracing::info_span!("request", id, method = %request.method(), path = request.uri().path())
                })
                .on_response(tower_http::trace::DefaultOnResponse::new().level(tracing::Level::DEBUG)),
        )
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(NewRequestId))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "same-origin"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(fixed(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
        .with_state(state)
}

/// A header that every answer carries unless the handler has set its own.
fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Ready when the database answers.
async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    match sqlx::query("SELECT 1 AS one").fetch_one(state.db.read()).await {
        Ok(_) => (StatusCode::OK, "ready"),
        Err(e) => {
            tracing::warn!(error = %e, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "database does not answer")
        }
    }
}

#[derive(Clone, Copy)]
struct NewRequestId;

impl MakeRequestId for NewRequestId {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&uuid::Uuid::now_v7().to_string()).ok().map(RequestId::new)
    }
}
