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

/// Fills in `level` of every signature.
pub fn assign(document: &Document<'_>, trust: &Trust, items: &[Item], reports: &mut [SignatureReport]) {
    let revisions = document.revisions().len();
    // The newest store that each document time stamp covers decides about LTA.
    let stores: Vec<Option<Dss>> = match items.iter().any(|i| i.kind == Kind::Signature) {
        true => {
            let newest = Dss::read(document, revisions - 1);
            vec![newest]
        }
        false => Vec::new(),
    };
    let store = stores.first().and_then(Option::as_ref);
    let stamps: Vec<(u64, usize)> = items
        .iter()
        .filter(|i| i.kind == Kind::Timestamp && i.intact == Some(true) && i.valid == Some(true))
        .filter_map(|i| Some((i.range?.end, i.revision?)))
        .collect();
    for (item, report) in items.iter().zip(reports) {
        if item.kind == Kind::Timestamp {
            continue;
        }
        report.level = level(document, trust, item, report, store, &stamps);
    }
}

fn level(
    document: &Document<'_>,
    trust: &Trust,
    item: &Item,
    report: &SignatureReport,
    store: Option<&Dss>,
    stamps: &[(u64, usize)],
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
    let later: Vec<&(u64, usize)> = stamps.iter().filter(|(e, _)| *e > end).collect();
    let stamped = report.timestamps.iter().any(|t| t.intact) || !later.is_empty();
    if !stamped {
        return Some("B-B");
    }
    let Some(store) = store else {
        return Some("B-T");
    };
    let mut material = Material::default();
    for crl in &store.crls {
        material.add_crl(crl);
    }
    for response in &store.ocsp {
        material.add_ocsp(response);
    }
    let complete = enough(trust, certificate, &material, report);
    if !complete {
        return Some("B-T");
    }
    // LTA: a document time stamp that covers a store which is itself sufficient.
    let archived = later.iter().any(|(_, revision)| Dss::read(document, *revision).is_some());
    Some(if archived { "B-LTA" } else { "B-LT" })
}

/// Whether the store has something authentic to say of every certificate of the path.
fn enough(trust: &Trust, certificate: &Rc<Certificate>, material: &Material, report: &SignatureReport) -> bool {
    let path = trust.store.paths(certificate).into_iter().next();
    let path = path.unwrap_or_else(|| trust.store.partial(certificate));
    let time = report.proven_time.map_or(trust.now, |t| t.0);
    let last_is_root = path.0.last().is_some_and(|c| c.is_self_issued());
    let rooted = last_is_root || path.0.last().is_some_and(|c| trust.store.is_anchor(c));
    rooted
        && path.links().all(|(c, issuer)| {
            let age = trust.policy.max_age;
            let found = material.judge(c, issuer, &trust.store, time, trust.now, age);
            !c.declares_revocation() || !matches!(found.status, Status::Missing | Status::Stale)
        })
}
