//! Reading SignedData as others have written it, and checking its signature.

use super::read_attributes::Attribute;
use crate::asn1::{self, INTEGER, Malformed, OCTET_STRING, OID, Reader, SEQUENCE, SET};
use crate::x509::digest::Digest;
use crate::x509::signature::Algorithm;
use crate::x509::{Certificate, Name};

pub const DATA: &str = "1.2.840.113549.1.7.1";
pub const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
/// `OtherRevocationInfoFormat` of an OCSP response (RFC 5940).
const OCSP_FORMAT: &str = "1.3.6.1.5.5.7.16.2";

#[derive(Debug, Clone)]
pub enum SignerId {
    /// Issuer and content octets of the serial number.
    IssuerSerial(Name, Vec<u8>),
    KeyId(Vec<u8>),
}

impl SignerId {
    pub fn names(&self, certificate: &Certificate) -> bool {
        match self {
            SignerId::IssuerSerial(issuer, serial) => *issuer == certificate.issuer && *serial == certificate.serial,
            SignerId::KeyId(id) => match &certificate.extensions.subject_key_id {
                Some(own) => own == id,
                None => Digest::Sha1.hash(certificate.key.bits()).as_ref() == Some(id),
            },
        }
    }
}

#[derive(Debug, Clone)]
pub struct SignerInfo {
    pub id: SignerId,
    pub digest_oid: String,
    pub digest: Option<Digest>,
    pub algorithm: Algorithm,
    pub signature: Vec<u8>,
    /// The signed attributes as a SET, exactly as they were encoded.
    signed_raw: Option<Vec<u8>>,
    pub signed: Vec<Attribute>,
    pub unsigned: Vec<Attribute>,
}

#[derive(Debug, Clone)]
pub struct SignedData {
    pub content_type: String,
    pub content: Option<Vec<u8>>,
    pub certificates: Vec<Certificate>,
    pub crls: Vec<Vec<u8>>,
    pub ocsp: Vec<Vec<u8>>,
    pub signers: Vec<SignerInfo>,
    /// How many bytes of the input the structure took.
    pub length: usize,
}

impl SignedData {
    /// Reads a `ContentInfo` that holds SignedData, in BER or DER. Bytes behind it are left.
    pub fn parse(data: &[u8]) -> Result<Self, Malformed> {
        let (der, length) = asn1::definite(data)?;
        let mut info = Reader::new(&der).sequence()?;
        if info.expect(OID)?.oid()? != SIGNED_DATA {
            return Err(Malformed("not signed data"));
        }
        let mut body = info.expect(0xa0)?.reader().sequence()?;
        body.expect(INTEGER)?;
        body.expect(SET)?;
        let mut inner = body.sequence()?;
        let content_type = inner.expect(OID)?.oid()?;
        let content = match inner.optional(0xa0)? {
            // Old PKCS #7 puts a SEQUENCE here; its content octets are what counts.
            Some(explicit) => Some(explicit.reader().any()?.content.to_vec()),
            None => None,
        };
        inner.end()?;
        let mut found = SignedData {
            content_type,
            content,
            certificates: Vec::new(),
            crls: Vec::new(),
            ocsp: Vec::new(),
            signers: Vec::new(),
            length,
        };
        if let Some(set) = body.optional(0xa0)? {
            for choice in set.reader().all()? {
                // Attribute certificates and other formats carry tags of their own. A
                // certificate that cannot be read cannot be used either.
                if choice.tag == SEQUENCE {
                    found.certificates.extend(Certificate::parse(choice.raw).ok());
                }
            }
        }
        if let Some(set) = body.optional(0xa1)? {
            for choice in set.reader().all()? {
                match choice.tag {
                    SEQUENCE => found.crls.push(choice.raw.to_vec()),
                    0xa1 => {
                        let mut other = choice.reader();
                        if other.expect(OID)?.oid()? == OCSP_FORMAT {
                            found.ocsp.push(other.any()?.raw.to_vec());
                        }
                    }
                    _ => {}
                }
            }
        }
        for signer in body.expect(SET)?.reader().all()? {
            if signer.tag != SEQUENCE {
                return Err(Malformed("signer"));
            }
            found.signers.push(SignerInfo::parse(signer.reader())?);
        }
        body.end()?;
        info.end()?;
        Ok(found)
    }
}

impl SignedData {
    /// A bare PKCS #1 value as `adbe.x509.rsa_sha1` has it (an OCTET STRING), with the certificates
    /// that stand beside it, the signer's first. In spite of the name, the digest may be a newer one
    /// (ISO 32000-1, table 257); which one, only the value itself says.
    pub fn bare(data: &[u8], certificates: Vec<Certificate>) -> Result<Self, Malformed> {
        let (der, length) = asn1::definite(data)?;
        let value = Reader::new(&der).any()?;
        if value.tag != OCTET_STRING {
            return Err(Malformed("signature value"));
        }
        let own = certificates.first().ok_or(Malformed("no certificate"))?;
        let digest = own.key.digest_inside(value.content).unwrap_or(Digest::Sha1);
        let signer = SignerInfo {
            id: SignerId::IssuerSerial(own.issuer.clone(), own.serial.clone()),
            digest_oid: String::new(),
            digest: Some(digest),
            algorithm: Algorithm::rsa(),
            signature: value.content.to_vec(),
            signed_raw: None,
            signed: Vec::new(),
            unsigned: Vec::new(),
        };
        Ok(SignedData {
            content_type: DATA.into(),
            content: None,
            certificates,
            crls: Vec::new(),
            ocsp: Vec::new(),
            signers: vec![signer],
            length,
        })
    }
}

impl SignerInfo {
    fn parse(mut body: Reader<'_>) -> Result<Self, Malformed> {
        body.expect(INTEGER)?;
        let id = body.any()?;
        let id = match id.tag {
            SEQUENCE => {
                let mut both = id.reader();
                let issuer = Name::parse(both.expect(SEQUENCE)?.raw)?;
                let serial = both.expect(INTEGER)?.content.to_vec();
                both.end()?;
                SignerId::IssuerSerial(issuer, serial)
            }
            0x80 => SignerId::KeyId(id.content.to_vec()),
            0xa0 => SignerId::KeyId(id.reader().expect(OCTET_STRING)?.content.to_vec()),
            _ => return Err(Malformed("signer identifier")),
        };
        let digest_algorithm = Algorithm::parse(body.expect(SEQUENCE)?)?;
        let mut signed_raw = None;
        let mut signed = Vec::new();
        if let Some(set) = body.optional(0xa0)? {
            let mut raw = set.raw.to_vec();
            raw[0] = SET;
            signed_raw = Some(raw);
            signed = Attribute::parse_all(set)?;
        }
        let algorithm = Algorithm::parse(body.expect(SEQUENCE)?)?;
        let signature = body.expect(OCTET_STRING)?.content.to_vec();
        let unsigned = match body.optional(0xa1)? {
            Some(set) => Attribute::parse_all(set)?,
            None => Vec::new(),
        };
        body.end()?;
        Ok(SignerInfo {
            id,
            // Some programs name the signature algorithm, which says the digest as well.
            digest: digest_algorithm.hash().or_else(|| digest_algorithm.digest(None)),
            digest_oid: digest_algorithm.oid,
            algorithm,
            signature,
            signed_raw,
            signed,
            unsigned,
        })
    }

    /// The signed attributes as a SET, exactly as they were encoded.
    pub fn signed_attributes(&self) -> Option<&[u8]> {
        self.signed_raw.as_deref()
    }

    pub fn has_signed_attributes(&self) -> bool {
        self.signed_raw.is_some()
    }

    /// The digest inside the signature value, where the algorithm has one.
    pub fn signature_digest(&self) -> Option<Digest> {
        self.algorithm.digest(self.digest)
    }

    /// Whether the signature value is `certificate`'s, over the signed attributes, or, where
    /// there are none, over content with this digest. `None`: the algorithm is not known, or
    /// the signature is over the content itself by a scheme that does not take a digest.
    pub fn verify(&self, certificate: &Certificate, content_digest: &[u8]) -> Option<bool> {
        let key = &certificate.key;
        let Some(raw) = &self.signed_raw else {
            if self.algorithm.is_pure() || self.signature_digest() != self.digest {
                return None;
            }
            self.signature_digest()?;
            return Some(key.verifies_digest(&self.algorithm, self.digest, content_digest, &self.signature));
        };
        if !self.algorithm.is_pure() {
            self.signature_digest()?;
        }
        let over = |bytes: &[u8]| key.verifies(&self.algorithm, self.digest, bytes, &self.signature);
        // RFC 5652 5.4 asks for the DER encoding; some hash what they wrote, unsorted.
        Some(over(raw) || sorted(raw).is_some_and(|der| der != *raw && over(&der)))
    }

    /// The digest of `content` under the signer's digest algorithm.
    pub fn hash(&self, content: &[u8]) -> Option<Vec<u8>> {
        self.digest?.hash(content)
    }
}

/// The SET with its members in DER order.
fn sorted(raw: &[u8]) -> Option<Vec<u8>> {
    let mut members = Reader::new(raw).expect(SET).ok()?.reader().all().ok()?;
    members.sort_by(|a, b| a.raw.cmp(b.raw));
    let content: Vec<u8> = members.iter().flat_map(|m| m.raw).copied().collect();
    Some(asn1::encode(SET, &content))
}
