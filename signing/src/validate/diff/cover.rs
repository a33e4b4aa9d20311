//! Whether what was laid on a page afterwards hides what was signed (evil annotation attack).

use lopdf::{Dictionary, Object};

use super::paint::{Beneath, Kind, Painter, THIN, dark};
use super::shape::{Area, IDENTITY, Matrix, through};
use crate::pdf::{Document, Indirect};
use crate::validate::fields;
use std::rc::Rc;

/// A letter or picture counts as hidden when so much of its box is covered.
const HIDDEN: f64 = 0.5;
/// …or so little of it shows through all that lies over it.
const FAINT: f64 = 0.2;
/// Icons of notes stand where the remark belongs, often on the text; nobody reads them as text.
const ICON: f64 = 40.0;
/// Filled shapes up to this size, in points, may be drawn letters, ticks or the squares of a code; larger ones are grounds.
const DRAWN: f64 = 40.0;
/// A line of this width, in points, that a viewer draws by itself may hide letters.
const WIDE: f64 = 5.0;
/// Points looked at in a letter, in each direction.
const GRID: usize = 5;
/// Comparisons for one annotation.
const MAX_PAIRS: usize = 4_000_000;

/// A painted place, how much of what is beneath it hides, and with what it was painted at once.
type Layer = (Area, f64, (usize, usize));

/// The letters and pictures of a page.
pub struct Signed {
    shown: Vec<Area>,
    /// What annotations laid over it thinly: many layers hide as one does.
    thin: Vec<Layer>,
    /// How many annotations were asked about.
    asked: usize,
    /// There may be more than could be found.
    gave_up: bool,
}

impl Signed {
    pub fn of(document: &Document<'_>, page: &Dictionary, revision: usize) -> Self {
        let mut painter = Painter::new(document, revision, false);
        painter.page(page);
        let small = |a: &Area| {
            let (width, height) = (a[2] - a[0], a[3] - a[1]);
            width.max(height) <= DRAWN && width.min(height) >= 1.0
        };
        let kept = painter.marks.iter().filter(|m| match m.kind {
            Kind::Letter | Kind::Image => true,
            Kind::Fill => small(&m.area) && m.opacity > THIN,
            Kind::Stroke => false,
        });
        Signed {
            shown: kept.map(|m| m.area).collect(),
            thin: Vec::new(),
            asked: 0,
            gave_up: painter.gave_up,
        }
    }

    /// Whether the annotation, with those that were asked about before, paints over something here. What cannot be told counts
    /// as yes.
    pub fn hidden_by(&mut self, document: &Document<'_>, annotation: &Dictionary, revision: usize) -> bool {
        let mut painted = painted(document, annotation, revision);
        self.asked += 1;
        painted.iter_mut().for_each(|(_, _, layer)| layer.0 = self.asked);
        let thin: Vec<Layer> = painted.iter().filter(|layer| layer.1 <= THIN).copied().collect();
        if !thin.is_empty() {
            painted.extend(&self.thin);
            self.thin.extend(thin);
        }
        if self.gave_up || painted.len().saturating_mul(self.shown.len()) > MAX_PAIRS {
            return !painted.is_empty();
        }
        self.shown.iter().any(|below| hidden(*below, &painted))
    }
}

/// Whether the areas together lie over so much of `below` that it cannot be read.
fn hidden(below: Area, above: &[Layer]) -> bool {
    let thin = above
        .iter()
        .filter(|(area, opacity, _)| *opacity <= THIN && share(below, *area) >= HIDDEN);
    let mut layers: Vec<_> = thin.map(|(_, opacity, layer)| (*layer, *opacity)).collect();
    layers.sort_unstable_by_key(|(layer, _)| *layer);
    layers.dedup_by_key(|(layer, _)| *layer);
    if layers.iter().map(|(_, opacity)| 1.0 - opacity).product::<f64>() < FAINT {
        return true;
    }
    let over = above
        .iter()
        .filter(|(area, opacity, _)| *opacity > THIN && share(below, *area) > 0.0);
    let over: Vec<Area> = over.map(|(area, ..)| *area).collect();
    if over.iter().any(|a| share(below, *a) >= HIDDEN) {
        return true;
    }
    let step = |from: f64, to: f64, i: usize| from + (to - from) * (i as f64 + 0.5) / GRID as f64;
    let points = (0..GRID * GRID).map(|i| (step(below[0], below[2], i % GRID), step(below[1], below[3], i / GRID)));
    let covered = points.filter(|(x, y)| over.iter().any(|a| (a[0]..=a[2]).contains(x) && (a[1]..=a[3]).contains(y)));
    covered.count() as f64 >= HIDDEN * (GRID * GRID) as f64
}

/// How much of `below` lies under `above`.
fn share(below: Area, above: Area) -> f64 {
    let width = (below[2].min(above[2]) - below[0].max(above[0])).max(0.0);
    let height = (below[3].min(above[3]) - below[1].max(above[1])).max(0.0);
    let whole = (below[2] - below[0]) * (below[3] - below[1]);
    if whole > 0.0 { width * height / whole } else { 0.0 }
}

/// What an annotation paints on its page.
fn painted(document: &Document<'_>, annotation: &Dictionary, revision: usize) -> Vec<Layer> {
    let name = |key: &[u8]| match document.get(annotation, key, revision) {
        Some(Object::Name(name)) => name,
        _ => Vec::new(),
    };
    let kind = name(b"Subtype");
    let hidden = matches!(document.get(annotation, b"F", revision), Some(Object::Integer(n)) if n & 2 != 0);
    let Some(rect) = fields::rect(document, annotation, revision).filter(|_| !hidden) else {
        return Vec::new();
    };
    let icon = matches!(kind.as_slice(), b"Text" | b"FileAttachment" | b"Sound");
    if icon && rect[2] - rect[0] <= ICON && rect[3] - rect[1] <= ICON {
        return Vec::new();
    }
    let looks = looks(document, annotation, revision);
    if looks.is_empty() {
        // Viewers draw these by themselves.
        let filled = matches!(document.get(annotation, b"IC", revision), Some(Object::Array(colour)) if !colour.is_empty());
        let drawn = match kind.as_slice() {
            b"FreeText" | b"Stamp" => true,
            b"Square" | b"Circle" | b"Polygon" if filled => true,
            // Drawn with what darkens; without a colour it is black.
            b"Highlight" => match document.get(annotation, b"C", revision) {
                Some(Object::Array(colour)) => {
                    let colour: Vec<Object> = colour.iter().map(|part| document.resolve(part, revision)).collect();
                    !colour.is_empty() && dark(b"", &colour)
                }
                _ => true,
            },
            b"Square" | b"Circle" | b"Polygon" | b"Line" | b"PolyLine" | b"Ink" | b"Link" => line(document, annotation, revision) >= WIDE,
            _ => false,
        };
        return if drawn { vec![(rect, 1.0, (0, 0))] } else { Vec::new() };
    }
    looks.iter().flat_map(|look| painted_by(document, look, rect, revision)).collect()
}

/// What an annotation may look like: of several states all where none is chosen that is there.
fn looks(document: &Document<'_>, annotation: &Dictionary, revision: usize) -> Vec<Rc<Indirect>> {
    let Some(all) = document.get_dict(annotation, b"AP", revision) else {
        return Vec::new();
    };
    let stream = |look: &Object| document.follow(look, revision).filter(|found| found.stream.is_some());
    let Ok(normal) = all.get(b"N") else { return Vec::new() };
    if let Some(look) = stream(normal) {
        return vec![look];
    }
    let Object::Dictionary(states) = document.resolve(normal, revision) else {
        return Vec::new();
    };
    let state = match document.get(annotation, b"AS", revision) {
        Some(Object::Name(state)) => states.get(&state).ok().and_then(stream),
        _ => None,
    };
    state.map_or_else(
        || states.iter().filter_map(|(_, look)| stream(look)).collect(),
        |chosen| vec![chosen],
    )
}

/// What a look paints in its rectangle.
fn painted_by(document: &Document<'_>, look: &Indirect, rect: Area, revision: usize) -> Vec<Layer> {
    let Ok(dictionary) = look.value.as_dict() else {
        return Vec::new();
    };
    let mut painter = Painter::new(document, revision, true);
    let numbers = |painter: &Painter<'_, '_>, key: &[u8]| painter.numbers(dictionary, key);
    let Some(Ok(bounds)) = numbers(&painter, b"BBox").map(Area::try_from) else {
        return vec![(rect, 1.0, (0, 0))];
    };
    let own = numbers(&painter, b"Matrix").and_then(|m| Matrix::try_from(m).ok());
    let bounds = through(own.unwrap_or(IDENTITY), bounds);
    // ISO 32000-2, 12.5.5: the bounding box is made to fit the rectangle.
    let (width, height) = (bounds[2] - bounds[0], bounds[3] - bounds[1]);
    if width <= 0.0 || height <= 0.0 {
        return Vec::new();
    }
    let (sx, sy) = ((rect[2] - rect[0]) / width, (rect[3] - rect[1]) / height);
    let fit = [sx, 0.0, 0.0, sy, rect[0] - bounds[0] * sx, rect[1] - bounds[1] * sy];
    painter.form(look, fit, Beneath::default(), 0);
    if painter.gave_up {
        return vec![(rect, 1.0, (0, 0))];
    }
    let marks = painter.marks.iter().filter(|m| m.opacity > 0.0);
    marks
        .map(|m| {
            // Nothing is painted outside the bounding box.
            let area = [
                m.area[0].max(rect[0]),
                m.area[1].max(rect[1]),
                m.area[2].min(rect[2]),
                m.area[3].min(rect[3]),
            ];
            (area, m.opacity, (0, m.layer))
        })
        .filter(|(a, ..)| a[2] > a[0] && a[3] > a[1])
        .collect()
}

/// Width of the line that a viewer draws, in points (ISO 32000-2, 12.5.4); none where it lets see through.
fn line(document: &Document<'_>, annotation: &Dictionary, revision: usize) -> f64 {
    let number = |o: Option<Object>| match o {
        Some(Object::Integer(n)) => Some(n as f64),
        Some(Object::Real(n)) => Some(f64::from(n)),
        _ => None,
    };
    if number(document.get(annotation, b"CA", revision)).is_some_and(|alpha| alpha <= 0.6) {
        return 0.0;
    }
    let style = document.get_dict(annotation, b"BS", revision);
    let border = match document.get(annotation, b"Border", revision) {
        Some(Object::Array(list)) => list.get(2).map(|w| document.resolve(w, revision)),
        _ => None,
    };
    let width = style.and_then(|s| document.get(&s, b"W", revision)).or(border);
    number(width).unwrap_or(1.0)
}

/// Kinds that are remarks on a document (ISO 32000-2, table 171); others play, print or take away.
pub fn is_remark(kind: &[u8]) -> bool {
    matches!(
        kind,
        b"Text"
            | b"Link"
            | b"FreeText"
            | b"Line"
            | b"Square"
            | b"Circle"
            | b"Polygon"
            | b"PolyLine"
            | b"Highlight"
            | b"Underline"
            | b"Squiggly"
            | b"StrikeOut"
            | b"Caret"
            | b"Stamp"
            | b"Ink"
            | b"Popup"
            | b"FileAttachment"
            | b"Sound"
    )
}

/// Whether a click or a view does more than to lead to another place.
pub fn acts(document: &Document<'_>, annotation: &Dictionary, revision: usize) -> bool {
    if document.get(annotation, b"AA", revision).is_some() {
        return true;
    }
    let Some(action) = document.get(annotation, b"A", revision) else {
        return false;
    };
    let Ok(action) = action.as_dict() else { return true };
    let harmless = matches!(
        document.get(action, b"S", revision),
        Some(Object::Name(kind)) if matches!(kind.as_slice(), b"GoTo" | b"GoToR" | b"URI" | b"Named")
    );
    !harmless || action.has(b"Next")
}
