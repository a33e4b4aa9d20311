//! Refusals of the framework itself, in the same form as our own: a code for programs, words for people.
use crate::fault::{Fault, Problem};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

#[derive(Debug, thiserror::Error)]
#[error("refused before any handler: {0}")]
struct Refusal(StatusCode);

impl Problem for Refusal {
    fn code(&self) -> &'static str {
        match self.0 {
            StatusCode::METHOD_NOT_ALLOWED => "server.method",
            StatusCode::PAYLOAD_TOO_LARGE => "server.too_large",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "server.media_type",
            _ => "server.no_such_function",
        }
    }
    fn status(&self) -> StatusCode {
        self.0
    }
    fn vi(&self) -> String {
        match self.0 {
            StatusCode::METHOD_NOT_ALLOWED => "Địa chỉ này không nhận phương thức đó. Xem tiêu đề Allow, hoặc /api/v1.",
            StatusCode::PAYLOAD_TOO_LARGE => "Nội dung gửi quá lớn nên không được nhận. Hãy gửi ít hơn; tệp thì tải lên bằng biểu mẫu.",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "Kiểu nội dung không đúng. Hãy gửi JSON với tiêu đề Content-Type: application/json.",
            _ => "Không có chức năng này. Có thể máy chủ vừa được cập nhật: hãy tải lại trang.",
        }
        .into()
    }
    fn en(&self) -> String {
        match self.0 {
            StatusCode::METHOD_NOT_ALLOWED => "This address does not take that method. See the header Allow, or /api/v1.",
            StatusCode::PAYLOAD_TOO_LARGE => "Too much was sent, so it was not taken. Send less; files are uploaded by a form.",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                "The content is of the wrong type. Send JSON with the header Content-Type: application/json."
            }
            _ => "There is no such function. The server may have been renewed: reload the page.",
        }
        .into()
    }
}

/// Gives a refusal under `/api/` that carries no JSON a body that says what to do.
pub async fn dressed(request: Request, next: Next) -> Response {
    let (api, function) = (
        request.uri().path().starts_with("/api/"),
        request.uri().path().starts_with("/api/ui/"),
    );
    let response = next.run(request).await;
    let status = response.status();
    let bare = |r: &Response| {
        let kind = r.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        !kind.is_some_and(|kind| kind.starts_with("application/json"))
    };
    let known = matches!(
        status,
        StatusCode::BAD_REQUEST | StatusCode::METHOD_NOT_ALLOWED | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    if !api || !known || !bare(&response) {
        return response;
    }
    let fault = Fault::from(Refusal(status));
    // The screens' functions answer the inner object alone.
    let mut dressed = if function {
        (status, axum::Json(fault.api)).into_response()
    } else {
        fault.into_response()
    };
    if let Some(allow) = response.headers().get(header::ALLOW) {
        dressed.headers_mut().insert(header::ALLOW, allow.clone());
    }
    dressed
}
