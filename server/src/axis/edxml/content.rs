//! An attachment's content: base64 from the stream into a file, a piece at a time.
use super::Error;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openssl::sha::Sha256;
use std::fs::File;
use std::io::{BufRead, Write};
use std::path::Path;

/// Characters decoded at once; a multiple of four.
const PIECE: usize = 64 * 1024;
/// `&#x0000D;` and the like; longer is no white space.
const REFERENCE: usize = 10;

struct Decoder {
    file: File,
    /// Characters without white space.
    text: Vec<u8>,
    bytes: Vec<u8>,
    /// A character reference that has begun: some libraries write line ends as `&#13;`.
    reference: Option<Vec<u8>>,
    padded: bool,
    size: u64,
    left: u64,
    limit: u64,
    /// Which attachment, from 1, for the refusal.
    number: usize,
    /// Of what was decoded, where somebody wants to know.
    hash: Option<Sha256>,
}

/// Decodes up to the next tag, and says how many bytes there were and, if asked for, their SHA-256. `left` of `limit`
/// bytes may still come.
pub fn decode(
    stream: &mut dyn BufRead,
    path: &Path,
    (left, limit): (u64, u64),
    number: usize,
    hash: bool,
) -> Result<(u64, Option<[u8; 32]>), Error> {
    let mut decoder = Decoder {
        file: File::create(path)?,
        text: Vec::with_capacity(PIECE),
        bytes: vec![0; PIECE / 4 * 3],
        reference: None,
        padded: false,
        size: 0,
        left,
        limit,
        number,
        hash: hash.then(Sha256::new),
    };
    loop {
        let available = stream.fill_buf()?;
        if available.is_empty() {
            return Err(Error::Malformed("the message is cut off".into()));
        }
        let end = memchr::memchr(b'<', available);
        let part = &available[..end.unwrap_or(available.len())];
        decoder.take(part)?;
        let used = part.len();
        stream.consume(used);
        if end.is_some() {
            return decoder.finish();
        }
    }
}

impl Decoder {
    fn damaged(&self) -> Error {
        Error::Base64(self.number)
    }

    fn take(&mut self, mut part: &[u8]) -> Result<(), Error> {
        if self.reference.is_some() || memchr::memchr(b'&', part).is_some() {
            return part.iter().try_for_each(|b| self.take_slowly(*b));
        }
        while !part.is_empty() {
            let room = PIECE - self.text.len();
            let (now, later) = part.split_at(room.min(part.len()));
            append_without_space(&mut self.text, now);
            if self.text.len() == PIECE {
                self.flush()?;
            }
            part = later;
        }
        Ok(())
    }

    fn take_slowly(&mut self, byte: u8) -> Result<(), Error> {
        match (&mut self.reference, byte) {
            (None, b'&') => self.reference = Some(Vec::new()),
            (None, b) if b.is_ascii_whitespace() => {}
            (None, b) => {
                self.text.push(b);
                if self.text.len() == PIECE {
                    self.flush()?;
                }
            }
            (Some(name), b';') => {
                let is_space = matches!(
                    std::str::from_utf8(name).ok().and_then(|n| n.strip_prefix('#')).and_then(|n| {
                        n.strip_prefix('x')
                            .map_or_else(|| n.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok())
                    }),
                    Some(9 | 10 | 13 | 32)
                );
                if !is_space {
                    return Err(self.damaged());
                }
                self.reference = None;
            }
            (Some(name), b) if name.len() < REFERENCE => name.push(b),
            (Some(_), _) => return Err(self.damaged()),
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.text.is_empty() {
            return Ok(());
        }
        // Padding ends the data: nothing may follow it.
        if self.padded {
            return Err(self.damaged());
        }
        let n = STANDARD.decode_slice(&self.text, &mut self.bytes).map_err(|_| self.damaged())?;
        self.padded = self.text.ends_with(b"=");
        self.text.clear();
        self.size += n as u64;
        if self.size > self.left {
            return Err(Error::TooLarge(self.limit));
        }
        if let Some(hash) = &mut self.hash {
            hash.update(&self.bytes[..n]);
        }
        Ok(self.file.write_all(&self.bytes[..n])?)
    }

    fn finish(mut self) -> Result<(u64, Option<[u8; 32]>), Error> {
        if self.reference.is_some() {
            return Err(self.damaged());
        }
        self.flush()?;
        Ok((self.size, self.hash.map(Sha256::finish)))
    }
}

/// Copies whole lines, for this is where a large message spends its time.
fn append_without_space(text: &mut Vec<u8>, part: &[u8]) {
    let begin = text.len();
    let mut rest = part;
    while let Some(at) = memchr::memchr(b'\n', rest) {
        let line = &rest[..at];
        text.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        rest = &rest[at + 1..];
    }
    text.extend_from_slice(rest);
    // Indented, or broken otherwise.
    if memchr::memchr3(b' ', b'\t', b'\r', &text[begin..]).is_some() {
        let mut to = begin;
        for from in begin..text.len() {
            text[to] = text[from];
            to += usize::from(!text[from].is_ascii_whitespace());
        }
        text.truncate(to);
    }
}
