//! The signing key: whose it is, until when, its image; and its PIN.
use super::password::{Secret, Twice};
use crate::actions::identity::{change_pin, my_key};
use crate::components::call::Call;
use crate::components::notice::{ErrorNote, Failure, Loading, Note};
use crate::components::toast::use_toasts;
use crate::dto::identity::KeyInfo;
use crate::i18n::{t, tf};
use leptos::prelude::*;

#[component]
pub fn Key() -> impl IntoView {
    let key = Resource::new(|| (), |()| my_key());
    view! {
        <section class="sheet">
            <h2>{t("account.key")}</h2>
            <Suspense fallback=Loading>
                {move || Suspend::new(async move {
                    match key.await {
                        Ok(Some(key)) => view! { <Facts key /> }.into_any(),
                        Ok(None) => view! { <p class="quiet">{t("account.no_key")}</p> }.into_any(),
                        Err(error) => view! { <ErrorNote error /> }.into_any(),
                    }
                })}
            </Suspense>
        </section>
    }
    .into_any()
}

#[component]
fn Facts(key: KeyInfo) -> impl IntoView {
    let valid = tf("account.valid", &[("from", &key.valid_from.text), ("to", &key.valid_to.text)]);
    view! {
        {key
            .locked_until
            .map(|at| view! { <Note tone="warn"><p>{tf("account.locked", &[("at", &at.text)])}</p></Note> })}
        <dl class="facts">
            <div>
                <dt>{t("account.key_subject")}</dt>
                <dd class="wrap-code">{key.subject}</dd>
            </div>
            <div>
                <dt>{t("account.key_issuer")}</dt>
                <dd class="wrap-code">{key.issuer}</dd>
            </div>
            <div>
                <dt>{t("account.key_serial")}</dt>
                <dd class="wrap-code"><code>{key.serial}</code></dd>
            </div>
            <div>
                <dt>{t("account.key_valid")}</dt>
                <dd>{valid}</dd>
            </div>
        </dl>
        <figure class="key-image">
            <figcaption class="quiet">{t("account.image")}</figcaption>
            {match key.image_url {
                Some(url) => view! { <img src=url alt=t("account.image_alt") /> }.into_any(),
                None => view! { <p class="quiet">{t("account.no_image")}</p> }.into_any(),
            }}
        </figure>
        <Pin />
    }
    .into_any()
}

#[component]
fn Pin() -> impl IntoView {
    let call = Call::new();
    let toasts = use_toasts();
    let twice = Twice::new();
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        if let Some((old, new)) = twice.take(call) {
            call.run(change_pin(old, new), move |()| {
                twice.clear();
                toasts.say(t("account.pin_changed"));
            });
        }
    };
    view! {
        <details class="fold">
            <summary>
                <h3>{t("account.change_pin")}</h3>
            </summary>
            <form class="narrow" on:submit=send>
                <Secret id="old_pin" field="old" label=t("account.old_pin") value=twice.old call pin=true />
                <Secret id="new_pin" field="new" label=t("account.new_pin") hint=t("account.pin_hint") value=twice.new call pin=true />
                <Secret id="again_pin" field="again" label=t("account.again_pin") value=twice.again call pin=true />
                <Failure error=call.error />
                <button type="submit" class="button button-main" disabled=move || call.blocked()>
                    {t("account.change_pin")}
                </button>
            </form>
        </details>
    }
}
