//! A file, revision by revision.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use lopdf::{Dictionary, Object, ObjectId};
use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::ops::Deref;
use std::rc::Rc;

use super::bytes::{Bytes, Indirect};
use super::cache::Cache;
use super::crypt::{Crypt, Unlock};
use super::decode::{decode, packed_elsewhere};
use super::entries::Entry;
use super::history::History;
use super::parser::{Parser, Stop};
use super::tokens::find;
use super::xref::{self, Revision};
use super::{PdfError, Source};

const MAX_OBJECT_STREAM: usize = 64 << 20;
/// What all object streams together may unpack to, whatever the size of the file…
const MAX_UNPACKED: u64 = 192 << 20;
/// …and so many times its size for a large one.
const MAX_RATIO: u64 = 16;
/// Bytes of objects that are kept at hand (twice): much where the lists of objects take little, for the long lists that each
/// of many signatures writes anew are read by the revision before and after.
const KEPT: usize = 12 << 20;
const KEPT_BESIDE_MANY: usize = 4 << 20;
const MANY: usize = 20_000;
/// Bytes of unpacked object streams that are kept at hand (twice).
const KEPT_UNPACKED: usize = 2 << 20;

/// An object stream without its filters.
struct Unpacked {
    data: Vec<u8>,
    /// Number of each object, and where it begins in `data`.
    objects: Vec<(u32, u32)>,
    /// Its head is not what it says: readers differ in what they make of that.
    malformed: bool,
}

/// By offset, index and number: what is listed under two numbers is an object under one of them, and nothing under the other.
type Objects = Cache<(u64, u32, u32), Option<Rc<Indirect>>>;

/// Values that the encryption dictionary may consist of.
const MAX_ENCRYPTION: u32 = 10_000;

/// Values that say how a stream is packed.
const MAX_PACKING: u32 = 1000;

/// In place of an index, for an object that is not in an object stream.
const DIRECT: u32 = u32::MAX;

/// Pages in order, and the other objects that say so: inner nodes, lists of kids, and kids that are no pages.
#[derive(Default)]
pub struct PageTree {
    pub pages: Vec<u32>,
    pub nodes: Vec<u32>,
}

/// Members of an array, wherever it is written.
pub enum List<'v> {
    Here(&'v [Object]),
    There(Option<Rc<Indirect>>),
}

impl Deref for List<'_> {
    type Target = [Object];

    fn deref(&self) -> &[Object] {
        match self {
            List::Here(items) => items,
            List::There(Some(object)) => object.value.as_array().map_or(&[], Vec::as_slice),
            List::There(None) => &[],
        }
    }
}

/// An opened file.
pub struct Document<'a> {
    bytes: Bytes<'a>,
    revisions: Vec<Revision>,
    history: History,
    crypt: Option<Crypt>,
    encrypt_id: Option<u32>,
    cache: RefCell<Objects>,
    /// By offset; `None` where it cannot be unpacked, which is not tried again.
    unpacked: RefCell<Cache<u64, Option<Rc<Unpacked>>>>,
    unpacked_size: Cell<u64>,
    busy: Cell<u32>,
    /// How many revisions [`Self::reaches_beyond`] has looked at, and the first that does.
    beyond: Cell<(usize, Option<usize>)>,
    /// What [`Self::first_listing`] looks up.
    listings: OnceCell<HashMap<u32, usize>>,
}

impl<'a> Document<'a> {
    /// Opens a file. Of an encrypted one, the password may be the user's or the owner's; without
    /// it, the empty one is tried.
    pub fn open<'u>(source: &'a dyn Source, unlock: impl Into<Unlock<'u>>) -> Result<Self, PdfError> {
        let mut bytes = Bytes {
            source,
            header: 0,
            base: 0,
        };
        let head = bytes.window(0, 1024)?;
        let header = find(&head, b"%PDF-", 0);
        bytes.header = header.ok_or_else(|| PdfError::Malformed("no %PDF header".into()))? as u64;
        let revisions = match xref::revisions(&bytes) {
            Ok(found) if bytes.header == 0 || bytes.is_newest(&found) => found,
            from_start if bytes.header > 0 => {
                bytes.base = bytes.header;
                match xref::revisions(&bytes) {
                    Ok(found) => found,
                    Err(e) => {
                        bytes.base = 0;
                        from_start.map_err(|_| e)?
                    }
                }
            }
            other => other?,
        };
        let listed: usize = revisions.iter().map(|r| r.entries.len()).sum();
        let kept = if listed < MANY { KEPT } else { KEPT_BESIDE_MANY };
        let history = History::new(&revisions);
        let mut document = Document {
            bytes,
            revisions,
            history,
            crypt: None,
            encrypt_id: None,
            cache: RefCell::new(Cache::new(kept)),
            unpacked: RefCell::new(Cache::new(KEPT_UNPACKED)),
            unpacked_size: Cell::new(0),
            busy: Cell::new(0),
            beyond: Cell::default(),
            listings: OnceCell::new(),
        };
        document.decrypt(unlock.into())?;
        Ok(document)
    }

    fn decrypt(&mut self, unlock: Unlock<'_>) -> Result<(), PdfError> {
        let Some(last) = self.revisions.last() else {
            return Err(PdfError::Malformed("no cross-reference section".into()));
        };
        let encrypt = match last.trailer.get(b"Encrypt") {
            Ok(Object::Null) | Err(_) => return Ok(()),
            Ok(encrypt) => encrypt.clone(),
        };
        let newest = self.revisions.len() - 1;
        let mut left = MAX_ENCRYPTION;
        let id = match last.trailer.get(b"ID").map(|id| self.resolve_all(id, newest, 2, &mut left)) {
            Ok(Object::Array(ids)) => ids.first().and_then(|id| id.as_str().ok()).unwrap_or_default().to_vec(),
            _ => Vec::new(),
        };
        if let Object::Reference(id) = encrypt {
            self.encrypt_id = Some(id.0);
        }
        let Object::Dictionary(dictionary) = self.resolve_all(&encrypt, newest, 5, &mut left) else {
            return Err(PdfError::Encryption("its dictionary is missing".into()));
        };
        self.crypt = Some(Crypt::open(&dictionary, &id, unlock)?);
        self.cache.borrow_mut().clear();
        Ok(())
    }

    pub fn source(&self) -> &'a dyn Source {
        self.bytes.source
    }

    pub fn len(&self) -> u64 {
        self.bytes.source.len()
    }

    /// First byte after the object at `offset`, whatever its number.
    pub fn end_of(&self, offset: u64) -> Option<u64> {
        Some(self.bytes.indirect(offset, None, &|_| None).ok()?.end)
    }

    /// Where the offsets of the file count from: 0, or the place of the header behind leading rubbish.
    pub fn base(&self) -> u64 {
        self.bytes.base
    }

    /// What the last `startxref` says: the `/Prev` of a further revision.
    pub fn startxref(&self) -> Result<u64, PdfError> {
        self.bytes.startxref()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Oldest first; never empty.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    pub fn newest(&self) -> usize {
        self.revisions.len() - 1
    }

    pub fn is_encrypted(&self) -> bool {
        self.crypt.is_some()
    }

    pub fn encryption(&self) -> Option<&Crypt> {
        self.crypt.as_ref()
    }

    /// Object numbers that any section up to `revision` mentions, in order.
    pub fn known(&self, revision: usize) -> impl Iterator<Item = u32> {
        self.history.known(&self.revisions, revision)
    }

    /// Highest object number of all revisions.
    pub fn max_id(&self) -> u32 {
        self.history.max_id(&self.revisions)
    }

    /// Where object `id` is in the file as it was at `revision`.
    pub fn entry(&self, id: u32, revision: usize) -> Option<(usize, Entry)> {
        self.history.entry(&self.revisions, id, revision)
    }

    /// Object `id` as it was at `revision`; `None` where it is missing, free or unreadable.
    pub fn indirect(&self, id: u32, revision: usize) -> Option<Rc<Indirect>> {
        match self.entry(id, revision)?.1 {
            Entry::Free => None,
            Entry::InUse(offset, _) => {
                let offset = offset.checked_add(self.bytes.base)?;
                let key = (offset, DIRECT, id);
                if let Some(known) = self.cache.borrow_mut().get(&key) {
                    return known;
                }
                let found = self.read(offset, id, revision).map(Rc::new);
                let weight = found.as_ref().map_or(64, |f| size_of::<Indirect>() + weight(&f.value));
                self.cache.borrow_mut().put(key, found.clone(), weight);
                found
            }
            Entry::InStream(stream, index) => self.in_stream(stream, index, id, revision),
        }
    }

    /// Keeps object `id` as it was at `revision` at hand no longer: nobody will ask for it soon.
    pub fn forget(&self, id: u32, revision: usize) {
        if let Some((_, Entry::InUse(offset, _))) = self.entry(id, revision) {
            self.cache
                .borrow_mut()
                .remove(&(offset.saturating_add(self.bytes.base), DIRECT, id));
        }
    }

    fn read(&self, offset: u64, id: u32, revision: usize) -> Option<Indirect> {
        // An indirect /Length may need another object, which must not need this one.
        if self.busy.get() > 4 {
            return None;
        }
        self.busy.set(self.busy.get() + 1);
        let length_of = |id: ObjectId| match self.indirect(id.0, revision)?.value {
            Object::Integer(n) => u64::try_from(n).ok(),
            _ => None,
        };
        let found = self.bytes.indirect(offset, Some(id), &length_of);
        self.busy.set(self.busy.get() - 1);
        let mut found = found.ok()?;
        if let Some(state) = &self.crypt
            && self.encrypt_id != Some(id)
        {
            state.decrypt_strings(found.id, &mut found.value);
        }
        Some(found)
    }

    /// Whether an object that `revision` or one before it lists begins or ends behind the revision that lists it, where nothing
    /// had been written yet when it was signed: whoever appends bytes there decides what it is, and lists nothing anew.
    pub fn reaches_beyond(&self, revision: usize) -> bool {
        let (mut known, mut first) = self.beyond.get();
        while first.is_none() && known <= revision {
            first = self.lists_beyond(known).then_some(known);
            known += 1;
        }
        self.beyond.set((known, first));
        first.is_some_and(|first| first <= revision)
    }

    fn lists_beyond(&self, revision: usize) -> bool {
        let end = self.revisions[revision].end;
        self.revisions[revision].entries.iter().any(|(id, entry)| match entry {
            Entry::InUse(offset, _) => {
                let offset = offset.saturating_add(self.bytes.base);
                offset < self.len() && self.indirect(id, revision).is_some_and(|found| found.end > end)
            }
            _ => false,
        })
    }

    /// The first revision that lists objects in the object stream `stream`.
    pub fn first_listing(&self, stream: u32) -> Option<usize> {
        let listings = self.listings.get_or_init(|| {
            let mut found = HashMap::new();
            for (revision, one) in self.revisions.iter().enumerate() {
                for (_, entry) in one.entries.iter() {
                    if let Entry::InStream(stream, _) = entry {
                        found.entry(stream).or_insert(revision);
                    }
                }
            }
            found
        });
        listings.get(&stream).copied()
    }

    fn in_stream(&self, stream: u32, index: u32, id: u32, revision: usize) -> Option<Rc<Indirect>> {
        // Only an object that is not itself in a stream can be an object stream.
        let Entry::InUse(..) = self.entry(stream, revision)?.1 else {
            return None;
        };
        let container = self.indirect(stream, revision)?;
        let key = (container.offset, index, id);
        if let Some(known) = self.cache.borrow_mut().get(&key) {
            return known;
        }
        let all = self.unpack(&container)?;
        let (number, start) = *all.objects.get(index as usize)?;
        if number != id {
            return None;
        }
        let (value, ambiguous) = object_in(&all.data, start as usize);
        let ambiguous = ambiguous.or(all.malformed.then_some("object_stream_malformed"));
        let weight = weight(&value);
        let found = Rc::new(Indirect {
            id: (id, 0),
            offset: container.offset,
            value,
            stream: None,
            end: container.end,
            ambiguous,
            wrong_length: false,
            in_object_stream: true,
        });
        let kept = Some(Rc::clone(&found));
        self.cache.borrow_mut().put(key, kept, weight);
        Some(found)
    }

    fn unpack(&self, container: &Indirect) -> Option<Rc<Unpacked>> {
        if let Some(known) = self.unpacked.borrow_mut().get(&container.offset) {
            return known;
        }
        let all = self.unpack_anew(container).map(Rc::new);
        let weight = all.as_ref().map_or(64, |a| a.data.len() + a.objects.len() * 8);
        self.unpacked.borrow_mut().put(container.offset, all.clone(), weight);
        all
    }

    fn unpack_anew(&self, container: &Indirect) -> Option<Unpacked> {
        let dictionary = container.value.as_dict().ok()?;
        // What was forgotten and is unpacked again counts again, so that work has a bound, not only memory.
        let most = MAX_UNPACKED.max(self.len().saturating_mul(MAX_RATIO));
        let left = most.checked_sub(self.unpacked_size.get())?;
        let limit = usize::try_from(left).unwrap_or(usize::MAX).min(MAX_OBJECT_STREAM);
        // Nothing else may say how objects are read that it may itself be among.
        let data = self.stored(container, limit).and_then(|raw| decode(dictionary, &raw, limit));
        // What does not end was unpacked as far as the limit.
        let work = data.as_ref().map_or(limit, Vec::len) as u64;
        self.unpacked_size.set(self.unpacked_size.get() + work);
        let data = data.ok()?;
        let count = dictionary.get(b"N").and_then(Object::as_i64).ok()?;
        let first = dictionary.get(b"First").and_then(Object::as_i64).ok()?;
        let first = usize::try_from(first).ok()?;
        let mut malformed = false;
        let mut header = Parser::new(&data, 0);
        let mut objects = Vec::new();
        for _ in 0..count {
            header.space();
            let (Some(id), Some(at)) = (header.number(), {
                header.space();
                header.number()
            }) else {
                malformed = true;
                break;
            };
            malformed |= header.pos() > first;
            let start = first.checked_add(usize::try_from(at).ok()?)?;
            // Beyond the data there is nothing, however far.
            objects.push((u32::try_from(id).ok()?, start.min(data.len()) as u32));
        }
        let mut numbers: Vec<u32> = objects.iter().map(|(id, _)| *id).collect();
        numbers.sort_unstable();
        malformed |= numbers.windows(2).any(|pair| pair[0] == pair[1]);
        Some(Unpacked { data, objects, malformed })
    }

    /// Decoded content of a stream, at most `limit` bytes. Where others say how it is packed, they do so as of the newest revision.
    pub fn content(&self, stream: &Indirect, limit: usize) -> Result<Vec<u8>, PdfError> {
        let dictionary = stream.value.as_dict().map_err(|_| PdfError::Malformed("not a stream".into()))?;
        match packed_elsewhere(dictionary) {
            true => decode(&self.packing(dictionary, self.newest()), &self.stored(stream, limit)?, limit),
            false => decode(dictionary, &self.stored(stream, limit)?, limit),
        }
    }

    /// How a stream is packed: its filters and their parameters, without references.
    pub fn packing(&self, dictionary: &Dictionary, revision: usize) -> Dictionary {
        let mut left = MAX_PACKING;
        let mut found = Dictionary::new();
        for key in ["Filter", "DecodeParms"] {
            if let Ok(value) = dictionary.get(key.as_bytes()) {
                found.set(key, self.resolve_all(value, revision, 3, &mut left));
            }
        }
        found
    }

    /// Content of a stream behind its filters, but no longer encrypted.
    pub fn stored_content(&self, stream: &Indirect, limit: usize) -> Result<Vec<u8>, PdfError> {
        Ok(self.stored(stream, limit)?.into_owned())
    }

    fn stored(&self, stream: &Indirect, limit: usize) -> Result<Cow<'a, [u8]>, PdfError> {
        let (start, length) = stream.stream.ok_or_else(|| PdfError::Malformed("not a stream".into()))?;
        let dictionary = stream.value.as_dict().map_err(|_| PdfError::Malformed("not a stream".into()))?;
        let raw = self.bytes.get(start, length, limit)?;
        match &self.crypt {
            Some(state) => Ok(Cow::Owned(state.decrypt_content(stream.id, dictionary, &raw)?)),
            None => Ok(raw),
        }
    }

    /// Undecoded (still encrypted) content of a stream.
    pub fn raw_content(&self, stream: &Indirect, limit: usize) -> Result<Vec<u8>, PdfError> {
        let (start, length) = stream.stream.ok_or_else(|| PdfError::Malformed("not a stream".into()))?;
        Ok(self.bytes.get(start, length, limit)?.into_owned())
    }

    /// Bytes of the file; at most `limit` of them.
    pub fn bytes(&self, start: u64, end: u64, limit: usize) -> Result<Cow<'a, [u8]>, PdfError> {
        self.bytes.get(start, end.saturating_sub(start), limit)
    }

    /// Follows references to a direct object; what leads nowhere is null.
    pub fn resolve(&self, object: &Object, revision: usize) -> Object {
        let mut current = object.clone();
        for _ in 0..16 {
            let Object::Reference((id, _)) = current else {
                return current;
            };
            current = match self.indirect(id, revision) {
                Some(found) => found.value.clone(),
                None => Object::Null,
            };
        }
        Object::Null
    }

    /// A value without references, as deep as `depth` containers; what is beyond `left` values is null, for each of them may
    /// lead to all of them.
    fn resolve_all(&self, object: &Object, revision: usize, depth: u8, left: &mut u32) -> Object {
        let Some(rest) = left.checked_sub(1) else { return Object::Null };
        *left = rest;
        let behind = self.follow(object, revision);
        let value = match (&behind, object) {
            (Some(found), _) => &found.value,
            (None, Object::Reference(_)) => return Object::Null,
            (None, direct) => direct,
        };
        match value {
            Object::Array(items) if depth > 0 => Object::Array(
                items
                    .iter()
                    .map_while(|o| (*left > 0).then(|| self.resolve_all(o, revision, depth - 1, left)))
                    .collect(),
            ),
            Object::Dictionary(d) if depth > 0 => {
                let all = d
                    .iter()
                    .map(|(key, o)| (key.clone(), self.resolve_all(o, revision, depth - 1, left)));
                Object::Dictionary(all.collect())
            }
            Object::Array(_) | Object::Dictionary(_) => Object::Null,
            other => other.clone(),
        }
    }

    /// Whether a value is, or leads to, a dictionary. Copies nothing.
    pub fn is_dict(&self, object: &Object, revision: usize) -> bool {
        match self.follow(object, revision) {
            Some(found) => matches!(found.value, Object::Dictionary(_)),
            None => matches!(object, Object::Dictionary(_)),
        }
    }

    /// Value of a key, resolved; `None` where it is missing or null.
    pub fn get(&self, dictionary: &Dictionary, key: &[u8], revision: usize) -> Option<Object> {
        let value = self.resolve(dictionary.get(key).ok()?, revision);
        (value != Object::Null).then_some(value)
    }

    pub fn get_dict(&self, from: &Dictionary, key: &[u8], revision: usize) -> Option<Dictionary> {
        match self.get(from, key, revision)? {
            Object::Dictionary(d) => Some(d),
            _ => None,
        }
    }

    /// The list that a value is or leads to; empty where it is none. Copies nothing: lists may be long.
    pub fn list<'v>(&self, value: Option<&'v Object>, revision: usize) -> List<'v> {
        match value {
            Some(Object::Array(items)) => List::Here(items),
            Some(reference) => List::There(self.follow(reference, revision)),
            None => List::There(None),
        }
    }

    /// The document catalog at `revision`.
    pub fn catalog(&self, revision: usize) -> Option<Dictionary> {
        self.get_dict(&self.revisions[revision].trailer, b"Root", revision)
    }

    /// The document catalog at `revision`, as the object that it is.
    pub fn catalog_object(&self, revision: usize) -> Option<Rc<Indirect>> {
        self.follow(self.revisions[revision].trailer.get(b"Root").ok()?, revision)
    }

    /// Pages in order, as object numbers. A tree that loops or is too deep ends where it does.
    pub fn pages(&self, revision: usize) -> Vec<u32> {
        self.page_tree(revision).pages
    }

    /// The page tree, with all that it hangs on.
    pub fn page_tree(&self, revision: usize) -> PageTree {
        let mut tree = PageTree::default();
        let mut seen = HashSet::new();
        // Inner nodes with the place of the next kid: the lists may be long and are not copied.
        let mut stack: Vec<(Rc<Indirect>, usize)> = Vec::new();
        let mut next = self
            .catalog(revision)
            .and_then(|c| c.get(b"Pages").and_then(Object::as_reference).ok());
        loop {
            if let Some((id, _)) = next.take()
                && seen.insert(id)
            {
                match self.indirect(id, revision) {
                    Some(found) if found.value.as_dict().is_ok() => {
                        let kids = found.value.as_dict().and_then(|d| d.get(b"Kids")).ok();
                        let list = kids.and_then(|kids| self.follow(kids, revision));
                        match (kids, list) {
                            (Some(Object::Array(_)), _) => {
                                tree.nodes.push(id);
                                stack.push((found, 0));
                            }
                            (Some(kids), Some(list)) if list.value.as_array().is_ok() => {
                                tree.nodes.extend([id, list.id.0]);
                                tree.nodes.extend(kids.as_reference().map(|r| r.0));
                                stack.push((list, 0));
                            }
                            _ => tree.pages.push(id),
                        }
                    }
                    // No page yet; a later revision may make it one.
                    _ => tree.nodes.push(id),
                }
            }
            let Some((node, at)) = stack.last_mut() else {
                return tree;
            };
            let list = match &node.value {
                Object::Dictionary(d) => d.get(b"Kids").and_then(Object::as_array).ok(),
                other => other.as_array().ok(),
            };
            match list.and_then(|l| l.get(*at)) {
                Some(kid) => {
                    *at += 1;
                    next = kid.as_reference().ok();
                }
                None => drop(stack.pop()),
            }
        }
    }

    /// Whether a reference leads to an object that is there, but cannot be read: damage, where one that leads nowhere is null.
    pub fn is_damaged(&self, value: &Object, revision: usize) -> bool {
        let Ok((id, _)) = value.as_reference() else { return false };
        let used = self.entry(id, revision).is_some_and(|(_, entry)| entry != Entry::Free);
        used && self.indirect(id, revision).is_none()
    }

    /// The indirect object at the end of a chain of references; `None` for a direct one.
    pub fn follow(&self, object: &Object, revision: usize) -> Option<Rc<Indirect>> {
        let mut id = object.as_reference().ok()?;
        for _ in 0..16 {
            let found = self.indirect(id.0, revision)?;
            match found.value.as_reference() {
                Ok(next) => id = next,
                Err(_) => return Some(found),
            }
        }
        None
    }
}

/// Bytes of memory that a value takes, roughly.
fn weight(value: &Object) -> usize {
    let inside = match value {
        Object::Array(items) => items.iter().map(weight).sum(),
        Object::Dictionary(d) => d.iter().map(|(key, value)| 96 + key.len() + weight(value)).sum(),
        Object::String(bytes, _) | Object::Name(bytes) => bytes.len(),
        _ => 0,
    };
    size_of::<Object>() + inside
}

fn object_in(data: &[u8], start: usize) -> (Object, Option<&'static str>) {
    let mut parser = Parser::new(data, start);
    match parser.object() {
        Ok(value) => (value, parser.ambiguous),
        Err(Stop::More) => {
            // A number, name or word that ends with the stream.
            let mut padded = data.get(start..).unwrap_or_default().to_vec();
            padded.push(b' ');
            let mut parser = Parser::new(&padded, 0);
            let value = parser.object().unwrap_or(Object::Null);
            (value, parser.ambiguous)
        }
        Err(_) => (Object::Null, None),
    }
}
