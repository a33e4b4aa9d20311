//! Signing: one incremental revision with a signature over everything before and around it.
use crate::appearance::{self, Appearance};
use crate::cms::build;
use crate::error::{Error, Result};
use crate::form::{Form, add_to_page, extent, widget};
use crate::geometry::Page;
use crate::key::{Digest, Signer};
use crate::pdf::append::{Update, copy, encrypt};
use crate::pdf::{Document, Source, write};
use crate::timestamp::request::{self, TimeStamper};
use lopdf::{Dictionary, Object, StringFormat};
use openssl::hash::Hasher;
use std::io::Write;

/// How to sign. [`SignOptions::default`] is an invisible approval signature of level B-B in a new field.
#[derive(Debug, Clone, Default)]
pub struct SignOptions {
    /// An existing empty signature field, or the name of a new one; `None` makes a new name.
    pub field: Option<String>,
    /// Claimed time of signing, seconds since the Unix epoch; written to `/M`.
    pub time: i64,
    pub name: Option<String>,
    pub reason: Option<String>,
    pub location: Option<String>,
    /// DocMDP level 1, 2 or 3: a certification signature, allowed only as the first of a file.
    pub certify: Option<u8>,
    pub appearance: Option<Appearance>,
    pub password: Option<String>,
    /// Bytes reserved for the CMS; reckoned from the certificates when not given.
    pub contents_size: Option<usize>,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub field: String,
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
    let room = if stamper.is_some() { ROOM_FOR_TOKEN } else { 0 };
    let reserved = options
        .contents_size
        .unwrap_or_else(|| room_for(signer.certificate(), signer.chain()) + room);
    let mut revision = append(input, out, What::Signature, reserved, signer.algorithm().digest(), options)?;
    let attributes = build::signed_attributes(&revision.digest, signer.certificate(), &[])?;
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
pub fn add_document_timestamp(
    input: &dyn Source,
    out: &mut dyn Write,
    stamper: &dyn TimeStamper,
    options: &crate::form::EditOptions,
) -> Result<Signed> {
    let sign_options = SignOptions {
        time: options.time,
        password: options.password.clone(),
        ..SignOptions::default()
    };
    let mut revision = append(input, out, What::Timestamp, ROOM_FOR_TOKEN, Digest::Sha256, &sign_options)?;
    let token = request::obtain(stamper, &revision.digest)?;
    revision.embed(&token)?;
    revision.write(out)
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

/// Copies the old bytes and makes the revision behind them, all but the signature value.
pub(crate) fn append(
    input: &dyn Source,
    out: &mut dyn Write,
    what: What,
    reserved: usize,
    digest: Digest,
    options: &SignOptions,
) -> Result<Unsigned> {
    let document = Document::open(input, options.password.as_deref())?;
    let mut update = Update::new(&document);
    let base = if what == What::Signature { "Signature" } else { "Timestamp" };
    let (field, signature) = place(&mut update, base, options)?;
    let value = update.reserve();
    let dictionary = SignatureDictionary::new(&document, value, what, options, reserved)?;
    update.set_bytes(value, dictionary.bytes.clone());
    let mut holder = update.dictionary(&Object::Reference(signature)).unwrap_or_default();
    holder.set("V", value);
    update.set(signature, holder);
    if options.certify.is_some() {
        certify(&mut update, value)?;
    }
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
    let mut hasher = Hasher::new(digest.openssl()).map_err(failed)?;
    let mut bad = None;
    copy(input, out, |part| {
        if let Err(e) = hasher.update(part) {
            bad = Some(e);
        }
    })?;
    if let Some(e) = bad {
        return Err(failed(e));
    }
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

/// The field that will hold the signature: found or made, with its appearance.
fn place(update: &mut Update, base: &str, options: &SignOptions) -> Result<(String, lopdf::ObjectId)> {
    let document = update.document;
    let mut form = Form::open(update)?;
    let existing = match &options.field {
        Some(name) => form.find(update, name, b"Sig"),
        None => None,
    };
    let flags = form.dictionary.get(b"SigFlags").and_then(Object::as_i64).unwrap_or(0);
    let (name, id) = if let Some((id, mut field)) = existing {
        let name = options.field.clone().unwrap_or_default();
        if field.get(b"V").is_ok_and(|v| update.resolve(v) != Object::Null) {
            return Err(Error::FieldExists(name));
        }
        if let Some(look) = &options.appearance {
            let number = match field.get(b"P") {
                Ok(Object::Reference(id)) => Some(id.0),
                _ => None,
            };
            let page = match number.and_then(|n| Page::read(document, n)) {
                Some(page) => page,
                None => Page::find(document, look.placement.page)?,
            };
            // The form's author has chosen the place.
            if let Some(size) = extent(update, &field, page.rotate()).filter(|(w, h)| *w > 0.0 && *h > 0.0) {
                let drawn = appearance::form(update, &page, size, look.image.as_deref(), &look.lines, &look.style())?;
                field.set("AP", single("N", drawn));
            }
        }
        update.set(id, field);
        (name, id)
    } else {
        let name = options.field.clone().unwrap_or_else(|| form.new_name(base));
        form.check_new(update, &name)?;
        let look = options.appearance.as_ref();
        let page = Page::find(document, look.map_or(1, |l| l.placement.page))?;
        let mut field = widget(&page, &name, look.map(|l| &l.placement));
        field.set("FT", "Sig");
        // Print and Locked: the place of a signature is not moved by hand.
        field.set("F", 132);
        if let Some(look) = look {
            let size = (look.placement.w, look.placement.h);
            let drawn = appearance::form(update, &page, size, look.image.as_deref(), &look.lines, &look.style())?;
            field.set("AP", single("N", drawn));
        }
        let id = update.add(field);
        add_to_page(update, &page, id);
        form.fields.push(Object::Reference(id));
        (name, id)
    };
    if flags & 3 != 3 || options.field.is_none() || !form.contains(id, document) {
        form.dictionary.set("SigFlags", flags | 3);
        form.store(update)?;
    }
    Ok((name, id))
}

fn single(key: &str, id: lopdf::ObjectId) -> Dictionary {
    let mut d = Dictionary::new();
    d.set(key, id);
    d
}

/// Makes the signature the document's certification (ISO 32000-1, 12.8.4).
fn certify(update: &mut Update, value: lopdf::ObjectId) -> Result<()> {
    let root = update.root()?;
    let mut catalog = update.dictionary(&Object::Reference(root)).unwrap_or_default();
    let mut permissions = catalog.get(b"Perms").ok().and_then(|p| update.dictionary(p)).unwrap_or_default();
    if permissions.has(b"DocMDP") {
        return Err(Error::NotPermitted("the document is certified already".into()));
    }
    permissions.set("DocMDP", value);
    catalog.set("Perms", permissions);
    update.set(root, catalog);
    Ok(())
}

/// The signature dictionary as bytes, with the places to be filled in, counted from its start.
struct SignatureDictionary {
    bytes: Vec<u8>,
    byte_range: usize,
    contents: (usize, usize),
}

impl SignatureDictionary {
    fn new(document: &Document, id: lopdf::ObjectId, what: What, options: &SignOptions, reserved: usize) -> Result<Self> {
        let mut d = Dictionary::new();
        d.set("Filter", "Adobe.PPKLite");
        if what == What::Timestamp {
            // EN 319 142-1, 5.4.3: no time but that of the token.
            d.set("Type", "DocTimeStamp");
            d.set("SubFilter", "ETSI.RFC3161");
        } else {
            d.set("Type", "Sig");
            d.set("SubFilter", "ETSI.CAdES.detached");
            d.set("M", Object::String(date(options.time).into_bytes(), StringFormat::Literal));
        }
        for (key, value) in [
            ("Name", &options.name),
            ("Reason", &options.reason),
            ("Location", &options.location),
        ] {
            if let Some(value) = value {
                d.set(key, write::text(value));
            }
        }
        if let Some(level) = options.certify {
            if !(1..=3).contains(&level) {
                return Err(Error::NotPermitted("a certification level is 1, 2 or 3".into()));
            }
            let mut parameters = Dictionary::new();
            parameters.set("Type", "TransformParams");
            parameters.set("P", i64::from(level));
            parameters.set("V", "1.2");
            let mut reference = Dictionary::new();
            reference.set("Type", "SigRef");
            reference.set("TransformMethod", "DocMDP");
            reference.set("TransformParams", parameters);
            d.set("Reference", vec![Object::Dictionary(reference)]);
        }
        let mut object = Object::Dictionary(d);
        encrypt(document, id, &mut object)?;
        let mut bytes = b"<<".to_vec();
        if let Object::Dictionary(d) = &object {
            write::entries(&mut bytes, d);
        }
        bytes.extend_from_slice(b"/ByteRange ");
        let byte_range = bytes.len();
        // Room for three numbers of any file, blank until they are known.
        bytes.extend_from_slice(&[b' '; 66]);
        bytes.extend_from_slice(b"\n/Contents ");
        let start = bytes.len();
        bytes.push(b'<');
        bytes.resize(bytes.len() + reserved * 2, b'0');
        bytes.push(b'>');
        let contents = (start, bytes.len());
        bytes.extend_from_slice(b"\n>>");
        Ok(Self {
            bytes,
            byte_range,
            contents,
        })
    }
}

/// `D:20261124140500+00'00'`.
pub(crate) fn date(seconds: i64) -> String {
    let days = seconds.div_euclid(86_400);
    let rest = seconds.rem_euclid(86_400);
    // Civil date from days since 1970 (proleptic Gregorian), era by era of 400 years.
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let year = yoe + era * 400 + i64::from(month <= 2);
    format!(
        "D:{year:04}{month:02}{day:02}{:02}{:02}{:02}+00'00'",
        rest / 3600,
        rest / 60 % 60,
        rest % 60
    )
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(date(0), "D:19700101000000+00'00'");
        assert_eq!(date(1_709_164_799), "D:20240228235959+00'00'");
        assert_eq!(date(1_709_164_800), "D:20240229000000+00'00'");
        assert_eq!(date(1795524300), "D:20261124124500+00'00'");
    }
}
