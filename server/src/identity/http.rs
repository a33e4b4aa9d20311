//! The extractor that says who calls.
use crate::actor::Actor;
use crate::fault::Fault;
use crate::identity::{Error, cookie_name};
use crate::state::AppState;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use std::convert::Infallible;
use std::net::IpAddr;

/// Who calls; anonymous callers too. A change asked for by cookie from a foreign origin never gets this far.
pub struct Caller(pub Actor);

impl FromRequestParts<AppState> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Fault> {
        let bearer = bearer(&parts.headers);
        let cookie = cookie(&parts.headers, &cookie_name(&state.config.public_url));
        let changes = !matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
        if bearer.is_none() && changes && !same_origin(&parts.headers, &state.config.public_url) {
            return Err(Error::ForeignOrigin.into());
        }
        let request_id = request_id(&parts.headers);
        let address = parts
            .extensions
            .get::<axum::extract::ConnectInfo<std::net::SocketAddr>>()
            .map(|a| client_address(a.0.ip(), &parts.headers))
            .unwrap_or_default();
        let actor = state.identity.actor(cookie, bearer, request_id, &address).await?;
        if actor
            .at
            .as_ref()
            .is_some_and(|at| !of_the_meeting(parts.uri.path(), changes, &at.meeting))
        {
            return Err(Error::OnlyTheMeeting.into());
        }
        Ok(Self(actor))
    }
}

/// What may be asked for from a tablet of a room: the one meeting, pages (`web::page` leads from others to that of the meeting) and the
/// way out. The meetings' own service looks at the meeting once more.
fn of_the_meeting(path: &str, changes: bool, meeting: &str) -> bool {
    const FREE: [&str; 10] = [
        "/live",
        "/logout",
        "/room/",
        "/api/v1/me/device-key",
        "/api/v1/attachments/",
        "/api/v1/items/",
        "/api/v1/notes/",
        "/api/v1/speeches/",
        "/api/v1/votes/",
        "/files/attachment/",
    ];
    // Lists of other meetings and tasks, and what makes new ones.
    const ELSEWHERE: [&str; 8] = [
        "list",
        "calendar",
        "conflicts",
        "create",
        "copy",
        "my-tasks",
        "finish-task",
        "reopen-task",
    ];
    if let Some(function) = path.strip_prefix("/api/ui/") {
        let own = function.strip_prefix("meetings/").is_some_and(|name| !ELSEWHERE.contains(&name));
        return own || matches!(function, "identity/me" | "identity/tablet");
    }
    let inside = |folder: &str| {
        let rest = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix(meeting));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
    };
    let named = [
        "/api/v1/meetings/",
        "/files/minutes/",
        "/files/invitation/",
        "/files/check-in/",
        "/files/seat-code/",
    ];
    let free = |start: &str| path == start || start.ends_with('/') && path.starts_with(start);
    let page = !changes && !path.starts_with("/api/") && !path.starts_with("/files/");
    page || FREE.iter().any(|start| free(start)) || named.iter().any(|folder| inside(folder))
}

impl OptionalFromRequestParts<AppState> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Option<Self>, Infallible> {
        Ok(<Self as FromRequestParts<AppState>>::from_request_parts(parts, state).await.ok())
    }
}

/// The request's id: ours, or that of a proxy, which goes into the log and is believed only as far as it looks like one.
fn request_id(headers: &HeaderMap) -> &str {
    let id = headers.get("x-request-id").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if id.len() <= 64 && id.bytes().all(plain) { id } else { "" }
}

/// The token that a program shows.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

/// Where the request comes from: behind a reverse proxy on this machine, what that proxy wrote last into
/// `X-Forwarded-For`; what a client wrote there itself stands further left and is not believed.
fn client_address(peer: IpAddr, headers: &HeaderMap) -> String {
    let forwarded = || -> Option<IpAddr> {
        let last = headers.get_all("x-forwarded-for").iter().next_back()?;
        last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
    };
    peer.is_loopback().then(forwarded).flatten().unwrap_or(peer).to_string()
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
    super::forms::routes().merge(super::rest::routes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("1.2.3.4, 10.0.0.7"));
        assert_eq!(client_address([127, 0, 0, 1].into(), &headers), "10.0.0.7");
        assert_eq!(client_address([192, 0, 2, 1].into(), &headers), "192.0.2.1");
        headers.append("x-forwarded-for", HeaderValue::from_static("not an address"));
        assert_eq!(client_address([127, 0, 0, 1].into(), &headers), "127.0.0.1");
    }

    #[test]
    fn a_tablet_of_the_room_asks_for_its_meeting_alone() {
        for (path, changes) in [
            ("/meetings/m1", false),
            ("/documents", false),
            ("/api/v1/meetings/m1", false),
            ("/api/v1/meetings/m1/presence", true),
            ("/api/ui/meetings/get", true),
            ("/files/attachment/a/b.pdf", false),
            ("/files/minutes/m1.pdf", false),
            ("/logout", true),
        ] {
            assert!(of_the_meeting(path, changes, "m1"), "{path}");
        }
        for (path, changes) in [
            ("/api/v1/meetings", false),
            ("/api/v1/meetings/m10", false),
            ("/api/v1/documents", false),
            ("/api/v1/tokens", true),
            ("/api/ui/documents/list", true),
            ("/api/ui/meetings/list", true),
            ("/api/ui/identity/create-token", true),
            ("/files/document/d/b.pdf", false),
            ("/files/minutes/m2.pdf", false),
            ("/documents/upload", true),
            ("/logouts", true),
        ] {
            assert!(!of_the_meeting(path, changes, "m1"), "{path}");
        }
    }

    #[test]
    fn a_request_id_brings_nothing_else_into_the_log() {
        let mut headers = HeaderMap::new();
        headers.insert("x-request-id", HeaderValue::from_static("018f-4a.B_7"));
        assert_eq!(request_id(&headers), "018f-4a.B_7");
        headers.insert("x-request-id", HeaderValue::from_static("x\",\"actor\":\"y"));
        assert_eq!(request_id(&headers), "");
        headers.insert("x-request-id", HeaderValue::from_str(&"a".repeat(65)).unwrap());
        assert_eq!(request_id(&headers), "");
    }

    #[test]
    fn a_token_is_one_however_its_scheme_is_written() {
        let mut headers = HeaderMap::new();
        assert_eq!(bearer(&headers), None);
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("bearer  abc"));
        assert_eq!(bearer(&headers), Some("abc"));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Basic abc"));
        assert_eq!(bearer(&headers), None);
    }

    #[test]
    fn an_origin_must_be_there_and_be_ours() {
        let mut headers = HeaderMap::new();
        assert!(!same_origin(&headers, "https://a.example"));
        headers.insert(header::ORIGIN, HeaderValue::from_static("https://a.example.evil"));
        assert!(!same_origin(&headers, "https://a.example"));
        headers.insert(header::ORIGIN, HeaderValue::from_static("null"));
        assert!(!same_origin(&headers, "https://a.example"));
        headers.insert(header::ORIGIN, HeaderValue::from_static("https://a.example"));
        assert!(same_origin(&headers, "https://a.example"));
    }
}
