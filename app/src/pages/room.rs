//! Máy của phòng họp: the page on which a shared tablet rests until somebody sits down, and the list of such tablets.
use crate::actions::identity::{free_tablet, tablets, this_tablet};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::{PageHead, use_ready};
use crate::components::notice::{Empty, ErrorNote, Failure, Loading};
use crate::components::prefs::Preferences;
use crate::dto::identity::RoomTablet;
use crate::i18n::{find, t, tf};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Digits of a code.
const DIGITS: usize = 8;

/// Words for a refusal that the server names in the address.
fn refusal(prefix: &str, code: &str) -> &'static str {
    find(&[prefix, code].concat()).unwrap_or(t("room.error.other"))
}

#[component]
fn Refused(prefix: &'static str) -> impl IntoView {
    let code = use_query_map().read_untracked().get("error").filter(|e| !e.is_empty());
    code.map(|code| {
        view! {
            <div class="note note-bad" role="alert" data-test="room-error">
                <Glyph icon=Icon::Alert />
                <div>
                    <p>{refusal(prefix, &code)}</p>
                    <p class="note-code">{t("error.code")} " " <code>{code.clone()}</code></p>
                </div>
            </div>
        }
    })
}

#[component]
pub fn RoomPage() -> impl IntoView {
    let tablet = Resource::new(|| (), |()| this_tablet());
    view! {
        <Title text=[t("room.title"), " · kyhop"].concat() />
        <p class="demonstration" role="note">{t("common.demonstration")}</p>
        <main class="login" data-room="rest">
            <div class="login-card room-card">
                <p class="login-brand">
                    <span class="brand-mark" aria-hidden="true"></span>
                    "kyhop"
                </p>
                <Suspense fallback=Loading>
                    {move || Suspend::new(async move {
                        match tablet.await {
                            Ok(Some(tablet)) => view! { <SitDown tablet /> }.into_any(),
                            Ok(None) => view! { <NoTablet /> }.into_any(),
                            Err(error) => view! { <ErrorNote error /> }.into_any(),
                        }
                    })}
                </Suspense>
                <Preferences />
            </div>
        </main>
    }
    .into_any()
}

/// Somebody has scanned a code with a device of their own.
#[component]
fn NoTablet() -> impl IntoView {
    view! {
        <h1>{t("room.none")}</h1>
        <p class="lead">{t("room.none_text")}</p>
        <p class="login-else">
            <a href="/" rel="external" class="button button-main button-wide">
                {t("room.none_on")}
            </a>
        </p>
    }
}

#[component]
fn SitDown(tablet: RoomTablet) -> impl IntoView {
    let scanned = use_query_map().read_untracked().get("code").unwrap_or_default();
    let code = RwSignal::new(scanned);
    let ready = use_ready();
    let press = move |key: &'static str| {
        code.update(|code| match key {
            "" => code.clear(),
            _ if code.chars().filter(char::is_ascii_digit).count() < DIGITS => {
                // Two groups of four are read and compared more easily.
                if code.len() == DIGITS / 2 {
                    code.push(' ');
                }
                code.push_str(key);
            }
            _ => {}
        });
    };
    let back = move |_| {
        code.update(|code| {
            code.pop();
            if code.ends_with(' ') {
                code.pop();
            }
        });
    };
    let key = move |digit: &'static str| {
        view! {
            <button type="button" class="button room-key" data-test="room-key" disabled=move || !ready.get() on:click=move |_| press(digit)>
                {digit}
            </button>
        }
    };
    view! {
        <h1>{tablet.room}</h1>
        <p class="lead" data-test="room-tablet">{tablet.name}</p>
        <Refused prefix="room.error." />
        <form method="post" action="/room/sit" autocomplete="off">
            <div class="field">
                <label for="code">{t("room.code")}</label>
                <input
                    id="code"
                    name="code"
                    class="code-entry"
                    data-test="room-code-entry"
                    required
                    autofocus
                    inputmode="numeric"
                    autocomplete="off"
                    maxlength="200"
                    aria-describedby="code-hint"
                    prop:value=code
                    on:input:target=move |ev| code.set(ev.target().value())
                />
                <p class="hint" id="code-hint">{t("room.code_hint")}</p>
            </div>
            <div class="room-keys" role="group" aria-label=t("room.keys")>
                {["1", "2", "3", "4", "5", "6", "7", "8", "9"].map(key).collect_view()}
                <button type="button" class="button button-quiet room-key" disabled=move || !ready.get() on:click=move |_| press("")>
                    {t("room.clear")}
                </button>
                {key("0")}
                <button
                    type="button"
                    class="button button-quiet room-key"
                    aria-label=t("room.back")
                    disabled=move || !ready.get()
                    on:click=back
                >
                    "⌫"
                </button>
            </div>
            <button type="submit" class="button button-main button-wide" data-test="room-sit">
                {t("room.sit")}
            </button>
        </form>
        <p class="login-else">
            <a href="/login" rel="external">
                {t("room.password")}
            </a>
        </p>
    }
}

#[component]
pub fn TabletsPage() -> impl IntoView {
    let all = Resource::new(|| (), |()| tablets());
    view! {
        <PageHead title=t("tablets.title") lead=t("tablets.lead") />
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                match all.await {
                    Ok(all_of_them) if all_of_them.is_empty() => {
                        view! {
                            <Empty icon=Icon::Calendar title=t("tablets.none") text=t("tablets.none_text") />
                            <AddThis />
                        }
                            .into_any()
                    }
                    Ok(list) => {
                        view! {
                            <ul class="list">
                                {list
                                    .into_iter()
                                    .map(|tablet| view! { <Line tablet changed=Callback::new(move |()| all.refetch()) /> })
                                    .collect_view()}
                            </ul>
                            <AddThis />
                        }
                            .into_any()
                    }
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Line(tablet: RoomTablet, changed: Callback<()>) -> impl IntoView {
    let call = Call::new();
    let removing = RwSignal::new(false);
    let id = StoredValue::new(tablet.id.clone());
    let end = move |for_good: bool| {
        call.run(free_tablet(id.get_value(), for_good), move |()| {
            removing.set(false);
            changed.run(());
        });
    };
    let seat = tablet
        .seat
        .map(|(row, column)| tf("tablets.seat_words", &[("row", &row.to_string()), ("column", &column.to_string())]));
    let used = tablet.used_by.is_some();
    view! {
        <li class="message" data-test="tablet">
            <span>
                <strong>{tablet.name}</strong>
                <span class="list-meta">
                    <span>{tablet.room}</span>
                    {seat.map(|words| view! { <span>{words}</span> })}
                </span>
                <span class="list-meta" data-test="tablet-used">
                    {tablet.used_by.map_or_else(|| t("tablets.free").to_owned(), |name| tf("tablets.used", &[("name", &name)]))}
                </span>
                <Failure error=call.error />
            </span>
            <span class="list-side">
                <Show when=move || used>
                    <button type="button" class="button" data-test="tablet-free" disabled=move || call.blocked() on:click=move |_| end(false)>
                        {t("tablets.let_go")}
                    </button>
                </Show>
                <button
                    type="button"
                    class="button button-quiet"
                    data-test="tablet-remove"
                    disabled=move || call.blocked()
                    on:click=move |_| removing.set(true)
                >
                    {t("tablets.remove")}
                </button>
            </span>
            <Dialog open=removing title=t("tablets.remove_title")>
                <p>{t("tablets.remove_text")}</p>
                <div class="actions">
                    <button type="button" class="button button-quiet" on:click=move |_| removing.set(false)>
                        {t("common.cancel")}
                    </button>
                    <button type="button" class="button button-bad" data-test="tablet-remove-sure" disabled=move || call.blocked() on:click=move |_| end(true)>
                        {t("tablets.remove")}
                    </button>
                </div>
            </Dialog>
        </li>
    }
}

/// A plain form: its answer is a cookie, which only the device itself can be given.
#[component]
fn AddThis() -> impl IntoView {
    let query = use_query_map();
    // What was typed before it was refused.
    let before = move |key: &str| query.read_untracked().get(key).unwrap_or_default();
    let field = move |id: &'static str, label: &'static str, hint: Option<&'static str>, number: bool, required: bool| {
        view! {
            <div class="field">
                <label for=id>{label}</label>
                <input
                    id=id
                    name=id
                    data-test=["tablet-", id].concat()
                    value=before(id)
                    required=required
                    maxlength=if number { "2" } else { "100" }
                    inputmode=number.then_some("numeric")
                    pattern=number.then_some("[0-9]{1,2}")
                />
                {hint.map(|hint| view! { <p class="hint">{hint}</p> })}
            </div>
        }
    };
    view! {
        <section class="sheet" data-test="tablet-add">
            <h2>{t("tablets.add")}</h2>
            <p>{t("tablets.add_text")}</p>
            <Refused prefix="tablets.error." />
            <form method="post" action="/room/add">
                {field("room", t("tablets.room"), Some(t("tablets.room_hint")), false, true)}
                {field("tablet_name", t("tablets.name"), Some(t("tablets.name_hint")), false, true)}
                <div class="field-pair">
                    {field("row", t("tablets.row"), None, true, false)} {field("column", t("tablets.column"), None, true, false)}
                </div>
                <p class="hint">{t("tablets.seat_hint")}</p>
                <button type="submit" class="button button-main" data-test="tablet-add-this">
                    {t("tablets.add_this")}
                </button>
            </form>
        </section>
    }
}
