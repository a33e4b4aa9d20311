//! Sheets of the person: what waits for an answer first.
use super::{Left, SheetBadge, follow_sheets};
use crate::actions::opinions::list_sheets;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::{PageHead, use_session};
use crate::components::notice::{Empty, ErrorNote, Loading};
use crate::dto::identity::Role;
use crate::dto::opinions::{SheetRow, SheetState};
use crate::i18n::{t, tf};
use crate::pages::documents::list::refetching;
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub fn OpinionsPage() -> impl IntoView {
    let rows = Resource::new(|| (), |()| list_sheets());
    let session = use_session();
    follow_sheets(None, refetching(move || rows.refetch()));
    view! {
        <PageHead title=t("nav.opinions") lead=t("opinions.lead")>
            <Suspense fallback=|| ()>
                {move || Suspend::new(async move {
                    let me = session.await.ok().flatten();
                    me.is_some_and(|me| me.is(Role::Secretary))
                        .then(|| {
                            view! {
                                <A href="/opinions/new" attr:class="button button-main">
                                    <Glyph icon=Icon::Plus />
                                    {t("opinions.new")}
                                </A>
                            }
                        })
                })}
            </Suspense>
        </PageHead>
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                match rows.await {
                    Ok(rows) if rows.is_empty() => {
                        view! { <Empty icon=Icon::Ballot title=t("opinions.none") text=t("opinions.none_text") /> }.into_any()
                    }
                    Ok(rows) => view! { <Groups rows /> }.into_any(),
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Groups(rows: Vec<SheetRow>) -> impl IntoView {
    let (mut waiting, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(SheetRow::waits);
    let nothing_waits = waiting.is_empty() && others.iter().any(|r| r.mine);
    let (mut running, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|r| r.state == SheetState::Sent);
    let (drafts, past): (Vec<_>, Vec<_>) = others.into_iter().partition(|r| r.state == SheetState::Draft);
    waiting.sort_by_key(|r| r.deadline.us);
    running.sort_by_key(|r| r.deadline.us);
    let groups = [
        (t("opinions.waiting"), waiting),
        (t("opinions.running"), running),
        (t("opinions.drafts"), drafts),
        (t("opinions.past"), past),
    ];
    let groups = groups.into_iter().filter(|(_, rows)| !rows.is_empty()).map(|(title, rows)| {
        view! {
            <section class="group">
                <h2>{title}</h2>
                <ul class="list">{rows.into_iter().map(|row| view! { <Row row /> }).collect_view()}</ul>
            </section>
        }
    });
    view! {
        {nothing_waits.then(|| view! { <p class="quiet opinion-all-answered">{t("opinions.all_answered")}</p> })}
        {groups.collect_view()}
    }
    .into_any()
}

#[component]
fn Row(row: SheetRow) -> impl IntoView {
    let counted = (row.state != SheetState::Draft).then(|| {
        tf(
            "opinions.answered_of",
            &[("n", &row.answered.to_string()), ("all", &row.asked.to_string())],
        )
    });
    let mine = row.my_answer.as_ref().map(|at| tf("opinions.my_answer_at", &[("when", &at.text)]));
    let reminded = row.reminded.as_ref().filter(|_| row.waits());
    let reminded = reminded.map(|at| tf("opinions.reminded_at", &[("when", &at.text)]));
    view! {
        <li>
            <A href=["/opinions/", row.id.as_str()].concat() attr:class="list-link" attr:data-test="sheet-row">
                <span>
                    <span class="list-title">{row.title}</span>
                    <span class="list-meta">
                        <span class="number">{tf("opinions.until", &[("when", &row.deadline.text)])}</span>
                        <Left left=Signal::stored(row.left) />
                        <span>{tf("opinions.from", &[("name", &row.secretary)])}</span>
                        {counted.map(|words| view! { <span data-test="row-answered">{words}</span> })}
                        {mine.map(|words| view! { <span>{words}</span> })}
                        {reminded.map(|words| view! { <span data-test="row-reminded">{words}</span> })}
                    </span>
                </span>
                <span class="list-side">
                    <SheetBadge state=Signal::stored(row.state) />
                </span>
            </A>
        </li>
    }
}

/// For the first page: what waits for this person, the most urgent first.
#[component]
pub fn WaitingSheets(rows: Vec<SheetRow>) -> impl IntoView {
    let mut waiting: Vec<_> = rows.into_iter().filter(SheetRow::waits).collect();
    waiting.sort_by_key(|r| r.deadline.us);
    (!waiting.is_empty()).then(|| {
        let n = waiting.len();
        view! {
            <section class="home-part" data-test="home-opinions">
                <h2>
                    <Glyph icon=Icon::Ballot />
                    {t("opinions.waiting")}
                    <span class="count">{n}</span>
                </h2>
                <ul class="list">{waiting.into_iter().map(|row| view! { <Row row /> }).collect_view()}</ul>
            </section>
        }
    })
}
