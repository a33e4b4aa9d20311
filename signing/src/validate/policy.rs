//! What is demanded of a signature beyond being correct; a parameter of every validation.

use crate::x509::digest::Digest;

/// When the state of revocation must be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationDemand {
    /// Of each certificate that says where to ask (distribution point or responder).
    IfDeclared,
    /// Of every certificate below the trust anchor.
    Always,
    /// Not at all; what is known to be revoked still fails.
    Never,
}

/// Rules of judgement. [`Policy::default`] is what the command line uses.
#[derive(Debug, Clone)]
pub struct Policy {
    /// When the state of revocation must be known.
    pub revocation: RevocationDemand,
    /// How long an answer without `nextUpdate` stands, in seconds.
    pub max_age: i64,
    /// Smallest RSA and DSA key, in bits.
    pub min_rsa_bits: u32,
    /// Smallest elliptic curve key, in bits.
    pub min_ec_bits: u32,
    /// Until when MD5 and SHA-1 were fit for signatures, seconds since the Unix epoch.
    pub md5_until: i64,
    /// As `md5_until`, for SHA-1.
    pub sha1_until: i64,
    /// Until when RSA keys below `min_rsa_bits` (but of 1024 bits at least) were.
    pub short_rsa_until: i64,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            revocation: RevocationDemand::IfDeclared,
            max_age: 24 * 3600,
            min_rsa_bits: 2048,
            min_ec_bits: 224,
            // 2004-08-01, first collisions published; 2011-01-01 and 2014-01-01 after
            // NIST SP 800-131A, which ETSI TS 119 312 follows in substance.
            md5_until: 1_091_318_400,
            sha1_until: 1_293_840_000,
            short_rsa_until: 1_388_534_400,
        }
    }
}

impl Policy {
    /// Whether the digest was fit for signatures at `time`.
    pub fn digest_fit(&self, digest: Digest, time: i64) -> bool {
        time < self.digest_until(digest)
    }

    /// Whether a key of this kind and size was fit for signatures at `time`.
    pub fn key_fit(&self, strength: Option<(&str, u32)>, time: i64) -> bool {
        time < self.key_until(strength)
    }

    /// Until when the digest is fit for signatures, seconds since the Unix epoch.
    pub(crate) fn digest_until(&self, digest: Digest) -> i64 {
        match digest {
            Digest::Md5 => self.md5_until,
            Digest::Sha1 => self.sha1_until,
            _ => i64::MAX,
        }
    }

    /// As `digest_until`, for a key; what was never fit has no time at all.
    pub(crate) fn key_until(&self, strength: Option<(&str, u32)>) -> i64 {
        match strength {
            Some(("RSA" | "DSA", bits)) if bits >= self.min_rsa_bits => i64::MAX,
            Some(("RSA" | "DSA", bits)) if bits >= 1024 => self.short_rsa_until,
            Some(("EC", bits)) if bits >= self.min_ec_bits => i64::MAX,
            Some(("RSA" | "DSA" | "EC", _)) | None => i64::MIN,
            Some(_) => i64::MAX,
        }
    }
}
