//! What `/api/v1` offers, described for machines (OpenAPI) and as a plain page for people.
use crate::fault::{Fault, Problem};
use crate::state::AppState;
use crate::{audit, axis, documents, identity, meetings, opinions, reading, signatures};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse};
use axum::routing::{any, get};
use axum::{Json, Router};
use serde_json::Value;
use std::fmt::Write as _;
use std::sync::OnceLock;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// Every route of every domain: whoever adds one names it here, and a test asks the server for each.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "kyhop",
        description = "Documents, signatures, meetings and the audit log of one body. Errors are {\"error\": {\"code\", \"vi\", \"en\", \"field\"?}} with a stable code."
    ),
    paths(
        identity::rest::me,
        identity::rest::people,
        identity::rest::add_person,
        identity::rest::set_active,
        identity::rest::end_sessions,
        identity::rest::bodies,
        identity::rest::put_body,
        identity::rest::tokens,
        identity::rest::create_token,
        identity::rest::revoke_token,
        documents::http::list,
        documents::http::create,
        documents::http::read,
        documents::http::file,
        documents::http::check,
        documents::http::version,
        documents::http::act,
        documents::authority::http::list,
        documents::authority::http::give,
        documents::authority::http::end,
        documents::entry::http::enter,
        documents::feed::http::feed,
        documents::feed::http::renew,
        documents::feed::http::end,
        documents::figures::http::figures,
        documents::figures::http::open_data,
        documents::notices::http::list,
        documents::notices::http::read,
        documents::register::http::register,
        documents::trash::list,
        documents::trash::restore,
        documents::register::http::numbers,
        documents::register::http::hold,
        documents::register::http::cancel,
        meetings::http::list,
        meetings::http::read,
        meetings::http::attach,
        meetings::http::set_readers,
        meetings::http_after::conclude,
        meetings::http_after::give,
        meetings::http_after::mine,
        meetings::http_after::take_back,
        meetings::http_after::finish,
        meetings::http_after::reopen,
        meetings::http_ballots::vote,
        meetings::http_ballots::cast,
        meetings::http_ballots::published,
        meetings::http_members::answer,
        meetings::http_members::check_in,
        meetings::http_sitting::own,
        meetings::http_sitting::all,
        meetings::http_sitting::renew,
        meetings::http_members::write_chat,
        meetings::http_members::mark_present,
        meetings::http_members::add,
        meetings::http_members::remove,
        meetings::http_prepare::create,
        meetings::http_prepare::change,
        meetings::http_prepare::checks,
        meetings::http_prepare::publish,
        meetings::http_prepare::cancel,
        meetings::http_prepare::open,
        meetings::http_prepare::close,
        meetings::http_prepare::set_current,
        meetings::http_prepare::add_item,
        meetings::http_prepare::change_item,
        meetings::http_prepare::move_item,
        meetings::http_prepare::remove_item,
        meetings::http_prepare::open_vote,
        meetings::http_prepare::close_vote,
        meetings::http_presenter::present,
        meetings::http_presenter::stop,
        opinions::http::list,
        opinions::http::create,
        opinions::http::read,
        opinions::http::save,
        opinions::http::delete,
        opinions::http::send,
        opinions::http::remind,
        opinions::http::extend,
        opinions::http::close,
        opinions::http::withdraw,
        opinions::http::answer,
        opinions::http_report::csv,
        opinions::http_report::pdf,
        reading::http::list,
        reading::http::remember,
        reading::http::write,
        reading::http::remove,
        reading::http::device_key,
        meetings::http_floor::ask,
        meetings::http_floor::ask_under_name,
        meetings::http_floor::act,
        meetings::http_floor::item_clock,
        signatures::http::verify,
        audit::http::list,
        audit::http::check,
        audit::http::export,
        axis::http::link,
        axis::http::messages,
        axis::http::edxml,
        axis::http::retry,
        axis::http::give_up,
    ),
    modifiers(&Bearer)
)]
struct Api;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = api.components.get_or_insert_with(Default::default);
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
        api.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    }
}

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1", get(|| async { Html(page()) }))
        .route("/api/v1/openapi.json", get(document))
        .route("/api/v1/{*path}", any(|| async { Fault::from(NoSuchRoute) }))
}

async fn document() -> impl IntoResponse {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    let document = DOCUMENT.get_or_init(|| serde_json::to_value(Api::openapi()).unwrap_or_default());
    ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], Json(document))
}

/// A program that asks for what is not there gets an answer that it understands, not a page.
#[derive(Debug, thiserror::Error)]
#[error("no such route")]
struct NoSuchRoute;

impl Problem for NoSuchRoute {
    fn code(&self) -> &'static str {
        "server.no_such_route"
    }
    fn status(&self) -> StatusCode {
        StatusCode::NOT_FOUND
    }
    fn vi(&self) -> String {
        "Không có địa chỉ này. Xem các địa chỉ ở /api/v1.".into()
    }
    fn en(&self) -> String {
        "There is nothing at this address. See /api/v1 for what there is.".into()
    }
}

/// Every operation with what it is for, needs and answers.
fn page() -> &'static str {
    static PAGE: OnceLock<String> = OnceLock::new();
    PAGE.get_or_init(|| {
        let document = serde_json::to_value(Api::openapi()).unwrap_or_default();
        let text = |value: &Value| escape(value.as_str().unwrap_or_default());
        let mut out = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>kyhop · REST v1</title><h1>kyhop · REST v1</h1><p>{}</p><p>Send <code>Authorization: Bearer TOKEN</code>. \
             For programs: <a href=\"/api/v1/openapi.json\">openapi.json</a></p>",
            text(&document["info"]["description"])
        );
        for (path, methods) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                let _ = write!(out, "<h2><code>{} {}</code></h2>", method.to_uppercase(), escape(path));
                for words in [&operation["summary"], &operation["description"]] {
                    let _ = write!(out, "<p>{}</p>", text(words));
                }
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let parameters: String = parameters
                    .map(|p| {
                        format!(
                            "<li><code>{}</code> ({}) {}</li>",
                            text(&p["name"]),
                            text(&p["in"]),
                            text(&p["description"])
                        )
                    })
                    .collect();
                let schema = operation.pointer("/requestBody/content/application~1json/schema/$ref");
                let body: String = fields(&document, schema)
                    .map(|f| format!("<li><code>{}</code></li>", escape(f)))
                    .collect();
                let answers: Vec<_> = operation["responses"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(code, _)| code.as_str())
                    .collect();
                let _ = write!(out, "<ul>{parameters}{body}</ul><p>{}</p>", answers.join(", "));
            }
        }
        out + "</html>"
    })
}

/// Names of the members of a referenced schema.
fn fields<'a>(document: &'a Value, reference: Option<&'a Value>) -> impl Iterator<Item = &'a str> {
    let pointer = reference.and_then(Value::as_str).unwrap_or_default().trim_start_matches('#');
    let schema = if pointer.is_empty() { None } else { document.pointer(pointer) };
    let properties = schema.and_then(|s| s["properties"].as_object());
    properties.into_iter().flatten().map(|(name, _)| name.as_str())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
