//! Whether two values mean the same, however they are written.

use lopdf::{Dictionary, Object};
use std::cell::Cell;

use crate::pdf::decode::{decode, packed_plainly};
use crate::pdf::{Document, Indirect};

/// Values compared for one question; more is not equality but an attempt to keep us busy.
const BUDGET: u32 = 200_000;
const DEPTH: u32 = 40;
/// Streams that are written differently are compared decoded up to this size.
const MAX_CONTENT: usize = 64 << 20;
/// What says how a stream is packed, not what is in it.
const PACKING: [&[u8]; 4] = [b"Length", b"Filter", b"DecodeParms", b"DL"];

/// Compares values of revision `old` with values of revision `new`.
pub struct Same<'d, 'a> {
    document: &'d Document<'a>,
    old: usize,
    new: usize,
    left: Cell<u32>,
}

impl<'d, 'a> Same<'d, 'a> {
    pub fn new(document: &'d Document<'a>, old: usize, new: usize) -> Self {
        Self {
            document,
            old,
            new,
            left: Cell::new(BUDGET),
        }
    }

    /// Two values. The same reference on both sides is equal: what changed behind it is judged where it stands.
    pub fn value(&self, a: &Object, b: &Object) -> bool {
        self.left.set(BUDGET);
        self.deep(a, b, 0)
    }

    /// An object before and after.
    pub fn object(&self, a: &Indirect, b: &Indirect) -> bool {
        self.left.set(BUDGET);
        self.indirect(a, b, 0)
    }

    /// Keys whose values differ; an absent one is null.
    pub fn differing(&self, a: &Dictionary, b: &Dictionary) -> Vec<Vec<u8>> {
        let mut keys: Vec<&Vec<u8>> = a.iter().chain(b.iter()).map(|(k, _)| k).collect();
        keys.sort_unstable();
        keys.dedup();
        let differs = |k: &&Vec<u8>| !self.value(a.get(k).unwrap_or(&Object::Null), b.get(k).unwrap_or(&Object::Null));
        keys.into_iter().filter(differs).cloned().collect()
    }

    fn indirect(&self, a: &Indirect, b: &Indirect, depth: u32) -> bool {
        // Readers may differ in what they make of such an object.
        if b.ambiguous.is_some() || b.wrong_length {
            return false;
        }
        match (a.stream, b.stream) {
            (None, None) => self.deep(&a.value, &b.value, depth),
            (Some(_), Some(_)) => {
                let (Ok(x), Ok(y)) = (a.value.as_dict(), b.value.as_dict()) else {
                    return false;
                };
                let bare = |d: &Dictionary| {
                    let mut d = d.clone();
                    for key in PACKING {
                        d.remove(key);
                    }
                    Object::Dictionary(d)
                };
                self.deep(&bare(x), &bare(y), depth) && self.content(a, b, x, y)
            }
            _ => false,
        }
    }

    fn content(&self, a: &Indirect, b: &Indirect, x: &Dictionary, y: &Dictionary) -> bool {
        let (before, after) = (self.document.packing(x, self.old), self.document.packing(y, self.new));
        let raw = |i: &Indirect| self.document.raw_content(i, MAX_CONTENT).ok();
        if !self.document.is_encrypted()
            && before == after
            && let (Some(one), Some(other)) = (raw(a), raw(b))
            && one == other
        {
            return true;
        }
        let decoded = |i: &Indirect, packing: &Dictionary| {
            let stored = self.document.stored_content(i, MAX_CONTENT).ok()?;
            decode(packing, &stored, MAX_CONTENT).ok()
        };
        // Readers differ in what they make of parameters that do not stand beside their filters.
        packed_plainly(&after)
            && packed_plainly(&before)
            && matches!((decoded(a, &before), decoded(b, &after)), (Some(one), Some(other)) if one == other)
    }

    fn deep(&self, a: &Object, b: &Object, depth: u32) -> bool {
        let Some(left) = self.left.get().checked_sub(1) else {
            return false;
        };
        self.left.set(left);
        if depth > DEPTH {
            return false;
        }
        match (a, b) {
            // Strict readers find nothing under another generation.
            (Object::Reference(x), Object::Reference(y)) if x.0 == y.0 => x.1 == y.1,
            (Object::Reference(x), Object::Reference(y)) => {
                match (self.document.indirect(x.0, self.old), self.document.indirect(y.0, self.new)) {
                    (Some(x), Some(y)) => self.indirect(&x, &y, depth + 1),
                    (None, None) => true,
                    _ => false,
                }
            }
            (Object::Reference(_), direct) => self.deep(&self.document.resolve(a, self.old), direct, depth + 1),
            (direct, Object::Reference(_)) => self.deep(direct, &self.document.resolve(b, self.new), depth + 1),
            (Object::Dictionary(x), Object::Dictionary(y)) => {
                let null = &Object::Null;
                x.iter().all(|(k, v)| self.deep(v, y.get(k).unwrap_or(null), depth + 1))
                    && y.iter().all(|(k, v)| x.has(k) || self.deep(null, v, depth + 1))
            }
            (Object::Array(x), Object::Array(y)) => x.len() == y.len() && x.iter().zip(y).all(|(v, w)| self.deep(v, w, depth + 1)),
            (Object::String(x, _), Object::String(y, _)) => x == y,
            (Object::Integer(x), Object::Real(y)) | (Object::Real(y), Object::Integer(x)) => (*x as f64 - f64::from(*y)).abs() < 1e-6,
            (x, y) => x == y,
        }
    }
}
