//! What goes wrong when signing is said clearly, has its exit code, and leaves nothing behind.
use crate::keys::{Bench, input, run, said};
use crate::signing_judges::kyhop;
use openssl::symm::Cipher;

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_leaves_nothing_behind() {
    let bench = Bench::new().await;
    let pair = bench
        .ground
        .authority
        .signing_for(crate::keys::rsa(2048), "signer")
        .expect("a certificate");
    let sealed = pair
        .key
        .private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), b"right")
        .expect("PEM");
    let sealed = bench.write("sealed.key", sealed);
    let cert = bench.write("cert.pem", pair.certificate.to_pem().expect("PEM"));
    let key = bench.write("open.key", pair.key.private_key_to_pem_pkcs8().expect("PEM"));
    let another = bench.write("another.key", crate::keys::rsa(2048).private_key_to_pem_pkcs8().expect("PEM"));
    let (wrong, right) = (bench.write("wrong", "wrong\n"), bench.write("right", "right\n"));
    let p12 = openssl::pkcs12::Pkcs12::builder()
        .pkey(&pair.key)
        .cert(&pair.certificate)
        .build2("right")
        .expect("PKCS#12");
    let p12 = bench.write("key.p12", p12.to_der().expect("DER"));
    let plain = input("to-trinh.pdf");
    let broken = bench.write("broken.pdf", b"%PDF-1.7\nnothing more");
    let (nowhere, folder) = (bench.path("nothing.pdf"), bench.path("out"));
    let locked = bench.path("locked.pdf");
    let made = run("qpdf", &["--encrypt", "secret", "owner", "256", "--", &plain, &locked]);
    assert!(made.status.success(), "{}", said(&made));
    let (root, tsa) = (bench.root(), bench.tsa());
    std::fs::create_dir(bench.path("out")).expect("a folder");
    let out = bench.path("out/out.pdf");
    let good = ["--key", key.as_str(), "--cert", &cert];
    let with = |more: &[&'static str]| -> Vec<String> { good.iter().chain(more).map(|s| (*s).to_owned()).collect() };
    let own = |arguments: &[&str]| -> Vec<String> { arguments.iter().map(|s| (*s).to_owned()).collect() };
    let stamped = |tsa: &str, more: &[&str]| -> Vec<String> {
        let all = [&good[..], &["--level", "b-t", "--tsa", tsa], more].concat();
        all.into_iter().map(str::to_owned).collect()
    };
    for (arguments, file, code, words) in [
        (
            own(&["--key", &sealed, "--cert", &cert, "--passfile", &wrong]),
            &plain,
            1,
            "the password does not open it",
        ),
        (own(&["--key", &sealed, "--cert", &cert]), &plain, 1, "it is encrypted"),
        (
            own(&["--key", &another, "--cert", &cert]),
            &plain,
            1,
            "does not belong to the certificate",
        ),
        (own(&["--key", &cert, "--cert", &cert]), &plain, 1, "no private key"),
        (own(&["--key", &key, "--cert", &key]), &plain, 1, "no certificate"),
        (own(&["--p12", &p12, "--passfile", &wrong]), &plain, 1, "PKCS#12"),
        (
            own(&["--p12", &p12, "--key", &key, "--cert", &cert]),
            &plain,
            64,
            "cannot be used with",
        ),
        (own(&["--pkcs11", "x.so"]), &plain, 64, "--label"),
        (with(&["--time", "2015-01-01T00:00:00Z"]), &plain, 1, "not on 2015-01-01"),
        (with(&["--field", "a.b"]), &plain, 1, "field name"),
        (with(&["--lock", "a,,b"]), &plain, 64, "field name"),
        (with(&["--visible", "9:1,1,10,10"]), &plain, 1, "no page 9 [no_such_page]"),
        (stamped("http://127.0.0.1:9/tsa", &[]), &plain, 1, "127.0.0.1:9"),
        (with(&[]), &nowhere, 3, "nothing.pdf: cannot read the file"),
        (with(&[]), &folder, 3, "[io]"),
        (stamped(&tsa.replace("/tsa", "/nowhere"), &[]), &plain, 1, "404"),
        (stamped(&tsa, &["--tsa-policy", "1.2.3.4.5"]), &plain, 1, "status 2"),
        (stamped(&tsa, &["--tsa-policy", "none"]), &plain, 64, "object identifier"),
        (with(&[]), &broken, 3, "[malformed_pdf]"),
        (with(&[]), &broken, 3, "broken.pdf"),
        (with(&[]), &locked, 3, "password"),
        (with(&["--password", "wrong"]), &locked, 3, "password"),
    ] {
        let mut all = vec!["sign"];
        all.extend(arguments.iter().map(String::as_str));
        all.extend([file.as_str(), out.as_str()]);
        let output = kyhop(&all);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(words), "{arguments:?}: {}", said(&output));
        assert_eq!(
            std::fs::read_dir(bench.path("out")).expect("the folder").count(),
            0,
            "{arguments:?}"
        );
    }
    let extended = kyhop(&["extend", "--level", "b-t", "--tsa", &tsa, &plain, &out]);
    assert_eq!(extended.status.code(), Some(1), "{}", said(&extended));
    assert!(said(&extended).contains("[nothing_signed]"), "{}", said(&extended));
    let missing = kyhop(&["extend", "--level", "b-t", "--tsa", &tsa, &nowhere, &out]);
    assert_eq!(missing.status.code(), Some(3), "{}", said(&missing));
    let astray = format!("{nowhere}/out.pdf");
    let unwritten = kyhop(&["sign", "--key", &key, "--cert", &cert, &plain, &astray]);
    assert_eq!(unwritten.status.code(), Some(73), "{}", said(&unwritten));
    assert!(
        said(&unwritten).contains("nothing.pdf/out.pdf: cannot be written"),
        "{}",
        said(&unwritten)
    );
    assert!(!std::path::Path::new(&out).exists());

    // Into its own place, with the permissions of a file that a person makes.
    std::fs::copy(&plain, &out).expect("a copy");
    for more in [
        &["--key", &sealed, "--cert", &cert, "--passfile", &right][..],
        &["--p12", &p12, "--passfile", &right],
    ] {
        let output = kyhop(&[&["sign"], more, &[&out, &out]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
    let report = kyhop(&["verify", "--json", "--trust", &root, &out]);
    let report: serde_json::Value = serde_json::from_slice(&report.stdout).expect("JSON");
    assert_eq!(report["signatures"].as_array().map(Vec::len), Some(2), "{report:#}");
    assert!(
        report["signatures"]
            .as_array()
            .expect("signatures")
            .iter()
            .all(|s| s["intact"] == true)
    );
    use std::os::unix::fs::PermissionsExt;
    let mode = |file: &str| std::fs::metadata(file).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(&out), mode(&broken));
    assert_eq!(std::fs::read_dir(bench.path("out")).expect("the folder").count(), 1);
}
