//! `/VRI` of the document security store (ISO 32000-2, 12.8.4.4): for each signature what of the store is of its certificates.
use crate::cms::SignedData;
use crate::error::Result;
use crate::pdf::append::Update;
use crate::timestamp::Token;
use crate::validate::{fields, locate};
use crate::x509::Certificate;
use crate::x509::crl::Crl;
use crate::x509::ocsp::OcspResponse;
use lopdf::{Dictionary, Object};

/// Longer chains are not followed.
const MAX_CHAIN: usize = 32;

/// What the store will hold, with the reference of each.
#[derive(Default)]
pub(super) struct Kept {
    certificates: Vec<(Certificate, Object)>,
    crls: Vec<(Crl, Object)>,
    responses: Vec<(OcspResponse, Object)>,
}

impl Kept {
    /// What cannot be read is of no signature.
    pub fn add(&mut self, key: &str, items: Vec<(Vec<u8>, Object)>) {
        for (der, at) in items {
            match key {
                "Certs" => self.certificates.extend(Certificate::parse(&der).map(|c| (c, at))),
                "CRLs" => self.crls.extend(Crl::parse(&der).map(|c| (c, at))),
                _ => self.responses.extend(OcspResponse::parse(&der).map(|r| (r, at))),
            }
        }
    }

    /// The entry of a signature that brings these certificates.
    fn entry(&self, mut own: Vec<Certificate>) -> Dictionary {
        // Up to the roots, through what the store has.
        let mut at = 0;
        while at < own.len() && own.len() < MAX_CHAIN {
            let above: Vec<Certificate> = (self.certificates.iter())
                .map(|(c, _)| c)
                .filter(|c| c.subject == own[at].issuer && own.iter().all(|known| known.raw() != c.raw()))
                .cloned()
                .collect();
            own.extend(above);
            at += 1;
        }
        let mut entry = Dictionary::new();
        let mut put = |key: &str, list: Vec<Object>| {
            if !list.is_empty() {
                entry.set(key, list);
            }
        };
        let pick = |wanted: bool, at: &Object| wanted.then(|| at.clone());
        let certificates = self.certificates.iter();
        put(
            "Cert",
            certificates
                .filter_map(|(c, at)| pick(own.iter().any(|o| o.raw() == c.raw()), at))
                .collect(),
        );
        let lists = self.crls.iter();
        put(
            "CRL",
            lists
                .filter_map(|(l, at)| pick(own.iter().any(|o| o.issuer == l.issuer), at))
                .collect(),
        );
        let answers = |r: &OcspResponse| {
            let issued = |c: &Certificate| own.iter().any(|i| i.subject == c.issuer && r.answer(c, i).is_some());
            own.iter().any(issued)
        };
        let responses = self.responses.iter();
        put("OCSP", responses.filter_map(|(r, at)| pick(answers(r), at)).collect());
        entry
    }
}

/// Adds the entries that are missing to the `/VRI` of `store`.
pub(super) fn fill(update: &mut Update, store: &mut Dictionary, kept: &Kept) -> Result<()> {
    let document = update.document;
    let newest = document.newest();
    let place = store.get(b"VRI").and_then(Object::as_reference).ok();
    let mut all = store.get(b"VRI").ok().and_then(|v| update.dictionary(v)).unwrap_or_default();
    let mut changed = false;
    for signed in fields::signed(document, newest) {
        let within = signed.direct.then_some(&b"V"[..]);
        let Ok(located) = locate::locate(document, &signed.holder, within) else {
            continue;
        };
        // The whole string, padding included.
        let digest = openssl::hash::hash(openssl::hash::MessageDigest::sha1(), &located.contents);
        let Ok(digest) = digest else { continue };
        let name: String = digest.iter().map(|b| format!("{b:02X}")).collect();
        if all.has(name.as_bytes()) {
            continue;
        }
        let entry = kept.entry(certificates(&located.contents));
        if !entry.is_empty() {
            let entry = update.add(entry);
            all.set(name, entry);
            changed = true;
        }
    }
    if changed {
        match place {
            Some(id) => update.set(id, all),
            None => {
                let id = update.add(all);
                store.set("VRI", id);
            }
        }
    }
    Ok(())
}

/// Certificates of a CMS and of the time stamps in it.
fn certificates(contents: &[u8]) -> Vec<Certificate> {
    let Ok(cms) = SignedData::parse(contents) else { return Vec::new() };
    let mut found = cms.certificates.clone();
    for token in cms.signers.iter().flat_map(|s| s.signature_timestamps()) {
        if let Ok(token) = Token::parse(token) {
            found.extend(token.signed.certificates);
        }
    }
    found
}
