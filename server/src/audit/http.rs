//! The download of the log, and the REST routes. Wire types of REST v1 are here and nowhere else.
use super::Service;
use crate::fault::{Fault, Sought};
use crate::identity::http::Caller;
use crate::state::AppState;
use app::dto::audit::AuditQuery;
use axum::body::Body;
use axum::extract::{FromRef, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/audit/export", get(export))
        .route("/api/v1/audit", get(list))
        .route("/api/v1/audit/check", get(check))
        .route("/api/v1/audit/export", get(export))
}

impl FromRef<AppState> for Service {
    fn from_ref(state: &AppState) -> Self {
        state.audit.clone()
    }
}

#[derive(Serialize, ToSchema)]
pub struct AuditV1 {
    /// Newest first.
    pub entries: Vec<EntryV1>,
    /// In all, over every page.
    pub total: u64,
    pub page: u32,
    pub per_page: u32,
}

#[derive(Serialize, ToSchema)]
pub struct EntryV1 {
    /// From 1, without gaps.
    pub seq: i64,
    /// Microseconds since the Unix epoch.
    pub at: i64,
    pub actor: String,
    /// Such as `document.signed`.
    pub action: String,
    pub subject_type: String,
    pub subject_id: String,
    pub summary: String,
    /// Hash of the entry before.
    pub previous: String,
    /// Hex SHA-256.
    pub hash: String,
}

#[derive(Deserialize, utoipa::IntoParams)]
pub struct ListAuditV1 {
    /// Words of a name or summary; accents do not matter.
    text: Option<String>,
    subject_id: Option<String>,
    /// A whole action such as `document.signed`, or an area such as `document`.
    action: Option<String>,
    /// From 1.
    page: Option<u32>,
}

/// Entries of the audit log (auditors and administrators).
#[utoipa::path(get, path = "/api/v1/audit", params(ListAuditV1), responses((status = 200, body = AuditV1), (status = 401), (status = 403)), tag = "audit")]
pub async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    Sought(query): Sought<ListAuditV1>,
) -> Result<Json<AuditV1>, Fault> {
    let query = AuditQuery {
        text: query.text.unwrap_or_default(),
        subject_id: query.subject_id.unwrap_or_default(),
        action: query.action.unwrap_or_default(),
        page: query.page.unwrap_or(1),
    };
    let page = service.list(&actor, &query).await?;
    let entry = |r: app::dto::audit::AuditRow| EntryV1 {
        seq: r.seq,
        at: r.at.us,
        actor: r.actor,
        action: r.action,
        subject_type: r.subject_type,
        subject_id: r.subject_id,
        summary: r.summary,
        previous: r.previous,
        hash: r.hash,
    };
    Ok(Json(AuditV1 {
        entries: page.rows.into_iter().map(entry).collect(),
        total: page.total,
        page: page.page,
        per_page: page.per_page,
    }))
}

#[derive(Serialize, ToSchema)]
pub struct CheckV1 {
    pub entries: u64,
    pub intact: bool,
    /// First entry that does not follow from the one before.
    pub broken_at: Option<i64>,
    /// Hash of the last entry; noted down elsewhere, later checks can be held against it.
    pub head: String,
}

/// Recomputes the chain of the audit log (auditors and administrators).
#[utoipa::path(get, path = "/api/v1/audit/check", responses((status = 200, body = CheckV1), (status = 401), (status = 403)), tag = "audit")]
pub async fn check(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<CheckV1>, Fault> {
    let check = service.check(&actor).await?;
    Ok(Json(CheckV1 {
        entries: check.entries,
        intact: check.intact,
        broken_at: check.broken_at,
        head: check.head,
    }))
}

/// The whole log as JSON lines, for `kyhop audit verify` (auditors).
#[utoipa::path(get, path = "/api/v1/audit/export", responses((status = 200, content_type = "application/x-ndjson"), (status = 401), (status = 403)), tag = "audit")]
pub async fn export(State(service): State<Service>, Caller(actor): Caller) -> Result<Response, Fault> {
    let lines = service.export(&actor).await?;
    let name = format!(
        "attachment; filename=\"kyhop-audit-{}-{}.jsonl\"",
        service.config.body_code,
        crate::clock::day(crate::clock::now_us())
    );
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(lines)).into_response())
}
