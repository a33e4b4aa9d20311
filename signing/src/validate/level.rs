//! The PAdES baseline level that a signature has reached (EN 319 142-1, clause 6).

use std::rc::Rc;

use super::facts::Item;
use super::material::Dss;
use super::report::{Indication, Kind, SignatureReport};
use super::trust::Trust;
use crate::cms::read_attributes::{Reference, SIGNING_TIME};
use crate::pdf::Document;
use crate::x509::Certificate;
use crate::x509::revocation::{Material, Status};

/// An intact document time stamp, whether its authority is trusted or not.
struct Stamp {
    end: u64,
    revision: usize,
    time: i64,
}

/// Fills in `level` of every signature.
pub fn assign(document: &Document<'_>, trust: &Trust, items: &[Item], reports: &mut [SignatureReport]) {
    let revisions = document.revisions().len();
    let signed = items.iter().any(|i| i.kind == Kind::Signature);
    let store = signed.then(|| Dss::read(document, revisions - 1)).flatten();
    let stamps: Vec<Stamp> = items
        .iter()
        .filter(|i| i.kind == Kind::Timestamp && i.intact == Some(true) && i.valid == Some(true))
        .filter_map(|i| {
            Some(Stamp {
                end: i.range?.end,
                revision: i.revision?,
                time: i.token.as_ref()?.time,
            })
        })
        .collect();
    for (item, report) in items.iter().zip(reports) {
        if item.kind == Kind::Timestamp {
            continue;
        }
        report.level = level(document, trust, item, report, store.as_ref(), &stamps);
    }
}

fn level(
    document: &Document<'_>,
    trust: &Trust,
    item: &Item,
    report: &SignatureReport,
    store: Option<&Dss>,
    stamps: &[Stamp],
) -> Option<&'static str> {
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
    let later: Vec<&Stamp> = stamps.iter().filter(|s| s.end > end).collect();
    let inside = report.timestamps.iter().filter(|t| t.intact).map(|t| t.time.0);
    let Some(stamped) = inside.chain(later.iter().map(|s| s.time)).min() else {
        return Some("B-B");
    };
    let Some(store) = store else {
        return Some("B-T");
    };
    // The level tells what the file holds; that does not wear off with time, nor with whom one trusts.
    let time = report.proven_time.map_or(stamped, |t| t.0);
    if !enough(trust, certificate, store, time) {
        return Some("B-T");
    }
    // LTA: a document time stamp that covers a store which is itself sufficient.
    let suffices = |store: Dss| enough(trust, certificate, &store, time);
    let archived = later.iter().any(|s| Dss::read(document, s.revision).is_some_and(suffices));
    Some(if archived { "B-LTA" } else { "B-LT" })
}

/// Whether the store has something authentic to say of every certificate of the path.
fn enough(trust: &Trust, certificate: &Rc<Certificate>, store: &Dss, time: i64) -> bool {
    let mut material = Material::default();
    for crl in &store.crls {
        material.add_crl(crl);
    }
    for response in &store.ocsp {
        material.add_ocsp(response);
    }
    let path = trust.store.paths(certificate).into_iter().next();
    let path = path.unwrap_or_else(|| trust.store.partial(certificate));
    let last_is_root = path.0.last().is_some_and(|c| c.is_self_issued());
    let rooted = last_is_root || path.0.last().is_some_and(|c| trust.store.is_anchor(c));
    rooted
        && path.links().all(|(c, issuer)| {
            let found = trust.finding_in(&material, c, issuer, time);
            !c.declares_revocation() || !matches!(found.status, Status::Missing | Status::Stale)
        })
}
