//! Whether a certificate was revoked at a time, from the lists and answers at hand.

use std::rc::Rc;
use std::sync::Arc;

use super::certificate::{Certificate, usage};
use super::crl::{Crl, Entry, ON_HOLD};
use super::ocsp::{OcspResponse, State};
use super::path::Store;

/// Clocks of different machines may differ by this much, in seconds.
pub const CLOCK_TOLERANCE: i64 = 60;

/// Revocation data, in no order.
#[derive(Default)]
pub struct Material {
    pub crls: Vec<Rc<Crl>>,
    pub ocsp: Vec<Rc<OcspResponse>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Good,
    /// Revoked since then, seconds since the Unix epoch.
    Revoked(Entry),
    /// Suspended, may become good again.
    OnHold,
    /// A responder says that it does not know the certificate.
    Unknown,
    /// Something authentic is at hand, but too old to say anything about that time.
    Stale,
    /// Nothing usable is at hand.
    Missing,
}

/// What was found, and where.
#[derive(Debug, Clone)]
pub struct Finding {
    pub status: Status,
    /// `crl` or `ocsp`.
    pub source: Option<&'static str>,
    pub this_update: Option<i64>,
    pub next_update: Option<i64>,
    /// Revoked, but after the time in question.
    pub revoked_later: Option<i64>,
    /// DER of the list or answer that says so.
    pub evidence: Option<Arc<[u8]>>,
}

struct Statement {
    source: &'static str,
    state: State,
    this_update: i64,
    next_update: Option<i64>,
    evidence: Arc<[u8]>,
}

impl Material {
    pub fn add_crl(&mut self, data: &[u8]) -> bool {
        let Ok(crl) = Crl::parse(data) else {
            return false;
        };
        if !self.crls.iter().any(|c| c.raw() == crl.raw()) {
            self.crls.push(Rc::new(crl));
        }
        true
    }

    pub fn add_ocsp(&mut self, data: &[u8]) -> bool {
        let Ok(response) = OcspResponse::parse(data) else {
            return false;
        };
        if !self.ocsp.iter().any(|r| r.raw() == response.raw()) {
            self.ocsp.push(Rc::new(response));
        }
        true
    }

    /// Everything authentic that was issued by `now` and speaks of `certificate`.
    fn statements(&self, certificate: &Certificate, issuer: &Rc<Certificate>, store: &Store, now: i64, with_ocsp: bool) -> Vec<Statement> {
        let latest = now.saturating_add(CLOCK_TOLERANCE);
        let mut found = Vec::new();
        for crl in &self.crls {
            if crl.this_update > latest || !crl.covers(certificate) {
                continue;
            }
            if !authentic(crl, issuer, store) {
                continue;
            }
            let state = match crl.entry(certificate) {
                Ok(Some(entry)) => State::Revoked(entry),
                Ok(None) => State::Good,
                Err(_) => continue,
            };
            found.push(Statement {
                source: "crl",
                state,
                this_update: crl.this_update,
                next_update: crl.next_update,
                evidence: Arc::clone(crl.raw()),
            });
        }
        if !with_ocsp {
            return found;
        }
        for response in &self.ocsp {
            let Some(answer) = response.answer(certificate, issuer) else {
                continue;
            };
            if answer.this_update > latest || response.produced_at > latest {
                continue;
            }
            let pool = store.everything();
            let pool = pool.iter().map(Rc::as_ref);
            let Some(responder) = response.responder(issuer, pool) else {
                continue;
            };
            if *responder != **issuer && !self.trusts_delegate(responder, issuer, store, response) {
                continue;
            }
            found.push(Statement {
                source: "ocsp",
                state: answer.state,
                this_update: answer.this_update,
                next_update: answer.next_update,
                evidence: Arc::clone(response.raw()),
            });
        }
        found
    }

    /// A delegated responder without `ocsp-nocheck` may itself be revoked; only lists are asked,
    /// because its own answers about itself prove nothing.
    fn trusts_delegate(&self, responder: &Certificate, issuer: &Rc<Certificate>, store: &Store, response: &OcspResponse) -> bool {
        if responder.extensions.ocsp_no_check {
            return true;
        }
        let said = self.statements(responder, issuer, store, i64::MAX, false);
        let revoked = said.iter().any(|s| match s.state {
            State::Revoked(entry) => entry.revoked_at <= response.produced_at,
            _ => false,
        });
        !revoked
    }

    /// The state of `certificate` at `time`, as known at `now` (both seconds). A statement
    /// speaks of a time when it was made later, or earlier and `nextUpdate` is not yet reached;
    /// one without `nextUpdate` stands for `max_age` seconds.
    pub fn judge(&self, certificate: &Certificate, issuer: &Rc<Certificate>, store: &Store, time: i64, now: i64, max_age: i64) -> Finding {
        let said = self.statements(certificate, issuer, store, now, true);
        let finding = |status, s: Option<&Statement>, revoked_later| Finding {
            status,
            source: s.map(|s| s.source),
            this_update: s.map(|s| s.this_update),
            next_update: s.and_then(|s| s.next_update),
            revoked_later,
            evidence: s.map(|s| Arc::clone(&s.evidence)),
        };
        let revoked = said.iter().filter_map(|s| match s.state {
            State::Revoked(entry) if entry.reason != Some(ON_HOLD) => Some((entry, s)),
            _ => None,
        });
        let mut later = None;
        if let Some((entry, s)) = revoked.min_by_key(|(entry, _)| entry.revoked_at) {
            if entry.revoked_at <= time {
                return finding(Status::Revoked(entry), Some(s), None);
            }
            later = Some((entry.revoked_at, s));
        }
        if let Some((at, s)) = later {
            return finding(Status::Good, Some(s), Some(at));
        }
        let speaks = |s: &&Statement| {
            let until = match s.next_update {
                Some(next) => next,
                None => s.this_update.saturating_add(max_age),
            };
            if s.this_update >= time {
                // Lists may drop what has expired, so a later one is silent about it.
                s.this_update <= certificate.not_after || s.state != State::Good
            } else {
                time <= until
            }
        };
        // A responder that does not know says less than anybody who does.
        let newest = said
            .iter()
            .filter(speaks)
            .max_by_key(|s| (s.state != State::Unknown, s.this_update));
        match newest {
            Some(s) => match s.state {
                State::Good => finding(Status::Good, Some(s), None),
                State::Unknown => finding(Status::Unknown, Some(s), None),
                State::Revoked(entry) if entry.revoked_at <= time => finding(Status::OnHold, Some(s), None),
                State::Revoked(_) => finding(Status::Good, Some(s), None),
            },
            None => match said.iter().max_by_key(|s| s.this_update) {
                Some(s) => finding(Status::Stale, Some(s), None),
                None => finding(Status::Missing, None, None),
            },
        }
    }
}

/// Whether a list was signed by the authority that may speak for `issuer`: the same key, the
/// same name with another key that also leads to an anchor, or, for an indirect list, someone
/// that the issuer has certified for it.
fn authentic(crl: &Crl, issuer: &Rc<Certificate>, store: &Store) -> bool {
    if crl.issuer == issuer.subject && issuer.allows(usage::CRL_SIGN) && crl.signed_by(&issuer.key) {
        return true;
    }
    store.named(&crl.issuer).iter().any(|other| {
        let appointed = if crl.issuer == issuer.subject {
            !store.paths(other).is_empty()
        } else {
            crl.is_indirect() && store.issuers(other).contains(issuer)
        };
        appointed && other.allows(usage::CRL_SIGN) && crl.signed_by(&other.key)
    })
}
