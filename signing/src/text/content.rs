//! A page's content carried out as far as text goes (ISO 32000-1, 9.4).
use super::font::{Font, number};
use super::{MAX_DEPTH, MAX_FAULTS, Reader};
use crate::pdf::parser::{Parser, Stop};
use crate::pdf::tokens::{find, is_regular, is_space};
use lopdf::{Dictionary, Object};
use std::rc::Rc;

/// An operator has a few operands; more are none.
const MAX_OPERANDS: usize = 64;
const MAX_SAVED: usize = 64;
/// Operators between two questions whether to go on.
const OPERATORS: usize = 4096;

type Matrix = [f64; 6];
const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// `a` first, then `b`.
fn product(a: &Matrix, b: &Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

/// What a state of graphics is to text.
#[derive(Clone)]
struct State {
    ctm: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    letter_space: f64,
    word_space: f64,
    stretch: f64,
    leading: f64,
}

/// Where the pen is.
pub(super) struct Run {
    state: State,
    saved: Vec<State>,
    text: Matrix,
    line: Matrix,
    /// End of what was shown last, on the page.
    last: Option<(f64, f64)>,
    operators: usize,
}

impl Run {
    pub(super) fn new() -> Self {
        Self {
            state: State {
                ctm: IDENTITY,
                font: None,
                size: 1.0,
                letter_space: 0.0,
                word_space: 0.0,
                stretch: 1.0,
                leading: 0.0,
            },
            saved: Vec::new(),
            text: IDENTITY,
            line: IDENTITY,
            last: None,
            operators: 0,
        }
    }

    fn shift(&mut self, x: f64, y: f64) {
        self.line = product(&[1.0, 0.0, 0.0, 1.0, x, y], &self.line);
        self.text = self.line;
    }

    fn forward(&mut self, x: f64) {
        self.text = product(&[1.0, 0.0, 0.0, 1.0, x, 0.0], &self.text);
    }

    /// What stands between what was shown last and what comes now: nothing, a blank, or the end of a line.
    fn gap(&self) -> &'static str {
        let Some((x, y)) = self.last else { return "" };
        let m = product(&self.text, &self.state.ctm);
        let length = m[0].hypot(m[1]);
        let size = (m[2].hypot(m[3]) * self.state.size).abs();
        if length <= 0.0 || size <= 0.0 {
            return " ";
        }
        let (dx, dy) = (m[4] - x, m[5] - y);
        let along = (dx * m[0] + dy * m[1]) / length;
        let across = (dy * m[0] - dx * m[1]) / length;
        if across.abs() > 0.6 * size {
            "\n"
        } else if along > 0.2 * size || along < -0.5 * size {
            " "
        } else {
            ""
        }
    }
}

impl Reader<'_, '_, '_> {
    /// Carries content out; `resources` are what its names stand for.
    pub(super) fn run(&mut self, mut content: Vec<u8>, resources: &Dictionary, mut run: Run, depth: usize) -> Run {
        content.push(b'\n');
        let mut operands: Vec<Object> = Vec::new();
        let mut parser = Parser::new(&content, 0);
        let mut faults = 0;
        loop {
            parser.space();
            let at = parser.pos();
            let Some(byte) = content.get(at) else { return run };
            if byte.is_ascii_alphabetic() || matches!(byte, b'\'' | b'"') {
                let length = content[at..].iter().take_while(|b| is_regular(**b)).count();
                let word = &content[at..at + length];
                let mut next = at + length;
                run.operators += 1;
                if self.is_full() || (run.operators.is_multiple_of(OPERATORS) && !(self.go_on)()) {
                    self.content = 0;
                    return run;
                }
                if word == b"ID" {
                    next = after_picture(&content, next);
                }
                run = self.operator(word, &operands, resources, run, depth);
                operands.clear();
                parser = Parser::new(&content, next);
                continue;
            }
            match parser.object() {
                Ok(object) if operands.len() < MAX_OPERANDS => operands.push(object),
                Ok(_) => {}
                // Nothing more is whole.
                Err(Stop::More) => return run,
                Err(_) => {
                    faults += 1;
                    if faults > MAX_FAULTS || !(self.go_on)() {
                        return run;
                    }
                    parser = Parser::new(&content, at + 1);
                }
            }
        }
    }

    fn operator(&mut self, word: &[u8], operands: &[Object], resources: &Dictionary, mut run: Run, depth: usize) -> Run {
        let n = |at: usize| operands.get(at).and_then(number).unwrap_or(0.0);
        let matrix = || [n(0), n(1), n(2), n(3), n(4), n(5)];
        match word {
            b"q" if run.saved.len() < MAX_SAVED => run.saved.push(run.state.clone()),
            b"Q" => run.state = run.saved.pop().unwrap_or(run.state),
            b"cm" => run.state.ctm = product(&matrix(), &run.state.ctm),
            b"BT" => (run.text, run.line) = (IDENTITY, IDENTITY),
            b"Tf" => {
                if let Some(Object::Name(name)) = operands.first() {
                    run.state.font = self.font(resources, name);
                }
                run.state.size = n(1);
            }
            b"Tc" => run.state.letter_space = n(0),
            b"Tw" => run.state.word_space = n(0),
            b"Tz" => run.state.stretch = n(0) / 100.0,
            b"TL" => run.state.leading = n(0),
            b"Td" => run.shift(n(0), n(1)),
            b"TD" => {
                run.state.leading = -n(1);
                run.shift(n(0), n(1));
            }
            b"Tm" => (run.text, run.line) = (matrix(), matrix()),
            b"T*" => run.shift(0.0, -run.state.leading),
            b"Tj" => self.show(operands.first(), &mut run),
            b"'" => {
                run.shift(0.0, -run.state.leading);
                self.show(operands.first(), &mut run);
            }
            b"\"" => {
                (run.state.word_space, run.state.letter_space) = (n(0), n(1));
                run.shift(0.0, -run.state.leading);
                self.show(operands.get(2), &mut run);
            }
            b"TJ" => {
                for part in operands.first().and_then(|o| o.as_array().ok()).into_iter().flatten() {
                    match number(part) {
                        Some(back) => run.forward(-back / 1000.0 * run.state.size * run.state.stretch),
                        None => self.show(Some(part), &mut run),
                    }
                }
            }
            b"Do" if depth < MAX_DEPTH => {
                if let Some(Object::Name(name)) = operands.first() {
                    return self.form(name, resources, run, depth);
                }
            }
            _ => {}
        }
        run
    }

    fn show(&mut self, text: Option<&Object>, run: &mut Run) {
        let Some(Object::String(bytes, _)) = text else { return };
        let Some(font) = run.state.font.clone() else { return };
        if bytes.is_empty() {
            return;
        }
        let gap = run.gap();
        if !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
            self.push(gap);
        }
        for (letters, width, blank) in font.each(bytes) {
            if !letters.contains('\0') {
                self.push(letters);
            }
            let space = run.state.letter_space + if blank { run.state.word_space } else { 0.0 };
            run.forward((width * run.state.size + space) * run.state.stretch);
        }
        let m = product(&run.text, &run.state.ctm);
        run.last = Some((m[4], m[5]));
    }

    /// Content that is shown by its name. It leaves the state as it was.
    fn form(&mut self, name: &[u8], resources: &Dictionary, run: Run, depth: usize) -> Run {
        let (document, newest) = (self.document, self.newest);
        let found = self.resource(resources, b"XObject", name);
        let found = found.and_then(|object| document.follow(&object, newest));
        let Some(stream) = found.filter(|_| (self.go_on)()) else {
            return run;
        };
        let Ok(dictionary) = stream.value.as_dict() else { return run };
        if dictionary.get(b"Subtype").and_then(Object::as_name).is_ok_and(|n| n != b"Form") {
            return run;
        }
        let mut inner = Run {
            state: run.state.clone(),
            saved: Vec::new(),
            last: run.last,
            ..Run::new()
        };
        let matrix: Vec<f64> = document
            .list(dictionary.get(b"Matrix").ok(), newest)
            .iter()
            .filter_map(number)
            .collect();
        if let Ok(matrix) = Matrix::try_from(matrix) {
            inner.state.ctm = product(&matrix, &inner.state.ctm);
        }
        let own = document.get_dict(dictionary, b"Resources", newest);
        let content = self.unpacked(&stream);
        let inner = self.run(content, own.as_ref().unwrap_or(resources), inner, depth + 1);
        Run { last: inner.last, ..run }
    }
}

/// Behind the bytes of a picture within the content.
fn after_picture(content: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(end) = find(content, b"EI", at) {
        let before = end.checked_sub(1).and_then(|b| content.get(b)).is_some_and(|b| is_space(*b));
        if before && content.get(end + 2).is_none_or(|b| is_space(*b)) {
            return end + 2;
        }
        at = end + 2;
    }
    content.len()
}
