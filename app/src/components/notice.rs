//! Errors, empty lists, remarks.
use crate::components::icon::{Glyph, Icon};
use crate::error::ApiError;
use crate::i18n::{error_text, t};
use leptos::prelude::*;

/// An error in the page's language, with its code small, and the way on where there is one.
#[component]
pub fn ErrorNote(error: ApiError) -> impl IntoView {
    let signed_out = error.code == "identity.not_signed_in";
    view! {
        <div class="note note-bad" role="alert">
            <Glyph icon=Icon::Alert />
            <div>
                <p>{error_text(&error)}</p>
                {signed_out
                    .then(|| {
                        view! {
                            <p>
                                <a href="/login" rel="external">
                                    {t("login.again")}
                                </a>
                            </p>
                        }
                    })}
                <p class="note-code">{t("error.code")} " " <code>{error.code}</code></p>
            </div>
        </div>
    }
}

/// Shows the last failure of a form or button, if any.
#[component]
pub fn Failure(#[prop(into)] error: Signal<Option<ApiError>>) -> impl IntoView {
    move || error.get().map(|error| view! { <ErrorNote error /> })
}

/// A remark that is not an error. `tone`: `info`, `good`, `warn`, `bad`.
#[component]
pub fn Note(#[prop(default = "info")] tone: &'static str, children: Children) -> impl IntoView {
    let icon = match tone {
        "good" => Icon::Check,
        "warn" | "bad" => Icon::Alert,
        _ => Icon::Info,
    };
    view! {
        <div class=["note note-", tone].concat()>
            <Glyph icon />
            <div>{children()}</div>
        </div>
    }
}

/// Nothing here: one word of why, and the next step as children.
#[component]
pub fn Empty(icon: Icon, title: &'static str, text: &'static str, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <div class="empty">
            <Glyph icon />
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|c| c())}
        </div>
    }
}

/// While the data are on their way after a change of page.
#[component]
pub fn Loading() -> impl IntoView {
    view! {
        <div class="loading" role="status">
            <span class="loading-line"></span>
            <span class="loading-line"></span>
            <span class="loading-line"></span>
            <span class="visually-hidden">{t("common.loading")}</span>
        </div>
    }
}
