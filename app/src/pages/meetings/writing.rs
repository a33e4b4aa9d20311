//! The secretary's editor of the minutes: parts with a heading and paragraphs by line. What is typed is saved when a field is left, and
//! never replaced by what comes from elsewhere.
use super::minutes::Desk;
use crate::actions::meetings::{save_minutes, set_absence};
use crate::components::call::Call;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::{Failure, Note};
use crate::dto::after::{Absent, Section};
use crate::i18n::{t, tf};
use leptos::prelude::*;

/// A part while it is written. Copy it freely.
#[derive(Clone, Copy)]
struct Part {
    key: usize,
    heading: RwSignal<String>,
    text: RwSignal<String>,
}

impl Part {
    fn new(key: usize, section: Section) -> Self {
        Self {
            key,
            heading: RwSignal::new(section.heading),
            text: RwSignal::new(section.text),
        }
    }
}

/// What is being written, and the revision that it goes out from. Copy it freely.
#[derive(Clone, Copy)]
pub struct Writing {
    desk: Desk,
    parts: RwSignal<Vec<Part>>,
    base: RwSignal<i64>,
    /// Typed and not saved yet.
    dirty: RwSignal<bool>,
    keys: StoredValue<usize>,
    call: Call,
}

impl Writing {
    pub fn new(desk: Desk) -> Self {
        let writing = Self {
            desk,
            parts: RwSignal::new(Vec::new()),
            base: RwSignal::new(0),
            dirty: RwSignal::new(false),
            keys: StoredValue::new(0),
            call: Call::new(),
        };
        writing.take_over();
        Effect::new(move |_| {
            let newer = desk.now.with(|m| m.written.as_ref().map_or(0, |w| w.revision)) > writing.base.get_untracked();
            if newer && !writing.dirty.get_untracked() {
                writing.take_over();
            }
        });
        writing
    }

    /// Shows what is stored.
    fn take_over(&self) {
        let stored = self
            .desk
            .now
            .with_untracked(|m| m.written.as_ref().map(|w| (w.sections.clone(), w.revision)));
        let Some((sections, revision)) = stored else { return };
        let parts = sections.into_iter().map(|s| self.part(s)).collect();
        self.parts.set(parts);
        self.base.set(revision);
        self.dirty.set(false);
    }

    fn part(&self, section: Section) -> Part {
        self.keys.update_value(|k| *k += 1);
        Part::new(self.keys.get_value(), section)
    }

    /// What was typed gives way to what comes next.
    pub fn forget(&self) {
        self.dirty.set(false);
    }

    fn add(&self) {
        let empty = Section {
            heading: String::new(),
            text: String::new(),
        };
        let part = self.part(empty);
        self.parts.update(|all| all.push(part));
    }

    fn remove(&self, key: usize) {
        self.parts.update(|all| all.retain(|p| p.key != key));
        self.dirty.set(true);
        self.save();
    }

    fn save(self) {
        if !self.dirty.get_untracked() {
            return;
        }
        let sections = self.parts.get_untracked().into_iter().map(|p| Section {
            heading: p.heading.get_untracked(),
            text: p.text.get_untracked(),
        });
        let sections: Vec<_> = sections.collect();
        let base = self.base.get_untracked();
        let sent = sections.clone();
        self.call.run(save_minutes(self.desk.id(), base, sections), move |()| {
            self.base.set(base + 1);
            // What was typed while it was on its way is still to be saved.
            let same = self.parts.with_untracked(|all| {
                all.len() == sent.len()
                    && all
                        .iter()
                        .zip(&sent)
                        .all(|(p, s)| p.heading.get_untracked() == s.heading && p.text.get_untracked() == s.text)
            });
            self.dirty.set(!same);
            self.desk.refresh();
        });
    }
}

#[component]
pub fn Editor(writing: Writing) -> impl IntoView {
    let Writing {
        parts,
        dirty,
        call,
        base,
        desk,
        ..
    } = writing;
    let newer = move || dirty.get() && desk.now.with(|m| m.written.as_ref().is_some_and(|w| w.revision > base.get()));
    let state = move || if dirty.get() { t("minutes.unsaved") } else { t("minutes.saved") };
    view! {
        <form
            class="sheet form minutes-form"
            data-test="minutes-form"
            on:submit=move |ev| {
                ev.prevent_default();
                writing.save();
            }
        >
            <p class="hint">{t("minutes.editor_hint")}</p>
            <For each=move || parts.get() key=|p| p.key let(part)>
                <PartFields writing part />
            </For>
            <button type="button" class="button button-quiet" data-test="minutes-add-part" on:click=move |_| writing.add()>
                <Glyph icon=Icon::Plus />
                {t("minutes.add_part")}
            </button>
            <Show when=newer>
                <Note tone="warn">
                    <p>{t("minutes.newer")}</p>
                    <button type="button" class="button" on:click=move |_| writing.take_over()>
                        {t("minutes.take_newer")}
                    </button>
                </Note>
            </Show>
            <Failure error=call.error />
            <div class="form-foot">
                <button type="submit" class="button button-main" data-test="minutes-save" disabled=move || call.blocked() || !dirty.get()>
                    {t("common.save")}
                </button>
                <span class="quiet" role="status" data-test="minutes-saved" data-saved=move || (!dirty.get()).to_string()>
                    {state}
                </span>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn PartFields(writing: Writing, part: Part) -> impl IntoView {
    let Part { key, heading, text } = part;
    let dirty = writing.dirty;
    let rows = move || {
        let lines = text.with(|t| t.lines().map(|l| 1 + l.chars().count() / 80).sum::<usize>());
        lines.clamp(2, 24).to_string()
    };
    view! {
        <fieldset class="minutes-part">
            <legend class="visually-hidden">{move || heading.get()}</legend>
            <div class="with-button">
                <input
                    class="minutes-heading"
                    aria-label=t("minutes.heading")
                    placeholder=t("minutes.heading")
                    maxlength="600"
                    data-test="part-heading"
                    prop:value=heading
                    on:input:target=move |ev| {
                        heading.set(ev.target().value());
                        dirty.set(true);
                    }
                    on:change=move |_| writing.save()
                />
                <button
                    type="button"
                    class="icon-button"
                    aria-label=t("minutes.remove_part")
                    title=t("minutes.remove_part")
                    on:click=move |_| writing.remove(key)
                >
                    <Glyph icon=Icon::Trash />
                </button>
            </div>
            <textarea
                aria-label=move || heading.get()
                rows=rows
                maxlength="50000"
                data-test="part-text"
                prop:value=text
                on:input:target=move |ev| {
                    text.set(ev.target().value());
                    dirty.set(true);
                }
                on:change=move |_| writing.save()
            ></textarea>
        </fieldset>
    }
    .into_any()
}

/// Who did not come: the reason that the minutes give.
#[component]
pub fn Absences(desk: Desk) -> impl IntoView {
    let all = Memo::new(move |_| desk.now.with(|m| m.absent.clone()));
    view! {
        <Show
            when=move || !all.with(Vec::is_empty)
            fallback=|| view! { <p class="quiet">{t("minutes.all_present")}</p> }
        >
            <ul class="tasks">
                <For each=move || all.get() key=|a| a.user_id.clone() let(absent)>
                    <Reason desk absent />
                </For>
            </ul>
        </Show>
    }
    .into_any()
}

#[component]
fn Reason(desk: Desk, absent: Absent) -> impl IntoView {
    let call = Call::new();
    let id = StoredValue::new(absent.user_id);
    let saved = RwSignal::new(false);
    let label = tf("minutes.reason_of", &[("name", &absent.full_name)]);
    let save = move |reason: String| {
        call.run(set_absence(desk.id(), id.get_value(), reason), move |()| saved.set(true));
    };
    view! {
        <li>
            <p>
                <strong>{absent.full_name}</strong>
                " "
                <span class="quiet">{absent.position}</span>
            </p>
            <input
                aria-label=label
                placeholder=t("minutes.reason")
                maxlength="300"
                data-test="absence"
                prop:value=absent.reason
                on:input=move |_| saved.set(false)
                on:change:target=move |ev| save(ev.target().value())
            />
            <span class="quiet" role="status">{move || saved.get().then(|| t("minutes.saved"))}</span>
            <Failure error=call.error />
        </li>
    }
    .into_any()
}
