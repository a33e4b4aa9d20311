//! The interactive form: filling fields and adding signatures is allowed, drawing with them is not.

use super::Level;
use super::compare::{Judge, Modified};
use super::view::View;
use crate::pdf::document::List;
use crate::validate::fields::{self, Field};
use foldhash::HashSet;
use lopdf::{Dictionary, Object};

/// Bits of an annotation's `/F` that do not change whether it is seen: Print, NoZoom, NoRotate, ReadOnly, Locked,
/// LockedContents (ISO 32000-1, table 165). Print decides on paper alone and is set by every viewer that fills.
const HARMLESS_FLAGS: i64 = 4 | 8 | 16 | 64 | 128 | 512;
/// Bits of a field's `/Ff`: ReadOnly, Required, NoExport (table 221).
const HARMLESS_FIELD_FLAGS: i64 = 1 | 2 | 4;
/// Of a value in the list of changes.
const LONGEST_VALUE: usize = 200;

impl Judge<'_, '_> {
    /// The form dictionary.
    pub fn form(&mut self, old: &Dictionary, new: &Dictionary) {
        let id = self.old.form_id;
        for key in self.same.differing(old, new) {
            match key.as_slice() {
                b"Fields" => {
                    let (before, after) = self.lists(old, new, b"Fields");
                    self.kept(&before, &after);
                }
                b"SigFlags" => {
                    let flags = |d: &Dictionary, revision| match self.document.get(d, b"SigFlags", revision) {
                        Some(Object::Integer(n)) => n,
                        _ => 0,
                    };
                    let (before, after) = (flags(old, self.old.revision), flags(new, self.new.revision));
                    if before & !after != 0 {
                        self.other("form_changed", id, None, &key);
                    }
                }
                b"DR" => {
                    let (before, after) = (dictionary(old, b"DR"), dictionary(new, b"DR"));
                    if !self.resources_added(&before, &after) {
                        self.other("form_changed", id, None, &key);
                    }
                }
                b"DA" | b"Q" if !old.has(&key) => {}
                b"NeedAppearances" => drop(self.note(Level::FormFilling, "form_changed", id, None)),
                _ => self.other("form_changed", id, None, &key),
            }
        }
    }

    /// A changed object below the form dictionary that is no field.
    pub fn form_part(&mut self, object: &Modified, key: Option<&[u8]>) {
        let fields = self
            .old
            .form()
            .and_then(|form| form.get(b"Fields").and_then(Object::as_reference).ok());
        let array = object.arrays().filter(|_| fields.is_some_and(|f| f.0 == object.id));
        if let Some((old, new)) = array {
            self.kept(old, new);
        } else if key.is_none_or(|k| k == b"DR") {
            match object.dictionaries() {
                Some((old, new))
                    if !old.has(b"Type") && self.resources_added(&Object::Dictionary(old.clone()), &Object::Dictionary(new.clone())) => {}
                _ => self.other("form_changed", Some(object.id), None, b"DR"),
            }
        } else {
            self.other("form_changed", Some(object.id), None, key.unwrap_or_default());
        }
    }

    /// A list before and after.
    pub fn lists<'v>(&self, old: &'v Dictionary, new: &'v Dictionary, key: &[u8]) -> (List<'v>, List<'v>) {
        let (before, after) = (old.get(key).ok(), new.get(key).ok());
        (
            self.document.list(before, self.old.revision),
            self.document.list(after, self.new.revision),
        )
    }

    /// All members of a list of fields are still there; which are new is judged in [`Judge::fields`].
    fn kept(&mut self, old: &[Object], new: &[Object]) {
        // One that is written into the list itself is not compared as a field, so none may come.
        let same = same_references(old, new);
        if new[same..].iter().any(|item| item.as_dict().is_ok() && !old.contains(item)) {
            self.other("field_added", None, None, b"Fields");
        }
        // A longer list is the usual case: nothing of the old one is left to look for.
        let old = &old[same..];
        if old.is_empty() {
            return;
        }
        let there: HashSet<u32> = new.iter().filter_map(|item| item.as_reference().ok()).map(|r| r.0).collect();
        // A field that is no object of its own is none (ISO 32000-2, 12.7.4.1), and what is listed here stays in its list.
        let lost = old
            .iter()
            .filter(|item| item.as_reference().map_or_else(|_| !new.contains(item), |r| !there.contains(&r.0)));
        let lost: Vec<Option<u32>> = lost
            .filter(|item| self.document.resolve(item, self.old.revision) != Object::Null)
            .map(|item| item.as_reference().ok().map(|r| r.0))
            .collect();
        for id in lost {
            self.other("field_removed", id, None, b"Fields");
        }
    }

    /// Of the form's resources nothing that a look is made from is changed. The forms among them are what programs drew their
    /// signatures with, all under one name: nothing is made from them, unless a look without resources of its own finds them there.
    fn resources_added(&self, old: &Object, new: &Object) -> bool {
        let drawn = |resources: &Object, revision| match self.document.resolve(resources, revision) {
            Object::Dictionary(mut all) => (all.remove(b"XObject"), Object::Dictionary(all)),
            other => (None, other),
        };
        let (old_forms, old_rest) = drawn(old, self.old.revision);
        let (new_forms, new_rest) = drawn(new, self.new.revision);
        let forms = |forms: Option<Object>| forms.unwrap_or(Object::Null);
        self.only_added(&old_rest, &new_rest, 0) && (self.only_added(&forms(old_forms), &forms(new_forms), 0) || self.looks_stand_alone())
    }

    /// Whether all that fields looked like before has its own resources.
    fn looks_stand_alone(&self) -> bool {
        let revision = self.old.revision;
        let alone = |look: &Object| match self.document.resolve(look, revision) {
            Object::Dictionary(look) if look.has(b"BBox") => look.has(b"Resources"),
            Object::Dictionary(states) => states.iter().all(|(_, state)| {
                let state = self.document.resolve(state, revision);
                state.as_dict().is_ok_and(|look| look.has(b"Resources"))
            }),
            _ => true,
        };
        let widgets = self.old.all_fields().flat_map(|field| field.widgets.iter());
        widgets.into_iter().all(|widget| {
            let widget = self.document.indirect(*widget, revision);
            let looks = widget.and_then(|w| self.document.get_dict(w.value.as_dict().ok()?, b"AP", revision));
            looks.iter().flat_map(Dictionary::iter).all(|(_, look)| alone(look))
        })
    }

    /// Nothing that was in a dictionary of resources is changed, only more is there.
    fn only_added(&self, old: &Object, new: &Object, depth: u32) -> bool {
        if depth > 4 {
            return false;
        }
        let (old, new) = (
            self.document.resolve(old, self.old.revision),
            self.document.resolve(new, self.new.revision),
        );
        match (&old, &new) {
            (Object::Null, _) => true,
            // A list of resources, not one of them: a font with more in it is another font.
            (Object::Dictionary(a), Object::Dictionary(b)) if !a.has(b"Type") && !a.has(b"Subtype") => a.iter().all(|(k, v)| {
                let Ok(after) = b.get(k) else { return false };
                self.same.value(v, after) || self.only_added(v, after, depth + 1)
            }),
            (Object::Array(a), Object::Array(b)) => a.iter().all(|v| b.iter().any(|w| self.same.value(v, w))),
            _ => false,
        }
    }

    /// An inner node of the field tree: it may get further kids.
    pub fn node(&mut self, object: &Modified) {
        let Some((old, new)) = object.dictionaries() else {
            self.other("field_changed", Some(object.id), None, b"");
            return;
        };
        for key in self.same.differing(old, new) {
            if key == b"Kids" {
                let (before, after) = self.lists(old, new, b"Kids");
                self.kept(&before, &after);
            } else {
                self.other("field_changed", Some(object.id), None, &key);
            }
        }
    }

    /// Which fields came and went.
    pub fn fields(&mut self) {
        let (old, new) = (self.old, self.new);
        for id in new.changed() {
            match (old.field(id), new.field(id)) {
                (None, Some(field)) => {
                    let twice = new.named(&field.name);
                    let existing = self.document.indirect(id, self.old.revision).is_some();
                    if field.kind != b"Sig" || twice > 1 || existing {
                        let name = field.name.clone();
                        let page = self.page_of(field);
                        self.note(Level::Other, "field_added", Some(id), page).params.insert("field", name);
                    } else {
                        self.new_signature(field, true);
                    }
                }
                (Some(field), None) => {
                    if self.old.signed(self.document, field) {
                        self.step.removed_signatures.push(field.name.clone());
                    }
                    let name = field.name.clone();
                    self.note(Level::Other, "field_removed", Some(id), None)
                        .params
                        .insert("field", name);
                }
                (Some(_), Some(_)) if self.old.same_signature(self.new, id) => {}
                (Some(before), Some(after)) => {
                    let (was, is) = (self.old.signed(self.document, before), self.new.signed(self.document, after));
                    if !was && is && before.kind == b"Sig" {
                        self.new_signature(after, false);
                    } else if was && !is {
                        self.step.removed_signatures.push(before.name.clone());
                        let name = before.name.clone();
                        self.note(Level::Other, "signature_removed", Some(id), None)
                            .params
                            .insert("field", name);
                    }
                }
                (None, None) => {}
            }
        }
    }

    fn page_of(&self, field: &Field) -> Option<u32> {
        field.widgets.iter().find_map(|w| self.new.page_of(*w))
    }

    /// A signature, time stamp or empty field for one that this revision brought.
    fn new_signature(&mut self, field: &Field, added: bool) {
        let revision = self.new.revision;
        let value = field
            .dict
            .get(b"V")
            .ok()
            .and_then(|v| fields::without_value(self.document, v, revision));
        // Whoever signs writes the signature; an old one under a new field is shown where its signer never put it.
        let written = field.dict.get(b"V").and_then(Object::as_reference).ok();
        let written = written.and_then(|(id, _)| self.document.entry(id, revision));
        if value.is_some() && written.is_some_and(|(by, _)| by <= self.old.revision) {
            let (name, page) = (field.name.clone(), self.page_of(field));
            self.note(Level::Other, "signature_reused", Some(field.id), page)
                .params
                .insert("field", name);
        }
        let name_of = |d: &Dictionary, key: &[u8]| match self.document.get(d, key, revision) {
            Some(Object::Name(name)) => name,
            _ => Vec::new(),
        };
        let stamp = value
            .as_ref()
            .is_some_and(|v| name_of(v, b"Type") == b"DocTimeStamp" || name_of(v, b"SubFilter") == b"ETSI.RFC3161");
        let visible = field.widgets.iter().any(|id| self.visible(*id));
        let code = match (&value, stamp) {
            (Some(_), true) => "timestamp_added",
            (Some(_), false) => "signature_added",
            (None, _) => "signature_field_added",
        };
        // An invisible field without a value is but the place for a time stamp to come.
        let level = if (stamp || value.is_none()) && !visible {
            Level::LtaUpdates
        } else {
            Level::FormFilling
        };
        if value.is_some() && !stamp && !self.step.touched_fields.contains(&field.name) {
            self.step.touched_fields.push(field.name.clone());
        }
        if added && visible {
            self.step.new_visible_signature = true;
        }
        for widget in &field.widgets {
            if !self.visible(*widget) {
                continue;
            }
            let drawn = self.document.indirect(*widget, revision);
            if let (Some(page), Some(Ok(drawn))) = (self.new.page_of(*widget), drawn.as_ref().map(|d| d.value.as_dict())) {
                self.drawn.push((page, Some(*widget), drawn.clone()));
            }
        }
        let (id, name, page) = (field.id, field.name.clone(), self.page_of(field));
        self.note(level, code, Some(id), page).params.insert("field", name);
    }

    fn visible(&self, widget: u32) -> bool {
        let revision = self.new.revision;
        let Some(found) = self.document.indirect(widget, revision) else {
            return false;
        };
        let Ok(widget) = found.value.as_dict() else { return false };
        let area = fields::rect(self.document, widget, revision).is_some_and(|[x, y, x2, y2]| x2 - x > 0.0 && y2 - y > 0.0);
        let hidden = matches!(self.document.get(widget, b"F", revision), Some(Object::Integer(n)) if n & 2 != 0);
        area && !hidden
    }

    /// An existing field or widget, written anew.
    pub fn field(&mut self, field: u32, object: &Modified) {
        let page = self.old.page_of(object.id);
        let (Some((old, new)), Some(before)) = (object.dictionaries(), self.old.field(field)) else {
            self.other("field_changed", Some(object.id), page, b"");
            return;
        };
        if self.new.owner(object.id) != Some(field) {
            self.other("field_removed", Some(object.id), page, b"");
            return;
        }
        let signature = before.kind == b"Sig";
        let integer = |d: &Dictionary, key: &[u8], revision| match self.document.get(d, key, revision) {
            Some(Object::Integer(n)) => n,
            None => 0,
            // What is no number readers take for what they like.
            Some(_) => i64::MIN,
        };
        let toggled = |key: &[u8]| integer(old, key, self.old.revision) ^ integer(new, key, self.new.revision);
        for key in self.same.differing(old, new) {
            match key.as_slice() {
                b"V" | b"AP" => self.field_part(field, &key, object.id),
                b"AS" | b"RV" | b"I" | b"TI" | b"DS" if !signature => self.filled(field, page),
                b"DA" | b"Q" if !signature && self.value_changed(field) => {}
                // The border is drawn by the new look, and by no viewer beside it.
                b"BS" if !signature && self.value_changed(field) && new.has(b"AP") => {}
                b"M" => {}
                // Programs lock the field that they sign, and note how its look was made.
                b"Lock" if signature && self.signs(field) => {}
                b"MK" | b"DA" if signature && self.signs(field) && new.has(b"AP") => {}
                // PDFBox takes the place from a field that it signs without a look.
                b"Rect" if signature && self.signs(field) && !self.visible(object.id) => {}
                b"P" if !old.has(b"P") => {}
                // What it is without that as well.
                b"Type" if !old.has(b"Type") && new.has_type(b"Annot") => {}
                b"StructParent" if !old.has(&key) => {}
                b"F" if toggled(b"F") & !HARMLESS_FLAGS == 0 => {}
                b"Ff" if toggled(b"Ff") & !HARMLESS_FIELD_FLAGS == 0 => {}
                _ => self.other("field_changed", Some(object.id), page, &key),
            }
        }
    }

    /// Whether the revision signs a field that was empty.
    fn signs(&self, field: u32) -> bool {
        let signed = |view: &View| view.field(field).is_some_and(|f| view.signed(self.document, f));
        !signed(self.old) && signed(self.new)
    }

    /// Value or appearance of an existing field, in the field itself or in an object of its own.
    pub fn field_part(&mut self, field: u32, key: &[u8], object: u32) {
        let Some(before) = self.old.field(field) else {
            // A new field is judged as a whole.
            return;
        };
        let signature = before.kind == b"Sig";
        let was_signed = self.old.signed(self.document, before);
        let page = before.widgets.iter().find_map(|w| self.old.page_of(*w));
        match key {
            b"V" if signature && was_signed => {
                let name = before.name.clone();
                self.note(Level::Other, "signature_changed", Some(object), page)
                    .params
                    .insert("field", name);
            }
            // Named in `fields`, where the new signature is looked at.
            b"V" if signature => {}
            b"V" => self.filled(field, page),
            b"AP" if signature => {
                if !self.signs(field) {
                    self.other("signature_appearance_changed", Some(object), page, key);
                }
            }
            // A field that shows something else without having another value is a picture over the page.
            b"AP" if self.value_changed(field) || !self.had_appearance(before) => self.filled(field, page),
            b"AP" => self.other("field_appearance_changed", Some(object), page, key),
            _ => self.other("field_changed", Some(object), page, key),
        }
    }

    fn had_appearance(&self, field: &Field) -> bool {
        field.widgets.iter().any(|w| {
            let widget = self.document.indirect(*w, self.old.revision);
            widget.is_some_and(|w| {
                w.value
                    .as_dict()
                    .is_ok_and(|d| self.document.get(d, b"AP", self.old.revision).is_some())
            })
        })
    }

    fn value_changed(&self, field: u32) -> bool {
        match (self.old.field(field), self.new.field(field)) {
            (Some(a), Some(b)) => !self
                .same
                .value(&self.old.field_value(self.document, a), &self.new.field_value(self.document, b)),
            _ => false,
        }
    }

    fn filled(&mut self, field: u32, page: Option<u32>) {
        let Some(after) = self.new.field(field) else { return };
        let name = after.name.clone();
        let value = match self.new.field_value(self.document, after) {
            Object::String(s, _) => fields::text(&s).chars().take(LONGEST_VALUE).collect(),
            Object::Name(n) => String::from_utf8_lossy(&n).into_owned(),
            _ => String::new(),
        };
        if !self.step.touched_fields.contains(&name) {
            self.step.touched_fields.push(name.clone());
        }
        let change = self.note(Level::FormFilling, "field_filled", Some(field), page);
        change.params.insert("field", name);
        change.params.insert("value", value);
    }
}

/// So many references at the beginning of two lists are the same.
pub(super) fn same_references(old: &[Object], new: &[Object]) -> usize {
    let pairs = old.iter().zip(new);
    let same = pairs.take_while(|pair| matches!(pair, (Object::Reference(a), Object::Reference(b)) if a.0 == b.0));
    same.count()
}

fn dictionary(d: &Dictionary, key: &[u8]) -> Object {
    d.get(key).cloned().unwrap_or(Object::Null)
}
