//! Arriving documents (văn bản đến).
use crate::components::layout::PageHead;
use crate::i18n::t;
use leptos::prelude::*;

#[component]
pub fn IncomingPage() -> impl IntoView {
    view! { <PageHead title=t("nav.incoming") /> }.into_any()
}
