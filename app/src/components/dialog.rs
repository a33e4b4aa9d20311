//! A question that must be answered before going on: a native `<dialog>`, so that focus and Escape are the browser's.
use crate::components::icon::{Glyph, Icon};
use crate::i18n::t;
use leptos::html;
use leptos::prelude::*;

/// Shown while `open` is true. The children are drawn when it opens, so every opening starts afresh.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    title: &'static str,
    /// As large as the screen: for work on a page.
    #[prop(optional)]
    wide: bool,
    /// Wider than a question: for a form.
    #[prop(optional)]
    roomy: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                let _ = dialog.show_modal();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    view! {
        <dialog node_ref=node class="dialog" class:dialog-wide=wide class:dialog-roomy=roomy aria-label=title on:close=move |_| open.set(false)>
            <Show when=move || open.get()>
                <div class="dialog-head">
                    <h2>{title}</h2>
                    <button type="button" class="icon-button" aria-label=t("common.close") on:click=move |_| open.set(false)>
                        <Glyph icon=Icon::Close />
                    </button>
                </div>
                {children()}
            </Show>
        </dialog>
    }
}
