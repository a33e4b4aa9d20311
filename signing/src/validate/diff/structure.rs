//! The structure tree: a new field or annotation may get its element, nothing that is read out may become another.

use lopdf::{Dictionary, Object};

use super::Level;
use super::compare::{Judge, Modified};

/// Levels of a number tree below the root.
const MAX_DEPTH: u32 = 8;

impl Judge<'_, '_> {
    /// Whether an object is an element of the structure tree before and after.
    pub fn is_element(&self, object: &Modified) -> bool {
        let element = |d: &Dictionary| d.has_type(b"StructElem") && d.has(b"S") && d.has(b"P");
        object.dictionaries().is_some_and(|(old, new)| element(old) && element(new))
    }

    /// The root of the structure tree.
    pub fn structure_root(&mut self, object: &Modified) {
        let id = Some(object.id);
        let Some((old, new)) = object.dictionaries() else {
            return self.other("structure_changed", id, None, b"");
        };
        for key in self.same.differing(old, new) {
            let (before, after) = (self.before(old, &key), self.after(new, &key));
            let harmless = match (key.as_slice(), &before, &after) {
                (b"K", ..) => self.grown(old, new, &key, &|kid| self.is_new_element(kid)),
                (b"ParentTree", _, Object::Dictionary(after)) => {
                    let empty = Dictionary::new();
                    self.numbers_added(before.as_dict().unwrap_or(&empty), after, 0)
                }
                (b"ParentTreeNextKey", Object::Integer(before), Object::Integer(after)) => after > before,
                (b"ParentTreeNextKey", Object::Null, Object::Integer(_)) => true,
                (b"Type", Object::Null, _) => true,
                _ => false,
            };
            if harmless {
                self.note(Level::LtaUpdates, "structure_added", id, None);
            } else {
                self.other("structure_changed", id, None, &key);
            }
        }
    }

    /// An element that was there: it may get further kids.
    pub fn element(&mut self, object: &Modified) {
        let id = Some(object.id);
        let Some((old, new)) = object.dictionaries() else { return };
        for key in self.same.differing(old, new) {
            if key == b"K" && self.grown(old, new, &key, &|kid| self.is_new_element(kid)) {
                self.note(Level::LtaUpdates, "structure_added", id, None);
            } else {
                self.other("structure_changed", id, None, &key);
            }
        }
    }

    /// A part of the structure tree that is no element: a node of the parent tree, or a list.
    pub fn structure_part(&mut self, object: &Modified, key: &[u8]) {
        let harmless = match (key, object.dictionaries(), object.arrays()) {
            (b"ParentTree", Some((old, new)), _) => self.numbers_added(old, new, 0),
            (b"ParentTree", _, Some((old, new))) => {
                self.pairs_added(old, new) || self.only_grown(old, new, &|node| self.is_new_node(node, 0))
            }
            (b"K", _, Some((old, new))) => self.only_grown(old, new, &|kid| self.is_new_element(kid)),
            _ => false,
        };
        if harmless {
            self.note(Level::LtaUpdates, "structure_added", Some(object.id), None);
        } else {
            self.other("structure_changed", Some(object.id), None, key);
        }
    }

    fn before(&self, dictionary: &Dictionary, key: &[u8]) -> Object {
        self.document.get(dictionary, key, self.old.revision).unwrap_or(Object::Null)
    }

    fn after(&self, dictionary: &Dictionary, key: &[u8]) -> Object {
        self.document.get(dictionary, key, self.new.revision).unwrap_or(Object::Null)
    }

    /// The value of a key as a list: what stands there without brackets is the only member.
    fn list(&self, dictionary: &Dictionary, key: &[u8], revision: usize) -> Vec<Object> {
        match (dictionary.get(key), self.document.get(dictionary, key, revision)) {
            (_, None) | (Err(_), _) => Vec::new(),
            (_, Some(Object::Array(items))) => items,
            (Ok(one), _) => vec![one.clone()],
        }
    }

    fn grown(&self, old: &Dictionary, new: &Dictionary, key: &[u8], harmless: &dyn Fn(&Object) -> bool) -> bool {
        let (before, after) = (self.list(old, key, self.old.revision), self.list(new, key, self.new.revision));
        self.only_grown(&before, &after, harmless)
    }

    /// All members are still there in their order, and the new ones are harmless.
    fn only_grown(&self, old: &[Object], new: &[Object], harmless: &dyn Fn(&Object) -> bool) -> bool {
        let mut left = old.iter().peekable();
        let fits = |member| left.next_if(|old| self.same.value(old, member)).is_some() || harmless(member);
        new.iter().all(fits) && left.next().is_none()
    }

    /// An element for a field or annotation that this revision brought, and for nothing else.
    fn is_new_element(&self, object: &Object) -> bool {
        let Ok((id, _)) = object.as_reference() else { return false };
        let existed = self.document.indirect(id, self.old.revision).is_some();
        let Object::Dictionary(element) = self.document.resolve(object, self.new.revision) else {
            return false;
        };
        let kind = self.after(&element, b"S");
        let kids = self.list(&element, b"K", self.new.revision);
        let [kid] = &kids[..] else { return false };
        let Object::Dictionary(kid) = self.document.resolve(kid, self.new.revision) else {
            return false;
        };
        let Some(Ok((shown, _))) = kid.get(b"Obj").ok().map(Object::as_reference) else {
            return false;
        };
        let new_field = self.new.owner(shown).is_some_and(|field| {
            let before = self.old.field(field);
            let signature = self.new.field(field).is_some_and(|f| f.kind == b"Sig");
            signature && before.is_none_or(|f| !self.old.signed(self.document, f))
        });
        let new_annotation = self.new.owner(shown).is_none() && self.new.page_of(shown).is_some() && self.old.page_of(shown).is_none();
        let named = matches!(&kind, Object::Name(kind) if kind == b"Form" && new_field || kind == b"Annot" && new_annotation);
        // Read out instead of all that is inside, which is nothing but the annotation.
        !existed && named && kid.has_type(b"OBJR")
    }

    /// All numbers of a number tree still lead where they led, and the new ones to new elements.
    fn numbers_added(&self, old: &Dictionary, new: &Dictionary, depth: u32) -> bool {
        self.same.differing(old, new).iter().all(|key| match key.as_slice() {
            b"Nums" => {
                let (before, after) = (self.list(old, key, self.old.revision), self.list(new, key, self.new.revision));
                self.pairs_added(&before, &after)
            }
            b"Kids" => self.grown(old, new, key, &|node| self.is_new_node(node, depth)),
            b"Limits" => true,
            _ => false,
        })
    }

    fn pairs_added(&self, old: &[Object], new: &[Object]) -> bool {
        let mut left = old.chunks(2).peekable();
        let fits = |pair: &[Object]| {
            let same = |old: &&[Object]| old.len() == pair.len() && old.iter().zip(pair).all(|(a, b)| self.same.value(a, b));
            left.next_if(same).is_some() || matches!(pair, [Object::Integer(_), element] if self.is_new_element(element))
        };
        new.chunks(2).all(fits) && left.next().is_none()
    }

    fn is_new_node(&self, node: &Object, depth: u32) -> bool {
        match self.document.resolve(node, self.new.revision) {
            Object::Dictionary(node) if depth < MAX_DEPTH => self.numbers_added(&Dictionary::new(), &node, depth + 1),
            _ => false,
        }
    }
}
