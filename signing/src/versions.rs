//! The versions of a file: what it was after each time that something was appended to it.
use crate::error::Result;
use crate::pdf::crypt::Unlock;
use crate::pdf::{Document, Source};
use crate::validate::{fields, locate};
use std::io::Write;

/// The file as it was once: its first `length` bytes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Version {
    /// From 1, the oldest.
    pub number: u32,
    /// Bytes. Where a signature was made in this version, exactly as far as it reaches, so that what is cut off there is
    /// what the signer saw and verifies as a whole.
    pub length: u64,
    /// Fields whose signature or document time stamp was made in this version.
    pub signed_fields: Vec<String>,
}

/// The versions of a file, oldest first; the last is the file itself.
///
/// # Errors
/// [`Error::Pdf`](crate::Error::Pdf) when the file cannot be read.
pub fn versions<'u>(source: &dyn Source, unlock: impl Into<Unlock<'u>>) -> Result<Vec<Version>> {
    let document = Document::open(source, unlock)?;
    let revisions = document.revisions();
    let mut all: Vec<Version> = (1..)
        .zip(revisions)
        .map(|(number, revision)| Version {
            number,
            length: revision.end,
            signed_fields: Vec::new(),
        })
        .collect();
    for signed in fields::signed(&document, document.newest()) {
        let within = signed.direct.then_some(&b"V"[..]);
        let Ok(located) = locate::locate(&document, &signed.holder, within) else {
            continue;
        };
        let end = located.range.end;
        if let Some(at) = revisions.iter().position(|r| (r.eof..=r.end).contains(&end)) {
            all[at].length = end;
            all[at].signed_fields.push(signed.field.name.clone());
        }
    }
    Ok(all)
}

/// Writes a version of `source`, byte for byte.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) when the source ends before or `out` cannot take it.
pub fn write_version(source: &dyn Source, version: &Version, out: &mut dyn Write) -> Result<()> {
    let mut buffer = vec![0; 1 << 18];
    let mut at = 0;
    while at < version.length {
        let left = version.length - at;
        let part = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        source.read_at(at, &mut buffer[..part])?;
        out.write_all(&buffer[..part])?;
        at += part as u64;
    }
    Ok(out.flush()?)
}
