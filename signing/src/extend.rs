//! Validation data in the file itself: the document security store (ISO 32000-2, 12.8.4.3; EN 319 142-1, 5.4.2).
use crate::error::Result;
use crate::form::EditOptions;
use crate::pdf::append::{Update, copy};
use crate::pdf::{Document, Source};
use crate::validate::stored;
use lopdf::{Dictionary, Object, Stream};
use std::io::Write;

/// What later validation will need. Each is DER.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValidationData {
    /// Of signers, authorities, responders and time-stamping authorities.
    pub certificates: Vec<Vec<u8>>,
    /// Revocation lists.
    pub crls: Vec<Vec<u8>>,
    /// `OCSPResponse` structures.
    pub ocsp_responses: Vec<Vec<u8>>,
}

/// Adds validation data as one more revision: B-LT of B-T. What the store holds already stays, and is not added again.
///
/// No `VRI` is written: it says nothing that the store does not, and EN 319 142-1 leaves it out of the baseline's needs.
///
/// # Errors
/// See [`crate::Error`]; `out` may then hold a part of a file.
pub fn add_validation_data(input: &dyn Source, out: &mut dyn Write, data: &ValidationData, options: &EditOptions) -> Result<()> {
    let document = Document::open(input, options.password.as_deref())?;
    let newest = document.newest();
    let mut update = Update::new(&document);
    let root = update.root()?;
    let mut catalog = update.dictionary(&Object::Reference(root)).unwrap_or_default();
    let place = catalog.get(b"DSS").and_then(Object::as_reference).ok();
    let mut store = catalog.get(b"DSS").ok().and_then(|d| update.dictionary(d)).unwrap_or_default();
    for (key, wanted) in [("Certs", &data.certificates), ("CRLs", &data.crls), ("OCSPs", &data.ocsp_responses)] {
        let there = stored(&document, &store, key.as_bytes(), newest);
        let mut list = match store.get(key.as_bytes()).map(|l| update.resolve(l)) {
            Ok(Object::Array(list)) => list,
            _ => Vec::new(),
        };
        let mut added: Vec<&Vec<u8>> = Vec::new();
        for der in wanted {
            if !there.contains(der) && !added.contains(&der) {
                list.push(Object::Reference(
                    update.add(Object::Stream(Stream::new(Dictionary::new(), der.clone()))),
                ));
                added.push(der);
            }
        }
        if !list.is_empty() {
            store.set(key, list);
        }
    }
    store.set("Type", "DSS");
    match place {
        Some(id) => update.set(id, store),
        None => {
            let id = update.add(store);
            catalog.set("DSS", id);
            update.set(root, catalog);
        }
    }
    let revision = update.finish(&options.time.to_be_bytes())?;
    copy(input, out, |_| {})?;
    out.write_all(&revision.bytes)?;
    Ok(out.flush()?)
}
