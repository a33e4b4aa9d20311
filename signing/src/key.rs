//! Who makes the signature value: a trait, and keys held in memory.
use crate::cms::build::signature_algorithm;
use crate::error::{Error, Result};
use crate::x509::{Certificate, digest};
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Signer as OpensslSigner, Verifier};
use openssl::x509::X509;
use serde::{Deserialize, Serialize};

/// Digests that signatures are made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Digest {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Digest {
    pub(crate) fn openssl(self) -> MessageDigest {
        match self {
            Self::Sha256 => MessageDigest::sha256(),
            Self::Sha384 => MessageDigest::sha384(),
            Self::Sha512 => MessageDigest::sha512(),
        }
    }

    /// The digest of `data`.
    ///
    /// # Errors
    /// [`Error::Signer`] only when OpenSSL itself fails.
    pub fn of(self, data: &[u8]) -> Result<Vec<u8>> {
        let digest = openssl::hash::hash(self.openssl(), data);
        digest.map(|d| d.to_vec()).map_err(|e| Error::Signer(e.to_string()))
    }

    /// Bytes.
    pub fn size(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// How the signature value is made, with the digest of the document and of the attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(Digest),
    /// MGF1 with the same digest, salt as long as the digest.
    RsaPss(Digest),
    /// The value is DER, `SEQUENCE { r, s }`.
    Ecdsa(Digest),
    /// With SHA-512, as RFC 8419 asks.
    Ed25519,
}

impl SignatureAlgorithm {
    /// What fits the key of a certificate (DER); `pss` takes RSA-PSS where the key leaves the choice.
    ///
    /// # Errors
    /// [`Error::Key`] when the certificate cannot be read or its kind of key is not supported.
    pub fn of_certificate(certificate: &[u8], pss: bool) -> Result<Self> {
        let read = Certificate::parse(certificate).map_err(|e| Error::Key(format!("the certificate cannot be read: {e}")))?;
        let public = X509::from_der(certificate).and_then(|c| c.public_key());
        let public = public.map_err(|e| Error::Key(format!("the certificate's key cannot be read: {e}")))?;
        Ok(match public.id() {
            Id::RSA if pss => Self::RsaPss(Digest::Sha256),
            Id::RSA => Self::RsaPkcs1(Digest::Sha256),
            // The key itself may say which digest it is for (RFC 4055, 1.2).
            Id::RSA_PSS => Self::RsaPss(match read.key.pss_digest() {
                None | Some(digest::Digest::Sha256) => Digest::Sha256,
                Some(digest::Digest::Sha384) => Digest::Sha384,
                Some(digest::Digest::Sha512) => Digest::Sha512,
                Some(other) => return Err(Error::Key(format!("an RSA-PSS key for {}, which is not signed with", other.name()))),
            }),
            Id::ED25519 => Self::Ed25519,
            Id::EC => Self::Ecdsa(match public.bits() {
                ..=256 => Digest::Sha256,
                257..=384 => Digest::Sha384,
                _ => Digest::Sha512,
            }),
            other => return Err(Error::Key(format!("unsupported kind of key: {other:?}"))),
        })
    }

    /// DER of the parameters of its AlgorithmIdentifier, where it has some: those of RSA-PSS (RFC 4055, 3.1).
    pub fn parameters(self) -> Option<Vec<u8>> {
        match self {
            Self::RsaPss(_) => {
                let identifier = signature_algorithm(self);
                let mut body = crate::asn1::Reader::new(&identifier).sequence().ok()?;
                body.any().ok()?;
                Some(body.any().ok()?.raw.to_vec())
            }
            _ => None,
        }
    }

    /// Checks a signature value that somebody else made over `attributes` with the key of this certificate.
    ///
    /// # Errors
    /// [`Error::Signer`] when it does not hold.
    pub fn check(self, certificate: &[u8], attributes: &[u8], value: &[u8]) -> Result<()> {
        let work = || {
            let public = X509::from_der(certificate)?.public_key()?;
            if self == Self::Ed25519 {
                return Verifier::new_without_digest(&public)?.verify_oneshot(value, attributes);
            }
            let digest = self.digest().openssl();
            let mut verifier = Verifier::new(digest, &public)?;
            if matches!(self, Self::RsaPss(_)) {
                verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
                verifier.set_rsa_mgf1_md(digest)?;
                verifier.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
            }
            verifier.verify_oneshot(value, attributes)
        };
        match work() {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(Error::Signer(
                "the signature value does not fit the certificate: another key, another digest or another algorithm made it".into(),
            )),
        }
    }

    /// Digest of the document and of the signed attributes.
    pub fn digest(self) -> Digest {
        match self {
            Self::RsaPkcs1(d) | Self::RsaPss(d) | Self::Ecdsa(d) => d,
            Self::Ed25519 => Digest::Sha512,
        }
    }
}

/// A key in a file, on a token, behind a service: whoever can sign the attributes.
pub trait Signer: Send + Sync {
    /// DER of the signer's certificate.
    fn certificate(&self) -> &[u8];
    /// DER of the certificates above it, nearest first.
    fn chain(&self) -> &[Vec<u8>];
    /// How the value is made.
    fn algorithm(&self) -> SignatureAlgorithm;
    /// The signature value over `attributes`, the DER of the signed attributes as a SET.
    ///
    /// # Errors
    /// [`Error::Signer`] with the reason of the key or the service.
    fn sign(&self, attributes: &[u8]) -> Result<Vec<u8>>;
}

/// A private key in memory with its certificate.
pub struct KeySigner {
    key: PKey<Private>,
    algorithm: SignatureAlgorithm,
    certificate: Vec<u8>,
    chain: Vec<Vec<u8>>,
}

impl KeySigner {
    /// # Errors
    /// [`Error::Key`] when the key cannot be read, is of an unsupported kind, or does not belong to the certificate.
    pub fn new(key: PKey<Private>, certificate: &[u8], chain: Vec<Vec<u8>>) -> Result<Self> {
        let unusable = |e: openssl::error::ErrorStack| Error::Key(e.to_string());
        let certificate = X509::from_der(certificate).map_err(unusable)?;
        let public = certificate.public_key().map_err(unusable)?;
        if !key.public_eq(&public) {
            return Err(Error::Key("the private key does not belong to the certificate".into()));
        }
        let certificate = certificate.to_der().map_err(unusable)?;
        let algorithm = SignatureAlgorithm::of_certificate(&certificate, false)?;
        Ok(Self {
            key,
            algorithm,
            certificate,
            chain,
        })
    }

    /// A private key in PEM, or in DER (PKCS#8 or of its kind) where it is not encrypted.
    ///
    /// # Errors
    /// [`Error::Key`], which tells a wrong password from something that is no key.
    pub fn private_key(key: &[u8], password: Option<&[u8]>) -> Result<PKey<Private>> {
        if key.first() == Some(&0x30) {
            let read = match password {
                Some(password) => PKey::private_key_from_pkcs8_passphrase(key, password).or_else(|_| PKey::private_key_from_der(key)),
                None => PKey::private_key_from_der(key),
            };
            return read.map_err(|e| Error::Key(format!("no private key that can be read: {e}")));
        }
        let read = match password {
            Some(password) => PKey::private_key_from_pem_passphrase(key, password),
            // Without a password an encrypted key must fail, not ask at the terminal.
            None => PKey::private_key_from_pem_callback(key, |_| Ok(0)),
        };
        read.map_err(|e| wrong_password(&e, password.is_some()))
    }

    /// With further certificates in its chain.
    pub fn with_chain(mut self, more: Vec<Vec<u8>>) -> Self {
        self.chain.extend(more);
        self
    }

    /// `certificate` and `chain` in PEM; the chain may hold several certificates.
    pub fn from_pem(key: &[u8], password: Option<&[u8]>, certificate: &[u8], chain: &[u8]) -> Result<Self> {
        let unusable = |e: openssl::error::ErrorStack| Error::Key(e.to_string());
        let key = Self::private_key(key, password)?;
        let mut own = X509::stack_from_pem(certificate).map_err(unusable)?.into_iter();
        let first = own.next().ok_or_else(|| Error::Key("there is no certificate in the file".into()))?;
        let chain = if chain.is_empty() {
            Vec::new()
        } else {
            X509::stack_from_pem(chain).map_err(unusable)?
        };
        let chain = own
            .chain(chain)
            .map(|c| c.to_der())
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(unusable)?;
        Self::new(key, &first.to_der().map_err(unusable)?, chain)
    }

    /// A key in DER (PKCS#8, not encrypted) with its certificate and chain in DER.
    ///
    /// # Errors
    /// As [`KeySigner::new`].
    pub fn from_pkcs8_der(key: &[u8], certificate: &[u8], chain: Vec<Vec<u8>>) -> Result<Self> {
        let key = PKey::private_key_from_der(key).map_err(|e| Error::Key(e.to_string()))?;
        Self::new(key, certificate, chain)
    }

    /// Key, certificate and chain of a PKCS#12 file.
    ///
    /// # Errors
    /// As [`KeySigner::new`], also when the password is wrong.
    pub fn from_pkcs12(bytes: &[u8], password: &str) -> Result<Self> {
        let (key, certificate, chain) = pkcs12(bytes, password)?;
        Self::new(key, &certificate, chain)
    }

    /// The same key with another algorithm that it can do, such as RSA-PSS.
    pub fn with_algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// With RSA-PSS instead of PKCS#1, which an RSA key may choose.
    ///
    /// # Errors
    /// [`Error::Key`] for other keys.
    pub fn with_pss(mut self) -> Result<Self> {
        self.algorithm = SignatureAlgorithm::of_certificate(&self.certificate, true)?;
        match self.algorithm {
            SignatureAlgorithm::RsaPss(_) => Ok(self),
            _ => Err(Error::Key("only an RSA key can sign with RSA-PSS".into())),
        }
    }
}

/// Key, certificate and chain (DER).
type Contents = (PKey<Private>, Vec<u8>, Vec<Vec<u8>>);

/// What is in a PKCS#12 file.
pub(crate) fn pkcs12(bytes: &[u8], password: &str) -> Result<Contents> {
    let unusable = |e: openssl::error::ErrorStack| {
        let wrong = e.errors().iter().any(|e| e.reason().is_some_and(|r| r.contains("mac verify")));
        let more = if wrong { " (is the password right?)" } else { "" };
        Error::Key(format!("PKCS#12: {e}{more}"))
    };
    let parsed = openssl::pkcs12::Pkcs12::from_der(bytes)
        .and_then(|p| p.parse2(password))
        .map_err(unusable)?;
    let (Some(key), Some(certificate)) = (parsed.pkey, parsed.cert) else {
        return Err(Error::Key("the PKCS#12 file holds no key with its certificate".into()));
    };
    let chain = parsed
        .ca
        .map(|ca| ca.iter().filter_map(|c| c.to_der().ok()).collect())
        .unwrap_or_default();
    Ok((key, certificate.to_der().map_err(unusable)?, chain))
}

/// What OpenSSL says of an encrypted key does not name the password.
fn wrong_password(e: &openssl::error::ErrorStack, given: bool) -> Error {
    let reasons = || e.errors().iter().filter_map(|e| e.reason());
    if reasons().any(|r| r.contains("decrypt") || r.contains("password") || r.contains("interrupted or cancelled")) {
        let why = if given {
            "the password does not open it"
        } else {
            "it is encrypted, and no password was given"
        };
        return Error::Key(why.into());
    }
    Error::Key(format!("no private key in PEM: {e}"))
}

impl Signer for KeySigner {
    fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn sign(&self, attributes: &[u8]) -> Result<Vec<u8>> {
        let work = || {
            if self.algorithm == SignatureAlgorithm::Ed25519 {
                return OpensslSigner::new_without_digest(&self.key)?.sign_oneshot_to_vec(attributes);
            }
            let digest = self.algorithm.digest().openssl();
            let mut signer = OpensslSigner::new(digest, &self.key)?;
            if matches!(self.algorithm, SignatureAlgorithm::RsaPss(_)) {
                signer.set_rsa_padding(Padding::PKCS1_PSS)?;
                signer.set_rsa_mgf1_md(digest)?;
                signer.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
            }
            signer.sign_oneshot_to_vec(attributes)
        };
        work().map_err(|e| Error::Signer(e.to_string()))
    }
}
