//! Certificate revocation lists (RFC 5280, section 5).

use std::sync::Arc;

use super::certificate::Certificate;
use super::name::Name;
use super::signature::{Algorithm, PublicKey};
use crate::asn1::{BIT_STRING, BOOLEAN, ENUMERATED, GENERALIZED_TIME, INTEGER, Malformed, OCTET_STRING, Reader, SEQUENCE, Tlv, UTC_TIME};

/// Reason code of a certificate that is only suspended.
pub const ON_HOLD: u8 = 6;

/// What a list says about one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Seconds since the Unix epoch.
    pub revoked_at: i64,
    pub reason: Option<u8>,
}

/// Which certificates a list speaks of (issuing distribution point).
#[derive(Debug, Clone, Default)]
struct Scope {
    names: Vec<Vec<u8>>,
    only_users: bool,
    only_cas: bool,
    only_attributes: bool,
    some_reasons: bool,
    indirect: bool,
}

#[derive(Debug, Clone)]
pub struct Crl {
    raw: Arc<[u8]>,
    tbs: Vec<u8>,
    pub issuer: Name,
    pub this_update: i64,
    pub next_update: Option<i64>,
    pub algorithm: Algorithm,
    signature: Vec<u8>,
    entries: Vec<u8>,
    scope: Scope,
    /// A delta, or an extension that must be understood and is not.
    unusable: bool,
}

impl Crl {
    pub fn parse(data: &[u8]) -> Result<Self, Malformed> {
        let whole = Reader::new(data).expect(SEQUENCE)?;
        let mut outer = whole.reader();
        let tbs = outer.expect(SEQUENCE)?;
        let algorithm = Algorithm::parse(outer.expect(SEQUENCE)?)?;
        let signature = outer.expect(BIT_STRING)?.bit_octets()?.to_vec();
        let mut body = tbs.reader();
        body.optional(INTEGER)?;
        if Algorithm::parse(body.expect(SEQUENCE)?)? != algorithm {
            return Err(Malformed("two different signature algorithms"));
        }
        let issuer = Name::parse(body.expect(SEQUENCE)?.raw)?;
        let this_update = body.any()?.time()?;
        let next_update = match body.peek() {
            Some(UTC_TIME | GENERALIZED_TIME) => Some(body.any()?.time()?),
            _ => None,
        };
        let entries = match body.optional(SEQUENCE)? {
            Some(list) => list.content.to_vec(),
            None => Vec::new(),
        };
        let mut crl = Crl {
            raw: whole.raw.into(),
            tbs: tbs.raw.to_vec(),
            issuer,
            this_update,
            next_update,
            algorithm,
            signature,
            entries,
            scope: Scope::default(),
            unusable: false,
        };
        if let Some(list) = body.optional(0xa0)? {
            for extension in list.reader().sequence()?.all()? {
                crl.extension(extension)?;
            }
        }
        Ok(crl)
    }

    fn extension(&mut self, extension: Tlv<'_>) -> Result<(), Malformed> {
        let (id, critical, value) = split(extension)?;
        match id.as_str() {
            "2.5.29.28" => {
                for part in Reader::new(value).sequence()?.all()? {
                    match part.tag {
                        0xa0 => {
                            for form in part.reader().all()? {
                                let names = form.reader().all()?;
                                let raw = names.iter().map(|n| n.raw.to_vec());
                                self.scope.names.extend(raw);
                            }
                        }
                        0x81 => self.scope.only_users = part.boolean()?,
                        0x82 => self.scope.only_cas = part.boolean()?,
                        0x83 => self.scope.some_reasons = true,
                        0x84 => self.scope.indirect = part.boolean()?,
                        0x85 => self.scope.only_attributes = part.boolean()?,
                        _ => self.unusable = true,
                    }
                }
            }
            "2.5.29.27" => self.unusable = true,
            "2.5.29.20" | "2.5.29.35" => {}
            _ => self.unusable |= critical,
        }
        Ok(())
    }

    pub fn raw(&self) -> &Arc<[u8]> {
        &self.raw
    }

    pub fn is_indirect(&self) -> bool {
        self.scope.indirect
    }

    pub fn signed_by(&self, key: &PublicKey) -> bool {
        key.verifies(&self.algorithm, None, &self.tbs, &self.signature)
    }

    /// Whether the list, if authentic, would name `certificate` were it revoked.
    pub fn covers(&self, certificate: &Certificate) -> bool {
        let is_ca = matches!(certificate.extensions.basic_constraints, Some((true, _)));
        let points = &certificate.extensions.distribution_points;
        let named = self.scope.names.is_empty() || self.scope.names.iter().any(|name| points.contains(name));
        let issuer = self.scope.indirect || self.issuer == certificate.issuer;
        let kind = if is_ca { !self.scope.only_users } else { !self.scope.only_cas };
        let partial = self.unusable || self.scope.only_attributes || self.scope.some_reasons;
        kind && named && issuer && !partial
    }

    /// The entry of a certificate. An entry that cannot be read makes the list useless.
    pub fn entry(&self, certificate: &Certificate) -> Result<Option<Entry>, Malformed> {
        let mut list = Reader::new(&self.entries);
        let mut issuer = self.issuer.clone();
        let mut found = None;
        while !list.is_empty() {
            let mut entry = list.sequence()?;
            let serial = entry.expect(INTEGER)?.content;
            if !self.scope.indirect && serial != certificate.serial {
                continue;
            }
            let revoked_at = entry.any()?.time()?;
            let mut reason = None;
            if let Some(extensions) = entry.optional(SEQUENCE)? {
                for extension in extensions.reader().all()? {
                    let (id, critical, value) = split(extension)?;
                    match id.as_str() {
                        "2.5.29.21" => {
                            let code = Reader::new(value).expect(ENUMERATED)?.unsigned()?;
                            reason = u8::try_from(code).ok();
                        }
                        "2.5.29.29" => {
                            let names = Reader::new(value).sequence()?.all()?;
                            let name = names.iter().find(|n| n.tag == 0xa4);
                            let name = name.ok_or(Malformed("certificate issuer"))?;
                            issuer = Name::parse(name.content)?;
                        }
                        _ if critical => return Err(Malformed("unknown critical entry")),
                        _ => {}
                    }
                }
            }
            if serial == certificate.serial && issuer == certificate.issuer {
                found = Some(Entry { revoked_at, reason });
            }
        }
        Ok(found)
    }
}

fn split<'a>(extension: Tlv<'a>) -> Result<(String, bool, &'a [u8]), Malformed> {
    let mut body = extension.reader();
    let id = body.any()?.oid()?;
    let critical = match body.optional(BOOLEAN)? {
        Some(b) => b.boolean()?,
        None => false,
    };
    Ok((id, critical, body.expect(OCTET_STRING)?.content))
}
