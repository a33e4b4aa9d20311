//! People of the body: who they are, what they may do, whether their account is open (administrators).
use crate::actions::identity::{end_sessions, people, set_active};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::icon::Icon;
use crate::components::layout::PageHead;
use crate::components::notice::{Empty, ErrorNote, Failure, Loading};
use crate::components::toast::use_toasts;
use crate::dto::identity::{Person, Role};
use crate::i18n::{find, t, tf};
use leptos::prelude::*;
use leptos_router::components::A;

fn role_name(role: Role) -> &'static str {
    find(&["role.", role.as_str()].concat()).unwrap_or(role.as_str())
}

#[component]
pub fn PeoplePage() -> impl IntoView {
    let all = Resource::new(|| (), |()| people(String::new()));
    view! {
        <PageHead title=t("nav.people") lead=t("people.lead")>
            <A href="/authority" attr:class="button">
                {t("authority.link")}
            </A>
            <A href="/tablets" attr:class="button">
                {t("tablets.title")}
            </A>
        </PageHead>
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match all.await {
                    Ok(people) => view! { <List people /> }.into_any(),
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn List(people: Vec<Person>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let people = StoredValue::new(people);
    let fits = move |p: &Person| {
        let text = text.read().to_lowercase();
        [&p.full_name, &p.username, &p.position, &p.unit]
            .iter()
            .any(|s| s.to_lowercase().contains(&text))
    };
    let none = move || people.with_value(|all| !all.iter().any(fits));
    view! {
        <div class="filters">
            <div class="grow">
                <label for="find">{t("people.find")}</label>
                <input id="find" type="search" autocomplete="off" on:input:target=move |ev| text.set(ev.target().value()) />
            </div>
        </div>
        <ul class="list">
            {people
                .get_value()
                .into_iter()
                .map(|person| {
                    let shown = { let person = person.clone(); move || fits(&person) };
                    view! { <Row person shown=Signal::derive(shown) /> }
                })
                .collect_view()}
        </ul>
        <Show when=none>
            <Empty icon=Icon::People title=t("people.none") text=t("people.none_text") />
        </Show>
    }
    .into_any()
}

#[component]
fn Row(person: Person, #[prop(into)] shown: Signal<bool>) -> impl IntoView {
    let call = Call::new();
    let active = RwSignal::new(person.active);
    let asking = RwSignal::new(false);
    let lost = RwSignal::new(false);
    let toasts = use_toasts();
    let id = StoredValue::new(person.id.clone());
    let name = StoredValue::new(person.full_name.clone());
    let change = move |to: bool| {
        call.run(set_active(id.get_value(), to), move |()| {
            active.set(to);
            asking.set(false);
        });
    };
    let (user, place) = (person.username.clone(), person.place());
    let roles = person.roles.into_iter().map(role_name).collect::<Vec<_>>().join(", ");
    view! {
        <li class="message" hidden=move || !shown.get() data-test="person" data-user=user>
            <span>
                <strong>{person.full_name}</strong>
                <span class="list-meta">
                    <code>{person.username}</code>
                    <span>{place}</span>
                </span>
                <span class="list-meta">{roles}</span>
                <Failure error=call.error />
            </span>
            <span class="list-side">
                <span class=move || if active.get() { "badge badge-good" } else { "badge badge-bad" }>
                    {move || if active.get() { t("people.active") } else { t("people.inactive") }}
                </span>
                <button
                    type="button"
                    class="button button-quiet"
                    data-test="end-sessions"
                    disabled=move || call.blocked()
                    on:click=move |_| lost.set(true)
                >
                    {t("people.sign_out")}
                </button>
                <button
                    type="button"
                    class="button"
                    data-test="set-active"
                    disabled=move || call.blocked()
                    on:click=move |_| if active.get_untracked() { asking.set(true) } else { change(true) }
                >
                    {move || if active.get() { t("people.close") } else { t("people.open") }}
                </button>
            </span>
            <Dialog open=lost title=t("people.sign_out_title")>
                <p>{tf("people.sign_out_text", &[("name", &name.get_value())])}</p>
                <Failure error=call.error />
                <div class="form-foot">
                    <button
                        type="button"
                        class="button button-main"
                        data-test="end-sessions-sure"
                        disabled=move || call.blocked()
                        on:click=move |_| {
                            call.run(
                                end_sessions(id.get_value()),
                                move |()| {
                                    lost.set(false);
                                    toasts.say(tf("people.signed_out", &[("name", &name.get_value())]));
                                },
                            );
                        }
                    >
                        {t("people.sign_out")}
                    </button>
                    <button type="button" class="button" on:click=move |_| lost.set(false)>
                        {t("common.cancel")}
                    </button>
                </div>
            </Dialog>
            <Dialog open=asking title=t("people.close_title")>
                <p>{tf("people.close_text", &[("name", &name.get_value())])}</p>
                <Failure error=call.error />
                <div class="form-foot">
                    <button type="button" class="button button-main" disabled=move || call.blocked() on:click=move |_| change(false)>
                        {t("people.close")}
                    </button>
                    <button type="button" class="button" on:click=move |_| asking.set(false)>
                        {t("common.cancel")}
                    </button>
                </div>
            </Dialog>
        </li>
    }
    .into_any()
}
