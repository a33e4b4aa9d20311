//! One revision against the one before it.

use super::uses::Uses;
use super::{Change, Level, Step};
use crate::pdf::Document;
use std::collections::BTreeMap;

/// Judges what revision `old + 1` changed.
pub fn step(document: &Document<'_>, old: usize, _uses: &mut Uses) -> Step {
    let new = old + 1;
    let changed = document.revisions()[new].entries.keys().filter(|id| **id != 0);
    let changes = changed.map(|id| Change {
        revision: new as u32 + 1,
        level: Level::Other,
        code: "object_changed",
        object: Some(*id),
        page: None,
        params: BTreeMap::new(),
    });
    Step {
        changes: changes.collect(),
        ..Step::default()
    }
}
