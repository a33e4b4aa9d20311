#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs, rustdoc::broken_intra_doc_links)]

// What is hidden here is open to our own tests and fuzzers, and may change with every version.
mod appearance;
mod archival;
#[doc(hidden)]
pub mod asn1;
#[doc(hidden)]
pub mod cms;
mod deferred;
mod error;
pub mod etsi;
#[doc = include_str!("../EXAMPLES.md")]
pub mod examples {}
mod excerpt;
mod extend;
mod form;
mod geometry;
mod inspect;
mod key;
#[doc(hidden)]
pub mod pdf;
mod sign;
mod structure;
mod text;
#[doc(hidden)]
pub mod timestamp;
pub mod validate;
mod versions;
#[doc(hidden)]
pub mod x509;

pub use appearance::{Align, Appearance, Face, Font};
pub use deferred::{Prepared, complete, complete_with_cms, prepare};
pub use error::{Error, Result};
pub use excerpt::{excerpt, page_sizes};
pub use extend::{ValidationData, add_validation_data, append_validation_data};
pub use form::{EditOptions, NewTextField, add_text_fields, fill_text_fields};
pub use geometry::{PageInfo, Placement};
pub use inspect::{DocumentInfo, Encryption, inspect};
pub use key::{Digest, KeySigner, SignatureAlgorithm, Signer};
pub use pdf::crypt::{Recipient, Unlock};
pub use pdf::source::FileSource;
pub use pdf::{PdfError, Source};
pub use sign::{
    Commitment, FieldLock, SignOptions, SignaturePolicy, Signed, add_document_timestamp, append_document_timestamp, sign, sign_path,
    sign_stamped,
};
pub use text::{TextLimits, text};
pub use timestamp::request::TimeStamper;
pub use versions::{Version, versions, write_version};
