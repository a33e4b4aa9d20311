//! What we sign opens where people open it: in Chromium's viewer and in LibreOffice, with its pages and pictures.
use crate::signing_judges::{Ground, demo, kyhop};
use crate::support::document;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Shares of a picture's points, in thousandths.
#[derive(Debug)]
struct Seen {
    /// Paper, also that of a scan.
    paper: usize,
    /// Text.
    dark: usize,
    /// The leader's signature.
    blue: usize,
    /// The seal.
    red: usize,
}

impl Seen {
    fn of(picture: &Path) -> Self {
        let file = std::fs::File::open(picture).unwrap_or_else(|e| panic!("{}: {e}", picture.display()));
        let mut decoder = png::Decoder::new(std::io::BufReader::new(file));
        decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::STRIP_16);
        let mut reader = decoder.read_info().expect("a picture");
        let mut points = vec![0; reader.output_buffer_size().expect("its size")];
        let info = reader.next_frame(&mut points).expect("its points");
        let each = info.color_type.samples();
        assert!(each >= 3, "a picture in colour");
        let mut seen = [0_usize; 4];
        let all = points.chunks_exact(each).len();
        for point in points.chunks_exact(each) {
            let (r, g, b) = (i32::from(point[0]), i32::from(point[1]), i32::from(point[2]));
            let place = match (r, g, b) {
                _ if r.min(g).min(b) > 195 => 0,
                _ if r.max(g).max(b) < 90 && (r - b).abs() < 20 => 1,
                _ if b - r > 60 => 2,
                _ if r - b > 60 && r - g > 60 => 3,
                _ => continue,
            };
            seen[place] += 1;
        }
        let [paper, dark, blue, red] = seen.map(|n| n * 1000 / all.max(1));
        Self { paper, dark, blue, red }
    }

    fn is_a_page(&self) -> bool {
        self.paper > 300 && self.dark >= 10 && self.dark < 300
    }
}

fn chromium(folder: &Path, files: &[(PathBuf, u64)]) -> Vec<Seen> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/judges/chromium.mjs");
    let named = files.iter().map(|(file, page)| format!("{}#{page}", file.display()));
    let output = Command::new("node").arg(script).arg(folder).args(named).output().expect("node");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (0..files.len()).map(|at| Seen::of(&folder.join(format!("{at}.png")))).collect()
}

/// One start for all files: it takes seconds, a file does not.
fn libreoffice(folder: &Path, files: &[(PathBuf, u64)]) -> Vec<Option<Seen>> {
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let output = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", "png", "--outdir"])
        .arg(folder)
        .args(files.iter().map(|(file, _)| file))
        .env("HOME", folder)
        .output()
        .expect("LibreOffice (apt-get install libreoffice-draw-nogui)");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let pictures = files
        .iter()
        .map(|(file, _)| folder.join(file.with_extension("png").file_name().expect("a name")));
    pictures.map(|picture| picture.exists().then(|| Seen::of(&picture))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_we_sign_opens_in_chromium_and_in_libreoffice() {
    let ground = Ground::new().await;
    let dir = ground.dir.path();
    let index: Value = serde_json::from_slice(&document("index.json")).expect("JSON");
    let mut files = Vec::new();
    // The whole way of an official document, from six producers: its page shows the signature in blue and the seal in red.
    for about in index.as_array().expect("a list") {
        let name = about["file"].as_str().expect("a name");
        let file = dir.join(name);
        std::fs::write(&file, ground.issued(name).await).expect("writing");
        files.push((file, about["signature"]["page"].as_u64().expect("a page")));
    }
    let issued = files.len();

    // Every level, and inputs of other make: encrypted, with object streams, turned by 90°.
    let pair = ground.authority.signing("Người ký", "Phòng Tổng hợp").expect("a certificate");
    let path = |name: &str| dir.join(name).to_string_lossy().into_owned();
    std::fs::write(path("key.pem"), pair.key.private_key_to_pem_pkcs8().expect("PEM")).expect("writing");
    std::fs::write(path("cert.pem"), pair.certificate.to_pem().expect("PEM")).expect("writing");
    std::fs::write(path("chain.pem"), ground.authority.issuing.certificate.to_pem().expect("PEM")).expect("writing");
    let root = ground.authority.root_file().to_string_lossy().into_owned();
    let tsa = format!("http://{}/tsa", ground.authority.address);
    let plain = demo().join("documents/to-trinh.pdf").to_string_lossy().into_owned();
    let inputs = [
        ("encrypted.pdf", ["--encrypt", "", "owner", "256", "--"].as_slice()),
        ("streams.pdf", &["--object-streams=generate"]),
        ("turned.pdf", &["--rotate=+90"]),
    ];
    for (name, how) in inputs {
        let done = Command::new("qpdf").args(how).args([&plain, &path(name)]).status().expect("qpdf");
        assert!(done.success(), "{name}");
    }
    let picture = demo().join("images/chu-ky-2.png").to_string_lossy().into_owned();
    for (input, level) in [
        (plain.clone(), "b-t"),
        (plain.clone(), "b-lt"),
        (plain, "b-lta"),
        (path("encrypted.pdf"), "b-b"),
        (path("streams.pdf"), "b-lta"),
        (path("turned.pdf"), "b-b"),
    ] {
        let out = path(&format!("signed-{}.pdf", files.len()));
        let (key, cert, chain) = (path("key.pem"), path("cert.pem"), path("chain.pem"));
        let signer = ["sign", "--key", &key, "--cert", &cert, "--chain", &chain, "--level", level];
        let proofs = ["--tsa", &tsa, "--trust", &root];
        let proofs = if level == "b-b" { &proofs[..0] } else { &proofs[..] };
        let shown = ["--visible", "1:300,100,150,70", "--image", &picture];
        let signed = kyhop(&[&signer[..], proofs, &shown, &[&input, &out]].concat());
        assert_eq!(
            signed.status.code(),
            Some(0),
            "{input}: {}",
            String::from_utf8_lossy(&signed.stderr)
        );
        files.push((out.into(), 1));
    }
    // What a viewer says of a file that is none: these pictures must not pass for a page.
    let broken = dir.join("broken.pdf");
    std::fs::write(&broken, b"%PDF-1.7\nnothing of a PDF follows\n").expect("writing");
    files.push((broken, 1));

    let (chromium_folder, office_folder) = (dir.join("chromium"), dir.join("office"));
    for folder in [&chromium_folder, &office_folder] {
        std::fs::create_dir(folder).expect("a folder");
    }
    let (in_chromium, in_office) = std::thread::scope(|side_by_side| {
        let other = side_by_side.spawn(|| libreoffice(&office_folder, &files));
        (chromium(&chromium_folder, &files), other.join().expect("LibreOffice"))
    });
    for (at, ((file, _), (seen, office))) in files.iter().zip(in_chromium.iter().zip(&in_office)).enumerate() {
        let name = file.file_name().expect("a name").to_string_lossy();
        if at + 1 == files.len() {
            assert!(!seen.is_a_page(), "Chromium: {name}: {seen:?}");
            assert!(!office.as_ref().is_some_and(Seen::is_a_page), "LibreOffice: {name}: {office:?}");
            continue;
        }
        assert!(seen.is_a_page() && seen.blue > 0, "Chromium: {name}: {seen:?}");
        assert!(at >= issued || seen.red > 0, "Chromium: {name} without the seal: {seen:?}");
        // Without a person to ask, LibreOffice opens no encrypted PDF, signed or not, even where the password is empty.
        let encrypted = at == issued + 3;
        assert!(
            encrypted || office.as_ref().is_some_and(Seen::is_a_page),
            "LibreOffice: {name}: {office:?}"
        );
    }
}
