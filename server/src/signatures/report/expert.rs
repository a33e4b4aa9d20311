//! What an expert looks for: each fact, each time and where it comes from, each certificate, each version of the file.
use super::first::{change, common_name};
use super::html::{Html, Words, same, words};
use super::{exact, headings, verdict_of};
use crate::signatures::verify::Checked;
use crate::signatures::words::code_of;
use signing::validate::ChainLink;
use signing::validate::{Kind, Moment, SignatureReport};

pub(super) fn write(page: &mut Html, name: &str, checked: &Checked) {
    page.raw("\n<section class=\"expert\">").element("h2", &words("expert", &[]));
    page.element("p class=\"quiet\"", &words("expert_lead", &[]));
    for (heading, s) in headings(checked) {
        page.raw("\n<section>");
        let field = s.field.as_deref().unwrap_or("–");
        page.element("h3", &heading.and(" · ", &same(field)));
        facts(page, s);
        times(page, s, checked);
        let first = if s.kind == Kind::Timestamp {
            "certificate.stamp"
        } else {
            "certificate.leaf"
        };
        certificates(page, &words("certificates", &[]), first, &s.chain);
        for t in &s.timestamps {
            let heading = words("certificates_of", &[("time", same(exact(t.time)))]);
            certificates(page, &heading, "certificate.stamp", &t.chain);
        }
        page.raw("</section>");
    }
    if !checked.report.revision_ends.is_empty() {
        versions(page, name, checked);
    }
    page.element("h3", &words("file_facts", &[])).raw("<table><tbody>");
    let number = |n: u64| same(n);
    let parameters = [
        ("n", number(checked.size)),
        ("pages", same(checked.pages)),
        ("revisions", same(checked.report.revisions)),
    ];
    page.fact("file_size", &words("file_bytes", &parameters));
    page.code("file_hash", &checked.sha256).raw("</tbody></table></section>");
}

fn fact(known: Option<bool>) -> Words {
    let key = match known {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    };
    words(key, &[])
}

fn or_unknown(text: Option<String>) -> Words {
    text.map_or_else(|| words("unknown", &[]), same)
}

fn facts(page: &mut Html, s: &SignatureReport) {
    page.element("h4", &words("facts", &[])).raw("<table><tbody>");
    let sub = s.sub_indication.map(|i| format!(" / {}", i.name())).unwrap_or_default();
    page.code("fact.verdict", &format!("{}{sub}", s.indication.name()));
    page.fact("fact.field", &or_unknown(s.field.clone()));
    page.fact("fact.subfilter", &or_unknown(s.subfilter.clone()));
    if s.kind == Kind::Signature {
        page.fact("fact.level", &or_unknown(s.level.map(str::to_owned)));
    }
    page.fact("fact.intact", &fact(s.intact));
    page.fact("fact.valid", &fact(s.cryptographically_valid));
    let algorithms = [&s.digest_algorithm, &s.signature_algorithm].into_iter().flatten();
    let algorithms: Vec<_> = algorithms.map(String::as_str).collect();
    page.fact(
        "fact.algorithms",
        &or_unknown(Some(algorithms.join(", ")).filter(|a| !a.is_empty())),
    );
    page.fact("fact.coverage", &or_unknown(s.coverage.as_ref().map(code_of)));
    if let Some([start, before, after, rest]) = s.byte_range {
        let range = format!("{start}–{before}, {after}–{}", after + rest);
        page.fact("fact.byte_range", &same(range));
    }
    page.fact("fact.modifications", &or_unknown(s.modification_level.as_ref().map(code_of)));
    page.fact("fact.allowed", &fact(s.modifications_allowed));
    if let Some(level) = s.certification {
        page.fact("fact.certification", &same(level));
    }
    if let Some(names) = &s.locked_fields {
        page.fact("fact.locked", &same(names.join(", ")));
    }
    page.fact("fact.trusted", &fact(s.trusted));
    page.fact(
        "fact.revocation",
        &s.revocation.map_or_else(|| words("revocation.unknown", &[]), state),
    );
    let said = [
        ("fact.reason", &s.reason),
        ("fact.location", &s.location),
        ("fact.commitment", &s.commitment),
        ("fact.policy", &s.policy),
    ];
    for (key, value) in said {
        if let Some(value) = value {
            page.raw("<tr><th scope=\"row\">")
                .key(key)
                .raw("</th><td>")
                .text(value)
                .raw("</td></tr>");
        }
    }
    if let Some(number) = s.page {
        page.fact("fact.place", &words("on_page", &[("page", same(number))]));
    }
    page.raw("</tbody></table>");
}

/// Every time that says something of when the signature was made, and who says so.
fn times(page: &mut Html, s: &SignatureReport, checked: &Checked) {
    let said = |indication| words(verdict_of(indication), &[]);
    let unknown = || words("who_unknown", &[]);
    let mut all: Vec<(Moment, Words)> = Vec::new();
    all.extend(s.claimed_time.map(|time| (time, words("time.claimed", &[]))));
    all.extend(s.stamped_time.map(|time| (time, words("time.own", &[]))));
    for t in &s.timestamps {
        let authority = t.authority.as_deref().map_or_else(unknown, |a| same(common_name(a)));
        let parameters = [("authority", authority), ("verdict", said(t.indication))];
        all.push((t.time, words("time.inside", &parameters)));
    }
    let later = checked.report.signatures.iter().filter(|t| t.revision_end > s.revision_end);
    for t in later {
        let Some(time) = t.stamped_time else { continue };
        let parameters = [
            ("field", same(t.field.as_deref().unwrap_or("–"))),
            ("authority", t.signer_name.as_deref().map_or_else(unknown, same)),
            ("verdict", said(t.indication)),
        ];
        all.push((time, words("time.document", &parameters)));
    }
    all.extend(s.proven_time.map(|time| (time, words("time.best", &[]))));
    all.extend(checked.report.at.map(|time| (time, words("time.validation", &[]))));
    page.element("h4", &words("times", &[]))
        .raw("<table><thead><tr><th scope=\"col\">")
        .key("time");
    page.raw("</th><th scope=\"col\">")
        .key("time_source")
        .raw("</th></tr></thead><tbody>");
    for (time, source) in all {
        page.raw("<tr><td class=\"time\">")
            .text(&exact(time))
            .raw("</td><td>")
            .say(&source)
            .raw("</td></tr>");
    }
    page.raw("</tbody></table>");
}

fn certificates(page: &mut Html, heading: &Words, first: &str, chain: &[ChainLink]) {
    if chain.is_empty() {
        return;
    }
    page.element("h4", heading);
    for (i, c) in chain.iter().enumerate() {
        let role = match (i, c.anchor) {
            (0, _) => first,
            (_, true) => "certificate.anchor",
            (_, false) => "certificate.middle",
        };
        page.raw("<table class=\"certificate\"><tbody><tr><th scope=\"row\">")
            .key(role)
            .raw("</th><td><strong>");
        page.text(common_name(&c.subject)).raw("</strong></td></tr>");
        page.fact("certificate.subject", &same(&c.subject))
            .fact("certificate.issuer", &same(&c.issuer));
        page.code("certificate.serial", &c.serial);
        page.fact("certificate.validity", &same(format!("{} – {}", c.not_before, c.not_after)));
        page.fact("certificate.key", &or_unknown(c.key.clone()));
        page.code("certificate.sha256", &c.fingerprint);
        page.code("certificate.sha1", &hex::encode(openssl::sha::sha1(&c.der)));
        page.fact("certificate.revocation", &revocation(c)).raw("</tbody></table>");
    }
}

fn state(code: &str) -> Words {
    words(&format!("state.{code}"), &[])
}

/// How the state of revocation is known.
fn revocation(c: &ChainLink) -> Words {
    if c.anchor {
        return words("revocation.trusted", &[]);
    }
    let (Some(code), Some(source), Some(time)) = (c.revocation, c.revocation_source, c.revocation_this_update) else {
        return words("revocation.unknown", &[]);
    };
    let parameters = [
        ("state", state(code)),
        ("source", words(&format!("source.{source}"), &[])),
        ("time", same(time)),
    ];
    let mut said = words("revocation.known", &parameters);
    if let Some(at) = c.revoked_at {
        said = said.and(", ", &words("revocation.revoked", &[("time", same(at))]));
    }
    if let Some(until) = c.revocation_next_update {
        said = said.and(", ", &words("revocation.until", &[("time", same(until))]));
    }
    said
}

/// Each version with its changes by page and object, and how to have it back as it was.
fn versions(page: &mut Html, name: &str, checked: &Checked) {
    let all = &checked.report.signatures;
    page.raw("\n<section>").element("h3", &words("versions", &[]));
    page.element("p", &words("versions_lead", &[("file", same(name))]));
    page.raw("<table><thead><tr>");
    for key in ["version", "version_bytes", "version_signed", "version_changes"] {
        page.raw("<th scope=\"col\">").key(key).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    // The signature that was there first saw all that came after it.
    let oldest = all.iter().filter(|s| s.revision.is_some()).min_by_key(|s| s.revision);
    for (i, end) in checked.report.revision_ends.iter().enumerate() {
        let number = u32::try_from(i + 1).unwrap_or(u32::MAX);
        let here = all.iter().filter(|s| s.revision == Some(number));
        let fields: Vec<_> = here.clone().filter_map(|s| s.field.as_deref()).collect();
        // As far as the signature reaches, which is what it looked like when signed.
        let end = here
            .filter_map(|s| s.byte_range)
            .map(|[_, _, after, rest]| after + rest)
            .max()
            .unwrap_or(*end);
        page.raw("<tr><td>")
            .text(&number.to_string())
            .raw("</td><td>")
            .text(&end.to_string());
        page.raw("</td><td>").text(&fields.join(", ")).raw("</td><td>");
        let first = oldest.and_then(|s| s.revision);
        let changes: Vec<Words> = oldest
            .map(|s| s.changes.iter())
            .into_iter()
            .flatten()
            .filter(|c| c.revision == number)
            .map(located)
            .collect();
        match first {
            Some(first) if number == first => page.key("version_first"),
            Some(first) if number > first && changes.is_empty() => page.key("nothing"),
            Some(first) if number > first => page.list(&changes),
            _ => page.key("version_unsigned"),
        };
        page.raw("</td></tr>");
    }
    page.raw("</tbody></table></section>");
}

/// A change in words, with its stable code and its object.
fn located(c: &signing::validate::Change) -> Words {
    let code = format!("{} · {}", code_of(&c.level), c.code);
    let place = c.object.map(|o| words("object", &[("object", same(o))]));
    let place = place.map_or_else(|| same(&code), |p| same(&code).and(" · ", &p));
    change(c).and(" ", &same("(")).and("", &place).and("", &same(")"))
}
