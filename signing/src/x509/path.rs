//! From a certificate to a trust anchor (RFC 5280, section 6, without times and revocation,
//! which are judged separately because they depend on the moment).

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::certificate::Certificate;
use super::known::Known;
use super::name::Name;

/// No real path is longer.
const MAX_LENGTH: usize = 12;
/// Caps the work that a hostile set of certificates can cause.
const MAX_SIGNATURE_CHECKS: u32 = 5000;
const MAX_PATHS: usize = 16;

/// The certificates at hand, and which of them are trusted.
pub struct Store {
    anchors: Vec<Rc<Certificate>>,
    by_subject: RefCell<HashMap<Name, Vec<Rc<Certificate>>>>,
    checks: Cell<u32>,
    known: Known,
    signed: RefCell<HashMap<(usize, usize), bool>>,
}

/// Leaf first, trust anchor last. A path of one is a leaf that is itself trusted.
#[derive(Debug, Clone)]
pub struct Path(pub Vec<Rc<Certificate>>);

/// Why a path that leads to an anchor may still not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Violation {
    NotACa,
    PathLength,
    NameConstraints,
    UnknownCriticalExtension,
    PolicyRequired,
}

impl Store {
    pub fn new(anchors: Vec<Certificate>) -> Self {
        Self::knowing(anchors, Known::default())
    }

    /// With what was found out about certificates before.
    pub fn knowing(anchors: Vec<Certificate>, known: Known) -> Self {
        let share = |mut anchor: Certificate| {
            known.share(&mut anchor.key);
            Rc::new(anchor)
        };
        let store = Store {
            anchors: anchors.into_iter().map(share).collect(),
            by_subject: RefCell::default(),
            checks: Cell::new(0),
            known,
            signed: RefCell::default(),
        };
        for anchor in &store.anchors {
            store.insert(Rc::clone(anchor));
        }
        store
    }

    /// Adds an untrusted certificate; returns the one that is kept.
    pub fn add(&self, mut certificate: Certificate) -> Rc<Certificate> {
        let known = self.named(&certificate.subject);
        if let Some(same) = known.into_iter().find(|c| **c == certificate) {
            return same;
        }
        self.known.share(&mut certificate.key);
        let kept = Rc::new(certificate);
        self.insert(Rc::clone(&kept));
        kept
    }

    fn insert(&self, certificate: Rc<Certificate>) {
        let mut map = self.by_subject.borrow_mut();
        let same_name = map.entry(certificate.subject.clone()).or_default();
        if !same_name.iter().any(|c| **c == *certificate) {
            same_name.push(certificate);
        }
    }

    pub fn is_anchor(&self, certificate: &Certificate) -> bool {
        self.anchors.iter().any(|a| **a == *certificate)
    }

    pub fn named(&self, subject: &Name) -> Vec<Rc<Certificate>> {
        self.by_subject.borrow().get(subject).cloned().unwrap_or_default()
    }

    /// Everything that is at hand, in no order.
    pub fn everything(&self) -> Vec<Rc<Certificate>> {
        self.by_subject.borrow().values().flatten().cloned().collect()
    }

    fn signed_by(&self, child: &Rc<Certificate>, parent: &Rc<Certificate>) -> bool {
        let key = (Rc::as_ptr(child) as usize, Rc::as_ptr(parent) as usize);
        if let Some(known) = self.signed.borrow().get(&key) {
            return *known;
        }
        if self.checks.get() >= MAX_SIGNATURE_CHECKS {
            return false;
        }
        self.checks.set(self.checks.get() + 1);
        let good = self.known.signed_by(child, &parent.key);
        self.signed.borrow_mut().insert(key, good);
        good
    }

    /// Certificates that made `child`'s signature, the likeliest first.
    pub fn issuers(&self, child: &Rc<Certificate>) -> Vec<Rc<Certificate>> {
        let mut found = self.named(&child.issuer);
        let wanted = child.extensions.authority_key_id.as_ref();
        found.sort_by_key(|c| {
            let has = c.extensions.subject_key_id.as_ref();
            let differs = wanted.is_some() && has.is_some() && wanted != has;
            (!self.is_anchor(c), differs, std::cmp::Reverse(c.not_after))
        });
        found.retain(|parent| self.signed_by(child, parent));
        found
    }

    /// Paths from `leaf` to an anchor whose signatures hold, the likeliest first.
    pub fn paths(&self, leaf: &Rc<Certificate>) -> Vec<Path> {
        let mut found = Vec::new();
        self.extend(&mut vec![Rc::clone(leaf)], &mut found);
        found
    }

    fn extend(&self, chain: &mut Vec<Rc<Certificate>>, found: &mut Vec<Path>) {
        let Some(last) = chain.last().cloned() else {
            return;
        };
        if self.is_anchor(&last) {
            found.push(Path(chain.clone()));
            return;
        }
        if chain.len() >= MAX_LENGTH || found.len() >= MAX_PATHS {
            return;
        }
        for issuer in self.issuers(&last) {
            // The same name with the same key again would only be a loop.
            let again = |c: &Rc<Certificate>| c.subject == issuer.subject && c.key == issuer.key;
            if !chain.iter().any(again) {
                chain.push(issuer);
                self.extend(chain, found);
                chain.pop();
            }
        }
    }

    /// As far as one gets without an anchor; for showing it.
    pub fn partial(&self, leaf: &Rc<Certificate>) -> Path {
        let mut chain = vec![Rc::clone(leaf)];
        while let Some(last) = chain.last() {
            let next = self.issuers(last).into_iter().find(|c| !chain.contains(c));
            match next {
                Some(issuer) if chain.len() < MAX_LENGTH => chain.push(issuer),
                _ => break,
            }
        }
        Path(chain)
    }
}

impl Path {
    pub fn leaf(&self) -> &Rc<Certificate> {
        &self.0[0]
    }

    /// Pairs of (certificate, its issuer) whose revocation matters: all but the anchor.
    pub fn links(&self) -> impl Iterator<Item = (&Rc<Certificate>, &Rc<Certificate>)> {
        self.0.iter().zip(self.0.iter().skip(1))
    }

    /// The interval in which every certificate but the anchor is valid.
    pub fn validity(&self) -> (i64, i64) {
        let below = &self.0[..self.0.len() - 1];
        let start = below.iter().map(|c| c.not_before).max().unwrap_or(i64::MIN);
        let end = below.iter().map(|c| c.not_after).min().unwrap_or(i64::MAX);
        (start, end)
    }

    /// Rules that do not depend on the time.
    pub fn violations(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        for (i, certificate) in self.0.iter().enumerate() {
            let extensions = &certificate.extensions;
            if i > 0 && !certificate.may_issue() {
                found.push(Violation::NotACa);
            }
            if let (true, Some((_, Some(length)))) = (i > 0, extensions.basic_constraints) {
                let between = self.0[1..i].iter().filter(|c| !c.is_self_issued());
                if between.count() as u64 > length {
                    found.push(Violation::PathLength);
                }
            }
            if i + 1 < self.0.len() && !extensions.unknown_critical.is_empty() {
                found.push(Violation::UnknownCriticalExtension);
            }
            if let Some(constraints) = &extensions.name_constraints {
                let below = self.0[..i].iter().enumerate();
                let mut judged = below.filter(|(j, c)| *j == 0 || !c.is_self_issued());
                if !judged.all(|(_, c)| constraints.allow(c)) {
                    found.push(Violation::NameConstraints);
                }
            }
            if let Some(skip) = extensions.explicit_policy {
                // Counted down by every certificate below, the last included (6.1.4 h, 6.1.5 a).
                if skip <= i as u64 && !share_a_policy(&self.0[..self.0.len() - 1]) {
                    found.push(Violation::PolicyRequired);
                }
            }
        }
        found
    }
}

/// Whether one policy runs through all of these (RFC 5280, 6.1.3 and 6.1.5, for any policy of the
/// initial set). Where an authority maps policies onto others, having some is enough.
fn share_a_policy(certificates: &[Rc<Certificate>]) -> bool {
    const ANY: &str = "2.5.29.32.0";
    let mapped = certificates.iter().any(|c| c.extensions.maps_policies);
    let mut shared: Option<Vec<&String>> = None;
    for certificate in certificates.iter().rev() {
        let own = &certificate.extensions.policies;
        if own.is_empty() {
            return false;
        }
        if mapped || own.iter().any(|policy| policy == ANY) {
            continue;
        }
        let of_all = |policy: &&String| shared.as_ref().is_none_or(|list| list.contains(policy));
        shared = Some(own.iter().filter(of_all).collect());
    }
    shared.is_none_or(|list| !list.is_empty())
}
