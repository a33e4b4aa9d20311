//! One more revision behind the old bytes. What is there is never touched.
use super::write;
use super::{Document, Entry, PdfError, Source};
use lopdf::{Dictionary, Object, ObjectId};
use openssl::hash::Hasher;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::mpsc::sync_channel;

/// A revision being put together: objects that are new or take the place of old ones.
pub struct Update<'d, 'a> {
    pub document: &'d Document<'a>,
    objects: BTreeMap<u32, (u16, Body)>,
    next: u32,
}

enum Body {
    Object(Object),
    /// Already serialised (and encrypted where needed).
    Bytes(Vec<u8>),
}

/// The bytes of a revision, and where its raw objects begin, counted from the start of the revision.
pub struct Revision {
    pub bytes: Vec<u8>,
    pub raw: BTreeMap<u32, usize>,
}

impl<'d, 'a> Update<'d, 'a> {
    pub fn new(document: &'d Document<'a>) -> Self {
        let size = document.revisions()[document.newest()]
            .trailer
            .get(b"Size")
            .and_then(Object::as_i64)
            .unwrap_or(0);
        let next = document.max_id().saturating_add(1).max(u32::try_from(size).unwrap_or(1));
        Self {
            document,
            objects: BTreeMap::new(),
            next,
        }
    }

    /// A number that nobody uses yet.
    pub fn reserve(&mut self) -> ObjectId {
        let id = (self.next, 0);
        // At the very end `finish` refuses.
        self.next = self.next.saturating_add(1);
        id
    }

    pub fn add(&mut self, object: impl Into<Object>) -> ObjectId {
        let id = self.reserve();
        self.objects.insert(id.0, (0, Body::Object(object.into())));
        id
    }

    pub fn set(&mut self, id: ObjectId, object: impl Into<Object>) {
        self.objects.insert(id.0, (id.1, Body::Object(object.into())));
    }

    /// An object whose bytes must be known exactly, such as a signature dictionary.
    pub fn set_bytes(&mut self, id: ObjectId, bytes: Vec<u8>) {
        self.objects.insert(id.0, (id.1, Body::Bytes(bytes)));
    }

    /// The object as it will be after this revision.
    pub fn current(&self, id: ObjectId) -> Option<Object> {
        match self.objects.get(&id.0) {
            Some((_, Body::Object(object))) => Some(object.clone()),
            Some((_, Body::Bytes(_))) => None,
            None => self.document.indirect(id.0, self.document.newest()).map(|i| i.value.clone()),
        }
    }

    /// The dictionary behind a reference, or the one given directly.
    pub fn dictionary(&self, object: &Object) -> Option<Dictionary> {
        match object {
            Object::Dictionary(d) => Some(d.clone()),
            Object::Reference(id) => match self.current(*id)? {
                Object::Dictionary(d) => Some(d),
                Object::Stream(s) => Some(s.dict),
                _ => None,
            },
            _ => None,
        }
    }

    /// Follows references through this revision.
    pub fn resolve(&self, object: &Object) -> Object {
        let mut current = object.clone();
        for _ in 0..16 {
            let Object::Reference(id) = current else { return current };
            current = self.current(id).unwrap_or(Object::Null);
        }
        Object::Null
    }

    /// The generation that an object's newest entry has; 0 for new ones.
    pub fn id(&self, number: u32) -> ObjectId {
        match self.document.entry(number, self.document.newest()) {
            Some((_, Entry::InUse(_, generation))) => (number, generation),
            _ => (number, 0),
        }
    }

    pub fn root(&self) -> Result<ObjectId, PdfError> {
        let trailer = &self.document.revisions()[self.document.newest()].trailer;
        match trailer.get(b"Root") {
            Ok(Object::Reference(id)) => Ok(*id),
            _ => Err(PdfError::Malformed("the trailer names no document catalog".into())),
        }
    }

    /// The revision as bytes. `seed` makes the second file identifier, so that equal input gives equal output.
    pub fn finish(self, seed: &[u8]) -> Result<Revision, PdfError> {
        let document = self.document;
        if self.next == u32::MAX {
            return Err(PdfError::TooComplex("no object numbers are left"));
        }
        let mut bytes = Vec::new();
        let length = document.len();
        if length > 0 {
            let mut last = [0u8];
            document.source().read_at(length - 1, &mut last)?;
            if last[0] != b'\n' && last[0] != b'\r' {
                bytes.push(b'\n');
            }
        }
        // Offsets count from the first byte, or from behind what stands before the header, as the file itself does.
        let base = document.base();
        let mut offsets: BTreeMap<u32, (u64, u16)> = BTreeMap::new();
        let mut raw = BTreeMap::new();
        for (number, (generation, body)) in &self.objects {
            offsets.insert(*number, (length + bytes.len() as u64 - base, *generation));
            bytes.extend_from_slice(format!("{number} {generation} obj\n").as_bytes());
            match body {
                Body::Bytes(b) => {
                    raw.insert(*number, bytes.len());
                    bytes.extend_from_slice(b);
                }
                Body::Object(object) => {
                    let mut object = object.clone();
                    encrypt(document, (*number, *generation), &mut object)?;
                    write::object(&mut bytes, &object);
                }
            }
            bytes.extend_from_slice(b"\nendobj\n");
        }
        let old = &document.revisions()[document.newest()].trailer;
        let mut trailer = Dictionary::new();
        for key in [&b"Root"[..], b"Info", b"Encrypt"] {
            if let Ok(value) = old.get(key) {
                trailer.set(key, value.clone());
            }
        }
        if let Some(identifiers) = self.identifiers(old, seed) {
            trailer.set("ID", identifiers);
        }
        trailer.set("Prev", i64::try_from(document.startxref()?).unwrap_or(i64::MAX));
        let xref = length + bytes.len() as u64 - base;
        if old.has_type(b"XRef") {
            stream(&mut bytes, self.next, xref, &offsets, trailer);
        } else {
            table(&mut bytes, self.next, &offsets, trailer);
        }
        bytes.extend_from_slice(format!("startxref\n{xref}\n%%EOF\n").as_bytes());
        Ok(Revision { bytes, raw })
    }

    /// The first identifier stays, the second is new (ISO 32000-1, 14.4). The key of an encrypted file hangs on the first one,
    /// or on there being none.
    fn identifiers(&self, old: &Dictionary, seed: &[u8]) -> Option<Object> {
        let mut hash = openssl::sha::Sha256::new();
        hash.update(&self.document.len().to_be_bytes());
        hash.update(seed);
        let new = Object::String(hash.finish()[..16].to_vec(), lopdf::StringFormat::Hexadecimal);
        let held = old.get(b"ID").ok();
        let first = match held.map(|id| self.document.resolve(id, self.document.newest())) {
            Some(Object::Array(ids)) => ids.first().map(|id| self.document.resolve(id, self.document.newest())),
            _ => None,
        };
        let first = match first {
            Some(Object::String(s, _)) => Object::String(s, lopdf::StringFormat::Hexadecimal),
            _ if self.document.is_encrypted() => return held.cloned(),
            _ => new.clone(),
        };
        Some(Object::Array(vec![first, new]))
    }
}

/// Encrypts the strings and the content of an object as the file does.
pub fn encrypt(document: &Document, id: ObjectId, object: &mut Object) -> Result<(), PdfError> {
    match document.encryption() {
        Some(state) => state.encrypt(id, object),
        None => Ok(()),
    }
}

fn runs(offsets: &BTreeMap<u32, (u64, u16)>) -> Vec<(u32, Vec<(u64, u16)>)> {
    let mut runs: Vec<(u32, Vec<(u64, u16)>)> = Vec::new();
    for (number, entry) in offsets {
        match runs.last_mut() {
            Some((first, entries)) if *first as usize + entries.len() == *number as usize => entries.push(*entry),
            _ => runs.push((*number, vec![*entry])),
        }
    }
    runs
}

fn table(bytes: &mut Vec<u8>, size: u32, offsets: &BTreeMap<u32, (u64, u16)>, mut trailer: Dictionary) {
    bytes.extend_from_slice(b"xref\n");
    for (first, entries) in runs(offsets) {
        bytes.extend_from_slice(format!("{first} {}\n", entries.len()).as_bytes());
        for (offset, generation) in entries {
            bytes.extend_from_slice(format!("{offset:010} {generation:05} n\r\n").as_bytes());
        }
    }
    trailer.set("Size", i64::from(size));
    bytes.extend_from_slice(b"trailer\n");
    write::dictionary(bytes, &trailer);
    bytes.push(b'\n');
}

/// A file of cross-reference streams goes on with one (ISO 32000-1, 7.5.8.4 forbids the mix in a chain for old readers).
fn stream(bytes: &mut Vec<u8>, number: u32, at: u64, offsets: &BTreeMap<u32, (u64, u16)>, mut trailer: Dictionary) {
    let mut all = offsets.clone();
    all.insert(number, (at, 0));
    let mut content = Vec::new();
    let mut index = Vec::new();
    for (first, entries) in runs(&all) {
        index.push(Object::Integer(i64::from(first)));
        index.push(Object::Integer(entries.len() as i64));
        for (offset, generation) in entries {
            content.push(1);
            content.extend_from_slice(&offset.to_be_bytes());
            content.extend_from_slice(&generation.to_be_bytes());
        }
    }
    trailer.set("Type", "XRef");
    trailer.set("Size", i64::from(number) + 1);
    trailer.set("W", vec![Object::Integer(1), Object::Integer(8), Object::Integer(2)]);
    trailer.set("Index", index);
    bytes.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
    write::object(bytes, &Object::Stream(lopdf::Stream::new(trailer, content)));
    bytes.extend_from_slice(b"\nendobj\n");
}

const CHUNK: usize = 1 << 18;
/// From this size on, hashing has a thread of its own: it takes longer than reading and writing together.
const LARGE: u64 = 4 << 20;
/// Parts on their way from the reader to the hasher.
const QUEUE: usize = 4;

/// Copies the old file to `out` and gives each part to `see` on the way.
pub fn copy(source: &dyn Source, out: &mut dyn Write, mut see: impl FnMut(&[u8])) -> Result<(), PdfError> {
    parts(source, |part| {
        see(&part);
        out.write_all(&part)?;
        Ok(Some(part))
    })
}

/// Copies the old file to `out` and feeds `hasher` with it.
pub(crate) fn copy_hashed(source: &dyn Source, out: &mut dyn Write, mut hasher: Hasher) -> Result<Hasher, PdfError> {
    let failed = |e: openssl::error::ErrorStack| PdfError::Io(e.to_string());
    if source.len() < LARGE {
        let mut done = Ok(());
        copy(source, out, |part| {
            if done.is_ok() {
                done = hasher.update(part);
            }
        })?;
        return done.map(|()| hasher).map_err(failed);
    }
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel::<Cow<'_, [u8]>>(QUEUE);
        let (give_back, used) = sync_channel(QUEUE + 2);
        let hashing = scope.spawn(move || {
            for part in receive {
                hasher.update(&part)?;
                // The reader may be gone already.
                let _ = give_back.try_send(part);
            }
            Ok(hasher)
        });
        let copied = parts(source, |part| {
            out.write_all(&part)?;
            // A hasher that is gone says why below.
            let _ = send.send(part);
            Ok(used.try_recv().ok())
        });
        drop(send);
        let hasher = hashing.join().map_err(|_| PdfError::Io("hashing stopped".into()))?;
        copied?;
        hasher.map_err(failed)
    })
}

/// Gives the source part by part to `take`, which may give a part back to be filled again.
fn parts<'s>(source: &'s dyn Source, mut take: impl FnMut(Cow<'s, [u8]>) -> io::Result<Option<Cow<'s, [u8]>>>) -> Result<(), PdfError> {
    if let Some(all) = source.as_slice() {
        for part in all.chunks(CHUNK) {
            take(Cow::Borrowed(part))?;
        }
        return Ok(());
    }
    let (mut at, mut empty) = (0, None);
    while at < source.len() {
        let n = usize::try_from(source.len() - at).unwrap_or(usize::MAX).min(CHUNK);
        let mut buffer = empty.take().map_or_else(Vec::new, Cow::into_owned);
        buffer.resize(n, 0);
        source.read_at(at, &mut buffer)?;
        empty = take(Cow::Owned(buffer))?;
        at += n as u64;
    }
    Ok(())
}
