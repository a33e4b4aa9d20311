//! Tình hình xử lý văn bản: what waits, what is late, what was done, of the body, a unit or oneself. Each figure leads to its list.
mod chart;

use crate::actions::documents::read_figures;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::{PageHead, use_ready, use_session};
use crate::components::notice::{Empty, ErrorNote, Loading};
use crate::components::prefs::escape;
use crate::dto::figures::{Counted, Figures, FiguresQuery, PersonFigures, Scope, Spent, share};
use crate::dto::identity::{Me, Role};
use crate::i18n::{percent, t, tf};
use crate::pages::documents::list::{counted_address, counted_name};
use chart::{BandChart, StepChart};
use leptos::prelude::*;
use leptos_router::components::Form;
use leptos_router::hooks::use_query_map;

#[component]
pub fn FiguresPage() -> impl IntoView {
    let session = use_session();
    let ready = use_ready();
    let map = use_query_map();
    let get = move |key: &str| map.read().get(key).unwrap_or_default();
    let wanted = Memo::new(move |_| FiguresQuery {
        unit: get("unit"),
        from: get("from"),
        to: get("to"),
    });
    let figures = Resource::new(move || wanted.get(), read_figures);
    view! {
        <PageHead title=t("figures.title") lead=t("figures.lead")>
            <Suspense>
                {move || Suspend::new(async move {
                    let me = session.await.ok().flatten();
                    me.is_some_and(|me| takes_data(&me)).then(|| view! { <OpenData wanted /> })
                })}
            </Suspense>
            <button type="button" class="button" disabled=move || !ready.get() on:click=|_| drop(window().print())>
                {t("figures.print")}
            </button>
        </PageHead>
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                match figures.await {
                    Ok(figures) => view! { <Board figures /> }.into_any(),
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

fn takes_data(me: &Me) -> bool {
    [Role::Leader, Role::Clerk, Role::Auditor].into_iter().any(|r| me.is(r))
}

#[component]
fn OpenData(wanted: Memo<FiguresQuery>) -> impl IntoView {
    let href = move || wanted.with(|w| ["/api/v1/figures/open-data?by=day&from=", &w.from, "&to=", &w.to].concat());
    view! {
        <a class="button" href=href download="" rel="external" data-test="open-data">
            <Glyph icon=Icon::Download />
            {t("figures.csv")}
        </a>
    }
}

#[component]
fn Board(figures: Figures) -> impl IntoView {
    let scope = match figures.scope {
        Scope::Body => t("figures.body").to_owned(),
        Scope::Unit => figures.unit.clone(),
        Scope::Own => t("figures.own").to_owned(),
    };
    let head = view! {
        <Choose figures=figures.clone() />
        <p class="row figures-of">
            <strong data-test="scope" data-scope=figures.scope.as_str()>
                {scope}
            </strong>
            <span class="quiet number">{tf("figures.at", &[("at", &figures.at.text)])}</span>
        </p>
    };
    if figures.is_empty() {
        return view! {
            {head}
            <Empty icon=Icon::Chart title=t("figures.none") text=t("figures.none_text") />
        }
        .into_any();
    }
    let people = figures.people.clone();
    let worked = figures.steps.iter().any(|s| s.arrived + s.done > 0);
    view! {
        {head}
        <Now figures=figures.clone() />
        <Time figures=figures.clone() />
        {worked
            .then(|| {
                view! {
                    <section class="sheet">
                        <h2>{t("figures.chart")}</h2>
                        <StepChart figures=figures.clone() />
                    </section>
                }
            })}
        {(!people.is_empty()).then(|| view! { <People people /> })}
    }
    .into_any()
}

/// Address of this page with other days.
fn address(unit: &str, from: &str, to: &str) -> String {
    let pairs = [("unit", unit), ("from", from), ("to", to)];
    let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = pairs.map(|(key, value)| [key, "=", &escape(value)].concat()).collect();
    match query.is_empty() {
        true => "/figures".to_owned(),
        false => ["/figures?", &query.join("&")].concat(),
    }
}

/// Unit and days. A form without a program as well.
#[component]
fn Choose(figures: Figures) -> impl IntoView {
    let Figures { unit, units, from, to, .. } = figures;
    let year = [to.get(..4).unwrap_or_default(), "-01-01"].concat();
    let shortcuts = [
        (t("figures.this_month"), address(&unit, "", "")),
        (t("figures.this_year"), address(&unit, &year, &to)),
    ];
    let choice = (units.len() > 1).then(|| {
        let options = units.into_iter().map(|name| {
            let chosen = name == unit;
            view! {
                <option value=name.clone() selected=chosen>
                    {name.clone()}
                </option>
            }
        });
        let options = options.collect_view();
        view! {
            <div>
                <label for="unit">{t("figures.unit")}</label>
                <select id="unit" name="unit">
                    <option value="">{t("figures.body")}</option>
                    {options}
                </select>
            </div>
        }
    });
    view! {
        <Form method="GET" action="/figures" attr:class="filters">
            {choice}
            <div>
                <label for="from">{t("figures.from")}</label>
                <input id="from" name="from" type="date" value=from.clone() />
            </div>
            <div>
                <label for="to">{t("figures.to")}</label>
                <input id="to" name="to" type="date" value=to.clone() />
            </div>
            <button type="submit" class="button" data-test="figures-show">
                {t("figures.show")}
            </button>
            {shortcuts
                .into_iter()
                .map(|(words, href)| {
                    view! {
                        <a class="button button-quiet" href=href>
                            {words}
                        </a>
                    }
                })
                .collect_view()}
        </Form>
    }
    .into_any()
}

/// One figure, which leads to what it counts.
fn tile(figures: &Figures, counted: Counted, more: Option<String>) -> AnyView {
    let Some(figure) = figures.figures.iter().find(|f| f.counted == counted) else {
        return ().into_any();
    };
    let bad = counted == Counted::Late && figure.count > 0;
    let inside = view! {
        <span class="figure" class:figure-bad=bad data-test="figure" data-counted=counted.as_str()>
            {figure.count}
        </span>
        <span>{counted_name(counted)}</span>
        {more.map(|words| view! { <small class="quiet">{words}</small> })}
    };
    if figure.listed && figure.count > 0 {
        let href = counted_address(counted, &figures.unit, &own(figures), (&figures.from, &figures.to));
        return view! {
            <li>
                <a class="tile tile-link" href=href>
                    {inside}
                </a>
            </li>
        }
        .into_any();
    }
    view! { <li class="tile">{inside}</li> }.into_any()
}

/// Whose list it is, where the figures are one's own.
fn own(figures: &Figures) -> String {
    match figures.scope {
        Scope::Own => figures.me.as_str().to_owned(),
        _ => String::new(),
    }
}

#[component]
fn Now(figures: Figures) -> impl IntoView {
    let longest = (figures.longest_late > 0).then(|| tf("figures.longest_late", &[("n", &figures.longest_late.to_string())]));
    let one = |counted: Counted| tile(&figures, counted, None);
    let arriving = (figures.scope == Scope::Body).then(|| [one(Counted::ToTakeIn), one(Counted::ToAssign)]);
    let in_work = figures.count(Counted::InWork) > 0;
    view! {
        <section class="sheet">
            <h2>{t("figures.now")}</h2>
            <ul class="tiles">
                {tile(&figures, Counted::Late, longest)} {one(Counted::Soon)} {one(Counted::InWork)} {arriving} {one(Counted::ToSign)}
                {one(Counted::ToIssue)} {one(Counted::ToSend)}
            </ul>
        </section>
        {in_work
            .then(|| {
                view! {
                    <section class="sheet">
                        <h2>{t("figures.bands")}</h2>
                        <BandChart bands=figures.bands.clone() />
                    </section>
                }
            })}
    }
    .into_any()
}

/// `5 giờ`, `2 ngày 3 giờ`.
fn hours_words(hours: i64) -> String {
    match (hours / 24, hours % 24) {
        (0, n) => tf("figures.hours", &[("n", &n.to_string())]),
        (d, 0) => tf("figures.days", &[("n", &d.to_string())]),
        (d, n) => tf("figures.days_hours", &[("d", &d.to_string()), ("n", &n.to_string())]),
    }
}

#[component]
fn Time(figures: Figures) -> impl IntoView {
    let one = |counted: Counted| tile(&figures, counted, None);
    let part = |name: &'static str, words: &'static str, of: &'static str, part: u64, whole: u64| {
        share(part, whole).map(|tenths| {
            let of = tf(of, &[("n", &part.to_string()), ("of", &whole.to_string())]);
            fact(name, words, percent(tenths), Some(of))
        })
    };
    let (met, missed) = (figures.count(Counted::InTime), figures.count(Counted::DoneLate));
    let in_time = part(
        "share-in-time",
        t("figures.share_in_time"),
        "figures.share_in_time_of",
        met,
        met + missed,
    );
    let (signed, issued) = (figures.count(Counted::Signed), figures.count(Counted::Issued));
    let signed = part("share-signed", t("figures.share_signed"), "figures.share_signed_of", signed, issued);
    let spent = figures.spent.map(|Spent { median, ninth }| {
        [
            fact("median", t("figures.median"), hours_words(median), Some(t("figures.spent").into())),
            fact("ninth", t("figures.ninth"), hours_words(ninth), Some(t("figures.spent").into())),
        ]
    });
    view! {
        <section class="sheet">
            <h2>{t("figures.time")}</h2>
            <ul class="tiles">
                {one(Counted::Arrived)} {one(Counted::Done)} {one(Counted::InTime)} {one(Counted::DoneLate)} {one(Counted::Issued)}
                {one(Counted::Signed)} {one(Counted::Unsigned)}
            </ul>
            <dl class="facts figures-facts">{signed} {in_time} {spent}</dl>
        </section>
    }
    .into_any()
}

fn fact(name: &'static str, words: &'static str, value: String, more: Option<String>) -> AnyView {
    view! {
        <div>
            <dt>{words}</dt>
            <dd>
                <span class="figure" data-test=name>
                    {value}
                </span>
                {more.map(|words| view! { <p class="quiet">{words}</p> })}
            </dd>
        </div>
    }
    .into_any()
}

#[component]
fn People(people: Vec<PersonFigures>) -> impl IntoView {
    let link = |counted: Counted, p: &PersonFigures, n: u64| match n {
        0 => view! { "0" }.into_any(),
        n => {
            let href = counted_address(counted, "", p.person.as_str(), ("", ""));
            view! {
                <a class="people-figure" href=href>
                    {n}
                </a>
            }
            .into_any()
        }
    };
    let lines = people.into_iter().map(|p| {
        let longest = match p.longest_late {
            0 => String::new(),
            n => tf("figures.days", &[("n", &n.to_string())]),
        };
        view! {
            <tr data-test="person">
                <th scope="row">
                    {p.name.clone()}
                    <small class="quiet">{p.unit.clone()}</small>
                </th>
                <td class="number">{link(Counted::Late, &p, p.late)}</td>
                <td class="number">{longest}</td>
                <td class="number">{link(Counted::Soon, &p, p.soon)}</td>
                <td class="number">{link(Counted::InWork, &p, p.in_work)}</td>
                <td class="number">{p.to_sign}</td>
            </tr>
        }
    });
    let lines = lines.collect_view();
    view! {
        <section class="sheet">
            <h2>{t("figures.people")}</h2>
            <div class="scroll">
                <table class="people-figures">
                    <thead>
                        <tr>
                            <th scope="col">{t("figures.col_person")}</th>
                            <th scope="col">{counted_name(Counted::Late)}</th>
                            <th scope="col">{t("figures.col_longest")}</th>
                            <th scope="col">{counted_name(Counted::Soon)}</th>
                            <th scope="col">{counted_name(Counted::InWork)}</th>
                            <th scope="col">{counted_name(Counted::ToSign)}</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
