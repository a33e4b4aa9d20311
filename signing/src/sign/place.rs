//! Where a signature goes: its field, its widget, its page, and the catalog's record of a certification.
use super::lock::{self, FieldLock};
use super::{Plan, SignOptions, seed};
use crate::appearance::{self, Appearance};
use crate::archival::Archival;
use crate::error::{Error, Result};
use crate::form::{Form, Found, add_to_page, extent, page_of, widget};
use crate::geometry::Page;
use crate::pdf::append::Update;
use crate::structure;
use crate::validate::fields;
use lopdf::{Dictionary, Object, ObjectId};

/// The field of a signature to be made.
pub(super) struct Place {
    pub name: String,
    pub field: ObjectId,
    /// What the field's author demands.
    pub certify: Option<u8>,
    pub permissions: Option<u8>,
    pub lock: Option<FieldLock>,
}

/// The field that will hold the signature: found or made, with its appearance.
pub(super) fn find(update: &mut Update, base: &str, plan: Option<&Plan>, options: &SignOptions) -> Result<Place> {
    let mut form = Form::open(update)?;
    let flags = form.dictionary.get(b"SigFlags").and_then(Object::as_i64).unwrap_or(0);
    let existing = options.field.as_ref().and_then(|name| form.find(update, name, b"Sig"));
    let place = match existing {
        Some(found) => existing_field(update, found, plan, options)?,
        None => {
            let name = options.field.clone().unwrap_or_else(|| form.new_name(base));
            form.check_new(&name)?;
            let field = new_field(update, &name, options)?;
            form.fields.push(Object::Reference(field));
            form.changed = true;
            Place {
                name,
                field,
                certify: None,
                permissions: None,
                lock: options.lock.clone(),
            }
        }
    };
    if flags & 3 != 3 || form.changed {
        form.dictionary.set("SigFlags", flags | 3);
        form.store(update)?;
    }
    Ok(place)
}

fn existing_field(update: &mut Update, found: Found, plan: Option<&Plan>, options: &SignOptions) -> Result<Place> {
    let signed_before = !fields::signed(update.document, update.document.newest()).is_empty();
    let name = options.field.clone().unwrap_or_default();
    let mut field = update.dictionary(&Object::Reference(found.field)).unwrap_or_default();
    if field.get(b"V").is_ok_and(|v| update.resolve(v) != Object::Null) {
        return Err(Error::FieldExists(name));
    }
    let wanted = match plan {
        Some(plan) => seed::check(update, &field, plan, options)?,
        None => seed::Wanted::default(),
    };
    let (own, permissions) = lock::wanted_by_field(update, &field)?;
    let lock = match (own, &options.lock) {
        (Some(own), Some(asked)) if own != *asked => {
            let why = format!("the field {name} has a lock of its own; sign without asking for another");
            return Err(Error::NotPermitted(why));
        }
        (Some(own), _) => Some(own),
        (None, Some(_)) if signed_before => {
            let why = format!(
                "the document is signed already, and a lock added to the existing field {name} would break that signature; \
                 sign without a lock, or in a new field"
            );
            return Err(Error::NotPermitted(why));
        }
        (None, Some(asked)) => {
            let added = update.add(asked.of_field());
            field.set("Lock", added);
            update.set(found.field, field);
            Some(asked.clone())
        }
        (None, None) => None,
    };
    if let Some(look) = &options.appearance {
        draw(update, found.widget, look)?;
    }
    Ok(Place {
        name,
        field: found.field,
        certify: wanted.certify,
        // The stricter of the two.
        permissions: [permissions, wanted.permissions].into_iter().flatten().min(),
        lock,
    })
}

/// Draws into a widget that the form's author has placed.
fn draw(update: &mut Update, id: ObjectId, look: &Appearance) -> Result<()> {
    let document = update.document;
    let mut widget = update.dictionary(&Object::Reference(id)).unwrap_or_default();
    let page = match widget.get(b"P") {
        Ok(Object::Reference(id)) => Page::read(document, id.0),
        _ => page_of(update, id),
    };
    let page = match page {
        Some(page) => page,
        None => Page::find(document, look.placement.page)?,
    };
    if let Some(size) = extent(update, &widget, page.rotate()).filter(|(w, h)| *w > 0.0 && *h > 0.0) {
        let drawn = look.draw(update, &page, size, None)?;
        widget.set("AP", single("N", drawn));
        update.set(id, widget);
    }
    Ok(())
}

fn new_field(update: &mut Update, name: &str, options: &SignOptions) -> Result<ObjectId> {
    let look = options.appearance.as_ref();
    let page = Page::find(update.document, look.map_or(1, |l| l.placement.page))?;
    let whole = look.map(|l| l.whole(&page)).transpose()?;
    let mut field = widget(&page, name, whole.as_ref());
    field.set("FT", "Sig");
    // Print and Locked: the place of a signature is not moved by hand.
    field.set("F", 132);
    if let (Some(look), Some(whole)) = (look, &whole) {
        let drawn = look.draw(update, &page, (whole.w, whole.h), Some(whole.x))?;
        field.set("AP", single("N", drawn));
    } else if Archival::of(update).is_some() {
        // Every field has an appearance there, also one that is not seen (ISO 19005-1, 6.9).
        let nothing = appearance::nothing(update);
        field.set("AP", single("N", nothing));
    }
    if let Some(lock) = &options.lock {
        let lock = update.add(lock.of_field());
        field.set("Lock", lock);
    }
    let id = update.reserve();
    let spoken = look
        .map(|l| [l.head.as_slice(), &l.lines].concat().join(" "))
        .filter(|text| !text.is_empty());
    structure::tag(update, &page, id, &mut field, &spoken.unwrap_or_else(|| name.to_owned()));
    update.set(id, field);
    add_to_page(update, &page, id);
    Ok(id)
}

fn single(key: &str, id: lopdf::ObjectId) -> Dictionary {
    let mut d = Dictionary::new();
    d.set(key, id);
    d
}

/// Makes the signature the document's certification (ISO 32000-1, 12.8.4).
pub(super) fn certify(update: &mut Update, value: lopdf::ObjectId) -> Result<()> {
    let root = update.root()?;
    let mut catalog = update.dictionary(&Object::Reference(root)).unwrap_or_default();
    let mut permissions = catalog.get(b"Perms").ok().and_then(|p| update.dictionary(p)).unwrap_or_default();
    if permissions.has(b"DocMDP") {
        return Err(Error::NotPermitted("the document is certified already".into()));
    }
    permissions.set("DocMDP", value);
    catalog.set("Perms", permissions);
    update.set(root, catalog);
    Ok(())
}
