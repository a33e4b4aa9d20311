//! PDF files as they really are: a row of revisions, each appended to the one before.
//!
//! Knows nothing of signatures. Objects are [`lopdf::Object`]s; where each came from (which
//! section, which offset) is kept, because validation stands on it. One reader serves signing
//! and validating alike, so that there are no two readings of one file.

pub mod append;
mod bytes;
mod cache;
pub mod crypt;
pub mod decode;
pub mod document;
pub mod entries;
mod history;
pub mod parser;
pub mod source;
pub mod tokens;
pub mod write;
pub mod xref;

pub use bytes::Indirect;
pub use document::Document;
pub use entries::Entry;
pub use source::Source;
pub use xref::Revision;

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// It is no PDF, or broken: ask for the original. Nothing is repaired silently.
    #[error("not a PDF file: {0}")]
    Malformed(String),
    /// Give the user's or the owner's password.
    #[error("the file is encrypted and the password does not open it")]
    Password,
    /// Encrypted for recipients: give the key of one of them.
    #[error("the file is encrypted for recipients, and the key of none of them was given")]
    Recipient,
    /// Encrypted in a way that is not known: ask for a file without.
    #[error("the encryption of the file is not supported: {0}")]
    Encryption(String),
    /// A limit that no honest file reaches; such a file is not read at all.
    #[error("the file is too complex: {0}")]
    TooComplex(&'static str),
    /// The source failed.
    #[error("cannot read the file: {0}")]
    Io(String),
}

impl PdfError {
    /// Stable code for reports.
    pub fn code(&self) -> &'static str {
        match self {
            PdfError::Malformed(_) => "malformed_pdf",
            PdfError::Password => "password_needed",
            PdfError::Recipient => "recipient_needed",
            PdfError::Encryption(_) => "encryption_unsupported",
            PdfError::TooComplex(_) => "too_complex",
            PdfError::Io(_) => "io",
        }
    }
}

impl From<std::io::Error> for PdfError {
    fn from(e: std::io::Error) -> Self {
        PdfError::Io(e.to_string())
    }
}
