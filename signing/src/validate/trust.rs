//! Whether a certificate could be relied on at a time: path, validity, revocation, strength.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::policy::{Policy, RevocationDemand};
use super::report::{ChainLink, Indication, Moment, Needed, SubIndication};
use crate::asn1::Reader;
use crate::x509::Certificate;
use crate::x509::ocsp;
use crate::x509::path::{Path, Store};
use crate::x509::revocation::{Finding, Material, Question, Status};
use crate::x509::signature::{Algorithm, PublicKey};

/// Everything that trust is judged with.
pub struct Trust {
    pub store: Store,
    pub material: Material,
    /// Validation time, seconds since the Unix epoch.
    pub now: i64,
    pub policy: Policy,
    /// Certificates, lists and answers (SHA-256) that a time stamp covers, with its time; all else is known to exist now.
    pub proofs: RefCell<HashMap<Exhibit, i64>>,
    /// What the signature that is being judged binds: it proves nothing about others, whose signers may not trust its own.
    pub bound: RefCell<Vec<Exhibit>>,
    /// Open questions, each with the places that could answer it.
    pub missing: RefCell<Vec<Vec<Needed>>>,
}

/// The judgement on one certificate at one time.
#[derive(Debug, Clone)]
pub struct ChainOutcome {
    pub trusted: bool,
    pub indication: Indication,
    pub sub_indication: Option<SubIndication>,
    /// Of the leaf: `good`, `revoked`, …
    pub revocation: Option<&'static str>,
    /// When the leaf was revoked, seconds since the Unix epoch.
    pub revoked_at: Option<i64>,
    pub chain: Vec<ChainLink>,
    pub warnings: Vec<&'static str>,
}

impl ChainOutcome {
    pub fn passed(&self) -> bool {
        self.indication == Indication::TotalPassed
    }
}

type Problem = (Indication, SubIndication);

impl Trust {
    /// Judges `leaf` at `time`, by which the signature is known to have existed, and with it what it binds (DER).
    pub fn judge(&self, leaf: &Rc<Certificate>, time: i64, bound: &[&[u8]]) -> ChainOutcome {
        *self.bound.borrow_mut() = bound.iter().copied().map(exhibit).collect();
        let outcome = self.best(leaf, time);
        self.bound.take();
        outcome
    }

    fn best(&self, leaf: &Rc<Certificate>, time: i64) -> ChainOutcome {
        let mut best: Option<(usize, ChainOutcome)> = None;
        for path in self.store.paths(leaf) {
            let (progress, outcome) = self.judge_path(&path, time);
            if outcome.passed() {
                return outcome;
            }
            if best.as_ref().is_none_or(|(most, _)| progress > *most) {
                best = Some((progress, outcome));
            }
        }
        match best {
            Some((_, outcome)) => outcome,
            None => self.no_path(leaf, time),
        }
    }

    fn no_path(&self, leaf: &Rc<Certificate>, time: i64) -> ChainOutcome {
        let path = self.store.partial(leaf);
        if let Some(last) = path.0.last().filter(|c| !c.is_self_issued()) {
            let urls = last.extensions.issuer_urls.iter().cloned();
            self.need(urls.map(|url| Needed::Certificate { url }).collect());
        }
        let (findings, _) = self.findings(&path, time);
        ChainOutcome {
            trusted: false,
            indication: Indication::Indeterminate,
            sub_indication: Some(SubIndication::NoCertificateChainFound),
            revocation: findings.first().and_then(describe),
            revoked_at: findings.first().and_then(revoked_at),
            chain: self.links(&path, &findings),
            warnings: Vec::new(),
        }
    }

    /// What is known of each link at `time`. For a time in the past the control time slides down the path (EN 319 102-1,
    /// 5.6.2.2.4): who speaks for a certificate must have done so, provably, before the end of every certificate above it.
    /// The second value says whether the certificates, too, are proven to be older than the revocation of those above them
    /// and the end of their algorithms: whoever has the key of an authority since then can issue what he likes.
    fn findings(&self, path: &Path, time: i64) -> (Vec<Finding>, bool) {
        let mut control = (time < self.now).then_some(self.now);
        let (mut broken, mut proven) = (i64::MAX, true);
        let links: Vec<_> = path.links().collect();
        let mut found: Vec<Finding> = Vec::with_capacity(links.len());
        for (certificate, issuer) in links.into_iter().rev() {
            let finding = self.finding_in(&self.material, certificate, issuer, time, control, None);
            proven &= control.is_none() || broken > self.now || self.existed(certificate.raw(), time) <= broken;
            let until = self.until(&certificate.signature_algorithm, &issuer.key);
            broken = broken.min(until).min(finding.revoked_later.unwrap_or(i64::MAX));
            control = control.map(|control| control.min(broken).min(certificate.not_after));
            found.push(finding);
        }
        found.reverse();
        (found, proven)
    }

    /// By when something (DER) is proven to have existed, where `time` is proven of what is judged.
    fn existed(&self, der: &[u8], time: i64) -> i64 {
        let digest = exhibit(der);
        let bound = self.bound.borrow().contains(&digest);
        let proofs = self.proofs.borrow();
        let proven = proofs.get(&digest).map_or(self.now, |t| self.now.min(*t));
        if bound { proven.min(time) } else { proven }
    }

    /// Until when nobody could forge a signature of this kind, seconds since the Unix epoch.
    fn until(&self, algorithm: &Algorithm, key: &PublicKey) -> i64 {
        let digest = algorithm.digest(None).map_or(i64::MAX, |d| self.policy.digest_until(d));
        digest.min(self.policy.key_until(key.strength()))
    }

    /// Notes that a certificate, list or answer existed at `time`.
    pub fn prove(&self, what: Exhibit, time: i64) {
        let mut proofs = self.proofs.borrow_mut();
        let known = proofs.entry(what).or_insert(time);
        *known = time.min(*known);
    }

    /// What `material` alone says of a certificate; with `among`, as far as those have signed it.
    pub fn finding_in(
        &self,
        material: &Material,
        certificate: &Certificate,
        issuer: &Rc<Certificate>,
        time: i64,
        control: Option<i64>,
        among: Option<&dyn Fn(&Certificate) -> bool>,
    ) -> Finding {
        let until = |algorithm: &Algorithm, key: &PublicKey| self.until(algorithm, key);
        let proven = |evidence: &[u8]| self.existed(evidence, time);
        let question = Question {
            store: &self.store,
            now: self.now,
            max_age: self.policy.max_age,
            until: &until,
            control,
            proven: &proven,
            among,
        };
        material.judge(certificate, issuer, time, &question)
    }

    /// The second value tells how far the path came; of several, the best is reported.
    fn judge_path(&self, path: &Path, time: i64) -> (usize, ChainOutcome) {
        let (findings, proven) = self.findings(path, time);
        let mut warnings = Vec::new();
        let (mut progress, mut problem) = self.problem(path, &findings, time, &mut warnings);
        if problem.is_none() && !proven {
            (progress, problem) = (5, Some((Indication::Indeterminate, SubIndication::NoPoe)));
        }
        let (indication, sub_indication) = match problem {
            Some((indication, sub)) => (indication, Some(sub)),
            None => (Indication::TotalPassed, None),
        };
        let outcome = ChainOutcome {
            trusted: progress > 0,
            indication,
            sub_indication,
            revocation: findings.first().and_then(describe),
            revoked_at: findings.first().and_then(revoked_at),
            chain: self.links(path, &findings),
            warnings,
        };
        (progress, outcome)
    }

    fn problem(&self, path: &Path, findings: &[Finding], time: i64, warnings: &mut Vec<&'static str>) -> (usize, Option<Problem>) {
        use SubIndication::*;
        let unclear = |sub| Some((Indication::Indeterminate, sub));
        if !path.violations().is_empty() {
            return (0, unclear(ChainConstraintsFailure));
        }
        let (start, end) = path.validity();
        let leaf = path.leaf();
        let issued = self.store.is_anchor(leaf);
        if time < leaf.not_before && !issued {
            return (1, Some((Indication::TotalFailed, NotYetValid)));
        }
        for (i, (link, finding)) in path.links().zip(findings).enumerate() {
            if let Status::Revoked(_) = finding.status {
                let sub = if i == 0 { RevokedNoPoe } else { RevokedCaNoPoe };
                return (3, unclear(sub));
            }
            if finding.revoked_later.is_some() {
                warnings.push("revoked_later");
            }
            let _ = link;
        }
        if time < start || time > end {
            return (2, unclear(OutOfBoundsNoPoe));
        }
        for ((certificate, issuer), finding) in path.links().zip(findings) {
            match finding.status {
                Status::Good if finding.unproven => return (4, unclear(NoPoe)),
                Status::Good => {}
                Status::OnHold => return (4, unclear(TryLater)),
                Status::Unknown => {
                    // A list may know what the responder does not.
                    self.ask(certificate, issuer);
                    return (4, unclear(TryLater));
                }
                Status::Revoked(_) => return (3, unclear(RevokedNoPoe)),
                Status::Stale | Status::Missing => {
                    let declared = certificate.declares_revocation();
                    match self.policy.revocation {
                        RevocationDemand::Never => {}
                        RevocationDemand::IfDeclared if !declared => {
                            warnings.push("revocation_not_declared");
                        }
                        _ => {
                            self.ask(certificate, issuer);
                            return (4, unclear(TryLater));
                        }
                    }
                }
            }
        }
        let weak = path.links().any(|(certificate, _)| {
            let digest = certificate.signature_algorithm.digest(None);
            digest.is_some_and(|d| !self.policy.digest_fit(d, time)) || !self.policy.key_fit(certificate.key.strength(), time)
        });
        // The anchor is trusted as it is, except for a key that anybody could forge with.
        let anchor = path.0.last().map(|a| a.key.strength());
        if weak || anchor.is_some_and(|s| !self.policy.key_fit(s, time)) {
            return (5, unclear(CryptoConstraintsFailureNoPoe));
        }
        (6, None)
    }

    /// Notes where the state of `certificate` could be learnt.
    fn ask(&self, certificate: &Certificate, issuer: &Certificate) {
        let mut places = Vec::new();
        if let Some(request_der) = ocsp::request(certificate, issuer) {
            for url in &certificate.extensions.ocsp_urls {
                let (url, request_der) = (url.clone(), request_der.clone());
                places.push(Needed::Ocsp { url, request_der });
            }
        }
        let lists = certificate.extensions.crl_urls.iter().cloned();
        places.extend(lists.map(|url| Needed::Crl { url }));
        self.need(places);
    }

    fn need(&self, needed: Vec<Needed>) {
        let mut missing = self.missing.borrow_mut();
        if !needed.is_empty() && !missing.contains(&needed) {
            missing.push(needed);
        }
    }

    fn links(&self, path: &Path, findings: &[Finding]) -> Vec<ChainLink> {
        let each = path.0.iter().enumerate();
        each.map(|(i, c)| {
            let finding = findings.get(i);
            ChainLink {
                subject: c.subject.to_string(),
                issuer: c.issuer.to_string(),
                serial: c.serial_hex(),
                not_before: Moment(c.not_before),
                not_after: Moment(c.not_after),
                anchor: self.store.is_anchor(c),
                revocation: finding.and_then(describe),
                revocation_source: finding.and_then(|f| f.source),
                revocation_this_update: finding.and_then(|f| f.this_update).map(Moment),
                revocation_next_update: finding.and_then(|f| f.next_update).map(Moment),
                revoked_at: finding.and_then(|f| match f.status {
                    Status::Revoked(entry) => Some(Moment(entry.revoked_at)),
                    _ => f.revoked_later.map(Moment),
                }),
                key: c.key.strength().map(|(kind, bits)| format!("{kind} {bits}")),
                fingerprint: fingerprint(c.raw()),
                revocation_evidence: finding.and_then(|f| f.evidence.clone()),
                der: c.raw().to_vec(),
            }
        })
        .collect()
    }
}

/// SHA-256 of a certificate, list or answer.
pub type Exhibit = [u8; 32];

/// Of the structure itself (DER): in a stream something may stand behind it.
pub fn exhibit(der: &[u8]) -> Exhibit {
    let whole = Reader::new(der).any().map_or(der, |first| first.raw);
    openssl::sha::sha256(whole)
}

/// SHA-256 in lowercase hexadecimal.
fn fingerprint(der: &[u8]) -> String {
    openssl::sha::sha256(der).iter().map(|b| format!("{b:02x}")).collect()
}

fn revoked_at(finding: &Finding) -> Option<i64> {
    match finding.status {
        Status::Revoked(entry) => Some(entry.revoked_at),
        _ => None,
    }
}

fn describe(finding: &Finding) -> Option<&'static str> {
    match finding.status {
        Status::Good => Some("good"),
        Status::Revoked(_) => Some("revoked"),
        Status::OnHold => Some("on_hold"),
        Status::Unknown => Some("unknown"),
        Status::Stale => Some("stale"),
        Status::Missing => None,
    }
}
