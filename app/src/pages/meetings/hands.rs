//! What each member has in hand during the session, and what works only once the page is awake.
use super::floor::AskFloor;
use super::presence::CodeEntry;
use super::presenter::{Follow, PresentButton};
use super::room::Room;
use super::votes::{Ballot, BallotSheet};
use crate::components::layout::use_ready;
use crate::dto::meetings::Choice;
use crate::ids::VoteId;
use crate::parts::{SessionPart, session_part};
use leptos::prelude::*;

#[derive(Clone)]
pub enum Hand {
    Ask(Room),
    /// To check in with the room's code.
    Code(Room),
    Present(Room, Follow),
    /// Votes that wait for this person.
    Sheet(Room),
    /// To change one's mind.
    Ballot(Room, VoteId, Memo<Option<Choice>>),
}

impl Hand {
    pub fn draw(self) -> AnyView {
        match self {
            Self::Ask(room) => view! { <AskFloor room /> }.into_any(),
            Self::Code(room) => view! { <CodeEntry room /> }.into_any(),
            Self::Present(room, follow) => view! { <PresentButton room follow /> }.into_any(),
            Self::Sheet(room) => view! { <BallotSheet room /> }.into_any(),
            Self::Ballot(room, id, mine) => view! { <Ballot room id mine /> }.into_any(),
        }
    }
}

#[component]
pub fn InHand(hand: Hand) -> impl IntoView {
    let ready = use_ready();
    let hand = StoredValue::new(hand);
    view! {
        <Show when=move || ready.get()>
            <Suspense fallback=|| ()>{move || Suspend::new(session_part(SessionPart::Hand(hand.get_value())))}</Suspense>
        </Show>
    }
    .into_any()
}
