//! Meetings.
use crate::components::layout::PageHead;
use crate::i18n::t;
use leptos::prelude::*;

#[component]
pub fn MeetingsPage() -> impl IntoView {
    view! { <PageHead title=t("nav.meetings") /> }.into_any()
}

#[component]
pub fn NewMeetingPage() -> impl IntoView {
    view! { <PageHead title=t("nav.meetings") /> }.into_any()
}

#[component]
pub fn MeetingPage() -> impl IntoView {
    view! { <PageHead title=t("nav.meetings") /> }.into_any()
}
