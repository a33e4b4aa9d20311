//! One revision against the one before it.

use super::loose::{loose, rebuilt_otherwise};
use super::same::Same;
use super::uses::Uses;
use super::view::{Anchor, View};
use super::{Change, Level, Step};
use crate::pdf::{Document, Entry, Indirect};
use lopdf::{Dictionary, Object, ObjectId};
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

/// Judges what revision `new` changed in `old`.
pub fn step(document: &Document<'_>, old: &View, new: &View, uses: &mut Uses) -> Step {
    let mut judge = Judge {
        document,
        old,
        new,
        same: Same::new(document, old.revision, new.revision),
        step: Step::default(),
        drawn: Vec::new(),
        store_fit: OnceCell::new(),
        metadata_fit: OnceCell::new(),
    };
    judge.ambiguity();
    judge.trailer();
    let modified = judge.modified();
    judge.listing(&modified);
    let mut anchors: BTreeMap<u32, Vec<Anchor>> = BTreeMap::new();
    if !modified.is_empty() {
        uses.advance(document, old.revision);
        // What has a role is judged by it, however many lead there: each annotation names its page.
        for object in modified.iter().filter(|object| !judge.has_role(object.id)) {
            anchors.insert(object.id, old.anchors(object.id, uses));
        }
    }
    uses.advance(document, new.revision);
    for object in &modified {
        let Some(before) = anchors.get(&object.id) else {
            judge.object(object, &[]);
            continue;
        };
        // What nothing referred to could not be seen; what makes it seen now is a change of its own.
        if before.is_empty() {
            continue;
        }
        let mut all = new.anchors(object.id, uses);
        all.extend(before.iter().cloned());
        all.sort_unstable();
        all.dedup();
        judge.object(object, &all);
    }
    judge.fields();
    judge.covers();
    judge.step.changes.sort_by_key(|c| (std::cmp::Reverse(c.level), c.object));
    judge.step.changes.dedup();
    judge.step
}

/// An object that is not what it was.
pub(super) struct Modified {
    pub id: u32,
    pub before: Option<Rc<Indirect>>,
    pub after: Option<Rc<Indirect>>,
}

impl Modified {
    /// Both dictionaries, where it was and is one (not that of a stream).
    pub fn dictionaries(&self) -> Option<(&Dictionary, &Dictionary)> {
        let plain = |i: &'_ Option<Rc<Indirect>>| i.as_ref().is_some_and(|i| i.stream.is_none() && i.ambiguous.is_none());
        if !plain(&self.before) || !plain(&self.after) {
            return None;
        }
        Some((
            self.before.as_ref()?.value.as_dict().ok()?,
            self.after.as_ref()?.value.as_dict().ok()?,
        ))
    }

    pub fn arrays(&self) -> Option<(&Vec<Object>, &Vec<Object>)> {
        Some((
            self.before.as_ref()?.value.as_array().ok()?,
            self.after.as_ref()?.value.as_array().ok()?,
        ))
    }
}

pub(super) struct Judge<'d, 'a> {
    pub document: &'d Document<'a>,
    pub old: &'d View,
    pub new: &'d View,
    pub same: Same<'d, 'a>,
    pub step: Step,
    /// Page, object and dictionary of what this revision drew.
    pub drawn: Vec<(u32, Option<u32>, Dictionary)>,
    /// Whether the new security store and the new metadata are such.
    pub store_fit: OnceCell<bool>,
    pub metadata_fit: OnceCell<bool>,
}

impl Judge<'_, '_> {
    pub fn note(&mut self, level: Level, code: &'static str, object: Option<u32>, page: Option<u32>) -> &mut Change {
        self.step.changes.push(Change {
            revision: self.new.revision as u32 + 1,
            level,
            code,
            object,
            page,
            params: BTreeMap::new(),
        });
        let last = self.step.changes.len() - 1;
        &mut self.step.changes[last]
    }

    /// Notes a change of one key that no rule allows.
    pub fn other(&mut self, code: &'static str, object: Option<u32>, page: Option<u32>, key: &[u8]) {
        let key = String::from_utf8_lossy(key).into_owned();
        self.note(Level::Other, code, object, page).params.insert("key", key);
    }

    /// A revision that other readers could read otherwise may show in them what we do not see.
    fn ambiguity(&mut self) {
        let revision = &self.document.revisions()[self.new.revision];
        // A missing end-of-file marker hides nothing: what the section lists is the same for all.
        match revision.ambiguous {
            Some("no_end_of_file_marker") => self.step.untidy = true,
            Some(code) => drop(self.note(Level::Other, code, None, None)),
            None => {}
        }
    }

    /// What readers stumble over that then rebuild the list of objects from the bytes, and what they would find.
    fn listing(&mut self, modified: &[Modified]) {
        let revision = &self.document.revisions()[self.new.revision];
        // ISO 32000-2, 7.5.5: what is listed beyond `/Size` is to be taken for missing; some readers then rebuild the whole list.
        let used = revision.entries.iter().filter(|(_, entry)| *entry != Entry::Free);
        let highest = used.map(|(id, _)| i64::from(id)).max().unwrap_or(0);
        let size = match self.document.get(&revision.trailer, b"Size", self.new.revision) {
            Some(Object::Integer(size)) => size,
            _ => 0,
        };
        // A list that is only said to be shorter hides nothing, unless a rebuilt one leads elsewhere.
        let all = &self.document.revisions()[..=self.new.revision];
        let shorter = || all.iter().any(|r| r.entries.last().is_some_and(|id| i64::from(id) >= size));
        if highest >= size {
            self.note(Level::Other, "number_beyond_size", None, None);
        }
        let astray = self.references(modified);
        let hint = || astray || shorter();
        // Who builds the list anew may look into no object stream.
        let packed = || {
            all.iter()
                .any(|r| r.entries.iter().any(|(_, entry)| matches!(entry, Entry::InStream(..))))
        };
        if loose(self.document, self.new.revision)
            || hint() && rebuilt_otherwise(self.document, self.new.revision)
            || self.leads_beyond(size) && packed()
        {
            self.note(Level::Other, "object_not_listed", None, None);
        }
    }

    /// Whether what the revision writes refers to numbers beyond the list, for which some programs build it anew; also where that
    /// is nothing to us, as before.
    fn leads_beyond(&self, size: i64) -> bool {
        let (old, new) = (self.old.revision, self.new.revision);
        self.document.revisions()[new].entries.ids().any(|id| {
            let (mut before, mut after) = (Vec::new(), Vec::new());
            let beyond = |value: &Object, found: &mut Vec<ObjectId>| {
                references(value, found);
                found.retain(|id| i64::from(id.0) >= size);
            };
            self.document.indirect(id, new).iter().for_each(|o| beyond(&o.value, &mut after));
            if !after.is_empty() {
                self.document.indirect(id, old).iter().for_each(|o| beyond(&o.value, &mut before));
            }
            after.iter().any(|id| !before.contains(id))
        })
    }

    /// Names references to an object under another generation than it has. Whether there are new ones that lead nowhere.
    fn references(&mut self, modified: &[Modified]) -> bool {
        let (old, new) = (self.old.revision, self.new.revision);
        let written = &self.document.revisions()[new].entries;
        let fits = |id: ObjectId, revision| match self.document.entry(id.0, revision)?.1 {
            Entry::Free => None,
            Entry::InUse(_, generation) => Some(generation == id.1),
            Entry::InStream(..) => Some(id.1 == 0),
        };
        let mut astray = false;
        for object in modified {
            let (mut named, mut before) = (Vec::new(), Vec::new());
            object.after.iter().for_each(|after| references(&after.value, &mut named));
            object.before.iter().for_each(|b| references(&b.value, &mut before));
            // Of a list that grows, what stands where it stood and is not written now fits as it did.
            let same = named.iter().zip(&before).take_while(|(a, b)| a == b && written.get(a.0).is_none());
            named.drain(..same.count());
            named.retain(|id| fits(*id, new) != Some(true));
            if named.is_empty() {
                continue;
            }
            named.retain(|id| !before.contains(id) || fits(*id, old) != fits(*id, new));
            astray |= !named.is_empty();
            if named.iter().any(|id| fits(*id, new) == Some(false)) {
                self.note(Level::Other, "generation_differs", Some(object.id), None);
            }
        }
        astray
    }

    /// The trailer leads everywhere else: the same catalog, the same encryption, the same file.
    fn trailer(&mut self) {
        let revisions = self.document.revisions();
        let (old, new) = (&revisions[self.old.revision].trailer, &revisions[self.new.revision].trailer);
        let value = |d: &Dictionary, key: &[u8]| d.get(key).cloned().unwrap_or(Object::Null);
        if self.old.catalog_id != self.new.catalog_id || self.new.catalog_id.is_none() {
            self.other("trailer_changed", None, None, b"Root");
        }
        if !self.same.value(&value(old, b"Encrypt"), &value(new, b"Encrypt")) {
            self.other("trailer_changed", None, None, b"Encrypt");
        }
        let first = |d: &Dictionary, revision: usize| match self.document.resolve(&value(d, b"ID"), revision) {
            Object::Array(ids) => ids.first().cloned(),
            _ => None,
        };
        if let (Some(before), Some(after)) = (first(old, self.old.revision), first(new, self.new.revision))
            && !self.same.value(&before, &after)
        {
            // The key of an encrypted file hangs on it. Elsewhere it shows nothing, and products do write it anew.
            if self.document.is_encrypted() {
                self.other("trailer_changed", None, None, b"ID");
            } else {
                self.note(Level::LtaUpdates, "identifier_changed", None, None);
            }
        }
        let (before, after) = (value(old, b"Info"), value(new, b"Info"));
        if !self.same.value(&before, &after) {
            self.note(Level::LtaUpdates, "information_changed", None, None);
        }
    }

    /// Objects that the revision writes and that then differ.
    fn modified(&mut self) -> Vec<Modified> {
        let entries = &self.document.revisions()[self.new.revision].entries;
        let mut holding = None;
        let mut found = Vec::new();
        for (id, entry) in entries.iter().filter(|(id, _)| *id != 0) {
            let before = self.document.indirect(id, self.old.revision);
            let after = self.document.indirect(id, self.new.revision);
            let unreadable = after.is_none() && entry != Entry::Free;
            if unreadable && matches!(entry, Entry::InStream(..)) {
                self.note(Level::Other, "object_stream_malformed", Some(id), None);
            }
            if let Some(code) = after.as_ref().and_then(|a| a.ambiguous) {
                self.note(Level::Other, code, Some(id), None);
            }
            // Strict readers find nothing at a reference whose generation is another.
            let generation = after.as_ref().map(|a| a.id.1);
            let listed = match entry {
                Entry::InUse(_, listed) => Some(listed),
                _ => generation,
            };
            let was = before.as_ref().map(|b| b.id.1);
            if generation.is_some() && (generation != listed || was.is_some_and(|was| generation != Some(was))) {
                self.note(Level::Other, "generation_differs", Some(id), None);
            }
            match (&before, &after) {
                (None, None) if !unreadable => continue,
                (Some(a), Some(b)) if self.same.object(a, b) => continue,
                _ => {}
            }
            // What was listed in a stream that was not there yet.
            let awaited = |id| self.document.first_listing(id).is_some_and(|listed| listed <= self.old.revision);
            if before.is_none() && after.as_ref().is_some_and(|a| is_object_stream(a)) && awaited(id) {
                self.note(Level::Other, "object_stream_replaced", Some(id), None);
            }
            if before.as_ref().is_some_and(|b| is_object_stream(b)) && holding.get_or_insert_with(|| self.holding()).contains(&id) {
                self.note(Level::Other, "object_stream_replaced", Some(id), None);
            }
            found.push(Modified { id, before, after });
        }
        found
    }

    /// Object streams from before that still hold objects of the new view.
    fn holding(&self) -> HashSet<u32> {
        let (old, new) = (self.old.revision, self.new.revision);
        let entries = self.document.known(new).filter_map(|id| self.document.entry(id, new));
        let streams = entries.filter_map(|(written, entry)| match entry {
            Entry::InStream(stream, _) if written <= old => Some(stream),
            _ => None,
        });
        streams.collect()
    }

    /// Whether [`Self::object`] knows what an object is without asking who refers to it.
    fn has_role(&self, id: u32) -> bool {
        Some(id) == self.old.catalog_id || self.old.owner(id).is_some() || self.old.pages.contains_key(&id)
    }

    fn object(&mut self, object: &Modified, anchors: &[Anchor]) {
        let id = object.id;
        if Some(id) == self.old.catalog_id {
            match object.dictionaries() {
                Some((old, new)) => self.catalog(old, new),
                None => self.other("catalog_changed", Some(id), None, b""),
            }
        } else if Some(id) == self.old.form_id && self.old.form_id == self.new.form_id {
            match object.dictionaries() {
                Some((old, new)) => self.form(old, new),
                None => self.other("form_changed", Some(id), None, b""),
            }
        } else if let Some(page) = self.old.pages.get(&id).copied() {
            self.page(page, object);
        } else if let Some(field) = self.old.owner(id) {
            self.field(field, object);
        } else if self.old.nodes.contains(&id) {
            self.node(object);
        } else if self.old.page_of(id).is_some() {
            self.annotation(object);
        } else if Some(id) == self.old.structure_id {
            self.structure_root(object);
        } else if self.is_element(object) {
            self.element(object);
        } else {
            for anchor in anchors {
                self.part(object, anchor);
            }
        }
    }

    fn catalog(&mut self, old: &Dictionary, new: &Dictionary) {
        let id = self.old.catalog_id;
        for key in self.same.differing(old, new) {
            match key.as_slice() {
                b"DSS" => self.security_store(id, "catalog_changed"),
                b"Extensions" | b"Version" => drop(self.note(Level::LtaUpdates, "version_changed", id, None)),
                b"Metadata" => self.metadata(id, "catalog_changed"),
                // That the document is tagged: written by programs that add tagged signature fields.
                b"MarkInfo" => drop(self.note(Level::LtaUpdates, "metadata_changed", id, None)),
                b"AcroForm" => {
                    let (before, after) = (self.old, self.new);
                    match after.form().filter(|form| !form.is_empty()) {
                        Some(after) => self.form(before.form().unwrap_or(&Dictionary::new()), after),
                        None => self.other("catalog_changed", id, None, &key),
                    }
                }
                _ => self.other("catalog_changed", id, None, &key),
            }
        }
    }

    /// A changed object without a place of its own, by one of the ways that lead to it.
    fn part(&mut self, object: &Modified, anchor: &Anchor) {
        let id = Some(object.id);
        match anchor {
            Anchor::Trailer(key) if key == b"Info" => drop(self.note(Level::LtaUpdates, "information_changed", id, None)),
            Anchor::Catalog(key) if key == b"DSS" => self.security_store(id, "object_changed"),
            Anchor::Catalog(key) if key == b"Metadata" => self.metadata(id, "object_changed"),
            Anchor::Catalog(key) if key == b"Extensions" => drop(self.note(Level::LtaUpdates, "version_changed", id, None)),
            Anchor::Catalog(key) if key == b"AcroForm" => self.form_part(object, None),
            Anchor::Structure(key) => self.structure_part(object, key),
            Anchor::Form(key) => self.form_part(object, Some(key)),
            Anchor::Page(page, key) if key == b"Annots" && object.arrays().is_some() => {
                let page = self.old.pages.get(page).copied();
                if let Some((old, new)) = object.arrays() {
                    self.annotations(page.unwrap_or_default(), old, new);
                }
            }
            Anchor::Page(page, key) => {
                let page = self.old.pages.get(page).or_else(|| self.new.pages.get(page)).copied();
                self.other("page_content_changed", id, page, key);
            }
            Anchor::Field(field, key) => self.field_part(*field, key, object.id),
            Anchor::Annotation(annotation) => {
                let page = self.old.page_of(*annotation).or_else(|| self.new.page_of(*annotation));
                self.redrawn(*annotation, page);
            }
            Anchor::Trailer(key) | Anchor::Catalog(key) => self.other("object_changed", id, None, key),
            Anchor::Everywhere => self.other("object_changed", id, None, b""),
        }
    }
}

/// All references in a value.
fn references(value: &Object, found: &mut Vec<ObjectId>) {
    match value {
        Object::Reference(id) => found.push(*id),
        Object::Array(items) => items.iter().for_each(|item| references(item, found)),
        Object::Dictionary(d) => d.iter().for_each(|(_, item)| references(item, found)),
        _ => {}
    }
}

fn is_object_stream(object: &Indirect) -> bool {
    object.stream.is_some() && object.value.as_dict().is_ok_and(|d| d.has_type(b"ObjStm"))
}
