//! Known attacks on signed PDFs, each in several variants: none may pass, and each is named for what it is.
mod beyond;
mod certified;
mod covering;
mod forgeries;
mod ground;
mod later;
mod readers;
mod structure;

use crate::authority::{Authority, NOW};
use ground::*;
use signing::validate::{Indication, Report, ValidationContext, validate};
use signing::{SignOptions, sign};

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

fn judge(attacks: Vec<Attack>, context: &ValidationContext) -> Vec<String> {
    let mut wrong = Vec::new();
    for Attack { name, bytes, named } in attacks {
        let report = validate(&bytes, context);
        let found = names(&report);
        if first_passes(&report) {
            wrong.push(format!("{name}: passes ({found:?})"));
        } else if !found.iter().any(|n| n == named) {
            wrong.push(format!("{name}: {found:?}, not {named}"));
        }
    }
    wrong
}

#[test]
fn no_known_attack_passes_and_each_is_named() {
    let authority = Authority::new();
    let context = authority.context();
    let mut attacks = Vec::new();
    for visible in [false, true] {
        let s = Signed::new(&authority, None, visible);
        assert!(first_passes(&validate(&s.bytes, &context)), "the document itself");
        attacks.extend(later::attacks(&s));
        attacks.extend(forgeries::attacks(&s));
        attacks.extend(readers::attacks(&s));
        attacks.extend(structure::attacks(&s));
        attacks.extend(covering::attacks(&s));
    }
    let certified = Signed::new(&authority, Some(3), false);
    attacks.extend(covering::attacks(&certified));
    attacks.extend(certified::attacks(&authority));
    attacks.extend(beyond::attacks(&authority));
    let count = attacks.len();
    assert!(count >= 200, "{count}");
    let wrong = judge(attacks, &context);
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_is_allowed_later_is_not_called_tampering() {
    let authority = Authority::new();
    let context = authority.context();
    let s = Signed::new(&authority, None, true);
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
    let spaced = |body: &str| body.replacen("<<", "<< ", 1);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
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
                (fresh, stream("/Type/Metadata/Subtype/XML", "<x/>")),
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
    let certified = Signed::new(&authority, Some(3), false);
    let others = [
        readers::harmless(&s),
        structure::harmless(&s),
        covering::harmless(&s),
        covering::harmless(&certified),
    ];
    let mut wrong = Vec::new();
    for (name, bytes, level) in cases.into_iter().chain(others.into_iter().flatten()) {
        let report = validate(&bytes, &context);
        let first = report.signatures.first();
        let got = first.and_then(|f| serde_json::to_value(f.modification_level).ok());
        if !first_passes(&report) || got.as_ref().and_then(|g| g.as_str()) != Some(level) {
            wrong.push(format!("{name}: {got:?}, not {level}; {:?} {:?}", names(&report), report.error));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
