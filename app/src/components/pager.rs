//! Pages of a list, as plain links.
use crate::components::icon::{Glyph, Icon};
use crate::i18n::{t, tf};
use leptos::prelude::*;
use leptos_router::components::A;

/// `link` gives the address of a page number (from 1).
#[component]
pub fn Pager(page: u32, per_page: u32, total: u64, link: fn(&str, u32) -> String, #[prop(into)] base: String) -> impl IntoView {
    let pages = u32::try_from(total.div_ceil(u64::from(per_page.max(1)))).unwrap_or(u32::MAX).max(1);
    let (before, after) = (page > 1, page < pages);
    (pages > 1).then(|| {
        let words = tf("common.page_of", &[("page", &page.to_string()), ("pages", &pages.to_string())]);
        view! {
            <nav class="pager" aria-label=t("common.pages")>
                {before
                    .then(|| {
                        view! {
                            <A href=link(&base, page - 1) attr:rel="prev" attr:class="button button-quiet">
                                <Glyph icon=Icon::Back />
                                {t("common.previous")}
                            </A>
                        }
                    })}
                <span>{words}</span>
                {after
                    .then(|| {
                        view! {
                            <A href=link(&base, page + 1) attr:rel="next" attr:class="button button-quiet">
                                {t("common.next")}
                                <Glyph icon=Icon::Forward />
                            </A>
                        }
                    })}
            </nav>
        }
    })
}

/// `base` (an address with or without a query) with `page=n` added.
pub fn page_link(base: &str, page: u32) -> String {
    let joint = if base.contains('?') { "&" } else { "?" };
    [base, joint, "page=", &page.to_string()].concat()
}
