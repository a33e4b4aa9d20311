//! Arriving documents (văn bản đến).
use crate::components::layout::PageHead;
use crate::dto::documents::Direction;
use crate::i18n::t;
use crate::pages::documents::list::DocumentList;
use leptos::prelude::*;

#[component]
pub fn IncomingPage() -> impl IntoView {
    view! {
        <PageHead title=t("nav.incoming") />
        <DocumentList direction=Direction::Incoming />
    }
    .into_any()
}
