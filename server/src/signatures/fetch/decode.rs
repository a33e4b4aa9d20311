//! What an answer is, whatever its `Content-Type` says, and for how long it is good.
use openssl::asn1::Asn1Time;
use openssl::x509::{X509, X509Crl};
use signing::validate::Needed;
use signing::x509::ocsp::OcspResponse;

/// Seconds after which a list is asked for again although it would still be good: revocations are published meanwhile.
const LIST_LASTS: i64 = 30 * 60;
const ANSWER_LASTS: i64 = 5 * 60;
const CERTIFICATE_LASTS: i64 = 24 * 3600;

/// DER, also of what was served as PEM. What is neither list nor certificate, such as a page of an error, is none.
pub(super) fn decoded(needed: &Needed, content: Vec<u8>) -> Result<Vec<u8>, String> {
    let wrong = |e: openssl::error::ErrorStack| format!("answered something else: {e}");
    let pem = content.starts_with(b"-----BEGIN");
    match needed {
        Needed::Crl { .. } if pem => X509Crl::from_pem(&content).and_then(|c| c.to_der()).map_err(wrong),
        Needed::Crl { .. } => X509Crl::from_der(&content).map(|_| content).map_err(wrong),
        Needed::Certificate { .. } if pem => X509::from_pem(&content).and_then(|c| c.to_der()).map_err(wrong),
        Needed::Certificate { .. } => X509::from_der(&content).map(|_| content).map_err(wrong),
        Needed::Ocsp { .. } => match openssl::ocsp::OcspResponse::from_der(&content) {
            Ok(r) if r.status() == openssl::ocsp::OcspResponseStatus::SUCCESSFUL => Ok(content),
            Ok(_) => Err("the responder could not answer".into()),
            Err(e) => Err(wrong(e)),
        },
    }
}

/// Until when an answer that came at `fetched` need not be asked for again (both seconds since the Unix epoch): never past
/// its `nextUpdate`, and not so long that a new revocation stays unknown.
pub(super) fn good_until(needed: &Needed, content: &[u8], fetched: i64) -> i64 {
    let (lasts, next) = match needed {
        Needed::Certificate { .. } => (CERTIFICATE_LASTS, None),
        Needed::Crl { .. } => (LIST_LASTS, next_list(content)),
        Needed::Ocsp { .. } => (ANSWER_LASTS, OcspResponse::parse(content).ok().and_then(|r| r.next_update())),
    };
    let most = fetched.saturating_add(lasts);
    next.map_or(most, |next| next.min(most))
}

fn next_list(content: &[u8]) -> Option<i64> {
    let list = X509Crl::from_der(content).ok()?;
    let epoch = Asn1Time::from_unix(0).ok()?;
    let passed = epoch.diff(list.next_update()?).ok()?;
    Some(i64::from(passed.days) * 86_400 + i64::from(passed.secs))
}
