//! The room's screen (màn hình chiếu): what is discussed, who speaks, what is voted on, to be read from ten metres. Nothing of one
//! person alone is on it.
use super::chart::Chart;
use super::presence::CodeShown;
use super::room::{Loaded, Room};
use crate::components::live::LinkState;
use crate::components::ticking::Ticking;
use crate::dto::identity::Me;
use crate::dto::meetings::{AgendaItem, MeetingDetail, Vote, VoteForm};
use crate::i18n::{t, tf};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn ScreenPage() -> impl IntoView {
    view! { <Loaded show=|detail, me| view! { <Screen detail me /> }.into_any() /> }
}

/// The vote that runs; without one, the last of the item under discussion.
fn shown_vote(d: &MeetingDetail) -> Option<Vote> {
    let running = d.votes.iter().find(|v| v.open);
    running
        .or_else(|| d.votes.iter().rev().find(|v| v.item_id == d.current_item))
        .cloned()
}

#[component]
fn Screen(detail: MeetingDetail, me: Me) -> impl IntoView {
    let title = detail.row.title.clone();
    let room = Room::new(detail, me.id);
    room.stay_alive();
    let conducts = room.may_conduct();
    let item = Memo::new(move |_| {
        room.detail
            .with(|d| d.items.iter().find(|i| d.current_item.as_ref() == Some(&i.id)).cloned())
    });
    let speaking = Memo::new(move |_| room.detail.with(|d| d.floor.speaking.clone()));
    let next = Memo::new(move |_| {
        room.detail
            .with(|d| d.floor.waiting.iter().take(3).map(|s| s.full_name.clone()).collect::<Vec<_>>())
    });
    let vote = Memo::new(move |_| room.detail.with(shown_vote));
    let quorum = move || {
        let q = room.detail.with(|d| d.quorum());
        tf(
            "screen.present",
            &[("n", &q.present.to_string()), ("needed", &q.needed.to_string())],
        )
    };
    view! {
        <Title text=[title.as_str(), " · kyhop"].concat() />
        <div class="screen" data-test="screen">
            <header class="screen-head">
                <h1>{title.clone()}</h1>
                // Not a paragraph: the link's state is one.
                <div class="screen-state">
                    <span>{quorum}</span>
                    <LinkState />
                </div>
            </header>
            {conducts.then(|| view! { <CodeShown room /> })}
            {move || match item.get() {
                Some(item) => view! { <Current item /> }.into_any(),
                None => view! { <p class="screen-idle">{t("screen.no_item")}</p> }.into_any(),
            }}
            {move || {
                speaking
                    .get()
                    .map(|s| {
                        view! {
                            <section class="screen-speaker" data-test="screen-speaker">
                                <p class="screen-label">{t("screen.speaking")}</p>
                                <p class="screen-name">{s.full_name}</p>
                                <Ticking clock=Signal::stored(s.clock) label=t("clock.speaker") />
                            </section>
                        }
                    })
            }}
            <Show when=move || !next.with(Vec::is_empty)>
                <p class="screen-next">{move || [t("screen.next"), " ", &next.get().join(", ")].concat()}</p>
            </Show>
            {move || vote.get().map(|vote| view! { <Result vote /> })}
        </div>
    }
    .into_any()
}

#[component]
fn Current(item: AgendaItem) -> impl IntoView {
    view! {
        <section class="screen-item" data-test="screen-item">
            <p class="screen-label">{tf("screen.item", &[("n", &item.position.to_string())])}</p>
            <h2>{item.title}</h2>
            <p>{item.presenter} " " <Ticking clock=Signal::stored(item.clock) label=t("clock.item") /></p>
        </section>
    }
    .into_any()
}

#[component]
fn Result(vote: Vote) -> impl IntoView {
    let told = vote.form == VoteForm::Open || !vote.open;
    let outcome = match (vote.open, vote.passed) {
        (true, _) => t("meetings.vote_running"),
        (false, Some(true)) => t("meetings.carried"),
        (false, Some(false)) => t("meetings.not_carried"),
        (false, None) => t("meetings.vote_closed"),
    };
    let cast = tf(
        "meetings.cast_of",
        &[("n", &vote.ballots.to_string()), ("all", &vote.eligible.to_string())],
    );
    let passed = vote.passed;
    view! {
        <section class="screen-vote" data-test="screen-vote">
            <h2>{vote.question.clone()}</h2>
            {if told {
                view! { <Chart vote=Signal::stored(vote) /> }.into_any()
            } else {
                view! { <p>{t("vote.secret_open")}</p> }.into_any()
            }}
            <p class="screen-outcome" class:screen-good=passed == Some(true) class:screen-bad=passed == Some(false)>
                {outcome}
                " · "
                {cast}
            </p>
        </section>
    }
    .into_any()
}
