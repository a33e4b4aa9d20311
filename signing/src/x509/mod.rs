//! Certificates, paths to a trust anchor, and revocation (RFC 5280, RFC 6960).
//!
//! Time and revocation data come in as parameters; nothing here fetches or looks at a clock.

pub mod certificate;
mod constraints;
pub mod crl;
pub mod digest;
mod key;
pub mod known;
pub mod name;
pub mod ocsp;
pub mod path;
pub mod revocation;
pub mod signature;
pub mod time;

pub use certificate::Certificate;
pub use name::Name;
