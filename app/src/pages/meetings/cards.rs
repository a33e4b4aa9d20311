//! Mã ngồi máy phòng họp: one's own code for the tablets of the room, and the secretary's sheet of everybody's.
use super::room::Room;
use crate::actions::meetings::{own_seat_code, renew_seat_code, seat_codes};
use crate::components::call::Call;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::{PageHead, use_session};
use crate::components::notice::{ErrorNote, Failure, Loading};
use crate::dto::meetings::SeatCode;
use crate::i18n::{t, tf};
use crate::ids::{MeetingId, UserId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `1234 5678`: read aloud and typed more easily than eight in a row.
fn spaced(code: &str) -> String {
    match code.split_at_checked(4) {
        Some((a, b)) => [a, " ", b].concat(),
        None => code.to_owned(),
    }
}

fn picture(meeting: &MeetingId, person: &UserId, code: &str) -> String {
    ["/files/seat-code/", meeting.as_str(), "/", person.as_str(), ".svg?v=", code].concat()
}

/// For who comes, as long as the body has such tablets; not at one of them, where others look on.
#[component]
pub fn TabletCode(room: Room) -> impl IntoView {
    let session = use_session();
    let manages = room.detail.with_untracked(|d| d.may_manage);
    let elsewhere = move || matches!(session.get(), Some(Ok(Some(me))) if me.at.is_none());
    let comes = Memo::new(move |_| {
        room.detail
            .with(|d| d.tablets && !d.row.state.over() && !matches!(d.my_part.as_str(), "" | "delegated"))
    });
    let sheet = Memo::new(move |_| room.detail.with(|d| d.tablets && manages && !d.row.state.over()));
    let opened = RwSignal::new(false);
    let cards = StoredValue::new(["/meetings/", room.id().as_str(), "/cards"].concat());
    view! {
        <Show when=move || elsewhere() && (comes.get() || sheet.get())>
            <section class="sheet" data-test="tablet-code">
                <details class="fold" on:toggle:target=move |ev| opened.set(ev.target().open())>
                    <summary data-test="tablet-code-open">
                        <h2>{t("tablet_code.title")}</h2>
                    </summary>
                    <Show when=move || opened.get() && comes.get()>
                        <Own room />
                    </Show>
                    <Show when=move || sheet.get()>
                        <p>
                            <a href=cards.get_value() class="button" data-test="tablet-cards">
                                <Glyph icon=Icon::People />
                                {t("tablet_code.cards")}
                            </a>
                        </p>
                    </Show>
                </details>
            </section>
        </Show>
    }
    .into_any()
}

#[component]
fn Own(room: Room) -> impl IntoView {
    let code = LocalResource::new(move || own_seat_code(room.id()));
    view! {
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match code.await {
                    Ok(code) => {
                        view! {
                            <figure class="room-code">
                                <img src=picture(&room.id(), &room.me(), &code) alt=t("tablet_code.picture") width="180" height="180" />
                                <figcaption>
                                    <span>{t("tablet_code.how")}</span>
                                    <strong class="number" data-test="tablet-code-digits">
                                        {spaced(&code)}
                                    </strong>
                                </figcaption>
                            </figure>
                        }
                            .into_any()
                    }
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// Everybody's cards, to be printed and cut.
#[component]
pub fn CardsPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| MeetingId(params.read().get("id").unwrap_or_default()));
    let all = Resource::new(move || id.get(), seat_codes);
    let meeting = move || ["/meetings/", id.get().as_str()].concat();
    view! {
        <PageHead title=t("tablet_code.cards") lead=t("tablet_code.cards_lead")>
            <a href=meeting class="button button-quiet">
                {t("tablet_code.to_meeting")}
            </a>
        </PageHead>
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match all.await {
                    Ok(codes) => {
                        view! {
                            <ul class="code-cards">
                                {codes.into_iter().map(|card| view! { <Card meeting=id.get_untracked() card /> }).collect_view()}
                            </ul>
                        }
                            .into_any()
                    }
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Card(meeting: MeetingId, card: SeatCode) -> impl IntoView {
    let call = Call::new();
    let code = RwSignal::new(card.code);
    let (meeting, person) = (StoredValue::new(meeting), StoredValue::new(card.user_id));
    let source = move || picture(&meeting.get_value(), &person.get_value(), &code.get());
    let anew = move |_| call.run(renew_seat_code(meeting.get_value(), person.get_value()), move |new| code.set(new));
    let alt = tf("tablet_code.picture_of", &[("name", &card.full_name)]);
    view! {
        <li class="code-card" data-test="code-card">
            <img src=source alt=alt width="120" height="120" />
            <div>
                <strong>{card.full_name}</strong>
                <span class="quiet">{card.position}</span>
                <span class="number code-digits" data-test="code-card-digits">{move || spaced(&code.get())}</span>
                <button type="button" class="button button-quiet no-print" data-test="code-anew" disabled=move || call.blocked() on:click=anew>
                    {t("tablet_code.anew")}
                </button>
                <Failure error=call.error />
            </div>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_in_two_fours() {
        assert_eq!(spaced("01234567"), "0123 4567");
        assert_eq!(spaced("1"), "1");
    }
}
