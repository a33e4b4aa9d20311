//! Meetings: the list, a new one, and the room.
mod agenda;
mod answering;
mod attach;
mod beside;
mod calendar;
mod cards;
mod changing;
mod chart;
mod chat;
mod checklist;
mod conclude;
mod conduct;
mod conducting;
mod floor;
mod hands;
mod list;
mod minutes;
mod new;
mod occasion;
mod outbox;
mod outside;
mod people;
mod presence;
mod presenter;
mod reader;
mod readers;
mod room;
mod screen;
mod seats;
mod secret;
mod state;
mod tools;
mod votes;
mod writing;

pub use attach::{DocumentChooser, DocumentChooserProps};
pub use beside::Beside;
pub use calendar::CalendarPage;
pub use cards::CardsPage;
pub use chart::{bar, choice_name, majority_name};
pub use conclude::{Finish, TaskWords, late_words};
pub use conducting::{Prep, Tool};
pub use hands::Hand;
pub use list::MeetingsPage;
pub use minutes::MinutesPage;
pub use new::NewMeetingPage;
pub use room::MeetingPage;
pub use screen::ScreenPage;
pub use secret::SecretTool;
pub use votes::choices;

use crate::dto::When;
use crate::dto::meetings::MeetingState;
use crate::i18n::t;
use leptos::prelude::*;

fn state_name(state: MeetingState) -> &'static str {
    match state {
        MeetingState::Preparing => t("meetings.state.preparing"),
        MeetingState::Published => t("meetings.state.published"),
        MeetingState::Open => t("meetings.state.open"),
        MeetingState::Closed => t("meetings.state.closed"),
        MeetingState::Cancelled => t("meetings.state.cancelled"),
    }
}

#[component]
fn MeetingBadge(#[prop(into)] state: Signal<MeetingState>) -> impl IntoView {
    let tone = move || match state.get() {
        MeetingState::Preparing => "badge badge-wait",
        MeetingState::Published => "badge badge-ink",
        MeetingState::Open => "badge badge-good",
        MeetingState::Closed => "badge",
        MeetingState::Cancelled => "badge badge-bad",
    };
    view! {
        <span class=tone data-test="meeting-state" data-state=move || state.get().as_str()>
            {move || state_name(state.get())}
        </span>
    }
}

/// `24/11/2026, 14:00–16:30`; both dates where the meeting ends on another day.
fn span(starts: &When, ends: &When) -> String {
    match (starts.text.split_once(' '), ends.text.split_once(' ')) {
        (Some((day, from)), Some((last, to))) if day == last => [day, ", ", from, "–", to].concat(),
        _ => [starts.text.as_str(), " – ", &ends.text].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> When {
        When {
            us: 0,
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_meeting_of_one_day_names_the_day_once() {
        assert_eq!(span(&at("24/11/2026 14:00"), &at("24/11/2026 16:30")), "24/11/2026, 14:00–16:30");
        assert_eq!(
            span(&at("24/11/2026 14:00"), &at("25/11/2026 11:00")),
            "24/11/2026 14:00 – 25/11/2026 11:00"
        );
    }
}
