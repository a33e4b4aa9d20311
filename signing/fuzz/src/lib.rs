//! What the targets do with their input. Besides crashes, each looks for answers that cannot be right.
use lopdf::Object;
use signing::cms::SignedData;
use signing::pdf::Document;
use signing::pdf::append::Update;
use signing::timestamp::{Token, may_stamp};
use signing::validate::diff::{Level, steps};
use signing::validate::{Indication, ValidationContext, validate};
use signing::x509::crl::Crl;
use signing::x509::ocsp::{OcspResponse, request};
use signing::x509::path::Store;
use signing::x509::revocation::{Material, Question};
use signing::x509::{Certificate, Name};

/// 2026-11-24, the time at which the seeds are valid.
const NOW: i64 = 1_795_500_000;
/// What one stream may unpack to here; as large as the library allows would only be slow.
const LIMIT: usize = 1 << 20;

pub fn reader(data: &[u8]) {
    let _ = signing::inspect(&data, None);
    let Ok(document) = Document::open(&data, None) else { return };
    for revision in 0..document.revisions().len() {
        let mut ids: Vec<u32> = document.known(revision).take(2000).collect();
        ids.sort_unstable();
        for id in ids {
            let Some(found) = document.indirect(id, revision) else { continue };
            if found.stream.is_some() {
                let _ = document.content(&found, LIMIT);
            }
            let Object::Dictionary(dictionary) = &found.value else { continue };
            for (key, _) in dictionary.iter() {
                let _ = document.get(dictionary, key, revision);
            }
        }
        let _ = document.pages(revision);
        let _ = signing::validate::fields::signed(&document, revision);
    }
    // What was read can be written, and reads the same again behind the old bytes.
    let mut update = Update::new(&document);
    let added = update.add(Object::string_literal("fuzz"));
    let Ok(revision) = update.finish(b"seed") else { return };
    let mut whole = data.to_vec();
    whole.extend_from_slice(&revision.bytes);
    if document.is_encrypted() || document.max_id() >= u32::MAX - 2 {
        return;
    }
    if let Ok(again) = Document::open(&whole, None) {
        assert_eq!(again.revisions().len(), document.revisions().len() + 1);
        let read = again.indirect(added.0, again.newest()).map(|i| i.value.clone());
        assert_eq!(read, Some(Object::string_literal("fuzz")));
    }
}

/// Raw content of a page, and where it lies on the paper.
type Page = (Vec<Vec<u8>>, Option<Vec<String>>);

fn paper(document: &Document<'_>, revision: usize) -> Vec<Page> {
    let mut all = Vec::new();
    for id in document.pages(revision).into_iter().take(50) {
        let Some(page) = document.indirect(id, revision) else { continue };
        let Ok(page) = page.value.as_dict() else { continue };
        let contents = match document.get(page, b"Contents", revision) {
            Some(Object::Array(parts)) => parts,
            _ => page.get(b"Contents").ok().cloned().into_iter().collect(),
        };
        let mut texts = Vec::new();
        for part in contents {
            let stream = part.as_reference().ok().and_then(|id| document.indirect(id.0, revision));
            texts.extend(stream.and_then(|s| document.content(&s, LIMIT).ok()));
        }
        // `0`, `0.0` and `.` are one number.
        let numbers = |side: &Object| side.as_float().map_or_else(|_| format!("{side:?}"), |n| n.to_string());
        let sides = document.get(page, b"MediaBox", revision);
        let sides = sides.and_then(|b| b.as_array().ok().map(|sides| sides.iter().map(numbers).collect()));
        all.push((texts, sides));
    }
    all
}

pub fn difference(data: &[u8]) {
    let Ok(document) = Document::open(&data, None) else { return };
    let newest = document.newest();
    for from in 0..newest.min(8) {
        let found = steps(&document, from);
        let level = found.iter().map(|s| s.level()).max().unwrap_or(Level::None);
        // Whatever a rule calls harmless, the text of the pages is what it was.
        if level < Level::Other {
            assert_eq!(paper(&document, from), paper(&document, newest), "{level:?} from {from}");
        }
    }
    drop(document);
    let context = ValidationContext {
        at: NOW,
        ..ValidationContext::default()
    };
    let report = validate(&data, &context);
    // Nobody is trusted here.
    assert_ne!(report.verdict, Some(Indication::TotalPassed));
}

pub fn cms(data: &[u8]) {
    drop(SignedData::bare(data, Vec::new()));
    if let Ok(token) = Token::parse(data)
        && let Some(certificate) = token.certificate(std::iter::empty())
    {
        let _ = (token.verifies(certificate), may_stamp(certificate), token.stamps(b"x"));
    }
    let Ok(signed) = SignedData::parse(data) else { return };
    assert!(signed.length <= data.len());
    let store = Store::new(Vec::new());
    for certificate in &signed.certificates {
        store.add(certificate.clone());
    }
    for signer in &signed.signers {
        let _ = (signer.message_digest(), signer.content_type(), signer.signing_time());
        let _ = (signer.has_signed_attributes(), signer.signature_digest(), signer.hash(b"x"));
        let (crls, answers) = signer.revocation_archive();
        crls.iter().for_each(|c| drop(Crl::parse(c)));
        answers.iter().for_each(|a| drop(OcspResponse::parse(a)));
        for stamp in signer.signature_timestamps().chain(signer.content_timestamps()) {
            let _ = Token::parse(stamp);
        }
        for certificate in signed.certificates.iter().take(4) {
            let _ = (signer.id.names(certificate), signer.certificate_reference(certificate));
            let _ = signer.verify(certificate, &[0; 32]);
        }
    }
    for certificate in store.everything().iter().take(4) {
        let _ = (store.paths(certificate), store.partial(certificate));
    }
}

/// Certificates, lists and answers one behind the other, each asked about the others.
pub fn certificates(data: &[u8]) {
    let _ = (Name::parse(data), Token::parse(data));
    let (mut known, mut material) = (Vec::new(), Material::default());
    let mut rest = data;
    for _ in 0..8 {
        let Ok(part) = signing::asn1::Reader::new(rest).any() else { break };
        known.extend(Certificate::parse(part.raw).ok());
        material.add_crl(part.raw);
        material.add_ocsp(part.raw);
        rest = rest.get(part.raw.len()..).unwrap_or_default();
        if rest.is_empty() {
            break;
        }
    }
    let store = Store::new(known.first().cloned().into_iter().collect());
    let known: Vec<_> = known.into_iter().map(|c| store.add(c)).collect();
    let asked = Question {
        store: &store,
        now: NOW,
        max_age: 86_400,
        until: &|_, _| i64::MAX,
        control: None,
        proven: &|_| 0,
        among: None,
    };
    for certificate in &known {
        let _ = (certificate.serial_hex(), certificate.may_issue(), certificate.declares_revocation());
        let _ = (
            certificate.key.strength(),
            certificate.subject.common_name().map(str::len),
            may_stamp(certificate),
        );
        for path in store.paths(certificate) {
            let _ = (path.violations(), path.validity());
        }
        for issuer in &known {
            let _ = request(certificate, issuer);
            let _ = material.judge(certificate, issuer, NOW, &asked);
        }
    }
}
