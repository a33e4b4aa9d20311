//! The screens' way to this domain.
use super::Service;
use crate::actor::Actor;
use crate::fault::{Fault, Problem};
use crate::signatures::Owner;
use crate::state::AppState;
use crate::ui::Bound;
use app::api::{Admin, AdminApi, Identity, IdentityApi};
use app::dto::identity::{Body, KeyInfo, Me, NewToken, Person, RoomTablet, Token};
use app::error::{ApiError, ApiResult};
use app::ids::{TabletId, TokenId, UserId};
use async_trait::async_trait;
use leptos::prelude::provide_context;
use std::sync::Arc;

pub fn provide(state: &AppState, actor: &Actor) {
    let bound = Arc::new(Bound::new(&state.identity, state, actor));
    provide_context::<Identity>(bound.clone());
    provide_context::<Admin>(bound);
}

fn api<T, E: Problem>(result: Result<T, E>) -> ApiResult<T> {
    result.map_err(|e| ApiError::from(Fault::from(e)))
}

#[async_trait]
impl IdentityApi for Bound<Service> {
    async fn me(&self) -> ApiResult<Option<Me>> {
        api(self.service.me(&self.actor).await)
    }

    async fn people(&self, text: String) -> ApiResult<Vec<Person>> {
        api(self.service.people(&self.actor, &text).await)
    }

    async fn bodies(&self, text: String) -> ApiResult<Vec<Body>> {
        api(self.service.bodies(&self.actor, &text).await)
    }

    async fn my_key(&self) -> ApiResult<Option<KeyInfo>> {
        let id = api(self.actor.user())?.clone();
        api(self.state.signatures.key_info(&Owner::Person(id)).await)
    }

    async fn change_pin(&self, old: String, new: String) -> ApiResult<()> {
        let me = Owner::Person(api(self.actor.user())?.clone());
        api(self.state.signatures.change_pin(&self.actor, &me, &old, &new).await)
    }

    async fn change_password(&self, old: String, new: String) -> ApiResult<()> {
        // The session that asks goes on; every other one ends.
        let cookie = app::i18n::request_cookie(&super::cookie_name(&self.state.config.public_url));
        api(self.service.change_password(&self.actor, &old, &new, cookie.as_deref()).await)
    }

    async fn tokens(&self) -> ApiResult<Vec<Token>> {
        api(self.service.tokens(&self.actor).await)
    }

    async fn create_token(&self, name: String, days: u32) -> ApiResult<NewToken> {
        api(self.service.create_token(&self.actor, &name, days).await)
    }

    async fn revoke_token(&self, id: TokenId) -> ApiResult<()> {
        api(self.service.revoke_token(&self.actor, &id).await)
    }

    async fn tablet(&self) -> ApiResult<Option<RoomTablet>> {
        let cookie = app::i18n::request_cookie(&super::tablet_cookie(&self.state.config.public_url));
        api(self.service.tablet(cookie.as_deref()).await)
    }

    async fn tablets(&self) -> ApiResult<Vec<RoomTablet>> {
        api(self.service.tablets(&self.actor).await)
    }

    async fn free_tablet(&self, id: TabletId, for_good: bool) -> ApiResult<()> {
        api(self.service.free_tablet(&self.actor, &id, for_good).await)
    }
}

#[async_trait]
impl AdminApi for Bound<Service> {
    async fn end_sessions(&self, id: UserId) -> ApiResult<()> {
        api(self.service.end_sessions(&self.actor, &id).await)
    }

    async fn set_active(&self, id: UserId, active: bool) -> ApiResult<()> {
        api(self.service.set_active(&self.actor, &id, active).await)
    }
}
