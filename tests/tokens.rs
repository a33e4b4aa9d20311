//! Keys that are not in a file: on a token, in a remote service, or wherever the second half of a signature is made.
use crate::keys::{Bench, input, run, said};
use crate::signing_judges::{kyhop, python};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use serde_json::Value;
use std::process::{Child, Command, Output, Stdio};

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";

fn softhsm(bench: &Bench) -> String {
    std::fs::create_dir_all(bench.path("tokens")).expect("a folder");
    let text = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
        bench.path("tokens")
    );
    bench.write("softhsm2.conf", text)
}

fn with_token(configuration: &str, program: &str, arguments: &[&str]) -> Output {
    let output = Command::new(program).args(arguments).env("SOFTHSM2_CONF", configuration).output();
    output.unwrap_or_else(|e| panic!("{program}: {e} (scripts/setup test)"))
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_on_a_token_sign() {
    let mut bench = Bench::new().await;
    let configuration = softhsm(&bench);
    let tool = |program: &str, arguments: &[&str]| {
        let output = with_token(&configuration, program, arguments);
        assert!(output.status.success(), "{program} {arguments:?}: {}", said(&output));
    };
    tool(
        "softhsm2-util",
        &[
            "--init-token",
            "--free",
            "--label",
            "Phong Van thu",
            "--pin",
            "804216",
            "--so-pin",
            "904217",
        ],
    );
    let authority = &bench.ground.authority;
    let kinds = [
        ("rsa", crate::keys::rsa(2048)),
        ("p256", crate::keys::curve(openssl::nid::Nid::X9_62_PRIME256V1)),
        ("p384", crate::keys::curve(openssl::nid::Nid::SECP384R1)),
        ("ed25519", PKey::generate_ed25519().expect("a key")),
    ];
    let stored: Vec<_> = kinds
        .into_iter()
        .map(|(name, key)| (name, authority.signing_for(key, name).expect("a certificate")))
        .collect();
    for (n, (name, pair)) in stored.iter().enumerate() {
        let key = bench.write("token.key", pair.key.private_key_to_pem_pkcs8().expect("PEM"));
        let cert = bench.write("token.der", pair.certificate.to_der().expect("DER"));
        let id = format!("0{}", n + 1);
        tool(
            "softhsm2-util",
            &[
                "--import",
                &key,
                "--token",
                "Phong Van thu",
                "--label",
                name,
                "--id",
                &id,
                "--pin",
                "804216",
            ],
        );
        let login = ["--module", MODULE, "--login", "--pin", "804216"];
        tool(
            "pkcs11-tool",
            &[
                &login[..],
                &["--write-object", &cert, "--type", "cert", "--label", name, "--id", &id],
            ]
            .concat(),
        );
    }
    let (pin, wrong, chain) = (bench.write("pin", "804216\n"), bench.write("wrong", "111111\n"), bench.chain());
    let token = |label: &str, pin: &str| {
        ["--pkcs11", MODULE, "--label", label, "--pinfile", pin, "--chain", &chain]
            .map(str::to_owned)
            .to_vec()
    };
    bench.environment = vec![("SOFTHSM2_CONF".into(), configuration.clone())];
    let plain = input("to-trinh.pdf");
    bench.sign("rsa", "B-LTA", &token("rsa", &pin), &[], &plain);
    bench.sign("rsa-pss", "B-B", &token("rsa", &pin), &["--pss"], &plain);
    bench.sign("p256", "B-B", &token("p256", &pin), &[], &plain);
    bench.sign("p384", "B-T", &token("p384", &pin), &[], &plain);
    bench.sign("ed25519", "B-LTA", &token("ed25519", &pin), &[], &plain);
    let out = bench.path("refused.pdf");
    for (key, words) in [
        (token("rsa", &wrong), "PIN is wrong"),
        (token("nobody", &pin), "rsa, p256"),
        (token("Phong Van thu", &pin), "no private key labelled"),
        (
            ["--pkcs11", "/nowhere.so", "--label", "x"].map(str::to_owned).to_vec(),
            "no PKCS#11 library",
        ),
        (["--pkcs11", MODULE, "--label", "rsa"].map(str::to_owned).to_vec(), "--pinfile"),
    ] {
        let mut arguments = vec!["sign"];
        arguments.extend(key.iter().map(String::as_str));
        arguments.extend([plain.as_str(), out.as_str()]);
        let output = with_token(&configuration, env!("CARGO_BIN_EXE_kyhop"), &arguments);
        assert_eq!(output.status.code(), Some(1), "{words}: {}", said(&output));
        if words == "rsa, p256" {
            assert!(said(&output).contains("there are: "), "{}", said(&output));
        } else {
            assert!(said(&output).contains(words), "{words}: {}", said(&output));
        }
        assert!(!std::path::Path::new(&out).exists());
    }
    bench.judge(None);
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const PKI: &str = r"
keysets:
  office:
    path-prefix: KEYS
    keys:
      root: {path: root.pem}
      leader: {path: leader.pem}
      clerk: {path: clerk.pem}
pki-architectures:
  office:
    keyset: office
    entity-defaults: {country-name: VN, organization-name: UBND}
    entities:
      root: {common-name: Root}
      leader: {common-name: Leader}
      clerk: {common-name: Clerk}
    certs:
      root:
        subject: root
        issuer: root
        validity: {valid-from: '2020-01-01T00:00:00+0000', valid-to: '2500-01-01T00:00:00+0000'}
        profiles: [{id: simple-ca, params: {max-path-len: 1}}]
      leader:
        subject: leader
        issuer: root
        validity: {valid-from: '2020-01-01T00:00:00+0000', valid-to: '2100-01-01T00:00:00+0000'}
        profiles: [digsig-commitment]
      clerk:
        subject: clerk
        issuer: root
        validity: {valid-from: '2020-01-01T00:00:00+0000', valid-to: '2100-01-01T00:00:00+0000'}
        profiles: [digsig-commitment]
";

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_a_remote_service_sign() {
    let bench = Bench::new().await;
    let pem = |key: PKey<openssl::pkey::Private>| key.private_key_to_pem_pkcs8().expect("PEM");
    for (name, key) in [
        ("root", crate::keys::rsa(2048)),
        ("leader", PKey::from_rsa(Rsa::generate(2048).expect("a key")).expect("a key")),
        ("clerk", crate::keys::curve(openssl::nid::Nid::X9_62_PRIME256V1)),
    ] {
        bench.write(&format!("{name}.pem"), pem(key));
    }
    let configuration = bench.write("pki.yml", PKI.replace("KEYS", &bench.path("")));
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("its address")
        .port();
    let started = Command::new(python())
        .args(["-m", "csc_dummy", &configuration, &free.to_string(), "2"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _service = Running(started.expect("the service (scripts/setup test)"));
    let url = format!("http://localhost:{free}");
    for _ in 0..300 {
        if std::net::TcpStream::connect(("localhost", free)).is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let plain = input("to-trinh.pdf");
    let sign = |url: &str, more: &[&str], out: &str| {
        let out = bench.path(out);
        kyhop(&[&["sign", "--csc", url], more, &[&plain, &out]].concat())
    };
    // The root's key is one of them: it has to be said which.
    let several = sign(&url, &[], "several.pdf");
    assert_eq!(several.status.code(), Some(1), "{}", said(&several));
    assert!(said(&several).contains("office/leader"), "{}", said(&several));
    let token = bench.write("token", "a-bearer-token\n");
    for (n, (credential, more)) in [
        ("office/leader", &["--tokenfile", token.as_str()][..]),
        ("office/leader", &["--pss"]),
        ("office/clerk", &[]),
    ]
    .into_iter()
    .enumerate()
    {
        let out = format!("csc-{n}.pdf");
        let output = sign(&format!("{url}/csc/v1"), &[&["--credential", credential], more].concat(), &out);
        assert_eq!(output.status.code(), Some(0), "{credential}: {}", said(&output));
        let file = bench.path(&out);
        let report = kyhop(&["verify", "--json", "--no-fetch", &file]);
        let report: Value = serde_json::from_slice(&report.stdout).expect("JSON");
        let s = &report["signatures"][0];
        assert_eq!(
            (&s["intact"], &s["cryptographically_valid"]),
            (&true.into(), &true.into()),
            "{report:#}"
        );
        let checked = run("qpdf", &["--check", &file]);
        assert!(checked.status.success(), "{}", said(&checked));
        let judged = run("pdfsig", &["-nocert", &file]);
        assert!(said(&judged).contains("Signature is Valid"), "{}", said(&judged));
    }
    for (url, more, words) in [
        (url.clone(), &["--credential", "office/nobody"][..], "404"),
        (url.clone(), &["--credential", "office/clerk", "--pss"], "RSA-PSS"),
        ("http://127.0.0.1:9".into(), &[], "refused"),
    ] {
        let output = sign(&url, more, "refused.pdf");
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
        assert!(!std::path::Path::new(&bench.path("refused.pdf")).exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_made_elsewhere_is_put_in_later() {
    let mut bench = Bench::new().await;
    let pair = bench
        .ground
        .authority
        .signing_for(crate::keys::rsa(2048), "elsewhere")
        .expect("a certificate");
    let cert = bench.write("cert.pem", pair.certificate.to_pem().expect("PEM"));
    let (chain, plain) = (bench.chain(), input("to-trinh.pdf"));
    let (prepared, state, value) = (bench.path("prepared.pdf"), bench.path("state.json"), bench.path("value"));
    let output = kyhop(&["prepare", "--cert", &cert, "--chain", &chain, "--state", &state, &plain, &prepared]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let asked: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    use base64::Engine;
    let base64 = base64::engine::general_purpose::STANDARD;
    let attributes = base64.decode(asked["attributes"].as_str().expect("attributes")).expect("Base64");
    assert_eq!(asked["attributes_digest"], hex::encode(openssl::sha::sha256(&attributes)));
    assert_eq!(
        (&asked["algorithm"], &asked["digest_algorithm"]),
        (&"RSA-PKCS1".into(), &"SHA-256".into())
    );
    let root = bench.root();
    let verify = |file: &str| kyhop(&["verify", "--trust", &root, file]).status.code();
    assert_ne!(verify(&prepared), Some(0));

    // Another key's value is refused, and the file stays as it was.
    let before = std::fs::read(&prepared).expect("reading");
    let made_by = |key: &PKey<openssl::pkey::Private>| {
        let mut signer = openssl::sign::Signer::new(MessageDigest::sha256(), key).expect("a signer");
        base64.encode(signer.sign_oneshot_to_vec(&attributes).expect("a value"))
    };
    std::fs::write(&value, made_by(&crate::keys::rsa(2048))).expect("writing");
    let complete = |more: &[&str]| kyhop(&[&["complete", "--state", &state], more].concat());
    let refused = complete(&["--signature", &value, &prepared]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("does not fit"), "{}", said(&refused));
    assert_eq!(std::fs::read(&prepared).expect("reading"), before);

    std::fs::write(&value, made_by(&pair.key)).expect("writing");
    let signed = bench.path("signed.pdf");
    let done = complete(&["--signature", &value, &prepared, &signed]);
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    assert_eq!(verify(&signed), Some(0));
    assert_eq!(std::fs::read(&prepared).expect("reading"), before);
    for level in ["B-T", "B-LT", "B-LTA"] {
        bench.extend("elsewhere", level, &[], &signed);
    }
    bench.judge(None);
    // A whole CMS that openssl makes over the same bytes has no signing-certificate attribute of PAdES unless told so.
    let covered = bench.path("covered");
    let range: Value = serde_json::from_slice(&std::fs::read(&state).expect("reading")).expect("JSON");
    let range: Vec<usize> = range["byte_range"]
        .as_array()
        .expect("a range")
        .iter()
        .map(|n| n.as_u64().expect("a number") as usize)
        .collect();
    let bytes = [&before[range[0]..range[1]], &before[range[2]..range[2] + range[3]]].concat();
    assert_eq!(asked["document_digest"], hex::encode(openssl::sha::sha256(&bytes)));
    std::fs::write(&covered, bytes).expect("writing");
    let (key, cms) = (
        bench.write("key.pem", pair.key.private_key_to_pem_pkcs8().expect("PEM")),
        bench.path("cms.der"),
    );
    let sign = [
        "cms",
        "-sign",
        "-binary",
        "-in",
        &covered,
        "-signer",
        &cert,
        "-inkey",
        &key,
        "-certfile",
        &chain,
        "-outform",
        "DER",
        "-out",
        &cms,
    ];
    let made = run("openssl", &[&sign[..], &["-md", "sha256", "-cades"]].concat());
    assert!(made.status.success(), "{}", said(&made));
    let refused = complete(&["--cms", &cms, &prepared, &bench.path("cms.pdf")]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("no signing time"), "{}", said(&refused));
    assert_eq!(kyhop(&["complete", "--state", &state, &prepared]).status.code(), Some(64));
}
