//! What verification found: first a sentence that anyone understands, then each signature.
use super::signature::{Signature, words_of};
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::{ErrorNote, Note};
use crate::components::save;
use crate::dto::verify::{SignatureView, VerifyReport};
use crate::i18n::{t, tf};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Blob, Element};

/// Addresses, within this page, of what can be saved. The file has not left the browser's hands, so that the version of each
/// signature is cut from it here.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Saved {
    /// The version that each signature signed: address and name to save it under.
    versions: Vec<Option<(String, String)>>,
    html: Option<(String, String)>,
    etsi: Option<(String, String)>,
}

impl Saved {
    pub fn of(file: &Blob, report: &VerifyReport) -> Self {
        let name = report.file_name.as_str();
        let version = |s: &SignatureView| {
            let address = save::beginning(file, s.signed_length?)?;
            Some((address, save::renamed(name, &format!("{}.pdf", s.revision))))
        };
        let kept = |content: &str, kind: &str, ending: &str| Some((save::text(content, kind)?, save::renamed(name, ending)));
        let reports = report.reports.as_ref();
        Self {
            versions: report.signatures.iter().map(version).collect(),
            html: reports.and_then(|r| kept(&r.html, "text/html;charset=utf-8", "html")),
            etsi: reports.and_then(|r| kept(&r.etsi, "application/xml", "xml")),
        }
    }

    pub fn addresses(&self) -> impl Iterator<Item = &String> {
        let all = self.versions.iter().chain([&self.html, &self.etsi]);
        all.flatten().map(|(address, _)| address)
    }
}

/// The verdict in one sentence, and why.
fn sentence(report: &VerifyReport) -> (&'static str, &'static str) {
    let all = &report.signatures;
    let worst = all.iter().find(|s| s.indication == report.verdict);
    match report.verdict.as_str() {
        "TOTAL_PASSED" => {
            let added = all.iter().any(|s| !s.changes.is_empty());
            let why = if added {
                t("verify.passed_added")
            } else {
                t("verify.passed_whole")
            };
            (
                if all.len() > 1 {
                    t("verify.passed_all")
                } else {
                    t("verify.passed")
                },
                why,
            )
        }
        "TOTAL_FAILED" => (t("verify.failed"), worst.map_or("", failed)),
        _ => (t("verify.unclear"), worst.map_or("", unclear)),
    }
}

fn failed(s: &SignatureView) -> &'static str {
    match (s.intact, s.modifications_allowed, s.sub_indication.as_deref()) {
        (Some(false), ..) => t("verify.why.broken"),
        (_, Some(false), _) => t("verify.why.changed"),
        (.., Some("REVOKED")) => t("verify.why.revoked"),
        (.., Some("EXPIRED" | "NOT_YET_VALID")) => t("verify.why.expired"),
        (.., Some("FORMAT_FAILURE")) => t("verify.why.format"),
        _ => t("verify.why.bad"),
    }
}

fn unclear(s: &SignatureView) -> &'static str {
    match s.sub_indication.as_deref() {
        Some("NO_CERTIFICATE_CHAIN_FOUND") => t("verify.why.untrusted"),
        Some("TRY_LATER") => t("verify.why.later"),
        Some("OUT_OF_BOUNDS_NO_POE" | "EXPIRED") => t("verify.why.no_time"),
        Some("REVOKED_NO_POE" | "REVOKED_CA_NO_POE") => t("verify.why.revoked_no_time"),
        Some("NO_SIGNING_CERTIFICATE_FOUND") => t("verify.why.no_certificate"),
        _ => t("verify.why.unclear"),
    }
}

fn look(verdict: &str) -> (&'static str, Icon) {
    match verdict {
        "TOTAL_PASSED" => ("verdict verdict-good", Icon::Check),
        "TOTAL_FAILED" => ("verdict verdict-bad", Icon::Close),
        _ => ("verdict verdict-unclear", Icon::Info),
    }
}

/// Opens all details, so that the print holds everything, and prints.
fn print() {
    if let Ok(all) = document().query_selector_all(".signature-card details") {
        for at in 0..all.length() {
            if let Some(details) = all.get(at).and_then(|n| n.dyn_into::<Element>().ok()) {
                let _ = details.set_attribute("open", "");
            }
        }
    }
    let _ = window().print();
}

#[component]
pub fn Report(report: VerifyReport, saved: Saved) -> impl IntoView {
    let facts = view! { <FileFacts report=report.clone() /> };
    if report.signatures.is_empty() {
        let error = report.error.map(|error| view! { <ErrorNote error /> });
        return view! {
            <div class="verdict verdict-unclear" data-test="verdict" data-verdict=report.verdict>
                <Glyph icon=Icon::Info />
                <div>
                    <h2>{t("verify.nothing")}</h2>
                </div>
            </div>
            {error}
            {facts}
        }
        .into_any();
    }
    let (class, icon) = look(&report.verdict);
    let (words, why) = sentence(&report);
    let (count, revisions) = (report.signatures.len(), report.revisions);
    let notes = report.notes.iter().map(words_of).collect::<Vec<_>>();
    view! {
        <div class=class data-test="verdict" data-verdict=report.verdict>
            <Glyph icon />
            <div>
                <h2>{words}</h2>
                <p>{why}</p>
            </div>
        </div>
        <h2 class="verify-count">{tf("verify.signatures", &[("n", &count.to_string())])}</h2>
        {report
            .signatures
            .into_iter()
            .zip(saved.versions)
            .map(|(signature, version)| view! { <Signature signature revisions version /> })
            .collect_view()}
        {(!notes.is_empty())
            .then(|| {
                view! {
                    <Note>
                        <ul class="changes">{notes.into_iter().map(|words| view! { <li>{words}</li> }).collect_view()}</ul>
                    </Note>
                }
            })}
        {facts}
        <p class="page-tools">
            <button type="button" class="button" on:click=|_| print()>
                {t("verify.print")}
            </button>
            {saved.html.map(|(address, name)| view! { <Save address name words=t("verify.save_html") /> })}
            {saved.etsi.map(|(address, name)| view! { <Save address name words=t("verify.save_etsi") /> })}
        </p>
    }
    .into_any()
}

#[component]
pub fn Save(address: String, name: String, words: &'static str) -> impl IntoView {
    view! {
        <a class="button" href=address download=name rel="external" data-test="save">
            {words}
        </a>
    }
}

/// Which file was checked, and when: a print is worth nothing without it.
#[component]
fn FileFacts(report: VerifyReport) -> impl IntoView {
    view! {
        <section class="sheet">
            <h2>{t("verify.file")}</h2>
            <dl class="facts">
                <div>
                    <dt>{t("verify.file_name")}</dt>
                    <dd class="wrap-code">{report.file_name}</dd>
                </div>
                <div>
                    <dt>{t("verify.file_size")}</dt>
                    <dd>{tf("verify.bytes", &[("n", &group(report.size)), ("pages", &report.pages.to_string())])}</dd>
                </div>
                <div>
                    <dt>{t("verify.checked")}</dt>
                    <dd class="number">{report.checked}</dd>
                </div>
                <div class="wide">
                    <dt>{t("verify.hash")}</dt>
                    <dd class="wrap-code">
                        <code>{report.sha256}</code>
                    </dd>
                </div>
            </dl>
        </section>
    }
}

/// `1234567` in groups of three with a narrow space, which no language mistakes for a decimal mark.
fn group(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::verify::{Change, Note};

    fn signature(indication: &str, sub: Option<&str>, intact: bool, allowed: bool) -> SignatureView {
        SignatureView {
            field: "ChuKy".to_owned(),
            kind: "signature".to_owned(),
            signer: "Trần Quốc Khánh".to_owned(),
            organisation: String::new(),
            issuer: String::new(),
            serial: String::new(),
            indication: indication.to_owned(),
            sub_indication: sub.map(str::to_owned),
            explanation: Note {
                code: String::new(),
                vi: String::new(),
                en: String::new(),
            },
            intact: Some(intact),
            cryptographically_valid: Some(intact),
            trusted: None,
            revocation: None,
            coverage: "entire_revision".to_owned(),
            modification_level: None,
            modifications_allowed: Some(allowed),
            changes: Vec::new(),
            level: None,
            claimed_time: None,
            proven_time: None,
            page: None,
            revision: 1,
            signed_length: None,
            warnings: Vec::new(),
        }
    }

    fn report(verdict: &str, signatures: Vec<SignatureView>) -> VerifyReport {
        VerifyReport {
            file_name: String::new(),
            sha256: String::new(),
            size: 0,
            verdict: verdict.to_owned(),
            error: None,
            revisions: 2,
            pages: 1,
            signatures,
            notes: Vec::new(),
            reports: None,
            checked: String::new(),
        }
    }

    #[test]
    fn the_sentence_speaks_of_the_worst_signature() {
        let good = || signature("TOTAL_PASSED", None, true, true);
        let broken = signature("TOTAL_FAILED", Some("HASH_FAILURE"), false, true);
        let changed = signature("TOTAL_FAILED", Some("FORMAT_FAILURE"), true, false);
        let said = |verdict: &str, all| sentence(&report(verdict, all)).1;
        assert_eq!(said("TOTAL_FAILED", vec![good(), broken]), t("verify.why.broken"));
        assert_eq!(said("TOTAL_FAILED", vec![changed, good()]), t("verify.why.changed"));
        let stranger = signature("INDETERMINATE", Some("NO_CERTIFICATE_CHAIN_FOUND"), true, true);
        assert_eq!(said("INDETERMINATE", vec![good(), stranger]), t("verify.why.untrusted"));
    }

    #[test]
    fn what_was_added_after_a_valid_signature_is_not_kept_quiet() {
        let mut first = signature("TOTAL_PASSED", None, true, true);
        assert_eq!(sentence(&report("TOTAL_PASSED", vec![first.clone()])).1, t("verify.passed_whole"));
        first.changes = vec![Change {
            revision: 2,
            page: Some(1),
            level: "form_filling".to_owned(),
            vi: String::new(),
            en: String::new(),
        }];
        assert_eq!(sentence(&report("TOTAL_PASSED", vec![first])).1, t("verify.passed_added"));
    }

    #[test]
    fn sizes_are_grouped_by_three() {
        assert_eq!(group(999), "999");
        assert_eq!(group(1_234_567), "1\u{202f}234\u{202f}567");
    }
}
