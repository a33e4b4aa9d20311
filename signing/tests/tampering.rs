//! No changed byte may pass.
use crate::authority::Authority;
use crate::own::{issue, material};
use signing::validate::{Indication, ValidationContext, validate};

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
            let what = match random.below(3) {
                0 => {
                    bytes[at] ^= 1 << random.below(8);
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
            };
            assert!(!passes(&bytes, &context), "{}: byte {at} {what}", input.display());
        }
    }
}
