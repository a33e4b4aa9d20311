//! Objects out of bytes. Tolerant of what real files do, never of what could be read two ways:
//! that is noted and left to the caller to judge.

use lopdf::{Dictionary, Object, ObjectId, StringFormat};

use super::tokens::{is_regular, is_space};

/// Deeper nesting is refused; the deepest of honest files stay far below.
const MAX_DEPTH: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The window ended within the object.
    More,
    Bad(&'static str),
    /// Nested too deeply.
    Deep,
}

type Result<T> = std::result::Result<T, Stop>;

pub struct Parser<'a> {
    data: &'a [u8],
    pos: usize,
    depth: usize,
    /// Readers differ in what they make of this: `duplicate_key` (which of two values counts) or `odd_number`.
    pub ambiguous: Option<&'static str>,
    /// Strings in hexadecimal are passed over and read as empty ones.
    only_extents: bool,
}

impl<'a> Parser<'a> {
    pub fn new(data: &'a [u8], pos: usize) -> Self {
        Parser {
            data,
            pos,
            depth: 0,
            ambiguous: None,
            only_extents: false,
        }
    }

    /// For who asks where values lie, of something that was read before: signatures are long.
    pub fn of_extents(data: &'a [u8], pos: usize) -> Self {
        Parser {
            only_extents: true,
            ..Self::new(data, pos)
        }
    }

    pub fn pos(&self) -> usize {
        self.pos
    }

    fn byte(&self) -> Result<u8> {
        self.data.get(self.pos).copied().ok_or(Stop::More)
    }

    fn rest(&self) -> &'a [u8] {
        self.data.get(self.pos..).unwrap_or_default()
    }

    /// Skips white space and comments.
    pub fn space(&mut self) {
        while let Some(b) = self.data.get(self.pos) {
            if is_space(*b) {
                self.pos += 1;
            } else if *b == b'%' {
                let line = self.rest().iter().position(|b| matches!(b, 10 | 13));
                self.pos += line.unwrap_or(self.rest().len());
            } else {
                break;
            }
        }
    }

    /// Skips white space alone: `%%EOF` is a comment too.
    pub fn blank(&mut self) {
        while self.data.get(self.pos).is_some_and(|b| is_space(*b)) {
            self.pos += 1;
        }
    }

    /// Skips white space and comments, but not the marker `%%EOF`.
    pub fn blank_and_remarks(&mut self) {
        self.blank();
        while self.data.get(self.pos) == Some(&b'%') && !self.rest().starts_with(b"%%EOF") {
            let line = self.rest().iter().position(|b| matches!(b, 10 | 13));
            self.pos += line.unwrap_or(self.rest().len());
            self.blank();
        }
    }

    /// Takes `word` if it is next, as a whole token.
    pub fn keyword(&mut self, word: &[u8]) -> bool {
        let rest = self.rest();
        let whole = rest.get(word.len()).is_none_or(|b| !is_regular(*b));
        let found = rest.starts_with(word) && whole;
        if found {
            self.pos += word.len();
        }
        found
    }

    /// Goes behind `text`, whatever follows it.
    pub fn starts_with(&mut self, text: &[u8]) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.pos += text.len();
        }
        found
    }

    /// An unsigned integer, as in cross-reference tables.
    pub fn number(&mut self) -> Option<u64> {
        let digits = self.rest().iter().take_while(|b| b.is_ascii_digit());
        let count = digits.count();
        if count == 0 || count > 18 {
            return None;
        }
        let text = std::str::from_utf8(&self.rest()[..count]).ok()?;
        self.pos += count;
        text.parse().ok()
    }

    /// `n g obj`.
    pub fn header(&mut self) -> Option<ObjectId> {
        self.space();
        let id = u32::try_from(self.number()?).ok()?;
        self.space();
        let generation = u16::try_from(self.number()?).ok()?;
        self.space();
        // Some producers leave no space behind the keyword.
        if !self.rest().starts_with(b"obj") {
            return None;
        }
        self.pos += 3;
        Some((id, generation))
    }

    pub fn object(&mut self) -> Result<Object> {
        self.space();
        match self.byte()? {
            b'/' => Ok(Object::Name(self.name()?)),
            b'(' => Ok(Object::String(self.literal()?, StringFormat::Literal)),
            b'<' if self.data.get(self.pos + 1) == Some(&b'<') => Ok(Object::Dictionary(self.dictionary()?)),
            b'<' => Ok(Object::String(self.hexadecimal()?, StringFormat::Hexadecimal)),
            b'[' => self.array(),
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.numeric(),
            _ => self.word(),
        }
    }

    fn enter(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Stop::Deep);
        }
        Ok(())
    }

    fn array(&mut self) -> Result<Object> {
        self.enter()?;
        self.pos += 1;
        let mut items = Vec::new();
        loop {
            self.space();
            if self.byte()? == b']' {
                self.pos += 1;
                self.depth -= 1;
                return Ok(Object::Array(items));
            }
            // What long lists are made of goes the short way.
            match self.plain_reference() {
                Some(id) => items.push(Object::Reference(id)),
                None => items.push(self.object()?),
            }
        }
    }

    pub fn dictionary(&mut self) -> Result<Dictionary> {
        self.enter()?;
        self.pos += 2;
        let mut dictionary = Dictionary::new();
        loop {
            self.space();
            match self.byte()? {
                b'>' => {
                    self.pos += 1;
                    if self.byte()? != b'>' {
                        return Err(Stop::Bad("end of dictionary"));
                    }
                    self.pos += 1;
                    self.depth -= 1;
                    return Ok(dictionary);
                }
                b'/' => {
                    let key = self.name()?;
                    let value = self.object()?;
                    if dictionary.has(&key) {
                        self.ambiguous = Some("duplicate_key");
                    }
                    dictionary.set(key, value);
                }
                _ => return Err(Stop::Bad("key of dictionary")),
            }
        }
    }

    pub fn name(&mut self) -> Result<Vec<u8>> {
        self.pos += 1;
        let length = self.rest().iter().take_while(|b| is_regular(**b)).count();
        if self.pos + length == self.data.len() {
            return Err(Stop::More);
        }
        let raw = &self.rest()[..length];
        self.pos += length;
        if !raw.contains(&b'#') {
            return Ok(raw.to_vec());
        }
        let mut name = Vec::with_capacity(length);
        let mut at = 0;
        while at < raw.len() {
            let code = raw.get(at + 1..at + 3).and_then(hex_pair);
            match (raw[at], code) {
                (b'#', Some(byte)) => {
                    name.push(byte);
                    at += 3;
                }
                (byte, _) => {
                    name.push(byte);
                    at += 1;
                }
            }
        }
        Ok(name)
    }

    fn literal(&mut self) -> Result<Vec<u8>> {
        self.pos += 1;
        let mut out = Vec::new();
        let mut open = 1;
        loop {
            let byte = self.byte()?;
            self.pos += 1;
            match byte {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok(out);
                    }
                }
                b'\\' => {
                    self.escape(&mut out)?;
                    continue;
                }
                b'\r' => {
                    if self.byte()? == b'\n' {
                        self.pos += 1;
                    }
                    out.push(b'\n');
                    continue;
                }
                _ => {}
            }
            out.push(byte);
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<()> {
        let byte = self.byte()?;
        self.pos += 1;
        match byte {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'\r' => {
                if self.byte()? == b'\n' {
                    self.pos += 1;
                }
            }
            b'\n' => {}
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.byte()? {
                        digit @ b'0'..=b'7' => {
                            value = value * 8 + u32::from(digit - b'0');
                            self.pos += 1;
                        }
                        _ => break,
                    }
                }
                out.push((value & 0xff) as u8);
            }
            other => out.push(other),
        }
        Ok(())
    }

    fn hexadecimal(&mut self) -> Result<Vec<u8>> {
        self.pos += 1;
        // Looking whether a piece contains it is quick, finding where is not.
        let whole = self
            .rest()
            .chunks(256)
            .take_while(|piece| !piece.contains(&b'>'))
            .map(<[u8]>::len)
            .sum::<usize>();
        let within = self.rest()[whole..].iter().position(|b| *b == b'>').ok_or(Stop::More)?;
        let end = whole + within;
        let raw = &self.rest()[..end];
        self.pos += end + 1;
        if self.only_extents {
            return Ok(Vec::new());
        }
        let mut out = Vec::with_capacity(raw.len() / 2);
        // Most of a signed file's objects are signatures: digits without space between them go the short way.
        let mut read = 0;
        for part in raw.chunks_exact(2 * BATCH) {
            let mut digits = [0; 2 * BATCH];
            let mut good = true;
            for (digit, byte) in digits.iter_mut().zip(part) {
                let (number, letter) = (byte.wrapping_sub(b'0'), (byte | 0x20).wrapping_sub(b'a'));
                good &= (number < 10) | (letter < 6);
                *digit = if number < 10 { number } else { letter.wrapping_add(10) };
            }
            if !good {
                break;
            }
            let mut bytes = [0; BATCH];
            for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
                *byte = pair[0] << 4 | pair[1];
            }
            out.extend_from_slice(&bytes);
            read += part.len();
        }
        let mut high = None;
        for byte in raw[read..].iter().filter(|b| !is_space(**b)) {
            let digit = hex_digit(*byte).ok_or(Stop::Bad("hexadecimal string"))?;
            match high.take() {
                None => high = Some(digit),
                Some(h) => out.push(h << 4 | digit),
            }
        }
        if let Some(h) = high {
            out.push(h << 4);
        }
        Ok(out)
    }

    /// `n g R` with single spaces, and something behind it that is no part of it.
    fn plain_reference(&mut self) -> Option<ObjectId> {
        let rest = self.rest();
        let (mut id, mut at) = (0u32, 0);
        while let Some(digit) = rest.get(at).filter(|b| b.is_ascii_digit()) {
            if at == 9 {
                return None;
            }
            id = id * 10 + u32::from(*digit - b'0');
            at += 1;
        }
        let [b' ', generation @ b'0'..=b'9', b' ', b'R', behind, ..] = rest.get(at..)? else {
            return None;
        };
        if at == 0 || is_regular(*behind) {
            return None;
        }
        self.pos += at + 4;
        Some((id, u16::from(*generation - b'0')))
    }

    fn numeric(&mut self) -> Result<Object> {
        let start = self.pos;
        let token = self.rest().iter().take_while(|b| is_regular(**b)).count();
        if start + token == self.data.len() {
            return Err(Stop::More);
        }
        let text = &self.rest()[..token];
        self.pos += token;
        if text.iter().all(u8::is_ascii_digit) {
            if let Some(reference) = self.reference(text) {
                return Ok(reference);
            }
            self.pos = start + token;
        }
        let (number, odd) = number(text).ok_or(Stop::Bad("number"))?;
        if odd {
            self.ambiguous = self.ambiguous.or(Some("odd_number"));
        }
        Ok(number)
    }

    /// `n g R`, the first number of which was read already.
    fn reference(&mut self, first: &[u8]) -> Option<Object> {
        let id: u32 = std::str::from_utf8(first).ok()?.parse().ok()?;
        self.space();
        let generation = u16::try_from(self.number()?).ok()?;
        self.space();
        self.keyword(b"R").then_some(Object::Reference((id, generation)))
    }

    fn word(&mut self) -> Result<Object> {
        for (word, value) in [
            (&b"true"[..], Object::Boolean(true)),
            (b"false", Object::Boolean(false)),
            (b"null", Object::Null),
        ] {
            if self.rest().len() <= word.len() && word.starts_with(self.rest()) {
                return Err(Stop::More);
            }
            if self.keyword(word) {
                return Ok(value);
            }
        }
        Err(Stop::Bad("unknown token"))
    }
}

/// Integers and reals, with the slips that viewers forgive: `--5`, `5-3`, `1.2.3`, `+.`. What is read is the part up to the
/// slip; viewers differ here (5, 53 or two numbers), so that the second value says it is odd.
fn number(text: &[u8]) -> Option<(Object, bool)> {
    let text = std::str::from_utf8(text).ok()?;
    if let Ok(integer) = text.parse::<i64>() {
        return Some((Object::Integer(integer), false));
    }
    if let Ok(real) = text.parse::<f32>() {
        // Not the words that Rust takes for numbers.
        let plain = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-' | b'+'));
        return plain.then_some((Object::Real(real), false));
    }
    if !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-' | b'+')) {
        return None;
    }
    let digits = text.trim_start_matches(['-', '+']);
    let stop = digits.find(['-', '+']).unwrap_or(digits.len());
    let digits = &digits[..stop];
    let second = digits.match_indices('.').nth(1).map_or(digits.len(), |(at, _)| at);
    let value: f32 = format!("0{}", &digits[..second]).parse().ok()?;
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    // A lone point or sign is nothing but zero to everybody.
    let odd = value != 0.0 || digits.bytes().any(|b| b.is_ascii_digit());
    Some((Object::Real(sign * value), odd))
}

/// Pairs of digits that are looked at together.
const BATCH: usize = 64;

fn hex_pair(pair: &[u8]) -> Option<u8> {
    Some(hex_digit(pair[0])? << 4 | hex_digit(pair[1])?)
}

pub(crate) fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Object> {
        Parser::new(text.as_bytes(), 0).object()
    }

    #[test]
    fn every_kind() {
        let Ok(Object::Dictionary(d)) = parse("<</A#42 (a\\(b\\)\\101)/B<4 1>/C[1 -2.5 3 0 R true null]/D/E%x\n>> ") else {
            panic!("a dictionary")
        };
        assert_eq!(d.get(b"AB").unwrap().as_str().unwrap(), b"a(b)A");
        assert_eq!(d.get(b"B").unwrap().as_str().unwrap(), b"A");
        let c = d.get(b"C").unwrap().as_array().unwrap();
        assert_eq!(c[2], Object::Reference((3, 0)));
        assert_eq!(c.len(), 5);
        assert_eq!(parse("--5 "), Ok(Object::Real(-5.0)));
    }

    #[test]
    fn references_and_digits_however_they_are_written() {
        let many = "4f".repeat(300);
        for (text, wanted) in [
            ("[7 0 R 12 65535 R 7  0 R 7 0\nR]", vec![(7, 0), (12, 65_535), (7, 0), (7, 0)]),
            ("[999999999 0 R 4294967295 9 R]", vec![(999_999_999, 0), (u32::MAX, 9)]),
            ("[007 0 R]", vec![(7, 0)]),
        ] {
            let wanted = wanted.into_iter().map(Object::Reference).collect();
            assert_eq!(parse(text), Ok(Object::Array(wanted)), "{text}");
        }
        assert_eq!(parse("7 0 Rx"), Ok(Object::Integer(7)));
        assert_eq!(parse("4294967296 0 R "), Ok(Object::Integer(4_294_967_296)));
        assert_eq!(parse("7 0 R"), Ok(Object::Reference((7, 0))));
        for spoilt in [
            many.clone(),
            many.replace("4f4f", "4f\n4f"),
            format!(" {many}"),
            many.replace("4f4f4f", "4 f4F 4f"),
        ] {
            let Ok(Object::String(found, _)) = parse(&format!("<{spoilt}>")) else {
                panic!("{spoilt}")
            };
            assert_eq!(found, [0x4f; 300], "{spoilt}");
            assert_eq!(parse(&format!("<{spoilt}g0>")), Err(Stop::Bad("hexadecimal string")));
        }
    }

    #[test]
    fn what_is_cut_off_asks_for_more() {
        for text in ["<</A", "(abc", "[1 2", "<41", "12", "tru", "/Na"] {
            assert_eq!(parse(text), Err(Stop::More), "{text}");
        }
    }

    #[test]
    fn depth_ends() {
        assert_eq!(parse(&"[".repeat(100_000)), Err(Stop::Deep));
        let mut p = Parser::new(b"<</A 1/A 2>> ", 0);
        p.object().unwrap();
        assert_eq!(p.ambiguous, Some("duplicate_key"));
    }

    #[test]
    fn slips_in_numbers_are_read_and_told() {
        for (text, value, odd) in [
            ("1.2.3", 1.2, true),
            ("1..2", 1.0, true),
            ("--5", -5.0, true),
            ("-+5", -5.0, true),
            ("5-3", 5.0, true),
            ("4.-3", 4.0, true),
            ("0-0", 0.0, true),
            ("+.", 0.0, false),
            ("-", 0.0, false),
            (".", 0.0, false),
            ("1.", 1.0, false),
            ("-.5", -0.5, false),
            ("99999999999999999999", 1e20, false),
        ] {
            let padded = format!("{text} ");
            let mut p = Parser::new(padded.as_bytes(), 0);
            assert_eq!(p.object(), Ok(Object::Real(value)), "{text}");
            assert_eq!(p.ambiguous, odd.then_some("odd_number"), "{text}");
            assert_eq!(p.pos(), text.len(), "{text}");
        }
        for text in ["1e5 ", "1.2e3 ", "5a ", "-x "] {
            assert_eq!(parse(text), Err(Stop::Bad("number")), "{text}");
        }
    }
}
