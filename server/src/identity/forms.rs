//! Signing in and out by plain forms, which work before any script runs.
use super::http::{Caller, cookie};
use super::tablets::NewTablet;
use super::{Error, cookie_name, sessions, tablet_cookie};
use crate::config::Config;
use crate::fault::{Fault, Problem};
use crate::state::AppState;
use crate::web::{local_address, wants_json};
use app::dto::identity::RoomTablet;
use axum::extract::rejection::FormRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Form, Json, Router};
use serde::Deserialize;
use zeroize::Zeroizing;

/// Bytes of a sign-in form.
const LARGEST: usize = 16 * 1024;
/// How long a tablet of a room is known without being added again; browsers grant no more.
const TABLET_SECONDS: i64 = 400 * 24 * 3600;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/login", post(sign_in).get(crate::web::page))
        .route("/logout", post(sign_out))
        .route("/room/add", post(add_tablet))
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
            let cookie = session_cookie(&state.config, &secret);
            if wants_json(&headers) {
                (cookie, Json(serde_json::json!({ "next": next }))).into_response()
            } else {
                (cookie, Redirect::to(&next)).into_response()
            }
        }
        Err(e) if wants_json(&headers) => Fault::from(e).into_response(),
        Err(e) => refused("/login", e, &[("next", &next)]),
    }
}

async fn sign_out(State(state): State<AppState>, Caller(actor): Caller, headers: HeaderMap) -> Result<Response, Fault> {
    let old = cookie(&headers, &cookie_name(&state.config.public_url));
    state.identity.sign_out(&actor, old).await?;
    let cookie = set_cookie(&state.config, "", 0);
    if !is_tablet(&state.config, &headers) {
        return Ok((cookie, Redirect::to("/login")).into_response());
    }
    // The next one at this tablet finds nothing of who stood up; the resting page itself wipes what a browser without this header keeps.
    let wiped = [(HeaderName::from_static("clear-site-data"), "\"cache\", \"storage\"")];
    Ok((cookie, wiped, Redirect::to("/room")).into_response())
}

/// Whether the browser says that it is a tablet of a room. Opens nothing: only where to rest.
pub fn is_tablet(config: &Config, headers: &HeaderMap) -> bool {
    cookie(headers, &tablet_cookie(&config.public_url)).is_some()
}

pub async fn tablet_of(state: &AppState, headers: &HeaderMap) -> Result<Option<RoomTablet>, Error> {
    let secret = cookie(headers, &tablet_cookie(&state.config.public_url));
    state.identity.tablet(secret).await
}

#[derive(Deserialize, Clone, Default)]
struct AddTablet {
    tablet_name: String,
    room: String,
    #[serde(default)]
    row: String,
    #[serde(default)]
    column: String,
}

/// Makes this very device a tablet of a room; who added it is signed out of it.
async fn add_tablet(
    State(state): State<AppState>,
    Caller(actor): Caller,
    headers: HeaderMap,
    form: Result<Form<AddTablet>, FormRejection>,
) -> Response {
    // What was typed is there again where it is refused.
    let typed = form.as_ref().map_or_else(|_| AddTablet::default(), |Form(form)| form.clone());
    let result = async {
        let Form(form) = form.map_err(|e| Error::Form(e.body_text()))?;
        let number = |text: &str| match text.trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| Error::Field("seat")),
        };
        let seat = match (number(&form.row)?, number(&form.column)?) {
            (Some(row), Some(column)) => Some((row, column)),
            (None, None) => None,
            _ => return Err(Error::Field("seat")),
        };
        let new = NewTablet {
            name: form.tablet_name,
            room: form.room,
            seat,
        };
        let secret = state.identity.add_tablet(&actor, new).await?;
        let old = cookie(&headers, &cookie_name(&state.config.public_url));
        state.identity.sign_out(&actor, old).await?;
        Ok(secret)
    }
    .await;
    match result {
        Ok(secret) => {
            let tablet = cookie_of(&state.config, &tablet_cookie(&state.config.public_url), &secret, TABLET_SECONDS);
            let session = cookie_of(&state.config, &cookie_name(&state.config.public_url), "", 0);
            let cookies = AppendHeaders([(header::SET_COOKIE, tablet), (header::SET_COOKIE, session)]);
            (cookies, Redirect::to("/room")).into_response()
        }
        Err(e) => {
            let typed = [
                ("tablet_name", typed.tablet_name.as_str()),
                ("room", &typed.room),
                ("row", &typed.row),
                ("column", &typed.column),
            ];
            refused("/tablets", e, &typed)
        }
    }
}

/// Back to the page of a plain form, which says what was wrong; `more` stands in the address: nothing secret.
pub fn refused(page: &str, error: impl Problem + Into<Fault>, more: &[(&str, &str)]) -> Response {
    let mut address = format!("{page}?error={}", error.code());
    for (name, value) in more {
        address.push_str(&format!("&{name}={}", crate::web::url_encode(value)));
    }
    // Written to the log when it is our failure.
    let _: Fault = error.into();
    Redirect::to(&address).into_response()
}

/// The cookie of a session that has just begun.
pub fn session_cookie(config: &Config, secret: &str) -> [(HeaderName, HeaderValue); 1] {
    set_cookie(config, secret, sessions::ABSOLUTE / 1_000_000)
}

fn set_cookie(config: &Config, secret: &str, seconds: i64) -> [(HeaderName, HeaderValue); 1] {
    [(
        header::SET_COOKIE,
        cookie_of(config, &cookie_name(&config.public_url), secret, seconds),
    )]
}

/// Out of reach of scripts, not sent with other sites' requests, over TLS alone where there is TLS.
fn cookie_of(config: &Config, name: &str, secret: &str, seconds: i64) -> HeaderValue {
    let secure = if config.public_url.starts_with("https:") { "; Secure" } else { "" };
    let text = format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}
