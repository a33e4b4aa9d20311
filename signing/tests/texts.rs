//! The words of a file are those that another program reads in it, and a file that is made to cost much costs little.
use crate::burdens::file;
use crate::own::material;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use signing::{FileSource, TextLimits, text};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

const LIMITS: TextLimits = TextLimits {
    pages: 500,
    content: 16 << 20,
    text: 400_000,
};

fn words(text: &str) -> BTreeSet<String> {
    let each = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    each.map(str::to_lowercase).collect()
}

fn ours(file: &Path) -> String {
    let source = FileSource::new(File::open(file).expect("a file")).expect("its length");
    text(&source, &LIMITS, &mut || true).expect("a text")
}

#[test]
fn what_poppler_reads_is_read() {
    let mut read = 0;
    for file in material() {
        let done = Command::new("pdftotext").arg(&file).arg("-").output();
        let theirs = words(&String::from_utf8(done.expect("pdftotext (apt-get install poppler-utils)").stdout).expect("UTF-8"));
        let ours = words(&ours(&file));
        let missing: Vec<_> = theirs.difference(&ours).collect();
        let more: Vec<_> = ours.difference(&theirs).collect();
        assert!(
            missing.is_empty() && more.is_empty(),
            "{}: not {missing:?}, but {more:?}",
            file.display()
        );
        read += usize::from(theirs.len() > 50);
    }
    // One is a scan.
    assert_eq!(read, 5);
}

/// A page with this content, packed.
fn page(content: &[u8], resources: &str, more: &[String]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(content).expect("packing");
    let packed = packed.finish().expect("packing");
    let mut objects: Vec<Vec<u8>> = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<{resources}>>>>").into_bytes(),
    ];
    let mut stream = format!("<</Filter/FlateDecode/Length {}>>stream\n", packed.len()).into_bytes();
    stream.extend_from_slice(&packed);
    stream.extend_from_slice(b"\nendstream");
    objects.push(stream);
    objects.extend(more.iter().map(|o| o.clone().into_bytes()));
    file(&objects, "")
}

const FONT: &str = "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>>>";

fn read(file: &[u8], limits: &TextLimits) -> (String, usize) {
    let mut asked = 0;
    let found = text(&file, limits, &mut || {
        asked += 1;
        true
    });
    (found.expect("a text"), asked)
}

#[test]
fn words_are_parted_where_the_page_parts_them() {
    let content = b"BT /F 12 Tf 50 700 Td (Quy) Tj (\x65t dinh) Tj 0 -20 Td [(so) -600 (12) -20 (3)] TJ ET BI /W 1 ID \x01(EI ( EI BT /F 9 Tf (cuoi) ' ET";
    let (found, _) = read(&page(content, FONT, &[]), &LIMITS);
    assert_eq!(found.split_whitespace().collect::<Vec<_>>(), ["Quyet", "dinh", "so", "123", "cuoi"]);
}

#[test]
fn costly_files_cost_little() {
    // 200 MB of content in 200 kB; strings that never end; forms that show each other again and again; a text without end.
    let bomb = page(&vec![b' '; 200 << 20], FONT, &[]);
    assert_eq!(read(&bomb, &LIMITS).0.trim(), "");
    let open = page(&vec![b'('; 4_000_000], FONT, &[]);
    assert_eq!(read(&open, &LIMITS).0.trim(), "");
    let brackets = page("[(a)<".repeat(700_000).as_bytes(), FONT, &[]);
    assert_eq!(read(&brackets, &LIMITS).0.trim(), "");
    let form = |n: usize| {
        let content = format!("/X{} Do ", n + 1).repeat(200);
        let resources = format!("/XObject<</X{} {} 0 R>>", n + 1, n + 6);
        format!(
            "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<<{resources}>>/Length {}>>stream\n{content}\nendstream",
            content.len()
        )
    };
    let forms: Vec<String> = (0..8).map(form).collect();
    let nested = page(b"/X0 Do", "/XObject<</X0 5 0 R>>", &forms);
    let (found, asked) = read(&nested, &LIMITS);
    assert_eq!(found.trim(), "");
    assert!(asked < 1_000_000, "{asked} times");
    let long = page(&b"BT /F 9 Tf (mot hai ba) Tj ET ".repeat(100_000), FONT, &[]);
    let short = TextLimits { text: 1000, ..LIMITS };
    let (found, _) = read(&long, &short);
    assert!(found.len() <= 1000 && found.starts_with("mot hai ba"), "{}", found.len());

    // Whoever has no more time gets what there was.
    let stopped = text(&long.as_slice(), &LIMITS, &mut || false).expect("a text");
    assert_eq!(stopped, "");
}
