//! Language (a link that works without script) and theme (kept in a cookie, so that the server draws it).
use crate::components::icon::{Glyph, Icon};
use crate::i18n::{Lang, lang, t};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Percent-encodes what is not plainly safe in a query.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/') {
            out.push(byte as char);
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            out.push('%');
            out.push(HEX[usize::from(byte >> 4)] as char);
            out.push(HEX[usize::from(byte & 15)] as char);
        }
    }
    out
}

/// The next of automatic, light, dark: kept for a year in a cookie.
fn next_theme() {
    let Some(root) = document().document_element() else { return };
    let now = root.get_attribute("data-theme").unwrap_or_default();
    let dark_outside = window()
        .match_media("(prefers-color-scheme: dark)")
        .ok()
        .flatten()
        .is_some_and(|m| m.matches());
    let dark = now == "dark" || (now != "light" && dark_outside);
    let next = if dark { "light" } else { "dark" };
    let _ = root.set_attribute("data-theme", next);
    let cookie = ["theme=", next, "; path=/; max-age=31536000; samesite=lax"].concat();
    let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
}

#[component]
pub fn Preferences() -> impl IntoView {
    let location = use_location();
    let (other, words) = match lang() {
        Lang::Vi => ("en", "English"),
        Lang::En => ("vi", "Tiếng Việt"),
    };
    let href = move || ["/language/", other, "?back=", &escape(&location.pathname.get())].concat();
    let ready = super::layout::use_ready();
    view! {
        <div class="prefs">
            <a class="button button-quiet" href=href rel="external" hreflang=other lang=other>
                <Glyph icon=Icon::Globe />
                {words}
            </a>
            <button type="button" class="button button-quiet" disabled=move || !ready.get() on:click=|_| next_theme()>
                <Glyph icon=Icon::Light />
                {t("common.theme")}
            </button>
        </div>
    }
}
