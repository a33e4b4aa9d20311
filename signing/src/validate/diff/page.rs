//! Pages and what lies on them.

use super::Level;
use super::compare::{Judge, Modified};
use super::cover::{self, Signed};
use super::form::same_references;
use lopdf::{Dictionary, Object};
use std::collections::{BTreeMap, HashMap};

/// Comparisons with what may be the same annotation under another number. Beyond, it counts as taken away and added.
const SEARCHES: usize = 10_000;

impl Judge<'_, '_> {
    /// Of a page, only the list of annotations may grow; the order of tabbing shows nothing.
    pub fn page(&mut self, page: u32, object: &Modified) {
        let Some((old, new)) = object.dictionaries() else {
            self.other("page_changed", Some(object.id), Some(page), b"");
            return;
        };
        for key in self.same.differing(old, new) {
            match key.as_slice() {
                b"Annots" => {
                    let (before, after) = self.lists(old, new, b"Annots");
                    self.annotations(page, &before, &after);
                }
                b"Tabs" => {}
                _ => self.other("page_changed", Some(object.id), Some(page), &key),
            }
        }
    }

    /// What was there stays there, in its order (which is the order of painting); what is new is named.
    pub fn annotations(&mut self, page: u32, old: &[Object], new: &[Object]) {
        let same = same_references(old, new);
        let (old, new) = (&old[same..], &new[same..]);
        let mut places: HashMap<u32, Vec<usize>> = HashMap::new();
        for (at, item) in old.iter().enumerate() {
            if let Ok(id) = item.as_reference() {
                places.entry(id.0).or_default().push(at);
            }
        }
        // Everything in `old` before this is either kept or named as taken away.
        let mut done = 0;
        let mut searches = SEARCHES;
        let mut added = Vec::new();
        for item in new {
            let known = item.as_reference().ok().and_then(|id| places.get(&id.0));
            let place = known.and_then(|all| all.get(all.partition_point(|at| *at < done)).copied());
            let place = place.or_else(|| {
                // Written anew as another object, or as none.
                let ahead = old[done..].iter().take(searches);
                let found = ahead.clone().position(|candidate| self.same.value(candidate, item));
                searches -= found.map_or(ahead.len(), |n| n + 1);
                found.map(|n| done + n)
            });
            let Some(place) = place else {
                added.push(item);
                continue;
            };
            for skipped in &old[done..place] {
                self.taken_away(page, skipped);
            }
            done = place + 1;
        }
        for gone in &old[done..] {
            self.taken_away(page, gone);
        }
        for item in added {
            self.added(page, item);
        }
    }

    fn taken_away(&mut self, page: u32, item: &Object) {
        let id = item.as_reference().ok().map(|r| r.0);
        if id.is_some_and(|id| self.old.owner(id).is_some()) {
            self.other("field_removed", id, Some(page), b"");
        } else if self.document.resolve(item, self.old.revision) != Object::Null {
            self.note(Level::Annotations, "annotation_removed", id, Some(page));
        }
    }

    fn added(&mut self, page: u32, item: &Object) {
        let id = item.as_reference().ok().map(|r| r.0);
        if let Some(owner) = id.and_then(|id| self.new.owner(id)) {
            // A new field is judged where the form lists it; an old one must not appear somewhere else.
            let known = self.old.owner(id.unwrap_or_default()).is_some();
            let unsigned = self.old.field(owner).is_some_and(|f| !self.old.signed(self.document, f));
            let signature = self.new.field(owner).is_some_and(|f| f.kind == b"Sig");
            let elsewhere = id.is_some_and(|id| self.old.page_of(id).is_some());
            if known && (!signature || !unsigned || elsewhere) {
                self.other("field_moved", id, Some(page), b"Annots");
            }
            return;
        }
        let dictionary = match self.document.resolve(item, self.new.revision) {
            Object::Dictionary(d) => d,
            Object::Null => return,
            _ => Dictionary::new(),
        };
        let kind = match self.document.get(&dictionary, b"Subtype", self.new.revision) {
            Some(Object::Name(kind)) => kind,
            _ => Vec::new(),
        };
        if kind.is_empty() || kind == b"Widget" {
            self.other("field_added", id, Some(page), b"Annots");
            return;
        }
        let (level, code) = if !cover::is_remark(&kind) {
            (Level::Other, "annotation_is_no_remark")
        } else if cover::acts(self.document, &dictionary, self.new.revision) {
            (Level::Other, "annotation_with_action")
        } else {
            (Level::Annotations, "annotation_added")
        };
        let kind = String::from_utf8_lossy(&kind).into_owned();
        self.note(level, code, id, Some(page)).params.insert("kind", kind);
        self.drawn.push((page, id, dictionary));
    }

    /// What was laid over signed letters and pictures; to be asked when all else was judged.
    pub fn covers(&mut self) {
        let mut pages: BTreeMap<u32, Signed> = BTreeMap::new();
        let (document, revision) = (self.document, self.new.revision);
        for (page, id, dictionary) in std::mem::take(&mut self.drawn) {
            let shown = pages.entry(page).or_insert_with(|| {
                let object = self.new.pages.iter().find(|(_, number)| **number == page);
                let object = object.and_then(|(id, _)| document.indirect(*id, revision));
                let dictionary = object.and_then(|o| o.value.as_dict().ok().cloned());
                Signed::of(document, &dictionary.unwrap_or_default(), revision)
            });
            if shown.hidden_by(document, &dictionary, revision) {
                let signature = id.is_some_and(|id| self.new.owner(id).is_some());
                let (level, code) = if signature {
                    (Level::FormFilling, "signature_covers_content")
                } else {
                    (Level::Annotations, "annotation_covers_content")
                };
                self.note(level, code, id, Some(page));
            }
        }
    }

    /// An annotation that was there and now looks otherwise.
    pub fn redrawn(&mut self, id: u32, page: Option<u32>) {
        self.note(Level::Annotations, "annotation_changed", Some(id), page);
        let before = self.document.indirect(id, self.old.revision);
        let now = self.document.indirect(id, self.new.revision);
        let before = before.as_ref().and_then(|b| b.value.as_dict().ok());
        if let (Some(page), Some(Ok(now))) = (page, now.as_ref().map(|n| n.value.as_dict())) {
            let differing = self.same.differing(before.unwrap_or(&Dictionary::new()), now);
            let acts = differing.iter().any(|key| key == b"A" || key == b"AA");
            if acts && cover::acts(self.document, now, self.new.revision) {
                self.note(Level::Other, "annotation_with_action", Some(id), Some(page));
            }
            self.drawn.push((page, Some(id), now.clone()));
        }
    }

    /// An annotation that is no widget, written anew.
    pub fn annotation(&mut self, object: &Modified) {
        let page = self.old.page_of(object.id);
        let kind = |d: &Dictionary| d.get(b"Subtype").cloned().ok();
        match object.dictionaries() {
            Some((old, new)) if kind(old) == kind(new) && self.new.owner(object.id).is_none() => {
                self.redrawn(object.id, page);
            }
            None if object.after.is_none() && self.new.page_of(object.id).is_none() => {}
            None if object.after.is_none() => drop(self.note(Level::Annotations, "annotation_removed", Some(object.id), page)),
            _ => self.other("object_changed", Some(object.id), page, b"Subtype"),
        }
    }
}
