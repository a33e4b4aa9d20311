//! What later revisions changed, and the verdict over it.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| signing_fuzz::difference(data));
