//! Signing: one incremental revision with a signature over everything before and around it.
mod dictionary;
mod earlier;
mod lock;
mod place;
mod seed;
pub(crate) mod statement;

use crate::appearance::Appearance;
use crate::cms::build;
use crate::error::{Error, Result};
use crate::form::EditOptions;
use crate::key::{Digest, SignatureAlgorithm, Signer};
use crate::pdf::append::{Update, copy_hashed};
use crate::pdf::crypt::{Recipient, Unlock};
use crate::pdf::{Document, Source, write};
use crate::timestamp::request::{self, TimeStamper};
use dictionary::{Rules, SignatureDictionary};
pub use lock::FieldLock;
use openssl::hash::Hasher;
pub use statement::{Commitment, SignaturePolicy};
use std::io::Write;

/// How to sign. [`SignOptions::default`] is an invisible approval signature of level B-B in a new field.
#[derive(Debug, Clone, Default)]
pub struct SignOptions {
    /// An existing empty signature field, or the name of a new one; `None` makes a new name.
    pub field: Option<String>,
    /// Claimed time of signing, seconds since the Unix epoch; written to `/M`.
    pub time: i64,
    /// Who signs, written to `/Name`.
    pub name: Option<String>,
    /// Why, written to `/Reason`.
    pub reason: Option<String>,
    /// Where, written to `/Location`.
    pub location: Option<String>,
    /// To what the signature commits; excludes a reason (EN 319 142-1, 6.3).
    pub commitment: Option<Commitment>,
    /// The policy that it is made under (PAdES-E-EPES).
    pub policy: Option<SignaturePolicy>,
    /// DocMDP level 1, 2 or 3: a certification signature, allowed only as the first of a file. A field's seed values may
    /// ask for one.
    pub certify: Option<u8>,
    /// Fields that must not change after the signature. An existing field may have a lock of its own, which then holds.
    pub lock: Option<FieldLock>,
    /// How it looks; `None`: invisible.
    pub appearance: Option<Appearance>,
    /// Opens an encrypted file.
    pub password: Option<String>,
    /// Opens a file that is encrypted for certificates.
    pub recipient: Option<Recipient>,
    /// Bytes reserved for the CMS; reckoned from the certificates when not given.
    pub contents_size: Option<usize>,
}

impl SignOptions {
    fn unlock(&self) -> Unlock<'_> {
        Unlock {
            password: self.password.as_deref(),
            recipient: self.recipient.as_ref(),
        }
    }
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Name of the field that was signed.
    pub field: String,
    /// `/ByteRange`: what is signed.
    pub byte_range: [u64; 4],
    /// Length of the finished file.
    pub length: u64,
}

/// Signs `input` into `out`: the old bytes, untouched, and one more revision. The file is read once, whatever its size.
///
/// # Errors
/// See [`Error`]; `out` may then hold a part of a file and must be thrown away.
pub fn sign(input: &dyn Source, out: &mut dyn Write, signer: &dyn Signer, options: &SignOptions) -> Result<Signed> {
    sign_stamped(input, out, signer, None, options)
}

/// As [`sign`], with a time stamp over the signature value (PAdES B-T) where there is a `stamper`.
///
/// # Errors
/// See [`Error`]; [`Error::TooLarge`] when the token is larger than was reserved: sign again with its `needed`.
pub fn sign_stamped(
    input: &dyn Source,
    out: &mut dyn Write,
    signer: &dyn Signer,
    stamper: Option<&dyn TimeStamper>,
    options: &SignOptions,
) -> Result<Signed> {
    let statements = statement::attributes(options)?;
    let room = statements.concat().len() + if stamper.is_some() { ROOM_FOR_TOKEN } else { 0 };
    let reserved = options
        .contents_size
        .unwrap_or_else(|| room_for(signer.certificate(), signer.chain()) + room);
    let plan = Plan::of(signer, stamper.is_some());
    let mut revision = append(input, out, Some(&plan), reserved, options)?;
    let attributes = build::signed_attributes(&revision.digest, signer.certificate(), &statements)?;
    let signature = signer.sign(&attributes)?;
    let mut unsigned = Vec::new();
    if let Some(stamper) = stamper {
        let token = request::obtain(stamper, &openssl::sha::sha256(&signature))?;
        unsigned.push(build::signature_timestamp(&token));
    }
    let described = build::Described::of(signer);
    revision.embed(&build::signed_data(&described, &attributes, &signature, &unsigned)?)?;
    revision.write(out)
}

/// Adds a document time stamp (`ETSI.RFC3161`) as one more revision: what makes B-LTA of B-LT, and renews it.
///
/// # Errors
/// As [`sign_stamped`].
pub fn add_document_timestamp(input: &dyn Source, out: &mut dyn Write, stamper: &dyn TimeStamper, options: &EditOptions) -> Result<Signed> {
    stamped(input, out, stamper, options)?.write(out)
}

/// As [`add_document_timestamp`], where the old bytes are in place already: `out` gets nothing but what belongs behind them.
///
/// # Errors
/// As [`sign_stamped`].
pub fn append_document_timestamp(
    input: &dyn Source,
    out: &mut dyn Write,
    stamper: &dyn TimeStamper,
    options: &EditOptions,
) -> Result<Signed> {
    stamped(input, &mut std::io::sink(), stamper, options)?.write(out)
}

/// The revision of a document time stamp; the bytes before it go to `before`.
fn stamped(input: &dyn Source, before: &mut dyn Write, stamper: &dyn TimeStamper, options: &EditOptions) -> Result<Unsigned> {
    let sign_options = SignOptions {
        time: options.time,
        password: options.password.clone(),
        recipient: options.recipient.clone(),
        ..SignOptions::default()
    };
    let mut revision = append(input, before, None, ROOM_FOR_TOKEN, &sign_options)?;
    let token = request::obtain(stamper, &revision.digest)?;
    revision.embed(&token)?;
    Ok(revision)
}

/// What tokens of real authorities need, with their certificates.
const ROOM_FOR_TOKEN: usize = 16 << 10;

/// Bytes for the CMS of a signature with these certificates.
pub(crate) fn room_for(certificate: &[u8], chain: &[Vec<u8>]) -> usize {
    certificate.len() + chain.iter().map(Vec::len).sum::<usize>() + 2048
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Signature,
    Timestamp,
}

/// A revision whose signature value is still missing; the bytes before it have been written.
pub(crate) struct Unsigned {
    pub field: String,
    pub byte_range: [u64; 4],
    /// Of the covered bytes.
    pub digest: Vec<u8>,
    bytes: Vec<u8>,
    /// The hexadecimal string with its brackets, counted from the start of `bytes`.
    gap: (usize, usize),
}

impl Unsigned {
    /// Puts the CMS into the gap.
    pub fn embed(&mut self, cms: &[u8]) -> Result<()> {
        let reserved = (self.gap.1 - self.gap.0 - 2) / 2;
        if cms.len() > reserved {
            return Err(Error::TooLarge {
                needed: cms.len(),
                reserved,
            });
        }
        let mut hex = Vec::with_capacity(cms.len() * 2);
        write::hex(&mut hex, cms);
        self.bytes[self.gap.0 + 1..self.gap.0 + 1 + hex.len()].copy_from_slice(&hex);
        Ok(())
    }

    pub fn write(self, out: &mut dyn Write) -> Result<Signed> {
        out.write_all(&self.bytes)?;
        out.flush()?;
        let [_, _, after, rest] = self.byte_range;
        Ok(Signed {
            field: self.field,
            byte_range: self.byte_range,
            length: after + rest,
        })
    }
}

/// What is known beforehand of the signature that is to be made.
pub(crate) struct Plan<'a> {
    pub certificate: &'a [u8],
    pub chain: &'a [Vec<u8>],
    pub algorithm: SignatureAlgorithm,
    pub stamped: bool,
}

impl<'a> Plan<'a> {
    pub fn of(signer: &'a dyn Signer, stamped: bool) -> Self {
        Self {
            certificate: signer.certificate(),
            chain: signer.chain(),
            algorithm: signer.algorithm(),
            stamped,
        }
    }
}

/// Copies the old bytes and makes the revision behind them, all but the signature value. Without a plan it is a document
/// time stamp.
pub(crate) fn append(
    input: &dyn Source,
    out: &mut dyn Write,
    plan: Option<&Plan>,
    reserved: usize,
    options: &SignOptions,
) -> Result<Unsigned> {
    let document = Document::open(input, options.unlock())?;
    let mut update = Update::new(&document);
    let (what, base) = match plan {
        Some(_) => (What::Signature, "Signature"),
        None => (What::Timestamp, "Timestamp"),
    };
    let digest = plan.map_or(Digest::Sha256, |p| p.algorithm.digest());
    let place = place::find(&mut update, base, plan, options)?;
    let certify = options.certify.or(place.certify);
    if certify.is_some_and(|level| !(1..=3).contains(&level)) {
        return Err(Error::NotPermitted("a certification level is 1, 2 or 3".into()));
    }
    earlier::check(&document, what, &place.name, certify)?;
    let rules = Rules {
        certify,
        permissions: place.permissions,
        lock: place.lock,
        root: update.root()?,
    };
    let (field, signature) = (place.name, place.field);
    let value = update.reserve();
    let dictionary = SignatureDictionary::new(&document, value, what, options, &rules, reserved)?;
    update.set_bytes(value, dictionary.bytes.clone());
    let mut holder = update.dictionary(&lopdf::Object::Reference(signature)).unwrap_or_default();
    holder.set("V", value);
    update.set(signature, holder);
    if certify.is_some() {
        place::certify(&mut update, value)?;
    }
    dictionary::declare_extension(&mut update)?;
    let revision = update.finish(&options.time.to_be_bytes())?;
    let start = revision.raw.get(&value.0).copied().unwrap_or_default();
    let mut bytes = revision.bytes;
    // The gap is the hexadecimal string with its brackets, exactly.
    let gap = (start + dictionary.contents.0, start + dictionary.contents.1);
    let old = input.len();
    let length = old + bytes.len() as u64;
    let byte_range = [0, old + gap.0 as u64, old + gap.1 as u64, length - (old + gap.1 as u64)];
    let [zero, before, after, rest] = byte_range;
    let text = format!("[{zero} {before} {after} {rest}]");
    let at = start + dictionary.byte_range;
    bytes[at..at + text.len()].copy_from_slice(text.as_bytes());

    let failed = |e: openssl::error::ErrorStack| Error::Signer(e.to_string());
    let hasher = Hasher::new(digest.openssl()).map_err(failed)?;
    let mut hasher = copy_hashed(input, out, hasher)?;
    hasher.update(&bytes[..gap.0]).map_err(failed)?;
    hasher.update(&bytes[gap.1..]).map_err(failed)?;
    let digest = hasher.finish().map_err(failed)?.to_vec();
    Ok(Unsigned {
        field,
        byte_range,
        digest,
        bytes,
        gap,
    })
}

/// Signs a file into another one, which appears whole or not at all.
///
/// # Errors
/// As [`sign`].
pub fn sign_path(input: &std::path::Path, output: &std::path::Path, signer: &dyn Signer, options: &SignOptions) -> Result<Signed> {
    let source = crate::pdf::source::FileSource::new(std::fs::File::open(input)?)?;
    let mut part = output.as_os_str().to_owned();
    part.push(".part");
    let part = std::path::PathBuf::from(part);
    let work = || -> Result<Signed> {
        let mut file = std::io::BufWriter::with_capacity(1 << 18, std::fs::File::create(&part)?);
        let signed = sign(&source, &mut file, signer, options)?;
        file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(&part, output)?;
        Ok(signed)
    };
    work().inspect_err(|_| {
        let _ = std::fs::remove_file(&part);
    })
}
