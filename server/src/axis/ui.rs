//! The screens' way to the axis.
use super::{Error, Service};
use crate::actor::Actor;
use crate::fault::Fault;
use crate::state::AppState;
use crate::ui::Bound;
use app::api::{Axis, AxisApi};
use app::dto::Page;
use app::dto::axis::{LinkStatus, MessageRow};
use app::error::{ApiError, ApiResult};
use app::ids::MessageId;
use async_trait::async_trait;
use leptos::prelude::provide_context;
use std::sync::Arc;

pub fn provide(state: &AppState, actor: &Actor) {
    provide_context::<Axis>(Arc::new(Bound::new(&state.axis, state, actor)));
}

fn api<T>(result: Result<T, Error>) -> ApiResult<T> {
    result.map_err(|e| ApiError::from(Fault::from(e)))
}

#[async_trait]
impl AxisApi for Bound<Service> {
    async fn link(&self) -> ApiResult<LinkStatus> {
        api(self.service.link_status(&self.actor).await)
    }

    async fn messages(&self, page: u32) -> ApiResult<Page<MessageRow>> {
        api(self.service.messages(&self.actor, page).await)
    }

    async fn retry(&self, id: MessageId) -> ApiResult<()> {
        api(self.service.retry(&self.actor, &id).await)
    }

    async fn give_up(&self, id: MessageId) -> ApiResult<()> {
        api(self.service.give_up(&self.actor, &id).await)
    }
}
