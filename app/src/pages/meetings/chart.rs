//! The result of a vote as a bar chart: drawn by the browser from numbers, and said in words.
use crate::dto::meetings::{Choice, Majority, Vote};
use crate::i18n::{percent, t, tf};
use leptos::prelude::*;

pub fn choice_name(choice: Choice) -> &'static str {
    match choice {
        Choice::Agree => t("meetings.agree"),
        Choice::Disagree => t("meetings.disagree"),
        Choice::Other => t("meetings.other"),
    }
}

pub fn majority_name(majority: Majority) -> &'static str {
    match majority {
        Majority::Cast => t("vote.cast"),
        Majority::HalfPresent => t("vote.half_present"),
        Majority::HalfAll => t("vote.half_all"),
        Majority::TwoThirdsPresent => t("vote.two_thirds_present"),
        Majority::TwoThirdsAll => t("vote.two_thirds_all"),
    }
}

/// In tenths of a percent, rounded; nothing of nothing.
fn share(part: u32, whole: u32) -> u32 {
    let (part, whole) = (u64::from(part), u64::from(whole));
    if whole == 0 {
        return 0;
    }
    u32::try_from((part * 1000 + whole / 2) / whole).unwrap_or(u32::MAX)
}

/// One bar for each choice, of the whole that the majority is counted of; a line where the motion is carried.
#[component]
pub fn Chart(#[prop(into)] vote: Signal<Vote>) -> impl IntoView {
    view! {
        <div class="chart">
            {Choice::ALL.into_iter().map(|choice| view! { <Bar vote choice /> }).collect_view()}
            <p class="list-meta">
                <span>{move || vote.with(|v| majority_name(v.majority))}</span>
                <span data-test="needed">
                    {move || vote.with(|v| tf("vote.needed", &[("n", &v.needed.to_string()), ("of", &v.base().to_string())]))}
                </span>
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn Bar(vote: Signal<Vote>, choice: Choice) -> impl IntoView {
    let hook = ["count-", choice.as_str()].concat();
    let needed = (choice == Choice::Agree).then(|| Signal::derive(move || vote.with(|v| v.needed)));
    bar(
        choice.as_str(),
        choice_name(choice),
        hook,
        Signal::derive(move || vote.with(|v| v.count(choice))),
        Signal::derive(move || vote.with(Vote::base)),
        needed,
    )
}

/// `count` of `whole` as a bar in the colour of `tone`, with a line at `needed`.
pub fn bar(
    tone: &'static str,
    label: &'static str,
    hook: String,
    count: Signal<u32>,
    whole: Signal<u32>,
    needed: Option<Signal<u32>>,
) -> AnyView {
    let tenths = Memo::new(move |_| share(count.get(), whole.get()));
    let line = move |needed: Signal<u32>| share(needed.get(), whole.get()).min(1000).saturating_sub(3).to_string();
    view! {
        <div class=["tally tally-", tone].concat()>
            <span>{label}</span>
            <span class="tally-numbers">
                <strong class="number" data-test=hook>
                    {move || count.get()}
                </strong>
                <span class="quiet">{move || percent(tenths.get().into())}</span>
            </span>
            // Numbers and words say it all; the picture is for the eye alone.
            <svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                <rect class="bar-whole" width="1000" height="10" />
                <rect class="bar-part" width=move || tenths.get().min(1000).to_string() height="10" />
                {needed.map(|needed| view! { <rect class="bar-line" x=move || line(needed) width="6" height="10" /> })}
            </svg>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn shares_are_rounded_to_a_tenth_of_a_percent() {
        assert_eq!([share(2, 3), share(1, 3), share(1, 1), share(0, 7)], [667, 333, 1000, 0]);
        assert_eq!(share(0, 0), 0, "nothing of nothing");
        assert_eq!(share(u32::MAX, 1), u32::MAX, "never too large to be told");
    }
}
