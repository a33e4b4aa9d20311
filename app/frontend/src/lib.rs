//! Hydrates the pages that the server has drawn.
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// Takes over the page. `messages`: the texts of its language, as `app::i18n::receive` wants them.
///
/// Ends when the page reacts to its reader; fails, with the page left readable as it was, where the network does.
#[wasm_bindgen]
pub async fn hydrate(messages: String) -> Result<(), JsError> {
    console_error_panic_hook::set_once();
    app::i18n::receive(&messages)?;
    let path = leptos::prelude::window().location().pathname().unwrap_or_default();
    app::parts::load(&path).await?;
    leptos::mount::hydrate_from_async(leptos::tachys::dom::body(), app::App)
        .await
        .forget();
    Ok(())
}

/// Fetches the parts of the program that this page did not need.
#[wasm_bindgen]
pub async fn load_all() {
    app::parts::load_all().await;
}
