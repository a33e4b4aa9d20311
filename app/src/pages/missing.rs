//! No such page.
use crate::components::icon::Icon;
use crate::components::notice::Empty;
use crate::i18n::t;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn MissingPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(answer) = use_context::<leptos_axum::ResponseOptions>() {
        answer.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text=t("missing.title") />
        <main class="alone">
            <Empty icon=Icon::Search title=t("missing.title") text=t("missing.text")>
                <a class="button" href="/" rel="external">
                    {t("missing.home")}
                </a>
            </Empty>
        </main>
    }
}
