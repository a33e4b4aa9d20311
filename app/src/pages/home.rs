//! What waits for me.
use crate::components::layout::PageHead;
use crate::i18n::t;
use leptos::prelude::*;

#[component]
pub fn HomePage() -> impl IntoView {
    view! { <PageHead title=t("nav.home") /> }.into_any()
}
