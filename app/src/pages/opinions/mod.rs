//! Phiếu lấy ý kiến: the list, writing one, answering it, and the secretary's desk.
mod answering;
mod desk;
mod form;
mod kept;
mod list;
mod managing;
mod reading;
mod result;
mod sheet;

pub use form::{EditSheetPage, NewSheetPage};
pub use list::{OpinionsPage, WaitingSheets};
pub use sheet::SheetPage;

use crate::components::layout::use_session;
use crate::components::live::{FROM_NOW, News as Heard, follow};
use crate::components::toast::use_toasts;
use crate::dto::meetings::Majority;
use crate::dto::opinions::{News, SheetState};
use crate::i18n::{find, t, tf};
use crate::ids::SheetId;
use crate::live::LiveEvent;
use leptos::prelude::*;

const DAY: i64 = 24 * 60;
/// Characters of a title in a notice, which goes away again and lies over the page.
const NOTICE: usize = 60;

/// What takes a matter through, counted of those asked.
fn rule_name(rule: Majority) -> &'static str {
    if rule == Majority::TwoThirdsAll {
        t("opinions.rule_two_thirds")
    } else {
        t("opinions.rule_half")
    }
}

#[component]
fn SheetBadge(#[prop(into)] state: Signal<SheetState>) -> impl IntoView {
    let tone = move || match state.get() {
        SheetState::Draft => "badge badge-wait",
        SheetState::Sent => "badge badge-ink",
        SheetState::Closed => "badge badge-good",
        SheetState::Withdrawn => "badge badge-bad",
    };
    view! {
        <span class=tone data-test="sheet-state" data-state=move || state.get().as_str()>
            {move || find(&["opinions.state.", state.get().as_str()].concat()).unwrap_or_default()}
        </span>
    }
}

/// What is left until the deadline, in minutes, in words: plain while there is time, marked on the last day and after it.
fn left_words(left: i64) -> (&'static str, String) {
    let n = |n: i64| n.to_string();
    match left {
        ..0 => ("due due-late", t("opinions.late").to_owned()),
        0..60 => ("due due-soon", tf("opinions.left_minutes", &[("n", &n(left.max(1)))])),
        60..DAY => (
            "due due-soon",
            tf("opinions.left_hours", &[("h", &n(left / 60)), ("n", &n(left % 60))]),
        ),
        _ => (
            "due",
            tf("opinions.left_days", &[("d", &n(left / DAY)), ("h", &n(left % DAY / 60))]),
        ),
    }
}

#[component]
fn Left(#[prop(into)] left: Signal<Option<i64>>) -> impl IntoView {
    move || {
        left.get().map(|left| {
            let (tone, words) = left_words(left);
            view! { <span class=tone data-test="sheet-left">{words}</span> }
        })
    }
}

/// Hears what concerns this person: says the news aloud, and lets the page bring itself up to date. The end of the sheet that is `shown`
/// is said by its page.
pub fn follow_sheets(shown: Option<SheetId>, changed: impl Fn() + Clone + 'static) {
    let session = use_session();
    let toasts = use_toasts();
    Effect::new(move |_| {
        let Some(Ok(Some(me))) = session.get() else { return };
        let (shown, changed) = (shown.clone(), changed.clone());
        follow(&["user:", me.id.as_str()].concat(), FROM_NOW, move |heard| {
            let Heard::Event(LiveEvent::SheetNews { id, title, news, deadline }) = heard else {
                return;
            };
            let short = shortened(&title);
            let named = |key| tf(key, &[("title", &short), ("when", &deadline.text)]);
            match news {
                News::Closed | News::Withdrawn if shown.as_ref() == Some(&id) => {}
                News::Sent => toasts.say(named("opinions.news_sent")),
                News::Reminder => toasts.say(named("opinions.news_reminder")),
                News::Extended => toasts.say(named("opinions.news_extended")),
                News::Closed => toasts.say(named("opinions.news_closed")),
                News::Withdrawn => toasts.say(named("opinions.news_withdrawn")),
                News::Answered => {}
            }
            changed();
        });
    });
}

fn shortened(title: &str) -> String {
    match title.char_indices().nth(NOTICE) {
        Some((end, _)) => [title[..end].trim_end(), "…"].concat(),
        None => title.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{left_words, shortened};

    #[test]
    fn a_long_title_is_cut_between_letters() {
        assert_eq!(shortened("Đường liên xã"), "Đường liên xã");
        assert_eq!(shortened(&"ộ".repeat(61)), ["ộ".repeat(60).as_str(), "…"].concat());
    }

    #[test]
    fn the_last_day_is_marked_and_what_is_over_is_said() {
        let tone = |left| left_words(left).0;
        assert_eq!([tone(3000), tone(1440)], ["due"; 2]);
        assert_eq!([tone(1439), tone(0)], ["due due-soon"; 2]);
        assert_eq!(tone(-1), "due due-late");
    }
}
