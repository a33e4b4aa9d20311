//! One page of a file as a file of its own: what a reader on a slow link shows before it has the whole.
use crate::error::{Error, Result};
use crate::geometry::{Page, PageInfo};
use crate::pdf::tokens::is_space;
use crate::pdf::{Document, Indirect, PdfError, Source, write};
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use lopdf::{Dictionary, Object};
use std::collections::VecDeque;

/// Larger excerpts help nobody: the whole file is fetched instead.
const MAX_BYTES: usize = 32 << 20;
const MAX_OBJECTS: usize = 20_000;
/// Direct values within each other; deeper ones are left out.
const MAX_DEPTH: usize = 64;
const MAX_CONTENT: usize = 32 << 20;

const CATALOG: u32 = 1;
const TREE: u32 = 2;
const PAGE: u32 = 3;

/// What a page shows of itself; its place in the structure, threads and thumbnails stay behind.
const OF_PAGE: [&[u8]; 3] = [b"UserUnit", b"Group", b"VP"];
/// Resources by their names in the content. The others (`ProcSet`) are small.
const NAMED: [&[u8]; 7] = [
    b"Font",
    b"XObject",
    b"ExtGState",
    b"Pattern",
    b"Shading",
    b"ColorSpace",
    b"Properties",
];
/// Of an annotation: what leads to other pages, or acts.
const NOT_OF_ANNOTATION: [&[u8]; 9] = [b"P", b"Parent", b"Popup", b"IRT", b"A", b"AA", b"Dest", b"StructParent", b"Kids"];
/// What a field gives to its annotations (ISO 32000-1, 12.7.3.1).
const OF_FIELD: [&[u8]; 8] = [b"FT", b"V", b"Ff", b"DA", b"Q", b"MaxLen", b"Opt", b"T"];

/// Size of every page as displayed, in order.
///
/// # Errors
/// When the file cannot be read.
pub fn page_sizes(source: &dyn Source) -> Result<Vec<PageInfo>> {
    let document = Document::open(source, None)?;
    let pages = document.pages(document.newest());
    let all = pages.iter().map(|id| Page::read(&document, *id).map(|p| p.info())).collect();
    let all: Option<Vec<_>> = all;
    all.ok_or_else(|| PdfError::Malformed("a page cannot be read".into()).into())
}

/// Page `number` (from 1) of the newest revision as a file of its own, with just what it shows: no signature, no outline,
/// no link. It looks the same, and proves nothing.
///
/// # Errors
/// When the file cannot be read, has no such page, or the page is so large that nothing is won.
pub fn excerpt(source: &dyn Source, number: u32) -> Result<Vec<u8>> {
    let document = Document::open(source, None)?;
    let page = Page::find(&document, number)?;
    let found = document.indirect(page.id.0, document.newest()).ok_or(Error::NoSuchPage(number))?;
    let dictionary = found.value.as_dict().map_err(|_| Error::NoSuchPage(number))?;
    Ok(Excerpt::new(&document).write(dictionary)?)
}

struct Excerpt<'d, 'a> {
    document: &'d Document<'a>,
    newest: usize,
    /// Old number to new.
    numbers: HashMap<u32, u32>,
    waiting: VecDeque<(u32, u32)>,
    out: Vec<u8>,
    /// Where each object begins, by number; the first is never used.
    places: Vec<usize>,
}

impl<'d, 'a> Excerpt<'d, 'a> {
    fn new(document: &'d Document<'a>) -> Self {
        Self {
            document,
            newest: document.newest(),
            numbers: HashMap::new(),
            waiting: VecDeque::new(),
            // Four bytes above 127 tell transports that this is no text.
            out: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(),
            places: vec![0; PAGE as usize + 1],
        }
    }

    fn write(mut self, page: &Dictionary) -> std::result::Result<Vec<u8>, PdfError> {
        let mut catalog = Dictionary::new();
        catalog.set("Type", "Catalog");
        catalog.set("Pages", Object::Reference((TREE, 0)));
        let old = self.document.catalog(self.newest).unwrap_or_default();
        // Layers that are switched off stay so.
        if let Some(layers) = self.document.get_dict(&old, b"OCProperties", self.newest) {
            catalog.set("OCProperties", self.dictionary(&layers, 0));
        }
        if let Some(form) = self.document.get_dict(&old, b"AcroForm", self.newest) {
            let mut kept = Dictionary::new();
            for key in [b"DR".as_slice(), b"DA", b"Q", b"NeedAppearances"] {
                if let Ok(value) = form.get(key) {
                    kept.set(key, self.value(value, 0));
                }
            }
            kept.set("Fields", Vec::<Object>::new());
            catalog.set("AcroForm", kept);
        }
        let mut tree = Dictionary::new();
        tree.set("Type", "Pages");
        tree.set("Count", 1);
        tree.set("Kids", vec![Object::Reference((PAGE, 0))]);
        let page = self.page(page);
        for (number, value) in [(CATALOG, catalog), (TREE, tree), (PAGE, page)] {
            self.places[number as usize] = self.out.len();
            self.object(number, &Object::Dictionary(value), None);
        }
        while let Some((old, new)) = self.waiting.pop_front() {
            self.carry(old, new)?;
            if self.out.len() > MAX_BYTES || self.numbers.len() > MAX_OBJECTS {
                return Err(PdfError::TooComplex("the page is too large to be cut out"));
            }
        }
        let start = self.out.len();
        let count = self.places.len();
        self.out
            .extend_from_slice(format!("xref\n0 {count}\n0000000000 65535 f \n").as_bytes());
        for place in &self.places[1..] {
            self.out.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
        }
        let end = format!("trailer\n<</Size {count}/Root {CATALOG} 0 R>>\nstartxref\n{start}\n%%EOF\n");
        self.out.extend_from_slice(end.as_bytes());
        Ok(self.out)
    }

    fn page(&mut self, old: &Dictionary) -> Dictionary {
        let mut page = Dictionary::new();
        page.set("Type", "Page");
        page.set("Parent", Object::Reference((TREE, 0)));
        for key in [b"MediaBox".as_slice(), b"CropBox", b"Rotate"] {
            if let Some(value) = crate::geometry::inherited(self.document, old, key) {
                page.set(key, self.value(&value, 0));
            }
        }
        for key in OF_PAGE {
            if let Ok(value) = old.get(key) {
                page.set(key, self.value(value, 0));
            }
        }
        if let Some(Object::Dictionary(resources)) = crate::geometry::inherited(self.document, old, b"Resources") {
            let used = self.names_of_page(old, &resources);
            page.set("Resources", self.resources(&resources, used.as_ref()));
        }
        if let Ok(contents) = old.get(b"Contents") {
            page.set("Contents", self.value(contents, 0));
        }
        if let Some(Object::Array(annotations)) = self.document.get(old, b"Annots", self.newest) {
            let kept: Vec<Object> = annotations.iter().filter_map(|a| self.annotation(a)).collect();
            page.set("Annots", kept);
        }
        page
    }

    fn annotation(&mut self, object: &Object) -> Option<Object> {
        let Object::Dictionary(old) = self.document.resolve(object, self.newest) else {
            return None;
        };
        let kind = self.document.get(&old, b"Subtype", self.newest)?;
        // A link shows nothing, and here it leads nowhere.
        if [b"Link".as_slice(), b"Popup"].contains(&kind.as_name().ok()?) {
            return None;
        }
        // The value of a signature is a signature, which signs nothing here.
        let signature = |key: &[u8], value: &Object| key == b"V" && self.document.is_dict(value, self.newest);
        let mut wanted: Vec<(Vec<u8>, Object)> = Vec::new();
        for (key, value) in old.iter() {
            if !NOT_OF_ANNOTATION.contains(&key.as_slice()) && !signature(key, value) {
                wanted.push((key.clone(), value.clone()));
            }
        }
        let mut field = self.document.get_dict(&old, b"Parent", self.newest);
        for _ in 0..MAX_DEPTH {
            let Some(above) = field else { break };
            for key in OF_FIELD {
                let known = wanted.iter().any(|(k, _)| k == key);
                if let Some(value) = above.get(key).ok().filter(|v| !known && !signature(key, v)) {
                    wanted.push((key.to_vec(), value.clone()));
                }
            }
            field = self.document.get_dict(&above, b"Parent", self.newest);
        }
        let mut kept = Dictionary::new();
        for (key, value) in &wanted {
            kept.set(key.as_slice(), self.value(value, 0));
        }
        Some(Object::Dictionary(kept))
    }

    /// Every name in the content of a page; `None` where it cannot be told, and all resources are needed.
    fn names_of_page(&self, page: &Dictionary, resources: &Dictionary) -> Option<HashSet<Vec<u8>>> {
        let mut used = HashSet::new();
        let contents = page.get(b"Contents").ok()?;
        let parts = match self.document.resolve(contents, self.newest) {
            Object::Array(parts) => parts,
            _ => vec![contents.clone()],
        };
        for part in parts {
            let stream = self.document.follow(&part, self.newest)?;
            names(&self.document.content(&stream, MAX_CONTENT).ok()?, &mut used);
        }
        self.names_of_forms(resources, &mut used)?;
        Some(used)
    }

    /// Adds the names that forms take from the resources of whoever draws them, as files before PDF 1.2 do.
    fn names_of_forms(&self, resources: &Dictionary, used: &mut HashSet<Vec<u8>>) -> Option<()> {
        if let Some(fonts) = self.document.get_dict(resources, b"Font", self.newest) {
            for (name, font) in fonts.iter() {
                let Object::Dictionary(font) = self.document.resolve(font, self.newest) else {
                    continue;
                };
                let drawn = font.get(b"Subtype").is_ok_and(|s| s.as_name().is_ok_and(|n| n == b"Type3"));
                if used.contains(name) && drawn && !font.has(b"Resources") {
                    return None;
                }
            }
        }
        let Some(objects) = self.document.get_dict(resources, b"XObject", self.newest) else {
            return Some(());
        };
        let mut seen = HashSet::new();
        loop {
            let next = objects.iter().find(|(name, _)| used.contains(*name) && !seen.contains(*name));
            let Some((name, object)) = next else { return Some(()) };
            seen.insert(name.clone());
            let Some(stream) = self.document.follow(object, self.newest) else {
                continue;
            };
            let Ok(dictionary) = stream.value.as_dict() else { continue };
            if is_form(dictionary) && !dictionary.has(b"Resources") {
                names(&self.document.content(&stream, MAX_CONTENT).ok()?, used);
            }
        }
    }

    /// Only what is used: some programs give every page the pictures of all pages.
    fn resources(&mut self, old: &Dictionary, used: Option<&HashSet<Vec<u8>>>) -> Dictionary {
        let mut kept = Dictionary::new();
        for (key, value) in old.iter() {
            let group = self.document.resolve(value, self.newest);
            let (Some(used), Object::Dictionary(group), true) = (used, &group, NAMED.contains(&key.as_slice())) else {
                kept.set(key.as_slice(), self.value(value, 0));
                continue;
            };
            let mut some = Dictionary::new();
            for (name, value) in group.iter() {
                // Used without being named (ISO 32000-1, 8.6.5.6).
                let implied = key == b"ColorSpace" && name.starts_with(b"Default");
                if used.contains(name) || implied {
                    some.set(name.as_slice(), self.value(value, 0));
                }
            }
            kept.set(key.as_slice(), some);
        }
        kept
    }

    fn value(&mut self, value: &Object, depth: usize) -> Object {
        match value {
            _ if depth > MAX_DEPTH => Object::Null,
            Object::Reference((id, _)) => self.refer(*id),
            Object::Array(items) => Object::Array(items.iter().map(|i| self.value(i, depth + 1)).collect()),
            Object::Dictionary(d) => Object::Dictionary(self.dictionary(d, depth + 1)),
            other => other.clone(),
        }
    }

    fn dictionary(&mut self, old: &Dictionary, depth: usize) -> Dictionary {
        let mut new = Dictionary::new();
        for (key, value) in old.iter() {
            if !matches!(key.as_slice(), b"Metadata" | b"PieceInfo" | b"StructParent" | b"StructParents") {
                new.set(key.as_slice(), self.value(value, depth));
            }
        }
        new
    }

    /// The new place of an object. Other pages, and the tree that leads to them, stay behind.
    fn refer(&mut self, old: u32) -> Object {
        if let Some(new) = self.numbers.get(&old) {
            return Object::Reference((*new, 0));
        }
        let Some(found) = self.document.indirect(old, self.newest) else {
            return Object::Null;
        };
        let elsewhere = |d: &Dictionary| {
            [b"Page".as_slice(), b"Pages", b"Catalog", b"StructElem"]
                .iter()
                .any(|t| d.has_type(t))
        };
        if found.value.as_dict().is_ok_and(elsewhere) {
            return Object::Null;
        }
        let new = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.places.push(0);
        self.numbers.insert(old, new);
        self.waiting.push_back((old, new));
        Object::Reference((new, 0))
    }

    fn carry(&mut self, old: u32, new: u32) -> std::result::Result<(), PdfError> {
        let found = self.document.indirect(old, self.newest);
        let value = found.as_ref().map_or(Object::Null, |f| f.value.clone());
        let stream = match &found {
            Some(found) if found.stream.is_some() => Some(self.document.stored_content(found, MAX_BYTES)?),
            _ => None,
        };
        let mut value = match (&value, &found) {
            (Object::Dictionary(d), Some(found)) if is_form(d) => Object::Dictionary(self.form(d, found)),
            _ => self.value(&value, 0),
        };
        if let (Some(content), Object::Dictionary(d)) = (&stream, &mut value) {
            d.set("Length", i64::try_from(content.len()).unwrap_or(i64::MAX));
        }
        self.places[new as usize] = self.out.len();
        self.object(new, &value, stream.as_deref());
        Ok(())
    }

    fn form(&mut self, old: &Dictionary, found: &Indirect) -> Dictionary {
        let Some(resources) = self.document.get_dict(old, b"Resources", self.newest) else {
            return self.dictionary(old, 0);
        };
        let mut used = HashSet::new();
        let known = self.document.content(found, MAX_CONTENT).ok().and_then(|content| {
            names(&content, &mut used);
            self.names_of_forms(&resources, &mut used)
        });
        let mut rest = old.clone();
        rest.remove(b"Resources");
        let mut new = self.dictionary(&rest, 0);
        new.set("Resources", self.resources(&resources, known.map(|()| &used)));
        new
    }

    fn object(&mut self, number: u32, value: &Object, stream: Option<&[u8]>) {
        self.out.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        write::object(&mut self.out, value);
        if let Some(content) = stream {
            self.out.extend_from_slice(b"\nstream\n");
            self.out.extend_from_slice(content);
            self.out.extend_from_slice(b"\nendstream");
        }
        self.out.extend_from_slice(b"\nendobj\n");
    }
}

fn is_form(d: &Dictionary) -> bool {
    d.get(b"Subtype").is_ok_and(|s| s.as_name().is_ok_and(|n| n == b"Form"))
}

/// Whatever looks like a name; one too many costs a few bytes, one too few a picture.
fn names(content: &[u8], found: &mut HashSet<Vec<u8>>) {
    let mut at = 0;
    while let Some(start) = content[at..].iter().position(|b| *b == b'/') {
        at += start + 1;
        let mut name = Vec::new();
        while let Some(&b) = content.get(at) {
            if is_space(b) || b"()<>[]{}/%".contains(&b) {
                break;
            }
            let code = content.get(at + 1..at + 3).filter(|_| b == b'#');
            let code = code.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
            name.push(code.unwrap_or(b));
            at += if code.is_some() { 3 } else { 1 };
        }
        found.insert(name);
    }
}
