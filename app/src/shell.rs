//! The HTML document around the pages.
use crate::App;
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// What the document needs to know of its server.
#[derive(Debug, Clone)]
pub struct Site {
    /// Changes with every build: makes script, wasm and style immutable to caches.
    pub version: String,
    /// A demonstration server says so on every page.
    pub demonstration: bool,
}

#[cfg(feature = "ssr")]
fn settings() -> (crate::i18n::Lang, String) {
    let lang = crate::i18n::lang();
    provide_context(lang);
    let theme = crate::i18n::request_cookie("theme").filter(|t| t == "light" || t == "dark");
    (lang, theme.unwrap_or_else(|| "auto".to_owned()))
}

#[cfg(not(feature = "ssr"))]
fn settings() -> (crate::i18n::Lang, String) {
    (crate::i18n::lang(), "auto".to_owned())
}

/// The whole document. No inline script but Leptos's own, which carries the request's nonce.
pub fn shell(site: Site) -> impl IntoView {
    let (lang, theme) = settings();
    let with = |path: &str| [path, "?v=", &site.version].concat();
    view! {
        <!DOCTYPE html>
        <html lang=lang.as_str() data-theme=theme data-demonstration=site.demonstration.then_some("true")>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <meta name="referrer" content="same-origin" />
                <link rel="icon" type="image/svg+xml" href=with("/icons/icon.svg") />
                <link rel="stylesheet" href=with("/pkg/kyhop.css") />
                <link rel="modulepreload" href=with("/pkg/kyhop.js") />
                <script type="module" src=with("/js/start.js")></script>
                <script type="module" src=with("/js/ky-pdf.js")></script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
