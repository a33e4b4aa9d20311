//! From the elements of an envelope to the message that they say.
use super::{Attachment, Document, Error, Message, Organ, Replacement, Response, Staff, Status, Update, normal_day};
use std::path::PathBuf;

/// An element of the envelope.
#[derive(Debug, Default)]
pub struct Node {
    pub name: String,
    pub text: String,
    /// Value of an `href` attribute, which manifests use.
    pub href: String,
    /// Values of the attributes that could be its Id.
    pub ids: Vec<String>,
    /// Of the elements of a signature: (name, value).
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
}

impl Node {
    fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|c| c.name.eq_ignore_ascii_case(name))
    }
    fn either(&self, name: &str, other: &str) -> Option<&Node> {
        self.child(name).or_else(|| self.child(other))
    }
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |c| c.name.eq_ignore_ascii_case(name))
    }
    /// `N/A` is what some senders write for what they do not know.
    pub fn value(&self) -> String {
        match self.text.trim() {
            text if text.eq_ignore_ascii_case("n/a") => String::new(),
            text => text.to_owned(),
        }
    }
    pub fn text(&self, name: &str) -> String {
        self.child(name).map(Node::value).unwrap_or_default()
    }
    fn texts(&self, list: &str, name: &str) -> Vec<String> {
        self.child(list).map(|l| l.all(name).map(Node::value).collect()).unwrap_or_default()
    }
    /// The first descendant of that name, nearest first.
    fn find(&self, name: &str) -> Option<&Node> {
        self.child(name).or_else(|| self.children.iter().find_map(|c| c.find(name)))
    }
    fn find_either(&self, name: &str, other: &str) -> Option<&Node> {
        self.find(name).or_else(|| self.find(other))
    }
}

/// An attachment as its elements say.
#[derive(Default)]
pub struct Raw {
    pub name: String,
    pub content_type: String,
    pub content_id: String,
    pub description: String,
    pub encoding: String,
    pub file: Option<(PathBuf, u64)>,
    /// Of the decoded content, where it was hashed on its way.
    pub sha256: Option<[u8; 32]>,
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

pub fn message(root: &Node) -> Result<Message, Error> {
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
    let business = header.find_either("Bussiness", "Business");
    let update = business.and_then(|b| b.either("BussinessDocumentInfo", "BusinessDocumentInfo"));
    let document = Document {
        from,
        to,
        code_number: code.text("CodeNumber"),
        code_notation: code.text("CodeNotation"),
        place: info.text("Place"),
        promulgation_date: normal_day(&info.text("PromulgationDate")),
        kind: of(kind, "Type"),
        kind_name: of(kind, "TypeName"),
        kind_detail: of(kind, "TypeDetail"),
        subject: head.text("Subject"),
        content: head.text("Content"),
        competence: of(signer, "Competence"),
        position: of(signer, "Position"),
        signer: of(signer, "FullName"),
        due_date: normal_day(&head.text("DueDate")),
        to_places: head.texts("ToPlaces", "Place"),
        priority: of(other, "Priority").parse().unwrap_or(0).min(3),
        sphere: of(other, "SphereOfPromulgation"),
        typer: of(other, "TyperNotation"),
        copies: of(other, "PromulgationAmount").parse().unwrap_or(0),
        page_amount: of(other, "PageAmount").parse().unwrap_or(0),
        appendixes: other.map(|o| o.texts("Appendixes", "Appendix")).unwrap_or_default(),
        response_for: head.all("ResponseFor").map(response).collect(),
        steering: head.text("SteeringType"),
        document_id: head.text("DocumentId"),
        business: match business
            .and_then(|b| b.either("BussinessDocType", "BusinessDocType"))
            .map(Node::value)
        {
            // One that is not understood must not be taken for a new document.
            Some(n) if !n.is_empty() => n.parse().ok().filter(|n| *n <= 3).ok_or(Error::Missing("BussinessDocType"))?,
            _ => 0,
        },
        business_reason: business
            .and_then(|b| b.either("BussinessDocReason", "BusinessDocReason"))
            .map(Node::value)
            .unwrap_or_default(),
        update: update.map(|u| Update {
            document: u.text("DocumentInfo"),
            receivers: u.text("DocumentReceiver"),
            list: u
                .child("ReceiverList")
                .map(|l| l.all("Receiver").map(|r| (r.text("ReceiverType"), r.text("OrganId"))).collect())
                .unwrap_or_default(),
        }),
        replaces: business
            .and_then(|b| b.child("ReplacementInfoList"))
            .map(|l| l.all("ReplacementInfo").map(replacement).collect())
            .unwrap_or_default(),
        staff: business.and_then(|b| b.child("StaffInfo")).map(staff).unwrap_or_default(),
        paper: of(business, "Paper"),
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
    // Some senders leave it out; a wrong one is a contradiction.
    let id = &document.document_id;
    if !id.is_empty() {
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
    let code: u32 = node
        .text("StatusCode")
        .parse()
        .ok()
        .filter(|n| *n <= 99)
        .ok_or(Error::Missing("StatusCode"))?;
    let to = header
        .find("MessageHeader")
        .map(|h| h.all("To").map(organ).collect())
        .unwrap_or_default();
    let response = self::response(response);
    Ok(Status {
        from: organ(from),
        to,
        for_organ: response.organ_id,
        for_number: response.number,
        for_date: response.date,
        for_document_id: response.document_id,
        code: format!("{code:02}"),
        description: node.text("Description"),
        timestamp: node.text("Timestamp"),
        staff: node.child("StaffInfo").map(staff).unwrap_or_default(),
    })
}

fn response(node: &Node) -> Response {
    // As one text, or in the parts that `Code` has in a document's header.
    let number = match node.child("Code") {
        Some(code) if !code.children.is_empty() => format!("{}/{}", code.text("CodeNumber"), code.text("CodeNotation")),
        _ => node.text("Code"),
    };
    Response {
        organ_id: node.text("OrganId"),
        number,
        date: normal_day(&node.text("PromulgationDate")),
        document_id: node.text("DocumentId"),
    }
}

fn staff(node: &Node) -> Staff {
    Staff {
        department: node.text("Department"),
        name: node.text("Staff"),
        mobile: node.text("Mobile"),
        email: node.text("Email"),
    }
}

fn replacement(node: &Node) -> Replacement {
    Replacement {
        document_id: node.text("DocumentId"),
        organs: node.texts("OrganIdList", "OrganId"),
    }
}

pub fn bare(cid: &str) -> &str {
    cid.trim().strip_prefix("cid:").unwrap_or(cid.trim())
}

/// The attachment that an entry of the manifest is about.
pub fn named(reference: &Node) -> String {
    match reference.text("ContentId") {
        id if id.is_empty() => bare(&reference.href).to_owned(),
        id => bare(&id).to_owned(),
    }
}

/// Attachments in the manifest's order; both lists must name the same.
pub fn attach(root: &Node, raw: Vec<Raw>) -> Result<Vec<Attachment>, Error> {
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
        let id = named(reference);
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
