//! People, keys, tokens.
use crate::dto::identity::{Body, KeyInfo, Me, NewToken, Person, RoomTablet, Token};
use crate::error::ApiResult;
use crate::ids::{TabletId, TokenId, UserId};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

#[cfg(feature = "ssr")]
use crate::api::Identity;

#[server(prefix = "/api/ui", endpoint = "identity/me", input = Json)]
pub async fn whoami() -> ApiResult<Option<Me>> {
    expect_context::<Identity>().me().await
}

#[server(prefix = "/api/ui", endpoint = "identity/people", input = Json)]
pub async fn people(text: String) -> ApiResult<Vec<Person>> {
    expect_context::<Identity>().people(text).await
}

#[server(prefix = "/api/ui", endpoint = "identity/bodies", input = Json)]
pub async fn bodies(text: String) -> ApiResult<Vec<Body>> {
    expect_context::<Identity>().bodies(text).await
}

#[server(prefix = "/api/ui", endpoint = "identity/key", input = Json)]
pub async fn my_key() -> ApiResult<Option<KeyInfo>> {
    expect_context::<Identity>().my_key().await
}

#[server(prefix = "/api/ui", endpoint = "identity/change-pin", input = Json)]
pub async fn change_pin(old: String, new: String) -> ApiResult<()> {
    expect_context::<Identity>().change_pin(old, new).await
}

#[server(prefix = "/api/ui", endpoint = "identity/change-password", input = Json)]
pub async fn change_password(old: String, new: String) -> ApiResult<()> {
    expect_context::<Identity>().change_password(old, new).await
}

#[server(prefix = "/api/ui", endpoint = "identity/tokens", input = Json)]
pub async fn tokens() -> ApiResult<Vec<Token>> {
    expect_context::<Identity>().tokens().await
}

#[server(prefix = "/api/ui", endpoint = "identity/create-token", input = Json)]
pub async fn create_token(name: String, days: u32) -> ApiResult<NewToken> {
    expect_context::<Identity>().create_token(name, days).await
}

#[server(prefix = "/api/ui", endpoint = "identity/revoke-token", input = Json)]
pub async fn revoke_token(id: TokenId) -> ApiResult<()> {
    expect_context::<Identity>().revoke_token(id).await
}

#[server(prefix = "/api/ui", endpoint = "identity/tablet", input = Json)]
pub async fn this_tablet() -> ApiResult<Option<RoomTablet>> {
    expect_context::<Identity>().tablet().await
}

#[server(prefix = "/api/ui", endpoint = "identity/tablets", input = Json)]
pub async fn tablets() -> ApiResult<Vec<RoomTablet>> {
    expect_context::<Identity>().tablets().await
}

#[server(prefix = "/api/ui", endpoint = "identity/free-tablet", input = Json)]
pub async fn free_tablet(id: TabletId, for_good: bool) -> ApiResult<()> {
    expect_context::<Identity>().free_tablet(id, for_good).await
}

#[server(prefix = "/api/ui", endpoint = "admin/end-sessions", input = Json)]
pub async fn end_sessions(id: UserId) -> ApiResult<()> {
    expect_context::<crate::api::Admin>().end_sessions(id).await
}

#[server(prefix = "/api/ui", endpoint = "admin/set-active", input = Json)]
pub async fn set_active(id: UserId, active: bool) -> ApiResult<()> {
    expect_context::<crate::api::Admin>().set_active(id, active).await
}
