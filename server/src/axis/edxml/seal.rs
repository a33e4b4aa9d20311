//! Making the XML signature of a message.
use super::c14n::in_attribute;
use super::parts::Found;
use super::signature::{ECDSA_SHA256, EXCLUSIVE, NAMESPACE, RSA_SHA256, SHA256};
use super::{Attachment, read};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openssl::ecdsa::EcdsaSig;
use openssl::sha::Sha256;
use signing::x509::Certificate;
use signing::{Digest, KeySigner, SignatureAlgorithm, Signer};
use std::fmt::Write as _;
use std::io::{self, Read};

/// Whose signature a message gets.
pub struct Sealer {
    key: KeySigner,
    method: &'static str,
    /// Bytes of each number of an ECDSA value.
    side: i32,
}

impl Sealer {
    /// # Errors
    /// [`signing::Error::Key`] for a key that signs with neither RSA (PKCS #1) nor ECDSA.
    pub fn new(key: KeySigner) -> signing::Result<Self> {
        let (algorithm, method) = match key.algorithm() {
            SignatureAlgorithm::RsaPkcs1(_) => (SignatureAlgorithm::RsaPkcs1(Digest::Sha256), RSA_SHA256),
            SignatureAlgorithm::Ecdsa(_) => (SignatureAlgorithm::Ecdsa(Digest::Sha256), ECDSA_SHA256),
            other => return Err(signing::Error::Key(format!("{other:?} signs no messages: RSA or ECDSA does"))),
        };
        let certificate = Certificate::parse(key.certificate()).map_err(|e| signing::Error::Key(e.to_string()))?;
        let bits = certificate.key.strength().map_or(0, |(_, bits)| bits);
        Ok(Self {
            key: key.with_algorithm(algorithm),
            method,
            side: i32::try_from(bits.div_ceil(8)).unwrap_or(0),
        })
    }

    /// From PEM: the key, not encrypted, and the certificate with those above it.
    ///
    /// # Errors
    /// As [`Sealer::new`].
    pub fn from_pem(key: &[u8], certificate: &[u8]) -> signing::Result<Self> {
        Self::new(KeySigner::from_pem(key, None, certificate, &[])?)
    }

    /// The signature of an envelope without one, whose parts have an Id, and of its attachments.
    pub(super) fn signature(&self, envelope: &str, attachments: &[Attachment]) -> io::Result<String> {
        let mut info = format!(
            "<ds:SignedInfo xmlns:ds=\"{NAMESPACE}\"><ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></ds:CanonicalizationMethod>\
             <ds:SignatureMethod Algorithm=\"{}\"></ds:SignatureMethod>",
            self.method
        );
        let parts = read::parts(envelope).map_err(io::Error::other)?;
        for Found { ids, sha256, .. } in &parts {
            let id = ids.first().map_or("", String::as_str);
            let transforms = format!("<ds:Transforms><ds:Transform Algorithm=\"{EXCLUSIVE}\"></ds:Transform></ds:Transforms>");
            reference(&mut info, &format!("#{id}"), &transforms, sha256);
        }
        for a in attachments {
            reference(&mut info, &format!("cid:{}", a.content_id), "", &digest(&a.path)?);
        }
        info.push_str("</ds:SignedInfo>");
        let value = self.value(info.as_bytes()).map_err(io::Error::other)?;
        let mut certificates = String::new();
        for der in std::iter::once(self.key.certificate()).chain(self.key.chain().iter().map(Vec::as_slice)) {
            let _ = write!(certificates, "<ds:X509Certificate>{}</ds:X509Certificate>", STANDARD.encode(der));
        }
        Ok(format!(
            "<ds:Signature xmlns:ds=\"{NAMESPACE}\">{info}<ds:SignatureValue>{}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>{certificates}\
             </ds:X509Data></ds:KeyInfo></ds:Signature>",
            STANDARD.encode(value)
        ))
    }

    fn value(&self, info: &[u8]) -> signing::Result<Vec<u8>> {
        let value = self.key.sign(info)?;
        if self.method != ECDSA_SHA256 {
            return Ok(value);
        }
        let sides =
            EcdsaSig::from_der(&value).and_then(|e| Ok([e.r().to_vec_padded(self.side)?, e.s().to_vec_padded(self.side)?].concat()));
        sides.map_err(|e| signing::Error::Signer(e.to_string()))
    }
}

/// In canonical form, as all of SignedInfo is written here.
fn reference(info: &mut String, uri: &str, transforms: &str, sha256: &[u8; 32]) {
    let uri = in_attribute(uri);
    let _ = write!(
        info,
        "<ds:Reference URI=\"{uri}\">{transforms}<ds:DigestMethod Algorithm=\"{SHA256}\"></ds:DigestMethod><ds:DigestValue>{}\
         </ds:DigestValue></ds:Reference>",
        STANDARD.encode(sha256)
    );
}

/// SHA-256 of a file.
pub(super) fn digest(path: &std::path::Path) -> io::Result<[u8; 32]> {
    let mut file = std::fs::File::open(path)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 64 * 1024]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finish()),
            n => hash.update(&buffer[..n]),
        }
    }
}
