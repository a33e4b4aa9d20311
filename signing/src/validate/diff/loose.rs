//! Objects that a revision holds but does not list: nothing to us, but what readers show that rebuild the list from the bytes.

use crate::pdf::parser::Parser;
use crate::pdf::tokens::{find, is_space};
use crate::pdf::{Document, Entry};
use lopdf::Object;

const CHUNK: usize = 64 << 10;
/// Longest `number generation obj` that is recognized across the borders of chunks.
const HEADER: usize = 64;

/// Whether such an object stands between the end of the revision before and that of `revision`.
pub fn loose(document: &Document<'_>, revision: usize) -> bool {
    let this = &document.revisions()[revision];
    let (start, end) = (begin(document, revision), this.end);
    let base = document.base();
    let mut extents: Vec<(u64, u64)> = Vec::new();
    for (id, entry) in this.entries.iter() {
        if let Entry::InUse(offset, _) = entry
            && (start..end).contains(&offset.saturating_add(base))
            && let Some(found) = document.indirect(id, revision)
        {
            extents.push((found.offset, found.end));
        }
    }
    // Streams of cross-references need not list themselves.
    let beside = match this.trailer.get(b"XRefStm") {
        Ok(Object::Integer(at)) => u64::try_from(*at).ok().map(|at| at.saturating_add(base)),
        _ => None,
    };
    extents.extend(
        [Some(this.xref), beside]
            .into_iter()
            .flatten()
            .map(|at| (at, document.end_of(at).unwrap_or(at))),
    );
    extents.sort_unstable();
    let mut at = start;
    for (from, to) in extents {
        if from > at && holds_object(document, at, from.min(end)) {
            return true;
        }
        at = at.max(to);
    }
    at < end && holds_object(document, at, end)
}

fn begin(document: &Document<'_>, revision: usize) -> u64 {
    revision.checked_sub(1).map_or(0, |before| document.revisions()[before].end)
}

/// Whether one who takes the last object of each number that stands in the file sees another file.
pub fn rebuilt_otherwise(document: &Document<'_>, newest: usize) -> bool {
    let older = |revision: usize| {
        let start = begin(document, revision).saturating_sub(document.base());
        document.revisions()[revision].entries.iter().any(|(id, entry)| match entry {
            Entry::InUse(offset, _) => {
                let before = revision.checked_sub(1).and_then(|before| document.entry(id, before));
                offset < start && before.is_none_or(|(_, before)| before != entry)
            }
            _ => false,
        })
    };
    (0..=newest).any(|revision| loose(document, revision) || older(revision))
}

fn holds_object(document: &Document<'_>, mut from: u64, to: u64) -> bool {
    while from < to {
        let end = to.min(from + CHUNK as u64);
        let Ok(bytes) = document.bytes(from, end, CHUNK) else {
            return false;
        };
        if has_header(&bytes) {
            return true;
        }
        if end == to {
            return false;
        }
        from = end - HEADER as u64;
    }
    false
}

fn has_header(bytes: &[u8]) -> bool {
    let mut from = 0;
    while let Some(at) = find(bytes, b"obj", from) {
        from = at + 3;
        let back = |mut end: usize, fits: fn(u8) -> bool| {
            while end > 0 && fits(bytes[end - 1]) {
                end -= 1;
            }
            end
        };
        let blank = back(at, is_space);
        let generation = back(blank, |b| b.is_ascii_digit());
        let between = back(generation, is_space);
        let number = back(between, |b| b.is_ascii_digit());
        if generation < blank && between < generation && number < between && Parser::new(bytes, number).header().is_some() {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::has_header;

    #[test]
    fn headers_are_told_from_what_looks_like_them() {
        for (bytes, is) in [
            (&b"7 0 obj "[..], true),
            (b"x7 0 obj<<", true),
            (b"7\n0\r\nobj\n", true),
            (b"endobj\n", false),
            (b"7 endobj", false),
            (b"an obj 7 obj ", false),
            (b"trailer 7 0 R object", false),
        ] {
            assert_eq!(has_header(bytes), is, "{}", bytes.escape_ascii());
        }
    }
}
