//! The audit log: what was done, by whom, each entry chained to the one before.
use crate::actions::audit::{check_chain, list_audit};
use crate::components::call::Call;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::{PageHead, use_session};
use crate::components::notice::{Empty, ErrorNote, Failure, Loading};
use crate::components::pager::{Pager, page_link};
use crate::components::prefs::escape;
use crate::dto::Page;
use crate::dto::audit::{AuditQuery, AuditRow, ChainCheck};
use crate::dto::identity::Role;
use crate::i18n::{find, t, tf};
use leptos::prelude::*;
use leptos_router::components::{A, Form};
use leptos_router::hooks::use_query_map;

/// Areas of actions, as the filter offers them.
const AREAS: [&str; 9] = [
    "document",
    "register",
    "authority",
    "meeting",
    "opinion",
    "key",
    "identity",
    "axis",
    "audit",
];

fn action_name(action: &str) -> String {
    let own = find(&["audit.action.", action].concat());
    own.or_else(|| find(&["documents.step.", action].concat()))
        .unwrap_or(action)
        .to_owned()
}

fn area_name(area: &str) -> &str {
    find(&["audit.area.", area].concat()).unwrap_or(area)
}

fn address(query: &AuditQuery) -> String {
    let pairs = [("q", &query.text), ("action", &query.action), ("subject", &query.subject_id)];
    let query: Vec<String> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| [key, "=", &escape(value)].concat())
        .collect();
    match query.is_empty() {
        true => "/audit".to_owned(),
        false => ["/audit?", &query.join("&")].concat(),
    }
}

#[component]
pub fn AuditPage() -> impl IntoView {
    let session = use_session();
    let map = use_query_map();
    let get = move |key: &str| map.read().get(key).unwrap_or_default();
    let wanted = Memo::new(move |_| AuditQuery {
        text: get("q"),
        subject_id: get("subject"),
        action: get("action"),
        page: get("page").parse().unwrap_or(1),
    });
    let rows = Resource::new(move || wanted.get(), list_audit);
    view! {
        <PageHead title=t("nav.audit") lead=t("audit.lead")>
            <Suspense fallback=|| ()>
                {move || Suspend::new(async move {
                    // The administrator sees the log; evidence is the auditor's to take.
                    let me = session.await.ok().flatten();
                    me.is_some_and(|me| me.is(Role::Auditor))
                        .then(|| {
                            view! {
                                <a class="button" href="/audit/export" download="" rel="external" data-test="audit-export">
                                    <Glyph icon=Icon::Download />
                                    {t("audit.export")}
                                </a>
                            }
                        })
                })}
            </Suspense>
        </PageHead>
        <Check />
        <Form method="GET" action="/audit" attr:class="filters" attr:role="search">
            <div class="grow">
                <label for="q">{t("audit.search")}</label>
                <input id="q" name="q" type="search" maxlength="200" autocomplete="off" value=move || get("q") prop:value=move || get("q") />
            </div>
            <div>
                <label for="action">{t("audit.area")}</label>
                <select id="action" name="action" prop:value=move || get("action")>
                    <option value="">{t("common.all")}</option>
                    {AREAS
                        .into_iter()
                        .map(|area| view! { <option value=area selected=move || get("action") == area>{area_name(area)}</option> })
                        .collect_view()}
                </select>
            </div>
            <input type="hidden" name="subject" value=move || get("subject") />
            <button type="submit" class="button">
                <Glyph icon=Icon::Search />
                {t("common.search")}
            </button>
        </Form>
        <Show when=move || !get("subject").is_empty()>
            <p class="row subject-filter">
                {t("audit.one_subject")}
                " "
                <code>{move || get("subject")}</code>
                <A href="/audit" attr:class="button button-quiet">
                    {t("audit.all_subjects")}
                </A>
            </p>
        </Show>
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                let query = wanted.get_untracked();
                match rows.await {
                    Ok(page) if page.rows.is_empty() => {
                        view! { <Empty icon=Icon::Log title=t("audit.none") text=t("audit.none_text") /> }.into_any()
                    }
                    Ok(page) => view! { <Entries page base=address(&query) /> }.into_any(),
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// Recomputes the chain when asked, and says what came of it.
#[component]
fn Check() -> impl IntoView {
    let call = Call::new();
    let found = RwSignal::new(None::<ChainCheck>);
    view! {
        <section class="sheet chain">
            <div class="row">
                <p>{t("audit.chain_help")}</p>
                <button
                    type="button"
                    class="button button-main"
                    data-test="chain-check"
                    disabled=move || call.blocked()
                    aria-busy=move || call.busy().to_string()
                    on:click=move |_| call.run(check_chain(), move |result| found.set(Some(result)))
                >
                    <Glyph icon=Icon::Shield />
                    {t("audit.check")}
                </button>
            </div>
            <Failure error=call.error />
            <div role="status">{move || found.get().map(|result| view! { <Chain result /> })}</div>
        </section>
    }
    .into_any()
}

#[component]
fn Chain(result: ChainCheck) -> impl IntoView {
    let entries = result.entries.to_string();
    let (class, icon, words) = match (result.intact, result.broken_at) {
        (true, _) => ("note note-good", Icon::Check, tf("audit.intact", &[("n", &entries)])),
        (false, Some(at)) => ("note note-bad", Icon::Alert, tf("audit.broken_at", &[("at", &at.to_string())])),
        (false, None) => ("note note-bad", Icon::Alert, t("audit.broken").to_owned()),
    };
    view! {
        <div class=class data-test="chain-result" data-intact=result.intact.to_string()>
            <Glyph icon />
            <div>
                <p>
                    <strong>{words}</strong>
                </p>
                <p class="wrap-code">{t("audit.head")} " " <code>{result.head}</code></p>
                <p class="quiet number">{result.checked.text}</p>
            </div>
        </div>
    }
}

#[component]
fn Entries(page: Page<AuditRow>, base: String) -> impl IntoView {
    view! {
        <ol class="list entries">{page.rows.into_iter().map(|row| view! { <Entry row /> }).collect_view()}</ol>
        <Pager page=page.page per_page=page.per_page total=page.total link=page_link base />
    }
    .into_any()
}

#[component]
fn Entry(row: AuditRow) -> impl IntoView {
    let subject = ["/audit?subject=", &escape(&row.subject_id)].concat();
    let about = !row.subject_id.is_empty();
    let (action, words) = (row.action.clone(), action_name(&row.action));
    view! {
        <li class="entry" data-test="audit-entry" data-action=action>
            <span class="entry-seq number">{row.seq}</span>
            <div>
                <p>
                    <strong>{words}</strong>
                    {(!row.summary.is_empty()).then(|| view! { <span>" – " {row.summary}</span> })}
                </p>
                <p class="list-meta">
                    <span class="number">{row.at.text}</span>
                    <span>{row.actor}</span>
                </p>
                <details class="expert">
                    <summary>{t("audit.details")}</summary>
                    <dl class="signature-facts">
                        <dt>{t("audit.action")}</dt>
                        <dd><code>{row.action}</code></dd>
                        {about
                            .then(|| {
                                view! {
                                    <dt>{t("audit.subject")}</dt>
                                    <dd class="wrap-code">
                                        <A href=subject>{[&row.subject_type, " ", &row.subject_id].concat()}</A>
                                    </dd>
                                }
                            })}
                        <dt>{t("audit.hash")}</dt>
                        <dd class="wrap-code"><code>{row.hash}</code></dd>
                        <dt>{t("audit.previous")}</dt>
                        <dd class="wrap-code"><code>{row.previous}</code></dd>
                    </dl>
                </details>
            </div>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_area_of_the_filter_has_words() {
        for area in AREAS {
            assert_ne!(area_name(area), area);
        }
    }

    #[test]
    fn filters_survive_in_the_address_of_the_next_page() {
        let query = AuditQuery {
            text: "Mai Hương".to_owned(),
            action: "document".to_owned(),
            ..AuditQuery::default()
        };
        assert_eq!(address(&query), "/audit?q=Mai%20H%C6%B0%C6%A1ng&action=document");
        assert_eq!(address(&AuditQuery::default()), "/audit");
    }
}
