//! The figures as pictures: drawn from numbers alone, and said in words beside.
use crate::components::badge::day_words;
use crate::dto::figures::{Bands, Counted, Figures, Step};
use crate::i18n::{t, tf};
use crate::pages::documents::list::counted_name;
use leptos::prelude::*;

/// Work in hand by what is left of its time, a bar each.
#[component]
pub fn BandChart(bands: Bands) -> impl IntoView {
    let all = [
        ("late", t("figures.band.long_late"), bands.long_late),
        ("late", t("figures.band.late"), bands.late),
        ("soon", t("figures.band.today"), bands.today),
        ("soon", t("figures.band.soon"), bands.soon),
        ("later", t("figures.band.later"), bands.later),
        ("open", t("figures.band.open"), bands.open),
    ];
    let most = all.iter().map(|(.., n)| *n).max().unwrap_or_default().max(1);
    let each = all.into_iter().map(|(tone, words, n)| {
        view! {
            <div class=["band band-", tone].concat()>
                <dt>{words}</dt>
                <dd>
                    <strong class="number">{n}</strong>
                    <svg class="band-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                        <rect class="band-whole" width="1000" height="10" />
                        <rect class="band-part" width=(n * 1000 / most).to_string() height="10" />
                    </svg>
                </dd>
            </div>
        }
    });
    let each = each.collect_view();
    view! { <dl class="bands">{each}</dl> }.into_any()
}

/// `2026-11-24` as `24/11/2026`, `2026-11` as `11/2026`.
fn period_words(step: &Step) -> String {
    day_words(&step.period)
}

/// What arrived and what was finished, in columns over the time.
#[component]
pub fn StepChart(figures: Figures) -> impl IntoView {
    let steps = figures.steps;
    let most = steps.iter().map(|s| s.arrived.max(s.done)).max().unwrap_or_default();
    let (first, last) = (steps.first().map(period_words), steps.last().map(period_words));
    let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
    let words = tf("figures.chart_text", &[("n", &most.to_string()), ("from", &first), ("to", &last)]);
    let column = |class: &'static str, x: usize, n: u64| {
        let height = n * 100 / most.max(1);
        view! { <rect class=class x=x.to_string() y=(100 - height).to_string() width="4" height=height.to_string() /> }
    };
    let columns = steps.iter().enumerate().map(|(at, s)| {
        view! {
            {column("column-arrived", at * 10 + 1, s.arrived)}
            {column("column-done", at * 10 + 5, s.done)}
        }
    });
    let columns = columns.collect_view();
    let size = ["0 0 ", &(steps.len() * 10).to_string(), " 100"].concat();
    view! {
        <figure class="steps">
            <figcaption class="row">
                <span class="key key-arrived">{counted_name(Counted::Arrived)}</span>
                <span class="key key-done">{counted_name(Counted::Done)}</span>
            </figcaption>
            <svg class="steps-chart" viewBox=size preserveAspectRatio="none" role="img" aria-label=words>
                {columns}
            </svg>
            <div class="steps-ends quiet number" aria-hidden="true">
                <span>{first}</span>
                <span>{last}</span>
            </div>
            <details>
                <summary>{t("figures.chart_table")}</summary>
                <StepTable steps />
            </details>
        </figure>
    }
    .into_any()
}

#[component]
fn StepTable(steps: Vec<Step>) -> impl IntoView {
    let lines = steps.into_iter().map(|s| {
        view! {
            <tr>
                <th scope="row" class="number">
                    {period_words(&s)}
                </th>
                <td class="number">{s.arrived}</td>
                <td class="number">{s.done}</td>
                <td class="number">{s.issued}</td>
            </tr>
        }
    });
    let lines = lines.collect_view();
    view! {
        <div class="scroll">
            <table>
                <thead>
                    <tr>
                        <th scope="col">{t("figures.col_period")}</th>
                        <th scope="col">{counted_name(Counted::Arrived)}</th>
                        <th scope="col">{counted_name(Counted::Done)}</th>
                        <th scope="col">{counted_name(Counted::Issued)}</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
    .into_any()
}
