//! Another name, place or time of a meeting, or that it does not take place.
use super::occasion::{Occasion, OccasionFields};
use super::outside::InviteOutside;
use super::room::Room;
use crate::actions::meetings::{cancel_meeting, change_meeting};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::form_foot::FormFoot;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::use_ready;
use crate::components::notice::Failure;
use crate::components::toast::use_toasts;
use crate::dto::meetings::{MeetingChange, MeetingState};
use crate::i18n::t;
use leptos::prelude::*;

#[component]
pub fn Changing(room: Room) -> impl IntoView {
    let ready = use_ready();
    let (changing, cancelling) = (RwSignal::new(false), RwSignal::new(false));
    let state = Memo::new(move |_| room.detail.with(|d| d.row.state));
    view! {
        <Show when=move || !state.get().over()>
            <button
                type="button"
                class="button button-quiet"
                data-test="meeting-change"
                disabled=move || !ready.get()
                on:click=move |_| changing.set(true)
            >
                <Glyph icon=Icon::Pen />
                {t("meetings.change")}
            </button>
        </Show>
        <Show when=move || matches!(state.get(), MeetingState::Preparing | MeetingState::Published)>
            <button
                type="button"
                class="button button-quiet"
                data-test="meeting-cancel"
                disabled=move || !ready.get()
                on:click=move |_| cancelling.set(true)
            >
                <Glyph icon=Icon::Close />
                {move || if state.get() == MeetingState::Preparing { t("meetings.drop") } else { t("meetings.cancel") }}
            </button>
        </Show>
        <InviteOutside room />
        <Dialog open=changing title=t("meetings.change")>
            <Change room open=changing />
        </Dialog>
        <Dialog open=cancelling title=t("meetings.cancel_title")>
            <Cancel room open=cancelling />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Change(room: Room, open: RwSignal<bool>) -> impl IntoView {
    let call = Call::new();
    let toasts = use_toasts();
    let row = room.detail.with_untracked(|d| d.row.clone());
    let begun = row.state == MeetingState::Open;
    let known = row.state != MeetingState::Preparing;
    let occasion = Occasion::of(row);
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let to = MeetingChange {
            title: occasion.title.get_untracked(),
            room: occasion.room.get_untracked(),
            starts: occasion.starts.get_untracked(),
            ends: occasion.ends.get_untracked(),
        };
        call.run(change_meeting(room.id(), to), move |()| {
            toasts.say(if known { t("meetings.changed_told") } else { t("meetings.changed") });
            open.set(false);
        });
    };
    view! {
        <form on:submit=send>
            {known.then(|| view! { <p class="quiet">{t("meetings.change_text")}</p> })}
            <OccasionFields of=occasion error=call.error begun />
            <Failure error=call.error />
            <FormFoot call open words=t("common.save") test="change-save" />
        </form>
    }
    .into_any()
}

#[component]
fn Cancel(room: Room, open: RwSignal<bool>) -> impl IntoView {
    let call = Call::new();
    let reason = RwSignal::new(String::new());
    let known = room.detail.with_untracked(|d| d.row.state != MeetingState::Preparing);
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        call.run(cancel_meeting(room.id(), reason.get_untracked()), move |()| open.set(false));
    };
    view! {
        <form on:submit=send>
            <p>{if known { t("meetings.cancel_text") } else { t("meetings.drop_text") }}</p>
            {known
                .then(|| {
                    view! {
                        <Field id="reason" label=t("meetings.cancel_reason") error=call.error>
                            <textarea
                                id="reason"
                                data-test="cancel-reason"
                                required
                                rows="3"
                                maxlength="1000"
                                prop:value=reason
                                on:input:target=move |ev| reason.set(ev.target().value())
                            ></textarea>
                        </Field>
                    }
                })}
            <Failure error=call.error />
            <FormFoot call open words={if known { t("meetings.cancel") } else { t("meetings.drop") }} test="cancel-confirm" bad=true otherwise=t("meetings.keep") />
        </form>
    }
    .into_any()
}
