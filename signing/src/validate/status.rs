//! From facts to verdicts (EN 319 102-1, clauses 5.3 to 5.6).
//!
//! The order of the standard is kept: form, identification of the certificate, integrity,
//! signature value, what happened to the document since, then trust at the earliest time by
//! which the signature is proven to have existed.
//!
//! A change that is not allowed after signing is `TOTAL_FAILED` / `FORMAT_FAILURE`: the signed
//! bytes are intact, but the document that is shown is no longer a form of what was signed.

use lopdf::Object;
use std::cell::OnceCell;

use super::codes;
use super::diff::Level;
use super::facts::Item;
use super::fields;
use super::later::{Changes, Later};
use super::level;
use super::locate::ByteRange;
use super::material::{self, Dss};
use super::memo::Memo;
use super::report::{Coverage, Indication, Kind, Moment, SignatureReport, Signer, SubIndication, TimestampReport};
use super::stamps;
use super::trust::{Exhibit, Trust, exhibit};
use crate::cms::read_attributes::{COMMITMENT_TYPE, Reference, SIGNATURE_POLICY};
use crate::pdf::Document;
use crate::sign::Commitment;

type Problem = (Indication, SubIndication);

/// A document time stamp, or a signature with one, that proves what it covers.
struct Proof {
    time: i64,
    range: ByteRange,
    /// A document time stamp, with whose time those in what it covers must agree.
    stamp: bool,
}

impl Proof {
    /// Whether a signature existed, value and all.
    fn covers(&self, other: &ByteRange) -> bool {
        let gap = &self.range;
        gap.end > other.end && (other.gap_end <= gap.gap_start || gap.gap_end <= other.gap_start)
    }
}

/// Proofs of the existence of what is being judged, seconds since the Unix epoch.
struct Covering {
    /// By whatever.
    all: Vec<i64>,
    /// By document time stamps.
    stamps: Vec<i64>,
}

impl Covering {
    fn of(proofs: &[Proof], range: Option<ByteRange>) -> Self {
        let covering = || proofs.iter().filter(|p| range.is_some_and(|r| p.covers(&r)));
        Self {
            all: covering().map(|p| p.time).collect(),
            stamps: covering().filter(|p| p.stamp).map(|p| p.time).collect(),
        }
    }

    /// By when it is known to have existed.
    fn known_at(&self, now: i64) -> i64 {
        self.all.iter().copied().min().unwrap_or(now).min(now)
    }
}

/// Judges all signatures; the reports are in the order of signing.
pub fn judge(document: &Document<'_>, trust: &Trust, mut items: Vec<Item>, memo: &Memo) -> Vec<SignatureReport> {
    items.sort_by_key(|i| (i.range.map_or(u64::MAX, |r| r.end), i.signed.field.id));
    let first = items.iter().filter_map(|i| i.revision).min();
    let first = first.unwrap_or(document.newest());
    let later = memo.later(document, first);
    // From the newest back: what a later time stamp proves helps to judge what it covers.
    let mut proofs: Vec<Proof> = Vec::new();
    let inside = OnceCell::new();
    let mut reports = Vec::new();
    for item in items.iter().rev() {
        let covering = Covering::of(&proofs, item.range);
        let report = one(document, trust, item, &later, &covering, memo);
        let stamp = item.kind == Kind::Timestamp;
        let time = match &item.token {
            Some(token) if stamp => Some(token.time),
            _ => stamped(trust, item, &report, &covering),
        };
        if report.indication == Indication::TotalPassed
            && let (Some(time), Some(range)) = (time, item.range)
        {
            proofs.push(Proof { time, range, stamp });
            prove(document, trust, item, time);
            let inside: &Vec<Vec<Exhibit>> = inside.get_or_init(|| items.iter().map(exhibits).collect());
            let before = items.iter().zip(inside).filter(|(i, _)| i.range.is_some_and(|r| r.end < range.end));
            before.flat_map(|(_, all)| all).for_each(|one| trust.prove(*one, time));
        }
        reports.push(report);
    }
    reports.reverse();
    level::assign(document, trust, &items, &mut reports);
    reports
}

/// When a signature that has passed was there, by the time stamp on its value: what it covers is older than that
/// (EN 319 102-1, 5.6.2.3). The value binds the bytes only while nobody can find others with the same digest; and one made
/// with a key of Edwards' curves may fit several messages if its maker chose the key for that.
fn stamped(trust: &Trust, item: &Item, report: &SignatureReport, covering: &Covering) -> Option<i64> {
    let signer = item.signer()?;
    let known_at = covering.known_at(trust.now);
    let digests = [item.digest(), signer.digest, signer.signature_digest()];
    let bound = digests.iter().all(|d| d.is_some_and(|d| trust.policy.digest_fit(d, known_at)));
    let good = report.timestamps.iter().filter(|t| t.indication == Indication::TotalPassed);
    let earliest = good.map(|t| t.time.0).min();
    earliest.filter(|time| bound && !signer.algorithm.is_pure() && *time <= trust.now)
}

/// Proves what the document security store holds that something covers.
fn prove(document: &Document<'_>, trust: &Trust, by: &Item, time: i64) {
    if let Some(store) = by.revision.and_then(|revision| Dss::read(document, revision)) {
        let all = [&store.certificates, &store.crls, &store.ocsp];
        all.into_iter().flatten().for_each(|evidence| trust.prove(exhibit(evidence), time));
    }
}

/// The certificates, lists and answers in a signature, which what covers it proves as well.
fn exhibits(item: &Item) -> Vec<Exhibit> {
    let mut found = Vec::new();
    if let Some(cms) = &item.cms {
        material::evidence(cms, &mut |evidence| found.push(exhibit(evidence)));
        material::certificates(cms, &mut |certificate| found.push(exhibit(certificate)));
    }
    found
}

fn one(document: &Document<'_>, trust: &Trust, item: &Item, later: &Later, covering: &Covering, memo: &Memo) -> SignatureReport {
    let newest = document.newest();
    let text = |key: &[u8]| match document.get(&item.signed.dict, key, newest) {
        Some(Object::String(s, _)) => Some(fields::text(&s)),
        _ => None,
    };
    let claimed = match document.get(&item.signed.dict, b"M", newest) {
        Some(Object::String(s, _)) => fields::date(&s),
        _ => None,
    };
    let claimed = claimed.or_else(|| item.signer().and_then(|s| s.signing_time()));
    let claimed = if item.token.is_some() { None } else { claimed };
    let certificate = item.certificate.as_ref();
    let mut report = SignatureReport {
        field: Some(item.signed.field.name.clone()).filter(|n| !n.is_empty()),
        kind: item.kind,
        subfilter: item.subfilter.clone(),
        indication: Indication::TotalPassed,
        sub_indication: None,
        intact: item.intact,
        cryptographically_valid: item.valid,
        coverage: item.coverage,
        modification_level: None,
        modifications_allowed: None,
        changes: Changes::default(),
        level: None,
        certification: item.locks.certification,
        signer: certificate.map(|c| Signer {
            subject: c.subject.to_string(),
            serial: c.serial_hex(),
            issuer: c.issuer.to_string(),
        }),
        commitment: item.signer().and_then(|s| s.names(COMMITMENT_TYPE)).map(Commitment::called),
        policy: item.signer().and_then(|s| s.names(SIGNATURE_POLICY)),
        claimed_time: claimed.map(Moment),
        proven_time: None,
        trusted: None,
        revocation: None,
        warnings: item.warnings.clone(),
        signer_name: certificate.and_then(|c| c.subject.common_name().map(str::to_owned)),
        organisation: certificate.and_then(|c| c.subject.organisation().map(str::to_owned)),
        reason: text(b"Reason"),
        location: text(b"Location"),
        page: item.page,
        rect: item.rect,
        revision: item.revision.map(|r| r as u32 + 1),
        revision_end: item.revision.map(|r| document.revisions()[r].end),
        byte_range: item.range.map(|r| r.as_array()),
        digest_algorithm: item.signer().and_then(|s| s.digest).map(|d| d.name().to_owned()),
        signature_algorithm: item.signer().and_then(|s| s.algorithm.name(s.digest)),
        chain: Vec::new(),
        timestamps: Vec::new(),
        locked_fields: item.locks.fields.as_ref().map(|(_, names)| names.clone()),
        document_digest: item.digest_found().map(<[u8]>::to_vec),
        signed_digest: item.signed_digest(),
        signature_value: item.signer().map(|s| s.signature.clone()),
        stamped_time: item.token.as_ref().map(|t| Moment(t.time)),
        cms: item.contents.clone(),
    };
    report.warnings.extend(item.form_error.map(str::to_owned));
    if !matches!(item.coverage, Some(Coverage::EntireFile | Coverage::EntireRevision)) {
        report.warnings.push("revision_not_covered".into());
    }
    modifications(item, later, &mut report);
    let of_file = file_problem(item, &report);
    let of_trust = match item.kind {
        Kind::Signature => {
            let covered = |digest| memo.digests(document.source(), &[(digest, item.range?)]).pop()?;
            signer_problem(trust, item, covering, claimed, &covered, &mut report)
        }
        Kind::Timestamp => stamp_problem(trust, item, covering, &mut report),
    };
    if let Some((indication, sub)) = of_file.or(of_trust) {
        report.indication = indication;
        report.sub_indication = Some(sub);
    }
    debug_assert!(report.warnings.iter().all(|w| listed(w)), "{:?}", report.warnings);
    debug_assert!(
        report.changes.iter().all(|c| codes::CHANGES.contains(&c.code)),
        "{:?}",
        report.changes
    );
    report
}

fn listed(warning: &str) -> bool {
    let code = warning.split_once(':').map_or(warning, |(code, _)| code);
    codes::WARNINGS.contains(&code)
}

/// What the later revisions did, and whether this signature allows it.
fn modifications(item: &Item, later: &Later, report: &mut SignatureReport) {
    let Some(revision) = item.revision else {
        return;
    };
    let summary = later.summary(revision);
    let level = summary.level.unwrap_or(Level::None);
    let most = match item.locks.certification {
        Some(1) => Level::LtaUpdates,
        Some(2) => Level::FormFilling,
        _ => Level::Annotations,
    };
    if summary.untidy {
        report.warnings.push("untidy_later_revision".into());
    }
    let locks = item.locks.fields.is_some();
    let touched = later.touched(revision).filter(|_| locks);
    let locked: Vec<&String> = touched.filter(|name| item.locks.locks(name)).collect();
    for name in &locked {
        report.warnings.push(format!("locked_field_changed:{name}"));
    }
    let added = item.locks.certification.is_some() && summary.new_visible_signature;
    if added {
        report.warnings.push("visible_signature_field_added_after_certification".into());
    }
    // An approval leaves room for comments, not for taking away what was there; and nothing may hide what was signed.
    let destroyed = summary.content_covered || (summary.annotations_harmed && item.locks.certification != Some(3));
    report.modification_level = Some(level);
    report.modifications_allowed = Some(level <= most && locked.is_empty() && !added && !destroyed);
    report.changes = later.changes(revision);
}

/// What is wrong with the file or the mathematics, whoever signed.
fn file_problem(item: &Item, report: &SignatureReport) -> Option<Problem> {
    use Indication::{Indeterminate, TotalFailed};
    use SubIndication::*;
    // A signature over other bytes is that first of all, however its form may be.
    if item.intact == Some(false) {
        return Some((TotalFailed, HashFailure));
    }
    if item.form_error.is_some() {
        return Some((TotalFailed, FormatFailure));
    }
    match item.coverage {
        Some(Coverage::EntireFile | Coverage::EntireRevision) => {}
        _ => return Some((TotalFailed, FormatFailure)),
    }
    if item.certificate.is_none() {
        return Some((Indeterminate, NoSigningCertificateFound));
    }
    if item.valid == Some(false) {
        return Some((TotalFailed, SigCryptoFailure));
    }
    if item.intact.is_none() || item.valid.is_none() {
        return Some((Indeterminate, CryptoConstraintsFailure));
    }
    if report.modifications_allowed != Some(true) {
        return Some((TotalFailed, FormatFailure));
    }
    None
}

/// Trust in the signer at the earliest proven time.
fn signer_problem(
    trust: &Trust,
    item: &Item,
    covering: &Covering,
    claimed: Option<i64>,
    covered: &stamps::Covered<'_>,
    report: &mut SignatureReport,
) -> Option<Problem> {
    use Indication::{Indeterminate, TotalFailed};
    use SubIndication::*;
    let (signer, certificate) = (item.signer()?, item.certificate.as_ref()?);
    let known_at = covering.known_at(trust.now);
    let stamps: Vec<TimestampReport> = signer
        .signature_timestamps()
        .filter_map(|t| stamps::inside(trust, t, &signer.signature, known_at))
        .collect();
    let good = |t: &&TimestampReport| t.indication == Indication::TotalPassed;
    let earliest = stamps.iter().filter(good).map(|t| t.time.0).min();
    if stamps.iter().any(|t| !good(&t)) {
        report.warnings.push("timestamp_not_usable".into());
    }
    let disorder = earliest.is_some_and(|t| covering.stamps.iter().any(|later| *later < t));
    report.timestamps = stamps;
    let proven = earliest.into_iter().chain(covering.all.iter().copied()).min();
    let proven = proven.filter(|t| *t <= trust.now);
    report.proven_time = proven.map(Moment);
    let time = proven.unwrap_or(trust.now);
    // What the signer signed along is as old as the signature, and so is the certificate that it names.
    let reference = signer.certificate_reference(certificate);
    let (crls, answers) = signer.signed_archive();
    let archived = crls.iter().chain(&answers).map(Vec::as_slice);
    let named = (reference == Reference::Matches).then(|| certificate.raw());
    let bound: Vec<&[u8]> = archived.chain(named).filter(|_| item.valid == Some(true)).collect();
    let outcome = trust.judge(certificate, time, &bound);
    report.trusted = Some(outcome.trusted);
    report.revocation = outcome.revocation;
    report.chain = outcome.chain;
    report.warnings.extend(outcome.warnings.iter().map(|w| (*w).to_owned()));
    let pades = item.subfilter.as_deref() == Some("ETSI.CAdES.detached");
    match reference {
        Reference::Matches => {}
        Reference::Differs => {
            report.warnings.push("signing_certificate_reference_differs".into());
            return Some((Indeterminate, NoSigningCertificateFound));
        }
        Reference::Absent => {
            report.warnings.push("signing_certificate_reference_absent".into());
            if pades {
                return Some((Indeterminate, SigConstraintsFailure));
            }
        }
    }
    if let (Some(claimed), Some(proven)) = (claimed, proven)
        && claimed > proven + 24 * 3600
    {
        report.warnings.push("claimed_time_after_proven_time".into());
    }
    let after = stamps::not_before(trust, signer, covered, known_at);
    if let (Some(after), Some(proven)) = (after, proven)
        && after > proven
    {
        return Some((Indeterminate, TimestampOrderFailure));
    }
    // `adbe.pkcs7.sha1` binds the document with SHA-1, whatever else is used.
    let digests = [item.digest(), signer.digest, signer.signature_digest()];
    let until = digests.iter().flatten().map(|d| trust.policy.digest_until(*d)).min();
    let until = until.unwrap_or(i64::MAX).min(trust.policy.key_until(certificate.key.strength()));
    // Made when it was too weak already (EN 319 102-1, 5.3.4): no proof of an earlier time can come.
    let too_weak = match after {
        Some(after) if after >= until => CryptoConstraintsFailure,
        _ => CryptoConstraintsFailureNoPoe,
    };
    if let Some(sub) = outcome.sub_indication {
        // Made when the certificate was revoked or had expired already: nothing can heal that.
        return Some(match (sub, after) {
            (RevokedNoPoe, Some(after)) if outcome.revoked_at.is_some_and(|at| at <= after) => (TotalFailed, Revoked),
            (OutOfBoundsNoPoe, Some(after)) if certificate.not_after < after => (TotalFailed, Expired),
            (CryptoConstraintsFailureNoPoe, _) => (outcome.indication, too_weak),
            _ => (outcome.indication, sub),
        });
    }
    if disorder {
        return Some((Indeterminate, TimestampOrderFailure));
    }
    let usage = crate::x509::certificate::usage::DIGITAL_SIGNATURE | crate::x509::certificate::usage::NON_REPUDIATION;
    if !certificate.allows(usage) {
        report.warnings.push("key_usage_does_not_include_signing".into());
        return Some((Indeterminate, ChainConstraintsFailure));
    }
    if certificate.is_for_another_purpose() {
        report.warnings.push("extended_key_usage_for_another_purpose".into());
        if certificate
            .extensions
            .extended_key_usage
            .as_ref()
            .is_some_and(|(_, critical)| *critical)
        {
            return Some((Indeterminate, ChainConstraintsFailure));
        }
    }
    if time >= until {
        report.warnings.push("weak_algorithm".into());
        return Some((Indeterminate, too_weak));
    }
    None
}

/// Trust in the authority of a document time stamp.
fn stamp_problem(trust: &Trust, item: &Item, covering: &Covering, report: &mut SignatureReport) -> Option<Problem> {
    let token = item.token.as_ref()?;
    let known_at = covering.known_at(trust.now);
    let certificate = item.certificate.as_ref();
    let judged = stamps::authority(trust, token, certificate, item.valid, known_at);
    report.proven_time = Some(Moment(token.time)).filter(|_| judged.indication == Indication::TotalPassed && item.intact == Some(true));
    if let Some(chain) = judged.chain {
        report.trusted = Some(chain.trusted);
        report.revocation = chain.revocation;
        report.chain = chain.chain;
        report.warnings.extend(chain.warnings.iter().map(|w| (*w).to_owned()));
    }
    if let Some(sub) = judged.sub_indication {
        return Some((judged.indication, sub));
    }
    if covering.stamps.iter().any(|later| *later < token.time) {
        return Some((Indication::Indeterminate, SubIndication::TimestampOrderFailure));
    }
    None
}
