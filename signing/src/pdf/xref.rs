//! Cross-reference sections: tables, streams, hybrids, and the chain that they form.

use lopdf::{Dictionary, Object};
use std::collections::BTreeSet;

use super::bytes::Bytes;
use super::decode::decode;
use super::entries::{Builder, Entries, Entry};
use super::parser::Parser;
use super::{Indirect, PdfError};

/// More sections or entries than this are refused.
const MAX_SECTIONS: usize = 20_000;
const MAX_ENTRIES: usize = 8_000_000;
const MAX_XREF_STREAM: usize = 64 << 20;

/// One cross-reference section as it stands in the file.
#[derive(Debug, Clone)]
pub struct Section {
    pub offset: u64,
    pub entries: Entries,
    pub trailer: Dictionary,
    /// Object number of the cross-reference stream, if it is one (or has one beside it).
    pub streams: Vec<u32>,
    /// First byte after `%%EOF`; after the section itself where that is missing.
    pub eof: u64,
    pub has_eof: bool,
    /// What the `startxref` behind the section says; `None` where there is none.
    pub startxref: Option<u64>,
    /// Something here reads differently in different programs.
    pub ambiguous: Option<&'static str>,
}

/// One revision: what was appended at one time. A linearized file's two sections are one.
#[derive(Debug, Clone)]
pub struct Revision {
    /// First byte that belongs to the revision.
    pub start: u64,
    /// First byte after its `%%EOF`.
    pub eof: u64,
    /// `eof` and the white space behind it.
    pub end: u64,
    /// Where its (newest) cross-reference section begins.
    pub xref: u64,
    pub entries: Entries,
    pub trailer: Dictionary,
    /// Object numbers of its cross-reference streams.
    pub xref_streams: Vec<u32>,
    pub ambiguous: Option<&'static str>,
}

fn malformed(what: &str) -> PdfError {
    PdfError::Malformed(what.into())
}

/// Reads the chain of sections from the newest on and puts them into revisions, oldest first.
pub(super) fn revisions(bytes: &Bytes<'_>) -> Result<Vec<Revision>, PdfError> {
    let mut sections: Vec<Section> = Vec::new();
    let mut visited = BTreeSet::new();
    // The header is there. Comments and spaces behind it may lead on to a table, to which no `/Prev` could point.
    let mut next = Some(bytes.startxref()?).filter(|offset| *offset > 0);
    if next.is_none() {
        return Err(malformed("startxref leads to the header"));
    }
    let mut total = 0;
    while let Some(offset) = next {
        if !visited.insert(offset) {
            return Err(malformed("cross-reference sections form a loop"));
        }
        let offset = offset.saturating_add(bytes.base);
        let section = section(bytes, offset)?;
        total += section.entries.len();
        if sections.len() >= MAX_SECTIONS || total > MAX_ENTRIES {
            return Err(PdfError::TooComplex("cross-reference sections"));
        }
        next = match section.trailer.get(b"Prev") {
            // Nothing can be there: some programs write it instead of leaving it out.
            Ok(Object::Integer(0)) => None,
            Ok(Object::Integer(prev)) => Some(u64::try_from(*prev).map_err(|_| malformed("/Prev"))?),
            Ok(Object::Real(prev)) if *prev >= 0.0 => Some(*prev as u64),
            Ok(Object::Null) | Err(_) => None,
            Ok(_) => return Err(malformed("/Prev")),
        };
        sections.push(section);
    }
    Ok(group(bytes, sections))
}

fn group(bytes: &Bytes<'_>, mut sections: Vec<Section>) -> Vec<Revision> {
    let linearized = bytes.is_linearized();
    let mut revisions: Vec<Revision> = Vec::new();
    // Oldest first. In a linearized file the oldest section (the main one) lies behind the one
    // that refers to it (that of the first page).
    sections.reverse();
    let pair = linearized && sections.len() > 1 && sections[1].offset < sections[0].offset;
    let mut sections = sections.into_iter();
    while let Some(mut section) = sections.next() {
        let pair = pair && revisions.is_empty();
        if pair && let Some(first_page) = sections.next() {
            section.entries = section.entries.overlaid(first_page.entries.iter());
            section.trailer = first_page.trailer;
            section.streams.extend(&first_page.streams);
            section.ambiguous = section.ambiguous.or(first_page.ambiguous);
        }
        let start = revisions.last().map_or(0, |r| r.end);
        if section.eof <= start && !revisions.is_empty() {
            section.ambiguous = Some("sections_out_of_order");
        }
        if !section.has_eof {
            section.ambiguous = section.ambiguous.or(Some("no_end_of_file_marker"));
        } else if !pair && section.startxref != Some(section.offset) {
            // Some tools point at the white space before the keyword.
            let near = section.startxref.is_some_and(|s| bytes.same_place(s, section.offset));
            if !near {
                section.ambiguous = section.ambiguous.or(Some("startxref_elsewhere"));
            }
        }
        revisions.push(Revision {
            start,
            eof: section.eof,
            end: bytes.skip_blank(section.eof),
            xref: section.offset,
            entries: section.entries,
            trailer: section.trailer,
            xref_streams: section.streams,
            ambiguous: section.ambiguous,
        });
    }
    revisions
}

fn section(bytes: &Bytes<'_>, offset: u64) -> Result<Section, PdfError> {
    let mut section = match bytes.parse_at(offset, |p| {
        p.space();
        Ok(p.keyword(b"xref"))
    })? {
        (true, end) => table(bytes, offset, end)?,
        (false, _) => stream(bytes, offset)?,
    };
    tail(bytes, &mut section)?;
    Ok(section)
}

fn table(bytes: &Bytes<'_>, offset: u64, mut at: u64) -> Result<Section, PdfError> {
    let mut entries = Builder::default();
    let mut ambiguous = None;
    loop {
        let (head, end) = bytes.parse_at(at, |p| {
            p.space();
            if p.keyword(b"trailer") {
                return Ok(None);
            }
            let first = p.number();
            p.space();
            Ok(Some((first, p.number())))
        })?;
        at = end;
        let Some((Some(first), Some(count))) = head else {
            if head.is_none() {
                break;
            }
            return Err(malformed("cross-reference table"));
        };
        if count > MAX_ENTRIES as u64 || first > u64::from(u32::MAX) - count {
            return Err(PdfError::TooComplex("cross-reference table"));
        }
        // An entry takes 18 bytes at least, so a number that the file cannot hold reserves nothing.
        entries.reserve(count.min(bytes.source.len() / 18) as usize);
        // Entries are 20 bytes; read a block at a time and take tokens, since some are 19.
        let mut shift = 0;
        let mut done = 0;
        while done < count {
            let block = (count - done).min(2000);
            let (list, end) = bytes.parse_at_sized(at, block as usize * 24 + 64, |p| {
                let mut list = Vec::with_capacity(block as usize);
                for _ in 0..block {
                    p.space();
                    let offset = p.number();
                    p.space();
                    let generation = p.number();
                    p.space();
                    let used = p.keyword(b"n");
                    let free = !used && p.keyword(b"f");
                    match (offset, generation, used || free) {
                        (Some(o), Some(g), true) => list.push((o, g, used)),
                        _ => return Ok(list),
                    }
                }
                Ok(list)
            })?;
            if (list.len() as u64) < block {
                return Err(malformed("cross-reference table entry"));
            }
            // A table that starts at 1 although its first entry is the head of the free list.
            if done == 0 && first == 1 && list[0] == (0, 65_535, false) {
                shift = 1;
            }
            for (i, (offset, generation, used)) in list.into_iter().enumerate() {
                let id = (first + done + i as u64 - shift) as u32;
                let entry = match used {
                    true if offset > 0 => Entry::InUse(offset, u16::try_from(generation).unwrap_or(u16::MAX)),
                    _ => Entry::Free,
                };
                entries.push(id, entry);
            }
            if entries.count() > MAX_ENTRIES {
                return Err(PdfError::TooComplex("cross-reference table"));
            }
            done += block;
            at = end;
        }
    }
    let (mut entries, listed_twice) = entries.finish();
    if listed_twice {
        ambiguous = Some("object_listed_twice");
    }
    let ((trailer, odd), eof) = bytes.parse_at(at, |p| {
        p.space();
        let trailer = p.object()?;
        Ok((trailer, p.ambiguous))
    })?;
    let Object::Dictionary(trailer) = trailer else {
        return Err(malformed("trailer"));
    };
    ambiguous = odd.map(in_trailer).or(ambiguous);
    let mut streams = Vec::new();
    if let Ok(Object::Integer(hybrid)) = trailer.get(b"XRefStm") {
        let hybrid = u64::try_from(*hybrid).map_err(|_| malformed("/XRefStm"))?;
        let beside = stream(bytes, hybrid.saturating_add(bytes.base))?;
        streams.extend(beside.streams);
        let mut hidden = Vec::new();
        for (id, entry) in beside.entries.iter() {
            // Old readers see the table, new ones both; an object that both place differently
            // is two objects.
            match entries.get(id) {
                None | Some(Entry::Free) => hidden.push((id, entry)),
                Some(other) if other != entry => ambiguous = Some("hybrid_conflict"),
                Some(_) => {}
            }
        }
        entries = entries.overlaid(hidden);
    }
    Ok(Section {
        offset,
        entries,
        trailer,
        streams,
        eof,
        has_eof: false,
        startxref: None,
        ambiguous,
    })
}

fn in_trailer(code: &str) -> &'static str {
    match code {
        "odd_number" => "odd_number_in_trailer",
        _ => "duplicate_key_in_trailer",
    }
}

fn stream(bytes: &Bytes<'_>, offset: u64) -> Result<Section, PdfError> {
    let Indirect {
        id,
        value,
        stream,
        end,
        ambiguous,
        ..
    } = bytes.indirect(offset, None, &|_| None)?;
    let (Object::Dictionary(dict), Some((start, length))) = (value, stream) else {
        return Err(malformed("no cross-reference section where one should be"));
    };
    if !dict.has_type(b"XRef") {
        return Err(malformed("no cross-reference section where one should be"));
    }
    let raw = bytes.get(start, length, MAX_XREF_STREAM)?;
    let data = decode(&dict, &raw, MAX_XREF_STREAM)?;
    let numbers = |key: &[u8]| -> Option<Vec<u64>> {
        let list = dict.get(key).ok()?.as_array().ok()?;
        let values = list.iter().map(|n| u64::try_from(n.as_i64().ok()?).ok());
        values.collect()
    };
    let widths = numbers(b"W").filter(|w| w.len() == 3 && w.iter().all(|n| *n <= 8));
    let widths: Vec<usize> = match widths {
        Some(w) => w.into_iter().map(|n| n as usize).collect(),
        None => return Err(malformed("widths of a cross-reference stream")),
    };
    let size = dict.get(b"Size").and_then(Object::as_i64).unwrap_or(0);
    let index = match dict.get(b"Index") {
        Ok(_) => numbers(b"Index").ok_or_else(|| malformed("/Index"))?,
        Err(_) => vec![0, u64::try_from(size).unwrap_or(0)],
    };
    let row: usize = widths.iter().sum();
    if row == 0 || data.len() / row > MAX_ENTRIES {
        return Err(PdfError::TooComplex("cross-reference stream"));
    }
    let mut rows = data.chunks_exact(row);
    let mut entries = Builder::default();
    entries.reserve(data.len() / row);
    let mut ambiguous = ambiguous.map(in_trailer);
    'all: for range in index.chunks_exact(2) {
        for n in 0..range[1] {
            let Some(fields) = rows.next() else {
                break 'all;
            };
            let Ok(number) = u32::try_from(range[0].saturating_add(n)) else {
                return Err(malformed("/Index"));
            };
            let (kind, rest) = fields.split_at(widths[0]);
            let (second, third) = rest.split_at(widths[1]);
            let value = |b: &[u8]| b.iter().fold(0u64, |v, b| v << 8 | u64::from(*b));
            let kind = if kind.is_empty() { 1 } else { value(kind) };
            let entry = match kind {
                1 => Entry::InUse(value(second), value(third).min(65_535) as u16),
                2 => match (u32::try_from(value(second)), u32::try_from(value(third))) {
                    (Ok(stream), Ok(at)) => Entry::InStream(stream, at),
                    _ => Entry::Free,
                },
                _ => Entry::Free,
            };
            entries.push(number, entry);
        }
    }
    let (entries, listed_twice) = entries.finish();
    if listed_twice {
        ambiguous = Some("object_listed_twice");
    }
    Ok(Section {
        offset,
        entries,
        trailer: dict,
        streams: vec![id.0],
        eof: end,
        has_eof: false,
        startxref: None,
        ambiguous,
    })
}

/// `startxref`, the number and `%%EOF` behind a section.
fn tail(bytes: &Bytes<'_>, section: &mut Section) -> Result<(), PdfError> {
    let at = section.eof;
    let ((startxref, closed), end) = bytes.parse_at(at, |p: &mut Parser<'_>| {
        // Programs leave their name here, in a comment.
        p.blank_and_remarks();
        if !p.keyword(b"startxref") {
            return Ok((None, false));
        }
        p.blank();
        let number = p.number();
        p.blank_and_remarks();
        // Some programs append the next revision without an end of line.
        Ok((number, p.starts_with(b"%%EOF")))
    })?;
    section.startxref = startxref.map(|s| s.saturating_add(bytes.base));
    if startxref.is_some() {
        section.has_eof = closed;
        section.eof = end;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::pdf::Document;

    /// iText leaves its name between trailer and `startxref`; a signature there covers the file all the same.
    #[test]
    fn remarks_around_the_end_belong_to_the_revision() {
        for (before, behind) in [
            ("", ""),
            ("%iText-5.5.8\n", ""),
            ("\r%iText-7.1.5\r% more\r\n", ""),
            ("", "% made by hand\r\n"),
        ] {
            let mut file = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\n".to_vec();
            let at = file.len();
            let table = "xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<</Size 2/Root 1 0 R>>\n";
            file.extend_from_slice(format!("{table}{before}startxref\n{at}\n{behind}%%EOF\n").as_bytes());
            let document = Document::open(&file, None).unwrap();
            let [only] = document.revisions() else { panic!("{before:?}") };
            assert_eq!((only.end, only.ambiguous), (file.len() as u64, None), "{before:?} {behind:?}");
        }
    }

    /// pyHanko appends to a file without an end of line at once.
    #[test]
    fn the_next_revision_may_follow_the_marker_at_once() {
        let mut file = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\n".to_vec();
        let at = file.len();
        let table = "xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<</Size 2/Root 1 0 R";
        file.extend_from_slice(format!("{table}>>\nstartxref\n{at}\n%%EOF").as_bytes());
        let end = file.len();
        file.extend_from_slice(b"2 0 obj\n(later)\nendobj\n");
        let second = file.len();
        let rows = format!("xref\n2 1\n{end:010} 00000 n \ntrailer\n<</Size 3/Root 1 0 R/Prev {at}>>\nstartxref\n{second}\n%%EOF\n");
        file.extend_from_slice(rows.as_bytes());
        let document = Document::open(&file, None).unwrap();
        let [first, _] = document.revisions() else {
            panic!("not two revisions")
        };
        assert_eq!((first.eof, first.end, first.ambiguous), (end as u64, end as u64, None));
    }
}
