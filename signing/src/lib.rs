#![forbid(unsafe_code)]

pub mod asn1;
pub mod cms;
pub mod pdf;
pub mod timestamp;
pub mod x509;
