//! What fuzzing found, and what it looks for, on every run.
#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use crate::authority::{Authority, NOW};
use crate::own::material;
use signing::{SignOptions, sign, sign_stamped};
use std::path::Path;

/// All targets take all inputs: what is no PDF for one is a certificate for another.
fn through_all(data: &[u8]) {
    fuzz::reader(data);
    fuzz::difference(data);
    fuzz::cms(data);
    fuzz::certificates(data);
}

#[test]
fn what_was_found_is_mended() {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/found");
    let mut files: Vec<_> = std::fs::read_dir(found).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        println!("{}", file.display());
        through_all(&std::fs::read(file).unwrap());
    }
}

/// A few thousand mutations without a coverage map: what the targets claim holds at all.
#[test]
fn mutated_files_end_in_an_answer() {
    let authority = Authority::new();
    let (signer, stamper) = (authority.signer("Somebody"), authority.stamper());
    let options = SignOptions {
        time: NOW,
        ..SignOptions::default()
    };
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut below = |n: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % n as u64) as usize
    };
    for path in material() {
        let input = std::fs::read(path).unwrap();
        let (mut once, mut twice) = (Vec::new(), Vec::new());
        sign_stamped(&input.as_slice(), &mut once, &signer, Some(&stamper), &options).unwrap();
        sign(&once, &mut twice, &signer, &options).unwrap();
        through_all(&twice);
        let words: [&[u8]; 8] = [b" 0 R", b"<<", b">>", b"[", b"/Kids", b"/Length", b"endobj", b"4294967295"];
        for _ in 0..30 {
            let mut bytes = twice.clone();
            // Near the end, where the revisions and their tables are, or anywhere.
            let within = if below(2) == 0 {
                bytes.len()
            } else {
                (bytes.len() - input.len()).min(bytes.len())
            };
            for _ in 0..=below(4) {
                let at = bytes.len() - 1 - below(within.min(bytes.len() - 1));
                match below(4) {
                    0 => bytes[at] ^= 1 << below(8),
                    1 => drop(bytes.drain(at..(at + 1 + below(40)).min(bytes.len()))),
                    2 => drop(bytes.splice(at..at, words[below(words.len())].iter().copied())),
                    _ => bytes.truncate(at),
                }
            }
            through_all(&bytes);
        }
    }
}
