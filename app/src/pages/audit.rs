//! The audit log.
use crate::components::layout::PageHead;
use crate::i18n::t;
use leptos::prelude::*;

#[component]
pub fn AuditPage() -> impl IntoView {
    view! { <PageHead title=t("nav.audit") /> }.into_any()
}
