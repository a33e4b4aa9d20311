//! Ký thay, thừa lệnh, thừa ủy quyền, quyền: who may sign in whose place (clerks, administrators).
use crate::actions::documents::{authorities, end_authority, give_authority};
use crate::actions::identity::people;
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::form_foot::FormFoot;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::{PageHead, use_session};
use crate::components::notice::{Empty, ErrorNote, Failure, Loading};
use crate::components::reason::ReasonField;
use crate::components::toast::use_toasts;
use crate::dto::authority::{Authority, AuthorityForm, AuthorityWish, Standing, lines};
use crate::dto::identity::{Person, Role};
use crate::error::ApiError;
use crate::i18n::{find, t, tf};
use crate::ids::UserId;
use leptos::prelude::*;

fn form_words(form: AuthorityForm) -> &'static str {
    find(&["authority.form.", form.as_str()].concat()).unwrap_or(form.prefix())
}

#[component]
pub fn AuthorityPage() -> impl IntoView {
    let session = use_session();
    let all = Resource::new(|| (), |()| authorities());
    let leaders = Resource::new(|| (), |()| people(String::new()));
    let changed = Callback::new(move |()| all.refetch());
    view! {
        <PageHead title=t("authority.title") lead=t("authority.lead") />
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                let me = session.await.ok().flatten();
                let keeps = me.is_some_and(|me| me.is(Role::Clerk) || me.is(Role::Admin));
                let people = leaders.await.unwrap_or_default();
                let people: Vec<Person> = people.into_iter().filter(|p| p.active && p.roles.contains(&Role::Leader)).collect();
                match all.await {
                    Ok(all) => view! { <List all keeps people changed /> }.into_any(),
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn List(all: Vec<Authority>, keeps: bool, people: Vec<Person>, changed: Callback<()>) -> impl IntoView {
    let giving = RwSignal::new(false);
    let none = all.is_empty();
    let (now, over): (Vec<_>, Vec<_>) = all.into_iter().partition(|a| a.standing != Standing::Over);
    let draw = move |all: Vec<Authority>| all.into_iter().map(|given| view! { <Row given keeps changed /> }).collect_view();
    let before = (!over.is_empty()).then(|| {
        view! {
            <details>
                <summary>{t("authority.over")}</summary>
                <ul class="list">{draw(over)}</ul>
            </details>
        }
    });
    view! {
        {keeps
            .then(|| {
                view! {
                    <div class="filters">
                        <button type="button" class="button button-main" data-test="give-open" on:click=move |_| giving.set(true)>
                            <Glyph icon=Icon::Plus />
                            {t("authority.give")}
                        </button>
                    </div>
                    <Give open=giving people changed />
                }
            })}
        {none.then(|| view! { <Empty icon=Icon::Pen title=t("authority.none") text=t("authority.none_text") /> })}
        <ul class="list">{draw(now)}</ul>
        {before}
    }
    .into_any()
}

#[component]
fn Row(given: Authority, keeps: bool, changed: Callback<()>) -> impl IntoView {
    let (call, open, reason) = (Call::new(), RwSignal::new(false), RwSignal::new(String::new()));
    let toasts = use_toasts();
    let id = StoredValue::new(given.id);
    let standing = given.standing.as_str();
    let tone = match given.standing {
        Standing::Current => "badge badge-good",
        Standing::Coming => "badge badge-wait",
        Standing::Over => "badge",
    };
    let time = match &given.to {
        Some(to) => tf("authority.from_to", &[("from", &given.from), ("to", to)]),
        None => tf("authority.from", &[("from", &given.from)]),
    };
    let ended = given
        .ended
        .map(|(by, at, why)| tf("authority.ended", &[("by", &by), ("at", &at.text), ("reason", &why)]));
    let printed = given
        .lines
        .iter()
        .map(|line| view! { <span class="authority-line">{line.clone()}</span> })
        .collect_view();
    let name = given.name.clone();
    view! {
        <li class="message" data-test="authority" data-standing=standing>
            <span>
                <strong>{given.name}</strong>
                {given.head.map(|head| view! { <span class="quiet">" · " {tf("authority.for", &[("name", &head)])}</span> })}
                <span class="authority">{printed}</span>
                <span class="list-meta">
                    <span>{form_words(given.form)}</span>
                    <span class="number">{time}</span>
                </span>
                <span class="list-meta">{tf("authority.basis_is", &[("basis", &given.basis)])}</span>
                <span class="list-meta">{tf("authority.given_by", &[("by", &given.by), ("at", &given.at.text)])}</span>
                {ended.map(|words| view! { <span class="list-meta">{words}</span> })}
            </span>
            <span class="list-side">
                <span class=tone>{find(&["authority.standing.", standing].concat()).unwrap_or(standing)}</span>
                {(keeps && given.standing != Standing::Over)
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button"
                                data-test="end-open"
                                disabled=move || call.blocked()
                                on:click=move |_| open.set(true)
                            >
                                {t("authority.end")}
                            </button>
                        }
                    })}
            </span>
            <Dialog open title=t("authority.end_title")>
                <form on:submit=move |ev| {
                    ev.prevent_default();
                    call.run(
                        end_authority(id.get_value(), reason.get_untracked()),
                        move |()| {
                            open.set(false);
                            toasts.say(t("authority.end_done"));
                            changed.run(());
                        },
                    );
                }>
                    <p>{tf("authority.end_text", &[("name", &name)])}</p>
                    <ReasonField id="end_reason" label=t("authority.end_reason") test="end-reason" reason error=call.error />
                    <Others call fields=&["end_reason"] />
                    <FormFoot call open words=t("authority.end") test="end-confirm" bad=true />
                </form>
            </Dialog>
        </li>
    }
    .into_any()
}

/// Failures that do not belong to a field that shows its own.
#[component]
fn Others(call: Call, fields: &'static [&'static str]) -> impl IntoView {
    let own = move |e: &ApiError| e.field.as_deref().is_some_and(|f| fields.contains(&f));
    let others = Memo::new(move |_| call.error.get().filter(|e| !own(e)));
    view! { <Failure error=others /> }
}

/// The title without what a position adds of the body: `Phó Chủ tịch Ủy ban nhân dân tỉnh` is printed as `Phó Chủ tịch`.
fn title_of(position: &str) -> String {
    let cut = ["Ủy ban", "UBND", "Sở ", "Hội đồng"];
    let end = cut.iter().filter_map(|word| position.find(word)).filter(|at| *at > 0).min();
    position[..end.unwrap_or(position.len())].trim().to_owned()
}

#[component]
fn Give(open: RwSignal<bool>, people: Vec<Person>, changed: Callback<()>) -> impl IntoView {
    let call = Call::new();
    let toasts = use_toasts();
    let form = RwSignal::new(AuthorityForm::Deputy);
    let text = || RwSignal::new(String::new());
    let (person, head, head_title, own_title) = (text(), text(), text(), text());
    let (from_on, to_on, basis) = (text(), text(), text());
    let known = StoredValue::new(people);
    let choices = move || {
        let all = known.get_value().into_iter();
        all.map(|p| {
            let words = [p.full_name.as_str(), ", ", &p.place()].concat();
            view! { <option value=p.id.0>{words}</option> }
        })
        .collect_view()
    };
    // The title of who was chosen, as long as none was typed.
    let offer = move |id: &str, title: RwSignal<String>| {
        let position = known.with_value(|all| all.iter().find(|p| p.id.as_str() == id).map(|p| p.position.clone()));
        if let Some(position) = position {
            title.set(title_of(&position));
        }
    };
    let acting = move || form.get() == AuthorityForm::Acting;
    let save = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let wish = AuthorityWish {
            person: UserId(person.get_untracked()),
            form: form.get_untracked(),
            head: Some(UserId(head.get_untracked())).filter(|id| !id.as_str().is_empty()),
            head_title: head_title.get_untracked(),
            own_title: own_title.get_untracked(),
            from_on: from_on.get_untracked(),
            to_on: to_on.get_untracked(),
            basis: basis.get_untracked(),
        };
        call.run(give_authority(wish), move |_| {
            open.set(false);
            toasts.say(t("authority.give_done"));
            changed.run(());
        });
    };
    let input = move |id: &'static str, kind: &'static str, value: RwSignal<String>, needed: bool| {
        view! {
            <input
                id=id
                type=kind
                data-test=id
                required=needed
                maxlength="500"
                autocomplete="off"
                prop:value=move || value.get()
                on:input=move |ev| value.set(event_target_value(&ev))
            />
        }
    };
    let printed = move || lines(form.get(), &head_title.get(), &own_title.get());
    view! {
        <Dialog open title=t("authority.give") roomy=true>
            <form on:submit=save>
                <Field id="form" label=t("authority.form_label") error=call.error>
                    <select
                        id="form"
                        data-test="form"
                        on:change=move |ev| form.set(AuthorityForm::parse(&event_target_value(&ev)).unwrap_or_default())
                    >
                        {AuthorityForm::ALL.map(|f| view! { <option value=f.as_str()>{form_words(f)}</option> }).collect_view()}
                    </select>
                </Field>
                <Field id="person" label=t("authority.person") error=call.error>
                    <select
                        id="person"
                        data-test="person"
                        required
                        on:change=move |ev| {
                            let id = event_target_value(&ev);
                            offer(&id, own_title);
                            person.set(id);
                        }
                    >
                        <option value="">{t("documents.choose")}</option>
                        {choices()}
                    </select>
                </Field>
                <Show when=move || !acting()>
                    <Field id="own_title" label=t("authority.own_title") error=call.error>
                        {input("own_title", "text", own_title, true)}
                    </Field>
                    <Field id="head" label=t("authority.head") error=call.error>
                        <select
                            id="head"
                            data-test="head"
                            required
                            on:change=move |ev| {
                                let id = event_target_value(&ev);
                                offer(&id, head_title);
                                head.set(id);
                            }
                        >
                            <option value="">{t("documents.choose")}</option>
                            {choices()}
                        </select>
                    </Field>
                </Show>
                <Field id="head_title" label=t("authority.head_title") error=call.error>
                    {input("head_title", "text", head_title, true)}
                </Field>
                <p class="authority" aria-live="polite" data-test="printed">
                    {move || printed().into_iter().map(|line| view! { <span class="authority-line">{line}</span> }).collect_view()}
                </p>
                <Field id="from_on" label=t("authority.from_on") error=call.error>
                    {input("from_on", "date", from_on, true)}
                </Field>
                <Field id="to_on" label=t("authority.to_on") hint=t("authority.to_hint") error=call.error>
                    {input("to_on", "date", to_on, false)}
                </Field>
                <Field id="basis" label=t("authority.basis") hint=t("authority.basis_hint") error=call.error>
                    {input("basis", "text", basis, true)}
                </Field>
                <Others call fields=&["form", "person", "own_title", "head", "head_title", "from_on", "to_on", "basis"] />
                <FormFoot call open words=t("authority.give") test="give-confirm" />
            </form>
        </Dialog>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::title_of;

    #[test]
    fn a_title_is_printed_without_the_body() {
        assert_eq!(title_of("Phó Chủ tịch Ủy ban nhân dân tỉnh"), "Phó Chủ tịch");
        assert_eq!(title_of("Phó Giám đốc Sở Nội vụ"), "Phó Giám đốc");
        assert_eq!(title_of("Chánh Văn phòng"), "Chánh Văn phòng");
    }
}
