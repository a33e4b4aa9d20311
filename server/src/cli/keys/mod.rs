//! Whose key signs: one in files, on a token (PKCS#11), or kept by a remote service (CSC).
mod csc;
mod file;
mod pkcs11;

use signing::Signer;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("who").required(true).args(["key", "p12", "pkcs11", "csc"])))]
pub struct KeyArgs {
    /// Private key, PEM.
    #[arg(long, value_name = "KEY.pem", requires = "cert")]
    key: Option<PathBuf>,
    /// Certificate of the key, PEM or DER; those above it may follow in the same file. With --pkcs11, where the token has
    /// none.
    #[arg(long, value_name = "CERT.pem", conflicts_with_all = ["p12", "csc"])]
    cert: Option<PathBuf>,
    /// Certificates above it, PEM or DER.
    #[arg(long, value_name = "CHAIN.pem")]
    chain: Vec<PathBuf>,
    /// Key, certificate and chain in one PKCS#12 file.
    #[arg(long, value_name = "FILE")]
    p12: Option<PathBuf>,
    /// File whose first line is the password of the key.
    #[arg(long, value_name = "FILE")]
    passfile: Option<PathBuf>,
    /// Key on a token: the PKCS#11 library of its maker.
    #[arg(long, value_name = "MODULE", requires = "label")]
    pkcs11: Option<PathBuf>,
    /// Label of the key (or of its certificate) on the token, or of the token where it holds one key.
    #[arg(long, value_name = "L", requires = "pkcs11")]
    label: Option<String>,
    /// Label of the token, where several hold a key of that label.
    #[arg(long, value_name = "TOKEN", requires = "pkcs11")]
    token: Option<String>,
    /// File whose first line is the PIN of the token or of the remote key.
    #[arg(long, value_name = "FILE")]
    pinfile: Option<PathBuf>,
    /// Key of a remote service: its address by the interface of the Cloud Signature Consortium, v1 or v2, such as
    /// https://host/csc/v1.
    #[arg(long, value_name = "URL")]
    csc: Option<String>,
    /// Which of the remote keys, where there are several.
    #[arg(long, value_name = "ID", requires = "csc")]
    credential: Option<String>,
    /// File whose first line is the access token (OAuth 2.0 bearer) of the remote service.
    #[arg(long, value_name = "FILE", requires = "csc")]
    tokenfile: Option<PathBuf>,
    /// File whose first line is the one-time password for the remote key.
    #[arg(long, value_name = "FILE", requires = "csc")]
    otpfile: Option<PathBuf>,
    /// RSA-PSS instead of PKCS#1 v1.5, with an RSA key.
    #[arg(long)]
    pss: bool,
}

impl KeyArgs {
    /// The key, ready to sign. Within a runtime: a remote service is asked.
    pub async fn signer(&self) -> Result<Arc<dyn Signer>, String> {
        let chain = certificates(&self.chain)?;
        let pin = || secret(self.pinfile.as_deref());
        if let Some(url) = &self.csc {
            let asked = csc::Asked {
                credential: self.credential.clone(),
                token: secret(self.tokenfile.as_deref())?,
                pin: pin()?,
                otp: secret(self.otpfile.as_deref())?,
                pss: self.pss,
                chain,
            };
            return Ok(Arc::new(csc::Remote::open(url, asked).await?));
        }
        if let (Some(module), Some(label)) = (&self.pkcs11, &self.label) {
            let asked = pkcs11::Asked {
                label: label.clone(),
                token: self.token.clone(),
                pin: pin()?,
                certificates: certificates(self.cert.as_slice())?,
                chain,
                pss: self.pss,
            };
            return Ok(Arc::new(pkcs11::Token::open(module, asked)?));
        }
        let password = secret(self.passfile.as_deref())?;
        let signer = match (&self.p12, &self.key, &self.cert) {
            (Some(p12), ..) => file::pkcs12(p12, password, chain),
            (None, Some(key), Some(cert)) => file::pem(key, password, certificates(std::slice::from_ref(cert))?, chain),
            _ => Err("a key is needed: --key and --cert, --p12, --pkcs11 or --csc".into()),
        }?;
        let signer = if self.pss {
            signer.with_pss().map_err(|e| e.to_string())?
        } else {
            signer
        };
        Ok(Arc::new(signer))
    }
}

/// Refuses a certificate that is not valid at the time of signing: no validator would accept the signature.
pub fn check_validity(certificate: &[u8], time: i64) -> Result<(), String> {
    let read = signing::x509::Certificate::parse(certificate).map_err(|e| format!("the signer's certificate: {e}"))?;
    if read.valid_at(time) {
        return Ok(());
    }
    let day = |seconds: i64| crate::clock::day(seconds.saturating_mul(1_000_000));
    let (from, to) = (day(read.not_before), day(read.not_after));
    Err(format!(
        "the signer's certificate is valid from {from} to {to}, not on {}: sign with a valid one",
        day(time)
    ))
}

pub fn read(file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|e| format!("{}: {e}", file.display()))
}

/// The first line of a file.
pub fn secret(file: Option<&Path>) -> Result<Option<Zeroizing<String>>, String> {
    let Some(file) = file else { return Ok(None) };
    let bytes = Zeroizing::new(read(file)?);
    let text = std::str::from_utf8(&bytes).map_err(|_| format!("{}: not a text", file.display()))?;
    Ok(Some(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned())))
}

/// DER of all certificates in files of PEM or DER.
pub fn certificates(files: &[PathBuf]) -> Result<Vec<Vec<u8>>, String> {
    use openssl::x509::X509;
    let mut all = Vec::new();
    for file in files {
        let content = read(file)?;
        let found = if content.windows(11).any(|w| w == b"-----BEGIN ") {
            X509::stack_from_pem(&content)
        } else {
            X509::from_der(&content).map(|c| vec![c])
        };
        let found = found.map_err(|e| format!("{}: no certificate: {e}", file.display()))?;
        if found.is_empty() {
            return Err(format!("{}: there is no certificate in it", file.display()));
        }
        for certificate in found {
            all.push(certificate.to_der().map_err(|e| e.to_string())?);
        }
    }
    Ok(all)
}

/// Puts the certificates above `leaf` in order, nearest first, and leaves out what has nothing to do with it.
fn chain_of(leaf: &[u8], pool: &[Vec<u8>]) -> Vec<Vec<u8>> {
    use signing::x509::Certificate;
    let mut chain = Vec::new();
    let Ok(mut at) = Certificate::parse(leaf) else { return chain };
    let known: Vec<Certificate> = pool.iter().filter_map(|c| Certificate::parse(c).ok()).collect();
    while !at.is_self_issued()
        && chain.len() < 16
        && let Some(above) = known.iter().find(|c| c.subject == at.issuer && at.signed_by(&c.key))
    {
        if chain.iter().any(|c: &Vec<u8>| c == above.raw()) {
            break;
        }
        chain.push(above.raw().to_vec());
        at = above.clone();
    }
    chain
}

/// An ECDSA signature as services and tokens give it, two numbers side by side, in the form that CMS has (RFC 3279, 2.2.3).
fn ecdsa_der(raw: &[u8]) -> Result<Vec<u8>, openssl::error::ErrorStack> {
    use openssl::bn::BigNum;
    let (r, s) = raw.split_at(raw.len() / 2);
    openssl::ecdsa::EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?.to_der()
}
