//! What a signature or a filled field looks like: form XObjects with a picture, text in an embedded font, or both.
mod font;
mod image;
mod qr;

use crate::archival::Archival;
use crate::error::Result;
use crate::geometry::{Page, Placement};
use crate::pdf::append::Update;
use crate::pdf::write;
use lopdf::{Dictionary, Object, ObjectId, Stream};

pub use font::{Face, Font};

/// Where text stands in its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right edge.
    Right,
}

/// A visible signature.
#[derive(Debug, Clone)]
pub struct Appearance {
    /// Where on which page.
    pub placement: crate::Placement,
    /// PNG; its transparency is kept, but laid on white in a PDF/A that allows none. Drawn as large as the box allows, in its own proportions, centred.
    pub image: Option<Vec<u8>>,
    /// Lines of text, top down, over the picture; long ones are set smaller to fit.
    pub lines: Vec<String>,
    /// Points; 0 chooses a size that fills the box.
    pub font_size: f64,
    /// Of the lines within the box.
    pub align: Align,
    /// Content of a QR code at the left of the box; picture and text stand to the right of it.
    pub qr: Option<String>,
    /// Lines above the box, bold and centred over it, such as the authority and title of who signs. In a new field they
    /// make it higher, and wider where they are longer than the box; in one that is there they take from its height.
    pub head: Vec<String>,
}

impl Appearance {
    /// An empty box there, to be given a picture, lines, or both.
    pub fn at(placement: crate::Placement) -> Self {
        Self {
            placement,
            image: None,
            lines: Vec::new(),
            font_size: 0.0,
            align: Align::Left,
            qr: None,
            head: Vec::new(),
        }
    }

    /// The box with room for the lines above it.
    pub(crate) fn whole(&self, page: &Page) -> Result<Placement> {
        let own = self.placement;
        if self.head.is_empty() {
            return Ok(own);
        }
        let font = Font::subset(Face::Bold, &self.head)?;
        let widest = self.head.iter().map(|l| font.width(l)).fold(0.0, f64::max) * HEAD;
        let room = page.info().width;
        let w = (widest + 2.0 * MARGIN).max(own.w).min(room.max(own.w));
        let x = (own.x - (w - own.w) / 2.0).min(room - w).max(0.0).min(own.x);
        Ok(Placement {
            x,
            w,
            h: own.h + self.head.len() as f64 * HEAD * LINE,
            ..own
        })
    }

    /// The form XObject of this look in a box of `size`.
    /// `x`: where the box begins, so that picture and text stand where they were placed in one that was made wider.
    pub(crate) fn draw(&self, update: &mut Update, page: &Page, size: (f64, f64), x: Option<f64>) -> Result<ObjectId> {
        let style = Style {
            size: self.font_size,
            align: self.align,
            paper: false,
        };
        let parts = Parts {
            picture: self.image.as_deref(),
            qr: self.qr.as_deref(),
            lines: &self.lines,
            head: &self.head,
            inset: x.map(|x| (self.placement.x - x, self.placement.w)),
        };
        form(update, page, size, &parts, &style)
    }
}

/// Space between the edge of the box and the text, in points.
const MARGIN: f64 = 1.5;
const LINE: f64 = 1.25;
/// Points of the lines above a box.
const HEAD: f64 = 13.0;

/// How text is set.
pub(crate) struct Style {
    /// Points; 0 chooses.
    pub size: f64,
    pub align: Align,
    /// White beneath, which covers what is printed there.
    pub paper: bool,
}

/// What stands in a box.
#[derive(Default)]
pub(crate) struct Parts<'a> {
    pub picture: Option<&'a [u8]>,
    pub qr: Option<&'a str>,
    pub lines: &'a [String],
    pub head: &'a [String],
    /// Where, from the left, and how wide the picture and the lines stand, when that is not the whole box.
    pub inset: Option<(f64, f64)>,
}

/// Adds the form XObject of a box of `w` by `h` points.
pub(crate) fn form(update: &mut Update, page: &Page, (w, h): (f64, f64), parts: &Parts, style: &Style) -> Result<ObjectId> {
    let Parts {
        picture,
        qr,
        lines,
        head,
        inset,
    } = *parts;
    let Style { size, align, paper } = *style;
    let mut content = Vec::new();
    if paper {
        content.extend_from_slice(b"q 1 g 0 0 ");
        operands(&mut content, &[w, h]);
        content.extend_from_slice(b"re f Q\n");
    }
    let archival = Archival::of(update);
    let mut resources = Dictionary::new();
    if archival.is_some() {
        resources.set("ColorSpace", Archival::colour_spaces());
    }
    let mut fonts = Dictionary::new();
    let (full, whole) = (w, h);
    // What is left of the box beneath the lines above it.
    let h = whole - (head.len() as f64 * HEAD * LINE).min(whole / 2.0);
    let (from, w) = inset.unwrap_or((0.0, w));
    // And beside the code.
    let left = from
        + match qr {
            Some(text) => {
                let side = h.min(w);
                if from > 0.0 {
                    content.extend_from_slice(b"q 1 0 0 1 ");
                    operands(&mut content, &[from, 0.0]);
                    content.extend_from_slice(b"cm\n");
                }
                qr::draw(&mut content, text, side, (h - side) / 2.0)?;
                if from > 0.0 {
                    content.extend_from_slice(b"Q\n");
                }
                side + MARGIN
            }
            None => 0.0,
        };
    let w_rest = (w - (left - from)).max(0.0);
    if let Some(png) = picture {
        let (id, (iw, ih)) = image::embed(update, png, archival.is_none_or(Archival::allows_transparency))?;
        let scale = (w_rest / iw).min(h / ih);
        let (dw, dh) = (iw * scale, ih * scale);
        let mut images = Dictionary::new();
        images.set("Im", id);
        resources.set("XObject", images);
        let numbers = [dw, 0.0, 0.0, dh, left + (w_rest - dw) / 2.0, (h - dh) / 2.0];
        content.extend_from_slice(b"q ");
        operands(&mut content, &numbers);
        content.extend_from_slice(b"cm /Im Do Q\n");
    }
    if !lines.is_empty() {
        let font = Font::subset(Face::Regular, lines)?;
        let widest = lines.iter().map(|l| font.width(l)).fold(0.0, f64::max);
        let room = (w_rest - 2.0 * MARGIN).max(1.0);
        let fits = if widest > 0.0 { room / widest } else { f64::MAX };
        let fills = (h - 2.0 * MARGIN).max(1.0) / (LINE * lines.len() as f64);
        let size = if size > 0.0 { size } else { 12.0 }.min(fits).min(fills.max(4.0)).max(1.0);
        let id = font.embed(archival.is_some(), &mut |object| update.add(object));
        fonts.set("F", id);
        content.extend_from_slice(b"q BT 0 g /F ");
        operands(&mut content, &[size]);
        content.extend_from_slice(b"Tf\n");
        // The block of lines is centred in height.
        let block = LINE * size * lines.len() as f64;
        let mut y = (h + block) / 2.0 - size;
        for line in lines {
            let free = w_rest - 2.0 * MARGIN - font.width(line) * size;
            let x = left
                + MARGIN
                + match align {
                    Align::Left => 0.0,
                    Align::Centre => free / 2.0,
                    Align::Right => free,
                };
            content.extend_from_slice(b"1 0 0 1 ");
            operands(&mut content, &[x, y]);
            content.extend_from_slice(b"Tm <");
            write::hex(&mut content, &font.encode(line));
            content.extend_from_slice(b"> Tj\n");
            y -= LINE * size;
        }
        content.extend_from_slice(b"ET Q\n");
    }
    if !head.is_empty() {
        let font = Font::subset(Face::Bold, head)?;
        let widest = head.iter().map(|l| font.width(l)).fold(0.0, f64::max);
        let room = (full - 2.0 * MARGIN).max(1.0);
        let fits = if widest > 0.0 { room / widest } else { HEAD };
        let step = (whole - h) / head.len() as f64;
        let size = HEAD.min(fits).min(step / LINE).max(1.0);
        fonts.set("B", font.embed(archival.is_some(), &mut |object| update.add(object)));
        content.extend_from_slice(b"q BT 0 g /B ");
        operands(&mut content, &[size]);
        content.extend_from_slice(b"Tf\n");
        // Over the middle of the picture, as far as the box reaches.
        let middle = from + w / 2.0;
        let mut y = whole - size;
        for line in head {
            let long = font.width(line) * size;
            let x = (middle - long / 2.0).min(full - MARGIN - long).max(MARGIN);
            content.extend_from_slice(b"1 0 0 1 ");
            operands(&mut content, &[x, y]);
            content.extend_from_slice(b"Tm <");
            write::hex(&mut content, &font.encode(line));
            content.extend_from_slice(b"> Tj\n");
            y -= step;
        }
        content.extend_from_slice(b"ET Q\n");
    }
    if !fonts.is_empty() {
        resources.set("Font", fonts);
    }
    let (w, h) = (full, whole);
    let mut dictionary = Dictionary::new();
    dictionary.set("Type", "XObject");
    dictionary.set("Subtype", "Form");
    dictionary.set("BBox", vec![0.into(), 0.into(), Object::Real(w as f32), Object::Real(h as f32)]);
    dictionary.set("Matrix", page.upright());
    dictionary.set("Resources", resources);
    Ok(update.add(Stream::new(dictionary, content)))
}

/// The look of what is not seen.
pub(crate) fn nothing(update: &mut Update) -> ObjectId {
    let mut dictionary = Dictionary::new();
    dictionary.set("Type", "XObject");
    dictionary.set("Subtype", "Form");
    dictionary.set("BBox", vec![0.into(), 0.into(), 0.into(), Object::Integer(0)]);
    update.add(Stream::new(dictionary, Vec::new()))
}

fn operands(content: &mut Vec<u8>, numbers: &[f64]) {
    for n in numbers {
        write::real(content, *n);
        content.push(b' ');
    }
}
