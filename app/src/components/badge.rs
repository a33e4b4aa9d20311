//! Where a document stands, at a glance: words first, colour second.
use crate::dto::documents::{State, Urgency};
use crate::i18n::find;
use leptos::prelude::*;

/// Words of a state.
pub fn state_name(state: State) -> &'static str {
    find(&["documents.state.", state.as_str()].concat()).unwrap_or(state.as_str())
}

pub fn urgency_name(urgency: Urgency) -> &'static str {
    find(&["documents.urgency.", urgency.as_str()].concat()).unwrap_or(urgency.as_str())
}

/// Words of a kind of document in the page's language; the Vietnamese name where there is none.
pub fn kind_words(kind: &str) -> String {
    find(&["documents.kind.", kind].concat())
        .unwrap_or(crate::dto::documents::kind_name(kind))
        .to_owned()
}

#[component]
pub fn StateBadge(#[prop(into)] state: Signal<State>) -> impl IntoView {
    let tone = move || match state.get() {
        State::Draft => "badge",
        State::Submitted | State::Arrived => "badge badge-wait",
        State::Returned | State::Refused => "badge badge-bad",
        State::Signed => "badge badge-ink",
        State::Issued => "badge badge-seal",
        State::Sent | State::TakenIn => "badge badge-good",
    };
    view! { <span class=tone>{move || state_name(state.get())}</span> }
}

/// Nothing for the ordinary; a mark for the rest.
#[component]
pub fn UrgencyMark(urgency: Urgency) -> impl IntoView {
    (urgency != Urgency::Normal).then(|| view! { <span class="urgency">{urgency_name(urgency)}</span> })
}
