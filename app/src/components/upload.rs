//! Sending a form with a file from the page's own script: with progress, and an error that loses nothing of what was entered.
use crate::error::{ApiError, ApiResult};
use leptos::prelude::*;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::Deserialize;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{FormData, HtmlFormElement, ProgressEvent, SubmitEvent, XmlHttpRequest};

#[derive(Deserialize)]
struct Stored {
    url: String,
}

#[derive(Deserialize)]
struct Refused {
    error: ApiError,
}

fn failed(why: ServerFnErrorErr) -> ApiError {
    ApiError::from_server_fn_error(why)
}

/// The form of a submit event, with everything in it.
pub fn form_of(ev: &SubmitEvent) -> Option<FormData> {
    let form = ev.target()?.dyn_into::<HtmlFormElement>().ok()?;
    FormData::new_with_form(&form).ok()
}

/// Posts `form` and answers the address of what it made. `progress` is set to percent while bytes go out, and to `None` at the end.
pub async fn post_form(action: String, form: FormData, progress: RwSignal<Option<u32>>) -> ApiResult<String> {
    let answer = send(&action, &form, progress).await;
    let _ = progress.try_set(None);
    let request = answer.map_err(|()| failed(ServerFnErrorErr::Request(String::new())))?;
    let text = request.response_text().ok().flatten().unwrap_or_default();
    if request.status().is_ok_and(|s| s < 300) {
        let stored: Stored = serde_json::from_str(&text).map_err(|e| failed(ServerFnErrorErr::Deserialization(e.to_string())))?;
        return Ok(stored.url);
    }
    // What a proxy says on the way is not ours to read.
    Err(serde_json::from_str::<Refused>(&text).map_or_else(|e| failed(ServerFnErrorErr::Deserialization(e.to_string())), |r| r.error))
}

async fn send(action: &str, form: &FormData, progress: RwSignal<Option<u32>>) -> Result<XmlHttpRequest, ()> {
    // `fetch` does not tell how much has gone out.
    let request = XmlHttpRequest::new().map_err(|_| ())?;
    request.open("POST", action).map_err(|_| ())?;
    request.set_request_header("accept", "application/json").map_err(|_| ())?;
    let moved = Closure::<dyn FnMut(ProgressEvent)>::new(move |ev: ProgressEvent| {
        if ev.total() > 0.0 {
            let _ = progress.try_set(Some((ev.loaded() / ev.total() * 100.0) as u32));
        }
    });
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(Some(moved.as_ref().unchecked_ref()));
    }
    let finished = js_sys::Promise::new(&mut |resolve, reject| {
        request.set_onload(Some(&resolve));
        request.set_onerror(Some(&reject));
        request.set_onabort(Some(&reject));
        let _ = request.send_with_opt_form_data(Some(form));
    });
    JsFuture::from(finished).await.map_err(|_| ())?;
    Ok(request)
}
