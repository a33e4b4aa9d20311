//! A new document: a plain form, which works without script; with it, nothing typed is lost.
use super::acting::Others;
use super::fields::{Entered, Fields};
use crate::actions::documents::get_document;
use crate::actions::identity::{bodies, people};
use crate::components::call::Call;
use crate::components::field::Field;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::PageHead;
use crate::components::notice::{ErrorNote, Loading};
use crate::components::upload::{form_of, post_form};
use crate::dto::documents::{DocumentDetail, MarkKind};
use crate::dto::identity::{Body, Person, Role};
use crate::error::ApiError;
use crate::i18n::{find, t, tf};
use crate::ids::DocumentId;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_query_map};

#[component]
pub fn NewDocumentPage() -> impl IntoView {
    let query = use_query_map();
    let old = Memo::new(move |_| query.read().get("supersedes").filter(|id| !id.is_empty()));
    // Whom and what one may choose from, and the document whose place the new one takes.
    let choice = Resource::new(
        move || old.get(),
        |old| async {
            let old = match old {
                Some(id) => Some(get_document(DocumentId(id)).await?),
                None => None,
            };
            let leaders = people(String::new())
                .await?
                .into_iter()
                .filter(|p| p.active && p.roles.contains(&Role::Leader));
            Ok((leaders.collect::<Vec<_>>(), bodies(String::new()).await?, old))
        },
    );
    view! {
        <PageHead title=t("documents.new") lead=t("documents.new_lead") />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match choice.await {
                    Ok((leaders, bodies, old)) => view! { <NewForm leaders bodies old /> }.into_any(),
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// Fields that show their own errors.
const WITH_FILE: &[&str] = &["kind", "abstract_text", "leader_id", "receivers", "file", "supersedes_reason"];

/// What a browser without script had entered when the form was refused comes back in the address.
fn entered_before(query: &leptos_router::params::ParamsMap) -> Entered {
    let get = |key: &str| query.get(key).unwrap_or_default();
    Entered {
        kind: get("kind"),
        abstract_text: get("abstract_text"),
        urgency: get("urgency"),
        leader_id: get("leader_id"),
        receivers: query.get_all("receivers").unwrap_or_default(),
    }
}

/// The new one says mostly what the old one said, and goes to the same.
fn entered_of(old: &DocumentDetail) -> Entered {
    Entered {
        kind: old.row.kind.clone(),
        abstract_text: old.row.abstract_text.clone(),
        urgency: old.row.urgency.as_str().to_owned(),
        leader_id: old.leader_id.as_ref().map(|id| id.0.clone()).unwrap_or_default(),
        receivers: old.receivers.iter().map(|r| r.body.code.clone()).collect(),
    }
}

/// Which document the new one takes the place of, how, and why.
#[component]
fn Old(old: DocumentDetail, reason: String, updates: bool, #[prop(into)] error: Signal<Option<ApiError>>) -> impl IntoView {
    let reason = RwSignal::new(reason);
    let number = old.row.number.unwrap_or_default();
    let choice = |kind: MarkKind, words: &'static str, chosen: bool| {
        view! {
            <label class="check">
                <input type="radio" name="supersedes_kind" value=kind.as_str() checked=chosen required />
                <span>{words}</span>
            </label>
        }
    };
    view! {
        <fieldset class="field" data-test="supersedes">
            <legend>{tf("documents.supersede_legend", &[("number", &number)])}</legend>
            <p>{old.row.abstract_text}</p>
            <p class="hint">{t("documents.supersede_hint")}</p>
            <input type="hidden" name="supersedes" value=old.row.id.0 />
            {choice(MarkKind::Replaced, t("documents.supersede_replaced"), !updates)}
            {choice(MarkKind::Updated, t("documents.supersede_updated"), updates)}
        </fieldset>
        <Field id="supersedes_reason" label=t("documents.supersede_reason") error>
            <textarea
                id="supersedes_reason"
                name="supersedes_reason"
                required
                maxlength="2000"
                prop:value=move || reason.get()
                on:input=move |ev| reason.set(event_target_value(&ev))
            ></textarea>
        </Field>
    }
}

/// A word by which the server knows the same form sent twice.
pub fn once_word() -> RwSignal<String> {
    let once = RwSignal::new(String::new());
    Effect::new(move |_| {
        once.set(format!(
            "{:x}{:x}",
            (js_sys::Math::random() * 1e15) as u64,
            js_sys::Date::now() as u64
        ))
    });
    once
}

/// Why a form was refused that a browser without script has sent.
#[component]
pub fn RefusedBefore(code: Option<String>) -> impl IntoView {
    code.map(|code| {
        let words = find(&["documents.error.", &code].concat()).unwrap_or(t("documents.error.other"));
        view! {
            <div class="note note-bad" role="alert">
                <Glyph icon=Icon::Alert />
                <div>
                    <p>{words}</p>
                    <p class="note-code">{t("error.code")} " " <code>{code.clone()}</code></p>
                </div>
            </div>
        }
    })
}

/// How much of a form has gone out.
#[component]
pub fn Uploading(progress: RwSignal<Option<u32>>) -> impl IntoView {
    view! {
        <p role="status" class="upload-state">
            {move || {
                progress
                    .get()
                    .map(|percent| {
                        view! {
                            <progress max="100" value=percent aria-label=t("documents.uploading")></progress>
                            {tf("documents.uploaded", &[("percent", &percent.to_string())])}
                        }
                    })
            }}
        </p>
    }
}

#[component]
fn NewForm(leaders: Vec<Person>, bodies: Vec<Body>, old: Option<DocumentDetail>) -> impl IntoView {
    let query = use_query_map();
    let mut entered = query.with_untracked(entered_before);
    let mut offered = Vec::new();
    if let Some(old) = &old {
        if entered.kind.is_empty() {
            entered = entered_of(old);
        }
        // The directory's first page may not have them.
        offered.extend(old.receivers.iter().map(|r| r.body.clone()));
    }
    offered.extend(bodies);
    let bodies = offered;
    let reason = query.read_untracked().get("supersedes_reason").unwrap_or_default();
    let updates = query.read_untracked().get("supersedes_kind").as_deref() == Some(MarkKind::Updated.as_str());
    let refused = query.read_untracked().get("error").filter(|code| !code.is_empty());
    let call = Call::new();
    let progress = RwSignal::new(None::<u32>);
    let navigate = use_navigate();
    let once = once_word();
    let submit = move |ev: web_sys::SubmitEvent| {
        let Some(form) = form_of(&ev) else { return };
        ev.prevent_default();
        let navigate = navigate.clone();
        call.run(post_form("/documents/new".to_owned(), form, progress), move |url| {
            navigate(&url, NavigateOptions::default());
        });
    };
    view! {
        <form method="post" action="/documents/new" enctype="multipart/form-data" class="sheet new-document" on:submit=submit>
            <RefusedBefore code=refused />
            {old.map(|old| view! { <Old old reason updates error=call.error /> })}
            <input type="hidden" name="once" value=move || once.get() />
            // The file goes last: what stands before it has arrived when the file is refused.
            <Fields entered leaders bodies error=call.error />
            <Field id="file" label=t("documents.file_choose") hint=t("documents.file_hint") error=call.error>
                <input id="file" name="file" type="file" accept="application/pdf,.pdf" required class="file-input" />
            </Field>
            <Others call fields=WITH_FILE />
            <Uploading progress />
            <div class="form-foot">
                <button type="submit" class="button button-main" data-test="new-save" disabled=move || call.busy() aria-busy=move || call.busy().then_some("true")>
                    <Glyph icon=Icon::Upload />
                    {t("documents.save_draft")}
                </button>
                <A href="/documents" attr:class="button">
                    {t("common.cancel")}
                </A>
            </div>
        </form>
    }
}
