//! A signing service of the newer kind (CSC API 2.0), as its description has it: strict about every member, and a release
//! holds for one digest and once. What exists as a program to test with speaks only 1.0.4 (see `tokens`).
use crate::keys::{Bench, input, said};
use crate::signing_judges::kyhop;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openssl::pkey::{PKey, Private};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

const TOKEN: &str = "a-bearer-token";
const PIN: &str = "135790";
const OTP: &str = "424242";

struct Service {
    /// Key and certificates (Base64 DER, its own first) by credential.
    keys: HashMap<&'static str, (PKey<Private>, Vec<String>)>,
    /// Digest for which each activation data was given.
    released: Mutex<HashMap<String, String>>,
}

type Answer = Result<Json<Value>, (StatusCode, Json<Value>)>;

fn refused(why: &str) -> (StatusCode, Json<Value>) {
    let body = json!({ "error": "invalid_request", "error_description": why });
    (StatusCode::BAD_REQUEST, Json(body))
}

fn member<'a>(body: &'a Value, name: &str) -> Result<&'a str, (StatusCode, Json<Value>)> {
    let found = body[name].as_str();
    found.ok_or_else(|| refused(&format!("Missing (or invalid type) string parameter {name}")))
}

/// The one digest of `hashes`, whose kind must be named.
fn digest(body: &Value) -> Result<String, (StatusCode, Json<Value>)> {
    if member(body, "hashAlgorithmOID")? != "2.16.840.1.101.3.4.2.1" {
        return Err(refused("Invalid parameter hashAlgorithmOID"));
    }
    let [hash] = body["hashes"].as_array().map(Vec::as_slice).unwrap_or_default() else {
        return Err(refused("Invalid parameter hashes"));
    };
    Ok(hash.as_str().unwrap_or_default().to_owned())
}

async fn answer(Path(method): Path<String>, State(service): State<Arc<Service>>, headers: HeaderMap, Json(body): Json<Value>) -> Answer {
    if method == "info" {
        return Ok(Json(
            json!({ "specs": "2.0.0.2", "name": "stand-in", "methods": ["credentials/info"] }),
        ));
    }
    if headers.get("authorization").and_then(|h| h.to_str().ok()) != Some("Bearer a-bearer-token") {
        return Err((StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_token" }))));
    }
    if method == "credentials/list" {
        let mut ids: Vec<_> = service.keys.keys().collect();
        ids.sort();
        return Ok(Json(json!({ "credentialIDs": ids })));
    }
    let (key, certificates) = service
        .keys
        .get(member(&body, "credentialID")?)
        .ok_or_else(|| refused("Invalid parameter credentialID"))?;
    match method.as_str() {
        "credentials/info" => Ok(Json(json!({
            "key": { "status": "enabled", "algo": ["1.2.840.113549.1.1.11", "1.2.840.113549.1.1.10", "1.2.840.10045.4.3.2"], "len": key.bits() },
            "cert": { "status": "valid", "certificates": certificates },
            "auth": { "mode": "explicit", "expression": "chu-ky AND tin-nhan", "objects": [
                { "type": "Password", "id": "tin-nhan", "format": "N", "generator": "totp" },
                { "type": "Password", "id": "chu-ky", "format": "N" },
            ] },
            "multisign": 1,
        }))),
        "credentials/authorize" => {
            let hash = digest(&body)?;
            let given = |id: &str| {
                let data = body["authData"].as_array().into_iter().flatten();
                data.filter(|d| d["id"] == id).find_map(|d| d["value"].as_str()).map(str::to_owned)
            };
            if body["numSignatures"] != 1 || given("chu-ky").as_deref() != Some(PIN) || given("tin-nhan").as_deref() != Some(OTP) {
                return Err(refused("Invalid authData"));
            }
            let sad = uuid::Uuid::new_v4().to_string();
            service.released.lock().expect("a lock").insert(sad.clone(), hash);
            Ok(Json(json!({ "SAD": sad, "expiresIn": 300 })))
        }
        "signatures/signHash" => {
            let hash = digest(&body)?;
            let released = service.released.lock().expect("a lock").remove(member(&body, "SAD")?);
            if released.as_deref() != Some(hash.as_str()) {
                return Err(refused("Invalid parameter SAD"));
            }
            let bytes = STANDARD.decode(&hash).map_err(|_| refused("Invalid parameter hashes"))?;
            let value = match member(&body, "signAlgo")? {
                "1.2.840.113549.1.1.11" | "1.2.840.10045.4.3.2" => sign(key, &bytes, false),
                "1.2.840.113549.1.1.10" if body["signAlgoParams"].is_string() => sign(key, &bytes, true),
                _ => return Err(refused("Invalid parameter signAlgo")),
            };
            Ok(Json(json!({ "signatures": [STANDARD.encode(value)] })))
        }
        _ => Err((StatusCode::NOT_FOUND, Json(json!({ "error": "not_found" })))),
    }
}

/// Of a digest, not of data.
fn sign(key: &PKey<Private>, digest: &[u8], pss: bool) -> Vec<u8> {
    let mut context = openssl::pkey_ctx::PkeyCtx::new(key).expect("a context");
    context.sign_init().expect("signing");
    if key.rsa().is_ok() {
        context
            .set_rsa_padding(if pss {
                openssl::rsa::Padding::PKCS1_PSS
            } else {
                openssl::rsa::Padding::PKCS1
            })
            .expect("padding");
    }
    context.set_signature_md(openssl::md::Md::sha256()).expect("a digest");
    if pss {
        context
            .set_rsa_pss_saltlen(openssl::sign::RsaPssSaltlen::DIGEST_LENGTH)
            .expect("salt");
    }
    let mut value = Vec::new();
    context.sign_to_vec(digest, &mut value).expect("a value");
    value
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_a_service_of_the_newer_kind_sign() {
    let mut bench = Bench::new().await;
    let authority = &bench.ground.authority;
    let issuer = STANDARD.encode(authority.issuing.certificate.to_der().expect("DER"));
    let mut keys = HashMap::new();
    for (id, key) in [
        ("leader", crate::keys::rsa(2048)),
        ("clerk", crate::keys::curve(openssl::nid::Nid::X9_62_PRIME256V1)),
    ] {
        let pair = authority.signing_for(key, id).expect("a certificate");
        let own = STANDARD.encode(pair.certificate.to_der().expect("DER"));
        keys.insert(id, (pair.key, vec![own, issuer.clone()]));
    }
    let released = Mutex::default();
    let service = Router::new()
        .route("/csc/v2/{*method}", post(answer))
        .with_state(Arc::new(Service { keys, released }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    tokio::spawn(async move { axum::serve(listener, service).await });

    let plain = input("to-trinh.pdf");
    let (token, pin, otp) = (bench.write("token", TOKEN), bench.write("pin", PIN), bench.write("otp", OTP));
    let (wrong, root) = (bench.write("wrong", "000000"), bench.root());
    let out = bench.path("v2.pdf");
    let order = |more: &[&str]| {
        let fixed = ["sign", "--csc", &url, "--tokenfile", &token];
        let (more, files) = (more.to_vec(), [plain.clone(), out.clone()]);
        let all: Vec<&str> = fixed.into_iter().chain(more).chain(files.iter().map(String::as_str)).collect();
        kyhop(&all)
    };
    let whole = ["--pinfile", pin.as_str(), "--otpfile", otp.as_str()];
    for more in [
        &["--credential", "leader"][..],
        &["--credential", "leader", "--pss"],
        &["--credential", "clerk"],
    ] {
        let output = order(&[more, &whole].concat());
        assert_eq!(output.status.code(), Some(0), "{more:?}: {}", said(&output));
        let judged = kyhop(&["verify", "--trust", &root, &out]);
        assert_eq!(judged.status.code(), Some(0), "{more:?}: {}", said(&judged));
        std::fs::remove_file(&out).expect("removing");
    }
    for (more, words) in [
        (&["--credential", "leader", "--otpfile", &otp][..], "--pinfile"),
        (&["--credential", "leader", "--pinfile", &pin], "--otpfile"),
        (
            &["--credential", "leader", "--pinfile", &wrong, "--otpfile", &otp],
            "Invalid authData",
        ),
        (&[], "clerk, leader"),
    ] {
        let output = order(more);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
        assert!(!said(&output).contains(PIN) && !said(&output).contains(OTP));
        assert!(!std::path::Path::new(&out).exists());
    }
    let key = |credential: &str| {
        let fixed = ["--csc", &url, "--tokenfile", &token, "--credential", credential];
        let all = [&fixed[..], &whole].concat();
        all.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    for level in ["B-B", "B-T", "B-LT", "B-LTA"] {
        bench.sign("remote", level, &key("leader"), &[], &plain);
    }
    bench.sign("remote-pss", "B-LTA", &key("leader"), &["--pss"], &plain);
    bench.sign("remote-p256", "B-LTA", &key("clerk"), &[], &plain);
    bench.judge(None);
}
