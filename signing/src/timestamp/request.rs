//! Asking for a time stamp (RFC 3161, 2.4). The network is the caller's.
use super::{Token, may_stamp};
use crate::asn1::{BOOLEAN, INTEGER, OCTET_STRING, OID, Reader, SEQUENCE, encode};
use crate::error::{Error, Result};
use const_oid::ObjectIdentifier;

const SHA256: &str = "2.16.840.1.101.3.4.2.1";

/// Whoever can reach a time-stamping authority.
pub trait TimeStamper {
    /// Sends the DER of a `TimeStampReq` (`application/timestamp-query`) and returns the `TimeStampResp`.
    ///
    /// # Errors
    /// [`Error::TimeStamp`] with the reason.
    fn ask(&self, request: &[u8]) -> Result<Vec<u8>>;

    /// Policy (dotted object identifier) that the token must be made under; any when `None`.
    fn policy(&self) -> Option<&str> {
        None
    }
}

/// Whether a text is a dotted object identifier.
pub fn is_policy(text: &str) -> bool {
    ObjectIdentifier::new(text).is_ok()
}

/// A token over a SHA-256 digest, checked to be the answer to just this question.
pub(crate) fn obtain(stamper: &dyn TimeStamper, digest: &[u8]) -> Result<Vec<u8>> {
    // Nobody else asks for this digest, so what it makes is a fresh nonce without a source of random numbers.
    let mut nonce = openssl::sha::sha256(&[b"nonce", digest].concat())[..8].to_vec();
    nonce[0] = nonce[0] & 0x7f | 0x40;
    let algorithm = encode(SEQUENCE, &encode(OID, ObjectIdentifier::new_unwrap(SHA256).as_bytes()));
    let imprint = encode(SEQUENCE, &[algorithm, encode(OCTET_STRING, digest)].concat());
    let policy = match stamper.policy().map(ObjectIdentifier::new) {
        Some(Ok(policy)) => encode(OID, policy.as_bytes()),
        Some(Err(_)) => return Err(Error::TimeStamp("the policy asked for is no object identifier".into())),
        None => Vec::new(),
    };
    let parts = [
        encode(INTEGER, &[1]),
        imprint,
        policy,
        encode(INTEGER, &nonce),
        encode(BOOLEAN, &[0xff]),
    ];
    let response = stamper.ask(&encode(SEQUENCE, &parts.concat()))?;
    let token = token_of(&response)?;
    let parsed = Token::parse(&token).map_err(|e| Error::TimeStamp(e.to_string()))?;
    if !parsed.stamps_digest(digest) || parsed.nonce.as_deref() != Some(&nonce) {
        return Err(Error::TimeStamp("the token is the answer to another question".into()));
    }
    if let Some(policy) = stamper.policy()
        && parsed.policy != policy
    {
        return Err(Error::TimeStamp(format!(
            "the token is made under the policy {}, not {policy}",
            parsed.policy
        )));
    }
    match parsed.certificate(std::iter::empty()) {
        Some(certificate) if !may_stamp(certificate) => Err(Error::TimeStamp(
            "the authority's certificate is not for time stamps (RFC 3161, 2.3): no validator would accept them".into(),
        )),
        Some(certificate) if parsed.verifies(certificate) => Ok(token),
        Some(_) => Err(Error::TimeStamp("the token's own signature does not hold".into())),
        None => Err(Error::TimeStamp("the token comes without the authority's certificate".into())),
    }
}

fn token_of(response: &[u8]) -> Result<Vec<u8>> {
    let bad = |e: crate::asn1::Malformed| Error::TimeStamp(format!("the answer is no time-stamp response: {e}"));
    let mut body = Reader::new(response).sequence().map_err(bad)?;
    let mut status = body.sequence().map_err(bad)?;
    let code = status.expect(INTEGER).and_then(|t| t.unsigned()).map_err(bad)?;
    // granted, or granted with modifications
    if code > 1 {
        let words: Vec<String> = status
            .all()
            .map_err(bad)?
            .iter()
            .map(|t| String::from_utf8_lossy(t.content).into_owned())
            .collect();
        return Err(Error::TimeStamp(
            format!("refused with status {code} {}", words.join(" ")).trim_end().to_owned(),
        ));
    }
    Ok(body.expect(SEQUENCE).map_err(bad)?.raw.to_vec())
}
