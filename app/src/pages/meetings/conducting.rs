//! What only chair and secretary need: in a part of the program beside the room's.
use super::agenda::ItemLine;
use super::answering::{Answering, EditMembers};
use super::attach::AttachDialog;
use super::changing::Changing;
use super::checklist::Checklist;
use super::conclude::Conclude;
use super::conduct::Conduct;
use super::floor::{AddSpeaker, Length};
use super::presence::MarkPresent;
use super::room::Room;
use super::tools::{AddItem, ItemTools};
use super::votes::Ask;
use crate::components::layout::use_ready;
use crate::ids::{ItemId, UserId};
use crate::parts::{DeskPart, SessionPart, desk_part, session_part};
use leptos::prelude::*;

/// A tool of chair or secretary, with what it works on.
#[derive(Clone)]
pub enum Tool {
    Conduct(Room),
    Conclude(ItemLine),
    /// What one answers to the invitation: anybody's who is invited.
    Answer(Room),
    Ask(Room),
    AddSpeaker(Room),
    Length(RwSignal<u32>),
}

impl Tool {
    pub fn draw(self) -> AnyView {
        match self {
            Self::Conduct(room) => view! { <Conduct room /> }.into_any(),
            Self::Conclude(line) => view! { <Conclude line /> }.into_any(),
            Self::Answer(room) => view! { <Answering room /> }.into_any(),
            Self::Ask(room) => view! { <Ask room /> }.into_any(),
            Self::AddSpeaker(room) => view! { <AddSpeaker room /> }.into_any(),
            Self::Length(minutes) => view! { <Length minutes /> }.into_any(),
        }
    }
}

/// What the secretary prepares with, in a part of its own.
#[derive(Clone)]
pub enum Prep {
    Checklist(Room),
    Change(Room),
    AddItem(Room),
    Attach(Room, RwSignal<Option<ItemId>>),
    OfItem(ItemLine),
    Members(Room),
    Present(Room, UserId),
}

impl Prep {
    pub fn draw(self) -> AnyView {
        match self {
            Self::Checklist(room) => view! { <Checklist room /> }.into_any(),
            Self::Change(room) => view! { <Changing room /> }.into_any(),
            Self::AddItem(room) => view! { <AddItem room /> }.into_any(),
            Self::Attach(room, target) => view! { <AttachDialog room target /> }.into_any(),
            Self::OfItem(line) => view! { <ItemTools line /> }.into_any(),
            Self::Present(room, person) => view! { <MarkPresent room person /> }.into_any(),
            Self::Members(room) => view! { <EditMembers room /> }.into_any(),
        }
    }
}

/// The same as [`Later`] for what the secretary prepares with.
#[component]
pub fn Prepare(with: Prep) -> impl IntoView {
    let ready = use_ready();
    let with = StoredValue::new(with);
    view! {
        <Show when=move || ready.get()>
            <Suspense fallback=|| ()>{move || Suspend::new(desk_part(DeskPart::Prepare(with.get_value())))}</Suspense>
        </Show>
    }
    .into_any()
}

/// The tool once the page is awake: nothing of it works before.
#[component]
pub fn Later(tool: Tool) -> impl IntoView {
    let ready = use_ready();
    let tool = StoredValue::new(tool);
    view! {
        <Show when=move || ready.get()>
            <Suspense fallback=|| ()>{move || Suspend::new(session_part(SessionPart::Tool(tool.get_value())))}</Suspense>
        </Show>
    }
    .into_any()
}
