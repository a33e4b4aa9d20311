//! Pages and server functions, each for the person who asks.
use crate::actor::{Actor, Kind};
use crate::identity::forms::is_tablet;
use crate::identity::http::Caller;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;
use serde::Deserialize;

/// Pages that need no account.
const PUBLIC: [&str; 3] = ["/login", "/verify", "/room"];

/// Draws the page at the address asked for, or sends a stranger to the sign-in page and back afterwards.
pub async fn page(State(state): State<AppState>, Caller(actor): Caller, request: Request) -> Response {
    let path = request.uri().path();
    let (headers, query) = (request.headers(), request.uri().query().unwrap_or_default());
    // At a tablet of a room nobody is asked for a password, unless they go to that page themselves.
    let sent_on = !PUBLIC.contains(&path) || path == "/login" && query.starts_with("next=");
    if actor.kind == Kind::Anonymous && sent_on && is_tablet(&state.config, headers) {
        return Redirect::to("/room").into_response();
    }
    if let Some(at) = &actor.at {
        let meeting = format!("/meetings/{}", at.meeting);
        if path != meeting && !path.starts_with(&format!("{meeting}/")) {
            return Redirect::to(&meeting).into_response();
        }
    }
    if actor.kind == Kind::Anonymous && !PUBLIC.contains(&path) {
        return Redirect::to(&format!("/login?next={}", next(request.uri()))).into_response();
    }
    let https = state.config.public_url.starts_with("https:");
    let site = app::Site {
        version: super::version(&state.config.site_dir),
        path: path.to_owned(),
        parts: super::parts(&state.config.site_dir),
        demonstration: state.config.demonstration,
    };
    let context = move || {
        provide(&state, &actor);
        if let (Some(nonce), Some(response)) = (leptos::nonce::use_nonce(), use_context::<leptos_axum::ResponseOptions>()) {
            if let Ok(policy) = HeaderValue::from_str(&content_security_policy(&nonce, https)) {
                response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            }
            // A page is one person's; neither a proxy nor the next person at a shared tablet may have it.
            response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        }
    };
    let draw = leptos_axum::render_app_async_with_context(context, move || app::shell(site.clone()));
    draw(request).await
}

/// Answers `#[server]` functions.
pub async fn server_function(State(state): State<AppState>, Caller(actor): Caller, request: Request<Body>) -> impl IntoResponse {
    let context = move || {
        provide_context(crate::fault::FunctionCall);
        provide(&state, &actor);
    };
    leptos_axum::handle_server_fns_with_context(context, request).await
}

fn provide(state: &AppState, actor: &Actor) {
    crate::identity::ui::provide(state, actor);
    crate::documents::ui::provide(state, actor);
    crate::meetings::ui::provide(state, actor);
    crate::opinions::ui::provide(state, actor);
    crate::axis::ui::provide(state, actor);
    crate::audit::ui::provide(state, actor);
}

/// Scripts run from our own server or with this response's nonce alone; `wasm-unsafe-eval` lets WebAssembly compile.
fn content_security_policy(nonce: &str, https: bool) -> String {
    let upgrade = if https { "; upgrade-insecure-requests" } else { "" };
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
         font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'{upgrade}"
    )
}

fn next(uri: &Uri) -> String {
    let path = uri.path_and_query().map_or("/", |p| p.as_str());
    url_encode(path)
}

/// For a value in a query.
pub fn url_encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

#[derive(Deserialize)]
pub struct Back {
    back: Option<String>,
}

/// Chooses the language of the screens for this browser and goes back to where the person was.
pub async fn switch_language(Path(language): Path<String>, Query(back): Query<Back>) -> Response {
    let language = if language == "en" { "en" } else { "vi" };
    let back = back.back.unwrap_or_default();
    let back = local_address(&back);
    let cookie = format!("lang={language}; Path=/; Max-Age=31536000; SameSite=Lax");
    ([(header::SET_COOKIE, cookie)], Redirect::to(back)).into_response()
}

/// `text` when it is an address of this server, else the start page: never a way out to somebody else's site. Browsers
/// take `\\` for `/` and drop control characters before they look.
pub fn local_address(text: &str) -> &str {
    let own = text.starts_with('/') && !text.starts_with("//") && !text.contains('\\') && !text.chars().any(char::is_control);
    if own { text } else { "/" }
}

/// The page's own script asks for JSON, a browser's form for a page.
pub fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
    accept.is_some_and(|v| v.contains("application/json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_addresses_are_gone_to() {
        assert_eq!(local_address("/documents?page=2"), "/documents?page=2");
        for foreign in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "javascript:x",
        ] {
            assert_eq!(local_address(foreign), "/", "{foreign}");
        }
    }
}
