//! Xử lý văn bản đến: who is to do what until when, and what came of it.
use super::acting::{Others, stay_fresh};
use super::doc::Doc;
use crate::actions::documents::assign;
use crate::actions::identity::people;
use crate::components::badge::DueMark;
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::form_foot::FormFoot;
use crate::components::notice::{ErrorNote, Loading};
use crate::components::search::as_typed;
use crate::components::toast::use_toasts;
use crate::dto::documents::{AssignWish, Assignment, Part, State};
use crate::dto::identity::Person;
use crate::i18n::{find, t, tf};
use crate::ids::UserId;
use crate::parts::{DeskPart, desk_part};
use leptos::prelude::*;

fn part_words(part: Part) -> &'static str {
    find(&["documents.part.", part.as_str()].concat()).unwrap_or(part.as_str())
}

/// Who has which part, and the way that the document took.
#[component]
pub fn Processing(doc: Doc) -> impl IntoView {
    let assignments = Memo::new(move |_| doc.detail.with(|d| d.assignments.clone()));
    let due = Memo::new(move |_| doc.detail.with(|d| d.row.due.clone()));
    let row = |a: Assignment| {
        view! {
            <li class:quiet=!a.current>
                <p>
                    <span class="part">{part_words(a.part)}</span>
                    " "
                    <strong>{a.name}</strong>
                    {(!a.position.is_empty()).then(|| view! { <span class="quiet">", " {a.position}</span> })}
                </p>
                <p class="quiet">{tf("documents.given_by", &[("name", &a.by)])} " · " <span class="number">{a.given.text}</span></p>
                {(!a.instruction.is_empty() && a.part == Part::Lead).then(|| view! { <p class="instruction">{a.instruction}</p> })}
            </li>
        }
    };
    let list = move |current: bool| {
        let all = assignments.get().into_iter().filter(|a| a.current == current);
        all.map(row).collect_view()
    };
    let any = move |current: bool| assignments.with(|all| all.iter().any(|a| a.current == current));
    view! {
        <Show when=move || any(true)>
            <section class="sheet" data-test="processing">
                <h2>{t("documents.processing")}</h2>
                {move || due.get().map(|due| view! { <p class="row"><DueMark due /></p> })}
                <ul class="trail">{move || list(true)}</ul>
                <Show when=move || any(false)>
                    <details>
                        <summary>{t("documents.passed_before")}</summary>
                        <ul class="trail">{move || list(false)}</ul>
                    </details>
                </Show>
            </section>
        </Show>
    }
}

#[component]
pub fn AssignDialog(doc: Doc, open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open title=t("documents.assign_title") roomy=true>
            <Suspense fallback=Loading>
                {move || Suspend::new(async move {
                    match people(String::new()).await {
                        Ok(people) => desk_part(DeskPart::Assign(doc, open, people)).await,
                        Err(error) => view! { <ErrorNote error /> }.into_any(),
                    }
                })}
            </Suspense>
        </Dialog>
    }
}

/// What a person is chosen for, beside who leads.
type Chosen = Vec<(Person, Part)>;

#[component]
pub fn AssignForm(doc: Doc, open: RwSignal<bool>, people: Vec<Person>) -> impl IntoView {
    let call = Call::new();
    let toasts = use_toasts();
    stay_fresh(doc, call);
    let people: Vec<Person> = people.into_iter().filter(|p| p.active).collect();
    let (state, before, due_on) = doc.detail.with_untracked(|d| {
        let before: Vec<Assignment> = d.assignments.iter().filter(|a| a.current).cloned().collect();
        let due_on = d.row.due.as_ref().map(|due| due.day.clone()).unwrap_or_default();
        (d.row.state, before, due_on)
    });
    let with = |part: Part| before.iter().filter(move |a| a.part == part);
    let lead = RwSignal::new(with(Part::Lead).map(|a| a.person.0.clone()).next().unwrap_or_default());
    let chosen: Chosen = [Part::Support, Part::Inform]
        .into_iter()
        .flat_map(|part| with(part).map(move |a| (a, part)))
        .filter_map(|(a, part)| people.iter().find(|p| p.id == a.person).map(|p| (p.clone(), part)))
        .collect();
    let chosen = RwSignal::new(chosen);
    let (due_on, instruction) = (RwSignal::new(due_on), RwSignal::new(String::new()));
    let leads = people.iter().map(|p| {
        let id = p.id.0.clone();
        let words = [p.full_name.as_str(), ", ", &p.place()].concat();
        let selected = lead.with_untracked(|l| *l == id);
        view! {
            <option value=id selected=selected>
                {words}
            </option>
        }
    });
    let leads = leads.collect_view();
    let save = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let with = |part: Part| -> Vec<UserId> {
            let all = chosen.get_untracked().into_iter();
            all.filter(|(_, p)| *p == part).map(|(person, _)| person.id).collect()
        };
        let wish = AssignWish {
            lead: UserId(lead.get_untracked()),
            support: with(Part::Support),
            inform: with(Part::Inform),
            due_on: due_on.get_untracked(),
            instruction: instruction.get_untracked(),
        };
        call.run(assign(doc.id(), doc.revision(), wish), move |()| {
            open.set(false);
            toasts.say(t("documents.assigned"));
            doc.refresh();
        });
    };
    let again = state != State::TakenIn;
    view! {
        <form on:submit=save>
            {again.then(|| view! { <p class="hint">{t("documents.pass_on_hint")}</p> })}
            <Field id="lead" label=t("documents.part_lead_label") error=call.error>
                <select id="lead" data-test="assign-lead" required on:change=move |ev| lead.set(event_target_value(&ev))>
                    <option value="">{t("documents.choose")}</option>
                    {leads}
                </select>
            </Field>
            <Helpers first=people chosen />
            <Field id="due_on" label=t("documents.due_label") hint=t("documents.due_hint") error=call.error>
                <input
                    id="due_on"
                    type="date"
                    data-test="assign-due"
                    prop:value=move || due_on.get()
                    on:input=move |ev| due_on.set(event_target_value(&ev))
                />
            </Field>
            <Field id="instruction" label=t("documents.instruction_label") error=call.error>
                <textarea
                    id="instruction"
                    data-test="assign-instruction"
                    maxlength="2000"
                    prop:value=move || instruction.get()
                    on:input=move |ev| instruction.set(event_target_value(&ev))
                ></textarea>
            </Field>
            <Others call fields=&["lead", "due_on", "instruction"] />
            <FormFoot call open words={if again { t("documents.pass_on") } else { t("documents.assign") }} test="assign-confirm" />
        </form>
    }
}

/// Those who help and those who are told: two ticks for each person; words typed above narrow the list, and undo no tick.
#[component]
fn Helpers(first: Vec<Person>, chosen: RwSignal<Chosen>) -> impl IntoView {
    let offered = RwSignal::new(first);
    let search = as_typed(people, move |found| {
        let _ = offered.try_set(found.into_iter().filter(|p| p.active).collect());
    });
    let shown = Memo::new(move |_| {
        let mut all: Vec<Person> = chosen.with(|c| c.iter().map(|(p, _)| p.clone()).collect());
        let more = offered.get().into_iter().filter(|p| all.iter().all(|a| a.id != p.id));
        let more: Vec<Person> = more.collect();
        all.extend(more);
        all
    });
    let tick = move |person: Person, part: Part, on: bool| {
        chosen.update(|all| {
            all.retain(|(p, _)| p.id != person.id);
            if on {
                all.push((person, part));
            }
        });
    };
    view! {
        <fieldset class="field">
            <legend>{t("documents.helpers_label")}</legend>
            <input
                type="search"
                aria-label=t("documents.people_search")
                placeholder=t("documents.people_search")
                autocomplete="off"
                maxlength="100"
                on:input=move |ev| search(event_target_value(&ev))
            />
            <ul class="choice helpers">
                <For each=move || shown.get() key=|p| p.id.clone() let(person)>
                    {
                        let parts = [Part::Support, Part::Inform]
                            .map(|part| {
                                let (id, of) = (person.id.clone(), person.clone());
                                let on = move || chosen.with(|all| all.iter().any(|(p, is)| p.id == id && *is == part));
                                view! {
                                    <label class="check">
                                        <input
                                            type="checkbox"
                                            prop:checked=on
                                            on:change=move |ev| tick(of.clone(), part, event_target_checked(&ev))
                                        />
                                        {part_words(part)}
                                    </label>
                                }
                            });
                        view! {
                            <li>
                                <span class="helper-name">
                                    {person.full_name.clone()} " " <span class="quiet">{person.place()}</span>
                                </span>
                                <span class="row">{parts.into_iter().collect_view()}</span>
                            </li>
                        }
                    }
                </For>
            </ul>
        </fieldset>
    }
}
