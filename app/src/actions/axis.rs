//! The link to the axis and what went over it.
use crate::dto::Page;
use crate::dto::axis::{LinkStatus, MessageRow};
use crate::error::ApiResult;
use crate::ids::MessageId;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

#[cfg(feature = "ssr")]
use crate::api::Axis;

#[server(prefix = "/api/ui", endpoint = "axis/link", input = Json)]
pub async fn link() -> ApiResult<LinkStatus> {
    expect_context::<Axis>().link().await
}

#[server(prefix = "/api/ui", endpoint = "axis/messages", input = Json)]
pub async fn messages(page: u32) -> ApiResult<Page<MessageRow>> {
    expect_context::<Axis>().messages(page).await
}

#[server(prefix = "/api/ui", endpoint = "axis/retry", input = Json)]
pub async fn retry(id: MessageId) -> ApiResult<()> {
    expect_context::<Axis>().retry(id).await
}

#[server(prefix = "/api/ui", endpoint = "axis/give-up", input = Json)]
pub async fn give_up(id: MessageId) -> ApiResult<()> {
    expect_context::<Axis>().give_up(id).await
}
