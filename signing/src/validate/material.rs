//! Certificates and revocation data, from the caller, the signatures, and the document security
//! store. All of it is only material: nothing is believed for being there.

use lopdf::{Dictionary, Object};
use std::cell::RefCell;

use super::ValidationContext;
use super::facts::Item;
use super::trust::Trust;
use crate::cms::SignedData;
use crate::pdf::Document;
use crate::timestamp::Token;
use crate::x509::Certificate;
use crate::x509::path::Store;
use crate::x509::revocation::Material;

/// A single certificate, list or response is not larger.
const MAX_STREAM: usize = 32 << 20;
const MAX_STREAMS: usize = 10_000;

/// Contents of the document security store.
#[derive(Debug, Clone, Default)]
pub struct Dss {
    pub certificates: Vec<Vec<u8>>,
    pub crls: Vec<Vec<u8>>,
    pub ocsp: Vec<Vec<u8>>,
}

impl Dss {
    pub fn read(document: &Document<'_>, revision: usize) -> Option<Self> {
        let catalog = document.catalog(revision)?;
        let store = document.get_dict(&catalog, b"DSS", revision)?;
        let mut found = Dss::default();
        let mut read = |from: &Dictionary, keys: [&[u8]; 3]| {
            let [certificates, crls, ocsp] = keys;
            let all = |key| streams(document, from, key, revision);
            found.certificates.extend(all(certificates));
            found.crls.extend(all(crls));
            found.ocsp.extend(all(ocsp));
        };
        read(&store, [b"Certs", b"CRLs", b"OCSPs"]);
        if let Some(vri) = document.get_dict(&store, b"VRI", revision) {
            for (_, entry) in vri.iter().take(MAX_STREAMS) {
                if let Object::Dictionary(entry) = document.resolve(entry, revision) {
                    read(&entry, [b"Cert", b"CRL", b"OCSP"]);
                }
            }
        }
        for list in [&mut found.certificates, &mut found.crls, &mut found.ocsp] {
            list.sort_unstable();
            list.dedup();
        }
        Some(found)
    }
}

/// Contents of the streams in the array `key` of a store.
pub fn streams(document: &Document<'_>, from: &Dictionary, key: &[u8], revision: usize) -> Vec<Vec<u8>> {
    let Some(Object::Array(list)) = document.get(from, key, revision) else {
        return Vec::new();
    };
    list.iter()
        .take(MAX_STREAMS)
        .filter_map(|item| stream(document, item, revision))
        .collect()
}

/// Content of the stream behind a reference.
pub fn stream(document: &Document<'_>, item: &Object, revision: usize) -> Option<Vec<u8>> {
    let id = item.as_reference().ok()?.0;
    let stream = document.indirect(id, revision)?;
    document.content(&stream, MAX_STREAM).ok()
}

/// Puts everything at hand together.
pub fn trust(document: &Document<'_>, context: &ValidationContext, items: &[Item]) -> Trust {
    let parse = |list: &[Vec<u8>]| -> Vec<Certificate> {
        let parsed = list.iter().map(|der| Certificate::parse(der));
        parsed.filter_map(Result::ok).collect()
    };
    let store = Store::knowing(parse(&context.trust_anchors), context.known.clone());
    let mut material = Material::default();
    for certificate in parse(&context.extra_certificates) {
        store.add(certificate);
    }
    for crl in &context.crls {
        material.add_crl(crl);
    }
    for response in &context.ocsp_responses {
        add_ocsp(&store, &mut material, response);
    }
    if let Some(dss) = Dss::read(document, document.newest()) {
        for certificate in parse(&dss.certificates) {
            store.add(certificate);
        }
        for crl in &dss.crls {
            material.add_crl(crl);
        }
        for response in &dss.ocsp {
            add_ocsp(&store, &mut material, response);
        }
    }
    for item in items {
        if let Some(cms) = &item.cms {
            absorb(&store, &mut material, cms);
        }
    }
    Trust {
        store,
        material,
        now: context.at,
        policy: context.policy.clone(),
        proofs: RefCell::default(),
        bound: RefCell::default(),
        missing: RefCell::default(),
    }
}

/// Takes what a CMS structure and the time stamps in it bring along.
fn absorb(store: &Store, material: &mut Material, cms: &SignedData) {
    certificates(cms, &mut |der| {
        if let Ok(certificate) = Certificate::parse(der) {
            store.add(certificate);
        }
    });
    // Which of the two it is, its form says.
    evidence(cms, &mut |der| {
        if !material.add_crl(der) {
            add_ocsp(store, material, der);
        }
    });
}

/// Lists and answers inside a CMS structure and its time stamps.
pub fn evidence(cms: &SignedData, take: &mut dyn FnMut(&[u8])) {
    each(cms, &mut |cms| {
        let archives = cms.signers.iter().map(|signer| signer.revocation_archive());
        let archives: Vec<_> = archives.flat_map(|(crls, answers)| [crls, answers]).collect();
        let all = [&cms.crls, &cms.ocsp].into_iter().chain(&archives);
        all.flatten().for_each(|one| take(one));
    });
}

/// As `evidence`, the certificates.
pub fn certificates(cms: &SignedData, take: &mut dyn FnMut(&[u8])) {
    each(cms, &mut |cms| {
        cms.certificates.iter().for_each(|certificate| take(certificate.raw()));
        let added = cms.signers.iter().flat_map(|signer| signer.certificate_values());
        added.for_each(|certificate| take(&certificate));
    });
}

/// A CMS structure and those of the time stamps in it.
fn each(cms: &SignedData, see: &mut dyn FnMut(&SignedData)) {
    see(cms);
    for signer in &cms.signers {
        let stamps = signer.signature_timestamps().chain(signer.content_timestamps());
        for token in stamps.filter_map(|t| Token::parse(t).ok()) {
            each(&token.signed, see);
        }
    }
}

fn add_ocsp(store: &Store, material: &mut Material, response: &[u8]) {
    if material.add_ocsp(response)
        && let Some(last) = material.ocsp.last()
    {
        for certificate in &last.certificates {
            store.add(certificate.clone());
        }
    }
}
