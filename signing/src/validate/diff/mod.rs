//! What changed after a signature, judged by an allow-list (after pyHanko's model).
//!
//! Each revision is compared with the one before it. Everything that differs must be explained
//! by a rule as harmless of a certain level; what no rule explains is `other` and invalidates.

mod beside;
mod compare;
mod cover;
mod form;
mod layered;
mod loose;
mod page;
mod paint;
mod same;
mod shape;
mod structure;
mod uses;
mod view;

use serde::Serialize;
use std::collections::BTreeMap;

use crate::pdf::Document;

/// How far changes went; each level includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing changed.
    None,
    /// Validation data, time stamps and metadata.
    LtaUpdates,
    /// Values of fields, and further signatures.
    FormFilling,
    /// Comments and other annotations.
    Annotations,
    /// What no rule explains as harmless; always invalidates.
    Other,
}

/// One thing that changed; the code and its parameters can be worded in any language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// Number of the revision that made it, from 1.
    pub revision: u32,
    /// How far it goes by itself.
    pub level: Level,
    /// Stable, such as `field_filled`.
    pub code: &'static str,
    /// Number of the object that was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<u32>,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Names and values that belong to the code: `field`, `value`, `key`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<&'static str, String>,
}

/// One line for programs and logs: code, place and parameters.
impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "revision {}: {}", self.revision, self.code)?;
        if let Some(page) = self.page {
            write!(f, ", page {page}")?;
        }
        if let Some(object) = self.object {
            write!(f, ", object {object}")?;
        }
        self.params.iter().try_for_each(|(key, value)| write!(f, ", {key}: {value}"))
    }
}

/// What one revision changed.
#[derive(Debug, Clone, Default)]
pub struct Step {
    pub changes: Vec<Change>,
    /// Fields whose value changed; a lock on them is broken by it.
    pub touched_fields: Vec<String>,
    /// A signature field with a visible widget was added, which a certification forbids.
    pub new_visible_signature: bool,
    /// The revision lacks its end-of-file marker.
    pub untidy: bool,
    /// Signatures that are no longer there.
    pub removed_signatures: Vec<String>,
}

impl Step {
    pub fn level(&self) -> Level {
        let levels = self.changes.iter().map(|c| c.level);
        levels.max().unwrap_or(Level::None)
    }
}

/// The steps from revision `from` (an index) to the newest.
pub fn steps(document: &Document<'_>, from: usize) -> Vec<Step> {
    let newest = document.newest();
    let mut found = Vec::with_capacity(newest - from);
    if from < newest {
        let mut uses = uses::Uses::default();
        let mut old = view::View::new(document, from, None);
        for revision in from + 1..=newest {
            let new = view::View::new(document, revision, Some(&old));
            found.push(compare::step(document, &old, &new, &mut uses));
            // Each signature may write long lists anew: those that are over make room for the next.
            for (id, entry) in document.revisions()[revision].entries.iter() {
                // Some producers list again what is where it was.
                if document.entry(id, revision - 1).is_some_and(|(_, old)| old != entry) {
                    document.forget(id, revision - 1);
                }
            }
            old = new;
        }
    }
    let last = &document.revisions()[newest];
    if last.end < document.len() {
        let change = Change {
            revision: newest as u32 + 2,
            level: Level::Other,
            code: "content_after_the_end",
            object: None,
            page: None,
            params: BTreeMap::new(),
        };
        found.push(Step {
            changes: vec![change],
            ..Step::default()
        });
    }
    found
}
