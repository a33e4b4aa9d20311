//! Cryptographic Message Syntax (RFC 5652) and the CAdES attributes that PAdES uses.

pub mod build;
pub mod read;
pub mod read_attributes;

pub use read::{SignedData, SignerId, SignerInfo};
