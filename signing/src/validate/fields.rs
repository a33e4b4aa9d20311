//! The signature fields of a file, with where they are shown.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use lopdf::{Dictionary, Object};
use std::rc::Rc;

use crate::pdf::{Document, Entry, Indirect};

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
    /// Written directly into the list of `id`.
    pub inline: bool,
    /// A root of the field tree without kids, and nothing of this is written in another object.
    pub stands_alone: bool,
}

const MAX_FIELDS: usize = 100_000;

/// All terminal fields of the form at `revision`.
fn fields(document: &Document<'_>, revision: usize) -> Vec<Rc<Field>> {
    let Some(form) = Form::at(document, revision) else {
        return Vec::new();
    };
    // Fields that are written directly into a list are none after ISO 32000-2, 12.7.4.1, but a signature there is one to its reader.
    let direct = form.direct_roots(document, revision);
    walk(
        document,
        revision,
        &form.roots(document, revision),
        Some(direct),
        &|_| None,
        &|_| false,
    )
}

/// The form dictionary, in the object that it is or stands in.
#[derive(Clone)]
pub struct Form {
    holder: Rc<Indirect>,
    /// A value of the catalog.
    inside: bool,
}

impl Form {
    pub fn at(document: &Document<'_>, revision: usize) -> Option<Self> {
        let catalog = document.catalog_object(revision)?;
        let form = catalog.value.as_dict().ok()?.get(b"AcroForm").ok()?;
        let holder = document.follow(form, revision);
        let inside = holder.is_none();
        let found = Form {
            holder: holder.unwrap_or(catalog),
            inside,
        };
        found.dict().is_some().then_some(found)
    }

    pub fn dict(&self) -> Option<&Dictionary> {
        let holder = self.holder.value.as_dict().ok()?;
        if self.inside {
            holder.get(b"AcroForm").and_then(Object::as_dict).ok()
        } else {
            Some(holder)
        }
    }

    /// Object numbers of the roots of the field tree, in order.
    pub fn roots(&self, document: &Document<'_>, revision: usize) -> Vec<u32> {
        let number = |item: &Object, _| item.as_reference().ok().map(|r| r.0);
        self.listed(document, revision, &number)
    }

    /// Roots that are written into the list itself, with the number of the object that the list is in.
    fn direct_roots(&self, document: &Document<'_>, revision: usize) -> Vec<(Object, u32)> {
        let direct = |item: &Object, holder| item.as_dict().is_ok().then(|| (item.clone(), holder));
        self.listed(document, revision, &direct)
    }

    fn listed<T>(&self, document: &Document<'_>, revision: usize, take: &dyn Fn(&Object, u32) -> Option<T>) -> Vec<T> {
        let Some(list) = self.dict().and_then(|d| d.get(b"Fields").ok()) else {
            return Vec::new();
        };
        let behind = document.follow(list, revision);
        let holder = behind.as_ref().map_or(self.holder.id.0, |b| b.id.0);
        let list = behind.as_ref().map_or(list, |b| &b.value);
        let items = list.as_array().into_iter().flatten();
        items.filter_map(|item| take(item, holder)).collect()
    }
}

/// The terminal fields below `roots`. Those that the revision before `knows` are not read again, those that are `taken` left out.
/// Fields written directly into their list are left out unless there are `direct` roots, if only none: each with the number of
/// the object that it is in, which becomes its own.
pub fn walk(
    document: &Document<'_>,
    revision: usize,
    roots: &[u32],
    direct: Option<Vec<(Object, u32)>>,
    known: &dyn Fn(u32) -> Option<Rc<Field>>,
    taken: &dyn Fn(u32) -> bool,
) -> Vec<Rc<Field>> {
    let mut found = Vec::new();
    let written = &document.revisions()[revision].entries;
    let mut seen = HashSet::new();
    let mut stack: Vec<(Object, u32, String, Vec<u8>)> = Vec::new();
    let with_direct = direct.is_some();
    let direct = direct.into_iter().flatten().rev();
    let roots = roots.iter().rev().map(|root| (Object::Reference((*root, 0)), *root));
    stack.extend(direct.chain(roots).map(|(node, id)| (node, id, String::new(), Vec::new())));
    while let Some((node, holder, prefix, inherited)) = stack.pop() {
        if found.len() >= MAX_FIELDS {
            continue;
        }
        let id = match &node {
            Object::Reference((id, _)) => *id,
            _ => holder,
        };
        let inline = match &node {
            Object::Reference(_) => None,
            Object::Dictionary(dict) if with_direct => Some(dict),
            _ => continue,
        };
        if inline.is_none() && (taken(id) || !seen.insert(id)) {
            continue;
        }
        // At the root, and with nothing of what is looked at here behind a reference, only the object itself can change it.
        let alone = prefix.is_empty() && inherited.is_empty() && written.get(id).is_none() && inline.is_none();
        if let Some(same) = known(id).filter(|f| alone && f.stands_alone) {
            found.push(same);
            continue;
        }
        let Some(object) = document.indirect(id, revision) else {
            continue;
        };
        let Some(dict) = inline.or_else(|| object.value.as_dict().ok()) else {
            continue;
        };
        let root = prefix.is_empty() && inherited.is_empty();
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
            stack.push((kid.clone(), id, name.clone(), kind.clone()));
        }
        if named.is_empty() {
            let mut widgets: Vec<u32> = bare.iter().filter_map(|k| k.as_reference().ok().map(|r| r.0)).collect();
            if widgets.is_empty() && inline.is_none() {
                widgets.push(id);
            }
            let direct = |key: &[u8]| !matches!(dict.get(key), Ok(Object::Reference(_)));
            let root = root && inline.is_none() && !dict.has(b"Kids") && !dict.has(b"Parent");
            found.push(Rc::new(Field {
                name,
                id,
                kind,
                dict: dict.clone(),
                widgets,
                inline: inline.is_some(),
                stands_alone: root && direct(b"T") && direct(b"FT") && !object.in_object_stream,
            }));
        }
    }
    found
}

/// A signature field that holds a signature.
#[derive(Debug, Clone)]
pub struct Signed {
    pub field: Rc<Field>,
    /// The signature dictionary without `/Contents`, which is long and looked at in its place.
    pub dict: Dictionary,
    /// The object that holds it: its own, or the field where it is a direct value.
    pub holder: Rc<Indirect>,
    pub direct: bool,
    /// What is there is no dictionary, or cannot be read.
    pub unreadable: bool,
}

/// The filled signature fields at `revision`, in the order of the form.
pub fn signed(document: &Document<'_>, revision: usize) -> Vec<Signed> {
    let all = fields(document, revision).into_iter();
    all.filter(|f| f.kind == b"Sig")
        .filter_map(|field| {
            let value = field.dict.get(b"V").ok()?;
            let dict = without_value(document, value, revision);
            let unreadable = dict.is_none();
            if unreadable && !is_there(document, value, revision) {
                return None;
            }
            let direct = value.as_dict().is_ok();
            let own = value.as_reference().ok().and_then(|(id, _)| document.indirect(id, revision));
            let holder = own.or_else(|| document.indirect(field.id, revision))?;
            Some(Signed {
                dict: dict.unwrap_or_default(),
                holder,
                direct,
                unreadable,
                field,
            })
        })
        .collect()
}

/// A signature dictionary without its `/Contents`.
pub fn without_value(document: &Document<'_>, value: &Object, revision: usize) -> Option<Dictionary> {
    let behind = document.follow(value, revision);
    let all = behind.as_ref().map_or(value, |b| &b.value).as_dict().ok()?;
    let kept = all.iter().filter(|(key, _)| *key != b"Contents");
    Some(kept.map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// Whether a value is more than nothing, be it readable or not.
fn is_there(document: &Document<'_>, value: &Object, revision: usize) -> bool {
    match value {
        Object::Null => false,
        Object::Reference((id, _)) => match document.indirect(*id, revision) {
            Some(found) => found.value != Object::Null,
            None => document.entry(*id, revision).is_some_and(|(_, entry)| entry != Entry::Free),
        },
        _ => true,
    }
}

/// Page number (from 1) of every annotation.
pub fn annotation_pages(document: &Document<'_>, revision: usize) -> HashMap<u32, u32> {
    let mut found = HashMap::new();
    for (page, id) in (1..).zip(document.pages(revision)) {
        for annotation in annotations(document, id, revision).ids {
            found.entry(annotation).or_insert(page);
        }
    }
    found
}

/// The annotations of a page.
#[derive(Default)]
pub struct Annotations {
    /// The object that lists them, where that is one of its own.
    pub object: Option<u32>,
    pub ids: Vec<u32>,
    /// The list is found by more than one reference.
    pub roundabout: bool,
}

pub fn annotations(document: &Document<'_>, page: u32, revision: usize) -> Annotations {
    let page = document.indirect(page, revision);
    let Some(list) = page.as_ref().and_then(|p| p.value.as_dict().ok()?.get(b"Annots").ok()) else {
        return Annotations::default();
    };
    let behind = document.follow(list, revision);
    let items = behind.as_ref().map_or(list, |b| &b.value).as_array().into_iter().flatten();
    let object = list.as_reference().ok().map(|r| r.0);
    Annotations {
        ids: items.filter_map(|item| item.as_reference().ok()).map(|r| r.0).collect(),
        roundabout: behind.is_some_and(|b| Some(b.id.0) != object),
        object,
    }
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
