//! Where a content stream paints: a small interpreter that knows geometry and nothing of colours.
//!
//! It serves one question, whether something added later lies over something signed, so that
//! rough boxes do: letters are half as wide as high, curves are their control points.

use lopdf::{Dictionary, Object};

use super::shape::{Area, IDENTITY, Matrix, Path, Point, multiply, through};
use crate::pdf::parser::{Parser, Stop};
use crate::pdf::tokens::{find, is_regular, is_space};
use crate::pdf::{Document, Indirect};

/// What all content together may unpack to.
const MAX_CONTENT: usize = 64 << 20;
const MAX_OPERATORS: usize = 1_000_000;
/// Tokens that are none: each may have cost a look at all that follows.
const MAX_ERRORS: usize = 50;
const MAX_MARKS: usize = 100_000;
const MAX_DEPTH: u32 = 6;
const MAX_OPERANDS: usize = 64;

/// What is painted with so much lets read what is beneath.
pub const THIN: f64 = 0.6;

/// Dark letters cannot be told from a ground that is darker than this.
const DARK: f64 = 0.4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Letter,
    Fill,
    Stroke,
    Image,
}

/// Something painted.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    pub area: Area,
    pub kind: Kind,
    /// How much of what is beneath it hides: all is 1, nothing (by a mode that darkens) is 0.
    pub opacity: f64,
    /// What is painted at once lies in one layer, however often it lies over itself.
    pub layer: usize,
}

#[derive(Clone, Copy)]
struct State {
    ctm: Matrix,
    font_size: f64,
    leading: f64,
    line_width: f64,
    /// What is beneath shows through all that is painted by so much…
    opacity: f64,
    /// …through what darkens, unless it is dark itself, and through thin fillings and strokes.
    darkens: bool,
    dark_fill: bool,
    dark_stroke: bool,
    fill: f64,
    stroke: f64,
}

impl State {
    fn opacity(&self, kind: Kind) -> f64 {
        let (alpha, dark) = match kind {
            Kind::Stroke => (self.stroke, self.dark_stroke),
            Kind::Image => (self.fill, true),
            _ => (self.fill, self.dark_fill),
        };
        if self.darkens && !dark { 0.0 } else { self.opacity * alpha }
    }
}

/// What is seen of what lies beneath a form.
#[derive(Debug, Clone, Copy)]
pub struct Beneath {
    pub opacity: f64,
    pub darkens: bool,
}

impl Default for Beneath {
    fn default() -> Self {
        Beneath {
            opacity: 1.0,
            darkens: false,
        }
    }
}

pub struct Painter<'d, 'a> {
    document: &'d Document<'a>,
    revision: usize,
    /// Whether it matters what hides, not what is hidden: lines count with their width, and what cannot be told is too much.
    hides: bool,
    pub marks: Vec<Mark>,
    /// A limit was reached: there may be more than `marks`.
    pub gave_up: bool,
    operators: usize,
    /// The operator that paints a transparency group as a whole.
    together: Option<usize>,
    errors: usize,
    left: usize,
}

impl<'d, 'a> Painter<'d, 'a> {
    pub fn new(document: &'d Document<'a>, revision: usize, hides: bool) -> Self {
        Painter {
            document,
            revision,
            hides,
            marks: Vec::new(),
            gave_up: false,
            operators: 0,
            together: None,
            errors: 0,
            left: MAX_CONTENT,
        }
    }

    /// Everything that a page shows without its annotations.
    pub fn page(&mut self, page: &Dictionary) {
        let mut content = Vec::new();
        for part in self.streams(page.get(b"Contents").ok()) {
            content.extend(self.unpacked(&part));
            content.push(b'\n');
        }
        let mut holder = page.clone();
        let mut resources = None;
        for _ in 0..32 {
            resources = self.document.get_dict(&holder, b"Resources", self.revision);
            match self.document.get_dict(&holder, b"Parent", self.revision) {
                Some(parent) if resources.is_none() => holder = parent,
                _ => break,
            }
        }
        let nothing = Beneath::default();
        self.content(&content, &resources.unwrap_or_default(), IDENTITY, nothing, 0);
    }

    /// Decoded content, as long as there is room for it.
    fn unpacked(&mut self, stream: &Indirect) -> Vec<u8> {
        match self.document.content(stream, self.left) {
            Ok(bytes) => {
                self.left -= bytes.len();
                bytes
            }
            Err(_) => {
                self.gave_up = true;
                Vec::new()
            }
        }
    }

    fn streams(&self, contents: Option<&Object>) -> Vec<std::rc::Rc<Indirect>> {
        let one = |o: &Object| self.document.indirect(o.as_reference().ok()?.0, self.revision);
        match contents {
            Some(Object::Array(list)) => list.iter().filter_map(one).collect(),
            Some(reference) => match one(reference) {
                Some(found) if found.stream.is_some() => vec![found],
                Some(found) => found
                    .value
                    .as_array()
                    .map(|l| l.iter().filter_map(one).collect())
                    .unwrap_or_default(),
                None => Vec::new(),
            },
            None => Vec::new(),
        }
    }

    /// A form XObject, seen through `ctm`.
    pub fn form(&mut self, form: &Indirect, ctm: Matrix, beneath: Beneath, depth: u32) {
        let Ok(dictionary) = form.value.as_dict() else { return };
        let Ok(content) = self.document.content(form, MAX_CONTENT) else {
            self.gave_up |= self.hides;
            return;
        };
        let own = self.numbers(dictionary, b"Matrix");
        let ctm = own.and_then(|m| Matrix::try_from(m).ok()).map_or(ctm, |m| multiply(m, ctm));
        let resources = self.document.get_dict(dictionary, b"Resources", self.revision);
        let outside = self.together;
        if dictionary.has(b"Group") {
            self.together = outside.or(Some(self.operators));
        }
        self.content(&content, &resources.unwrap_or_default(), ctm, beneath, depth);
        self.together = outside;
    }

    pub fn numbers(&self, dictionary: &Dictionary, key: &[u8]) -> Option<Vec<f64>> {
        match self.document.get(dictionary, key, self.revision)? {
            Object::Array(list) => Some(
                list.iter()
                    .filter_map(|n| number(&self.document.resolve(n, self.revision)))
                    .collect(),
            ),
            _ => None,
        }
    }

    fn mark(&mut self, state: &State, ctm: Matrix, area: Area, kind: Kind) {
        let area = through(ctm, area);
        self.gave_up |= self.marks.len() >= MAX_MARKS;
        if self.marks.len() < MAX_MARKS && area.iter().all(|n| n.is_finite()) {
            let opacity = state.opacity(kind);
            let layer = self.together.unwrap_or(self.operators);
            self.marks.push(Mark {
                area,
                kind,
                opacity,
                layer,
            });
        }
    }

    /// A line in pieces as long as it is wide.
    fn stroke(&mut self, state: &State, from: Point, to: Point) {
        let m = state.ctm;
        let seen = |(x, y): Point| (x * m[0] + y * m[2] + m[4], x * m[1] + y * m[3] + m[5]);
        let scale = (m[0] * m[3] - m[1] * m[2]).abs().sqrt();
        // The thinnest line is still a dot wide.
        let half = (state.line_width * scale / 2.0).max(0.1);
        let (a, b) = (seen(from), seen(to));
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let straight = dx.abs() < half || dy.abs() < half;
        let pieces = if straight { 1.0 } else { (dx.hypot(dy) / half).ceil() };
        if !pieces.is_finite() || pieces > MAX_MARKS as f64 {
            self.gave_up = true;
            return;
        }
        for i in 0..pieces as u32 {
            let at = |i: f64| (a.0 + dx * i / pieces, a.1 + dy * i / pieces);
            let (p, q) = (at(f64::from(i)), at(f64::from(i) + 1.0));
            let area = [p.0.min(q.0) - half, p.1.min(q.1) - half, p.0.max(q.0) + half, p.1.max(q.1) + half];
            self.mark(state, IDENTITY, area, Kind::Stroke);
        }
    }

    fn content(&mut self, data: &[u8], resources: &Dictionary, ctm: Matrix, beneath: Beneath, depth: u32) {
        if depth > MAX_DEPTH {
            self.gave_up = true;
            return;
        }
        let mut state = State {
            ctm,
            font_size: 0.0,
            leading: 0.0,
            line_width: 1.0,
            opacity: beneath.opacity,
            darkens: beneath.darkens,
            dark_fill: true,
            dark_stroke: true,
            fill: 1.0,
            stroke: 1.0,
        };
        let mut unknown_letters = false;
        let mut saved: Vec<State> = Vec::new();
        let (mut line, mut text) = (IDENTITY, IDENTITY);
        let mut path = Path::default();
        let mut operands: Vec<Object> = Vec::new();
        let mut parser = Parser::new(data, 0);
        loop {
            self.gave_up |= self.operators >= MAX_OPERATORS || self.errors >= MAX_ERRORS;
            if self.gave_up {
                break;
            }
            parser.space();
            let at = parser.pos();
            let Some(first) = data.get(at) else { break };
            if !(first.is_ascii_alphabetic() || matches!(first, b'\'' | b'"')) || data[at..].starts_with(b"true") {
                match parser.object() {
                    Ok(value) if operands.len() < MAX_OPERANDS => operands.push(value),
                    Ok(_) => {}
                    // A number or name that ends with the content paints nothing.
                    Err(Stop::More) => break,
                    Err(_) => {
                        self.errors += 1;
                        parser = Parser::new(data, at + 1);
                    }
                }
                continue;
            }
            let length = data[at..].iter().take_while(|b| is_regular(**b)).count();
            let operator = &data[at..at + length];
            parser = Parser::new(data, at + length);
            self.operators += 1;
            let n = |i: usize| operands.get(i).and_then(number).unwrap_or(0.0);
            let six = || [n(0), n(1), n(2), n(3), n(4), n(5)];
            match operator {
                b"q" if saved.len() < 1000 => saved.push(state),
                b"Q" => state = saved.pop().unwrap_or(state),
                b"cm" => state.ctm = multiply(six(), state.ctm),
                b"w" => state.line_width = n(0),
                b"g" | b"rg" | b"k" | b"sc" | b"scn" => state.dark_fill = dark(operator, &operands),
                b"G" | b"RG" | b"K" | b"SC" | b"SCN" => state.dark_stroke = dark(operator, &operands),
                b"cs" => state.dark_fill = true,
                b"CS" => state.dark_stroke = true,
                b"gs" => self.set_state(&mut state, resources, &operands),
                b"re" => {
                    path.begin((n(0), n(1)));
                    let (x, y) = (n(0) + n(2), n(1) + n(3));
                    path.through(&[(x, n(1)), (x, y), (n(0), y), (n(0), n(1))], self.hides);
                }
                b"m" => path.begin((n(0), n(1))),
                b"l" => path.through(&[(n(0), n(1))], self.hides),
                b"c" => path.through(&[(n(0), n(1)), (n(2), n(3)), (n(4), n(5))], self.hides),
                b"v" | b"y" => path.through(&[(n(0), n(1)), (n(2), n(3))], self.hides),
                b"h" => path.close(self.hides),
                b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s" => {
                    if matches!(operator, b"b" | b"b*" | b"s") {
                        path.close(self.hides);
                    }
                    let drawn = std::mem::take(&mut path);
                    if !operator.eq_ignore_ascii_case(b"s") {
                        for part in drawn.parts {
                            self.mark(&state, state.ctm, part, Kind::Fill);
                        }
                    }
                    if !matches!(operator, b"f" | b"F" | b"f*") {
                        for (from, to) in drawn.lines {
                            self.stroke(&state, from, to);
                        }
                    }
                }
                b"n" => path = Path::default(),
                // It fills all that is not clipped away.
                b"sh" if self.hides => self.mark(&state, IDENTITY, [-1e6, -1e6, 1e6, 1e6], Kind::Fill),
                b"BT" => (line, text) = (IDENTITY, IDENTITY),
                b"Tf" => {
                    state.font_size = n(1);
                    unknown_letters = self.hides && self.draws_letters(resources, operands.first());
                }
                // Letters that are drawings of their own may be of any size.
                b"Tj" | b"TJ" | b"'" | b"\"" if unknown_letters => self.gave_up = true,
                b"TL" => state.leading = n(0),
                b"Tm" => (line, text) = (six(), six()),
                b"Td" | b"TD" => {
                    if operator == b"TD" {
                        state.leading = -n(1);
                    }
                    line = multiply([1.0, 0.0, 0.0, 1.0, n(0), n(1)], line);
                    text = line;
                }
                b"T*" | b"'" | b"\"" => {
                    line = multiply([1.0, 0.0, 0.0, 1.0, 0.0, -state.leading], line);
                    text = line;
                    if let (true, Some(shown)) = (operator != b"T*", operands.last()) {
                        self.show(&state, &mut text, shown);
                    }
                }
                b"Tj" | b"TJ" => {
                    if let Some(shown) = operands.last() {
                        self.show(&state, &mut text, shown);
                    }
                }
                b"Do" => self.object(resources, &operands, &state, depth),
                b"ID" => {
                    self.mark(&state, state.ctm, [0.0, 0.0, 1.0, 1.0], Kind::Image);
                    parser = Parser::new(data, after_inline_image(data, parser.pos()));
                }
                _ => {}
            }
            operands.clear();
        }
    }

    /// One box for each letter.
    fn show(&mut self, state: &State, text: &mut Matrix, shown: &Object) {
        let size = state.font_size;
        let all = match shown {
            Object::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for item in all {
            let forward = match item {
                Object::String(letters, _) => {
                    for i in 0..letters.len() {
                        let x = i as f64 * size / 2.0;
                        let area = [x, -size * 0.2, x + size / 2.0, size * 0.8];
                        self.mark(state, multiply(*text, state.ctm), area, Kind::Letter);
                    }
                    letters.len() as f64 * size / 2.0
                }
                other => -number(other).unwrap_or(0.0) / 1000.0 * size,
            };
            *text = multiply([1.0, 0.0, 0.0, 1.0, forward, 0.0], *text);
        }
    }

    fn named(&self, resources: &Dictionary, kind: &[u8], operands: &[Object]) -> Option<Object> {
        let name = operands.last()?.as_name().ok()?;
        let list = self.document.get_dict(resources, kind, self.revision)?;
        list.get(name).ok().cloned()
    }

    fn object(&mut self, resources: &Dictionary, operands: &[Object], state: &State, depth: u32) {
        let found = self.named(resources, b"XObject", operands);
        let Some(found) = found.and_then(|o| self.document.indirect(o.as_reference().ok()?.0, self.revision)) else {
            return;
        };
        let kind = found
            .value
            .as_dict()
            .ok()
            .and_then(|d| self.document.get(d, b"Subtype", self.revision));
        if matches!(kind, Some(Object::Name(kind)) if kind == b"Form") {
            let beneath = Beneath {
                opacity: state.opacity * state.fill,
                darkens: state.darkens,
            };
            self.form(&found, state.ctm, beneath, depth + 1);
        } else {
            self.mark(state, state.ctm, [0.0, 0.0, 1.0, 1.0], Kind::Image);
        }
    }

    /// Whether a font is one whose letters are content streams (Type 3).
    fn draws_letters(&self, resources: &Dictionary, name: Option<&Object>) -> bool {
        let font = self.named(resources, b"Font", name.map_or(&[], std::slice::from_ref));
        let font = font.map(|font| self.document.resolve(&font, self.revision));
        font.is_some_and(|font| {
            let kind = font.as_dict().ok().and_then(|d| self.document.get(d, b"Subtype", self.revision));
            matches!(kind, Some(Object::Name(kind)) if kind == b"Type3")
        })
    }

    /// Takes over what a graphics state parameter dictionary says of transparency and lines.
    fn set_state(&self, state: &mut State, resources: &Dictionary, operands: &[Object]) {
        let Some(found) = self.named(resources, b"ExtGState", operands) else {
            return;
        };
        let Object::Dictionary(set) = self.document.resolve(&found, self.revision) else {
            return;
        };
        let get = |key: &[u8]| self.document.get(&set, key, self.revision);
        // What darkens keeps dark letters readable; other modes may hide as well as paint does.
        if let Some(mode) = get(b"BM") {
            state.darkens = matches!(mode, Object::Name(mode) if matches!(mode.as_slice(), b"Multiply" | b"Darken"));
        }
        let value = |key: &[u8], before: f64| get(key).as_ref().and_then(number).unwrap_or(before);
        state.fill = value(b"ca", state.fill);
        state.stroke = value(b"CA", state.stroke);
        state.line_width = value(b"LW", state.line_width);
    }
}

/// Behind the `EI` that stands between white space.
fn after_inline_image(data: &[u8], mut at: usize) -> usize {
    while let Some(found) = find(data, b"EI", at) {
        let alone = found > 0 && is_space(data[found - 1]) && data.get(found + 2).is_none_or(|b| is_space(*b));
        if alone {
            return found + 2;
        }
        at = found + 1;
    }
    data.len()
}

/// Whether a colour leaves nothing to read of dark letters that it darkens. What cannot be told is.
pub fn dark(operator: &[u8], colour: &[Object]) -> bool {
    let parts: Vec<f64> = colour.iter().filter_map(number).collect();
    let brightest = match (operator, parts.as_slice()) {
        // Ink of a colour of its own: none of it is light.
        (b"sc" | b"scn" | b"SC" | b"SCN", [tint]) => 1.0 - tint,
        (_, [grey]) => *grey,
        (_, [r, g, b]) => r.max(*g).max(*b),
        (_, [c, m, y, k]) => (1.0 - c.min(*m).min(*y)) * (1.0 - k),
        _ => 0.0,
    };
    brightest < DARK
}

fn number(object: &Object) -> Option<f64> {
    match object {
        Object::Integer(n) => Some(*n as f64),
        Object::Real(n) => Some(f64::from(*n)),
        _ => None,
    }
}
