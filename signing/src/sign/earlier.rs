//! What the signatures that are in a file already forbid to a further one.
use super::What;
use crate::error::{Error, Result};
use crate::pdf::Document;
use crate::validate::facts::locks;
use crate::validate::fields;
use lopdf::Object;

/// Refuses what would break an earlier signature, or could never be valid.
pub(super) fn check(document: &Document, what: What, field: &str, certify: Option<u8>) -> Result<()> {
    let newest = document.newest();
    let (mut approved, mut stamped) = (false, false);
    for signed in fields::signed(document, newest) {
        let name = match document.get(&signed.dict, b"SubFilter", newest) {
            Some(Object::Name(name)) => name,
            _ => Vec::new(),
        };
        if name == b"ETSI.RFC3161" {
            stamped = true;
            continue;
        }
        approved = true;
        let rules = locks(document, &signed.dict, newest);
        let by = &signed.field.name;
        if rules.certification == Some(1) && what == What::Signature {
            let why = format!("the signature in {by} allows no further signature (DocMDP 1); a document time stamp may still be added");
            return Err(Error::NotPermitted(why));
        }
        if what == What::Signature && rules.locks(field) {
            return Err(Error::NotPermitted(format!(
                "the signature in {by} locks the field {field} (FieldMDP)"
            )));
        }
    }
    if certify.is_some() && approved {
        let why = "the document is signed already, and only its first signature can certify it; sign without certifying";
        return Err(Error::NotPermitted(why.into()));
    }
    if certify.is_some() && stamped {
        let why = "the document has a time stamp already, which a certification would break; certify first, or sign without certifying";
        return Err(Error::NotPermitted(why.into()));
    }
    Ok(())
}
