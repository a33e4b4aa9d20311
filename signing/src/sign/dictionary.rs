//! The signature dictionary (ISO 32000-2, 12.8.1) as bytes, with room for what is known only later.
use super::lock::{self, FieldLock};
use super::{SignOptions, What};
use crate::error::Result;
use crate::pdf::append::{Update, encrypt};
use crate::pdf::{Document, write};
use lopdf::{Dictionary, Object, ObjectId, StringFormat};

/// What the signature forbids afterwards.
pub(super) struct Rules {
    /// DocMDP of a certification.
    pub certify: Option<u8>,
    /// DocMDP of an approval.
    pub permissions: Option<u8>,
    pub lock: Option<FieldLock>,
    /// The document catalog.
    pub root: ObjectId,
}

/// The signature dictionary as bytes, with the places to be filled in, counted from its start.
pub(super) struct SignatureDictionary {
    pub bytes: Vec<u8>,
    pub byte_range: usize,
    pub contents: (usize, usize),
}

impl SignatureDictionary {
    pub fn new(document: &Document, id: ObjectId, what: What, options: &SignOptions, rules: &Rules, reserved: usize) -> Result<Self> {
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
        let mut references = Vec::new();
        if let Some(permissions) = rules.certify.or(rules.permissions) {
            references.push(Object::Dictionary(lock::document_reference(permissions)));
        }
        if let Some(lock) = &rules.lock {
            references.push(Object::Dictionary(lock.reference(rules.root)));
        }
        if !references.is_empty() {
            d.set("Reference", references);
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

/// Says in the catalog of a file before PDF 2.0 that it uses what EN 319 142-1 adds (clause 5.6; ISO 32000-1, 7.12).
pub(super) fn declare_extension(update: &mut Update) -> Result<()> {
    let root = update.root()?;
    let mut catalog = update.dictionary(&Object::Reference(root)).unwrap_or_default();
    let name = |d: &Dictionary, key: &[u8]| match d.get(key).map(|v| update.resolve(v)) {
        Ok(Object::Name(name)) => name,
        _ => Vec::new(),
    };
    let mut head = [0u8; 8];
    let at = update.document.base();
    let in_header = update.document.source().read_at(at, &mut head).is_ok() && head.starts_with(b"%PDF-2");
    let mut extensions = catalog
        .get(b"Extensions")
        .ok()
        .and_then(|e| update.dictionary(e))
        .unwrap_or_default();
    if in_header || name(&catalog, b"Version").starts_with(b"2") || extensions.has(b"ESIC") {
        return Ok(());
    }
    let mut own = Dictionary::new();
    own.set("BaseVersion", "1.7");
    own.set("ExtensionLevel", 1);
    extensions.set("ESIC", own);
    catalog.set("Extensions", extensions);
    update.set(root, catalog);
    Ok(())
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
