//! Signing in and out by plain forms, which work before any script runs.
use super::http::{Caller, cookie};
use super::{Error, cookie_name, sessions};
use crate::config::Config;
use crate::fault::{Fault, Problem};
use crate::state::AppState;
use crate::web::{local_address, wants_json};
use axum::extract::rejection::FormRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Form, Json, Router};
use serde::Deserialize;
use zeroize::Zeroizing;

/// Bytes of a sign-in form.
const LARGEST: usize = 16 * 1024;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/login", post(sign_in).get(crate::web::page))
        .route("/logout", post(sign_out))
        .layer(DefaultBodyLimit::max(LARGEST))
}

#[derive(Deserialize)]
struct SignIn {
    username: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn sign_in(
    State(state): State<AppState>,
    Caller(actor): Caller,
    headers: HeaderMap,
    form: Result<Form<SignIn>, FormRejection>,
) -> Response {
    let mut next = "/".to_owned();
    let result = async {
        let Form(form) = form.map_err(|e| Error::Form(e.body_text()))?;
        let password = Zeroizing::new(form.password);
        next = local_address(&form.next).to_owned();
        let agent: String = headers
            .get(header::USER_AGENT)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .chars()
            .take(200)
            .collect();
        let old = cookie(&headers, &cookie_name(&state.config.public_url));
        state.identity.sign_in(&actor, &form.username, &password, &agent, old).await
    }
    .await;
    match result {
        Ok(secret) => {
            let cookie = set_cookie(&state.config, &secret, sessions::ABSOLUTE / 1_000_000);
            if wants_json(&headers) {
                (cookie, Json(serde_json::json!({ "next": next }))).into_response()
            } else {
                (cookie, Redirect::to(&next)).into_response()
            }
        }
        Err(e) if wants_json(&headers) => Fault::from(e).into_response(),
        Err(e) => {
            let address = format!("/login?error={}&next={}", e.code(), crate::web::url_encode(&next));
            // Written to the log when it is our failure.
            let _ = Fault::from(e);
            Redirect::to(&address).into_response()
        }
    }
}

async fn sign_out(State(state): State<AppState>, Caller(actor): Caller, headers: HeaderMap) -> Result<Response, Fault> {
    let old = cookie(&headers, &cookie_name(&state.config.public_url));
    state.identity.sign_out(&actor, old).await?;
    Ok((set_cookie(&state.config, "", 0), Redirect::to("/login")).into_response())
}

/// Out of reach of scripts, not sent with other sites' requests, over TLS alone where there is TLS.
fn set_cookie(config: &Config, secret: &str, seconds: i64) -> [(header::HeaderName, HeaderValue); 1] {
    let secure = if config.public_url.starts_with("https:") { "; Secure" } else { "" };
    let name = cookie_name(&config.public_url);
    let text = format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let value = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""));
    [(header::SET_COOKIE, value)]
}
