#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod appearance;
pub mod asn1;
pub mod cms;
pub mod deferred;
mod error;
pub mod etsi;
mod extend;
pub mod form;
mod geometry;
mod inspect;
pub mod key;
pub mod pdf;
mod sign;
pub mod timestamp;
pub mod validate;
mod versions;
pub mod x509;

pub use appearance::{Align, Appearance};
pub use deferred::{Prepared, complete, prepare};
pub use error::{Error, Result};
pub use extend::{ValidationData, add_validation_data};
pub use form::{EditOptions, NewTextField, add_text_fields, fill_text_fields};
pub use geometry::{PageInfo, Placement};
pub use inspect::{DocumentInfo, Encryption, inspect};
pub use key::{Digest, KeySigner, SignatureAlgorithm, Signer};
pub use pdf::Source;
pub use pdf::source::FileSource;
pub use sign::{FieldLock, SignOptions, Signed, add_document_timestamp, sign, sign_path, sign_stamped};
pub use timestamp::request::TimeStamper;
pub use versions::{Version, versions, write_version};
