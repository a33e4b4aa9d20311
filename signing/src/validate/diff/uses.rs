//! Who refers to whom: an object that serves two masters may not be changed for one of them.

use lopdf::{Dictionary, Object};
use std::collections::{HashMap, HashSet};

use crate::pdf::Document;

/// A key of a dictionary by number; [`ITEM`] for the members of an array that is an object.
pub type Key = u16;
pub const ITEM: Key = 0;
/// The trailer as a holder.
pub const TRAILER: u32 = 0;

/// `(holder, top-level key)` of every reference to an object, in one view of the file.
#[derive(Default)]
pub struct Uses {
    built_for: Option<usize>,
    keys: HashMap<Vec<u8>, Key>,
    names: Vec<Vec<u8>>,
    by_target: HashMap<u32, HashSet<(u32, Key)>>,
    by_holder: HashMap<u32, Vec<(u32, Key)>>,
}

impl Uses {
    pub fn key(&mut self, name: &[u8]) -> Key {
        if name == b"[]" {
            return ITEM;
        }
        if let Some(known) = self.keys.get(name) {
            return *known;
        }
        // Files with more keys than that are made to confuse; what shares the last number is judged as one.
        let next = u16::try_from(self.names.len() + 1).unwrap_or(u16::MAX);
        if next == u16::MAX {
            return next;
        }
        self.names.push(name.to_vec());
        self.keys.insert(name.to_vec(), next);
        next
    }

    /// The key behind its number; empty for the members of an array.
    pub fn name(&self, key: Key) -> &[u8] {
        let index = usize::from(key).checked_sub(1);
        index.and_then(|i| self.names.get(i)).map_or(b"", Vec::as_slice)
    }

    /// References that `value` makes, with the top-level key under which each stands.
    pub fn references(&mut self, value: &Object) -> Vec<(u32, Key)> {
        let mut found = Vec::new();
        match value {
            Object::Dictionary(d) => {
                for (name, value) in d.iter() {
                    let key = self.key(name);
                    collect(value, &mut |id| found.push((id, key)));
                }
            }
            other => collect(other, &mut |id| found.push((id, ITEM))),
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Brings the map to the view at `revision`; the first time it reads all objects.
    pub fn advance(&mut self, document: &Document<'_>, revision: usize) {
        match self.built_for {
            Some(at) if at == revision => return,
            Some(at) if at + 1 == revision => {
                let changed = &document.revisions()[revision].entries;
                for id in changed.keys() {
                    self.put(document, *id, revision);
                }
            }
            _ => {
                self.by_target.clear();
                self.by_holder.clear();
                let all: Vec<u32> = document.known(revision).collect();
                for id in all {
                    self.put(document, id, revision);
                }
            }
        }
        self.trailer(&document.revisions()[revision].trailer);
        self.built_for = Some(revision);
    }

    fn put(&mut self, document: &Document<'_>, id: u32, revision: usize) {
        let references = match document.indirect(id, revision) {
            // The cross-reference streams of all revisions name the catalog; the trailer stands for them.
            Some(found) if found.stream.is_some() && found.value.as_dict().is_ok_and(|d| d.has_type(b"XRef")) => Vec::new(),
            Some(found) => self.references(&found.value),
            None => Vec::new(),
        };
        self.set(id, references);
    }

    fn trailer(&mut self, trailer: &Dictionary) {
        let references = self.references(&Object::Dictionary(trailer.clone()));
        self.set(TRAILER, references);
    }

    fn set(&mut self, holder: u32, references: Vec<(u32, Key)>) {
        for (target, key) in self.by_holder.remove(&holder).unwrap_or_default() {
            if let Some(users) = self.by_target.get_mut(&target) {
                users.remove(&(holder, key));
            }
        }
        for (target, key) in &references {
            let users = self.by_target.entry(*target).or_default();
            users.insert((holder, *key));
        }
        if !references.is_empty() {
            self.by_holder.insert(holder, references);
        }
    }

    /// Who refers to `target`.
    pub fn of(&self, target: u32) -> impl Iterator<Item = (u32, Key)> {
        self.by_target.get(&target).into_iter().flatten().copied()
    }
}

/// Calls `found` for each reference inside a value.
pub fn collect(value: &Object, found: &mut dyn FnMut(u32)) {
    match value {
        Object::Reference((id, _)) => found(*id),
        Object::Array(items) => items.iter().for_each(|v| collect(v, found)),
        Object::Dictionary(d) => d.iter().for_each(|(_, v)| collect(v, found)),
        _ => {}
    }
}
