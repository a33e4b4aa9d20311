//! Digest algorithms that are met in signatures.

use openssl::hash::MessageDigest;
use openssl::md::Md;
use openssl::sha;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Digest {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    /// 64 octets of SHAKE256, the digest that goes with Ed448.
    Shake256,
}

impl Digest {
    pub fn from_oid(oid: &str) -> Option<Self> {
        Some(match oid {
            "1.2.840.113549.2.5" => Digest::Md5,
            "1.3.14.3.2.26" => Digest::Sha1,
            "2.16.840.1.101.3.4.2.4" => Digest::Sha224,
            "2.16.840.1.101.3.4.2.1" => Digest::Sha256,
            "2.16.840.1.101.3.4.2.2" => Digest::Sha384,
            "2.16.840.1.101.3.4.2.3" => Digest::Sha512,
            "2.16.840.1.101.3.4.2.7" => Digest::Sha3_224,
            "2.16.840.1.101.3.4.2.8" => Digest::Sha3_256,
            "2.16.840.1.101.3.4.2.9" => Digest::Sha3_384,
            "2.16.840.1.101.3.4.2.10" => Digest::Sha3_512,
            "2.16.840.1.101.3.4.2.12" => Digest::Shake256,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Digest::Md5 => "MD5",
            Digest::Sha1 => "SHA-1",
            Digest::Sha224 => "SHA-224",
            Digest::Sha256 => "SHA-256",
            Digest::Sha384 => "SHA-384",
            Digest::Sha512 => "SHA-512",
            Digest::Sha3_224 => "SHA3-224",
            Digest::Sha3_256 => "SHA3-256",
            Digest::Sha3_384 => "SHA3-384",
            Digest::Sha3_512 => "SHA3-512",
            Digest::Shake256 => "SHAKE256",
        }
    }

    pub(super) fn md(self) -> Option<Md> {
        let name = match self {
            Digest::Sha1 => "SHA1",
            other => other.name(),
        };
        Md::fetch(None, name, None).ok()
    }

    pub fn hash(self, data: &[u8]) -> Option<Vec<u8>> {
        let mut hasher = Hasher::new(self)?;
        hasher.update(data)?;
        hasher.finish()
    }

    /// `DigestInfo` around a digest (RFC 8017, A.2.4), with the NULL that stands for no parameters and without it: verifiers
    /// take both (RFC 8017, notes to 9.2; RFC 4055, 2.1).
    pub(super) fn infos(self, value: &[u8]) -> Option<[Vec<u8>; 2]> {
        const NIST: [u8; 8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];
        let oid = match self {
            Digest::Md5 => vec![0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05],
            Digest::Sha1 => vec![0x2b, 0x0e, 0x03, 0x02, 0x1a],
            Digest::Sha224 => [&NIST[..], &[4]].concat(),
            Digest::Sha256 => [&NIST[..], &[1]].concat(),
            Digest::Sha384 => [&NIST[..], &[2]].concat(),
            Digest::Sha512 => [&NIST[..], &[3]].concat(),
            Digest::Sha3_224 => [&NIST[..], &[7]].concat(),
            Digest::Sha3_256 => [&NIST[..], &[8]].concat(),
            Digest::Sha3_384 => [&NIST[..], &[9]].concat(),
            Digest::Sha3_512 => [&NIST[..], &[10]].concat(),
            Digest::Shake256 => return None,
        };
        use crate::asn1::{OCTET_STRING, OID, SEQUENCE, encode};
        let named = encode(OID, &oid);
        let info = |parameters: &[u8]| {
            let algorithm = encode(SEQUENCE, &[&named, parameters].concat());
            encode(SEQUENCE, &[algorithm, encode(OCTET_STRING, value)].concat())
        };
        Some([info(&[5, 0]), info(&[])])
    }
}

/// Hashes a stream piece by piece; a copy goes on from where it was made.
///
/// SHA-1 and SHA-2 are used directly, without OpenSSL's look-up of implementations, which takes longer than to hash what is
/// usually hashed and locks what all threads share.
#[derive(Clone)]
pub enum Hasher {
    Sha1(sha::Sha1),
    Sha224(sha::Sha224),
    Sha256(sha::Sha256),
    Sha384(sha::Sha384),
    Sha512(sha::Sha512),
    Other(openssl::hash::Hasher),
    /// Of which 64 octets are taken.
    Extendable(openssl::hash::Hasher),
}

impl Hasher {
    pub fn new(digest: Digest) -> Option<Self> {
        let other = |md| openssl::hash::Hasher::new(md).ok();
        Some(match digest {
            Digest::Sha1 => Self::Sha1(sha::Sha1::new()),
            Digest::Sha224 => Self::Sha224(sha::Sha224::new()),
            Digest::Sha256 => Self::Sha256(sha::Sha256::new()),
            Digest::Sha384 => Self::Sha384(sha::Sha384::new()),
            Digest::Sha512 => Self::Sha512(sha::Sha512::new()),
            Digest::Md5 => Self::Other(other(MessageDigest::md5())?),
            Digest::Sha3_224 => Self::Other(other(MessageDigest::sha3_224())?),
            Digest::Sha3_256 => Self::Other(other(MessageDigest::sha3_256())?),
            Digest::Sha3_384 => Self::Other(other(MessageDigest::sha3_384())?),
            Digest::Sha3_512 => Self::Other(other(MessageDigest::sha3_512())?),
            Digest::Shake256 => Self::Extendable(other(MessageDigest::shake_256())?),
        })
    }

    pub fn update(&mut self, data: &[u8]) -> Option<()> {
        match self {
            Self::Sha1(h) => h.update(data),
            Self::Sha224(h) => h.update(data),
            Self::Sha256(h) => h.update(data),
            Self::Sha384(h) => h.update(data),
            Self::Sha512(h) => h.update(data),
            Self::Other(h) | Self::Extendable(h) => h.update(data).ok()?,
        }
        Some(())
    }

    pub fn finish(self) -> Option<Vec<u8>> {
        Some(match self {
            Self::Sha1(h) => h.finish().to_vec(),
            Self::Sha224(h) => h.finish().to_vec(),
            Self::Sha256(h) => h.finish().to_vec(),
            Self::Sha384(h) => h.finish().to_vec(),
            Self::Sha512(h) => h.finish().to_vec(),
            Self::Other(mut h) => h.finish().ok()?.to_vec(),
            Self::Extendable(mut h) => {
                let mut out = vec![0; 64];
                h.finish_xof(&mut out).ok()?;
                out
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_hash_as_openssl_does() {
        let oids = ["2.5", "1", "2", "3", "4", "7", "8", "9", "10"].map(|n| match n {
            "2.5" => "1.2.840.113549.2.5".to_owned(),
            n => format!("2.16.840.1.101.3.4.2.{n}"),
        });
        for oid in oids.iter().map(String::as_str).chain(["1.3.14.3.2.26"]) {
            let digest = Digest::from_oid(oid).unwrap();
            let mut context = openssl::md_ctx::MdCtx::new().unwrap();
            context.digest_init(&digest.md().unwrap()).unwrap();
            context.digest_update(b"some").unwrap();
            let mut expected = vec![0; context.size()];
            context.digest_final(&mut expected).unwrap();
            assert_eq!(digest.hash(b"some"), Some(expected), "{oid}");
        }
    }
}
