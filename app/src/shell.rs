//! The HTML document around the pages.
use crate::App;
use leptos::prelude::*;
use leptos_meta::MetaTags;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the document needs to know of its server.
#[derive(Debug, Clone)]
pub struct Site {
    /// Changes with every build: makes script, wasm and style immutable to caches.
    pub version: String,
    /// Path of the page, and the files that each part of the program is in.
    pub path: String,
    pub parts: Arc<BTreeMap<String, Vec<String>>>,
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
    let pkg = |file: &str| ["/pkg/", &site.version, "/", file].concat();
    // All that this page needs at once, not one after the other as the program would find out.
    let files = crate::parts::part_of(&site.path)
        .and_then(|part| site.parts.get(part))
        .into_iter()
        .flatten();
    let wasm = files.map(|file| [file, ".wasm"].concat()).chain(["kyhop_bg.wasm".to_owned()]);
    let data = wasm.chain([["messages.", lang.as_str(), ".json"].concat()]);
    // In a meeting the document goes first; `start.js` makes these what they are elsewhere once its first page is drawn.
    let reader = crate::parts::part_of(&site.path) == Some("meeting");
    let how = if reader { "later" } else { "preload" };
    let preload = data
        .map(|file| view! { <link rel=how href=pkg(&file) r#as="fetch" crossorigin="anonymous" /> })
        .collect_view();
    let viewer = ["source", "boxes", "style", "text", "desk", "notes", "panel"].map(|part| pkg(&["js/ky-pdf-", part, ".js"].concat()));
    let others = ["/pdfjs/pdf.min.mjs".to_owned(), pkg("js/ky-queue.js"), pkg("js/ky-store.js")];
    let viewer = others
        .into_iter()
        .chain(viewer)
        .map(|file| view! { <link rel="modulepreload" href=file /> })
        .collect_view();
    // A worker's program has no preload of its own; this one leaves it in the browser's cache.
    let viewer =
        reader.then(|| view! { {viewer} <link rel="preload" href="/pdfjs/pdf.worker.min.mjs" r#as="fetch" crossorigin="anonymous" /> });
    view! {
        <!DOCTYPE html>
        <html lang=lang.as_str() data-theme=theme data-fonts=reader.then_some("later") data-demonstration=site.demonstration.then_some("true")>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <meta name="referrer" content="same-origin" />
                <link rel="icon" type="image/svg+xml" href="/icons/icon.svg" />
                <link rel="stylesheet" href=pkg("kyhop.css") />
                <link id="program" rel=if reader { "later" } else { "modulepreload" } href=pkg("kyhop.js") />
                {preload}
                <script type="module" src=pkg("js/ky-pdf.js")></script>
                {viewer}
                <script type="module" src=pkg("js/start.js")></script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
