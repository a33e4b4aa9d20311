//! One sheet: the question beside the documents, the answer, and how it stands.
use super::answering::Answering;
use super::desk::Desk;
use super::managing::Managing;
use super::reading::Documents;
use super::result::Results;
use super::{Left, SheetBadge, rule_name};
use crate::actions::opinions::get_sheet;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::use_session;
use crate::components::live::LinkState;
use crate::components::notice::{ErrorNote, Loading, Note};
use crate::dto::opinions::{SheetDetail, SheetState};
use crate::i18n::{t, tf};
use crate::ids::{SheetId, UserId};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;

#[component]
pub fn SheetPage() -> impl IntoView {
    let params = use_params_map();
    let session = use_session();
    let sheet = Resource::new(
        move || SheetId(params.read().get("id").unwrap_or_default()),
        |id| async move { get_sheet(id).await },
    );
    view! {
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                let me = session.await.ok().flatten().map(|me| me.id);
                match (sheet.await, me) {
                    (Ok(detail), Some(me)) => view! { <Sheet detail me /> }.into_any(),
                    (Err(error), _) => view! { <ErrorNote error /> }.into_any(),
                    (Ok(_), None) => ().into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Sheet(detail: SheetDetail, me: UserId) -> impl IntoView {
    let title = detail.row.title.clone();
    let documents = !detail.documents.is_empty();
    let manages = detail.row.may_manage;
    let desk = Desk::new(detail, me);
    let state = Memo::new(move |_| desk.detail.with(|d| d.row.state));
    let answers = Memo::new(move |_| desk.detail.with(|d| d.may_answer));
    let knows = Memo::new(move |_| desk.detail.with(|d| d.may_see_answers));
    view! {
        <Title text=[title.as_str(), " · kyhop"].concat() />
        <div class="room opinion" class:opinion-alone=!documents>
            <div class="room-head">
                <div class="room-title">
                    <p class="list-meta">
                        <A href="/opinions">{t("nav.opinions")}</A>
                    </p>
                    <h1>{title}</h1>
                    <p class="list-meta">
                        <span class="number">
                            {move || desk.detail.with(|d| tf("opinions.until", &[("when", &d.row.deadline.text)]))}
                        </span>
                        <Left left=desk.left />
                        <span>{move || desk.detail.with(|d| tf("opinions.from", &[("name", &d.row.secretary)]))}</span>
                    </p>
                </div>
                <div class="room-status">
                    <SheetBadge state />
                    <LinkState />
                </div>
            </div>
            {documents.then(|| view! { <Documents desk /> })}
            <div class="room-side">
                <Ending desk />
                {documents.then(|| view! { <ToDocuments desk /> })}
                {manages.then(|| view! { <Managing desk /> })}
                <Show when=move || answers.get()>
                    <Answering desk />
                </Show>
                <Show when=move || !answers.get() && !knows.get() || state.get() == SheetState::Draft>
                    <Questions desk />
                </Show>
                <Show when=move || knows.get()>
                    <Results desk />
                </Show>
                <Facts desk />
            </div>
        </div>
    }
    .into_any()
}

/// Where the documents lie below the question: the way down to them.
#[component]
fn ToDocuments(desk: Desk) -> impl IntoView {
    let n = desk.detail.with_untracked(|d| d.documents.len()).to_string();
    view! {
        <a class="button opinion-to-documents" href="#sheet-documents" rel="external">
            <Glyph icon=Icon::Document />
            {tf("opinions.to_documents", &[("n", &n)])}
        </a>
    }
}

/// How it ended, and for whom that needs words.
#[component]
fn Ending(desk: Desk) -> impl IntoView {
    let words = Memo::new(move |_| {
        desk.detail.with(|d| {
            let at = d.ended.as_ref().map(|w| w.text.clone()).unwrap_or_default();
            let values = [("when", at.as_str()), ("name", &d.ended_by), ("why", &d.reason)];
            match d.row.state {
                SheetState::Withdrawn => Some(("warn", tf("opinions.withdrawn_by", &values))),
                SheetState::Closed if d.ended_by.is_empty() => Some(("info", tf("opinions.ended_itself", &values))),
                SheetState::Closed => Some(("info", tf("opinions.ended_by", &values))),
                _ => None,
            }
        })
    });
    view! {
        <div role="status">
            {move || words.get().map(|(tone, words)| view! { <Note tone><p class="as-written" data-test="sheet-ending">{words}</p></Note> })}
        </div>
    }
}

/// The questions, and what this person said to them, where nothing can be answered.
#[component]
fn Questions(desk: Desk) -> impl IntoView {
    let each = move || {
        let line = |q: crate::dto::opinions::Question| {
            let said = q.mine.map(|s| super::result::said_words(&s));
            view! {
                <li>
                    <p class="opinion-question as-written">{q.text}</p>
                    {said.map(|words| view! { <p class="quiet as-written">{tf("opinions.i_said", &[("what", &words)])}</p> })}
                </li>
            }
        };
        desk.detail.with(|d| d.questions.clone()).into_iter().map(line).collect_view()
    };
    view! {
        <section class="sheet">
            <h2>{t("opinions.questions")}</h2>
            <ol class="opinion-questions">{each}</ol>
        </section>
    }
    .into_any()
}

/// Who is asked, what it takes, and who sees what.
#[component]
fn Facts(desk: Desk) -> impl IntoView {
    let names = move || {
        let each =
            |m: crate::dto::opinions::Asked| view! { <li>{m.full_name} <span class="quiet">{[" – ", &m.position].concat()}</span></li> };
        desk.detail.with(|d| d.members.clone()).into_iter().map(each).collect_view()
    };
    let openness = move || {
        let (open, state) = desk.detail.with(|d| (d.open, d.row.state));
        let words = if open {
            t("opinions.open_to_all")
        } else {
            t("opinions.closed_until_end")
        };
        matches!(state, SheetState::Draft | SheetState::Sent).then(|| view! { <p class="quiet">{words}</p> })
    };
    view! {
        <section class="sheet">
            <h2>{t("opinions.about")}</h2>
            <p>{move || rule_name(desk.detail.with(|d| d.rule))}</p>
            {openness}
            <p data-test="answered-of">
                {move || {
                    desk.detail
                        .with(|d| tf("opinions.answered_of", &[("n", &d.row.answered.to_string()), ("all", &d.row.asked.to_string())]))
                }}
            </p>
            <details class="fold">
                <summary>{t("opinions.asked")}</summary>
                <ul class="opinion-names">{names}</ul>
            </details>
        </section>
    }
    .into_any()
}
