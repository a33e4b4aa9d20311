//! The screens' way to this domain.
use super::{Result, Service};
use crate::actor::Actor;
use crate::fault::Fault;
use crate::state::AppState;
use crate::ui::Bound;
use app::api::{Audit, AuditApi};
use app::dto::Page;
use app::dto::audit::{AuditQuery, AuditRow, ChainCheck};
use app::error::{ApiError, ApiResult};
use async_trait::async_trait;
use leptos::prelude::provide_context;
use std::sync::Arc;

pub fn provide(state: &AppState, actor: &Actor) {
    provide_context::<Audit>(Arc::new(Bound::new(&state.audit, state, actor)));
}

fn api<T>(result: Result<T>) -> ApiResult<T> {
    result.map_err(|e| ApiError::from(Fault::from(e)))
}

#[async_trait]
impl AuditApi for Bound<Service> {
    async fn list(&self, query: AuditQuery) -> ApiResult<Page<AuditRow>> {
        api(self.service.list(&self.actor, &query).await)
    }

    async fn check(&self) -> ApiResult<ChainCheck> {
        api(self.service.check(&self.actor).await)
    }
}
