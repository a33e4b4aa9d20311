//! Where a content stream paints: a small interpreter that knows geometry and nothing of colours.
//!
//! It serves one question, whether something added later lies over something signed, so that
//! rough boxes do: letters are half as wide as high, curves are their control points.

use lopdf::{Dictionary, Object};

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

/// Left, bottom, right, top in points.
pub type Area = [f64; 4];
pub type Matrix = [f64; 6];
pub const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

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
    /// By a blend mode or an alpha below one, what is beneath shows through.
    pub translucent: bool,
}

pub fn multiply(a: Matrix, b: Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

/// The box around a box seen through a matrix.
pub fn through(m: Matrix, [x, y, x2, y2]: Area) -> Area {
    let corner = |x: f64, y: f64| (x * m[0] + y * m[2] + m[4], x * m[1] + y * m[3] + m[5]);
    let all = [corner(x, y), corner(x2, y), corner(x, y2), corner(x2, y2)];
    all.iter().fold([f64::MAX, f64::MAX, f64::MIN, f64::MIN], |a, (x, y)| {
        [a[0].min(*x), a[1].min(*y), a[2].max(*x), a[3].max(*y)]
    })
}

#[derive(Clone, Copy)]
struct State {
    ctm: Matrix,
    font_size: f64,
    leading: f64,
    translucent: bool,
}

pub struct Painter<'d, 'a> {
    document: &'d Document<'a>,
    revision: usize,
    pub marks: Vec<Mark>,
    /// A limit was reached: there may be more than `marks`.
    pub gave_up: bool,
    operators: usize,
    errors: usize,
    left: usize,
}

impl<'d, 'a> Painter<'d, 'a> {
    pub fn new(document: &'d Document<'a>, revision: usize) -> Self {
        Painter {
            document,
            revision,
            marks: Vec::new(),
            gave_up: false,
            operators: 0,
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
        self.content(&content, &resources.unwrap_or_default(), IDENTITY, false, 0);
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
    pub fn form(&mut self, form: &Indirect, ctm: Matrix, translucent: bool, depth: u32) {
        let Ok(dictionary) = form.value.as_dict() else { return };
        let Ok(content) = self.document.content(form, MAX_CONTENT) else {
            return;
        };
        let own = self.numbers(dictionary, b"Matrix");
        let ctm = own.and_then(|m| Matrix::try_from(m).ok()).map_or(ctm, |m| multiply(m, ctm));
        let resources = self.document.get_dict(dictionary, b"Resources", self.revision);
        self.content(&content, &resources.unwrap_or_default(), ctm, translucent, depth);
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
            let translucent = state.translucent;
            self.marks.push(Mark { area, kind, translucent });
        }
    }

    fn content(&mut self, data: &[u8], resources: &Dictionary, ctm: Matrix, translucent: bool, depth: u32) {
        if depth > MAX_DEPTH {
            self.gave_up = true;
            return;
        }
        let mut state = State {
            ctm,
            font_size: 0.0,
            leading: 0.0,
            translucent,
        };
        let mut saved: Vec<State> = Vec::new();
        let (mut line, mut text) = (IDENTITY, IDENTITY);
        let mut path: Option<Area> = None;
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
                b"gs" => state.translucent |= self.blends(resources, &operands),
                b"re" => grow(&mut path, &[(n(0), n(1)), (n(0) + n(2), n(1) + n(3))]),
                b"m" | b"l" => grow(&mut path, &[(n(0), n(1))]),
                b"c" => grow(&mut path, &[(n(0), n(1)), (n(2), n(3)), (n(4), n(5))]),
                b"v" | b"y" => grow(&mut path, &[(n(0), n(1)), (n(2), n(3))]),
                b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s" => {
                    let kind = if operator.eq_ignore_ascii_case(b"s") {
                        Kind::Stroke
                    } else {
                        Kind::Fill
                    };
                    if let Some(area) = path.take() {
                        self.mark(&state, state.ctm, area, kind);
                    }
                }
                b"n" => path = None,
                b"BT" => (line, text) = (IDENTITY, IDENTITY),
                b"Tf" => state.font_size = n(1),
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
        let form = found
            .value
            .as_dict()
            .is_ok_and(|d| matches!(d.get(b"Subtype"), Ok(Object::Name(n)) if n == b"Form"));
        if form {
            self.form(&found, state.ctm, state.translucent, depth + 1);
        } else {
            self.mark(state, state.ctm, [0.0, 0.0, 1.0, 1.0], Kind::Image);
        }
    }

    fn blends(&self, resources: &Dictionary, operands: &[Object]) -> bool {
        let Some(found) = self.named(resources, b"ExtGState", operands) else {
            return false;
        };
        let Object::Dictionary(state) = self.document.resolve(&found, self.revision) else {
            return false;
        };
        // What darkens keeps dark letters readable; other modes may hide as well as paint does.
        let darkens = match self.document.get(&state, b"BM", self.revision) {
            Some(Object::Name(mode)) => matches!(mode.as_slice(), b"Multiply" | b"Darken"),
            _ => false,
        };
        let alpha = self.document.get(&state, b"ca", self.revision);
        darkens || alpha.as_ref().and_then(number).is_some_and(|a| a <= 0.6)
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

fn number(object: &Object) -> Option<f64> {
    match object {
        Object::Integer(n) => Some(*n as f64),
        Object::Real(n) => Some(f64::from(*n)),
        _ => None,
    }
}

fn grow(path: &mut Option<Area>, points: &[(f64, f64)]) {
    for (x, y) in points {
        let [a, b, c, d] = path.unwrap_or([*x, *y, *x, *y]);
        *path = Some([a.min(*x), b.min(*y), c.max(*x), d.max(*y)]);
    }
}
