//! Signature dictionaries that promise what they do not hold (universal forgery), and moved bytes (wrapping).
use super::Attack;
use super::ground::*;

pub fn attacks(s: &Signed) -> Vec<Attack> {
    let mut all = Vec::new();
    let mut add = |name, bytes, named| all.push(Attack { name, bytes, named });
    let value = s.object(s.value);
    let contents = {
        let at = value.find("/Contents").unwrap();
        let end = at + value[at..].find('>').unwrap() + 1;
        value[at..end].to_owned()
    };
    let range = {
        let at = value.find("/ByteRange").unwrap();
        let end = at + value[at..].find(']').unwrap() + 1;
        value[at..end].to_owned()
    };
    for (name, new, named) in [
        ("no contents", String::new(), "contents_missing"),
        ("null contents", "/Contents null".into(), "contents_missing"),
        ("empty contents", "/Contents <>".into(), "contents_empty"),
        ("zero contents", "/Contents <00>".into(), "contents_empty"),
        ("contents of zeros", format!("/Contents <{}>", "0".repeat(2000)), "contents_empty"),
        ("contents elsewhere", "/Contents 5 0 R".into(), "contents_indirect"),
        ("contents a number", "/Contents 0".into(), "contents_not_hexadecimal"),
        (
            "contents an array",
            format!("/Contents [{}]", &contents[9..]),
            "contents_not_hexadecimal",
        ),
    ] {
        add(name, s.append(&[(s.value, value.replace(&contents, &new))]), named);
    }
    let (a, b) = s.gap;
    let rest = s.bytes.len() - b;
    for (name, new, named) in [
        ("no range", String::new(), "byte_range_missing"),
        ("null range", "/ByteRange null".into(), "byte_range_missing"),
        ("empty range", "/ByteRange []".into(), "byte_range_malformed"),
        ("range of zeros", "/ByteRange [0 0 0 0]".into(), "byte_range_gap_is_not_contents"),
        ("range of two", format!("/ByteRange [0 {a}]"), "byte_range_malformed"),
        ("range of three", format!("/ByteRange [0 {a} {b}]"), "byte_range_malformed"),
        ("range of six", format!("/ByteRange [0 {a} {b} {rest} 0 0]"), "byte_range_malformed"),
        ("negative range", format!("/ByteRange [0 -{a} {b} {rest}]"), "byte_range_malformed"),
        (
            "range beyond the end",
            format!("/ByteRange [0 {a} {b} 99999999]"),
            "byte_range_gap_is_not_contents",
        ),
        (
            "range of everything",
            format!("/ByteRange [0 {b} {b} {rest}]"),
            "byte_range_gap_is_not_contents",
        ),
        (
            "range with a wider gap",
            format!("/ByteRange [0 {} {b} {rest}]", a - 100),
            "byte_range_gap_is_not_contents",
        ),
        (
            "range not from the start",
            format!("/ByteRange [9 {} {b} {rest}]", a - 9),
            "byte_range_not_from_start",
        ),
        (
            "range in real numbers",
            format!("/ByteRange [0.0 {a}.0 {b}.0 {rest}.0]"),
            "byte_range_malformed",
        ),
        ("range of words", "/ByteRange [/a /b /c /d]".into(), "byte_range_malformed"),
        (
            "range overflowing",
            "/ByteRange [0 18446744073709551615 1 18446744073709551615]".into(),
            "byte_range_malformed",
        ),
    ] {
        add(name, s.append(&[(s.value, value.replace(&range, &new))]), named);
    }
    add(
        "range patched in the signed bytes",
        s.patched("/ByteRange [0 ", "/ByteRange [1 "),
        "byte_range_not_from_start",
    );
    add(
        "kind of signature patched",
        s.patched("ETSI.CAdES.detached", "adbe.x509.rsa_sha1 "),
        "cms_malformed",
    );
    add(
        "kind of signature unknown",
        s.patched("ETSI.CAdES.detached", "ETSI.CAdES.attached"),
        "subfilter_unknown",
    );
    add(
        "range twice",
        s.append(&[(s.value, value.replace(&range, &format!("{range}/ByteRange [0 10 20 10]")))]),
        "duplicate_key",
    );
    // Wrapping: what was signed behind the gap moves to the end, and other objects take its place.
    let (head, tail) = (&s.bytes[..b], &s.bytes[b..]);
    let other = format!("\n{CONTENT} 0 obj\n{}\nendobj\n", stream("", &text("Pay 999")));
    for (name, moved) in [
        ("signed bytes moved to the end", b + other.len()),
        ("signed bytes moved and the old place kept", b),
    ] {
        let mut bytes = [head, other.as_bytes(), tail].concat();
        let claim = format!("/ByteRange [0 {a} {moved} {rest}]");
        let body = value.replace(&range, &claim);
        let at = bytes.len();
        bytes.extend_from_slice(format!("{} 0 obj\n{body}\nendobj\n", s.value).as_bytes());
        let start = bytes.len();
        let content = b + 1;
        bytes.extend_from_slice(
            format!(
                "xref\n{CONTENT} 1\n{content:010} 00000 n \n{} 1\n{at:010} 00000 n \ntrailer\n<</Size {}/Root {CATALOG} 0 R/Prev {}>>\nstartxref\n{start}\n%%EOF\n",
                s.value, s.size, s.startxref + other.len()
            )
            .as_bytes(),
        );
        add(name, bytes, "byte_range_gap_is_not_contents");
    }
    // The whole signed file as an attachment of another one.
    let mut wrapped = build();
    wrapped.truncate(rfind(&wrapped, b"xref\n0"));
    wrapped.extend_from_slice(&s.bytes);
    add("signed file behind another one", wrapped, "malformed_pdf");
    all
}
