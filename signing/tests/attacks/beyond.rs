//! Documents that were made to point behind their own end before they were signed: what is there is written afterwards.
use super::Attack;
use super::ground::*;
use super::readers::Revision;
use crate::authority::Authority;

const WORDS: &str = "Pay 1000000";

/// The row of the table that lists the page's content now says `offset`.
fn content_at(mut document: Vec<u8>, offset: usize) -> Vec<u8> {
    let table = rfind(&document, b"\nxref\n0 ");
    let rows = table + 1 + find(&document[table + 1..], b" f \n") + 4 - 20;
    let row = rows + CONTENT as usize * 20;
    document[row..row + 10].copy_from_slice(format!("{offset:010}").as_bytes());
    document
}

pub fn attacks(authority: &Authority) -> Vec<Attack> {
    let named = "object_beyond_revision";
    let sign = |document: &[u8]| Signed::of(document, authority, None, false);
    let mut all = Vec::new();
    // The length of the signed file does not depend on the offset.
    let end = sign(&content_at(build(), 0)).bytes.len();
    let s = sign(&content_at(build(), end));
    assert_eq!(s.bytes.len(), end);
    let late = |mut s: Signed, written: &str| {
        s.bytes.extend_from_slice(written.as_bytes());
        s.append(&[])
    };
    let body = stream("", &text(WORDS));
    let object = format!("{CONTENT} 0 obj\n{body}\nendobj\n");
    all.push(Attack {
        name: "content that is written behind the end",
        bytes: late(s, &object),
        named,
    });
    for (name, head) in [
        ("content without an end", "<<>>"),
        ("content with an end that another object says", "<</Length 90 0 R>>"),
    ] {
        let planted = format!("{CONTENT} 0 obj\n{head}\nstream\n");
        let plain = build_with(&planted);
        let at = find(&plain, planted.as_bytes());
        let s = sign(&content_at(plain, at));
        let written = format!("\n{}\nendstream\nendobj\n", text(WORDS));
        all.push(Attack {
            name,
            bytes: late(s, &written),
            named,
        });
    }
    // Listed in an object stream that is not there yet.
    let plain = build();
    let before = Signed {
        startxref: find(&plain, b"\nxref\n") + 1,
        size: objects().len() as u32 + 1,
        value: 0,
        field: 0,
        gap: (0, 0),
        bytes: plain,
    };
    let holder = before.size + 20;
    let packed = format!("{FONT} 0 ");
    let s = sign(&Revision::new(&before).row(FONT, (2, holder, 0)).with_stream());
    let held = stream(
        &format!("/Type/ObjStm/N 1/First {}", packed.len()),
        &(packed + "<</Type/Font/Subtype/Type1/BaseFont/Symbol>> "),
    );
    all.push(Attack {
        name: "font in an object stream that comes later",
        bytes: Revision::new(&s).object(holder, &held).with_stream(),
        named: "object_stream_replaced",
    });
    all
}
