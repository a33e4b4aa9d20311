//! A new meeting: what, where, when, who.
use crate::actions::identity::people;
use crate::actions::meetings::create_meeting;
use crate::components::call::Call;
use crate::components::field::Field;
use crate::components::layout::PageHead;
use crate::components::notice::{ErrorNote, Failure, Loading};
use crate::dto::identity::Person;
use crate::dto::meetings::MeetingDraft;
use crate::i18n::{t, tf};
use crate::ids::UserId;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use std::collections::BTreeSet;

#[component]
pub fn NewMeetingPage() -> impl IntoView {
    let all = Resource::new(|| (), |()| people(String::new()));
    view! {
        <PageHead title=t("meetings.new") />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match all.await {
                    Ok(people) => {
                        let people = people.into_iter().filter(|p| p.active).collect::<Vec<_>>();
                        view! { <Form people /> }.into_any()
                    }
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Form(people: Vec<Person>) -> impl IntoView {
    let call = Call::new();
    let [title, place, starts, ends, chair] = [(); 5].map(|()| RwSignal::new(String::new()));
    let members = RwSignal::new(BTreeSet::<UserId>::new());
    let navigate = use_navigate();
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let draft = MeetingDraft {
            title: title.get_untracked(),
            room: place.get_untracked(),
            starts: starts.get_untracked(),
            ends: ends.get_untracked(),
            chair_id: UserId(chair.get_untracked()),
            members: members.get_untracked().into_iter().collect(),
        };
        let navigate = navigate.clone();
        call.run(create_meeting(draft), move |id| {
            navigate(&["/meetings/", id.as_str()].concat(), Default::default());
        });
    };
    let chairs = people.clone();
    view! {
        <form class="sheet form" on:submit=send>
            <Field id="title" label=t("meetings.title") error=call.error>
                <input
                    id="title"
                    data-test="meeting-title"
                    required
                    maxlength="300"
                    prop:value=title
                    on:input:target=move |ev| title.set(ev.target().value())
                />
            </Field>
            <Field id="room" label=t("meetings.room") error=call.error>
                <input
                    id="room"
                    data-test="meeting-room"
                    required
                    maxlength="200"
                    prop:value=place
                    on:input:target=move |ev| place.set(ev.target().value())
                />
            </Field>
            <div class="columns">
                <Field id="starts" label=t("meetings.starts") error=call.error>
                    <input
                        id="starts"
                        data-test="meeting-starts"
                        type="datetime-local"
                        required
                        prop:value=starts
                        on:input:target=move |ev| starts.set(ev.target().value())
                    />
                </Field>
                <Field id="ends" label=t("meetings.ends") error=call.error>
                    <input
                        id="ends"
                        data-test="meeting-ends"
                        type="datetime-local"
                        required
                        min=move || starts.get()
                        prop:value=ends
                        on:input:target=move |ev| ends.set(ev.target().value())
                    />
                </Field>
            </div>
            <Field id="chair_id" label=t("meetings.chair") error=call.error>
                <select id="chair_id" data-test="meeting-chair" required on:change:target=move |ev| chair.set(ev.target().value())>
                    <option value="">{t("meetings.choose_chair")}</option>
                    {chairs
                        .into_iter()
                        .map(|p| view! { <option value=p.id.to_string()>{[&p.full_name, " – ", &p.position].concat()}</option> })
                        .collect_view()}
                </select>
            </Field>
            <Members people members />
            <Failure error=call.error />
            <div class="form-foot">
                <button
                    type="submit"
                    class="button button-main"
                    data-test="meeting-create"
                    disabled=move || call.blocked()
                    aria-busy=move || call.busy().to_string()
                >
                    {t("meetings.create")}
                </button>
                <a class="button" href="/meetings">
                    {t("common.cancel")}
                </a>
            </div>
        </form>
    }
    .into_any()
}

/// Everybody of the body, to be ticked; a word narrows the list, what was ticked stays.
#[component]
fn Members(people: Vec<Person>, members: RwSignal<BTreeSet<UserId>>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let people = StoredValue::new(people);
    let fits = move |p: &Person| {
        let text = text.read().to_lowercase();
        [&p.full_name, &p.position, &p.unit]
            .iter()
            .any(|s| s.to_lowercase().contains(&text))
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
            <legend>{t("meetings.members")}</legend>
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
                                        data-user=p.username.clone()
                                        prop:checked=move || members.with(|m| m.contains(&key))
                                        on:change=move |ev| set(id.clone(), event_target_checked(&ev))
                                    />
                                    <span>
                                        {p.full_name.clone()}
                                        <small class="quiet">{[" – ", &p.place()].concat()}</small>
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
