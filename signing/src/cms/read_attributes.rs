//! The attributes of a signer: CMS's own and those of CAdES.

use super::read::SignerInfo;
use crate::asn1::{Malformed, OCTET_STRING, OID, Reader, SEQUENCE, SET, Tlv};
use crate::x509::digest::Digest;
use crate::x509::signature::Algorithm;
use crate::x509::{Certificate, Name};

pub const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
pub const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
pub const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
pub const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
pub const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
pub const SIGNATURE_TIMESTAMP: &str = "1.2.840.113549.1.9.16.2.14";
pub const CONTENT_TIMESTAMP: &str = "1.2.840.113549.1.9.16.2.20";
pub const COMMITMENT_TYPE: &str = "1.2.840.113549.1.9.16.2.16";
pub const SIGNATURE_POLICY: &str = "1.2.840.113549.1.9.16.2.15";
pub const ALGORITHM_PROTECTION: &str = "1.2.840.113549.1.9.52";
/// Certificates and revocation data of CAdES-X-L (ETSI TS 101 733, 6.3.3 and 6.3.4).
pub const CERTIFICATE_VALUES: &str = "1.2.840.113549.1.9.16.2.23";
pub const REVOCATION_VALUES: &str = "1.2.840.113549.1.9.16.2.24";
/// Adobe's archive of revocation data inside the signature.
pub const REVOCATION_ARCHIVE: &str = "1.2.840.113583.1.1.8";

#[derive(Debug, Clone)]
pub struct Attribute {
    pub oid: String,
    /// Each value as encoded.
    pub values: Vec<Vec<u8>>,
}

impl Attribute {
    pub(super) fn parse_all(set: Tlv<'_>) -> Result<Vec<Self>, Malformed> {
        let mut found = Vec::new();
        for one in set.reader().all()? {
            let mut body = one.reader();
            let oid = body.expect(OID)?.oid()?;
            let values = body.expect(SET)?.reader().all()?;
            let values = values.iter().map(|v| v.raw.to_vec()).collect();
            found.push(Attribute { oid, values });
        }
        Ok(found)
    }
}

/// What a signing-certificate attribute says of the signer's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    Absent,
    Matches,
    Differs,
}

impl SignerInfo {
    /// The only value of a signed attribute; twice the same attribute is refused.
    fn single(&self, oid: &str) -> Result<Option<&[u8]>, Malformed> {
        let mut found = self.signed.iter().filter(|a| a.oid == oid);
        let Some(first) = found.next() else {
            return Ok(None);
        };
        match (first.values.as_slice(), found.next()) {
            ([value], None) => Ok(Some(value)),
            _ => Err(Malformed("attribute with more or less than one value")),
        }
    }

    pub fn message_digest(&self) -> Result<Option<&[u8]>, Malformed> {
        match self.single(MESSAGE_DIGEST)? {
            Some(value) => Ok(Some(Reader::new(value).expect(OCTET_STRING)?.content)),
            None => Ok(None),
        }
    }

    pub fn content_type(&self) -> Result<Option<String>, Malformed> {
        match self.single(CONTENT_TYPE)? {
            Some(value) => Ok(Some(Reader::new(value).expect(OID)?.oid()?)),
            None => Ok(None),
        }
    }

    /// Whether the algorithms are those that the signer signed along, where that was done (RFC 6211).
    pub fn algorithms_are_protected(&self) -> bool {
        match self.single(ALGORITHM_PROTECTION) {
            Ok(None) => true,
            Ok(Some(value)) => self.named_in(value).unwrap_or(false),
            Err(_) => false,
        }
    }

    fn named_in(&self, protection: &[u8]) -> Result<bool, Malformed> {
        let mut body = Reader::new(protection).sequence()?;
        let digest = Algorithm::parse(body.expect(SEQUENCE)?)?;
        let signature = Algorithm::parse(body.expect(0xa1)?)?;
        Ok(digest.oid == self.digest_oid && signature == self.algorithm)
    }

    /// What the signer claims, seconds since the Unix epoch.
    pub fn signing_time(&self) -> Option<i64> {
        let value = self.single(SIGNING_TIME).ok()??;
        Reader::new(value).any().ok()?.time().ok()
    }

    /// RFC 5035: the first reference must be to the signer's certificate.
    pub fn certificate_reference(&self, certificate: &Certificate) -> Reference {
        let judge = |oid: &str, v2: bool| match self.single(oid) {
            Ok(None) => Reference::Absent,
            Ok(Some(value)) => match refers(value, v2, certificate) {
                Ok(true) => Reference::Matches,
                _ => Reference::Differs,
            },
            Err(_) => Reference::Differs,
        };
        let (new, old) = (judge(SIGNING_CERTIFICATE_V2, true), judge(SIGNING_CERTIFICATE, false));
        match (new, old) {
            (Reference::Differs, _) | (_, Reference::Differs) => Reference::Differs,
            (Reference::Absent, Reference::Absent) => Reference::Absent,
            _ => Reference::Matches,
        }
    }

    /// Encoded time-stamp tokens over the signature value.
    pub fn signature_timestamps(&self) -> impl Iterator<Item = &[u8]> {
        values(&self.unsigned, SIGNATURE_TIMESTAMP)
    }

    pub fn content_timestamps(&self) -> impl Iterator<Item = &[u8]> {
        values(&self.signed, CONTENT_TIMESTAMP)
    }

    pub fn has_signed(&self, oid: &str) -> bool {
        self.signed.iter().any(|a| a.oid == oid)
    }

    /// The object identifier that the value of a signed attribute begins with.
    pub fn names(&self, oid: &str) -> Option<String> {
        let attribute = self.signed.iter().find(|a| a.oid == oid)?;
        let value = Reader::new(attribute.values.first()?).sequence().ok()?.any().ok()?;
        value.oid().ok()
    }

    /// Lists and OCSP responses of Adobe's archive and of CAdES's revocation-values: `(crls, ocsp)`.
    pub fn revocation_archive(&self) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let (mut signed, unsigned) = (self.signed_archive(), archived(&self.unsigned));
        signed.0.extend(unsigned.0);
        signed.1.extend(unsigned.1);
        signed
    }

    /// As [`SignerInfo::revocation_archive`], of what the signer signed along.
    pub fn signed_archive(&self) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        archived(&self.signed)
    }

    /// Encoded certificates in CAdES's certificate-values.
    pub fn certificate_values(&self) -> Vec<Vec<u8>> {
        let lists = values(&self.unsigned, CERTIFICATE_VALUES);
        let inside = lists.filter_map(|value| Reader::new(value).sequence().ok()?.all().ok());
        inside.flatten().map(|certificate| certificate.raw.to_vec()).collect()
    }
}

fn values<'a>(from: &'a [Attribute], oid: &str) -> impl Iterator<Item = &'a [u8]> {
    let matching = from.iter().filter(move |a| a.oid == oid);
    let values: Vec<&[u8]> = matching.flat_map(|a| a.values.iter().map(Vec::as_slice)).collect();
    values.into_iter()
}

fn archived(attributes: &[Attribute]) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let mut found = (Vec::new(), Vec::new());
    for attribute in attributes
        .iter()
        .filter(|a| [REVOCATION_ARCHIVE, REVOCATION_VALUES].contains(&a.oid.as_str()))
    {
        for value in &attribute.values {
            // An archive that cannot be read is as good as none.
            let _ = read_archive(value, &mut found);
        }
    }
    found
}

fn read_archive(value: &[u8], found: &mut (Vec<Vec<u8>>, Vec<Vec<u8>>)) -> Result<(), Malformed> {
    for part in Reader::new(value).sequence()?.all()? {
        let list = part.reader().sequence()?.all()?;
        let raw = list.iter().map(|e| e.raw.to_vec());
        match part.tag {
            0xa0 => found.0.extend(raw),
            0xa1 => found.1.extend(raw),
            _ => {}
        }
    }
    Ok(())
}

/// Whether the first ESSCertID(v2) of a signing-certificate attribute is `certificate`.
fn refers(value: &[u8], v2: bool, certificate: &Certificate) -> Result<bool, Malformed> {
    let mut ids = Reader::new(value).sequence()?.sequence()?;
    let mut id = ids.sequence()?;
    let mut digest = if v2 { Digest::Sha256 } else { Digest::Sha1 };
    if v2 && id.peek() == Some(SEQUENCE) {
        let algorithm = Algorithm::parse(id.expect(SEQUENCE)?)?;
        digest = algorithm.hash().ok_or(Malformed("digest"))?;
    }
    let hash = id.expect(OCTET_STRING)?.content;
    if digest.hash(certificate.raw()).as_deref() != Some(hash) {
        return Ok(false);
    }
    let Some(serial) = id.optional(SEQUENCE)? else {
        return Ok(true);
    };
    let mut serial = serial.reader();
    let names = serial.sequence()?.all()?;
    let number = serial.any()?.content;
    let issuer = names.iter().filter(|n| n.tag == 0xa4);
    let mut issuer = issuer.map(|n| Name::parse(n.content)).peekable();
    let named = issuer.peek().is_none() || issuer.any(|n| n.is_ok_and(|n| n == certificate.issuer));
    Ok(named && number == certificate.serial)
}
