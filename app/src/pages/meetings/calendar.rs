//! Lịch họp: a month or a week at a glance; the week also by room. Everything is a link, so that it can be kept, shared and printed.
use super::list::when_invited;
use crate::actions::meetings::meeting_calendar;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::{PageHead, use_session};
use crate::components::notice::{ErrorNote, Loading};
use crate::components::prefs::escape;
use crate::dto::calendar::{Calendar, Day, Slot, Span};
use crate::dto::identity::Role;
use crate::dto::meetings::MeetingState;
use crate::i18n::{t, tf};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_query_map};

/// Between the list and the calendar.
#[component]
pub fn Views(current: &'static str) -> impl IntoView {
    let views = [
        ("list", "/meetings", t("calendar.list")),
        ("month", "/meetings/calendar", t("calendar.month")),
        ("week", "/meetings/calendar?span=week", t("calendar.week")),
    ];
    view! {
        <nav aria-label=t("calendar.views")>
            <ul class="tabs">
                {views
                    .into_iter()
                    .map(|(name, to, words)| {
                        view! {
                            <li>
                                <a href=to class="tab" data-test=["view-", name].concat() aria-current=(name == current).then_some("page")>
                                    {words}
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </nav>
    }
    .into_any()
}

fn address(span: Span, at: &str, room: &str) -> String {
    let mut to = ["/meetings/calendar?span=", span.as_str(), "&at=", at].concat();
    if !room.is_empty() {
        to.push_str("&room=");
        to.push_str(&escape(room));
    }
    to
}

#[component]
pub fn CalendarPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let q = query.read();
        let get = |key| q.get(key).unwrap_or_default();
        (Span::parse(&get("span")), get("at"), get("room"))
    });
    let shown = Resource::new(move || asked.get(), |(span, at, room)| meeting_calendar(span, at, room));
    let session = use_session();
    when_invited(move || shown.refetch());
    view! {
        <PageHead title=t("calendar.title") />
        {move || view! { <Views current=asked.get().0.as_str() /> }}
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                let plans = session.await.ok().flatten().is_some_and(|me| me.is(Role::Secretary));
                match shown.await {
                    Ok(found) => view! { <Shown found room=asked.get_untracked().2 plans /> }.into_any(),
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Shown(found: Calendar, room: String, plans: bool) -> impl IntoView {
    let span = found.span;
    let title = match span {
        Span::Month => tf("calendar.month_of", &[("month", &found.from)]),
        Span::Week => tf("calendar.week_of", &[("from", &found.from), ("to", &found.to)]),
    };
    let (before, after) = match span {
        Span::Month => (t("calendar.month_before"), t("calendar.month_after")),
        Span::Week => (t("calendar.week_before"), t("calendar.week_after")),
    };
    let navigate = use_navigate();
    let at = found.days.iter().find(|d| !d.outside).map(|d| d.date.clone()).unwrap_or_default();
    let choose = move |room: String| navigate(&address(span, &at, &room), Default::default());
    let nothing = found.days.iter().all(|d| d.outside || d.slots.is_empty());
    let only = room.clone();
    let rooms = found.rooms.clone();
    let days = found.days.clone();
    view! {
        <div class="calendar-head">
            <h2 data-test="calendar-title">{title}</h2>
            <div class="row calendar-turn">
                <A href=address(span, &found.before, &room) attr:class="icon-button" attr:aria-label=before attr:title=before attr:data-test="calendar-before">
                    <Glyph icon=Icon::Back />
                </A>
                <A href=address(span, &found.today, &room) attr:class="button" attr:data-test="calendar-today">
                    {t("calendar.today")}
                </A>
                <A href=address(span, &found.after, &room) attr:class="icon-button" attr:aria-label=after attr:title=after attr:data-test="calendar-after">
                    <Glyph icon=Icon::Forward />
                </A>
            </div>
            {(!rooms.is_empty())
                .then(|| {
                    view! {
                        <label class="calendar-room">
                            <span>{t("meetings.room")}</span>
                            <select data-test="calendar-room" on:change:target=move |ev| choose(ev.target().value())>
                                <option value="">{t("calendar.all_rooms")}</option>
                                {rooms
                                    .into_iter()
                                    .map(|name| {
                                        let selected = name == only;
                                        view! { <option value=name.clone() selected=selected>{name.clone()}</option> }
                                    })
                                    .collect_view()}
                            </select>
                        </label>
                    }
                })}
        </div>
        {nothing.then(|| view! { <p class="hint calendar-nothing" data-test="calendar-nothing">{t("calendar.nothing")}</p> })}
        <table class="calendar" class:calendar-week=span == Span::Week data-test="calendar">
            <thead>
                <tr>{(0..7u8).map(|n| view! { <th scope="col">{weekday(n)}</th> }).collect_view()}</tr>
            </thead>
            <tbody>
                {days
                    .chunks(7)
                    .map(|week| view! { <tr>{week.iter().map(|day| view! { <DayCell day=day.clone() plans room=room.clone() /> }).collect_view()}</tr> })
                    .collect_view()}
            </tbody>
        </table>
        {(span == Span::Week && !nothing).then(|| view! { <Rooms days=found.days.clone() only=room.clone() /> })}
    }
    .into_any()
}

fn weekday(n: u8) -> &'static str {
    match n {
        0 => t("calendar.monday"),
        1 => t("calendar.tuesday"),
        2 => t("calendar.wednesday"),
        3 => t("calendar.thursday"),
        4 => t("calendar.friday"),
        5 => t("calendar.saturday"),
        _ => t("calendar.sunday"),
    }
}

#[component]
fn DayCell(day: Day, plans: bool, room: String) -> impl IntoView {
    let plan = plans.then(|| {
        let mut to = ["/meetings/new?day=", &day.date].concat();
        if !room.is_empty() {
            to.push_str("&room=");
            to.push_str(&escape(&room));
        }
        let words = tf("calendar.plan", &[("day", &day.text)]);
        view! {
            <A href=to attr:class="icon-button calendar-plan" attr:aria-label=words.clone() attr:title=words attr:data-test="calendar-plan">
                <Glyph icon=Icon::Plus />
            </A>
        }
    });
    let empty = day.slots.is_empty();
    view! {
        <td
            class="calendar-day"
            class:calendar-outside=day.outside
            class:calendar-empty=empty
            class:calendar-now=day.today
            data-test="calendar-day"
            data-date=day.date
        >
            <div class="calendar-date">
                <span>
                    <span class="calendar-weekday">{weekday(day.weekday)} " "</span>
                    <span class="number">{day.text}</span>
                    {day.today.then(|| view! { <span class="calendar-mark">" · " {t("calendar.today")}</span> })}
                </span>
                {plan}
            </div>
            <ul class="calendar-slots">{day.slots.into_iter().map(|slot| view! { <SlotLine on=slot shows_room=true /> }).collect_view()}</ul>
        </td>
    }
    .into_any()
}

#[component]
fn SlotLine(on: Slot, shows_room: bool) -> impl IntoView {
    let place = shows_room.then(|| view! { <span class="calendar-place">{on.room}</span> });
    let clash = on.clash.then(|| {
        view! {
            <span class="calendar-clash" data-test="calendar-clash">
                <Glyph icon=Icon::Alert />
                {t("calendar.clash")}
            </span>
        }
    });
    match on.meeting {
        Some(row) => {
            let off = row.state == MeetingState::Cancelled;
            let gone = off.then(|| view! { <span class="calendar-clash">{t("meetings.state.cancelled")}</span> });
            view! {
                <li>
                    <A
                        href=["/meetings/", row.id.as_str()].concat()
                        attr:class=["calendar-slot calendar-", row.state.as_str()].concat()
                        attr:data-test="calendar-meeting"
                    >
                        <span class="number">{on.time}</span>
                        <span class="calendar-name">{row.title}</span>
                        {place}
                        {gone}
                        {clash}
                    </A>
                </li>
            }
            .into_any()
        }
        None => view! {
            <li class="calendar-slot calendar-other" data-test="calendar-taken">
                <span class="number">{on.time}</span>
                <span class="calendar-name">{t("calendar.taken")}</span>
                {place}
                {clash}
            </li>
        }
        .into_any(),
    }
}

/// Each room's week in a line: what is free is what is empty.
#[component]
fn Rooms(days: Vec<Day>, only: String) -> impl IntoView {
    let mut names: Vec<String> = days.iter().flat_map(|d| d.slots.iter().map(|s| s.room.clone())).collect();
    names.sort();
    names.dedup();
    let days = StoredValue::new(days);
    let line = move |name: String| {
        let cells = days.with_value(|days| {
            days.iter()
                .map(|day| {
                    let on: Vec<Slot> = day.slots.iter().filter(|s| s.room == name).cloned().collect();
                    let free = on.is_empty();
                    view! {
                        <td class:calendar-empty=free>
                            <span class="calendar-weekday">{weekday(day.weekday)} " " {day.text.clone()}</span>
                            <ul class="calendar-slots">{on.into_iter().map(|slot| view! { <SlotLine on=slot shows_room=false /> }).collect_view()}</ul>
                        </td>
                    }
                })
                .collect_view()
        });
        view! {
            <tr data-test="calendar-room-line">
                <th scope="row">{name.clone()}</th>
                {cells}
            </tr>
        }
    };
    only.is_empty().then(move || {
        view! {
            <section class="group">
                <h2>{t("calendar.rooms")}</h2>
                <table class="calendar calendar-week calendar-rooms">
                    <thead>
                        <tr>
                            <th scope="col">{t("meetings.room")}</th>
                            {(0..7u8).map(|n| view! { <th scope="col">{weekday(n)}</th> }).collect_view()}
                        </tr>
                    </thead>
                    <tbody>{names.into_iter().map(line).collect_view()}</tbody>
                </table>
            </section>
        }
    })
}
