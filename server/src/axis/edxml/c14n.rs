//! Exclusive canonical XML 1.0 without comments, of one element at a time and while it streams by. Lists of inclusive
//! prefixes are not known here: whoever asks for one has a form of signature that is refused.
use super::Error;
use super::names::Names;
use openssl::sha::Sha256;
use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;

/// What the canonical text goes into.
pub enum Sink {
    Hash(Box<Sha256>),
    Text(Vec<u8>),
}

impl Sink {
    pub fn hash() -> Self {
        Self::Hash(Box::default())
    }

    fn put(&mut self, text: &str) {
        match self {
            Self::Hash(hash) => hash.update(text.as_bytes()),
            Self::Text(bytes) => bytes.extend_from_slice(text.as_bytes()),
        }
    }
}

/// An element that is being written canonically: its tags and what stands between them.
pub struct Canonical {
    sink: Sink,
    /// Names of the open elements.
    open: Vec<String>,
    /// Namespaces that the output has declared: (number of open elements, prefix, namespace).
    declared: Vec<(usize, String, String)>,
}

impl Canonical {
    pub fn new(sink: Sink) -> Self {
        Self {
            sink,
            open: Vec::new(),
            declared: Vec::new(),
        }
    }

    /// A start tag; `names` are the namespaces in scope, those of the tag itself among them.
    pub fn start(&mut self, tag: &BytesStart, names: &Names) -> Result<(), Error> {
        let full = tag.name();
        let mut used = vec![prefix_of(full.as_ref()).to_owned()];
        // (namespace, local name, name as written, value)
        let mut attributes: Vec<(String, String, String, String)> = Vec::new();
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(malformed)?;
            let key = attribute.key.as_ref();
            if key == "xmlns" || key.starts_with("xmlns:") {
                continue;
            }
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(malformed)?;
            let (prefix, local) = key.split_once(':').unwrap_or(("", key));
            let namespace = match prefix {
                "" => String::new(),
                "xml" => "http://www.w3.org/XML/1998/namespace".into(),
                prefix => {
                    used.push(prefix.to_owned());
                    bound(names, prefix)?
                }
            };
            attributes.push((namespace, local.to_owned(), key.to_owned(), value.into_owned()));
        }
        attributes.sort();
        if attributes.windows(2).any(|w| (&w[0].0, &w[0].1) == (&w[1].0, &w[1].1)) {
            return Err(Error::Malformed("an attribute stands twice".into()));
        }
        used.sort_unstable();
        used.dedup();
        self.sink.put("<");
        self.sink.put(full.as_ref());
        self.open.push(full.as_ref().to_owned());
        for prefix in used {
            self.declare(&prefix, names)?;
        }
        for (.., name, value) in &attributes {
            self.sink.put(" ");
            self.sink.put(name);
            self.sink.put("=\"");
            self.sink.put(&in_attribute(value));
            self.sink.put("\"");
        }
        self.sink.put(">");
        Ok(())
    }

    /// Declares a prefix, unless what is around has done so already.
    fn declare(&mut self, prefix: &str, names: &Names) -> Result<(), Error> {
        if prefix == "xml" {
            return Ok(());
        }
        let namespace = match prefix {
            "" => names.of("").unwrap_or_default().to_owned(),
            prefix => bound(names, prefix)?,
        };
        let around = self.declared.iter().rev().find(|(_, p, _)| p == prefix);
        if around.map_or("", |(.., n)| n.as_str()) == namespace {
            return Ok(());
        }
        self.sink.put(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
        self.sink.put(prefix);
        self.sink.put("=\"");
        self.sink.put(&in_attribute(&namespace));
        self.sink.put("\"");
        self.declared.push((self.open.len(), prefix.to_owned(), namespace));
        Ok(())
    }

    /// An end tag; true when the element is complete.
    pub fn end(&mut self) -> bool {
        let Some(name) = self.open.pop() else { return true };
        self.declared.retain(|(depth, ..)| *depth <= self.open.len());
        self.sink.put("</");
        self.sink.put(&name);
        self.sink.put(">");
        self.open.is_empty()
    }

    /// Text, with its references resolved and its line ends as `\n`.
    pub fn text(&mut self, text: &str) {
        self.sink.put(&escaped(text, |c| match c {
            '&' => Some("&amp;"),
            '<' => Some("&lt;"),
            '>' => Some("&gt;"),
            '\r' => Some("&#xD;"),
            _ => None,
        }));
    }

    pub fn instruction(&mut self, target: &str, content: &str) {
        let content = content.trim_start().replace("\r\n", "\n").replace('\r', "\n");
        self.sink.put("<?");
        self.sink.put(target);
        if !content.is_empty() {
            self.sink.put(" ");
            self.sink.put(&content);
        }
        self.sink.put("?>");
    }

    pub fn finish(self) -> Sink {
        self.sink
    }
}

fn malformed(e: impl std::fmt::Display) -> Error {
    Error::Malformed(e.to_string())
}

fn prefix_of(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

fn bound(names: &Names, prefix: &str) -> Result<String, Error> {
    match names.of(prefix) {
        Some(namespace) if !namespace.is_empty() => Ok(namespace.to_owned()),
        _ => Err(Error::Namespace(format!("the prefix {prefix} is not declared"))),
    }
}

/// A value of an attribute, between double quotes.
pub fn in_attribute(value: &str) -> String {
    escaped(value, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '"' => Some("&quot;"),
        '\t' => Some("&#x9;"),
        '\n' => Some("&#xA;"),
        '\r' => Some("&#xD;"),
        _ => None,
    })
}

fn escaped(text: &str, by: fn(char) -> Option<&'static str>) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match by(c) {
            Some(reference) => out.push_str(reference),
            None => out.push(c),
        }
    }
    out
}
