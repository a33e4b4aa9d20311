//! What happened after each signature. Many signatures share one list: each sees the end of it.

use serde::{Serialize, Serializer};
use std::ops::Deref;
use std::sync::Arc;

use super::diff::{Change, Level, Step};

/// Changes after a signature, in the order of the revisions; used as a slice. Those after an earlier signature of the same
/// file lie in the same memory.
#[derive(Debug, Clone)]
pub struct Changes {
    all: Arc<[Change]>,
    from: usize,
}

impl Default for Changes {
    fn default() -> Self {
        let all = Arc::new([]);
        Self { all, from: 0 }
    }
}

impl Deref for Changes {
    type Target = [Change];

    fn deref(&self) -> &[Change] {
        &self.all[self.from..]
    }
}

impl<'a> IntoIterator for &'a Changes {
    type Item = &'a Change;
    type IntoIter = std::slice::Iter<'a, Change>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Serialize for Changes {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(self.iter())
    }
}

/// All that a signature must know of the revisions behind it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Summary {
    pub level: Option<Level>,
    /// A revision lacks its end-of-file marker.
    pub untidy: bool,
    pub new_visible_signature: bool,
    /// Annotations that were there are different or gone.
    pub annotations_harmed: bool,
    /// An annotation covers what was signed.
    pub content_covered: bool,
}

impl Summary {
    fn with(mut self, step: &Step) -> Self {
        let level = Some(step.level());
        self.level = self.level.max(level);
        self.untidy |= step.untidy;
        self.new_visible_signature |= step.new_visible_signature;
        for change in &step.changes {
            match change.code {
                "annotation_changed" | "annotation_removed" => self.annotations_harmed = true,
                "annotation_covers_content" => self.content_covered = true,
                _ => {}
            }
        }
        self
    }
}

/// The revisions after the first signature.
pub struct Later {
    /// The revision of the first signature.
    first: usize,
    changes: Arc<[Change]>,
    /// For each step, where its changes begin, and what all from it on come to.
    ends: Vec<(usize, Summary)>,
    /// Fields whose value each step changed.
    touched: Vec<Vec<String>>,
}

impl Later {
    pub fn new(first: usize, steps: Vec<Step>) -> Self {
        let total: usize = steps.iter().map(|s| s.changes.len()).sum();
        let mut ends = vec![(total, Summary::default())];
        for step in steps.iter().rev() {
            let (start, summary) = ends[ends.len() - 1];
            ends.push((start - step.changes.len(), summary.with(step)));
        }
        ends.reverse();
        let mut changes = Vec::with_capacity(total);
        let mut touched = Vec::with_capacity(steps.len());
        for step in steps {
            changes.extend(step.changes);
            touched.push(step.touched_fields);
        }
        Self {
            first,
            changes: changes.into(),
            ends,
            touched,
        }
    }

    /// The step that follows a revision.
    fn step(&self, revision: usize) -> usize {
        revision.saturating_sub(self.first).min(self.touched.len())
    }

    pub fn changes(&self, revision: usize) -> Changes {
        let all = Arc::clone(&self.changes);
        let from = self.ends[self.step(revision)].0;
        Changes { all, from }
    }

    pub fn summary(&self, revision: usize) -> Summary {
        self.ends[self.step(revision)].1
    }

    pub fn touched(&self, revision: usize) -> impl Iterator<Item = &String> {
        self.touched[self.step(revision)..].iter().flatten()
    }
}
