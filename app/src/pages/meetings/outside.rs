//! Giấy mời to bodies outside: drafted here, then signed, numbered and sent over the axis as any other document.
use super::room::Room;
use crate::actions::identity::bodies;
use crate::actions::meetings::{invite_outside, outside};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::form_foot::FormFoot;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::use_ready;
use crate::components::notice::{ErrorNote, Failure, Loading};
use crate::components::upload::form_of;
use crate::dto::after::Outside;
use crate::dto::identity::Body;
use crate::i18n::t;
use crate::pages::documents::ReceiverChoice;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;

#[component]
pub fn InviteOutside(room: Room) -> impl IntoView {
    let ready = use_ready();
    let open = RwSignal::new(false);
    let over = Memo::new(move |_| room.detail.with(|d| d.row.state.over()));
    view! {
        <Show when=move || !over.get()>
            <button
                type="button"
                class="button button-quiet"
                data-test="invite-outside"
                disabled=move || !ready.get()
                on:click=move |_| open.set(true)
            >
                <Glyph icon=Icon::Send />
                {t("outside.title")}
            </button>
        </Show>
        <Dialog open title=t("outside.title") roomy=true>
            <Suspense fallback=Loading>
                {move || Suspend::new(async move {
                    match (outside(room.id()).await, bodies(String::new()).await) {
                        (Ok(now), Ok(first)) => view! { <Form room open now first /> }.into_any(),
                        (Err(error), _) | (_, Err(error)) => view! { <ErrorNote error /> }.into_any(),
                    }
                })}
            </Suspense>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Form(room: Room, open: RwSignal<bool>, now: Outside, first: Vec<Body>) -> impl IntoView {
    let call = Call::new();
    let navigate = use_navigate();
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let Some(form) = form_of(&ev) else { return };
        let chosen = form.get_all("receivers").iter().filter_map(|v| v.as_string()).collect();
        let navigate = navigate.clone();
        call.run(invite_outside(room.id(), chosen), move |id| {
            navigate(&["/documents/", id.as_str()].concat(), Default::default());
        });
    };
    let chosen = now.receivers.iter().map(|b| b.code.clone()).collect();
    // Those chosen first, by their names; the directory's first page may not have them.
    let mut offered = now.receivers;
    offered.extend(
        first
            .into_iter()
            .filter(|b| !offered.iter().any(|o| o.code == b.code))
            .collect::<Vec<_>>(),
    );
    let known = now.filed.filter(|f| f.open).map(|f| {
        view! {
            <p>
                {t("outside.known")}
                " "
                <A href=["/documents/", f.id.as_str()].concat() attr:data-test="outside-known">
                    {f.number.unwrap_or_else(|| t("outside.open").to_owned())}
                </A>
            </p>
        }
    });
    view! {
        <form on:submit=send>
            <p class="hint">{t("outside.text")}</p>
            {known}
            <ReceiverChoice first=offered chosen error=call.error.into() />
            <Failure error=call.error />
            <FormFoot call open words=t("outside.draft") test="outside-draft" />
        </form>
    }
    .into_any()
}
