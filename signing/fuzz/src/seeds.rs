//! Takes files apart for the targets that want only a part of them.
//!
//! usage: seeds CORPORA FILE...: every PDF goes to the readers' corpora as it is, its signatures, certificates, lists and
//! answers to the others; DER files go to `certificates`.
use signing::cms::SignedData;
use signing::pdf::Document;
use std::path::{Path, PathBuf};

/// Seeds longer than what the targets mutate would only be cut.
const LONGEST: usize = 200_000;

fn put(corpora: &Path, target: &str, bytes: &[u8]) {
    if bytes.is_empty() || bytes.len() > LONGEST {
        return;
    }
    let dir = corpora.join(target);
    std::fs::create_dir_all(&dir).expect("folder");
    let hash = name_of(bytes);
    std::fs::write(dir.join(format!("seed-{hash:016x}")), bytes).expect("seed");
}

/// FNV-1a: enough to give each seed a name.
fn name_of(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}

fn signatures(data: &[u8]) -> Vec<Vec<u8>> {
    let Ok(document) = Document::open(&data, None) else {
        return Vec::new();
    };
    let newest = document.newest();
    let mut found = Vec::new();
    for id in document.known(newest) {
        let Some(object) = document.indirect(id, newest) else { continue };
        let Ok(dictionary) = object.value.as_dict() else { continue };
        if let (Ok(lopdf::Object::String(contents, _)), true) = (dictionary.get(b"Contents"), dictionary.has(b"ByteRange")) {
            found.push(contents.clone());
        }
    }
    found
}

/// Streams that are one DER structure: what the document security store holds.
fn stored(data: &[u8]) -> Vec<Vec<u8>> {
    let Ok(document) = Document::open(&data, None) else {
        return Vec::new();
    };
    let newest = document.newest();
    let ids: Vec<u32> = document.known(newest).collect();
    let streams = ids
        .into_iter()
        .filter_map(|id| document.indirect(id, newest))
        .filter(|o| o.stream.is_some());
    let contents = streams.filter_map(|s| document.content(&s, LONGEST).ok());
    contents
        .filter(|c| c.starts_with(&[0x30]) && c.get(1).is_some_and(|b| b & 0x80 != 0))
        .collect()
}

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let corpora = arguments.next().expect("usage: seeds CORPORA FILE...");
    for file in arguments {
        let data = std::fs::read(&file).expect("file");
        if !data.starts_with(b"%PDF") {
            put(&corpora, "certificates", &data);
            continue;
        }
        put(&corpora, "reader", &data);
        put(&corpora, "difference", &data);
        let mut parts = stored(&data);
        for contents in signatures(&data) {
            let Ok(cms) = SignedData::parse(&contents) else { continue };
            put(&corpora, "cms", &contents[..cms.length]);
            put(&corpora, "certificates", &contents[..cms.length]);
            let chain: Vec<&[u8]> = cms.certificates.iter().map(|c| c.raw()).collect();
            put(&corpora, "certificates", &chain.concat());
            parts.extend(cms.certificates.iter().map(|c| c.raw().to_vec()));
            parts.extend(cms.crls.iter().chain(&cms.ocsp).cloned());
            for signer in &cms.signers {
                let (crls, answers) = signer.revocation_archive();
                parts.extend(crls.into_iter().chain(answers));
                for stamp in signer.signature_timestamps().chain(signer.content_timestamps()) {
                    put(&corpora, "cms", stamp);
                    put(&corpora, "certificates", stamp);
                }
            }
        }
        parts.sort_unstable();
        parts.dedup();
        put(&corpora, "certificates", &parts.concat());
        parts.iter().for_each(|p| put(&corpora, "certificates", p));
    }
}
