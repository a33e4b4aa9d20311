//! Reading: any prefix, any order, missing optional parts; what could harm or mislead is refused by name.
use super::bound::Bounded;
use super::content;
use super::fields::{self, Node, Raw};
use super::names::Names;
use super::parts::{Found, Parts};
use super::signature::{self, Signature};
use super::{Attachment, Error, Message, NAMESPACE, seal};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::io::BufRead;
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
const MAX_ATTRIBUTES: usize = 64;
const MAX_TEXT: usize = 4 << 20;
const MAX_ATTACHMENTS: usize = 500;

/// A message and its attachments, decoded into a folder of the caller's.
#[derive(Debug)]
pub struct Parsed {
    pub message: Message,
    pub attachments: Vec<Attachment>,
    /// None when nobody has signed the message.
    pub signature: Option<Signature>,
}

/// Reads a whole message; attachments are decoded into files in `folder` as they stream by. A signature that does not
/// hold, or is not about exactly this message, is an error.
///
/// # Errors
/// See [`Error`]; what was written to `folder` by then is the caller's to remove.
pub fn read(input: &mut dyn BufRead, folder: &Path, limits: Limits) -> Result<Parsed, Error> {
    parse(input, Some((folder, limits)), &mut Parts::default())
}

/// Reads no further than the envelope: for a node, which has no business in the attachments. A signature is not looked at.
///
/// # Errors
/// See [`Error`].
pub fn header_only(input: &mut dyn BufRead) -> Result<Message, Error> {
    parse(input, None, &mut Parts::default()).map(|p| p.message)
}

/// A message with the name that it has for all time: what it says and what it brings, however often and under whatever
/// trace it comes.
///
/// # Errors
/// As [`read`].
pub fn identify(input: &mut dyn BufRead, folder: &Path, limits: Limits) -> Result<(Message, String), Error> {
    let mut parts = Parts::default();
    let parsed = parse(input, Some((folder, limits)), &mut parts)?;
    let mut hash = openssl::sha::Sha256::new();
    let mut add = |name: &str, sha256: &[u8; 32]| {
        hash.update(&(name.len() as u64).to_be_bytes());
        hash.update(name.as_bytes());
        hash.update(sha256);
    };
    add(&parsed.message.about(), &[0; 32]);
    parts.found.sort_by_key(|f| f.part.name());
    parts.found.iter().for_each(|f| add(f.part.name(), &f.sha256));
    for attachment in &parsed.attachments {
        add(&attachment.content_id, &seal::digest(&attachment.path)?);
    }
    Ok((parsed.message, hex::encode(hash.finish())))
}

/// What a signature of this envelope is about.
pub fn parts(envelope: &str) -> Result<Vec<Found>, Error> {
    let mut parts = Parts::default();
    parse(&mut envelope.as_bytes(), None, &mut parts)?;
    Ok(parts.found)
}

fn parse(input: &mut dyn BufRead, attachments: Option<(&Path, Limits)>, parts: &mut Parts) -> Result<Parsed, Error> {
    let mut reader = Reader::from_reader(Bounded::new(input));
    let result = events(&mut reader, attachments, parts);
    match result {
        // Whatever the parser made of it, the cause is the bound.
        Err(_) if reader.get_ref().exceeded => Err(Error::TooComplex),
        result => result,
    }
}

fn xml_error(e: quick_xml::Error) -> Error {
    match e {
        // What is wrong with the disk may be right later; what is wrong with the text will not.
        quick_xml::Error::Io(e) if e.raw_os_error().is_some() => Error::Io(std::io::Error::new(e.kind(), e.to_string())),
        e => Error::Malformed(e.to_string()),
    }
}

fn events(reader: &mut Reader<Bounded>, attachments: Option<(&Path, Limits)>, parts: &mut Parts) -> Result<Parsed, Error> {
    reader.config_mut().check_end_names = true;
    let mut buffer = Vec::new();
    let mut names = Names::default();
    let mut stack: Vec<Node> = Vec::new();
    let mut root: Option<Node> = None;
    let mut raw: Vec<Raw> = Vec::new();
    let (mut elements, mut text_size, mut used) = (0usize, 0usize, 0u64);
    let (mut after_content, mut has_header) = (false, false);
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(xml_error)?;
        // A comment, CDATA or element within would silently cut the content short.
        if std::mem::take(&mut after_content) && !matches!(event, Event::End(_)) {
            return Err(Error::Base64(raw.len()));
        }
        match event {
            Event::DocType(_) => return Err(Error::Entities),
            Event::Start(tag) => {
                elements += 1;
                if elements > MAX_ELEMENTS || stack.len() >= MAX_DEPTH {
                    return Err(Error::TooComplex);
                }
                let node = open(&tag, &mut names, stack.len())?;
                if stack.is_empty() {
                    if root.is_some() {
                        return Err(Error::Malformed("two root elements".into()));
                    }
                    check_root(&node.name, &names)?;
                }
                // Or one reader would go by the first and another by the second.
                if node.name.eq_ignore_ascii_case("edXMLHeader") && std::mem::replace(&mut has_header, true) {
                    return Err(Error::Malformed("two headers".into()));
                }
                parts.start(&tag, &names, &stack, &node)?;
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
                    && stack.last().is_some_and(|p| p.name == "Attachment")
                    && let (Some((folder, limits)), number) = (attachments, raw.len())
                    && let Some(target) = raw.last_mut()
                {
                    if target.file.is_some() {
                        return Err(Error::Manifest(format!("attachment {number} has two contents")));
                    }
                    let path = folder.join(format!("attachment-{}", uuid::Uuid::new_v4()));
                    let left = limits.attachments.saturating_sub(used);
                    reader.get_mut().free = true;
                    let room = (left, limits.attachments);
                    let (size, sha256) = content::decode(&mut reader.stream(), &path, room, number, parts.signed())?;
                    reader.get_mut().free = false;
                    used += size;
                    target.file = Some((path, size));
                    target.sha256 = sha256;
                    after_content = true;
                }
                stack.push(node);
            }
            Event::Empty(tag) => {
                elements += 1;
                if elements > MAX_ELEMENTS {
                    return Err(Error::TooComplex);
                }
                let node = open(&tag, &mut names, stack.len())?;
                parts.start(&tag, &names, &stack, &node)?;
                parts.end();
                names.leave(stack.len());
                match stack.last_mut() {
                    Some(parent) => parent.children.push(node),
                    None => return Err(Error::Missing("edXMLEnvelope")),
                }
            }
            Event::End(_) => {
                let Some(node) = stack.pop() else {
                    return Err(Error::Malformed("an end without a start".into()));
                };
                parts.end();
                names.leave(stack.len());
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
            Event::Text(text) => {
                let text = text.xml10_content();
                parts.text(&text);
                add(&mut stack, &text, &mut text_size)?;
            }
            Event::CData(text) => {
                let text = text.xml10_content();
                parts.text(&text);
                add(&mut stack, &text, &mut text_size)?;
            }
            Event::GeneralRef(name) => {
                let resolved = match name.resolve_char_ref().map_err(|e| Error::Malformed(e.to_string()))? {
                    Some(c) => c.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&name.into_inner())
                        .ok_or(Error::Entities)?
                        .to_owned(),
                };
                parts.text(&resolved);
                add(&mut stack, &resolved, &mut text_size)?;
            }
            Event::PI(instruction) => parts.instruction(instruction.target(), instruction.content()),
            Event::Eof => break,
            Event::Decl(_) | Event::Comment(_) => {}
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
    let mut root = root.ok_or_else(|| Error::Malformed("empty".into()))?;
    let signature = match attachments {
        Some(_) => signature::check(&mut root, &mut raw, parts)?,
        None => None,
    };
    let message = fields::message(&root)?;
    let attachments = if attachments.is_some() {
        fields::attach(&root, raw)?
    } else {
        Vec::new()
    };
    Ok(Parsed {
        message,
        attachments,
        signature,
    })
}

fn open(tag: &BytesStart, names: &mut Names, depth: usize) -> Result<Node, Error> {
    let (mut href, mut ids, mut all) = (String::new(), Vec::new(), Vec::new());
    for (n, attribute) in tag.attributes().with_checks(false).enumerate() {
        if n >= MAX_ATTRIBUTES {
            return Err(Error::TooComplex);
        }
        let attribute = attribute.map_err(|e| Error::Malformed(e.to_string()))?;
        let key = attribute.key.as_ref();
        let prefix = if key == "xmlns" { Some("") } else { key.strip_prefix("xmlns:") };
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(xml_error)?.into_owned();
        if let Some(prefix) = prefix {
            names.declare(depth, prefix, value);
            continue;
        }
        let local = attribute.key.local_name();
        if local.as_ref().eq_ignore_ascii_case("id") && !value.is_empty() {
            ids.push(value.clone());
        }
        if local.as_ref() == "href" {
            href = value;
        } else {
            all.push((key.to_owned(), value));
        }
    }
    let full = tag.name();
    let (prefix, local) = full.as_ref().split_once(':').unwrap_or(("", full.as_ref()));
    let name = match names.of(prefix) {
        Some(NAMESPACE | "") => local.to_owned(),
        None if prefix.is_empty() => local.to_owned(),
        None => return Err(Error::Namespace(format!("the prefix {prefix} is not declared"))),
        Some(signature::NAMESPACE) => format!("{{ds}}{local}"),
        // Somebody else's element: kept, but never taken for one of ours.
        Some(_) => format!("{{}}{local}"),
    };
    let attributes = if name.starts_with("{ds}") { all } else { Vec::new() };
    Ok(Node {
        name,
        href,
        ids,
        attributes,
        ..Node::default()
    })
}

fn check_root(name: &str, names: &Names) -> Result<(), Error> {
    if !name.eq_ignore_ascii_case("edXML") {
        return Err(Error::Namespace(format!("the root element is {name}")));
    }
    match names.any(NAMESPACE) {
        true => Ok(()),
        false => Err(Error::Namespace("another namespace".into())),
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
