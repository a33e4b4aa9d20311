//! The structure tree after signing: what is read out may not change, what comes may be entered.
use super::Attack;
use super::ground::*;

/// A further signature field with a widget on the page, and what enters it into the structure.
fn tagged(s: &Signed, element: &str) -> Vec<(u32, String)> {
    let (widget, entered) = (s.size, s.size + 1);
    let key = s.size;
    let (page, form) = (s.object(PAGE), s.object(FORM));
    let body = |id: u32| s.object(id);
    let parents = body(PARENTS);
    let closed = parents.trim_end_matches(">>").trim_end_matches(']').to_owned();
    vec![
        (
            widget,
            format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(Further)/Rect[0 0 0 0]/F 132/P {PAGE} 0 R/StructParent {key}>>"),
        ),
        (
            PAGE,
            with(
                &page,
                &format!("/Annots[{TEXT_FIELD} 0 R"),
                &format!("/Annots[{TEXT_FIELD} 0 R {widget} 0 R"),
            ),
        ),
        (
            FORM,
            with(&form, &format!("{CHECK_BOX} 0 R"), &format!("{CHECK_BOX} 0 R {widget} 0 R")),
        ),
        (
            entered,
            element
                .replace("WIDGET", &format!("{widget} 0 R"))
                .replace("PARENT", &format!("{DOCUMENT} 0 R")),
        ),
        (
            DOCUMENT,
            with(
                &body(DOCUMENT),
                &format!("/K[{PARAGRAPH} 0 R"),
                &format!("/K[{PARAGRAPH} 0 R {entered} 0 R"),
            ),
        ),
        (PARENTS, format!("{closed} {key} {entered} 0 R]>>")),
    ]
}

const ELEMENT: &str = "<</Type/StructElem/S/Form/P PARENT/K<</Type/OBJR/Obj WIDGET>>>>";

pub fn attacks(s: &Signed) -> Vec<Attack> {
    let mut all = Vec::new();
    let mut add = |name, bytes| {
        all.push(Attack {
            name,
            bytes,
            named: "structure_changed",
        });
    };
    let body = |id: u32| s.object(id);
    let (document, paragraph, parents, structure) = (body(DOCUMENT), body(PARAGRAPH), body(PARENTS), body(STRUCTURE));
    add(
        "another text is read out",
        s.append(&[(PARAGRAPH, with(&paragraph, "(Pay 100)", "(Pay 999)"))]),
    );
    add(
        "a paragraph is no longer read out",
        s.append(&[(DOCUMENT, with(&document, &format!("{PARAGRAPH} 0 R"), ""))]),
    );
    add(
        "a paragraph is exchanged for another",
        s.append(&[
            (DOCUMENT, with(&document, &format!("{PARAGRAPH} 0 R"), &format!("{} 0 R", s.size))),
            (s.size, with(&paragraph, "(Pay 100)", "(Pay 999)")),
        ]),
    );
    add(
        "a paragraph is read out before the others",
        s.append(&[
            (
                DOCUMENT,
                with(
                    &document,
                    &format!("/K[{PARAGRAPH} 0 R"),
                    &format!("/K[{} 0 R {PARAGRAPH} 0 R", s.size),
                ),
            ),
            (s.size, with(&paragraph, "(Pay 100)", "(Pay 999)")),
        ]),
    );
    add(
        "another document is read out",
        s.append(&[
            (
                STRUCTURE,
                with(&structure, &format!("/K {DOCUMENT} 0 R"), &format!("/K {} 0 R", s.size)),
            ),
            (s.size, with(&document, "/S/Document", "/S/Document/ActualText(Pay 999)")),
        ]),
    );
    add(
        "kinds of elements get another meaning",
        s.append(&[(
            STRUCTURE,
            with(&structure, "/Type/StructTreeRoot", "/Type/StructTreeRoot/RoleMap<</P/Artifact>>"),
        )]),
    );
    add(
        "content belongs to another element",
        s.append(&[(PARENTS, with(&parents, &format!("0[{PARAGRAPH} 0 R"), &format!("0[{DOCUMENT} 0 R")))]),
    );
    for (name, element) in [
        (
            "a field's element that reads out a paragraph",
            "<</Type/StructElem/S/Form/P PARENT/K[<</Type/OBJR/Obj WIDGET>> 0]/Pg 3 0 R>>",
        ),
        (
            "a field's element for what was there before",
            "<</Type/StructElem/S/Form/P PARENT/K<</Type/OBJR/Obj 9 0 R>>>>",
        ),
        (
            "a field's element that is a paragraph",
            "<</Type/StructElem/S/P/P PARENT/K<</Type/OBJR/Obj WIDGET>>>>",
        ),
        (
            "a field's element for the content of a page",
            "<</Type/StructElem/S/Form/P PARENT/K<</Type/MCR/MCID 0/Pg 3 0 R/Obj WIDGET>>>>",
        ),
    ] {
        add(name, s.append(&tagged(s, element)));
    }
    all
}

pub fn harmless(s: &Signed) -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let structure = s.object(STRUCTURE);
    let mut counted = tagged(s, ELEMENT);
    let at = structure.find("/ParentTreeNextKey").unwrap();
    counted.push((STRUCTURE, format!("{}/ParentTreeNextKey 99>>", &structure[..at])));
    vec![
        ("a field entered into the structure", s.append(&tagged(s, ELEMENT)), "lta_updates"),
        ("the same, and the next number", s.append(&counted), "lta_updates"),
        (
            "the structure written anew",
            s.append(&[
                (STRUCTURE, structure.replacen("<<", "<< ", 1)),
                (DOCUMENT, s.object(DOCUMENT).replacen("<<", "<< ", 1)),
                (PARENTS, s.object(PARENTS).replacen("<<", "<< ", 1)),
            ]),
            "none",
        ),
    ]
}
