//! What was found out about a file and does not depend on whom one trusts.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::diff::steps;
use super::hashing;
use super::later::Later;
use super::locate::ByteRange;
use crate::pdf::{Document, Source};
use crate::x509::digest::Digest;

/// Of one file, which does not change.
#[derive(Default)]
pub struct Memo {
    digests: RefCell<HashMap<(Digest, ByteRange), Vec<u8>>>,
    /// From which revision on, and what changed.
    later: RefCell<Option<(usize, Arc<Later>)>>,
}

impl Memo {
    /// As [`hashing::digests`].
    pub fn digests(&self, source: &dyn Source, jobs: &[(Digest, ByteRange)]) -> Vec<Option<Vec<u8>>> {
        let mut known = self.digests.borrow_mut();
        let open: Vec<_> = jobs.iter().filter(|job| !known.contains_key(*job)).copied().collect();
        let found = open.iter().zip(hashing::digests(source, &open));
        known.extend(found.filter_map(|(job, digest)| Some((*job, digest?))));
        jobs.iter().map(|job| known.get(job).cloned()).collect()
    }

    /// What was changed after revision `from`.
    pub fn later(&self, document: &Document<'_>, from: usize) -> Arc<Later> {
        let mut kept = self.later.borrow_mut();
        match &*kept {
            Some((at, later)) if *at == from => Arc::clone(later),
            _ => {
                let later = Arc::new(Later::new(from, steps(document, from)));
                *kept = Some((from, Arc::clone(&later)));
                later
            }
        }
    }
}
