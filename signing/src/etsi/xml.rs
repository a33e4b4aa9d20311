//! The little of XML writing that the report needs.
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io;

/// An XML document being written; elements are closed in the order of their opening.
pub(super) struct Xml {
    writer: Writer<Vec<u8>>,
}

impl Xml {
    pub fn new() -> io::Result<Self> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Self { writer })
    }

    pub fn finish(self) -> Vec<u8> {
        self.writer.into_inner()
    }

    /// An element with others inside.
    pub fn element(&mut self, name: &str, attributes: &[(&str, &str)], inside: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        self.writer.write_event(Event::Start(start(name, attributes)))?;
        inside(self)?;
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.writer.write_event(Event::Empty(start(name, attributes)))
    }

    pub fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.typed(name, &[], text)
    }

    pub fn typed(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
        self.writer.write_event(Event::Start(start(name, attributes)))?;
        self.writer.write_event(Event::Text(BytesText::new(&allowed(text))))?;
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    pub fn base64(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        self.text(name, &openssl::base64::encode_block(content))
    }

    /// `DigestMethod` and `DigestValue` of XML signatures, in an element of the report.
    pub fn digest(&mut self, name: &str, algorithm: &str, value: &[u8]) -> io::Result<()> {
        self.element(name, &[], |x| {
            x.empty("ds:DigestMethod", &[("Algorithm", algorithm)])?;
            x.base64("ds:DigestValue", value)
        })
    }

    /// A reference to validation objects.
    pub fn reference(&mut self, name: &str, ids: &[String]) -> io::Result<()> {
        self.empty(name, &[("VOReference", &ids.join(" "))])
    }
}

fn start<'a>(name: &'a str, attributes: &[(&'a str, &'a str)]) -> BytesStart<'a> {
    BytesStart::new(name).with_attributes(attributes.iter().copied())
}

/// Names in a PDF may hold what no XML document can (XML 1.0, 2.2).
fn allowed(text: &str) -> String {
    let fits = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().map(|c| if fits(c) { c } else { '\u{fffd}' }).collect()
}
