//! The link to the axis: whether it stands, what waits, what failed and why.
use crate::actions::axis::{give_up, link, messages, retry};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::edxml::Edxml;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::PageHead;
use crate::components::notice::{Empty, ErrorNote, Failure, Loading};
use crate::components::pager::{Pager, page_link};
use crate::components::toast::use_toasts;
use crate::dto::Page;
use crate::dto::axis::{LinkStatus, MessageRow};
use crate::error::ApiResult;
use crate::i18n::{find, t, tf};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use std::time::Duration;

/// How often the page looks again.
const LOOK: Duration = Duration::from_secs(10);

#[component]
pub fn AxisPage() -> impl IntoView {
    let query = use_query_map();
    let page = move || query.read().get("page").and_then(|p| p.parse().ok()).unwrap_or(1);
    let state = Resource::new(|| (), |()| link());
    let rows = Resource::new(page, messages);
    let again = move || {
        state.refetch();
        rows.refetch();
    };
    Effect::new(move |_| {
        if let Ok(pulse) = set_interval_with_handle(again, LOOK) {
            on_cleanup(move || pulse.clear());
        }
    });
    view! {
        <PageHead title=t("nav.axis") lead=t("axis.lead")>
            <button type="button" class="button" on:click=move |_| again()>
                {t("axis.refresh")}
            </button>
        </PageHead>
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                match state.await {
                    Ok(link) => view! { <State link /> }.into_any(),
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Transition>
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                match rows.await {
                    Ok(page) if page.rows.is_empty() => {
                        view! { <Empty icon=Icon::Link title=t("axis.none") text=t("axis.none_text") /> }.into_any()
                    }
                    Ok(page) => view! { <Messages page rows /> }.into_any(),
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn State(link: LinkStatus) -> impl IntoView {
    let (class, words) = match link.connected {
        true => ("badge badge-good", t("axis.connected")),
        false => ("badge badge-bad", t("axis.cut")),
    };
    let failed = link.failed > 0;
    view! {
        <section class="sheet axis-state" data-test="axis-link" data-connected=link.connected.to_string()>
            <dl class="facts">
                <div>
                    <dt>{t("axis.link")}</dt>
                    <dd>
                        <span class=class>{words}</span>
                        {link.since.map(|at| view! { <p class="quiet number">{tf("axis.since", &[("at", &at.text)])}</p> })}
                    </dd>
                </div>
                <div>
                    <dt>{t("axis.node")}</dt>
                    <dd class="wrap-code">{link.node}</dd>
                </div>
                <div>
                    <dt>{t("axis.waiting")}</dt>
                    <dd class="figure">{link.waiting}</dd>
                </div>
                <div>
                    <dt>{t("axis.failed")}</dt>
                    <dd class="figure" class:figure-bad=failed>
                        {link.failed}
                    </dd>
                </div>
            </dl>
            {link
                .last_error
                .map(|reason| {
                    view! {
                        <div class="note note-warn">
                            <Glyph icon=Icon::Alert />
                            <div>
                                <p>{t("axis.last_error")}</p>
                                <p class="wrap-code">{reason}</p>
                            </div>
                        </div>
                    }
                })}
        </section>
    }
    .into_any()
}

fn tone(state: &str) -> &'static str {
    match state {
        "failed" | "refused" | "undelivered" => "badge badge-bad",
        "queued" | "received" => "badge badge-wait",
        "accepted" => "badge badge-ink",
        _ => "badge badge-good",
    }
}

#[component]
fn Messages(page: Page<MessageRow>, rows: Resource<ApiResult<Page<MessageRow>>>) -> impl IntoView {
    view! {
        <h2 class="after-sheet">{t("axis.messages")}</h2>
        <ul class="list">{page.rows.into_iter().map(|row| view! { <Row row rows /> }).collect_view()}</ul>
        <Pager page=page.page per_page=page.per_page total=page.total link=page_link base="/axis" />
    }
    .into_any()
}

#[component]
fn Row(row: MessageRow, rows: Resource<ApiResult<Page<MessageRow>>>) -> impl IntoView {
    let call = Call::new();
    let toasts = use_toasts();
    let out = row.way == "out";
    let kind = find(&["axis.kind.", &row.kind].concat()).map_or(row.kind.clone(), str::to_owned);
    let failed = row.state == "failed";
    // No message, but a file that was to be one.
    let file_only = row.kind == "file";
    let state = match file_only && failed {
        true => t("axis.set_aside").to_owned(),
        false => find(&["axis.state.", &row.state].concat()).map_or(row.state.clone(), str::to_owned),
    };
    let may_retry = failed || row.state == "undelivered";
    let asking = RwSignal::new(false);
    let done = move |words: &'static str| {
        asking.set(false);
        toasts.say(words);
        rows.refetch();
    };
    let (id, file, ended) = (row.id.clone(), row.id.clone(), StoredValue::new(row.id));
    view! {
        <li class="message" data-test="message" data-state=row.state.clone()>
            <span>
                <span class="list-title">{row.subject}</span>
                <span class="list-meta">
                    {(!file_only).then(|| view! { <span>{if out { t("axis.to") } else { t("axis.from") }} " " {row.other}</span> })}
                    <span>{kind}</span>
                    <span class="number">{row.at.text}</span>
                    {row.signed_by.map(|who| view! { <span data-test="signer">{tf("axis.signed_by", &[("who", &who)])}</span> })}
                    {(row.attempts > 1).then(|| view! { <span>{tf("axis.attempts", &[("n", &row.attempts.to_string())])}</span> })}
                </span>
                {row.error.map(|reason| view! { <p class="field-error wrap-code">{reason}</p> })}
                <Failure error=call.error />
            </span>
            <span class="list-side">
                <span class=tone(&row.state)>{state}</span>
                {(!out && !file_only).then(|| view! { <Edxml id=file words=t("axis.download") /> })}
                {may_retry
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button"
                                data-test="retry"
                                disabled=move || call.blocked()
                                on:click=move |_| call.run(retry(id.clone()), move |()| done(t("axis.retried")))
                            >
                                {if out { t("axis.retry") } else { t("axis.try_again") }}
                            </button>
                        }
                    })}
                {failed
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button button-bad"
                                data-test="give-up"
                                disabled=move || call.blocked()
                                on:click=move |_| asking.set(true)
                            >
                                {t("axis.give_up")}
                            </button>
                            <Dialog open=asking title=t("axis.give_up_title")>
                                <p>{if file_only { t("axis.give_up_file") } else if out { t("axis.give_up_out") } else { t("axis.give_up_in") }}</p>
                                <Failure error=call.error />
                                <div class="form-foot">
                                    <button
                                        type="button"
                                        class="button button-bad"
                                        data-test="give-up-confirm"
                                        disabled=move || call.blocked()
                                        on:click=move |_| call.run(give_up(ended.get_value()), move |()| done(t("axis.given_up")))
                                    >
                                        {t("axis.give_up")}
                                    </button>
                                    <button type="button" class="button" on:click=move |_| asking.set(false)>
                                        {t("common.cancel")}
                                    </button>
                                </div>
                            </Dialog>
                        }
                    })}
            </span>
        </li>
    }
    .into_any()
}
