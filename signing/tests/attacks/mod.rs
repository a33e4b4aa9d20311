//! Known attacks on signed PDFs, each in several variants: none may pass, and each is named for what it is.
mod beyond;
mod covering;
mod ground;
mod readers;
mod structure;

use crate::authority::{Authority, NOW};
use ground::*;
use signing::validate::{Indication, Report, ValidationContext, validate};
use signing::{Appearance, Placement, SignOptions, sign};

struct Attack {
    name: &'static str,
    bytes: Vec<u8>,
    /// Code of a change, or a sub-indication, that must be named.
    named: &'static str,
}

/// Changes in a further revision (incremental saving, shadow attacks).
fn later_changes(s: &Signed) -> Vec<Attack> {
    let mut all = Vec::new();
    let mut add = |name, bytes, named| all.push(Attack { name, bytes, named });
    let base = objects();
    let body = |id: u32| s.object(id);
    let fresh = s.size;
    let page = body(PAGE);
    add(
        "content rewritten",
        s.append(&[(CONTENT, stream("", &text("Pay 999")))]),
        "page_content_changed",
    );
    add(
        "content exchanged for a prepared one",
        s.append(&[(
            PAGE,
            with(
                &page,
                &format!("/Contents {CONTENT} 0 R"),
                &format!("/Contents {HIDDEN_CONTENT} 0 R"),
            ),
        )]),
        "page_changed",
    );
    add(
        "content made a list with an overlay",
        s.append(&[
            (
                PAGE,
                with(
                    &page,
                    &format!("/Contents {CONTENT} 0 R"),
                    &format!("/Contents[{CONTENT} 0 R {fresh} 0 R]"),
                ),
            ),
            (fresh, stream("", &text("Pay 999"))),
        ]),
        "page_changed",
    );
    let entry = {
        let at = find(&s.bytes, format!("\n{HIDDEN_CONTENT} 0 obj").as_bytes()) + 1;
        format!("{at:010} 00000 n \n")
    };
    add(
        "content's number pointed at another object",
        s.append_with(&[], &[(CONTENT, entry)], ""),
        "page_content_changed",
    );
    add(
        "content freed",
        s.append_with(&[], &[(CONTENT, "0000000000 00001 f \n".into())], ""),
        "page_content_changed",
    );
    add(
        "content under another generation",
        s.append_with(&[], &[(CONTENT, format!("{:010} 00001 n \n", s.bytes.len()))], ""),
        "page_content_changed",
    );
    add(
        "page turned",
        s.append(&[(PAGE, with(&page, "/Type/Page", "/Type/Page/Rotate 180"))]),
        "page_changed",
    );
    add(
        "page cropped",
        s.append(&[(PAGE, with(&page, "/Type/Page", "/Type/Page/CropBox[0 0 10 10]"))]),
        "page_changed",
    );
    add(
        "page with its own resources",
        s.append(&[(PAGE, with(&page, "/Type/Page", "/Type/Page/Resources<<>>"))]),
        "page_changed",
    );
    add(
        "page with an action",
        s.append(&[(
            PAGE,
            with(&page, "/Type/Page", "/Type/Page/AA<</O<</S/JavaScript/JS(app.alert(1))>>>>"),
        )]),
        "page_changed",
    );
    add(
        "pages exchanged",
        s.append(&[(
            PAGES,
            with(
                &base[1],
                &format!("{PAGE} 0 R {SECOND_PAGE} 0 R"),
                &format!("{SECOND_PAGE} 0 R {PAGE} 0 R"),
            ),
        )]),
        "object_changed",
    );
    add(
        "page added",
        s.append(&[
            (
                PAGES,
                with(
                    &base[1],
                    &format!("{SECOND_PAGE} 0 R]/Count 2"),
                    &format!("{SECOND_PAGE} 0 R {fresh} 0 R]/Count 3"),
                ),
            ),
            (fresh, format!("<</Type/Page/Parent {PAGES} 0 R/Contents {HIDDEN_CONTENT} 0 R>>")),
        ]),
        "object_changed",
    );
    add(
        "page taken out",
        s.append(&[(
            PAGES,
            with(
                &base[1],
                &format!("{PAGE} 0 R {SECOND_PAGE} 0 R]/Count 2"),
                &format!("{PAGE} 0 R]/Count 1"),
            ),
        )]),
        "object_changed",
    );
    add(
        "inherited size changed",
        s.append(&[(PAGES, with(&base[1], "595 842", "100 100"))]),
        "object_changed",
    );
    add(
        "font exchanged",
        s.append(&[(FONT, "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>".into())]),
        "form_changed",
    );
    add(
        "font with other glyph names",
        s.append(&[(
            FONT,
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[49/nine]>>>>".into(),
        )]),
        "form_changed",
    );
    add(
        "image exchanged",
        s.append(&[(
            IMAGE,
            stream(
                "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray",
                "B",
            ),
        )]),
        "object_changed",
    );
    add(
        "image's colours inverted",
        s.append(&[(IMAGE, with(&base[13], "/DeviceGray", "/DeviceGray/Decode[1 0]"))]),
        "object_changed",
    );
    add(
        "look shared by page and check box exchanged",
        s.append(&[(SHARED, stream("/Type/XObject/Subtype/Form/BBox[0 0 200 20]", "0 0 200 20 re f"))]),
        "object_changed",
    );
    let catalog = body(CATALOG);
    add(
        "layer switched on",
        s.append(&[(CATALOG, with(&catalog, &format!("/D<</OFF[{LAYER} 0 R]>>"), "/D<<>>"))]),
        "catalog_changed",
    );
    add(
        "layer renamed to another use",
        s.append(&[(LAYER, "<</Type/OCG/Name(layer)/Usage<</View<</ViewState/ON>>>>>>".into())]),
        "object_changed",
    );
    add(
        "action at opening",
        s.append(&[(
            CATALOG,
            with(&catalog, "/Type/Catalog", "/Type/Catalog/OpenAction<</S/JavaScript/JS(1)>>"),
        )]),
        "catalog_changed",
    );
    add(
        "names with scripts",
        s.append(&[(
            CATALOG,
            with(
                &catalog,
                "/Type/Catalog",
                "/Type/Catalog/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(1)>>]>>>>",
            ),
        )]),
        "catalog_changed",
    );
    add(
        "page tree exchanged",
        s.append(&[
            (
                CATALOG,
                with(&catalog, &format!("/Pages {PAGES} 0 R"), &format!("/Pages {fresh} 0 R")),
            ),
            (fresh, base[1].clone().replace("842", "100")),
        ]),
        "catalog_changed",
    );
    add(
        "another catalog",
        s.append_with(&[(fresh, base[0].clone())], &[], &format!("/Root {fresh} 0 R")),
        "trailer_changed",
    );
    let field = body(TEXT_FIELD);
    add(
        "field shows what it does not hold",
        s.append(&[
            (TEXT_FIELD, with(&field, &format!("/N {TEXT_LOOK} 0 R"), &format!("/N {fresh} 0 R"))),
            (
                fresh,
                stream("/Type/XObject/Subtype/Form/BBox[0 0 200 20]", "BT /F1 12 Tf (999) Tj ET"),
            ),
        ]),
        "field_appearance_changed",
    );
    add(
        "field's look rewritten in place",
        s.append(&[(
            TEXT_LOOK,
            stream("/Type/XObject/Subtype/Form/BBox[0 0 200 20]", "BT /F1 12 Tf (999) Tj ET"),
        )]),
        "field_appearance_changed",
    );
    add(
        "hidden field shown",
        s.append(&[(HIDDEN_FIELD, with(&body(HIDDEN_FIELD), "/F 2", "/F 4"))]),
        "field_changed",
    );
    add(
        "field moved",
        s.append(&[(TEXT_FIELD, with(&field, "/Rect[72 600", "/Rect[72 690"))]),
        "field_changed",
    );
    add(
        "field enlarged while filled",
        s.append(&[(TEXT_FIELD, with(&with(&field, "/V(100)", "/V(101)"), "272 620", "572 820"))]),
        "field_changed",
    );
    add(
        "field renamed",
        s.append(&[(TEXT_FIELD, with(&field, "(amount)", "(other)"))]),
        "field_changed",
    );
    add(
        "field made a button",
        s.append(&[(TEXT_FIELD, with(&field, "/FT/Tx", "/FT/Btn"))]),
        "field_changed",
    );
    add(
        "field with a background",
        s.append(&[(TEXT_FIELD, with(&field, "/FT/Tx", "/FT/Tx/MK<</BG[1 1 1]>>"))]),
        "field_changed",
    );
    add(
        "field with an action",
        s.append(&[(TEXT_FIELD, with(&field, "/FT/Tx", "/FT/Tx/A<</S/JavaScript/JS(1)>>"))]),
        "field_changed",
    );
    add(
        "check box looks exchanged",
        s.append(&[(
            CHECK_BOX,
            with(
                &body(CHECK_BOX),
                &format!("/Yes {SHARED} 0 R/Off {TEXT_LOOK} 0 R"),
                &format!("/Yes {TEXT_LOOK} 0 R/Off {SHARED} 0 R"),
            ),
        )]),
        "field_appearance_changed",
    );
    let form = body(FORM);
    let new_field = |kind: &str| {
        format!("<</Type/Annot/Subtype/Widget/FT/{kind}/T(new)/V(999)/P {PAGE} 0 R/Rect[72 690 400 730]/F 4/AP<</N {TEXT_LOOK} 0 R>>>>")
    };
    let listed =
        |page: &str| with(page, "/Annots[", "/Annots[ ").replacen(&format!("{CHECK_BOX} 0 R"), &format!("{CHECK_BOX} 0 R {fresh} 0 R"), 1);
    let fields = |form: &str| form.replacen(&format!("{CHECK_BOX} 0 R"), &format!("{CHECK_BOX} 0 R {fresh} 0 R"), 1);
    add(
        "text field laid over the page",
        s.append(&[(PAGE, listed(&page)), (FORM, fields(&form)), (fresh, new_field("Tx"))]),
        "field_added",
    );
    add(
        "button laid over the page",
        s.append(&[(PAGE, listed(&page)), (FORM, fields(&form)), (fresh, new_field("Btn"))]),
        "field_added",
    );
    add(
        "widget without a field",
        s.append(&[(PAGE, listed(&page)), (fresh, new_field("Tx"))]),
        "field_added",
    );
    add(
        "field taken from the form",
        s.append(&[(FORM, form.replacen(&format!("{TEXT_FIELD} 0 R"), "", 1))]),
        "field_removed",
    );
    add(
        "field taken from the page",
        s.append(&[(PAGE, page.replacen(&format!("{TEXT_FIELD} 0 R"), "", 1))]),
        "field_removed",
    );
    add(
        "prepared fields painted in another order",
        s.append(&[(
            PAGE,
            with(
                &page,
                &format!("{TEXT_FIELD} 0 R {HIDDEN_FIELD} 0 R"),
                &format!("{HIDDEN_FIELD} 0 R {TEXT_FIELD} 0 R"),
            ),
        )]),
        "field_removed",
    );
    add(
        "form's font exchanged",
        s.append(&[
            (FORM, with(&form, &format!("/F1 {FONT} 0 R"), &format!("/F1 {fresh} 0 R"))),
            (fresh, "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>".into()),
        ]),
        "form_changed",
    );
    add(
        "form with XFA",
        s.append(&[(FORM, with(&form, "<</Fields", "<</XFA(x)/Fields"))]),
        "form_changed",
    );
    add(
        "form taken out",
        s.append(&[(CATALOG, with(&catalog, &format!("/AcroForm {FORM} 0 R"), ""))]),
        "no_signature",
    );
    let signature = body(s.field);
    add(
        "signature taken from its field",
        s.append(&[(s.field, with(&signature, &format!("/V {} 0 R", s.value), ""))]),
        "",
    );
    add("signature's dictionary emptied", s.append(&[(s.value, "<<>>".into())]), "");
    add(
        "signature's dictionary with another name",
        s.append(&[(s.value, with(&body(s.value), "/Adobe.PPKLite", "/Adobe.PPKLite/Name(Minister)"))]),
        "",
    );
    add(
        "objects behind the end",
        [
            s.bytes.clone(),
            format!("{CONTENT} 0 obj\n{}\nendobj\n", stream("", &text("Pay 999"))).into_bytes(),
        ]
        .concat(),
        "content_after_the_end",
    );
    add(
        "objects behind the end and the old startxref",
        [
            s.bytes.clone(),
            format!(
                "{CONTENT} 0 obj\n{}\nendobj\nstartxref\n{}\n%%EOF\n",
                stream("", &text("Pay 999")),
                s.startxref
            )
            .into_bytes(),
        ]
        .concat(),
        "content_after_the_end",
    );
    add(
        "encryption added",
        s.append_with(
            &[],
            &[],
            "/Encrypt<</Filter/Standard/V 1/R 2/O(00000000000000000000000000000000)/U(00000000000000000000000000000000)/P -4>>",
        ),
        "",
    );
    all
}

/// Signature dictionaries that promise what they do not hold (universal forgery), and moved bytes (wrapping).
fn forgeries(s: &Signed) -> Vec<Attack> {
    let mut all = Vec::new();
    let mut add = |name, bytes| all.push(Attack { name, bytes, named: "" });
    let value = s.object(s.value);
    let contents = {
        let at = value.find("/Contents").unwrap();
        let end = at + value[at..].find('>').unwrap() + 1;
        value[at..end].to_owned()
    };
    let range = {
        let at = value.find("/ByteRange").unwrap();
        let end = at + value[at..].find(']').unwrap() + 1;
        value[at..end].to_owned()
    };
    for (name, new) in [
        ("no contents", String::new()),
        ("null contents", "/Contents null".into()),
        ("empty contents", "/Contents <>".into()),
        ("zero contents", "/Contents <00>".into()),
        ("contents of zeros", format!("/Contents <{}>", "0".repeat(2000))),
        ("contents elsewhere", "/Contents 5 0 R".into()),
        ("contents a number", "/Contents 0".into()),
        ("contents an array", format!("/Contents [{}]", &contents[9..])),
    ] {
        add(name, s.append(&[(s.value, value.replace(&contents, &new))]));
    }
    let (a, b) = s.gap;
    let rest = s.bytes.len() - b;
    for (name, new) in [
        ("no range", String::new()),
        ("null range", "/ByteRange null".into()),
        ("empty range", "/ByteRange []".into()),
        ("range of zeros", "/ByteRange [0 0 0 0]".into()),
        ("range of two", format!("/ByteRange [0 {a}]")),
        ("range of three", format!("/ByteRange [0 {a} {b}]")),
        ("range of six", format!("/ByteRange [0 {a} {b} {rest} 0 0]")),
        ("negative range", format!("/ByteRange [0 -{a} {b} {rest}]")),
        ("range beyond the end", format!("/ByteRange [0 {a} {b} 99999999]")),
        ("range of everything", format!("/ByteRange [0 {b} {b} {rest}]")),
        ("range with a wider gap", format!("/ByteRange [0 {} {b} {rest}]", a - 100)),
        ("range not from the start", format!("/ByteRange [9 {} {b} {rest}]", a - 9)),
        ("range in real numbers", format!("/ByteRange [0.0 {a}.0 {b}.0 {rest}.0]")),
        ("range of words", "/ByteRange [/a /b /c /d]".into()),
        (
            "range overflowing",
            "/ByteRange [0 18446744073709551615 1 18446744073709551615]".into(),
        ),
    ] {
        add(name, s.append(&[(s.value, value.replace(&range, &new))]));
    }
    add("range patched in the signed bytes", s.patched("/ByteRange [0 ", "/ByteRange [1 "));
    add("kind of signature patched", s.patched("ETSI.CAdES.detached", "adbe.x509.rsa_sha1 "));
    add("kind of signature unknown", s.patched("ETSI.CAdES.detached", "ETSI.CAdES.attached"));
    add(
        "range twice",
        s.append(&[(s.value, value.replace(&range, &format!("{range}/ByteRange [0 10 20 10]")))]),
    );
    // Wrapping: what was signed behind the gap moves to the end, and other objects take its place.
    let (head, tail) = (&s.bytes[..b], &s.bytes[b..]);
    let other = format!("\n{CONTENT} 0 obj\n{}\nendobj\n", stream("", &text("Pay 999")));
    for (name, moved) in [
        ("signed bytes moved to the end", b + other.len()),
        ("signed bytes moved and the old place kept", b),
    ] {
        let mut bytes = [head, other.as_bytes(), tail].concat();
        let claim = format!("/ByteRange [0 {a} {moved} {rest}]");
        let body = value.replace(&range, &claim);
        let at = bytes.len();
        bytes.extend_from_slice(format!("{} 0 obj\n{body}\nendobj\n", s.value).as_bytes());
        let start = bytes.len();
        let content = b + 1;
        bytes.extend_from_slice(
            format!(
                "xref\n{CONTENT} 1\n{content:010} 00000 n \n{} 1\n{at:010} 00000 n \ntrailer\n<</Size {}/Root {CATALOG} 0 R/Prev {}>>\nstartxref\n{start}\n%%EOF\n",
                s.value, s.size, s.startxref + other.len()
            )
            .as_bytes(),
        );
        add(name, bytes);
    }
    // The whole signed file as an attachment of another one.
    let mut wrapped = build();
    wrapped.truncate(rfind(&wrapped, b"xref\n0"));
    wrapped.extend_from_slice(&s.bytes);
    add("signed file behind another one", wrapped);
    all
}

/// What a certification does not allow, though an approval would.
fn beyond_certification(authority: &Authority) -> Vec<Attack> {
    let mut all = Vec::new();
    for (level, name) in [(1, "note on a certified document (1)"), (2, "note on a certified document (2)")] {
        let s = Signed::new(authority, Some(level), false);
        let page = s.object(PAGE);
        let fresh = s.size;
        let note = format!("<</Type/Annot/Subtype/FreeText/Rect[72 690 400 730]/Contents(Pay 999)/P {PAGE} 0 R>>");
        let bytes = s.append(&[
            (PAGE, page.replacen(&format!("{NOTE} 0 R"), &format!("{NOTE} 0 R {fresh} 0 R"), 1)),
            (fresh, note),
        ]);
        all.push(Attack {
            name,
            bytes,
            named: "annotation_added",
        });
    }
    let s = Signed::new(authority, Some(1), false);
    let filled = with(&s.object(TEXT_FIELD), "/V(100)", "/V(999)");
    all.push(Attack {
        name: "field filled in a certified document (1)",
        bytes: s.append(&[(TEXT_FIELD, filled)]),
        named: "field_filled",
    });
    // A visible signature laid over the certified text (SSA).
    let s = Signed::new(authority, Some(2), false);
    let mut bytes = Vec::new();
    let mut look = Appearance::at(Placement {
        page: 1,
        x: 60.0,
        y: 690.0,
        w: 400.0,
        h: 40.0,
    });
    look.lines = vec!["Pay 999".into()];
    let options = SignOptions {
        time: NOW,
        appearance: Some(look),
        ..SignOptions::default()
    };
    sign(&s.bytes, &mut bytes, &authority.signer("Somebody"), &options).unwrap();
    all.push(Attack {
        name: "visible signature over a certified document (2)",
        bytes,
        named: "signature_added",
    });
    all
}

fn names(report: &Report) -> Vec<String> {
    let mut names = Vec::new();
    for s in &report.signatures {
        names.extend(s.changes.iter().map(|c| c.code.to_owned()));
        names.extend(s.sub_indication.map(|i| i.name().to_owned()));
        names.extend(s.warnings.iter().cloned());
    }
    names.extend(report.error.iter().map(|e| e.code.to_owned()));
    names
}

fn first_passes(report: &Report) -> bool {
    // Whoever validates looks at the signature that was there; a new one over the changed file is another matter.
    report
        .signatures
        .first()
        .is_some_and(|s| s.indication == Indication::TotalPassed && s.field.as_deref() == Some("Signature1"))
}

fn judge(attacks: Vec<Attack>, context: &ValidationContext) -> Vec<String> {
    let mut wrong = Vec::new();
    for Attack { name, bytes, named } in attacks {
        let report = validate(&bytes, context);
        let found = names(&report);
        if first_passes(&report) {
            wrong.push(format!("{name}: passes ({found:?})"));
        } else if !named.is_empty() && !found.iter().any(|n| n == named) {
            wrong.push(format!("{name}: {found:?}, not {named}"));
        } else if found.is_empty() {
            wrong.push(format!("{name}: fails without a name"));
        }
    }
    wrong
}

#[test]
fn no_known_attack_passes_and_each_is_named() {
    let authority = Authority::new();
    let context = authority.context();
    let mut attacks = Vec::new();
    for visible in [false, true] {
        let s = Signed::new(&authority, None, visible);
        assert!(first_passes(&validate(&s.bytes, &context)), "the document itself");
        attacks.extend(later_changes(&s));
        attacks.extend(forgeries(&s));
        attacks.extend(readers::attacks(&s));
        attacks.extend(structure::attacks(&s));
        attacks.extend(covering::attacks(&s));
    }
    let certified = Signed::new(&authority, Some(3), false);
    attacks.extend(covering::attacks(&certified));
    attacks.extend(beyond_certification(&authority));
    attacks.extend(beyond::attacks(&authority));
    let count = attacks.len();
    assert!(count >= 200, "{count}");
    let wrong = judge(attacks, &context);
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_is_allowed_later_is_not_called_tampering() {
    let authority = Authority::new();
    let context = authority.context();
    let s = Signed::new(&authority, None, true);
    let (page, form, field, catalog) = (s.object(PAGE), s.object(FORM), s.object(TEXT_FIELD), s.object(CATALOG));
    let fresh = s.size;
    let look = stream("/Type/XObject/Subtype/Form/BBox[0 0 200 20]", "BT /F1 12 Tf (999) Tj ET");
    let filled = with(
        &with(&field, "/V(100)", "/V(999)"),
        &format!("/N {TEXT_LOOK} 0 R"),
        &format!("/N {fresh} 0 R"),
    );
    let noted = page.replacen(&format!("{NOTE} 0 R"), &format!("{NOTE} 0 R {fresh} 0 R"), 1);
    let note = format!("<</Type/Annot/Subtype/Text/Rect[10 40 30 60]/Contents(seen)/P {PAGE} 0 R>>");
    let mut second = Vec::new();
    let options = SignOptions {
        time: NOW,
        ..SignOptions::default()
    };
    sign(&s.bytes, &mut second, &authority.signer("Second"), &options).unwrap();
    let spaced = |body: &str| body.replacen("<<", "<< ", 1);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("nothing", s.bytes.clone(), "none"),
        ("an empty revision", s.append(&[]), "none"),
        (
            "the same written anew",
            s.append(&[
                (CONTENT, objects()[3].clone()),
                (PAGE, spaced(&page)),
                (FORM, spaced(&form)),
                (CATALOG, spaced(&catalog)),
            ]),
            "none",
        ),
        (
            "a field filled",
            s.append(&[(TEXT_FIELD, filled.clone()), (fresh, look.clone())]),
            "form_filling",
        ),
        (
            "a field filled and made read-only",
            s.append(&[(TEXT_FIELD, with(&filled, "/FT/Tx", "/FT/Tx/Ff 1")), (fresh, look.clone())]),
            "form_filling",
        ),
        (
            "a box ticked",
            s.append(&[(CHECK_BOX, with(&s.object(CHECK_BOX), "/V/Off/AS/Off", "/V/Yes/AS/Yes"))]),
            "form_filling",
        ),
        ("a second signature", second, "form_filling"),
        ("a note", s.append(&[(PAGE, noted), (fresh, note)]), "annotations"),
        (
            "validation data",
            s.append(&[
                (CATALOG, with(&catalog, "/Type/Catalog", &format!("/Type/Catalog/DSS {fresh} 0 R"))),
                (fresh, "<</Type/DSS>>".into()),
            ]),
            "lta_updates",
        ),
        ("another file identifier", s.append_with(&[], &[], "/ID[<99><02>]"), "lta_updates"),
        (
            "information",
            s.append(&[(INFO, "<</Title(A document)/ModDate(D:20261124)>>".into())]),
            "lta_updates",
        ),
        (
            "metadata",
            s.append(&[
                (
                    CATALOG,
                    with(&catalog, "/Type/Catalog", &format!("/Type/Catalog/Metadata {fresh} 0 R")),
                ),
                (fresh, stream("/Type/Metadata/Subtype/XML", "<x/>")),
            ]),
            "lta_updates",
        ),
        (
            "a font for the form",
            s.append(&[
                (FORM, with(&form, "/Font<<", &format!("/Font<</F2 {fresh} 0 R"))),
                (fresh, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>".into()),
            ]),
            "none",
        ),
        ("something that nobody refers to", s.append(&[(fresh, "(rubbish)".into())]), "none"),
    ];
    let certified = Signed::new(&authority, Some(3), false);
    let others = [
        readers::harmless(&s),
        structure::harmless(&s),
        covering::harmless(&s),
        covering::harmless(&certified),
    ];
    let mut wrong = Vec::new();
    for (name, bytes, level) in cases.into_iter().chain(others.into_iter().flatten()) {
        let report = validate(&bytes, &context);
        let first = report.signatures.first();
        let got = first.and_then(|f| serde_json::to_value(f.modification_level).ok());
        if !first_passes(&report) || got.as_ref().and_then(|g| g.as_str()) != Some(level) {
            wrong.push(format!("{name}: {got:?}, not {level}; {:?} {:?}", names(&report), report.error));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
