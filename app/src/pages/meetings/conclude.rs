//! Kết luận of an item: read by all beneath it, entered by chair or secretary with the tasks that it gives.
use super::agenda::ItemLine;
use crate::actions::identity::people;
use crate::actions::meetings::{conclude, finish_task, give_task, reopen_task, take_task_back};
use crate::components::badge::DueMark;
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::form_foot::FormFoot;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::use_ready;
use crate::components::notice::{ErrorNote, Failure, Loading};
use crate::dto::after::{Conclusion, Task, TaskDraft};
use crate::dto::identity::Person;
use crate::dto::meetings::{AgendaItem, MeetingState};
use crate::i18n::{t, tf};
use crate::ids::{ItemId, TaskId, UserId};
use leptos::prelude::*;

/// What was concluded, and who is to do what of it.
#[component]
pub fn Concluded(item: Memo<Option<AgendaItem>>) -> impl IntoView {
    let now = Memo::new(move |_| item.with(|i| i.as_ref().map(|i| i.conclusion.clone()).unwrap_or_default()));
    view! {
        <Show when=move || now.with(|c| *c != Conclusion::default())>
            <div class="conclusion" data-test="conclusion">
                <h4>{t("after.conclusion")}</h4>
                <p class="as-written">{move || now.with(|c| c.text.clone())}</p>
                <ul class="tasks">{move || now.with(|c| c.tasks.iter().cloned().map(|task| view! { <TaskLine task /> }).collect_view())}</ul>
            </div>
        </Show>
    }
    .into_any()
}

#[component]
fn TaskLine(task: Task) -> impl IntoView {
    let done = task.done.is_some().to_string();
    view! {
        <li data-test="task" data-done=done>
            <TaskWords task />
        </li>
    }
}

/// The task, its owner and deadline, and what came of it.
#[component]
pub fn TaskWords(task: Task) -> impl IntoView {
    view! {
        <p class="as-written">{task.text}</p>
        <p class="list-meta">
            <strong>{task.owner}</strong>
            {task.due.map(|due| view! { <DueMark due /> })}
            {task
                .done
                .map(|at| {
                    view! {
                        <span class="badge badge-good">{t("after.done")}</span>
                        <span class="number">{at.text}</span>
                    }
                })}
        </p>
        {(!task.result.is_empty()).then(|| view! { <p class="instruction">{task.result}</p> })}
    }
}

/// The button of chair and secretary, and the form behind it. What is typed outlives the form's closing.
#[component]
pub fn Conclude(line: ItemLine) -> impl IntoView {
    let ItemLine { room, id, item, .. } = line;
    let open = RwSignal::new(false);
    let text = RwSignal::new(None::<String>);
    let draft = Draft::new();
    let held = Memo::new(move |_| {
        let state = room.detail.with(|d| d.row.state);
        matches!(state, MeetingState::Open | MeetingState::Closed)
    });
    let ready = use_ready();
    let id = StoredValue::new(id);
    view! {
        <Show when=move || held.get()>
            <button
                type="button"
                class="button button-quiet"
                data-test="conclude-open"
                disabled=move || !ready.get()
                on:click=move |_| open.set(true)
            >
                <Glyph icon=Icon::Check />
                {t("after.conclude")}
            </button>
        </Show>
        <Dialog open title=t("after.conclude_title") roomy=true>
            <p class="hint">{move || item.with(|i| i.as_ref().map(|i| i.title.clone()))}</p>
            <Text id=id.get_value() item text open />
            <h3>{t("after.tasks")}</h3>
            <Tasks item />
            <Suspense fallback=Loading>
                {move || Suspend::new(async move {
                    match people(String::new()).await {
                        Ok(people) => view! { <NewTask id=id.get_value() draft people /> }.into_any(),
                        Err(error) => view! { <ErrorNote error /> }.into_any(),
                    }
                })}
            </Suspense>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Text(id: ItemId, item: Memo<Option<AgendaItem>>, text: RwSignal<Option<String>>, open: RwSignal<bool>) -> impl IntoView {
    let call = Call::new();
    let stored = move || item.with(|i| i.as_ref().map(|i| i.conclusion.text.clone()).unwrap_or_default());
    let shown = move || text.get().unwrap_or_else(stored);
    // What stood there when typing began, or when the other one's words were last refused as unread.
    let base = RwSignal::new(None::<String>);
    let other = move || base.with(|b| b.as_ref().is_some_and(|b| *b != stored())).then(stored);
    let told = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if let Some(words) = other() {
            told.set(Some(words));
        }
    });
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let before = base.get_untracked().unwrap_or_else(|| untrack(stored));
        // They stand below the field: saving once more is the answer to having read them.
        base.set(Some(untrack(stored)));
        call.run(conclude(id.clone(), before, untrack(shown)), move |()| {
            text.set(None);
            base.set(None);
            told.set(None);
            open.set(false);
        });
    };
    view! {
        <form on:submit=send>
            <Field id="conclusion" label=t("after.conclusion") hint=t("after.conclusion_hint") error=call.error>
                <textarea
                    id="conclusion"
                    data-test="conclusion-text"
                    rows="5"
                    maxlength="10000"
                    prop:value=shown
                    on:input:target=move |ev| {
                        if base.with_untracked(Option::is_none) {
                            base.set(Some(untrack(stored)));
                        }
                        text.set(Some(ev.target().value()));
                    }
                ></textarea>
            </Field>
            <div role="status">
                {move || {
                    told.get()
                        .map(|words| {
                            view! {
                                <p class="note note-warn" data-test="conclusion-other">
                                    {tf("after.conclusion_other", &[("text", if words.is_empty() { "–" } else { &words })])}
                                </p>
                            }
                        })
                }}
            </div>
            <Failure error=call.error />
            <div class="form-foot">
                <button type="submit" class="button button-main" data-test="conclusion-save" disabled=move || call.blocked()>
                    {t("after.save_conclusion")}
                </button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Tasks(item: Memo<Option<AgendaItem>>) -> impl IntoView {
    let call = Call::new();
    let all = move || item.with(|i| i.as_ref().map(|i| i.conclusion.tasks.clone()).unwrap_or_default());
    view! {
        <ul class="tasks">
            {move || all().into_iter().map(|task| view! { <TaskTools task call /> }).collect_view()}
        </ul>
        <Failure error=call.error />
    }
    .into_any()
}

/// Chair and secretary enter what they were told, open again what is not done after all, take back what was given wrongly.
#[component]
fn TaskTools(task: Task, call: Call) -> impl IntoView {
    let id = StoredValue::new(task.id.clone());
    let done = task.done.is_some();
    view! {
        <li>
            <TaskWords task />
            <p class="row">
                {if done {
                    view! {
                        <button
                            type="button"
                            class="button button-quiet"
                            disabled=move || call.blocked()
                            on:click=move |_| call.run(reopen_task(id.get_value()), |()| ())
                        >
                            {t("after.reopen")}
                        </button>
                    }
                        .into_any()
                } else {
                    view! {
                        <Finish id=id.get_value() />
                        <button
                            type="button"
                            class="button button-quiet"
                            disabled=move || call.blocked()
                            on:click=move |_| call.run(take_task_back(id.get_value()), |()| ())
                        >
                            {t("after.take_back")}
                        </button>
                    }
                        .into_any()
                }}
            </p>
        </li>
    }
    .into_any()
}

/// Reporting a task as done, with what came of it.
#[component]
pub fn Finish(id: TaskId) -> impl IntoView {
    let call = Call::new();
    let open = RwSignal::new(false);
    let result = RwSignal::new(String::new());
    let id = StoredValue::new(id);
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        call.run(finish_task(id.get_value(), result.get_untracked()), move |()| open.set(false));
    };
    view! {
        <button
            type="button"
            class="button"
            data-test="task-finish"
            disabled=move || call.blocked()
            on:click=move |_| open.set(true)
        >
            <Glyph icon=Icon::Check />
            {t("after.report")}
        </button>
        <Dialog open title=t("after.report")>
            <form on:submit=send>
                <Field id="result" label=t("after.result") error=call.error>
                    <textarea
                        id="result"
                        data-test="task-result"
                        rows="3"
                        required
                        maxlength="2000"
                        prop:value=result
                        on:input:target=move |ev| result.set(ev.target().value())
                    ></textarea>
                </Field>
                <Failure error=call.error />
                <FormFoot call open words=t("after.report_done") test="task-done" />
            </form>
        </Dialog>
    }
    .into_any()
}

/// A task that is being written.
#[derive(Clone, Copy)]
struct Draft {
    text: RwSignal<String>,
    owner: RwSignal<String>,
    due: RwSignal<String>,
}

impl Draft {
    fn new() -> Self {
        let [text, owner, due] = [(); 3].map(|()| RwSignal::new(String::new()));
        Self { text, owner, due }
    }
}

#[component]
fn NewTask(id: ItemId, draft: Draft, people: Vec<Person>) -> impl IntoView {
    let call = Call::new();
    let owners = people.into_iter().filter(|p| p.active).map(|p| {
        let chosen = draft.owner.with_untracked(|o| *o == p.id.0);
        let words = [p.full_name.as_str(), ", ", &p.place()].concat();
        view! {
            <option value=p.id.0.clone() selected=chosen>
                {words}
            </option>
        }
    });
    let owners = owners.collect_view();
    let give = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let wish = TaskDraft {
            text: draft.text.get_untracked(),
            owner_id: UserId(draft.owner.get_untracked()),
            due_on: draft.due.get_untracked(),
        };
        call.run(give_task(id.clone(), wish), move |_| draft.text.set(String::new()));
    };
    view! {
        <form on:submit=give>
            <Field id="task" label=t("after.task") error=call.error>
                <textarea
                    id="task"
                    data-test="task-text"
                    rows="2"
                    required
                    maxlength="1000"
                    prop:value=draft.text
                    on:input:target=move |ev| draft.text.set(ev.target().value())
                ></textarea>
            </Field>
            <div class="columns">
                <Field id="owner_id" label=t("after.owner") error=call.error>
                    <select id="owner_id" data-test="task-owner" required on:change:target=move |ev| draft.owner.set(ev.target().value())>
                        <option value="">{t("after.choose_owner")}</option>
                        {owners}
                    </select>
                </Field>
                <Field id="due_on" label=t("after.due") error=call.error>
                    <input
                        id="due_on"
                        type="date"
                        data-test="task-due"
                        prop:value=draft.due
                        on:input:target=move |ev| draft.due.set(ev.target().value())
                    />
                </Field>
            </div>
            <Failure error=call.error />
            <div class="form-foot">
                <button type="submit" class="button" data-test="task-give" disabled=move || call.blocked()>
                    <Glyph icon=Icon::Plus />
                    {t("after.give")}
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// `2 việc quá hạn`, when there are any.
pub fn late_words(tasks: &[Task]) -> Option<String> {
    let is_late = |t: &&Task| t.due.as_ref().and_then(|d| d.left).is_some_and(|left| left < 0);
    let n = tasks.iter().filter(is_late).count();
    (n > 0).then(|| tf("after.late", &[("n", &n.to_string())]))
}
