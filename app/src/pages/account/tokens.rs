//! Tokens with which machines act for this person; a token's secret is shown once.
use super::once::Once;
use crate::actions::identity::{create_token, revoke_token, tokens};
use crate::components::call::Call;
use crate::components::field::Field;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::{ErrorNote, Failure, Loading};
use crate::dto::identity::Token;
use crate::error::ApiResult;
use crate::i18n::{t, tf};
use leptos::prelude::*;

type Rows = Resource<ApiResult<Vec<Token>>>;

#[component]
pub fn Tokens() -> impl IntoView {
    let rows: Rows = Resource::new(|| (), |()| tokens());
    view! {
        <section class="sheet">
            <h2>{t("account.tokens")}</h2>
            <p class="quiet">{t("account.tokens_help")}</p>
            <Transition fallback=Loading>
                {move || Suspend::new(async move {
                    match rows.await {
                        Ok(all) if all.is_empty() => ().into_any(),
                        Ok(all) => {
                            view! { <ul class="tokens">{all.into_iter().map(|token| view! { <Row token rows /> }).collect_view()}</ul> }
                                .into_any()
                        }
                        Err(error) => view! { <ErrorNote error /> }.into_any(),
                    }
                })}
            </Transition>
            <New rows />
        </section>
    }
    .into_any()
}

#[component]
fn Row(token: Token, rows: Rows) -> impl IntoView {
    let call = Call::new();
    let id = token.id;
    let used = match token.last_used {
        Some(at) => tf("account.token_used", &[("at", &at.text)]),
        None => t("account.token_unused").to_owned(),
    };
    view! {
        <li class="member" data-test="token">
            <span>
                <strong>{token.name}</strong>
                <span class="list-meta">
                    <span>{tf("account.token_expires", &[("at", &token.expires.text)])}</span>
                    <span>{used}</span>
                </span>
                <Failure error=call.error />
            </span>
            <button
                type="button"
                class="button button-bad"
                data-test="token-revoke"
                disabled=move || call.blocked()
                on:click=move |_| call.run(revoke_token(id.clone()), move |()| rows.refetch())
            >
                {t("account.token_revoke")}
            </button>
        </li>
    }
    .into_any()
}

#[component]
fn New(rows: Rows) -> impl IntoView {
    let call = Call::new();
    let name = RwSignal::new(String::new());
    let days = RwSignal::new("90".to_owned());
    let secret = RwSignal::new(None::<String>);
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let length = days.get_untracked().trim().parse().unwrap_or(0);
        call.run(create_token(name.get_untracked(), length), move |new| {
            secret.set(Some(new.secret));
            name.set(String::new());
            rows.refetch();
        });
    };
    view! {
        <Once secret words=t("account.token_once") test="token-secret" />
        <form class="token-new" on:submit=send>
            <Field id="name" label=t("account.token_name") hint=t("account.token_name_hint") error=call.error>
                <input id="name" required maxlength="100" prop:value=name on:input:target=move |ev| name.set(ev.target().value()) />
            </Field>
            <Field id="days" label=t("account.token_days") error=call.error>
                <input
                    id="days"
                    type="number"
                    inputmode="numeric"
                    min="1"
                    max="365"
                    required
                    prop:value=days
                    on:input:target=move |ev| days.set(ev.target().value())
                />
            </Field>
            <Failure error=call.error />
            <button type="submit" class="button" data-test="token-create" disabled=move || call.blocked()>
                <Glyph icon=Icon::Key />
                {t("account.token_create")}
            </button>
        </form>
    }
    .into_any()
}
