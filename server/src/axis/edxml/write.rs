//! Writing: every element where the standard has it.
use super::{Attachment, Document, NAMESPACE, Organ, Status, slashes};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::escape::escape;
use std::fmt::Write as _;
use std::io::{self, Read, Write};

struct Xml(String);

impl Xml {
    fn open(&mut self, name: &str) {
        let _ = write!(self.0, "<edXML:{name}>");
    }
    fn close(&mut self, name: &str) {
        let _ = write!(self.0, "</edXML:{name}>");
    }
    fn leaf(&mut self, name: &str, value: &str) {
        let _ = write!(self.0, "<edXML:{name}>{}</edXML:{name}>", escape(clean(value)));
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
}

/// XML 1.0 knows no control characters, however escaped.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t' | '\r'))
        .collect()
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
    let mut xml = Xml(String::new());
    start(&mut xml);
    xml.open("MessageHeader");
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
    xml.close("DocumentType");
    xml.leaf("Subject", &d.subject);
    xml.leaf("Content", &d.content);
    xml.open("SignerInfo");
    xml.leaf("Competence", &d.competence);
    xml.leaf("Position", &d.position);
    xml.leaf("FullName", &d.signer);
    xml.close("SignerInfo");
    xml.leaf("DueDate", &slashes(&d.due_date));
    xml.open("ToPlaces");
    for place in &d.to_places {
        xml.leaf("Place", place);
    }
    xml.close("ToPlaces");
    xml.open("OtherInfo");
    xml.leaf("Priority", &d.priority.to_string());
    xml.leaf("SphereOfPromulgation", "");
    xml.leaf("TyperNotation", "");
    xml.leaf("PromulgationAmount", "1");
    xml.leaf("PageAmount", &d.page_amount.to_string());
    xml.open("Appendixes");
    xml.close("Appendixes");
    xml.close("OtherInfo");
    xml.leaf("SteeringType", "0");
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
    // The misspelling is the standard's own.
    xml.open("Bussiness");
    xml.leaf("BussinessDocType", &d.business.to_string());
    xml.leaf("BussinessDocReason", "");
    xml.leaf("Paper", "0");
    xml.leaf("DocumentId", &d.document_id);
    xml.close("Bussiness");
    xml.close("TraceHeaderList");
    xml.open("DigitalSignature");
    xml.close("DigitalSignature");
    xml.close("edXMLHeader");
    xml.open("edXMLBody");
    xml.open("edXMLManifest");
    for a in attachments {
        let _ = write!(xml.0, "<edXML:Reference xlink:href=\"cid:{}\">", escape(clean(&a.content_id)));
        xml.leaf("Description", &a.description);
        xml.leaf("AttachmentName", &a.name);
        xml.leaf("ContentType", &a.content_type);
        xml.leaf("ContentId", &format!("cid:{}", a.content_id));
        xml.close("Reference");
    }
    xml.close("edXMLManifest");
    xml.close("edXMLBody");
    xml.close("edXMLEnvelope");
    xml.0.push_str("<AttachmentEncoded>");
    out.write_all(xml.0.as_bytes())?;
    for a in attachments {
        let head = format!(
            "<Attachment><ContentType>{}</ContentType><ContentId>{}</ContentId><Description>{}</Description><ContentTransferEncoded>",
            escape(clean(&a.content_type)),
            escape(clean(&a.content_id)),
            escape(clean(&a.description))
        );
        out.write_all(head.as_bytes())?;
        encode(out, &mut std::fs::File::open(&a.path)?)?;
        let tail = format!(
            "</ContentTransferEncoded><AttachmentName>{}</AttachmentName></Attachment>",
            escape(clean(&a.name))
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
    let mut xml = Xml(String::new());
    start(&mut xml);
    xml.open("MessageHeader");
    xml.organ("From", &s.from);
    for to in &s.to {
        xml.organ("To", to);
    }
    xml.close("MessageHeader");
    xml.open("Status");
    xml.open("ResponseFor");
    xml.leaf("OrganId", &s.for_organ);
    xml.leaf("Code", &s.for_number);
    xml.leaf("PromulgationDate", &slashes(&s.for_date));
    xml.leaf("DocumentId", &s.for_document_id);
    xml.close("ResponseFor");
    xml.organ("From", &s.from);
    xml.leaf("StatusCode", &s.code);
    xml.leaf("Description", &s.description);
    xml.leaf("Timestamp", &s.timestamp);
    xml.open("StaffInfo");
    xml.leaf("Department", "");
    xml.leaf("Staff", &s.staff);
    xml.leaf("Mobile", "");
    xml.leaf("Email", "");
    xml.close("StaffInfo");
    xml.close("Status");
    xml.open("DigitalSignature");
    xml.close("DigitalSignature");
    xml.close("edXMLHeader");
    xml.close("edXMLEnvelope");
    xml.0.push_str("</edXML>\n");
    out.write_all(xml.0.as_bytes())
}
