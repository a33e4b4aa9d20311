//! What a validation found: facts first, then the verdict drawn from them.
//!
//! Serialised with serde this is the JSON that `kyhop verify --json` prints (the command line
//! adds the file's name). A fact that could not be determined is `None` and becomes `null`.

use serde::{Serialize, Serializer};
use std::sync::Arc;

use super::diff::Level;
use super::later::Changes;
use crate::x509::time::rfc3339;

/// EN 319 102-1, 5.1.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Indication {
    /// Everything that the policy demands holds.
    TotalPassed,
    /// What is at hand is not enough to say.
    Indeterminate,
    /// The signature is broken, or was made when it could not be valid.
    TotalFailed,
}

/// EN 319 102-1, tables 5 and 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum SubIndication {
    /// Its form is not that of a signature over this document, or the document was changed since in a way not allowed.
    FormatFailure,
    /// The signed bytes are not what was signed.
    HashFailure,
    /// The signature value does not fit the signer's key.
    SigCryptoFailure,
    /// The certificate was revoked when it signed.
    Revoked,
    /// The certificate had expired when it signed.
    Expired,
    /// The certificate was not valid yet when it signed.
    NotYetValid,
    /// An attribute that is demanded is missing or differs.
    SigConstraintsFailure,
    /// A certificate of the path must not be used like this.
    ChainConstraintsFailure,
    /// An algorithm is not supported, or was too weak when it signed.
    CryptoConstraintsFailure,
    /// An algorithm is too weak now, and nothing proves that the signature is older.
    CryptoConstraintsFailureNoPoe,
    /// The signer's certificate is not at hand, or is not the one that the signature names.
    NoSigningCertificateFound,
    /// No path leads to a trust anchor.
    NoCertificateChainFound,
    /// The certificate is revoked, and nothing proves that the signature is older.
    RevokedNoPoe,
    /// An authority's certificate is revoked, and nothing proves that the signature is older.
    RevokedCaNoPoe,
    /// Outside the validity of the certificate, and nothing proves that the signature was made within.
    OutOfBoundsNoPoe,
    /// Time stamps contradict each other.
    TimestampOrderFailure,
    /// The state of revocation is not known; newer data may tell.
    TryLater,
    /// Nothing proves that a certificate, list or answer is older than the end or revocation of the authority that made it,
    /// or than the last day of its algorithms.
    NoPoe,
}

impl SubIndication {
    /// The name that the standard gives it.
    pub fn name(self) -> &'static str {
        use SubIndication::*;
        match self {
            FormatFailure => "FORMAT_FAILURE",
            HashFailure => "HASH_FAILURE",
            SigCryptoFailure => "SIG_CRYPTO_FAILURE",
            Revoked => "REVOKED",
            Expired => "EXPIRED",
            NotYetValid => "NOT_YET_VALID",
            SigConstraintsFailure => "SIG_CONSTRAINTS_FAILURE",
            ChainConstraintsFailure => "CHAIN_CONSTRAINTS_FAILURE",
            CryptoConstraintsFailure => "CRYPTO_CONSTRAINTS_FAILURE",
            CryptoConstraintsFailureNoPoe => "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
            NoSigningCertificateFound => "NO_SIGNING_CERTIFICATE_FOUND",
            NoCertificateChainFound => "NO_CERTIFICATE_CHAIN_FOUND",
            RevokedNoPoe => "REVOKED_NO_POE",
            RevokedCaNoPoe => "REVOKED_CA_NO_POE",
            OutOfBoundsNoPoe => "OUT_OF_BOUNDS_NO_POE",
            TimestampOrderFailure => "TIMESTAMP_ORDER_FAILURE",
            TryLater => "TRY_LATER",
            NoPoe => "NO_POE",
        }
    }
}

impl Indication {
    /// The name that the standard gives it.
    pub fn name(self) -> &'static str {
        match self {
            Indication::TotalPassed => "TOTAL_PASSED",
            Indication::Indeterminate => "INDETERMINATE",
            Indication::TotalFailed => "TOTAL_FAILED",
        }
    }
}

/// Which part of the file a signature is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// All of it.
    EntireFile,
    /// The file as it was when signed; something was appended since.
    EntireRevision,
    /// The beginning, ending where no revision ends.
    ContiguousBlockFromStart,
    /// It cannot be told, which never passes.
    Unclear,
}

/// What was signed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Approval or certification by somebody.
    Signature,
    /// A time stamp on the document.
    Timestamp,
}

/// Seconds since the Unix epoch, written as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&rfc3339(self.0))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// Whose certificate it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Signer {
    /// Distinguished name (RFC 4514).
    pub subject: String,
    /// Lowercase hexadecimal.
    pub serial: String,
    /// Distinguished name of who issued it.
    pub issuer: String,
}

/// One certificate of a path, leaf first.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ChainLink {
    /// Distinguished name (RFC 4514).
    pub subject: String,
    /// Distinguished name of who issued it.
    pub issuer: String,
    /// Lowercase hexadecimal.
    pub serial: String,
    /// Valid from.
    pub not_before: Moment,
    /// Valid until.
    pub not_after: Moment,
    /// It is trusted as it is.
    pub anchor: bool,
    /// `good`, `revoked`, `on_hold`, `unknown`, `stale`; null where nothing is known.
    pub revocation: Option<&'static str>,
    /// `crl` or `ocsp`.
    pub revocation_source: Option<&'static str>,
    /// When the list or answer was made.
    pub revocation_this_update: Option<Moment>,
    /// When a newer one is promised.
    pub revocation_next_update: Option<Moment>,
    /// Since when it is revoked, also when that was later than the signature.
    pub revoked_at: Option<Moment>,
    /// Kind and size in bits of the public key, such as `RSA 2048`.
    pub key: Option<String>,
    /// SHA-256 of the certificate, lowercase hexadecimal.
    pub fingerprint: String,
    /// DER of the list or answer that the state of revocation was taken from.
    #[serde(skip)]
    pub revocation_evidence: Option<Arc<[u8]>>,
    /// DER of the certificate.
    #[serde(skip)]
    pub der: Vec<u8>,
}

/// A time stamp inside a signature.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct TimestampReport {
    /// The time in the token.
    pub time: Moment,
    /// Distinguished name of the authority, where its certificate is at hand.
    pub authority: Option<String>,
    /// It stamps this signature and its own signature holds.
    pub intact: bool,
    /// Its certificate leads to a trust anchor.
    pub trusted: bool,
    /// The verdict.
    pub indication: Indication,
    /// The reason, unless it passed.
    pub sub_indication: Option<SubIndication>,
    /// The path that was judged, leaf first.
    pub chain: Vec<ChainLink>,
    /// The token as it is in the signature.
    #[serde(skip)]
    pub token: Vec<u8>,
}

/// What was found about one signature or document time stamp: facts, and the verdict.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SignatureReport {
    /// Full name of the field.
    pub field: Option<String>,
    /// Signature or time stamp.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// `/SubFilter`.
    pub subfilter: Option<String>,
    /// The verdict.
    pub indication: Indication,
    /// The reason, unless it passed.
    pub sub_indication: Option<SubIndication>,
    /// The signed bytes are what was signed.
    pub intact: Option<bool>,
    /// The signature value fits the certificate's key.
    pub cryptographically_valid: Option<bool>,
    /// Which part of the file it is over.
    pub coverage: Option<Coverage>,
    /// How far later changes went.
    pub modification_level: Option<Level>,
    /// They are allowed, by the rules and by what this signature forbids.
    pub modifications_allowed: Option<bool>,
    /// Each later change.
    pub changes: Changes,
    /// `B-B`, `B-T`, `B-LT` or `B-LTA`; null where it is not even the first.
    pub level: Option<&'static str>,
    /// DocMDP level of a certification signature.
    pub certification: Option<u8>,
    /// Null where no certificate is at hand.
    pub signer: Option<Signer>,
    /// To what the signer commits: `proof_of_approval`, …, or another object identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commitment: Option<String>,
    /// Object identifier of the policy that the signer names; its rules are not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// What the signer says; nothing proves it.
    pub claimed_time: Option<Moment>,
    /// Earliest time by which a trusted time stamp proves that the signature existed.
    pub proven_time: Option<Moment>,
    /// The certificate leads to a trust anchor.
    pub trusted: Option<bool>,
    /// Of the signer's certificate: `good`, `revoked`, `on_hold`, `unknown`, `stale`; null where nothing is known.
    pub revocation: Option<&'static str>,
    /// Stable codes.
    pub warnings: Vec<String>,

    // Beyond the contract.
    /// Common name of the signer.
    pub signer_name: Option<String>,
    /// Organisation of the signer.
    pub organisation: Option<String>,
    /// `/Reason`.
    pub reason: Option<String>,
    /// `/Location`.
    pub location: Option<String>,
    /// Page of the widget, from 1.
    pub page: Option<u32>,
    /// Rectangle of the widget in points.
    pub rect: Option<[f64; 4]>,
    /// Number of the revision that the signature belongs to, from 1.
    pub revision: Option<u32>,
    /// The signed revision is the first so many bytes of the file.
    pub revision_end: Option<u64>,
    /// `/ByteRange`, where it is in order.
    pub byte_range: Option<[u64; 4]>,
    /// Such as `SHA-256`.
    pub digest_algorithm: Option<String>,
    /// Such as `RSA-PSS SHA-256`.
    pub signature_algorithm: Option<String>,
    /// The path that was judged, leaf first.
    pub chain: Vec<ChainLink>,
    /// Time stamps inside the signature.
    pub timestamps: Vec<TimestampReport>,
    /// Names of the fields that this signature locks; `None`: locks nothing.
    pub locked_fields: Option<Vec<String>>,
    /// Digest of the covered bytes as found in the file.
    #[serde(skip)]
    pub document_digest: Option<Vec<u8>>,
    /// Digest of what the signature value is over: the signed attributes, or the content where there are none.
    #[serde(skip)]
    pub signed_digest: Option<Vec<u8>>,
    /// The signature value.
    #[serde(skip)]
    pub signature_value: Option<Vec<u8>>,
    /// Of a document time stamp, the time in it, proven or not.
    pub stamped_time: Option<Moment>,
    /// The CMS structure in `/Contents`, without the padding behind it.
    #[serde(skip)]
    pub cms: Option<Vec<u8>>,
}

/// Why a file could not be judged at all.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// Stable: `no_signature`, `malformed_pdf`, `password_needed`, `recipient_needed`, `encryption_unsupported`, `too_complex`, `io`.
    pub code: &'static str,
    /// For a log, in English.
    pub detail: String,
}

impl Serialize for Unreadable {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code)
    }
}

/// What a caller may fetch and put into the context before validating again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Needed {
    /// A revocation list, by GET.
    Crl {
        /// Where.
        url: String,
    },
    /// An OCSP answer, by POST of the request.
    Ocsp {
        /// Where.
        url: String,
        /// DER of the `OCSPRequest`.
        request_der: Vec<u8>,
    },
    /// The certificate of an issuer, by GET.
    Certificate {
        /// Where.
        url: String,
    },
}

impl Needed {
    /// Where to ask.
    pub fn url(&self) -> &str {
        match self {
            Needed::Crl { url } | Needed::Ocsp { url, .. } | Needed::Certificate { url } => url,
        }
    }
}

/// What was found about a file.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The worst of the signatures; null when there is nothing to judge.
    pub verdict: Option<Indication>,
    /// Why there is nothing to judge.
    pub error: Option<Unreadable>,
    /// How often something was appended, the first writing included.
    pub revisions: u32,
    /// Revision `n` is the first `revision_ends[n - 1]` bytes of the file.
    pub revision_ends: Vec<u64>,
    /// In the order of signing.
    pub signatures: Vec<SignatureReport>,
    /// Seconds since the Unix epoch for which the judgement was made.
    pub at: Option<Moment>,
    /// Open questions, each with the places that could answer it, the likeliest first.
    #[serde(skip)]
    pub missing: Vec<Vec<Needed>>,
}

impl Report {
    /// The report on a file that cannot be judged.
    pub fn unreadable(code: &'static str, detail: impl Into<String>) -> Self {
        Report {
            verdict: None,
            error: Some(Unreadable {
                code,
                detail: detail.into(),
            }),
            revisions: 0,
            revision_ends: Vec::new(),
            at: None,
            signatures: Vec::new(),
            missing: Vec::new(),
        }
    }
}
