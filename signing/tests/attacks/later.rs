//! Changes in a further revision (incremental saving, shadow attacks).
use super::Attack;
use super::ground::*;

pub fn attacks(s: &Signed) -> Vec<Attack> {
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
        "size that others read otherwise",
        s.append(&[(PAGES, with(&base[1], "595 842", "595.0.0 842"))]),
        "odd_number",
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
    let beside = |entry: &str, object: &str| {
        let catalog = with(&catalog, "/Type/Catalog", &format!("/Type/Catalog{entry}"));
        s.append(&[(CATALOG, catalog), (fresh, object.into())])
    };
    let packet = |text: &str| beside(&format!("/Metadata {fresh} 0 R"), &stream("/Type/Metadata/Subtype/XML", text));
    add("metadata that are none", packet("<x/>"), "catalog_changed");
    add(
        "metadata with a bomb",
        packet(&XMP.replacen("<?", "<!DOCTYPE x><?", 1)),
        "catalog_changed",
    );
    add("metadata that are no stream", beside("/Metadata(x)", "null"), "catalog_changed");
    add("store that is a text", beside("/DSS(x)", "null"), "catalog_changed");
    add(
        "store of texts",
        beside(&format!("/DSS {fresh} 0 R"), "<</Certs[(x)]>>"),
        "catalog_changed",
    );
    add(
        "store with texts for signatures",
        beside(&format!("/DSS {fresh} 0 R"), "<</VRI<</AA(x)>>>>"),
        "catalog_changed",
    );
    let again = format!(
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(Again)/F 4/Rect[300 20 400 60]/P {PAGE} 0 R/V {} 0 R>>",
        s.value
    );
    add(
        "signature shown a second time",
        s.append(&[
            (FORM, with(&body(FORM), "/Fields[", &format!("/Fields[{fresh} 0 R "))),
            (PAGE, with(&page, "/Annots[", &format!("/Annots[{fresh} 0 R "))),
            (fresh, again),
        ]),
        "signature_reused",
    );
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
        "signature field written into the form",
        s.append(&[(
            FORM,
            form.replacen("<</Fields[", &format!("<</Fields[<</FT/Sig/T(other)/V {} 0 R>>", s.value), 1),
        )]),
        "field_added",
    );
    add(
        "widget written into the page",
        s.append(&[(PAGE, page.replacen("/Annots[", &format!("/Annots[{} ", new_field("Tx")), 1))]),
        "field_added",
    );
    add(
        "remark over the text, written into the page",
        s.append(&[(
            PAGE,
            page.replacen(
                "/Annots[",
                "/Annots[<</Type/Annot/Subtype/FreeText/Rect[72 690 400 730]/Contents(Pay 999)>> ",
                1,
            ),
        )]),
        "annotation_covers_content",
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
        "no_signature",
    );
    add(
        "signature's dictionary emptied",
        s.append(&[(s.value, "<<>>".into())]),
        "contents_missing",
    );
    add(
        "signature's dictionary with another name",
        s.append(&[(s.value, with(&body(s.value), "/Adobe.PPKLite", "/Adobe.PPKLite/Name(Minister)"))]),
        "byte_range_gap_is_not_contents",
    );
    add(
        "note rewritten",
        s.append(&[(NOTE, with(&body(NOTE), "(a note)", "(another)"))]),
        "annotation_changed",
    );
    add(
        "note taken from the page",
        s.append(&[(PAGE, with(&page, &format!("{NOTE} 0 R"), ""))]),
        "annotation_removed",
    );
    if signature.contains("/AP<</N ") {
        add(
            "signature with another look",
            s.append(&[(s.field, with(&signature, "/AP<</N ", &format!("/AP<</N {SHARED} 0 R/D ")))]),
            "signature_appearance_changed",
        );
    }
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
        "password_needed",
    );
    all
}
