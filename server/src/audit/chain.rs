//! The chain: what an entry's hash covers, and the check that nothing was changed, left out or put in. Needs no server:
//! an export can be checked anywhere.
use serde::{Deserialize, Serialize};

/// `previous` of the first entry.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What [`Entry::hash`] does, for whoever writes a checker of their own. Stands at the head of an export.
pub const RULE: &str = "hash = lower-case hex SHA-256 of the UTF-8 JSON array [previous, seq, at, actor_id, actor, action, subject_type, \
     subject_id, summary, details, request_id] without white space and without escapes for non-ASCII characters; details is a string; \
     previous is the hash of the entry before, 64 zeros for seq 1; at is microseconds since 1970-01-01 UTC";

/// Everything of an entry that its hash covers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    pub seq: i64,
    /// Microseconds since the Unix epoch, UTC.
    pub at: i64,
    pub actor_id: String,
    pub actor: String,
    pub action: String,
    pub subject_type: String,
    pub subject_id: String,
    pub summary: String,
    /// JSON, as text.
    pub details: String,
    pub request_id: String,
    pub previous: String,
}

impl Entry {
    /// See [`RULE`].
    pub fn hash(&self) -> String {
        let text = serde_json::json!([
            self.previous,
            self.seq,
            self.at,
            self.actor_id,
            self.actor,
            self.action,
            self.subject_type,
            self.subject_id,
            self.summary,
            self.details,
            self.request_id
        ])
        .to_string();
        hex::encode(openssl::sha::sha256(text.as_bytes()))
    }
}

/// An entry with the hash that was stored for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Link {
    #[serde(flatten)]
    pub entry: Entry,
    pub hash: String,
}

/// The end of a chain so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub seq: i64,
    pub hash: String,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            seq: 0,
            hash: START.into(),
        }
    }
}

impl Head {
    /// Goes one entry further.
    ///
    /// # Errors
    /// The number at which the chain is broken, when `link` is not the entry that follows.
    pub fn follow(&mut self, link: &Link) -> Result<(), i64> {
        let expected = self.seq + 1;
        if link.entry.seq != expected || link.entry.previous != self.hash || link.entry.hash() != link.hash {
            return Err(expected);
        }
        *self = Self {
            seq: expected,
            hash: link.hash.clone(),
        };
        Ok(())
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A chain of `n` entries.
    pub fn chain(n: i64) -> Vec<Link> {
        let mut head = Head::default();
        let link = |seq| {
            let entry = Entry {
                seq,
                at: 1_764_000_000_000_000 + seq,
                actor_id: "p1".into(),
                actor: "Lê Thị Ngọc Ánh".into(),
                action: "document.issued".into(),
                subject_type: "document".into(),
                subject_id: "d1".into(),
                summary: "12/QĐ-UBND: \"họp\"\n\u{1}/".into(),
                details: r#"{"state":"issued"}"#.into(),
                request_id: "r1".into(),
                previous: head.hash.clone(),
            };
            let link = Link { hash: entry.hash(), entry };
            head.follow(&link).unwrap();
            link
        };
        (1..=n).map(link).collect()
    }

    fn check(links: &[Link]) -> Result<(), i64> {
        let mut head = Head::default();
        links.iter().try_for_each(|link| head.follow(link))
    }

    #[test]
    fn a_hash_is_what_others_compute_from_the_rule() {
        // Made with Python: sha256(json.dumps([...], ensure_ascii=False, separators=(",", ":")).encode()).
        assert_eq!(chain(1)[0].hash, "c901220e26db74812132b3f3f947ace243eba008ad92b2f06ec206089d635cff");
    }

    #[test]
    fn every_kind_of_tampering_is_found_where_it_begins() {
        let whole = chain(5);
        assert_eq!(check(&whole), Ok(()));
        let mut changed = whole.clone();
        changed[2].entry.summary.push('x');
        assert_eq!(check(&changed), Err(3));
        changed[2].hash = changed[2].entry.hash();
        assert_eq!(check(&changed), Err(4), "its hash made anew breaks the next");
        let mut without = whole.clone();
        without.remove(1);
        assert_eq!(check(&without), Err(2));
        let mut swapped = whole.clone();
        swapped.swap(0, 1);
        assert_eq!(check(&swapped), Err(1));
        let mut twice = whole;
        twice.insert(1, twice[0].clone());
        assert_eq!(check(&twice), Err(2));
    }
}
