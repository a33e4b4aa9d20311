//! Seed values: what the author of a form demands of whoever signs a field (ISO 32000-2, 12.7.5.5, table 237).
use super::{Plan, SignOptions};
use crate::error::{Error, Result};
use crate::key::Digest;
use crate::pdf::append::Update;
use crate::validate::fields::text;
use crate::x509::Certificate;
use lopdf::{Dictionary, Object};

/// Bits of `/Ff`: the entries that are demanded, not only proposed.
const FILTER: i64 = 1;
const SUBFILTER: i64 = 1 << 1;
const VERSION: i64 = 1 << 2;
const REASONS: i64 = 1 << 3;
const LEGAL_ATTESTATION: i64 = 1 << 4;
const ADD_REV_INFO: i64 = 1 << 5;
const DIGEST_METHOD: i64 = 1 << 6;
const LOCK_DOCUMENT: i64 = 1 << 7;
const APPEARANCE_FILTER: i64 = 1 << 8;
/// Bits of `/Ff` of the certificate's seed values (table 238).
const CERT_SUBJECT: i64 = 1;
const CERT_ISSUER: i64 = 1 << 1;
const CERT_POLICY: i64 = 1 << 2;
const CERT_SUBJECT_DN: i64 = 1 << 3;
const CERT_KEY_USAGE: i64 = 1 << 5;

/// What the field makes of a signature that did not say.
#[derive(Default)]
pub(super) struct Wanted {
    pub certify: Option<u8>,
    /// DocMDP of an approval signature.
    pub permissions: Option<u8>,
}

/// Checks the plan against the field's `/SV`.
///
/// # Errors
/// [`Error::NotPermitted`] with the demand that is not met.
pub(super) fn check(update: &Update, field: &Dictionary, plan: &Plan, options: &SignOptions) -> Result<Wanted> {
    let mut wanted = Wanted::default();
    let Some(seed) = field.get(b"SV").ok().and_then(|s| update.dictionary(s)) else {
        return Ok(wanted);
    };
    let refuse = |why: String| Err(Error::NotPermitted(format!("the field's seed values: {why}")));
    let value = |key: &[u8]| seed.get(key).ok().map(|v| update.resolve(v)).filter(|v| *v != Object::Null);
    let flags = number(update, &seed, b"Ff");
    let demanded = |bit: i64| flags & bit != 0;
    if demanded(FILTER) && !matches!(value(b"Filter"), None | Some(Object::Name(_))) {
        return refuse("the filter cannot be read".into());
    }
    if let (true, Some(Object::Name(filter))) = (demanded(FILTER), value(b"Filter"))
        && filter != b"Adobe.PPKLite"
    {
        return refuse(format!("they demand the filter {}", String::from_utf8_lossy(&filter)));
    }
    let subfilters = names(update, value(b"SubFilter"));
    if demanded(SUBFILTER) && !subfilters.is_empty() && !subfilters.iter().any(|s| s == "ETSI.CAdES.detached") {
        return refuse(format!("they demand another kind of signature: {}", subfilters.join(", ")));
    }
    if demanded(VERSION) && number(update, &seed, b"V") > 3 {
        return refuse("they are of a version that is not known here".into());
    }
    let reasons = names(update, value(b"Reasons"));
    if demanded(REASONS) {
        let none = reasons.is_empty() || reasons == ["."];
        match &options.reason {
            Some(_) if none => return refuse("they forbid to give a reason".into()),
            given if !none && !given.as_ref().is_some_and(|r| reasons.contains(r)) => {
                return refuse(format!("the reason must be one of: {}", reasons.join("; ")));
            }
            _ => {}
        }
    }
    for (bit, key, what) in [
        (LEGAL_ATTESTATION, &b"LegalAttestation"[..], "a legal attestation"),
        (APPEARANCE_FILTER, b"AppearanceFilter", "an appearance by name"),
    ] {
        if demanded(bit) && value(key).is_some() {
            return refuse(format!("they demand {what}, which cannot be given here"));
        }
    }
    if demanded(ADD_REV_INFO) && value(b"AddRevInfo") == Some(Object::Boolean(true)) {
        return refuse("they demand revocation data inside the signature, which PAdES forbids".into());
    }
    let digests = names(update, value(b"DigestMethod"));
    let plain = |d: &str| d.to_ascii_uppercase().replace('-', "");
    let own = match plan.algorithm.digest() {
        Digest::Sha256 => "SHA256",
        Digest::Sha384 => "SHA384",
        Digest::Sha512 => "SHA512",
    };
    if demanded(DIGEST_METHOD) && !digests.is_empty() && !digests.iter().any(|d| plain(d) == own) {
        return refuse(format!("the digest {own} of this key is none of: {}", digests.join(", ")));
    }
    let stamp = seed.get(b"TimeStamp").ok().and_then(|t| update.dictionary(t));
    if stamp.is_some_and(|t| number(update, &t, b"Ff") & 1 != 0) && !plan.stamped {
        return refuse("they demand a time stamp; sign at level B-T or above".into());
    }
    match value(b"LockDocument") {
        Some(Object::Boolean(true)) => wanted.permissions = Some(1),
        Some(Object::Name(n)) if n == b"true" => wanted.permissions = Some(1),
        Some(Object::Name(_) | Object::Boolean(_)) | None => {}
        Some(_) if demanded(LOCK_DOCUMENT) => return refuse("whether to lock the document cannot be read".into()),
        Some(_) => {}
    }
    let rule = seed.get(b"MDP").ok().and_then(|m| update.dictionary(m));
    match rule.map(|m| number(update, &m, b"P")) {
        Some(0) if options.certify.is_some() => return refuse("they demand an approval, not a certification".into()),
        Some(p @ 1..=3) => match options.certify {
            Some(asked) if i64::from(asked) != p => return refuse(format!("they demand a certification of level {p}")),
            _ => wanted.certify = Some(p as u8),
        },
        _ => {}
    }
    if let Some(seed) = seed.get(b"Cert").ok().and_then(|c| update.dictionary(c)) {
        check_certificate(update, &seed, plan)?;
    }
    Ok(wanted)
}

fn check_certificate(update: &Update, seed: &Dictionary, plan: &Plan) -> Result<()> {
    let refuse = |why: &str| Err(Error::NotPermitted(format!("the field's seed values: {why}")));
    let flags = number(update, seed, b"Ff");
    let list = |key: &[u8]| match seed.get(key).ok().map(|v| update.resolve(v)) {
        Some(Object::Array(items)) => items.iter().map(|i| update.resolve(i)).collect(),
        Some(Object::Null) | None => Vec::new(),
        Some(single) => vec![single],
    };
    let strings = |key: &[u8]| -> Vec<Vec<u8>> { list(key).into_iter().filter_map(|o| o.as_str().ok().map(<[u8]>::to_vec)).collect() };
    let certificate = Certificate::parse(plan.certificate).map_err(|e| Error::Key(e.to_string()))?;
    let subjects = strings(b"Subject");
    if flags & CERT_SUBJECT != 0 && !subjects.is_empty() && !subjects.iter().any(|c| c == plan.certificate) {
        return refuse("they demand another certificate than this one");
    }
    let issuers = strings(b"Issuer");
    if flags & CERT_ISSUER != 0 && !issuers.is_empty() {
        let direct = |der: &[u8]| Certificate::parse(der).is_ok_and(|c| c.subject == certificate.issuer && certificate.signed_by(&c.key));
        if !issuers.iter().any(|c| plan.chain.contains(c) || direct(c)) {
            return refuse("they demand a certificate of another issuer");
        }
    }
    let policies = strings(b"OID");
    let has = |p: &Vec<u8>| certificate.extensions.policies.iter().any(|own| own.as_bytes() == p.as_slice());
    if flags & CERT_POLICY != 0 && !policies.is_empty() && !policies.iter().any(has) {
        return refuse("they demand a certificate of another policy");
    }
    let names: Vec<Dictionary> = list(b"SubjectDN").iter().filter_map(|d| update.dictionary(d)).collect();
    if flags & CERT_SUBJECT_DN != 0 && !names.is_empty() {
        let matches = |wanted: &Dictionary| {
            wanted.iter().all(|(key, value)| match update.resolve(value) {
                Object::String(s, _) => subject_has(plan.certificate, &String::from_utf8_lossy(key), &text(&s)),
                _ => false,
            })
        };
        if !names.iter().any(matches) {
            return refuse("they demand a certificate of another subject");
        }
    }
    let usages = strings(b"KeyUsage");
    if flags & CERT_KEY_USAGE != 0 && !usages.is_empty() {
        let bits = certificate.extensions.key_usage.unwrap_or(0);
        // One character for each bit of the extension: 1 must be set, 0 must not, X does not matter.
        let matches = |pattern: &Vec<u8>| {
            pattern.iter().take(9).enumerate().all(|(i, c)| match c {
                b'0' => bits & (1 << i) == 0,
                b'1' => bits & (1 << i) != 0,
                _ => true,
            })
        };
        if !usages.iter().any(matches) {
            return refuse("they demand a certificate for another use");
        }
    }
    Ok(())
}

/// Whether the subject has an attribute, by its short name such as `CN` or its number, of this value.
fn subject_has(certificate: &[u8], key: &str, wanted: &str) -> bool {
    let Ok(certificate) = openssl::x509::X509::from_der(certificate) else {
        return false;
    };
    certificate.subject_name().entries().any(|e| {
        let named = e.object().nid().short_name().is_ok_and(|n| n.eq_ignore_ascii_case(key)) || e.object().to_string() == key;
        named && e.data().to_string().is_ok_and(|v| v == wanted)
    })
}

fn number(update: &Update, d: &Dictionary, key: &[u8]) -> i64 {
    match d.get(key).map(|n| update.resolve(n)) {
        Ok(Object::Integer(n)) => n,
        Ok(Object::Real(n)) => n as i64,
        _ => 0,
    }
}

/// Names or strings of an array.
fn names(update: &Update, value: Option<Object>) -> Vec<String> {
    let Some(Object::Array(items)) = value else { return Vec::new() };
    let each = items.iter().filter_map(|i| match update.resolve(i) {
        Object::Name(n) => Some(String::from_utf8_lossy(&n).into_owned()),
        Object::String(s, _) => Some(text(&s)),
        _ => None,
    });
    each.collect()
}
