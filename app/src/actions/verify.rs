//! Verification: a file goes to `POST /verify` as a form, with or without an account. It is no server function,
//! because a large file should neither be encoded nor lie in memory.
use crate::dto::verify::VerifyReport;
use crate::error::{ApiError, ApiResult};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::Deserialize;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FormData, ProgressEvent, XmlHttpRequest};

#[derive(Deserialize)]
struct Refusal {
    error: ApiError,
}

fn lost() -> ApiError {
    ApiError::from_server_fn_error(ServerFnErrorErr::Request(String::new()))
}

/// Sends the file and waits for the report; `progress` hears which part of it is on its way, 0 to 1. Browser only.
pub async fn verify_file(file: File, progress: impl Fn(f64) + 'static) -> ApiResult<VerifyReport> {
    let answer = send(&file, progress).await.map_err(|_| lost())?;
    let (status, text) = answer;
    if status == 200 {
        return serde_json::from_str(&text).map_err(|e| ApiError::from_server_fn_error(ServerFnErrorErr::Deserialization(e.to_string())));
    }
    let refusal = serde_json::from_str::<Refusal>(&text).map(|r| r.error);
    Err(refusal.unwrap_or_else(|_| match status {
        0 => lost(),
        _ => ApiError::from_server_fn_error(ServerFnErrorErr::ServerError(status.to_string())),
    }))
}

async fn send(file: &File, progress: impl Fn(f64) + 'static) -> Result<(u16, String), JsValue> {
    let form = FormData::new()?;
    form.append_with_blob_and_filename("file", file, &file.name())?;
    let request = XmlHttpRequest::new()?;
    request.open_with_async("POST", "/verify", true)?;
    let told = Closure::<dyn FnMut(ProgressEvent)>::new(move |ev: ProgressEvent| progress(ev.loaded() / ev.total().max(1.0)));
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(Some(told.as_ref().unchecked_ref()));
    }
    let done = js_sys::Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
    request.send_with_opt_form_data(Some(&form))?;
    JsFuture::from(done).await?;
    Ok((request.status()?, request.response_text()?.unwrap_or_default()))
}
