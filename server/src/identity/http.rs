//! The extractor that says who calls.
use crate::actor::Actor;
use crate::fault::Fault;
use crate::identity::{COOKIE, Error};
use crate::state::AppState;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use std::convert::Infallible;

/// Who calls; anonymous callers too. A change asked for by cookie from a foreign origin never gets this far.
pub struct Caller(pub Actor);

impl FromRequestParts<AppState> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Fault> {
        let bearer = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.strip_prefix("Bearer "));
        let cookie = cookie(&parts.headers, COOKIE);
        let changes = !matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
        if bearer.is_none() && changes && !same_origin(&parts.headers, &state.config.public_url) {
            return Err(Error::ForeignOrigin.into());
        }
        let request_id = parts.headers.get("x-request-id").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let address = parts
            .extensions
            .get::<axum::extract::ConnectInfo<std::net::SocketAddr>>()
            .map(|a| a.0.ip().to_string())
            .unwrap_or_default();
        Ok(Self(state.identity.actor(cookie, bearer, request_id, &address).await?))
    }
}

impl OptionalFromRequestParts<AppState> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Option<Self>, Infallible> {
        Ok(<Self as FromRequestParts<AppState>>::from_request_parts(parts, state).await.ok())
    }
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then_some(value)
        })
}

/// True when the browser says that the request comes from our own pages. A browser always sends `Origin` with a change
/// and with a WebSocket, so a missing one is a refusal as well.
pub fn same_origin(headers: &HeaderMap, public_url: &str) -> bool {
    headers
        .get(header::ORIGIN)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|origin| origin.eq_ignore_ascii_case(public_url.trim_end_matches('/')))
}

pub fn routes() -> axum::Router<AppState> {
    axum::Router::new()
}
