//! What a certification does not allow, though an approval would.
use super::Attack;
use super::ground::*;
use crate::authority::{Authority, NOW};
use signing::{Appearance, Placement, SignOptions, sign};

pub fn attacks(authority: &Authority) -> Vec<Attack> {
    let mut all = Vec::new();
    for (level, name) in [(1, "note on a certified document (1)"), (2, "note on a certified document (2)")] {
        let s = Signed::new(authority, Some(level), false);
        let page = s.object(PAGE);
        let fresh = s.size;
        let note = format!("<</Type/Annot/Subtype/FreeText/Rect[72 690 400 730]/Contents(Pay 999)/P {PAGE} 0 R>>");
        let bytes = s.append(&[
            (PAGE, page.replacen(&format!("{NOTE} 0 R"), &format!("{NOTE} 0 R {fresh} 0 R"), 1)),
            (fresh, note),
        ]);
        all.push(Attack {
            name,
            bytes,
            named: "annotation_added",
        });
    }
    let s = Signed::new(authority, Some(1), false);
    let filled = with(&s.object(TEXT_FIELD), "/V(100)", "/V(999)");
    all.push(Attack {
        name: "field filled in a certified document (1)",
        bytes: s.append(&[(TEXT_FIELD, filled)]),
        named: "field_filled",
    });
    // A visible signature laid over the certified text (SSA).
    let s = Signed::new(authority, Some(2), false);
    let mut bytes = Vec::new();
    let mut look = Appearance::at(Placement {
        page: 1,
        x: 60.0,
        y: 690.0,
        w: 400.0,
        h: 40.0,
    });
    look.lines = vec!["Pay 999".into()];
    let options = SignOptions {
        time: NOW,
        appearance: Some(look),
        ..SignOptions::default()
    };
    sign(&s.bytes, &mut bytes, &authority.signer("Somebody"), &options).unwrap();
    all.push(Attack {
        name: "visible signature over a certified document (2)",
        bytes,
        named: "signature_added",
    });
    all
}

/// What is done to a second signature is tampering with what the first one's signer sees.
pub fn of_two(authority: &Authority) -> Vec<Attack> {
    let first = Signed::new(authority, None, false);
    let options = SignOptions {
        time: NOW,
        ..SignOptions::default()
    };
    let mut bytes = Vec::new();
    let made = sign(&first.bytes, &mut bytes, &authority.signer("Second"), &options).unwrap();
    let value = number_before(&bytes, made.byte_range[1] as usize, b" 0 obj");
    let field = number_before(&bytes, rfind(&bytes, b"(Signature2)"), b" 0 obj");
    let tail = rfind(&bytes, b"startxref");
    let startxref = String::from_utf8_lossy(&bytes[tail + 10..])
        .lines()
        .next()
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    let two = Signed {
        startxref,
        size: first.size + 10,
        value,
        field,
        bytes,
        ..first
    };
    let holder = two.object(two.field);
    let [changed, removed] = [
        (
            two.value,
            with(&two.object(two.value), "/Adobe.PPKLite", "/Adobe.PPKLite/Name(Minister)"),
        ),
        (two.field, with(&holder, &format!("/V {} 0 R", two.value), "")),
    ];
    vec![
        Attack {
            name: "second signature rewritten",
            bytes: two.append(&[changed]),
            named: "signature_changed",
        },
        Attack {
            name: "second signature taken away",
            bytes: two.append(&[removed]),
            named: "signature_removed",
        },
    ]
}
