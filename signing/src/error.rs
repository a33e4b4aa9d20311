//! Everything that can go wrong while signing.
use crate::pdf::PdfError;

/// Why a file could not be signed or changed. Nothing was written that looks finished.
///
/// [`Error::code`] is stable for programs; the texts are for people and logs and may change. What is wrong with a signature
/// that is being judged is no error but a finding: see [`validate`](crate::validate::validate).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input cannot be read. [`PdfError`] says whether a password, another file or another program is needed.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// A placement names a page behind the last. Ask [`inspect`](crate::inspect) how many there are.
    #[error("the document has no page {0}")]
    NoSuchPage(u32),
    /// A field to be filled is not there. Names are full names, `section.field`.
    #[error("the document has no empty signature field named {0}")]
    NoSuchField(String),
    /// The field is signed or exists already. Choose another name, or none for a new one.
    #[error("a field named {0} is there already")]
    FieldExists(String),
    /// A field name must not be empty nor contain a full stop, which separates names (ISO 32000-1, 12.7.3.2).
    #[error("not a usable field name: {0}")]
    FieldName(String),
    /// An earlier certification or lock forbids this change, or the prepared file is not the one that was prepared. Signing
    /// nevertheless would break what is signed already; ask its signer.
    #[error("an earlier signature forbids this change: {0}")]
    NotPermitted(String),
    /// The picture is no PNG that can be read, or too large. Convert it.
    #[error("the picture cannot be used: {0}")]
    Image(String),
    /// Key, certificate or password do not fit together, or the kind of key is not supported. Nothing was signed.
    #[error("the key cannot be used: {0}")]
    Key(String),
    /// Whoever holds the key refused or failed: a token that was taken out, a service that did not answer. Trying again may help.
    #[error("signing failed: {0}")]
    Signer(String),
    /// The time-stamping authority did not answer, refused, or answered something else. Trying again, or another one, may help.
    #[error("time stamp: {0}")]
    TimeStamp(String),
    /// The reserved room for the signature is too small. Sign again with [`SignOptions::contents_size`](crate::SignOptions) of
    /// at least `needed`.
    #[error("the signature needs {needed} bytes, {reserved} are reserved")]
    TooLarge {
        /// Bytes of the finished CMS structure.
        needed: usize,
        /// Bytes that were reserved for it.
        reserved: usize,
    },
    /// Reading or writing failed: a full disk, say. What was written so far must be thrown away.
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

/// What signing and changing give.
pub type Result<T> = std::result::Result<T, Error>;
