//! Memory must not follow the size of the file.
use crate::authority::{Authority, NOW};
use signing::validate::{Indication, validate};
use signing::{FileSource, SignOptions, sign_path};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;

/// Pictures of `size` bytes (holes in the file) and small objects that refer to each other.
fn make(path: &Path, pictures: u64, size: u64, objects: usize) {
    let mut out = std::io::BufWriter::new(File::create(path).unwrap());
    let mut offsets = Vec::new();
    let mut add = |out: &mut std::io::BufWriter<File>, head: &str, hole: u64, tail: &str| {
        offsets.push(out.stream_position().unwrap());
        write!(out, "{} 0 obj\n{head}", offsets.len()).unwrap();
        out.seek(SeekFrom::Current(i64::try_from(hole).unwrap())).unwrap();
        write!(out, "{tail}\nendobj\n").unwrap();
    };
    out.write_all(b"%PDF-1.7\n").unwrap();
    add(&mut out, "<</Type/Catalog/Pages 2 0 R/Things[5 0 R]>>", 0, "");
    add(&mut out, "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>", 0, "");
    add(&mut out, "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>", 0, "");
    for _ in 0..pictures {
        add(&mut out, &format!("<</Length {size}>>\nstream\n"), size, "\nendstream");
    }
    for n in 0..objects {
        let other = 5 + n / 2;
        add(&mut out, &format!("<</Type/Thing/Next {other} 0 R/Name(thing number {n})>>"), 0, "");
    }
    let at = out.stream_position().unwrap();
    write!(out, "xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).unwrap();
    for offset in &offsets {
        writeln!(out, "{offset:010} 00000 n ").unwrap();
    }
    write!(out, "trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n", offsets.len() + 1).unwrap();
    out.flush().unwrap();
}

fn peak(folder: &Path, name: &str) -> u64 {
    alone("weight::signs_twice_and_verifies", &folder.join(name))
}

/// Runs one ignored test in a process of its own; its peak of resident memory in kB, which it prints with [`say_peak`].
pub fn alone(test: &str, input: &Path) -> u64 {
    let exe = std::env::current_exe().unwrap();
    let done = Command::new(exe)
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env("KYHOP_WEIGH", input)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    let line = said.lines().find_map(|l| l.split_once("VmHWM:")).unwrap();
    line.1.trim().trim_end_matches(" kB").parse().unwrap()
}

pub fn say_peak() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    println!("{}", status.lines().find(|l| l.starts_with("VmHWM")).unwrap());
}

#[test]
fn memory_does_not_follow_the_size_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    make(&folder.path().join("small.pdf"), 1, 1000, 10);
    make(&folder.path().join("pictures.pdf"), 400, 500_000, 10);
    make(&folder.path().join("objects.pdf"), 1, 1000, 60_000);
    let small = peak(folder.path(), "small.pdf");
    let pictures = peak(folder.path(), "pictures.pdf");
    let objects = peak(folder.path(), "objects.pdf");
    assert!(
        pictures < small + 6_000,
        "200 MB of pictures: {pictures} kB, a small file: {small} kB"
    );
    // What is kept at hand is full by then (10 MB); beyond, an object takes the 20 bytes of its entry and its reference.
    assert!(objects < small + 20_000, "60,000 objects: {objects} kB, a small file: {small} kB");
}

#[test]
#[ignore = "the process that the test above weighs"]
fn signs_twice_and_verifies() {
    let input = std::path::PathBuf::from(std::env::var_os("KYHOP_WEIGH").unwrap());
    let authority = Authority::new();
    let signer = authority.signer("Somebody");
    let options = SignOptions {
        time: NOW,
        ..SignOptions::default()
    };
    let (once, twice) = (input.with_extension("1"), input.with_extension("2"));
    sign_path(&input, &once, &signer, &options).unwrap();
    sign_path(&once, &twice, &signer, &options).unwrap();
    let report = validate(&FileSource::new(File::open(&twice).unwrap()).unwrap(), &authority.context());
    assert_eq!(report.verdict, Some(Indication::TotalPassed), "{:?}", report.error);
    assert_eq!(report.signatures.len(), 2);
    say_peak();
}
