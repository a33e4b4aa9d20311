//! A file as it was at one revision, with the places that later changes may touch.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use lopdf::{Dictionary, Object};
use std::rc::Rc;

use super::uses::{TRAILER, Uses};
use crate::pdf::{Document, Indirect};
use crate::validate::fields::{self, Field};

/// Holders looked at on the way up from one object; more is no longer a private part of anything.
const MAX_HOLDERS: usize = 4096;

pub struct View {
    pub revision: usize,
    pub catalog_id: Option<u32>,
    /// Where the form dictionary is an object of its own.
    pub form_id: Option<u32>,
    pub form: Dictionary,
    /// Terminal fields by their object.
    pub fields: HashMap<u32, Rc<Field>>,
    /// The field of every widget and of every field object.
    pub owner: HashMap<u32, u32>,
    /// Inner nodes of the field tree.
    pub nodes: HashSet<u32>,
    /// Signed fields whose signature dictionary is an object of its own, so that only writing that one changes it.
    sealed: HashSet<u32>,
    /// Number (from 1) of each page object.
    pub pages: HashMap<u32, u32>,
    /// Page number of each annotation.
    pub annotations: HashMap<u32, u32>,
}

/// From where an object is reached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Anchor {
    Trailer(Vec<u8>),
    Catalog(Vec<u8>),
    Form(Vec<u8>),
    Page(u32, Vec<u8>),
    /// Field object and key of the field or widget.
    Field(u32, Vec<u8>),
    Annotation(u32),
    /// Reached in too many ways to say.
    Everywhere,
}

impl View {
    /// `before` is the view of the revision before, if it is at hand: most fields stay what they were.
    pub fn new(document: &Document<'_>, revision: usize, before: Option<&Self>) -> Self {
        let trailer = &document.revisions()[revision].trailer;
        let reference = |d: &Dictionary, key: &[u8]| d.get(key).and_then(Object::as_reference).ok().map(|r| r.0);
        let catalog = document.catalog(revision).unwrap_or_default();
        let form = document.get_dict(&catalog, b"AcroForm", revision).unwrap_or_default();
        let expected = before.map_or(0, |b| b.fields.len() + 1);
        let mut view = View {
            revision,
            catalog_id: reference(trailer, b"Root"),
            form_id: reference(&catalog, b"AcroForm"),
            form,
            fields: HashMap::with_capacity(expected),
            owner: HashMap::with_capacity(expected),
            nodes: HashSet::new(),
            sealed: HashSet::with_capacity(before.map_or(0, |b| b.sealed.len() + 1)),
            pages: document.pages(revision).into_iter().zip(1..).collect(),
            annotations: fields::annotation_pages(document, revision),
        };
        let none = HashMap::new();
        let known = before.map_or(&none, |b| &b.fields);
        for field in fields::fields_since(document, revision, known) {
            for widget in &field.widgets {
                view.owner.insert(*widget, field.id);
            }
            view.owner.insert(field.id, field.id);
            let mut above = reference(&field.dict, b"Parent");
            while let Some(id) = above.filter(|id| !view.owner.contains_key(id) && view.nodes.insert(*id)) {
                above = document
                    .indirect(id, revision)
                    .and_then(|node| reference(node.value.as_dict().ok()?, b"Parent"));
            }
            if before.is_some_and(|b| b.stays_sealed(document, &field, revision)) || view.seals(document, &field) {
                view.sealed.insert(field.id);
            }
            view.fields.insert(field.id, field);
        }
        view
    }

    /// Whether the field of a later view is still as it was here, with the same signature.
    fn stays_sealed(&self, document: &Document<'_>, field: &Rc<Field>, next: usize) -> bool {
        let written = &document.revisions()[next].entries;
        self.sealed.contains(&field.id)
            && self.fields.get(&field.id).is_some_and(|f| Rc::ptr_eq(f, field))
            && signature_id(field).is_some_and(|id| written.get(id).is_none())
    }

    fn seals(&self, document: &Document<'_>, field: &Field) -> bool {
        let object = signature_id(field).and_then(|id| document.indirect(id, self.revision));
        object.is_some_and(|o| !o.in_object_stream && o.value.as_dict().is_ok())
    }

    /// Whether a field is signed here and in `other` with one and the same object, without looking at it again.
    pub fn same_signature(&self, other: &Self, field: u32) -> bool {
        self.sealed.contains(&field) && other.sealed.contains(&field)
    }

    /// The value of a field, its own or inherited.
    pub fn field_value(&self, document: &Document<'_>, field: &Field) -> Object {
        let mut above: Option<Rc<Indirect>> = None;
        for _ in 0..32 {
            let Ok(node) = above.as_ref().map_or(Ok(&field.dict), |n| n.value.as_dict()) else {
                break;
            };
            if let Some(value) = document.get(node, b"V", self.revision) {
                return value;
            }
            match node.get(b"Parent").ok().and_then(|p| document.follow(p, self.revision)) {
                Some(parent) => above = Some(parent),
                None => break,
            }
        }
        Object::Null
    }

    pub fn signed(&self, document: &Document<'_>, field: &Field) -> bool {
        self.sealed.contains(&field.id) || field.kind == b"Sig" && field.dict.get(b"V").is_ok_and(|v| document.is_dict(v, self.revision))
    }

    /// From where `id` is reached. `uses` must stand at this view's revision.
    pub fn anchors(&self, id: u32, uses: &Uses) -> Vec<Anchor> {
        let mut found = Vec::new();
        let mut seen = HashSet::from_iter([id]);
        let mut queue = vec![id];
        while let Some(target) = queue.pop() {
            for (holder, key) in uses.of(target) {
                let name = || uses.name(key).to_vec();
                if holder == TRAILER {
                    found.push(Anchor::Trailer(name()));
                } else if Some(holder) == self.catalog_id {
                    found.push(Anchor::Catalog(name()));
                } else if Some(holder) == self.form_id {
                    found.push(Anchor::Form(name()));
                } else if self.pages.contains_key(&holder) {
                    found.push(Anchor::Page(holder, name()));
                } else if let Some(field) = self.owner.get(&holder) {
                    found.push(Anchor::Field(*field, name()));
                } else if self.annotations.contains_key(&holder) {
                    found.push(Anchor::Annotation(holder));
                } else if seen.insert(holder) {
                    if seen.len() > MAX_HOLDERS {
                        return vec![Anchor::Everywhere];
                    }
                    queue.push(holder);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The object that holds the value of a signature field.
fn signature_id(field: &Field) -> Option<u32> {
    let value = field.dict.get(b"V").ok().filter(|_| field.kind == b"Sig")?;
    Some(value.as_reference().ok()?.0)
}
