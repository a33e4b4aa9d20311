//! What a signature forbids afterwards: fields that it locks (FieldMDP) and what may happen to the document (DocMDP).
use crate::error::{Error, Result};
use crate::pdf::append::Update;
use crate::pdf::write;
use crate::validate::fields::text;
use lopdf::{Dictionary, Object, ObjectId};

/// Fields that nobody may change after the signature (ISO 32000-2, 12.7.5.5, table 236). Names are full names; that of an
/// inner field stands for all below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldLock {
    /// Every field.
    All,
    /// These.
    Include(Vec<String>),
    /// All but these.
    Exclude(Vec<String>),
}

impl FieldLock {
    fn parts(&self) -> (&'static str, Option<&[String]>) {
        match self {
            Self::All => ("All", None),
            Self::Include(names) => ("Include", Some(names)),
            Self::Exclude(names) => ("Exclude", Some(names)),
        }
    }

    /// `/Action` and `/Fields`, which the field's `/Lock` and the transform parameters share.
    fn entries(&self, kind: &str) -> Dictionary {
        let (action, names) = self.parts();
        let mut d = Dictionary::new();
        d.set("Type", kind);
        d.set("Action", action);
        if let Some(names) = names {
            d.set("Fields", Object::Array(names.iter().map(|n| write::text(n)).collect()));
        }
        d
    }

    /// The field's `/Lock`.
    pub(super) fn of_field(&self) -> Dictionary {
        self.entries("SigFieldLock")
    }

    /// The signature reference that makes it binding (ISO 32000-2, 12.8.2.4).
    pub(super) fn reference(&self, root: ObjectId) -> Dictionary {
        let mut parameters = self.entries("TransformParams");
        parameters.set("V", "1.2");
        let mut d = reference("FieldMDP", parameters);
        d.set("Data", root);
        d
    }
}

/// The signature reference of a document-wide rule (ISO 32000-2, 12.8.2.2): 1 nothing, 2 forms and signatures, 3 also
/// annotations.
pub(super) fn document_reference(permissions: u8) -> Dictionary {
    let mut parameters = Dictionary::new();
    parameters.set("Type", "TransformParams");
    parameters.set("P", i64::from(permissions));
    parameters.set("V", "1.2");
    reference("DocMDP", parameters)
}

fn reference(method: &str, parameters: Dictionary) -> Dictionary {
    let mut d = Dictionary::new();
    d.set("Type", "SigRef");
    d.set("TransformMethod", method);
    d.set("TransformParams", parameters);
    d
}

/// What the author of a field laid down in its `/Lock`: the fields, and `/P` for the document (PDF 2.0).
pub(super) fn wanted_by_field(update: &Update, field: &Dictionary) -> Result<(Option<FieldLock>, Option<u8>)> {
    let Some(lock) = field.get(b"Lock").ok().and_then(|l| update.dictionary(l)) else {
        return Ok((None, None));
    };
    let names = || -> Vec<String> {
        let Some(Object::Array(items)) = lock.get(b"Fields").ok().map(|f| update.resolve(f)) else {
            return Vec::new();
        };
        let strings = items.iter().filter_map(|i| match update.resolve(i) {
            Object::String(s, _) => Some(text(&s)),
            _ => None,
        });
        strings.collect()
    };
    let fields = match lock.get(b"Action").map(|a| update.resolve(a)) {
        Ok(Object::Name(action)) => match action.as_slice() {
            b"All" => FieldLock::All,
            b"Include" => FieldLock::Include(names()),
            b"Exclude" => FieldLock::Exclude(names()),
            other => {
                let other = String::from_utf8_lossy(other);
                return Err(Error::NotPermitted(format!("the field's lock asks for something unknown: {other}")));
            }
        },
        _ => return Err(Error::NotPermitted("the field's lock does not say what it locks".into())),
    };
    let permissions = match lock.get(b"P").map(|p| update.resolve(p)) {
        Ok(Object::Integer(p @ 1..=3)) => Some(p as u8),
        _ => None,
    };
    Ok((Some(fields), permissions))
}
