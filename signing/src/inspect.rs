//! What a file is, before anything is done with it.
use crate::error::Result;
use crate::form::{Form, decode_text};
use crate::geometry::{Page, PageInfo};
use crate::pdf::append::Update;
use crate::pdf::crypt::Unlock;
use crate::pdf::{Document, PdfError, Source};
use lopdf::Object;

/// Whether and how a file is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all.
    None,
    /// Opens without a password; an owner password limits what may be done.
    OwnerPassword,
    /// Opened with the key of a recipient.
    Recipients,
    /// Opened with the password given.
    UserPassword,
}

/// What a file says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentInfo {
    /// Such as `1.7`.
    pub version: String,
    /// In order.
    pub pages: Vec<PageInfo>,
    /// Program that wrote the file first.
    pub producer: Option<String>,
    /// From the information dictionary.
    pub title: Option<String>,
    /// Whether and how it is encrypted.
    pub encryption: Encryption,
    /// It has fields, signed ones included.
    pub has_form: bool,
    /// Signed fields, document time stamps included.
    pub signatures: u32,
    /// How often something was appended, the first writing included.
    pub revisions: u32,
}

/// Reads what a file says of itself.
///
/// # Errors
/// When the file cannot be read: not a PDF, broken, without pages, or encrypted and not opened by a password or key.
pub fn inspect<'u>(source: &dyn Source, unlock: impl Into<Unlock<'u>>) -> Result<DocumentInfo> {
    let unlock = unlock.into();
    let document = Document::open(source, unlock)?;
    let newest = document.newest();
    let mut pages = Vec::new();
    for id in document.pages(newest) {
        match Page::read(&document, id) {
            Some(page) => pages.push(page.info()),
            None => return Err(PdfError::Malformed("a page cannot be read".into()).into()),
        }
    }
    if pages.is_empty() {
        return Err(PdfError::Malformed("the document has no pages".into()).into());
    }
    let encryption = match (document.encryption(), unlock.password) {
        (None, _) => Encryption::None,
        (Some(crypt), _) if crypt.for_recipients() => Encryption::Recipients,
        (Some(_), None) => Encryption::OwnerPassword,
        (Some(_), Some(_)) => Encryption::UserPassword,
    };
    let trailer = &document.revisions()[newest].trailer;
    let info = document.get_dict(trailer, b"Info", newest);
    let text = |key: &[u8]| match info.as_ref().and_then(|i| document.get(i, key, newest)) {
        Some(Object::String(s, _)) => Some(decode_text(&s)).filter(|s| !s.trim().is_empty()),
        _ => None,
    };
    let update = Update::new(&document);
    let form = Form::open(&update)?;
    let signatures = form
        .fields
        .iter()
        .filter_map(|f| update.dictionary(f))
        .filter(|f| f.get(b"FT").is_ok_and(|t| t.as_name().is_ok_and(|n| n == b"Sig")) && f.has(b"V"))
        .count();
    let mut head = [0u8; 16];
    let n = usize::try_from(source.len()).unwrap_or(usize::MAX).min(16);
    source.read_at(0, &mut head[..n]).map_err(PdfError::from)?;
    let version = document
        .catalog(newest)
        .and_then(|c| document.get(&c, b"Version", newest))
        .and_then(|v| v.as_name().ok().map(|n| String::from_utf8_lossy(n).into_owned()))
        .unwrap_or_else(|| String::from_utf8_lossy(head.get(5..8).unwrap_or_default()).into_owned());
    Ok(DocumentInfo {
        version,
        pages,
        producer: text(b"Producer"),
        title: text(b"Title"),
        encryption,
        has_form: !form.fields.is_empty(),
        signatures: u32::try_from(signatures).unwrap_or(u32::MAX),
        revisions: u32::try_from(document.revisions().len()).unwrap_or(u32::MAX),
    })
}
