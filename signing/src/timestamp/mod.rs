//! Time-stamp tokens (RFC 3161): reading them and checking what they stamp.

pub mod request;

use crate::asn1::{GENERALIZED_TIME, INTEGER, Malformed, OCTET_STRING, OID, Reader, SEQUENCE};
use crate::cms::read::{SignedData, TST_INFO};
use crate::cms::read_attributes::Reference;
use crate::x509::certificate::{EKU_TIME_STAMPING, usage};
use crate::x509::digest::Digest;
use crate::x509::signature::Algorithm;
use crate::x509::{Certificate, Name};

/// A token that could be read; nothing in it is believed yet.
#[derive(Debug, Clone)]
pub struct Token {
    pub signed: SignedData,
    /// Seconds since the Unix epoch.
    pub time: i64,
    pub policy: String,
    pub imprint_digest: Option<Digest>,
    imprint: Vec<u8>,
    /// Content octets.
    pub serial: Vec<u8>,
    pub nonce: Option<Vec<u8>>,
    pub authority: Option<Name>,
}

impl Token {
    pub fn parse(data: &[u8]) -> Result<Self, Malformed> {
        let signed = SignedData::parse(data)?;
        if signed.content_type != TST_INFO || signed.signers.len() != 1 {
            return Err(Malformed("not a time-stamp token"));
        }
        let info = signed.content.clone();
        let info = info.ok_or(Malformed("token without content"))?;
        let mut body = Reader::new(&info).sequence()?;
        if body.expect(INTEGER)?.content != [1] {
            return Err(Malformed("version of a token"));
        }
        let policy = body.expect(OID)?.oid()?;
        let mut imprint = body.sequence()?;
        let algorithm = Algorithm::parse(imprint.expect(SEQUENCE)?)?;
        let hash = imprint.expect(OCTET_STRING)?.content.to_vec();
        let serial = body.expect(INTEGER)?.content.to_vec();
        let time = body.expect(GENERALIZED_TIME)?;
        // RFC 3161, 2.4.2: to the second at least and in UTC. What zone another is in could only be guessed.
        let digits = time.content.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits != 14 || !time.content.ends_with(b"Z") {
            return Err(Malformed("time of a token"));
        }
        let time = time.time()?;
        let (mut nonce, mut authority) = (None, None);
        for rest in body.all()? {
            match rest.tag {
                INTEGER => nonce = Some(rest.content.to_vec()),
                0xa0 => {
                    let name = rest.reader().any()?;
                    if name.tag == 0xa4 {
                        authority = Some(Name::parse(name.content)?);
                    }
                }
                _ => {}
            }
        }
        Ok(Token {
            signed,
            time,
            policy,
            imprint_digest: algorithm.hash(),
            imprint: hash,
            serial,
            nonce,
            authority,
        })
    }

    /// The certificate of the authority, from the token or from `pool`: of several with its name, the one that fits.
    pub fn certificate<'a>(&'a self, pool: impl Iterator<Item = &'a Certificate>) -> Option<&'a Certificate> {
        let signer = self.signed.signers.first()?;
        let all = self.signed.certificates.iter().chain(pool);
        let named: Vec<_> = all.filter(|c| signer.id.names(c)).collect();
        let fitting = || named.iter().copied().find(|c| self.verifies(c));
        if named.len() > 1 { fitting() } else { None }.or_else(|| named.first().copied())
    }

    /// Whether the token stamps data with this digest, made with [`Token::imprint_digest`].
    pub fn stamps_digest(&self, digest: &[u8]) -> bool {
        self.imprint_digest.is_some() && self.imprint == digest
    }

    pub fn stamps(&self, data: &[u8]) -> bool {
        let digest = self.imprint_digest.and_then(|d| d.hash(data));
        digest.is_some_and(|d| self.stamps_digest(&d))
    }

    /// Whether the token's own signature holds and it refers to the certificate, as RFC 3161 demands.
    pub fn verifies(&self, certificate: &Certificate) -> bool {
        self.reference(certificate) == Reference::Matches && self.holds(certificate)
    }

    /// What the token says of the certificate that it was signed with.
    pub fn reference(&self, certificate: &Certificate) -> Reference {
        let signer = self.signed.signers.first();
        signer.map_or(Reference::Absent, |s| s.certificate_reference(certificate))
    }

    /// Whether the token's own signature holds: digest of the content and signature value.
    pub fn holds(&self, certificate: &Certificate) -> bool {
        let (Some(signer), Some(content)) = (self.signed.signers.first(), &self.signed.content) else {
            return false;
        };
        let Some(digest) = signer.hash(content) else {
            return false;
        };
        let stated = matches!(signer.message_digest(), Ok(Some(d)) if d == digest);
        let kind = matches!(signer.content_type(), Ok(Some(t)) if t == TST_INFO);
        stated && kind && signer.algorithms_are_protected() && signer.verify(certificate, &digest) == Some(true)
    }
}

/// RFC 3161, 2.3: the only purpose, and critical.
pub fn may_stamp(certificate: &Certificate) -> bool {
    let purposes = &certificate.extensions.extended_key_usage;
    let only = matches!(purposes, Some((list, true)) if list.as_slice() == [EKU_TIME_STAMPING]);
    only && certificate.allows(usage::DIGITAL_SIGNATURE | usage::NON_REPUDIATION)
}
