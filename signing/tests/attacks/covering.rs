//! Annotations that draw over what was certified or signed (evil annotations), and those that do not.
use super::Attack;
use super::ground::*;

/// A page with one more annotation; `look` becomes its appearance.
fn annotated(s: &Signed, body: &str, look: Option<&str>) -> Vec<u8> {
    let (note, drawn) = (s.size, s.size + 1);
    let page = s.object(PAGE);
    let page = page.replacen(&format!("{NOTE} 0 R"), &format!("{NOTE} 0 R {note} 0 R"), 1);
    let appearance = look.map(|_| format!("/AP<</N {drawn} 0 R>>")).unwrap_or_default();
    let mut objects = vec![(PAGE, page), (note, format!("<</Type/Annot{body}{appearance}>>"))];
    if let Some(look) = look {
        let dictionary = "/Type/XObject/Subtype/Form/BBox[0 0 300 40]/Resources<</ExtGState<</M<</BM/Multiply>>/N<</BM/Normal>>/T<</ca 0.1>>/H<</ca 0.5/CA 0.5>>>>\
             /Shading<</S<</ShadingType 2/ColorSpace/DeviceGray/Coords[0 0 1 0]>>>>/Font<</D<</Subtype/Type3>>>>>>";
        objects.push((drawn, stream(dictionary, look)));
    }
    s.append(&objects)
}

const WHITE: &str = "1 g 0 0 300 40 re f";
/// Over the text of the page, and beside it.
const OVER: &str = "/Rect[60 690 360 730]";
const BESIDE: &str = "/Rect[60 400 360 440]";

pub fn attacks(s: &Signed) -> Vec<Attack> {
    let mut all = Vec::new();
    let mut add = |name, bytes, named| all.push(Attack { name, bytes, named });
    let kind = |kind: &str, rest: &str| format!("/Subtype/{kind}{rest}");
    let covers = "annotation_covers_content";
    add(
        "free text over the text",
        annotated(s, &kind("FreeText", OVER), Some(WHITE)),
        covers,
    );
    add(
        "free text that the viewer draws",
        annotated(s, &kind("FreeText", OVER), None),
        covers,
    );
    add("stamp over the text", annotated(s, &kind("Stamp", OVER), Some(WHITE)), covers);
    add("stamp that the viewer draws", annotated(s, &kind("Stamp", OVER), None), covers);
    add(
        "square with a filling",
        annotated(s, &kind("Square", &format!("{OVER}/IC[1 1 1]")), None),
        covers,
    );
    add("highlight that hides", annotated(s, &kind("Highlight", OVER), Some(WHITE)), covers);
    add(
        "ink that fills",
        annotated(s, &kind("Ink", OVER), Some("1 g 0 0 m 300 0 l 300 40 l 0 40 l f")),
        covers,
    );
    add("link that paints", annotated(s, &kind("Link", OVER), Some(WHITE)), covers);
    add("large note", annotated(s, &kind("Text", OVER), Some(WHITE)), covers);
    let letters = "BT /F1 24 Tf 12 10 Td (Pay 999) Tj ET";
    add(
        "other letters on the letters",
        annotated(s, &kind("FreeText", OVER), Some(letters)),
        covers,
    );
    let one_digit = "1 g 62 0 14 40 re f";
    add("one digit hidden", annotated(s, &kind("Stamp", OVER), Some(one_digit)), covers);
    for (name, look) in [
        ("wide line", "1 G 40 w 0 20 m 300 20 l S"),
        ("wide slanting line", "1 G 60 w 0 0 m 300 40 l S"),
        ("wide frame", "1 G 80 w 0 0 300 40 re s"),
        ("wide line through a matrix", "1 G q 10 0 0 10 0 0 cm 4 w 0 2 m 30 2 l S Q"),
        (
            "hatching",
            "1 G 2 w 0 2 m 300 2 l 0 6 m 300 6 l 0 9 m 300 9 l 0 12 m 300 12 l 0 14 m 300 14 l 0 17 m 300 17 l 0 19 m 300 19 l 0 22 m 300 22 l 0 24 m 300 24 l 0 27 m 300 27 l S",
        ),
        ("shading", "/S sh"),
        ("strips", "1 g 0 0 300 12 re f 0 12 300 12 re f 0 24 300 16 re f"),
        ("drawn letters", "BT /D 1 Tf (a) Tj ET"),
        ("darkening taken back", "/M gs /N gs 1 g 0 0 300 40 re f"),
        ("thin filling, thick line", "/T gs 1 G 40 w 0 20 m 300 20 l S"),
    ] {
        add(name, annotated(s, &kind("Ink", OVER), Some(look)), covers);
    }
    let page = s
        .object(PAGE)
        .replacen(&format!("{NOTE} 0 R"), &format!("{NOTE} 0 R {} 0 R", s.size), 1);
    let (note, look, inner) = (s.size, s.size + 1, s.size + 2);
    let with_look = |more: &str, look_of: &str, drawn: &str| {
        let form = "/Type/XObject/Subtype/Form/BBox[0 0 300 40]";
        s.append(&[
            (PAGE, page.clone()),
            (note, format!("<</Type/Annot/Subtype/Text{OVER}{more}>>")),
            (look, stream(&format!("{form}{look_of}"), drawn)),
            (inner, stream("/BBox[0 0 300 40]/Subtype 99 0 R", WHITE)),
            (99, "/Form".into()),
        ])
    };
    add(
        "look of a state",
        with_look(&format!("/AS/X/AP<</N<</X {look} 0 R>>>>"), "", WHITE),
        covers,
    );
    add(
        "look of a state that is not there",
        with_look(&format!("/AS/Y/AP<</N<</X {look} 0 R>>>>"), "", WHITE),
        covers,
    );
    add(
        "form that is said to be one elsewhere",
        with_look(
            &format!("/AP<</N {look} 0 R>>"),
            &format!("/Resources<</XObject<</X {inner} 0 R>>>>"),
            "/X Do",
        ),
        covers,
    );
    let thrice = format!("/H gs {WHITE} 0 0 300 40 re f 0 0 300 40 re f");
    add(
        "thin layers that hide together",
        annotated(s, &kind("Square", OVER), Some(&thrice)),
        covers,
    );
    add("window with a look", annotated(s, &kind("Popup", OVER), Some(WHITE)), covers);
    add(
        "dark highlight",
        annotated(s, &kind("Highlight", OVER), Some("/M gs 0.1 0 0 rg 0 0 300 40 re f")),
        covers,
    );
    add(
        "highlight without a colour",
        annotated(s, &kind("Highlight", OVER), Some("/M gs 0 0 300 40 re f")),
        covers,
    );
    add(
        "dark highlight that the viewer draws",
        annotated(s, &kind("Highlight", &format!("{OVER}/C[0 0 0]")), None),
        covers,
    );
    for (name, what, rest) in [
        ("wide line that the viewer draws", "Line", "/L[60 710 360 710]/BS<</W 30>>"),
        ("wide ink that the viewer draws", "Ink", "/InkList[[60 710 360 710]]/BS<</W 30>>"),
        ("wide frame that the viewer draws", "Square", "/Border[0 0 20]"),
    ] {
        add(name, annotated(s, &kind(what, &format!("{OVER}{rest}")), None), covers);
    }
    for (name, what) in [
        ("redaction", "Redact"),
        ("watermark", "Watermark"),
        ("screen", "Screen"),
        ("unknown kind", "Foo"),
    ] {
        add(name, annotated(s, &kind(what, BESIDE), None), "annotation_is_no_remark");
    }
    add(
        "shown to some readers only",
        annotated(s, "/Subtype/FreeText/F 2/F 4/Rect[60 400 360 440]", None),
        "duplicate_key",
    );
    let act = "annotation_with_action";
    let script = format!("{BESIDE}/A<</S/JavaScript/JS(app.alert\\(1\\))>>");
    add("link with a script", annotated(s, &kind("Link", &script), None), act);
    let launch = format!("{BESIDE}/A<</S/Launch/F(a.exe)>>");
    add("link that launches", annotated(s, &kind("Link", &launch), None), act);
    let hover = format!("{BESIDE}/AA<</E<</S/JavaScript/JS(1)>>>>");
    add("note that runs when touched", annotated(s, &kind("Text", &hover), None), act);
    all
}

pub fn harmless(s: &Signed) -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let kind = |kind: &str, rest: &str| format!("/Subtype/{kind}{rest}");
    let quads = format!("{OVER}/QuadPoints[60 730 360 730 60 690 360 690]/C[1 1 0]");
    [
        ("free text beside", annotated(s, &kind("FreeText", BESIDE), Some(WHITE))),
        ("stamp beside", annotated(s, &kind("Stamp", BESIDE), None)),
        ("highlight", annotated(s, &kind("Highlight", &quads), None)),
        (
            "highlight with a look",
            annotated(s, &kind("Highlight", OVER), Some("/M gs 1 1 0 rg 0 0 300 40 re f")),
        ),
        (
            "thin highlights, one over the other",
            annotated(s, &kind("Highlight", OVER), Some("/H gs 1 1 0 rg 0 0 300 40 re f 0 0 300 40 re f")),
        ),
        (
            "thin slanting line, which is one though it is looked at in pieces",
            annotated(s, &kind("Ink", OVER), Some("/H gs 1 1 0 RG 60 w 0 0 m 300 40 l S")),
        ),
        ("line through", annotated(s, &kind("StrikeOut", OVER), Some("0 18 300 2 re f"))),
        ("frame", annotated(s, &kind("Square", OVER), Some("1 0 0 RG 1 1 298 38 re S"))),
        ("ink around", annotated(s, &kind("Ink", OVER), Some("0 0 m 300 40 l 0 40 l S"))),
        (
            "icon on the text",
            annotated(s, &kind("Text", "/Rect[80 700 100 720]"), Some(WHITE)),
        ),
        (
            "link on the text",
            annotated(s, &kind("Link", &format!("{OVER}/A<</S/URI/URI(https://example.org)>>")), None),
        ),
        (
            "thin line that the viewer draws",
            annotated(s, &kind("Line", &format!("{OVER}/L[60 710 360 710]/BS<</W 2>>")), None),
        ),
        (
            "handwriting",
            annotated(s, &kind("Ink", OVER), Some("1 w 10 10 m 20 30 30 30 40 10 c 50 30 60 30 70 10 c S")),
        ),
        ("hidden free text", annotated(s, "/Subtype/FreeText/F 2/Rect[60 690 360 730]", None)),
    ]
    .map(|(name, bytes)| (name, bytes, "annotations"))
    .to_vec()
}
