//! The structure tree of a tagged file (ISO 32000-1, 14.7): what is added to a page gets its place there, so that a reader who
//! hears the document hears that it has a signature (ISO 14289-1, 7.18.4).

use lopdf::{Dictionary, Object, ObjectId};
use std::collections::HashSet;

use crate::geometry::Page;
use crate::pdf::append::Update;
use crate::pdf::write;
use crate::validate::fields;

/// Nodes of a number tree that are looked at.
const MAX_NODES: usize = 100_000;

/// Tags a widget that is about to be added to a page. Nothing happens where the file has no structure tree, or has a signature
/// already: validators allow fields, but not structure, to come after a signature.
pub(crate) fn tag(update: &mut Update, page: &Page, widget: ObjectId, dictionary: &mut Dictionary, spoken: &str) {
    let document = update.document;
    let Some(root) = tree(update) else { return };
    if !fields::signed(document, document.newest()).is_empty() {
        return;
    }
    let Some(mut structure) = update.dictionary(&Object::Reference(root)) else {
        return;
    };
    let key = next_key(update, &structure);
    let kids = kids(update, &structure);
    // Most files have one element for the document, in which all others are.
    let above = match kids[..] {
        [Object::Reference(only)] if name(update, &Object::Reference(only), b"S") == b"Document" => only,
        _ => root,
    };
    let mut reference = Dictionary::new();
    reference.set("Type", "OBJR");
    reference.set("Obj", widget);
    reference.set("Pg", page.id);
    let mut element = Dictionary::new();
    element.set("Type", "StructElem");
    element.set("S", "Form");
    element.set("P", above);
    element.set("Pg", page.id);
    element.set("K", reference);
    if !spoken.is_empty() {
        element.set("Alt", write::text(spoken));
    }
    let element = update.add(element);
    if above == root {
        append_kid(update, &mut structure, element);
    } else if let Some(mut parent) = update.dictionary(&Object::Reference(above)) {
        append_kid(update, &mut parent, element);
        update.set(above, parent);
    }
    list(update, &mut structure, key, element);
    structure.set("ParentTreeNextKey", key + 1);
    update.set(root, structure);
    dictionary.set("StructParent", key);
    // Tabbing follows the structure (ISO 14289-1, 7.18.3).
    if let Some(mut held) = update.dictionary(&Object::Reference(page.id))
        && !held.has(b"Tabs")
    {
        held.set("Tabs", "S");
        update.set(page.id, held);
    }
}

/// The structure tree's root, where it is an object of its own.
fn tree(update: &Update) -> Option<ObjectId> {
    let catalog = update.dictionary(&Object::Reference(update.root().ok()?))?;
    let id = catalog.get(b"StructTreeRoot").and_then(Object::as_reference).ok()?;
    update.dictionary(&Object::Reference(id)).map(|_| id)
}

fn name(update: &Update, object: &Object, key: &[u8]) -> Vec<u8> {
    let value = update.dictionary(object).and_then(|d| d.get(key).ok().map(|v| update.resolve(v)));
    match value {
        Some(Object::Name(name)) => name,
        _ => Vec::new(),
    }
}

fn kids(update: &Update, element: &Dictionary) -> Vec<Object> {
    match element.get(b"K").map(|k| (k.clone(), update.resolve(k))) {
        Ok((_, Object::Array(items))) => items,
        Ok((_, Object::Null)) | Err(_) => Vec::new(),
        Ok((one, _)) => vec![one],
    }
}

fn append_kid(update: &mut Update, element: &mut Dictionary, kid: ObjectId) {
    let mut all = kids(update, element);
    all.push(Object::Reference(kid));
    match element.get(b"K") {
        Ok(Object::Reference(list)) if matches!(update.resolve(&Object::Reference(*list)), Object::Array(_)) => {
            update.set(*list, Object::Array(all));
        }
        _ => element.set("K", Object::Array(all)),
    }
}

/// A key that the parent tree does not use yet.
fn next_key(update: &Update, structure: &Dictionary) -> i64 {
    let said = structure.get(b"ParentTreeNextKey").map(|n| update.resolve(n));
    let mut next = match said {
        Ok(Object::Integer(n)) => n.clamp(0, i64::from(i32::MAX)),
        _ => 0,
    };
    let mut seen = HashSet::new();
    let mut queue: Vec<Object> = structure.get(b"ParentTree").into_iter().cloned().collect();
    while let Some(node) = queue.pop() {
        if let Object::Reference(id) = node
            && (!seen.insert(id) || seen.len() > MAX_NODES)
        {
            continue;
        }
        let Some(node) = update.dictionary(&node) else { continue };
        let list = |key: &[u8]| match node.get(key).map(|l| update.resolve(l)) {
            Ok(Object::Array(items)) => items,
            _ => Vec::new(),
        };
        queue.extend(list(b"Kids").into_iter().filter(|kid| kid.as_reference().is_ok()));
        for number in list(b"Nums").iter().step_by(2) {
            if let Ok(n) = number.as_i64() {
                next = next.max(n.saturating_add(1));
            }
        }
    }
    next
}

/// Enters a key above all others into the parent tree (7.9.7: keys in ascending order).
fn list(update: &mut Update, structure: &mut Dictionary, key: i64, element: ObjectId) {
    let pair = [Object::Integer(key), Object::Reference(element)];
    let held = structure.get(b"ParentTree").cloned().unwrap_or(Object::Null);
    let mut root = update.dictionary(&held).unwrap_or_default();
    let (entry, mut items) = if root.has(b"Kids") {
        let mut leaf = Dictionary::new();
        leaf.set("Nums", pair.to_vec());
        leaf.set("Limits", vec![Object::Integer(key), Object::Integer(key)]);
        let leaf = update.add(leaf);
        ("Kids", vec![Object::Reference(leaf)])
    } else {
        ("Nums", pair.to_vec())
    };
    let before = root.get(entry.as_bytes()).cloned().unwrap_or(Object::Null);
    if let Object::Array(mut all) = update.resolve(&before) {
        all.append(&mut items);
        items = all;
    }
    match before {
        Object::Reference(id) => update.set(id, Object::Array(items)),
        _ => {
            root.set(entry, Object::Array(items));
            match held {
                Object::Reference(id) => update.set(id, root),
                _ => structure.set("ParentTree", root),
            }
        }
    }
}
