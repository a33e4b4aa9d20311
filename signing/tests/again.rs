//! What is found out once is not found out again.
use crate::authority::{Authority, NOW};
use signing::validate::{Indication, Validator};
use signing::{SignOptions, Source, sign};
use std::cell::Cell;
use std::io;

/// Counts the bytes that are read.
struct Counted {
    bytes: Vec<u8>,
    read: Cell<u64>,
}

impl Source for Counted {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        self.read.set(self.read.get() + buf.len() as u64);
        self.bytes.read_at(offset, buf)
    }
}

/// A page with a picture of 1 MB, signed so many times.
fn signed(authority: &Authority, times: usize) -> Counted {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let picture = vec![b'x'; 1 << 20];
    let objects = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>".to_vec(),
        [&b"<</Length 1048576>>\nstream\n"[..], &picture, b"\nendstream"].concat(),
    ];
    let mut table = "xref\n0 5\n0000000000 65535 f \n".to_owned();
    for (number, object) in (1..).zip(&objects) {
        table += &format!("{:010} 00000 n \n", bytes.len());
        bytes.extend(format!("{number} 0 obj\n").bytes().chain(object.iter().copied()));
        bytes.extend(b"\nendobj\n");
    }
    let at = bytes.len();
    bytes.extend(format!("{table}trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n").bytes());
    let signer = authority.signer("Somebody");
    for n in 0..times {
        let options = SignOptions {
            time: NOW + n as i64,
            ..SignOptions::default()
        };
        let mut out = Vec::new();
        sign(&bytes, &mut out, &signer, &options).unwrap();
        bytes = out;
    }
    let read = Cell::new(0);
    Counted { bytes, read }
}

#[test]
fn judging_again_does_not_hash_again() {
    let authority = Authority::new();
    let file = Validator::new(signed(&authority, 2));
    let first = file.validate(&authority.context());
    let once = file.source().read.replace(0);
    let second = file.validate(&authority.context());
    let again = file.source().read.get();
    assert_eq!(first.verdict, Some(Indication::TotalPassed));
    let json = |report| serde_json::to_string(report).unwrap();
    assert_eq!(json(&first), json(&second));
    assert!(once > 1 << 20 && again < 1 << 18, "{once} bytes, then {again}");
}

#[test]
fn many_signatures_share_what_they_have_in_common() {
    let authority = Authority::new();
    let read = |times| {
        let file = Validator::new(signed(&authority, times));
        let report = file.validate(&authority.context());
        assert_eq!((report.signatures.len(), report.verdict), (times, Some(Indication::TotalPassed)));
        // Each sees the end of the same list: the first all changes, the last none.
        let ends: Vec<_> = report.signatures.iter().map(|s| s.changes.as_ptr_range().end).collect();
        assert!(ends.windows(2).all(|w| w[0] == w[1]));
        let counts: Vec<_> = report.signatures.iter().map(|s| s.changes.len()).collect();
        assert!(counts.windows(2).all(|w| w[0] > w[1]) && counts[times - 1] == 0, "{counts:?}");
        file.source().read.get() - (1 << 20)
    };
    let (some, twice) = (read(15), read(30));
    assert!(twice < some * 5 / 2, "{some} bytes for 15 signatures, {twice} for 30");
}
