//! Judging the signatures of a file: facts first, then a verdict by policy
//! (ETSI EN 319 102-1, EN 319 142-1).

pub mod codes;
#[doc(hidden)]
pub mod diff;
pub(crate) mod facts;
#[doc(hidden)]
pub mod fields;
mod hashing;
mod later;
mod level;
pub(crate) mod locate;
mod material;
mod memo;
mod policy;
mod report;
mod stamps;
mod status;
mod trust;

pub use crate::x509::known::Known;
pub use diff::{Change, Level as ModificationLevel};
pub use later::Changes;
pub use policy::{Policy, RevocationDemand};
pub use report::{
    ChainLink, Coverage, Indication, Kind, Moment, Needed, Report, SignatureReport, Signer, SubIndication, TimestampReport, Unreadable,
};

pub(crate) use material::stream as stored_one;

use crate::pdf::crypt::{Recipient, Unlock};
use crate::pdf::{Document, Source};

/// What a validation is given besides the file. Nothing is fetched: what is missing is named in
/// [`Report::missing`], and a caller who can fetch it validates again.
#[derive(Debug, Clone, Default)]
pub struct ValidationContext {
    /// DER certificates that are trusted.
    pub trust_anchors: Vec<Vec<u8>>,
    /// DER certificates that may help to build paths.
    pub extra_certificates: Vec<Vec<u8>>,
    /// DER revocation lists, beside those in the file.
    pub crls: Vec<Vec<u8>>,
    /// DER `OCSPResponse` structures, beside those in the file.
    pub ocsp_responses: Vec<Vec<u8>>,
    /// Validation time, seconds since the Unix epoch.
    pub at: i64,
    /// Opens an encrypted file; may be the user's or the owner's.
    pub password: Option<String>,
    /// Opens a file that is encrypted for certificates.
    pub recipient: Option<Recipient>,
    /// What is demanded beyond being correct.
    pub policy: Policy,
    /// What is known of certificates already. Of many files, clone one context for all: none is then checked twice.
    pub known: Known,
}

/// Judges every signature and document time stamp of a file. Never panics; a file that cannot
/// be read, or has no signature, gives a report with [`Report::error`].
pub fn validate(source: &dyn Source, context: &ValidationContext) -> Report {
    Validator::new(source).validate(context)
}

/// Why it would be a guess that a file without signatures has none.
fn incomplete(document: &Document<'_>) -> Option<&'static str> {
    let newest = document.newest();
    if document.catalog(newest).is_none() {
        return Some("the file has no catalog");
    }
    let catalog = document.catalog(newest).unwrap_or_default();
    let form = document.get_dict(&catalog, b"AcroForm", newest).unwrap_or_default();
    let parts = [catalog.get(b"AcroForm"), form.get(b"Fields")];
    if parts.into_iter().flatten().any(|part| document.is_damaged(part, newest)) {
        return Some("the form cannot be read");
    }
    // An end that is older than what follows: the signature may have been there.
    let end = document.revisions()[newest].end;
    let behind = document.bytes(end, document.len().min(end.saturating_add(1 << 20)), 1 << 20).ok()?;
    let object = behind.windows(5).any(|w| w == b" obj\n" || w == b" obj\r" || w == b" obj<");
    object.then_some("the file is cut off: there are objects behind its last whole revision")
}

/// A file that is judged more than once, with more material each time: what depends on the file alone (digests, what was
/// changed after each signature) is found out the first time and kept.
pub struct Validator<S> {
    source: S,
    memo: memo::Memo,
}

impl<S: Source> Validator<S> {
    /// Nothing is read yet.
    pub fn new(source: S) -> Self {
        let memo = memo::Memo::default();
        Self { source, memo }
    }

    /// The file.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// As the function [`validate`].
    pub fn validate(&self, context: &ValidationContext) -> Report {
        let unlock = Unlock {
            password: context.password.as_deref(),
            recipient: context.recipient.as_ref(),
        };
        let document = match Document::open(&self.source, unlock) {
            Ok(document) => document,
            Err(e) => return Report::unreadable(e.code(), e.to_string()),
        };
        let revisions = document.revisions().len() as u32;
        let revision_ends: Vec<u64> = document.revisions().iter().map(|r| r.end).collect();
        let mut items = facts::gather(&document, &self.memo);
        if items.is_empty() {
            let (code, detail) = match incomplete(&document) {
                Some(detail) => ("malformed_pdf", detail),
                None => ("no_signature", "the file has no signature"),
            };
            let mut report = Report::unreadable(code, detail);
            report.revisions = revisions;
            report.revision_ends = revision_ends;
            report.at = Some(Moment(context.at));
            return report;
        }
        let trust = material::trust(&document, context, &items);
        for item in &mut items {
            facts::identify(&document, item, &trust.store);
        }
        let signatures = status::judge(&document, &trust, items, &self.memo);
        Report {
            verdict: signatures.iter().map(|s| s.indication).max(),
            error: None,
            revisions,
            revision_ends,
            signatures,
            at: Some(Moment(context.at)),
            missing: trust.missing.take(),
        }
    }
}
