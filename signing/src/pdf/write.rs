//! Objects as bytes.
use lopdf::{Dictionary, Object, ObjectId};

/// Appends `object` in PDF syntax. A stream is written with its own `/Length`.
pub fn object(out: &mut Vec<u8>, object: &Object) {
    match object {
        Object::Null => out.extend_from_slice(b"null"),
        Object::Boolean(b) => out.extend_from_slice(if *b { b"true" } else { b"false" }),
        Object::Integer(n) => out.extend_from_slice(n.to_string().as_bytes()),
        Object::Real(n) => real(out, f64::from(*n)),
        Object::Name(n) => name(out, n),
        Object::String(s, lopdf::StringFormat::Literal) => literal(out, s),
        Object::String(s, lopdf::StringFormat::Hexadecimal) => {
            out.push(b'<');
            hex(out, s);
            out.push(b'>');
        }
        Object::Array(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b' ');
                }
                self::object(out, item);
            }
            out.push(b']');
        }
        Object::Dictionary(d) => dictionary(out, d),
        Object::Stream(s) => {
            let mut d = s.dict.clone();
            d.set("Length", i64::try_from(s.content.len()).unwrap_or(i64::MAX));
            dictionary(out, &d);
            out.extend_from_slice(b"\nstream\n");
            out.extend_from_slice(&s.content);
            out.extend_from_slice(b"\nendstream");
        }
        Object::Reference(id) => reference(out, *id),
    }
}

pub fn dictionary(out: &mut Vec<u8>, d: &Dictionary) {
    out.extend_from_slice(b"<<");
    entries(out, d);
    out.extend_from_slice(b">>");
}

/// The members of a dictionary without its brackets.
pub fn entries(out: &mut Vec<u8>, d: &Dictionary) {
    for (key, value) in d.iter() {
        name(out, key);
        out.push(b' ');
        object(out, value);
        out.push(b'\n');
    }
}

fn reference(out: &mut Vec<u8>, (id, generation): ObjectId) {
    out.extend_from_slice(format!("{id} {generation} R").as_bytes());
}

/// Never in exponent form, which PDF does not know.
pub fn real(out: &mut Vec<u8>, n: f64) {
    if !n.is_finite() {
        out.push(b'0');
        return;
    }
    let text = format!("{n:.5}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    out.extend_from_slice(if text == "-0" || text.is_empty() { b"0" } else { text.as_bytes() });
}

pub fn name(out: &mut Vec<u8>, n: &[u8]) {
    out.push(b'/');
    for &b in n {
        if b.is_ascii_graphic() && !b"#/()<>[]{}%".contains(&b) {
            out.push(b);
        } else {
            out.push(b'#');
            hex(out, &[b]);
        }
    }
}

pub fn literal(out: &mut Vec<u8>, s: &[u8]) {
    out.push(b'(');
    for &b in s {
        match b {
            b'(' | b')' | b'\\' => out.extend_from_slice(&[b'\\', b]),
            // An end of line inside a string would be read as \n whatever it was.
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\n' => out.extend_from_slice(b"\\n"),
            _ => out.push(b),
        }
    }
    out.push(b')');
}

pub fn hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for b in bytes {
        out.push(DIGITS[usize::from(b >> 4)]);
        out.push(DIGITS[usize::from(b & 15)]);
    }
}

/// A text string for people: PDFDocEncoding where it is plain ASCII, UTF-16 otherwise (ISO 32000-1, 7.9.2.2).
pub fn text(s: &str) -> Object {
    if s.is_ascii() {
        return Object::string_literal(s);
    }
    let mut bytes = vec![0xfe, 0xff];
    bytes.extend(s.encode_utf16().flat_map(u16::to_be_bytes));
    Object::String(bytes, lopdf::StringFormat::Hexadecimal)
}
