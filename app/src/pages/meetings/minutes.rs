//! Biên bản of a meeting: the secretary writes, the members remark, both sign in order.
use super::writing::{Absences, Editor, Writing};
use crate::actions::meetings::{circulate_minutes, draft_minutes, get_minutes, remark_on_minutes, sign_minutes};
use crate::components::badge::StateBadge;
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::PageHead;
use crate::components::live::{FROM_NOW, follow};
use crate::components::notice::{Empty, ErrorNote, Failure, Loading};
use crate::dto::after::{Filed, Minutes, Remark, Section, Written};
use crate::dto::documents::State;
use crate::i18n::{t, tf};
use crate::ids::MeetingId;
use crate::pages::documents::list::{follow_lists, refetching};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;

#[component]
pub fn MinutesPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || MeetingId(params.read().get("id").unwrap_or_default());
    let first = Resource::new(id, get_minutes);
    view! {
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match first.await {
                    Ok(minutes) => view! { <MinutesView id=untrack(id) minutes /> }.into_any(),
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// What the parts of the page share. Copy it freely.
#[derive(Clone, Copy)]
pub struct Desk {
    id: StoredValue<MeetingId>,
    pub now: RwSignal<Minutes>,
}

impl Desk {
    pub fn id(&self) -> MeetingId {
        self.id.get_value()
    }

    pub fn revision(&self) -> i64 {
        self.now.with_untracked(|m| m.written.as_ref().map_or(0, |w| w.revision))
    }

    /// Asks for what stands now. What is being typed is not touched by it.
    pub fn refresh(&self) {
        let (id, now) = (self.id(), self.now);
        spawn_local(async move {
            // Without a link the page stays as it is; it asks again with the next change.
            if let Ok(found) = get_minutes(id).await {
                let _ = now.try_set(found);
            }
        });
    }
}

#[component]
fn MinutesView(id: MeetingId, minutes: Minutes) -> impl IntoView {
    let title = minutes.meeting.clone();
    let topic = minutes.topic.clone();
    let back = ["/meetings/", id.as_str()].concat();
    let desk = Desk {
        id: StoredValue::new(id),
        now: RwSignal::new(minutes),
    };
    let again = refetching(move || desk.refresh());
    let changed = again.clone();
    Effect::new(move |_| {
        let changed = changed.clone();
        follow(&topic, FROM_NOW, move |_| changed());
    });
    follow_lists(None, again);
    let may_write = Memo::new(move |_| desk.now.with(|m| m.may_write));
    let closed = Memo::new(move |_| desk.now.with(|m| m.closed));
    let any = Memo::new(move |_| desk.now.with(|m| m.written.is_some()));
    view! {
        <PageHead title=t("minutes.title") lead=title>
            <A href=back attr:class="button button-quiet">
                <Glyph icon=Icon::Back />
                {t("minutes.to_meeting")}
            </A>
        </PageHead>
        <Show when=move || !closed.get()>
            <Empty icon=Icon::Document title=t("minutes.not_yet") text=t("minutes.not_yet_text") />
        </Show>
        <Show when=move || closed.get() && !any.get() && !may_write.get()>
            <Empty icon=Icon::Document title=t("minutes.none") text=t("minutes.none_text") />
        </Show>
        <div class="columns minutes">
            <div>
                <Show when=move || may_write.get() && !any.get()>
                    <Begin desk />
                </Show>
                {move || {
                    match (any.get(), may_write.get()) {
                        (true, true) => view! { <Editing desk /> }.into_any(),
                        (true, false) => view! { <Reading desk /> }.into_any(),
                        _ => ().into_any(),
                    }
                }}
            </div>
            <Show when=move || any.get()>
                <div class="minutes-side">
                    <Progress desk />
                    <Remarks desk />
                </div>
            </Show>
        </div>
    }
    .into_any()
}

/// Before there are minutes: who was away and why, then the first draft.
#[component]
fn Begin(desk: Desk) -> impl IntoView {
    let call = Call::new();
    view! {
        <section class="sheet">
            <p>{t("minutes.begin_text")}</p>
            <Absences desk />
            <Failure error=call.error />
            <div class="form-foot">
                <button
                    type="button"
                    class="button button-main"
                    data-test="minutes-draft"
                    disabled=move || call.blocked()
                    aria-busy=move || call.busy().to_string()
                    on:click=move |_| call.run(draft_minutes(desk.id(), false), move |()| desk.refresh())
                >
                    <Glyph icon=Icon::Document />
                    {t("minutes.draft")}
                </button>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Editing(desk: Desk) -> impl IntoView {
    let writing = Writing::new(desk);
    let anew = RwSignal::new(false);
    let call = Call::new();
    view! {
        <Editor writing />
        <details class="sheet">
            <summary>{t("minutes.absent")}</summary>
            <Absences desk />
            <p class="hint">{t("minutes.absent_hint")}</p>
            <button type="button" class="button" data-test="minutes-anew" disabled=move || call.blocked() on:click=move |_| anew.set(true)>
                {t("minutes.anew")}
            </button>
        </details>
        <Dialog open=anew title=t("minutes.anew")>
            <p>{t("minutes.anew_text")}</p>
            <Failure error=call.error />
            <div class="form-foot">
                <button
                    type="button"
                    class="button button-bad"
                    data-test="minutes-anew-confirm"
                    disabled=move || call.blocked()
                    on:click=move |_| {
                        call.run(
                            draft_minutes(desk.id(), true),
                            move |()| {
                                anew.set(false);
                                writing.forget();
                                desk.refresh();
                            },
                        );
                    }
                >
                    {t("minutes.anew")}
                </button>
                <button type="button" class="button" on:click=move |_| anew.set(false)>
                    {t("common.cancel")}
                </button>
            </div>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Reading(desk: Desk) -> impl IntoView {
    let sections = Memo::new(move |_| {
        desk.now
            .with(|m| m.written.as_ref().map(|w| w.sections.clone()).unwrap_or_default())
    });
    let one = |s: Section| {
        view! {
            {(!s.heading.is_empty()).then(|| view! { <h2>{s.heading}</h2> })}
            <p class="as-written">{s.text}</p>
        }
    };
    view! { <article class="sheet minutes-text" data-test="minutes-text">{move || sections.get().into_iter().map(one).collect_view()}</article> }.into_any()
}

/// How far they are, and what comes next.
#[component]
fn Progress(desk: Desk) -> impl IntoView {
    let written = Memo::new(move |_| desk.now.with(|m| m.written.clone()));
    let may_write = Memo::new(move |_| desk.now.with(|m| m.may_write));
    view! {
        <section class="sheet" data-test="minutes-progress">
            <h2>{t("minutes.progress")}</h2>
            {move || written.get().map(|w| view! { <Stand w /> })}
            <Show when=move || may_write.get()>
                <Steps desk />
            </Show>
        </section>
    }
    .into_any()
}

#[component]
fn Stand(w: Written) -> impl IntoView {
    let edited = tf("minutes.edited", &[("name", &w.edited_by), ("at", &w.edited.text)]);
    let circulated = match &w.circulated {
        Some(at) => tf("minutes.circulated_at", &[("at", &at.text)]),
        None => t("minutes.not_circulated").to_owned(),
    };
    view! {
        <p>{edited}</p>
        <p data-test="minutes-circulated" data-done=w.circulated.is_some().to_string()>
            {circulated}
        </p>
        {w.filed.map(|filed| view! { <Paper filed /> })}
        <p class="row">
            <a class="button" href=w.preview rel="external" target="_blank" data-test="minutes-preview">
                <Glyph icon=Icon::Document />
                {t("minutes.preview")}
            </a>
        </p>
    }
    .into_any()
}

/// The document that they became.
#[component]
fn Paper(filed: Filed) -> impl IntoView {
    let state = filed.state;
    let words = match state {
        State::Submitted => t("minutes.waits_for_chair"),
        State::Signed => t("minutes.waits_for_clerk"),
        State::Returned => t("minutes.returned"),
        State::Draft => t("minutes.taken_back"),
        _ => t("minutes.issued"),
    };
    view! {
        <div class="row" data-test="minutes-state" data-state=state.as_str()>
            <StateBadge state=Signal::stored(state) />
            {filed.number.map(|number| view! { <strong class="number">{number}</strong> })}
        </div>
        <p>{words}</p>
        {filed.reason.map(|reason| view! { <p class="instruction">{reason}</p> })}
        {filed
            .open
            .then(|| {
                view! {
                    <p class="row">
                        <A href=["/documents/", filed.id.as_str()].concat() attr:class="button">
                            {t("minutes.open_document")}
                        </A>
                    </p>
                }
            })}
    }
    .into_any()
}

#[component]
fn Steps(desk: Desk) -> impl IntoView {
    let call = Call::new();
    let signing = RwSignal::new(false);
    let circulated = Memo::new(move |_| desk.now.with(|m| m.written.as_ref().is_some_and(|w| w.circulated.is_some())));
    view! {
        <Failure error=call.error />
        <div class="row">
            <Show when=move || !circulated.get()>
                <button
                    type="button"
                    class="button button-main"
                    data-test="minutes-circulate"
                    disabled=move || call.blocked()
                    on:click=move |_| call.run(circulate_minutes(desk.id(), desk.revision()), move |()| desk.refresh())
                >
                    <Glyph icon=Icon::Send />
                    {t("minutes.circulate")}
                </button>
            </Show>
            <button
                type="button"
                class="button button-sign"
                data-test="minutes-sign"
                disabled=move || call.blocked()
                on:click=move |_| signing.set(true)
            >
                <Glyph icon=Icon::Pen />
                {t("minutes.sign")}
            </button>
        </div>
        <Dialog open=signing title=t("minutes.sign")>
            <Sign desk open=signing />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Sign(desk: Desk, open: RwSignal<bool>) -> impl IntoView {
    let call = Call::new();
    let pin = RwSignal::new(String::new());
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        call.run(sign_minutes(desk.id(), desk.revision(), pin.get_untracked()), move |_| {
            open.set(false);
            desk.refresh();
        });
    };
    view! {
        <form on:submit=send>
            <p>{t("minutes.sign_text")}</p>
            <Field id="pin" label=t("minutes.pin") error=call.error>
                <input
                    id="pin"
                    data-test="pin"
                    type="password"
                    inputmode="numeric"
                    autocomplete="off"
                    maxlength="64"
                    required
                    prop:value=pin
                    on:input:target=move |ev| pin.set(ev.target().value())
                />
            </Field>
            <Failure error=call.error />
            <div class="form-foot">
                <button
                    type="submit"
                    class="button button-sign"
                    data-test="minutes-sign-confirm"
                    disabled=move || call.blocked()
                    aria-busy=move || call.busy().to_string()
                >
                    <Glyph icon=Icon::Pen />
                    {t("minutes.sign")}
                </button>
                <button type="button" class="button" on:click=move |_| open.set(false)>
                    {t("common.cancel")}
                </button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Remarks(desk: Desk) -> impl IntoView {
    let all = Memo::new(move |_| desk.now.with(|m| m.written.as_ref().map(|w| w.remarks.clone()).unwrap_or_default()));
    let may = Memo::new(move |_| desk.now.with(|m| m.may_remark));
    let call = Call::new();
    let text = RwSignal::new(String::new());
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        call.run(remark_on_minutes(desk.id(), text.get_untracked()), move |()| {
            text.set(String::new());
            desk.refresh();
        });
    };
    let line = |r: Remark| {
        view! {
            <li data-test="remark">
                <p class="as-written">{r.text}</p>
                <p class="quiet">{r.by} " · " <span class="number">{r.at.text}</span></p>
            </li>
        }
    };
    view! {
        <Show when=move || may.get() || !all.with(Vec::is_empty)>
            <section class="sheet">
                <h2>{t("minutes.remarks")}</h2>
                <ul class="trail">{move || all.get().into_iter().map(line).collect_view()}</ul>
                <Show when=move || may.get()>
                    <form on:submit=send>
                        <Field id="remark" label=t("minutes.remark") error=call.error>
                            <textarea
                                id="remark"
                                data-test="remark-text"
                                rows="3"
                                required
                                maxlength="5000"
                                prop:value=text
                                on:input:target=move |ev| text.set(ev.target().value())
                            ></textarea>
                        </Field>
                        <Failure error=call.error />
                        <button type="submit" class="button" data-test="remark-send" disabled=move || call.blocked()>
                            {t("minutes.remark_send")}
                        </button>
                    </form>
                </Show>
            </section>
        </Show>
    }
    .into_any()
}
