//! What the verification page shows: facts of each signature, apart from the verdict.
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerifyReport {
    pub file_name: String,
    pub sha256: String,
    pub size: u64,
    /// `TOTAL_PASSED`, `TOTAL_FAILED`, `INDETERMINATE`, or empty when there is no signature or the file cannot be read.
    pub verdict: String,
    /// Code and words when the file cannot be read or has no signature.
    pub error: Option<crate::error::ApiError>,
    pub revisions: u32,
    pub pages: u32,
    pub signatures: Vec<SignatureView>,
    /// `24/11/2026 14:05`, Vietnam time: when it was checked.
    pub checked: String,
    /// What could not be asked or fetched, so that the report says less than it could.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// To be saved beside the file; only where the file itself is not kept here.
    #[serde(default)]
    pub reports: Option<Reports>,
}

/// What was found, in the forms that other people and programs read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reports {
    /// A page in both languages.
    pub html: String,
    /// The validation report of ETSI TS 119 102-2, XML.
    pub etsi: String,
}

/// Something to know, by a stable code and in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub code: String,
    pub vi: String,
    pub en: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignatureView {
    pub field: String,
    /// `signature` or `timestamp`.
    pub kind: String,
    pub signer: String,
    pub organisation: String,
    pub issuer: String,
    pub serial: String,
    pub indication: String,
    pub sub_indication: Option<String>,
    /// The verdict in a sentence.
    pub explanation: Note,
    pub intact: Option<bool>,
    pub cryptographically_valid: Option<bool>,
    pub trusted: Option<bool>,
    /// `good`, `revoked`, `unknown` …
    pub revocation: Option<String>,
    pub coverage: String,
    pub modification_level: Option<String>,
    pub modifications_allowed: Option<bool>,
    pub changes: Vec<Change>,
    pub level: Option<String>,
    /// The time that the signer claims, Vietnam time.
    pub claimed_time: Option<String>,
    pub proven_time: Option<String>,
    pub page: Option<u32>,
    /// Revision that the signature covers, from 1.
    pub revision: u32,
    /// What was signed is the first so many bytes of the file.
    #[serde(default)]
    pub signed_length: Option<u64>,
    pub warnings: Vec<Note>,
}

/// Something that changed after the signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub revision: u32,
    pub page: Option<u32>,
    /// `none`, `lta_updates`, `form_filling`, `annotations`, `other`.
    pub level: String,
    pub vi: String,
    pub en: String,
}
