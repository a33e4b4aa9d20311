//! The command line of the administrator, run as the real program beside a running server.
use crate::support::{Backend, Server};
use app::dto::identity::Role;
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::symm::Cipher;
use openssl::x509::{X509, X509Name};
use server::actor::Actor;
use server::axis::store;
use server::signatures::Owner;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PASSWORD: &str = "mưa rơi trên mái ngói";

/// `kyhop` with the configuration of `server`, and `input` on its standard input.
fn kyhop(server: &Server, arguments: &[&str], input: &str) -> Output {
    let config = &server.state.config;
    let mut command = Command::new(env!("CARGO_BIN_EXE_kyhop"));
    command
        .args(arguments)
        .env_clear()
        .env("USER", "root-of-test")
        .env("KYHOP_LISTEN", "127.0.0.1:0")
        .env("KYHOP_PUBLIC_URL", &config.public_url)
        .env("KYHOP_DATA_DIR", &config.data_dir)
        .env("KYHOP_TRUST", &config.trust[0])
        .env("KYHOP_BODY_CODE", &config.body_code)
        .env("KYHOP_BODY_NAME", &config.body_name)
        .env("KYHOP_BODY_ABBREVIATION", &config.body_abbreviation)
        .env("DATABASE_URL", &config.database_url);
    run(command, input)
}

fn run(mut command: Command, input: &str) -> Output {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("running kyhop");
    // A program that ends before it has read everything is judged by its answer.
    let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
    child.wait_with_output().expect("its end")
}

#[track_caller]
fn good(output: Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout).expect("text")
}

#[track_caller]
fn bad(output: Output) -> (i32, String) {
    assert!(!output.status.success());
    (
        output.status.code().expect("a code"),
        String::from_utf8(output.stderr).expect("text"),
    )
}

fn add_lan(server: &Server, password: &str) -> Output {
    let person = [
        "admin",
        "add-person",
        "lan",
        "--name",
        "Trần Thị Lan",
        "--role",
        "leader",
        "--role",
        "admin",
    ];
    kyhop(server, &person, &format!("{password}\n"))
}

async fn location(server: &Server, password: &str) -> String {
    let fields = [("username", "lan"), ("password", password)];
    server.stranger().form("/login", &fields).await.header("location").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_administrator_is_added_beside_the_running_server() {
    let server = Server::start(Backend::Sqlite).await;
    let (_, words) = bad(add_lan(&server, "ngắn"));
    assert!(
        words.contains("ít nhất 12 ký tự") && words.contains("at least 12 characters"),
        "{words}"
    );
    good(add_lan(&server, PASSWORD));
    assert_eq!(location(&server, PASSWORD).await, "/");
    bad(add_lan(&server, PASSWORD));

    let new = "gió thổi qua cánh đồng";
    good(kyhop(&server, &["admin", "set-password", "lan"], &format!("{new}\r\n")));
    assert_eq!(location(&server, new).await, "/");
    let (_, words) = bad(kyhop(&server, &["admin", "set-password", "lan"], ""));
    assert!(words.contains("missing on standard input"), "{words}");
    good(kyhop(&server, &["admin", "set-active", "lan", "false"], ""));
    assert_eq!(location(&server, new).await, "/login?error=identity.inactive&next=/");
    good(kyhop(&server, &["admin", "set-active", "lan", "true"], ""));

    let secret = good(kyhop(&server, &["admin", "token", "lan", "--name", "Một cửa"], ""));
    let lan = server.state.identity.by_username("lan").await.expect("lan");
    assert_eq!(lan.roles, [Role::Admin, Role::Leader]);
    let machine = server.stranger().with("authorization", &format!("Bearer {}", secret.trim()));
    assert_eq!(machine.get("/api/v1/me").await.ok().json()["id"], lan.id.as_str());

    let auditor = server.signed_in(Role::Auditor).await;
    let log = auditor.get("/api/v1/audit?action=identity").await.ok().json();
    let actions: Vec<_> = log["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .filter(|e| e["actor"] == "kyhop admin (root-of-test)")
        .collect();
    assert_eq!(actions.len(), 5, "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_is_taken_in_whole_or_not_at_all() {
    let server = Server::start(Backend::Sqlite).await;
    let file = server.dir.path().join("bodies.csv");
    let import = |text: &str| {
        std::fs::write(&file, text).expect("writing");
        kyhop(&server, &["admin", "import-bodies", &file.to_string_lossy()], "")
    };
    let (_, words) = bad(import("code,name\nH99.71,Sở Một\nH99..72,Sở Hai\n"));
    assert!(words.contains("line 3"), "{words}");
    let clerk = server.signed_in(Role::Clerk).await;
    let found = |text: &'static str| clerk.get(text);
    assert_eq!(
        found("/api/v1/bodies?text=so+mot").await.ok().json()["bodies"],
        serde_json::json!([])
    );
    good(import("code,name\nH99.71,Sở Một\nH99.72,\"Sở Hai, Ba\"\n"));
    assert_eq!(found("/api/v1/bodies?text=so+mot").await.ok().json()["bodies"][0]["code"], "H99.71");
    good(kyhop(&server, &["admin", "add-body", "H99.71", "Sở Một (mới)"], ""));
    assert_eq!(
        found("/api/v1/bodies?text=h99.71").await.ok().json()["bodies"][0]["name"],
        "Sở Một (mới)"
    );
}

/// A certificate that is not a demonstration's, and its key.
fn certificate(name: &str) -> (X509, PKey<Private>) {
    let key = PKey::from_rsa(Rsa::generate(2048).expect("a key")).expect("a key");
    let mut subject = X509Name::builder().expect("a name");
    subject.append_entry_by_nid(Nid::COMMONNAME, name).expect("a name");
    let subject = subject.build();
    let mut x509 = X509::builder().expect("a certificate");
    x509.set_version(2).expect("a version");
    let serial = BigNum::from_u32(7).and_then(|n| n.to_asn1_integer()).expect("a number");
    x509.set_serial_number(&serial).expect("a number");
    x509.set_subject_name(&subject).expect("a name");
    x509.set_issuer_name(&subject).expect("a name");
    x509.set_not_before(&Asn1Time::days_from_now(0).expect("now")).expect("a time");
    x509.set_not_after(&Asn1Time::days_from_now(2).expect("then")).expect("a time");
    x509.set_pubkey(&key).expect("a key");
    x509.sign(&key, MessageDigest::sha256()).expect("a signature");
    (x509.build(), key)
}

/// The certificate, and the key sealed with a password, as PEM files.
fn pem_files(x509: &X509, key: &PKey<Private>, dir: &Path) -> (String, String) {
    let (certificate, file) = (dir.join("lan.pem"), dir.join("lan.key"));
    std::fs::write(&certificate, x509.to_pem().expect("PEM")).expect("writing");
    let cipher = Cipher::aes_256_cbc();
    let sealed = key.private_key_to_pem_pkcs8_passphrase(cipher, b"mat khau khoa").expect("PEM");
    std::fs::write(&file, sealed).expect("writing");
    (certificate.to_string_lossy().into_owned(), file.to_string_lossy().into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_come_from_files_and_their_secrets_from_standard_input() {
    let server = Server::start(Backend::Sqlite).await;
    good(add_lan(&server, PASSWORD));
    let (x509, private) = certificate("Trần Thị Lan");
    let (certificate_file, key) = pem_files(&x509, &private, server.dir.path());
    let import = [
        "admin",
        "import-key",
        "--person",
        "lan",
        "--key",
        &key,
        "--certificate",
        &certificate_file,
    ];
    bad(kyhop(&server, &import, "sai mat khau\n739155\n"));
    good(kyhop(&server, &import, "mat khau khoa\n739155\n"));
    let lan = server.state.identity.by_username("lan").await.expect("lan");
    let owner = Owner::Person(lan.id);
    let info = server.state.signatures.key_info(&owner).await.expect("an answer").expect("a key");
    assert!(info.subject.contains("Trần Thị Lan"), "{}", info.subject);

    let (x509, private) = certificate("Ủy ban nhân dân tỉnh");
    let mut p12 = openssl::pkcs12::Pkcs12::builder();
    p12.name("seal").pkey(&private).cert(&x509);
    let p12 = p12.build2("mat khau tep").expect("PKCS#12").to_der().expect("DER");
    let file = server.dir.path().join("seal.p12");
    std::fs::write(&file, p12).expect("writing");
    let import = ["admin", "import-key", "--body", "--p12", &file.to_string_lossy()];
    bad(kyhop(&server, &import, "sai\n739155\n"));
    good(kyhop(&server, &import, "mat khau tep\n739155\n"));
    let body = Owner::Body("H99".into());
    assert!(server.state.signatures.key_info(&body).await.expect("an answer").is_some());
    let demonstration = server.authority.signing("Trần Thị Lan");
    let (_, key) = pem_files(&demonstration.certificate, &demonstration.key, server.dir.path());
    let import = ["admin", "import-key", "--body", "--key", &key, "--certificate", &certificate_file];
    let (_, words) = bad(kyhop(&server, &import, "mat khau khoa\n739155\n"));
    assert!(words.contains("for demonstrations only"), "{words}");
    let (code, _) = bad(kyhop(&server, &["admin", "import-key", "--body"], ""));
    assert_eq!(code, 64, "wrong usage");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_server_says_what_is_missing_and_refuses_a_demonstration() {
    let mut bare = Command::new(env!("CARGO_BIN_EXE_kyhop"));
    bare.arg("serve").env_clear();
    let (code, words) = bad(run(bare, ""));
    assert_eq!(code, 64);
    for name in ["PUBLIC_URL", "DATA_DIR", "BODY_CODE", "BODY_NAME", "BODY_ABBREVIATION", "TRUST"] {
        assert!(words.contains(&format!("KYHOP_{name}")), "{name} in {words}");
    }
    let server = Server::start_with(Backend::Sqlite, |config| config.demonstration = true).await;
    let person = server.person("trinhdien", &[Role::Clerk]).await;
    let mut work = server.state.db.begin(&person).await.expect("a transaction");
    sqlx::query("UPDATE person SET demonstration = 1")
        .execute(work.conn())
        .await
        .expect("a demonstration account");
    work.commit().await.expect("committing");
    let (code, words) = bad(kyhop(&server, &["serve"], ""));
    assert_eq!(code, 1);
    assert!(words.contains("1 accounts and 0 keys of a demonstration"), "{words}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failed_messages_are_listed_tried_again_and_given_up() {
    let server = Server::start(Backend::Sqlite).await;
    let id = crate::axis::put(&server, &crate::axis::outgoing(&server, "H99.5", 1).await, "H99.5").await;
    let (_, words) = bad(kyhop(&server, &["admin", "give-up-message", &id], ""));
    assert!(words.contains("không ở trạng thái lỗi"), "{words}");
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    store::set_outgoing(work.conn(), &id, "failed", 1, 0, Some("bị từ chối"))
        .await
        .expect("a row");
    work.commit().await.expect("committing");
    let list = good(kyhop(&server, &["admin", "messages"], ""));
    assert!(
        list.starts_with(&id) && list.contains("\tfailed\t") && list.contains("bị từ chối"),
        "{list}"
    );
    good(kyhop(&server, &["admin", "give-up-message", &id], ""));
    let list = good(kyhop(&server, &["admin", "messages"], ""));
    assert!(
        list.contains("\tundelivered\t") && list.contains("kyhop admin (root-of-test)"),
        "{list}"
    );
    good(kyhop(&server, &["admin", "retry-message", &id], ""));
    let list = good(kyhop(&server, &["admin", "messages"], ""));
    assert!(list.contains("\tqueued\t") && !list.contains(&id), "{list}");
    bad(kyhop(&server, &["admin", "retry-message", &id], ""));
}
