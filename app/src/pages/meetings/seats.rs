//! Sơ đồ chỗ ngồi: where everybody sits, who is here, and how they voted where that is public. The secretary arranges it here too.
use super::room::Room;
use crate::actions::meetings::{open_ballots, seat, seat_all, set_hall};
use crate::components::call::Call;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::Failure;
use crate::dto::meetings::{Choice, Member, VoteForm};
use crate::dto::seating::Seating;
use crate::i18n::{t, tf};
use crate::ids::{UserId, VoteId};
use leptos::prelude::*;

/// Given names come last in Vietnamese: what a seat has room for.
fn given(full: &str) -> String {
    full.rsplit(' ').next().unwrap_or(full).to_owned()
}

fn choice_class(choice: Choice) -> &'static str {
    match choice {
        Choice::Agree => "seat-agree",
        Choice::Disagree => "seat-disagree",
        Choice::Other => "seat-other",
    }
}

/// The open vote that is shown on the map: the one that runs, else the latest; with its count, so that each ballot asks anew.
fn public_vote(room: Room) -> Option<(VoteId, u32)> {
    room.detail.with(|d| {
        let mut open = d.votes.iter().filter(|v| v.form == VoteForm::Open);
        let running = open.clone().find(|v| v.open);
        running.or_else(|| open.next_back()).map(|v| (v.id.clone(), v.ballots))
    })
}

#[component]
pub fn SeatPanel(room: Room) -> impl IntoView {
    let manages = room.detail.with_untracked(|d| d.may_manage);
    let seating = Memo::new(move |_| room.detail.with(|d| d.seating.clone()));
    let none = Memo::new(move |_| seating.with(|s| s.rows == 0));
    let over = Memo::new(move |_| room.detail.with(|d| d.row.state.over()));
    let arranging = RwSignal::new(false);
    let opened = RwSignal::new(false);
    let mine = move || {
        let at = seating.with(|s| s.of(&room.me()));
        at.map(|(row, column)| tf("seats.mine", &[("row", &row.to_string()), ("column", &column.to_string())]))
    };
    let taken = RwSignal::new(None::<UserId>);
    view! {
        <Show when=move || manages || !none.get()>
            <section class="sheet" data-test="seats">
                <details class="fold" on:toggle:target=move |ev| opened.set(ev.target().open())>
                    <summary data-test="seats-open">
                        <h2>{t("seats.title")}</h2>
                        <span class="quiet" data-test="seats-mine">
                            {mine}
                        </span>
                    </summary>
                    <Show when=move || manages && !over.get()>
                        <label class="check">
                            <input
                                type="checkbox"
                                data-test="seats-arrange"
                                prop:checked=move || arranging.get()
                                on:change:target=move |ev| arranging.set(ev.target().checked())
                            />
                            <span>{t("seats.arrange")}</span>
                        </label>
                    </Show>
                    <Show when=move || arranging.get()>
                        <Arrange room seating taken />
                    </Show>
                    <Show when=move || opened.get() && !none.get()>
                        <SeatMap room seating arranging taken />
                    </Show>
                    <Show when=move || manages && none.get()>
                        <p class="hint">{t("seats.none")}</p>
                    </Show>
                </details>
            </section>
        </Show>
    }
    .into_any()
}

/// Size of the hall, everybody seated at once, and whom the next tap on a seat seats.
#[component]
fn Arrange(room: Room, seating: Memo<Seating>, taken: RwSignal<Option<UserId>>) -> impl IntoView {
    let call = Call::new();
    let now = seating.get_untracked();
    let start = |n: u32, usual: u32| RwSignal::new(if n == 0 { usual } else { n }.to_string());
    let (rows, columns) = (start(now.rows, 4), start(now.columns, 6));
    let resize = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let number = |s: RwSignal<String>| s.get_untracked().trim().parse().unwrap_or(0);
        call.run(set_hall(room.id(), number(rows), number(columns)), |()| ());
    };
    let standing = move || {
        let seating = seating.get();
        room.detail.with(|d| {
            let all = d
                .members
                .iter()
                .filter(|m| m.part != "delegated" && seating.of(&m.user_id).is_none());
            all.cloned().collect::<Vec<Member>>()
        })
    };
    let size = |id: &'static str, label: &'static str, value: RwSignal<String>| {
        view! {
            <label class="seat-size">
                <span>{label}</span>
                <input
                    type="number"
                    inputmode="numeric"
                    min="1"
                    max="30"
                    required
                    data-test=id
                    prop:value=value
                    on:input:target=move |ev| value.set(ev.target().value())
                />
            </label>
        }
    };
    view! {
        <form class="row" on:submit=resize>
            {size("hall-rows", t("seats.rows"), rows)}
            {size("hall-columns", t("seats.columns"), columns)}
            <button type="submit" class="button" data-test="hall-save" disabled=move || call.blocked()>
                {t("seats.resize")}
            </button>
            <button
                type="button"
                class="button"
                data-test="seat-all"
                disabled=move || call.blocked() || seating.with(|s| s.rows == 0)
                on:click=move |_| call.run(seat_all(room.id()), |()| ())
            >
                {t("seats.all")}
            </button>
        </form>
        <Failure error=call.error />
        <p class="hint">{t("seats.hint")}</p>
        <ul class="seat-standing">
            {move || {
                standing()
                    .into_iter()
                    .map(|m| {
                        let (id, same) = (StoredValue::new(m.user_id.clone()), m.user_id.clone());
                        view! {
                            <li>
                                <button
                                    type="button"
                                    class="button button-quiet"
                                    data-test="seat-standing"
                                    aria-pressed=move || (taken.get().as_ref() == Some(&same)).to_string()
                                    on:click=move |_| taken.set(Some(id.get_value()))
                                >
                                    {m.full_name}
                                </button>
                            </li>
                        }
                    })
                    .collect_view()
            }}
        </ul>
    }
    .into_any()
}

#[component]
fn SeatMap(room: Room, seating: Memo<Seating>, arranging: RwSignal<bool>, taken: RwSignal<Option<UserId>>) -> impl IntoView {
    let call = Call::new();
    let ballots = Resource::new(
        move || public_vote(room),
        |vote| async move {
            match vote {
                Some((id, _)) => open_ballots(id).await.unwrap_or_default(),
                None => Vec::new(),
            }
        },
    );
    let choice_of = move |id: &UserId| ballots.get().and_then(|all| all.iter().find(|(who, _)| who == id).map(|(_, c)| *c));
    let tap = move |row: u32, column: u32| {
        let there = seating.with_untracked(|s| s.at(row, column).cloned());
        match (taken.get_untracked(), there) {
            // The same again stands up.
            (Some(held), Some(there)) if held == there => {
                taken.set(None);
                call.run(seat(room.id(), there, None), |()| ());
            }
            (Some(held), _) => {
                taken.set(None);
                call.run(seat(room.id(), held, Some((row, column))), |()| ());
            }
            (None, Some(there)) => taken.set(Some(there)),
            (None, None) => {}
        }
    };
    let cell = move |row: u32, column: u32| {
        let member = Memo::new(move |_| {
            let id = seating.with(|s| s.at(row, column).cloned());
            id.and_then(|id| room.detail.with(|d| d.members.iter().find(|m| m.user_id == id).cloned()))
        });
        let class = move || {
            let mut class = String::from("seat");
            member.with(|m| {
                let Some(m) = m else { return };
                class.push_str(if m.checked_in.is_some() { " seat-here" } else { " seat-away" });
                if m.user_id == room.me() {
                    class.push_str(" seat-mine");
                }
                if taken.with(|held| held.as_ref() == Some(&m.user_id)) {
                    class.push_str(" seat-held");
                }
                if let Some(choice) = choice_of(&m.user_id) {
                    class.push(' ');
                    class.push_str(choice_class(choice));
                }
            });
            class
        };
        let words = move || {
            let place = tf("seats.at", &[("row", &row.to_string()), ("column", &column.to_string())]);
            member.with(|m| match m {
                None => [place.as_str(), ": ", t("seats.free")].concat(),
                Some(m) => {
                    let here = if m.checked_in.is_some() {
                        t("meetings.here")
                    } else {
                        t("meetings.not_here")
                    };
                    let voted = choice_of(&m.user_id).map(|c| [", ", super::chart::choice_name(c)].concat());
                    [place.as_str(), ": ", &m.full_name, ", ", here, &voted.unwrap_or_default()].concat()
                }
            })
        };
        view! {
            <button
                type="button"
                class=class
                data-test="seat"
                data-row=row.to_string()
                data-column=column.to_string()
                title=words
                aria-label=words
                disabled=move || !arranging.get() || call.blocked()
                on:click=move |_| tap(row, column)
            >
                {move || member.with(|m| m.as_ref().map(|m| given(&m.full_name)))}
            </button>
        }
    };
    let grid = move || {
        let (rows, columns) = seating.with(|s| (s.rows, s.columns));
        let line = |row: u32| {
            let cells = (1..=columns).map(|column| cell(row, column)).collect_view();
            view! { <div class="seat-row">{cells}</div> }
        };
        view! { <div class="seat-map">{(1..=rows).map(line).collect_view()}</div> }
    };
    let voted = Memo::new(move |_| public_vote(room).is_some());
    view! {
        <p class="seat-front">{t("seats.front")}</p>
        <Transition fallback=|| ()>{grid}</Transition>
        <Failure error=call.error />
        <ul class="seat-legend">
            <li>
                <span class="seat seat-here" aria-hidden="true"><Glyph icon=Icon::Check /></span>
                {t("meetings.here")}
            </li>
            <li>
                <span class="seat seat-away" aria-hidden="true"></span>
                {t("meetings.not_here")}
            </li>
            <Show when=move || voted.get()>
                {Choice::ALL
                    .into_iter()
                    .map(|c| {
                        view! {
                            <li>
                                <span class=["seat ", choice_class(c)].concat() aria-hidden="true"></span>
                                {super::chart::choice_name(c)}
                            </li>
                        }
                    })
                    .collect_view()}
            </Show>
        </ul>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_has_room_for_the_given_name() {
        assert_eq!(given("Nguyễn Thị Thu Hà"), "Hà");
        assert_eq!(given("Hà"), "Hà");
    }
}
