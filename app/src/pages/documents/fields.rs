//! What a drafter says of a document: kind, abstract, urgency, who signs, who gets it. Plain form fields, named as the server reads them.
use crate::actions::identity::bodies as find_bodies;
use crate::components::badge::{kind_words, urgency_name};
use crate::components::field::Field;
use crate::components::layout::use_ready;
use crate::components::search::as_typed;
use crate::dto::documents::{KINDS, Urgency};
use crate::dto::identity::{Body, Person};
use crate::error::ApiError;
use crate::i18n::{error_text, t};
use leptos::prelude::*;

/// Fields that show their own errors.
pub const FIELDS: &[&str] = &["kind", "abstract_text", "leader_id", "receivers"];

/// What stands in the fields to begin with.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entered {
    pub kind: String,
    pub abstract_text: String,
    pub urgency: String,
    pub leader_id: String,
    /// Identifier codes.
    pub receivers: Vec<String>,
}

/// Text for the inside of an element that takes HTML.
fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Kind, abstract and urgency.
#[component]
pub fn Subject(entered: Entered, #[prop(into)] error: Signal<Option<ApiError>>) -> impl IntoView {
    let kinds = KINDS.iter().map(|(kind, _)| {
        let selected = entered.kind == *kind;
        view! {
            <option value=*kind selected=selected>
                {kind_words(kind)}
            </option>
        }
    });
    let kinds = kinds.collect_view();
    let abstract_text = entered.abstract_text.clone();
    let chosen = Urgency::parse(&entered.urgency).unwrap_or_default();
    let urgencies = Urgency::ALL.into_iter().map(|urgency| {
        view! {
            <label class="check">
                <input type="radio" name="urgency" value=urgency.as_str() checked=urgency == chosen />
                {urgency_name(urgency)}
            </label>
        }
    });
    let urgencies = urgencies.collect_view();
    view! {
        <Field id="kind" label=t("documents.kind_label") error>
            <select id="kind" name="kind" required>
                <option value="">{t("documents.choose")}</option>
                {kinds}
            </select>
        </Field>
        <Field id="abstract_text" label=t("documents.abstract_label") hint=t("documents.abstract_hint") error>
            // Leptos would not escape children of a textarea.
            <textarea id="abstract_text" name="abstract_text" required maxlength="1000" inner_html=escape_html(&abstract_text)></textarea>
        </Field>
        <fieldset class="field">
            <legend>{t("documents.urgency_label")}</legend>
            <div class="row">{urgencies}</div>
        </fieldset>
    }
    .into_any()
}

#[component]
pub fn Fields(entered: Entered, leaders: Vec<Person>, bodies: Vec<Body>, #[prop(into)] error: Signal<Option<ApiError>>) -> impl IntoView {
    let leaders = leaders.into_iter().map(|p| {
        let selected = entered.leader_id == p.id.as_str();
        view! {
            <option value=p.id.0 selected=selected>
                {p.full_name}
                ", "
                {p.position}
            </option>
        }
    });
    let leaders = leaders.collect_view();
    let receivers = entered.receivers.clone();
    view! {
        <Subject entered error />
        <Field id="leader_id" label=t("documents.leader_label") error>
            <select id="leader_id" name="leader_id" required>
                <option value="">{t("documents.choose")}</option>
                {leaders}
            </select>
        </Field>
        <ReceiverChoice first=bodies chosen=receivers error />
    }
    .into_any()
}

/// Receivers as a list of ticks; words typed above narrow it. What is ticked stays, whatever is typed.
#[component]
pub fn ReceiverChoice(first: Vec<Body>, chosen: Vec<String>, error: Signal<Option<ApiError>>) -> impl IntoView {
    // Those chosen before come first; one that the directory's first page does not name is known by its code.
    let ticked: Vec<Body> = chosen
        .iter()
        .map(|code| {
            let known = first.iter().find(|b| b.code == *code).cloned();
            known.unwrap_or_else(|| Body {
                code: code.clone(),
                name: code.clone(),
            })
        })
        .collect();
    let ticked = RwSignal::new(ticked);
    let offered = RwSignal::new(first);
    let ready = use_ready();
    let search = as_typed(find_bodies, move |found| {
        let _ = offered.try_set(found);
    });
    let is_ticked = move |code: &str| ticked.with(|all| all.iter().any(|b| b.code == code));
    let tick = move |body: Body, on: bool| {
        ticked.update(|all| {
            all.retain(|b| b.code != body.code);
            if on {
                all.push(body);
            }
        });
    };
    let shown = Memo::new(move |_| {
        let mut all = ticked.get();
        let more = offered.get().into_iter().filter(|b| !is_ticked(&b.code));
        all.extend(more);
        all
    });
    let own = move || {
        error
            .get()
            .filter(|e| e.field.as_deref() == Some("receivers"))
            .map(|e| error_text(&e))
    };
    view! {
        <fieldset class="field" class:field-bad=move || own().is_some()>
            <legend>{t("documents.receivers_label")}</legend>
            <Show when=move || ready.get()>
                <input
                    type="search"
                    aria-label=t("documents.receivers_search")
                    placeholder=t("documents.receivers_search")
                    autocomplete="off"
                    maxlength="100"
                    on:input=move |ev| search(event_target_value(&ev))
                />
            </Show>
            <ul class="choice">
                <For each=move || shown.get() key=|b| b.code.clone() let(body)>
                    {
                        let code = body.code.clone();
                        let on = StoredValue::new(body.clone());
                        view! {
                            <li>
                                <label class="check">
                                    <input
                                        type="checkbox"
                                        name="receivers"
                                        value=body.code.clone()
                                        checked=ticked.with_untracked(|all| all.iter().any(|b| b.code == code))
                                        on:change=move |ev| tick(on.get_value(), event_target_checked(&ev))
                                    />
                                    <span>{body.name.clone()} " " <span class="quiet">{body.code.clone()}</span></span>
                                </label>
                            </li>
                        }
                    }
                </For>
            </ul>
            <p class="hint" role="status">
                {move || {
                    let n = ticked.with(Vec::len).to_string();
                    crate::i18n::tf("documents.receivers_chosen", &[("n", &n)])
                }}
            </p>
            {move || own().map(|text| view! { <p class="field-error" role="alert">{text}</p> })}
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_stays_text() {
        assert_eq!(escape_html("</textarea><b>&"), "&lt;/textarea&gt;&lt;b&gt;&amp;");
    }
}
