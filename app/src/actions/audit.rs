//! The audit log.
use crate::dto::Page;
use crate::dto::audit::{AuditQuery, AuditRow, ChainCheck};
use crate::error::ApiResult;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

#[cfg(feature = "ssr")]
use crate::api::Audit;

#[server(prefix = "/api/ui", endpoint = "audit/list", input = Json)]
pub async fn list_audit(query: AuditQuery) -> ApiResult<Page<AuditRow>> {
    expect_context::<Audit>().list(query).await
}

#[server(prefix = "/api/ui", endpoint = "audit/check", input = Json)]
pub async fn check_chain() -> ApiResult<ChainCheck> {
    expect_context::<Audit>().check().await
}
