//! What of a message a signature is about: its canonical digests, taken while the message streams by.
use super::c14n::{Canonical, Sink};
use super::fields::Node;
use super::names::Names;
use super::{Error, signature};
use quick_xml::events::BytesStart;

/// An element that says something of the message. The entries of the trace are none of the sender's: each who handles the
/// message adds one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    MessageHeader,
    Status,
    Business,
    Body,
}

impl Part {
    /// Its name in the standard, and its `Id` in what we sign.
    pub fn name(self) -> &'static str {
        match self {
            Self::MessageHeader => "MessageHeader",
            Self::Status => "Status",
            // The misspelling is the standard's own.
            Self::Business => "Bussiness",
            Self::Body => "edXMLBody",
        }
    }

    /// The part that an element is, by its place alone.
    fn at(around: &[Node], name: &str) -> Option<Self> {
        let is = |n: usize, what: &str| around[n].name.eq_ignore_ascii_case(what);
        let named = |what: &str| name.eq_ignore_ascii_case(what);
        if around.len() < 2 || !is(0, "edXML") || !is(1, "edXMLEnvelope") {
            return None;
        }
        match around.len() {
            2 if named("edXMLBody") => Some(Self::Body),
            3 if is(2, "edXMLHeader") && named("MessageHeader") => Some(Self::MessageHeader),
            3 if is(2, "edXMLHeader") && named("Status") => Some(Self::Status),
            4 if is(2, "edXMLHeader") && is(3, "TraceHeaderList") && (named("Bussiness") || named("Business")) => Some(Self::Business),
            _ => None,
        }
    }
}

pub struct Found {
    pub part: Part,
    /// Values of the attributes that could be its Id.
    pub ids: Vec<String>,
    pub sha256: [u8; 32],
}

#[derive(Clone, Copy)]
enum Target {
    Part(Part),
    SignedInfo,
}

/// Watches the elements of a message go by.
#[derive(Default)]
pub struct Parts {
    pub found: Vec<Found>,
    /// Canonical text of what was signed.
    pub signed_info: Option<Vec<u8>>,
    /// Every Id of the message.
    pub ids: Vec<String>,
    /// A second element in a place that has room for one.
    pub doubled: Option<&'static str>,
    open: Option<(Target, Vec<String>, Canonical)>,
}

impl Parts {
    /// There is something to check, and attachments have to be hashed.
    pub fn signed(&self) -> bool {
        self.signed_info.is_some()
    }

    /// A start tag, before its element is among those around.
    pub fn start(&mut self, tag: &BytesStart, names: &Names, around: &[Node], node: &Node) -> Result<(), Error> {
        self.ids.extend(node.ids.iter().cloned());
        if self.open.is_none() {
            let target = match Part::at(around, &node.name) {
                Some(part) => Target::Part(part),
                None if signature::is_signed_info(around, &node.name) => Target::SignedInfo,
                None => return Ok(()),
            };
            let sink = match target {
                Target::Part(part) if self.found.iter().any(|f| f.part == part) => {
                    self.doubled = Some(part.name());
                    return Ok(());
                }
                Target::SignedInfo if self.signed_info.is_some() => {
                    self.doubled = Some("SignedInfo");
                    return Ok(());
                }
                Target::Part(_) => Sink::hash(),
                Target::SignedInfo => Sink::Text(Vec::new()),
            };
            self.open = Some((target, node.ids.clone(), Canonical::new(sink)));
        }
        match &mut self.open {
            Some((.., canonical)) => canonical.start(tag, names),
            None => Ok(()),
        }
    }

    pub fn end(&mut self) {
        let Some((.., canonical)) = &mut self.open else { return };
        if !canonical.end() {
            return;
        }
        if let Some((target, ids, canonical)) = self.open.take() {
            match (target, canonical.finish()) {
                (Target::Part(part), Sink::Hash(hash)) => self.found.push(Found {
                    part,
                    ids,
                    sha256: hash.finish(),
                }),
                (_, Sink::Text(text)) => self.signed_info = Some(text),
                (Target::SignedInfo, Sink::Hash(_)) => {}
            }
        }
    }

    pub fn text(&mut self, text: &str) {
        if let Some((.., canonical)) = &mut self.open {
            canonical.text(text);
        }
    }

    pub fn instruction(&mut self, target: &str, content: &str) {
        if let Some((.., canonical)) = &mut self.open {
            canonical.instruction(target, content);
        }
    }
}
