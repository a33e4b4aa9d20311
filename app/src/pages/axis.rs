//! The link to the axis.
use crate::components::layout::PageHead;
use crate::i18n::t;
use leptos::prelude::*;

#[component]
pub fn AxisPage() -> impl IntoView {
    view! { <PageHead title=t("nav.axis") /> }.into_any()
}
