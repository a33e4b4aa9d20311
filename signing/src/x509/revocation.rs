//! Whether a certificate was revoked at a time, from the lists and answers at hand.

use std::rc::Rc;
use std::sync::Arc;

use super::certificate::{Certificate, usage};
use super::crl::{Crl, Entry, ON_HOLD};
use super::ocsp::{OcspResponse, State};
use super::path::{Path, Store};
use super::signature::{Algorithm, PublicKey};

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
    /// It is not proven to be older than what could have forged it.
    pub unproven: bool,
}

/// With what a state of revocation is judged.
pub struct Question<'a> {
    pub store: &'a Store,
    /// When it is judged, seconds since the Unix epoch.
    pub now: i64,
    /// How long what has no `nextUpdate` stands, in seconds.
    pub max_age: i64,
    /// Until when an algorithm with a key is fit for signing, seconds since the Unix epoch.
    pub until: &'a dyn Fn(&Algorithm, &PublicKey) -> i64,
    /// In the past, what speaks well of a certificate must have existed by then (the control time of EN 319 102-1, 5.6.2.2.4),
    /// and while its own algorithm was fit.
    pub control: Option<i64>,
    /// When a list or answer (DER) is proven to have existed.
    pub proven: &'a dyn Fn(&[u8]) -> i64,
    /// Where told, only what certificates among these have signed counts; those inside an answer are always there.
    pub among: Option<&'a dyn Fn(&Certificate) -> bool>,
}

impl Question<'_> {
    fn counts(&self, signer: &Certificate) -> bool {
        self.among.is_none_or(|among| among(signer))
    }
}

struct Statement {
    source: &'static str,
    state: State,
    this_update: i64,
    next_update: Option<i64>,
    evidence: Arc<[u8]>,
    /// Nobody could have forged it by then.
    sound_until: i64,
}

impl Statement {
    /// Good, or not revoked yet.
    fn speaks_well(&self, time: i64) -> bool {
        match self.state {
            State::Good => true,
            State::Revoked(entry) => entry.revoked_at > time,
            State::Unknown => false,
        }
    }
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

    /// Everything authentic that was issued by then and speaks of `certificate`.
    fn statements(&self, certificate: &Certificate, issuer: &Rc<Certificate>, asked: &Question<'_>, with_ocsp: bool) -> Vec<Statement> {
        let latest = asked.now.saturating_add(CLOCK_TOLERANCE);
        let mut found = Vec::new();
        for crl in &self.crls {
            if crl.this_update > latest || !crl.covers(certificate) {
                continue;
            }
            let Some(sound_until) = authentic(crl, certificate, issuer, asked) else {
                continue;
            };
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
                sound_until,
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
            let pool = asked.store.everything();
            let pool = pool.iter().map(Rc::as_ref).filter(|c| asked.counts(c));
            let Some(responder) = response.responder(issuer, pool) else {
                continue;
            };
            let mut sound_until = (asked.until)(&response.algorithm, &responder.key);
            if *responder != **issuer {
                if !self.trusts_delegate(responder, issuer, asked, response) {
                    continue;
                }
                sound_until = sound_until.min((asked.until)(&responder.signature_algorithm, &issuer.key));
            }
            if response.produced_at >= sound_until {
                continue;
            }
            found.push(Statement {
                source: "ocsp",
                state: answer.state,
                this_update: answer.this_update,
                next_update: answer.next_update,
                evidence: Arc::clone(response.raw()),
                sound_until,
            });
        }
        found
    }

    /// A delegated responder without `ocsp-nocheck` may itself be revoked; only lists are asked,
    /// because its own answers about itself prove nothing.
    fn trusts_delegate(&self, responder: &Certificate, issuer: &Rc<Certificate>, asked: &Question<'_>, response: &OcspResponse) -> bool {
        if responder.extensions.ocsp_no_check {
            return true;
        }
        let whenever = Question { now: i64::MAX, ..*asked };
        let said = self.statements(responder, issuer, &whenever, false);
        let revoked = said.iter().any(|s| match s.state {
            State::Revoked(entry) => entry.revoked_at <= response.produced_at,
            _ => false,
        });
        !revoked
    }

    /// The state of `certificate` at `time` (seconds), as known when it is asked. A statement
    /// speaks of a time when it was made later, or earlier and `nextUpdate` is not yet reached.
    pub fn judge(&self, certificate: &Certificate, issuer: &Rc<Certificate>, time: i64, asked: &Question<'_>) -> Finding {
        let said = self.statements(certificate, issuer, asked, true);
        let stands = |s: &Statement| {
            asked.control.is_none_or(|control| {
                let proven = (asked.proven)(&s.evidence);
                proven <= control && proven < s.sound_until
            })
        };
        let finding = |status, s: Option<&Statement>, revoked_later| Finding {
            status,
            source: s.map(|s| s.source),
            this_update: s.map(|s| s.this_update),
            next_update: s.and_then(|s| s.next_update),
            revoked_later,
            evidence: s.map(|s| Arc::clone(&s.evidence)),
            unproven: s.is_some_and(|s| !stands(s)),
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
        let speaks = |s: &&Statement| {
            let until = match s.next_update {
                Some(next) => next,
                None => s.this_update.saturating_add(asked.max_age),
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
            .max_by_key(|s| (s.state != State::Unknown, !s.speaks_well(time) || stands(s), s.this_update));
        // What is said of a later end may be forged while something else is proven.
        let proven = newest.is_some_and(|s| s.speaks_well(time) && stands(s));
        if let Some((at, s)) = later
            && (stands(s) || !proven)
        {
            return finding(Status::Good, Some(s), Some(at));
        }
        match newest {
            Some(s) => match s.state {
                State::Good => finding(Status::Good, Some(s), later.map(|(at, _)| at)),
                State::Unknown => finding(Status::Unknown, Some(s), None),
                State::Revoked(entry) if entry.revoked_at <= time => finding(Status::OnHold, Some(s), None),
                State::Revoked(_) => finding(Status::Good, Some(s), later.map(|(at, _)| at)),
            },
            None => match said.iter().max_by_key(|s| s.this_update) {
                Some(s) => finding(Status::Stale, Some(s), None),
                None => finding(Status::Missing, None, None),
            },
        }
    }
}

/// Whether a list was signed by who may speak for `issuer` about `certificate`: the same key, the same name with another
/// key, or, for an indirect list, whom the certificate names. Another key needs a path that is valid as one and ends at
/// the anchor of the issuer's own (RFC 5280, 6.3.3 f): anybody can sign a certificate with the authority's name.
///
/// Returns until when nobody could have forged it.
fn authentic(crl: &Crl, certificate: &Certificate, issuer: &Rc<Certificate>, asked: &Question<'_>) -> Option<i64> {
    let signed = |by: &Certificate| {
        let until = (asked.until)(&crl.algorithm, &by.key);
        (crl.signed_by(&by.key) && crl.this_update < until).then_some(until)
    };
    let own_name = crl.issuer == issuer.subject;
    if own_name
        && issuer.allows(usage::CRL_SIGN)
        && let Some(until) = signed(issuer)
    {
        return Some(until);
    }
    if !(own_name || crl.is_indirect() && certificate.extensions.crl_issuers.contains(&crl.issuer)) {
        return None;
    }
    let anchors: Vec<_> = asked.store.paths(issuer).into_iter().filter_map(|mut p| p.0.pop()).collect();
    let leads = |path: &Path| {
        let end = path.0.last();
        end.is_some_and(|end| anchors.contains(end)) && path.violations().is_empty() && path.0.iter().all(|c| asked.counts(c))
    };
    asked.store.named(&crl.issuer).iter().find_map(|other| {
        let said = other.extensions.key_usage.is_some_and(|has| has & usage::CRL_SIGN != 0);
        let until = signed(other).filter(|_| said && other.valid_at(crl.this_update))?;
        asked.store.paths(other).iter().any(leads).then_some(until)
    })
}
