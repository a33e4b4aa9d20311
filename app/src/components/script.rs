//! Functions of the script modules beside the program (`app/js`), loaded when first asked for. Browser only.
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Calls `function` of the module that `window.{loader}()` loads (see `start.js`), and waits for the text that it answers.
///
/// # Errors
/// What was thrown there, or why the module could not be loaded.
pub async fn ask(loader: &'static str, function: &'static str, arguments: &[String]) -> Result<String, JsValue> {
    let get = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &name.into())?.dyn_into::<js_sys::Function>();
    let load = get(&window(), loader)?.call0(&JsValue::NULL)?;
    let module = JsFuture::from(js_sys::Promise::resolve(&load)).await?;
    let arguments: js_sys::Array = arguments.iter().map(JsValue::from).collect();
    let answer = get(&module, function)?.apply(&JsValue::NULL, &arguments)?;
    let answer = JsFuture::from(js_sys::Promise::resolve(&answer)).await?;
    Ok(answer.as_string().unwrap_or_default())
}
