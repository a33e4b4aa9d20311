//! Who takes part and who is here.
use super::conducting::{Prep, Prepare};
use super::hands::{Hand, InHand};
use super::room::Room;
use crate::components::call::Call;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::Failure;
use crate::dto::meetings::{MeetingState, Member, Quorum};
use crate::i18n::{t, tf};
use crate::ids::UserId;
use leptos::prelude::*;

/// One tap: I am here.
#[component]
pub fn CheckIn(room: Room, me: UserId) -> impl IntoView {
    let call = Call::new();
    let mine = Memo::new(move |_| {
        let member = room.detail.with(|d| d.members.iter().find(|m| m.user_id == me).cloned());
        member.map(|m| m.checked_in)
    });
    let waits = Memo::new(move |_| room.check_in_waits());
    let state = Memo::new(move |_| room.detail.with(|d| d.row.state));
    let knows = room.may_conduct();
    let by_code = Memo::new(move |_| !knows && room.detail.with(|d| d.by_code));
    view! {
        <Failure error=call.error />
        {move || match mine.get() {
            None => None,
            Some(Some(at)) => {
                Some(
                    view! {
                        <p class="checked-in" data-test="checked-in">
                            <Glyph icon=Icon::Check />
                            {tf("meetings.checked_in_at", &[("at", &at.text)])}
                        </p>
                    }
                        .into_any(),
                )
            }
            Some(None) if waits.get() => {
                Some(view! { <p class="checked-in">{t("meetings.check_in_waits")}</p> }.into_any())
            }
            Some(None) if by_code.get() => Some(view! { <InHand hand=Hand::Code(room) /> }.into_any()),
            Some(None) => {
                matches!(state.get(), MeetingState::Published | MeetingState::Open)
                    .then(|| {
                        view! {
                            <CheckInButton room call hook="check-in" />
                        }
                            .into_any()
                    })
            }
        }}
    }
    .into_any()
}

/// Điểm danh, wherever it is offered; `hook` is its name for the browser tests.
#[component]
pub fn CheckInButton(room: Room, call: Call, hook: &'static str) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button button-main"
            data-test=hook
            disabled=move || call.blocked()
            aria-busy=move || call.busy().to_string()
            on:click=move |_| call.run(room.check_in(String::new()), |()| ())
        >
            <Glyph icon=Icon::Check />
            {t("meetings.check_in")}
        </button>
    }
    .into_any()
}

fn part_name(part: &str) -> Option<&'static str> {
    match part {
        "chair" => Some(t("meetings.chair")),
        "secretary" => Some(t("meetings.secretary")),
        _ => None,
    }
}

#[component]
pub fn People(room: Room) -> impl IntoView {
    let members = move || room.detail.with(|d| d.members.clone());
    let count = move || {
        room.detail.with(|d| {
            let here = d.members.iter().filter(|m| m.checked_in.is_some()).count();
            tf(
                "meetings.present",
                &[("n", &here.to_string()), ("all", &d.members.len().to_string())],
            )
        })
    };
    let may_manage = room.detail.with_untracked(|d| d.may_manage);
    let closed = Memo::new(move |_| room.detail.with(|d| d.row.state.over()));
    let quorum = Memo::new(move |_| room.detail.with(|d| d.quorum()));
    let takes_place = move || room.detail.with(|d| d.row.state != MeetingState::Cancelled);
    let enough = move || {
        let Quorum { present, needed } = quorum.get();
        let key = if quorum.get().reached() {
            "meetings.quorum"
        } else {
            "meetings.no_quorum"
        };
        let numbers = [("n", present.to_string()), ("needed", needed.to_string())];
        tf(key, &numbers.each_ref().map(|(name, number)| (*name, number.as_str())))
    };
    view! {
        <section class="sheet">
            <Show when=takes_place>
                <p
                    class="badge"
                    class:badge-good=move || quorum.get().reached()
                    class:badge-wait=move || !quorum.get().reached()
                    role="status"
                    data-test="quorum"
                    data-reached=move || quorum.get().reached().to_string()
                >
                    {enough}
                </p>
            </Show>
            <details class="fold">
                <summary>
                    <h2>{t("meetings.members")}</h2>
                    <span class="quiet" data-test="present">
                        {count}
                    </span>
                </summary>
                <ul class="members">
                    <For each=members key=|m| (m.user_id.clone(), m.checked_in.is_some(), m.answer.clone(), m.part.clone(), m.stands_for.clone()) let(member)>
                        <Row room member />
                    </For>
                </ul>
                {may_manage
                    .then(|| {
                        view! {
                            <Show when=move || !closed.get()>
                                <Prepare with=Prep::Members(room) />
                            </Show>
                        }
                    })}
            </details>
        </section>
    }
    .into_any()
}

#[component]
fn Row(room: Room, member: Member) -> impl IntoView {
    let here = member.checked_in.is_some();
    let stands = (!member.stands_for.is_empty()).then(|| tf("answer.stands_for", &[("name", &member.stands_for)]));
    let id = member.user_id.clone();
    let reason = move || {
        room.detail
            .with(|d| d.absent.iter().find(|a| a.user_id == id).map(|a| a.reason.clone()))
            .filter(|r| !r.is_empty())
    };
    let state = match (here, member.answer.as_str()) {
        (true, _) => t("meetings.here"),
        (false, "accepted") => t("answer.accepted"),
        (false, "declined") => t("answer.declined"),
        (false, "delegated") => t("answer.delegated"),
        _ => t("meetings.not_here"),
    };
    let answer = member.answer.clone();
    let manages = room.detail.with_untracked(|d| d.may_manage);
    let who = StoredValue::new(member.user_id.clone());
    let expected = Memo::new(move |_| {
        room.detail
            .with(|d| d.row.state == MeetingState::Open || (d.row.state == MeetingState::Published && d.row.today))
    });
    view! {
        <li class="member" class:member-here=here>
            <span>
                <strong>{member.full_name}</strong>
                <span class="list-meta">
                    <span>{member.position}</span>
                    {stands.map(|words| view! { <span>{words}</span> })}
                    {move || reason().map(|r| view! { <span class="quiet">{r}</span> })}
                    {part_name(&member.part).map(|part| view! { <span class="badge">{part}</span> })}
                </span>
            </span>
            <span class="quiet" data-test="member-state" data-answer=answer>{state}</span>
            {(manages && !here && member.part != "delegated")
                .then(|| {
                    view! {
                        <Show when=move || expected.get()>
                            <Prepare with=Prep::Present(room, who.get_value()) />
                        </Show>
                    }
                })}
        </li>
    }
}
