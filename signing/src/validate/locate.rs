//! Where exactly a signature's value lies in the file, and whether its `/ByteRange` says so.
//!
//! Nothing of the dictionary is believed that the bytes do not confirm: the range must start at
//! the first byte of the file, leave out the hexadecimal string of `/Contents` and nothing else,
//! and end within the file. Whatever differs is a form in which a forger could hide.

use lopdf::Object;

use crate::pdf::parser::{Parser, Stop};
use crate::pdf::{Document, Indirect};

/// A `/ByteRange` that was found to be in order: `0..gap_start` and `gap_end..end` are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ByteRange {
    pub gap_start: u64,
    pub gap_end: u64,
    pub end: u64,
}

impl ByteRange {
    pub fn as_array(self) -> [u64; 4] {
        [0, self.gap_start, self.gap_end, self.end - self.gap_end]
    }
}

/// A signature dictionary as it stands in the file.
#[derive(Debug, Clone)]
pub struct Located {
    pub range: ByteRange,
    /// The bytes of `/Contents`, padding included.
    pub contents: Vec<u8>,
}

/// No honest signature is longer, even with revocation data inside.
const MAX_OBJECT: usize = 32 << 20;

struct Span {
    key: Vec<u8>,
    start: usize,
    end: usize,
    value: Object,
}

/// Keys and extents of the values of the dictionary at the parser's position.
fn spans(parser: &mut Parser<'_>, data: &[u8]) -> Result<Vec<Span>, Stop> {
    let mut found = Vec::new();
    parser.space();
    if !data[parser.pos().min(data.len())..].starts_with(b"<<") {
        return Err(Stop::Bad("no dictionary"));
    }
    let mut inner = Parser::of_extents(data, parser.pos() + 2);
    loop {
        inner.space();
        match data.get(inner.pos()) {
            Some(b'/') => {
                let key = inner.name()?;
                inner.space();
                let start = inner.pos();
                let value = inner.object()?;
                let end = inner.pos();
                found.push(Span { key, start, end, value });
            }
            Some(b'>') => return Ok(found),
            _ => return Err(Stop::Bad("no dictionary")),
        }
    }
}

/// Locates the signature dictionary that is `holder` itself or, with `within`, the direct value
/// of that key of `holder`. The error is a stable code of what is wrong with its form.
pub fn locate(document: &Document<'_>, holder: &Indirect, within: Option<&[u8]>) -> Result<Located, &'static str> {
    if holder.in_object_stream {
        return Err("signature_in_object_stream");
    }
    let data = document
        .bytes(holder.offset, holder.end, MAX_OBJECT)
        .map_err(|_| "signature_unreadable")?;
    let mut parser = Parser::new(&data, 0);
    parser.header().ok_or("signature_unreadable")?;
    let mut all = spans(&mut parser, &data).map_err(|_| "signature_unreadable")?;
    if let Some(key) = within {
        let mut outer = all.iter().filter(|s| s.key == key);
        let (Some(span), None) = (outer.next(), outer.next()) else {
            return Err("duplicate_key");
        };
        let mut inner = Parser::new(&data, span.start);
        all = spans(&mut inner, &data).map_err(|_| "signature_unreadable")?;
    }
    let single = |key: &[u8]| {
        let mut matching = all.iter().filter(|s| s.key == key);
        match (matching.next(), matching.next()) {
            (Some(span), None) => Ok(Some(span)),
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err("duplicate_key"),
        }
    };
    let contents = single(b"Contents")?.ok_or("contents_missing")?;
    let range = single(b"ByteRange")?.ok_or("byte_range_missing")?;
    for key in [&b"Type"[..], b"Filter", b"SubFilter", b"Reference", b"M"] {
        single(key)?;
    }
    let token = &data[contents.start..contents.end];
    match contents.value {
        Object::Null => return Err("contents_missing"),
        // Where the gap is would hang on another object.
        Object::Reference(_) => return Err("contents_indirect"),
        _ => {}
    }
    if !(token.starts_with(b"<") && token.ends_with(b">")) || token.starts_with(b"<<") {
        return Err("contents_not_hexadecimal");
    }
    // The value itself was read with its object.
    let dictionary = match (holder.value.as_dict(), within) {
        (Ok(outer), Some(key)) => outer.get(key).and_then(Object::as_dict),
        (outer, _) => outer,
    };
    let (Object::String(..), Ok(Object::String(bytes, _))) = (&contents.value, dictionary.and_then(|d| d.get(b"Contents"))) else {
        return Err("contents_not_hexadecimal");
    };
    if bytes.iter().all(|b| *b == 0) {
        return Err("contents_empty");
    }
    // The numbers may stand elsewhere: the gap, of which they must tell the truth, is here.
    let resolve = |value: &Object| document.resolve(value, document.newest());
    let numbers = match resolve(&range.value) {
        Object::Array(items) => items,
        Object::Null => return Err("byte_range_missing"),
        _ => return Err("byte_range_malformed"),
    };
    let numbers: Option<Vec<u64>> = numbers.iter().map(|n| u64::try_from(resolve(n).as_i64().ok()?).ok()).collect();
    let numbers = numbers.ok_or("byte_range_malformed")?;
    let [start, first, second, rest] = numbers[..] else {
        return Err("byte_range_malformed");
    };
    if start != 0 {
        return Err("byte_range_not_from_start");
    }
    let gap_start = holder.offset + contents.start as u64;
    let gap_end = holder.offset + contents.end as u64;
    if first != gap_start || second != gap_end {
        return Err("byte_range_gap_is_not_contents");
    }
    let end = second.checked_add(rest).filter(|e| *e <= document.len());
    let end = end.ok_or("byte_range_beyond_file")?;
    Ok(Located {
        range: ByteRange { gap_start, gap_end, end },
        contents: bytes.clone(),
    })
}
