//! Name constraints (RFC 5280, 4.2.1.10).

use super::certificate::Certificate;
use super::name::Name;
use crate::asn1::{Malformed, Reader};

const MAIL: u8 = 0x81;
const DNS: u8 = 0x82;
const DIRECTORY: u8 = 0xa4;
const URI: u8 = 0x86;
const IP: u8 = 0x87;

#[derive(Debug, Clone, Default)]
pub struct NameConstraints {
    permitted: Vec<(u8, Vec<u8>)>,
    excluded: Vec<(u8, Vec<u8>)>,
}

impl NameConstraints {
    pub(super) fn parse(value: &[u8]) -> Result<Self, Malformed> {
        let mut body = Reader::new(value).sequence()?;
        let mut lists = [Vec::new(), Vec::new()];
        for (list, tag) in lists.iter_mut().zip([0xa0, 0xa1]) {
            if let Some(trees) = body.optional(tag)? {
                for tree in trees.reader().all()? {
                    let base = tree.reader().any()?;
                    list.push((base.tag, base.content.to_vec()));
                }
            }
        }
        let [permitted, excluded] = lists;
        Ok(NameConstraints { permitted, excluded })
    }

    /// Whether every name of `certificate` is allowed. A form of constraint that cannot be
    /// judged counts against the names of that form.
    pub fn allow(&self, certificate: &Certificate) -> bool {
        let mut names: Vec<(u8, Vec<u8>)> = certificate.extensions.alternative_names.clone();
        if !certificate.subject.is_empty() {
            names.push((DIRECTORY, certificate.subject.raw().to_vec()));
        }
        for mail in certificate.subject.mail_addresses() {
            names.push((MAIL, mail.as_bytes().to_vec()));
        }
        names.iter().all(|(tag, name)| {
            let same_form = |(t, _): &&(u8, Vec<u8>)| t == tag;
            let mut permitted = self.permitted.iter().filter(same_form).peekable();
            let inside = permitted.peek().is_none() || permitted.any(|(_, base)| matches(*tag, name, base) == Some(true));
            let excluded = self.excluded.iter().filter(same_form);
            let outside = excluded.into_iter().all(|(_, base)| matches(*tag, name, base) == Some(false));
            inside && outside
        })
    }
}

/// `None` when the form is not understood.
fn matches(tag: u8, name: &[u8], base: &[u8]) -> Option<bool> {
    match tag {
        DIRECTORY => Some(Name::parse(name).ok()?.within(&Name::parse(base).ok()?)),
        IP => {
            let (address, mask) = base.split_at_checked(base.len() / 2)?;
            if address.len() != name.len() || mask.len() != name.len() {
                return Some(false);
            }
            let same = |((n, a), m): ((&u8, &u8), &u8)| n & m == a & m;
            Some(name.iter().zip(address).zip(mask).all(same))
        }
        DNS => {
            let (name, base) = texts(name, base)?;
            Some(in_domain(&name, base.trim_start_matches('.')))
        }
        URI => {
            let (name, base) = texts(name, base)?;
            let rest = name.split_once("://")?.1;
            let authority = rest.split(['/', '?', '#']).next()?;
            let host = authority.rsplit('@').next()?.split(':').next()?;
            Some(match base.strip_prefix('.') {
                Some(domain) => in_domain(host, domain) && host != domain,
                None => host == base,
            })
        }
        MAIL => {
            let (name, base) = texts(name, base)?;
            let host = name.rsplit_once('@')?.1;
            Some(match base.strip_prefix('.') {
                Some(domain) => in_domain(host, domain) && host != domain,
                None if base.contains('@') => name == base,
                None => host == base,
            })
        }
        _ => None,
    }
}

fn texts(name: &[u8], base: &[u8]) -> Option<(String, String)> {
    let lower = |b: &[u8]| Some(std::str::from_utf8(b).ok()?.to_ascii_lowercase());
    Some((lower(name)?, lower(base)?))
}

fn in_domain(host: &str, domain: &str) -> bool {
    domain.is_empty() || host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let m = |t, a: &str, b: &str| matches(t, a.as_bytes(), b.as_bytes());
        assert_eq!(m(DNS, "a.gov.vn", "gov.vn"), Some(true));
        assert_eq!(m(DNS, "agov.vn", "gov.vn"), Some(false));
        assert_eq!(m(MAIL, "a@tinh.gov.vn", ".gov.vn"), Some(true));
        assert_eq!(m(MAIL, "a@tinh.gov.vn", "gov.vn"), Some(false));
        assert_eq!(m(URI, "http://x.vn:80/a", "x.vn"), Some(true));
        assert_eq!(matches(IP, &[10, 1, 2, 3], &[10, 1, 0, 0, 255, 255, 0, 0]), Some(true));
        assert_eq!(m(0x88, "1", "1"), None);
    }
}
