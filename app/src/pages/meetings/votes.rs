//! Open votes: asked by the secretary, answered with one tap, counted before everybody's eyes.
use super::chart::{Chart, choice_name, majority_name};
use super::conducting::{Later, Tool};
use super::hands::{Hand, InHand};
use super::people::CheckInButton;
use super::room::Room;
use super::secret::{LaterSecret, SecretTool};
use crate::actions::meetings::{close_vote, open_vote};
use crate::components::call::Call;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::use_ready;
use crate::components::notice::Failure;
use crate::dto::meetings::{Choice, Majority, MeetingState, Motion, Vote, VoteForm};
use crate::i18n::{t, tf};
use crate::ids::VoteId;
use leptos::prelude::*;

fn may_vote(room: Room) -> bool {
    room.detail.with_untracked(|d| matches!(d.my_part.as_str(), "chair" | "member"))
}

/// A button for each choice, the chosen one marked; `hook` and the choice's name find them in tests.
pub fn choices(hook: &'static str, call: Call, chosen: Signal<Option<Choice>>, pick: Callback<Choice>) -> AnyView {
    view! {
        <div class="ballot" role="group" aria-label=t("meetings.ballot")>
            {Choice::ALL
                .into_iter()
                .map(|choice| {
                    view! {
                        <button
                            type="button"
                            class=["button ballot-", choice.as_str()].concat()
                            data-test=[hook, choice.as_str()].concat()
                            aria-pressed=move || (chosen.get() == Some(choice)).to_string()
                            disabled=move || call.blocked()
                            on:click=move |_| pick.run(choice)
                        >
                            {choice_name(choice)}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}

#[component]
pub fn Ballot(room: Room, id: VoteId, #[prop(into)] mine: Signal<Option<Choice>>) -> impl IntoView {
    let call = Call::new();
    let id = StoredValue::new(id);
    let pick = Callback::new(move |choice| {
        let id = id.get_value();
        call.run(room.cast(id, choice), |()| ());
    });
    view! {
        {choices("vote-", call, mine, pick)}
        <Failure error=call.error />
    }
    .into_any()
}

/// In place of the ballot of somebody who has not checked in: what it takes, with the button that does it.
#[component]
fn FirstCheckIn(room: Room) -> impl IntoView {
    let call = Call::new();
    view! {
        <p>{t("meetings.check_in_to_vote")}</p>
        <div class="ballot">
            <CheckInButton room call hook="vote-check-in" />
        </div>
        <Failure error=call.error />
    }
    .into_any()
}

/// A vote that waits for this person's ballot, laid over the foot of the room so that nothing else moves.
#[component]
pub fn BallotSheet(room: Room) -> impl IntoView {
    let waiting = Memo::new(move |_| {
        let votes = room.detail.with(|d| d.votes.clone());
        let done = |v: &Vote| v.mine.is_some() || room.cast.with(|cast| cast.contains(&v.id));
        votes.into_iter().find(|v| v.open && !done(v)).map(|v| (v.id, v.question, v.form))
    });
    let present = Memo::new(move |_| room.present());
    may_vote(room).then(|| {
        view! {
            <div role="status">
                {move || {
                    waiting
                        .get()
                        .map(|(id, question, form)| {
                            view! {
                                <section class="ballot-sheet" aria-label=t("meetings.vote_now")>
                                    <p class="quiet">{t("meetings.vote_now")}</p>
                                    <h2>{question}</h2>
                                    {if present.get() {
                                        match form {
                                            VoteForm::Open => view! { <Ballot room id mine=Signal::stored(None) /> }.into_any(),
                                            VoteForm::Secret => view! { <LaterSecret tool=SecretTool::Ballot(room, id) /> }.into_any(),
                                        }
                                    } else {
                                        view! { <FirstCheckIn room /> }.into_any()
                                    }}
                                </section>
                            }
                        })
                }}
            </div>
        }
    })
}

#[component]
pub fn Votes(room: Room) -> impl IntoView {
    let may_conduct = room.may_conduct();
    let ids = Memo::new(move |_| room.detail.with(|d| d.votes.iter().rev().map(|v| v.id.clone()).collect::<Vec<_>>()));
    let in_session = Memo::new(move |_| room.detail.with(|d| d.row.state == MeetingState::Open));
    let running = Memo::new(move |_| room.detail.with(|d| d.votes.iter().any(|v| v.open)));
    let shown = move || !ids.with(Vec::is_empty) || (may_conduct && in_session.get());
    view! {
        <Show when=shown>
            <section class="sheet votes">
                <h2>{t("meetings.votes")}</h2>
                <Show when=move || may_conduct && in_session.get() && !running.get()>
                    <Later tool=Tool::Ask(room) />
                </Show>
                <ul class="vote-list">
                    <For each=move || ids.get() key=|id| id.clone() let(id)>
                        <VoteCard room id may_conduct />
                    </For>
                </ul>
            </section>
        </Show>
    }
    .into_any()
}

/// Puts a question to the vote, for the item under discussion if there is one.
#[component]
pub fn Ask(room: Room) -> impl IntoView {
    let call = Call::new();
    let ready = use_ready();
    let current = Memo::new(move |_| {
        room.detail.with(|d| {
            let item = d.items.iter().find(|i| d.current_item.as_ref() == Some(&i.id));
            item.map(|i| (i.id.clone(), i.title.clone()))
        })
    });
    let question = RwSignal::new(None::<String>);
    let majority = RwSignal::new(Majority::default());
    let form = RwSignal::new(VoteForm::default());
    let text = move || {
        let offered = || current.get().map(|(_, title)| tf("meetings.question_of", &[("title", &title)]));
        question.get().or_else(offered).unwrap_or_default()
    };
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let motion = Motion {
            item: current.get_untracked().map(|(id, _)| id),
            question: untrack(text),
            majority: majority.get_untracked(),
            form: form.get_untracked(),
        };
        call.run(open_vote(room.id(), motion), move |_| question.set(None));
    };
    view! {
        <form class="ask" on:submit=send>
            <label for="question">{t("meetings.question")}</label>
            <textarea
                id="question"
                required
                maxlength="500"
                rows="2"
                disabled=move || !ready.get()
                prop:value=text
                on:input:target=move |ev| question.set(Some(ev.target().value()))
            ></textarea>
            <label class="check">
                <input
                    type="checkbox"
                    data-test="vote-secret"
                    disabled=move || !ready.get()
                    prop:checked=move || form.get() == VoteForm::Secret
                    on:change=move |ev| form.set(if event_target_checked(&ev) { VoteForm::Secret } else { VoteForm::Open })
                />
                {t("vote.secret")}
            </label>
            <label for="majority">{t("vote.majority")}</label>
            <select
                id="majority"
                disabled=move || !ready.get()
                on:change:target=move |ev| majority.set(Majority::parse(&ev.target().value()).unwrap_or_default())
            >
                {Majority::ALL
                    .into_iter()
                    .map(|m| view! { <option value=m.as_str() selected=move || majority.get() == m>{majority_name(m)}</option> })
                    .collect_view()}
            </select>
            <Failure error=call.error />
            <button type="submit" class="button button-main" data-test="vote-open" disabled=move || call.blocked()>
                <Glyph icon=Icon::Vote />
                {t("meetings.vote_open")}
            </button>
        </form>
    }
    .into_any()
}

#[component]
fn VoteCard(room: Room, id: VoteId, may_conduct: bool) -> impl IntoView {
    let call = Call::new();
    let key = id.clone();
    let vote = Memo::new(move |before: Option<&Vote>| {
        let now = room.detail.with(|d| d.votes.iter().find(|v| v.id == key).cloned());
        now.or_else(|| before.cloned()).unwrap_or_default()
    });
    let open = Memo::new(move |_| vote.with(|v| v.open));
    let mine = Memo::new(move |_| vote.with(|v| v.mine));
    // What a secret vote says is told at its closing.
    let told = Memo::new(move |_| vote.with(|v| v.form == VoteForm::Open || !v.open));
    let recount = Memo::new(move |_| vote.with(|v| v.form == VoteForm::Secret && !v.open));
    let passed = move || vote.with(|v| v.passed);
    let counted = move || vote.with(|v| (v.ballots, v.eligible));
    let id = StoredValue::new(id);
    view! {
        <li class="vote" data-test="vote" data-open=move || open.get().to_string()>
            <p class="vote-question">{move || vote.with(|v| v.question.clone())}</p>
            <Show when=move || told.get() fallback=move || view! { <p class="quiet">{t("vote.secret_open")}</p> }>
                <Chart vote />
            </Show>
            <p class="row">
                {move || match (open.get(), passed()) {
                    (true, _) => view! { <span class="badge badge-wait">{t("meetings.vote_running")}</span> }.into_any(),
                    (false, Some(true)) => view! { <span class="badge badge-good">{t("meetings.carried")}</span> }.into_any(),
                    (false, Some(false)) => view! { <span class="badge badge-bad">{t("meetings.not_carried")}</span> }.into_any(),
                    (false, None) => view! { <span class="badge">{t("meetings.vote_closed")}</span> }.into_any(),
                }}
                <span class="quiet">
                    {move || {
                        let (cast, all) = counted();
                        tf("meetings.cast_of", &[("n", &cast.to_string()), ("all", &all.to_string())])
                    }}
                </span>
            </p>
            {move || {
                mine.get()
                    .map(|choice| view! { <p class="quiet">{tf("meetings.my_choice", &[("choice", choice_name(choice))])}</p> })
            }}
            <Show when=move || recount.get()>
                <LaterSecret tool=SecretTool::Recount(room, id.get_value()) />
            </Show>
            <Show when=move || may_vote(room) && open.get() && mine.get().is_some()>
                <InHand hand=Hand::Ballot(room, id.get_value(), mine) />
            </Show>
            <Show when=move || may_conduct && open.get()>
                <button
                    type="button"
                    class="button"
                    data-test="vote-close"
                    disabled=move || call.blocked()
                    on:click=move |_| call.run(close_vote(id.get_value()), |()| ())
                >
                    {t("meetings.vote_close")}
                </button>
            </Show>
            <Failure error=call.error />
        </li>
    }
    .into_any()
}
