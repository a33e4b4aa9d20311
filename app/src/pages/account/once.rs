//! A secret that is shown this once: to be copied, then put away.
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::Note;
use crate::components::toast::use_toasts;
use crate::i18n::t;
use leptos::prelude::*;

/// A browser without the right to its clipboard changes nothing: the secret stands there to be copied by hand.
fn copy(text: &str) {
    let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into());
    let write = clipboard
        .as_ref()
        .ok()
        .and_then(|c| js_sys::Reflect::get(c, &"writeText".into()).ok());
    if let (Ok(clipboard), Some(write)) = (clipboard, write)
        && let Ok(write) = wasm_bindgen::JsCast::dyn_into::<js_sys::Function>(write)
    {
        let _ = write.call1(&clipboard, &text.into());
    }
}

#[component]
pub fn Once(secret: RwSignal<Option<String>>, words: &'static str, test: &'static str) -> impl IntoView {
    let toasts = use_toasts();
    let shown = move |text: String| {
        let copied = text.clone();
        view! {
            <Note tone="good">
                <p>{words}</p>
                <p class="wrap-code">
                    <code data-test=test>{text}</code>
                </p>
                <div class="row">
                    <button
                        type="button"
                        class="button"
                        on:click=move |_| {
                            copy(&copied);
                            toasts.say(t("common.copied"));
                        }
                    >
                        <Glyph icon=Icon::Copy />
                        {t("common.copy")}
                    </button>
                    <button type="button" class="button button-quiet" on:click=move |_| secret.set(None)>
                        {t("account.token_kept")}
                    </button>
                </div>
            </Note>
        }
    };
    view! { <div role="status">{move || secret.get().map(shown)}</div> }.into_any()
}
