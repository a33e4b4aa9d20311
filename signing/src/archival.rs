//! What a file that is made to be kept (PDF/A, ISO 19005) demands of what is added to it.

use lopdf::{Dictionary, Object};

use crate::pdf::append::Update;
use crate::pdf::tokens::find;

/// Metadata larger than this are not looked through.
const MAX_METADATA: usize = 4 << 20;

/// What the file claims to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Archival {
    /// Of ISO 19005.
    pub part: u8,
    /// The file says what its colours are on paper.
    pub output_intent: bool,
}

impl Archival {
    /// `None` where the file does not claim to be PDF/A.
    pub fn of(update: &Update) -> Option<Self> {
        let (document, newest) = (update.document, update.document.newest());
        let catalog = document.catalog(newest)?;
        let metadata = document.follow(catalog.get(b"Metadata").ok()?, newest)?;
        let text = document.content(&metadata, MAX_METADATA).ok()?;
        let part = part(&text)?;
        let intents = document.get(&catalog, b"OutputIntents", newest);
        let output_intent = matches!(intents, Some(Object::Array(items)) if !items.is_empty());
        Some(Self { part, output_intent })
    }

    /// Whether pictures may shine through: never in part 1 (6.4), and in later ones only where the colours of the page are
    /// known (part 2, 6.2.10).
    pub fn allows_transparency(self) -> bool {
        self.part > 1 && self.output_intent
    }

    /// Colour spaces for `/Resources` that give grey and RGB a meaning on every device (part 1, 6.2.3.3; part 2, 6.2.4.3).
    pub fn colour_spaces() -> Dictionary {
        let reals = |numbers: &[f32]| Object::Array(numbers.iter().map(|n| Object::Real(*n)).collect());
        let white = reals(&[0.9505, 1.0, 1.089]);
        let mut grey = Dictionary::new();
        grey.set("WhitePoint", white.clone());
        grey.set("Gamma", Object::Real(2.2));
        let mut rgb = Dictionary::new();
        rgb.set("WhitePoint", white);
        rgb.set("Gamma", reals(&[2.2, 2.2, 2.2]));
        // The primaries of sRGB.
        let matrix = [0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505];
        rgb.set("Matrix", reals(&matrix));
        let mut spaces = Dictionary::new();
        spaces.set("DefaultGray", vec![Object::Name(b"CalGray".to_vec()), grey.into()]);
        spaces.set("DefaultRGB", vec![Object::Name(b"CalRGB".to_vec()), rgb.into()]);
        spaces
    }
}

/// `pdfaid:part` in XMP, as an attribute or as an element.
fn part(xmp: &[u8]) -> Option<u8> {
    const KEY: &[u8] = b"pdfaid:part";
    let after = find(xmp, KEY, 0)? + KEY.len();
    let value = xmp[after..].iter().find(|b| !b"=>\"' \r\n\t".contains(b))?;
    value.is_ascii_digit().then(|| value - b'0').filter(|n| *n > 0)
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn the_part_is_found_however_it_is_written() {
        assert_eq!(part(b"<rdf:Description><pdfaid:part>2</pdfaid:part>"), Some(2));
        assert_eq!(part(b"<rdf:Description pdfaid:conformance='B' pdfaid:part='1'/>"), Some(1));
        assert_eq!(part(b"<rdf:Description pdfaid:part = \"4\"/>"), Some(4));
        assert_eq!(part(b"<rdf:Description/>"), None);
        assert_eq!(part(b"<pdfaid:part></pdfaid:part>"), None);
    }
}
