//! The public-key security handler (ISO 32000-2, 7.6.5): the file's key is sealed for the certificates of its recipients.

use lopdf::{Dictionary, Object};
use openssl::cms::CmsContentInfo;
use openssl::hash::{MessageDigest, hash};
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::key::{self, KeySigner};
use crate::pdf::PdfError;

/// Bytes of the seed in front of the permissions.
const SEED: usize = 20;
/// Envelopes that are tried; no honest file is for more.
const MOST: usize = 1000;

/// Somebody for whom a file was encrypted: a key with its certificate.
#[derive(Clone)]
pub struct Recipient(Arc<(PKey<Private>, X509)>);

impl Recipient {
    /// A private key and the DER certificate for which files are encrypted.
    ///
    /// # Errors
    /// [`Error::Key`] where the two do not belong together.
    pub fn new(key: PKey<Private>, certificate: &[u8]) -> Result<Self> {
        let unusable = |e: openssl::error::ErrorStack| Error::Key(e.to_string());
        let certificate = X509::from_der(certificate).map_err(unusable)?;
        if !certificate.public_key().map_err(unusable)?.public_eq(&key) {
            return Err(Error::Key("the certificate is not that of the key".into()));
        }
        Ok(Self(Arc::new((key, certificate))))
    }

    /// A private key in PEM with its certificate in the same text, also where there are further ones.
    ///
    /// # Errors
    /// [`Error::Key`], which tells a wrong password from something that is no key.
    pub fn from_pem(pem: &[u8], password: Option<&[u8]>) -> Result<Self> {
        let key = KeySigner::private_key(pem, password)?;
        let all = X509::stack_from_pem(pem).unwrap_or_default();
        let own = all.into_iter().find(|c| c.public_key().is_ok_and(|public| public.public_eq(&key)));
        let own = own.ok_or_else(|| Error::Key("the certificate of the key is not beside it".into()))?;
        Ok(Self(Arc::new((key, own))))
    }

    /// Key and certificate of a PKCS#12 file.
    ///
    /// # Errors
    /// As [`Self::new`], also when the password is wrong.
    pub fn from_pkcs12(bytes: &[u8], password: &str) -> Result<Self> {
        let (key, certificate, _) = key::pkcs12(bytes, password)?;
        Self::new(key, &certificate)
    }

    fn open(&self, envelope: &[u8]) -> Option<Vec<u8>> {
        let (key, certificate) = &*self.0;
        let content = CmsContentInfo::from_der(envelope).ok()?.decrypt(key, certificate).ok()?;
        (content.len() >= SEED).then_some(content)
    }
}

impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recipient").finish_non_exhaustive()
    }
}

/// The key of a file whose envelopes `holder` lists: the encryption dictionary or the crypt filter.
pub(super) fn file_key(
    holder: &Dictionary,
    version: i64,
    length: usize,
    encrypt_metadata: bool,
    recipient: &Recipient,
) -> std::result::Result<Vec<u8>, PdfError> {
    let envelopes: Vec<&[u8]> = match holder.get(b"Recipients") {
        Ok(Object::Array(list)) if list.len() <= MOST => list.iter().filter_map(|one| one.as_str().ok()).collect(),
        Ok(Object::String(one, _)) => vec![one],
        _ => return Err(PdfError::Encryption("/Recipients is missing".into())),
    };
    let content = envelopes.iter().find_map(|one| recipient.open(one)).ok_or(PdfError::Recipient)?;
    let mut input = content[..SEED].to_vec();
    envelopes.iter().for_each(|one| input.extend_from_slice(one));
    if version >= 4 && !encrypt_metadata {
        input.extend_from_slice(&[0xff; 4]);
    }
    let digest = if version >= 5 {
        MessageDigest::sha256()
    } else {
        MessageDigest::sha1()
    };
    let digest = hash(digest, &input).map_err(|e| PdfError::Encryption(e.to_string()))?;
    Ok(digest[..length.min(digest.len())].to_vec())
}
