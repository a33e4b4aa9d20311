//! What signing and validating take, beside the least that they can take. `scripts/bench-signing` runs it:
//! `speed FOLDER` with `key.pem` and `cert.pem` (RSA-2048) in it; leaves the signed files there for the peer. `speed FOLDER many`
//! measures only many signatures in one file.
//!
//! Prints `name value unit`, one measurement a line. Each is the median of several rounds, after one that warms up.
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer as OpensslSigner;
use openssl::x509::X509;
use signing::validate::{Indication, ValidationContext, validate};
use signing::{FileSource, KeySigner, SignOptions, sign, sign_path};
use std::fs::File;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Median of the rounds, in milliseconds; goes on for about `enough`, with at least five rounds.
fn median(enough: Duration, mut work: impl FnMut()) -> f64 {
    work();
    let (mut rounds, begin) = (Vec::new(), Instant::now());
    while rounds.len() < 5 || (begin.elapsed() < enough && rounds.len() < 2000) {
        let start = Instant::now();
        work();
        rounds.push(start.elapsed());
    }
    rounds.sort_unstable();
    rounds[rounds.len() / 2].as_secs_f64() * 1e3
}

fn say(name: &str, value: f64, unit: &str) {
    println!("{name} {value:.4} {unit}");
}

/// One page whose picture has about `size` bytes that do not compress.
fn pdf(size: usize) -> Vec<u8> {
    let mut noise = 0x9E37_79B9_7F4A_7C15_u64;
    let mut picture = Vec::with_capacity(size);
    while picture.len() < size {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        picture.extend_from_slice(&noise.to_le_bytes());
    }
    let content = b"q 500 0 0 500 40 200 cm /I Do Q";
    let stream = |dictionary: &str, bytes: &[u8]| {
        let head = format!("<<{dictionary}/Length {}>>\nstream\n", bytes.len());
        [head.as_bytes(), bytes, b"\nendstream"].concat()
    };
    let objects = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>".to_vec(),
        stream("", content),
        stream(
            "/Type/XObject/Subtype/Image/Width 64/Height 64/BitsPerComponent 8/ColorSpace/DeviceGray",
            &picture,
        ),
    ];
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, body) in (1..).zip(&objects) {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(b"\nendobj\n");
    }
    let at = out.len();
    table += &format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n", objects.len() + 1);
    out.extend_from_slice(table.as_bytes());
    out
}

fn main() {
    // `cargo bench` adds an option of its own.
    let Some(folder) = std::env::args_os().skip(1).map(PathBuf::from).find(|a| a.is_dir()) else {
        eprintln!("usage: scripts/bench-signing");
        return;
    };
    let read = |name: &str| std::fs::read(folder.join(name)).expect("the folder has key and certificate");
    let key = PKey::private_key_from_pem(&read("key.pem")).expect("key");
    let certificate = X509::from_pem(&read("cert.pem")).expect("certificate").to_der().expect("DER");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs() as i64);
    let options = SignOptions {
        time: now,
        ..SignOptions::default()
    };
    let context = ValidationContext {
        trust_anchors: vec![certificate.clone()],
        at: now,
        ..ValidationContext::default()
    };

    let private = median(Duration::from_secs(1), || {
        let mut signer = OpensslSigner::new(MessageDigest::sha256(), &key).expect("signer");
        black_box(signer.sign_oneshot_to_vec(b"floor").expect("signature"));
    });
    say("floor_rsa2048", private, "ms");
    let signer = KeySigner::new(key, &certificate, Vec::new()).expect("signer");

    if std::env::args().any(|a| a == "many") {
        return many(&folder, &signer, &options, &context);
    }
    for (name, size) in [("10k", 10_000), ("10m", 10_000_000), ("100m", 100_000_000)] {
        measure(name, &pdf(size), &folder, &signer, &options, &context, private);
    }
    many(&folder, &signer, &options, &context);
}

fn measure(name: &str, bytes: &[u8], folder: &Path, signer: &KeySigner, options: &SignOptions, context: &ValidationContext, private: f64) {
    let enough = Duration::from_secs(3);
    let hash = median(enough, || {
        black_box(openssl::sha::sha256(bytes));
    });
    say(&format!("floor_hash_{name}"), hash, "ms");
    let (input, output) = (folder.join(format!("{name}.pdf")), folder.join(format!("{name}-signed.pdf")));
    std::fs::write(&input, bytes).expect("input");
    let mut signed = Vec::new();
    let took = median(enough, || {
        signed.clear();
        sign(&bytes, &mut signed, signer, options).expect("signing");
    });
    say(&format!("sign_{name}"), took, "ms");
    say(&format!("sign_{name}_ratio"), took / (private + hash), "×");
    let took = median(enough, || {
        let source = FileSource::new(File::open(&input).expect("input")).expect("input");
        let mut out = File::create(&output).expect("output");
        sign(&source, &mut out, signer, options).expect("signing");
    });
    say(&format!("sign_file_{name}"), took, "ms");
    let took = median(enough, || {
        sign_path(&input, &output, signer, options).expect("signing");
    });
    say(&format!("sign_durable_{name}"), took, "ms");
    let took = median(enough, || {
        let report = validate(&signed, context);
        assert_eq!(report.verdict, Some(Indication::TotalPassed), "{report:?}");
    });
    say(&format!("validate_{name}"), took, "ms");
    say(&format!("validate_{name}_ratio"), took / hash, "×");
    let took = median(enough, || {
        let source = FileSource::new(File::open(&output).expect("output")).expect("output");
        black_box(validate(&source, context));
    });
    say(&format!("validate_file_{name}"), took, "ms");
    say(&format!("validate_file_{name}_ratio"), took / hash, "×");
}

/// 25 to 200 signatures in one file: the time of each must not grow with their number.
fn many(folder: &Path, signer: &KeySigner, options: &SignOptions, context: &ValidationContext) {
    let mut bytes = pdf(10_000);
    for n in 1..=200 {
        let mut out = Vec::new();
        sign(&bytes, &mut out, signer, options).expect("signing");
        bytes = out;
        if [25, 50, 100, 200].contains(&n) {
            let took = median(Duration::from_secs(1), || {
                let report = validate(&bytes, context);
                assert_eq!(report.signatures.len(), n);
            });
            say(&format!("validate_{n}_signatures"), took, "ms");
        }
    }
    std::fs::write(folder.join("200.pdf"), bytes).expect("output");
}
