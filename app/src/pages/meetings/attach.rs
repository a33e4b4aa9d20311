//! Choosing a document for an agenda item: from what was issued here or taken in.
use super::readers::{Choice, ReadersField};
use super::room::Room;
use crate::actions::documents::list_documents;
use crate::actions::meetings::attach;
use crate::components::badge::StateBadge;
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::{Failure, Loading};
use crate::components::toast::use_toasts;
use crate::dto::documents::{DocumentQuery, DocumentRow, State};
use crate::error::ApiResult;
use crate::i18n::t;
use crate::ids::ItemId;
use leptos::prelude::*;

/// States in which a document may become one of a meeting.
const FIT: [State; 6] = [
    State::Issued,
    State::Sent,
    State::TakenIn,
    State::Assigned,
    State::Processing,
    State::Done,
];

async fn candidates(text: String) -> ApiResult<Vec<DocumentRow>> {
    let mut rows = Vec::new();
    for state in FIT {
        let query = DocumentQuery {
            state: Some(state),
            text: text.clone(),
            page: 1,
            ..DocumentQuery::default()
        };
        rows.extend(list_documents(query).await?.rows);
    }
    rows.sort_by_key(|r| -r.updated.us);
    Ok(rows)
}

#[component]
pub fn AttachDialog(room: Room, target: RwSignal<Option<ItemId>>) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(target.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && target.with_untracked(Option::is_some) {
            target.set(None);
        }
    });
    view! {
        <Dialog open title=t("meetings.attach_title")>
            <Chooser room target />
        </Dialog>
    }
}

#[component]
fn Chooser(room: Room, target: RwSignal<Option<ItemId>>) -> impl IntoView {
    let choose = Call::new();
    let toasts = use_toasts();
    let readers = RwSignal::new(Choice::Made(None));
    let take = Callback::new(move |row: DocumentRow| {
        let Some(item) = target.get_untracked() else { return };
        let readers = match readers.get_untracked().made() {
            Ok(readers) => readers,
            Err(missing) => return choose.error.set(Some(missing)),
        };
        choose.run(attach(item, row.id, readers), move |_| {
            toasts.say(t("meetings.attached"));
            target.set(None);
        });
    });
    let known = Callback::new(move |row: DocumentRow| {
        let item = target.get_untracked();
        room.detail.with_untracked(|d| {
            let of_item = d.items.iter().filter(|i| item.as_ref() == Some(&i.id)).flat_map(|i| &i.documents);
            of_item.into_iter().any(|a| a.document_id.as_ref() == Some(&row.id))
        })
    });
    view! {
        <ReadersField room chosen=readers />
        <DocumentChooser choose known take />
    }
}

/// Documents that may be attached, to be searched and taken; what is `known` is there already.
#[component]
pub fn DocumentChooser(choose: Call, known: Callback<DocumentRow, bool>, take: Callback<DocumentRow>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Vec<DocumentRow>>);
    let search = Call::new();
    let look = move || search.run(candidates(text.get_untracked()), move |rows| found.set(Some(rows)));
    Effect::new(move |_| look());
    view! {
        <form
            class="with-button"
            role="search"
            on:submit=move |ev| {
                ev.prevent_default();
                look();
            }
        >
            <input
                type="search"
                aria-label=t("meetings.attach_search")
                placeholder=t("meetings.attach_search")
                maxlength="200"
                prop:value=text
                on:input:target=move |ev| text.set(ev.target().value())
            />
            <button type="submit" class="button" disabled=move || search.blocked()>
                <Glyph icon=Icon::Search />
                {t("common.search")}
            </button>
        </form>
        <Failure error=search.error />
        <Failure error=choose.error />
        <div class="chooser">
            {move || match found.get() {
                None => view! { <Loading /> }.into_any(),
                Some(rows) if rows.is_empty() => view! { <p class="quiet">{t("meetings.attach_none")}</p> }.into_any(),
                Some(rows) => {
                    rows.into_iter()
                        .map(|row| {
                            let (here, chosen) = (known.run(row.clone()), row.clone());
                            view! {
                                <button
                                    type="button"
                                    class="choice"
                                    data-test="attach-choose"
                                    data-document=row.id.to_string()
                                    disabled=move || here || choose.blocked()
                                    on:click=move |_| take.run(chosen.clone())
                                >
                                    <span class="attachment-title">{row.abstract_text}</span>
                                    <span class="list-meta">
                                        <StateBadge state=Signal::stored(row.state) />
                                        {row.number.map(|number| view! { <span class="number">{number}</span> })}
                                        <span>{row.from}</span>
                                        {here.then(|| view! { <span>{t("meetings.attached_already")}</span> })}
                                    </span>
                                </button>
                            }
                        })
                        .collect_view()
                        .into_any()
                }
            }}
        </div>
    }
    .into_any()
}
