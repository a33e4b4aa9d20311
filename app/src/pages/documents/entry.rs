//! A document that came on paper, by e-mail or in another way: a plain form, which works without script; with it, nothing typed is lost.
use super::acting::Others;
use super::detail::LinkedDocument;
use super::fields::{Entered, Subject};
use super::new::{RefusedBefore, Uploading, once_word};
use crate::actions::documents::known_arrivals;
use crate::actions::identity::bodies as find_bodies;
use crate::components::badge::channel_name;
use crate::components::call::Call;
use crate::components::field::Field;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::PageHead;
use crate::components::notice::{ErrorNote, Loading, Note};
use crate::components::search::as_typed;
use crate::components::upload::{form_of, post_form};
use crate::dto::documents::Channel;
use crate::dto::identity::Body;
use crate::error::ApiError;
use crate::i18n::{error_text, t};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_query_map};

/// Fields that show their own errors.
const FIELDS: &[&str] = &[
    "kind",
    "abstract_text",
    "sender",
    "notation",
    "issued_on",
    "channel",
    "pages",
    "file",
];

/// Refused because the same is there already.
const KNOWN: &str = "documents.registered_already";

#[component]
pub fn NewArrivalPage() -> impl IntoView {
    let bodies = Resource::new(|| (), |()| find_bodies(String::new()));
    view! {
        <PageHead title=t("incoming.new") lead=t("incoming.new_lead") />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match bodies.await {
                    Ok(bodies) => view! { <EntryForm bodies /> }.into_any(),
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// Sender, number and day, by which a document is known.
type Name = (String, String, String);

#[component]
fn EntryForm(bodies: Vec<Body>) -> impl IntoView {
    let query = use_query_map();
    let before = move |key: &str| query.read_untracked().get(key).unwrap_or_default();
    let entered = Entered {
        kind: before("kind"),
        abstract_text: before("abstract_text"),
        urgency: before("urgency"),
        ..Entered::default()
    };
    let refused = Some(before("error")).filter(|code| !code.is_empty());
    let name = (before("sender"), before("notation"), before("issued_on"));
    // What was sent last, and what of it is asked for because it is there already.
    let sent = StoredValue::new(name.clone());
    let asked = RwSignal::new((refused.as_deref() == Some(KNOWN)).then(|| name.clone()));
    let call = Call::new();
    Effect::new(move |_| {
        if call.error.with(|e| e.as_ref().is_some_and(|e| e.code == KNOWN)) {
            asked.set(Some(sent.get_value()));
        }
    });
    let progress = RwSignal::new(None::<u32>);
    let navigate = use_navigate();
    let once = once_word();
    let submit = move |ev: web_sys::SubmitEvent| {
        let Some(form) = form_of(&ev) else { return };
        ev.prevent_default();
        let typed = |name: &str| form.get(name).as_string().unwrap_or_default();
        sent.set_value((typed("sender"), typed("notation"), typed("issued_on")));
        let navigate = navigate.clone();
        call.run(post_form("/incoming/new".to_owned(), form, progress), move |url| {
            navigate(&url, NavigateOptions::default());
        });
    };
    let (sender, notation, issued_on) = name;
    view! {
        <form method="post" action="/incoming/new" enctype="multipart/form-data" class="sheet new-document" on:submit=submit>
            <RefusedBefore code=refused />
            <input type="hidden" name="once" value=move || once.get() />
            <ChannelChoice chosen=Channel::parse(&before("channel")) error=call.error />
            <SenderField entered=sender bodies error=call.error />
            <Field id="notation" label=t("incoming.notation") hint=t("incoming.notation_hint") error=call.error>
                <input id="notation" name="notation" maxlength="200" autocomplete="off" value=notation />
            </Field>
            <Field id="issued_on" label=t("incoming.issued_on") error=call.error>
                <input id="issued_on" name="issued_on" type="date" required value=issued_on />
            </Field>
            <Subject entered error=call.error />
            <Field id="pages" label=t("incoming.pages") hint=t("incoming.pages_hint") error=call.error>
                <input id="pages" name="pages" type="number" min="1" max="100000" inputmode="numeric" value=before("pages") />
            </Field>
            <Known asked />
            // The file goes last: what stands before it has arrived when the file is refused.
            <Field id="file" label=t("documents.file_choose") hint=t("incoming.file_hint") error=call.error>
                <input id="file" name="file" type="file" accept="application/pdf,.pdf" required class="file-input" />
            </Field>
            <Others call fields=FIELDS />
            <Uploading progress />
            <div class="form-foot">
                <button type="submit" class="button button-main" data-test="entry-save" disabled=move || call.busy() aria-busy=move || call.busy().then_some("true")>
                    <Glyph icon=Icon::Upload />
                    {t("incoming.save")}
                </button>
                <A href="/incoming" attr:class="button">
                    {t("common.cancel")}
                </A>
            </div>
        </form>
    }
}

#[component]
fn ChannelChoice(chosen: Option<Channel>, #[prop(into)] error: Signal<Option<ApiError>>) -> impl IntoView {
    let own = move || {
        error
            .get()
            .filter(|e| e.field.as_deref() == Some("channel"))
            .map(|e| error_text(&e))
    };
    let choices = Channel::ALL.map(|channel| {
        view! {
            <label class="check">
                <input type="radio" name="channel" value=channel.as_str() checked=chosen == Some(channel) required />
                {channel_name(channel)}
            </label>
        }
    });
    view! {
        <fieldset class="field" class:field-bad=move || own().is_some()>
            <legend>{t("incoming.channel")}</legend>
            <div class="row">{choices.collect_view()}</div>
            {move || own().map(|text| view! { <p class="field-error" role="alert">{text}</p> })}
        </fieldset>
    }
}

/// A body of the directory, offered while its name is typed, or any name.
#[component]
fn SenderField(entered: String, bodies: Vec<Body>, #[prop(into)] error: Signal<Option<ApiError>>) -> impl IntoView {
    let offered = RwSignal::new(bodies);
    let search = as_typed(find_bodies, move |found| {
        let _ = offered.try_set(found);
    });
    view! {
        <Field id="sender" label=t("incoming.sender") hint=t("incoming.sender_hint") error>
            <input
                id="sender"
                name="sender"
                list="senders"
                required
                maxlength="300"
                autocomplete="off"
                value=entered
                on:input=move |ev| search(event_target_value(&ev))
            />
            <datalist id="senders">
                <For each=move || offered.get() key=|b| b.code.clone() let(body)>
                    <option value=[body.name.as_str(), " (", &body.code, ")"].concat()></option>
                </For>
            </datalist>
        </Field>
    }
}

/// What is registered already under the same sender, number and day, and that this is another one all the same.
#[component]
fn Known(asked: RwSignal<Option<Name>>) -> impl IntoView {
    let known = Resource::new(
        move || asked.get(),
        |asked| async move {
            match asked {
                Some((sender, notation, issued_on)) => known_arrivals(sender, notation, issued_on).await.unwrap_or_default(),
                None => Vec::new(),
            }
        },
    );
    view! {
        <Transition>
            {move || Suspend::new(async move {
                let known = known.await;
                (!known.is_empty())
                    .then(|| {
                        let links = known
                            .into_iter()
                            .map(|document| view! { <li><LinkedDocument document hook="known-arrival" /></li> })
                            .collect_view();
                        view! {
                            <div class="field" role="alert" data-test="known-arrivals">
                                <Note tone="warn">
                                    <p>{t("incoming.known")}</p>
                                    <ul>{links}</ul>
                                    <label class="check">
                                        <input type="checkbox" name="confirmed" value="yes" required />
                                        <span>{t("incoming.confirm")}</span>
                                    </label>
                                </Note>
                            </div>
                        }
                    })
            })}
        </Transition>
    }
}
