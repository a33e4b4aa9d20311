//! A new document: a plain form, which works without script; with it, nothing typed is lost.
use super::acting::Others;
use super::fields::{Entered, Fields};
use crate::actions::identity::{bodies, people};
use crate::components::call::Call;
use crate::components::field::Field;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::PageHead;
use crate::components::notice::{ErrorNote, Loading};
use crate::components::upload::{form_of, post_form};
use crate::dto::identity::{Body, Person, Role};
use crate::i18n::{find, t, tf};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_query_map};

#[component]
pub fn NewDocumentPage() -> impl IntoView {
    // Whom and what one may choose from.
    let choice = Resource::new(
        || (),
        |()| async {
            let leaders = people(String::new())
                .await?
                .into_iter()
                .filter(|p| p.active && p.roles.contains(&Role::Leader));
            Ok((leaders.collect::<Vec<_>>(), bodies(String::new()).await?))
        },
    );
    view! {
        <PageHead title=t("documents.new") lead=t("documents.new_lead") />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match choice.await {
                    Ok((leaders, bodies)) => view! { <NewForm leaders bodies /> }.into_any(),
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// Fields that show their own errors.
const WITH_FILE: &[&str] = &["kind", "abstract_text", "leader_id", "receivers", "file"];

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

#[component]
fn NewForm(leaders: Vec<Person>, bodies: Vec<Body>) -> impl IntoView {
    let query = use_query_map();
    let entered = query.with_untracked(entered_before);
    let refused = query.read_untracked().get("error").filter(|code| !code.is_empty());
    let call = Call::new();
    let progress = RwSignal::new(None::<u32>);
    let navigate = use_navigate();
    // The word by which the server knows the same form sent twice.
    let once = RwSignal::new(String::new());
    Effect::new(move |_| {
        once.set(format!(
            "{:x}{:x}",
            (js_sys::Math::random() * 1e15) as u64,
            js_sys::Date::now() as u64
        ))
    });
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
            {refused
                .map(|code| {
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
                })}
            <input type="hidden" name="once" value=move || once.get() />
            // The file goes last: what stands before it has arrived when the file is refused.
            <Fields entered leaders bodies error=call.error />
            <Field id="file" label=t("documents.file_choose") hint=t("documents.file_hint") error=call.error>
                <input id="file" name="file" type="file" accept="application/pdf,.pdf" required class="file-input" />
            </Field>
            <Others call fields=WITH_FILE />
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
