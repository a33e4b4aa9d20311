//! Which letters the codes of a font stand for, and how wide they are.
use super::{MAX_FAULTS, Reader};
use crate::pdf::parser::{Parser, Stop};
use crate::pdf::tokens::is_regular;
use foldhash::{HashMap, HashMapExt};
use lopdf::{Dictionary, Object};

/// Codes of one font that are known.
const MAX_CODES: usize = 1 << 16;
/// Where a font does not say how wide a letter is, in thousandths of its size.
const USUAL_WIDTH: f64 = 500.0;

#[derive(Default)]
pub(super) struct Font {
    /// Codes of two bytes.
    wide: bool,
    letters: HashMap<u32, String>,
    /// In thousandths of the font's size.
    widths: HashMap<u32, f64>,
    other_width: f64,
}

impl Font {
    pub(super) fn read(reader: &mut Reader<'_, '_, '_>, font: &Dictionary) -> Self {
        let (document, newest) = (reader.document, reader.newest);
        let wide = font.get(b"Subtype").and_then(Object::as_name).is_ok_and(|n| n == b"Type0");
        let mut read = Self {
            wide,
            letters: HashMap::new(),
            widths: HashMap::new(),
            other_width: USUAL_WIDTH,
        };
        if wide {
            let descendants = document.get(font, b"DescendantFonts", newest);
            let first = descendants
                .as_ref()
                .and_then(|d| d.as_array().ok())
                .and_then(|all| all.first().cloned());
            if let Some(Object::Dictionary(descendant)) = first.map(|d| document.resolve(&d, newest)) {
                read.other_width = document.get(&descendant, b"DW", newest).and_then(|w| number(&w)).unwrap_or(1000.0);
                let widths = document.list(descendant.get(b"W").ok(), newest);
                read.composite_widths(
                    &widths
                        .iter()
                        .map(|o| document.resolve(o, newest))
                        .take(MAX_CODES)
                        .collect::<Vec<_>>(),
                );
            }
        } else {
            let first = document.get(font, b"FirstChar", newest).and_then(|n| n.as_i64().ok()).unwrap_or(0);
            let widths = document.list(font.get(b"Widths").ok(), newest);
            for (code, width) in (u32::try_from(first).unwrap_or(0)..256).zip(widths.iter()) {
                if let Some(width) = number(&document.resolve(width, newest)) {
                    read.widths.insert(code, width);
                }
            }
            read.simple_letters(reader, font);
        }
        if let Ok(map) = font.get(b"ToUnicode")
            && let Some(stream) = document.follow(map, newest)
            && stream.stream.is_some()
        {
            let map = reader.unpacked(&stream);
            read.read_map(map);
        }
        read
    }

    /// `[first [w w …]  first last w …]` (ISO 32000-1, 9.7.4.3).
    fn composite_widths(&mut self, all: &[Object]) {
        let mut at = 0;
        while let Some(first) = all.get(at).and_then(number) {
            let first = first as u32;
            match (all.get(at + 1), all.get(at + 2)) {
                (Some(Object::Array(widths)), _) => {
                    for (code, width) in (first..).zip(widths) {
                        self.width(code, number(width));
                    }
                    at += 2;
                }
                (Some(last), Some(width)) => {
                    for code in first..=(number(last).unwrap_or(0.0) as u32).min(first.saturating_add(0xffff)) {
                        self.width(code, number(width));
                    }
                    at += 3;
                }
                _ => return,
            }
        }
    }

    fn width(&mut self, code: u32, width: Option<f64>) {
        if let Some(width) = width
            && self.widths.len() < MAX_CODES
        {
            self.widths.insert(code, width);
        }
    }

    /// Windows' own encoding with the differences that the font names; a map of the font's own comes over it.
    fn simple_letters(&mut self, reader: &Reader<'_, '_, '_>, font: &Dictionary) {
        for code in 32..=255_u8 {
            self.letters.insert(u32::from(code), windows(code).to_string());
        }
        let (document, newest) = (reader.document, reader.newest);
        let Some(encoding) = document.get_dict(font, b"Encoding", newest) else {
            return;
        };
        let mut code = 0;
        for item in document.list(encoding.get(b"Differences").ok(), newest).iter().take(1024) {
            match item {
                Object::Integer(n) => code = u32::try_from(*n).unwrap_or(0),
                Object::Name(name) => {
                    if let Some(letter) = named(name) {
                        self.letters.insert(code, letter.to_string());
                    } else {
                        self.letters.remove(&code);
                    }
                    code = code.saturating_add(1);
                }
                _ => {}
            }
        }
    }

    fn read_map(&mut self, mut map: Vec<u8>) {
        map.push(b'\n');
        let mut operands: Vec<Object> = Vec::new();
        let mut parser = Parser::new(&map, 0);
        let mut left = MAX_CODES;
        let mut faults = 0;
        loop {
            parser.space();
            let at = parser.pos();
            let Some(byte) = map.get(at) else { return };
            if byte.is_ascii_alphabetic() {
                let length = map[at..].iter().take_while(|b| is_regular(**b)).count();
                match &map[at..at + length] {
                    b"endbfchar" => self.single(&operands, &mut left),
                    b"endbfrange" => self.ranges(&operands, &mut left),
                    _ => {}
                }
                operands.clear();
                parser = Parser::new(&map, at + length);
                continue;
            }
            match parser.object() {
                Ok(object) if operands.len() < MAX_CODES => operands.push(object),
                Ok(_) => {}
                Err(Stop::More) => return,
                Err(_) => {
                    faults += 1;
                    if faults > MAX_FAULTS {
                        return;
                    }
                    parser = Parser::new(&map, at + 1);
                }
            }
        }
    }

    fn single(&mut self, operands: &[Object], left: &mut usize) {
        for pair in operands.chunks_exact(2) {
            if let (Some(code), Object::String(text, _)) = (code(&pair[0]), &pair[1]) {
                self.letter(code, utf16(text), left);
            }
        }
    }

    fn ranges(&mut self, operands: &[Object], left: &mut usize) {
        for part in operands.chunks_exact(3) {
            let (Some(first), Some(last)) = (code(&part[0]), code(&part[1])) else {
                continue;
            };
            let last = last.min(first.saturating_add(0xffff));
            match &part[2] {
                Object::String(text, _) => {
                    let mut units: Vec<u16> = units(text);
                    for code in first..=last {
                        self.letter(code, String::from_utf16_lossy(&units), left);
                        match units.last_mut() {
                            Some(unit) if *left > 0 => *unit = unit.wrapping_add(1),
                            _ => return,
                        }
                    }
                }
                Object::Array(texts) => {
                    for (code, text) in (first..=last).zip(texts) {
                        if let Object::String(text, _) = text {
                            self.letter(code, utf16(text), left);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn letter(&mut self, code: u32, text: String, left: &mut usize) {
        // A code stands for a few letters at most.
        if *left > 0 && text.len() <= 64 {
            *left -= 1;
            self.letters.insert(code, text);
        }
    }

    /// Each code with its letters, its width in parts of the font's size, and whether it is a blank of one byte.
    pub(super) fn each<'f>(&'f self, text: &'f [u8]) -> impl Iterator<Item = (&'f str, f64, bool)> + 'f {
        let step = if self.wide { 2 } else { 1 };
        text.chunks_exact(step).map(move |bytes| {
            let code = bytes.iter().fold(0, |all, b| all << 8 | u32::from(*b));
            let width = self.widths.get(&code).copied().unwrap_or(self.other_width);
            let letters = self.letters.get(&code).map_or("", String::as_str);
            (letters, width / 1000.0, !self.wide && code == 32)
        })
    }
}

pub(super) fn number(object: &Object) -> Option<f64> {
    object.as_float().ok().map(f64::from).filter(|n| n.is_finite())
}

fn code(object: &Object) -> Option<u32> {
    match object {
        Object::String(bytes, _) if !bytes.is_empty() && bytes.len() <= 4 => Some(bytes.iter().fold(0, |all, b| all << 8 | u32::from(*b))),
        _ => None,
    }
}

fn units(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|b| u16::from_be_bytes([b[0], b[1]])).collect()
}

fn utf16(bytes: &[u8]) -> String {
    String::from_utf16_lossy(&units(bytes))
}

fn windows(code: u8) -> char {
    const HIGH: [char; 32] = [
        '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ', ' ', '‘', '’', '“', '”', '•', '–', '—', '˜', '™',
        'š', '›', 'œ', ' ', 'ž', 'Ÿ',
    ];
    match code {
        0x80..=0x9f => HIGH[usize::from(code - 0x80)],
        _ => char::from(code),
    }
}

/// Names that matter for words: letters, digits, `uniXXXX`, and what divides words.
fn named(name: &[u8]) -> Option<char> {
    let name = std::str::from_utf8(name).ok()?;
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return Some(letter);
    }
    let hex = name.strip_prefix("uni").or_else(|| name.strip_prefix('u'));
    if let Some(letter) = hex.and_then(|h| u32::from_str_radix(h, 16).ok()).and_then(char::from_u32) {
        return Some(letter);
    }
    const NAMES: [(&str, char); 22] = [
        ("space", ' '),
        ("zero", '0'),
        ("one", '1'),
        ("two", '2'),
        ("three", '3'),
        ("four", '4'),
        ("five", '5'),
        ("six", '6'),
        ("seven", '7'),
        ("eight", '8'),
        ("nine", '9'),
        ("period", '.'),
        ("comma", ','),
        ("hyphen", '-'),
        ("slash", '/'),
        ("colon", ':'),
        ("semicolon", ';'),
        ("parenleft", '('),
        ("parenright", ')'),
        ("percent", '%'),
        ("dcroat", 'đ'),
        ("Dcroat", 'Đ'),
    ];
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, letter)| *letter)
}
