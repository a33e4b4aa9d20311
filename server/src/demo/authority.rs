//! The demonstration's certification authority on loopback: CRL, OCSP and RFC 3161 time stamps, answered by the
//! `openssl` program from an index of what was issued.
use super::pki::{Pair, Use, issue, issue_for};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use openssl::pkey::{PKey, Private};
use openssl::x509::{CrlStatus, X509, X509Crl};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

/// Folder with keys, certificates and index; made once, read at every start.
pub struct Authority {
    dir: PathBuf,
    pub root: Pair,
    pub issuing: Pair,
    /// `host:port` that the certificates name.
    pub address: String,
}

impl Authority {
    /// Opens the authority in `dir`, or founds it there.
    ///
    /// # Errors
    /// A sentence for the person who starts the demonstration.
    pub fn open(dir: &Path, address: &str) -> Result<Self, String> {
        let failed = |e: &dyn std::fmt::Display| format!("{}: {e}", dir.display());
        std::fs::create_dir_all(dir).map_err(|e| failed(&e))?;
        if !dir.join("issuing.pem").exists() {
            let make = || -> Result<(), Box<dyn std::error::Error>> {
                let root = issue("Gốc chứng thực trình diễn", None, &Use::Root, None)?;
                let issuing = issue(
                    "Tổ chức chứng thực trình diễn",
                    None,
                    &Use::Intermediate { authority: Some(address) },
                    Some(&root),
                )?;
                let tsa = issue(
                    "Dấu thời gian trình diễn",
                    None,
                    &Use::TimeStamping { authority: address },
                    Some(&issuing),
                )?;
                let ocsp = issue("OCSP trình diễn", None, &Use::OcspSigning, Some(&issuing))?;
                for (name, pair) in [("root", &root), ("tsa", &tsa), ("ocsp", &ocsp), ("issuing", &issuing)] {
                    write(dir, name, pair)?;
                }
                std::fs::write(dir.join("index.txt"), "")?;
                std::fs::write(dir.join("root-index.txt"), "")?;
                std::fs::write(dir.join("root-crlnumber"), "01\n")?;
                std::fs::write(dir.join("crlnumber"), "01\n")?;
                std::fs::write(dir.join("serial"), "01\n")?;
                std::fs::write(dir.join("openssl.cnf"), configuration(dir))?;
                std::fs::write(dir.join("address"), address)?;
                Ok(())
            };
            make().map_err(|e| failed(&e))?;
        }
        let load = |name: &str| read(dir, name).map_err(|e| failed(&e));
        Ok(Self {
            dir: dir.to_owned(),
            root: load("root")?,
            issuing: load("issuing")?,
            address: address.to_owned(),
        })
    }

    /// A signing certificate, entered into the index so that CRL and OCSP know it.
    pub fn signing(&self, common_name: &str, unit: &str) -> Result<Pair, String> {
        let usage = Use::Signing { authority: &self.address };
        let pair = issue(common_name, Some(unit), &usage, Some(&self.issuing)).map_err(|e| e.to_string())?;
        self.enter(pair, common_name)
    }

    /// As [`Self::signing`], for a key of any kind.
    pub fn signing_for(&self, key: PKey<Private>, common_name: &str) -> Result<Pair, String> {
        let usage = Use::Signing { authority: &self.address };
        let pair = issue_for(key, common_name, None, &usage, Some(&self.issuing)).map_err(|e| e.to_string())?;
        self.enter(pair, common_name)
    }

    /// Into the index.
    fn enter(&self, pair: Pair, common_name: &str) -> Result<Pair, String> {
        let serial = pair
            .certificate
            .serial_number()
            .to_bn()
            .and_then(|n| n.to_hex_str())
            .map_err(|e| e.to_string())?;
        let line = format!("V\t491231235959Z\t\t{serial}\tunknown\t/CN={common_name}\n");
        use io::Write;
        std::fs::OpenOptions::new()
            .append(true)
            .open(self.dir.join("index.txt"))
            .and_then(|mut f| f.write_all(line.as_bytes()))
            .map_err(|e| e.to_string())?;
        Ok(pair)
    }

    pub fn link(&self, code: &str) -> Result<Pair, String> {
        issue(code, None, &Use::Link, Some(&self.root)).map_err(|e| e.to_string())
    }

    /// True when the certificates name another address than the one it would listen on now.
    pub fn address_changed(&self) -> bool {
        std::fs::read_to_string(self.dir.join("address")).is_ok_and(|a| a != self.address)
    }

    pub fn root_file(&self) -> PathBuf {
        self.dir.join("root.pem")
    }

    /// Makes a fresh CRL: a demonstration may lie unused for months.
    pub async fn renew_crl(&self) -> Result<(), String> {
        let root = ["ca", "-config", "openssl.cnf", "-name", "root", "-gencrl", "-out", "root.crl.pem"];
        run(&self.dir, &root, None).await?;
        let pem = std::fs::read(self.dir.join("root.crl.pem")).map_err(|e| e.to_string())?;
        let list = X509Crl::from_pem(&pem).and_then(|c| c.to_der()).map_err(|e| e.to_string())?;
        std::fs::write(self.dir.join("root.crl"), list).map_err(|e| e.to_string())?;
        run(&self.dir, &["ca", "-config", "openssl.cnf", "-gencrl", "-out", "ca.crl.pem"], None).await?;
        let pem = std::fs::read(self.dir.join("ca.crl.pem")).map_err(|e| e.to_string())?;
        let crl = X509Crl::from_pem(&pem).map_err(|e| e.to_string())?;
        if let CrlStatus::Revoked(_) = crl.get_by_cert(&self.issuing.certificate) {
            return Err("the demonstration CA is revoked by itself".into());
        }
        std::fs::write(self.dir.join("ca.crl"), crl.to_der().map_err(|e| e.to_string())?).map_err(|e| e.to_string())
    }

    /// `/ca.crl`, `/root.crl`, `/ca.cer`, `/ocsp`, `/tsa`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/ca.crl", get(crl))
            .route("/root.crl", get(root_crl))
            .route("/ca.cer", get(certificate))
            .route("/ocsp", post(ocsp))
            .route("/tsa", post(tsa))
            .with_state(self.dir.clone())
    }
}

async fn crl(State(dir): State<PathBuf>) -> Response {
    file(&dir.join("ca.crl"), "application/pkix-crl").await
}

async fn root_crl(State(dir): State<PathBuf>) -> Response {
    file(&dir.join("root.crl"), "application/pkix-crl").await
}

async fn certificate(State(dir): State<PathBuf>) -> Response {
    match tokio::fs::read(dir.join("issuing.pem"))
        .await
        .ok()
        .and_then(|p| X509::from_pem(&p).ok())
        .and_then(|c| c.to_der().ok())
    {
        Some(der) => ([(header::CONTENT_TYPE, "application/pkix-cert")], der).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn ocsp(State(dir): State<PathBuf>, request: Bytes) -> Response {
    let arguments = [
        "ocsp",
        "-index",
        "index.txt",
        "-CA",
        "issuing.pem",
        "-rsigner",
        "ocsp.pem",
        "-rkey",
        "ocsp.key",
        "-nmin",
        "60",
        "-reqin",
    ];
    answer(&dir, &arguments, "-respout", &request, "application/ocsp-response").await
}

async fn tsa(State(dir): State<PathBuf>, request: Bytes) -> Response {
    answer(
        &dir,
        &["ts", "-reply", "-config", "openssl.cnf", "-queryfile"],
        "-out",
        &request,
        "application/timestamp-reply",
    )
    .await
}

async fn file(path: &Path, kind: &'static str) -> Response {
    match tokio::fs::read(path).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Runs openssl with the request in a file and sends back the file that it wrote.
async fn answer(dir: &Path, arguments: &[&str], out: &str, request: &[u8], kind: &'static str) -> Response {
    let work = async {
        let scratch = tempfile::tempdir_in(dir).map_err(|e| e.to_string())?;
        let (input, output) = (scratch.path().join("in"), scratch.path().join("out"));
        tokio::fs::write(&input, request).await.map_err(|e| e.to_string())?;
        let (input, output_name) = (input.to_string_lossy().into_owned(), output.to_string_lossy().into_owned());
        let mut all = arguments.to_vec();
        all.extend([input.as_str(), out, output_name.as_str()]);
        run(dir, &all, None).await?;
        tokio::fs::read(&output).await.map_err(|e| e.to_string())
    };
    match work.await {
        Ok(bytes) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        Err(e) => {
            tracing::warn!(error = %e, "demonstration authority");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn run(dir: &Path, arguments: &[&str], input: Option<&[u8]>) -> Result<(), String> {
    debug_assert!(input.is_none());
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .await
        .map_err(|e| format!("openssl: {e} (apt-get install openssl)"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

fn write(dir: &Path, name: &str, pair: &Pair) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::write(dir.join(format!("{name}.key")), pair.key.private_key_to_pem_pkcs8()?)?;
    std::fs::write(dir.join(format!("{name}.pem")), pair.certificate.to_pem()?)?;
    Ok(())
}

fn read(dir: &Path, name: &str) -> Result<Pair, Box<dyn std::error::Error>> {
    let key = PKey::private_key_from_pem(&std::fs::read(dir.join(format!("{name}.key")))?)?;
    let certificate = X509::from_pem(&std::fs::read(dir.join(format!("{name}.pem")))?)?;
    Ok(Pair { certificate, key })
}

fn configuration(dir: &Path) -> String {
    let mut text = String::new();
    let _ = write!(
        text,
        "[ca]\ndefault_ca = demo\n[demo]\ndatabase = index.txt\ncrlnumber = crlnumber\ncertificate = issuing.pem\nprivate_key = issuing.key\n\
         default_md = sha256\ndefault_crl_days = 30\ncrl_extensions = crl\n\
         [root]\ndatabase = root-index.txt\ncrlnumber = root-crlnumber\ncertificate = root.pem\nprivate_key = root.key\n\
         default_md = sha256\ndefault_crl_days = 30\ncrl_extensions = crl\n[crl]\nauthorityKeyIdentifier = keyid\n\
         [tsa]\ndefault_tsa = tsa_demo\n[tsa_demo]\ndir = {}\nserial = serial\ncrypto_device = builtin\nsigner_cert = tsa.pem\n\
         certs = issuing.pem\nsigner_key = tsa.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256, sha384, sha512\n\
         accuracy = secs:1\nordering = yes\ness_cert_id_chain = no\ness_cert_id_alg = sha256\n",
        dir.display()
    );
    text
}
