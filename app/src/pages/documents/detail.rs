//! One document.
use crate::components::layout::PageHead;
use crate::i18n::t;
use leptos::prelude::*;

#[component]
pub fn DocumentPage() -> impl IntoView {
    view! { <PageHead title=t("nav.documents") /> }.into_any()
}
