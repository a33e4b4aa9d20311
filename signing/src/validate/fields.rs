//! The signature fields of a file, with where they are shown.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use lopdf::{Dictionary, Object};
use std::rc::Rc;

use crate::pdf::{Document, Indirect};

/// A form field (a node of the field tree that carries a name or a value).
#[derive(Debug, Clone)]
pub struct Field {
    /// Fully qualified.
    pub name: String,
    pub id: u32,
    /// `Tx`, `Btn`, `Ch`, `Sig`; inherited where needed.
    pub kind: Vec<u8>,
    pub dict: Dictionary,
    /// Object numbers of the widgets; the field's own where it is one with its widget.
    pub widgets: Vec<u32>,
    /// Nothing of this is written in another object.
    stands_alone: bool,
}

const MAX_FIELDS: usize = 100_000;

/// All terminal fields of the form at `revision`.
pub fn fields(document: &Document<'_>, revision: usize) -> Vec<Rc<Field>> {
    fields_since(document, revision, &HashMap::new())
}

/// The same, where those of the revision before are `known`.
pub fn fields_since(document: &Document<'_>, revision: usize, known: &HashMap<u32, Rc<Field>>) -> Vec<Rc<Field>> {
    let mut found = Vec::new();
    let written = &document.revisions()[revision].entries;
    let Some(catalog) = document.catalog(revision) else {
        return found;
    };
    let Some(form) = document.get_dict(&catalog, b"AcroForm", revision) else {
        return found;
    };
    let Some(Object::Array(roots)) = document.get(&form, b"Fields", revision) else {
        return found;
    };
    let mut seen = HashSet::new();
    let mut stack: Vec<(Object, String, Vec<u8>)> = Vec::new();
    for root in roots.into_iter().rev() {
        stack.push((root, String::new(), Vec::new()));
    }
    while let Some((node, prefix, inherited)) = stack.pop() {
        let Object::Reference((id, _)) = node else {
            continue;
        };
        if !seen.insert(id) || found.len() >= MAX_FIELDS {
            continue;
        }
        // At the root, and with nothing of what is looked at here behind a reference, only the object itself can change it.
        let same = known
            .get(&id)
            .filter(|f| prefix.is_empty() && inherited.is_empty() && f.stands_alone);
        if let Some(same) = same.filter(|_| written.get(id).is_none()) {
            found.push(Rc::clone(same));
            continue;
        }
        let Some(object) = document.indirect(id, revision) else {
            continue;
        };
        let Ok(dict) = object.value.as_dict() else {
            continue;
        };
        let own = document.get(dict, b"T", revision);
        let own = own.as_ref().and_then(|t| t.as_str().ok()).map(text);
        let name = match (&own, prefix.is_empty()) {
            (Some(own), true) => own.clone(),
            (Some(own), false) => format!("{prefix}.{own}"),
            (None, _) => prefix.clone(),
        };
        let kind = match document.get(dict, b"FT", revision) {
            Some(Object::Name(kind)) => kind,
            _ => inherited,
        };
        let kids = match document.get(dict, b"Kids", revision) {
            Some(Object::Array(kids)) => kids,
            _ => Vec::new(),
        };
        // Kids with a name are fields, those without are widgets of this one.
        let (named, bare): (Vec<_>, Vec<_>) = kids.into_iter().partition(|kid| {
            let kid = document.resolve(kid, revision);
            kid.as_dict().is_ok_and(|k| k.has(b"T"))
        });
        for kid in named.iter().rev() {
            stack.push((kid.clone(), name.clone(), kind.clone()));
        }
        if named.is_empty() {
            let mut widgets: Vec<u32> = bare.iter().filter_map(|k| k.as_reference().ok().map(|r| r.0)).collect();
            if widgets.is_empty() {
                widgets.push(id);
            }
            let direct = |key: &[u8]| !matches!(dict.get(key), Ok(Object::Reference(_)));
            found.push(Rc::new(Field {
                name,
                id,
                kind,
                dict: dict.clone(),
                widgets,
                stands_alone: !dict.has(b"Kids") && direct(b"T") && direct(b"FT") && !object.in_object_stream,
            }));
        }
    }
    found
}

/// A signature field that holds a signature.
#[derive(Debug, Clone)]
pub struct Signed {
    pub field: Rc<Field>,
    /// The signature dictionary.
    pub dict: Dictionary,
    /// The object that holds it: its own, or the field where it is a direct value.
    pub holder: Rc<Indirect>,
    pub direct: bool,
}

/// The filled signature fields at `revision`, in the order of the form.
pub fn signed(document: &Document<'_>, revision: usize) -> Vec<Signed> {
    let all = fields(document, revision).into_iter();
    all.filter(|f| f.kind == b"Sig")
        .filter_map(|field| {
            let (holder, direct) = match field.dict.get(b"V").ok()? {
                Object::Reference((id, _)) => (document.indirect(*id, revision)?, false),
                Object::Dictionary(_) => (document.indirect(field.id, revision)?, true),
                _ => return None,
            };
            let dict = document.get_dict(&field.dict, b"V", revision)?;
            Some(Signed {
                field,
                dict,
                holder,
                direct,
            })
        })
        .collect()
}

/// Page number (from 1) of every annotation.
pub fn annotation_pages(document: &Document<'_>, revision: usize) -> HashMap<u32, u32> {
    let mut found = HashMap::new();
    for (n, id) in document.pages(revision).into_iter().enumerate() {
        let Some(page) = document.indirect(id, revision) else {
            continue;
        };
        let Ok(dict) = page.value.as_dict() else {
            continue;
        };
        if let Some(Object::Array(list)) = document.get(dict, b"Annots", revision) {
            for annotation in list.iter().filter_map(|a| a.as_reference().ok()) {
                found.entry(annotation.0).or_insert(n as u32 + 1);
            }
        }
    }
    found
}

/// Rectangle of an annotation in points, lower left corner first.
pub fn rect(document: &Document<'_>, annotation: &Dictionary, revision: usize) -> Option<[f64; 4]> {
    let Object::Array(list) = document.get(annotation, b"Rect", revision)? else {
        return None;
    };
    let numbers: Vec<f64> = list
        .iter()
        .filter_map(|n| match document.resolve(n, revision) {
            Object::Integer(n) => Some(n as f64),
            Object::Real(n) => Some(f64::from(n)),
            _ => None,
        })
        .collect();
    let [a, b, c, d] = numbers[..] else {
        return None;
    };
    Some([a.min(c), b.min(d), a.max(c), b.max(d)])
}

/// A PDF text string: UTF-16 or UTF-8 with a mark, else PDFDocEncoding (as Latin-1, which it is
/// but for a few signs).
pub fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        all => all.iter().map(|b| char::from(*b)).collect(),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|p| unit([p[0], p[1]]));
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Seconds since the Unix epoch of a PDF date, `D:20260102030405+07'00'`.
pub fn date(bytes: &[u8]) -> Option<i64> {
    let text = text(bytes);
    let text = text.strip_prefix("D:").unwrap_or(&text);
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, zone) = text.split_at(count);
    let part = |from: usize, to: usize, default: i64| match digits.get(from..to) {
        Some(d) => d.parse().ok(),
        None => Some(default),
    };
    let (year, month, day) = (part(0, 4, -1)?, part(4, 6, 1)?, part(6, 8, 1)?);
    let (hour, minute, second) = (part(8, 10, 0)?, part(10, 12, 0)?, part(12, 14, 0)?);
    let range = (1..=12).contains(&month) && (1..=31).contains(&day) && year >= 0;
    if !range || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let sign = match zone.chars().next() {
        Some('+') => 1,
        Some('-') => -1,
        _ => 0,
    };
    let zone: String = zone.chars().filter(char::is_ascii_digit).collect();
    let shift = |from: usize, to: usize| match zone.get(from..to) {
        Some(d) => d.parse().unwrap_or(0),
        None => 0,
    };
    let offset: i64 = sign * (shift(0, 2) * 3600 + shift(2, 4) * 60);
    let days = crate::x509::time::days(year, month, day);
    Some(days * 86_400 + hour * 3600 + minute * 60 + second - offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_texts() {
        assert_eq!(date(b"D:20240229190000+07'00'"), Some(1_709_208_000));
        assert_eq!(date(b"D:19700101"), Some(0));
        assert_eq!(date(b"yesterday"), None);
        assert_eq!(text(&[0xfe, 0xff, 0x1e, 0xa5]), "\u{1ea5}");
    }
}
