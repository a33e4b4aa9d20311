//! One's own account: who one is here, key and PIN, password, tokens for machines, language and theme.
mod feed;
mod key;
mod once;
mod password;
mod tokens;

use crate::components::layout::{PageHead, use_session};
use crate::components::notice::Loading;
use crate::components::prefs::Preferences;
use crate::dto::identity::Me;
use crate::i18n::{find, t};
use leptos::prelude::*;

#[component]
pub fn AccountPage() -> impl IntoView {
    let session = use_session();
    view! {
        <PageHead title=t("nav.account") />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move { session.await.ok().flatten().map(|me| view! { <Account me /> }) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Account(me: Me) -> impl IntoView {
    let roles = me
        .roles
        .iter()
        .filter_map(|r| find(&["role.", r.as_str()].concat()))
        .collect::<Vec<_>>()
        .join(", ");
    view! {
        <section class="sheet">
            <h2>{me.full_name}</h2>
            <dl class="facts">
                <div>
                    <dt>{t("account.username")}</dt>
                    <dd><code>{me.username}</code></dd>
                </div>
                <div>
                    <dt>{t("account.position")}</dt>
                    <dd>{me.position}</dd>
                </div>
                <div>
                    <dt>{t("account.unit")}</dt>
                    <dd>{me.unit}</dd>
                </div>
                <div>
                    <dt>{t("account.body")}</dt>
                    <dd>{me.body.name} " (" <code>{me.body.code}</code> ")"</dd>
                </div>
                <div>
                    <dt>{t("account.roles")}</dt>
                    <dd>{roles}</dd>
                </div>
            </dl>
        </section>
        <key::Key />
        <password::Password />
        <feed::Feed />
        <tokens::Tokens />
        <section class="sheet account-prefs">
            <h2>{t("account.screen")}</h2>
            <Preferences />
        </section>
    }
    .into_any()
}
