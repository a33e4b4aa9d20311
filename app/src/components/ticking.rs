//! A clock on the screen: the same on every device, because all compute it from the server's time.
use crate::components::live::server_now;
use crate::dto::floor::Clock;
use crate::i18n::{t, tf};
use leptos::leptos_dom::helpers::set_interval_with_handle;
use leptos::prelude::*;
use std::time::Duration;

/// Often enough that no second is skipped.
const LOOK: Duration = Duration::from_millis(250);

/// `4:05`, `1:02:03`; past the limit `+0:12`.
fn digits(seconds: i64) -> String {
    let (sign, s) = if seconds < 0 { ("+", -seconds) } else { ("", seconds) };
    let (hours, minutes, seconds) = (s / 3600, s / 60 % 60, s % 60);
    if hours > 0 {
        format!("{sign}{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{sign}{minutes}:{seconds:02}")
    }
}

/// What is left of a clock with a limit, otherwise what has passed. Nothing before hydration: the page has no clock.
#[component]
pub fn Ticking(#[prop(into)] clock: Signal<Clock>, label: &'static str) -> impl IntoView {
    let now = RwSignal::new(None::<i64>);
    let running = Memo::new(move |_| clock.get().running());
    Effect::new(move |_| {
        clock.track();
        now.set(Some(server_now()));
        if !running.get() {
            return;
        }
        let look = move || {
            let _ = now.try_set(Some(server_now()));
        };
        if let Ok(handle) = set_interval_with_handle(look, LOOK) {
            on_cleanup(move || handle.clear());
        }
    });
    let left = Memo::new(move |_| now.get().and_then(|now| clock.get().left_at(now)));
    let shown = Memo::new(move |_| {
        now.get().map(|now| {
            let clock = clock.get();
            digits(clock.left_at(now).unwrap_or_else(|| clock.spent_at(now) / 1_000_000))
        })
    });
    let over = move || left.get().is_some_and(|s| s < 0);
    let of = move || {
        let limit = i64::from(clock.get().limit);
        (limit > 0).then(|| tf("clock.of", &[("limit", &digits(limit))]))
    };
    view! {
        <span
            class="clock"
            class:clock-near=move || left.get().is_some_and(|s| (0..=30).contains(&s))
            class:clock-over=over
            class:clock-stands=move || !running.get()
            role="timer"
            aria-label=label
            data-test="clock"
            data-running=move || running.get().to_string()
        >
            <span class="clock-digits">{move || shown.get().unwrap_or_else(|| "–:––".to_owned())}</span>
            <span class="clock-words">
                {move || if over() { Some(t("clock.over").to_owned()) } else { of() }}
                {move || (!running.get()).then(|| [" · ", t("clock.stands")].concat())}
            </span>
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn times_are_read_as_on_a_stop_watch() {
        assert_eq!(digits(0), "0:00");
        assert_eq!(digits(65), "1:05");
        assert_eq!(digits(3_723), "1:02:03");
        assert_eq!(digits(-12), "+0:12");
    }
}
