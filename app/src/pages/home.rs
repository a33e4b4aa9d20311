//! What waits for me: documents by what is to be done with them, and today's meetings.
use crate::actions::documents::list_documents;
use crate::actions::meetings::{list_meetings, my_tasks};
use crate::actions::opinions::list_sheets;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::{PageHead, use_session};
use crate::components::notice::{Empty, ErrorNote, Loading};
use crate::dto::documents::{DocumentQuery, DocumentRow, State};
use crate::dto::identity::{Me, Role};
use crate::dto::meetings::MeetingRow;
use crate::dto::opinions::SheetRow;
use crate::i18n::{t, tf};
use crate::pages::documents::list::{DocumentLink, NewDocumentLink, follow_lists, refetching};
use crate::pages::opinions::{WaitingSheets, follow_sheets};
use crate::pages::tasks::MyTasks;
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub fn HomePage() -> impl IntoView {
    let session = use_session();
    let waiting = Resource::new(
        || (),
        |()| {
            list_documents(DocumentQuery {
                mine: true,
                page: 1,
                ..DocumentQuery::default()
            })
        },
    );
    let meetings = Resource::new(|| (), |()| list_meetings());
    let tasks = Resource::new(|| (), |()| my_tasks());
    let sheets = Resource::new(|| (), |()| list_sheets());
    follow_lists(
        None,
        refetching(move || {
            waiting.refetch();
            meetings.refetch();
            tasks.refetch();
            sheets.refetch();
        }),
    );
    follow_sheets(None, || ());
    view! {
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                let Some(me) = session.await.ok().flatten() else { return ().into_any() };
                let waiting = waiting.await;
                let today: Vec<MeetingRow> = meetings.await.unwrap_or_default().into_iter().filter(|m| m.today).collect();
                let (tasks, tasks_error) = match tasks.await {
                    Ok(tasks) => (tasks, None),
                    Err(error) => (Vec::new(), Some(error)),
                };
                let (sheets, sheets_error) = match sheets.await {
                    Ok(sheets) => (sheets, None),
                    Err(error) => (Vec::new(), Some(error)),
                };
                let rest = today.is_empty();
                let given = !tasks.is_empty() || sheets.iter().any(SheetRow::waits);
                view! {
                    <Welcome me=me.clone() />
                    <Today meetings=today />
                    <WaitingSheets rows=sheets />
                    {sheets_error.map(|error| view! { <ErrorNote error /> })}
                    <MyTasks tasks />
                    {tasks_error.map(|error| view! { <ErrorNote error /> })}
                    {match waiting {
                        Ok(page) => view! { <Waiting me rows=page.rows total=page.total rest given /> }.into_any(),
                        Err(error) => view! { <ErrorNote error /> }.into_any(),
                    }}
                }
                    .into_any()
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Welcome(me: Me) -> impl IntoView {
    let drafts = me.is(Role::Drafter);
    view! {
        <PageHead title=tf("home.hello", &[("name", &me.full_name)]) lead=[me.position.as_str(), ", ", &me.unit].concat()>
            {drafts.then(|| view! { <NewDocumentLink /> })}
        </PageHead>
    }
}

#[component]
fn Today(meetings: Vec<MeetingRow>) -> impl IntoView {
    (!meetings.is_empty()).then(|| {
        let each = meetings.into_iter().map(|m| {
            // `24/11/2026 14:05`: the day is today's.
            let hour = |text: &str| text.split_whitespace().last().unwrap_or_default().to_owned();
            let time = [hour(&m.starts.text), "–".into(), hour(&m.ends.text)].concat();
            let state = crate::i18n::find(&["home.meeting.", m.state.as_str()].concat()).unwrap_or_default();
            view! {
                <li>
                    <A href=["/meetings/", m.id.as_str()].concat() attr:class="list-link">
                        <span class="list-title">{m.title}</span>
                        <span class="list-side">
                            <span class="badge badge-ink">{state}</span>
                        </span>
                        <span class="list-meta">
                            <strong class="number">{time}</strong>
                            <span>{m.room}</span>
                            <span>{tf("home.chair", &[("name", &m.chair)])}</span>
                        </span>
                    </A>
                </li>
            }
        });
        let each = each.collect_view();
        view! {
            <section class="home-part">
                <h2>
                    <Glyph icon=Icon::Calendar />
                    {t("home.today")}
                </h2>
                <ul class="list">{each}</ul>
            </section>
        }
    })
}

/// What is to be done with documents in this state, by those for whom they wait.
fn task(state: State) -> Option<(Icon, &'static str)> {
    Some(match state {
        State::Submitted => (Icon::Pen, t("home.to_sign")),
        State::Returned => (Icon::Back, t("home.returned")),
        State::Signed => (Icon::Stamp, t("home.to_issue")),
        State::Issued => (Icon::Send, t("home.to_send")),
        State::Arrived => (Icon::Inbox, t("home.arrived")),
        State::TakenIn => (Icon::People, t("home.to_assign")),
        State::Assigned => (Icon::Forward, t("home.to_start")),
        State::Processing => (Icon::Check, t("home.to_finish")),
        State::Draft => (Icon::Document, t("home.drafts")),
        State::Sent | State::Refused | State::Done => return None,
    })
}

const ORDER: [State; 9] = [
    State::Submitted,
    State::Returned,
    State::Assigned,
    State::Processing,
    State::Arrived,
    State::TakenIn,
    State::Signed,
    State::Issued,
    State::Draft,
];

#[component]
fn Waiting(me: Me, rows: Vec<DocumentRow>, total: u64, rest: bool, given: bool) -> impl IntoView {
    let works = [Role::Drafter, Role::Leader, Role::Clerk].into_iter().any(|r| me.is(r));
    if rows.is_empty() {
        // Somebody without such work is not told that there is none.
        return match (works && !given, rest && !given) {
            (true, _) => view! { <Empty icon=Icon::Check title=t("documents.none_mine") text=t("documents.none_mine_text") /> }.into_any(),
            (false, true) => view! { <Empty icon=Icon::Calendar title=t("home.nothing") text=t("home.nothing_text") /> }.into_any(),
            (false, false) => ().into_any(),
        };
    }
    let more = total > rows.len() as u64;
    let parts = ORDER.into_iter().filter_map(|state| {
        let (icon, words) = task(state)?;
        let these: Vec<_> = rows.iter().filter(|r| r.state == state).cloned().collect();
        (!these.is_empty()).then(|| {
            view! {
                <section class="home-part">
                    <h2>
                        <Glyph icon />
                        {words}
                        <span class="count">{these.len()}</span>
                    </h2>
                    <ul class="list">{these.into_iter().map(|row| view! { <DocumentLink row /> }).collect_view()}</ul>
                </section>
            }
        })
    });
    let parts = parts.collect_view();
    view! {
        {parts}
        {more
            .then(|| {
                view! {
                    <p>
                        <A href="/documents?tab=mine" attr:class="button">
                            {t("home.more")}
                        </A>
                    </p>
                }
            })}
    }
    .into_any()
}
