//! Signatures as they lie in `/Contents`, and time-stamp tokens.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| signing_fuzz::cms(data));
