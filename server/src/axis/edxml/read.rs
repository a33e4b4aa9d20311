//! Reading: any prefix, any order, missing optional parts; what could harm or mislead is refused by name.
use super::{Attachment, Document, Error, Message, NAMESPACE, Organ, Status, normal_day};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::{BufRead, Write};
use std::path::Path;

/// What a message may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// All attachments together, decoded bytes.
    pub attachments: u64,
}

/// An envelope has some hundred elements; these bounds are for those who mean harm.
const MAX_ELEMENTS: usize = 20_000;
const MAX_DEPTH: usize = 32;
const MAX_TEXT: usize = 4 << 20;
const MAX_ATTACHMENTS: usize = 500;

/// A message and its attachments, decoded into a folder of the caller's.
#[derive(Debug)]
pub struct Parsed {
    pub message: Message,
    pub attachments: Vec<Attachment>,
}

/// Reads a whole message; attachments are decoded into files in `folder` as they stream by.
///
/// # Errors
/// See [`Error`]; what was written to `folder` by then is the caller's to remove.
pub fn read(input: &mut dyn BufRead, folder: &Path, limits: Limits) -> Result<Parsed, Error> {
    parse(input, Some((folder, limits)))
}

/// Reads no further than the envelope: for a node, which has no business in the attachments.
///
/// # Errors
/// See [`Error`].
pub fn header_only(input: &mut dyn BufRead) -> Result<Message, Error> {
    parse(input, None).map(|p| p.message)
}

/// An element of the envelope.
#[derive(Debug, Default)]
struct Node {
    name: String,
    text: String,
    /// Value of an `href` attribute, which manifests use.
    href: String,
    children: Vec<Node>,
}

impl Node {
    fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|c| c.name.eq_ignore_ascii_case(name))
    }
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |c| c.name.eq_ignore_ascii_case(name))
    }
    fn text(&self, name: &str) -> String {
        self.child(name).map(|c| c.text.trim().to_owned()).unwrap_or_default()
    }
    /// The first descendant of that name, nearest first.
    fn find(&self, name: &str) -> Option<&Node> {
        self.child(name).or_else(|| self.children.iter().find_map(|c| c.find(name)))
    }
}

#[derive(Default)]
struct Raw {
    name: String,
    content_type: String,
    content_id: String,
    description: String,
    encoding: String,
    file: Option<(std::path::PathBuf, u64)>,
}

fn parse(input: &mut dyn BufRead, attachments: Option<(&Path, Limits)>) -> Result<Parsed, Error> {
    let malformed = |e: quick_xml::Error| Error::Malformed(e.to_string());
    let mut reader = Reader::from_reader(input);
    reader.config_mut().check_end_names = true;
    let mut buffer = Vec::new();
    let mut stack: Vec<Node> = Vec::new();
    let mut root: Option<Node> = None;
    let mut raw: Vec<Raw> = Vec::new();
    let (mut elements, mut text_size, mut used) = (0usize, 0usize, 0u64);
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(malformed)?;
        match event {
            Event::DocType(_) => return Err(Error::Entities),
            Event::Start(tag) => {
                elements += 1;
                if elements > MAX_ELEMENTS || stack.len() >= MAX_DEPTH {
                    return Err(Error::TooComplex);
                }
                let node = open(&tag)?;
                if stack.is_empty() {
                    if root.is_some() {
                        return Err(Error::Malformed("two root elements".into()));
                    }
                    check_root(&tag, &node.name)?;
                }
                if node.name == "AttachmentEncoded" && attachments.is_none() {
                    // Everything that routing needs has been read.
                    break;
                }
                if node.name == "Attachment" && stack.last().is_some_and(|p| p.name == "AttachmentEncoded") {
                    if raw.len() >= MAX_ATTACHMENTS {
                        return Err(Error::TooComplex);
                    }
                    raw.push(Raw::default());
                }
                if node.name == "ContentTransferEncoded"
                    && let (Some((folder, limits)), Some(target)) = (attachments, raw.last_mut())
                {
                    let path = folder.join(format!("attachment-{}", uuid::Uuid::new_v4()));
                    let size = decode(&mut reader, &path, limits.attachments.saturating_sub(used), limits.attachments)?;
                    used += size;
                    target.file = Some((path, size));
                }
                stack.push(node);
            }
            Event::Empty(tag) => {
                elements += 1;
                if elements > MAX_ELEMENTS {
                    return Err(Error::TooComplex);
                }
                let node = open(&tag)?;
                match stack.last_mut() {
                    Some(parent) => parent.children.push(node),
                    None => check_root(&tag, &node.name)?,
                }
            }
            Event::End(_) => {
                let Some(node) = stack.pop() else {
                    return Err(Error::Malformed("an end without a start".into()));
                };
                if let Some(parent) = stack.last_mut() {
                    if parent.name == "Attachment"
                        && let Some(target) = raw.last_mut()
                    {
                        let value = node.text.trim().to_owned();
                        match node.name.as_str() {
                            "AttachmentName" => target.name = value,
                            "ContentType" => target.content_type = value,
                            "ContentId" => target.content_id = value,
                            "Description" => target.description = value,
                            "ContentTransferEncoding" => target.encoding = value,
                            _ => {}
                        }
                    }
                    parent.children.push(node);
                } else {
                    root = Some(node);
                }
            }
            Event::Text(text) => add(&mut stack, &text.xml10_content(), &mut text_size)?,
            Event::CData(text) => add(&mut stack, &text.xml10_content(), &mut text_size)?,
            Event::GeneralRef(name) => {
                let resolved = match name.resolve_char_ref().map_err(|e| Error::Malformed(e.to_string()))? {
                    Some(c) => c.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&name.into_inner())
                        .ok_or(Error::Entities)?
                        .to_owned(),
                };
                add(&mut stack, &resolved, &mut text_size)?;
            }
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
    // Cut off inside the envelope, or stopped before the attachments: either way the tree is closed here.
    let complete = root.is_some() || attachments.is_none();
    while let Some(node) = stack.pop() {
        match stack.last_mut() {
            Some(parent) => parent.children.push(node),
            None => root = Some(node),
        }
    }
    if !complete {
        return Err(Error::Malformed("the message is cut off".into()));
    }
    let root = root.ok_or_else(|| Error::Malformed("empty".into()))?;
    let message = message(&root)?;
    let attachments = if attachments.is_some() { attach(&root, raw)? } else { Vec::new() };
    Ok(Parsed { message, attachments })
}

fn open(tag: &BytesStart) -> Result<Node, Error> {
    let name = tag.local_name().as_ref().to_owned();
    let mut href = String::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|e| Error::Malformed(e.to_string()))?;
        if attribute.key.local_name().as_ref() == "href" {
            href = attribute.value.into_owned();
        }
    }
    Ok(Node {
        name,
        href,
        ..Node::default()
    })
}

fn check_root(tag: &BytesStart, name: &str) -> Result<(), Error> {
    if !name.eq_ignore_ascii_case("edXML") {
        return Err(Error::Namespace(format!("the root element is {name}")));
    }
    let declared = tag.attributes().flatten().any(|a| {
        let is_declaration = a.key.as_ref() == "xmlns" || a.key.as_ref().starts_with("xmlns:");
        is_declaration && a.value.as_ref() == NAMESPACE
    });
    if declared {
        Ok(())
    } else {
        Err(Error::Namespace("another namespace".into()))
    }
}

fn add(stack: &mut [Node], text: &str, total: &mut usize) -> Result<(), Error> {
    if let Some(node) = stack.last_mut() {
        *total += text.len();
        if *total > MAX_TEXT {
            return Err(Error::TooComplex);
        }
        node.text.push_str(text);
    }
    Ok(())
}

/// Decodes base64 straight from the stream up to the next tag, white space left out.
fn decode(reader: &mut Reader<&mut dyn BufRead>, path: &Path, left: u64, limit: u64) -> Result<u64, Error> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
    let mut stream = reader.stream();
    let mut quantum: Vec<u8> = Vec::with_capacity(1 << 16);
    let mut size = 0u64;
    let mut ended = false;
    let bad = || Error::Base64(path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default());
    let mut flush = |quantum: &mut Vec<u8>, last: bool, ended: &mut bool| -> Result<(), Error> {
        let whole = if last { quantum.len() } else { quantum.len() / 4 * 4 };
        if whole == 0 {
            return Ok(());
        }
        // Padding ends the data: nothing may follow it.
        if *ended {
            return Err(bad());
        }
        let decoded = STANDARD.decode(&quantum[..whole]).map_err(|_| bad())?;
        *ended = quantum[..whole].ends_with(b"=");
        size += decoded.len() as u64;
        if size > left {
            return Err(Error::TooLarge(limit));
        }
        out.write_all(&decoded)?;
        quantum.drain(..whole);
        Ok(())
    };
    loop {
        let available = stream.fill_buf()?;
        if available.is_empty() {
            return Err(Error::Malformed("the message is cut off".into()));
        }
        let end = available.iter().position(|b| *b == b'<');
        let part = &available[..end.unwrap_or(available.len())];
        quantum.extend(part.iter().filter(|b| !b.is_ascii_whitespace()));
        let used = part.len();
        stream.consume(used);
        flush(&mut quantum, false, &mut ended)?;
        if end.is_some() {
            break;
        }
    }
    flush(&mut quantum, true, &mut ended)?;
    out.flush()?;
    Ok(size)
}

fn organ(node: &Node) -> Organ {
    Organ {
        organ_id: node.text("OrganId"),
        in_charge: node.text("OrganizationInCharge"),
        name: node.text("OrganName"),
        address: node.text("OrganAdd"),
        email: node.text("Email"),
        telephone: node.text("Telephone"),
        fax: node.text("Fax"),
        website: node.text("Website"),
    }
}

fn message(root: &Node) -> Result<Message, Error> {
    let header = root.find("edXMLHeader").ok_or(Error::Missing("edXMLHeader"))?;
    if let Some(status) = header.find("Status") {
        return Ok(Message::Status(Box::new(status_of(header, status)?)));
    }
    let head = header.find("MessageHeader").ok_or(Error::Missing("MessageHeader"))?;
    let from = organ(head.child("From").ok_or(Error::Missing("From"))?);
    if from.organ_id.is_empty() {
        return Err(Error::Missing("From/OrganId"));
    }
    let to: Vec<Organ> = head.all("To").map(organ).filter(|o| !o.organ_id.is_empty()).collect();
    if to.is_empty() {
        return Err(Error::Missing("To"));
    }
    let code = head.child("Code").ok_or(Error::Missing("Code"))?;
    let info = head.child("PromulgationInfo").ok_or(Error::Missing("PromulgationInfo"))?;
    let kind = head.child("DocumentType");
    let signer = head.child("SignerInfo");
    let other = head.child("OtherInfo");
    let of = |node: Option<&Node>, name: &str| node.map(|n| n.text(name)).unwrap_or_default();
    let business = header.find("Bussiness").or_else(|| header.find("Business"));
    let business_type = business.and_then(|b| b.child("BussinessDocType").or_else(|| b.child("BusinessDocType")));
    let document = Document {
        from,
        to,
        code_number: code.text("CodeNumber"),
        code_notation: code.text("CodeNotation"),
        place: info.text("Place"),
        promulgation_date: normal_day(&info.text("PromulgationDate")),
        kind: of(kind, "Type"),
        kind_name: of(kind, "TypeName"),
        subject: head.text("Subject"),
        content: head.text("Content"),
        competence: of(signer, "Competence"),
        position: of(signer, "Position"),
        signer: of(signer, "FullName"),
        due_date: normal_day(&head.text("DueDate")),
        to_places: head
            .child("ToPlaces")
            .map(|p| p.all("Place").map(|n| n.text.trim().to_owned()).collect())
            .unwrap_or_default(),
        priority: of(other, "Priority").parse().unwrap_or(0).min(3),
        page_amount: of(other, "PageAmount").parse().unwrap_or(0),
        document_id: head.text("DocumentId"),
        business: business_type.and_then(|n| n.text.trim().parse().ok()).unwrap_or(0),
        trace: header
            .find("TraceHeaderList")
            .map(|l| l.all("TraceHeader").map(|t| (t.text("OrganId"), t.text("Timestamp"))).collect())
            .unwrap_or_default(),
    };
    if document.subject.is_empty() {
        return Err(Error::Missing("Subject"));
    }
    if document.code_notation.is_empty() && document.code_number.is_empty() {
        return Err(Error::Missing("Code/CodeNotation"));
    }
    // Missing or N/A is what some senders write; a wrong one is a contradiction.
    let id = &document.document_id;
    if !id.is_empty() && !id.eq_ignore_ascii_case("n/a") {
        let squeeze = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let parts: Vec<&str> = id.splitn(3, ',').map(str::trim).collect();
        let agrees = matches!(parts[..], [o, day, number] if o == document.from.organ_id
            && normal_day(day) == document.promulgation_date && squeeze(number) == squeeze(&document.number()));
        if !agrees {
            return Err(Error::DocumentId {
                found: id.clone(),
                expected: document.expected_id(),
            });
        }
    }
    Ok(Message::Document(Box::new(document)))
}

fn status_of(header: &Node, node: &Node) -> Result<Status, Error> {
    let response = node.child("ResponseFor").ok_or(Error::Missing("ResponseFor"))?;
    let from = node
        .child("From")
        .or_else(|| header.find("MessageHeader").and_then(|h| h.child("From")))
        .ok_or(Error::Missing("From"))?;
    let code: u32 = node.text("StatusCode").trim().parse().map_err(|_| Error::Missing("StatusCode"))?;
    let to = header
        .find("MessageHeader")
        .map(|h| h.all("To").map(organ).collect())
        .unwrap_or_default();
    let for_organ = response.text("OrganId");
    Ok(Status {
        from: organ(from),
        to,
        for_number: response.text("Code"),
        for_date: normal_day(&response.text("PromulgationDate")),
        for_document_id: response.text("DocumentId"),
        for_organ,
        code: format!("{code:02}"),
        description: node.text("Description"),
        timestamp: node.text("Timestamp"),
        staff: node.child("StaffInfo").map(|s| s.text("Staff")).unwrap_or_default(),
    })
}

fn bare(cid: &str) -> &str {
    cid.trim().strip_prefix("cid:").unwrap_or(cid.trim())
}

/// Attachments in the manifest's order; both lists must name the same.
fn attach(root: &Node, raw: Vec<Raw>) -> Result<Vec<Attachment>, Error> {
    let manifest: Vec<&Node> = root.find("edXMLManifest").map(|m| m.all("Reference").collect()).unwrap_or_default();
    let mut found = Vec::new();
    for r in raw {
        let id = bare(&r.content_id).to_owned();
        let (path, size) = r.file.ok_or_else(|| Error::Manifest(format!("{id}: no content")))?;
        if !r.encoding.is_empty() && !r.encoding.eq_ignore_ascii_case("base64") {
            return Err(Error::Manifest(format!("{id}: encoding {}", r.encoding)));
        }
        if found.iter().any(|a: &Attachment| a.content_id == id) {
            return Err(Error::Manifest(format!("{id} stands twice")));
        }
        found.push(Attachment {
            name: r.name,
            content_type: r.content_type,
            content_id: id,
            description: r.description,
            path,
            size,
        });
    }
    // Some senders leave the manifest out; one that is there must be right.
    if manifest.is_empty() {
        return Ok(found);
    }
    let mut ordered = Vec::new();
    for reference in manifest {
        let named = reference.text("ContentId");
        let id = if named.is_empty() {
            bare(&reference.href).to_owned()
        } else {
            bare(&named).to_owned()
        };
        let at = found
            .iter()
            .position(|a| a.content_id == id)
            .ok_or_else(|| Error::Manifest(format!("{id} is not attached")))?;
        let mut a = found.swap_remove(at);
        if a.name.is_empty() {
            a.name = reference.text("AttachmentName");
        }
        ordered.push(a);
    }
    match found.first() {
        Some(extra) => Err(Error::Manifest(format!("{} is not in the manifest", extra.content_id))),
        None => Ok(ordered),
    }
}
