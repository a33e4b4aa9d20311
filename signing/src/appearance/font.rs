//! An embedded subset of a Times-like font that has every Vietnamese letter.
use super::image::deflate;
use crate::error::{Error, Result};
use lopdf::{Dictionary, Object, ObjectId, Stream, StringFormat};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use subsetter::GlyphRemapper;

/// Tinos (Apache License 2.0), of the widths of Times New Roman.
const REGULAR: &[u8] = include_bytes!("../../assets/Tinos-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../assets/Tinos-Bold.ttf");

/// A cut of the font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Upright.
    Regular,
    /// Upright and bold.
    Bold,
}

impl Face {
    fn file(self) -> &'static [u8] {
        match self {
            Self::Regular => REGULAR,
            Self::Bold => BOLD,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Regular => "Tinos",
            Self::Bold => "Tinos-Bold",
        }
    }
}

/// The font with just the characters of some text, for whoever writes pages.
pub struct Font {
    cut: Face,
    data: Vec<u8>,
    /// New glyph number and width in thousandths of the size, for each character used.
    glyphs: BTreeMap<char, (u16, f64)>,
    /// Of the glyphs in `data`, the one for what is missing included.
    count: u16,
    ascent: f64,
    descent: f64,
    bounds: [f64; 4],
    cap_height: f64,
}

impl Font {
    /// The font with just the characters of `lines`; one that it lacks is drawn as the missing-glyph box.
    ///
    /// # Errors
    /// When the font file cannot be cut down.
    pub fn subset(cut: Face, lines: &[String]) -> Result<Self> {
        let broken = |e: &dyn std::fmt::Display| Error::Image(format!("font: {e}"));
        let face = ttf_parser::Face::parse(cut.file(), 0).map_err(|e| broken(&e))?;
        let scale = 1000.0 / f64::from(face.units_per_em());
        let mut remapper = GlyphRemapper::new();
        let mut glyphs = BTreeMap::new();
        for c in lines.iter().flat_map(|l| l.chars()) {
            let glyph = face.glyph_index(c).unwrap_or_default();
            let width = f64::from(face.glyph_hor_advance(glyph).unwrap_or(0)) * scale;
            glyphs.insert(c, (remapper.remap(glyph.0), width));
        }
        let data = subsetter::subset(cut.file(), 0, &remapper).map_err(|e| broken(&e))?;
        let b = face.global_bounding_box();
        Ok(Self {
            cut,
            data,
            glyphs,
            count: remapper.num_gids(),
            ascent: f64::from(face.ascender()) * scale,
            descent: f64::from(face.descender()) * scale,
            bounds: [b.x_min, b.y_min, b.x_max, b.y_max].map(|n| f64::from(n) * scale),
            cap_height: f64::from(face.capital_height().unwrap_or(1341)) * scale,
        })
    }

    /// Width of a line at size 1.
    pub fn width(&self, line: &str) -> f64 {
        line.chars().filter_map(|c| self.glyphs.get(&c)).map(|(_, w)| w / 1000.0).sum()
    }

    /// The line as glyph numbers of two bytes.
    pub fn encode(&self, line: &str) -> Vec<u8> {
        line.chars()
            .filter_map(|c| self.glyphs.get(&c))
            .flat_map(|(g, _)| g.to_be_bytes())
            .collect()
    }

    /// Adds the font as a composite one with identity encoding (ISO 32000-1, 9.7) and its way back to text.
    /// With `cid_set`, also the list of what is in the font, which PDF/A-1 demands (ISO 19005-1, 6.3.5). `add` takes an
    /// object into the file and says its number.
    pub fn embed(&self, cid_set: bool, add: &mut dyn FnMut(Object) -> ObjectId) -> ObjectId {
        let compressed = deflate(&self.data).unwrap_or_default();
        let mut file = Dictionary::new();
        file.set("Length1", self.data.len() as i64);
        file.set("Filter", "FlateDecode");
        let file = add(Stream::new(file, compressed).into());
        // Six letters from the content mark a subset (9.6.4).
        let tag: String = openssl::sha::sha256(&self.data)[..6]
            .iter()
            .map(|b| char::from(b'A' + b % 26))
            .collect();
        let name = format!("{tag}+{}", self.cut.name());
        let real = |n: f64| Object::Real(n as f32);
        let mut descriptor = Dictionary::new();
        descriptor.set("Type", "FontDescriptor");
        descriptor.set("FontName", name.as_str());
        descriptor.set("Flags", 4 + 2);
        descriptor.set("FontBBox", Object::Array(self.bounds.iter().map(|n| real(*n)).collect()));
        descriptor.set("ItalicAngle", 0);
        descriptor.set("Ascent", real(self.ascent));
        descriptor.set("Descent", real(self.descent));
        descriptor.set("CapHeight", real(self.cap_height));
        descriptor.set("StemV", if self.cut == Face::Bold { 140 } else { 80 });
        descriptor.set("FontFile2", file);
        if cid_set {
            // One bit for each glyph, the first one the highest.
            let mut bits = vec![0u8; usize::from(self.count).div_ceil(8)];
            (0..usize::from(self.count)).for_each(|glyph| bits[glyph / 8] |= 0x80 >> (glyph % 8));
            let set = add(Stream::new(Dictionary::new(), bits).into());
            descriptor.set("CIDSet", set);
        }
        let descriptor = add(descriptor.into());
        let mut widths: BTreeMap<u16, f64> = BTreeMap::new();
        for (glyph, width) in self.glyphs.values() {
            widths.insert(*glyph, *width);
        }
        let mut array = Vec::new();
        for (glyph, width) in &widths {
            array.push(Object::Integer(i64::from(*glyph)));
            array.push(Object::Array(vec![real(*width)]));
        }
        let mut system = Dictionary::new();
        system.set("Registry", Object::String(b"Adobe".to_vec(), StringFormat::Literal));
        system.set("Ordering", Object::String(b"Identity".to_vec(), StringFormat::Literal));
        system.set("Supplement", 0);
        let mut descendant = Dictionary::new();
        descendant.set("Type", "Font");
        descendant.set("Subtype", "CIDFontType2");
        descendant.set("BaseFont", name.as_str());
        descendant.set("CIDSystemInfo", system);
        descendant.set("FontDescriptor", descriptor);
        descendant.set("CIDToGIDMap", "Identity");
        descendant.set("W", array);
        let descendant = add(descendant.into());
        let to_unicode = add(Stream::new(Dictionary::new(), self.to_unicode().into_bytes()).into());
        let mut font = Dictionary::new();
        font.set("Type", "Font");
        font.set("Subtype", "Type0");
        font.set("BaseFont", name.as_str());
        font.set("Encoding", "Identity-H");
        font.set("DescendantFonts", vec![Object::Reference(descendant)]);
        font.set("ToUnicode", to_unicode);
        add(font.into())
    }

    fn to_unicode(&self) -> String {
        let mut map = String::from(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
             /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
        );
        let pairs: Vec<_> = self.glyphs.iter().collect();
        for chunk in pairs.chunks(100) {
            let _ = writeln!(map, "{} beginbfchar", chunk.len());
            for (c, (glyph, _)) in chunk {
                let mut units = [0u16; 2];
                let text: String = c.encode_utf16(&mut units).iter().map(|u| format!("{u:04X}")).collect();
                let _ = writeln!(map, "<{glyph:04X}> <{text}>");
            }
            map.push_str("endbfchar\n");
        }
        map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_face_has_every_vietnamese_letter() {
        let vowels = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ";
        let all = vowels
            .chars()
            .flat_map(|c| [c, c.to_uppercase().next().unwrap()])
            .chain("0123456789/–-.,:;()\"%".chars());
        let all: Vec<char> = all.collect();
        for cut in [Face::Regular, Face::Bold] {
            let face = ttf_parser::Face::parse(cut.file(), 0).unwrap();
            let missing: String = all.iter().filter(|c| face.glyph_index(**c).is_none()).collect();
            assert_eq!(missing, "", "{cut:?}");
        }
    }
}
