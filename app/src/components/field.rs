//! Labelled inputs whose error stands beside them.
use crate::error::ApiError;
use crate::i18n::error_text;
use leptos::prelude::*;

/// A label, its input, a hint, and the error that the server gave for this very field.
#[component]
pub fn Field(
    id: &'static str,
    label: &'static str,
    #[prop(optional)] hint: &'static str,
    #[prop(optional, into)] error: Signal<Option<ApiError>>,
    children: Children,
) -> impl IntoView {
    let own = move || error.get().filter(|e| e.field.as_deref() == Some(id)).map(|e| error_text(&e));
    view! {
        <div class="field" class:field-bad=move || own().is_some()>
            <label for=id>{label}</label>
            {children()}
            {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
            {move || own().map(|text| view! { <p class="field-error" role="alert">{text}</p> })}
        </div>
    }
}
