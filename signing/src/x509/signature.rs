//! Signature algorithms and public keys: which they are, whether they verify, how strong.

use openssl::pkey::{Id, PKey, Public};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Verifier};
use std::sync::{Arc, OnceLock};

use super::digest::Digest;
use super::key;
use crate::asn1::{BIT_STRING, Malformed, Reader, SEQUENCE, Tlv};

/// An AlgorithmIdentifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Algorithm {
    pub oid: String,
    /// Encoded parameters, unless absent or NULL.
    pub parameters: Option<Vec<u8>>,
}

impl Algorithm {
    pub fn parse(sequence: Tlv<'_>) -> Result<Self, Malformed> {
        let mut body = sequence.reader();
        let oid = body.any()?.oid()?;
        let parameters = match body.is_empty() {
            true => None,
            false => Some(body.any()?).filter(|p| p.tag != 5),
        };
        body.end()?;
        Ok(Algorithm {
            oid,
            parameters: parameters.map(|p| p.raw.to_vec()),
        })
    }

    /// An RSA key without more: the digest is said elsewhere.
    pub fn rsa() -> Self {
        Algorithm {
            oid: "1.2.840.113549.1.1.1".into(),
            parameters: None,
        }
    }

    /// The digest that it names. SHAKE256 goes with Ed448 with 512 bits, said or not (RFC 8419, 3.1); others are not used.
    pub fn hash(&self) -> Option<Digest> {
        match (self.oid.as_str(), self.parameters.as_deref()) {
            ("2.16.840.1.101.3.4.2.18", Some([0x02, 0x02, 0x02, 0x00])) => Some(Digest::Shake256),
            (oid, _) => Digest::from_oid(oid),
        }
    }

    fn scheme(&self, hint: Option<Digest>) -> Option<(Scheme, Option<Digest>)> {
        use Digest::*;
        let fixed = |scheme, digest| Some((scheme, Some(digest)));
        match self.oid.as_str() {
            "1.2.840.113549.1.1.1" => Some((Scheme::Pkcs1, hint)),
            "1.2.840.113549.1.1.4" => fixed(Scheme::Pkcs1, Md5),
            "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => fixed(Scheme::Pkcs1, Sha1),
            "1.2.840.113549.1.1.14" => fixed(Scheme::Pkcs1, Sha224),
            "1.2.840.113549.1.1.11" => fixed(Scheme::Pkcs1, Sha256),
            "1.2.840.113549.1.1.12" => fixed(Scheme::Pkcs1, Sha384),
            "1.2.840.113549.1.1.13" => fixed(Scheme::Pkcs1, Sha512),
            "2.16.840.1.101.3.4.3.13" => fixed(Scheme::Pkcs1, Sha3_224),
            "2.16.840.1.101.3.4.3.14" => fixed(Scheme::Pkcs1, Sha3_256),
            "2.16.840.1.101.3.4.3.15" => fixed(Scheme::Pkcs1, Sha3_384),
            "2.16.840.1.101.3.4.3.16" => fixed(Scheme::Pkcs1, Sha3_512),
            "1.2.840.113549.1.1.10" => {
                let (digest, mgf, salt) = pss_parameters(self.parameters.as_deref())?;
                Some((Scheme::Pss { mgf, salt }, Some(digest)))
            }
            // The kind of key, or that of the value (ANSI X9.62): the digest is said elsewhere.
            "1.2.840.10045.2.1" | "1.2.840.10045.4" => Some((Scheme::Ecdsa, hint)),
            "1.2.840.10045.4.1" => fixed(Scheme::Ecdsa, Sha1),
            "1.2.840.10045.4.3.1" => fixed(Scheme::Ecdsa, Sha224),
            "1.2.840.10045.4.3.2" => fixed(Scheme::Ecdsa, Sha256),
            "1.2.840.10045.4.3.3" => fixed(Scheme::Ecdsa, Sha384),
            "1.2.840.10045.4.3.4" => fixed(Scheme::Ecdsa, Sha512),
            "2.16.840.1.101.3.4.3.9" => fixed(Scheme::Ecdsa, Sha3_224),
            "2.16.840.1.101.3.4.3.10" => fixed(Scheme::Ecdsa, Sha3_256),
            "2.16.840.1.101.3.4.3.11" => fixed(Scheme::Ecdsa, Sha3_384),
            "2.16.840.1.101.3.4.3.12" => fixed(Scheme::Ecdsa, Sha3_512),
            "0.4.0.127.0.7.1.1.4.1.1" => fixed(Scheme::PlainEcdsa, Sha1),
            "0.4.0.127.0.7.1.1.4.1.2" => fixed(Scheme::PlainEcdsa, Sha224),
            "0.4.0.127.0.7.1.1.4.1.3" => fixed(Scheme::PlainEcdsa, Sha256),
            "0.4.0.127.0.7.1.1.4.1.4" => fixed(Scheme::PlainEcdsa, Sha384),
            "0.4.0.127.0.7.1.1.4.1.5" => fixed(Scheme::PlainEcdsa, Sha512),
            "0.4.0.127.0.7.1.1.4.1.8" => fixed(Scheme::PlainEcdsa, Sha3_224),
            "0.4.0.127.0.7.1.1.4.1.9" => fixed(Scheme::PlainEcdsa, Sha3_256),
            "0.4.0.127.0.7.1.1.4.1.10" => fixed(Scheme::PlainEcdsa, Sha3_384),
            "0.4.0.127.0.7.1.1.4.1.11" => fixed(Scheme::PlainEcdsa, Sha3_512),
            "1.2.840.10040.4.1" => Some((Scheme::Dsa, hint)),
            "1.2.840.10040.4.3" => fixed(Scheme::Dsa, Sha1),
            "2.16.840.1.101.3.4.3.1" => fixed(Scheme::Dsa, Sha224),
            "2.16.840.1.101.3.4.3.2" => fixed(Scheme::Dsa, Sha256),
            "1.3.101.112" => Some((Scheme::Pure(Id::ED25519), None)),
            "1.3.101.113" => Some((Scheme::Pure(Id::ED448), None)),
            _ => None,
        }
    }

    /// The digest that the signature value itself is made over.
    pub fn digest(&self, hint: Option<Digest>) -> Option<Digest> {
        self.scheme(hint)?.1
    }

    /// Whether the scheme hashes by itself (Ed25519, Ed448).
    pub fn is_pure(&self) -> bool {
        matches!(self.scheme(None), Some((Scheme::Pure(_), _)))
    }

    /// How it is called in reports.
    pub fn name(&self, hint: Option<Digest>) -> Option<String> {
        let (scheme, digest) = self.scheme(hint)?;
        let digest = digest.map_or("", Digest::name);
        Some(match scheme {
            Scheme::Pkcs1 => format!("RSA {digest}"),
            Scheme::Pss { .. } => format!("RSA-PSS {digest}"),
            Scheme::Ecdsa | Scheme::PlainEcdsa => format!("ECDSA {digest}"),
            Scheme::Dsa => format!("DSA {digest}"),
            Scheme::Pure(Id::ED25519) => "Ed25519".into(),
            Scheme::Pure(_) => "Ed448".into(),
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Scheme {
    Pkcs1,
    Pss {
        mgf: Digest,
        salt: i32,
    },
    Ecdsa,
    /// The two numbers one behind the other (BSI TR-03111, 5.2.1).
    PlainEcdsa,
    Dsa,
    Pure(Id),
}

/// `RSASSA-PSS-params` with its defaults (RFC 4055, 3.1).
fn pss_parameters(encoded: Option<&[u8]>) -> Option<(Digest, Digest, i32)> {
    let (mut digest, mut mgf, mut salt) = (Digest::Sha1, Digest::Sha1, 20);
    let Some(encoded) = encoded else {
        return Some((digest, mgf, salt));
    };
    let mut body = Reader::new(encoded).sequence().ok()?;
    if let Some(hash) = body.optional(0xa0).ok()? {
        digest = algorithm_in(hash)?.hash()?;
    }
    if let Some(mask) = body.optional(0xa1).ok()? {
        let mask = algorithm_in(mask)?;
        let inner = mask.parameters?;
        let inner = Reader::new(&inner).expect(SEQUENCE).ok()?;
        if mask.oid != "1.2.840.113549.1.1.8" {
            return None;
        }
        mgf = Algorithm::parse(inner).ok()?.hash()?;
    }
    if let Some(length) = body.optional(0xa2).ok()? {
        salt = i32::try_from(length.reader().any().ok()?.unsigned().ok()?).ok()?;
    }
    if let Some(trailer) = body.optional(0xa3).ok()?
        && trailer.reader().any().ok()?.unsigned().ok()? != 1
    {
        return None;
    }
    Some((digest, mgf, salt))
}

fn algorithm_in(tagged: Tlv<'_>) -> Option<Algorithm> {
    Algorithm::parse(tagged.reader().expect(SEQUENCE).ok()?).ok()
}

/// A SubjectPublicKeyInfo; the key is made ready at its first use.
#[derive(Debug, Clone)]
pub struct PublicKey {
    raw: Vec<u8>,
    /// Content of the bit string: what key identifiers are hashes of.
    bits: Vec<u8>,
    pub algorithm: Algorithm,
    key: Ready,
}

/// A key that is made ready for use once, by who needs it first; `None` where it cannot be used.
pub(super) type Ready = Arc<OnceLock<Option<PKey<Public>>>>;

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for PublicKey {}

impl PublicKey {
    pub fn parse(sequence: Tlv<'_>) -> Result<Self, Malformed> {
        let mut body = sequence.reader();
        let algorithm = Algorithm::parse(body.expect(SEQUENCE)?)?;
        Ok(PublicKey {
            raw: sequence.raw.to_vec(),
            bits: body.expect(BIT_STRING)?.bit_octets()?.to_vec(),
            algorithm,
            key: Arc::default(),
        })
    }

    pub(super) fn raw(&self) -> &[u8] {
        &self.raw
    }

    pub(super) fn ready(&self) -> Ready {
        Arc::clone(&self.key)
    }

    /// `ready` is of the same bytes.
    pub(super) fn take_ready(&mut self, ready: &Ready) {
        self.key = Arc::clone(ready);
    }

    pub fn bits(&self) -> &[u8] {
        &self.bits
    }

    /// The digest that an RSA-PSS key binds itself to, if it does.
    pub fn pss_digest(&self) -> Option<Digest> {
        pss_parameters(Some(self.algorithm.parameters.as_deref()?)).map(|p| p.0)
    }

    fn key(&self) -> Option<&PKey<Public>> {
        let make = || key::plain(&self.algorithm, &self.bits).or_else(|| PKey::public_key_from_der(&self.raw).ok());
        self.key.get_or_init(make).as_ref()
    }

    /// The digest algorithm that an RSA PKCS #1 value names inside; nothing is verified by it.
    pub fn digest_inside(&self, signature: &[u8]) -> Option<Digest> {
        let rsa = self.key()?.rsa().ok()?;
        let mut plain = vec![0; rsa.size() as usize];
        let length = rsa.public_decrypt(signature, &mut plain, Padding::PKCS1).ok()?;
        let mut info = Reader::new(&plain[..length]).sequence().ok()?;
        Algorithm::parse(info.expect(SEQUENCE).ok()?).ok()?.hash()
    }

    /// Kind and size for the judgement of strength: `("RSA", 2048)`.
    pub fn strength(&self) -> Option<(&'static str, u32)> {
        let key = self.key()?;
        let kind = match key.id() {
            Id::RSA | Id::RSA_PSS => "RSA",
            Id::EC => "EC",
            Id::DSA => "DSA",
            Id::ED25519 => "Ed25519",
            Id::ED448 => "Ed448",
            _ => return None,
        };
        Some((kind, key.bits()))
    }

    /// Whether `signature` is this key's over `message`. `hint` is the digest where the
    /// algorithm identifier names only the kind of key.
    pub fn verifies(&self, algorithm: &Algorithm, hint: Option<Digest>, message: &[u8], signature: &[u8]) -> bool {
        self.check(algorithm, hint, Input::Message(message), signature).unwrap_or(false)
    }

    /// The same over a digest that was computed already; never for Ed25519 and Ed448.
    pub fn verifies_digest(&self, algorithm: &Algorithm, hint: Option<Digest>, digest: &[u8], signature: &[u8]) -> bool {
        self.check(algorithm, hint, Input::Digest(digest), signature).unwrap_or(false)
    }

    fn check(&self, algorithm: &Algorithm, hint: Option<Digest>, input: Input<'_>, signature: &[u8]) -> Option<bool> {
        let (scheme, digest) = algorithm.scheme(hint)?;
        let key = self.key()?;
        let fits = match scheme {
            Scheme::Pkcs1 => key.id() == Id::RSA,
            Scheme::Pss { .. } => matches!(key.id(), Id::RSA | Id::RSA_PSS),
            Scheme::Ecdsa | Scheme::PlainEcdsa => key.id() == Id::EC,
            Scheme::Dsa => key.id() == Id::DSA,
            Scheme::Pure(id) => key.id() == id,
        };
        if !fits {
            return Some(false);
        }
        if let Scheme::Pure(_) = scheme {
            let Input::Message(message) = input else {
                return None;
            };
            let mut verifier = Verifier::new_without_digest(key).ok()?;
            return verifier.verify_oneshot(signature, message).ok();
        }
        let digest = digest?;
        let value = match input {
            Input::Message(message) => digest.hash(message)?,
            Input::Digest(value) => value.to_vec(),
        };
        // The two that are met everywhere take the short way: a context costs more than the operation with an RSA key.
        match scheme {
            Scheme::Pkcs1 => return key::verifies_pkcs1(key, digest, &value, signature),
            Scheme::Ecdsa => return Some(key::verifies_ecdsa(key, &value, signature)),
            Scheme::PlainEcdsa => return Some(key::verifies_plain_ecdsa(key, &value, signature)),
            _ => {}
        }
        let md = digest.md()?;
        let mut context = PkeyCtx::new(key).ok()?;
        context.verify_init().ok()?;
        if let Scheme::Pss { mgf, salt } = scheme {
            context.set_rsa_padding(Padding::PKCS1_PSS).ok()?;
            context.set_signature_md(&md).ok()?;
            context.set_rsa_mgf1_md(&*mgf.md()?).ok()?;
            context.set_rsa_pss_saltlen(RsaPssSaltlen::custom(salt)).ok()?;
        }
        context.set_signature_md(&md).ok()?;
        let good = context.verify(&value, signature);
        // A malformed signature leaves an error on OpenSSL's queue; it is an answer, not a fault.
        Some(good.unwrap_or(false))
    }
}

enum Input<'a> {
    Message(&'a [u8]),
    Digest(&'a [u8]),
}
