//! What stands beside the agenda and is looked at now and then, in a part of the program that comes last.
use super::cards::TabletCode;
use super::chat::ChatPanel;
use super::room::Room;
use super::seats::SeatPanel;
use crate::components::layout::use_ready;
use crate::parts::beside_part;
use leptos::prelude::*;

#[derive(Clone, Copy)]
pub enum Beside {
    Seats(Room),
    /// Words to the secretary.
    Chat(Room),
    /// For the tablets of the room.
    Code(Room),
}

impl Beside {
    pub fn draw(self) -> AnyView {
        match self {
            Self::Seats(room) => view! { <SeatPanel room /> }.into_any(),
            Self::Chat(room) => view! { <ChatPanel room /> }.into_any(),
            Self::Code(room) => view! { <TabletCode room /> }.into_any(),
        }
    }
}

#[component]
pub fn AtSide(what: Beside) -> impl IntoView {
    let ready = use_ready();
    view! {
        <Show when=move || ready.get()>
            <Suspense fallback=|| ()>{move || Suspend::new(beside_part(what))}</Suspense>
        </Show>
    }
    .into_any()
}
