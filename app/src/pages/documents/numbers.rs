//! Số của sổ văn bản đi: what is kept, put in between and cancelled, and that no number is missing.
use super::acting::Others;
use crate::actions::documents::{cancel_number, hold_numbers, numbers};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::form_foot::FormFoot;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::{PageHead, use_ready};
use crate::components::live::{FROM_NOW, follow};
use crate::components::notice::{Empty, ErrorNote, Loading, Note};
use crate::components::reason::ReasonField;
use crate::components::toast::use_toasts;
use crate::dto::numbers::{HeldNumber, HeldState, HoldWish, NumberBook};
use crate::i18n::{find, t, tf};
use crate::ids::NumberId;
use crate::pages::documents::list::refetching;
use leptos::prelude::*;
use leptos_router::components::{A, Form};
use leptos_router::hooks::use_query_map;

/// What is open over the list, and typed there: the list is drawn anew whenever another clerk takes a number.
#[derive(Clone, Copy)]
struct Desk {
    taking: RwSignal<bool>,
    after: RwSignal<String>,
    cancelling: RwSignal<bool>,
    /// Which number is to be cancelled, and how it is written.
    number: RwSignal<(NumberId, String)>,
    changed: Callback<()>,
}

#[component]
pub fn NumbersPage() -> impl IntoView {
    let query = use_query_map();
    let year = Memo::new(move |_| query.read().get("year").and_then(|y| y.trim().parse::<i64>().ok()));
    let book = Resource::new(move || year.get(), numbers);
    let again = refetching(move || book.refetch());
    let heard = again.clone();
    Effect::new(move |_| {
        let heard = heard.clone();
        follow("desk:outgoing", FROM_NOW, move |_| heard());
    });
    let desk = Desk {
        taking: RwSignal::new(false),
        after: RwSignal::new(String::new()),
        cancelling: RwSignal::new(false),
        number: RwSignal::new((NumberId::default(), String::new())),
        changed: Callback::new(move |()| book.refetch()),
    };
    view! {
        <PageHead title=t("numbers.title") lead=t("numbers.lead") />
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                match book.await {
                    Ok(book) => view! { <Book book desk /> }.into_any(),
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Transition>
        <Take desk />
        <Cancel desk />
    }
    .into_any()
}

fn list(numbers: &[i64]) -> String {
    numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}

#[component]
fn Book(book: NumberBook, desk: Desk) -> impl IntoView {
    let whole = book.missing.is_empty();
    let may = book.keeps && book.current;
    let fact = |words: &'static str, n: i64| {
        view! {
            <div>
                <dt>{words}</dt>
                <dd class="number">{n}</dd>
            </div>
        }
    };
    let stands = match (whole, book.last) {
        (true, 0) => t("numbers.none_given").to_owned(),
        (true, last) => tf("numbers.whole", &[("last", &last.to_string())]),
        (false, _) => tf("numbers.missing", &[("numbers", &list(&book.missing))]),
    };
    let (keeps, last) = (book.keeps, book.last);
    let take = move |_| {
        desk.after.set(last.to_string());
        desk.taking.set(true);
    };
    let none = book.numbers.is_empty();
    let rows = book.numbers.into_iter().map(|number| view! { <Row number keeps desk /> });
    let rows = rows.collect_view();
    view! {
        <Form method="GET" action="/documents/numbers" attr:class="filters">
            <div>
                <label for="year">{t("documents.register_year_label")}</label>
                <input id="year" name="year" type="number" min="1945" max="9999" inputmode="numeric" value=book.year.to_string() />
            </div>
            <button type="submit" class="button">
                {t("numbers.show")}
            </button>
            {may
                .then(|| {
                    view! {
                        <button type="button" class="button button-main" data-test="hold-open" on:click=take>
                            <Glyph icon=Icon::Plus />
                            {t("numbers.hold")}
                        </button>
                    }
                })}
        </Form>
        <div data-test="whole" data-whole=whole.to_string()>
            <Note tone=if whole { "good" } else { "bad" }>
                <p>{stands}</p>
            </Note>
        </div>
        <dl class="facts sheet">
            {fact(t("numbers.last"), book.last)}
            {fact(t("numbers.issued"), book.issued)}
            {fact(t("numbers.between"), book.between)}
            {fact(t("numbers.held"), book.held)}
            {fact(t("numbers.cancelled"), book.cancelled)}
        </dl>
        {match none {
            true => view! { <Empty icon=Icon::Log title=t("numbers.empty") text=t("numbers.empty_text") /> }.into_any(),
            false => view! { <ul class="list">{rows}</ul> }.into_any(),
        }}
    }
    .into_any()
}

#[component]
fn Row(number: HeldNumber, keeps: bool, desk: Desk) -> impl IntoView {
    let tone = match number.state {
        HeldState::Held => "badge badge-wait",
        HeldState::Used => "badge badge-good",
        HeldState::Cancelled => "badge badge-bad",
    };
    let state = number.state.as_str();
    let open = number.state == HeldState::Held;
    let ended = number.ended.map(|(by, at)| tf("numbers.ended", &[("by", &by), ("at", &at.text)]));
    let why = (!number.ended_reason.is_empty()).then(|| tf("numbers.cancelled_because", &[("reason", &number.ended_reason)]));
    let document = number.document.map(|d| match d.id {
        Some(id) => {
            let words = [d.number.as_str(), ": ", &d.title].concat();
            view! { <A href=["/documents/", id.as_str()].concat()>{words}</A> }.into_any()
        }
        None => view! { <span>{d.number}</span> }.into_any(),
    });
    let ready = use_ready();
    let this = StoredValue::new((number.id, number.number.clone()));
    let name = number.number.clone();
    view! {
        <li class="message" data-test="held" data-number=name data-state=state>
            <span>
                <strong class="number">{number.number}</strong>
                " "
                {tf("numbers.for", &[("whom", &number.whom)])}
                <span class="list-meta">
                    <span>{number.reason}</span>
                </span>
                <span class="list-meta">
                    <span>{tf("numbers.taken", &[("by", &number.by), ("at", &number.at.text)])}</span>
                    {ended.map(|words| view! { <span>{words}</span> })}
                </span>
                {why.map(|words| view! { <span class="list-meta">{words}</span> })}
                {document.map(|link| view! { <span class="list-meta">{link}</span> })}
            </span>
            <span class="list-side">
                <span class=tone>{find(&["numbers.state.", state].concat()).unwrap_or(state)}</span>
                {(open && keeps)
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button"
                                data-test="cancel-open"
                                disabled=move || !ready.get()
                                on:click=move |_| {
                                    desk.number.set(this.get_value());
                                    desk.cancelling.set(true);
                                }
                            >
                                {t("numbers.cancel")}
                            </button>
                        }
                    })}
            </span>
        </li>
    }
    .into_any()
}

#[component]
fn Cancel(desk: Desk) -> impl IntoView {
    let (call, reason) = (Call::new(), RwSignal::new(String::new()));
    let toasts = use_toasts();
    let open = desk.cancelling;
    view! {
        <Dialog open title=t("numbers.cancel_title")>
            <form on:submit=move |ev| {
                ev.prevent_default();
                let (id, _) = desk.number.get_untracked();
                call.run(
                    cancel_number(id, reason.get_untracked()),
                    move |()| {
                        open.set(false);
                        reason.set(String::new());
                        toasts.say(t("numbers.cancel_done"));
                        desk.changed.run(());
                    },
                );
            }>
                <p>{move || desk.number.with(|(_, number)| tf("numbers.cancel_text", &[("number", number)]))}</p>
                <ReasonField id="cancel_reason" label=t("numbers.cancel_reason") test="cancel-reason" reason error=call.error />
                <Others call fields=&["cancel_reason"] />
                <FormFoot call open words=t("numbers.cancel") test="cancel-confirm" bad=true otherwise=t("numbers.keep") />
            </form>
        </Dialog>
    }
    .into_any()
}

/// The next numbers, or one between two that are given.
#[component]
fn Take(desk: Desk) -> impl IntoView {
    let call = Call::new();
    let toasts = use_toasts();
    let (open, after) = (desk.taking, desk.after);
    let (between, count) = (RwSignal::new(false), RwSignal::new("1".to_owned()));
    let (whom, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    // The same word until it is done, so that a wish whose answer was lost takes nothing twice.
    let word = StoredValue::new(String::new());
    let save = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        if word.with_value(String::is_empty) {
            word.set_value(format!(
                "{:x}{:x}",
                (js_sys::Math::random() * 1e15) as u64,
                js_sys::Date::now() as u64
            ));
        }
        let wish = HoldWish {
            count: count.get_untracked().trim().parse().unwrap_or(0),
            after: between.get_untracked().then(|| after.get_untracked().trim().parse().unwrap_or(0)),
            reason: reason.get_untracked(),
            whom: whom.get_untracked(),
            once: word.get_value(),
        };
        call.run(hold_numbers(wish), move |taken| {
            word.set_value(String::new());
            open.set(false);
            toasts.say(tf("numbers.hold_done", &[("numbers", &taken.join(", "))]));
            for typed in [whom, reason] {
                typed.set(String::new());
            }
            desk.changed.run(());
        });
    };
    let way = move |put: bool, words: &'static str, test: &'static str| {
        view! {
            <label class="check">
                <input type="radio" name="way" data-test=test prop:checked=move || between.get() == put on:change=move |_| between.set(put) />
                {words}
            </label>
        }
    };
    view! {
        <Dialog open title=t("numbers.hold_title")>
            <form on:submit=save>
                <fieldset class="field">
                    <legend>{t("numbers.way")}</legend>
                    {way(false, t("numbers.way_next"), "way-next")}
                    {way(true, t("numbers.way_between"), "way-between")}
                </fieldset>
                <Show when=move || !between.get()>
                    <Field id="count" label=t("numbers.count") error=call.error>
                        <input
                            id="count"
                            type="number"
                            min="1"
                            max="20"
                            inputmode="numeric"
                            required
                            prop:value=move || count.get()
                            on:input=move |ev| count.set(event_target_value(&ev))
                        />
                    </Field>
                </Show>
                <Show when=move || between.get()>
                    <Field id="after" label=t("numbers.after") hint=t("numbers.after_hint") error=call.error>
                        <input
                            id="after"
                            type="number"
                            min="1"
                            inputmode="numeric"
                            required
                            prop:value=move || after.get()
                            on:input=move |ev| after.set(event_target_value(&ev))
                        />
                    </Field>
                </Show>
                <Field id="whom" label=t("numbers.whom") error=call.error>
                    <input
                        id="whom"
                        data-test="whom"
                        required
                        maxlength="200"
                        autocomplete="off"
                        prop:value=move || whom.get()
                        on:input=move |ev| whom.set(event_target_value(&ev))
                    />
                </Field>
                <ReasonField id="hold_reason" label=t("numbers.reason") hint=t("numbers.reason_hint") test="hold-reason" reason error=call.error />
                <Others call fields=&["count", "after", "whom", "hold_reason"] />
                <FormFoot call open words=t("numbers.hold") test="hold-confirm" />
            </form>
        </Dialog>
    }
    .into_any()
}
