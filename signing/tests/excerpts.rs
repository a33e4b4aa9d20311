//! A page cut out of a file looks as it does in the file, and carries nothing of the others.
use crate::authority::Authority;
use crate::own::{issue, material};
use signing::{FileSource, excerpt, inspect, page_sizes};
use std::fs::File;
use std::path::Path;
use std::process::Command;

/// The points of the page as Poppler draws it.
fn drawn(file: &Path, page: usize) -> Vec<u8> {
    let page = page.to_string();
    let done = Command::new("pdftoppm")
        .args(["-r", "60", "-f", &page, "-l", &page])
        .arg(file)
        .output()
        .expect("pdftoppm (apt-get install poppler-utils)");
    assert!(
        done.status.success(),
        "{}: {}",
        file.display(),
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(
        done.stderr.is_empty(),
        "{}: {}",
        file.display(),
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(done.stdout.len() > 100_000, "a picture");
    done.stdout
}

/// Mean brightness of squares of 8 by 8 points of a PPM picture.
fn blocks(picture: &[u8]) -> Vec<u32> {
    let end = picture.iter().enumerate().filter(|(_, b)| **b == b'\n').nth(2).expect("a header").0;
    let header = String::from_utf8_lossy(&picture[..end]).into_owned();
    let sizes: Vec<usize> = header.split_whitespace().skip(1).map(|n| n.parse().expect("a number")).collect();
    let (width, points) = (sizes[0], &picture[end + 1..]);
    let across = width.div_ceil(8);
    let mut sums = vec![(0, 0); across * sizes[1].div_ceil(8)];
    for (at, point) in points.chunks_exact(3).enumerate() {
        let sum: &mut (u32, u32) = &mut sums[at / width / 8 * across + at % width / 8];
        sum.0 += point.iter().map(|c| u32::from(*c)).sum::<u32>();
        sum.1 += 3;
    }
    sums.into_iter().map(|(sum, count)| sum / count).collect()
}

fn every_page_looks_the_same(file: &Path, dir: &Path) {
    let source = FileSource::new(File::open(file).expect("a file")).expect("its length");
    let sizes = page_sizes(&source).expect("sizes");
    assert_eq!(sizes, inspect(&source, None).expect("readable").pages);
    for (at, size) in sizes.iter().enumerate() {
        let cut = excerpt(&source, at as u32 + 1).unwrap_or_else(|e| panic!("{}: page {}: {e}", file.display(), at + 1));
        let about = inspect(&cut, None).expect("a readable excerpt");
        assert_eq!(
            (about.pages.as_slice(), about.signatures),
            ([*size].as_slice(), 0),
            "{}",
            file.display()
        );
        let out = dir.join("cut.pdf");
        std::fs::write(&out, &cut).expect("writing");
        let check = Command::new("qpdf").arg("--check").arg(&out).output().expect("qpdf");
        assert!(
            check.status.success(),
            "{}: {}",
            file.display(),
            String::from_utf8_lossy(&check.stdout)
        );
        let (whole, part) = (blocks(&drawn(file, at + 1)), blocks(&drawn(&out, 1)));
        assert_eq!(whole.len(), part.len(), "{}: page {}", file.display(), at + 1);
        // Numbers are kept to five digits behind the point: edges may be a shade lighter or darker, nothing may be missing.
        let worst = whole.iter().zip(&part).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
        assert!(worst <= 24, "{}: page {} looks different by {worst}", file.display(), at + 1);
    }
    assert!(excerpt(&source, sizes.len() as u32 + 1).is_err());
    assert!(excerpt(&source, 0).is_err());
}

#[test]
fn every_page_of_every_producer_looks_the_same() {
    let dir = tempfile::tempdir().unwrap();
    for file in material() {
        every_page_looks_the_same(&file, dir.path());
    }
}

#[test]
fn signed_encrypted_packed_and_turned_files_too() {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let issued = issue(
        &material()[0],
        dir.path(),
        &authority.signer("Nguyễn Văn Thành"),
        &authority.signer("Văn thư"),
    );
    every_page_looks_the_same(&issued, dir.path());
    for (name, how) in [
        ("encrypted.pdf", ["--encrypt", "", "owner", "256", "--"].as_slice()),
        ("streams.pdf", &["--object-streams=generate"]),
        ("turned.pdf", &["--rotate=+90"]),
        ("linear.pdf", &["--linearize"]),
    ] {
        let file = dir.path().join(name);
        let done = Command::new("qpdf").args(how).arg(&issued).arg(&file).status().expect("qpdf");
        assert!(done.success(), "{name}");
        every_page_looks_the_same(&file, dir.path());
    }
}

/// Two pages over one dictionary of resources, as some programs write them, each with a picture of its own.
#[test]
fn pictures_of_other_pages_stay_behind() {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    let picture = |name: &str| {
        format!(
            "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length {}>>stream\n% {name}\n0 0 9 9 re f\nendstream",
            name.len() + 16
        )
    };
    let content = |name: &str| format!("<</Length {}>>stream\n/{name} Do\nendstream", name.len() + 4);
    for object in [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]/MediaBox[0 0 200 100]/Resources<</XObject<</Own 7 0 R/An#20other 8 0 R/Inner 9 0 R>>>>>>"
            .to_owned(),
        "<</Type/Page/Parent 2 0 R/Contents 5 0 R>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/Contents 6 0 R>>".to_owned(),
        content("Own"),
        content("An#20other"),
        // A form without resources of its own takes the page's.
        "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 22>>stream\n% picture-own\n/Inner Do\nendstream".to_owned(),
        picture("picture-other"),
        picture("picture-inner"),
    ] {
        places.push(file.len());
        file.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", places.len()).as_bytes());
    }
    let start = file.len();
    file.extend_from_slice(b"xref\n0 10\n0000000000 65535 f \n");
    for place in places {
        file.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    file.extend_from_slice(format!("trailer\n<</Size 10/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").as_bytes());
    let has = |cut: &[u8], text: &str| cut.windows(text.len()).any(|w| w == text.as_bytes());
    let first = excerpt(&file, 1).expect("page 1");
    let second = excerpt(&file, 2).expect("page 2");
    assert_eq!(page_sizes(&file).expect("sizes").len(), 2);
    assert_eq!(
        ["own", "other", "inner"].map(|n| has(&first, &format!("picture-{n}"))),
        [true, false, true]
    );
    assert_eq!(
        ["own", "other", "inner"].map(|n| has(&second, &format!("picture-{n}"))),
        [false, true, false]
    );
}
