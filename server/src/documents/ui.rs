//! The screens' way to documents.
use super::Service;
use crate::actor::Actor;
use crate::fault::Fault;
use crate::state::AppState;
use crate::ui::Bound;
use app::api::{Documents, DocumentsApi};
use app::dto::documents::{AssignWish, DocumentDetail, DocumentQuery, DocumentRow, DraftFields};
use app::dto::verify::VerifyReport;
use app::dto::{Page, Placement};
use app::error::{ApiError, ApiResult};
use app::ids::DocumentId;
use async_trait::async_trait;
use leptos::prelude::provide_context;
use std::sync::Arc;

pub fn provide(state: &AppState, actor: &Actor) {
    provide_context::<Documents>(Arc::new(Bound::new(&state.documents, state, actor)));
}

fn api<T>(result: super::Result<T>) -> ApiResult<T> {
    result.map_err(|e| ApiError::from(Fault::from(e)))
}

#[async_trait]
impl DocumentsApi for Bound<Service> {
    async fn list(&self, query: DocumentQuery) -> ApiResult<Page<DocumentRow>> {
        api(self.service.list(&self.actor, &query).await)
    }

    async fn get(&self, id: DocumentId) -> ApiResult<DocumentDetail> {
        api(self.service.get(&self.actor, &id).await)
    }

    async fn update_draft(&self, id: DocumentId, revision: i64, fields: DraftFields) -> ApiResult<()> {
        api(self.service.update_draft(&self.actor, &id, revision, &fields).await)
    }

    async fn submit(&self, id: DocumentId, revision: i64) -> ApiResult<()> {
        api(self.service.submit(&self.actor, &id, revision).await)
    }

    async fn withdraw(&self, id: DocumentId, revision: i64) -> ApiResult<()> {
        api(self.service.withdraw(&self.actor, &id, revision).await)
    }

    async fn return_to_drafter(&self, id: DocumentId, revision: i64, reason: String) -> ApiResult<()> {
        api(self.service.return_to_drafter(&self.actor, &id, revision, &reason).await)
    }

    async fn sign(&self, id: DocumentId, revision: i64, placement: Placement, pin: String) -> ApiResult<()> {
        api(self.service.sign(&self.actor, &id, revision, placement, &pin).await)
    }

    async fn issue(&self, id: DocumentId, revision: i64, seal: Placement, pin: String) -> ApiResult<()> {
        api(self.service.issue(&self.actor, &id, revision, seal, &pin).await)
    }

    async fn send(&self, id: DocumentId, revision: i64) -> ApiResult<()> {
        api(self.service.send(&self.actor, &id, revision).await)
    }

    async fn recall(&self, id: DocumentId, revision: i64, reason: String) -> ApiResult<()> {
        api(self.service.recall(&self.actor, &id, revision, &reason).await)
    }

    async fn take_in(&self, id: DocumentId, revision: i64) -> ApiResult<()> {
        api(self.service.take_in(&self.actor, &id, revision).await)
    }

    async fn refuse(&self, id: DocumentId, revision: i64, reason: String) -> ApiResult<()> {
        api(self.service.refuse(&self.actor, &id, revision, &reason).await)
    }

    async fn assign(&self, id: DocumentId, revision: i64, wish: AssignWish) -> ApiResult<()> {
        api(self.service.assign(&self.actor, &id, revision, &wish).await)
    }

    async fn start_processing(&self, id: DocumentId, revision: i64) -> ApiResult<()> {
        api(self.service.start_processing(&self.actor, &id, revision).await)
    }

    async fn finish(&self, id: DocumentId, revision: i64, result: String) -> ApiResult<()> {
        api(self.service.finish(&self.actor, &id, revision, &result).await)
    }

    async fn delete_draft(&self, id: DocumentId, revision: i64) -> ApiResult<()> {
        api(self.service.delete_draft(&self.actor, &id, revision).await)
    }

    async fn verify(&self, id: DocumentId) -> ApiResult<VerifyReport> {
        api(self.service.verify(&self.actor, &id).await)
    }
}
