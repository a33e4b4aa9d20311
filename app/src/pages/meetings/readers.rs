//! For whom a document of a meeting is: all, chair and secretary alone, or named members beside them.
use super::room::Room;
use crate::actions::meetings::set_readers;
use crate::components::call::Call;
use crate::components::members::{Candidate, Members};
use crate::components::notice::Failure;
use crate::dto::meetings::Attachment;
use crate::i18n::t;
use crate::ids::UserId;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// `None`: for all.
pub type Readers = Option<Vec<UserId>>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    All,
    Chairs,
    Named,
}

/// Name for the page, and words.
fn kinds() -> [(Kind, &'static str, &'static str); 3] {
    [
        (Kind::All, "all", t("readers.all")),
        (Kind::Chairs, "chairs", t("readers.chairs")),
        (Kind::Named, "named", t("readers.named")),
    ]
}

/// The choice, with the members to tick.
#[component]
pub fn ReadersField(room: Room, chosen: RwSignal<Readers>, #[prop(optional)] titled: bool) -> impl IntoView {
    let first = match chosen.get_untracked() {
        None => Kind::All,
        Some(named) if named.is_empty() => Kind::Chairs,
        Some(_) => Kind::Named,
    };
    let kind = RwSignal::new(first);
    let named: RwSignal<BTreeSet<UserId>> = RwSignal::new(chosen.get_untracked().unwrap_or_default().into_iter().collect());
    Effect::new(move |_| {
        chosen.set(match kind.get() {
            Kind::All => None,
            Kind::Chairs => Some(Vec::new()),
            Kind::Named => Some(named.get().into_iter().collect()),
        });
    });
    let members = room.detail.with_untracked(|d| {
        let members = d.members.iter().filter(|m| !matches!(m.part.as_str(), "chair" | "secretary"));
        members.map(Candidate::from).collect::<Vec<_>>()
    });
    let members = StoredValue::new(members);
    view! {
        <fieldset class="readers">
            <legend class:visually-hidden=titled>{t("readers.title")}</legend>
            {kinds()
                .map(|(own, name, words)| {
                    view! {
                        <label class="check">
                            <input
                                type="radio"
                                name="readers"
                                value=name
                                data-test=["readers-", name].concat()
                                prop:checked=move || kind.get() == own
                                on:change=move |_| kind.set(own)
                            />
                            {words}
                        </label>
                    }
                })
                .collect_view()}
            <Show when=move || kind.get() == Kind::Named>
                <Members people=members.get_value() members=named legend=t("readers.named") />
            </Show>
        </fieldset>
    }
    .into_any()
}

/// Changes for whom a document is that is on the agenda.
#[component]
pub fn ChangeReaders(room: Room, document: Attachment, open: RwSignal<bool>) -> impl IntoView {
    let call = Call::new();
    let chosen = RwSignal::new(document.readers);
    let id = StoredValue::new(document.id);
    view! {
        <p>{document.title}</p>
        <ReadersField room chosen titled=true />
        <p class="quiet">{t("readers.text")}</p>
        <Failure error=call.error />
        <div class="form-foot">
            <button
                type="button"
                class="button button-main"
                data-test="readers-save"
                disabled=move || call.blocked()
                on:click=move |_| call.run(set_readers(id.get_value(), chosen.get_untracked()), move |_| open.set(false))
            >
                {t("common.save")}
            </button>
            <button type="button" class="button" on:click=move |_| open.set(false)>
                {t("common.cancel")}
            </button>
        </div>
    }
    .into_any()
}
