//! How every error leaves the server: a status, a stable code, and words for a person in both languages.
use app::error::ApiError;
use axum::Json;
use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use leptos::prelude::use_context;
use serde::de::DeserializeOwned;

/// Implemented by the error enum of each domain.
pub trait Problem: std::error::Error {
    /// Stable, `area.kind`.
    fn code(&self) -> &'static str;
    fn status(&self) -> StatusCode;
    /// What happened and what to do next, Vietnamese.
    fn vi(&self) -> String;
    /// The same in English.
    fn en(&self) -> String;
    /// Form field it belongs to.
    fn field(&self) -> Option<&'static str> {
        None
    }
}

/// Any [`Problem`], ready to be sent.
#[derive(Debug, Clone)]
pub struct Fault {
    pub status: StatusCode,
    pub api: ApiError,
}

impl<E: Problem> From<E> for Fault {
    fn from(e: E) -> Self {
        if e.status().is_server_error() {
            tracing::error!(code = e.code(), error = %e, "request failed");
        }
        let mut api = ApiError::new(e.code(), e.vi(), e.en());
        api.field = e.field().map(str::to_owned);
        Self { status: e.status(), api }
    }
}

/// Context of the screens' own functions: their errors carry a status like those of REST. A page that draws an error
/// remains a page.
#[derive(Clone, Copy)]
pub struct FunctionCall;

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> Self {
        if use_context::<FunctionCall>().is_some()
            && let Some(response) = use_context::<leptos_axum::ResponseOptions>()
        {
            response.set_status(fault.status);
        }
        fault.api
    }
}

/// REST answers errors as `{"error":{"code","vi","en","field"?}}`.
impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        (self.status, Json(serde_json::json!({ "error": self.api }))).into_response()
    }
}

/// A query that was read, or the reason why not, as any other error.
pub struct Sought<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Sought<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        Query::try_from_uri(&parts.uri).map(|Query(found)| Self(found)).map_err(|e| Fault {
            status: StatusCode::BAD_REQUEST,
            api: ApiError::new(
                "server.query",
                "Không đọc được phần hỏi của địa chỉ. Hãy kiểm tra các tham số sau dấu hỏi.",
                format!(
                    "The query of the address cannot be read. Check what follows the question mark. ({})",
                    e.body_text()
                ),
            ),
        })
    }
}

/// Words for failures that are ours, not the caller's: the cause goes to the log, not to the screen.
pub fn internal_vi() -> String {
    "Máy chủ gặp lỗi và chưa thay đổi gì. Hãy thử lại; nếu vẫn lỗi, báo quản trị kèm thời điểm xảy ra.".into()
}

pub fn internal_en() -> String {
    "The server failed and changed nothing. Try again; if it fails again, tell the administrator the time.".into()
}
