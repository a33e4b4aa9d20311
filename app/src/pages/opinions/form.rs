//! Writing a sheet: what is asked, whom, with which documents, until when.
use super::rule_name;
use crate::actions::identity::people;
use crate::actions::meetings::{get_meeting, list_meetings};
use crate::actions::opinions::{create_sheet, get_sheet, list_sheets, save_sheet};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::{PageHead, use_ready, use_session};
use crate::components::members::{Candidate, Members};
use crate::components::notice::{ErrorNote, Failure, Loading};
use crate::dto::documents::DocumentRow;
use crate::dto::identity::Person;
use crate::dto::meetings::Majority;
use crate::dto::opinions::{RULES, SheetDetail, SheetDraft, SheetState};
use crate::error::{ApiError, ApiResult};
use crate::i18n::{t, tf};
use crate::ids::{DocumentId, MeetingId, SheetId, UserId};
use crate::pages::meetings::DocumentChooser;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};
use std::collections::BTreeSet;

#[component]
pub fn NewSheetPage() -> impl IntoView {
    let query = use_query_map();
    let from = query.read_untracked().get("from").filter(|id| !id.is_empty()).map(SheetId);
    view! {
        <PageHead title=t("opinions.new") />
        <Load from edits=false />
    }
    .into_any()
}

#[component]
pub fn EditSheetPage() -> impl IntoView {
    let id = SheetId(use_params_map().read_untracked().get("id").unwrap_or_default());
    view! {
        <PageHead title=t("opinions.edit") />
        <Load from=Some(id) edits=true />
    }
    .into_any()
}

/// Value and words of what members can be taken over from.
type Template = (String, String);

async fn templates() -> ApiResult<Vec<Template>> {
    let sheets = list_sheets().await?.into_iter().filter(|s| s.state != SheetState::Draft);
    let sheets = sheets.map(|s| {
        (
            ["sheet/", s.id.as_str()].concat(),
            tf("opinions.template_sheet", &[("title", &s.title)]),
        )
    });
    let meetings = list_meetings().await?.into_iter();
    let meetings = meetings.map(|m| {
        (
            ["meeting/", m.id.as_str()].concat(),
            tf("opinions.template_meeting", &[("title", &m.title)]),
        )
    });
    Ok(sheets.chain(meetings).collect())
}

async fn members_of(template: String) -> ApiResult<Vec<UserId>> {
    match template.split_once('/') {
        Some(("sheet", id)) => {
            let sheet = get_sheet(SheetId(id.to_owned())).await?;
            Ok(sheet.members.into_iter().map(|m| m.user_id).collect())
        }
        Some((_, id)) => {
            let meeting = get_meeting(MeetingId(id.to_owned())).await?;
            let asked = meeting.members.into_iter().filter(|m| m.part != "secretary");
            Ok(asked.map(|m| m.user_id).collect())
        }
        None => Ok(Vec::new()),
    }
}

#[component]
fn Load(from: Option<SheetId>, edits: bool) -> impl IntoView {
    let session = use_session();
    let all = Resource::new(
        move || from.clone(),
        |from| async move {
            let earlier = match from {
                Some(id) => Some(get_sheet(id).await?),
                None => None,
            };
            Ok::<_, ApiError>((people(String::new()).await?, templates().await?, earlier))
        },
    );
    view! {
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                let me = session.await.ok().flatten().map(|me| me.id);
                match all.await {
                    Ok((people, templates, earlier)) => {
                        let people = people.into_iter().filter(|p| p.active && Some(&p.id) != me.as_ref()).collect::<Vec<_>>();
                        view! { <Form people templates earlier edits /> }.into_any()
                    }
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// A question while it is written. Copy it freely.
#[derive(Clone, Copy)]
struct Asking {
    key: usize,
    text: RwSignal<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct Chosen {
    id: DocumentId,
    words: String,
}

fn words(number: Option<&str>, title: &str) -> String {
    match number {
        Some(number) => [number, " – ", title].concat(),
        None => title.to_owned(),
    }
}

#[component]
fn Form(people: Vec<Person>, templates: Vec<Template>, earlier: Option<SheetDetail>, edits: bool) -> impl IntoView {
    let call = Call::new();
    let [title, deadline] = [(); 2].map(|()| RwSignal::new(String::new()));
    let (rule, open) = (RwSignal::new(Majority::HalfAll), RwSignal::new(false));
    let members = RwSignal::new(BTreeSet::<UserId>::new());
    let documents = RwSignal::new(Vec::<Chosen>::new());
    let asking = |key: usize, text: &str| Asking {
        key,
        text: RwSignal::new(text.to_owned()),
    };
    let questions = RwSignal::new(vec![asking(0, "")]);
    let known: BTreeSet<UserId> = people.iter().map(|p| p.id.clone()).collect();
    let known = StoredValue::new(known);
    let take_over = move |all: Vec<UserId>| {
        members.set(known.with_value(|known| all.into_iter().filter(|id| known.contains(id)).collect()));
    };
    let target = earlier.as_ref().filter(|_| edits).map(|e| (e.row.id.clone(), e.revision));
    if let Some(e) = earlier {
        title.set(e.row.title);
        rule.set(e.rule);
        open.set(e.open);
        if edits {
            deadline.set(e.deadline_local);
        }
        questions.set(e.questions.iter().enumerate().map(|(n, q)| asking(n, &q.text)).collect());
        let kept = e.documents.into_iter().map(|d| Chosen {
            words: words(d.number.as_deref(), &d.title),
            id: d.document_id,
        });
        documents.set(kept.collect());
        take_over(e.members.into_iter().map(|m| m.user_id).collect());
    }
    let template = Call::new();
    let draft = move || SheetDraft {
        title: title.get(),
        questions: questions.get().iter().map(|q| q.text.get()).collect(),
        documents: documents.get().into_iter().map(|d| d.id).collect(),
        members: members.get().into_iter().collect(),
        deadline: deadline.get(),
        rule: rule.get(),
        open: open.get(),
    };
    let navigate = use_navigate();
    let back = target
        .as_ref()
        .map_or_else(|| "/opinions".to_owned(), |(id, _)| ["/opinions/", id.as_str()].concat());
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let (draft, target, navigate) = (untrack(draft), target.clone(), navigate.clone());
        let work = async move {
            match target {
                Some((id, revision)) => save_sheet(id.clone(), revision, draft).await.map(|()| id),
                None => create_sheet(draft).await,
            }
        };
        call.run(work, move |id| {
            navigate(&["/opinions/", id.as_str()].concat(), Default::default());
        });
    };
    view! {
        <form class="sheet form" on:submit=send>
            <Field id="title" label=t("opinions.title") error=call.error>
                <input
                    id="title"
                    data-test="sheet-title"
                    required
                    maxlength="500"
                    prop:value=title
                    on:input:target=move |ev| title.set(ev.target().value())
                />
            </Field>
            <Questions questions error=call.error />
            <Papers documents />
            <div class="field">
                <label for="template">{t("opinions.template")}</label>
                <select
                    id="template"
                    data-test="sheet-template"
                    disabled=move || template.blocked()
                    on:change:target=move |ev| {
                        let chosen = ev.target().value();
                        if !chosen.is_empty() {
                            template.run(members_of(chosen), take_over);
                        }
                    }
                >
                    <option value="">{t("opinions.template_none")}</option>
                    {templates.into_iter().map(|(value, words)| view! { <option value=value>{words}</option> }).collect_view()}
                </select>
                <Failure error=template.error />
            </div>
            <Members people=people.into_iter().map(Candidate::from).collect() members legend=t("opinions.asked") />
            <div class="columns">
                <Field id="deadline" label=t("opinions.deadline") error=call.error>
                    <input
                        id="deadline"
                        data-test="sheet-deadline"
                        type="datetime-local"
                        required
                        prop:value=deadline
                        on:input:target=move |ev| deadline.set(ev.target().value())
                    />
                </Field>
                <Field id="rule" label=t("opinions.rule") error=call.error>
                    <select
                        id="rule"
                        data-test="sheet-rule"
                        on:change:target=move |ev| rule.set(Majority::parse(&ev.target().value()).unwrap_or(Majority::HalfAll))
                    >
                        {RULES
                            .into_iter()
                            .map(|r| view! { <option value=r.as_str() selected=move || rule.get() == r>{rule_name(r)}</option> })
                            .collect_view()}
                    </select>
                </Field>
            </div>
            <label class="check">
                <input
                    type="checkbox"
                    data-test="sheet-open"
                    prop:checked=open
                    on:change=move |ev| open.set(event_target_checked(&ev))
                />
                <span>{t("opinions.open")}</span>
            </label>
            <Failure error=call.error />
            <div class="form-foot">
                <button
                    type="submit"
                    class="button button-main"
                    data-test="sheet-save"
                    disabled=move || call.blocked()
                    aria-busy=move || call.busy().to_string()
                >
                    {t("opinions.save")}
                </button>
                <a class="button" href=back>
                    {t("common.cancel")}
                </a>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Questions(questions: RwSignal<Vec<Asking>>, error: RwSignal<Option<ApiError>>) -> impl IntoView {
    let ready = use_ready();
    let last = StoredValue::new(questions.with_untracked(Vec::len));
    let add = move |_| {
        last.update_value(|n| *n += 1);
        let new = Asking {
            key: last.get_value(),
            text: RwSignal::new(String::new()),
        };
        questions.update(|all| all.push(new));
    };
    let place = move |key: usize| questions.with(|all| all.iter().position(|q| q.key == key)).unwrap_or_default() + 1;
    let several = move || questions.with(|all| all.len() > 1);
    view! {
        <fieldset class="members-field">
            <legend>{t("opinions.questions")}</legend>
            <For each=move || questions.get() key=|q| q.key let(q)>
                <div class="field opinion-writing">
                    <label for=["question-", &q.key.to_string()].concat()>
                        {move || tf("opinions.question_n", &[("n", &place(q.key).to_string())])}
                    </label>
                    <textarea
                        id=["question-", &q.key.to_string()].concat()
                        data-test="sheet-question"
                        rows="2"
                        required
                        maxlength="2000"
                        prop:value=q.text
                        on:input:target=move |ev| q.text.set(ev.target().value())
                    ></textarea>
                    <Show when=several>
                        <button
                            type="button"
                            class="button button-quiet"
                            on:click=move |_| questions.update(|all| all.retain(|other| other.key != q.key))
                        >
                            <Glyph icon=Icon::Trash />
                            {t("opinions.remove_question")}
                        </button>
                    </Show>
                </div>
            </For>
            {move || {
                let own = error.get().filter(|e| e.field.as_deref() == Some("questions"));
                own.map(|e| view! { <p class="field-error" role="alert">{crate::i18n::error_text(&e)}</p> })
            }}
            <button type="button" class="button" data-test="sheet-add-question" disabled=move || !ready.get() on:click=add>
                <Glyph icon=Icon::Plus />
                {t("opinions.add_question")}
            </button>
        </fieldset>
    }
    .into_any()
}

#[component]
fn Papers(documents: RwSignal<Vec<Chosen>>) -> impl IntoView {
    let ready = use_ready();
    let choosing = RwSignal::new(false);
    let choose = Call::new();
    let known = Callback::new(move |row: DocumentRow| documents.with(|all| all.iter().any(|d| d.id == row.id)));
    let take = Callback::new(move |row: DocumentRow| {
        let chosen = Chosen {
            words: words(row.number.as_deref(), &row.abstract_text),
            id: row.id,
        };
        documents.update(|all| all.push(chosen));
        choosing.set(false);
    });
    view! {
        <fieldset class="members-field">
            <legend>{t("opinions.documents")}</legend>
            <ul class="opinion-papers">
                <For each=move || documents.get() key=|d| d.id.clone() let(d)>
                    <li>
                        <Glyph icon=Icon::Document />
                        <span>{d.words}</span>
                        <button
                            type="button"
                            class="icon-button"
                            aria-label=t("opinions.remove_document")
                            on:click=move |_| documents.update(|all| all.retain(|other| other.id != d.id))
                        >
                            <Glyph icon=Icon::Close />
                        </button>
                    </li>
                </For>
            </ul>
            <button type="button" class="button" data-test="sheet-add-document" disabled=move || !ready.get() on:click=move |_| choosing.set(true)>
                <Glyph icon=Icon::Plus />
                {t("opinions.add_document")}
            </button>
        </fieldset>
        <Dialog open=choosing title=t("opinions.add_document")>
            <DocumentChooser choose known take />
        </Dialog>
    }
    .into_any()
}
