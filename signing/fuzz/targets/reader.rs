//! Everything that is done with a file before a signature is judged: open, look, walk through every object of every revision.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| signing_fuzz::reader(data));
