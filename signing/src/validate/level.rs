//! The PAdES baseline level that a signature has reached (EN 319 142-1, clause 6).

use std::rc::Rc;

use super::facts::Item;
use super::material::Dss;
use super::report::{Indication, Kind, SignatureReport, TimestampReport};
use super::stamps;
use super::trust::Trust;
use crate::cms::read_attributes::{Reference, SIGNING_TIME};
use crate::pdf::Document;
use crate::timestamp::Token;
use crate::x509::Certificate;
use crate::x509::revocation::{Material, Status};

/// An intact document time stamp, whether its authority is trusted or not.
struct Stamp {
    end: u64,
    revision: usize,
    time: i64,
    authority: Rc<Certificate>,
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
                authority: Rc::clone(i.certificate.as_ref()?),
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
    document_stamps: &[Stamp],
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
        judged.extend(tokens.filter_map(|token| stamps::find(trust, &token)));
    }
    let Some(store) = store else {
        return Some("B-T");
    };
    // The level tells what the file holds; that does not wear off with time, nor with whom one trusts.
    let time = report.proven_time.map_or(stamped, |t| t.0);
    let suffices = |store: &Dss| judged.iter().all(|certificate| enough(trust, certificate, store, time));
    if !suffices(store) {
        return Some("B-T");
    }
    // LTA: a document time stamp that covers a store which is itself sufficient.
    let archived = later
        .iter()
        .any(|s| Dss::read(document, s.revision).is_some_and(|store| suffices(&store)));
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
            let found = trust.finding_in(&material, c, issuer, time, None);
            !c.declares_revocation() || !matches!(found.status, Status::Missing | Status::Stale)
        })
}
