//! The interactive form: adding fields to it, filling text fields.
use crate::appearance::{self, Align, Parts, Style};
use crate::error::{Error, Result};
use crate::geometry::{Page, Placement};
use crate::pdf::append::{Update, copy};
use crate::pdf::crypt::{Recipient, Unlock};
use crate::pdf::{Document, PdfError, Source, write};
use crate::structure;
use lopdf::{Dictionary, Object, ObjectId};
use std::io::Write;

/// When a file is changed, and what opens it.
#[derive(Debug, Clone, Default)]
pub struct EditOptions {
    /// Seconds since the Unix epoch.
    pub time: i64,
    /// Opens an encrypted file.
    pub password: Option<String>,
    /// Opens a file that is encrypted for certificates.
    pub recipient: Option<Recipient>,
}

impl EditOptions {
    pub(crate) fn unlock(&self) -> Unlock<'_> {
        Unlock {
            password: self.password.as_deref(),
            recipient: self.recipient.as_ref(),
        }
    }
}

/// A text field to be filled later, for what is known only after the first signature (số, ngày).
#[derive(Debug, Clone)]
pub struct NewTextField {
    /// Without full stops.
    pub name: String,
    /// Where the field is drawn.
    pub placement: Placement,
    /// Points.
    pub font_size: f64,
    /// Of the text within the field.
    pub align: Align,
    /// What a screen reader says.
    pub tooltip: String,
    /// White beneath the text, from the start: forms have dots or blanks printed where it will stand.
    pub paper: bool,
}

/// Appends one revision with empty text fields.
///
/// # Errors
/// [`Error::FieldExists`], [`Error::FieldName`], [`Error::NoSuchPage`], or the file cannot be read or written.
pub fn add_text_fields(input: &dyn Source, out: &mut dyn Write, fields: &[NewTextField], options: &EditOptions) -> Result<()> {
    let document = Document::open(input, options.unlock())?;
    let mut update = Update::new(&document);
    let mut form = Form::open(&update)?;
    for field in fields {
        form.check_new(&field.name)?;
        let page = Page::find(&document, field.placement.page)?;
        let mut widget = widget(&page, &field.name, Some(&field.placement));
        widget.set("FT", "Tx");
        widget.set("F", 4);
        // Filled by the program alone: a viewer must not offer it for typing.
        widget.set("Ff", 1);
        widget.set("TU", write::text(&field.tooltip));
        widget.set("DA", Object::string_literal(format!("/KyTimes {} Tf 0 g", field.font_size)));
        widget.set("Q", field.align as i64);
        if field.paper {
            let mut look = widget.get(b"MK").and_then(Object::as_dict).cloned().unwrap_or_default();
            look.set("BG", vec![1.into()]);
            widget.set("MK", look);
            // White from now on: whoever signs sees what stays of the page, and filling hides nothing that was signed.
            let style = Style {
                size: field.font_size,
                align: field.align,
                paper: true,
            };
            let size = (field.placement.w, field.placement.h);
            let blank = appearance::form(&mut update, &page, size, &Parts::default(), &style)?;
            let mut states = Dictionary::new();
            states.set("N", blank);
            widget.set("AP", states);
        }
        let id = update.reserve();
        structure::tag(&mut update, &page, id, &mut widget, &field.tooltip);
        update.set(id, widget);
        add_to_page(&mut update, &page, id);
        form.fields.push(Object::Reference(id));
        form.names.push(field.name.clone());
    }
    form.default_font(&mut update);
    form.store(&mut update)?;
    finish(input, out, update, options.time)
}

/// Appends one revision that fills text fields by name: the value, and what it looks like.
///
/// # Errors
/// [`Error::NoSuchField`] when a name is not a text field, or the file cannot be read or written.
pub fn fill_text_fields(input: &dyn Source, out: &mut dyn Write, values: &[(String, String)], options: &EditOptions) -> Result<()> {
    let document = Document::open(input, options.unlock())?;
    let mut update = Update::new(&document);
    let form = Form::open(&update)?;
    for (name, value) in values {
        let none = || Error::NoSuchField(name.clone());
        let found = form.find(&update, name, b"Tx").ok_or_else(none)?;
        let mut widget = update.dictionary(&Object::Reference(found.widget)).ok_or_else(none)?;
        let page = match widget.get(b"P") {
            Ok(Object::Reference(id)) => Page::read(&document, id.0),
            _ => page_of(&update, found.widget),
        };
        let page = page.ok_or_else(none)?;
        let size = extent(&update, &widget, page.rotate()).ok_or_else(none)?;
        let align = match widget.get(b"Q").and_then(Object::as_i64) {
            Ok(1) => Align::Centre,
            Ok(2) => Align::Right,
            _ => Align::Left,
        };
        let style = Style {
            size: default_size(&widget),
            align,
            paper: has_paper(&widget),
        };
        let parts = Parts {
            lines: std::slice::from_ref(value),
            ..Parts::default()
        };
        let look = appearance::form(&mut update, &page, size, &parts, &style)?;
        let mut states = Dictionary::new();
        states.set("N", look);
        widget.set("AP", states);
        update.set(found.widget, widget);
        let mut field = update.dictionary(&Object::Reference(found.field)).ok_or_else(none)?;
        field.set("V", write::text(value));
        update.set(found.field, field);
    }
    finish(input, out, update, options.time)
}

fn has_paper(field: &Dictionary) -> bool {
    let look = field.get(b"MK").and_then(Object::as_dict);
    look.and_then(|l| l.get(b"BG"))
        .and_then(Object::as_array)
        .is_ok_and(|c| c.len() == 1)
}

fn finish(input: &dyn Source, out: &mut dyn Write, update: Update, time: i64) -> Result<()> {
    let revision = update.finish(&time.to_be_bytes())?;
    copy(input, out, |_| {})?;
    out.write_all(&revision.bytes)?;
    Ok(out.flush()?)
}

/// The interactive form dictionary and where it lives.
pub(crate) struct Form {
    /// Where the form dictionary is an object of its own.
    own: Option<ObjectId>,
    pub dictionary: Dictionary,
    /// Where `/Fields` is an object of its own.
    array: Option<ObjectId>,
    pub fields: Vec<Object>,
    names: Vec<String>,
    /// Whether it has to be written anew.
    pub changed: bool,
}

/// A field and the first widget that shows it; often one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub field: ObjectId,
    pub widget: ObjectId,
}

impl Form {
    pub fn open(update: &Update) -> Result<Self> {
        let root = update.root()?;
        let catalog = update.dictionary(&Object::Reference(root)).unwrap_or_default();
        let entry = catalog.get(b"AcroForm").cloned().unwrap_or(Object::Null);
        let own = match &entry {
            Object::Reference(id) if update.dictionary(&entry).is_some() => Some(*id),
            _ => None,
        };
        let dictionary = update.dictionary(&entry).unwrap_or_default();
        let list = dictionary.get(b"Fields").cloned().unwrap_or(Object::Null);
        let newest = update.document.newest();
        // What is there and cannot be read must not be replaced by something new.
        let damaged = || PdfError::Malformed("the form cannot be read".into());
        if [&entry, &list].iter().any(|part| update.document.is_damaged(part, newest)) {
            return Err(damaged().into());
        }
        let (array, fields) = match (&list, update.resolve(&list)) {
            (Object::Reference(id), Object::Array(items)) => (Some(*id), items),
            (_, Object::Array(items)) => (None, items),
            (_, Object::Null) => (None, Vec::new()),
            _ => return Err(damaged().into()),
        };
        let names = fields
            .iter()
            .filter_map(|f| update.dictionary(f))
            .filter_map(|d| name_of(update, &d))
            .collect();
        Ok(Self {
            own,
            dictionary,
            array,
            fields,
            names,
            changed: false,
        })
    }

    pub fn check_new(&self, name: &str) -> Result<()> {
        if name.is_empty() || name.contains('.') {
            return Err(Error::FieldName(name.to_owned()));
        }
        if self.names.iter().any(|n| n == name) {
            Err(Error::FieldExists(name.to_owned()))
        } else {
            Ok(())
        }
    }

    /// `base`, or `base` with the first number that makes it new.
    pub fn new_name(&self, base: &str) -> String {
        let taken = |name: &String| self.names.contains(name);
        (1..)
            .map(|n| format!("{base}{n}"))
            .find(|name| !taken(name))
            .unwrap_or_else(|| base.to_owned())
    }

    /// A field of kind `kind` by its full name.
    pub fn find(&self, update: &Update, name: &str, kind: &[u8]) -> Option<Found> {
        struct Node {
            object: Object,
            prefix: String,
            kind: Option<Object>,
            /// The field that a nameless widget belongs to.
            owner: Option<ObjectId>,
        }
        let node = |object: Object, prefix: &str, kind: Option<Object>, owner| Node {
            object,
            prefix: prefix.to_owned(),
            kind,
            owner,
        };
        let mut level: Vec<Node> = self.fields.iter().rev().map(|f| node(f.clone(), "", None, None)).collect();
        let mut seen = std::collections::BTreeSet::new();
        while let Some(at) = level.pop() {
            let Object::Reference(id) = at.object else { continue };
            if seen.len() > 100_000 || !seen.insert(id) {
                continue;
            }
            let Some(d) = update.dictionary(&at.object) else { continue };
            let (full, field) = match name_of(update, &d) {
                Some(own) if at.prefix.is_empty() => (own, id),
                Some(own) => (format!("{}.{own}", at.prefix), id),
                None => (at.prefix, at.owner.unwrap_or(id)),
            };
            let own_kind = d.get(b"FT").ok().map(|o| update.resolve(o)).or(at.kind);
            let kids = match d.get(b"Kids").ok().map(|k| update.resolve(k)) {
                Some(Object::Array(kids)) => kids,
                _ => Vec::new(),
            };
            let is_kind = own_kind.as_ref().and_then(|k| k.as_name().ok()) == Some(kind);
            if full == name && is_kind && (d.has(b"Rect") || kids.is_empty()) {
                return Some(Found { field, widget: id });
            }
            level.extend(kids.into_iter().rev().map(|k| node(k, &full, own_kind.clone(), Some(field))));
        }
        None
    }

    /// A font for programs that draw the fields anew; one of the fourteen that every reader has.
    fn default_font(&mut self, update: &mut Update) {
        let entry = self.dictionary.get(b"DR").cloned().unwrap_or(Object::Null);
        let mut resources = update.dictionary(&entry).unwrap_or_default();
        let fonts = resources.get(b"Font").cloned().unwrap_or(Object::Null);
        let mut fonts = update.dictionary(&fonts).unwrap_or_default();
        if fonts.has(b"KyTimes") {
            return;
        }
        let mut font = Dictionary::new();
        font.set("Type", "Font");
        font.set("Subtype", "Type1");
        font.set("BaseFont", "Times-Roman");
        font.set("Encoding", "WinAnsiEncoding");
        fonts.set("KyTimes", update.add(font));
        resources.set("Font", fonts);
        self.dictionary.set("DR", resources);
    }

    /// Writes back what changed, each part to where it lived.
    pub fn store(mut self, update: &mut Update) -> Result<()> {
        match self.array {
            Some(id) => update.set(id, Object::Array(self.fields)),
            None => self.dictionary.set("Fields", Object::Array(self.fields)),
        }
        match self.own {
            Some(id) => update.set(id, self.dictionary),
            None => {
                let root = update.root()?;
                let mut catalog = update.dictionary(&Object::Reference(root)).unwrap_or_default();
                let id = update.add(self.dictionary);
                catalog.set("AcroForm", id);
                update.set(root, catalog);
            }
        }
        Ok(())
    }
}

fn name_of(update: &Update, field: &Dictionary) -> Option<String> {
    match update.resolve(field.get(b"T").ok()?) {
        Object::String(s, _) => Some(decode_text(&s)),
        _ => None,
    }
}

/// A text string of the file (ISO 32000-1, 7.9.2.2).
pub(crate) fn decode_text(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|p| u16::from_be_bytes([p[0], p[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|b| char::from(*b)).collect(),
    }
}

/// A widget that is its own field.
pub(crate) fn widget(page: &Page, name: &str, placement: Option<&Placement>) -> Dictionary {
    let mut d = Dictionary::new();
    d.set("Type", "Annot");
    d.set("Subtype", "Widget");
    d.set("T", write::text(name));
    d.set(
        "Rect",
        placement.map_or_else(|| Object::Array(vec![0.into(), 0.into(), 0.into(), 0.into()]), |p| page.rect(p)),
    );
    d.set("P", page.id);
    if page.rotate() != 0 {
        let mut look = Dictionary::new();
        look.set("R", i64::from(page.rotate()));
        d.set("MK", look);
    }
    d
}

/// Hangs an annotation on a page: into the array of its own if there is one, else into the page.
pub(crate) fn add_to_page(update: &mut Update, page: &Page, annotation: ObjectId) {
    let Some(mut dictionary) = update.dictionary(&Object::Reference(page.id)) else {
        return;
    };
    let entry = dictionary.get(b"Annots").cloned().unwrap_or(Object::Null);
    let mut list = match update.resolve(&entry) {
        Object::Array(items) => items,
        _ => Vec::new(),
    };
    list.push(Object::Reference(annotation));
    match entry {
        Object::Reference(id) if matches!(update.resolve(&entry), Object::Array(_)) => update.set(id, Object::Array(list)),
        _ => {
            dictionary.set("Annots", Object::Array(list));
            update.set(page.id, dictionary);
        }
    }
}

/// The page that a widget hangs on, where it does not say so itself.
pub(crate) fn page_of(update: &Update, widget: ObjectId) -> Option<Page> {
    let document = update.document;
    let hangs = |page: &u32| {
        let page = update.dictionary(&Object::Reference(update.id(*page)));
        let list = page.and_then(|p| p.get(b"Annots").ok().map(|a| update.resolve(a)));
        matches!(list, Some(Object::Array(items)) if items.contains(&Object::Reference(widget)))
    };
    let page = document.pages(document.newest()).into_iter().find(hangs)?;
    Page::read(document, page)
}

/// Width and height of a widget as displayed.
pub(crate) fn extent(update: &Update, field: &Dictionary, rotate: u32) -> Option<(f64, f64)> {
    let Object::Array(items) = update.resolve(field.get(b"Rect").ok()?) else {
        return None;
    };
    let numbers: Vec<f64> = items
        .iter()
        .filter_map(|i| match update.resolve(i) {
            Object::Integer(n) => Some(n as f64),
            Object::Real(n) => Some(f64::from(n)),
            _ => None,
        })
        .collect();
    let [a, b, c, d] = numbers[..] else { return None };
    let (w, h) = ((c - a).abs(), (d - b).abs());
    Some(if rotate.is_multiple_of(180) { (w, h) } else { (h, w) })
}

/// Font size of a field's default appearance; 0 when it says "as fits".
fn default_size(field: &Dictionary) -> f64 {
    let Ok(Object::String(da, _)) = field.get(b"DA") else { return 0.0 };
    let text = String::from_utf8_lossy(da).into_owned();
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .iter()
        .position(|w| *w == "Tf")
        .and_then(|i| words.get(i.checked_sub(1)?))
        .and_then(|n| n.parse().ok())
        .unwrap_or(0.0)
}
