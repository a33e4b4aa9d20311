//! The agenda: items in order, each with its documents; the secretary's tools beside them.
use super::conclude::Concluded;
use super::conducting::{Later, Prep, Prepare, Tool};
use super::floor::ClockButtons;
use super::readers::ChangeReaders;
use super::room::Room;
use crate::actions::meetings::{detach, set_collect, set_item_clock};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::use_ready;
use crate::components::notice::Failure;
use crate::components::ticking::Ticking;
use crate::dto::meetings::{AgendaItem, Attachment};
use crate::i18n::{t, tf};
use crate::ids::ItemId;
use leptos::prelude::*;

#[component]
pub fn Agenda(room: Room) -> impl IntoView {
    let may_manage = room.detail.with_untracked(|d| d.may_manage);
    let closed = Memo::new(move |_| room.detail.with(|d| d.row.state.over()));
    let ids = Memo::new(move |_| room.detail.with(|d| d.items.iter().map(|i| i.id.clone()).collect::<Vec<_>>()));
    let call = Call::new();
    let target = RwSignal::new(None::<ItemId>);
    let arrange = RwSignal::new(false);
    view! {
        <section class="sheet agenda">
            <div class="agenda-head">
                <h2>{t("meetings.agenda")}</h2>
                {may_manage
                    .then(|| {
                        view! {
                            <Show when=move || !closed.get()>
                                <Arrange arrange />
                            </Show>
                        }
                    })}
            </div>
            <Failure error=call.error />
            <ol>
                <For each=move || ids.get() key=|id| id.clone() let(id)>
                    <Item room id call target may_manage closed arrange />
                </For>
            </ol>
            <Show when=move || ids.with(Vec::is_empty)>
                <p class="quiet">{t("meetings.no_items")}</p>
            </Show>
            {may_manage
                .then(|| {
                    view! {
                        <Show when=move || !closed.get()>
                            <Prepare with=Prep::AddItem(room) />
                        </Show>
                        <Prepare with=Prep::Attach(room, target) />
                    }
                })}
            {(!may_manage).then(|| view! { <FollowNew room /> })}
        </section>
    }
    .into_any()
}

/// Order and removal are asked for rarely, and never by accident.
#[component]
fn Arrange(arrange: RwSignal<bool>) -> impl IntoView {
    let ready = use_ready();
    view! {
        <button
            type="button"
            class="button button-quiet"
            data-test="arrange"
            disabled=move || !ready.get()
            on:click=move |_| arrange.update(|a| *a = !*a)
        >
            {move || if arrange.get() { t("meetings.arranged") } else { t("meetings.arrange") }}
        </button>
    }
}

#[component]
fn FollowNew(room: Room) -> impl IntoView {
    let ready = use_ready();
    view! {
        <label class="check">
            <input
                type="checkbox"
                prop:checked=move || room.follow_new.get()
                checked=true
                disabled=move || !ready.get()
                on:change=move |ev| room.follow_new.set(event_target_checked(&ev))
            />
            {t("meetings.follow_new")}
        </label>
    }
}

/// A line of the agenda with what its tools need. Copy its fields freely.
#[derive(Clone)]
pub struct ItemLine {
    pub room: Room,
    pub id: ItemId,
    pub item: Memo<Option<AgendaItem>>,
    pub call: Call,
    /// The item that a document is being chosen for.
    pub target: RwSignal<Option<ItemId>>,
    pub current: Memo<bool>,
    pub may_manage: bool,
    pub arranging: Signal<bool>,
}

#[component]
fn Item(
    room: Room,
    id: ItemId,
    call: Call,
    target: RwSignal<Option<ItemId>>,
    may_manage: bool,
    #[prop(into)] closed: Signal<bool>,
    arrange: RwSignal<bool>,
) -> impl IntoView {
    let key = id.clone();
    let item = Memo::new(move |_| room.detail.with(|d| d.items.iter().find(|i| i.id == key).cloned()));
    let key = id.clone();
    let current = Memo::new(move |_| room.detail.with(|d| d.current_item.as_ref() == Some(&key)));
    let documents = move || item.with(|i| i.as_ref().map(|i| i.documents.clone()).unwrap_or_default());
    let tool_id = id.clone();
    let arranging = Signal::derive(move || may_manage && arrange.get() && !closed.get());
    let line = StoredValue::new(ItemLine {
        room,
        id: id.clone(),
        item,
        call,
        target,
        current,
        may_manage,
        arranging,
    });
    let about = move |i: &AgendaItem| {
        let minutes = (i.minutes > 0).then(|| tf("meetings.minutes", &[("n", &i.minutes.to_string())]));
        [Some(i.presenter.clone()).filter(|p| !p.is_empty()), minutes]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ")
    };
    view! {
        <li class="agenda-item" class:agenda-now=move || current.get() data-test="agenda-item" data-id=tool_id.to_string()>
            <div class="agenda-line">
                <span class="agenda-number" aria-hidden="true">
                    {move || item.with(|i| i.as_ref().map(|i| i.position))}
                </span>
                <div>
                    <h3>{move || item.with(|i| i.as_ref().map(|i| i.title.clone()))}</h3>
                    <p class="list-meta">
                        <span>{move || item.with(|i| i.as_ref().map(about))}</span>
                        <Show when=move || current.get()>
                            <span class="badge badge-seal">{t("meetings.now")}</span>
                        </Show>
                    </p>
                </div>
            </div>
            <Show when=move || current.get()>
                <ItemClock room item call />
            </Show>
            <ul class="agenda-documents">
                <For each=documents key=|d| (d.id.clone(), d.file.sha256.clone(), d.expires.is_some()) let(document)>
                    <Document room document arranging call />
                </For>
            </ul>
            <Concluded item />
            {room
                .may_conduct()
                .then(|| {
                    view! {
                        <Later tool=Tool::Conclude(line.get_value()) />
                        <Show when=move || !closed.get()>
                            <Prepare with=Prep::OfItem(line.get_value()) />
                        </Show>
                    }
                })}
        </li>
    }
    .into_any()
}

/// The time of the item under discussion; chair and secretary may stop it.
#[component]
fn ItemClock(room: Room, item: Memo<Option<AgendaItem>>, call: Call) -> impl IntoView {
    let may_conduct = room.may_conduct();
    let id = item
        .with_untracked(|i| i.as_ref().map(|i| i.id.clone()))
        .unwrap_or_else(|| ItemId(String::new()));
    let clock = Memo::new(move |_| item.with(|i| i.as_ref().map(|i| i.clock).unwrap_or_default()));
    let set = move |step| call.run(set_item_clock(id.clone(), step), |()| ());
    let set = StoredValue::new(set);
    view! {
        <div class="row item-clock">
            <Ticking clock label=t("clock.item") />
            {move || {
                may_conduct
                    .then(|| view! { <ClockButtons clock=clock.get() call set=move |step| set.with_value(|set| set(step)) /> })
            }}
        </div>
    }
    .into_any()
}

#[component]
fn Document(room: Room, document: Attachment, #[prop(into)] arranging: Signal<bool>, call: Call) -> impl IntoView {
    let ready = use_ready();
    let (id, taken) = (document.id.clone(), document.id.clone());
    let collected = document.expires.is_some();
    let changing = RwSignal::new(false);
    let whole = StoredValue::new(document.clone());
    let limited = document.readers.as_ref().map(|named| match named.len() {
        0 => t("readers.limited").to_owned(),
        n => tf("readers.limited_to", &[("n", &n.to_string())]),
    });
    let marked = StoredValue::new(document.id.clone());
    let key = document.id.clone();
    let reading = Memo::new(move |_| room.open.with(|open| open.as_ref() == Some(&key)));
    view! {
        <li class="attachment-row">
            <button
                type="button"
                class="attachment"
                data-test="attachment"
                data-sha256=document.file.sha256.clone()
                aria-current=move || reading.get().then_some("true")
                disabled=move || !ready.get()
                on:click=move |_| room.read(id.clone())
            >
                <Glyph icon=Icon::Document />
                <span>
                    <span class="attachment-title">{document.title}</span>
                    <span class="list-meta">
                        {document.number.map(|number| view! { <span class="number">{number}</span> })}
                        <span>{tf("meetings.pages", &[("n", &document.file.pages.to_string())])}</span>
                        <span class="number">{document.attached.text}</span>
                        {collected.then(|| view! { <span class="badge" data-test="collected">{t("meetings.collected")}</span> })}
                        {limited.map(|words| view! { <span class="badge" data-test="limited">{words}</span> })}
                    </span>
                </span>
            </button>
            <Show when=move || arranging.get()>
                <button
                    type="button"
                    class="button button-quiet"
                    data-test="readers"
                    disabled=move || call.blocked()
                    on:click=move |_| changing.set(true)
                >
                    {t("readers.change")}
                </button>
                <Dialog open=changing title=t("readers.title")>
                    <ChangeReaders room document=whole.get_value() open=changing />
                </Dialog>
                <button
                    type="button"
                    class="button button-quiet"
                    data-test="collect"
                    aria-pressed=collected.to_string()
                    disabled=move || call.blocked()
                    on:click=move |_| call.run(set_collect(marked.get_value(), !collected), |()| ())
                >
                    {t("meetings.collect")}
                </button>
                <button
                    type="button"
                    class="icon-button"
                    data-test="detach"
                    aria-label=t("meetings.detach")
                    title=t("meetings.detach")
                    disabled=move || call.blocked()
                    on:click={
                        let taken = taken.clone();
                        move |_| call.run(detach(taken.clone()), |()| ())
                    }
                >
                    <Glyph icon=Icon::Trash />
                </button>
            </Show>
        </li>
    }
}
