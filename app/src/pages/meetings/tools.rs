//! What can be done with the agenda: items added, moved, removed by the secretary, called by the secretary or the chair.
use super::agenda::ItemLine;
use super::room::Room;
use crate::actions::meetings::{add_item, change_item, move_item, remove_item, set_current_item};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::form_foot::FormFoot;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::use_ready;
use crate::components::notice::Failure;
use crate::dto::meetings::{AgendaItem, MeetingState};
use crate::i18n::t;
use crate::ids::ItemId;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

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
    let changing = RwSignal::new(false);
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
                    <Grip id call position=Signal::derive(position) />
                    <button
                        type="button"
                        class="icon-button"
                        data-test="item-change"
                        aria-label=t("meetings.change_item")
                        title=t("meetings.change_item")
                        disabled=move || call.blocked()
                        on:click=move |_| changing.set(true)
                    >
                        <Glyph icon=Icon::Pen />
                    </button>
                    <Dialog open=changing title=t("meetings.change_item")>
                        <ItemForm room open=changing item=item.get_untracked() />
                    </Dialog>
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
            <ItemForm room open item=None />
        </Dialog>
    }
    .into_any()
}

/// A new item, or other words, presenter and length of one that is there.
#[component]
fn ItemForm(room: Room, open: RwSignal<bool>, item: Option<AgendaItem>) -> impl IntoView {
    let call = Call::new();
    let title = RwSignal::new(item.as_ref().map(|i| i.title.clone()).unwrap_or_default());
    let presenter = RwSignal::new(item.as_ref().map(|i| i.presenter.clone()).unwrap_or_default());
    let minutes = RwSignal::new(item.as_ref().map_or_else(|| "15".to_owned(), |i| i.minutes.to_string()));
    let known = StoredValue::new(item.map(|i| i.id));
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let length = minutes.get_untracked().trim().parse().unwrap_or(0);
        let (title, presenter) = (title.get_untracked(), presenter.get_untracked());
        let work = async move {
            match known.get_value() {
                Some(id) => change_item(id, title, presenter, length).await,
                None => add_item(room.id(), title, presenter, length).await.map(|_| ()),
            }
        };
        call.run(work, move |()| open.set(false));
    };
    view! {
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
            <FormFoot call open words=t("common.save") test="item-save" />
        </form>
    }
    .into_any()
}

/// Takes the item in the hand: dragged with finger, pen or mouse, moved by the arrow keys.
#[component]
fn Grip(id: StoredValue<ItemId>, call: Call, position: Signal<u32>) -> impl IntoView {
    let held = RwSignal::new(false);
    let go = move |to: u32| {
        if to != position.get_untracked() {
            call.run(move_item(id.get_value(), to), |()| ());
        }
    };
    let drop = move |ev: &web_sys::PointerEvent| {
        if held.get_untracked() {
            held.set(false);
            let to = place(ev.client_y(), position.get_untracked());
            mark(None, 0);
            to
        } else {
            None
        }
    };
    view! {
        <button
            type="button"
            class="icon-button agenda-grip"
            data-test="grip"
            aria-label=t("meetings.drag")
            title=t("meetings.drag")
            disabled=move || call.blocked()
            on:pointerdown=move |ev| {
                if ev.button() == 0 {
                    ev.prevent_default();
                    let grip: web_sys::Element = event_target(&ev);
                    let _ = grip.set_pointer_capture(ev.pointer_id());
                    held.set(true);
                    mark(Some(position.get_untracked()), position.get_untracked());
                }
            }
            on:pointermove=move |ev| {
                if held.get_untracked() {
                    mark(place(ev.client_y(), position.get_untracked()), position.get_untracked());
                }
            }
            on:pointerup=move |ev| {
                if let Some(to) = drop(&ev) {
                    go(to);
                }
            }
            on:pointercancel=move |ev| drop_nothing(drop(&ev))
            on:keydown=move |ev| {
                let by = match ev.key().as_str() {
                    "ArrowUp" => -1,
                    "ArrowDown" => 1,
                    _ => return,
                };
                ev.prevent_default();
                go(position.get_untracked().saturating_add_signed(by).max(1));
            }
        >
            <Glyph icon=Icon::Grip />
        </button>
    }
    .into_any()
}

fn drop_nothing(_: Option<u32>) {}

fn lines() -> Vec<web_sys::Element> {
    let Ok(found) = document().query_selector_all(".agenda > ol > li") else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|n| found.get(n)?.dyn_into::<web_sys::Element>().ok())
        .collect()
}

/// The position, from 1, that the item at `from` comes to when it is let go at the height `y` of the window.
fn place(y: i32, from: u32) -> Option<u32> {
    let lines = lines();
    let above = (1u32..).zip(&lines).filter(|(n, line)| {
        let place = line.get_bounding_client_rect();
        *n != from && place.top() + place.height() / 2.0 < f64::from(y)
    });
    let to = u32::try_from(above.count()).ok()? + 1;
    Some(to.min(u32::try_from(lines.len()).ok()?))
}

/// Shows where the item at `from` would come to; `None`: nothing is held any more.
fn mark(to: Option<u32>, from: u32) {
    for (n, line) in (1u32..).zip(lines()) {
        let classes = line.class_list();
        let here = to == Some(n) && to != Some(from);
        let _ = classes.toggle_with_force("agenda-held", to.is_some() && n == from);
        let _ = classes.toggle_with_force("agenda-drop-above", here && n < from);
        let _ = classes.toggle_with_force("agenda-drop-below", here && n > from);
        if here {
            let nearest = web_sys::ScrollIntoViewOptions::new();
            nearest.set_block(web_sys::ScrollLogicalPosition::Nearest);
            line.scroll_into_view_with_scroll_into_view_options(&nearest);
        }
    }
}
