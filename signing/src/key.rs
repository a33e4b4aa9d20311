//! Who makes the signature value: a trait, and keys held in memory.
use crate::error::{Error, Result};
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Signer as OpensslSigner};
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
        let algorithm = match key.id() {
            Id::RSA => SignatureAlgorithm::RsaPkcs1(Digest::Sha256),
            Id::RSA_PSS => SignatureAlgorithm::RsaPss(Digest::Sha256),
            Id::ED25519 => SignatureAlgorithm::Ed25519,
            Id::EC => SignatureAlgorithm::Ecdsa(match key.bits() {
                ..=256 => Digest::Sha256,
                257..=384 => Digest::Sha384,
                _ => Digest::Sha512,
            }),
            other => return Err(Error::Key(format!("unsupported kind of key: {other:?}"))),
        };
        let certificate = certificate.to_der().map_err(unusable)?;
        Ok(Self {
            key,
            algorithm,
            certificate,
            chain,
        })
    }

    /// `certificate` and `chain` in PEM; the chain may hold several certificates.
    pub fn from_pem(key: &[u8], password: Option<&[u8]>, certificate: &[u8], chain: &[u8]) -> Result<Self> {
        let unusable = |e: openssl::error::ErrorStack| Error::Key(e.to_string());
        let key = match password {
            Some(password) => PKey::private_key_from_pem_passphrase(key, password),
            // Without a password an encrypted key must fail, not ask at the terminal.
            None => PKey::private_key_from_pem_callback(key, |_| Ok(0)),
        }
        .map_err(unusable)?;
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
        let unusable = |e: openssl::error::ErrorStack| Error::Key(format!("PKCS#12: {e}"));
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
        Self::new(key, &certificate.to_der().map_err(unusable)?, chain)
    }

    /// The same key with another algorithm that it can do, such as RSA-PSS.
    pub fn with_algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.algorithm = algorithm;
        self
    }
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
