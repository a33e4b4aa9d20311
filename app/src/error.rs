//! The one error that crosses from server to screen.
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// What went wrong: a stable code for machines, and for the person what to do next, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {en}")]
pub struct ApiError {
    /// Stable, `area.kind`, such as `documents.not_found`.
    pub code: String,
    pub vi: String,
    pub en: String,
    /// The form field that the error belongs to, when it belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl ApiError {
    pub fn new(code: &str, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            vi: vi.into(),
            en: en.into(),
            field: None,
        }
    }
    pub fn field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }
    /// True when the request may never have reached the server, so that it is worth keeping what was typed and trying again.
    pub fn is_link(&self) -> bool {
        self.code == "link.lost"
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::new(
                "link.lost",
                "Mất kết nối tới máy chủ. Nội dung anh/chị nhập vẫn còn; hãy thử lại khi có mạng.",
                "The link to the server is lost. What you entered is kept; try again when the link is back.",
            ),
            // On the server these say that the request was wrong.
            #[cfg(feature = "ssr")]
            ServerFnErrorErr::Args(why) | ServerFnErrorErr::MissingArg(why) | ServerFnErrorErr::Deserialization(why) => {
                if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
                    response.set_status(http::StatusCode::BAD_REQUEST);
                }
                Self::new(
                    "server.arguments",
                    "Máy chủ không hiểu yêu cầu này. Hãy tải lại trang rồi làm lại.",
                    format!("The server does not understand this request. Reload the page and try again. ({why})"),
                )
            }
            other => Self::new(
                "server.failed",
                "Máy chủ không xử lý được yêu cầu. Hãy thử lại; nếu vẫn lỗi, báo quản trị kèm thời điểm xảy ra.",
                format!(
                    "The server could not handle the request. Try again; if it fails again, tell the administrator the time. ({other})"
                ),
            ),
        }
    }
}

pub type ApiResult<T> = Result<T, ApiError>;
