//! What was said, counted and by name; for those who may know.
use super::desk::Desk;
use crate::components::icon::{Glyph, Icon};
use crate::dto::meetings::Choice;
use crate::dto::opinions::{Asked, Question, Said, SheetState, Tally};
use crate::i18n::{t, tf};
use crate::pages::meetings::{bar, choice_name};
use leptos::prelude::*;

/// `Ý kiến khác: Đề nghị …`
pub fn said_words(said: &Said) -> String {
    if said.words.is_empty() {
        choice_name(said.choice).to_owned()
    } else {
        [choice_name(said.choice), ": ", &said.words].concat()
    }
}

#[component]
pub fn Results(desk: Desk) -> impl IntoView {
    let closed = Memo::new(move |_| desk.detail.with(|d| d.row.state == SheetState::Closed));
    let count = desk.detail.with_untracked(|d| d.questions.len());
    let id = desk.id();
    let file = move |name: &str| ["/api/v1/opinions/", id.as_str(), "/", name].concat();
    let (csv, pdf) = (file("answers.csv"), file("report.pdf"));
    view! {
        <section class="sheet" data-test="results">
            <h2>{move || if closed.get() { t("opinions.result") } else { t("opinions.so_far") }}</h2>
            {(0..count).map(|n| view! { <OfQuestion desk n /> }).collect_view()}
            <Show when=move || closed.get()>
                <div class="row opinion-exports">
                    <a class="button" href=pdf.clone() download rel="external" data-test="opinion-pdf">
                        <Glyph icon=Icon::Download />
                        {t("opinions.pdf")}
                    </a>
                    <a class="button" href=csv.clone() download rel="external" data-test="opinion-csv">
                        <Glyph icon=Icon::Download />
                        {t("opinions.csv")}
                    </a>
                </div>
            </Show>
        </section>
    }
    .into_any()
}

#[component]
fn OfQuestion(desk: Desk, n: usize) -> impl IntoView {
    let question = Memo::new(move |_| desk.detail.with(|d| d.questions.get(n).cloned()));
    let tally = Memo::new(move |_| question.with(|q| q.as_ref().and_then(|q: &Question| q.tally)).unwrap_or_default());
    let asked = Signal::derive(move || desk.detail.with(|d| d.row.asked));
    let of = move |part: fn(&Tally) -> u32| Signal::derive(move || tally.with(part));
    let needed = of(|t| t.needed);
    let choices = Choice::ALL.map(|choice| {
        let count = match choice {
            Choice::Agree => of(|t| t.agree),
            Choice::Disagree => of(|t| t.disagree),
            Choice::Other => of(|t| t.other),
        };
        let line = (choice == Choice::Agree).then_some(needed);
        bar(
            choice.as_str(),
            choice_name(choice),
            ["opinion-count-", choice.as_str()].concat(),
            count,
            asked,
            line,
        )
    });
    let silent = bar(
        "silent",
        t("opinions.silent"),
        "opinion-count-silent".into(),
        of(|t| t.silent),
        asked,
        None,
    );
    let names = move || {
        let line = |m: Asked| {
            let said = m.said.get(n).cloned();
            view! {
                <li class="opinion-said" data-test="said">
                    <p>
                        <strong>{m.full_name}</strong>
                        <span class="quiet">{[" – ", &m.position].concat()}</span>
                    </p>
                    {match said {
                        Some(said) => {
                            view! {
                                <p class="as-written">{said_words(&said)}</p>
                                <p class="quiet number">{said.at.text}</p>
                            }
                                .into_any()
                        }
                        None => view! { <p class="quiet">{t("opinions.silent")}</p> }.into_any(),
                    }}
                </li>
            }
        };
        desk.detail.with(|d| d.members.clone()).into_iter().map(line).collect_view()
    };
    view! {
        <div class="opinion-result">
            <p class="opinion-question as-written">{move || question.with(|q| q.as_ref().map(|q| q.text.clone()))}</p>
            <div class="chart">
                {choices.into_iter().collect_view()} {silent}
                <p class="list-meta">
                    <span data-test="opinion-needed">
                        {move || tf("opinions.needed", &[("n", &needed.get().to_string()), ("of", &asked.get().to_string())])}
                    </span>
                </p>
            </div>
            {move || {
                tally
                    .with(|t| t.passed)
                    .map(|passed| {
                        let (tone, words) = if passed {
                            ("badge badge-good", t("meetings.carried"))
                        } else {
                            ("badge badge-bad", t("meetings.not_carried"))
                        };
                        view! { <p><span class=tone data-test="verdict" data-passed=passed.to_string()>{words}</span></p> }
                    })
            }}
            <details class="fold">
                <summary>{t("opinions.who_said")}</summary>
                <ul class="opinion-names">{names}</ul>
            </details>
        </div>
    }
    .into_any()
}
