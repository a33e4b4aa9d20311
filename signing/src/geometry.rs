//! Pages as they are displayed, and rectangles on them.
use crate::error::{Error, Result};
use crate::pdf::{Document, Indirect};
use lopdf::{Dictionary, Object, ObjectId};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// A rectangle on a page: points of 1/72 inch, origin at the lower left of the page as displayed, that is after `/Rotate`
/// and within `/CropBox`.
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
    crop: [f64; 4],
    rotate: u32,
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
        Some(Self {
            id: found.id,
            crop,
            rotate,
        })
    }

    pub fn info(&self) -> PageInfo {
        let (w, h) = (self.crop[2] - self.crop[0], self.crop[3] - self.crop[1]);
        let (width, height) = if self.rotate.is_multiple_of(180) { (w, h) } else { (h, w) };
        PageInfo {
            width,
            height,
            rotate: self.rotate,
        }
    }

    /// A displayed point in the page's own coordinates.
    fn point(&self, x: f64, y: f64) -> (f64, f64) {
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
