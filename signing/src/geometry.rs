//! Pages as they are displayed, and rectangles on them.
use crate::error::{Error, Result};
use crate::pdf::{Document, Indirect};
use lopdf::{Dictionary, Object, ObjectId};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// A rectangle on a page: points of 1/72 inch, origin at the lower left of the page as displayed, that is after `/Rotate`
/// and within `/CropBox`, whatever its `/UserUnit`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// From 1.
    pub page: u32,
    /// Left edge.
    pub x: f64,
    /// Lower edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

/// Size of a page as displayed, in points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PageInfo {
    /// Points, as displayed.
    pub width: f64,
    /// Points, as displayed.
    pub height: f64,
    /// Degrees clockwise: 0, 90, 180, 270.
    pub rotate: u32,
}

/// A page with what its place in the tree gives it.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub id: ObjectId,
    /// In the page's own units.
    crop: [f64; 4],
    rotate: u32,
    /// Points in one unit.
    unit: f64,
}

/// A4: what a page without any box gets.
const DEFAULT_BOX: [f64; 4] = [0.0, 0.0, 595.28, 841.89];
/// Deeper page trees are not of this world.
const MAX_DEPTH: usize = 64;

impl Page {
    /// `number` from 1.
    pub fn find(document: &Document, number: u32) -> Result<Self> {
        let newest = document.newest();
        let pages = document.pages(newest);
        let index = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
        let id = index.and_then(|i| pages.get(i)).ok_or(Error::NoSuchPage(number))?;
        Self::read(document, *id).ok_or(Error::NoSuchPage(number))
    }

    pub fn read(document: &Document, number: u32) -> Option<Self> {
        let newest = document.newest();
        let found = document.indirect(number, newest)?;
        let dictionary = found.value.as_dict().ok()?;
        let media = inherited(document, dictionary, b"MediaBox")
            .and_then(|b| rectangle(document, &b))
            .unwrap_or(DEFAULT_BOX);
        let crop = inherited(document, dictionary, b"CropBox")
            .and_then(|b| rectangle(document, &b))
            .unwrap_or(media);
        // What lies outside the medium is not displayed (ISO 32000-1, 14.11.2.1).
        let crop = [
            crop[0].max(media[0]),
            crop[1].max(media[1]),
            crop[2].min(media[2]),
            crop[3].min(media[3]),
        ];
        let crop = if crop[2] > crop[0] && crop[3] > crop[1] { crop } else { media };
        let rotate = match inherited(document, dictionary, b"Rotate") {
            Some(Object::Integer(n)) => u32::try_from(n.rem_euclid(360)).unwrap_or(0) / 90 * 90,
            Some(Object::Real(n)) => u32::try_from((n as i64).rem_euclid(360)).unwrap_or(0) / 90 * 90,
            _ => 0,
        };
        // Not inherited (ISO 32000-1, table 30).
        let unit = match document.get(dictionary, b"UserUnit", newest) {
            Some(Object::Integer(n)) => n as f64,
            Some(Object::Real(n)) => f64::from(n),
            _ => 1.0,
        };
        Some(Self {
            id: found.id,
            crop,
            rotate,
            unit: if unit > 0.0 && unit.is_finite() { unit } else { 1.0 },
        })
    }

    pub fn info(&self) -> PageInfo {
        let (w, h) = ((self.crop[2] - self.crop[0]) * self.unit, (self.crop[3] - self.crop[1]) * self.unit);
        let (width, height) = if self.rotate.is_multiple_of(180) { (w, h) } else { (h, w) };
        PageInfo {
            width,
            height,
            rotate: self.rotate,
        }
    }

    /// A displayed point in the page's own coordinates.
    fn point(&self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = (x / self.unit, y / self.unit);
        let (w, h) = (self.crop[2] - self.crop[0], self.crop[3] - self.crop[1]);
        let (u, v) = match self.rotate {
            90 => (w - y, x),
            180 => (w - x, h - y),
            270 => (y, h - x),
            _ => (x, y),
        };
        (self.crop[0] + u, self.crop[1] + v)
    }

    /// `/Rect` of a placement.
    pub fn rect(&self, p: &Placement) -> Object {
        let (x1, y1) = self.point(p.x, p.y);
        let (x2, y2) = self.point(p.x + p.w, p.y + p.h);
        let numbers = [x1.min(x2), y1.min(y2), x1.max(x2), y1.max(y2)];
        Object::Array(numbers.iter().map(|n| Object::Real(*n as f32)).collect())
    }

    /// `/Matrix` that makes an appearance stand upright on the displayed page.
    pub fn upright(&self) -> Object {
        let m: [i64; 6] = match self.rotate {
            90 => [0, 1, -1, 0, 0, 0],
            180 => [-1, 0, 0, -1, 0, 0],
            270 => [0, -1, 1, 0, 0, 0],
            _ => [1, 0, 0, 1, 0, 0],
        };
        Object::Array(m.iter().map(|n| Object::Integer(*n)).collect())
    }

    pub fn rotate(&self) -> u32 {
        self.rotate
    }
}

/// Value of a key of a page, or of the nodes above it.
pub(crate) fn inherited(document: &Document, page: &Dictionary, key: &[u8]) -> Option<Object> {
    let newest = document.newest();
    // The nodes above list all their kids, and are not copied for each of them.
    let mut above: Option<Rc<Indirect>> = None;
    for _ in 0..MAX_DEPTH {
        let node = above.as_ref().map_or(Ok(page), |n| n.value.as_dict()).ok()?;
        if let Some(value) = document.get(node, key, newest) {
            return Some(value);
        }
        above = Some(document.follow(node.get(b"Parent").ok()?, newest)?);
    }
    None
}

fn rectangle(document: &Document, object: &Object) -> Option<[f64; 4]> {
    let Object::Array(items) = object else { return None };
    let mut numbers = [0.0; 4];
    if items.len() < 4 {
        return None;
    }
    for (number, item) in numbers.iter_mut().zip(items) {
        *number = match document.resolve(item, document.newest()) {
            Object::Integer(n) => n as f64,
            Object::Real(n) => f64::from(n),
            _ => return None,
        };
    }
    let [a, b, c, d] = numbers;
    Some([a.min(c), b.min(d), a.max(c), b.max(d)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(entries: &str) -> Page {
        let mut file = b"%PDF-1.6\n".to_vec();
        let bodies = [
            "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
            "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 300 400]/UserUnit 7>>".to_owned(),
            format!("<</Type/Page/Parent 2 0 R{entries}>>"),
        ];
        let mut table = "xref\n0 4\n0000000000 65535 f \n".to_owned();
        for (i, body) in bodies.iter().enumerate() {
            table += &format!("{:010} 00000 n \n", file.len());
            file.extend_from_slice(format!("{} 0 obj\n{body}\nendobj\n", i + 1).as_bytes());
        }
        let start = file.len();
        file.extend_from_slice(format!("{table}trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").as_bytes());
        Page::find(&Document::open(&file, None).unwrap(), 1).unwrap()
    }

    fn placed(entries: &str) -> Vec<f32> {
        let placement = Placement {
            page: 1,
            x: 10.0,
            y: 20.0,
            w: 60.0,
            h: 40.0,
        };
        let Object::Array(numbers) = page(entries).rect(&placement) else {
            panic!("no array")
        };
        numbers.iter().map(|n| n.as_float().unwrap()).collect()
    }

    /// By hand: the lower left corner of what is displayed is another corner of the crop box at each turn.
    #[test]
    fn a_place_is_found_on_turned_cropped_and_scaled_pages() {
        for (entries, expected) in [
            ("", [10.0, 20.0, 70.0, 60.0]),
            ("/Rotate 90", [240.0, 10.0, 280.0, 70.0]),
            ("/Rotate 180", [230.0, 340.0, 290.0, 380.0]),
            ("/Rotate 270", [20.0, 330.0, 60.0, 390.0]),
            ("/Rotate -90", [20.0, 330.0, 60.0, 390.0]),
            ("/Rotate 450", [240.0, 10.0, 280.0, 70.0]),
            ("/CropBox[40 30 240 330]", [50.0, 50.0, 110.0, 90.0]),
            ("/CropBox[40 30 240 330]/Rotate 90", [180.0, 40.0, 220.0, 100.0]),
            ("/CropBox[40 30 240 330]/Rotate 180", [170.0, 270.0, 230.0, 310.0]),
            ("/CropBox[40 30 240 330]/Rotate 270", [60.0, 260.0, 100.0, 320.0]),
            // Corners the other way round, and a box that reaches beyond the medium.
            ("/CropBox[240 330 40 30]", [50.0, 50.0, 110.0, 90.0]),
            ("/MediaBox[-50 -50 100 100]/CropBox[-99 -50 999 999]", [-40.0, -30.0, 20.0, 10.0]),
            // Outside the medium there is nothing to be cropped to.
            ("/CropBox[500 500 600 600]", [10.0, 20.0, 70.0, 60.0]),
            ("/UserUnit 2", [5.0, 10.0, 35.0, 30.0]),
            ("/UserUnit 2/CropBox[40 30 240 330]/Rotate 90", [210.0, 35.0, 230.0, 65.0]),
            ("/UserUnit 0", [10.0, 20.0, 70.0, 60.0]),
            ("/UserUnit -1", [10.0, 20.0, 70.0, 60.0]),
        ] {
            assert_eq!(placed(entries), expected, "{entries}");
        }
    }

    #[test]
    fn sizes_are_those_that_are_displayed() {
        for (entries, width, height, rotate) in [
            ("", 300.0, 400.0, 0),
            ("/Rotate 90", 400.0, 300.0, 90),
            ("/CropBox[40 30 240 330]/Rotate 270", 300.0, 200.0, 270),
            ("/CropBox[40 30 240 330]/UserUnit 1.5", 300.0, 450.0, 0),
        ] {
            let expected = PageInfo { width, height, rotate };
            assert_eq!(page(entries).info(), expected, "{entries}");
        }
    }
}
