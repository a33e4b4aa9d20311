//! Phát biểu: asking for the floor, the list of those who wait, and the speaker with the clock.
use super::conducting::{Later, Tool};
use super::room::Room;
use crate::actions::meetings::{ask_to_speak, end_speech, give_floor, set_speech_clock, withdraw_speech};
use crate::components::call::Call;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::Failure;
use crate::components::ticking::Ticking;
use crate::dto::floor::{Clock, ClockStep, Speech};
use crate::dto::meetings::MeetingState;
use crate::i18n::{t, tf};
use crate::ids::{SpeechId, UserId};
use leptos::prelude::*;

/// Lengths of a speech to choose from, in minutes; 0 for no limit.
const LENGTHS: [u32; 6] = [2, 3, 5, 10, 15, 0];
const USUAL: u32 = 5;

fn in_session(room: Room) -> Memo<bool> {
    Memo::new(move |_| room.detail.with(|d| d.row.state == MeetingState::Open))
}

/// What this person has to do with the floor.
#[derive(Debug, Clone, PartialEq)]
enum Mine {
    /// Not asked for.
    Not,
    /// Asked for on this device; the server does not know it yet.
    Unsent,
    Waiting(usize, SpeechId),
    Speaking(SpeechId),
}

/// In the head of the room, always at hand: one tap to ask, one to take it back.
#[component]
pub fn AskFloor(room: Room) -> impl IntoView {
    let call = Call::new();
    let open = in_session(room);
    let mine = Memo::new(move |_| {
        let me = room.me();
        room.detail.with(|d| match &d.floor.speaking {
            Some(speech) if speech.user_id == me => Mine::Speaking(speech.id.clone()),
            _ => match d.floor.place_of(&me) {
                Some((number, speech)) => Mine::Waiting(number, speech.id.clone()),
                None if room.floor_waits() => Mine::Unsent,
                None => Mine::Not,
            },
        })
    });
    let belongs = room.detail.with_untracked(|d| !d.my_part.is_empty());
    let shown = move || belongs && open.get() && (room.present() || mine.get() != Mine::Not);
    view! {
        <Show when=shown>
            <div class="ask-floor" role="status">
                {move || match mine.get() {
                    Mine::Not => {
                        view! {
                            <button
                                type="button"
                                class="button"
                                data-test="floor-ask"
                                disabled=move || call.blocked()
                                aria-busy=move || call.busy().to_string()
                                on:click=move |_| call.run(room.ask_floor(), |()| ())
                            >
                                <Glyph icon=Icon::Hand />
                                {t("floor.ask")}
                            </button>
                        }
                            .into_any()
                    }
                    Mine::Unsent => view! { <span class="badge badge-wait">{t("floor.unsent")}</span> }.into_any(),
                    Mine::Waiting(number, id) => {
                        view! {
                            <span class="badge badge-wait" data-test="floor-mine" data-number=number.to_string()>
                                {tf("floor.waiting_at", &[("n", &number.to_string())])}
                            </span>
                            <button
                                type="button"
                                class="button button-quiet"
                                data-test="floor-withdraw"
                                disabled=move || call.blocked()
                                on:click=move |_| call.run(withdraw_speech(id.clone()), |()| ())
                            >
                                {t("floor.withdraw")}
                            </button>
                        }
                            .into_any()
                    }
                    Mine::Speaking(id) => {
                        view! {
                            <span class="badge badge-good" data-test="floor-speaking">
                                {t("floor.you_speak")}
                            </span>
                            <button
                                type="button"
                                class="button button-quiet"
                                data-test="floor-done"
                                disabled=move || call.blocked()
                                on:click=move |_| call.run(end_speech(id.clone()), |()| ())
                            >
                                {t("floor.done")}
                            </button>
                        }
                            .into_any()
                    }
                }}
            </div>
        </Show>
        <Failure error=call.error />
    }
    .into_any()
}

#[component]
pub fn FloorPanel(room: Room) -> impl IntoView {
    let open = in_session(room);
    let may_conduct = room.may_conduct();
    let call = Call::new();
    let minutes = RwSignal::new(USUAL);
    let speaking = Memo::new(move |_| room.detail.with(|d| d.floor.speaking.clone()));
    let waiting = Memo::new(move |_| room.detail.with(|d| d.floor.waiting.clone()));
    let nobody = move || speaking.with(Option::is_none) && waiting.with(Vec::is_empty);
    view! {
        <Show when=move || open.get()>
            <section class="sheet floor" data-test="floor">
                <h2>{t("floor.title")}</h2>
                <Failure error=call.error />
                {move || speaking.get().map(|speech| view! { <Speaker speech call may_conduct /> })}
                <Show when=nobody>
                    <p class="quiet">{t("floor.nobody")}</p>
                </Show>
                <Show when=move || may_conduct && !waiting.with(Vec::is_empty)>
                    <Later tool=Tool::Length(minutes) />
                </Show>
                <ol class="queue">
                    {move || {
                        let all = waiting.get().into_iter().enumerate();
                        all.map(|(at, speech)| view! { <Waiting number=at + 1 speech call minutes may_conduct /> }).collect_view()
                    }}
                </ol>
                {may_conduct.then(|| view! { <Later tool=Tool::AddSpeaker(room) /> })}
            </section>
        </Show>
    }
    .into_any()
}

#[component]
fn Speaker(speech: Speech, call: Call, may_conduct: bool) -> impl IntoView {
    let (id, clock) = (StoredValue::new(speech.id), speech.clock);
    view! {
        <div class="speaker" data-test="speaker" data-person=speech.user_id.to_string()>
            <p class="speaker-name">
                <strong>{speech.full_name}</strong>
                <span class="list-meta">{speech.position}</span>
            </p>
            <Ticking clock=Signal::stored(clock) label=t("clock.speaker") />
            {may_conduct
                .then(|| {
                    view! {
                        <div class="row">
                            <ClockButtons clock call set=move |step| call.run(set_speech_clock(id.get_value(), step), |()| ()) />
                            <button
                                type="button"
                                class="button button-main"
                                data-test="floor-end"
                                disabled=move || call.blocked()
                                on:click=move |_| call.run(end_speech(id.get_value()), |()| ())
                            >
                                {t("floor.end")}
                            </button>
                        </div>
                    }
                })}
        </div>
    }
    .into_any()
}

/// Pause or go on, and from the beginning.
#[component]
pub fn ClockButtons(clock: Clock, call: Call, #[prop(into)] set: Callback<ClockStep>) -> impl IntoView {
    let (step, words, icon) = if clock.running() {
        (ClockStep::Pause, t("clock.pause"), Icon::Pause)
    } else {
        (ClockStep::Start, t("clock.start"), Icon::Play)
    };
    view! {
        <button
            type="button"
            class="button button-quiet"
            data-test="clock-step"
            disabled=move || call.blocked()
            on:click=move |_| set.run(step)
        >
            <Glyph icon />
            {words}
        </button>
        <button
            type="button"
            class="button button-quiet"
            data-test="clock-reset"
            disabled=move || call.blocked()
            on:click=move |_| set.run(ClockStep::Reset)
        >
            {t("clock.reset")}
        </button>
    }
    .into_any()
}

#[component]
fn Waiting(number: usize, speech: Speech, call: Call, minutes: RwSignal<u32>, may_conduct: bool) -> impl IntoView {
    let (id, gone) = (speech.id.clone(), speech.id);
    let name = speech.full_name.clone();
    view! {
        <li class="queue-line" data-test="queue-line" data-person=speech.user_id.to_string()>
            <span class="agenda-number">{number}</span>
            <span class="queue-name">
                <strong>{speech.full_name}</strong>
                <span class="list-meta">
                    <span>{speech.position}</span>
                    {speech.again.then(|| view! { <span class="badge">{t("floor.again")}</span> })}
                </span>
            </span>
            {may_conduct
                .then(|| {
                    view! {
                        <span class="queue-tools">
                            <button
                                type="button"
                                class="button"
                                data-test="floor-give"
                                disabled=move || call.blocked()
                                on:click=move |_| call.run(give_floor(id.clone(), minutes.get_untracked() * 60), |()| ())
                            >
                                {t("floor.give")}
                            </button>
                            <button
                                type="button"
                                class="icon-button"
                                data-test="floor-strike"
                                aria-label=tf("floor.strike", &[("name", &name)])
                                title=tf("floor.strike", &[("name", &name)])
                                disabled=move || call.blocked()
                                on:click=move |_| call.run(withdraw_speech(gone.clone()), |()| ())
                            >
                                <Glyph icon=Icon::Close />
                            </button>
                        </span>
                    }
                })}
        </li>
    }
    .into_any()
}

#[component]
pub fn Length(minutes: RwSignal<u32>) -> impl IntoView {
    let words = |m: u32| {
        if m == 0 {
            t("floor.no_limit").to_owned()
        } else {
            tf("meetings.minutes", &[("n", &m.to_string())])
        }
    };
    view! {
        <label class="with-label">
            {t("floor.length")}
            <select
                data-test="floor-length"
                on:change:target=move |ev| minutes.set(ev.target().value().parse().unwrap_or(USUAL))
            >
                {LENGTHS
                    .into_iter()
                    .map(|m| view! { <option value=m.to_string() selected=move || minutes.get() == m>{words(m)}</option> })
                    .collect_view()}
            </select>
        </label>
    }
    .into_any()
}

/// A hand raised in the hall: chair and secretary write it down for those who do not tap themselves.
#[component]
pub fn AddSpeaker(room: Room) -> impl IntoView {
    let call = Call::new();
    let present = Memo::new(move |_| {
        room.detail.with(|d| {
            let here = d.members.iter().filter(|m| m.checked_in.is_some());
            let free = here.filter(|m| d.floor.place_of(&m.user_id).is_none());
            free.map(|m| (m.user_id.clone(), [m.full_name.as_str(), ", ", &m.position].concat()))
                .collect::<Vec<_>>()
        })
    });
    view! {
        <details class="fold">
            <summary>
                <span>{t("floor.add")}</span>
            </summary>
            <label class="with-label">
                <span class="visually-hidden">{t("floor.add")}</span>
                <select
                    data-test="floor-add"
                    disabled=move || call.blocked()
                    on:change:target=move |ev| {
                        let who = UserId(ev.target().value());
                        ev.target().set_value("");
                        if !who.0.is_empty() {
                            call.run(ask_to_speak(room.id(), Some(who)), |_| ());
                        }
                    }
                >
                    <option value="">{t("floor.add_choose")}</option>
                    <For each=move || present.get() key=|(id, _)| id.clone() let((id, name))>
                        <option value=id.to_string()>{name}</option>
                    </For>
                </select>
            </label>
            <Failure error=call.error />
        </details>
    }
    .into_any()
}
