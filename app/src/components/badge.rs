//! Where a document stands, at a glance: words first, colour second.
use crate::dto::documents::{Channel, Due, MarkKind, State, Urgency};
use crate::i18n::{find, tf};
use leptos::prelude::*;

/// Words of a state.
pub fn state_name(state: State) -> &'static str {
    find(&["documents.state.", state.as_str()].concat()).unwrap_or(state.as_str())
}

pub fn urgency_name(urgency: Urgency) -> &'static str {
    find(&["documents.urgency.", urgency.as_str()].concat()).unwrap_or(urgency.as_str())
}

/// How an arrival came when not over the axis.
pub fn channel_name(channel: Channel) -> &'static str {
    find(&["incoming.channel.", channel.as_str()].concat()).unwrap_or(channel.as_str())
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
        State::Submitted | State::Arrived | State::Assigned => "badge badge-wait",
        State::Returned | State::Refused => "badge badge-bad",
        State::Signed | State::Processing => "badge badge-ink",
        State::Issued => "badge badge-seal",
        State::Sent | State::TakenIn | State::Done => "badge badge-good",
    };
    view! { <span class=tone>{move || state_name(state.get())}</span> }
}

/// What became of a document after it was sent; nothing for the ordinary.
#[component]
pub fn MarkBadge(mark: Option<MarkKind>) -> impl IntoView {
    let words = |kind: MarkKind| find(&["documents.mark.", kind.as_str()].concat()).unwrap_or(kind.as_str());
    mark.map(|kind| view! { <span class="badge badge-bad" data-test="mark" data-mark=kind.as_str()>{words(kind)}</span> })
}

/// Until when it is to be processed: plain while there is time, marked from the day before on.
#[component]
pub fn DueMark(due: Due) -> impl IntoView {
    let day = day_words(&due.day);
    let n = due.left.unwrap_or_default().unsigned_abs().to_string();
    let (tone, words) = match due.left {
        Some(left) if left < 0 => ("due due-late", tf("documents.due_late", &[("day", &day), ("n", &n)])),
        Some(0) => ("due due-soon", tf("documents.due_today", &[("day", &day)])),
        Some(1) => ("due due-soon", tf("documents.due_tomorrow", &[("day", &day)])),
        _ => ("due", tf("documents.due", &[("day", &day)])),
    };
    view! { <span class=tone>{words}</span> }
}

/// `2026-11-24` as `24/11/2026`.
pub fn day_words(day: &str) -> String {
    let parts: Vec<&str> = day.split('-').rev().collect();
    parts.join("/")
}

/// Nothing for the ordinary; a mark for the rest.
#[component]
pub fn UrgencyMark(urgency: Urgency) -> impl IntoView {
    (urgency != Urgency::Normal).then(|| view! { <span class="urgency">{urgency_name(urgency)}</span> })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_as_vietnam_writes_it() {
        assert_eq!(day_words("2026-11-24"), "24/11/2026");
        assert_eq!(day_words(""), "");
    }
}
