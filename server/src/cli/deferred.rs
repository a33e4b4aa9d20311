//! `kyhop prepare` and `kyhop complete`: the document here, the signature value elsewhere and later. Between the two lie the
//! prepared file and a state file, neither of them secret.
use super::keys::{certificates, check_validity, read};
use super::look::LookArgs;
use super::sign::{failed, unreadable};
use crate::clock::now_us;
use crate::signatures::levels::beside;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use signing::{Digest, FileSource, Prepared, SignatureAlgorithm};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub struct PrepareArgs {
    /// Certificate of the key that will sign, PEM or DER; those above it may follow.
    #[arg(long, value_name = "CERT.pem")]
    cert: PathBuf,
    /// Certificates above it, PEM or DER.
    #[arg(long, value_name = "CHAIN.pem")]
    chain: Vec<PathBuf>,
    /// RSA-PSS instead of PKCS#1 v1.5, with an RSA key.
    #[arg(long)]
    pss: bool,
    /// File to be written that `kyhop complete` needs.
    #[arg(long, value_name = "STATE.json")]
    state: PathBuf,
    /// Bytes to reserve for the signature, where a CMS from elsewhere needs more than usual.
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(1024..=4_194_304))]
    reserve: Option<u32>,
    #[command(flatten)]
    look: LookArgs,
    input: PathBuf,
    output: PathBuf,
}

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["signature", "cms"])))]
pub struct CompleteArgs {
    /// File that `kyhop prepare` wrote.
    #[arg(long, value_name = "STATE.json")]
    state: PathBuf,
    /// The signature value over the attributes, as bytes or in Base64.
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// A whole CMS over the digest of the document, DER or Base64.
    #[arg(long, value_name = "FILE")]
    cms: Option<PathBuf>,
    /// File that `kyhop prepare` wrote.
    prepared: PathBuf,
    /// Where the signed file goes; the prepared one itself when not given.
    output: Option<PathBuf>,
}

pub fn prepare(args: &PrepareArgs) -> ExitCode {
    match prepared(args) {
        Ok(prepared) => {
            println!("{:#}", description(&prepared));
            ExitCode::SUCCESS
        }
        Err(Failure::Pdf(e)) => unreadable(&args.input, &e),
        Err(Failure::Said(e)) => failed(&e),
    }
}

pub fn complete(args: &CompleteArgs) -> ExitCode {
    match completed(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Pdf(e)) => unreadable(&args.prepared, &e),
        Err(Failure::Said(e)) => failed(&e),
    }
}

enum Failure {
    Pdf(signing::pdf::PdfError),
    Said(String),
}

impl From<String> for Failure {
    fn from(e: String) -> Self {
        Self::Said(e)
    }
}

impl From<io::Error> for Failure {
    fn from(e: io::Error) -> Self {
        Self::Said(e.to_string())
    }
}

impl From<signing::Error> for Failure {
    fn from(e: signing::Error) -> Self {
        match e {
            signing::Error::Pdf(e) => Self::Pdf(e),
            e => Self::Said(e.to_string()),
        }
    }
}

fn prepared(args: &PrepareArgs) -> Result<Prepared, Failure> {
    let now = now_us() / 1_000_000;
    let mut own = certificates(std::slice::from_ref(&args.cert))?.into_iter();
    let certificate = own.next().unwrap_or_default();
    let chain: Vec<Vec<u8>> = own.chain(certificates(&args.chain)?).collect();
    let mut options = args.look.options(&certificate, now)?;
    options.contents_size = args.reserve.map(|n| n as usize);
    check_validity(&certificate, options.time)?;
    let algorithm = SignatureAlgorithm::of_certificate(&certificate, args.pss)?;
    let open = |path: &Path| FileSource::new(File::open(path)?);
    let source = open(&args.input).map_err(|e| format!("{}: {e}", args.input.display()))?;
    let file = beside(&folder(&args.output))?;
    let mut out = BufWriter::with_capacity(1 << 18, file.reopen()?);
    let prepared = signing::prepare(&source, &mut out, &certificate, &chain, algorithm, &options)?;
    out.flush()?;
    out.get_ref().sync_all()?;
    let mut state = beside(&folder(&args.state))?;
    state.write_all(serde_json::to_string(&prepared).map_err(io::Error::other)?.as_bytes())?;
    state.as_file().sync_all()?;
    state.persist(&args.state).map_err(|e| e.error)?;
    file.persist(&args.output).map_err(|e| e.error)?;
    Ok(prepared)
}

fn completed(args: &CompleteArgs) -> Result<(), Failure> {
    let state = read(&args.state)?;
    let prepared: Prepared =
        serde_json::from_slice(&state).map_err(|e| format!("{}: not a file of kyhop prepare: {e}", args.state.display()))?;
    let value = match (&args.signature, &args.cms) {
        (Some(file), _) | (None, Some(file)) => bytes(read(file)?),
        (None, None) => Vec::new(),
    };
    let output = args.output.as_ref().unwrap_or(&args.prepared);
    // The signed file appears whole or not at all.
    let mut file = beside(&folder(output))?;
    let mut input = File::open(&args.prepared).map_err(|e| format!("{}: {e}", args.prepared.display()))?;
    io::copy(&mut input, file.as_file_mut())?;
    match args.cms {
        Some(_) => signing::complete_with_cms(file.as_file_mut(), &prepared, &value)?,
        None => signing::complete(file.as_file_mut(), &prepared, &value)?,
    };
    file.as_file().sync_all()?;
    file.persist(output).map_err(|e| e.error)?;
    Ok(())
}

/// What whoever signs has to know.
fn description(prepared: &Prepared) -> serde_json::Value {
    let digest = match prepared.algorithm.digest() {
        Digest::Sha256 => "SHA-256",
        Digest::Sha384 => "SHA-384",
        Digest::Sha512 => "SHA-512",
    };
    let algorithm = match prepared.algorithm {
        SignatureAlgorithm::RsaPkcs1(_) => "RSA-PKCS1",
        SignatureAlgorithm::RsaPss(_) => "RSA-PSS",
        SignatureAlgorithm::Ecdsa(_) => "ECDSA",
        _ => "Ed25519",
    };
    serde_json::json!({
        "field": prepared.field,
        "algorithm": algorithm,
        "digest_algorithm": digest,
        "attributes": STANDARD.encode(&prepared.attributes),
        "attributes_digest": hex::encode(prepared.digest()),
        "document_digest": hex::encode(&prepared.document_digest),
    })
}

/// What was given in Base64, as bytes.
fn bytes(content: Vec<u8>) -> Vec<u8> {
    let text: Option<String> = std::str::from_utf8(&content).ok().map(|t| t.split_whitespace().collect());
    let decoded = text.filter(|t| !t.is_empty()).and_then(|t| STANDARD.decode(t).ok());
    decoded.unwrap_or(content)
}

fn folder(file: &Path) -> PathBuf {
    let parent = file.parent().filter(|p| !p.as_os_str().is_empty());
    parent.map_or_else(|| PathBuf::from("."), Path::to_owned)
}
