//! What path validation needs from a certificate (RFC 5280).

use super::constraints::NameConstraints;
use super::name::Name;
use super::signature::{Algorithm, PublicKey};
use crate::asn1::{self, BIT_STRING, BOOLEAN, INTEGER, Malformed, OCTET_STRING, Reader, Tlv};

/// Bits of the key usage extension.
pub mod usage {
    pub const DIGITAL_SIGNATURE: u16 = 1 << 0;
    pub const NON_REPUDIATION: u16 = 1 << 1;
    pub const CERT_SIGN: u16 = 1 << 5;
    pub const CRL_SIGN: u16 = 1 << 6;
}

pub const EKU_OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";
pub const EKU_TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";

#[derive(Debug, Clone, Default)]
pub struct Extensions {
    /// `(is a CA, path length)`.
    pub basic_constraints: Option<(bool, Option<u64>)>,
    pub key_usage: Option<u16>,
    /// Purposes, and whether the extension is critical.
    pub extended_key_usage: Option<(Vec<String>, bool)>,
    pub subject_key_id: Option<Vec<u8>>,
    pub authority_key_id: Option<Vec<u8>>,
    pub name_constraints: Option<NameConstraints>,
    /// Subject alternative names, as (context tag, content).
    pub alternative_names: Vec<(u8, Vec<u8>)>,
    /// Encoded distribution point names, for matching against a CRL's scope.
    pub distribution_points: Vec<Vec<u8>>,
    /// Who else signs lists about this certificate (`cRLIssuer` of its distribution points).
    pub crl_issuers: Vec<Name>,
    pub crl_urls: Vec<String>,
    pub ocsp_urls: Vec<String>,
    pub issuer_urls: Vec<String>,
    pub ocsp_no_check: bool,
    /// Critical extensions that this reader does not know.
    pub unknown_critical: Vec<String>,
    /// `requireExplicitPolicy` of policy constraints, when it demands a policy at once.
    pub explicit_policy: Option<u64>,
    pub policies: Vec<String>,
    /// Policies of one name stand for those of another below this authority.
    pub maps_policies: bool,
}

#[derive(Debug, Clone)]
pub struct Certificate {
    raw: Vec<u8>,
    tbs: Vec<u8>,
    pub version: u64,
    /// Content octets of the serial number.
    pub serial: Vec<u8>,
    pub issuer: Name,
    pub subject: Name,
    /// Seconds since the Unix epoch.
    pub not_before: i64,
    pub not_after: i64,
    pub key: PublicKey,
    pub signature_algorithm: Algorithm,
    pub signature: Vec<u8>,
    pub extensions: Extensions,
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for Certificate {}

impl Certificate {
    /// Reads one DER certificate; bytes behind it are ignored.
    pub fn parse(data: &[u8]) -> Result<Self, Malformed> {
        let whole = Reader::new(data).expect(asn1::SEQUENCE)?;
        let mut outer = whole.reader();
        let tbs = outer.expect(asn1::SEQUENCE)?;
        let signature_algorithm = Algorithm::parse(outer.expect(asn1::SEQUENCE)?)?;
        let signature = outer.expect(BIT_STRING)?.bit_octets()?.to_vec();

        let mut body = tbs.reader();
        let version = match body.optional(0xa0)? {
            Some(v) => v.reader().expect(INTEGER)?.unsigned()? + 1,
            None => 1,
        };
        let serial = body.expect(INTEGER)?.content.to_vec();
        if Algorithm::parse(body.expect(asn1::SEQUENCE)?)? != signature_algorithm {
            return Err(Malformed("two different signature algorithms"));
        }
        let issuer = Name::parse(body.expect(asn1::SEQUENCE)?.raw)?;
        let mut validity = body.sequence()?;
        let not_before = validity.any()?.time()?;
        let not_after = validity.any()?.time()?;
        let subject = Name::parse(body.expect(asn1::SEQUENCE)?.raw)?;
        let key = PublicKey::parse(body.expect(asn1::SEQUENCE)?)?;
        body.optional(0x81)?;
        body.optional(0x82)?;
        let extensions = match body.optional(0xa3)? {
            Some(list) => extensions(list)?,
            None => Extensions::default(),
        };
        Ok(Certificate {
            raw: whole.raw.to_vec(),
            tbs: tbs.raw.to_vec(),
            version,
            serial,
            issuer,
            subject,
            not_before,
            not_after,
            key,
            signature_algorithm,
            signature,
            extensions,
        })
    }

    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Serial number in lowercase hexadecimal, without leading zeros.
    pub fn serial_hex(&self) -> String {
        let text: String = self.serial.iter().map(|b| format!("{b:02x}")).collect();
        match text.trim_start_matches('0') {
            "" => "0".into(),
            digits => digits.into(),
        }
    }

    pub fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    pub fn valid_at(&self, seconds: i64) -> bool {
        (self.not_before..=self.not_after).contains(&seconds)
    }

    /// Whether `issuer`'s key made the signature on this certificate.
    pub fn signed_by(&self, issuer: &PublicKey) -> bool {
        issuer.verifies(&self.signature_algorithm, None, &self.tbs, &self.signature)
    }

    /// Whether the certificate may sign others: RFC 5280 4.2.1.9 and 4.2.1.3.
    pub fn may_issue(&self) -> bool {
        let ca = match self.extensions.basic_constraints {
            Some((ca, _)) => ca,
            // Version 1 roots have no way to say it.
            None => self.version < 3 && self.is_self_issued(),
        };
        ca && self.allows(usage::CERT_SIGN)
    }

    /// Whether the key usage, where stated, includes one of `bits`.
    pub fn allows(&self, bits: u16) -> bool {
        self.extensions.key_usage.is_none_or(|has| has & bits != 0)
    }

    /// Whether the extended key usage names `purpose` explicitly.
    pub fn has_purpose(&self, purpose: &str) -> bool {
        let purposes = self.extensions.extended_key_usage.as_ref();
        purposes.is_some_and(|(list, _)| list.iter().any(|p| p == purpose))
    }

    /// Whether the extended key usage leaves nothing but what has no part in documents: TLS servers,
    /// code, time stamps, OCSP (RFC 5280, 4.2.1.12). Purposes that we do not know may be somebody's
    /// name for signing.
    ///
    /// Where the extension is critical this decides; where it is not, it is told as a warning. EN 319
    /// 102-1 leaves purposes to the policy, no trust list or common viewer demands one of a signer, and
    /// authorities do put one purpose for all that they issue into an extension that may be passed over.
    pub fn is_for_another_purpose(&self) -> bool {
        const OTHERS: [&str; 4] = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.3", EKU_TIME_STAMPING, EKU_OCSP_SIGNING];
        match &self.extensions.extended_key_usage {
            Some((list, _)) => list.iter().all(|purpose| OTHERS.contains(&purpose.as_str())),
            _ => false,
        }
    }

    /// Whether the certificate says where its revocation state can be learnt.
    pub fn declares_revocation(&self) -> bool {
        let said = &self.extensions;
        let places = [&said.crl_urls, &said.ocsp_urls].iter().any(|urls| !urls.is_empty());
        places || !said.distribution_points.is_empty() || !said.crl_issuers.is_empty()
    }
}

fn extensions(list: Tlv<'_>) -> Result<Extensions, Malformed> {
    let mut found = Extensions::default();
    let mut seen: Vec<String> = Vec::new();
    for entry in list.reader().sequence()?.all()? {
        let mut entry = entry.reader();
        let id = entry.any()?.oid()?;
        let critical = match entry.optional(BOOLEAN)? {
            Some(b) => b.boolean()?,
            None => false,
        };
        let value = entry.expect(OCTET_STRING)?.content;
        if seen.contains(&id) {
            return Err(Malformed("extension given twice"));
        }
        let known = extension(&mut found, &id, critical, value)?;
        if critical && !known {
            found.unknown_critical.push(id.clone());
        }
        seen.push(id);
    }
    Ok(found)
}

fn extension(to: &mut Extensions, id: &str, critical: bool, value: &[u8]) -> Result<bool, Malformed> {
    let mut reader = Reader::new(value);
    match id {
        "2.5.29.14" => to.subject_key_id = Some(reader.expect(OCTET_STRING)?.content.to_vec()),
        "2.5.29.15" => to.key_usage = Some(reader.expect(BIT_STRING)?.named_bits()?),
        "2.5.29.17" => {
            let names = reader.sequence()?.all()?;
            to.alternative_names = names.iter().map(|n| (n.tag, n.content.to_vec())).collect();
        }
        "2.5.29.19" => {
            let mut body = reader.sequence()?;
            let ca = match body.optional(BOOLEAN)? {
                Some(b) => b.boolean()?,
                None => false,
            };
            let length = match body.optional(INTEGER)? {
                Some(n) => Some(n.unsigned()?),
                None => None,
            };
            to.basic_constraints = Some((ca, length));
        }
        "2.5.29.30" => to.name_constraints = Some(NameConstraints::parse(value)?),
        "2.5.29.31" => distribution_points(to, reader)?,
        "2.5.29.32" => {
            for policy in reader.sequence()?.all()? {
                to.policies.push(policy.reader().any()?.oid()?);
            }
        }
        "2.5.29.33" => to.maps_policies = true,
        // The inhibition of any-policy only narrows what a demanded policy may be.
        "2.5.29.54" => {}
        "2.5.29.35" => {
            let id = reader.sequence()?.optional(0x80)?;
            to.authority_key_id = id.map(|k| k.content.to_vec());
        }
        "2.5.29.36" => {
            if let Some(skip) = reader.sequence()?.optional(0x80)? {
                to.explicit_policy = Some(skip.unsigned()?);
            }
        }
        "2.5.29.37" => {
            let purposes: Result<Vec<_>, _> = reader.sequence()?.all()?.iter().map(Tlv::oid).collect();
            to.extended_key_usage = Some((purposes?, critical));
        }
        "1.3.6.1.5.5.7.1.1" => {
            for access in reader.sequence()?.all()? {
                let mut access = access.reader();
                let method = access.any()?.oid()?;
                if let Some(url) = url(access.any()?) {
                    match method.as_str() {
                        "1.3.6.1.5.5.7.48.1" => to.ocsp_urls.push(url),
                        "1.3.6.1.5.5.7.48.2" => to.issuer_urls.push(url),
                        _ => {}
                    }
                }
            }
        }
        "1.3.6.1.5.5.7.48.1.5" => to.ocsp_no_check = true,
        // Statements about the certificate that do not change what the path means.
        "1.3.6.1.5.5.7.1.3" | "2.5.29.16" | "2.5.29.18" | "2.5.29.9" => {}
        _ => return Ok(false),
    }
    Ok(true)
}

fn distribution_points(to: &mut Extensions, mut reader: Reader<'_>) -> Result<(), Malformed> {
    for point in reader.sequence()?.all()? {
        let mut point = point.reader();
        let name = point.optional(0xa0)?;
        point.optional(0x81)?;
        if let Some(issuers) = point.optional(0xa2)? {
            // GeneralNames; only directory names can sign.
            for general in issuers.reader().all()?.iter().filter(|n| n.tag == 0xa4) {
                to.crl_issuers.extend(Name::parse(general.content).ok());
            }
        }
        let Some(name) = name else {
            continue;
        };
        for form in name.reader().all()? {
            // [0] fullName; a name relative to the issuer ([1]) is kept for matching only.
            for general in form.reader().all()? {
                to.distribution_points.push(general.raw.to_vec());
                to.crl_urls.extend(url(general));
            }
        }
    }
    Ok(())
}

/// A GeneralName that is a URL of the web.
fn url(name: Tlv<'_>) -> Option<String> {
    let text = std::str::from_utf8(name.content).ok()?;
    let web = text.starts_with("http://") || text.starts_with("https://");
    (name.tag == 0x86 && web).then(|| text.to_owned())
}
