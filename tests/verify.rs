//! Checking files of anybody, by the page's form, by REST and on the command line; and who sees a signature's picture.
use crate::signing_judges::{Ground, demo, kyhop};
use crate::support::document;
use openssl::pkey::PKey;
use openssl::x509::X509;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn left_behind(data: &Path) -> usize {
    std::fs::read_dir(data.join("tmp")).expect("the folder").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_may_have_a_file_checked_and_nothing_of_it_is_kept() {
    let ground = Ground::new().await;
    let server = &ground.server;
    let content = ground.issued("ke-hoach.pdf").await;
    let stranger = server.stranger();
    let answer = stranger
        .upload("/verify", &[], Some(("../kế hoạch.pdf", &content)))
        .await
        .ok()
        .json();
    assert_eq!(answer["verdict"], "TOTAL_PASSED", "{answer:#}");
    assert_eq!(answer["file_name"], "kế hoạch.pdf");
    assert_eq!(answer["signatures"][0]["signer"], "Trần Quốc Khánh");
    assert_eq!(answer["signatures"][0]["explanation"]["code"], "passed");
    let changes = answer["signatures"][0]["changes"].as_array().expect("changes");
    let told = |words: &str| changes.iter().any(|c| c["vi"].as_str().is_some_and(|vi| vi.contains(words)));
    assert!(told("12/KH-UBND") && told("Thêm chữ ký"), "{changes:#?}");

    let mut altered = content.clone();
    altered.extend_from_slice(b"\nmore");
    let answer = stranger.upload("/verify", &[], Some(("a.pdf", &altered))).await.ok().json();
    assert_eq!(answer["verdict"], "TOTAL_FAILED", "{answer:#}");

    let unsigned = stranger
        .upload("/verify", &[], Some(("a.pdf", &document("ke-hoach.pdf"))))
        .await
        .ok()
        .json();
    assert_eq!(unsigned["error"]["code"], "verify.no_signature");
    let picture = std::fs::read(demo().join("images/chu-ky-1.png")).expect("a picture");
    let no_pdf = stranger.upload("/verify", &[], Some(("a.pdf", &picture))).await.ok().json();
    assert_eq!(no_pdf["error"]["code"], "verify.malformed_pdf");
    assert_eq!(stranger.upload("/verify", &[("x", "y")], None).await.code(), "signatures.no_file");
    assert_eq!(
        stranger.upload("/verify", &[], Some(("a.pdf", b""))).await.code(),
        "signatures.no_file"
    );
    let foreign = server.stranger().with("origin", "https://elsewhere.example");
    let refused = foreign.upload("/verify", &[], Some(("a.pdf", &content))).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "identity.foreign_origin"));
    assert_eq!(left_behind(&server.state.config.data_dir), 0);

    let reports = stranger.upload("/verify", &[], Some(("a.pdf", &content))).await.ok().json()["reports"].take();
    let (html, etsi) = (reports["html"].as_str().expect("a page"), reports["etsi"].as_str().expect("XML"));
    assert!(html.contains("Trần Quốc Khánh") && !html.contains("<script"), "{html}");
    assert!(etsi.contains("urn:etsi:019102:mainindication:total-passed"), "{etsi}");

    let machine = server.machine(&ground.clerk).await;
    let (kind, body) = crate::support::multipart(&[], Some(("a.pdf", &content)));
    let answer = machine.send(reqwest::Method::POST, "/api/v1/verify", &kind, body).await.ok().json();
    assert_eq!((&answer["file"], &answer["verdict"]), (&"a.pdf".into(), &"TOTAL_PASSED".into()));
    assert_eq!(answer["signatures"][1]["coverage"], "entire_file");
    let (kind, body) = crate::support::multipart(&[], Some(("a.pdf", &content)));
    for (format, content_type, holds) in [
        ("html", "text/html; charset=utf-8", "<html"),
        ("etsi", "application/xml", "<ValidationReport"),
    ] {
        let path = format!("/api/v1/verify?format={format}");
        let answer = machine.send(reqwest::Method::POST, &path, &kind, body.clone()).await.ok();
        assert_eq!(answer.header("content-type"), content_type);
        assert!(
            answer
                .header("content-disposition")
                .contains(&format!("a.{format}").replace("etsi", "xml"))
        );
        assert!(answer.text().contains(holds));
    }
    let path = "/api/v1/verify?format=docx";
    assert_eq!(
        machine.send(reqwest::Method::POST, path, &kind, body).await.code(),
        "signatures.form"
    );
}

#[tokio::test]
async fn a_picture_is_for_who_signs_with_it() {
    let ground = Ground::new().await;
    let server = &ground.server;
    let info = server
        .state
        .signatures
        .key_info(&ground.leaders())
        .await
        .expect("a key")
        .expect("a key");
    let url = info.image_url.expect("a picture");
    let own = server.browser(&ground.leader).await.get(&url).await.ok();
    assert_eq!(
        (own.header("content-type"), own.header("cache-control")),
        ("image/png", "private, no-store")
    );
    assert!(own.body.starts_with(b"\x89PNG"));
    assert_eq!(server.browser(&ground.clerk).await.get(&url).await.code(), "signatures.no_image");
    assert_eq!(server.stranger().get(&url).await.code(), "identity.not_signed_in");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_signs_at_every_level() {
    let ground = Ground::new().await;
    let dir = ground.dir.path();
    let path = |name: &str| dir.join(name).to_string_lossy().into_owned();
    let pair = ground.authority.signing("Người ký", "Phòng Tổng hợp").expect("a certificate");
    std::fs::write(path("key.pem"), pair.key.private_key_to_pem_pkcs8().expect("PEM")).expect("writing");
    std::fs::write(path("cert.pem"), pair.certificate.to_pem().expect("PEM")).expect("writing");
    std::fs::write(path("chain.pem"), ground.authority.issuing.certificate.to_pem().expect("PEM")).expect("writing");
    let root = ground.authority.root_file().to_string_lossy().into_owned();
    let tsa = format!("http://{}/tsa", ground.authority.address);
    let input = demo().join("documents/to-trinh.pdf").to_string_lossy().into_owned();
    let (key, cert, chain) = (path("key.pem"), path("cert.pem"), path("chain.pem"));
    let signer = ["sign", "--key", &key, "--cert", &cert, "--chain", &chain];
    let sign = |more: &[&str], out: &str| {
        let out = path(out);
        let output = kyhop(&[&signer[..], more, &[&input, &out]].concat());
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let report = |file: &str, more: &[&str]| -> (Option<i32>, Value) {
        let file = path(file);
        let output = kyhop(&[&["verify", "--json"], more, &[&file]].concat());
        (output.status.code(), serde_json::from_slice(&output.stdout).expect("JSON"))
    };

    let picture = demo().join("images/chu-ky-2.png").to_string_lossy().into_owned();
    let shown = [
        "--visible",
        "1:300,100,150,70",
        "--image",
        &picture,
        "--reason",
        "Phê duyệt",
        "--location",
        "Minh An",
    ];
    assert_eq!(sign(&shown, "b-b.pdf"), (Some(0), String::new()));
    let (code, said) = report("b-b.pdf", &["--trust", &root]);
    assert_eq!((code, &said["signatures"][0]["level"]), (Some(0), &"B-B".into()), "{said:#}");
    assert_eq!(said["signatures"][0]["reason"], "Phê duyệt");
    // Not asked, it is not known whether the certificate is revoked; not trusted, it leads nowhere.
    let (code, said) = report("b-b.pdf", &["--trust", &root, "--no-fetch"]);
    assert_eq!(
        (code, &said["signatures"][0]["sub_indication"]),
        (Some(2), &"TRY_LATER".into()),
        "{said:#}"
    );
    let (code, said) = report("b-b.pdf", &["--no-fetch"]);
    assert_eq!(
        (code, &said["signatures"][0]["sub_indication"], &said["signatures"][0]["intact"]),
        (Some(2), &"NO_CERTIFICATE_CHAIN_FOUND".into(), &true.into())
    );

    // What is committed to, and under which rules; read by pyHanko as well.
    std::fs::write(path("policy.pdf"), "rules").expect("writing");
    let (rules, uri) = (path("policy.pdf"), "https://example.org/policy.pdf");
    let stated = [
        "--commitment",
        "approval",
        "--policy",
        "1.2.3.4.5",
        "--policy-file",
        &rules,
        "--policy-uri",
        uri,
    ];
    assert_eq!(sign(&stated, "stated.pdf"), (Some(0), String::new()));
    let (code, said) = report("stated.pdf", &["--trust", &root]);
    let first = &said["signatures"][0];
    assert_eq!(
        (code, &first["commitment"], &first["policy"]),
        (Some(0), &"proof_of_approval".into(), &"1.2.3.4.5".into())
    );
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/judges/statements.py");
    let read = Command::new(crate::signing_judges::python())
        .arg(script)
        .arg(path("stated.pdf"))
        .output()
        .expect("pyHanko");
    let read: Value = serde_json::from_slice(&read.stdout).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&read.stderr)));
    let hash = hex::encode(openssl::sha::sha256(b"rules"));
    assert_eq!(
        read,
        serde_json::json!({"commitment": "proof_of_approval", "policy": "1.2.3.4.5", "hash": hash, "uri": uri})
    );
    let (code, said) = sign(&["--commitment", "approval", "--reason", "Phê duyệt"], "both.pdf");
    assert_eq!((code, said.contains("--reason")), (Some(64), true), "{said}");

    for (level, name) in [("b-t", "B-T"), ("b-lt", "B-LT"), ("b-lta", "B-LTA")] {
        let out = format!("{level}.pdf");
        let (code, said) = sign(&["--level", level, "--tsa", &tsa, "--trust", &root], &out);
        assert_eq!(code, Some(0), "{level}: {said}");
        let (code, said) = report(&out, &["--trust", &root]);
        assert_eq!((code, &said["signatures"][0]["level"]), (Some(0), &name.into()), "{said:#}");
        assert!(said["signatures"][0]["proven_time"].is_string(), "{said:#}");
    }
    // What the file itself carries is enough.
    let (code, said) = report("b-lta.pdf", &["--trust", &root, "--no-fetch"]);
    assert_eq!((code, &said["signatures"][0]["level"]), (Some(0), &"B-LTA".into()), "{said:#}");

    let (from, to) = (path("b-b.pdf"), path("extended.pdf"));
    let extended = kyhop(&["extend", "--level", "b-lta", "--tsa", &tsa, "--trust", &root, &from, &to]);
    assert_eq!(extended.status.code(), Some(0), "{}", String::from_utf8_lossy(&extended.stderr));
    let (code, said) = report("extended.pdf", &["--trust", &root, "--no-fetch"]);
    assert_eq!((code, &said["signatures"][0]["level"]), (Some(0), &"B-LTA".into()), "{said:#}");
    let old = std::fs::read(&from).expect("reading");
    assert!(
        std::fs::read(&to).expect("reading").starts_with(&old),
        "what was signed is untouched"
    );
}

#[test]
fn wrong_usage_and_unreadable_files_have_codes_of_their_own() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let unsigned = demo().join("documents/ke-hoach.pdf").to_string_lossy().into_owned();
    let code = |arguments: &[&str]| kyhop(arguments).status.code();
    assert_eq!(code(&["verify", "--no-fetch", &unsigned]), Some(3));
    assert_eq!(code(&["verify", "--no-fetch", &path("missing.pdf")]), Some(3));
    assert_eq!(code(&["verify"]), Some(64));
    assert_eq!(code(&["verify", "--at", "yesterday", &unsigned]), Some(64));
    assert_eq!(code(&["verify", "--trust", &path("missing.pem"), &unsigned]), Some(64));
    assert_eq!(code(&["sign", &unsigned, &path("out.pdf")]), Some(64));
    let keys = ["sign", "--key", "k.pem", "--cert", "c.pem"];
    let sign = |more: &[&str]| kyhop(&[&keys[..], more, &[&unsigned, &path("out.pdf")]].concat());
    for (wrong, said) in [
        (&["--level", "b-x"][..], "b-lta"),
        (&["--level", "b-t"], "--tsa"),
        (&["--tsa", "http://127.0.0.1:9"], "--level"),
        (&["--level", "b-lt", "--tsa", "http://127.0.0.1:9"], "--trust"),
        (&["--visible", "1:2,3"], "PAGE:X,Y,W,H"),
        (&["--certify", "4"], "1..=3"),
    ] {
        let output = sign(wrong);
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(64), "{wrong:?}: {words}");
        assert!(words.contains(said), "{wrong:?}: {words}");
    }
    assert_eq!(sign(&[]).status.code(), Some(1), "the key is not there");
    assert!(!dir.path().join("out.pdf").exists());
}

/// A file for two recipients, made by pyHanko: each may sign it, archive it and have it checked, with a key in PEM or PKCS#12.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_encrypted_for_certificates_goes_through_every_command() {
    let ground = Ground::new().await;
    let dir = ground.dir.path();
    let path = |name: &str| dir.join(name).to_string_lossy().into_owned();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../signing/tests/peers/recipients.py");
    let made = Command::new(crate::signing_judges::python())
        .arg("-B")
        .arg(script)
        .arg(dir)
        .output();
    let made = made.expect("pyHanko");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let read = |name: &str| std::fs::read(path(name)).expect("reading");
    for name in ["first", "second", "stranger"] {
        let key = PKey::private_key_from_der(&read(&format!("{name}.key"))).expect("a key");
        let certificate = X509::from_der(&read(&format!("{name}.der"))).expect("a certificate");
        let pem = [certificate.to_pem().expect("PEM"), key.private_key_to_pem_pkcs8().expect("PEM")].concat();
        std::fs::write(path(&format!("{name}.pem")), pem).expect("writing");
        let mut builder = openssl::pkcs12::Pkcs12::builder();
        let p12 = builder.pkey(&key).cert(&certificate).build2("mật khẩu").expect("PKCS#12");
        std::fs::write(path(&format!("{name}.p12")), p12.to_der().expect("DER")).expect("writing");
    }
    std::fs::write(path("pass"), "mật khẩu\n").expect("writing");
    let pair = ground.authority.signing("Người ký", "Phòng Tổng hợp").expect("a certificate");
    std::fs::write(path("key.pem"), pair.key.private_key_to_pem_pkcs8().expect("PEM")).expect("writing");
    let chain = [&pair.certificate, &ground.authority.issuing.certificate].map(|c| c.to_pem().expect("PEM"));
    std::fs::write(path("cert.pem"), chain.concat()).expect("writing");
    let root = ground.authority.root_file().to_string_lossy().into_owned();
    let tsa = format!("http://{}/tsa", ground.authority.address);
    let ran = |arguments: &[&str]| {
        let output = kyhop(arguments);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };

    let (plain, signed, archived) = (path("aes256.pdf"), path("signed.pdf"), path("archived.pdf"));
    let (key, cert, first, second, stranger) = (
        path("key.pem"),
        path("cert.pem"),
        path("first.pem"),
        path("second.p12"),
        path("stranger.pem"),
    );
    let (pass, nothing) = (path("pass"), path("first.der"));
    let sign = ["sign", "--key", &key, "--cert", &cert, "--visible", "1:300,100,150,70"];
    let (code, said) = ran(&[&sign[..], &[&plain, &signed]].concat());
    assert_eq!((code, said.contains("recipients")), (Some(3), true), "{said}");
    assert_eq!(
        ran(&[&sign[..], &["--recipient", &first, &plain, &signed]].concat()),
        (Some(0), String::new())
    );
    let extend = ["extend", "--level", "b-lta", "--tsa", &tsa, "--trust", &root];
    let with = ["--recipient", &second, "--recipient-passfile", &pass];
    assert_eq!(ran(&[&extend[..], &with, &[&signed, &archived]].concat()), (Some(0), String::new()));
    assert!(read("archived.pdf").starts_with(&read("aes256.pdf")));
    for (opened, code, error) in [
        (&[][..], 3, Value::from("recipient_needed")),
        (&["--recipient", &stranger], 3, "recipient_needed".into()),
        (&["--recipient", &first], 0, Value::Null),
        (&with, 0, Value::Null),
    ] {
        let output = kyhop(&[&["verify", "--json", "--no-fetch", "--trust", &root], opened, &[&archived]].concat());
        let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!((output.status.code(), &said["error"]), (Some(code), &error), "{opened:?}: {said:#}");
        if code == 0 {
            assert_eq!(said["signatures"][0]["level"], "B-LTA", "{said:#}");
        }
    }
    let versions = kyhop(&["revisions", "--json", "--recipient", &first, &archived]);
    assert_eq!(versions.status.code(), Some(0));
    assert_eq!(kyhop(&["revisions", &archived]).status.code(), Some(3));
    // What is no key, or does not open with this password, is wrong usage and says so.
    for wrong in [
        &["--recipient", &nothing][..],
        &["--recipient", &second],
        &["--recipient-passfile", &pass],
    ] {
        let (code, said) = ran(&[&["verify"], wrong, &[&archived]].concat());
        assert_eq!((code, said.contains("recipient")), (Some(64), true), "{wrong:?}: {said}");
    }
}
