//! What an invited person answers, and the secretary's hand on the list of members.
use super::presence::CodeRule;
use super::room::Room;
use crate::actions::identity::people;
use crate::actions::meetings::{add_member, answer_invitation, get_meeting, remove_member, set_quorum};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::form_foot::FormFoot;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::{ErrorNote, Failure, Loading};
use crate::dto::identity::Person;
use crate::dto::meetings::{Answer, Member, QuorumRule};
use crate::i18n::t;
use crate::ids::UserId;
use leptos::prelude::*;

/// Comes, does not come, sends somebody: for members until they are here.
#[component]
pub fn Answering(room: Room) -> impl IntoView {
    let call = Call::new();
    let (declining, delegating) = (RwSignal::new(false), RwSignal::new(false));
    let me = room.me();
    let mine = Memo::new(move |_| room.detail.with(|d| d.members.iter().find(|m| m.user_id == me).cloned()));
    let asked = move || mine.with(|m| m.as_ref().is_some_and(|m| m.part != "secretary" && m.checked_in.is_none()));
    let may_send = move || mine.with(|m| m.as_ref().is_some_and(|m| m.part != "chair" && m.stands_for.is_empty()));
    let is = move |answer: &'static str| {
        let given = mine.with(|m| m.as_ref().is_some_and(|m| m.answer == answer));
        room.answer_waits().map_or(given, |waits| waits == answer).to_string()
    };
    view! {
        <Show when=asked>
            <div class="row" role="group" aria-label=t("answer.my_answer")>
                <button
                    type="button"
                    class="button"
                    data-test="answer-accept"
                    aria-pressed=move || is("accepted")
                    disabled=move || call.blocked()
                    on:click=move |_| call.run(room.accept(), |()| ())
                >
                    {t("answer.accept")}
                </button>
                <button
                    type="button"
                    class="button"
                    data-test="answer-decline"
                    aria-pressed=move || is("declined")
                    disabled=move || call.blocked()
                    on:click=move |_| declining.set(true)
                >
                    {t("answer.decline")}
                </button>
                <Show when=may_send>
                    <button
                        type="button"
                        class="button"
                        data-test="answer-delegate"
                        aria-pressed=move || is("delegated")
                        disabled=move || call.blocked()
                        on:click=move |_| delegating.set(true)
                    >
                        {t("answer.delegate")}
                    </button>
                </Show>
            </div>
            <Failure error=call.error />
        </Show>
        <Dialog open=declining title=t("answer.decline")>
            <Say room open=declining people=None />
        </Dialog>
        <Dialog open=delegating title=t("answer.delegate")>
            <p>{t("answer.delegate_text")}</p>
            <Suspense fallback=Loading>
                {move || Suspend::new(async move {
                    match people(String::new()).await {
                        Ok(all) => view! { <Say room open=delegating people=Some(all) /> }.into_any(),
                        Err(error) => view! { <ErrorNote error /> }.into_any(),
                    }
                })}
            </Suspense>
        </Dialog>
    }
    .into_any()
}

/// Why not, and with `people` who comes instead.
#[component]
fn Say(room: Room, open: RwSignal<bool>, people: Option<Vec<Person>>) -> impl IntoView {
    let call = Call::new();
    let (reason, to) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let delegates = people.is_some();
    let choices = people.map(|all| {
        let free = all.into_iter().filter(|p| p.active && !invited(&room, &p.id));
        free.map(|p| view! { <option value=p.id.0.clone()>{[p.full_name.as_str(), ", ", &p.place()].concat()}</option> })
            .collect_view()
    });
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let reason = reason.get_untracked();
        if !delegates {
            return call.run(room.decline(reason), move |()| open.set(false));
        }
        let to = UserId(to.get_untracked());
        call.run(answer_invitation(room.id(), Answer::Delegate { to, reason }), move |()| {
            open.set(false)
        });
    };
    view! {
        <form on:submit=send>
            {choices
                .map(|choices| {
                    view! {
                        <Field id="to" label=t("answer.to") error=call.error>
                            <select id="to" data-test="answer-to" required on:change:target=move |ev| to.set(ev.target().value())>
                                <option value="">{t("answer.choose")}</option>
                                {choices}
                            </select>
                        </Field>
                    }
                })}
            <Field id="reason" label=t("answer.reason") error=call.error>
                <input
                    id="reason"
                    data-test="answer-reason"
                    maxlength="300"
                    required=!delegates
                    prop:value=reason
                    on:input:target=move |ev| reason.set(ev.target().value())
                />
            </Field>
            <Failure error=call.error />
            <FormFoot call open words=t("answer.send") test="answer-send" />
        </form>
    }
    .into_any()
}

fn invited(room: &Room, person: &UserId) -> bool {
    room.detail.with_untracked(|d| d.members.iter().any(|m| m.user_id == *person))
}

/// Adding and removing: each at once, as the list beside it shows.
#[component]
pub fn EditMembers(room: Room) -> impl IntoView {
    let open = RwSignal::new(false);
    // Reasons are told to the secretary alone, so they come with no event.
    let answers = Memo::new(move |_| {
        let of = |m: &Member| (m.user_id.clone(), m.answer.clone());
        room.detail.with(|d| d.members.iter().map(of).collect::<Vec<_>>())
    });
    // Also at the beginning: an answer may have come while this part was on its way. What was asked before is not put over
    // what was asked later, in whatever order they come back.
    let asked = StoredValue::new(0_u32);
    Effect::new(move |_| {
        // Read, not only tracked: a memo that nobody reads is never worked out, and tells of no change.
        answers.with(|_| ());
        asked.update_value(|n| *n += 1);
        let number = asked.get_value();
        leptos::task::spawn_local(async move {
            if let Ok(found) = get_meeting(room.id()).await
                && asked.try_get_value() == Some(number)
            {
                let _ = room.detail.try_update(|d| d.absent = found.absent);
            }
        });
    });
    let ready = crate::components::layout::use_ready();
    view! {
        <button
            type="button"
            class="button button-quiet"
            data-test="members-edit"
            disabled=move || !ready.get()
            on:click=move |_| open.set(true)
        >
            <Glyph icon=Icon::People />
            {t("answer.edit_members")}
        </button>
        <RuleChoice room />
        <CodeRule room />
        <Dialog open title=t("answer.edit_members") roomy=true>
            <p class="hint">{t("answer.members_hint")}</p>
            <Suspense fallback=Loading>
                {move || Suspend::new(async move {
                    match people(String::new()).await {
                        Ok(all) => view! { <Lines room all /> }.into_any(),
                        Err(error) => view! { <ErrorNote error /> }.into_any(),
                    }
                })}
            </Suspense>
        </Dialog>
    }
    .into_any()
}

/// How many must be there to decide.
#[component]
fn RuleChoice(room: Room) -> impl IntoView {
    let call = Call::new();
    let rule = Memo::new(move |_| room.detail.with(|d| d.quorum_rule));
    let words = |rule: QuorumRule| match rule {
        QuorumRule::TwoThirdsAll => t("quorum.two_thirds_all"),
        QuorumRule::HalfAll => t("quorum.half_all"),
        QuorumRule::None => t("quorum.none"),
    };
    view! {
        <Field id="quorum" label=t("quorum.rule") error=call.error>
            <select
                id="quorum"
                data-test="quorum-rule"
                disabled=move || call.blocked()
                prop:value=move || rule.get().as_str()
                on:change:target=move |ev| {
                    if let Some(chosen) = QuorumRule::parse(&ev.target().value()) {
                        call.run(set_quorum(room.id(), chosen), |()| ());
                    }
                }
            >
                {QuorumRule::ALL
                    .into_iter()
                    .map(|r| {
                        let selected = rule.with_untracked(|now| *now == r);
                        view! {
                            <option value=r.as_str() selected=selected>
                                {words(r)}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </Field>
        <Failure error=call.error />
    }
    .into_any()
}

#[component]
fn Lines(room: Room, all: Vec<Person>) -> impl IntoView {
    let call = Call::new();
    let text = RwSignal::new(String::new());
    let line = move |p: Person| {
        let (id, words) = (
            StoredValue::new(p.id.clone()),
            [p.full_name.as_str(), " ", &p.place()].concat().to_lowercase(),
        );
        let key = p.id.clone();
        let part = Memo::new(move |_| {
            room.detail.with(|d| {
                d.members
                    .iter()
                    .find(|m| m.user_id == key)
                    .map(|m| (m.part.clone(), m.checked_in.is_some()))
            })
        });
        let fixed = move || {
            part.with(|p| {
                p.as_ref()
                    .is_some_and(|(part, here)| *here || part == "chair" || part == "secretary")
            })
        };
        let is_member = move || part.with(Option::is_some);
        let act = move |_| {
            let id = id.get_value();
            if is_member() {
                call.run(remove_member(room.id(), id), |()| ());
            } else {
                call.run(add_member(room.id(), id), |()| ());
            }
        };
        view! {
            <li class="member" hidden=move || !words.contains(&text.read().to_lowercase()) data-test="member-line" data-user=p.username.clone()>
                <span>
                    <strong>{p.full_name.clone()}</strong>
                    " "
                    <span class="quiet">{p.place()}</span>
                </span>
                <button
                    type="button"
                    class="button"
                    aria-pressed=move || is_member().to_string()
                    disabled=move || call.blocked() || fixed()
                    on:click=act
                >
                    {move || if is_member() { t("answer.remove") } else { t("answer.add") }}
                </button>
            </li>
        }
    };
    let lines = all.into_iter().filter(|p| p.active).map(line).collect_view();
    view! {
        <input
            type="search"
            aria-label=t("meetings.find_person")
            placeholder=t("meetings.find_person")
            data-test="members-find"
            on:input:target=move |ev| text.set(ev.target().value())
        />
        <Failure error=call.error />
        <ul class="members">{lines}</ul>
    }
    .into_any()
}
