//! Short messages of success, read out by screen readers, gone after a while.
use crate::components::icon::{Glyph, Icon};
use crate::i18n::t;
use leptos::prelude::*;
use std::time::Duration;

#[derive(Clone, Copy)]
pub struct Toasts(RwSignal<Vec<(u32, String)>>);

pub fn provide_toasts() {
    provide_context(Toasts(RwSignal::new(Vec::new())));
}

pub fn use_toasts() -> Toasts {
    expect_context()
}

impl Toasts {
    /// Says that something was done. Browser only.
    pub fn say(&self, text: impl Into<String>) {
        let list = self.0;
        let mut id = 0;
        list.update(|all| {
            id = all.last().map_or(1, |(last, _)| last + 1);
            all.push((id, text.into()));
        });
        set_timeout(
            move || {
                let _ = list.try_update(|all| all.retain(|(other, _)| *other != id));
            },
            Duration::from_secs(7),
        );
    }
}

#[component]
pub fn ToastArea() -> impl IntoView {
    let Toasts(list) = use_toasts();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || list.get() key=|(id, _)| *id let((id, text))>
                <div class="toast">
                    <Glyph icon=Icon::Check />
                    <span>{text}</span>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=t("common.close")
                        on:click=move |_| list.update(|all| all.retain(|(other, _)| *other != id))
                    >
                        <Glyph icon=Icon::Close />
                    </button>
                </div>
            </For>
        </div>
    }
}
