//! A small, tolerant ASN.1 reader for what others have written.
//!
//! Real signatures carry BER: indefinite lengths, constructed octet strings, sets that are not
//! sorted, lengths longer than need be. The DER parsers refuse all of these, so what is *read*
//! goes through here and what is *built* through the `der` crates. Parts that are already DER
//! (certificates, signed attributes) are kept byte for byte, because they are hashed.

use std::borrow::Cow;

/// Nesting beyond this is refused: no real structure comes near it.
const MAX_DEPTH: usize = 64;

pub const BOOLEAN: u8 = 0x01;
pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const OID: u8 = 0x06;
pub const ENUMERATED: u8 = 0x0a;
pub const UTC_TIME: u8 = 0x17;
pub const GENERALIZED_TIME: u8 = 0x18;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;

/// The bytes are not the structure that was expected there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed ASN.1: {0}")]
pub struct Malformed(pub &'static str);

type Result<T> = std::result::Result<T, Malformed>;

/// One element: first tag octet, content, and the whole encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    pub tag: u8,
    pub content: &'a [u8],
    pub raw: &'a [u8],
}

impl<'a> Tlv<'a> {
    pub fn reader(&self) -> Reader<'a> {
        Reader::new(self.content)
    }

    pub fn oid(&self) -> Result<String> {
        if self.tag != OID {
            return Err(Malformed("object identifier expected"));
        }
        oid(self.content)
    }

    /// A non-negative INTEGER that fits 64 bits.
    pub fn unsigned(&self) -> Result<u64> {
        if self.tag != INTEGER && self.tag != ENUMERATED && self.tag & 0xc0 != 0x80 {
            return Err(Malformed("integer expected"));
        }
        let digits = match self.content {
            [] => return Err(Malformed("empty integer")),
            [first, ..] if first & 0x80 != 0 => return Err(Malformed("negative integer")),
            [0, rest @ ..] => rest,
            all => all,
        };
        if digits.len() > 8 {
            return Err(Malformed("integer too large"));
        }
        Ok(digits.iter().fold(0, |n, b| n << 8 | u64::from(*b)))
    }

    pub fn boolean(&self) -> Result<bool> {
        match self.content {
            [b] => Ok(*b != 0),
            _ => Err(Malformed("boolean of a wrong length")),
        }
    }

    /// Content of a BIT STRING made of whole octets.
    pub fn bit_octets(&self) -> Result<&'a [u8]> {
        match self.content {
            [0, rest @ ..] => Ok(rest),
            _ => Err(Malformed("bit string is not whole octets")),
        }
    }

    /// Named bits of a BIT STRING: bit 0 is the first of the first octet.
    pub fn named_bits(&self) -> Result<u16> {
        let [_, rest @ ..] = self.content else {
            return Err(Malformed("empty bit string"));
        };
        let mut bits = 0;
        for i in 0..16 {
            if rest.get(i / 8).is_some_and(|b| b & (0x80 >> (i % 8)) != 0) {
                bits |= 1 << i;
            }
        }
        Ok(bits)
    }

    /// Seconds since the Unix epoch.
    pub fn time(&self) -> Result<i64> {
        time(self.tag, self.content)
    }
}

/// Reads elements one after the other.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Reader { rest: data }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Nothing may follow: what stands there, others could take for something else.
    pub fn end(&self) -> Result<()> {
        self.is_empty().then_some(()).ok_or(Malformed("more than belongs here"))
    }

    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub fn any(&mut self) -> Result<Tlv<'a>> {
        let head = header(self.rest)?;
        let len = head.len.ok_or(Malformed("indefinite length"))?;
        let end = head
            .size
            .checked_add(len)
            .filter(|end| *end <= self.rest.len())
            .ok_or(Malformed("element longer than its container"))?;
        let (raw, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(Tlv {
            tag: head.tag,
            content: &raw[head.size..],
            raw,
        })
    }

    pub fn expect(&mut self, tag: u8) -> Result<Tlv<'a>> {
        let found = self.any()?;
        if found.tag == tag {
            Ok(found)
        } else {
            Err(Malformed("unexpected tag"))
        }
    }

    pub fn optional(&mut self, tag: u8) -> Result<Option<Tlv<'a>>> {
        if self.peek() == Some(tag) { self.any().map(Some) } else { Ok(None) }
    }

    pub fn sequence(&mut self) -> Result<Reader<'a>> {
        Ok(self.expect(SEQUENCE)?.reader())
    }

    /// All that is left, element by element.
    pub fn all(mut self) -> Result<Vec<Tlv<'a>>> {
        let mut found = Vec::new();
        while !self.is_empty() {
            found.push(self.any()?);
        }
        Ok(found)
    }
}

struct Header {
    tag: u8,
    size: usize,
    /// `None`: indefinite.
    len: Option<usize>,
}

fn header(data: &[u8]) -> Result<Header> {
    let short = Malformed("truncated");
    let tag = *data.first().ok_or(short)?;
    let mut at = 1;
    if tag & 0x1f == 0x1f {
        // High tag numbers occur nowhere in what is read here; they are only skipped over.
        loop {
            let octet = *data.get(at).ok_or(short)?;
            at += 1;
            if octet & 0x80 == 0 {
                break;
            }
            if at > 6 {
                return Err(Malformed("tag number too large"));
            }
        }
    }
    let first = *data.get(at).ok_or(short)?;
    at += 1;
    let len = match first {
        0..=0x7f => Some(usize::from(first)),
        0x80 => None,
        _ => {
            let count = usize::from(first & 0x7f);
            let octets = data.get(at..at + count).ok_or(short)?;
            at += count;
            let mut len = 0usize;
            for octet in octets {
                len = len
                    .checked_mul(256)
                    .and_then(|l| l.checked_add(usize::from(*octet)))
                    .ok_or(Malformed("length too large"))?;
            }
            Some(len)
        }
    };
    if len.is_none() && tag & 0x20 == 0 {
        return Err(Malformed("indefinite length of a primitive"));
    }
    Ok(Header { tag, size: at, len })
}

/// The first element of `data` with every indefinite length and every constructed octet string
/// inside it turned into its definite form. Elements that contain neither stay as they are.
/// Second value: how many bytes of `data` the element took.
pub fn definite(data: &[u8]) -> Result<(Cow<'_, [u8]>, usize)> {
    let (end, changed) = measure(data, 0)?;
    if !changed {
        return Ok((Cow::Borrowed(&data[..end]), end));
    }
    let mut out = Vec::with_capacity(end);
    rewrite(data, &mut out, 0)?;
    Ok((Cow::Owned(out), end))
}

/// Length of the first element, and whether it must be rewritten.
fn measure(data: &[u8], depth: usize) -> Result<(usize, bool)> {
    if depth > MAX_DEPTH {
        return Err(Malformed("nested too deeply"));
    }
    let head = header(data)?;
    let split_string = head.tag == (OCTET_STRING | 0x20);
    match head.len {
        Some(len) => {
            let end = head
                .size
                .checked_add(len)
                .filter(|e| *e <= data.len())
                .ok_or(Malformed("element longer than its container"))?;
            let mut changed = split_string;
            if head.tag & 0x20 != 0 && !changed {
                let mut at = head.size;
                while at < end {
                    let (used, inner) = measure(&data[at..end], depth + 1)?;
                    at += used;
                    changed |= inner;
                }
            }
            Ok((end, changed))
        }
        None => {
            let mut at = head.size;
            loop {
                let rest = data.get(at..).ok_or(Malformed("truncated"))?;
                if rest.starts_with(&[0, 0]) {
                    return Ok((at + 2, true));
                }
                at += measure(rest, depth + 1)?.0;
            }
        }
    }
}

/// Appends the definite form of the first element of `data`; returns how much it read.
fn rewrite(data: &[u8], out: &mut Vec<u8>, depth: usize) -> Result<usize> {
    if depth > MAX_DEPTH {
        return Err(Malformed("nested too deeply"));
    }
    let (total, changed) = measure(data, depth)?;
    if !changed {
        out.extend_from_slice(&data[..total]);
        return Ok(total);
    }
    let head = header(data)?;
    let (mut at, end) = match head.len {
        Some(_) => (head.size, total),
        None => (head.size, total - 2),
    };
    let mut content = Vec::new();
    let string = head.tag == (OCTET_STRING | 0x20);
    while at < end {
        if string {
            let mut piece = Vec::new();
            at += rewrite(&data[at..end], &mut piece, depth + 1)?;
            let mut reader = Reader::new(&piece);
            content.extend_from_slice(reader.expect(OCTET_STRING)?.content);
        } else {
            at += rewrite(&data[at..end], &mut content, depth + 1)?;
        }
    }
    // An implicitly tagged [0] octet string (encapsulated content of a detached structure) keeps
    // its tag: only the universal form can be recognised without knowing the schema.
    let tag = if string { OCTET_STRING } else { head.tag };
    out.push(tag);
    out.extend_from_slice(&data[1..tag_size(data)]);
    push_length(out, content.len());
    out.extend_from_slice(&content);
    Ok(total)
}

fn tag_size(data: &[u8]) -> usize {
    if data.first().is_none_or(|t| t & 0x1f != 0x1f) {
        return 1;
    }
    let more = data.iter().skip(1).take_while(|b| *b & 0x80 != 0).count();
    (more + 2).min(data.len())
}

fn push_length(out: &mut Vec<u8>, len: usize) {
    if len < 0x80 {
        out.push(len as u8);
        return;
    }
    let bytes = len.to_be_bytes();
    let skip = bytes.iter().take_while(|b| **b == 0).count();
    out.push(0x80 | (bytes.len() - skip) as u8);
    out.extend_from_slice(&bytes[skip..]);
}

/// One element with the given tag.
pub fn encode(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 6);
    out.push(tag);
    push_length(&mut out, content.len());
    out.extend_from_slice(content);
    out
}

/// Dotted form of an object identifier's content octets.
pub fn oid(content: &[u8]) -> Result<String> {
    if content.is_empty() || content.len() > 64 {
        return Err(Malformed("object identifier"));
    }
    let bad = Malformed("object identifier");
    let mut dotted = String::with_capacity(24);
    let mut value = 0u64;
    let mut open = false;
    for octet in content {
        value = value.checked_mul(128).ok_or(bad)? | u64::from(octet & 0x7f);
        open = octet & 0x80 != 0;
        if open {
            continue;
        }
        if dotted.is_empty() {
            let first = (value / 40).min(2);
            push_number(&mut dotted, first);
            value -= first * 40;
        }
        dotted.push('.');
        push_number(&mut dotted, value);
        value = 0;
    }
    if open {
        return Err(bad);
    }
    Ok(dotted)
}

/// Identifiers are read all the time: without the machinery of formatting.
fn push_number(text: &mut String, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    text.extend(digits[at..].iter().map(|d| char::from(*d)));
}

/// UTCTime or GeneralizedTime to seconds since the Unix epoch (fractions dropped).
fn time(tag: u8, text: &[u8]) -> Result<i64> {
    let bad = Malformed("time");
    let text = std::str::from_utf8(text).map_err(|_| bad)?;
    let year_digits = match tag {
        UTC_TIME => 2,
        GENERALIZED_TIME => 4,
        _ => return Err(bad),
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits < year_digits + 6 || (digits - year_digits) % 2 != 0 {
        return Err(bad);
    }
    let number = |from: usize, len: usize| -> Result<i64> {
        match text.get(from..from + len) {
            Some(d) if from + len <= digits => d.parse().map_err(|_| bad),
            _ => Ok(0),
        }
    };
    let mut year = number(0, year_digits)?;
    if year_digits == 2 {
        year += if year < 50 { 2000 } else { 1900 };
    }
    let at = year_digits;
    let (month, day) = (number(at, 2)?, number(at + 2, 2)?);
    let (hour, minute, second) = (number(at + 4, 2)?, number(at + 6, 2)?, number(at + 8, 2)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return Err(bad);
    }
    let mut zone = &text[digits..];
    if let Some(fraction) = zone.strip_prefix(['.', ',']) {
        zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let offset = match zone.as_bytes() {
        [] | [b'Z'] => 0,
        [sign @ (b'+' | b'-'), rest @ ..] if rest.len() == 4 => {
            let value: i64 = zone[1..].parse().map_err(|_| bad)?;
            let seconds = (value / 100) * 3600 + (value % 100) * 60;
            if *sign == b'+' { seconds } else { -seconds }
        }
        _ => return Err(bad),
    };
    Ok(crate::x509::time::days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indefinite_and_constructed_become_definite() {
        // SEQUENCE (indefinite) { OCTET STRING (constructed, indefinite) { 01 02, 03 } }
        let ber = [0x30, 0x80, 0x24, 0x80, 4, 2, 1, 2, 4, 1, 3, 0, 0, 0, 0, 0xff];
        let (der, used) = definite(&ber).unwrap();
        assert_eq!(used, 15);
        assert_eq!(der.as_ref(), [0x30, 5, 4, 3, 1, 2, 3]);
    }

    #[test]
    fn definite_input_is_not_touched_even_with_long_lengths() {
        let data = [0x30, 0x82, 0, 3, 2, 1, 5];
        let (same, _) = definite(&data).unwrap();
        assert_eq!(same.as_ref(), data);
        assert_eq!(Reader::new(&data).sequence().unwrap().any().unwrap().unsigned(), Ok(5));
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(definite(&[0x30, 0x80].repeat(10_000)).is_err());
        assert!(definite(&[0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).is_err());
        assert!(Reader::new(&[0x30]).any().is_err());
    }

    #[test]
    fn times_with_and_without_zone() {
        let t = |tag, s: &str| time(tag, s.as_bytes());
        assert_eq!(t(UTC_TIME, "700101000000Z"), Ok(0));
        assert_eq!(t(GENERALIZED_TIME, "20240229120000.5Z"), Ok(1_709_208_000));
        assert_eq!(t(UTC_TIME, "240229190000+0700"), Ok(1_709_208_000));
        assert!(t(UTC_TIME, "241301000000Z").is_err());
    }

    #[test]
    fn identifiers() {
        assert_eq!(oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]).unwrap(), "1.2.840.113549");
        assert!(oid(&[0x2a, 0x86]).is_err());
    }
}
