//! The list of documents.
use crate::components::layout::PageHead;
use crate::i18n::t;
use leptos::prelude::*;

#[component]
pub fn DocumentsPage() -> impl IntoView {
    view! { <PageHead title=t("nav.documents") /> }.into_any()
}
