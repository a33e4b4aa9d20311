//! The hand of chair and secretary on the meeting: publish, open, close.
use super::conducting::{Prep, Prepare};
use super::room::Room;
use crate::actions::meetings::{close_meeting, open_meeting};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::notice::Failure;
use crate::dto::meetings::MeetingState;
use crate::i18n::t;
use leptos::prelude::*;

#[component]
pub fn Conduct(room: Room) -> impl IntoView {
    let call = Call::new();
    let asking = RwSignal::new(false);
    let state = Memo::new(move |_| room.detail.with(|d| d.row.state));
    let in_state = move |wanted: MeetingState| move || state.get() == wanted;
    view! {
        <div class="conduct">
            <Failure error=call.error />
            <Show when=in_state(MeetingState::Preparing)>
                <p>{t("meetings.preparing_help")}</p>
                <Prepare with=Prep::Checklist(room) />
            </Show>
            <Show when=in_state(MeetingState::Published)>
                <p>{t("meetings.published_help")}</p>
                <button
                    type="button"
                    class="button button-main"
                    data-test="meeting-open"
                    disabled=move || call.blocked()
                    aria-busy=move || call.busy().to_string()
                    on:click=move |_| call.run(open_meeting(room.id()), |()| ())
                >
                    {t("meetings.open")}
                </button>
            </Show>
            <Show when=in_state(MeetingState::Open)>
                <p>{t("meetings.open_help")}</p>
                <button
                    type="button"
                    class="button button-bad"
                    data-test="meeting-close"
                    disabled=move || call.blocked()
                    on:click=move |_| asking.set(true)
                >
                    {t("meetings.close")}
                </button>
            </Show>
            <Dialog open=asking title=t("meetings.close_title")>
                <p>{t("meetings.close_text")}</p>
                <Failure error=call.error />
                <div class="form-foot">
                    <button
                        type="button"
                        class="button button-main"
                        data-test="meeting-close-confirm"
                        disabled=move || call.blocked()
                        on:click=move |_| call.run(close_meeting(room.id()), move |()| asking.set(false))
                    >
                        {t("meetings.close")}
                    </button>
                    <button type="button" class="button" on:click=move |_| asking.set(false)>
                        {t("common.cancel")}
                    </button>
                </div>
            </Dialog>
        </div>
    }
    .into_any()
}
