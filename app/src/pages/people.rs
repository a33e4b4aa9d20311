//! People of this body.
use crate::components::layout::PageHead;
use crate::i18n::t;
use leptos::prelude::*;

#[component]
pub fn PeoplePage() -> impl IntoView {
    view! { <PageHead title=t("nav.people") /> }.into_any()
}
