//! The agenda: items in order, each with its documents; the secretary's tools beside them.
use super::attach::AttachDialog;
use super::room::Room;
use crate::actions::meetings::{add_item, detach, move_item, remove_item, set_current_item};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::use_ready;
use crate::components::notice::Failure;
use crate::dto::meetings::{AgendaItem, Attachment, MeetingState};
use crate::i18n::{t, tf};
use crate::ids::ItemId;
use leptos::prelude::*;

#[component]
pub fn Agenda(room: Room) -> impl IntoView {
    let may_manage = room.detail.with_untracked(|d| d.may_manage);
    let closed = Memo::new(move |_| room.detail.with(|d| d.row.state == MeetingState::Closed));
    let ids = Memo::new(move |_| room.detail.with(|d| d.items.iter().map(|i| i.id.clone()).collect::<Vec<_>>()));
    let call = Call::new();
    let target = RwSignal::new(None::<ItemId>);
    view! {
        <section class="sheet agenda">
            <h2>{t("meetings.agenda")}</h2>
            <Failure error=call.error />
            <ol>
                <For each=move || ids.get() key=|id| id.clone() let(id)>
                    <Item room id call target may_manage closed />
                </For>
            </ol>
            <Show when=move || ids.with(Vec::is_empty)>
                <p class="quiet">{t("meetings.no_items")}</p>
            </Show>
            {may_manage
                .then(|| {
                    view! {
                        <Show when=move || !closed.get()>
                            <AddItem room />
                        </Show>
                        <AttachDialog room target />
                    }
                })}
            {(!may_manage).then(|| view! { <FollowNew room /> })}
        </section>
    }
    .into_any()
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

#[component]
fn Item(
    room: Room,
    id: ItemId,
    call: Call,
    target: RwSignal<Option<ItemId>>,
    may_manage: bool,
    #[prop(into)] closed: Signal<bool>,
) -> impl IntoView {
    let key = id.clone();
    let item = Memo::new(move |_| room.detail.with(|d| d.items.iter().find(|i| i.id == key).cloned()));
    let key = id.clone();
    let current = Memo::new(move |_| room.detail.with(|d| d.current_item.as_ref() == Some(&key)));
    let documents = move || item.with(|i| i.as_ref().map(|i| i.documents.clone()).unwrap_or_default());
    let tool_id = id.clone();
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
            <ul class="agenda-documents">
                <For each=documents key=|d| (d.id.clone(), d.file.sha256.clone()) let(document)>
                    <Document room document may_manage closed call />
                </For>
            </ul>
            {may_manage.then(|| view! {
                <Show when=move || !closed.get()>
                    <ItemTools room id=id.clone() item call target current />
                </Show>
            })}
        </li>
    }
    .into_any()
}

#[component]
fn Document(room: Room, document: Attachment, may_manage: bool, #[prop(into)] closed: Signal<bool>, call: Call) -> impl IntoView {
    let ready = use_ready();
    let (id, taken) = (document.id.clone(), document.id.clone());
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
                    </span>
                </span>
            </button>
            {may_manage.then(|| view! {
                <Show when=move || !closed.get()>
                    <button
                        type="button"
                        class="icon-button"
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
            })}
        </li>
    }
}

/// Tools of one item. Every change comes back over the socket; nothing is fetched again.
#[component]
fn ItemTools(
    room: Room,
    id: ItemId,
    item: Memo<Option<AgendaItem>>,
    call: Call,
    target: RwSignal<Option<ItemId>>,
    current: Memo<bool>,
) -> impl IntoView {
    let id = StoredValue::new(id);
    let position = move || item.with(|i| i.as_ref().map_or(0, |i| i.position));
    let last = move || room.detail.with(|d| d.items.len() as u32);
    let has_documents = move || item.with(|i| i.as_ref().is_some_and(|i| !i.documents.is_empty()));
    let shift = move |by: i32| {
        let to = position().saturating_add_signed(by).max(1);
        call.run(move_item(id.get_value(), to), |()| ());
    };
    view! {
        <div class="row agenda-tools">
            <button
                type="button"
                class="button button-quiet"
                data-test="attach-open"
                disabled=move || call.blocked()
                on:click=move |_| target.set(Some(id.get_value()))
            >
                <Glyph icon=Icon::Plus />
                {t("meetings.attach")}
            </button>
            <button
                type="button"
                class="button button-quiet"
                data-test="set-current"
                aria-pressed=move || current.get().to_string()
                disabled=move || call.blocked()
                on:click=move |_| {
                    let to = (!current.get_untracked()).then(|| id.get_value());
                    call.run(set_current_item(room.id(), to), |()| ());
                }
            >
                {move || if current.get() { t("meetings.end_item") } else { t("meetings.begin_item") }}
            </button>
            <span class="agenda-moves">
                <button
                    type="button"
                    class="icon-button"
                    aria-label=t("meetings.up")
                    title=t("meetings.up")
                    disabled=move || call.blocked() || position() <= 1
                    on:click=move |_| shift(-1)
                >
                    <Glyph icon=Icon::Up />
                </button>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=t("meetings.down")
                    title=t("meetings.down")
                    disabled=move || call.blocked() || (position() >= last())
                    on:click=move |_| shift(1)
                >
                    <Glyph icon=Icon::Down />
                </button>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=t("meetings.remove_item")
                    title=t("meetings.remove_item")
                    disabled=move || call.blocked() || has_documents()
                    on:click=move |_| call.run(remove_item(id.get_value()), |()| ())
                >
                    <Glyph icon=Icon::Trash />
                </button>
            </span>
        </div>
    }
    .into_any()
}

#[component]
fn AddItem(room: Room) -> impl IntoView {
    let open = RwSignal::new(false);
    let ready = use_ready();
    let call = Call::new();
    let title = RwSignal::new(String::new());
    let presenter = RwSignal::new(String::new());
    let minutes = RwSignal::new("15".to_owned());
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let length = minutes.get_untracked().trim().parse().unwrap_or(0);
        let work = add_item(room.id(), title.get_untracked(), presenter.get_untracked(), length);
        call.run(work, move |_| {
            title.set(String::new());
            presenter.set(String::new());
            open.set(false);
        });
    };
    view! {
        <button
            type="button"
            class="button"
            data-test="item-add"
            disabled=move || !ready.get()
            on:click=move |_| open.set(true)
        >
            <Glyph icon=Icon::Plus />
            {t("meetings.add_item")}
        </button>
        <Dialog open title=t("meetings.add_item")>
            <form on:submit=send>
                <Field id="title" label=t("meetings.item_title") error=call.error>
                    <input id="title" required maxlength="300" prop:value=title on:input:target=move |ev| title.set(ev.target().value()) />
                </Field>
                <Field id="presenter" label=t("meetings.presenter") error=call.error>
                    <input
                        id="presenter"
                        maxlength="200"
                        prop:value=presenter
                        on:input:target=move |ev| presenter.set(ev.target().value())
                    />
                </Field>
                <Field id="minutes" label=t("meetings.length") error=call.error>
                    <input
                        id="minutes"
                        type="number"
                        inputmode="numeric"
                        min="0"
                        max="600"
                        prop:value=minutes
                        on:input:target=move |ev| minutes.set(ev.target().value())
                    />
                </Field>
                <Failure error=call.error />
                <div class="form-foot">
                    <button type="submit" class="button button-main" disabled=move || call.blocked()>
                        {t("common.save")}
                    </button>
                    <button type="button" class="button" on:click=move |_| open.set(false)>
                        {t("common.cancel")}
                    </button>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}
