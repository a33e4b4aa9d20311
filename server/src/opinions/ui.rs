//! The screens' way to sheets of opinions.
use super::Service;
use crate::actor::Actor;
use crate::fault::Fault;
use crate::state::AppState;
use crate::ui::Bound;
use app::api::{Opinions, OpinionsApi};
use app::dto::When;
use app::dto::opinions::{Reply, SheetDetail, SheetDraft, SheetRow};
use app::error::{ApiError, ApiResult};
use app::ids::SheetId;
use async_trait::async_trait;
use leptos::prelude::provide_context;
use std::sync::Arc;

pub fn provide(state: &AppState, actor: &Actor) {
    provide_context::<Opinions>(Arc::new(Bound::new(&state.opinions, state, actor)));
}

fn api<T>(result: super::Result<T>) -> ApiResult<T> {
    result.map_err(|e| ApiError::from(Fault::from(e)))
}

#[async_trait]
impl OpinionsApi for Bound<Service> {
    async fn list(&self) -> ApiResult<Vec<SheetRow>> {
        api(self.service.list(&self.actor).await)
    }

    async fn get(&self, id: SheetId) -> ApiResult<SheetDetail> {
        api(self.service.get(&self.actor, &id).await)
    }

    async fn create(&self, draft: SheetDraft) -> ApiResult<SheetId> {
        api(self.service.create(&self.actor, &draft).await)
    }

    async fn save(&self, id: SheetId, revision: i64, draft: SheetDraft) -> ApiResult<()> {
        api(self.service.save(&self.actor, &id, revision, &draft).await)
    }

    async fn delete(&self, id: SheetId) -> ApiResult<()> {
        api(self.service.delete(&self.actor, &id).await)
    }

    async fn send(&self, id: SheetId) -> ApiResult<()> {
        api(self.service.send(&self.actor, &id).await)
    }

    async fn remind(&self, id: SheetId) -> ApiResult<u32> {
        api(self.service.remind(&self.actor, &id).await)
    }

    async fn extend(&self, id: SheetId, deadline: String) -> ApiResult<()> {
        api(self.service.extend(&self.actor, &id, &deadline).await)
    }

    async fn close(&self, id: SheetId) -> ApiResult<()> {
        api(self.service.close(&self.actor, &id).await)
    }

    async fn withdraw(&self, id: SheetId, reason: String) -> ApiResult<()> {
        api(self.service.withdraw(&self.actor, &id, &reason).await)
    }

    async fn answer(&self, id: SheetId, replies: Vec<Reply>) -> ApiResult<When> {
        api(self.service.answer(&self.actor, &id, &replies).await)
    }
}
