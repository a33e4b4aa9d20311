//! One signature: who, when, what it covers, what changed since; the expert's facts folded below.
use super::report::Save;
use crate::components::icon::{Glyph, Icon};
use crate::dto::verify::{Change, Note, SignatureView};
use crate::i18n::{Lang, lang, t, tf};
use leptos::prelude::*;

fn tone(indication: &str) -> (&'static str, Icon, &'static str) {
    match indication {
        "TOTAL_PASSED" => ("badge badge-good", Icon::Check, t("verify.valid")),
        "TOTAL_FAILED" => ("badge badge-bad", Icon::Close, t("verify.invalid")),
        _ => ("badge badge-wait", Icon::Info, t("verify.undecided")),
    }
}

fn yes_no(fact: Option<bool>) -> &'static str {
    match fact {
        Some(true) => t("verify.yes"),
        Some(false) => t("verify.no"),
        None => t("verify.unknown"),
    }
}

/// A time that a stamp proves counts; one that the signer claims is said to be only that.
fn when(s: &SignatureView) -> String {
    match (&s.proven_time, &s.claimed_time) {
        (Some(time), _) => tf("verify.time_proven", &[("time", time)]),
        (None, Some(time)) => tf("verify.time_claimed", &[("time", time)]),
        (None, None) => t("verify.time_none").to_owned(),
    }
}

fn covers(s: &SignatureView, revisions: u32) -> String {
    match s.coverage.as_str() {
        "entire_file" => t("verify.covers_file").to_owned(),
        "entire_revision" => tf(
            "verify.covers_revision",
            &[("n", &s.revision.to_string()), ("all", &revisions.to_string())],
        ),
        _ => t("verify.covers_unclear").to_owned(),
    }
}

fn since(s: &SignatureView) -> &'static str {
    match (s.modifications_allowed, s.changes.is_empty(), s.intact) {
        (_, _, Some(false)) => t("verify.since_broken"),
        (Some(false), ..) => t("verify.since_forbidden"),
        (_, true, _) => t("verify.since_nothing"),
        (Some(true), false, _) => t("verify.since_allowed"),
        (None, false, _) => t("verify.since_unknown"),
    }
}

pub fn words_of(note: &Note) -> String {
    if lang() == Lang::En { note.en.clone() } else { note.vi.clone() }
}

fn change(change: Change) -> impl IntoView {
    let words = if lang() == Lang::En { change.en } else { change.vi };
    view! { <li>{words}</li> }
}

#[component]
pub fn Signature(signature: SignatureView, revisions: u32, version: Option<(String, String)>) -> impl IntoView {
    let s = signature;
    let (badge, icon, words) = tone(&s.indication);
    let kind = if s.kind == "timestamp" {
        t("verify.kind_timestamp")
    } else {
        t("verify.kind_signature")
    };
    let (time, cover, after) = (when(&s), covers(&s, revisions), since(&s));
    let organisation = Some(s.organisation.clone()).filter(|o| !o.is_empty() && *o != s.signer);
    let warnings = s.warnings.iter().map(words_of).collect::<Vec<_>>();
    let explanation = words_of(&s.explanation);
    let (changes, indication) = (s.changes.clone(), s.indication.clone());
    let (many, noted) = (!changes.is_empty(), !warnings.is_empty());
    view! {
        <article class="sheet signature-card" data-test="signature" data-indication=indication>
            <div class="signature-head">
                <h3>{s.signer.clone()}</h3>
                <span class=badge>
                    <Glyph icon />
                    {words}
                </span>
            </div>
            <p class="signature-words">{explanation}</p>
            <dl class="signature-facts">
                {organisation.map(|o| view! { <dt>{t("verify.organisation")}</dt><dd>{o}</dd> })}
                <dt>{t("verify.when")}</dt>
                <dd>{time}</dd>
                <dt>{t("verify.covers")}</dt>
                <dd>{cover}</dd>
                <dt>{t("verify.since")}</dt>
                <dd>
                    {after}
                    {many.then(|| view! { <ul class="changes">{changes.into_iter().map(change).collect_view()}</ul> })}
                </dd>
                {noted
                    .then(|| {
                        view! {
                            <dt>{t("verify.warnings")}</dt>
                            <dd>
                                <ul class="changes">{warnings.into_iter().map(|w| view! { <li>{w}</li> }).collect_view()}</ul>
                            </dd>
                        }
                    })}
            </dl>
            {version
                .map(|(address, name)| {
                    view! {
                        <p class="page-tools">
                            <Save address name words=t("verify.save_version") />
                        </p>
                    }
                })}
            <details class="expert">
                <summary>{t("verify.expert")}</summary>
                <Expert s kind />
            </details>
        </article>
    }
    .into_any()
}

/// Every fact by itself, apart from the verdict that the policy drew from them.
#[component]
fn Expert(s: SignatureView, kind: &'static str) -> impl IntoView {
    let verdict = match &s.sub_indication {
        Some(sub) => [s.indication.as_str(), " / ", sub].concat(),
        None => s.indication.clone(),
    };
    let codes = s.warnings.iter().map(|n| n.code.as_str()).collect::<Vec<_>>();
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let rows = [
        (t("verify.fact.verdict"), verdict),
        (t("verify.fact.kind"), kind.to_owned()),
        (t("verify.fact.field"), s.field),
        (t("verify.fact.intact"), yes_no(s.intact).to_owned()),
        (t("verify.fact.crypto"), yes_no(s.cryptographically_valid).to_owned()),
        (t("verify.fact.trusted"), yes_no(s.trusted).to_owned()),
        (t("verify.fact.revocation"), or_dash(s.revocation)),
        (t("verify.fact.coverage"), s.coverage),
        (t("verify.fact.modifications"), or_dash(s.modification_level)),
        (t("verify.fact.allowed"), yes_no(s.modifications_allowed).to_owned()),
        (t("verify.fact.level"), or_dash(s.level)),
        (t("verify.fact.claimed"), or_dash(s.claimed_time)),
        (t("verify.fact.proven"), or_dash(s.proven_time)),
        (t("verify.fact.issuer"), s.issuer),
        (t("verify.fact.serial"), s.serial),
        (t("verify.fact.page"), or_dash(s.page.map(|n| n.to_string()))),
        (t("verify.fact.revision"), s.revision.to_string()),
        (t("verify.fact.warnings"), or_dash(Some(codes.join(", ")).filter(|w| !w.is_empty()))),
    ];
    view! {
        <table class="expert-facts">
            <tbody>
                {rows
                    .into_iter()
                    .map(|(name, value)| {
                        view! {
                            <tr>
                                <th scope="row">{name}</th>
                                <td class="wrap-code">{value}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
    .into_any()
}
