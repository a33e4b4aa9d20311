//! What was found out about certificates once and need not be found out for the next file.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::certificate::Certificate;
use super::signature::{PublicKey, Ready};

/// Answers that are kept of each kind; then all are forgotten.
const MOST: usize = 20_000;

/// Which certificates were made by which keys, and the keys, ready for use. Both follow from the bytes alone, so that it changes
/// no verdict who else is judged with it; clones share what they know, also between threads.
#[derive(Clone, Default)]
pub struct Known(Arc<Mutex<Tables>>);

#[derive(Default)]
struct Tables {
    /// By the digest of certificate and key.
    signed: HashMap<[u8; 32], bool>,
    keys: HashMap<Vec<u8>, Ready>,
}

impl Known {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        // Each entry is whole as soon as it is there.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As [`Certificate::signed_by`].
    pub(super) fn signed_by(&self, certificate: &Certificate, key: &PublicKey) -> bool {
        let mut hash = openssl::sha::Sha256::new();
        // The first is a structure that says how long it is.
        hash.update(certificate.raw());
        hash.update(key.raw());
        let question = hash.finish();
        if let Some(answer) = self.tables().signed.get(&question) {
            return *answer;
        }
        let answer = certificate.signed_by(key);
        let mut tables = self.tables();
        if tables.signed.len() >= MOST {
            tables.signed.clear();
        }
        tables.signed.insert(question, answer);
        answer
    }

    /// Lets a key share what is made ready at its first use.
    pub(super) fn share(&self, key: &mut PublicKey) {
        let mut tables = self.tables();
        if let Some(ready) = tables.keys.get(key.raw()) {
            key.take_ready(ready);
            return;
        }
        if tables.keys.len() >= MOST {
            tables.keys.clear();
        }
        tables.keys.insert(key.raw().to_vec(), key.ready());
    }
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").finish_non_exhaustive()
    }
}
