//! Whether what was laid on a page afterwards hides what was signed (evil annotation attack).

use lopdf::{Dictionary, Object};

use super::paint::{Area, Kind, Matrix, Painter, through};
use crate::pdf::Document;
use crate::validate::fields;

/// A letter or picture counts as hidden when so much of its box is covered.
const HIDDEN: f64 = 0.5;
/// Icons of notes stand where the remark belongs, often on the text; nobody reads them as text.
const ICON: f64 = 40.0;
/// Comparisons for one annotation.
const MAX_PAIRS: usize = 4_000_000;

/// The letters and pictures of a page.
pub struct Signed {
    shown: Vec<Area>,
    /// There may be more than could be found.
    gave_up: bool,
}

impl Signed {
    pub fn of(document: &Document<'_>, page: &Dictionary, revision: usize) -> Self {
        let mut painter = Painter::new(document, revision);
        painter.page(page);
        let kept = painter.marks.iter().filter(|m| matches!(m.kind, Kind::Letter | Kind::Image));
        Signed {
            shown: kept.map(|m| m.area).collect(),
            gave_up: painter.gave_up,
        }
    }

    /// Whether the annotation paints over something here. What cannot be told counts as yes.
    pub fn hidden_by(&self, document: &Document<'_>, annotation: &Dictionary, revision: usize) -> bool {
        let painted = painted(document, annotation, revision);
        if self.gave_up || painted.len().saturating_mul(self.shown.len()) > MAX_PAIRS {
            return !painted.is_empty();
        }
        let hidden = |below: &Area| painted.iter().any(|above| share(*below, *above) >= HIDDEN);
        self.shown.iter().any(hidden)
    }
}

/// How much of `below` lies under `above`.
fn share(below: Area, above: Area) -> f64 {
    let width = (below[2].min(above[2]) - below[0].max(above[0])).max(0.0);
    let height = (below[3].min(above[3]) - below[1].max(above[1])).max(0.0);
    let whole = (below[2] - below[0]) * (below[3] - below[1]);
    if whole > 0.0 { width * height / whole } else { 0.0 }
}

/// Opaque places of an annotation on its page.
fn painted(document: &Document<'_>, annotation: &Dictionary, revision: usize) -> Vec<Area> {
    let name = |key: &[u8]| match document.get(annotation, key, revision) {
        Some(Object::Name(name)) => name,
        _ => Vec::new(),
    };
    let kind = name(b"Subtype");
    let hidden = matches!(document.get(annotation, b"F", revision), Some(Object::Integer(n)) if n & 2 != 0);
    let Some(rect) = fields::rect(document, annotation, revision).filter(|_| !hidden && kind != b"Popup") else {
        return Vec::new();
    };
    let icon = matches!(kind.as_slice(), b"Text" | b"FileAttachment" | b"Sound");
    if icon && rect[2] - rect[0] <= ICON && rect[3] - rect[1] <= ICON {
        return Vec::new();
    }
    let states = document.get_dict(annotation, b"AP", revision);
    let normal = states.and_then(|ap| match ap.get(b"N").ok()? {
        Object::Reference((id, _)) => document.indirect(*id, revision),
        _ => None,
    });
    let chosen = normal.and_then(|n| match n.stream {
        Some(_) => Some(n),
        None => {
            let state = name(b"AS");
            let id = n.value.as_dict().ok()?.get(&state).and_then(Object::as_reference).ok()?.0;
            document.indirect(id, revision)
        }
    });
    let Some(look) = chosen else {
        // Viewers draw these by themselves.
        let filled = matches!(document.get(annotation, b"IC", revision), Some(Object::Array(colour)) if !colour.is_empty());
        let drawn = match kind.as_slice() {
            b"FreeText" | b"Stamp" => true,
            b"Square" | b"Circle" | b"Polygon" => filled,
            _ => false,
        };
        return if drawn { vec![rect] } else { Vec::new() };
    };
    let Ok(dictionary) = look.value.as_dict() else {
        return Vec::new();
    };
    let mut painter = Painter::new(document, revision);
    let numbers = |painter: &Painter<'_, '_>, key: &[u8]| painter.numbers(dictionary, key);
    let Some(Ok(bounds)) = numbers(&painter, b"BBox").map(Area::try_from) else {
        return vec![rect];
    };
    let own = numbers(&painter, b"Matrix").and_then(|m| Matrix::try_from(m).ok());
    let bounds = through(own.unwrap_or(super::paint::IDENTITY), bounds);
    // ISO 32000-2, 12.5.5: the bounding box is made to fit the rectangle.
    let (width, height) = (bounds[2] - bounds[0], bounds[3] - bounds[1]);
    if width <= 0.0 || height <= 0.0 {
        return Vec::new();
    }
    let (sx, sy) = ((rect[2] - rect[0]) / width, (rect[3] - rect[1]) / height);
    let fit = [sx, 0.0, 0.0, sy, rect[0] - bounds[0] * sx, rect[1] - bounds[1] * sy];
    painter.form(&look, fit, false, 0);
    if painter.gave_up {
        return vec![rect];
    }
    let opaque = painter.marks.iter().filter(|m| m.kind != Kind::Stroke && !m.translucent);
    opaque
        .map(|m| {
            // Nothing is painted outside the bounding box.
            [
                m.area[0].max(rect[0]),
                m.area[1].max(rect[1]),
                m.area[2].min(rect[2]),
                m.area[3].min(rect[3]),
            ]
        })
        .filter(|a| a[2] > a[0] && a[3] > a[1])
        .collect()
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
