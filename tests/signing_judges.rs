//! Documents of six producers go the whole way: boxes, the leader's signature with its picture, number and date, the
//! seal. Then pdfsig, pyHanko, qpdf and our own program say what they think of it.
use crate::support::{Backend, Server, document};
use app::dto::Placement;
use app::dto::identity::Role;
use serde_json::Value;
use server::actor::Actor;
use server::clock::now_us;
use server::demo::authority::Authority;
use server::signatures::{KeyMaterial, NewKey, Owner, SignRequest};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const DOCUMENTS: [&str; 6] = [
    "bao-cao.pdf",
    "ke-hoach.pdf",
    "phieu-lay-y-kien.pdf",
    "quyet-dinh.pdf",
    "thong-bao.pdf",
    "to-trinh.pdf",
];
const PIN: &str = "804216";

/// What pyHanko says of each signature, one line of JSON a file. An encrypted file opens with the empty user password.
const PYHANKO: &str = r#"
import json, sys
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
root = load_cert_from_pemder(sys.argv[1])
for path in sys.argv[2:]:
    with open(path, "rb") as file:
        reader = PdfFileReader(file)
        if reader.encrypted:
            reader.decrypt(b"")
        said = []
        for signature in reader.embedded_signatures:
            context = ValidationContext(trust_roots=[root], allow_fetching=True, revocation_mode="hard-fail")
            s = validate_pdf_signature(signature, signer_validation_context=context)
            said.append({
                "field": signature.field_name, "valid": s.valid, "intact": s.intact, "trusted": s.trusted,
                "coverage": s.coverage.name, "changes": s.modification_level.name if s.modification_level else None,
                "good": s.bottom_line,
            })
        print(json.dumps(said))
"#;

/// A certification authority on loopback with its list and its responder, and a server that trusts it.
pub struct Ground {
    pub server: Server,
    pub authority: Authority,
    pub dir: tempfile::TempDir,
    pub leader: Actor,
    pub clerk: Actor,
}

impl Ground {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address").to_string();
        let authority = Authority::open(&dir.path().join("authority"), &address).expect("an authority");
        authority.renew_crl().await.expect("a list");
        let answers = authority.router();
        tokio::spawn(async move { axum::serve(listener, answers).await });
        let root = authority.root_file();
        let server = Server::start_with(Backend::Sqlite, |config| {
            config.trust = vec![root];
            config.fetch_hosts = vec!["127.0.0.1".into()];
            config.demonstration = true;
        })
        .await;
        let leader = server.person("leader", &[Role::Leader]).await;
        let clerk = server.person("clerk", &[Role::Clerk]).await;
        let ground = Self {
            server,
            authority,
            dir,
            leader,
            clerk,
        };
        ground.key(ground.leaders(), "Trần Quốc Khánh", "chu-ky-1.png").await;
        ground.key(body(), "Ủy ban nhân dân tỉnh", "con-dau-ubnd-tinh.png").await;
        ground
    }

    pub fn leaders(&self) -> Owner {
        Owner::Person(self.leader.user().expect("a person").clone())
    }

    async fn key(&self, owner: Owner, name: &str, picture: &str) {
        let pair = self.authority.signing(name, "Lãnh đạo").expect("a certificate");
        let picture = demo().join("images").join(picture);
        let new = NewKey {
            owner,
            material: KeyMaterial::Pkcs8 {
                key: &pair.key.private_key_to_pkcs8().expect("PKCS#8"),
                certificate: &pair.certificate.to_der().expect("DER"),
                chain: &String::from_utf8(self.authority.issuing.certificate.to_pem().expect("PEM")).expect("text"),
            },
            pin: PIN,
            image: Some(std::fs::read(picture).expect("a picture")),
            demonstration: true,
        };
        let stored = self.server.state.signatures.store_key(&Actor::system("test"), new).await;
        stored.expect("a stored key");
    }

    /// Boxes, signature, number and date, seal.
    pub async fn issued(&self, name: &str) -> Vec<u8> {
        let service = &self.server.state.signatures;
        let index: Value = serde_json::from_slice(&document("index.json")).expect("JSON");
        let about = index
            .as_array()
            .expect("a list")
            .iter()
            .find(|d| d["file"] == name)
            .expect("its entry");
        let number = |of: &str, key: &str| about[of][key].as_f64().expect("a number");
        let box_at = |of: &str, w: f64, h: f64| Placement {
            page: about[of]["page"].as_u64().expect("a page") as u32,
            x: number(of, "x"),
            y: number(of, "y"),
            w,
            h,
        };
        let at = box_at("signature", 150.0, 70.0);
        // A third of the signature, from the left (Decree 30/2020, Appendix I).
        let seal = Placement {
            x: at.x - 40.0,
            y: at.y - 15.0,
            w: 100.0,
            h: 100.0,
            ..at
        };
        let request = |placement, reason: &str| SignRequest {
            placement,
            time: now_us() / 1_000_000,
            reason: reason.into(),
            lines: Vec::new(),
            head: Vec::new(),
            seals: reason == "Phát hành văn bản",
        };
        let path = demo().join("documents").join(name);
        let (number, date) = (box_at("number", 140.0, 18.0), box_at("date", 150.0, 18.0));
        let prepared = service.prepare_fields(&path, number, date).await.expect("boxes").expect("boxes");
        let key = service.unseal(&self.leader, &self.leaders(), PIN).await.expect("the leader's key");
        let signed = service
            .sign_pdf(&key, prepared.path(), request(at, "Ký duyệt"))
            .await
            .expect("a signature");
        let filled = service
            .fill_fields(signed.path(), "Số: 12/KH-UBND", "Minh An, ngày 24 tháng 11 năm 2026")
            .await;
        let filled = filled.expect("filled").expect("filled");
        let key = service.unseal(&self.clerk, &body(), PIN).await.expect("the seal's key");
        let sealed = service.sign_pdf(&key, filled.path(), request(seal, "Phát hành văn bản")).await;
        std::fs::read(sealed.expect("a seal").path()).expect("the file")
    }

    fn pyhanko(&self, file: &Path) -> Output {
        let mut command = Command::new(python());
        command.args(["-c", PYHANKO]).arg(self.authority.root_file()).arg(file);
        command.env("NO_PROXY", "127.0.0.1").output().expect("pyHanko")
    }
}

pub fn demo() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../demo")
}

fn body() -> Owner {
    Owner::Body("H99".into())
}

/// Python with pyHanko, as `scripts/setup test` installs it.
pub fn python() -> PathBuf {
    let cache = std::env::var_os("KYHOP_CACHE").map(PathBuf::from).unwrap_or_else(|| {
        let home = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        home.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").expect("a home")).join(".cache"))
            .join("kyhop")
    });
    let python = cache.join("judges/bin/python");
    assert!(python.exists(), "pyHanko is missing: scripts/setup test");
    python
}

/// Our own program.
pub fn kyhop(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kyhop")).args(arguments).output().expect("kyhop")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn pdfsig(file: &Path, dir: &Path) -> String {
    // A home of its own: pdfsig keeps a certificate store there.
    let output = Command::new("pdfsig").arg("-nocert").arg(file).env("HOME", dir).output();
    text(&output.expect("pdfsig (apt-get install poppler-utils)"))
}

#[tokio::test(flavor = "multi_thread")]
async fn all_judges_agree_on_what_was_issued_and_on_what_was_tampered_with() {
    let ground = Ground::new().await;
    let root = ground.authority.root_file().to_string_lossy().into_owned();
    for name in DOCUMENTS {
        let content = ground.issued(name).await;
        let file = ground.dir.path().join(name);
        std::fs::write(&file, &content).expect("writing");
        let path = file.to_string_lossy().into_owned();

        let own = kyhop(&["verify", "--json", "--trust", &root, &path]);
        let report: Value = serde_json::from_slice(&own.stdout).unwrap_or_else(|e| panic!("{name}: {e}: {}", text(&own)));
        assert_eq!(own.status.code(), Some(0), "{name}: {report:#}");
        let signatures = report["signatures"].as_array().expect("signatures");
        assert_eq!(signatures.len(), 2, "{name}");
        let expected = [("entire_revision", "form_filling"), ("entire_file", "none")];
        for (s, (coverage, changes)) in signatures.iter().zip(expected) {
            assert_eq!(s["indication"], "TOTAL_PASSED", "{name}: {s:#}");
            assert_eq!(
                (&s["intact"], &s["revocation"]),
                (&Value::Bool(true), &Value::from("good")),
                "{name}: {s:#}"
            );
            assert_eq!(
                (&s["coverage"], &s["modification_level"]),
                (&coverage.into(), &changes.into()),
                "{name}: {s:#}"
            );
            assert_eq!(s["level"], "B-B", "{name}: {s:#}");
        }

        let said = pdfsig(&file, ground.dir.path());
        assert_eq!(
            said.matches("Signature Validation: Signature is Valid.").count(),
            2,
            "{name}: {said}"
        );
        assert_eq!(said.matches("- Total document signed").count(), 1, "{name}: {said}");

        let output = ground.pyhanko(&file);
        let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{name}: {e}: {}", text(&output)));
        let said = said.as_array().expect("signatures");
        assert_eq!(said.len(), 2, "{name}");
        for (s, changes) in said.iter().zip(["FORM_FILLING", "NONE"]) {
            assert_eq!(
                (&s["good"], &s["trusted"]),
                (&Value::Bool(true), &Value::Bool(true)),
                "{name}: {s:#}"
            );
            assert_eq!(s["changes"], changes, "{name}: {s:#}");
        }

        let checked = Command::new("qpdf").arg("--check").arg(&file).output();
        let checked = checked.expect("qpdf (apt-get install qpdf)");
        assert!(checked.status.success(), "{name}: {}", text(&checked));

        // One bit of the comment after the header: every reader passes over it, both signatures cover it.
        let mut tampered = content;
        let comment = tampered.iter().position(|b| *b == b'\n' || *b == b'\r').expect("a line") + 2;
        assert!(tampered[comment] >= 0x80, "{name}: a binary comment");
        tampered[comment] ^= 1;
        let file = ground.dir.path().join("tampered.pdf");
        std::fs::write(&file, &tampered).expect("writing");
        let own = kyhop(&["verify", "--json", "--trust", &root, &file.to_string_lossy()]);
        let report: Value = serde_json::from_slice(&own.stdout).expect("JSON");
        assert_eq!(own.status.code(), Some(1), "{name}: {report:#}");
        for s in report["signatures"].as_array().expect("signatures") {
            assert_eq!(
                (&s["intact"], &s["sub_indication"]),
                (&Value::Bool(false), &"HASH_FAILURE".into()),
                "{name}"
            );
        }
        let said = pdfsig(&file, ground.dir.path());
        assert_eq!(said.matches("Signature Validation: Digest Mismatch.").count(), 2, "{name}: {said}");
        let output = ground.pyhanko(&file);
        let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{name}: {e}: {}", text(&output)));
        assert!(
            said.as_array().expect("signatures").iter().all(|s| s["intact"] == false),
            "{name}: {said:#}"
        );
    }
}
