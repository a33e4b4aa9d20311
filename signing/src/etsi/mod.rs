//! The validation report of ETSI TS 119 102-2 (version 1.4.1), XML that other systems read.
//!
//! One `SignatureValidationReport` for each signature of each file, in the order of signing. Document time stamps are
//! validation objects, as are the certificates, lists, answers and tokens; each carries its own judgement where it has one.
mod objects;
mod xml;

use crate::error::Result;
use crate::validate::{Indication, Kind, Moment, Report, SignatureReport};
use objects::{Objects, Stamp, certificate_id, data, poe, status};
use std::io;
use xml::Xml;

const NAMESPACES: [(&str, &str); 4] = [
    ("xmlns", "http://uri.etsi.org/19102/v1.4.1#"),
    ("xmlns:ds", "http://www.w3.org/2000/09/xmldsig#"),
    ("xmlns:xs", "http://www.w3.org/2001/XMLSchema"),
    ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
];

/// Writes what [`validate`](crate::validate::validate) found in files, each with its name, as one validation report (UTF-8).
///
/// A file that cannot be read or has no signature is `indeterminate`, with the stable code of the reason beside it.
///
/// # Errors
/// None but those of memory; the type is that of every writer.
pub fn validation_report(files: &[(&str, &Report)]) -> Result<Vec<u8>> {
    let mut objects = Objects::default();
    let mut xml = Xml::new()?;
    xml.element("ValidationReport", &NAMESPACES, |x| {
        for (number, (name, report)) in files.iter().enumerate() {
            file(x, &mut objects, number + 1, name, report)?;
        }
        objects.write(x)
    })?;
    Ok(xml.finish())
}

fn file<'a>(xml: &mut Xml, objects: &mut Objects<'a>, number: usize, name: &str, report: &'a Report) -> io::Result<()> {
    let at = report.at.unwrap_or(Moment(0));
    let signatures = report.signatures.iter().enumerate().filter(|(_, s)| s.kind == Kind::Signature);
    let mut any = false;
    for (i, signature) in signatures {
        any = true;
        let one = One {
            id: format!("S-{number}-{}", i + 1),
            name,
            at,
            report,
            signature,
        };
        xml.element("SignatureValidationReport", &[], |x| one.write(x, objects))?;
    }
    if any {
        return Ok(());
    }
    for stamp in &report.signatures {
        document_stamp(objects, stamp, None, at);
    }
    let why = report.error.as_ref().map_or("no_signature", |e| e.code);
    xml.element("SignatureValidationReport", &[], |x| {
        identifier(x, &format!("S-{number}"), name, None)?;
        status(x, "indeterminate", None, |x| data(x, &[], None, None, &[("error", why.to_owned())]))
    })
}

/// A document time stamp as an object, and the field of a signature that it covers.
fn document_stamp<'a>(
    objects: &mut Objects<'a>,
    stamp: &'a SignatureReport,
    field: Option<&'a str>,
    at: Moment,
) -> Option<(String, Moment)> {
    let (token, time) = (stamp.cms.as_deref()?, stamp.stamped_time?);
    let judged = Stamp {
        time,
        field,
        indication: stamp.indication,
        sub_indication: stamp.sub_indication,
        chain: &stamp.chain,
    };
    Some((objects.stamp(token, judged, at), time))
}

/// `SignatureIdentifier` (4.3.3).
fn identifier(xml: &mut Xml, id: &str, name: &str, signature: Option<&SignatureReport>) -> io::Result<()> {
    xml.element("SignatureIdentifier", &[("id", id)], |x| {
        if let Some(s) = signature {
            if let (Some(digest), Some(algorithm)) = (&s.signed_digest, &s.digest_algorithm) {
                x.digest("DigestAlgAndValue", digest_uri(algorithm), digest)?;
            }
            if let Some(value) = &s.signature_value {
                x.base64("ds:SignatureValue", value)?;
            }
        }
        x.text("HashOnly", "false")?;
        x.text("DocHashOnly", "false")?;
        let field = signature.and_then(|s| s.field.as_deref());
        match field {
            Some(field) => x.text("DAIdentifier", &format!("{name}#{field}")),
            None => x.text("DAIdentifier", name),
        }
    })
}

/// A signature on its way into the report.
struct One<'a, 'n> {
    id: String,
    name: &'n str,
    at: Moment,
    report: &'a Report,
    signature: &'a SignatureReport,
}

impl<'a> One<'a, '_> {
    fn write(&self, xml: &mut Xml, objects: &mut Objects<'a>) -> io::Result<()> {
        let s = self.signature;
        let field = s.field.as_deref();
        objects.chain(&s.chain, self.at);
        let mut inside = Vec::new();
        for t in &s.timestamps {
            let stamp = Stamp {
                time: t.time,
                field,
                indication: t.indication,
                sub_indication: t.sub_indication,
                chain: &t.chain,
            };
            inside.push((objects.stamp(&t.token, stamp, self.at), t.time));
        }
        let later = self.report.signatures.iter().filter(|t| t.kind == Kind::Timestamp);
        let later = later.filter(|t| t.revision_end > s.revision_end);
        let over: Vec<_> = later.filter_map(|t| document_stamp(objects, t, field, self.at)).collect();

        identifier(xml, &self.id, self.name, Some(s))?;
        self.times(xml, inside.iter().chain(&over))?;
        if let (Some(digest), Some(algorithm)) = (&s.document_digest, self.document_algorithm()) {
            xml.element("SignersDocument", &[], |x| x.digest("DigestAlgAndValue", algorithm, digest))?;
        }
        self.attributes(xml, &inside, &over)?;
        if let Some(leaf) = s.chain.first() {
            xml.element("SignerInformation", &[], |x| {
                x.reference("SignerCertificate", &[certificate_id(leaf)])?;
                x.text("Signer", &leaf.subject)
            })?;
        }
        if let Some(level) = s.level {
            // TS 119 192, 4.2.1.
            let uri = format!("http://uri.etsi.org/ades/191x2/level/baseline/{level}#");
            xml.element("SignatureQuality", &[], |x| x.text("SignatureQualityInformation", &uri))?;
        }
        let process = match (over.is_empty(), inside.is_empty()) {
            (false, _) => "LTA",
            (true, false) => "LTVM",
            (true, true) => "Basic",
        };
        xml.element("SignatureValidationProcess", &[], |x| {
            let uri = format!("urn:etsi:019102:validationprocess:{process}");
            x.text("SignatureValidationProcessID", &uri)
        })?;
        let main = match s.indication {
            Indication::TotalPassed => "total-passed",
            Indication::TotalFailed => "total-failed",
            Indication::Indeterminate => "indeterminate",
        };
        let digest = s.digest_algorithm.as_deref().map(digest_uri);
        status(xml, main, s.sub_indication, |x| {
            data(x, &s.chain, s.sub_indication, digest, &self.remarks())
        })
    }

    /// `ValidationTimeInfo` (4.3.6): the time of validation, and the earliest by which the signature existed.
    fn times<'t>(&self, xml: &mut Xml, mut stamps: impl Iterator<Item = &'t (String, Moment)>) -> io::Result<()> {
        let best = self.signature.proven_time;
        let by = best.and_then(|best| stamps.find(|(_, time)| *time == best));
        xml.element("ValidationTimeInfo", &[], |x| {
            x.text("ValidationTime", &self.at.to_string())?;
            poe(x, "BestSignatureTime", best.unwrap_or(self.at), by.map(|(id, _)| id.as_str()))
        })
    }

    /// What the digest over the document was made with.
    fn document_algorithm(&self) -> Option<&'static str> {
        match self.signature.subfilter.as_deref() {
            Some("adbe.pkcs7.sha1") => Some(digest_uri("SHA-1")),
            _ => self.signature.digest_algorithm.as_deref().map(digest_uri),
        }
    }

    /// `SignatureAttributes` (annex A).
    fn attributes(&self, xml: &mut Xml, inside: &[(String, Moment)], over: &[(String, Moment)]) -> io::Result<()> {
        let s = self.signature;
        // The digest that was signed is known where it is the one that was found.
        let digest = s.document_digest.as_ref().filter(|_| s.intact == Some(true));
        let nothing = s.claimed_time.is_none() && s.subfilter.is_none() && s.byte_range.is_none() && digest.is_none();
        if nothing {
            return Ok(());
        }
        let signed = [("Signed", "true")];
        xml.element("SignatureAttributes", &[], |x| {
            if let Some(time) = s.claimed_time {
                x.element("SigningTime", &signed, |x| x.text("Time", &time.to_string()))?;
            }
            if let Some(place) = &s.location {
                x.element("SignatureProductionPlace", &signed, |x| x.text("AddressString", place))?;
            }
            if let Some(digest) = digest {
                x.element("MessageDigest", &signed, |x| x.base64("Digest", digest))?;
            }
            if let Some(reason) = &s.reason {
                x.element("Reason", &signed, |x| x.text("ReasonElement", reason))?;
            }
            if let Some(filter) = &s.subfilter {
                x.element("SubFilter", &signed, |x| x.text("SubFilterElement", filter))?;
            }
            if let Some(range) = s.byte_range {
                x.text("ByteRange", &range.map(|n| n.to_string()).join(" "))?;
            }
            for (name, stamps) in [("SignatureTimeStamp", inside), ("DocTimeStamp", over)] {
                for (id, time) in stamps {
                    x.element(name, &[("Signed", "false")], |x| {
                        x.reference("AttributeObject", std::slice::from_ref(id))?;
                        x.text("TimeStampValue", &time.to_string())
                    })?;
                }
            }
            Ok(())
        })
    }

    /// What later revisions changed, and the warnings.
    fn remarks(&self) -> Vec<(&'static str, String)> {
        let s = self.signature;
        let mut all = Vec::new();
        let of = |value: serde_json::Result<serde_json::Value>| value.ok().and_then(|v| v.as_str().map(str::to_owned));
        let level = s.modification_level.and_then(|l| of(serde_json::to_value(l)));
        all.extend(level.map(|l| ("modification_level", l)));
        let coverage = s.coverage.and_then(|c| of(serde_json::to_value(c)));
        all.extend(coverage.map(|c| ("coverage", c)));
        all.extend(s.changes.iter().map(|c| ("change", c.to_string())));
        all.extend(s.warnings.iter().map(|w| ("warning", w.clone())));
        all
    }
}

/// URI of a digest algorithm by the name that reports give it (RFC 9231).
fn digest_uri(name: &str) -> &'static str {
    match name {
        "MD5" => "http://www.w3.org/2001/04/xmldsig-more#md5",
        "SHA-1" => "http://www.w3.org/2000/09/xmldsig#sha1",
        "SHA-224" => "http://www.w3.org/2001/04/xmldsig-more#sha224",
        "SHA-384" => "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "SHA-512" => "http://www.w3.org/2001/04/xmlenc#sha512",
        "SHA3-224" => "http://www.w3.org/2007/05/xmldsig-more#sha3-224",
        "SHA3-256" => "http://www.w3.org/2007/05/xmldsig-more#sha3-256",
        "SHA3-384" => "http://www.w3.org/2007/05/xmldsig-more#sha3-384",
        "SHA3-512" => "http://www.w3.org/2007/05/xmldsig-more#sha3-512",
        "SHAKE256" => "urn:oid:2.16.840.1.101.3.4.2.12",
        _ => "http://www.w3.org/2001/04/xmlenc#sha256",
    }
}
