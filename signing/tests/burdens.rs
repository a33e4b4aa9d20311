//! Files that are made to exhaust whoever reads them. Each must end in an answer: a refusal, or a verdict that is not a pass.
use crate::authority::{Authority, NOW};
use crate::weight::{alone, say_peak};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use signing::validate::{Indication, validate};
use signing::{SignOptions, inspect, sign};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

/// A file with a cross-reference table over these objects, from number 1.
pub fn file(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (i, body) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", out.len());
        out.extend_from_slice(format!("{} 0 obj\n", i + 1).as_bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(b"\nendobj\n");
    }
    let start = out.len();
    let _ = write!(
        table,
        "trailer\n<</Size {}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    );
    out.extend_from_slice(table.as_bytes());
    out
}

fn texts(objects: &[&str], trailer: &str) -> Vec<u8> {
    let objects: Vec<Vec<u8>> = objects.iter().map(|o| o.as_bytes().to_vec()).collect();
    file(&objects, trailer)
}

const CATALOG: &str = "<</Type/Catalog/Pages 2 0 R>>";
const PAGES: &str = "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>";
const PAGE: &str = "<</Type/Page/Parent 2 0 R>>";

fn zeros(megabytes: usize) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    let part = vec![b'0'; 1 << 20];
    for _ in 0..megabytes {
        packer.write_all(&part).unwrap();
    }
    packer.finish().unwrap()
}

fn stream(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("<<{dictionary}/Length {}>>\nstream\n", content.len());
    [head.as_bytes(), content, b"\nendstream"].concat()
}

/// A file whose only cross-reference stream (object 4, with object stream 5) is given.
fn streamed(container: &[u8], width: &str, index: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut offsets = [0; 6];
    for (id, body) in [(2, PAGES.as_bytes()), (3, PAGE.as_bytes()), (5, container)] {
        offsets[id] = out.len();
        out.extend_from_slice(format!("{id} 0 obj\n").as_bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(b"\nendobj\n");
    }
    offsets[4] = out.len();
    let mut rows = vec![0, 0, 0, 0, 0, 0];
    // The catalog lies in the object stream.
    rows.extend([2, 0, 0, 0, 5, 0]);
    for offset in &offsets[2..] {
        rows.push(1);
        rows.extend(u32::try_from(*offset).unwrap().to_be_bytes());
        rows.push(0);
    }
    let start = out.len();
    out.extend_from_slice(b"4 0 obj\n");
    out.extend(stream(&format!("/Type/XRef/Size 6/W[{width}]{index}/Root 1 0 R"), &rows));
    out.extend_from_slice(format!("\nendobj\nstartxref\n{start}\n%%EOF\n").as_bytes());
    out
}

fn burdens() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    let arrays = deep("[", "]");
    let dictionaries = deep("<</A", ">>");
    let bomb = zeros(1500);
    let packed = "/Type/ObjStm/N 1/First 4/Filter/FlateDecode";
    let twice = {
        let mut again = ZlibEncoder::new(Vec::new(), Compression::best());
        again.write_all(&bomb).unwrap();
        again.finish().unwrap()
    };
    let mut endless = texts(&[CATALOG, PAGES, PAGE], "");
    let at = endless.windows(9).rposition(|w| w == b"startxref").unwrap();
    let tail = String::from_utf8(endless[at..].to_vec()).unwrap();
    let own = tail.lines().nth(1).unwrap().to_owned();
    endless = String::from_utf8(endless)
        .unwrap()
        .replace("/Root 1 0 R", &format!("/Root 1 0 R/Prev {own}"))
        .into_bytes();
    let vast = String::from_utf8(texts(&[CATALOG, PAGES, PAGE], "")).unwrap();
    let vast = vast.replace("/Size 4", "/Size 99999999999999").into_bytes();
    let many: String = (0..100_000).map(|_| "3 0 R ").collect();
    let mut chain = vec![CATALOG.as_bytes().to_vec()];
    for n in 2..20_000 {
        chain.push(format!("<</Type/Pages/Kids[{} 0 R]/Count 1>>", n + 1).into_bytes());
    }
    chain.push(PAGE.as_bytes().to_vec());
    vec![
        (
            "arrays in arrays",
            texts(&[CATALOG, PAGES, &format!("<</Type/Page/Parent 2 0 R/A {arrays}>>")], ""),
        ),
        (
            "arrays in the catalog",
            texts(&[&format!("<</Type/Catalog/Pages 2 0 R/A {arrays}>>"), PAGES, PAGE], ""),
        ),
        (
            "dictionaries in dictionaries",
            texts(&[CATALOG, PAGES, &format!("<</Type/Page/Parent 2 0 R/A {dictionaries}>>")], ""),
        ),
        ("arrays in the trailer", texts(&[CATALOG, PAGES, PAGE], &format!("/A {arrays}"))),
        (
            "page tree that loops",
            texts(
                &[
                    CATALOG,
                    "<</Type/Pages/Kids[2 0 R 3 0 R]/Count 1>>",
                    "<</Type/Pages/Kids[2 0 R]/Parent 2 0 R>>",
                ],
                "",
            ),
        ),
        (
            "page that is its own parent",
            texts(&[CATALOG, PAGES, "<</Type/Page/Parent 3 0 R>>"], ""),
        ),
        ("pages one below another", file(&chain, "")),
        (
            "the same page many times",
            texts(
                &[
                    CATALOG,
                    &format!("<</Type/Pages/Kids[{many}]/Count 100000/MediaBox[0 0 1 1]>>"),
                    PAGE,
                ],
                "",
            ),
        ),
        (
            "catalog that is its own page tree",
            texts(&["<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>", PAGES, PAGE], ""),
        ),
        ("reference to itself", texts(&[CATALOG, "2 0 R", PAGE], "")),
        (
            "an encryption dictionary of itself",
            texts(
                &[
                    CATALOG,
                    PAGES,
                    PAGE,
                    &format!("<</Filter/Standard/A[{}]>>", "4 0 R ".repeat(50_000)),
                ],
                "/Encrypt 4 0 R/ID 4 0 R",
            ),
        ),
        ("references in a ring", texts(&[CATALOG, "3 0 R", "2 0 R"], "")),
        (
            "length that is its own stream",
            texts(
                &[
                    CATALOG,
                    PAGES,
                    "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>",
                    "<</Length 4 0 R>>\nstream\nq\nendstream",
                ],
                "",
            ),
        ),
        (
            "fields in a ring",
            texts(
                &[
                    "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>",
                    PAGES,
                    PAGE,
                    "<</T(a)/Kids[4 0 R 5 0 R]>>",
                    "<</T(b)/Kids[4 0 R]/Parent 5 0 R>>",
                ],
                "",
            ),
        ),
        ("previous section that is this one", endless),
        ("size beyond all numbers", vast),
        (
            "object stream that unpacks to gigabytes",
            streamed(&stream(packed, &bomb), "1 4 1", ""),
        ),
        (
            "packed twice",
            streamed(
                &stream("/Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]", &twice),
                "1 4 1",
                "",
            ),
        ),
        (
            "object stream of a thousand million",
            streamed(
                &stream("/Type/ObjStm/N 1000000000/First 4", b"1 0 <</Type/Catalog/Pages 2 0 R>>"),
                "1 4 1",
                "",
            ),
        ),
        (
            "object stream that extends itself",
            streamed(
                &stream("/Type/ObjStm/N 1/First 4/Extends 5 0 R", b"1 0 <</Type/Catalog/Pages 2 0 R>>"),
                "1 4 1",
                "",
            ),
        ),
        ("columns wider than the file", streamed(&stream(packed, b""), "1 4000000000 1", "")),
        (
            "rows beyond all numbers",
            streamed(&stream(packed, b""), "1 4 1", "/Index[0 2000000000]"),
        ),
        ("nothing but a header", b"%PDF-1.7\n".to_vec()),
        ("nothing", Vec::new()),
        (
            "a megabyte of brackets",
            [b"%PDF-1.7\n".to_vec(), vec![b'['; 1 << 20], b"\nstartxref\n9\n%%EOF".to_vec()].concat(),
        ),
        (
            "a megabyte of startxref",
            b"%PDF-1.7\nstartxref\n9\n".iter().copied().cycle().take(1 << 20).collect(),
        ),
    ]
}

#[test]
fn what_is_made_to_exhaust_ends_in_an_answer() {
    let peak = alone("burdens::each_burden", Path::new(""));
    assert!(peak < 256 << 10, "{peak} kB");
}

#[test]
#[ignore = "the process that the test above weighs"]
fn each_burden() {
    let authority = Authority::new();
    let (context, signer) = (authority.context(), authority.signer("Somebody"));
    for (name, bytes) in burdens() {
        // Read and judged; a file without a signature cannot pass.
        let start = Instant::now();
        let _ = inspect(&bytes, None);
        let report = validate(&bytes, &context);
        assert_ne!(report.verdict, Some(Indication::TotalPassed), "{name}");
        assert!(report.error.is_some(), "{name}");
        // Signed, where it can be read at all: then what was made must be right.
        let mut out = Vec::new();
        let options = SignOptions {
            time: NOW,
            ..SignOptions::default()
        };
        if sign(&bytes, &mut out, &signer, &options).is_ok() {
            let report = validate(&out, &context);
            assert_eq!(report.verdict, Some(Indication::TotalPassed), "{name}: {:?}", report.error);
        }
        println!("{name}: {} ms", start.elapsed().as_millis());
    }
    say_peak();
}

#[test]
fn two_hundred_signatures_are_all_judged() {
    let authority = Authority::new();
    let signer = authority.signer("Somebody");
    let mut bytes = texts(&[CATALOG, PAGES, PAGE], "");
    let options = SignOptions {
        time: NOW,
        ..SignOptions::default()
    };
    for _ in 0..200 {
        let mut out = Vec::new();
        sign(&bytes, &mut out, &signer, &options).unwrap();
        bytes = out;
    }
    let report = validate(&bytes, &authority.context());
    assert_eq!(report.signatures.len(), 200);
    assert_eq!(report.verdict, Some(Indication::TotalPassed));
}
