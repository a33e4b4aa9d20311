//! A list of people to choose from.
use crate::dto::identity::Person;
use crate::dto::meetings::Member;
use crate::i18n::{t, tf};
use crate::ids::UserId;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// Somebody who may be chosen.
#[derive(Clone)]
pub struct Candidate {
    id: UserId,
    /// What finds the box from outside: the name to sign in with where it is known, else the id.
    user: String,
    full_name: String,
    /// Position and unit.
    place: String,
}

impl From<Person> for Candidate {
    fn from(p: Person) -> Self {
        Self {
            place: p.place(),
            id: p.id,
            user: p.username,
            full_name: p.full_name,
        }
    }
}

impl From<&Member> for Candidate {
    fn from(m: &Member) -> Self {
        Self {
            id: m.user_id.clone(),
            user: m.user_id.to_string(),
            full_name: m.full_name.clone(),
            place: m.position.clone(),
        }
    }
}

/// People to be ticked; a word narrows the list, what was ticked stays.
#[component]
pub fn Members(people: Vec<Candidate>, members: RwSignal<BTreeSet<UserId>>, legend: &'static str) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let people = StoredValue::new(people);
    let fits = move |p: &Candidate| {
        let text = text.read().to_lowercase();
        [&p.full_name, &p.place].iter().any(|s| s.to_lowercase().contains(&text))
    };
    let set = move |id: UserId, on: bool| {
        members.update(|m| {
            if on {
                m.insert(id);
            } else {
                m.remove(&id);
            }
        });
    };
    let all = move |on: bool| {
        let shown = people.with_value(|all| all.iter().filter(|p| untrack(|| fits(p))).map(|p| p.id.clone()).collect::<Vec<_>>());
        shown.into_iter().for_each(|id| set(id, on));
    };
    view! {
        <fieldset class="members-field">
            <legend>{legend}</legend>
            <p class="hint" role="status">
                {move || tf("meetings.chosen", &[("n", &members.with(BTreeSet::len).to_string())])}
            </p>
            <div class="with-button">
                <input
                    type="search"
                    aria-label=t("meetings.find_person")
                    placeholder=t("meetings.find_person")
                    on:input:target=move |ev| text.set(ev.target().value())
                />
                <button type="button" class="button" on:click=move |_| all(true)>
                    {t("meetings.choose_all")}
                </button>
                <button type="button" class="button button-quiet" on:click=move |_| all(false)>
                    {t("meetings.choose_none")}
                </button>
            </div>
            <ul class="tick-list">
                {people
                    .get_value()
                    .into_iter()
                    .map(|p| {
                        let (id, key, who) = (p.id.clone(), p.id.clone(), p.clone());
                        view! {
                            <li hidden=move || !fits(&who)>
                                <label class="check">
                                    <input
                                        type="checkbox"
                                        data-test="meeting-member"
                                        data-user=p.user.clone()
                                        prop:checked=move || members.with(|m| m.contains(&key))
                                        on:change=move |ev| set(id.clone(), event_target_checked(&ev))
                                    />
                                    <span>
                                        {p.full_name.clone()}
                                        <small class="quiet">{[" – ", &p.place].concat()}</small>
                                    </span>
                                </label>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </fieldset>
    }
    .into_any()
}
