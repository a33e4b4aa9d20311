//! No changed byte may pass.
use crate::authority::Authority;
use crate::own::{issue, material};
use crate::peers::made;
use signing::validate::{Indication, SignatureReport, ValidationContext, validate};

/// A small generator, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n as u64).unwrap()
    }
}

impl Random {
    /// Changes, inserts or deletes the byte at a place.
    fn spoil(&mut self, bytes: &mut Vec<u8>, at: usize) -> &'static str {
        match self.below(3) {
            0 => {
                bytes[at] ^= 1 << self.below(8);
                "flipped"
            }
            1 => {
                bytes.insert(at, bytes[at] ^ 0x55);
                "inserted"
            }
            _ => {
                bytes.remove(at);
                "deleted"
            }
        }
    }
}

/// True when the first signature, whose bytes were touched, passes all the same.
fn passes(bytes: &[u8], context: &ValidationContext) -> bool {
    let report = validate(&bytes, context);
    let first = report.signatures.iter().find(|s| s.field.as_deref() == Some("Signature1"));
    first.is_some_and(|s| s.indication == Indication::TotalPassed)
}

#[test]
fn a_byte_flipped_inserted_or_deleted_never_passes() {
    let authority = Authority::new();
    let (leader, seal) = (authority.signer("Nguyễn Văn Thành"), authority.signer("UBND tỉnh Minh An"));
    let context = authority.context();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for input in material() {
        let dir = tempfile::tempdir().unwrap();
        let issued = issue(&input, dir.path(), &leader, &seal);
        let whole = std::fs::read(issued).unwrap();
        assert!(passes(&whole, &context), "{}", input.display());
        let report = validate(&whole.as_slice(), &context);
        let [_, gap, after, rest] = report.signatures[0].byte_range.unwrap();
        let (gap, after, end) = (gap as usize, after as usize, (after + rest) as usize);
        for round in 0..120 {
            let mut bytes = whole.clone();
            // Covered bytes: before the gap or behind it; near the gap more often, where the structure is.
            let at = match round % 4 {
                0 => random.below(gap),
                1 => gap - 1 - random.below(400.min(gap - 1)),
                2 => after + random.below(end - after),
                _ => end - 1 - random.below(200.min(end - after - 1)),
            };
            let what = random.spoil(&mut bytes, at);
            assert!(!passes(&bytes, &context), "{}: byte {at} {what}", input.display());
        }
    }
}

/// Rounds for each file; `KYHOP_ROUNDS` asks for more.
fn rounds() -> usize {
    std::env::var("KYHOP_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(12)
}

/// Every kind of file that others sign: each signature that passes, with a byte changed that it covers.
#[test]
fn a_byte_changed_in_others_files_never_passes() {
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    let mut tried = 0;
    for script in ["make.py", "foreign.py", "trust.py", "odd.py"] {
        let made = made(script);
        for case in &made.cases {
            let (whole, context) = (made.read(&case.file), made.context(case));
            let report = validate(&whole, &context);
            let passing = report.signatures.iter().filter(|s| s.indication == Indication::TotalPassed);
            for s in passing {
                let [_, gap, after, rest] = s.byte_range.unwrap().map(|n| usize::try_from(n).unwrap());
                for _ in 0..rounds() {
                    let at = random.below(gap + rest);
                    let at = if at < gap { at } else { at - gap + after };
                    let mut bytes = whole.clone();
                    let what = random.spoil(&mut bytes, at);
                    let now = validate(&bytes, &context);
                    let mut same = now.signatures.iter().filter(|n| n.field == s.field);
                    let passes = same.any(|n| n.indication == Indication::TotalPassed);
                    assert!(!passes, "{script} {}: {:?}, byte {at} {what}", case.file, s.field);
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 1500, "{tried}");
}

/// A file cut off or with something behind it is judged or refused, and never says that it covers everything.
#[test]
fn what_is_cut_off_or_appended_is_not_overlooked() {
    let mut random = Random(0x9E37_79B9_97F4_A7C1);
    for script in ["make.py", "foreign.py"] {
        let made = made(script);
        for case in made.cases.iter().step_by(3) {
            let (whole, context) = (made.read(&case.file), made.context(case));
            for round in 0..rounds() {
                let mut bytes = whole.clone();
                let kept = 1 + random.below(whole.len() - 2);
                match round % 3 {
                    0 => bytes.truncate(kept),
                    1 => bytes.truncate(whole.len() - 1 - random.below(60)),
                    _ => bytes.extend((0..=random.below(40)).map(|_| 33 + random.below(90) as u8)),
                }
                let report = validate(&bytes, &context);
                let passes = report.verdict == Some(Indication::TotalPassed);
                // A cut may take away a whole revision, the line end behind the last one, or the marker of the
                // end of a revision that nobody signed, which is told.
                let told = |s: &SignatureReport| s.warnings.iter().any(|w| w == "untidy_later_revision");
                let tidy = |s: &SignatureReport| s.revision_end == Some(bytes.len() as u64) || told(s);
                let lost = whole.get(bytes.len()..).unwrap_or_default();
                let blank = lost.iter().all(u8::is_ascii_whitespace);
                let cut = !lost.is_empty() && (blank || report.signatures.iter().any(tidy));
                assert!(!passes || cut, "{script} {}: {} of {}", case.file, bytes.len(), whole.len());
            }
        }
    }
}
