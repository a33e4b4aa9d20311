//! What a validation found: facts first, then the verdict drawn from them.
//!
//! Serialised with serde this is the JSON that `kyhop verify --json` prints (the command line
//! adds the file's name). A fact that could not be determined is `None` and becomes `null`.

use serde::{Serialize, Serializer};
use std::sync::Arc;

use super::diff::{Change, Level};
use crate::x509::time::rfc3339;

/// EN 319 102-1, 5.1.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Indication {
    TotalPassed,
    Indeterminate,
    TotalFailed,
}

/// EN 319 102-1, tables 5 and 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum SubIndication {
    FormatFailure,
    HashFailure,
    SigCryptoFailure,
    Revoked,
    Expired,
    NotYetValid,
    SigConstraintsFailure,
    ChainConstraintsFailure,
    CryptoConstraintsFailure,
    CryptoConstraintsFailureNoPoe,
    NoSigningCertificateFound,
    NoCertificateChainFound,
    RevokedNoPoe,
    RevokedCaNoPoe,
    OutOfBoundsNoPoe,
    TimestampOrderFailure,
    TryLater,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    EntireFile,
    EntireRevision,
    ContiguousBlockFromStart,
    Unclear,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Signature,
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

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signer {
    pub subject: String,
    /// Lowercase hexadecimal.
    pub serial: String,
    pub issuer: String,
}

/// One certificate of a path, leaf first.
#[derive(Debug, Clone, Serialize)]
pub struct ChainLink {
    pub subject: String,
    pub issuer: String,
    pub serial: String,
    pub not_before: Moment,
    pub not_after: Moment,
    pub anchor: bool,
    /// `good`, `revoked`, `on_hold`, `unknown`, `stale`; null where nothing is known.
    pub revocation: Option<&'static str>,
    /// `crl` or `ocsp`.
    pub revocation_source: Option<&'static str>,
    pub revocation_this_update: Option<Moment>,
    pub revocation_next_update: Option<Moment>,
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
pub struct TimestampReport {
    pub time: Moment,
    pub authority: Option<String>,
    /// It stamps this signature and its own signature holds.
    pub intact: bool,
    pub trusted: bool,
    pub indication: Indication,
    pub sub_indication: Option<SubIndication>,
    pub chain: Vec<ChainLink>,
    /// The token as it is in the signature.
    #[serde(skip)]
    pub token: Vec<u8>,
}

#[derive(Debug, Clone, Serialize)]
pub struct SignatureReport {
    pub field: Option<String>,
    #[serde(rename = "type")]
    pub kind: Kind,
    pub subfilter: Option<String>,
    pub indication: Indication,
    pub sub_indication: Option<SubIndication>,
    pub intact: Option<bool>,
    pub cryptographically_valid: Option<bool>,
    pub coverage: Option<Coverage>,
    pub modification_level: Option<Level>,
    pub modifications_allowed: Option<bool>,
    pub changes: Vec<Change>,
    pub level: Option<&'static str>,
    /// DocMDP level of a certification signature.
    pub certification: Option<u8>,
    pub signer: Option<Signer>,
    pub claimed_time: Option<Moment>,
    pub proven_time: Option<Moment>,
    pub trusted: Option<bool>,
    pub revocation: Option<&'static str>,
    /// Stable codes.
    pub warnings: Vec<String>,

    // Beyond the contract.
    pub signer_name: Option<String>,
    pub organisation: Option<String>,
    pub reason: Option<String>,
    pub location: Option<String>,
    /// Page of the widget, from 1.
    pub page: Option<u32>,
    /// Rectangle of the widget in points.
    pub rect: Option<[f64; 4]>,
    /// Number of the revision that the signature belongs to, from 1.
    pub revision: Option<u32>,
    /// The signed revision is the first so many bytes of the file.
    pub revision_end: Option<u64>,
    pub byte_range: Option<[u64; 4]>,
    pub digest_algorithm: Option<String>,
    pub signature_algorithm: Option<String>,
    pub chain: Vec<ChainLink>,
    pub timestamps: Vec<TimestampReport>,
    /// Names of the fields that this signature locks; `None`: locks nothing.
    pub locked_fields: Option<Vec<String>>,
    /// Digest of the covered bytes as found in the file.
    #[serde(skip)]
    pub document_digest: Option<Vec<u8>>,
    /// Digest of what the signature value is over: the signed attributes, or the content where there are none.
    #[serde(skip)]
    pub signed_digest: Option<Vec<u8>>,
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
pub struct Unreadable {
    /// Stable: `no_signature`, `malformed_pdf`, `encrypted`, `too_complex`, `io`.
    pub code: &'static str,
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
    Crl { url: String },
    Ocsp { url: String, request_der: Vec<u8> },
    Certificate { url: String },
}

impl Needed {
    pub fn url(&self) -> &str {
        match self {
            Needed::Crl { url } | Needed::Ocsp { url, .. } | Needed::Certificate { url } => url,
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The worst of the signatures; null when there is nothing to judge.
    pub verdict: Option<Indication>,
    pub error: Option<Unreadable>,
    pub revisions: u32,
    /// Revision `n` is the first `revision_ends[n - 1]` bytes of the file.
    pub revision_ends: Vec<u64>,
    pub signatures: Vec<SignatureReport>,
    /// Seconds since the Unix epoch for which the judgement was made.
    pub at: Option<Moment>,
    /// Open questions, each with the places that could answer it, the likeliest first.
    #[serde(skip)]
    pub missing: Vec<Vec<Needed>>,
}

impl Report {
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
