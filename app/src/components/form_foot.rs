//! The foot of a form in a dialog: what is done, and the way out.
use crate::components::call::Call;
use crate::i18n::t;
use leptos::prelude::*;

/// Sends the form that it stands in, or closes the dialog and leaves everything as it was.
#[component]
pub fn FormFoot(
    call: Call,
    open: RwSignal<bool>,
    words: &'static str,
    test: &'static str,
    /// What is done can not be taken back.
    #[prop(optional)]
    bad: bool,
    /// Instead of "Cancel", where that could be taken for what the form does.
    #[prop(optional)]
    otherwise: Option<&'static str>,
) -> impl IntoView {
    view! {
        <div class="form-foot">
            <button
                type="submit"
                class="button"
                class:button-main=!bad
                class:button-bad=bad
                data-test=test
                disabled=move || call.blocked()
                aria-busy=move || call.busy().to_string()
            >
                {words}
            </button>
            <button type="button" class="button" on:click=move |_| open.set(false)>
                {otherwise.unwrap_or_else(|| t("common.cancel"))}
            </button>
        </div>
    }
    .into_any()
}
