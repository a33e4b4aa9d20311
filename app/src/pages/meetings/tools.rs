//! What can be done with the agenda: items added, moved, removed by the secretary, called by the secretary or the chair.
use super::agenda::ItemLine;
use super::room::Room;
use crate::actions::meetings::{add_item, move_item, remove_item, set_current_item};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::use_ready;
use crate::components::notice::Failure;
use crate::dto::meetings::MeetingState;
use crate::i18n::t;
use leptos::prelude::*;

/// Tools of one item. Every change comes back over the socket; nothing is fetched again.
#[component]
pub fn ItemTools(line: ItemLine) -> impl IntoView {
    let ItemLine {
        room,
        id,
        item,
        call,
        target,
        current,
        may_manage,
        arranging,
    } = line;
    let id = StoredValue::new(id);
    let in_session = Memo::new(move |_| room.detail.with(|d| d.row.state == MeetingState::Open));
    let position = move || item.with(|i| i.as_ref().map_or(0, |i| i.position));
    let last = move || room.detail.with(|d| d.items.len() as u32);
    let has_documents = move || item.with(|i| i.as_ref().is_some_and(|i| !i.documents.is_empty()));
    let shift = move |by: i32| {
        let to = position().saturating_add_signed(by).max(1);
        call.run(move_item(id.get_value(), to), |()| ());
    };
    view! {
        <div class="row agenda-tools">
            {may_manage
                .then(|| {
                    view! {
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
                    }
                })}
            <Show when=move || in_session.get()>
                <button
                    type="button"
                    class="button button-quiet"
                    data-test="set-current"
                    disabled=move || call.blocked()
                    on:click=move |_| {
                        let to = (!current.get_untracked()).then(|| id.get_value());
                        call.run(set_current_item(room.id(), to), |()| ());
                    }
                >
                    {move || if current.get() { t("meetings.end_item") } else { t("meetings.begin_item") }}
                </button>
            </Show>
            <Show when=move || arranging.get()>
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
            </Show>
        </div>
    }
    .into_any()
}

#[component]
pub fn AddItem(room: Room) -> impl IntoView {
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
                        min="1"
                        max="1440"
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
