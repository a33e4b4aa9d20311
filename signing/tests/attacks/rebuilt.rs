//! What readers show that rebuild the list of objects, or believe another part of it.
use super::Attack;
use super::ground::*;
use super::readers::Revision;
use crate::authority::Authority;

/// The same bytes with another `/Size` in the last trailer.
fn sized(bytes: &[u8], size: u32) -> Vec<u8> {
    let at = rfind(bytes, b"/Size ") + 6;
    let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut bytes = bytes.to_vec();
    bytes[at..at + digits].copy_from_slice(format!("{size:0digits$}").as_bytes());
    bytes
}

fn planted(number: u32, body: &str) -> String {
    format!("{number} 0 obj\n{body}\nendobj\n")
}

pub fn attacks(s: &Signed, authority: &Authority) -> Vec<Attack> {
    let evil = stream("", &text("Pay 999"));
    let (page, same, fresh) = (s.object(PAGE), objects()[3].clone(), s.size + 1);
    let unlisted = Signed {
        bytes: [s.bytes.as_slice(), planted(CONTENT, &evil).as_bytes()].concat(),
        ..*s
    };
    let skipped = Signed {
        bytes: s.append(&[(CONTENT, evil.clone())]),
        ..*s
    };
    let hidden = Signed::of(&build_with(&planted(CONTENT, &evil)), authority, None, false);
    let holder = |head: &str, count: u32| {
        let packed = stream(&format!("/Type/ObjStm/N {count}/First {}", head.len()), &format!("{head}{page} "));
        Revision::new(s).object(fresh, &packed).row(PAGE, (2, fresh, 0)).with_stream()
    };
    let field = s.object(TEXT_FIELD);
    let all = vec![
        ("content that no list names", unlisted.append(&[]), "object_not_listed"),
        ("a revision that the next one passes over", skipped.append(&[]), "object_not_listed"),
        (
            "content listed beyond the size",
            sized(&s.append(&[(CONTENT, same)]), CONTENT),
            "number_beyond_size",
        ),
        (
            "a list cut short over hidden content",
            sized(&hidden.append(&[]), 1),
            "object_not_listed",
        ),
        (
            "a reference into the void over hidden content",
            hidden.append(&[(hidden.size, "[999 0 R]".into())]),
            "object_not_listed",
        ),
        (
            "a note under another generation",
            s.append(&[(PAGE, with(&page, &format!("{NOTE} 0 R"), &format!("{NOTE} 3 R")))]),
            "generation_differs",
        ),
        (
            "an object stream that says to hold more",
            holder(&format!("{PAGE} 0 "), 2),
            "object_stream_malformed",
        ),
        (
            "an object stream that holds a page twice",
            holder(&format!("{PAGE} 0 {PAGE} 0 "), 2),
            "object_stream_malformed",
        ),
        (
            "content under another generation, referred to",
            s.append(&[(
                PAGE,
                with(&page, &format!("/Contents {CONTENT} 0 R"), &format!("/Contents {CONTENT} 7 R")),
            )]),
            "page_changed",
        ),
        (
            "flags that are no number",
            s.append(&[(TEXT_FIELD, with(&field, "/F 4", "/F 2.5"))]),
            "field_changed",
        ),
    ];
    all.into_iter().map(|(name, bytes, named)| Attack { name, bytes, named }).collect()
}

pub fn harmless(s: &Signed) -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let filled = with(&s.object(TEXT_FIELD), "/V(100)", "/V(999)/BS<</S/S/W 1>>");
    let filled = with(&filled, &format!("/N {TEXT_LOOK} 0 R"), &format!("/N {} 0 R", s.size));
    let look = stream("/Type/XObject/Subtype/Form/BBox[0 0 200 20]", "BT /F1 12 Tf (999) Tj ET");
    vec![
        ("a list cut short over nothing", sized(&s.append(&[]), 1), "none"),
        ("a reference into the void", s.append(&[(s.size, "[999 0 R]".into())]), "none"),
        (
            "a field filled with a border",
            s.append(&[(TEXT_FIELD, filled), (s.size, look)]),
            "form_filling",
        ),
    ]
}
