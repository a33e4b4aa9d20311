//! A file as it was at one revision, with the places that later changes may touch.

use foldhash::{HashMap, HashSet, HashSetExt};
use lopdf::{Dictionary, Object};
use std::collections::BTreeSet;
use std::rc::Rc;

use super::layered::Layered;
use super::uses::{PACKED, TRAILER, Uses};
use crate::pdf::{Document, Indirect};
use crate::validate::fields::{self, Annotations, Field, Form};

/// Holders looked at on the way up from one object; more is no longer a private part of anything.
const MAX_HOLDERS: usize = 4096;

pub struct View {
    pub revision: usize,
    pub catalog_id: Option<u32>,
    /// Where the form dictionary is an object of its own.
    pub form_id: Option<u32>,
    /// The root of the structure tree, an object of its own.
    pub structure_id: Option<u32>,
    form: Option<Form>,
    /// Roots of the field tree, in order.
    roots: Vec<u32>,
    /// Terminal fields in the order of the tree.
    order: Vec<u32>,
    /// So many roots at the beginning are fields that stand alone: they are those at the beginning of `order`.
    alone: usize,
    fields: Layered<u32, Known>,
    /// The field of every widget and of every field object.
    owner: Layered<u32, u32>,
    /// How many fields have a name.
    names: Layered<String, u32>,
    /// The field of each signature dictionary that is an object of its own.
    signature_of: Layered<u32, u32>,
    /// Signature fields that are empty, or whose signature more than writing its own object can change.
    unsealed: BTreeSet<u32>,
    /// Fields that may not be what they were in the view before, and those that are gone.
    changed: BTreeSet<u32>,
    /// Inner nodes of the field tree.
    pub nodes: HashSet<u32>,
    /// Number (from 1) of each page object.
    pub pages: Rc<HashMap<u32, u32>>,
    /// Objects other than pages that the page tree hangs on.
    page_nodes: Rc<HashSet<u32>>,
    /// Page number of each annotation.
    annotations: Layered<u32, u32>,
    /// The annotations of a page object.
    lists: Layered<u32, Rc<Vec<u32>>>,
    /// The page object of a list of annotations that is an object of its own.
    page_of_list: Layered<u32, u32>,
    /// Something belongs to two: what comes after cannot be told from what changed.
    tangled: bool,
}

#[derive(Clone)]
struct Known {
    field: Rc<Field>,
    /// In `order`.
    place: usize,
    /// Signed, and only writing the signature's object changes that.
    sealed: bool,
}

/// From where an object is reached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Anchor {
    Trailer(Vec<u8>),
    Catalog(Vec<u8>),
    Form(Vec<u8>),
    /// The structure tree, by a key of its root.
    Structure(Vec<u8>),
    Page(u32, Vec<u8>),
    /// Field object and key of the field or widget.
    Field(u32, Vec<u8>),
    Annotation(u32),
    /// Reached in too many ways to say.
    Everywhere,
}

impl View {
    /// `before` is the view of the revision before, if it is at hand: most of it stays what it was.
    pub fn new(document: &Document<'_>, revision: usize, before: Option<&Self>) -> Self {
        let reference = |d: Option<&Dictionary>, key: &[u8]| d?.get(key).and_then(Object::as_reference).ok().map(|r| r.0);
        let catalog = document.catalog_object(revision);
        let catalog = catalog.as_ref().and_then(|c| c.value.as_dict().ok());
        let form = Form::at(document, revision);
        let mut view = View {
            revision,
            catalog_id: reference(Some(&document.revisions()[revision].trailer), b"Root"),
            form_id: reference(catalog, b"AcroForm"),
            structure_id: reference(catalog, b"StructTreeRoot"),
            roots: form.as_ref().map(|f| f.roots(document, revision)).unwrap_or_default(),
            form,
            order: Vec::new(),
            alone: 0,
            fields: Layered::default(),
            owner: Layered::default(),
            names: Layered::default(),
            signature_of: Layered::default(),
            unsealed: BTreeSet::new(),
            changed: BTreeSet::new(),
            nodes: HashSet::new(),
            pages: Rc::default(),
            page_nodes: Rc::default(),
            annotations: Layered::default(),
            lists: Layered::default(),
            page_of_list: Layered::default(),
            tangled: false,
        };
        let start = before.filter(|b| !b.tangled);
        view.take_fields(document, start);
        view.take_annotations(document, start);
        if view.tangled && start.is_some() {
            // Who comes first in the file decides, so all of it is looked at.
            view.tangled = false;
            view.take_fields(document, None);
            view.take_annotations(document, None);
        }
        if start.is_none() || view.tangled {
            let all = before.iter().flat_map(|b| b.order.iter()).chain(&view.order);
            view.changed = all.copied().collect();
        }
        view
    }

    fn take_fields(&mut self, document: &Document<'_>, before: Option<&Self>) {
        let revision = self.revision;
        let written = &document.revisions()[revision].entries;
        let kept = before.map_or(0, |b| {
            let same = self.roots.iter().zip(&b.roots[..b.alone]);
            same.take_while(|(new, old)| new == old && written.get(**new).is_none()).count()
        });
        self.order.clear();
        self.nodes.clear();
        match before {
            Some(b) => {
                self.order.extend(&b.order[..kept]);
                self.fields = b.fields.clone();
                self.owner = b.owner.clone();
                self.names = b.names.clone();
                self.signature_of = b.signature_of.clone();
                self.unsealed = b.unsealed.clone();
                for id in &b.order[kept..] {
                    self.forget(*id);
                }
                // Signatures written anew under fields that were not.
                for id in written.ids() {
                    if let Some(field) = self.signature_of.get(&id).copied()
                        && let Some(known) = self.fields.get(&field).cloned()
                    {
                        self.seal(document, known);
                        self.changed.insert(field);
                    }
                }
                self.changed.extend(&self.unsealed);
                self.changed.extend(&b.order[kept..]);
            }
            None => {
                self.fields = Layered::default();
                self.owner = Layered::default();
                self.names = Layered::default();
                self.signature_of = Layered::default();
                self.unsealed.clear();
            }
        }
        let known = |id: u32| Some(Rc::clone(&before?.fields.get(&id)?.field));
        let taken = |id: u32| self.fields.get(&id).is_some_and(|known| known.place < kept);
        let found = fields::walk(document, revision, &self.roots[kept..], None, &known, &taken);
        for field in found {
            self.learn(document, field);
        }
        let at_the_end = self.roots.iter().zip(&self.order).skip(kept);
        let alone = at_the_end.take_while(|(root, id)| root == id && self.fields.get(id).is_some_and(|k| k.field.stands_alone));
        self.alone = kept + alone.count();
    }

    fn learn(&mut self, document: &Document<'_>, field: Rc<Field>) {
        let id = field.id;
        for one in field.widgets.iter().filter(|w| **w != id).chain([&id]) {
            self.tangled |= self.owner.get(one).is_some_and(|owner| *owner != id);
            self.owner.insert(*one, id);
        }
        let mut above = field.dict.get(b"Parent").and_then(Object::as_reference).ok().map(|r| r.0);
        while let Some(node) = above.filter(|node| !self.owner.contains_key(node) && self.nodes.insert(*node)) {
            above = document
                .indirect(node, self.revision)
                .and_then(|node| node.value.as_dict().ok()?.get(b"Parent").and_then(Object::as_reference).ok())
                .map(|r| r.0);
        }
        let namesakes = self.names.get(field.name.as_str()).copied().unwrap_or(0);
        self.names.insert(field.name.clone(), namesakes + 1);
        if let Some(signature) = signature_id(&field) {
            self.tangled |= self.signature_of.get(&signature).is_some_and(|owner| *owner != id);
            self.signature_of.insert(signature, id);
        }
        let place = self.order.len();
        self.order.push(id);
        self.changed.insert(id);
        self.seal(
            document,
            Known {
                field,
                place,
                sealed: false,
            },
        );
    }

    /// Finds out whether a field is sealed, and keeps it.
    fn seal(&mut self, document: &Document<'_>, mut known: Known) {
        let id = known.field.id;
        let object = signature_id(&known.field).and_then(|id| document.indirect(id, self.revision));
        known.sealed = object.is_some_and(|o| !o.in_object_stream && o.value.as_dict().is_ok());
        if known.field.kind == b"Sig" && !known.sealed {
            self.unsealed.insert(id);
        } else {
            self.unsealed.remove(&id);
        }
        self.fields.insert(id, known);
    }

    fn forget(&mut self, id: u32) {
        let Some(Known { field, .. }) = self.fields.get(&id).cloned() else {
            return;
        };
        self.fields.remove(id);
        for one in field.widgets.iter().chain([&id]) {
            self.owner.remove(*one);
        }
        let namesakes = self.names.get(field.name.as_str()).copied().unwrap_or(1);
        self.names.insert(field.name.clone(), namesakes - 1);
        if let Some(signature) = signature_id(&field) {
            self.signature_of.remove(signature);
        }
        self.unsealed.remove(&id);
    }

    fn take_annotations(&mut self, document: &Document<'_>, before: Option<&Self>) {
        let revision = self.revision;
        let written = &document.revisions()[revision].entries;
        let pages_of = |revision| {
            let catalog = document.catalog_object(revision)?;
            Some(catalog.value.as_dict().ok()?.get(b"Pages").ok()?.as_reference().ok()?.0)
        };
        let leaf = |id| {
            let page = document.indirect(id, revision);
            page.is_some_and(|p| p.value.as_dict().is_ok_and(|d| !d.has(b"Kids")))
        };
        let same_tree = |b: &&Self| {
            let touched = written
                .ids()
                .any(|id| b.page_nodes.contains(&id) || b.pages.contains_key(&id) && !leaf(id));
            !touched && pages_of(b.revision) == pages_of(revision)
        };
        match before.filter(same_tree) {
            Some(b) => {
                self.pages = Rc::clone(&b.pages);
                self.page_nodes = Rc::clone(&b.page_nodes);
                self.annotations = b.annotations.clone();
                self.lists = b.lists.clone();
                self.page_of_list = b.page_of_list.clone();
                let mut touched = BTreeSet::new();
                for id in written.ids() {
                    touched.extend(self.pages.get(&id).map(|_| id));
                    touched.extend(self.page_of_list.get(&id));
                }
                // An annotation may go from one page to another: first all are taken away, then all put there.
                let listed: Vec<_> = touched
                    .into_iter()
                    .map(|page| (page, fields::annotations(document, page, revision)))
                    .collect();
                let mut known = Vec::with_capacity(listed.len());
                for (page, now) in &listed {
                    let old = self.lists.get(page).cloned().unwrap_or_default();
                    let same = old.iter().zip(&now.ids).take_while(|(a, b)| a == b).count();
                    old[same..].iter().for_each(|id| self.annotations.remove(*id));
                    known.push(same);
                }
                for ((page, now), known) in listed.into_iter().zip(known) {
                    self.list(page, now, known);
                }
            }
            None => {
                let tree = document.page_tree(revision);
                self.pages = Rc::new(tree.pages.iter().copied().zip(1..).collect());
                self.page_nodes = Rc::new(tree.nodes.into_iter().collect());
                self.annotations = Layered::default();
                self.lists = Layered::default();
                self.page_of_list = Layered::default();
                for page in tree.pages {
                    self.list(page, fields::annotations(document, page, revision), 0);
                }
            }
        }
    }

    /// The annotations of a page, of which so many are known. One that several pages list belongs to the first.
    fn list(&mut self, page: u32, now: Annotations, known: usize) {
        let number = self.pages.get(&page).copied().unwrap_or_default();
        for id in &now.ids[known..] {
            if self.annotations.contains_key(id) {
                self.tangled = true;
            } else {
                self.annotations.insert(*id, number);
            }
        }
        self.tangled |= now.roundabout;
        if let Some(object) = now.object {
            self.tangled |= self.page_of_list.get(&object).is_some_and(|p| *p != page);
            self.page_of_list.insert(object, page);
        }
        if !now.ids.is_empty() || self.lists.contains_key(&page) {
            self.lists.insert(page, Rc::new(now.ids));
        }
    }

    /// The form dictionary, if there is one.
    pub fn form(&self) -> Option<&Dictionary> {
        self.form.as_ref()?.dict()
    }

    pub fn field(&self, id: u32) -> Option<&Rc<Field>> {
        Some(&self.fields.get(&id)?.field)
    }

    /// The field that an object is, or is the widget of.
    pub fn owner(&self, id: u32) -> Option<u32> {
        self.owner.get(&id).copied()
    }

    /// The page of an annotation.
    pub fn page_of(&self, annotation: u32) -> Option<u32> {
        self.annotations.get(&annotation).copied()
    }

    /// Fields that may be other than in the view before, in the order of their numbers.
    pub fn changed(&self) -> impl Iterator<Item = u32> {
        self.changed.iter().copied()
    }

    pub fn all_fields(&self) -> impl Iterator<Item = &Rc<Field>> {
        self.order.iter().filter_map(|id| self.field(*id))
    }

    /// How many fields have a name.
    pub fn named(&self, name: &str) -> u32 {
        self.names.get(name).copied().unwrap_or(0)
    }

    fn sealed(&self, field: u32) -> bool {
        self.fields.get(&field).is_some_and(|known| known.sealed)
    }

    /// Whether a field is signed here and in `other` with one and the same object, without looking at it again.
    pub fn same_signature(&self, other: &Self, field: u32) -> bool {
        self.sealed(field) && other.sealed(field)
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
        self.sealed(field.id) || field.kind == b"Sig" && field.dict.get(b"V").is_ok_and(|v| document.is_dict(v, self.revision))
    }

    /// From where `id` is reached. `uses` must stand at this view's revision.
    pub fn anchors(&self, id: u32, uses: &Uses) -> Vec<Anchor> {
        let mut found = Vec::new();
        let mut seen = HashSet::from_iter([id]);
        let mut queue = vec![id];
        while let Some(target) = queue.pop() {
            for (holder, key) in uses.of(target) {
                let name = || uses.name(key).to_vec();
                if uses.name(key) == PACKED {
                    found.push(Anchor::Everywhere);
                } else if holder == TRAILER {
                    found.push(Anchor::Trailer(name()));
                } else if Some(holder) == self.catalog_id {
                    found.push(Anchor::Catalog(name()));
                } else if Some(holder) == self.form_id {
                    found.push(Anchor::Form(name()));
                } else if Some(holder) == self.structure_id {
                    found.push(Anchor::Structure(name()));
                } else if self.pages.contains_key(&holder) {
                    found.push(Anchor::Page(holder, name()));
                } else if let Some(field) = self.owner(holder) {
                    found.push(Anchor::Field(field, name()));
                } else if self.page_of(holder).is_some() {
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
