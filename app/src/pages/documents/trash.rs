//! Thùng rác: drafts that this person has deleted and can take out again.
use crate::actions::documents::{restore_draft, trash};
use crate::components::badge::kind_words;
use crate::components::call::Call;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::PageHead;
use crate::components::notice::{Empty, ErrorNote, Failure, Loading};
use crate::components::toast::use_toasts;
use crate::dto::documents::TrashedDraft;
use crate::i18n::{t, tf};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

#[component]
pub fn TrashPage() -> impl IntoView {
    let all = Resource::new(|| (), |()| trash());
    view! {
        <PageHead title=t("trash.title") lead=t("trash.lead") />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match all.await {
                    Ok(all) if all.is_empty() => {
                        view! { <Empty icon=Icon::Trash title=t("trash.empty") text=t("trash.empty_text") /> }.into_any()
                    }
                    Ok(all) => {
                        let rows = all.into_iter().map(|draft| view! { <Row draft /> }).collect_view();
                        view! { <ul class="list">{rows}</ul> }.into_any()
                    }
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Row(draft: TrashedDraft) -> impl IntoView {
    let call = Call::new();
    let toasts = use_toasts();
    let navigate = use_navigate();
    let id = StoredValue::new(draft.id);
    let restore = move |_| {
        let navigate = navigate.clone();
        call.run(restore_draft(id.get_value()), move |()| {
            toasts.say(t("trash.restored"));
            navigate(&["/documents/", id.get_value().as_str()].concat(), NavigateOptions::default());
        });
    };
    view! {
        <li class="message" data-test="trashed">
            <span>
                <strong>{draft.abstract_text}</strong>
                <span class="list-meta">
                    <span>{kind_words(&draft.kind)}</span>
                    <span class="number">{tf("trash.deleted", &[("at", &draft.deleted.text)])}</span>
                    <span class="number">{tf("trash.ends", &[("at", &draft.ends.text)])}</span>
                </span>
                <Failure error=call.error />
            </span>
            <span class="list-side">
                <button type="button" class="button" data-test="restore" disabled=move || call.blocked() on:click=restore>
                    <Glyph icon=Icon::Back />
                    {t("trash.restore")}
                </button>
            </span>
        </li>
    }
    .into_any()
}
