//! A PDF on its way in: streamed to disk, hashed on the way, judged by its content.
use super::{Error, Result, Service};
use crate::files::{FileError, Incoming};
use axum::extract::Multipart;
use signing::{DocumentInfo, FileSource};
use std::collections::HashMap;

/// A text field of a form is never longer.
const LONGEST_FIELD: usize = 64 * 1024;

/// Values of one name, and characters of each, that fit into an address.
const MOST_KEPT: usize = 60;
const LONGEST_KEPT: usize = 1000;
/// What a person enters of a document.
const ENTERED: [&str; 13] = [
    "kind",
    "abstract_text",
    "urgency",
    "leader_id",
    "receivers",
    "supersedes",
    "supersedes_kind",
    "supersedes_reason",
    "sender",
    "notation",
    "issued_on",
    "channel",
    "pages",
];

/// A multipart form: its text fields in order, and its file.
#[derive(Default)]
pub struct Form {
    fields: HashMap<String, Vec<String>>,
    pub file: Option<Uploaded>,
}

/// A readable PDF, not yet kept.
pub struct Uploaded {
    pub incoming: Incoming,
    pub name: String,
    pub info: DocumentInfo,
}

impl Form {
    /// A form that a program fills in.
    pub fn new(fields: &[(&str, &str)], file: Option<Uploaded>) -> Self {
        let mut form = Self { file, ..Self::default() };
        for (name, text) in fields {
            form.fields.entry((*name).to_owned()).or_default().push((*text).to_owned());
        }
        form
    }

    pub fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(|v| v.first()).map_or("", |v| v.trim())
    }

    pub fn all(&self, name: &str) -> Vec<String> {
        let values = self.fields.get(name).map(Vec::as_slice).unwrap_or_default();
        values.iter().map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()).collect()
    }

    /// What a person entered of a document, as a query: a browser without script gets it back in the form after a refusal.
    pub fn entered(&self) -> String {
        let mut pairs = Vec::new();
        for name in ENTERED {
            for value in self.all(name).into_iter().take(MOST_KEPT) {
                let value: String = value.chars().take(LONGEST_KEPT).collect();
                pairs.push(format!("{name}={}", crate::web::url_encode(&value)));
            }
        }
        pairs.join("&")
    }
}

impl Service {
    /// Reads a whole form. What is not a readable PDF is refused and leaves nothing behind.
    pub async fn read_form(&self, multipart: Multipart) -> Result<Form> {
        let mut form = Form::default();
        self.read_into(&mut form, multipart).await?;
        Ok(form)
    }

    /// The same; after a refusal `form` holds the text fields that came before what was refused.
    pub async fn read_into(&self, form: &mut Form, mut multipart: Multipart) -> Result<()> {
        loop {
            let field = multipart.next_field().await.map_err(|e| Error::Form(e.to_string()))?;
            let Some(field) = field else { return Ok(()) };
            let name = field.name().unwrap_or_default().to_owned();
            if let Some(file_name) = field.file_name().map(clean_name) {
                let incoming = self.files.receive(field, self.config.upload_limit).await?;
                if incoming.size == 0 && file_name.is_empty() {
                    continue;
                }
                form.file = Some(self.accept(incoming, &file_name).await?);
            } else {
                let mut text = Vec::new();
                let mut field = field;
                while let Some(chunk) = field.chunk().await.map_err(|e| Error::Interrupted(e.to_string()))? {
                    text.extend_from_slice(&chunk);
                    if text.len() > LONGEST_FIELD {
                        return Err(Error::Form(format!("{name}: too long")));
                    }
                }
                let text = String::from_utf8(text).map_err(|_| Error::Form(format!("{name}: not UTF-8")))?;
                form.fields.entry(name).or_default().push(text);
            }
        }
    }

    /// A file that came in, if it is a readable PDF.
    pub async fn accept(&self, incoming: Incoming, name: &str) -> Result<Uploaded> {
        Ok(Uploaded {
            info: self.judge(&incoming).await?,
            incoming,
            name: clean_name(name),
        })
    }

    /// What the file is, or why it is refused.
    pub async fn judge(&self, incoming: &Incoming) -> Result<DocumentInfo> {
        let path = incoming.path().to_owned();
        let judged = tokio::task::spawn_blocking(move || -> Result<DocumentInfo> {
            let file = std::fs::File::open(path).map_err(|e| Error::Files(FileError::Io(e)))?;
            let source = FileSource::new(file).map_err(|e| Error::Files(FileError::Io(e)))?;
            signing::inspect(&source, None).map_err(|e| match e {
                signing::Error::Pdf(signing::pdf::PdfError::Password) => Error::Password,
                signing::Error::Pdf(signing::pdf::PdfError::Io(e)) => Error::Interrupted(e),
                other => Error::Unreadable(other.to_string()),
            })
        });
        judged.await.map_err(|e| Error::Unreadable(e.to_string()))?
    }
}

/// The last part of a path, without what a file system or a screen chokes on.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_entered_comes_back_in_the_address() {
        let form = Form::new(
            &[
                ("kind", "QĐ"),
                ("abstract_text", "a & b"),
                ("receivers", "H99.5"),
                ("receivers", "H99.6"),
                ("pin", "1"),
            ],
            None,
        );
        assert_eq!(
            form.entered(),
            "kind=Q%C4%90&abstract_text=a%20%26%20b&receivers=H99.5&receivers=H99.6"
        );
    }
}
