//! What everybody understands: is the file validly signed, by whom, when, and what to do.
use super::html::{Html, Words, same, words};
use super::{headings, moment, verdict_of};
use crate::signatures::verify::Checked;
use crate::signatures::words as facts;
use signing::validate::{Indication, Kind, SignatureReport, SubIndication};

/// The whole file in two words.
pub(super) fn headline(checked: &Checked) -> &'static str {
    match (checked.report.verdict, &checked.report.error) {
        (Some(verdict), _) => verdict_of(verdict),
        (None, Some(e)) if e.code != "no_signature" => "verdict.unreadable",
        _ => "verdict.none",
    }
}

pub(super) fn write(page: &mut Html, checked: &Checked) {
    let (class, mark) = match checked.report.verdict {
        Some(Indication::TotalPassed) => ("good", "✓"),
        Some(Indication::TotalFailed) => ("bad", "✗"),
        _ => ("unclear", "?"),
    };
    page.raw(&format!(
        "<div class=\"verdict {class}\"><span class=\"mark\" aria-hidden=\"true\">{mark}</span><div>"
    ));
    page.raw("<h3>").key(headline(checked)).raw("</h3>");
    page.element("p", &lead(checked));
    page.raw("<p><strong>")
        .key("todo")
        .raw(":</strong> ")
        .key(todo(checked))
        .raw("</p></div></div>");
    for (heading, s) in headings(checked) {
        card(page, &heading, s);
    }
    if !checked.unfetched.is_empty() {
        page.element("h4", &words("not_fetched", &[]));
        let all: Vec<Words> = checked.unfetched.iter().map(|u| facts::unfetched(&u.url, &u.why).into()).collect();
        page.list(&all);
    }
}

/// The worst signature decides what is said of the file.
fn worst(checked: &Checked) -> Option<&SignatureReport> {
    checked.report.signatures.iter().max_by_key(|s| s.indication)
}

fn lead(checked: &Checked) -> Words {
    if let Some(e) = &checked.report.error {
        let said = facts::unreadable(e.code);
        return Words { vi: said.vi, en: said.en };
    }
    let added = checked.report.signatures.iter().any(|s| !s.changes.is_empty());
    let broken = |s: &SignatureReport| s.intact == Some(false) || s.modifications_allowed == Some(false);
    let key = match worst(checked).map(|s| (s.indication, s)) {
        Some((Indication::TotalPassed, _)) if added => "lead.good_added",
        Some((Indication::TotalPassed, _)) => "lead.good",
        Some((Indication::TotalFailed, s)) if broken(s) => "lead.broken",
        Some((Indication::TotalFailed, _)) => "lead.bad",
        _ => "lead.unclear",
    };
    words(key, &[])
}

fn todo(checked: &Checked) -> &'static str {
    use SubIndication::*;
    let Some(s) = worst(checked) else { return "todo.none" };
    match (s.indication, s.sub_indication) {
        (Indication::TotalPassed, _) => "todo.good",
        (Indication::TotalFailed, Some(HashFailure | FormatFailure)) => "todo.broken",
        (Indication::TotalFailed, _) => "todo.bad",
        (_, Some(NoCertificateChainFound | NoSigningCertificateFound)) => "todo.trust",
        (_, Some(TryLater)) => "todo.later",
        (_, Some(RevokedNoPoe | RevokedCaNoPoe | OutOfBoundsNoPoe | NoPoe | CryptoConstraintsFailureNoPoe)) => "todo.time",
        _ => "todo.unclear",
    }
}

fn card(page: &mut Html, heading: &Words, s: &SignatureReport) {
    let class = match s.indication {
        Indication::TotalPassed => "good",
        Indication::TotalFailed => "bad",
        Indication::Indeterminate => "unclear",
    };
    page.raw("\n<div class=\"card\"><div class=\"card-head\">").element("h3", heading);
    page.raw(&format!("<span class=\"badge {class}\">"))
        .key(verdict_of(s.indication))
        .raw("</span></div><dl>");
    let mut row = |key: &str, said: &Words| {
        page.raw("<dt>").key(key).raw("</dt>").element("dd", said);
    };
    row(if s.kind == Kind::Timestamp { "who_stamp" } else { "who" }, &who(s));
    row("when", &when(s));
    row("whole", &whole(s));
    row("trusted", &trusted(s));
    row("why", &facts::verdict(s).into());
    let changes: Vec<Words> = s.changes.iter().map(change).collect();
    let notes: Vec<Words> = facts::remarks(s).into_iter().map(Words::from).collect();
    for (key, all) in [("changes", changes), ("notes", notes)] {
        if !all.is_empty() {
            page.raw("<dt>").key(key).raw("</dt><dd>").list(&all).raw("</dd>");
        }
    }
    page.raw("</dl></div>");
}

pub(super) fn change(c: &signing::validate::Change) -> Words {
    let (vi, en) = facts::change(c);
    Words { vi, en }
}

fn who(s: &SignatureReport) -> Words {
    let name = s.signer_name.clone().or_else(|| s.signer.as_ref().map(|n| n.subject.clone()));
    match (name, &s.organisation) {
        (Some(name), Some(body)) if *body != name => words("of_body", &[("name", same(name)), ("organisation", same(body))]),
        (Some(name), _) => same(name),
        (None, _) => words("who_unknown", &[]),
    }
}

/// A time that a stamp proves counts; one that the signer claims is said to be only that.
fn when(s: &SignatureReport) -> Words {
    let own = s.stamped_time.filter(|_| s.kind == Kind::Timestamp);
    match (s.proven_time, s.claimed_time) {
        (Some(time), _) if own.is_none() => words("when_proven", &[("time", same(moment(time.0)))]),
        (None, Some(time)) => words("when_claimed", &[("time", same(moment(time.0)))]),
        _ => own.map_or_else(|| words("when_none", &[]), |time| same(moment(time.0))),
    }
}

fn whole(s: &SignatureReport) -> Words {
    let n = ("n", same(s.changes.len()));
    match (s.intact, s.modifications_allowed) {
        (Some(false), _) => words("whole_no", &[]),
        (Some(true), Some(false)) => words("whole_forbidden", &[n]),
        (Some(true), Some(true)) if s.changes.is_empty() => words("whole_yes", &[]),
        (Some(true), Some(true)) => words("whole_added", &[n]),
        _ => words("whole_unknown", &[]),
    }
}

fn trusted(s: &SignatureReport) -> Words {
    let issuer = s.chain.first().map(|c| common_name(&c.issuer).to_owned());
    let issuer = ("issuer", same(issuer.unwrap_or_default()));
    match s.trusted {
        Some(true) => words("trusted_yes", &[issuer]),
        Some(false) => words("trusted_no", &[issuer]),
        None => words("trusted_unknown", &[]),
    }
}

/// The name that people know in a distinguished name, or the whole of it.
pub(super) fn common_name(name: &str) -> &str {
    let after = name.split_once("CN=").map(|(_, rest)| rest);
    after.and_then(|rest| rest.split([',', '+']).next()).unwrap_or(name).trim()
}
