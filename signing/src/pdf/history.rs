//! Which revision an object comes from.

use super::entries::Entry;
use super::xref::Revision;

/// Object numbers with the revisions that list them. The one that lists most is asked itself, so that a file of a million
/// objects does not have them all listed twice.
pub struct History {
    largest: usize,
    /// Object number and revision, of all revisions but the largest, in order.
    others: Vec<(u32, u32)>,
}

impl History {
    pub fn new(revisions: &[Revision]) -> Self {
        let sizes = revisions.iter().map(|r| r.entries.len());
        let largest = sizes.clone().enumerate().max_by_key(|(_, size)| *size).map_or(0, |(i, _)| i);
        let biggest = sizes.clone().max().unwrap_or(0);
        let mut others = Vec::with_capacity(sizes.sum::<usize>() - biggest);
        for (i, revision) in (0u32..).zip(revisions).filter(|(i, _)| *i as usize != largest) {
            others.extend(revision.entries.ids().map(|id| (id, i)));
        }
        others.sort_unstable();
        Self { largest, others }
    }

    /// The newest entry of `id` at `revision`, and the revision that wrote it.
    pub fn entry(&self, revisions: &[Revision], id: u32, revision: usize) -> Option<(usize, Entry)> {
        let until = u32::try_from(revision).unwrap_or(u32::MAX);
        let after = self.others.partition_point(|h| *h <= (id, until));
        let other = after.checked_sub(1).map(|at| self.others[at]);
        let other = other.filter(|(listed, _)| *listed == id).map(|(_, at)| at as usize);
        if self.largest <= revision
            && other.is_none_or(|at| at < self.largest)
            && let Some(entry) = revisions[self.largest].entries.get(id)
        {
            return Some((self.largest, entry));
        }
        let at = other?;
        Some((at, revisions[at].entries.get(id)?))
    }

    /// Object numbers that any revision up to `revision` lists, in order.
    pub fn known<'a>(&'a self, revisions: &'a [Revision], revision: usize) -> impl Iterator<Item = u32> + 'a {
        let largest = revisions.get(self.largest).filter(|_| self.largest <= revision);
        let mut one = largest.into_iter().flat_map(|r| r.entries.ids()).peekable();
        // The first revision of a number decides.
        let groups = self.others.chunk_by(|a, b| a.0 == b.0);
        let mut two = groups.filter(move |g| g[0].1 as usize <= revision).map(|g| g[0].0).peekable();
        std::iter::from_fn(move || match (one.peek(), two.peek()) {
            (Some(a), Some(b)) if a == b => {
                two.next();
                one.next()
            }
            (Some(a), Some(b)) if b < a => two.next(),
            (Some(_), _) => one.next(),
            (None, _) => two.next(),
        })
    }

    pub fn max_id(&self, revisions: &[Revision]) -> u32 {
        let largest = revisions.get(self.largest).and_then(|r| r.entries.last());
        largest.max(self.others.last().map(|(id, _)| *id)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::entries::Builder;

    fn revision(list: &[(u32, u64)]) -> Revision {
        let mut builder = Builder::default();
        list.iter().for_each(|(id, at)| builder.push(*id, Entry::InUse(*at, 0)));
        Revision {
            start: 0,
            eof: 0,
            end: 0,
            xref: 0,
            entries: builder.finish().0,
            trailer: lopdf::Dictionary::new(),
            xref_streams: Vec::new(),
            ambiguous: None,
        }
    }

    #[test]
    fn each_revision_sees_what_was_written_by_then() {
        let revisions = [
            revision(&[(1, 10), (2, 20)]),
            revision(&[(1, 11), (3, 31), (4, 41)]),
            revision(&[(3, 32), (9, 92)]),
        ];
        let history = History::new(&revisions);
        assert_eq!(history.largest, 1);
        let at = |id, revision| {
            history
                .entry(&revisions, id, revision)
                .map(|(r, e)| (r, e == Entry::InUse(u64::from(id) * 10 + r as u64, 0)))
        };
        assert_eq!((at(1, 0), at(1, 1), at(1, 2)), (Some((0, true)), Some((1, true)), Some((1, true))));
        assert_eq!((at(3, 0), at(3, 1), at(3, 2)), (None, Some((1, true)), Some((2, true))));
        assert_eq!(
            (at(2, 2), at(9, 1), at(9, 2), at(5, 2)),
            (Some((0, true)), None, Some((2, true)), None)
        );
        let known = |revision| history.known(&revisions, revision).collect::<Vec<_>>();
        assert_eq!((known(0), known(1)), (vec![1, 2], vec![1, 2, 3, 4]));
        assert_eq!(known(2), [1, 2, 3, 4, 9]);
        assert_eq!(history.max_id(&revisions), 9);
    }
}
