//! What, where and when: the fields of a meeting that is made or changed.
use crate::components::field::Field;
use crate::dto::When;
use crate::dto::meetings::MeetingRow;
use crate::error::ApiError;
use crate::i18n::t;
use leptos::prelude::*;

#[derive(Clone, Copy)]
pub struct Occasion {
    pub title: RwSignal<String>,
    pub room: RwSignal<String>,
    /// As a field for a moment has it: `2026-11-24T14:00`, the time of the body's zone.
    pub starts: RwSignal<String>,
    pub ends: RwSignal<String>,
}

impl Occasion {
    pub fn new() -> Self {
        let [title, room, starts, ends] = [(); 4].map(|()| RwSignal::new(String::new()));
        Self { title, room, starts, ends }
    }

    pub fn of(row: MeetingRow) -> Self {
        Self {
            starts: RwSignal::new(for_field(&row.starts)),
            ends: RwSignal::new(for_field(&row.ends)),
            title: RwSignal::new(row.title),
            room: RwSignal::new(row.room),
        }
    }
}

/// `2026-11-24T14:00`, as a field for a moment wants it, of `24/11/2026 14:00`.
fn for_field(at: &When) -> String {
    let Some((date, time)) = at.text.split_once(' ') else {
        return String::new();
    };
    let mut parts = date.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(day), Some(month), Some(year)) => [year, "-", month, "-", day, "T", time].concat(),
        _ => String::new(),
    }
}

#[component]
pub fn OccasionFields(
    of: Occasion,
    error: RwSignal<Option<ApiError>>,
    /// The meeting is under way: when it began is no longer to be chosen.
    #[prop(optional)]
    begun: bool,
) -> impl IntoView {
    let Occasion { title, room, starts, ends } = of;
    view! {
        <Field id="title" label=t("meetings.title") error>
            <input
                id="title"
                data-test="meeting-title"
                required
                maxlength="300"
                prop:value=title
                on:input:target=move |ev| title.set(ev.target().value())
            />
        </Field>
        <Field id="room" label=t("meetings.room") error>
            <input
                id="room"
                data-test="meeting-room"
                required
                maxlength="200"
                prop:value=room
                on:input:target=move |ev| room.set(ev.target().value())
            />
        </Field>
        <div class="columns">
            <Field id="starts" label=t("meetings.starts") error>
                <input
                    id="starts"
                    data-test="meeting-starts"
                    type="datetime-local"
                    required
                    disabled=begun
                    prop:value=starts
                    on:input:target=move |ev| starts.set(ev.target().value())
                />
            </Field>
            <Field id="ends" label=t("meetings.ends") error>
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
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_its_field_wants_it() {
        let at = |text: &str| When {
            us: 0,
            text: text.to_owned(),
        };
        assert_eq!(for_field(&at("24/11/2026 14:05")), "2026-11-24T14:05");
        assert_eq!(for_field(&at("")), "");
    }
}
