//! One's own key, PIN, password, tokens.
use crate::components::layout::PageHead;
use crate::i18n::t;
use leptos::prelude::*;

#[component]
pub fn AccountPage() -> impl IntoView {
    view! { <PageHead title=t("nav.account") /> }.into_any()
}
