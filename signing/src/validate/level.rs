//! The PAdES baseline level that a signature has reached (EN 319 142-1, clause 6).

use foldhash::{HashMap, HashSet};
use std::cell::RefCell;
use std::rc::Rc;

use super::facts::Item;
use super::material::{self, Dss};
use super::report::{Indication, Kind, SignatureReport, TimestampReport};
use super::stamps;
use super::trust::Trust;
use crate::cms::read_attributes::{Reference, SIGNING_TIME};
use crate::pdf::Document;
use crate::timestamp::Token;
use crate::x509::Certificate;
use crate::x509::path::Path;
use crate::x509::revocation::{Material, Status};

/// An intact document time stamp, whether its authority is trusted or not.
struct Stamp {
    end: u64,
    revision: usize,
    time: i64,
    authority: Rc<Certificate>,
}

/// The security store of a revision, read.
struct Held {
    material: Material,
    certificates: HashSet<Vec<u8>>,
}

struct File<'a> {
    document: &'a Document<'a>,
    trust: &'a Trust,
    /// In the signatures and time stamps.
    certificates: HashSet<Vec<u8>>,
    stores: RefCell<HashMap<usize, Option<Rc<Held>>>>,
}

/// Fills in `level` of every signature.
pub fn assign(document: &Document<'_>, trust: &Trust, items: &[Item], reports: &mut [SignatureReport]) {
    let mut certificates = HashSet::default();
    for cms in items.iter().filter_map(|i| i.cms.as_ref()) {
        material::certificates(cms, &mut |certificate| {
            certificates.insert(certificate.to_vec());
        });
    }
    let file = File {
        document,
        trust,
        certificates,
        stores: RefCell::default(),
    };
    let stamps: Vec<Stamp> = items
        .iter()
        .filter(|i| i.kind == Kind::Timestamp && i.intact == Some(true) && i.valid == Some(true))
        .filter_map(|i| {
            Some(Stamp {
                end: i.range?.end,
                revision: i.revision?,
                time: i.token.as_ref()?.time,
                authority: Rc::clone(i.certificate.as_ref()?),
            })
        })
        .collect();
    for (item, report) in items.iter().zip(reports) {
        if item.kind == Kind::Signature {
            report.level = file.level(item, report, &stamps);
        }
    }
}

impl File<'_> {
    fn level(&self, item: &Item, report: &SignatureReport, document_stamps: &[Stamp]) -> Option<&'static str> {
        let (signer, certificate) = (item.signer()?, item.certificate.as_ref()?);
        let baseline = item.subfilter.as_deref() == Some("ETSI.CAdES.detached")
            && item.form_error.is_none()
            && signer.certificate_reference(certificate) == Reference::Matches
            && !signer.has_signed(SIGNING_TIME)
            && report.indication != Indication::TotalFailed;
        if !baseline {
            return None;
        }
        let end = item.range?.end;
        let later: Vec<&Stamp> = document_stamps.iter().filter(|s| s.end > end).collect();
        let inside: Vec<&TimestampReport> = report.timestamps.iter().filter(|t| t.intact).collect();
        let times = inside.iter().map(|t| t.time.0);
        let Some(stamped) = times.chain(later.iter().map(|s| s.time)).min() else {
            return Some("B-B");
        };
        // EN 319 142-1, 6.3: of the authorities of time too, by whose stamps the signature is B-T.
        let mut judged = vec![Rc::clone(certificate)];
        if inside.is_empty() {
            judged.extend(later.iter().min_by_key(|s| s.time).map(|s| Rc::clone(&s.authority)));
        } else {
            let tokens = inside.iter().filter_map(|t| Token::parse(&t.token).ok());
            judged.extend(tokens.filter_map(|token| stamps::find(self.trust, &token)));
        }
        let Some(store) = self.store(self.document.newest()) else {
            return Some("B-T");
        };
        // The level tells what the file holds; that does not wear off with time, nor with whom one trusts.
        let time = report.proven_time.map_or(stamped, |t| t.0);
        let suffices = |store: &Held| judged.iter().all(|certificate| self.enough(store, certificate, time));
        if !suffices(&store) {
            return Some("B-T");
        }
        // LTA: a document time stamp that covers a store which is itself sufficient.
        let archived = later.iter().any(|s| self.store(s.revision).is_some_and(|store| suffices(&store)));
        Some(if archived { "B-LTA" } else { "B-LT" })
    }

    fn store(&self, revision: usize) -> Option<Rc<Held>> {
        let read = || {
            let store = Dss::read(self.document, revision)?;
            let mut material = Material::default();
            for crl in &store.crls {
                material.add_crl(crl);
            }
            for response in &store.ocsp {
                material.add_ocsp(response);
            }
            let certificates = store.certificates.iter().filter_map(|der| Certificate::parse(der).ok());
            let certificates = certificates.map(|c| c.raw().to_vec()).collect();
            Some(Rc::new(Held { material, certificates }))
        };
        self.stores.borrow_mut().entry(revision).or_insert_with(read).clone()
    }

    /// Whether the file has a path, and the store something authentic to say of every certificate of it.
    fn enough(&self, store: &Held, certificate: &Rc<Certificate>, time: i64) -> bool {
        let mut paths = self.trust.store.paths(certificate);
        if paths.is_empty() {
            paths.push(self.trust.store.partial(certificate));
        }
        paths.iter().any(|path| self.covers(store, path, time))
    }

    fn covers(&self, store: &Held, path: &Path, time: i64) -> bool {
        let rooted = path.0.last().is_some_and(|c| c.is_self_issued() || self.trust.store.is_anchor(c));
        // Who validates brings the anchor; what stands between must be there.
        let held = |c: &Certificate| self.certificates.contains(c.raw()) || store.certificates.contains(c.raw());
        // Of those who signed lists and answers the same is asked.
        let there = |c: &Certificate| held(c) || self.trust.store.is_anchor(c);
        rooted
            && path.links().all(|(c, issuer)| {
                let known = || self.trust.finding_in(&store.material, c, issuer, time, None, Some(&there)).status;
                held(c) && (!c.declares_revocation() || !matches!(known(), Status::Missing | Status::Stale))
            })
    }
}
