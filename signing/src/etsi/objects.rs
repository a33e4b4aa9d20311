//! Certificates, revocation data and time stamps, each once in the report and referred to by its identifier.
use super::xml::Xml;
use crate::validate::ChainLink;
use crate::validate::{Indication, Moment, SubIndication};
use std::collections::BTreeMap;
use std::io;

/// What kind of object it is (TS 119 102-2, 4.4.4).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Certificate,
    Crl,
    Ocsp,
    Timestamp,
}

impl Kind {
    fn uri(self) -> &'static str {
        match self {
            Self::Certificate => "urn:etsi:019102:validationObject:certificate",
            Self::Crl => "urn:etsi:019102:validationObject:CRL",
            Self::Ocsp => "urn:etsi:019102:validationObject:OCSPResponse",
            Self::Timestamp => "urn:etsi:019102:validationObject:timestamp",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Certificate => "C",
            Self::Crl => "CRL",
            Self::Ocsp => "OCSP",
            Self::Timestamp => "T",
        }
    }
}

/// What a time stamp proves, and how it was judged itself.
pub(super) struct Stamp<'a> {
    pub time: Moment,
    /// Field of the signature that is proven to have existed.
    pub field: Option<&'a str>,
    pub indication: Indication,
    pub sub_indication: Option<SubIndication>,
    pub chain: &'a [ChainLink],
}

struct Object<'a> {
    kind: Kind,
    der: &'a [u8],
    /// When it was validated, which proves that it exists since.
    seen: Moment,
    stamps: Vec<Stamp<'a>>,
}

/// All objects of a report by their identifiers.
#[derive(Default)]
pub(super) struct Objects<'a>(BTreeMap<String, Object<'a>>);

impl<'a> Objects<'a> {
    fn add(&mut self, kind: Kind, der: &'a [u8], at: Moment) -> String {
        let id = identifier(kind, der);
        self.0.entry(id.clone()).or_insert(Object {
            kind,
            der,
            seen: at,
            stamps: Vec::new(),
        });
        id
    }

    /// Certificates of a path with what was used to judge them.
    pub fn chain(&mut self, chain: &'a [ChainLink], at: Moment) {
        for link in chain {
            self.add(Kind::Certificate, &link.der, at);
            if let Some(evidence) = &link.revocation_evidence {
                self.add(revocation_kind(link), evidence, at);
            }
        }
    }

    pub fn stamp(&mut self, token: &'a [u8], stamp: Stamp<'a>, at: Moment) -> String {
        self.chain(stamp.chain, at);
        let id = self.add(Kind::Timestamp, token, at);
        if let Some(object) = self.0.get_mut(&id) {
            object.stamps.push(stamp);
        }
        id
    }

    pub fn write(&self, xml: &mut Xml) -> io::Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        xml.element("SignatureValidationObjects", &[], |x| {
            for (id, object) in &self.0 {
                x.element("ValidationObject", &[("id", id)], |x| object.write(x))?;
            }
            Ok(())
        })
    }
}

impl Object<'_> {
    fn write(&self, xml: &mut Xml) -> io::Result<()> {
        xml.text("ObjectType", self.kind.uri())?;
        xml.element("ValidationObjectRepresentation", &[], |x| x.base64("base64", self.der))?;
        poe(xml, "POE", self.seen, None)?;
        let Some(first) = self.stamps.first() else { return Ok(()) };
        let good = self.stamps.iter().filter(|s| s.indication == Indication::TotalPassed);
        let fields: Vec<&str> = good.filter_map(|s| s.field).collect();
        if !fields.is_empty() {
            xml.element("POEProvisioning", &[], |x| {
                x.text("POETime", &first.time.to_string())?;
                for field in fields {
                    x.element("SignatureReference", &[], |x| x.text("PAdESFieldName", field))?;
                }
                Ok(())
            })?;
        }
        xml.element("ValidationReport", &[], |x| {
            if let Some(leaf) = first.chain.first() {
                x.element("SignerInformation", &[], |x| {
                    x.reference("SignerCertificate", &[certificate_id(leaf)])?;
                    x.text("Signer", &leaf.subject)
                })?;
            }
            let main = match first.indication {
                Indication::TotalPassed => "passed",
                Indication::TotalFailed => "failed",
                Indication::Indeterminate => "indeterminate",
            };
            status(x, main, first.sub_indication, |x| {
                data(x, first.chain, first.sub_indication, None, &[])
            })
        })
    }
}

fn identifier(kind: Kind, der: &[u8]) -> String {
    let digest: String = openssl::sha::sha256(der).iter().map(|b| format!("{b:02X}")).collect();
    format!("{}-{digest}", kind.prefix())
}

pub(super) fn certificate_id(link: &ChainLink) -> String {
    identifier(Kind::Certificate, &link.der)
}

fn revocation_kind(link: &ChainLink) -> Kind {
    match link.revocation_source {
        Some("ocsp") => Kind::Ocsp,
        _ => Kind::Crl,
    }
}

/// A proof of existence (4.4.6): by a time stamp, or by having been there when this was validated.
pub(super) fn poe(xml: &mut Xml, name: &str, time: Moment, stamp: Option<&str>) -> io::Result<()> {
    xml.element(name, &[], |x| {
        x.text("POETime", &time.to_string())?;
        x.text("TypeOfProof", "urn:etsi:019102:poetype:validation")?;
        match stamp {
            Some(id) => x.reference("POEObject", &[id.to_owned()]),
            None => Ok(()),
        }
    })
}

/// `SignatureValidationStatus` (4.3.4).
pub(super) fn status(
    xml: &mut Xml,
    main: &str,
    sub: Option<SubIndication>,
    associated: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    xml.element("SignatureValidationStatus", &[], |x| {
        x.text("MainIndication", &format!("urn:etsi:019102:mainindication:{main}"))?;
        if let Some(sub) = sub {
            x.text("SubIndication", &format!("urn:etsi:019102:subindication:{}", sub.name()))?;
        }
        associated(x)
    })
}

/// `AssociatedValidationReportData` (4.3.12): the path, what revoked it, which algorithm was too weak, and remarks.
pub(super) fn data(
    xml: &mut Xml,
    chain: &[ChainLink],
    sub: Option<SubIndication>,
    digest: Option<&str>,
    remarks: &[(&str, String)],
) -> io::Result<()> {
    if chain.is_empty() && remarks.is_empty() {
        return Ok(());
    }
    let anchor = chain.last().filter(|c| c.anchor).map(certificate_id);
    xml.element("AssociatedValidationReportData", &[], |x| {
        if let Some(anchor) = &anchor {
            x.reference("TrustAnchor", std::slice::from_ref(anchor))?;
        }
        if let Some(leaf) = chain.first() {
            x.element("CertificateChain", &[], |x| {
                x.reference("SigningCertificate", &[certificate_id(leaf)])?;
                for link in chain.iter().skip(1).filter(|c| !c.anchor) {
                    x.reference("IntermediateCertificate", &[certificate_id(link)])?;
                }
                match anchor.as_ref().filter(|_| chain.len() > 1) {
                    Some(anchor) => x.reference("TrustAnchor", std::slice::from_ref(anchor)),
                    None => Ok(()),
                }
            })?;
        }
        let evidence = |c: &ChainLink| c.revocation_evidence.as_ref().map(|e| identifier(revocation_kind(c), e));
        let related: Vec<String> = chain.iter().filter_map(evidence).collect();
        if !related.is_empty() {
            x.reference("RelatedValidationObject", &related)?;
        }
        let revoked = chain.iter().find_map(|c| Some((c, c.revoked_at?)));
        if let Some((link, at)) = revoked {
            x.element("RevocationStatusInformation", &[], |x| {
                x.reference("ValidationObjectId", &[certificate_id(link)])?;
                x.text("RevocationTime", &at.to_string())?;
                match evidence(link) {
                    Some(id) => x.reference("RevocationObject", &[id]),
                    None => Ok(()),
                }
            })?;
        }
        if let (true, Some(leaf)) = (too_weak(sub), chain.first()) {
            x.element("CryptoInformation", &[], |x| {
                x.reference("ValidationObjectId", &[certificate_id(leaf)])?;
                x.text("Algorithm", algorithm(leaf, digest))?;
                x.text("SecureAlgorithm", "false")
            })?;
        }
        if !remarks.is_empty() {
            x.element("AdditionalValidationReportData", &[], |x| {
                for (kind, words) in remarks {
                    x.element("ReportData", &[], |x| {
                        x.text("Type", kind)?;
                        x.typed("Value", &[("xsi:type", "xs:string")], words)
                    })?;
                }
                Ok(())
            })?;
        }
        Ok(())
    })
}

fn too_weak(sub: Option<SubIndication>) -> bool {
    matches!(
        sub,
        Some(SubIndication::CryptoConstraintsFailure | SubIndication::CryptoConstraintsFailureNoPoe)
    )
}

/// The algorithm that was too weak: the digest where it is an old one, otherwise the key's.
fn algorithm<'a>(leaf: &ChainLink, digest: Option<&'a str>) -> &'a str {
    let key = leaf.key.as_deref().unwrap_or_default();
    match digest {
        Some(digest) if digest == super::digest_uri("MD5") || digest == super::digest_uri("SHA-1") => digest,
        _ if key.starts_with("RSA") => "urn:oid:1.2.840.113549.1.1.1",
        _ if key.starts_with("DSA") => "urn:oid:1.2.840.10040.4.1",
        _ if key.starts_with("EC") => "urn:oid:1.2.840.10045.2.1",
        other => other.unwrap_or("urn:oid:0.0"),
    }
}
