//! Files as other programs write them, signed visibly and at the highest level, before other people's judges.
use crate::keys::{Bench, input, rsa, run, said};
use crate::signing_judges::kyhop;
use openssl::pkey::PKey;
use std::path::Path;

/// What qpdf makes of a file: the name of the kind and how to ask for it.
const KINDS: [(&str, &[&str]); 7] = [
    ("table", &["--object-streams=disable"]),
    ("object-streams", &["--object-streams=generate"]),
    ("linearized", &["--linearize"]),
    ("linearized-streams", &["--linearize", "--object-streams=generate"]),
    ("pdf20", &["--force-version=2.0", "--object-streams=generate"]),
    ("rotated-90", &["--rotate=+90"]),
    ("rotated-270", &["--rotate=+270", "--object-streams=generate"]),
];
const SECRET: &str = "mat-khau";
const LOCKED: [(&str, &[&str]); 6] = [
    ("rc4-40", &["--allow-weak-crypto", "--encrypt", "user", SECRET, "40", "--"]),
    (
        "rc4-128",
        &["--allow-weak-crypto", "--encrypt", SECRET, "owner", "128", "--use-aes=n", "--"],
    ),
    (
        "aes-128",
        &["--allow-weak-crypto", "--encrypt", SECRET, "owner", "128", "--use-aes=y", "--"],
    ),
    (
        "clear-metadata",
        &[
            "--allow-weak-crypto",
            "--encrypt",
            SECRET,
            "owner",
            "128",
            "--use-aes=y",
            "--cleartext-metadata",
            "--",
        ],
    ),
    (
        "aes-256-r5",
        &["--allow-weak-crypto", "--encrypt", SECRET, "owner", "256", "--force-R5", "--"],
    ),
    ("aes-256", &["--object-streams=generate", "--encrypt", "user", SECRET, "256", "--"]),
];
const LOOK: [&str; 6] = [
    "--visible",
    "1:60,60,200,80",
    "--text",
    "Nguyễn Thị Hường – Đã ký",
    "--qr",
    "12/QĐ-UBND",
];

fn made(bench: &Bench, name: &str, arguments: &[&str], from: &str) -> String {
    let out = bench.path(&format!("{name}.pdf"));
    let output = run("qpdf", &[arguments, &[from, &out]].concat());
    assert!(Path::new(&out).exists(), "{name}: {}", said(&output));
    out
}

/// A file whose cross-reference table is read by old programs and whose stream by new ones (ISO 32000-1, 7.5.8.4).
fn hybrid() -> Vec<u8> {
    let mut file = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut offsets = Vec::new();
    for (n, body) in [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/CropBox[50 50 545 792]/Resources<<>>>>",
    ]
    .iter()
    .enumerate()
    {
        offsets.push(file.len());
        file.extend_from_slice(format!("{} 0 obj\n{body}\nendobj\n", n + 1).as_bytes());
    }
    let objects = b"4 0 <</Title(Hybrid)>>";
    offsets.push(file.len());
    file.extend_from_slice(format!("5 0 obj\n<</Type/ObjStm/N 1/First 4/Length {}>>stream\n", objects.len()).as_bytes());
    file.extend_from_slice(objects);
    file.extend_from_slice(b"\nendstream\nendobj\n");
    let stream = file.len();
    let entries = [2u8, 0, 0, 0, 5, 0];
    file.extend_from_slice(b"6 0 obj\n<</Type/XRef/Size 7/W[1 4 1]/Index[4 1]/Length 6>>stream\n");
    file.extend_from_slice(&entries);
    file.extend_from_slice(b"\nendstream\nendobj\n");
    let table = file.len();
    file.extend_from_slice(b"xref\n0 7\n0000000004 65535 f\r\n");
    for offset in &offsets[..3] {
        file.extend_from_slice(format!("{offset:010} 00000 n\r\n").as_bytes());
    }
    file.extend_from_slice(b"0000000000 00000 f\r\n");
    file.extend_from_slice(format!("{:010} 00000 n\r\n{stream:010} 00000 n\r\n", offsets[3]).as_bytes());
    file.extend_from_slice(format!("trailer\n<</Size 7/Root 1 0 R/Info 4 0 R/XRefStm {stream}>>\nstartxref\n{table}\n%%EOF\n").as_bytes());
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_every_kind_are_signed() {
    let mut bench = Bench::new().await;
    let key = bench.in_files("p256", crate::keys::curve(openssl::nid::Nid::X9_62_PRIME256V1));
    let plain = input("to-trinh.pdf");
    for (name, arguments) in KINDS {
        let file = made(&bench, name, arguments, &plain);
        bench.sign(name, "B-LTA", &key, &LOOK, &file);
    }
    let file = bench.write("hybrid.pdf", hybrid());
    bench.sign("hybrid", "B-LTA", &key, &LOOK, &file);
    // Signed already, once and twice, by the same and by others; certified first.
    let other = bench.in_files("other", rsa(3072));
    let first = bench.sign("certified", "B-LT", &key, &["--certify", "2"], &plain);
    bench.sign("second", "B-LT", &other, &["--lock", "all-but:x"], &first);
    let edwards = bench.in_files("edwards", PKey::generate_ed25519().expect("a key"));
    bench.sign("second-ed25519", "B-LT", &edwards, &["--lock", "all-but:x"], &first);
    bench.sign("third", "B-LTA", &key, &[], &first);
    // Step by step, and the last one again.
    let mut at = bench.sign("extended", "B-B", &key, &[], &plain);
    for level in ["B-T", "B-LT", "B-LTA"] {
        at = bench.extend("extended", level, &[], &at);
    }
    bench.extend("renewed", "B-LTA", &[], &at);
    bench.judge(None);
}

#[tokio::test(flavor = "multi_thread")]
async fn encrypted_files_are_signed_with_their_password() {
    let mut bench = Bench::new().await;
    let key = bench.in_files("p256", crate::keys::curve(openssl::nid::Nid::X9_62_PRIME256V1));
    let plain = input("ke-hoach.pdf");
    for (name, arguments) in LOCKED {
        let file = made(&bench, name, arguments, &plain);
        bench.sign(name, "B-LTA", &key, &[&LOOK[..], &["--password", SECRET]].concat(), &file);
        if name == "aes-256" {
            let secret = ["--password", SECRET];
            let signed = bench.sign("extended", "B-B", &key, &secret, &file);
            bench.extend("extended", "B-LTA", &secret, &signed);
        }
    }
    bench.judge(Some(SECRET));
}

/// An encrypted file whose encryption dictionary is written anew in a further revision, with something replaced in it.
fn odd(from: &str, replaced: &[(&str, &str)]) -> Vec<u8> {
    let mut file = std::fs::read(from).expect("reading");
    let find = |needle: &str| file.windows(needle.len()).rposition(|w| w == needle.as_bytes()).expect("found");
    let until = |at: usize, end: &str| {
        let length = file[at..].windows(end.len()).position(|w| w == end.as_bytes()).expect("an end");
        String::from_utf8_lossy(&file[at..at + length]).into_owned()
    };
    let trailer = until(find("trailer <<") + 10, ">>\nstartxref");
    let number = trailer
        .split("/Encrypt ")
        .nth(1)
        .and_then(|s| s.split(' ').next())
        .expect("a number")
        .to_owned();
    let mut dictionary = until(find(&format!("\n{number} 0 obj")) + 1, "endobj");
    for (old, new) in replaced {
        assert!(dictionary.contains(old), "{old} in {dictionary}");
        dictionary = dictionary.replacen(old, new, 1);
    }
    let previous = until(find("startxref") + 10, "\n");
    let at = file.len();
    file.extend_from_slice(format!("{dictionary}endobj\n").as_bytes());
    let table = file.len();
    file.extend_from_slice(
        format!("xref\n{number} 1\n{at:010} 00000 n \ntrailer <<{trailer}/Prev {previous}>>\nstartxref\n{table}\n%%EOF\n").as_bytes(),
    );
    file
}

/// Encrypted files that break the letter of the standard and that others open all the same.
#[tokio::test(flavor = "multi_thread")]
async fn encrypted_files_with_oddities_are_opened_with_their_password() {
    let mut bench = Bench::new().await;
    let key = bench.in_files("p256", crate::keys::curve(openssl::nid::Nid::X9_62_PRIME256V1));
    let plain = input("ke-hoach.pdf");
    let longer = |end: &str| "00".repeat(79) + end;
    for (name, kind, replaced) in [
        ("bytes-instead-of-bits", 1, &[("/Length 128", "/Length 16")][..]),
        ("no-length", 2, &[(" /Length 128", "")]),
        ("filter-length-in-bits", 2, &[("/Length 16", "/Length 128")]),
        ("permissions-without-sign", 1, &[("/P -4", "/P 4294967292")]),
        (
            "longer-values",
            5,
            &[("> /OE", longer("> /OE").as_str()), ("> /UE", longer("> /UE").as_str())],
        ),
    ] {
        let (made_of, arguments) = LOCKED[kind];
        let arguments = [arguments, &["--object-streams=disable"]].concat();
        let locked = made(&bench, &format!("{name}-{made_of}"), &arguments, &plain);
        let file = bench.write(&format!("odd-{name}.pdf"), odd(&locked, replaced));
        let signed = bench.sign(name, "B-B", &key, &[&LOOK[..], &["--password", SECRET]].concat(), &file);
        // Strict programs refuse some of these; mupdf opens them all as we do, poppler takes a length for bits always.
        let own = kyhop(&["verify", "--trust", &bench.root(), "--password", SECRET, &signed]);
        assert_eq!(own.status.code(), Some(0), "{name}: {}", said(&own));
        let judged = said(&run("pdfsig", &["-nocert", "-opw", SECRET, "-upw", SECRET, &signed]));
        assert!(
            judged.contains("Signature is Valid.") || name == "bytes-instead-of-bits",
            "{name}: {judged}"
        );
        let drawn = run(
            "mutool",
            &["draw", "-q", "-p", SECRET, "-r", "20", "-o", &bench.path("page.png"), &signed, "1"],
        );
        assert!(drawn.status.success(), "{name}: {}", said(&drawn));
    }
}
