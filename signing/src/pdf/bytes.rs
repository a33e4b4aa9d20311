//! The bytes of a file, and one object of it at a time.

use lopdf::{Object, ObjectId};
use std::borrow::Cow;

use super::parser::{Parser, Stop};
use super::tokens::{find, is_space, rfind};
use super::{PdfError, Revision, Source};

/// An object may not be longer than this (streams are not counted, they stay on disk).
const MAX_OBJECT: usize = 32 << 20;
const WINDOW: usize = 4096;

/// An object and where it was found.
#[derive(Debug, Clone)]
pub struct Indirect {
    pub id: ObjectId,
    /// Of the object itself, or of the object stream that holds it.
    pub offset: u64,
    /// For a stream, its dictionary.
    pub value: Object,
    /// Start and length of the undecoded content of a stream.
    pub stream: Option<(u64, u64)>,
    /// First byte after it.
    pub end: u64,
    pub ambiguous: Option<&'static str>,
    /// `/Length` does not lead to `endstream`; readers differ in what they make of that.
    pub wrong_length: bool,
    pub in_object_stream: bool,
}

/// Bytes with the small helpers of reading.
pub(super) struct Bytes<'a> {
    pub source: &'a dyn Source,
    /// Offset of `%PDF-`; some files carry rubbish before it…
    pub header: u64,
    /// …and count either from the first byte (0) or from behind the rubbish.
    pub base: u64,
}

impl<'a> Bytes<'a> {
    /// Exactly these bytes.
    pub fn get(&self, offset: u64, length: u64, limit: usize) -> Result<Cow<'a, [u8]>, PdfError> {
        if length > limit as u64 {
            return Err(PdfError::TooComplex("a part of the file is too large"));
        }
        let end = offset.checked_add(length).filter(|e| *e <= self.source.len());
        let end = end.ok_or_else(|| PdfError::Malformed("data beyond the end".into()))?;
        if let Some(all) = self.source.as_slice() {
            return Ok(Cow::Borrowed(&all[offset as usize..end as usize]));
        }
        let mut buffer = vec![0; length as usize];
        self.source.read_at(offset, &mut buffer)?;
        Ok(Cow::Owned(buffer))
    }

    /// At most `size` bytes from `offset`.
    pub fn window(&self, offset: u64, size: usize) -> Result<Cow<'a, [u8]>, PdfError> {
        let left = self.source.len().saturating_sub(offset);
        self.get(offset.min(self.source.len()), left.min(size as u64), usize::MAX)
    }

    /// Parses from `offset`, with as much of the file as it takes. Returns the end, too.
    pub fn parse_at<T>(&self, offset: u64, parse: impl Fn(&mut Parser<'_>) -> Result<T, Stop>) -> Result<(T, u64), PdfError> {
        self.parse_at_sized(offset, WINDOW, parse)
    }

    pub fn parse_at_sized<T>(
        &self,
        offset: u64,
        first: usize,
        parse: impl Fn(&mut Parser<'_>) -> Result<T, Stop>,
    ) -> Result<(T, u64), PdfError> {
        let mut size = first.max(64);
        loop {
            let window = self.window(offset, size)?;
            let mut parser = Parser::new(&window, 0);
            match parse(&mut parser) {
                Ok(value) => return Ok((value, offset + parser.pos() as u64)),
                Err(Stop::More) if window.len() == size && size < MAX_OBJECT => size *= 8,
                Err(Stop::More) => {
                    return Err(PdfError::Malformed(format!("cut off at {offset}")));
                }
                Err(Stop::Deep) => return Err(PdfError::TooComplex("nesting")),
                Err(Stop::Bad(what)) => {
                    return Err(PdfError::Malformed(format!("{what} at {offset}")));
                }
            }
        }
    }

    /// The last `startxref`: where the newest section is.
    pub fn startxref(&self) -> Result<u64, PdfError> {
        Ok(self.last_startxref()?.1)
    }

    /// Whether the last `startxref` stands behind the newest of these, and so was written for it. Otherwise it leads to an older
    /// section by accident, because it counts from another place.
    pub fn is_newest(&self, revisions: &[Revision]) -> bool {
        let newest = revisions.last().map_or(0, |r| r.eof);
        self.last_startxref().is_ok_and(|(at, _)| at < newest)
    }

    /// Where the last `startxref` stands, and its number.
    fn last_startxref(&self) -> Result<(u64, u64), PdfError> {
        let len = self.source.len();
        let missing = || PdfError::Malformed("no startxref".into());
        let mut size = 2048.min(len);
        loop {
            let tail = self.get(len - size, size, usize::MAX)?;
            if let Some(at) = rfind(&tail, b"startxref") {
                let mut parser = Parser::new(&tail, at + 9);
                parser.blank();
                let offset = parser.number().ok_or_else(missing)?;
                return Ok((len - size + at as u64, offset));
            }
            // Rubbish behind the end may be long, but is not searched for ever.
            if size == len || size >= 1 << 20 {
                return Err(missing());
            }
            size = (size * 8).min(len);
        }
    }

    pub fn is_linearized(&self) -> bool {
        let head = self.window(self.header, 1024).unwrap_or_default();
        find(&head, b"/Linearized", 0).is_some()
    }

    /// First byte at or after `at` that is not white space.
    pub fn skip_blank(&self, mut at: u64) -> u64 {
        while let Ok(window) = self.window(at, WINDOW) {
            let blank = window.iter().take_while(|b| is_space(**b)).count();
            at += blank as u64;
            if blank < window.len() || window.is_empty() {
                break;
            }
        }
        at
    }

    /// Whether only white space lies between the two.
    pub fn same_place(&self, one: u64, other: u64) -> bool {
        self.skip_blank(one) == self.skip_blank(other)
    }

    /// `n g obj … endobj` at `offset`. `length_of` resolves an indirect `/Length`.
    pub fn indirect(&self, offset: u64, expected: Option<u32>, length_of: &dyn Fn(ObjectId) -> Option<u64>) -> Result<Indirect, PdfError> {
        let ((id, value, ambiguous, stream), at) = self.parse_at(offset, |p| {
            let id = p.header().ok_or(Stop::Bad("no object here"))?;
            if expected.is_some_and(|n| n != id.0) {
                return Err(Stop::Bad("another object here"));
            }
            p.space();
            // `1 0 obj endobj` is an empty object; one that only breaks off there is not.
            let value = if p.keyword(b"endobj") { Object::Null } else { p.object()? };
            p.space();
            let stream = matches!(value, Object::Dictionary(_)) && p.keyword(b"stream");
            if !stream {
                p.keyword(b"endobj");
            }
            Ok((id, value, p.ambiguous, stream))
        })?;
        let mut found = Indirect {
            id,
            offset,
            value,
            stream: None,
            end: at,
            ambiguous,
            wrong_length: false,
            in_object_stream: false,
        };
        if stream {
            self.stream_range(&mut found, at, length_of)?;
        }
        Ok(found)
    }

    fn stream_range(&self, found: &mut Indirect, at: u64, length_of: &dyn Fn(ObjectId) -> Option<u64>) -> Result<(), PdfError> {
        let eol = self.window(at, 2)?;
        let start = at
            + match &*eol {
                [b'\r', b'\n'] => 2,
                [b'\n' | b'\r', ..] => 1,
                _ => 0,
            };
        let stated = match found.value.as_dict().and_then(|d| d.get(b"Length")) {
            Ok(Object::Integer(n)) => u64::try_from(*n).ok(),
            Ok(Object::Reference(id)) => length_of(*id),
            _ => None,
        };
        if let Some(length) = stated {
            let end = start.saturating_add(length);
            if end <= self.source.len() {
                let (closed, after) = self.parse_at(end, |p| {
                    p.blank();
                    let closed = p.keyword(b"endstream");
                    p.blank();
                    p.keyword(b"endobj");
                    Ok(closed)
                })?;
                if closed {
                    found.stream = Some((start, length));
                    found.end = after;
                    return Ok(());
                }
            }
        }
        found.wrong_length = true;
        let mut at = start;
        let chunk = 64 << 10;
        while at < self.source.len() {
            let window = self.window(at, chunk + 9)?;
            if let Some(end) = find(&window, b"endstream", 0) {
                let end = at + end as u64;
                found.stream = Some((start, end - start));
                found.end = end + 9;
                return Ok(());
            }
            at += chunk as u64;
        }
        Err(PdfError::Malformed("a stream without end".into()))
    }
}
