//! Where a visible signature is seen, in the pictures that two programs draw of the page.
use crate::authority::{Authority, NOW};
use signing::{Appearance, PageInfo, Placement, SignOptions, page_sizes, sign};
use std::path::Path;
use std::process::Command;

const PLACE: Placement = Placement {
    page: 1,
    x: 24.0,
    y: 36.0,
    w: 80.0,
    h: 40.0,
};

fn page(entries: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.6\n".to_vec();
    let bodies = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]{entries}>>"),
    ];
    let mut table = "xref\n0 4\n0000000000 65535 f \n".to_owned();
    for (i, body) in bodies.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", file.len());
        file.extend_from_slice(format!("{} 0 obj\n{body}\nendobj\n", i + 1).as_bytes());
    }
    let start = file.len();
    file.extend_from_slice(format!("{table}trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").as_bytes());
    file
}

/// A picture of two pixels, red and blue, as large as the place.
pub fn picture() -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 2, 1);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[255, 0, 0, 0, 0, 255]).unwrap();
    writer.finish().unwrap();
    out
}

/// Pixels of a page at one pixel a point: width, height, RGB.
fn drawn(program: &str, file: &Path) -> (usize, usize, Vec<u8>) {
    let out = file.with_extension("ppm");
    let mut command = Command::new(program);
    match program {
        "mutool" => command.args(["draw", "-q", "-r", "72", "-A", "0", "-o"]).arg(&out).arg(file),
        _ => command
            .args(["-r", "72", "-cropbox", "-singlefile", "-aa", "no", "-aaVector", "no"])
            .arg(file)
            .arg(file.with_extension("")),
    };
    let done = command.output().unwrap_or_else(|e| panic!("{program}: {e}"));
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    let ppm = std::fs::read(out).unwrap();
    let mut numbers = Vec::new();
    let mut at = 2;
    while numbers.len() < 3 {
        while ppm[at].is_ascii_whitespace() {
            at += 1;
        }
        let end = at + ppm[at..].iter().position(u8::is_ascii_whitespace).unwrap();
        numbers.push(std::str::from_utf8(&ppm[at..end]).unwrap().parse::<usize>().unwrap());
        at = end;
    }
    (numbers[0], numbers[1], ppm[at + 1..].to_vec())
}

/// Left, lower, right and upper edge in points of what has this colour.
fn seen(picture: &(usize, usize, Vec<u8>), colour: [u8; 3]) -> Option<[usize; 4]> {
    let (width, height, pixels) = picture;
    let near = |p: &[u8]| p.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 64);
    let places = pixels.chunks_exact(3).enumerate().filter(|(_, p)| near(p));
    places
        .map(|(i, _)| (i % width, height - 1 - i / width))
        .fold(None, |found, (x, y)| {
            let [a, b, c, d] = found.unwrap_or([x, y, x + 1, y + 1]);
            Some([a.min(x), b.min(y), c.max(x + 1), d.max(y + 1)])
        })
}

#[test]
fn a_signature_is_seen_where_it_was_placed_and_upright() {
    let dir = tempfile::tempdir().unwrap();
    let signer = Authority::new().signer("Nguyễn Văn Thành");
    let mut wrong = Vec::new();
    for rotate in [0, 90, 180, 270] {
        for more in ["", "/CropBox[40 30 240 330]", "/UserUnit 2/CropBox[40 30 240 330]"] {
            let entries = format!("/Rotate {rotate}{more}");
            let mut look = Appearance::at(PLACE);
            look.image = Some(picture());
            let options = SignOptions {
                time: NOW,
                appearance: Some(look),
                ..SignOptions::default()
            };
            let input = page(&entries);
            let mut signed = Vec::new();
            sign(&input.as_slice(), &mut signed, &signer, &options).unwrap();
            let file = dir.path().join("signed.pdf");
            std::fs::write(&file, &signed).unwrap();
            let PageInfo { width, height, .. } = page_sizes(&signed).unwrap()[0];
            for program in ["mutool", "pdftoppm"] {
                // Poppler does not know this unit.
                if program == "pdftoppm" && more.contains("UserUnit") {
                    continue;
                }
                let picture = drawn(program, &file);
                if (picture.0, picture.1) != (width as usize, height as usize) {
                    wrong.push(format!(
                        "{program} {entries}: {} x {}, not {width} x {height}",
                        picture.0, picture.1
                    ));
                }
                // Edges may fall on the next pixel.
                let (x, y, w, h) = (PLACE.x as usize, PLACE.y as usize, PLACE.w as usize, PLACE.h as usize);
                for (colour, place) in [([255, 0, 0], [x, y, x + w / 2, y + h]), ([0, 0, 255], [x + w / 2, y, x + w, y + h])] {
                    let found = seen(&picture, colour);
                    if !found.is_some_and(|f| f.iter().zip(place).all(|(a, b)| a.abs_diff(b) <= 1)) {
                        wrong.push(format!("{program} {entries}: {colour:?} at {found:?}, not {place:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_code_is_drawn_as_the_standard_has_it_on_turned_pages_as_well() {
    const CONTENT: &str = "https://kyhop.example/12/QĐ-UBND";
    const MODULE: f64 = 3.0;
    let dir = tempfile::tempdir().unwrap();
    let signer = Authority::new().signer("Nguyễn Văn Thành");
    let code = qrcodegen::QrCode::encode_text(CONTENT, qrcodegen::QrCodeEcc::Medium).unwrap();
    // Four modules of white around it.
    let side = f64::from(code.size() + 8) * MODULE;
    for rotate in [0, 90, 180, 270] {
        let place = Placement { w: side, h: side, ..PLACE };
        let mut look = Appearance::at(place);
        look.qr = Some(CONTENT.into());
        let options = SignOptions {
            time: NOW,
            appearance: Some(look),
            ..SignOptions::default()
        };
        let mut signed = Vec::new();
        sign(&page(&format!("/Rotate {rotate}")), &mut signed, &signer, &options).unwrap();
        let file = dir.path().join("code.pdf");
        std::fs::write(&file, &signed).unwrap();
        for program in ["mutool", "pdftoppm"] {
            let (width, height, pixels) = drawn(program, &file);
            let wrong = (-4..code.size() + 4).flat_map(|row| (-4..code.size() + 4).map(move |column| (column, row)));
            let wrong = wrong.filter(|(column, row)| {
                let middle = |n: i32| (f64::from(n + 4) + 0.5) * MODULE;
                let (x, y) = (PLACE.x + middle(*column), height as f64 - PLACE.y - side + middle(*row));
                let at = (y as usize * width + x as usize) * 3;
                (pixels[at] < 128) != code.get_module(*column, *row)
            });
            assert_eq!(wrong.count(), 0, "{program}, turned by {rotate}");
        }
    }
}

#[test]
fn authority_stands_over_the_picture_and_leaves_it_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let signer = Authority::new().signer("Nguyễn Văn Thành");
    let place = Placement { x: 110.0, ..PLACE };
    for rotate in [0, 90] {
        let mut pictures = Vec::new();
        for head in [vec![], vec!["KT. CHỦ TỊCH".to_owned(), "PHÓ CHỦ TỊCH THƯỜNG TRỰC".to_owned()]] {
            let mut look = Appearance::at(place);
            look.image = Some(picture());
            look.head = head;
            let options = SignOptions {
                time: NOW,
                appearance: Some(look),
                ..SignOptions::default()
            };
            let mut signed = Vec::new();
            sign(&page(&format!("/Rotate {rotate}")), &mut signed, &signer, &options).unwrap();
            let file = dir.path().join("authority.pdf");
            std::fs::write(&file, &signed).unwrap();
            pictures.push(drawn("pdftoppm", &file));
        }
        for colour in [[255, 0, 0], [0, 0, 255]] {
            let [before, after] = [0, 1].map(|i| seen(&pictures[i], colour).expect("a picture"));
            let near = before.iter().zip(after).all(|(a, b)| a.abs_diff(b) <= 1);
            assert!(near, "{before:?} and {after:?}, turned by {rotate}");
        }
        let [left, lower, right, upper] = seen(&pictures[1], [0, 0, 0]).expect("words");
        assert!(
            lower >= 76 && upper <= 76 + 33 && upper > 76 + 22,
            "{lower} to {upper}, turned by {rotate}"
        );
        // Longer than the picture on both sides, in its full size, over its middle.
        assert!(left < 100 && right > 200, "{left} to {right}");
        assert!((left + right).abs_diff(300) <= 4, "{left} to {right}");
    }
}
