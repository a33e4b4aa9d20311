//! An input of which no more than so many bytes are read outside the attachments' contents.
use std::io::{self, BufRead, Read};

/// Envelope, manifest and the tags around the contents: some kilobytes in any honest message.
const MOST: u64 = 8 << 20;

pub struct Bounded<'a> {
    input: &'a mut dyn BufRead,
    left: u64,
    /// Inside a content, which goes to a file and has its own limit.
    pub free: bool,
    pub exceeded: bool,
}

impl<'a> Bounded<'a> {
    pub fn new(input: &'a mut dyn BufRead) -> Self {
        Self {
            input,
            left: MOST,
            free: false,
            exceeded: false,
        }
    }
}

impl Read for Bounded<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let n = available.len().min(out.len());
        out[..n].copy_from_slice(&available[..n]);
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Bounded<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let available = self.input.fill_buf()?;
        if self.free || available.is_empty() {
            return Ok(available);
        }
        if self.left == 0 {
            self.exceeded = true;
            return Err(io::Error::other("the envelope is too large"));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(available.len());
        Ok(&available[..most])
    }

    fn consume(&mut self, n: usize) {
        if !self.free {
            self.left = self.left.saturating_sub(n as u64);
        }
        self.input.consume(n);
    }
}
