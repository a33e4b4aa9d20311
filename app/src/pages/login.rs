//! Signing in: a plain form, which works without script.
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::use_ready;
use crate::components::prefs::Preferences;
use crate::i18n::{find, t};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Words for a refusal that the server names in the address; its own words for what it may name later.
fn refusal(code: &str) -> &'static str {
    find(&["login.error.", code].concat()).unwrap_or(t("login.error.other"))
}

#[component]
pub fn LoginPage() -> impl IntoView {
    let query = use_query_map();
    let get = move |key: &str| query.read_untracked().get(key).unwrap_or_default();
    // Only our own addresses: never a way out to somebody else's.
    let next = Some(get("next")).filter(|n| n.starts_with('/') && !n.starts_with("//") && !n.contains('\\'));
    let error = Some(get("error")).filter(|e| !e.is_empty());
    let (shown, show) = signal(false);
    let (caps, set_caps) = signal(false);
    let ready = use_ready();
    view! {
        <Title text=[t("login.title"), " · kyhop"].concat() />
        <p class="demonstration" role="note">{t("common.demonstration")}</p>
        <main class="login">
            <div class="login-card">
                <p class="login-brand">
                    <span class="brand-mark" aria-hidden="true"></span>
                    "kyhop"
                </p>
                <h1>{t("login.title")}</h1>
                <p class="lead">{t("login.lead")}</p>
                {error
                    .map(|code| {
                        view! {
                            <div class="note note-bad" role="alert" id="login-error">
                                <Glyph icon=Icon::Alert />
                                <div>
                                    <p>{refusal(&code)}</p>
                                    <p class="note-code">{t("error.code")} " " <code>{code.clone()}</code></p>
                                </div>
                            </div>
                        }
                    })}
                <form method="post" action="/login">
                    <input type="hidden" name="next" value=next.unwrap_or_else(|| "/".to_owned()) />
                    <div class="field">
                        <label for="username">{t("login.username")}</label>
                        <input
                            id="username"
                            name="username"
                            type="text"
                            required
                            autofocus
                            autocomplete="username"
                            autocapitalize="none"
                            spellcheck="false"
                            maxlength="100"
                        />
                    </div>
                    <div class="field">
                        <label for="password">{t("login.password")}</label>
                        <div class="with-button">
                            <input
                                id="password"
                                name="password"
                                type=move || if shown.get() { "text" } else { "password" }
                                required
                                autocomplete="current-password"
                                maxlength="1000"
                                on:keyup=move |ev| set_caps.set(ev.get_modifier_state("CapsLock"))
                            />
                            <button
                                type="button"
                                class="button button-quiet"
                                aria-pressed=move || if shown.get() { "true" } else { "false" }
                                disabled=move || !ready.get()
                                on:click=move |_| show.update(|s| *s = !*s)
                            >
                                {move || if shown.get() { t("login.hide") } else { t("login.show") }}
                            </button>
                        </div>
                        <p class="hint" role="status">{move || caps.get().then(|| t("login.caps"))}</p>
                    </div>
                    <button type="submit" class="button button-main button-wide">{t("login.submit")}</button>
                </form>
                <p class="login-else">
                    <a href="/verify">{t("login.verify")}</a>
                </p>
                <Preferences />
            </div>
        </main>
    }
    .into_any()
}
