//! OCSP responses, and the request that asks for one (RFC 6960).

use std::sync::Arc;

use super::certificate::{Certificate, EKU_OCSP_SIGNING};
use super::crl::Entry;
use super::digest::Digest;
use super::name::Name;
use super::signature::{Algorithm, PublicKey};
use crate::asn1::{self, BIT_STRING, ENUMERATED, INTEGER, Malformed, OCTET_STRING, OID, Reader, SEQUENCE, Tlv};

/// id-pkix-ocsp-basic
const BASIC: &str = "1.3.6.1.5.5.7.48.1.1";

#[derive(Debug, Clone)]
enum Responder {
    Name(Name),
    /// SHA-1 of the responder's public key.
    Key(Vec<u8>),
}

#[derive(Debug, Clone)]
struct Single {
    digest: Option<Digest>,
    issuer_name: Vec<u8>,
    issuer_key: Vec<u8>,
    serial: Vec<u8>,
    state: State,
    this_update: i64,
    next_update: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Good,
    Revoked(Entry),
    Unknown,
}

/// What a response says about one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    pub state: State,
    pub this_update: i64,
    pub next_update: Option<i64>,
}

#[derive(Debug, Clone)]
pub struct OcspResponse {
    raw: Arc<[u8]>,
    data: Vec<u8>,
    responder: Responder,
    pub produced_at: i64,
    singles: Vec<Single>,
    pub algorithm: Algorithm,
    signature: Vec<u8>,
    pub certificates: Vec<Certificate>,
}

impl OcspResponse {
    /// Reads an `OCSPResponse` or a bare `BasicOCSPResponse`; both are found in signed files.
    pub fn parse(data: &[u8]) -> Result<Self, Malformed> {
        let whole = Reader::new(data).expect(SEQUENCE)?;
        let mut outer = whole.reader();
        if outer.peek() != Some(ENUMERATED) {
            return Self::basic(whole, whole.raw);
        }
        if outer.any()?.unsigned()? != 0 {
            return Err(Malformed("responder refused to answer"));
        }
        let mut bytes = outer.expect(0xa0)?.reader().sequence()?;
        if bytes.expect(OID)?.oid()? != BASIC {
            return Err(Malformed("unknown kind of response"));
        }
        let basic = bytes.expect(OCTET_STRING)?.content;
        Self::basic(Reader::new(basic).expect(SEQUENCE)?, whole.raw)
    }

    fn basic(basic: Tlv<'_>, raw: &[u8]) -> Result<Self, Malformed> {
        let mut outer = basic.reader();
        let data = outer.expect(SEQUENCE)?;
        let algorithm = Algorithm::parse(outer.expect(SEQUENCE)?)?;
        let signature = outer.expect(BIT_STRING)?.bit_octets()?.to_vec();
        let mut certificates = Vec::new();
        if let Some(list) = outer.optional(0xa0)? {
            for one in list.reader().sequence()?.all()? {
                certificates.extend(Certificate::parse(one.raw).ok());
            }
        }
        let mut body = data.reader();
        body.optional(0xa0)?;
        let id = body.any()?;
        let responder = match id.tag {
            0xa1 => Responder::Name(Name::parse(id.reader().expect(SEQUENCE)?.raw)?),
            0xa2 => Responder::Key(id.reader().expect(OCTET_STRING)?.content.to_vec()),
            _ => return Err(Malformed("responder identifier")),
        };
        let produced_at = body.any()?.time()?;
        let singles = body.sequence()?.all()?;
        let singles: Result<Vec<_>, _> = singles.into_iter().map(single).collect();
        Ok(OcspResponse {
            raw: raw.into(),
            data: data.raw.to_vec(),
            responder,
            produced_at,
            singles: singles?,
            algorithm,
            signature,
            certificates,
        })
    }

    pub fn raw(&self) -> &Arc<[u8]> {
        &self.raw
    }

    fn signed_by(&self, key: &PublicKey) -> bool {
        key.verifies(&self.algorithm, None, &self.data, &self.signature)
    }

    fn names(&self, certificate: &Certificate) -> bool {
        match &self.responder {
            Responder::Name(name) => *name == certificate.subject,
            Responder::Key(hash) => Digest::Sha1.hash(certificate.key.bits()).as_ref() == Some(hash),
        }
    }

    /// The certificate that answers for `issuer`: itself, or a responder that it has delegated
    /// directly and that was valid when the answer was made (RFC 6960, 4.2.2.2).
    pub fn responder<'a>(&'a self, issuer: &'a Certificate, pool: impl Iterator<Item = &'a Certificate>) -> Option<&'a Certificate> {
        if self.names(issuer) && self.signed_by(&issuer.key) {
            return Some(issuer);
        }
        self.certificates.iter().chain(pool).find(|delegate| {
            self.names(delegate)
                && delegate.has_purpose(EKU_OCSP_SIGNING)
                && delegate.issuer == issuer.subject
                && delegate.valid_at(self.produced_at)
                && delegate.extensions.unknown_critical.is_empty()
                && self.signed_by(&delegate.key)
                && delegate.signed_by(&issuer.key)
        })
    }

    /// When something newer will be there of everything that is said here.
    pub fn next_update(&self) -> Option<i64> {
        self.singles.iter().filter_map(|s| s.next_update).min()
    }

    /// What is said of the certificate with this issuer; the newest where there are several.
    pub fn answer(&self, certificate: &Certificate, issuer: &Certificate) -> Option<Answer> {
        let matching = self.singles.iter().filter(|s| {
            s.serial == certificate.serial
                && s.digest.is_some_and(|d| {
                    d.hash(certificate.issuer.raw()).as_ref() == Some(&s.issuer_name)
                        && d.hash(issuer.key.bits()).as_ref() == Some(&s.issuer_key)
                })
        });
        matching.max_by_key(|s| s.this_update).map(|s| Answer {
            state: s.state,
            this_update: s.this_update,
            next_update: s.next_update,
        })
    }
}

fn single(entry: Tlv<'_>) -> Result<Single, Malformed> {
    let mut body = entry.reader();
    let mut id = body.sequence()?;
    let algorithm = Algorithm::parse(id.expect(SEQUENCE)?)?;
    let issuer_name = id.expect(OCTET_STRING)?.content.to_vec();
    let issuer_key = id.expect(OCTET_STRING)?.content.to_vec();
    let serial = id.expect(INTEGER)?.content.to_vec();
    let state = body.any()?;
    let state = match state.tag & 0xdf {
        0x80 => State::Good,
        0x81 => {
            let mut info = state.reader();
            let revoked_at = info.any()?.time()?;
            let reason = match info.optional(0xa0)? {
                Some(code) => u8::try_from(code.reader().any()?.unsigned()?).ok(),
                None => None,
            };
            State::Revoked(Entry { revoked_at, reason })
        }
        0x82 => State::Unknown,
        _ => return Err(Malformed("certificate status")),
    };
    let this_update = body.any()?.time()?;
    let next_update = match body.optional(0xa0)? {
        Some(time) => Some(time.reader().any()?.time()?),
        None => None,
    };
    Ok(Single {
        digest: algorithm.hash(),
        issuer_name,
        issuer_key,
        serial,
        state,
        this_update,
        next_update,
    })
}

/// A request for one certificate, with SHA-1 identifiers: the only ones every responder knows.
pub fn request(certificate: &Certificate, issuer: &Certificate) -> Option<Vec<u8>> {
    let name = Digest::Sha1.hash(certificate.issuer.raw())?;
    let key = Digest::Sha1.hash(issuer.key.bits())?;
    let sha1 = [0x06, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0];
    let id = [
        asn1::encode(SEQUENCE, &sha1),
        asn1::encode(OCTET_STRING, &name),
        asn1::encode(OCTET_STRING, &key),
        asn1::encode(INTEGER, &certificate.serial),
    ];
    let wrap = |content: &[u8]| asn1::encode(SEQUENCE, content);
    // CertID in Request in requestList in TBSRequest in OCSPRequest.
    Some(wrap(&wrap(&wrap(&wrap(&wrap(&id.concat()))))))
}
