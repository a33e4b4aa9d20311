//! A new meeting: what, where, when, who.
use super::occasion::{Occasion, OccasionFields};
use crate::actions::identity::people;
use crate::actions::meetings::{conflicts, copy_meeting, create_meeting, get_meeting};
use crate::components::call::Call;
use crate::components::field::Field;
use crate::components::layout::PageHead;
use crate::components::members::{Candidate, Members};
use crate::components::notice::{ErrorNote, Failure, Loading, Note};
use crate::dto::identity::Person;
use crate::dto::meetings::{Conflict, MeetingDetail, MeetingDraft};
use crate::i18n::{t, tf};
use crate::ids::{MeetingId, UserId};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long nothing changes before it is asked what is taken.
const PAUSE: Duration = Duration::from_millis(500);

#[component]
pub fn NewMeetingPage() -> impl IntoView {
    let query = use_query_map();
    let given = |key: &str| query.read_untracked().get(key).unwrap_or_default();
    let wish = StoredValue::new((given("day"), given("room")));
    let from = query.read_untracked().get("from").filter(|id| !id.is_empty()).map(MeetingId);
    let all = Resource::new(
        move || from.clone(),
        |from| async move {
            let earlier = match from {
                Some(id) => Some(get_meeting(id).await?),
                None => None,
            };
            Ok::<_, crate::error::ApiError>((people(String::new()).await?, earlier))
        },
    );
    view! {
        <PageHead title=t("meetings.new") />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match all.await {
                    Ok((people, earlier)) => {
                        let people = people.into_iter().filter(|p| p.active).collect::<Vec<_>>();
                        view! { <Form people earlier wish=wish.get_value() /> }.into_any()
                    }
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Form(
    people: Vec<Person>,
    earlier: Option<MeetingDetail>,
    /// Day and room that were chosen in the calendar.
    wish: (String, String),
) -> impl IntoView {
    let call = Call::new();
    let occasion = Occasion::new();
    let chair = RwSignal::new(String::new());
    let members = RwSignal::new(BTreeSet::<UserId>::new());
    let (day, room) = wish;
    if day.len() == 10 {
        // The usual hours of a morning; both are there to be changed.
        occasion.starts.set([day.as_str(), "T08:00"].concat());
        occasion.ends.set([day.as_str(), "T10:00"].concat());
    }
    occasion.room.set(room);
    let copied = earlier.as_ref().map(|e| tf("meetings.copy_of", &[("name", &e.row.title)]));
    let from = earlier.as_ref().map(|e| e.row.id.clone());
    if let Some(e) = earlier {
        let active = |id: &UserId| people.iter().any(|p| p.id == *id);
        let of = |part: &'static str| e.members.iter().filter(move |m| m.part == part).map(|m| m.user_id.clone());
        occasion.title.set(e.row.title);
        occasion.room.set(e.row.room);
        chair.set(of("chair").find(active).map(|id| id.0).unwrap_or_default());
        members.set(of("member").chain(of("delegated")).filter(active).collect());
    }
    let draft = move || MeetingDraft {
        title: occasion.title.get(),
        room: occasion.room.get(),
        starts: occasion.starts.get(),
        ends: occasion.ends.get(),
        chair_id: UserId(chair.get()),
        members: members.get().into_iter().collect(),
    };
    let taken = RwSignal::new(Vec::<Conflict>::new());
    let asked = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let now = draft();
        asked.update_value(|n| *n += 1);
        let mine = asked.get_value();
        if now.starts.is_empty() || now.ends.is_empty() {
            return;
        }
        set_timeout(
            move || {
                if asked.try_get_value() == Some(mine) {
                    leptos::task::spawn_local(async move {
                        // A warning only: without a link the form goes on without it.
                        if let (Ok(found), true) = (conflicts(now).await, asked.try_get_value() == Some(mine)) {
                            let _ = taken.try_set(found);
                        }
                    });
                }
            },
            PAUSE,
        );
    });
    let navigate = use_navigate();
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let (draft, from, navigate) = (untrack(draft), from.clone(), navigate.clone());
        let work = async move {
            match from {
                Some(from) => copy_meeting(from, draft).await,
                None => create_meeting(draft).await,
            }
        };
        call.run(work, move |id| {
            navigate(&["/meetings/", id.as_str()].concat(), Default::default());
        });
    };
    let chairs = people.clone();
    view! {
        <form class="sheet form" on:submit=send>
            {copied.map(|words| view! { <p class="hint" data-test="copied">{words}</p> })}
            <OccasionFields of=occasion error=call.error />
            <Field id="chair_id" label=t("meetings.chair") error=call.error>
                <select id="chair_id" data-test="meeting-chair" required on:change:target=move |ev| chair.set(ev.target().value())>
                    <option value="">{t("meetings.choose_chair")}</option>
                    {chairs
                        .into_iter()
                        .map(|p| {
                            let selected = chair.with_untracked(|c| *c == p.id.0);
                            view! { <option value=p.id.to_string() selected=selected>{[&p.full_name, " – ", &p.position].concat()}</option> }
                        })
                        .collect_view()}
                </select>
            </Field>
            <Members people=people.into_iter().map(Candidate::from).collect() members legend=t("meetings.members") />
            <Taken taken />
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

/// What is taken already at the chosen time: a warning that stops nobody.
#[component]
fn Taken(taken: RwSignal<Vec<Conflict>>) -> impl IntoView {
    let line = |c: Conflict| {
        let times = super::span(&c.from, &c.to);
        let words = if c.who.is_empty() {
            tf("meetings.room_taken", &[("time", &times)])
        } else {
            tf("meetings.person_taken", &[("name", &c.who), ("time", &times)])
        };
        view! { <li data-test="conflict">{words}</li> }
    };
    view! {
        <div role="status">
            <Show when=move || !taken.with(Vec::is_empty)>
                <Note tone="warn">
                    <ul>{move || taken.get().into_iter().map(line).collect_view()}</ul>
                </Note>
            </Show>
        </div>
    }
    .into_any()
}
