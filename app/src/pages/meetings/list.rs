//! Meetings of the person: those of today first, the others by time.
use super::calendar::Views;
use super::{MeetingBadge, span};
use crate::actions::meetings::list_meetings;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::{PageHead, use_session};
use crate::components::live::{FROM_NOW, News, follow};
use crate::components::notice::{Empty, ErrorNote, Loading};
use crate::dto::identity::Role;
use crate::dto::meetings::{MeetingRow, MeetingState};
use crate::i18n::t;
use crate::live::LiveEvent;
use leptos::prelude::*;
use leptos_router::components::A;

/// An invitation, and what changes of one, shows without asking for the page again.
pub fn when_invited(show: impl Fn() + Copy + Send + Sync + 'static) {
    let session = use_session();
    Effect::new(move |_| {
        let Some(Ok(Some(me))) = session.get() else { return };
        follow(&["user:", me.id.as_str()].concat(), FROM_NOW, move |news| {
            if matches!(
                news,
                News::Event(LiveEvent::MeetingPublished { .. } | LiveEvent::MeetingChanged { .. })
            ) {
                show();
            }
        });
    });
}

#[component]
pub fn MeetingsPage() -> impl IntoView {
    let rows = Resource::new(|| (), |()| list_meetings());
    let session = use_session();
    when_invited(move || rows.refetch());
    view! {
        <PageHead title=t("nav.meetings") lead=t("meetings.lead")>
            <Suspense fallback=|| ()>
                {move || Suspend::new(async move {
                    let me = session.await.ok().flatten();
                    me.is_some_and(|me| me.is(Role::Secretary))
                        .then(|| {
                            view! {
                                <A href="/tablets" attr:class="button button-quiet" attr:data-test="to-tablets">
                                    {t("tablets.title")}
                                </A>
                                <A href="/meetings/new" attr:class="button button-main">
                                    <Glyph icon=Icon::Plus />
                                    {t("meetings.new")}
                                </A>
                            }
                        })
                })}
            </Suspense>
        </PageHead>
        <Views current="list" />
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                match rows.await {
                    Ok(rows) if rows.is_empty() => {
                        view! { <Empty icon=Icon::Calendar title=t("meetings.none") text=t("meetings.none_text") /> }.into_any()
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
fn Groups(rows: Vec<MeetingRow>) -> impl IntoView {
    let (today, others): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|r| (r.today && r.state != MeetingState::Cancelled) || r.state == MeetingState::Open);
    let (mut past, mut coming): (Vec<_>, Vec<_>) = others.into_iter().partition(|r| r.state.over());
    past.sort_by_key(|r| -r.starts.us);
    coming.sort_by_key(|r| r.starts.us);
    let groups = [
        (t("meetings.today"), today),
        (t("meetings.coming"), coming),
        (t("meetings.past"), past),
    ];
    groups
        .into_iter()
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(title, rows)| {
            view! {
                <section class="group">
                    <h2>{title}</h2>
                    <ul class="list">{rows.into_iter().map(|row| view! { <Row row /> }).collect_view()}</ul>
                </section>
            }
        })
        .collect_view()
        .into_any()
}

#[component]
fn Row(row: MeetingRow) -> impl IntoView {
    view! {
        <li>
            <A href=["/meetings/", row.id.as_str()].concat() attr:class="list-link">
                <span>
                    <span class="list-title">{row.title}</span>
                    <span class="list-meta">
                        <span class="number">{span(&row.starts, &row.ends)}</span>
                        <span>{row.room}</span>
                        <span>{t("meetings.chair")} ": " {row.chair}</span>
                    </span>
                </span>
                <span class="list-side">
                    <MeetingBadge state=Signal::stored(row.state) />
                </span>
            </A>
        </li>
    }
}
