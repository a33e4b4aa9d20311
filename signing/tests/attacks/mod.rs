//! Known attacks on signed PDFs, each in several variants: none may pass, and each is named for what it is.
mod beyond;
mod certified;
mod covering;
mod forgeries;
mod ground;
mod later;
mod readers;
mod rebuilt;
mod structure;

use crate::authority::{Authority, NOW};
use crate::looks::picture;
use crate::peers::made;
use ground::*;
use signing::validate::codes;
use signing::validate::{Indication, Report, validate};
use signing::{Appearance, Placement, SignOptions, sign};
use std::collections::BTreeSet;
use std::sync::OnceLock;

struct Attack {
    name: &'static str,
    bytes: Vec<u8>,
    /// Code of a change, or a sub-indication, that must be named.
    named: &'static str,
}

fn names(report: &Report) -> Vec<String> {
    let mut names = Vec::new();
    for s in &report.signatures {
        names.extend(s.changes.iter().map(|c| c.code.to_owned()));
        names.extend(s.sub_indication.map(|i| i.name().to_owned()));
        names.extend(s.warnings.iter().cloned());
    }
    names.extend(report.error.iter().map(|e| e.code.to_owned()));
    names
}

fn first_passes(report: &Report) -> bool {
    // Whoever validates looks at the signature that was there; a new one over the changed file is another matter.
    report
        .signatures
        .first()
        .is_some_and(|s| s.indication == Indication::TotalPassed && s.field.as_deref() == Some("Signature1"))
}

fn every_attack(authority: &Authority) -> Vec<Attack> {
    let context = authority.context();
    let mut attacks = Vec::new();
    for visible in [false, true] {
        let s = Signed::new(authority, None, visible);
        assert!(first_passes(&validate(&s.bytes, &context)), "the document itself");
        attacks.extend(later::attacks(&s));
        attacks.extend(forgeries::attacks(&s));
        attacks.extend(readers::attacks(&s));
        attacks.extend(rebuilt::attacks(&s, authority));
        attacks.extend(structure::attacks(&s));
        attacks.extend(covering::attacks(&s));
    }
    let certified = Signed::new(authority, Some(3), false);
    attacks.extend(covering::attacks(&certified));
    attacks.extend(certified::attacks(authority));
    attacks.extend(certified::of_two(authority));
    attacks.extend(beyond::attacks(authority));
    attacks
}

/// Name, what must be said, and what is.
type Judged = Vec<(&'static str, &'static str, Report)>;

fn attacks_judged() -> &'static Judged {
    static JUDGED: OnceLock<Judged> = OnceLock::new();
    JUDGED.get_or_init(|| {
        let authority = Authority::new();
        let context = authority.context();
        let all = every_attack(&authority).into_iter();
        all.map(|a| (a.name, a.named, validate(&a.bytes, &context))).collect()
    })
}

fn harmless_judged() -> &'static Judged {
    static JUDGED: OnceLock<Judged> = OnceLock::new();
    JUDGED.get_or_init(|| {
        let authority = Authority::new();
        let context = authority.context();
        let all = everything_harmless(&authority).into_iter();
        all.map(|(name, bytes, level)| (name, level, validate(&bytes, &context))).collect()
    })
}

#[test]
fn no_known_attack_passes_and_each_is_named() {
    let judged = attacks_judged();
    let count = judged.len();
    assert!(count >= 200, "{count}");
    let mut wrong = Vec::new();
    for (name, named, report) in judged {
        let found = names(report);
        if first_passes(report) {
            wrong.push(format!("{name}: passes ({found:?})"));
        } else if !found.iter().any(|n| n == named) {
            wrong.push(format!("{name}: {found:?}, not {named}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Name, file and level of modification.
type Harmless = (&'static str, Vec<u8>, &'static str);

fn everything_harmless(authority: &Authority) -> Vec<Harmless> {
    let s = Signed::new(authority, None, true);
    let (page, form, field, catalog) = (s.object(PAGE), s.object(FORM), s.object(TEXT_FIELD), s.object(CATALOG));
    let fresh = s.size;
    let look = stream("/Type/XObject/Subtype/Form/BBox[0 0 200 20]", "BT /F1 12 Tf (999) Tj ET");
    let filled = with(
        &with(&field, "/V(100)", "/V(999)"),
        &format!("/N {TEXT_LOOK} 0 R"),
        &format!("/N {fresh} 0 R"),
    );
    let noted = page.replacen(&format!("{NOTE} 0 R"), &format!("{NOTE} 0 R {fresh} 0 R"), 1);
    let note = format!("<</Type/Annot/Subtype/Text/Rect[10 40 30 60]/Contents(seen)/P {PAGE} 0 R>>");
    let mut second = Vec::new();
    let options = SignOptions {
        time: NOW,
        ..SignOptions::default()
    };
    sign(&s.bytes, &mut second, &authority.signer("Second"), &options).unwrap();
    let mut over = Vec::new();
    let mut seen = Appearance::at(Placement {
        page: 1,
        x: 72.0,
        y: 695.0,
        w: 80.0,
        h: 40.0,
    });
    seen.image = Some(picture());
    let seen = SignOptions {
        appearance: Some(seen),
        ..options
    };
    sign(&s.bytes, &mut over, &authority.signer("Second"), &seen).unwrap();
    let spaced = |body: &str| body.replacen("<<", "<< ", 1);
    let cases: Vec<Harmless> = vec![
        ("nothing", s.bytes.clone(), "none"),
        ("an empty revision", s.append(&[]), "none"),
        (
            "the same written anew",
            s.append(&[
                (CONTENT, objects()[3].clone()),
                (PAGE, spaced(&page)),
                (FORM, spaced(&form)),
                (CATALOG, spaced(&catalog)),
            ]),
            "none",
        ),
        (
            "a field filled",
            s.append(&[(TEXT_FIELD, filled.clone()), (fresh, look.clone())]),
            "form_filling",
        ),
        (
            "a field filled and made read-only",
            s.append(&[(TEXT_FIELD, with(&filled, "/FT/Tx", "/FT/Tx/Ff 1")), (fresh, look.clone())]),
            "form_filling",
        ),
        (
            "a box ticked",
            s.append(&[(CHECK_BOX, with(&s.object(CHECK_BOX), "/V/Off/AS/Off", "/V/Yes/AS/Yes"))]),
            "form_filling",
        ),
        ("a second signature", second, "form_filling"),
        ("a second signature over the text, which is told", over, "form_filling"),
        (
            "a newer version",
            s.append(&[(CATALOG, with(&catalog, "/Type/Catalog", "/Type/Catalog/Version/2.0"))]),
            "lta_updates",
        ),
        ("a note", s.append(&[(PAGE, noted), (fresh, note)]), "annotations"),
        (
            "validation data",
            s.append(&[
                (CATALOG, with(&catalog, "/Type/Catalog", &format!("/Type/Catalog/DSS {fresh} 0 R"))),
                (fresh, "<</Type/DSS>>".into()),
            ]),
            "lta_updates",
        ),
        ("another file identifier", s.append_with(&[], &[], "/ID[<99><02>]"), "lta_updates"),
        (
            "information",
            s.append(&[(INFO, "<</Title(A document)/ModDate(D:20261124)>>".into())]),
            "lta_updates",
        ),
        (
            "metadata",
            s.append(&[
                (
                    CATALOG,
                    with(&catalog, "/Type/Catalog", &format!("/Type/Catalog/Metadata {fresh} 0 R")),
                ),
                (fresh, stream("/Type/Metadata/Subtype/XML", XMP)),
            ]),
            "lta_updates",
        ),
        (
            "a font for the form",
            s.append(&[
                (FORM, with(&form, "/Font<<", &format!("/Font<</F2 {fresh} 0 R"))),
                (fresh, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>".into()),
            ]),
            "none",
        ),
        ("something that nobody refers to", s.append(&[(fresh, "(rubbish)".into())]), "none"),
    ];
    let certified = Signed::new(authority, Some(3), false);
    let others = [
        readers::harmless(&s),
        rebuilt::harmless(&s),
        structure::harmless(&s),
        covering::harmless(&s),
        covering::harmless(&certified),
    ];
    cases.into_iter().chain(others.into_iter().flatten()).collect()
}

#[test]
fn what_is_allowed_later_is_not_called_tampering() {
    let mut wrong = Vec::new();
    for (name, level, report) in harmless_judged() {
        let first = report.signatures.first();
        let got = first.and_then(|f| serde_json::to_value(f.modification_level).ok());
        if !first_passes(report) || got.as_ref().and_then(|g| g.as_str()) != Some(level) {
            wrong.push(format!("{name}: {got:?}, not {level}; {:?} {:?}", names(report), report.error));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A code that nothing leads to would be a rule that cannot be trusted to work.
#[test]
fn every_code_of_a_report_is_met() {
    let own = attacks_judged().iter().chain(harmless_judged());
    let mut met: BTreeSet<String> = own.flat_map(|(_, _, report)| names(report)).collect();
    for script in ["make.py", "foreign.py", "odd.py", "trust.py", "recipients.py"] {
        let made = made(script);
        let judged = made.cases.iter().map(|case| validate(&made.read(&case.file), &made.context(case)));
        met.extend(judged.flat_map(|report| names(&report)));
    }
    let met: BTreeSet<&str> = met.iter().map(|name| name.split(':').next().unwrap()).collect();
    let listed = [codes::UNREADABLE, codes::WARNINGS, codes::CHANGES].concat();
    let missed: Vec<_> = listed.into_iter().filter(|code| !met.contains(code)).collect();
    // Nothing fails to be read from memory, and what is too complex is among the burdens.
    assert_eq!(missed, ["io", "too_complex"]);
}
