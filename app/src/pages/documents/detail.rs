//! One document: its pages, where it stands, and all that this person may do with it.
use super::acting::Acting;
use super::doc::Doc;
use super::drafting::DraftPages;
use super::facts::{Facts, History, Receivers, Versions};
use super::processing::Processing;
use super::signatures::Signatures;
use crate::actions::documents::get_document;
use crate::components::badge::{DueMark, MarkBadge, StateBadge, UrgencyMark, kind_words};
use crate::components::icon::{Glyph, Icon};
use crate::components::live::LinkState;
use crate::components::notice::{Empty, ErrorNote, Failure, Loading, Note};
use crate::components::pdf::PdfView;
use crate::dto::documents::{Action, Direction, DocumentDetail, Linked, MarkKind, State};
use crate::error::ApiError;
use crate::i18n::{t, tf};
use crate::ids::DocumentId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;

#[component]
pub fn DocumentPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| DocumentId(params.read().get("id").unwrap_or_default()));
    let document = Resource::new(move || id.get(), get_document);
    view! {
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match document.await {
                    Ok(detail) => view! { <Document detail /> }.into_any(),
                    Err(error) => view! { <Unavailable error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Unavailable(error: ApiError) -> impl IntoView {
    if error.code != "documents.not_found" {
        return view! { <ErrorNote error /> }.into_any();
    }
    #[cfg(feature = "ssr")]
    if let Some(answer) = use_context::<leptos_axum::ResponseOptions>() {
        answer.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text=t("documents.not_found") />
        <Empty icon=Icon::Search title=t("documents.not_found") text=t("documents.not_found_text")>
            <A href="/documents" attr:class="button">
                {t("nav.documents")}
            </A>
        </Empty>
    }
    .into_any()
}

#[component]
fn Document(detail: DocumentDetail) -> impl IntoView {
    let direction = detail.row.direction;
    let doc = Doc::new(detail);
    let editable = doc.can(Action::Edit);
    let file = Memo::new(move |_| doc.detail.with(|d| d.file.clone()));
    view! {
        <Head doc />
        <Failure error=doc.lost />
        <Marked doc />
        <AskedBack doc />
        <Superseding doc />
        <Reason doc />
        <Acting doc />
        <div class="document">
            <div class="document-pages">
                <Show when=move || editable.get() fallback=move || view! { <PdfView file /> }>
                    <DraftPages doc />
                </Show>
                <div class="document-file">
                    <a class="button" href=move || file.get().url download=move || doc.detail.with(|d| d.file_name.clone()) rel="external">
                        <Glyph icon=Icon::Download />
                        {t("documents.download")}
                    </a>
                    <LinkState />
                </div>
            </div>
            <div class="document-side">
                <Facts doc />
                {(direction == Direction::Incoming).then(|| view! { <Processing doc /> })}
                <Signatures doc />
                {(direction == Direction::Outgoing).then(|| view! { <Receivers doc /> })}
                <History doc />
                <Versions doc />
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Head(doc: Doc) -> impl IntoView {
    let row = Memo::new(move |_| doc.detail.with(|d| d.row.clone()));
    let incoming = row.read_untracked().direction == Direction::Incoming;
    let (back, words) = if incoming {
        ("/incoming", t("nav.incoming"))
    } else {
        ("/documents", t("nav.documents"))
    };
    view! {
        <Title text=move || [&row.read().abstract_text, " · kyhop"].concat() />
        <div class="document-head">
            <A href=back attr:class="button button-quiet document-back">
                <Glyph icon=Icon::Back />
                {words}
            </A>
            <p class="document-kind">
                {move || kind_words(&row.read().kind)}
                " "
                <strong class="number" data-test="doc-number">
                    {move || row.read().number.clone().unwrap_or_default()}
                </strong>
            </p>
            <h1>{move || row.read().abstract_text.clone()}</h1>
            <p class="row">
                <span data-test="doc-state" data-state=move || row.read().state.as_str()>
                    <StateBadge state=doc.state() />
                </span>
                {move || view! { <MarkBadge mark=row.read().mark /> }}
                {move || view! { <UrgencyMark urgency=row.read().urgency /> }}
                {move || row.read().due.clone().map(|due| view! { <DueMark due /> })}
            </p>
        </div>
    }
}

/// What became of it after it was sent: above everything that could be done with it.
#[component]
fn Marked(doc: Doc) -> impl IntoView {
    let mark = Memo::new(move |_| doc.detail.with(|d| d.mark.clone().map(|m| (d.row.direction, m))));
    move || {
        mark.get().map(|(direction, mark)| {
            let title = match (mark.kind, direction) {
                (MarkKind::Recalled, Direction::Incoming) => t("documents.recalled_in"),
                (MarkKind::Recalled, Direction::Outgoing) => t("documents.recalled_out"),
                (MarkKind::Updated, Direction::Incoming) => t("documents.updated_in"),
                (MarkKind::Updated, Direction::Outgoing) => t("documents.updated_out"),
                (MarkKind::Replaced, Direction::Incoming) => t("documents.replaced_in"),
                (MarkKind::Replaced, Direction::Outgoing) => t("documents.replaced_out"),
            };
            view! {
                <div class="document-reason" role="status" data-test="marked" data-mark=mark.kind.as_str()>
                    <Note tone="bad">
                        <p>
                            <strong>{title}</strong>
                        </p>
                        {(!mark.reason.is_empty()).then(|| view! { <p>{tf("documents.mark_reason", &[("reason", &mark.reason)])}</p> })}
                        {mark
                            .successor
                            .map(|new| {
                                view! {
                                    <p>
                                        {t("documents.successor")} " " <LinkedDocument document=new hook="successor" />
                                    </p>
                                }
                            })}
                        <p class="quiet">{mark.by} " · " <span class="number">{mark.at.text}</span></p>
                    </Note>
                </div>
            }
        })
    }
}

/// Its sender asks for it back: whoever sees it knows, and a clerk answers with the buttons below.
#[component]
fn AskedBack(doc: Doc) -> impl IntoView {
    let asked = Memo::new(move |_| {
        doc.detail
            .with(|d| d.asked_back.clone().map(|a| (a, d.actions.contains(&Action::GiveBack))))
    });
    move || {
        asked.get().map(|(asked, answers)| {
            let next = match answers {
                true => t("documents.asked_back_answer"),
                false => t("documents.asked_back_wait"),
            };
            view! {
                <div class="document-reason" role="status" data-test="asked-back">
                    <Note tone="warn">
                        <p>
                            <strong>{t("documents.asked_back")}</strong>
                        </p>
                        {(!asked.reason.is_empty()).then(|| view! { <p>{tf("documents.mark_reason", &[("reason", &asked.reason)])}</p> })}
                        <p>{next}</p>
                        <p class="quiet">{asked.by} " · " <span class="number">{asked.at.text}</span></p>
                    </Note>
                </div>
            }
        })
    }
}

/// What it takes the place of.
#[component]
fn Superseding(doc: Doc) -> impl IntoView {
    let all = Memo::new(move |_| doc.detail.with(|d| d.supersedes.clone()));
    move || {
        let notes = all.get().into_iter().map(|old| {
            let words = match old.kind {
                MarkKind::Updated => t("documents.updates"),
                _ => t("documents.replaces"),
            };
            view! {
                <div class="document-reason" data-test="supersedes">
                    <Note>
                        <p>{words} " " <LinkedDocument document=old.document hook="predecessor" /></p>
                        <p>{tf("documents.mark_reason", &[("reason", &old.reason)])}</p>
                    </Note>
                </div>
            }
        });
        notes.collect_view()
    }
}

/// Another document: a link for those who may see it, its number for the others.
#[component]
pub fn LinkedDocument(document: Linked, hook: &'static str) -> impl IntoView {
    let words = match document.title.as_str() {
        "" => document.number,
        title => [document.number.as_str(), " ", title].concat(),
    };
    match document.id {
        Some(id) => view! {
            <a href=["/documents/", id.as_str()].concat() rel="external" class="linked" data-test=hook>
                {words}
            </a>
        }
        .into_any(),
        None => view! { <strong class="number">{words}</strong> }.into_any(),
    }
}

/// Why it came back, for those who must do something about it.
#[component]
fn Reason(doc: Doc) -> impl IntoView {
    let reason = Memo::new(move |_| {
        doc.detail
            .with(|d| d.reason.clone().filter(|r| !r.is_empty()).map(|r| (d.row.state, r)))
    });
    move || {
        reason.get().map(|(state, reason)| {
            let text = match state {
                State::Refused => tf("documents.refused_because", &[("reason", &reason)]),
                _ => tf("documents.returned_because", &[("reason", &reason)]),
            };
            view! {
                <div class="document-reason">
                    <Note tone="warn">
                        <p>{text}</p>
                    </Note>
                </div>
            }
        })
    }
}
