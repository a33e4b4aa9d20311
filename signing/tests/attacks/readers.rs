//! Revisions that different programs read differently, in tables, streams and both at once.
use super::Attack;
use super::ground::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A row of a cross-reference stream: kind and two numbers.
type Row = (u8, u32, u16);

/// The bytes of a revision that is to be closed with a table, a stream or both.
pub struct Revision<'s> {
    signed: &'s Signed,
    bytes: Vec<u8>,
    rows: BTreeMap<u32, Row>,
}

impl<'s> Revision<'s> {
    pub fn new(signed: &'s Signed) -> Self {
        Self {
            signed,
            bytes: signed.bytes.clone(),
            rows: BTreeMap::new(),
        }
    }

    pub fn object(mut self, id: u32, body: &str) -> Self {
        self.rows.insert(id, (1, self.bytes.len() as u32, 0));
        self.bytes.extend_from_slice(format!("{id} 0 obj\n{body}\nendobj\n").as_bytes());
        self
    }

    pub fn row(mut self, id: u32, row: Row) -> Self {
        self.rows.insert(id, row);
        self
    }

    /// `holder` becomes an object stream with one object in it.
    pub fn packed(self, holder: u32, id: u32, body: &str) -> Self {
        let head = format!("{id} 0 ");
        let dictionary = format!("/Type/ObjStm/N 1/First {}", head.len());
        let packed = self.object(holder, &stream(&dictionary, &(head + body + " ")));
        packed.row(id, (2, holder, 0))
    }

    /// Writes the rows as a stream; returns where it begins.
    fn stream(&mut self, more: &str) -> usize {
        let own = self.signed.size + 50;
        let start = self.bytes.len();
        self.rows.insert(own, (1, start as u32, 0));
        let index: String = self.rows.keys().map(|id| format!("{id} 1 ")).collect();
        let mut rows = String::new();
        for (kind, second, third) in self.rows.values() {
            let _ = write!(rows, "{kind:02x}{second:08x}{third:04x}");
        }
        let dictionary = format!(
            "/Type/XRef/Filter/ASCIIHexDecode/Size {}/W[1 4 2]/Index[{index}]/Root {CATALOG} 0 R/Info {INFO} 0 R{more}",
            own + 1
        );
        let body = format!("{own} 0 obj\n{}\nendobj\n", stream(&dictionary, &(rows + ">")));
        self.bytes.extend_from_slice(body.as_bytes());
        start
    }

    fn closed(mut self, start: usize) -> Vec<u8> {
        self.bytes.extend_from_slice(format!("startxref\n{start}\n%%EOF\n").as_bytes());
        self.bytes
    }

    pub fn with_stream(mut self) -> Vec<u8> {
        let start = self.stream(&format!("/Prev {}", self.signed.startxref));
        self.closed(start)
    }

    /// The rows beside a table that lists `table`.
    fn hybrid(mut self, table: &[(u32, String)]) -> Vec<u8> {
        let beside = self.stream("");
        let start = self.bytes.len();
        let mut text = "xref\n0 0\n".to_owned();
        for (id, entry) in table {
            let _ = write!(text, "{id} 1\n{entry}");
        }
        let (size, prev) = (self.signed.size + 51, self.signed.startxref);
        let _ = writeln!(
            text,
            "trailer\n<</Size {size}/Root {CATALOG} 0 R/Info {INFO} 0 R/Prev {prev}/XRefStm {beside}>>"
        );
        self.bytes.extend_from_slice(text.as_bytes());
        self.closed(start)
    }
}

/// What each reader may take for the page is not what was signed.
pub fn attacks(s: &Signed) -> Vec<Attack> {
    let evil = stream("", &text("Pay 999"));
    let (page, same) = (s.object(PAGE), objects()[3].clone());
    let fresh = s.size + 1;
    let place = |generation: u16, offset: usize| format!("{offset:010} {generation:05} n \n");
    let begin = || Revision::new(s);
    let at = s.bytes.len();
    let moved = with(&page, &format!("/Contents {CONTENT} 0 R"), &format!("/Contents {fresh} 0 R"));
    let again = format!("{CONTENT} 1 obj\n{same}\nendobj\n");
    let later = Signed {
        bytes: [s.bytes.as_slice(), again.as_bytes()].concat(),
        ..*s
    };
    let twice = |body: &str| s.append(&[(PAGE, body.to_owned())]);
    let changed = |from: &str, to: &str| s.append(&[(CONTENT, with(&same, from, to))]);
    let all = vec![
        (
            "content by a stream",
            begin().object(CONTENT, &evil).with_stream(),
            "page_content_changed",
        ),
        (
            "page in an object stream",
            begin().object(fresh, &evil).packed(fresh + 1, PAGE, &moved).with_stream(),
            "page_changed",
        ),
        (
            "content in an object stream",
            begin().packed(fresh, CONTENT, "(x)").with_stream(),
            "page_content_changed",
        ),
        (
            "content of an unknown kind",
            begin().row(CONTENT, (3, 0, 0)).with_stream(),
            "page_content_changed",
        ),
        (
            "content freed by a stream",
            begin().row(CONTENT, (0, 0, 1)).with_stream(),
            "page_content_changed",
        ),
        (
            "content only beside the table",
            begin().object(CONTENT, &evil).hybrid(&[]),
            "page_content_changed",
        ),
        (
            "content here in the table and there beside it",
            begin()
                .object(CONTENT, &evil)
                .hybrid(&[(CONTENT, place(0, find(&s.bytes, format!("\n{CONTENT} 0 obj").as_bytes()) + 1))]),
            "hybrid_conflict",
        ),
        (
            "content free in the table and there beside it",
            begin().object(CONTENT, &evil).hybrid(&[(CONTENT, "0000000000 00001 f \n".into())]),
            "page_content_changed",
        ),
        (
            "the same under another generation",
            later.append_with(&[], &[(CONTENT, place(1, at))], ""),
            "generation_differs",
        ),
        (
            "the same, listed under another generation",
            later.append_with(&[], &[(CONTENT, place(0, at))], ""),
            "generation_differs",
        ),
        (
            "listed twice",
            s.append_with(&[(CONTENT, same.clone())], &[(CONTENT, place(0, find(&s.bytes, b"1 0 obj")))], ""),
            "object_listed_twice",
        ),
        (
            "a key twice in the page",
            twice(&with(&page, "/Contents ", &format!("/Contents {HIDDEN_CONTENT} 0 R/Contents "))),
            "page_changed",
        ),
        (
            "a length that leads elsewhere",
            changed("/Length ", "/Length 1"),
            "page_content_changed",
        ),
        (
            "a key twice in the trailer",
            s.append_with(&[], &[], "/X 1/X 2"),
            "duplicate_key_in_trailer",
        ),
        (
            "a number in the trailer that others read otherwise",
            s.append_with(&[], &[], "/X 1.2.3"),
            "odd_number_in_trailer",
        ),
        ("an end that leads elsewhere", with_a_stray_end(s), "startxref_elsewhere"),
        ("a section before the one that it follows", out_of_order(s), "sections_out_of_order"),
        (
            "the signature in an object stream",
            begin().packed(fresh, s.value, &s.object(s.value)).with_stream(),
            "signature_in_object_stream",
        ),
        ("content out of a file", changed("<<", "<</F(other.bin)"), "page_content_changed"),
        (
            "content through another filter",
            changed("<<", "<</Filter/ASCIIHexDecode"),
            "page_content_changed",
        ),
    ];
    all.into_iter().map(|(name, bytes, named)| Attack { name, bytes, named }).collect()
}

/// An empty section; what follows it says where `startxref` leads.
fn empty(prev: usize) -> String {
    format!("xref\n0 0\ntrailer\n<</Size 90/Root {CATALOG} 0 R/Info {INFO} 0 R/ID[<01><02>]/Prev {prev}>>\n")
}

/// A revision whose own `startxref` leads to the one before it, and another one behind.
fn with_a_stray_end(s: &Signed) -> Vec<u8> {
    let (mut bytes, stray) = (s.bytes.clone(), s.bytes.len());
    bytes.extend_from_slice(format!("{}startxref\n{}\n%%EOF\n", empty(s.startxref), s.startxref).as_bytes());
    let last = bytes.len();
    bytes.extend_from_slice(format!("{}startxref\n{last}\n%%EOF\n", empty(stray)).as_bytes());
    bytes
}

/// Two sections, of which the newer stands first.
fn out_of_order(s: &Signed) -> Vec<u8> {
    let newer = s.bytes.len();
    let end = |at: usize| format!("startxref\n{at:010}\n%%EOF\n");
    let length = empty(1_000_000_000).len() + end(0).len();
    let older = newer + length;
    let first = empty(older) + &end(newer);
    // As long as it was reckoned.
    let first = format!("{}{first}", " ".repeat(length - first.len()));
    let at = newer + first.len() - (empty(older) + &end(newer)).len();
    let second = empty(s.startxref) + &end(at);
    [s.bytes.as_slice(), first.as_bytes(), second.as_bytes()].concat()
}

/// The same, told by means of another section.
pub fn harmless(s: &Signed) -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let begin = || Revision::new(s);
    let page = s.object(PAGE);
    vec![
        ("an empty revision with a stream", begin().with_stream(), "none"),
        (
            "the same page in an object stream",
            begin().packed(s.size + 1, PAGE, &page).with_stream(),
            "none",
        ),
        (
            "the same content beside an empty table",
            begin().object(CONTENT, &objects()[3]).hybrid(&[]),
            "none",
        ),
        (
            "information in an object stream",
            begin().packed(s.size + 1, INFO, "<</Title(Another)>>").with_stream(),
            "lta_updates",
        ),
    ]
}
