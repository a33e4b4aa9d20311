//! edXML messages (QCVN 102:2016/BTTTT): one file, one message. Liberal in reading, exact in writing.
mod bound;
mod c14n;
mod content;
mod fields;
mod names;
mod parts;
mod read;
mod refusal;
mod seal;
mod signature;
mod write;

pub use read::{Limits, Parsed, header_only, identify, read};
pub use refusal::Error;
pub use seal::Sealer;
pub use signature::Signature;
pub use write::{write_document, write_signed_document, write_signed_status, write_status};

use std::path::PathBuf;

/// Namespace of the standard, for the default and the `edXML:` prefix alike.
pub const NAMESPACE: &str = "http://www.mic.gov.vn/TBT/QCVN_102_2016";

/// A body as a message names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organ {
    /// Identifier code (Decision 20/2020).
    pub organ_id: String,
    pub in_charge: String,
    pub name: String,
    pub address: String,
    pub email: String,
    pub telephone: String,
    pub fax: String,
    pub website: String,
}

/// Header of a document message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    pub from: Organ,
    pub to: Vec<Organ>,
    pub code_number: String,
    pub code_notation: String,
    pub place: String,
    /// `2026-11-24`
    pub promulgation_date: String,
    /// Kind of document: number of the standard's list, and its name.
    pub kind: String,
    pub kind_name: String,
    pub kind_detail: String,
    pub subject: String,
    pub content: String,
    pub competence: String,
    pub position: String,
    pub signer: String,
    pub due_date: String,
    pub to_places: Vec<String>,
    /// 0 to 3.
    pub priority: u8,
    pub sphere: String,
    /// Initials of who typed it.
    pub typer: String,
    /// Copies on paper.
    pub copies: u32,
    pub page_amount: u32,
    pub appendixes: Vec<String>,
    /// Documents that this one answers.
    pub response_for: Vec<Response>,
    pub steering: String,
    /// `OrganId,yyyy/MM/dd,number/notation`
    pub document_id: String,
    /// 0 new, 1 recall, 2 update, 3 replace.
    pub business: u8,
    pub business_reason: String,
    /// What an update changes; absent in other messages.
    pub update: Option<Update>,
    pub replaces: Vec<Replacement>,
    pub staff: Staff,
    /// 1 when it is sent on paper as well.
    pub paper: String,
    /// Each body that handled the message: (code, `yyyy/MM/dd HH:mm:ss`).
    pub trace: Vec<(String, String)>,
}

impl Document {
    /// What the document's identifier must be.
    pub fn expected_id(&self) -> String {
        format!("{},{},{}", self.from.organ_id, slashes(&self.promulgation_date), self.number())
    }

    /// `12/QĐ-UBND`
    pub fn number(&self) -> String {
        format!("{}/{}", self.code_number, self.code_notation)
    }
}

/// A document that a message refers to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    pub organ_id: String,
    /// `12/QĐ-UBND`
    pub number: String,
    /// `2026-11-24`
    pub date: String,
    pub document_id: String,
}

/// Whom to ask at the sender's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Staff {
    pub department: String,
    pub name: String,
    pub mobile: String,
    pub email: String,
}

/// `BussinessDocumentInfo`: what an update changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Update {
    /// 1 when what the document says is changed.
    pub document: String,
    /// 1 when its receivers are.
    pub receivers: String,
    /// (kind of change, code of the body)
    pub list: Vec<(String, String)>,
}

/// A document that this one takes the place of, and at which bodies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replacement {
    pub document_id: String,
    pub organs: Vec<String>,
}

/// A status message (trạng thái) about a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    pub from: Organ,
    pub to: Vec<Organ>,
    /// Body that issued the document.
    pub for_organ: String,
    /// `12/QĐ-UBND`
    pub for_number: String,
    /// `2026-11-24`
    pub for_date: String,
    pub for_document_id: String,
    /// Two digits: `01`, `02`, `03` …
    pub code: String,
    pub description: String,
    /// `yyyy/MM/dd HH:mm:ss`
    pub timestamp: String,
    pub staff: Staff,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    Document(Box<Document>),
    Status(Box<Status>),
}

impl Message {
    pub fn from(&self) -> &Organ {
        match self {
            Self::Document(d) => &d.from,
            Self::Status(s) => &s.from,
        }
    }

    pub fn to(&self) -> &[Organ] {
        match self {
            Self::Document(d) => &d.to,
            Self::Status(s) => &s.to,
        }
    }

    /// Identifier of the document that the message brings or is about.
    pub fn about(&self) -> String {
        match self {
            Self::Document(d) => d.expected_id(),
            Self::Status(s) => {
                // Some leave out whose document it is: it can only be that of whom they tell.
                let issuer = match s.for_organ.as_str() {
                    "" => s.to.first().map_or("", |o| o.organ_id.as_str()),
                    organ => organ,
                };
                format!("{issuer},{},{}", slashes(&s.for_date), s.for_number)
            }
        }
    }
}

/// A file in a message: when reading, where its decoded content lies; when writing, where to take it from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub name: String,
    pub content_type: String,
    /// Without `cid:`.
    pub content_id: String,
    pub description: String,
    pub path: PathBuf,
    /// Bytes, decoded.
    pub size: u64,
}

/// `2026-11-24` as the standard writes it, `2026/11/24`.
pub fn slashes(day: &str) -> String {
    day.replace('-', "/")
}

/// A date as others write it, as `2026-11-24`: also with one-digit months, dashes, or the day first.
pub fn normal_day(text: &str) -> String {
    let parts: Vec<&str> = text.split(['/', '-', ' ', 'T']).filter(|p| !p.is_empty()).take(3).collect();
    match parts[..] {
        [y, m, d] if y.len() == 4 => format!("{y}-{m:0>2}-{d:0>2}"),
        [d, m, y] if y.len() == 4 => format!("{y}-{m:0>2}-{d:0>2}"),
        _ => text.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests;
