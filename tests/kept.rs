//! Files that are made to be kept (PDF/A) or to be read aloud (tagged) are still so when they are signed.
use crate::keys::{Bench, curve, input, run, said};
use lopdf::{Dictionary, Document, Object, ObjectId};
use openssl::nid::Nid;
use std::path::Path;

const LOOK: [&str; 6] = [
    "--visible",
    "1:60,60,200,80",
    "--text",
    "Nguyễn Thị Hường – Đã ký",
    "--qr",
    "12/QĐ-UBND",
];

/// A picture that is red and half transparent.
fn picture(bench: &Bench) -> String {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 8, 4);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().expect("PNG");
    writer.write_image_data(&[255, 0, 0, 128].repeat(32)).expect("PNG");
    writer.finish().expect("PNG");
    bench.write("half.png", bytes)
}

/// LibreOffice's PDF/A of a document.
fn archival(bench: &Bench, part: u8, from: &str) -> String {
    let folder = bench.path(&format!("part{part}"));
    let profile = format!("-env:UserInstallation=file://{}", bench.path("office"));
    let filter = format!(r#"pdf:draw_pdf_Export:{{"SelectPdfVersion":{{"type":"long","value":"{part}"}}}}"#);
    let arguments = [
        &profile,
        "--headless",
        "--infilter=draw_pdf_import",
        "--convert-to",
        &filter,
        "--outdir",
        &folder,
        from,
    ];
    let output = run("soffice", &arguments);
    let made = Path::new(&folder).join(Path::new(from).file_name().expect("a name"));
    assert!(made.exists(), "LibreOffice: {}", said(&output));
    made.to_string_lossy().into_owned()
}

fn dictionary(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(d) => Some(d),
        Object::Stream(s) => Some(&s.dict),
        _ => None,
    }
}

/// Rules of ISO 19005 that what is added could break, with the clauses of part 1 (and 2).
fn broken_rules(signed: &Document, part: u8, added: &[ObjectId]) -> Vec<String> {
    let mut broken = Vec::new();
    for id in added {
        let Some(d) = signed.objects.get(id).and_then(dictionary) else {
            continue;
        };
        let mut rule = |clause: &str| broken.push(format!("{id:?}: {clause}"));
        if part == 1 && d.has(b"SMask") {
            rule("6.4: transparency");
        }
        if part == 1 && (d.has_type(b"ObjStm") || d.has_type(b"XRef")) {
            rule("6.1.4: cross-reference streams");
        }
        if d.get(b"Subtype").and_then(Object::as_name).is_ok_and(|s| s == b"Widget") {
            let flags = d.get(b"F").and_then(Object::as_i64).unwrap_or(0);
            if flags & 4 == 0 || flags & (1 | 2 | 32) != 0 {
                rule("6.5.3 (6.3.2): flags of an annotation");
            }
            let normal = d.get(b"AP").and_then(Object::as_dict);
            if !normal.is_ok_and(|ap| ap.len() == 1 && ap.has(b"N")) {
                rule("6.5.3 (6.3.3): appearance with nothing but N");
            }
            if d.has(b"A") || d.has(b"AA") {
                rule("6.6.2 (6.4.1): actions of a widget");
            }
        }
        if d.has_type(b"FontDescriptor") {
            if !d.has(b"FontFile2") {
                rule("6.3.4: embedded fonts");
            }
            if part == 1 && !d.has(b"CIDSet") {
                rule("6.3.5: CIDSet of a subset");
            }
        }
        if d.has_type(b"Font") && d.get(b"Subtype").and_then(Object::as_name).is_ok_and(|s| s == b"Type0") && !d.has(b"ToUnicode") {
            rule("6.3.8: way back to text");
        }
        let drawn = signed.objects[id].as_stream().is_ok_and(|s| !s.content.is_empty());
        if drawn && d.get(b"Subtype").and_then(Object::as_name).is_ok_and(|s| s == b"Form") {
            let spaces = d.get(b"Resources").and_then(Object::as_dict);
            let spaces = spaces.and_then(|r| r.get(b"ColorSpace")).and_then(Object::as_dict);
            if !spaces.is_ok_and(|s| s.has(b"DefaultGray") && s.has(b"DefaultRGB")) {
                rule("6.2.3.3 (6.2.4.3): colours that depend on the device");
            }
        }
    }
    broken
}

fn added(before: &Document, after: &Document) -> Vec<ObjectId> {
    after
        .objects
        .keys()
        .filter(|id| !before.objects.contains_key(id))
        .copied()
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_to_be_kept_stays_so() {
    let mut bench = Bench::new().await;
    let key = bench.in_files("p256", curve(Nid::X9_62_PRIME256V1));
    let picture = picture(&bench);
    let look = [&LOOK[..], &["--image", &picture]].concat();
    for part in [1, 2, 3] {
        let file = archival(&bench, part, &input("ke-hoach.pdf"));
        let signed = bench.sign(&format!("pdfa-{part}"), "B-LTA", &key, &look, &file);
        let (before, after) = (Document::load(&file).expect("PDF"), Document::load(&signed).expect("PDF"));
        let added = added(&before, &after);
        assert!(added.len() > 8, "{added:?}");
        assert_eq!(broken_rules(&after, part, &added), [""; 0], "part {part}");
        // Where the colours of the page are known, the picture still shines through.
        let masks = added
            .iter()
            .filter(|id| dictionary(&after.objects[id]).is_some_and(|d| d.has(b"SMask")));
        assert_eq!(masks.count(), usize::from(part > 1), "part {part}");
    }
    // The same rules find fault with a signature on a file that is no PDF/A.
    let signed = bench.sign("plain", "B-B", &key, &look, &input("ke-hoach.pdf"));
    let after = Document::load(&signed).expect("PDF");
    let added = added(&Document::load(input("ke-hoach.pdf")).expect("PDF"), &after);
    let broken = broken_rules(&after, 1, &added).join("\n");
    for clause in ["6.4:", "6.3.5:", "6.2.3.3"] {
        assert!(broken.contains(clause), "{clause} is not in {broken}");
    }
    bench.judge(None);
}

/// Elements of a kind that poppler finds in the structure tree.
fn elements(file: &str, kind: &str) -> usize {
    let output = run("pdfinfo", &["-struct", file]);
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    words.lines().filter(|l| l.trim_start().starts_with(kind)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_tagged_tells_of_its_signature() {
    let mut bench = Bench::new().await;
    let key = bench.in_files("p256", curve(Nid::X9_62_PRIME256V1));
    let made = [
        ("typst", input("to-trinh.pdf")),
        ("chromium", input("bao-cao.pdf")),
        ("libreoffice", archival(&bench, 2, &input("ke-hoach.pdf"))),
    ];
    for (name, file) in made {
        let count = |file: &str| (elements(file, "Form"), elements(file, "Object"));
        let (forms, objects) = count(&file);
        let signed = bench.sign(&format!("tagged-{name}"), "B-B", &key, &LOOK, &file);
        assert_eq!(count(&signed), (forms + 1, objects + 1), "{name}");
        // Validators take structure that comes after a signature for tampering.
        let second = bench.sign(&format!("tagged-{name}-second"), "B-LTA", &key, &LOOK, &signed);
        assert_eq!(count(&second), (forms + 1, objects + 1), "{name}");
        // The way from the widget back to its element.
        let document = Document::load(&signed).expect("PDF");
        let (id, widget) = document
            .objects
            .iter()
            .filter_map(|(id, o)| Some((id, dictionary(o)?)))
            .find(|(_, d)| d.get(b"FT").and_then(Object::as_name).is_ok_and(|t| t == b"Sig"))
            .expect("the field");
        let key = widget.get(b"StructParent").and_then(Object::as_i64).expect("a key");
        let element = document.objects.values().filter_map(dictionary).find(|d| {
            let shown = d.get(b"K").and_then(Object::as_dict).and_then(|k| k.get(b"Obj"));
            shown.and_then(Object::as_reference).is_ok_and(|shown| shown == *id)
        });
        let element = element.expect("the element");
        let spoken = element.get(b"Alt").and_then(Object::as_str).expect("words");
        assert!(spoken.starts_with(&[0xfe, 0xff]), "{spoken:?}");
        // The number that the widget bears leads to the element, at the end of the parent tree.
        let get = |d: &Dictionary, key: &[u8]| document.dereference(d.get(key).ok()?).ok().map(|(_, o)| o.clone());
        let root = document
            .objects
            .values()
            .filter_map(dictionary)
            .find(|d| d.has(b"ParentTree"))
            .expect("a structure tree");
        let mut node = get(root, b"ParentTree").expect("a parent tree");
        while let Some(Object::Array(kids)) = get(node.as_dict().expect("a node"), b"Kids") {
            node = document.dereference(kids.last().expect("a kid")).expect("a kid").1.clone();
        }
        let numbers = get(node.as_dict().expect("a node"), b"Nums").expect("numbers");
        let [.., last, entered] = &numbers.as_array().expect("a list")[..] else {
            panic!("{name}: {numbers:?}")
        };
        assert_eq!(*last, Object::Integer(key), "{name}");
        let entered = document.dereference(entered).expect("an element").1.as_dict().expect("an element");
        assert_eq!(entered, element, "{name}");
    }
    bench.judge(None);
}
