//! The CMS `SignedData` of a PAdES baseline signature (ETSI EN 319 142-1, 6; RFC 5652; RFC 5035).
use crate::asn1::{self, OCTET_STRING, OID, SEQUENCE, SET, encode};
use crate::error::{Error, Result};
use crate::key::{Digest, SignatureAlgorithm, Signer};
use const_oid::ObjectIdentifier;

const DATA: &str = "1.2.840.113549.1.7.1";
const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
const MGF1: &str = "1.2.840.113549.1.1.8";

pub fn oid(dotted: &str) -> Vec<u8> {
    encode(OID, ObjectIdentifier::new_unwrap(dotted).as_bytes())
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    encode(SEQUENCE, &parts.concat())
}

fn digest_oid(digest: Digest) -> Vec<u8> {
    oid(match digest {
        Digest::Sha256 => "2.16.840.1.101.3.4.2.1",
        Digest::Sha384 => "2.16.840.1.101.3.4.2.2",
        Digest::Sha512 => "2.16.840.1.101.3.4.2.3",
    })
}

pub fn digest_algorithm(digest: Digest) -> Vec<u8> {
    sequence(&[&digest_oid(digest)])
}

/// The AlgorithmIdentifier of a signature value.
pub fn signature_algorithm(algorithm: SignatureAlgorithm) -> Vec<u8> {
    const NULL: &[u8] = &[0x05, 0x00];
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(_) => sequence(&[&oid("1.2.840.113549.1.1.1"), NULL]),
        SignatureAlgorithm::RsaPss(d) => {
            let hash = sequence(&[&digest_oid(d), NULL]);
            let mask = sequence(&[&oid(MGF1), &hash]);
            let salt = encode(asn1::INTEGER, &[u8::try_from(d.size()).unwrap_or(32)]);
            let parameters = sequence(&[&encode(0xa0, &hash), &encode(0xa1, &mask), &encode(0xa2, &salt)]);
            sequence(&[&oid("1.2.840.113549.1.1.10"), &parameters])
        }
        SignatureAlgorithm::Ecdsa(d) => sequence(&[&oid(match d {
            Digest::Sha256 => "1.2.840.10045.4.3.2",
            Digest::Sha384 => "1.2.840.10045.4.3.3",
            Digest::Sha512 => "1.2.840.10045.4.3.4",
        })]),
        SignatureAlgorithm::Ed25519 => sequence(&[&oid("1.3.101.112")]),
    }
}

/// A whole attribute with one value.
pub fn attribute(kind: &str, value: &[u8]) -> Vec<u8> {
    sequence(&[&oid(kind), &encode(SET, value)])
}

/// Raw issuer name and serial number (both with their headers) of a certificate.
fn issuer_and_serial(certificate: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    let bad = |_| Error::Key("the certificate cannot be read".into());
    let mut outer = asn1::Reader::new(certificate).sequence().map_err(bad)?;
    let mut tbs = outer.sequence().map_err(bad)?;
    tbs.optional(0xa0).map_err(bad)?;
    let serial = tbs.expect(asn1::INTEGER).map_err(bad)?.raw.to_vec();
    tbs.expect(SEQUENCE).map_err(bad)?;
    let issuer = tbs.expect(SEQUENCE).map_err(bad)?.raw.to_vec();
    Ok((issuer, serial))
}

/// The signed attributes as a SET in DER order: content type, message digest, signing certificate, and nothing that the
/// baseline forbids (the time stands in `/M`). `more` are whole further attributes.
pub fn signed_attributes(digest: &[u8], certificate: &[u8], more: &[Vec<u8>]) -> Result<Vec<u8>> {
    let (issuer, serial) = issuer_and_serial(certificate)?;
    let certificate_hash = encode(OCTET_STRING, &openssl::sha::sha256(certificate));
    let issuer_serial = sequence(&[&encode(SEQUENCE, &encode(0xa4, &issuer)), &serial]);
    // SHA-256 is the default and therefore left out (RFC 5035, 4).
    let reference = sequence(&[&sequence(&[&sequence(&[&certificate_hash, &issuer_serial])])]);
    let mut attributes = vec![
        attribute(CONTENT_TYPE, &oid(DATA)),
        attribute(MESSAGE_DIGEST, &encode(OCTET_STRING, digest)),
        attribute(SIGNING_CERTIFICATE_V2, &reference),
    ];
    attributes.extend_from_slice(more);
    attributes.sort();
    Ok(encode(SET, &attributes.concat()))
}

/// `id-aa-signatureTimeStampToken` (RFC 3161, appendix A) as a whole attribute.
pub fn signature_timestamp(token: &[u8]) -> Vec<u8> {
    attribute("1.2.840.113549.1.9.16.2.14", token)
}

/// Who signs, without the key.
pub struct Described<'a> {
    pub certificate: &'a [u8],
    pub chain: &'a [Vec<u8>],
    pub algorithm: SignatureAlgorithm,
}

impl<'a> Described<'a> {
    pub fn of(signer: &'a dyn Signer) -> Self {
        Self {
            certificate: signer.certificate(),
            chain: signer.chain(),
            algorithm: signer.algorithm(),
        }
    }
}

/// The finished `ContentInfo`. `attributes` as from [`signed_attributes`], `unsigned` whole attributes.
pub fn signed_data(signer: &Described<'_>, attributes: &[u8], signature: &[u8], unsigned: &[Vec<u8>]) -> Result<Vec<u8>> {
    let algorithm = signer.algorithm;
    let (issuer, serial) = issuer_and_serial(signer.certificate)?;
    let mut certificates = vec![signer.certificate.to_vec()];
    for certificate in signer.chain {
        if !certificates.contains(certificate) {
            certificates.push(certificate.clone());
        }
    }
    certificates.sort();
    // In the structure they are [0] IMPLICIT; signed they were a SET.
    let mut implicit = attributes.to_vec();
    if let Some(tag) = implicit.first_mut() {
        *tag = 0xa0;
    }
    let version = encode(asn1::INTEGER, &[1]);
    let mut info = vec![
        version.clone(),
        sequence(&[&issuer, &serial]),
        digest_algorithm(algorithm.digest()),
        implicit,
        signature_algorithm(algorithm),
        encode(OCTET_STRING, signature),
    ];
    if !unsigned.is_empty() {
        let mut unsigned = unsigned.to_vec();
        unsigned.sort();
        info.push(encode(0xa1, &unsigned.concat()));
    }
    let info = encode(SEQUENCE, &info.concat());
    let data = sequence(&[
        &version,
        &encode(SET, &digest_algorithm(algorithm.digest())),
        &sequence(&[&oid(DATA)]),
        &encode(0xa0, &certificates.concat()),
        &encode(SET, &info),
    ]);
    Ok(sequence(&[&oid(SIGNED_DATA), &encode(0xa0, &data)]))
}
