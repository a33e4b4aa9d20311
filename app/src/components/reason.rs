//! Why something is done: asked for wherever the history has to say it.
use crate::components::field::Field;
use crate::error::ApiError;
use leptos::prelude::*;

/// At most 2,000 characters, needed. `id` is also the field that the server's error names.
#[component]
pub fn ReasonField(
    id: &'static str,
    label: &'static str,
    #[prop(optional)] hint: &'static str,
    test: &'static str,
    reason: RwSignal<String>,
    error: RwSignal<Option<ApiError>>,
) -> impl IntoView {
    view! {
        <Field id label hint error>
            <textarea
                id=id
                data-test=test
                required
                maxlength="2000"
                prop:value=move || reason.get()
                on:input=move |ev| reason.set(event_target_value(&ev))
            ></textarea>
        </Field>
    }
    .into_any()
}
