//! Reports of a check to be kept: a page for people and the validation report of ETSI for other systems.
//!
//! The page needs nothing beside it, no script, and prints. What everybody understands comes first, the details for those
//! who know digital signatures below.
mod expert;
mod first;
mod html;

use super::verify::Checked;
use html::{Html, same, words as say};
use signing::validate::{Indication, Kind, SignatureReport};

/// A checked file with its name.
pub type Named<'a> = (&'a str, &'a Checked);

/// The validation report of TS 119 102-2 on files (XML).
///
/// # Errors
/// See [`signing::etsi::validation_report`].
pub fn etsi(files: &[Named]) -> signing::Result<Vec<u8>> {
    let reports: Vec<_> = files.iter().map(|(name, checked)| (*name, &checked.report)).collect();
    signing::etsi::validation_report(&reports)
}

/// One page on files, in Vietnamese and English.
pub fn html(files: &[Named]) -> String {
    let mut page = Html::default();
    let title = say("title", &[]);
    page.raw("<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\">");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>");
    page.text(&title.vi).text(" · ").text(&title.en).raw("</title><style>");
    page.raw(include_str!("report.css")).raw("</style></head>\n<body><main>");
    // The switch comes before what it switches: CSS looks forward only.
    page.raw("<input class=\"languages\" type=\"radio\" name=\"language\" id=\"vi\" checked>");
    page.raw("<label class=\"languages\" for=\"vi\" lang=\"vi\">Tiếng Việt</label>");
    page.raw("<input class=\"languages\" type=\"radio\" name=\"language\" id=\"en\">");
    page.raw("<label class=\"languages\" for=\"en\" lang=\"en\">English</label>\n<div class=\"page\">");
    page.element("h1", &title);
    if let Some((_, first)) = files.first() {
        let time = same(moment(first.at));
        page.element("p class=\"quiet\"", &say("checked", &[("time", time)]));
    }
    if files.len() > 1 {
        overview(&mut page, files);
    }
    for (number, (name, checked)) in files.iter().enumerate() {
        page.raw(&format!("\n<section class=\"file\" id=\"file-{}\">", number + 1));
        page.element("h2", &same(name));
        first::write(&mut page, checked);
        expert::write(&mut page, name, checked);
        page.raw("</section>");
    }
    page.raw("\n<footer>")
        .element("p", &say("footer", &[]))
        .raw("</footer></div></main></body></html>\n");
    page.finish()
}

/// Of several files, which is how.
fn overview(page: &mut Html, files: &[Named]) {
    page.element("h2", &say("all_files", &[]));
    page.raw("<table><thead><tr><th scope=\"col\">").key("file");
    page.raw("</th><th scope=\"col\">").key("result").raw("</th></tr></thead><tbody>");
    for (number, (name, checked)) in files.iter().enumerate() {
        page.raw(&format!("<tr><td><a href=\"#file-{}\">", number + 1)).text(name);
        page.raw("</a></td><td>").key(first::headline(checked)).raw("</td></tr>");
    }
    page.raw("</tbody></table>");
}

/// `24/11/2026 14:05`, Vietnam time, of seconds since the Unix epoch.
fn moment(seconds: i64) -> String {
    crate::clock::when(seconds.saturating_mul(1_000_000)).text
}

/// The same with the seconds and the time zone, for experts.
fn exact(moment_of: signing::validate::Moment) -> String {
    format!("{} (UTC+7) · {moment_of}", moment(moment_of.0))
}

fn verdict_of(indication: Indication) -> &'static str {
    match indication {
        Indication::TotalPassed => "verdict.good",
        Indication::TotalFailed => "verdict.bad",
        Indication::Indeterminate => "verdict.unclear",
    }
}

/// Signatures with a heading of their own each: approvals and seals apart from time stamps.
fn headings(checked: &Checked) -> Vec<(html::Words, &SignatureReport)> {
    let (mut signatures, mut stamps) = (0, 0);
    let heading = |s| match s {
        Kind::Signature => {
            signatures += 1;
            say("signature_n", &[("n", same(signatures))])
        }
        Kind::Timestamp => {
            stamps += 1;
            say("timestamp_n", &[("n", same(stamps))])
        }
    };
    let kinds: Vec<_> = checked.report.signatures.iter().map(|s| s.kind).map(heading).collect();
    kinds.into_iter().zip(&checked.report.signatures).collect()
}
