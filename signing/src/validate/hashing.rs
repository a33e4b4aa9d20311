//! Hashes what signatures cover, reading the file about once however many there are.

use std::io;

use super::locate::ByteRange;
use crate::pdf::Source;
use crate::x509::digest::{Digest, Hasher};

const CHUNK: u64 = 1 << 20;

/// Feeds the bytes `from..to` to `sink`.
fn feed(source: &dyn Source, mut from: u64, to: u64, sink: &mut dyn FnMut(&[u8]) -> Option<()>) -> Option<()> {
    if let Some(all) = source.as_slice() {
        return sink(all.get(usize::try_from(from).ok()?..usize::try_from(to).ok()?)?);
    }
    let mut buffer = vec![0; CHUNK.min(to.saturating_sub(from)) as usize];
    while from < to {
        let part = &mut buffer[..CHUNK.min(to - from) as usize];
        let read: io::Result<()> = source.read_at(from, part);
        read.ok()?;
        sink(part)?;
        from += part.len() as u64;
    }
    Some(())
}

/// One digest for each job, `None` where the bytes cannot be read or the algorithm not be had.
///
/// Every range starts at 0, so the state of the hash at the beginning of a later gap contains
/// that at an earlier one: one running hash is copied at each gap instead of starting again.
pub fn digests(source: &dyn Source, jobs: &[(Digest, ByteRange)]) -> Vec<Option<Vec<u8>>> {
    let mut results = vec![None; jobs.len()];
    let mut order: Vec<usize> = (0..jobs.len()).collect();
    order.sort_by_key(|i| (jobs[*i].0, jobs[*i].1.gap_start));
    let mut running: Option<(Digest, u64, Hasher)> = None;
    for i in order {
        let (digest, range) = &jobs[i];
        let fresh = running.take().filter(|(d, ..)| d == digest);
        let Some((_, at, mut hasher)) = fresh.or_else(|| Some((*digest, 0, Hasher::new(*digest)?))) else {
            continue;
        };
        if feed(source, at, range.gap_start, &mut |b| hasher.update(b)).is_none() {
            continue;
        }
        let mut own = hasher.clone();
        let rest = feed(source, range.gap_end, range.end, &mut |b| own.update(b));
        results[i] = rest.and_then(|()| own.finish());
        running = Some((*digest, range.gap_start, hasher));
    }
    results
}

/// The covered bytes themselves, for schemes that cannot be given a digest.
pub fn covered(source: &dyn Source, range: &ByteRange, limit: u64) -> Option<Vec<u8>> {
    let length = range.gap_start + (range.end - range.gap_end);
    if length > limit {
        return None;
    }
    let mut all = Vec::with_capacity(usize::try_from(length).ok()?);
    for (from, to) in [(0, range.gap_start), (range.gap_end, range.end)] {
        feed(source, from, to, &mut |b| {
            all.extend_from_slice(b);
            Some(())
        })?;
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_running_hash_gives_what_separate_ones_would() {
        let data: Vec<u8> = (0..100_000u32).map(|n| (n % 251) as u8).collect();
        let range = |a, b, c| ByteRange {
            gap_start: a,
            gap_end: b,
            end: c,
        };
        let jobs = [
            (Digest::Sha256, range(50_000, 60_000, 100_000)),
            (Digest::Sha256, range(10, 20, 30)),
            (Digest::Sha512, range(10, 20, 30)),
            (Digest::Sha256, range(10, 20, 100_001)),
        ];
        let found = digests(&data, &jobs);
        for (job, found) in jobs.iter().zip(&found).take(3) {
            let whole = covered(&data, &job.1, 1 << 20).unwrap();
            assert_eq!(found.as_ref(), job.0.hash(&whole).as_ref());
        }
        assert_eq!(found[3], None);
    }
}
