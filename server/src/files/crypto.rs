//! What requests to an S3 store are signed with: OpenSSL, as everything else here.
use object_store::client::{CryptoProvider, DigestAlgorithm, DigestContext, HmacContext, Signer, SigningAlgorithm};
use object_store::{Error, Result};
use openssl::hash::{Hasher, MessageDigest};
use openssl::pkey::PKey;

#[derive(Debug)]
pub struct OpenSsl;

fn failed(e: openssl::error::ErrorStack) -> Error {
    Error::Generic {
        store: "S3",
        source: Box::new(e),
    }
}

fn unknown(what: impl std::fmt::Debug) -> Error {
    Error::NotSupported {
        source: format!("{what:?}").into(),
    }
}

impl CryptoProvider for OpenSsl {
    fn digest(&self, algorithm: DigestAlgorithm) -> Result<Box<dyn DigestContext>> {
        match algorithm {
            DigestAlgorithm::Sha256 => Ok(Box::new(Digest {
                hasher: Hasher::new(MessageDigest::sha256()).map_err(failed)?,
                failure: None,
                value: Vec::new(),
            })),
            other => Err(unknown(other)),
        }
    }

    fn hmac(&self, algorithm: DigestAlgorithm, secret: &[u8]) -> Result<Box<dyn HmacContext>> {
        match algorithm {
            DigestAlgorithm::Sha256 => Ok(Box::new(Hmac {
                secret: secret.to_vec(),
                text: Vec::new(),
                value: Vec::new(),
            })),
            other => Err(unknown(other)),
        }
    }

    fn sign(&self, algorithm: SigningAlgorithm, _pem: &[u8]) -> Result<Box<dyn Signer>> {
        // Other clouds sign so; S3 does not.
        Err(unknown(algorithm))
    }
}

struct Digest {
    hasher: Hasher,
    failure: Option<openssl::error::ErrorStack>,
    value: Vec<u8>,
}

impl DigestContext for Digest {
    fn update(&mut self, data: &[u8]) {
        if let Err(e) = self.hasher.update(data) {
            self.failure = Some(e);
        }
    }

    fn finish(&mut self) -> Result<&[u8]> {
        if let Some(e) = self.failure.take() {
            return Err(failed(e));
        }
        self.value = self.hasher.finish().map_err(failed)?.to_vec();
        Ok(&self.value)
    }
}

/// What is signed so is a few lines long.
struct Hmac {
    secret: Vec<u8>,
    text: Vec<u8>,
    value: Vec<u8>,
}

impl HmacContext for Hmac {
    fn update(&mut self, data: &[u8]) {
        self.text.extend_from_slice(data);
    }

    fn finish(&mut self) -> Result<&[u8]> {
        let key = PKey::hmac(&self.secret).map_err(failed)?;
        let mut signer = openssl::sign::Signer::new(MessageDigest::sha256(), &key).map_err(failed)?;
        self.value = signer.sign_oneshot_to_vec(&self.text).map_err(failed)?;
        Ok(&self.value)
    }
}
