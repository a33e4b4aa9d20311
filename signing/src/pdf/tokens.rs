//! The characters of PDF syntax (ISO 32000, 7.2).

pub fn is_space(b: u8) -> bool {
    matches!(b, 0 | 9 | 10 | 12 | 13 | 32)
}

pub fn is_delimiter(b: u8) -> bool {
    matches!(b, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

pub fn is_regular(b: u8) -> bool {
    !is_space(b) && !is_delimiter(b)
}

/// Position of the first `needle` at or after `from`.
pub fn find(data: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let rest = data.get(from..)?;
    let first = *needle.first()?;
    let mut at = 0;
    loop {
        at += rest[at..].iter().position(|b| *b == first)?;
        if rest[at..].starts_with(needle) {
            return Some(from + at);
        }
        at += 1;
    }
}

/// Position of the last `needle`.
pub fn rfind(data: &[u8], needle: &[u8]) -> Option<usize> {
    let last = data.len().checked_sub(needle.len())?;
    (0..=last).rev().find(|at| data[*at..].starts_with(needle))
}
