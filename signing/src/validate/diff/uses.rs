//! Who refers to whom: an object that serves two masters may not be changed for one of them.

use foldhash::HashMap;
use lopdf::Object;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::pdf::Document;

/// A key of a dictionary by number; [`ITEM`] for the members of an array that is an object.
pub type Key = u16;
pub const ITEM: Key = 0;
/// The trailer as a holder.
pub const TRAILER: u32 = 0;
/// In place of the keys of an object stream that say how it is read: all that is in it hangs on them.
pub const PACKED: &[u8] = b"\0";

/// `(holder, top-level key)` of every reference to an object, in one view of the file.
#[derive(Default)]
pub struct Uses {
    built_for: Option<usize>,
    keys: HashMap<Vec<u8>, Key>,
    names: Vec<Vec<u8>>,
    /// `(target, holder, key)` of the first revision looked at, sorted: a large file has millions of them.
    first: Vec<(u32, u32, Key)>,
    /// Holders that a later revision wrote; theirs are here and no longer in `first`.
    rewritten: HashMap<u32, Vec<(u32, Key)>>,
    by_target: HashMap<u32, BTreeSet<(u32, Key)>>,
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
        // Long lists are in order for the most part, which this way of sorting makes use of.
        found.sort();
        found.dedup();
        found
    }

    /// Brings the map to the view at `revision`; the first time it reads all objects.
    pub fn advance(&mut self, document: &Document<'_>, revision: usize) {
        match self.built_for {
            Some(at) if at == revision => return,
            Some(at) if at + 1 == revision => {
                for id in document.revisions()[revision].entries.ids() {
                    let references = self.made_by(document, id, revision);
                    self.set(id, references);
                }
                let references = self.trailer(document, revision);
                self.set(TRAILER, references);
            }
            _ => {
                self.rewritten.clear();
                self.by_target.clear();
                self.first = Vec::with_capacity(document.known(revision).count());
                for id in document.known(revision) {
                    let references = self.made_by(document, id, revision);
                    self.first.extend(references.into_iter().map(|(target, key)| (target, id, key)));
                }
                let references = self.trailer(document, revision);
                self.first
                    .extend(references.into_iter().map(|(target, key)| (target, TRAILER, key)));
                self.first.sort_unstable();
            }
        }
        self.built_for = Some(revision);
    }

    fn made_by(&mut self, document: &Document<'_>, id: u32, revision: usize) -> Vec<(u32, Key)> {
        match document.indirect(id, revision) {
            // The cross-reference streams of all revisions name the catalog; the trailer stands for them.
            Some(found) if found.stream.is_some() && found.value.as_dict().is_ok_and(|d| d.has_type(b"XRef")) => Vec::new(),
            Some(found) if found.stream.is_some() && found.value.as_dict().is_ok_and(|d| d.has_type(b"ObjStm")) => {
                let packing = [&b"Length"[..], b"Filter", b"DecodeParms", b"N", b"First"].map(|name| self.key(name));
                let packed = self.key(PACKED);
                let mut references = self.references(&found.value);
                let on_it = references.iter_mut().filter(|(_, key)| packing.contains(key));
                on_it.for_each(|(_, key)| *key = packed);
                references.sort_unstable();
                references
            }
            Some(found) => self.references(&found.value),
            None => Vec::new(),
        }
    }

    /// In order.
    fn trailer(&mut self, document: &Document<'_>, revision: usize) -> Vec<(u32, Key)> {
        let mut found = Vec::new();
        for (name, value) in document.revisions()[revision].trailer.iter() {
            let key = self.key(name);
            collect(value, &mut |id| found.push((id, key)));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// `references` in order. A list that grows by one from revision to revision costs one change, not one for each member.
    fn set(&mut self, holder: u32, references: Vec<(u32, Key)>) {
        let before = self.rewritten.remove(&holder).unwrap_or_default();
        let (mut old, mut new) = (before.iter().peekable(), references.iter().peekable());
        loop {
            let order = match (old.peek(), new.peek()) {
                (Some(a), Some(b)) => a.cmp(b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => break,
            };
            if order.is_le()
                && let Some((target, key)) = old.next()
                && order.is_lt()
                && let Some(users) = self.by_target.get_mut(target)
            {
                users.remove(&(holder, *key));
            }
            if order.is_ge()
                && let Some((target, key)) = new.next()
                && order.is_gt()
            {
                self.by_target.entry(*target).or_default().insert((holder, *key));
            }
        }
        self.rewritten.insert(holder, references);
    }

    /// Who refers to `target`.
    pub fn of(&self, target: u32) -> impl Iterator<Item = (u32, Key)> {
        let start = self.first.partition_point(|u| u.0 < target);
        let first = self.first[start..].iter().take_while(move |u| u.0 == target);
        let first = first.map(|u| (u.1, u.2)).filter(|(holder, _)| !self.rewritten.contains_key(holder));
        first.chain(self.by_target.get(&target).into_iter().flatten().copied())
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
