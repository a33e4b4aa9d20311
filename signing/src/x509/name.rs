//! Distinguished names: comparing them (RFC 5280, 7.1) and showing them (RFC 4514).

use crate::asn1::{Malformed, Reader, SEQUENCE, SET};

/// A distinguished name as it stands in a certificate.
#[derive(Debug, Clone)]
pub struct Name {
    raw: Vec<u8>,
    /// One entry a relative name, each a sorted list of (attribute type, folded value).
    folded: Vec<Vec<(String, String)>>,
    shown: Vec<(String, String)>,
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

impl Eq for Name {}

impl std::hash::Hash for Name {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.folded.hash(state);
    }
}

impl Name {
    /// `raw` is the whole SEQUENCE.
    pub fn parse(raw: &[u8]) -> Result<Self, Malformed> {
        let mut folded = Vec::new();
        let mut shown = Vec::new();
        for set in Reader::new(raw).sequence()?.all()? {
            if set.tag != SET {
                return Err(Malformed("relative distinguished name"));
            }
            let mut relative = Vec::new();
            for pair in set.reader().all()? {
                if pair.tag != SEQUENCE {
                    return Err(Malformed("attribute of a name"));
                }
                let mut pair = pair.reader();
                let kind = pair.any()?.oid()?;
                let value = pair.any()?;
                pair.end()?;
                let text = text(value.tag, value.content);
                relative.push((kind.clone(), fold(&text)));
                shown.push((kind, text));
            }
            relative.sort();
            folded.push(relative);
        }
        Ok(Name {
            raw: raw.to_vec(),
            folded,
            shown,
        })
    }

    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    pub fn is_empty(&self) -> bool {
        self.folded.is_empty()
    }

    pub fn common_name(&self) -> Option<&str> {
        self.attribute("2.5.4.3")
    }

    pub fn organisation(&self) -> Option<&str> {
        self.attribute("2.5.4.10")
    }

    /// Mail addresses inside the name, which name constraints reach too.
    pub fn mail_addresses(&self) -> impl Iterator<Item = &str> {
        self.shown
            .iter()
            .filter(|(kind, _)| kind == "1.2.840.113549.1.9.1")
            .map(|(_, value)| value.as_str())
    }

    /// The most specific value of an attribute type.
    fn attribute(&self, kind: &str) -> Option<&str> {
        let found = self.shown.iter().rev().find(|(k, _)| k == kind);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether `self` lies in the subtree below `base`.
    pub fn within(&self, base: &Name) -> bool {
        self.folded.starts_with(&base.folded)
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (kind, value)) in self.shown.iter().rev().enumerate() {
            if i > 0 {
                f.write_str(",")?;
            }
            write!(f, "{}=", short(kind).unwrap_or(kind))?;
            for (at, c) in value.char_indices() {
                let edge = (at == 0 && (c == ' ' || c == '#')) || (c == ' ' && at + 1 == value.len());
                if edge || matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';') {
                    f.write_str("\\")?;
                }
                write!(f, "{c}")?;
            }
        }
        Ok(())
    }
}

fn short(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "street",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "title",
        "2.5.4.42" => "givenName",
        "2.5.4.97" => "organizationIdentifier",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "emailAddress",
        _ => return None,
    })
}

/// Text of a directory string; unknown kinds are shown as hexadecimal.
fn text(tag: u8, content: &[u8]) -> String {
    match tag {
        0x0c => String::from_utf8_lossy(content).into_owned(),
        0x1e => {
            let units = content.chunks(2).map(|c| match c {
                [a, b] => u16::from_be_bytes([*a, *b]),
                _ => 0xfffd,
            });
            char::decode_utf16(units)
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        0x1c => content
            .chunks(4)
            .map(|c| match c {
                [a, b, c, d] => char::from_u32(u32::from_be_bytes([*a, *b, *c, *d])),
                _ => None,
            })
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        0x12 | 0x13 | 0x14 | 0x16 | 0x1a => match std::str::from_utf8(content) {
            Ok(text) => text.to_owned(),
            Err(_) => content.iter().map(|b| char::from(*b)).collect(),
        },
        _ => {
            let mut out = String::from("#");
            for b in content {
                out.push_str(&format!("{b:02x}"));
            }
            out
        }
    }
}

/// Case and runs of white space do not tell names apart.
fn fold(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::x509::X509NameBuilder;

    fn name(parts: &[(&str, &str)]) -> Name {
        let mut b = X509NameBuilder::new().unwrap();
        for (k, v) in parts {
            b.append_entry_by_text(k, v).unwrap();
        }
        Name::parse(&b.build().to_der().unwrap()).unwrap()
    }

    #[test]
    fn shown_most_specific_first_and_compared_without_case() {
        let a = name(&[("C", "VN"), ("O", "Sở Nội  vụ"), ("CN", "Nguyễn, A")]);
        assert_eq!(a.to_string(), "CN=Nguyễn\\, A,O=Sở Nội  vụ,C=VN");
        assert_eq!(a, name(&[("C", "VN"), ("O", "sở nội vụ"), ("CN", "NGUYỄN, A")]));
        assert_eq!(a.common_name(), Some("Nguyễn, A"));
        assert!(a.within(&name(&[("C", "VN"), ("O", "Sở Nội vụ")])));
        assert!(!a.within(&name(&[("C", "VN"), ("O", "Sở Y tế")])));
    }
}
