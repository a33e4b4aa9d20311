//! Cross-reference entries in eight bytes each: a file of a million objects is read with a few megabytes.

/// Where an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    Free,
    /// Offset in the file, generation.
    InUse(u64, u16),
    /// Number of the object stream, index in it.
    InStream(u32, u32),
}

const KIND_BITS: u32 = 2;
/// No file is larger (64 TiB); an offset beyond is kept as this one, where there is no object either.
const MAX_OFFSET: u64 = (1 << 46) - 1;
/// An object stream holds no more objects.
const MAX_INDEX: u64 = (1 << 30) - 1;

impl Entry {
    fn pack(self) -> u64 {
        match self {
            Self::Free => 0,
            Self::InUse(offset, generation) => offset.min(MAX_OFFSET) << 18 | u64::from(generation) << KIND_BITS | 1,
            Self::InStream(stream, index) => u64::from(stream) << 32 | u64::from(index).min(MAX_INDEX) << KIND_BITS | 2,
        }
    }

    fn unpack(packed: u64) -> Self {
        match packed & 3 {
            1 => Self::InUse(packed >> 18, (packed >> KIND_BITS) as u16),
            2 => Self::InStream((packed >> 32) as u32, (packed as u32) >> KIND_BITS),
            _ => Self::Free,
        }
    }
}

/// Objects with consecutive numbers: the first, and where its entry lies.
#[derive(Debug, Clone, Copy)]
struct Run {
    first: u32,
    start: u32,
}

/// The entries of one section or revision, by object number.
#[derive(Debug, Clone, Default)]
pub struct Entries {
    runs: Vec<Run>,
    packed: Vec<u64>,
}

impl Entries {
    pub fn len(&self) -> usize {
        self.packed.len()
    }

    pub fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    pub fn get(&self, id: u32) -> Option<Entry> {
        let after = self.runs.partition_point(|r| r.first <= id);
        let run = self.runs.get(after.checked_sub(1)?)?;
        let end = self.runs.get(after).map_or(self.packed.len(), |r| r.start as usize);
        let at = run.start as usize + (id - run.first) as usize;
        (at < end).then(|| Entry::unpack(self.packed[at]))
    }

    /// In the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Entry)> {
        self.runs.iter().enumerate().flat_map(|(i, run)| {
            let end = self.runs.get(i + 1).map_or(self.packed.len(), |r| r.start as usize);
            let part = &self.packed[run.start as usize..end];
            (0..).zip(part).map(|(i, p)| (run.first + i, Entry::unpack(*p)))
        })
    }

    /// The highest number.
    pub fn last(&self) -> Option<u32> {
        let run = self.runs.last()?;
        Some(run.first + (self.packed.len() as u32 - run.start - 1))
    }

    pub fn ids(&self) -> impl Iterator<Item = u32> {
        self.iter().map(|(id, _)| id)
    }

    /// These, and over them what is given.
    pub fn overlaid(self, later: impl IntoIterator<Item = (u32, Entry)>) -> Self {
        let mut builder = Builder(self);
        for (id, entry) in later {
            builder.push(id, entry);
        }
        builder.finish().0
    }
}

/// Takes entries in the order of the file.
#[derive(Default)]
pub struct Builder(Entries);

impl Builder {
    /// Room for so many more.
    pub fn reserve(&mut self, more: usize) {
        self.0.packed.reserve_exact(more);
    }

    /// How many were given.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub fn push(&mut self, id: u32, entry: Entry) {
        let Entries { runs, packed } = &mut self.0;
        let at = packed.len() as u32;
        let follows = runs.last().is_some_and(|r| r.first.checked_add(at - r.start) == Some(id));
        if !follows {
            runs.push(Run { first: id, start: at });
        }
        packed.push(entry.pack());
    }

    /// The entries by number, the last of each; and whether one was given twice and differently.
    pub fn finish(self) -> (Entries, bool) {
        let Entries { runs, packed } = &self.0;
        let ends = runs.iter().skip(1).map(|r| r.start).chain([packed.len() as u32]);
        let mut free = 0u64;
        let ascending = runs.iter().zip(ends).all(|(r, end)| {
            let fits = u64::from(r.first) >= free;
            free = u64::from(r.first) + u64::from(end - r.start);
            fits
        });
        if ascending {
            let mut entries = self.0;
            entries.packed.shrink_to_fit();
            return (entries, false);
        }
        let mut all: Vec<(u32, u64)> = self.0.iter().map(|(id, e)| (id, e.pack())).collect();
        all.sort_by_key(|(id, _)| *id);
        let conflict = all.windows(2).any(|w| w[0].0 == w[1].0 && w[0].1 != w[1].1);
        let mut sorted = Builder::default();
        for (i, (id, packed)) in all.iter().enumerate() {
            if all.get(i + 1).is_none_or(|next| next.0 != *id) {
                sorted.push(*id, Entry::unpack(*packed));
            }
        }
        (sorted.0, conflict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let entries = [
            Entry::Free,
            Entry::InUse(0, 65_535),
            Entry::InUse(MAX_OFFSET, 0),
            Entry::InStream(u32::MAX, 0),
            Entry::InStream(7, MAX_INDEX as u32),
        ];
        for entry in entries {
            assert_eq!(Entry::unpack(entry.pack()), entry);
        }
        assert_eq!(Entry::unpack(Entry::InUse(u64::MAX, 3).pack()), Entry::InUse(MAX_OFFSET, 3));
    }

    #[test]
    fn the_last_of_a_number_counts() {
        let build = |list: &[(u32, u64)]| {
            let mut b = Builder::default();
            list.iter().for_each(|(id, at)| b.push(*id, Entry::InUse(*at, 0)));
            b.finish()
        };
        let (found, conflict) = build(&[(5, 50), (6, 60), (0, 1), (1, 2), (6, 61), (u32::MAX, 9)]);
        assert!(conflict);
        let ids: Vec<u32> = found.ids().collect();
        assert_eq!(ids, [0, 1, 5, 6, u32::MAX]);
        assert_eq!(found.get(6), Some(Entry::InUse(61, 0)));
        assert_eq!(found.get(u32::MAX), Some(Entry::InUse(9, 0)));
        assert_eq!((found.get(2), found.get(4), found.get(7)), (None, None, None));
        assert!(!build(&[(3, 1), (3, 1), (1, 1)]).1);
        let over = found.overlaid([(2, Entry::Free), (5, Entry::InStream(1, 2))]);
        assert_eq!((over.len(), over.get(5)), (6, Some(Entry::InStream(1, 2))));
    }
}
