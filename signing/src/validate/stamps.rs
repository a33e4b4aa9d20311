//! Times that are proven: by time stamps inside signatures and by document time stamps.

use std::rc::Rc;

use super::report::{Indication, Moment, SubIndication, TimestampReport};
use super::trust::{ChainOutcome, Trust};
use crate::cms::SignerInfo;
use crate::cms::read_attributes::Reference;
use crate::timestamp::{Token, may_stamp};
use crate::x509::Certificate;
use crate::x509::digest::Digest;

/// The judgement on a token as such, at a time by which it is known to have existed.
pub struct Judged {
    pub indication: Indication,
    pub sub_indication: Option<SubIndication>,
    pub chain: Option<ChainOutcome>,
}

/// Judges the authority of a token whose signature was found good or not (`verified`).
pub fn authority(trust: &Trust, token: &Token, certificate: Option<&Rc<Certificate>>, verified: Option<bool>, time: i64) -> Judged {
    let outcome = |indication, sub_indication, chain| Judged {
        indication,
        sub_indication: Some(sub_indication),
        chain,
    };
    use Indication::{Indeterminate, TotalFailed};
    let Some(certificate) = certificate else {
        return outcome(Indeterminate, SubIndication::NoSigningCertificateFound, None);
    };
    if verified != Some(true) {
        return outcome(TotalFailed, SubIndication::SigCryptoFailure, None);
    }
    match token.reference(certificate) {
        Reference::Matches => {}
        Reference::Differs => return outcome(Indeterminate, SubIndication::NoSigningCertificateFound, None),
        Reference::Absent => return outcome(Indeterminate, SubIndication::SigConstraintsFailure, None),
    }
    // The token names its certificate by digest.
    let chain = trust.judge(certificate, time, &[certificate.raw()]);
    if !may_stamp(certificate) {
        let sub = SubIndication::ChainConstraintsFailure;
        return outcome(Indeterminate, sub, Some(chain));
    }
    if token.time > trust.now.saturating_add(crate::x509::revocation::CLOCK_TOLERANCE) {
        return outcome(Indeterminate, SubIndication::TimestampOrderFailure, Some(chain));
    }
    let within = (certificate.not_before..=certificate.not_after).contains(&token.time);
    if chain.passed() && !within {
        return outcome(Indeterminate, SubIndication::OutOfBoundsNoPoe, Some(chain));
    }
    let signer = token.signed.signers.first();
    let digests = [token.imprint_digest, signer.and_then(|s| s.signature_digest())];
    let weak = digests.iter().flatten().any(|d| !trust.policy.digest_fit(*d, time));
    if chain.passed() && weak {
        let sub = SubIndication::CryptoConstraintsFailureNoPoe;
        return outcome(Indeterminate, sub, Some(chain));
    }
    Judged {
        indication: chain.indication,
        sub_indication: chain.sub_indication,
        chain: Some(chain),
    }
}

/// The latest trusted time before which the signature cannot have been made: that of the time
/// stamps which the signer signed along (EN 319 102-1, 5.3.4).
pub fn not_before(trust: &Trust, signer: &SignerInfo, covered: &Covered<'_>, time: i64) -> Option<i64> {
    let judged = signer.content_timestamps().filter_map(|encoded| {
        let token = Token::parse(encoded).ok()?;
        let digest = covered(token.imprint_digest?)?;
        let certificate = find(trust, &token)?;
        let verified = Some(token.holds(&certificate));
        let judged = authority(trust, &token, Some(&certificate), verified, time);
        (token.stamps_digest(&digest) && judged.indication == Indication::TotalPassed).then_some(token.time)
    });
    judged.max()
}

/// Hashes what the signature covers.
pub type Covered<'a> = dyn Fn(Digest) -> Option<Vec<u8>> + 'a;

/// The certificate of a token's authority.
pub fn find(trust: &Trust, token: &Token) -> Option<Rc<Certificate>> {
    for certificate in &token.signed.certificates {
        trust.store.add(certificate.clone());
    }
    let pool = trust.store.everything();
    let found = token.certificate(pool.iter().map(Rc::as_ref)).cloned();
    found.map(|c| trust.store.add(c))
}

/// Judges a time stamp over `stamped` (a signature value, say) that existed at `time`.
pub fn inside(trust: &Trust, encoded: &[u8], stamped: &[u8], time: i64) -> Option<TimestampReport> {
    let token = Token::parse(encoded).ok()?;
    let certificate = find(trust, &token);
    let verified = certificate.as_ref().map(|c| token.holds(c));
    let stamps = token.stamps(stamped);
    let mut judged = authority(trust, &token, certificate.as_ref(), verified, time);
    if !stamps {
        judged.indication = Indication::TotalFailed;
        judged.sub_indication = Some(SubIndication::HashFailure);
    }
    Some(TimestampReport {
        time: Moment(token.time),
        authority: certificate.map(|c| c.subject.to_string()),
        intact: stamps && verified == Some(true),
        trusted: judged.chain.as_ref().is_some_and(|c| c.trusted),
        indication: judged.indication,
        sub_indication: judged.sub_indication,
        chain: judged.chain.map(|c| c.chain).unwrap_or_default(),
        token: encoded.to_vec(),
    })
}
