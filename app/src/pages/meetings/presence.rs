//! Điểm danh bằng mã: typed, or scanned, which opens this very page with the code in its address.
use super::room::Room;
use crate::actions::meetings::{check_in_code, mark_present, set_check_in_code};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::form_foot::FormFoot;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::Failure;
use crate::dto::meetings::MeetingState;
use crate::i18n::t;
use crate::ids::{MeetingId, UserId};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

/// The button and the field for the code. What was scanned is sent by itself, and gone from the address.
#[component]
pub fn CodeEntry(room: Room) -> impl IntoView {
    let open = RwSignal::new(false);
    let query = use_query_map();
    let navigate = use_navigate();
    let call = Call::new();
    let scanned = query.read_untracked().get("code").unwrap_or_default();
    Effect::new(move |_| {
        if scanned.is_empty() {
            return;
        }
        let here = ["/meetings/", room.id().as_str()].concat();
        let replace = NavigateOptions {
            replace: true,
            scroll: false,
            ..Default::default()
        };
        navigate(&here, replace);
        if !room.present() {
            call.run(room.check_in(scanned.clone()), |()| ());
        }
    });
    let waits = Memo::new(move |_| {
        let expected = room
            .detail
            .with(|d| matches!(d.row.state, MeetingState::Published | MeetingState::Open));
        expected && !room.present()
    });
    view! {
        <Failure error=call.error />
        <Show when=move || waits.get()>
            <button
                type="button"
                class="button button-main"
                data-test="check-in-code"
                disabled=move || call.blocked()
                on:click=move |_| open.set(true)
            >
                <Glyph icon=Icon::Check />
                {t("meetings.check_in")}
            </button>
        </Show>
        <Dialog open title=t("meetings.check_in")>
            <CodeForm room open />
        </Dialog>
    }
    .into_any()
}

#[component]
fn CodeForm(room: Room, open: RwSignal<bool>) -> impl IntoView {
    let call = Call::new();
    let code = RwSignal::new(String::new());
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let digits: String = code.get_untracked().chars().filter(char::is_ascii_digit).collect();
        call.run(room.check_in(digits), move |()| open.set(false));
    };
    view! {
        <form on:submit=send>
            <p>{t("presence.code_text")}</p>
            <Field id="code" label=t("presence.code") error=call.error>
                <input
                    id="code"
                    class="code-entry"
                    data-test="code"
                    required
                    inputmode="numeric"
                    autocomplete="one-time-code"
                    maxlength="9"
                    pattern="[0-9 ]{6,9}"
                    title=t("presence.code_title")
                    prop:value=code
                    on:input:target=move |ev| code.set(ev.target().value())
                />
            </Field>
            <Failure error=call.error />
            <FormFoot call open words=t("meetings.check_in") test="code-send" />
        </form>
    }
    .into_any()
}

/// `123 456`: read aloud more easily than six in a row.
fn spaced(code: &str) -> String {
    match code.split_at_checked(3) {
        Some((a, b)) => [a, " ", b].concat(),
        None => code.to_owned(),
    }
}

/// The code and its picture, for who may show it to the room.
#[component]
pub fn CodeShown(room: Room) -> impl IntoView {
    let by_code = Memo::new(move |_| room.detail.with(|d| d.by_code && !d.row.state.over()));
    let id: MeetingId = room.id();
    let picture = StoredValue::new(["/files/check-in/", id.as_str(), ".svg"].concat());
    let code = Resource::new(
        move || by_code.get(),
        move |by_code| {
            let id = id.clone();
            async move { if by_code { check_in_code(id).await.ok().flatten() } else { None } }
        },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                code.await
                    .map(|code| {
                        let source = [picture.get_value().as_str(), "?v=", &code].concat();
                        view! {
                            <figure class="room-code" data-test="room-code">
                                <img src=source alt=t("presence.picture") width="180" height="180" />
                                <figcaption>
                                    <span>{t("presence.shown")}</span>
                                    <strong class="number" data-test="room-code-digits">
                                        {spaced(&code)}
                                    </strong>
                                </figcaption>
                            </figure>
                        }
                    })
            })}
        </Transition>
    }
    .into_any()
}

/// Whether the meeting asks for a code.
#[component]
pub fn CodeRule(room: Room) -> impl IntoView {
    let call = Call::new();
    let by_code = Memo::new(move |_| room.detail.with(|d| d.by_code));
    view! {
        <label class="check">
            <input
                type="checkbox"
                data-test="by-code"
                disabled=move || call.blocked()
                prop:checked=move || by_code.get()
                on:change:target=move |ev| call.run(set_check_in_code(room.id(), ev.target().checked()), |()| ())
            />
            <span>{t("presence.by_code")}</span>
        </label>
        <p class="hint">{t("presence.by_code_hint")}</p>
        <Failure error=call.error />
        <CodeShown room />
    }
    .into_any()
}

/// Who came without a tablet is put down as present by the secretary.
#[component]
pub fn MarkPresent(room: Room, person: UserId) -> impl IntoView {
    let call = Call::new();
    let person = StoredValue::new(person);
    view! {
        <button
            type="button"
            class="button button-quiet"
            data-test="mark-present"
            disabled=move || call.blocked()
            on:click=move |_| call.run(mark_present(room.id(), person.get_value()), |()| ())
        >
            <Glyph icon=Icon::Check />
            {t("presence.mark")}
        </button>
        <Failure error=call.error />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_in_two_threes() {
        assert_eq!(spaced("012345"), "012 345");
        assert_eq!(spaced("1"), "1");
    }
}
