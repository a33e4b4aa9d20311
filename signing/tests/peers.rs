//! Files that others signed, each with the verdict that it deserves.
use crate::authority::{Authority, NOW};
use openssl::pkey::PKey;
use serde::Deserialize;
use signing::validate::{Indication, ValidationContext, validate};
use signing::{FileSource, Recipient, SignOptions, sign};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

#[derive(Deserialize)]
pub struct Case {
    pub file: String,
    at: i64,
    trust: Vec<String>,
    crls: Vec<String>,
    #[serde(default)]
    ocsps: Vec<String>,
    #[serde(default)]
    extra: Vec<String>,
    password: Option<String>,
    /// Whose key opens the file.
    recipient: Option<String>,
    indications: Vec<String>,
    subs: Option<Vec<Option<String>>>,
    levels: Option<Vec<Option<String>>>,
    mods: Option<Vec<String>>,
    allowed: Option<Vec<bool>>,
    certification: Option<Vec<u8>>,
    revocation: Option<Vec<Option<String>>>,
    proven: Option<Vec<Option<String>>>,
    intact: Option<Vec<Option<bool>>>,
    valid: Option<Vec<Option<bool>>>,
    trusted: Option<Vec<Option<bool>>>,
    /// Codes among the warnings of the first signature.
    #[serde(default)]
    warned: Vec<String>,
    /// Code of why the file cannot be judged.
    error: Option<String>,
}

/// Python with pyHanko, as `scripts/setup test` installs it.
pub fn python() -> PathBuf {
    let cache = std::env::var_os("KYHOP_CACHE").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/kyhop"),
        PathBuf::from,
    );
    let python = cache.join("judges/bin/python");
    assert!(python.exists(), "{} is missing: scripts/setup test", python.display());
    python
}

fn names<T: serde::Serialize>(values: impl Iterator<Item = T>) -> Vec<serde_json::Value> {
    values.map(|v| serde_json::to_value(v).unwrap()).collect()
}

fn wanted<T: serde::Serialize>(values: &[T]) -> Vec<serde_json::Value> {
    names(values.iter())
}

#[test]
fn what_pyhanko_signed_gets_the_verdict_that_it_deserves() {
    judge("make.py", 60);
}

/// RSA-PSS of all sorts, brainpool, Ed448, SHA-3, indefinite lengths, the three Adobe formats, `openssl cms`.
#[test]
fn what_other_libraries_signed_gets_the_verdict_that_it_deserves() {
    judge("foreign.py", 60);
}

/// Direct dictionaries, indirect ranges, odd numbers and tables, CMS of all shapes.
#[test]
fn what_is_not_by_the_letter_is_read_or_refused_by_name() {
    judge("odd.py", 50);
}

/// Keys, numbers and objects in another spelling, streams of cross-references of all sorts, forgeries that look like these.
#[test]
fn what_seldom_is_written_is_read_or_refused_by_name() {
    judge("strange.py", 60);
}

#[test]
fn a_form_that_cannot_be_read_is_not_replaced() {
    let file = made("strange.py").read("form-list-broken.pdf");
    let options = SignOptions {
        time: NOW,
        ..SignOptions::default()
    };
    let mut out = Vec::new();
    let refused = sign(&file, &mut out, &Authority::new().signer("An"), &options);
    assert_eq!((refused.unwrap_err().code(), out.len()), ("malformed_pdf", 0));
}

/// Attributes in BER, references of all sorts, values that are none, algorithms that are others than they say.
#[test]
fn cms_of_all_shapes_gets_the_verdict_that_it_deserves() {
    judge("wrapped.py", 80);
}

/// What others write around a signature: endesive, with pypdf beneath it.
#[test]
fn what_other_producers_signed_gets_the_verdict_that_it_deserves() {
    judge("producers.py", 20);
}

/// AES and RC4, with crypt filters and without, for two recipients; strangers are told what is needed.
#[test]
fn what_is_encrypted_for_certificates_opens_with_the_key_of_any_recipient() {
    judge("recipients.py", 13);
}

#[test]
fn what_is_encrypted_for_certificates_is_signed_and_read_by_others() {
    let made = Made::new("recipients.py");
    let authority = Authority::new();
    let (signer, stranger) = (authority.signer("Nguyễn Thị Bình"), made.recipient("stranger"));
    for label in ["aes256", "aes256-clear-metadata", "aes128", "rc4", "rc4-old"] {
        let file = made.read(&format!("{label}.pdf"));
        let options = |recipient: &Recipient| SignOptions {
            time: NOW,
            reason: Some("Đã xem xét".into()),
            recipient: Some(recipient.clone()),
            ..SignOptions::default()
        };
        let refused = sign(&file, &mut Vec::new(), &signer, &options(&stranger));
        assert_eq!(refused.unwrap_err().code(), "recipient_needed", "{label}");
        let second = made.recipient("second");
        let mut signed = Vec::new();
        sign(&file, &mut signed, &signer, &options(&second)).unwrap();
        assert!(signed.starts_with(&file));
        let context = ValidationContext {
            recipient: Some(second),
            ..authority.context()
        };
        let report = validate(&signed, &context);
        assert_eq!(report.verdict, Some(Indication::TotalPassed), "{label}: {report:?}");
        let path = made.dir.path().join("signed.pdf");
        std::fs::write(&path, &signed).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/recipients.py");
        let read = Command::new(python())
            .arg("-B")
            .arg(script)
            .arg(made.dir.path())
            .arg(&path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&read.stdout);
        let last = said.lines().last().unwrap_or_default();
        let words = String::from_utf8_lossy(&read.stderr);
        assert_eq!(last, "Đã xem xét True True ENTIRE_FILE NONE", "{label}: {said}{words}");
    }
}

/// Paths, lists, answers and time stamps with the sub-indications of EN 319 102-1, in the past as well.
#[test]
fn awkward_certificates_get_the_verdict_that_they_deserve() {
    judge("trust.py", 80);
}

/// Tokens whose time, version, imprint, signer or authority is not as RFC 3161 has it.
#[test]
fn time_stamps_of_all_shapes_get_the_verdict_that_they_deserve() {
    judge("tokens.py", 40);
}

/// Forms filled, annotations of all kinds added, catalogs and pages extended by what they may hold and what they may not.
#[test]
fn what_becomes_of_a_signed_file_is_told_from_tampering() {
    judge("afterwards.py", 40);
}

/// The files of one script, made once for all tests.
pub struct Made {
    dir: tempfile::TempDir,
    pub cases: Vec<Case>,
}

impl Made {
    fn new(script: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(script);
        let made = Command::new(python()).arg("-B").arg(script).arg(dir.path()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let cases = serde_json::from_slice(&std::fs::read(dir.path().join("cases.json")).unwrap()).unwrap();
        Self { dir, cases }
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.dir.path().join(name)).unwrap()
    }

    pub fn context(&self, case: &Case) -> ValidationContext {
        let read = |names: &[String]| names.iter().map(|n| self.read(n)).collect();
        ValidationContext {
            trust_anchors: read(&case.trust),
            crls: read(&case.crls),
            ocsp_responses: read(&case.ocsps),
            extra_certificates: read(&case.extra),
            at: case.at,
            password: case.password.clone(),
            recipient: case.recipient.as_ref().map(|name| self.recipient(name)),
            ..ValidationContext::default()
        }
    }
}

impl Made {
    fn recipient(&self, name: &str) -> Recipient {
        let key = PKey::private_key_from_der(&self.read(&format!("{name}.key"))).unwrap();
        Recipient::new(key, &self.read(&format!("{name}.der"))).unwrap()
    }
}

pub fn made(script: &'static str) -> &'static Made {
    static PYHANKO: OnceLock<Made> = OnceLock::new();
    static FOREIGN: OnceLock<Made> = OnceLock::new();
    static TRUST: OnceLock<Made> = OnceLock::new();
    static ODD: OnceLock<Made> = OnceLock::new();
    static PRODUCERS: OnceLock<Made> = OnceLock::new();
    static RECIPIENTS: OnceLock<Made> = OnceLock::new();
    static STRANGE: OnceLock<Made> = OnceLock::new();
    static WRAPPED: OnceLock<Made> = OnceLock::new();
    static TOKENS: OnceLock<Made> = OnceLock::new();
    static AFTERWARDS: OnceLock<Made> = OnceLock::new();
    let cell = match script {
        "afterwards.py" => &AFTERWARDS,
        "tokens.py" => &TOKENS,
        "strange.py" => &STRANGE,
        "wrapped.py" => &WRAPPED,
        "make.py" => &PYHANKO,
        "foreign.py" => &FOREIGN,
        "odd.py" => &ODD,
        "producers.py" => &PRODUCERS,
        "recipients.py" => &RECIPIENTS,
        _ => &TRUST,
    };
    cell.get_or_init(|| Made::new(script))
}

fn judge(script: &'static str, least: usize) {
    let made = made(script);
    assert!(made.cases.len() >= least, "{}", made.cases.len());
    let mut wrong = Vec::new();
    for case in &made.cases {
        let context = made.context(case);
        let source = FileSource::new(std::fs::File::open(made.dir.path().join(&case.file)).unwrap()).unwrap();
        let report = validate(&source, &context);
        let all = &report.signatures;
        let mut differences = Vec::new();
        let mut check = |what: &str, got: Vec<serde_json::Value>, want: Option<Vec<serde_json::Value>>| {
            // Some cases say only what the first signatures are.
            let Some(want) = want else { return };
            if got.get(..want.len()) != Some(&want[..]) {
                differences.push(format!("{what}: {got:?}, not {want:?}"));
            }
        };
        check(
            "indications",
            names(all.iter().map(|s| s.indication)),
            Some(wanted(&case.indications)),
        );
        check(
            "subs",
            names(all.iter().map(|s| s.sub_indication)),
            case.subs.as_deref().map(wanted),
        );
        check("levels", names(all.iter().map(|s| s.level)), case.levels.as_deref().map(wanted));
        check(
            "mods",
            names(all.iter().map(|s| s.modification_level)),
            case.mods.as_deref().map(wanted),
        );
        check(
            "allowed",
            names(all.iter().map(|s| s.modifications_allowed)),
            case.allowed.as_deref().map(wanted),
        );
        check(
            "certification",
            names(all.iter().map(|s| s.certification)),
            case.certification.as_deref().map(wanted),
        );
        check(
            "revocation",
            names(all.iter().map(|s| s.revocation)),
            case.revocation.as_deref().map(wanted),
        );
        check(
            "proven",
            names(all.iter().map(|s| s.proven_time)),
            case.proven.as_deref().map(wanted),
        );
        check("intact", names(all.iter().map(|s| s.intact)), case.intact.as_deref().map(wanted));
        check(
            "valid",
            names(all.iter().map(|s| s.cryptographically_valid)),
            case.valid.as_deref().map(wanted),
        );
        check("trusted", names(all.iter().map(|s| s.trusted)), case.trusted.as_deref().map(wanted));
        let first = all.first().map(|s| s.warnings.as_slice()).unwrap_or_default();
        if case.warned.iter().any(|code| !first.contains(code)) {
            differences.push(format!("warned: not {:?}", case.warned));
        }
        let error = report.error.as_ref().map(|e| e.code);
        if error != case.error.as_deref() {
            differences.push(format!("error: {error:?}"));
        }
        if all.len() != case.indications.len() {
            differences.push(format!("{} signatures, not {}", all.len(), case.indications.len()));
        }
        if !differences.is_empty() {
            let changes: Vec<_> = all.iter().map(|s| (&s.changes, &s.warnings)).collect();
            wrong.push(format!("{}: {}\n    {changes:?}", case.file, differences.join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
