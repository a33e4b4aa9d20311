//! Writing: every element where the standard has it.
use super::parts::Part;
use super::{Attachment, Document, NAMESPACE, Organ, Response, Sealer, Staff, Status, slashes};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::escape::escape;
use std::fmt::Write as _;
use std::io::{self, Read, Write};

/// The envelope; `.1` says that its parts get an Id, for a signature to refer to.
struct Xml(String, bool);

impl Xml {
    fn part(&mut self, part: Part) {
        let name = part.name();
        let _ = match self.1 {
            true => write!(self.0, "<edXML:{name} Id=\"{name}\">"),
            false => write!(self.0, "<edXML:{name}>"),
        };
    }
    fn open(&mut self, name: &str) {
        let _ = write!(self.0, "<edXML:{name}>");
    }
    fn close(&mut self, name: &str) {
        let _ = write!(self.0, "</edXML:{name}>");
    }
    fn leaf(&mut self, name: &str, value: &str) {
        let _ = write!(self.0, "<edXML:{name}>{}</edXML:{name}>", text(value));
    }
    fn organ(&mut self, name: &str, o: &Organ) {
        self.open(name);
        self.leaf("OrganId", &o.organ_id);
        self.leaf("OrganizationInCharge", &o.in_charge);
        self.leaf("OrganName", &o.name);
        self.leaf("OrganAdd", &o.address);
        self.leaf("Email", &o.email);
        self.leaf("Telephone", &o.telephone);
        self.leaf("Fax", &o.fax);
        self.leaf("Website", &o.website);
        self.close(name);
    }
    fn list<'a>(&mut self, name: &str, item: &str, values: impl IntoIterator<Item = &'a String>) {
        self.open(name);
        for value in values {
            self.leaf(item, value);
        }
        self.close(name);
    }
    fn response(&mut self, r: &Response) {
        self.open("ResponseFor");
        self.leaf("OrganId", &r.organ_id);
        self.leaf("Code", &r.number);
        self.leaf("PromulgationDate", &slashes(&r.date));
        self.leaf("DocumentId", &r.document_id);
        self.close("ResponseFor");
    }
    fn staff(&mut self, s: &Staff) {
        self.open("StaffInfo");
        self.leaf("Department", &s.department);
        self.leaf("Staff", &s.name);
        self.leaf("Mobile", &s.mobile);
        self.leaf("Email", &s.email);
        self.close("StaffInfo");
    }
}

/// XML 1.0 knows no control characters, however escaped; and a reader takes a bare CR for a line end.
fn text(text: &str) -> String {
    let known: String = text
        .chars()
        .filter(|c| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'))
        .collect();
    escape(known).replace('\r', "&#13;")
}

fn start(xml: &mut Xml) {
    let _ = write!(
        xml.0,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<edXML xmlns=\"{NAMESPACE}\" xmlns:edXML=\"{NAMESPACE}\" \
         xmlns:xlink=\"http://www.w3.org/1999/xlink\">"
    );
    xml.open("edXMLEnvelope");
    xml.open("edXMLHeader");
}

/// Writes a document message; attachments are read from their files and never held whole.
///
/// # Errors
/// When a file cannot be read or `out` not be written.
pub fn write_document(out: &mut dyn Write, d: &Document, attachments: &[Attachment]) -> io::Result<()> {
    document(out, d, attachments, None)
}

/// The same, signed. Attachments are read twice: a signature stands before them.
///
/// # Errors
/// As [`write_document`], and when the key fails.
pub fn write_signed_document(out: &mut dyn Write, d: &Document, attachments: &[Attachment], sealer: &Sealer) -> io::Result<()> {
    document(out, d, attachments, Some(sealer))
}

/// Everything up to the attachments. `head` ends where the signature goes, `tail` goes on after it.
fn finish(out: &mut dyn Write, head: Xml, tail: &str, attachments: &[Attachment], sealer: Option<&Sealer>) -> io::Result<()> {
    let signature = match sealer {
        Some(sealer) => sealer.signature(&[&head.0, tail, "</edXML>"].concat(), attachments)?,
        None => String::new(),
    };
    [head.0.as_str(), &signature, tail]
        .iter()
        .try_for_each(|part| out.write_all(part.as_bytes()))
}

fn document(out: &mut dyn Write, d: &Document, attachments: &[Attachment], sealer: Option<&Sealer>) -> io::Result<()> {
    let mut xml = Xml(String::new(), sealer.is_some());
    start(&mut xml);
    xml.part(Part::MessageHeader);
    xml.organ("From", &d.from);
    for to in &d.to {
        xml.organ("To", to);
    }
    xml.open("Code");
    xml.leaf("CodeNumber", &d.code_number);
    xml.leaf("CodeNotation", &d.code_notation);
    xml.close("Code");
    xml.open("PromulgationInfo");
    xml.leaf("Place", &d.place);
    xml.leaf("PromulgationDate", &slashes(&d.promulgation_date));
    xml.close("PromulgationInfo");
    xml.open("DocumentType");
    xml.leaf("Type", &d.kind);
    xml.leaf("TypeName", &d.kind_name);
    xml.leaf("TypeDetail", &d.kind_detail);
    xml.close("DocumentType");
    xml.leaf("Subject", &d.subject);
    xml.leaf("Content", &d.content);
    xml.open("SignerInfo");
    xml.leaf("Competence", &d.competence);
    xml.leaf("Position", &d.position);
    xml.leaf("FullName", &d.signer);
    xml.close("SignerInfo");
    xml.leaf("DueDate", &slashes(&d.due_date));
    xml.list("ToPlaces", "Place", &d.to_places);
    xml.open("OtherInfo");
    xml.leaf("Priority", &d.priority.to_string());
    xml.leaf("SphereOfPromulgation", &d.sphere);
    xml.leaf("TyperNotation", &d.typer);
    xml.leaf("PromulgationAmount", &d.copies.to_string());
    xml.leaf("PageAmount", &d.page_amount.to_string());
    xml.list("Appendixes", "Appendix", &d.appendixes);
    xml.close("OtherInfo");
    for response in &d.response_for {
        xml.response(response);
    }
    xml.leaf("SteeringType", if d.steering.is_empty() { "0" } else { &d.steering });
    xml.leaf("DocumentId", &d.document_id);
    xml.close("MessageHeader");
    let _ = write!(
        xml.0,
        "<edXML:TraceHeaderList id=\"\" version=\"1.0\" edXML:mustUnderstand=\"\" edXML:actor=\"\">"
    );
    for (organ, at) in &d.trace {
        xml.open("TraceHeader");
        xml.leaf("OrganId", organ);
        xml.leaf("Timestamp", at);
        xml.close("TraceHeader");
    }
    xml.part(Part::Business);
    xml.leaf("BussinessDocType", &d.business.to_string());
    xml.leaf("BussinessDocReason", &d.business_reason);
    if let Some(update) = &d.update {
        xml.open("BussinessDocumentInfo");
        xml.leaf("DocumentInfo", &update.document);
        xml.leaf("DocumentReceiver", &update.receivers);
        xml.open("ReceiverList");
        for (kind, organ) in &update.list {
            xml.open("Receiver");
            xml.leaf("ReceiverType", kind);
            xml.leaf("OrganId", organ);
            xml.close("Receiver");
        }
        xml.close("ReceiverList");
        xml.close("BussinessDocumentInfo");
    }
    if !d.replaces.is_empty() {
        xml.open("ReplacementInfoList");
        for replaced in &d.replaces {
            xml.open("ReplacementInfo");
            xml.leaf("DocumentId", &replaced.document_id);
            xml.list("OrganIdList", "OrganId", &replaced.organs);
            xml.close("ReplacementInfo");
        }
        xml.close("ReplacementInfoList");
    }
    xml.staff(&d.staff);
    xml.leaf("Paper", if d.paper.is_empty() { "0" } else { &d.paper });
    xml.leaf("DocumentId", &d.document_id);
    xml.close(Part::Business.name());
    xml.close("TraceHeaderList");
    xml.open("DigitalSignature");
    let head = std::mem::replace(&mut xml, Xml(String::new(), sealer.is_some()));
    xml.close("DigitalSignature");
    xml.close("edXMLHeader");
    xml.part(Part::Body);
    xml.open("edXMLManifest");
    for a in attachments {
        let _ = write!(xml.0, "<edXML:Reference xlink:href=\"cid:{}\">", text(&a.content_id));
        xml.leaf("Description", &a.description);
        xml.leaf("AttachmentName", &a.name);
        xml.leaf("ContentType", &a.content_type);
        xml.leaf("ContentId", &format!("cid:{}", a.content_id));
        xml.close("Reference");
    }
    xml.close("edXMLManifest");
    xml.close("edXMLBody");
    xml.close("edXMLEnvelope");
    finish(out, head, &xml.0, attachments, sealer)?;
    out.write_all(b"<AttachmentEncoded>")?;
    for a in attachments {
        let head = format!(
            "<Attachment><ContentType>{}</ContentType><ContentId>{}</ContentId><Description>{}</Description><ContentTransferEncoded>",
            text(&a.content_type),
            text(&a.content_id),
            text(&a.description)
        );
        out.write_all(head.as_bytes())?;
        encode(out, &mut std::fs::File::open(&a.path)?)?;
        let tail = format!(
            "</ContentTransferEncoded><AttachmentName>{}</AttachmentName></Attachment>",
            text(&a.name)
        );
        out.write_all(tail.as_bytes())?;
    }
    out.write_all(b"</AttachmentEncoded></edXML>\n")
}

fn encode(out: &mut dyn Write, input: &mut dyn Read) -> io::Result<()> {
    // A multiple of three, so that no padding stands in the middle.
    let mut buffer = vec![0u8; 3 * 64 * 1024];
    let mut text = String::new();
    loop {
        let mut filled = 0;
        while filled < buffer.len() {
            match input.read(&mut buffer[filled..])? {
                0 => break,
                n => filled += n,
            }
        }
        if filled == 0 {
            return Ok(());
        }
        text.clear();
        STANDARD.encode_string(&buffer[..filled], &mut text);
        out.write_all(text.as_bytes())?;
    }
}

/// Writes a status message.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_status(out: &mut dyn Write, s: &Status) -> io::Result<()> {
    status(out, s, None)
}

/// The same, signed.
///
/// # Errors
/// As [`write_status`], and when the key fails.
pub fn write_signed_status(out: &mut dyn Write, s: &Status, sealer: &Sealer) -> io::Result<()> {
    status(out, s, Some(sealer))
}

fn status(out: &mut dyn Write, s: &Status, sealer: Option<&Sealer>) -> io::Result<()> {
    let mut xml = Xml(String::new(), sealer.is_some());
    start(&mut xml);
    xml.part(Part::MessageHeader);
    xml.organ("From", &s.from);
    for to in &s.to {
        xml.organ("To", to);
    }
    xml.close("MessageHeader");
    xml.part(Part::Status);
    xml.response(&Response {
        organ_id: s.for_organ.clone(),
        number: s.for_number.clone(),
        date: s.for_date.clone(),
        document_id: s.for_document_id.clone(),
    });
    xml.organ("From", &s.from);
    xml.leaf("StatusCode", &s.code);
    xml.leaf("Description", &s.description);
    xml.leaf("Timestamp", &s.timestamp);
    xml.staff(&s.staff);
    xml.close("Status");
    xml.open("DigitalSignature");
    let head = std::mem::replace(&mut xml, Xml(String::new(), sealer.is_some()));
    xml.close("DigitalSignature");
    xml.close("edXMLHeader");
    xml.close("edXMLEnvelope");
    finish(out, head, &xml.0, &[], sealer)?;
    out.write_all(b"</edXML>\n")
}
