//! Validation data in the file itself: the document security store (ISO 32000-2, 12.8.4.3; EN 319 142-1, 5.4.2).
mod vri;

use crate::error::Result;
use crate::form::EditOptions;
use crate::pdf::append::{Update, copy};
use crate::pdf::{Document, Source};
use crate::validate::stored_one;
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

/// Adds validation data as one more revision: B-LT of B-T. What the store holds already stays, and is not added again. Each
/// signature and time stamp that has none yet gets an entry in `/VRI`, with what of the store is of its certificates.
///
/// # Errors
/// See [`crate::Error`]; `out` may then hold a part of a file.
pub fn add_validation_data(input: &dyn Source, out: &mut dyn Write, data: &ValidationData, options: &EditOptions) -> Result<()> {
    let revision = revision(input, data, options)?;
    copy(input, out, |_| {})?;
    out.write_all(&revision)?;
    Ok(out.flush()?)
}

/// As [`add_validation_data`], where the old bytes are in place already: `out` gets nothing but what belongs behind them.
///
/// # Errors
/// As [`add_validation_data`].
pub fn append_validation_data(input: &dyn Source, out: &mut dyn Write, data: &ValidationData, options: &EditOptions) -> Result<()> {
    out.write_all(&revision(input, data, options)?)?;
    Ok(out.flush()?)
}

fn revision(input: &dyn Source, data: &ValidationData, options: &EditOptions) -> Result<Vec<u8>> {
    let document = Document::open(input, options.unlock())?;
    let newest = document.newest();
    let mut update = Update::new(&document);
    let root = update.root()?;
    let mut catalog = update.dictionary(&Object::Reference(root)).unwrap_or_default();
    let place = catalog.get(b"DSS").and_then(Object::as_reference).ok();
    let mut store = catalog.get(b"DSS").ok().and_then(|d| update.dictionary(d)).unwrap_or_default();
    let mut kept = vri::Kept::default();
    for (key, wanted) in [("Certs", &data.certificates), ("CRLs", &data.crls), ("OCSPs", &data.ocsp_responses)] {
        let mut list = match store.get(key.as_bytes()).map(|l| update.resolve(l)) {
            Ok(Object::Array(list)) => list,
            _ => Vec::new(),
        };
        let mut there: Vec<(Vec<u8>, Object)> = Vec::new();
        for item in &list {
            if let Some(der) = stored_one(&document, item, newest) {
                there.push((der, item.clone()));
            }
        }
        for der in wanted {
            if !there.iter().any(|(known, _)| known == der) {
                let id = update.add(Object::Stream(Stream::new(Dictionary::new(), der.clone())));
                list.push(Object::Reference(id));
                there.push((der.clone(), Object::Reference(id)));
            }
        }
        if !list.is_empty() {
            store.set(key, list);
        }
        kept.add(key, there);
    }
    vri::fill(&mut update, &mut store, &kept)?;
    store.set("Type", "DSS");
    match place {
        Some(id) => update.set(id, store),
        None => {
            let id = update.add(store);
            catalog.set("DSS", id);
            update.set(root, catalog);
        }
    }
    Ok(update.finish(&options.time.to_be_bytes())?.bytes)
}
