//! The document that is attacked, and the attacker's pen: revisions appended by hand.
use crate::authority::{Authority, NOW};
use signing::{Appearance, Placement, SignOptions, sign};
use std::fmt::Write as _;

/// Objects of the document that is attacked.
pub const CATALOG: u32 = 1;
pub const PAGES: u32 = 2;
pub const PAGE: u32 = 3;
pub const CONTENT: u32 = 4;
pub const FONT: u32 = 5;
pub const SECOND_PAGE: u32 = 6;
pub const HIDDEN_CONTENT: u32 = 7;
pub const FORM: u32 = 8;
pub const TEXT_FIELD: u32 = 9;
pub const TEXT_LOOK: u32 = 10;
pub const HIDDEN_FIELD: u32 = 11;
pub const NOTE: u32 = 12;
pub const LAYER: u32 = 13;
pub const IMAGE: u32 = 14;
pub const SHARED: u32 = 15;
pub const CHECK_BOX: u32 = 16;
pub const INFO: u32 = 17;
/// The structure tree: its root, an element for the document with one for a paragraph in it, and the parent tree.
pub const STRUCTURE: u32 = 18;
pub const DOCUMENT: u32 = 19;
pub const PARAGRAPH: u32 = 20;
pub const PARENTS: u32 = 21;

pub fn stream(dictionary: &str, content: &str) -> String {
    format!("<<{dictionary}/Length {}>>\nstream\n{content}\nendstream", content.len())
}

/// The least that is a packet of metadata.
pub const XMP: &str = "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'></x:xmpmeta>";

pub fn text(words: &str) -> String {
    format!("BT /F1 24 Tf 72 700 Td ({words}) Tj ET /Im Do /Sh Do")
}

/// Bodies of all objects, by number from 1.
pub fn objects() -> Vec<String> {
    let widget = |rest: &str| format!("<</Type/Annot/Subtype/Widget/P {PAGE} 0 R{rest}>>");
    vec![
        format!(
            "<</Type/Catalog/Pages {PAGES} 0 R/AcroForm {FORM} 0 R/StructTreeRoot {STRUCTURE} 0 R/OCProperties<</OCGs[{LAYER} 0 R]/D<</OFF[{LAYER} 0 R]>>>>>>"
        ),
        format!(
            "<</Type/Pages/Kids[{PAGE} 0 R {SECOND_PAGE} 0 R]/Count 2/MediaBox[0 0 595 842]\
             /Resources<</Font<</F1 {FONT} 0 R>>/XObject<</Im {IMAGE} 0 R/Sh {SHARED} 0 R>>>>>>"
        ),
        format!(
            "<</Type/Page/Parent {PAGES} 0 R/Contents {CONTENT} 0 R/StructParents 0\
             /Annots[{TEXT_FIELD} 0 R {HIDDEN_FIELD} 0 R {NOTE} 0 R {CHECK_BOX} 0 R]>>"
        ),
        stream("", &text("Pay 100")),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".into(),
        format!("<</Type/Page/Parent {PAGES} 0 R/Contents {CONTENT} 0 R>>"),
        stream("", &text("Pay 1000000")),
        format!("<</Fields[{TEXT_FIELD} 0 R {HIDDEN_FIELD} 0 R {CHECK_BOX} 0 R]/DR<</Font<</F1 {FONT} 0 R>>>>/DA(/F1 12 Tf)>>"),
        widget(&format!(
            "/FT/Tx/T(amount)/V(100)/Rect[72 600 272 620]/F 4/AP<</N {TEXT_LOOK} 0 R>>"
        )),
        stream("/Type/XObject/Subtype/Form/BBox[0 0 200 20]", "BT /F1 12 Tf 2 5 Td (100) Tj ET"),
        widget(&format!(
            "/FT/Tx/T(hidden)/V(1000000)/Rect[72 690 400 730]/F 2/AP<</N {TEXT_LOOK} 0 R>>"
        )),
        format!("<</Type/Annot/Subtype/Text/Rect[10 10 30 30]/Contents(a note)/P {PAGE} 0 R>>"),
        "<</Type/OCG/Name(layer)>>".into(),
        stream(
            "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray",
            "A",
        ),
        stream("/Type/XObject/Subtype/Form/BBox[0 0 200 20]", "0 0 10 10 re f"),
        widget(&format!(
            "/FT/Btn/T(agree)/V/Off/AS/Off/Rect[72 560 90 578]/F 4/AP<</N<</Yes {SHARED} 0 R/Off {TEXT_LOOK} 0 R>>>>"
        )),
        "<</Title(A document)>>".into(),
        format!("<</Type/StructTreeRoot/K {DOCUMENT} 0 R/ParentTree {PARENTS} 0 R/ParentTreeNextKey 1>>"),
        format!("<</Type/StructElem/S/Document/P {STRUCTURE} 0 R/K[{PARAGRAPH} 0 R]>>"),
        format!("<</Type/StructElem/S/P/P {DOCUMENT} 0 R/Pg {PAGE} 0 R/K 0/ActualText(Pay 100)>>"),
        format!("<</Nums[0[{PARAGRAPH} 0 R]]>>"),
    ]
}

pub fn build() -> Vec<u8> {
    build_with("")
}

/// With these bytes behind the objects, listed nowhere.
pub fn build_with(planted: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let all = objects();
    let mut offsets = Vec::new();
    for (i, body) in all.iter().enumerate() {
        offsets.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n{body}\nendobj\n", i + 1).as_bytes());
    }
    out.extend_from_slice(planted.as_bytes());
    let start = out.len();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", all.len() + 1);
    for offset in offsets {
        let _ = writeln!(table, "{offset:010} 00000 n ");
    }
    let _ = write!(
        table,
        "trailer\n<</Size {}/Root {CATALOG} 0 R/Info {INFO} 0 R/ID[<01><01>]>>\nstartxref\n{start}\n%%EOF\n",
        all.len() + 1
    );
    out.extend_from_slice(table.as_bytes());
    out
}

/// A signed document and what an attacker knows of it.
pub struct Signed {
    pub bytes: Vec<u8>,
    pub startxref: usize,
    pub size: u32,
    /// Object of the signature dictionary, of the field, and the gap.
    pub value: u32,
    pub field: u32,
    pub gap: (usize, usize),
}

pub fn find(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).position(|w| w == what).unwrap()
}

pub fn rfind(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).rposition(|w| w == what).unwrap()
}

pub fn number_before(bytes: &[u8], at: usize, what: &[u8]) -> u32 {
    // "N 0 obj" that precedes `at`.
    let head = rfind(&bytes[..at], what);
    let line = bytes[..head].iter().rposition(|b| *b == b'\n').unwrap() + 1;
    String::from_utf8_lossy(&bytes[line..head]).trim().parse().unwrap()
}

impl Signed {
    pub fn new(authority: &Authority, certify: Option<u8>, visible: bool) -> Self {
        Self::of(&build(), authority, certify, visible)
    }

    pub fn of(document: &[u8], authority: &Authority, certify: Option<u8>, visible: bool) -> Self {
        let options = SignOptions {
            time: NOW,
            certify,
            appearance: visible.then(|| {
                let mut look = Appearance::at(Placement {
                    page: 1,
                    x: 300.0,
                    y: 100.0,
                    w: 150.0,
                    h: 60.0,
                });
                look.lines = vec!["Nguyễn Văn Thành".into()];
                look
            }),
            ..SignOptions::default()
        };
        let mut bytes = Vec::new();
        let made = sign(&document, &mut bytes, &authority.signer("Nguyễn Văn Thành"), &options).unwrap();
        let tail = rfind(&bytes, b"startxref");
        let startxref = String::from_utf8_lossy(&bytes[tail + 10..])
            .lines()
            .next()
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        let gap = (made.byte_range[1] as usize, made.byte_range[2] as usize);
        let value = number_before(&bytes, gap.0, b" 0 obj");
        let at = find(&bytes, b"(Signature1)");
        let field = number_before(&bytes, at, b" 0 obj");
        let size_at = rfind(&bytes, b"/Size ");
        let size: String = bytes[size_at + 6..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .map(|b| char::from(*b))
            .collect();
        Self {
            startxref,
            size: size.parse().unwrap(),
            value,
            field,
            gap,
            bytes,
        }
    }

    /// Appends a revision with these objects.
    pub fn append(&self, objects: &[(u32, String)]) -> Vec<u8> {
        self.append_with(objects, &[], "")
    }

    pub fn append_with(&self, objects: &[(u32, String)], raw_entries: &[(u32, String)], trailer: &str) -> Vec<u8> {
        let mut out = self.bytes.clone();
        let mut entries: Vec<(u32, String)> = raw_entries.to_vec();
        for (id, body) in objects {
            entries.push((*id, format!("{:010} 00000 n \n", out.len())));
            out.extend_from_slice(format!("{id} 0 obj\n{body}\nendobj\n").as_bytes());
        }
        entries.sort();
        let size = entries.iter().map(|e| e.0 + 1).max().unwrap_or(1).max(self.size);
        let start = out.len();
        let mut table = "xref\n".to_owned();
        for (id, entry) in entries {
            let _ = write!(table, "{id} 1\n{entry}");
        }
        let root = if trailer.contains("/Root") {
            String::new()
        } else {
            format!("/Root {CATALOG} 0 R")
        };
        let id = if trailer.contains("/ID") { "" } else { "/ID[<01><02>]" };
        let info = if trailer.contains("/Info") {
            String::new()
        } else {
            format!("/Info {INFO} 0 R")
        };
        let _ = write!(
            table,
            "trailer\n<</Size {size}/Prev {}{root}{id}{info}{trailer}>>\nstartxref\n{start}\n%%EOF\n",
            self.startxref
        );
        out.extend_from_slice(table.as_bytes());
        out
    }

    pub fn object(&self, id: u32) -> String {
        // The newest body of an object as it stands in the signed file.
        let head = format!("\n{id} 0 obj");
        let at = rfind(&self.bytes, head.as_bytes()) + head.len();
        let end = at + find(&self.bytes[at..], b"endobj");
        let body: String = self.bytes[at..end].iter().map(|b| char::from(*b)).collect();
        // As `objects` writes it: no space before what opens or closes.
        let mut tight = String::new();
        for c in body.trim().chars() {
            if matches!(c, '/' | '[' | '<' | '(' | '>' | ']') {
                tight.truncate(tight.trim_end().len());
            }
            tight.push(c);
        }
        tight
    }

    /// Changes bytes of the signature dictionary without moving anything, where a signature would not notice or must.
    pub fn patched(&self, old: &str, new: &str) -> Vec<u8> {
        assert_eq!(old.len(), new.len());
        let mut bytes = self.bytes.clone();
        let start = rfind(&bytes[..self.gap.0], b" 0 obj");
        let at = start + find(&bytes[start..], old.as_bytes());
        bytes[at..at + old.len()].copy_from_slice(new.as_bytes());
        bytes
    }
}

pub fn with(body: &str, old: &str, new: &str) -> String {
    assert!(body.contains(old), "{old} is not in {body}");
    body.replacen(old, new, 1)
}
