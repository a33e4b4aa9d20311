//! What is to be looked at before a meeting is published: what is fine is ticked already, the rest is mended or ticked by hand.
use super::room::Room;
use crate::actions::meetings::{checks, publish};
use crate::components::call::Call;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::{ErrorNote, Failure};
use crate::dto::meetings::{Check, CheckLine};
use crate::i18n::{t, tf};
use leptos::prelude::*;
use std::collections::HashSet;

/// Names that a line tells at most; the rest is a number.
const NAMES: usize = 4;

fn words(check: Check, fine: bool) -> &'static str {
    match (check, fine) {
        (Check::Time, true) => t("check.time"),
        (Check::Time, false) => t("check.time_not"),
        (Check::Room, true) => t("check.room"),
        (Check::Room, false) => t("check.room_not"),
        (Check::Members, true) => t("check.members"),
        (Check::Members, false) => t("check.members_not"),
        (Check::People, true) => t("check.people"),
        (Check::People, false) => t("check.people_not"),
        (Check::Agenda, true) => t("check.agenda"),
        (Check::Agenda, false) => t("check.agenda_not"),
        (Check::Presenters, true) => t("check.presenters"),
        (Check::Presenters, false) => t("check.presenters_not"),
        (Check::Documents, true) => t("check.documents"),
        (Check::Documents, false) => t("check.documents_not"),
        (Check::Length, true) => t("check.length"),
        (Check::Length, false) => t("check.length_not"),
    }
}

fn about(all: &[String]) -> String {
    let mut text = all.iter().take(NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    if all.len() > NAMES {
        text.push_str(&tf("check.and_more", &[("n", &(all.len() - NAMES).to_string())]));
    }
    text
}

#[component]
pub fn Checklist(room: Room) -> impl IntoView {
    let call = Call::new();
    // Whatever is changed here changes what is fine.
    let changed = Memo::new(move |_| room.detail.with(|d| (d.row.clone(), d.items.clone(), d.members.clone())));
    let lines = Resource::new(move || changed.get(), move |(row, ..)| async move { checks(row.id).await });
    let accepted = RwSignal::new(HashSet::<Check>::new());
    let left = Memo::new(move |_| match lines.get() {
        Some(Ok(lines)) => {
            let left = lines.iter().filter(|l| !l.fine && !accepted.with(|a| a.contains(&l.check)));
            Some(left.count())
        }
        _ => None,
    });
    let send = move |_| {
        let accepted: Vec<Check> = accepted.get_untracked().into_iter().collect();
        call.run(publish(room.id(), accepted), |()| ());
    };
    view! {
        <div class="checklist" data-test="checklist">
            <h2>{t("check.title")}</h2>
            <Transition fallback=|| view! { <p class="quiet" role="status">{t("check.looking")}</p> }>
                {move || Suspend::new(async move {
                    match lines.await {
                        Ok(lines) => {
                            let lines = lines.into_iter().map(|line| view! { <Line line accepted /> }).collect_view();
                            view! { <ul>{lines}</ul> }.into_any()
                        }
                        Err(error) => view! { <ErrorNote error /> }.into_any(),
                    }
                })}
            </Transition>
            <Failure error=call.error />
            <div class="row">
                <button
                    type="button"
                    class="button button-main"
                    data-test="meeting-publish"
                    disabled=move || call.blocked() || left.get() != Some(0)
                    aria-busy=move || call.busy().to_string()
                    on:click=send
                >
                    <Glyph icon=Icon::Send />
                    {t("meetings.publish")}
                </button>
                <p class="quiet" role="status">
                    {move || match left.get() {
                        Some(0) => t("check.ready").to_owned(),
                        Some(n) => tf("check.left", &[("n", &n.to_string())]),
                        None => String::new(),
                    }}
                </p>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Line(line: CheckLine, accepted: RwSignal<HashSet<Check>>) -> impl IntoView {
    let CheckLine { check, fine, about: whom } = line;
    let words = words(check, fine);
    let detail = (!whom.is_empty()).then(|| view! { <small class="quiet">{about(&whom)}</small> });
    let set = move |on: bool| {
        accepted.update(|all| {
            if on {
                all.insert(check);
            } else {
                all.remove(&check);
            }
        });
    };
    if fine {
        return view! {
            <li class="check-fine" data-test="check" data-check=check.as_str() data-fine="true">
                <Glyph icon=Icon::Check />
                <span>{words}</span>
            </li>
        }
        .into_any();
    }
    view! {
        <li class="check-open" data-test="check" data-check=check.as_str() data-fine="false">
            <Glyph icon=Icon::Alert />
            <span>{words} " " {detail}</span>
            <label class="check">
                <input
                    type="checkbox"
                    data-test="check-accept"
                    prop:checked=move || accepted.with(|a| a.contains(&check))
                    on:change=move |ev| set(event_target_checked(&ev))
                />
                {t("check.seen")}
            </label>
        </li>
    }
    .into_any()
}
