//! Everything that can go wrong while signing.
use crate::pdf::PdfError;

/// Why a file could not be signed or changed. Nothing was written that looks finished.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input cannot be read.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    #[error("the document has no page {0}")]
    NoSuchPage(u32),
    #[error("the document has no empty signature field named {0}")]
    NoSuchField(String),
    #[error("a field named {0} is there already")]
    FieldExists(String),
    /// A field name must not be empty nor contain a full stop, which separates names (ISO 32000-1, 12.7.3.2).
    #[error("not a usable field name: {0}")]
    FieldName(String),
    /// An earlier certification or lock forbids this change.
    #[error("an earlier signature forbids this change: {0}")]
    NotPermitted(String),
    #[error("the picture cannot be used: {0}")]
    Image(String),
    #[error("the key cannot be used: {0}")]
    Key(String),
    #[error("signing failed: {0}")]
    Signer(String),
    /// The time-stamping authority did not answer, refused, or answered something else.
    #[error("time stamp: {0}")]
    TimeStamp(String),
    /// The reserved room for the signature is too small; ask for more with `SignOptions::contents_size`.
    #[error("the signature needs {needed} bytes, {reserved} are reserved")]
    TooLarge { needed: usize, reserved: usize },
    #[error("writing failed: {0}")]
    Io(#[from] std::io::Error),
}

impl Error {
    /// Stable code for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Pdf(e) => e.code(),
            Self::NoSuchPage(_) => "no_such_page",
            Self::NoSuchField(_) => "no_such_field",
            Self::FieldExists(_) => "field_exists",
            Self::FieldName(_) => "field_name",
            Self::NotPermitted(_) => "not_permitted",
            Self::Image(_) => "image_unusable",
            Self::Key(_) => "key_unusable",
            Self::Signer(_) => "signer_failed",
            Self::TimeStamp(_) => "time_stamp_failed",
            Self::TooLarge { .. } => "signature_too_large",
            Self::Io(_) => "io",
        }
    }
}

pub type Result<T> = std::result::Result<T, Error>;
