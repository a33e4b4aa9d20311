//! The contract of `kyhop verify` towards scripts, reports to be kept, and versions had back as they were signed.
use crate::signing_judges::{Ground, demo, kyhop};
use crate::support::document;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Members that the contract promises, in every line and for every signature.
const FILE: [&str; 5] = ["file", "verdict", "error", "revisions", "signatures"];
const SIGNATURE: [&str; 20] = [
    "field",
    "type",
    "subfilter",
    "indication",
    "sub_indication",
    "intact",
    "cryptographically_valid",
    "coverage",
    "modification_level",
    "modifications_allowed",
    "changes",
    "level",
    "certification",
    "signer",
    "claimed_time",
    "proven_time",
    "trusted",
    "revocation",
    "warnings",
    "revision",
];

fn lines(output: &std::process::Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).expect("UTF-8");
    text.lines().map(|l| serde_json::from_str(l).expect("one object a line")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_of_verify_holds_for_files_of_every_kind() {
    let ground = Ground::new().await;
    let folder = ground.dir.path().join("in");
    std::fs::create_dir_all(folder.join("deep")).expect("a folder");
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let root = ground.authority.root_file().to_string_lossy().into_owned();
    let signed = ground.issued("quyet-dinh.pdf").await;
    let mut altered = signed.clone();
    altered[40] ^= 1;
    let contents: [(&str, &[u8]); 6] = [
        ("a-good.pdf", &signed),
        ("b-altered.pdf", &altered),
        ("c-unsigned.pdf", &document("ke-hoach.pdf")),
        ("d-empty.pdf", b""),
        ("e-text.pdf", b"Just words, no PDF."),
        ("deep/f-good.PDF", &signed),
    ];
    for (name, content) in contents {
        std::fs::write(path(name), content).expect("writing");
    }
    std::fs::write(path("note.txt"), b"not asked for").expect("writing");
    let verify = |more: &[&str]| kyhop(&[&["verify", "--json", "--trust", &root], more].concat());

    // A folder: each PDF in it, in the order of their names.
    let output = verify(&[&path("")]);
    let found = lines(&output);
    assert_eq!(output.status.code(), Some(1), "{found:#?}");
    let said: Vec<_> = found
        .iter()
        .map(|l| {
            let name = Path::new(l["file"].as_str().expect("a name")).file_name().expect("a name");
            (name.to_string_lossy().into_owned(), l["verdict"].clone(), l["error"].clone())
        })
        .collect();
    let expected = [
        ("a-good.pdf", "TOTAL_PASSED".into(), Value::Null),
        ("b-altered.pdf", "TOTAL_FAILED".into(), Value::Null),
        ("c-unsigned.pdf", Value::Null, "no_signature".into()),
        ("d-empty.pdf", Value::Null, "malformed_pdf".into()),
        ("f-good.PDF", "TOTAL_PASSED".into(), Value::Null),
        ("e-text.pdf", Value::Null, "malformed_pdf".into()),
    ];
    assert_eq!(said, expected.map(|(n, v, e)| (n.to_owned(), v, e)));
    for line in &found {
        let line = line.as_object().expect("an object");
        assert!(FILE.iter().all(|key| line.contains_key(*key)), "{line:?}");
        for s in line["signatures"].as_array().expect("a list") {
            let s = s.as_object().expect("an object");
            assert!(SIGNATURE.iter().all(|key| s.contains_key(*key)), "{s:?}");
        }
    }
    // Files in the order in which they were named, and the code of the worst.
    let code = |files: &[&str]| {
        let files: Vec<String> = files.iter().map(|f| path(f)).collect();
        let output = verify(&files.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(lines(&output).iter().map(|l| l["file"].clone()).collect::<Vec<_>>(), files);
        output.status.code()
    };
    assert_eq!(code(&["deep/f-good.PDF", "a-good.pdf"]), Some(0));
    assert_eq!(code(&["d-empty.pdf", "a-good.pdf"]), Some(3));
    assert_eq!(code(&["b-altered.pdf", "c-unsigned.pdf", "a-good.pdf"]), Some(1));
    assert_eq!(code(&["missing.pdf"]), Some(3));
    // What could not be asked is said with each signature.
    let output = verify(&["--no-fetch", &path("a-good.pdf")]);
    assert_eq!(output.status.code(), Some(2));
    let warnings = lines(&output)[0]["signatures"][0]["warnings"].to_string();
    assert!(warnings.contains("not_fetched:http://127.0.0.1"), "{warnings}");
    // Before the certificate there was nothing; that is no failure of the file.
    let output = verify(&["--at", "2020-01-01T00:00:00+07:00", &path("a-good.pdf")]);
    assert_ne!(output.status.code(), Some(0));
    assert_eq!(lines(&output)[0]["signatures"][0]["intact"], true);

    // An encrypted file opens with its password alone.
    let (locked, sealed) = (path("locked.pdf"), path("sealed.pdf"));
    let plain = demo().join("documents/ke-hoach.pdf").to_string_lossy().into_owned();
    let made = Command::new("qpdf")
        .args(["--encrypt", "mở", "chủ", "256", "--", &plain, &locked])
        .status();
    assert!(made.expect("qpdf").success());
    let pair = ground.authority.signing("Người ký", "Phòng").expect("a certificate");
    let chain = vec![ground.authority.issuing.certificate.to_der().expect("DER")];
    let signer = signing::KeySigner::new(pair.key, &pair.certificate.to_der().expect("DER"), chain).expect("a key");
    let options = signing::SignOptions {
        time: server::clock::now_us() / 1_000_000,
        password: Some("mở".into()),
        ..signing::SignOptions::default()
    };
    signing::sign_path(Path::new(&locked), Path::new(&sealed), &signer, &options).expect("signed");
    for (password, code, error) in [
        (None, 3, "password_needed".into()),
        (Some("sai"), 3, "password_needed".into()),
        (Some("mở"), 0, Value::Null),
        (Some("chủ"), 0, Value::Null),
    ] {
        let mut arguments = vec![sealed.as_str()];
        arguments.extend(password.iter().flat_map(|p| ["--password", p]));
        let output = verify(&arguments);
        let line = &lines(&output)[0];
        assert_eq!(
            (output.status.code(), &line["error"]),
            (Some(code), &error),
            "{password:?}: {line:#}"
        );
    }

    let empty = path("empty");
    std::fs::create_dir(&empty).expect("a folder");
    let output = verify(&[&empty]);
    assert_eq!((output.status.code(), lines(&output).len()), (Some(3), 1));
    assert_eq!(verify(&["--html", "out.html", &empty]).status.code(), Some(64));
    assert_eq!(
        verify(&["--etsi", &path("no/such/out.xml"), &path("a-good.pdf")]).status.code(),
        Some(73)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_are_written_and_versions_had_back() {
    let ground = Ground::new().await;
    let path = |name: &str| ground.dir.path().join(name).to_string_lossy().into_owned();
    let root = ground.authority.root_file().to_string_lossy().into_owned();
    let content = ground.issued("to-trinh.pdf").await;
    let (good, altered) = (path("tờ trình.pdf"), path("altered.pdf"));
    std::fs::write(&good, &content).expect("writing");
    let mut bytes = content.clone();
    bytes[40] ^= 1;
    std::fs::write(&altered, bytes).expect("writing");
    let (html, xml) = (path("report.html"), path("report.xml"));
    let output = kyhop(&["verify", "--trust", &root, "--html", &html, "--etsi", &xml, &good, &altered]);
    assert_eq!(output.status.code(), Some(1));
    let html = std::fs::read_to_string(html).expect("a page");
    for part in [
        "Trần Quốc Khánh",
        "Chữ ký hợp lệ",
        "Validly signed",
        "Nội dung đã bị sửa sau khi ký",
        "Đừng sử dụng bản này",
        "tờ trình.pdf",
        "SHA-256",
        "a revocation list (CRL)",
        "form_filling · field_filled",
    ] {
        assert!(
            html.contains(part) || part.contains("CRL") && html.contains("an OCSP answer"),
            "{part}"
        );
    }
    // One file that needs no other.
    for outside in ["<script", "src=", "<link", "@import", "url(", "href=\"http"] {
        assert!(!html.contains(outside), "{outside}");
    }
    let xml = std::fs::read_to_string(xml).expect("XML");
    assert_eq!(xml.matches("<SignatureValidationReport>").count(), 4);

    // Each version that was signed stands for itself; the last is the file.
    let saved = path("saved");
    let output = kyhop(&["revisions", "--json", "--save", &saved, &good]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let versions = lines(&output);
    let signed: Vec<_> = versions.iter().filter(|v| v["signed_fields"] != Value::Array(Vec::new())).collect();
    assert_eq!(signed.len(), 2, "{versions:#?}");
    for (n, version) in signed.iter().enumerate() {
        let file = format!("{saved}/tờ trình.{}.pdf", version["number"]);
        let bytes = std::fs::read(&file).expect("a version");
        assert_eq!(bytes.len() as u64, version["length"].as_u64().expect("a length"));
        assert!(content.starts_with(&bytes));
        let output = kyhop(&["verify", "--json", "--trust", &root, &file]);
        let report = &lines(&output)[0];
        assert_eq!(output.status.code(), Some(0), "{report:#}");
        let last = &report["signatures"][n];
        assert_eq!(
            (&last["coverage"], &last["modification_level"]),
            (&"entire_file".into(), &"none".into()),
            "{report:#}"
        );
    }
    assert_eq!(
        std::fs::read(format!("{saved}/tờ trình.{}.pdf", versions.len())).expect("the last"),
        content
    );
    // Nothing is overwritten, and what is no PDF is said to be none.
    assert_eq!(kyhop(&["revisions", "--save", &saved, &good]).status.code(), Some(73));
    let unreadable = demo().join("images/chu-ky-1.png").to_string_lossy().into_owned();
    assert_eq!(kyhop(&["revisions", &unreadable]).status.code(), Some(3));
    assert_eq!(kyhop(&["revisions"]).status.code(), Some(64));
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_and_reports_of_a_document_are_for_who_may_read_it() {
    use app::dto::identity::Role;
    let ground = Ground::new().await;
    let server = &ground.server;
    let drafter = server.person("drafter", &[Role::Drafter]).await;
    let other = server.person("other", &[Role::Drafter]).await;
    let content = ground.issued("bao-cao.pdf").await;
    let leader = ground.leader.user().expect("a person").to_string();
    let fields = [
        ("kind", "BC"),
        ("abstract_text", "Báo cáo đã ký"),
        ("receivers", "H99.5"),
        ("leader_id", &leader),
    ];
    let browser = server.browser(&drafter).await;
    let made = browser.with("accept", "application/json");
    let id = made
        .upload("/documents/new", &fields, Some(("báo cáo.pdf", &content)))
        .await
        .ok()
        .json()["id"]
        .clone();
    let id = id.as_str().expect("an id");
    let at = |rest: &str| format!("/api/v1/documents/{id}/{rest}");
    let machine = server.machine(&drafter).await;
    let report = machine.get(&at("verify")).await.ok().json();
    assert_eq!(report["verdict"], "TOTAL_PASSED", "{report:#}");
    let first = &report["signatures"][0];
    let answer = machine.get(&at(&format!("versions/{}", first["revision"]))).await.ok();
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert!(answer.header("content-disposition").starts_with("attachment"));
    let range: Vec<u64> = first["byte_range"]
        .as_array()
        .expect("a range")
        .iter()
        .filter_map(Value::as_u64)
        .collect();
    assert_eq!(answer.body.len() as u64, range[2] + range[3]);
    assert!(content.starts_with(&answer.body));
    assert!(machine.get(&at("verify?format=html")).await.ok().text().contains("báo cáo.pdf"));
    assert!(machine.get(&at("verify?format=etsi")).await.ok().text().contains("total-passed"));
    let stranger = server.machine(&other).await;
    for rest in ["verify", "versions/1", "verify?format=html"] {
        assert_eq!(stranger.get(&at(rest)).await.code(), "documents.not_found", "{rest}");
        assert_eq!(server.stranger().get(&at(rest)).await.code(), "identity.not_signed_in", "{rest}");
    }
    assert_eq!(machine.get(&at("versions/99")).await.code(), "documents.not_found");
    assert_eq!(machine.get(&at("versions/first")).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_asked_where_the_responder_does_not_know() {
    use server::demo::pki::{Use, issue};
    let ground = Ground::new().await;
    let authority = &ground.authority;
    // Issued past the register: the responder has never heard of it.
    let usage = Use::Signing {
        authority: &authority.address,
    };
    let pair = issue("Người ký", None, &usage, Some(&authority.issuing)).expect("a certificate");
    let chain = vec![authority.issuing.certificate.to_der().expect("DER")];
    let signer = signing::KeySigner::new(pair.key, &pair.certificate.to_der().expect("DER"), chain).expect("a key");
    let file = ground.dir.path().join("signed.pdf");
    signing::sign_path(
        &demo().join("documents/ke-hoach.pdf"),
        &file,
        &signer,
        &signing::SignOptions::default(),
    )
    .expect("signed");
    let root = authority.root_file().to_string_lossy().into_owned();
    let output = kyhop(&["verify", "--json", "--trust", &root, &file.to_string_lossy()]);
    let report = &lines(&output)[0];
    assert_eq!(output.status.code(), Some(0), "{report:#}");
    let leaf = &report["signatures"][0]["chain"][0];
    assert_eq!(
        (&leaf["revocation"], &leaf["revocation_source"]),
        (&"good".into(), &"crl".into()),
        "{report:#}"
    );
}
