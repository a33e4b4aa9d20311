//! For whom a document of a meeting is: all, chair and secretary alone, or named members beside them.
use super::room::Room;
use crate::actions::meetings::set_readers;
use crate::components::call::Call;
use crate::components::members::{Candidate, Members};
use crate::components::notice::Failure;
use crate::dto::meetings::Attachment;
use crate::error::{ApiError, ApiResult};
use crate::i18n::t;
use crate::ids::UserId;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// `None`: for all.
pub type Readers = Option<Vec<UserId>>;

/// What the field says.
#[derive(Clone, PartialEq, Eq)]
pub enum Choice {
    Made(Readers),
    /// Named members, and nobody is ticked: to be told, not taken for chair and secretary alone.
    NobodyNamed,
}

impl Choice {
    /// What was chosen, or the sentence that says what is missing.
    pub fn made(self) -> ApiResult<Readers> {
        match self {
            Self::Made(readers) => Ok(readers),
            Self::NobodyNamed => Err(ApiError::new(
                "meetings.nobody_named",
                "Chưa chọn ai. Hãy đánh dấu ít nhất một người, hoặc chọn “Chỉ chủ trì và thư ký”.",
                "Nobody is ticked. Tick at least one person, or choose “Chair and secretary only”.",
            )
            .field("readers")),
        }
    }
}

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
pub fn ReadersField(room: Room, chosen: RwSignal<Choice>, #[prop(optional)] titled: bool) -> impl IntoView {
    let before = chosen.get_untracked().made().unwrap_or_default();
    let first = match &before {
        None => Kind::All,
        Some(named) if named.is_empty() => Kind::Chairs,
        Some(_) => Kind::Named,
    };
    let kind = RwSignal::new(first);
    let named: RwSignal<BTreeSet<UserId>> = RwSignal::new(before.unwrap_or_default().into_iter().collect());
    Effect::new(move |_| {
        chosen.set(match kind.get() {
            Kind::All => Choice::Made(None),
            Kind::Chairs => Choice::Made(Some(Vec::new())),
            Kind::Named if named.with(BTreeSet::is_empty) => Choice::NobodyNamed,
            Kind::Named => Choice::Made(Some(named.get().into_iter().collect())),
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
                <Members people=members.get_value() members=named legend=t("readers.who") />
            </Show>
        </fieldset>
    }
    .into_any()
}

/// Changes for whom a document is that is on the agenda.
#[component]
pub fn ChangeReaders(room: Room, document: Attachment, open: RwSignal<bool>) -> impl IntoView {
    let call = Call::new();
    let chosen = RwSignal::new(Choice::Made(document.readers));
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
                on:click=move |_| {
                    match chosen.get_untracked().made() {
                        Ok(readers) => call.run(set_readers(id.get_value(), readers), move |_| open.set(false)),
                        Err(missing) => call.error.set(Some(missing)),
                    }
                }
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
