//! Every kind of key, at its levels, over files of many kinds, before other people's judges.
use crate::signing_judges::{Ground, demo, kyhop};
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::symm::Cipher;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Files signed and the levels that they claim, for the judges.
pub struct Bench {
    pub ground: Ground,
    signed: Vec<(String, &'static str, PathBuf)>,
    /// For our own program.
    pub environment: Vec<(String, String)>,
}

pub fn rsa(bits: u32) -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(bits).expect("a key")).expect("a key")
}

pub fn curve(name: Nid) -> PKey<Private> {
    let group = EcGroup::from_curve_name(name).expect("a curve");
    PKey::from_ec_key(EcKey::generate(&group).expect("a key")).expect("a key")
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

pub fn run(program: &str, arguments: &[&str]) -> Output {
    let output = Command::new(program).args(arguments).output();
    output.unwrap_or_else(|e| panic!("{program}: {e} (scripts/setup test)"))
}

impl Bench {
    pub async fn new() -> Self {
        Self {
            ground: Ground::new().await,
            signed: Vec::new(),
            environment: Vec::new(),
        }
    }

    pub fn path(&self, name: &str) -> String {
        self.ground.dir.path().join(name).to_string_lossy().into_owned()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).expect("writing");
        path
    }

    pub fn root(&self) -> String {
        self.ground.authority.root_file().to_string_lossy().into_owned()
    }

    pub fn tsa(&self) -> String {
        format!("http://{}/tsa", self.ground.authority.address)
    }

    /// Options that name a key in files, which are written for it.
    pub fn in_files(&self, name: &str, key: PKey<Private>) -> Vec<String> {
        let pair = self.ground.authority.signing_for(key, name).expect("a certificate");
        let key = self.write(&format!("{name}.key"), pair.key.private_key_to_pem_pkcs8().expect("PEM"));
        let cert = self.write(&format!("{name}.pem"), pair.certificate.to_pem().expect("PEM"));
        let chain = self.chain();
        ["--key", &key, "--cert", &cert, "--chain", &chain].map(str::to_owned).to_vec()
    }

    pub fn chain(&self) -> String {
        self.write("chain.pem", self.ground.authority.issuing.certificate.to_pem().expect("PEM"))
    }

    /// Signs, which must succeed, and keeps the file for the judges. `more` after a `#` in the name is the file's password.
    pub fn sign(&mut self, name: &str, level: &'static str, key: &[String], more: &[&str], input: &str) -> String {
        let out = self.path(&format!("{name}-{level}.pdf"));
        let (tsa, root, asked) = (self.tsa(), self.root(), level.to_lowercase());
        let mut arguments = vec!["sign", "--level", &asked];
        if level != "B-B" {
            arguments.extend(["--tsa", tsa.as_str(), "--trust", root.as_str(), "--tsa-policy", "1.2.3.4.1"]);
        }
        arguments.extend(key.iter().map(String::as_str));
        arguments.extend_from_slice(more);
        arguments.extend([input, out.as_str()]);
        let mut program = Command::new(env!("CARGO_BIN_EXE_kyhop"));
        let output = program.args(&arguments).envs(self.environment.clone()).output().expect("kyhop");
        self.keep(name, level, input, out, &output)
    }

    /// Keeps a file for the judges: it was written, and what it was made from is its beginning, byte for byte.
    fn keep(&mut self, name: &str, level: &'static str, input: &str, out: String, output: &Output) -> String {
        assert_eq!(output.status.code(), Some(0), "{name} {level}: {}", said(output));
        let (before, after) = (std::fs::read(input).expect("reading"), std::fs::read(&out).expect("reading"));
        assert!(after.starts_with(&before), "{name} {level}");
        self.signed.push((name.to_owned(), level, PathBuf::from(&out)));
        out
    }

    /// Extends, which must succeed, and keeps the file for the judges.
    pub fn extend(&mut self, name: &str, level: &'static str, more: &[&str], input: &str) -> String {
        let out = self.path(&format!("{name}-{level}.pdf"));
        let (tsa, root, asked) = (self.tsa(), self.root(), level.to_lowercase());
        let options = ["extend", "--level", &asked, "--tsa", &tsa, "--trust", &root];
        let output = kyhop(&[&options[..], more, &[input, &out]].concat());
        self.keep(name, level, input, out, &output)
    }

    /// Ourselves, pyHanko, pdfsig with the root trusted, qpdf and mutool, on all that was signed.
    pub fn judge(&self, password: Option<&str>) {
        let store = self.path("nss");
        std::fs::create_dir_all(&store).expect("a folder");
        let database = format!("sql:{store}");
        for arguments in [
            &["-N", "-d", &database, "--empty-password"][..],
            &["-A", "-d", &database, "-n", "root", "-t", "CT,C,C", "-i", &self.root()],
        ] {
            let made = run("certutil", arguments);
            assert!(made.status.success(), "{}", said(&made));
        }
        let secret = password.unwrap_or_default();
        let mut asked = vec![self.root()];
        for (name, level, file) in &self.signed {
            let path = file.to_string_lossy().into_owned();
            let hidden = if password.is_some() { format!("#{secret}") } else { String::new() };
            // Neither hybrid files nor Adobe's extension level 3 are pyHanko's.
            if name != "hybrid" && name != "aes-256-r5" {
                asked.push(format!("{name}-{level}={level}={path}{hidden}"));
            }
            let with = format!("--password={secret}");
            let root = self.root();
            let own = kyhop(&["verify", "--json", "--trust", &root, &with, &path]);
            let report: Value = serde_json::from_slice(&own.stdout).expect("JSON");
            assert_eq!(own.status.code(), Some(0), "{name} {level}: {report:#}");
            for s in report["signatures"]
                .as_array()
                .expect("signatures")
                .iter()
                .filter(|s| s["type"] == "signature")
            {
                assert_eq!(s["level"], *level, "{name}: {s:#}");
            }
            let checked = run("qpdf", &[&with, "--check", &path]);
            assert!(checked.status.success(), "{name} {level}: {}", said(&checked));
            let drawn = run(
                "mutool",
                &["draw", "-q", "-p", secret, "-r", "20", "-o", &self.path("page.png"), &path, "1"],
            );
            // It decrypts the value of a document time stamp, which is never encrypted (ISO 32000-2, 7.6.2).
            let known = ["warning: ICC support", "warning: aes padding out of range", "warning: ... repeated"];
            let words = said(&drawn);
            let unknown = words.lines().any(|l| !known.iter().any(|k| l.starts_with(k)));
            assert!(drawn.status.success() && !unknown, "{name} {level}: {}: {words}", drawn.status);
            let judged = run("pdfsig", &["-nssdir", &database, "-opw", secret, "-upw", secret, &path]);
            let words = said(&judged);
            let ed25519 = name.contains("ed25519");
            // NSS knows neither Ed25519 nor time stamps of documents.
            if !ed25519 {
                let all = words.matches("Signature Validation:").count();
                let valid = words.matches("Signature Validation: Signature is Valid.").count();
                // Document time stamps are counted among them, and not known.
                let stamps = words.matches("Signature has not yet been verified.").count();
                assert!(valid > 0 && valid + stamps >= all, "{name} {level}: {words}");
                assert!(
                    words.contains("Certificate Validation: Certificate is Trusted."),
                    "{name} {level}: {words}"
                );
            }
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/judges/levels.py");
        let mut command = Command::new(crate::signing_judges::python());
        let output = command
            .arg(script)
            .args(&asked)
            .env("NO_PROXY", "127.0.0.1")
            .output()
            .expect("pyHanko");
        let found: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", said(&output)));
        let wrong: Vec<_> = found
            .as_object()
            .expect("an object")
            .iter()
            .filter(|(_, w)| w.as_array().is_none_or(|w| !w.is_empty()))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(found.as_object().expect("an object").len(), asked.len() - 1);
    }
}

pub fn input(name: &str) -> String {
    demo().join("documents").join(name).to_string_lossy().into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_key_passes_every_judge() {
    let mut bench = Bench::new().await;
    let plain = input("to-trinh.pdf");
    for (name, key) in [
        ("rsa2048", rsa(2048)),
        ("p256", curve(Nid::X9_62_PRIME256V1)),
        ("ed25519", PKey::generate_ed25519().expect("a key")),
    ] {
        let key = bench.in_files(name, key);
        for level in ["B-B", "B-T", "B-LT", "B-LTA"] {
            bench.sign(name, level, &key, &["--reason", "Phê duyệt"], &plain);
        }
    }
    for (name, key, more) in [
        ("rsa3072-pss", rsa(3072), &["--pss"][..]),
        ("rsa4096", rsa(4096), &[]),
        ("p384", curve(Nid::SECP384R1), &[]),
        ("p521", curve(Nid::SECP521R1), &[]),
    ] {
        let key = bench.in_files(name, key);
        bench.sign(name, "B-LTA", &key, more, &plain);
    }
    // A key that is sealed with a password, in PEM and with all in one file.
    let pair = bench.ground.authority.signing_for(rsa(2048), "sealed").expect("a certificate");
    let pem = pair
        .key
        .private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), b"m\xe1\xba\xadt kh\xe1\xba\xa9u")
        .expect("PEM");
    let (key, cert) = (
        bench.write("sealed.key", pem),
        bench.write("sealed.pem", pair.certificate.to_pem().expect("PEM")),
    );
    let passfile = bench.write("passfile", "mật khẩu\n");
    let chain = bench.chain();
    let sealed = ["--key", &key, "--cert", &cert, "--chain", &chain, "--passfile", &passfile].map(str::to_owned);
    bench.sign("sealed", "B-B", &sealed, &[], &plain);
    let mut stack = openssl::stack::Stack::new().expect("a stack");
    stack.push(bench.ground.authority.issuing.certificate.clone()).expect("a chain");
    let mut p12 = Pkcs12::builder();
    p12.name("ký").pkey(&pair.key).cert(&pair.certificate).ca(stack);
    let p12 = bench.write("key.p12", p12.build2("mật khẩu").expect("PKCS#12").to_der().expect("DER"));
    let p12 = ["--p12", &p12, "--passfile", &passfile].map(str::to_owned);
    bench.sign("pkcs12", "B-LT", &p12, &[], &plain);
    bench.judge(None);
}
