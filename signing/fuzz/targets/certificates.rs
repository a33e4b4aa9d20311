//! Certificates, revocation lists, OCSP answers and time-stamp tokens, read and then asked what they say.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| signing_fuzz::certificates(data));
