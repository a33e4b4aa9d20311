//! The XML signature of a message (XML-DSig): which there is, whether it holds, and whether it is about exactly this
//! message. Who made it, and whether that is somebody to trust, is for others to judge.
use super::fields::{Node, Raw, bare};
use super::parts::{Part, Parts};
use super::{Error, fields, seal};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use signing::x509::Certificate;
use signing::x509::signature::Algorithm;

pub const NAMESPACE: &str = "http://www.w3.org/2000/09/xmldsig#";
pub const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
pub const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
pub const ECDSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
/// The signer's certificate and those above it.
const MOST_CERTIFICATES: usize = 10;

/// A signature that holds, over every part and every attachment of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// DER of the certificate whose key made it.
    pub certificate: Vec<u8>,
    /// DER of the other certificates in it.
    pub others: Vec<Vec<u8>>,
}

pub fn is_signed_info(around: &[Node], name: &str) -> bool {
    let path = ["edXML", "edXMLEnvelope", "edXMLHeader", "DigitalSignature", "{ds}Signature"];
    name == "{ds}SignedInfo" && around.len() == path.len() && around.iter().zip(path).all(|(n, p)| n.name.eq_ignore_ascii_case(p))
}

/// Checks the signature of a message that was read whole. What the message says is taken from what was signed alone:
/// `root` loses every other element. None when nobody has signed it.
pub fn check(root: &mut Node, raw: &mut [Raw], parts: &Parts) -> Result<Option<Signature>, Error> {
    let envelopes: Vec<&Node> = root.all("edXMLEnvelope").collect();
    let lists: Vec<&Node> = envelopes
        .iter()
        .flat_map(|e| e.all("edXMLHeader"))
        .flat_map(|h| h.all("DigitalSignature"))
        .collect();
    let signatures: Vec<&Node> = lists.iter().flat_map(|d| d.all("{ds}Signature")).collect();
    let signature = match signatures[..] {
        [] => return Ok(None),
        [one] => one,
        _ => return Err(scope("more than one signature")),
    };
    if envelopes.len() != 1 || lists.len() != 1 {
        return Err(scope("more than one envelope or list of signatures"));
    }
    if let Some(what) = parts.doubled {
        return Err(scope(&format!("{what} stands twice")));
    }
    let mut ids: Vec<&String> = parts.ids.iter().collect();
    ids.sort_unstable();
    if let Some(same) = ids.windows(2).find(|w| w[0] == w[1]) {
        return Err(scope(&format!("the Id {} stands twice", same[0])));
    }
    let info = only(signature, "{ds}SignedInfo")?;
    let text = parts
        .signed_info
        .as_deref()
        .ok_or_else(|| form("SignedInfo is not where it belongs"))?;
    references(info, raw, parts)?;
    let made = value(signature, info, text)?;
    let before = fields::message(root)?;
    prune(root);
    if fields::message(root)? != before {
        return Err(scope("the message says something that is not signed"));
    }
    names_from_manifest(root, raw)?;
    Ok(Some(made))
}

fn form(why: &str) -> Error {
    Error::SignatureForm(why.to_owned())
}

fn scope(why: &str) -> Error {
    Error::SignatureScope(why.to_owned())
}

fn broken(what: &str) -> Error {
    Error::SignatureBroken(what.to_owned())
}

fn only<'a>(node: &'a Node, name: &str) -> Result<&'a Node, Error> {
    let mut all = node.children.iter().filter(|c| c.name == name);
    match (all.next(), all.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(form(&format!("not exactly one {}", name.trim_start_matches("{ds}")))),
    }
}

/// The algorithm that an element names; one with parameters of its own is not known here.
fn algorithm(node: &Node) -> Result<&str, Error> {
    match node.children.is_empty() {
        true => Ok(node.attribute("Algorithm").unwrap_or_default()),
        false => Err(form(&format!("{} with parameters", node.name.trim_start_matches("{ds}")))),
    }
}

fn known(node: &Node, expected: &str) -> Result<(), Error> {
    match algorithm(node)? {
        found if found == expected => Ok(()),
        found => Err(form(&format!("{found} instead of {expected}"))),
    }
}

fn decoded(node: &Node, most: usize) -> Result<Vec<u8>, Error> {
    let text: String = node.text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let unreadable = || form(&format!("{} is no base64", node.name.trim_start_matches("{ds}")));
    if !node.children.is_empty() || text.len() > most {
        return Err(unreadable());
    }
    STANDARD.decode(text).map_err(|_| unreadable())
}

/// Each part and each attachment is referred to exactly once, and nothing else is.
fn references(info: &Node, raw: &mut [Raw], parts: &Parts) -> Result<(), Error> {
    let (mut seen_parts, mut seen_files) = (Vec::new(), Vec::new());
    for child in &info.children {
        match child.name.as_str() {
            "{ds}CanonicalizationMethod" | "{ds}SignatureMethod" => continue,
            "{ds}Reference" => {}
            other => return Err(form(&format!("{other} in SignedInfo"))),
        }
        known(only(child, "{ds}DigestMethod")?, SHA256)?;
        let digest = decoded(only(child, "{ds}DigestValue")?, 100)?;
        let transforms = match child.children.iter().any(|c| c.name == "{ds}Transforms") {
            true => only(child, "{ds}Transforms")?.children.iter().collect(),
            false => Vec::new(),
        };
        let uri = child.attribute("URI").ok_or_else(|| form("a Reference without URI"))?;
        if let Some(id) = uri.strip_prefix('#') {
            let [transform] = transforms[..] else {
                return Err(form("a Reference to an element with other transforms than one"));
            };
            if transform.name != "{ds}Transform" {
                return Err(form("Transforms"));
            }
            known(transform, EXCLUSIVE)?;
            let found = parts.found.iter().find(|f| f.ids[..] == [id]);
            let found = found.ok_or_else(|| scope(&format!("{uri} is no part of this message")))?;
            if seen_parts.contains(&found.part) {
                return Err(scope(&format!("{uri} is referred to twice")));
            }
            if found.sha256[..] != digest[..] {
                return Err(broken(found.part.name()));
            }
            seen_parts.push(found.part);
        } else if let Some(cid) = uri.strip_prefix("cid:") {
            if !transforms.is_empty() {
                return Err(form("a Reference to an attachment with transforms"));
            }
            let mut all = raw.iter_mut().filter(|r| bare(&r.content_id) == bare(cid));
            let (Some(file), None) = (all.next(), all.next()) else {
                return Err(scope(&format!("{uri} is not one attachment")));
            };
            if seen_files.contains(&bare(cid)) {
                return Err(scope(&format!("{uri} is referred to twice")));
            }
            if hashed(file)?[..] != digest[..] {
                return Err(broken(uri));
            }
            seen_files.push(bare(cid));
        } else {
            return Err(form(&format!("a Reference to {uri:?}")));
        }
    }
    if let Some(missing) = parts.found.iter().find(|f| !seen_parts.contains(&f.part)) {
        return Err(scope(&format!("{} is not signed", missing.part.name())));
    }
    match raw.iter().find(|r| !seen_files.contains(&bare(&r.content_id))) {
        Some(missing) => Err(scope(&format!("the attachment {} is not signed", missing.content_id))),
        None => Ok(()),
    }
}

/// Of the decoded content: known from the stream, unless the attachments stood before the signature.
fn hashed(raw: &mut Raw) -> Result<[u8; 32], Error> {
    if let Some(sha256) = raw.sha256 {
        return Ok(sha256);
    }
    let (path, _) = raw.file.as_ref().ok_or_else(|| scope("an attachment without content"))?;
    let sha256 = seal::digest(path)?;
    raw.sha256 = Some(sha256);
    Ok(sha256)
}

/// The signature value, by the one of its certificates that it fits.
fn value(signature: &Node, info: &Node, text: &[u8]) -> Result<Signature, Error> {
    known(only(info, "{ds}CanonicalizationMethod")?, EXCLUSIVE)?;
    let value = decoded(only(signature, "{ds}SignatureValue")?, 4096)?;
    let (algorithm, value) = match algorithm(only(info, "{ds}SignatureMethod")?)? {
        RSA_SHA256 => ("1.2.840.113549.1.1.11", value),
        ECDSA_SHA256 => ("1.2.840.10045.4.3.2", der(&value)?),
        other => return Err(form(&format!("{other} instead of {RSA_SHA256} or {ECDSA_SHA256}"))),
    };
    let algorithm = Algorithm {
        oid: algorithm.into(),
        parameters: None,
    };
    let listed = only(signature, "{ds}KeyInfo")?
        .children
        .iter()
        .filter(|c| c.name == "{ds}X509Data")
        .flat_map(|d| d.children.iter().filter(|c| c.name == "{ds}X509Certificate"));
    let mut certificates = Vec::new();
    for certificate in listed {
        let der = decoded(certificate, 64 * 1024)?;
        let read = Certificate::parse(&der).map_err(|_| form("a certificate that cannot be read"))?;
        certificates.push((der, read));
    }
    if certificates.is_empty() || certificates.len() > MOST_CERTIFICATES {
        return Err(form("no certificate, or too many"));
    }
    let fits = certificates
        .iter()
        .position(|(_, c)| strong(c) && c.key.verifies(&algorithm, None, text, &value));
    let signer = fits.ok_or_else(|| broken("SignatureValue"))?;
    let (certificate, _) = certificates.swap_remove(signer);
    Ok(Signature {
        certificate,
        others: certificates.into_iter().map(|(der, _)| der).collect(),
    })
}

fn strong(certificate: &Certificate) -> bool {
    match certificate.key.strength() {
        Some(("RSA", bits)) => bits >= 2048,
        Some(("EC", bits)) => bits >= 256,
        _ => false,
    }
}

/// XML-DSig writes both numbers of an ECDSA value one after the other.
fn der(value: &[u8]) -> Result<Vec<u8>, Error> {
    let unreadable = |_| form("an ECDSA value that cannot be read");
    let (r, s) = value.split_at(value.len() / 2);
    let sides = BigNum::from_slice(r).and_then(|r| Ok((r, BigNum::from_slice(s)?)));
    let (r, s) = sides.map_err(unreadable)?;
    EcdsaSig::from_private_components(r, s).and_then(|e| e.to_der()).map_err(unreadable)
}

/// Leaves the signed parts, where the standard has them, and the trace.
fn prune(root: &mut Node) {
    let is = |node: &Node, names: &[&str]| names.iter().any(|n| node.name.eq_ignore_ascii_case(n));
    root.children.retain(|c| is(c, &["edXMLEnvelope"]));
    for envelope in &mut root.children {
        envelope.children.retain(|c| is(c, &["edXMLHeader", Part::Body.name()]));
        let headers = envelope.children.iter_mut().filter(|c| is(c, &["edXMLHeader"]));
        for header in headers {
            let kept = [Part::MessageHeader.name(), Part::Status.name(), "TraceHeaderList"];
            header.children.retain(|c| is(c, &kept));
            for list in header.children.iter_mut().filter(|c| is(c, &["TraceHeaderList"])) {
                list.children.retain(|c| is(c, &["TraceHeader", "Bussiness", "Business"]));
                for entry in list.children.iter_mut().filter(|c| is(c, &["TraceHeader"])) {
                    entry.children.retain(|c| is(c, &["OrganId", "Timestamp"]));
                    entry.children.iter_mut().for_each(|c| c.children.clear());
                }
            }
        }
    }
}

/// Beside its content, only the signed manifest says what an attachment is.
fn names_from_manifest(root: &Node, raw: &mut [Raw]) -> Result<(), Error> {
    let manifest = root
        .all("edXMLEnvelope")
        .flat_map(|e| e.all("edXMLBody"))
        .find_map(|b| b.all("edXMLManifest").next());
    for r in raw {
        let entry = manifest.and_then(|m| m.all("Reference").find(|n| fields::named(n) == bare(&r.content_id)));
        let entry = entry.ok_or_else(|| scope(&format!("the attachment {} is not in the manifest", r.content_id)))?;
        r.name = entry.text("AttachmentName");
        r.content_type = entry.text("ContentType");
        r.description = entry.text("Description");
    }
    Ok(())
}
