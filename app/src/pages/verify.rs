//! Verification of signatures, for everybody.
use crate::components::layout::PageHead;
use crate::i18n::t;
use leptos::prelude::*;

#[component]
pub fn VerifyPage() -> impl IntoView {
    view! { <PageHead title=t("nav.verify") /> }.into_any()
}
