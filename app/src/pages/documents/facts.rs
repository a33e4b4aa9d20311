//! What is known of a document, who gets it, and what happened to it.
use super::doc::Doc;
use crate::components::badge::{channel_name, day_words};
use crate::components::edxml::Edxml;
use crate::dto::documents::{Direction, DocumentDetail, Receiver};
use crate::i18n::{find, t, tf};
use leptos::prelude::*;

/// Bytes as people read them, with the decimal comma of Vietnam.
fn size_words(bytes: u64) -> String {
    if bytes < 1_000_000 {
        return format!("{} KB", bytes.div_ceil(1000));
    }
    let text = format!("{:.1} MB", bytes as f64 / 1e6);
    if crate::i18n::lang() == crate::i18n::Lang::Vi {
        text.replace('.', ",")
    } else {
        text
    }
}

fn facts(d: &DocumentDetail) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    if d.row.direction == Direction::Incoming {
        let sender = d.sender.as_ref().map(|b| match b.code.as_str() {
            "" => b.name.clone(),
            code => format!("{} ({code})", b.name),
        });
        all.push((t("documents.sender"), sender.unwrap_or_default()));
        all.push((t("documents.issued_on"), day_words(&d.issued_on)));
        all.push((
            t("documents.arrived"),
            d.arrived.as_ref().map(|w| w.text.clone()).unwrap_or_default(),
        ));
        all.push((t("incoming.channel"), d.channel.map(channel_name).unwrap_or_default().to_owned()));
        let pages = d.said_pages.map(|n| n.to_string());
        all.push((t("incoming.pages"), pages.unwrap_or_default()));
        all.push((t("documents.arrival_number"), d.arrival_number.clone().unwrap_or_default()));
        let signer = d
            .envelope
            .as_ref()
            .map(|e| e.signed_by.clone().unwrap_or_else(|| t("documents.envelope_unsigned").to_owned()));
        all.push((t("documents.envelope"), signer.unwrap_or_default()));
    } else {
        all.push((t("documents.drafter"), d.drafter.clone()));
        all.push((t("documents.leader"), d.leader.clone().unwrap_or_default()));
        all.push((t("documents.authority"), d.authority.join(" / ")));
        all.push((t("documents.in_place_of"), d.head.clone().unwrap_or_default()));
        all.push((t("documents.issued_on"), day_words(&d.issued_on)));
    }
    let (pages, size) = (d.file.pages.to_string(), size_words(d.file.size));
    all.push((
        t("documents.file"),
        tf("documents.file_facts", &[("pages", &pages), ("size", &size)]),
    ));
    all.retain(|(_, value)| !value.is_empty());
    all
}

#[component]
pub fn Facts(doc: Doc) -> impl IntoView {
    let facts = Memo::new(move |_| doc.detail.with(facts));
    let rows = move || {
        let all = facts.get().into_iter();
        all.map(|(name, value)| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            }
        })
        .collect_view()
    };
    view! {
        <section class="sheet">
            <h2>{t("documents.facts")}</h2>
            <dl class="facts">{rows}</dl>
            {doc.detail
                .with_untracked(|d| d.envelope.as_ref().map(|e| e.message.clone()))
                .map(|id| view! { <Edxml id words=t("axis.download") /> })}
        </section>
    }
}

/// Words of what was heard from a receiver: our own sending, or a code of the axis.
pub fn status_words(status: &str) -> String {
    find(&["documents.status.", status].concat()).unwrap_or(status).to_owned()
}

/// The same as a step of the way, for somebody who wants to know where a document is.
fn heard_words(status: &str) -> String {
    find(&["documents.heard.", status].concat()).map_or_else(|| status_words(status), str::to_owned)
}

fn status_tone(status: &str) -> &'static str {
    match status {
        "waiting" => "badge",
        "queued" | "retrying" | "accepted" | "delivered" | "01" | "13" => "badge badge-wait",
        "failed" | "undelivered" | "02" | "16" => "badge badge-bad",
        // Done as asked, yet nothing to be glad of: the receiver no longer has the document to act on.
        "15" => "badge badge-ink",
        _ => "badge badge-good",
    }
}

#[component]
fn ReceiverRow(receiver: Receiver) -> impl IntoView {
    let trail = receiver.trail.into_iter().map(|entry| {
        view! {
            <li>
                <p>
                    <strong>{heard_words(&entry.code)}</strong>
                    " "
                    <span class="quiet number">{entry.at.text}</span>
                </p>
                {(!entry.description.is_empty()).then(|| view! { <p>{entry.description}</p> })}
                {entry
                    .signed_by
                    .map(|who| {
                        view! {
                            <p class="quiet" data-test="receipt-signer">
                                {tf("documents.signed_by", &[("who", &who)])}
                            </p>
                        }
                    })}
                {entry.message.map(|id| view! { <Edxml id words=t("documents.receipt") /> })}
            </li>
        }
    });
    let trail = trail.collect_view();
    let any = !trail.is_empty();
    view! {
        <li class="receiver">
            <p>
                <strong>{receiver.body.name}</strong>
                " "
                <span class="quiet">{receiver.body.code.clone()}</span>
            </p>
            <p class="row">
                <span
                    class=status_tone(&receiver.status)
                    data-test="receiver-status"
                    data-code=receiver.body.code
                    data-status=receiver.status.clone()
                >
                    {status_words(&receiver.status)}
                </span>
                {receiver.at.map(|at| view! { <span class="quiet number">{at.text}</span> })}
            </p>
            {(!receiver.description.is_empty()).then(|| view! { <p>{receiver.description}</p> })}
            {any
                .then(|| {
                    view! {
                        <details>
                            <summary>{t("documents.trail")}</summary>
                            <ol class="trail">{trail}</ol>
                        </details>
                    }
                })}
        </li>
    }
}

#[component]
pub fn Receivers(doc: Doc) -> impl IntoView {
    let receivers = Memo::new(move |_| doc.detail.with(|d| d.receivers.clone()));
    view! {
        <section class="sheet">
            <h2>{t("documents.receivers")}</h2>
            <ul class="receivers" aria-live="polite">
                {move || receivers.get().into_iter().map(|receiver| view! { <ReceiverRow receiver /> }).collect_view()}
            </ul>
        </section>
    }
}

/// Who did what, newest last, as the audit log has it.
#[component]
pub fn History(doc: Doc) -> impl IntoView {
    let steps = Memo::new(move |_| doc.detail.with(|d| d.steps.clone()));
    let rows = move || {
        let all = steps.get().into_iter();
        all.map(|step| {
            let words = find(&["documents.step.", &step.action].concat())
                .map(str::to_owned)
                .unwrap_or(step.action);
            view! {
                <li>
                    <p>
                        <strong>{words}</strong>
                    </p>
                    <p class="quiet">{step.by} " · " <span class="number">{step.at.text}</span></p>
                    {(!step.remark.is_empty()).then(|| view! { <p>{step.remark}</p> })}
                </li>
            }
        })
        .collect_view()
    };
    view! {
        <section class="sheet">
            <h2>{t("documents.history")}</h2>
            <ol class="trail">{rows}</ol>
        </section>
    }
}

/// Every file that the document has been, each to be opened as it was.
#[component]
pub fn Versions(doc: Doc) -> impl IntoView {
    let versions = Memo::new(move |_| doc.detail.with(|d| d.versions.clone()));
    let rows = move || {
        let all = versions.get().into_iter().rev();
        all.map(|version| {
            let what = find(&["documents.version.", &version.what].concat())
                .map(str::to_owned)
                .unwrap_or(version.what);
            view! {
                <li>
                    <a href=version.file.url rel="external" target="_blank" class="version">
                        <strong>{version.number} ". " {what}</strong>
                        <span class="quiet">{version.by} " · " <span class="number">{version.at.text}</span></span>
                    </a>
                </li>
            }
        })
        .collect_view()
    };
    view! {
        <section class="sheet no-print">
            <h2>{t("documents.versions")}</h2>
            <ol class="versions">{rows}</ol>
        </section>
    }
}
