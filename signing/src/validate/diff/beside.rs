//! What a document carries beside its content: the security store and the metadata. Both may change, as long as they are such.

use lopdf::{Dictionary, Object};

use super::Level;
use super::compare::Judge;
use crate::pdf::tokens::find;

const MAX_METADATA: usize = 32 << 20;
/// Namespaces one of which every packet of XMP names (ISO 16684-1).
const XMP: [&[u8]; 2] = [b"http://www.w3.org/1999/02/22-rdf-syntax-ns#", b"adobe:ns:meta/"];
/// What XMP has no use for, and what attacks its readers.
const DECLARATIONS: [&[u8]; 2] = [b"<!DOCTYPE", b"<!ENTITY"];

impl Judge<'_, '_> {
    /// The document security store, or a part of it: data may be added, renewed and dropped (EN 319 142-1, 5.4).
    pub fn security_store(&mut self, object: Option<u32>, otherwise: &'static str) {
        match *self.store_fit.get_or_init(|| self.is_security_store()) {
            true => drop(self.note(Level::LtaUpdates, "validation_data_added", object, None)),
            false => self.other(otherwise, object, None, b"DSS"),
        }
    }

    /// The metadata of the document.
    pub fn metadata(&mut self, object: Option<u32>, otherwise: &'static str) {
        match *self.metadata_fit.get_or_init(|| self.is_metadata()) {
            true => drop(self.note(Level::LtaUpdates, "metadata_changed", object, None)),
            false => self.other(otherwise, object, None, b"Metadata"),
        }
    }

    fn new_catalog(&self) -> Dictionary {
        self.document.catalog(self.new.revision).unwrap_or_default()
    }

    fn is_security_store(&self) -> bool {
        let store = self.value(&self.new_catalog(), b"DSS");
        let Object::Dictionary(store) = store else { return false };
        let entries = match self.value(&store, b"VRI") {
            Object::Dictionary(entries) => entries,
            Object::Null => Dictionary::new(),
            _ => return false,
        };
        self.holds_lists(&store, &[b"Certs", b"CRLs", b"OCSPs"])
            && entries.iter().all(|(_, entry)| {
                // What stood there before was looked at when it came.
                let written = entry
                    .as_reference()
                    .ok()
                    .and_then(|(id, _)| self.document.entry(id, self.new.revision));
                let known = written.is_some_and(|(by, _)| by <= self.old.revision);
                known
                    || matches!(self.document.resolve(entry, self.new.revision),
                    Object::Dictionary(entry) if self.holds_lists(&entry, &[b"Cert", b"CRL", b"OCSP"]))
            })
    }

    fn value(&self, dictionary: &Dictionary, key: &[u8]) -> Object {
        let found = self.document.get(dictionary, key, self.new.revision);
        found.unwrap_or(Object::Null)
    }

    /// Whether these keys hold lists of streams, where they are there.
    fn holds_lists(&self, store: &Dictionary, keys: &[&[u8]]) -> bool {
        keys.iter().all(|key| match self.value(store, key) {
            Object::Array(items) => items.iter().all(|item| item.as_reference().is_ok()),
            Object::Null => true,
            _ => false,
        })
    }

    /// A stream of XMP, or nothing any more.
    fn is_metadata(&self) -> bool {
        let catalog = self.new_catalog();
        if self.value(&catalog, b"Metadata") == Object::Null {
            return true;
        }
        let id = catalog.get(b"Metadata").and_then(Object::as_reference).ok();
        let stream = id.and_then(|(id, _)| self.document.indirect(id, self.new.revision));
        let Some(Ok(mut text)) = stream.map(|stream| self.document.content(&stream, MAX_METADATA)) else {
            return false;
        };
        // UTF-16 and UTF-32 are allowed as well.
        text.retain(|byte| *byte != 0);
        let has = |what: &[u8]| find(&text, what, 0).is_some();
        XMP.iter().any(|name| has(name)) && !DECLARATIONS.iter().any(|name| has(name))
    }
}
