//! Keys in files.
use super::read;
use signing::KeySigner;
use std::path::Path;
use zeroize::Zeroizing;

type Password = Option<Zeroizing<String>>;

pub fn pkcs12(file: &Path, password: Password, chain: Vec<Vec<u8>>) -> Result<KeySigner, String> {
    let content = Zeroizing::new(read(file)?);
    let signer = KeySigner::from_pkcs12(&content, password.as_ref().map_or("", |p| p.as_str()));
    let signer = signer.map_err(|e| format!("{}: {e}", file.display()))?;
    Ok(signer.with_chain(chain))
}

/// `own` begins with the certificate of the key.
pub fn pem(file: &Path, password: Password, own: Vec<Vec<u8>>, chain: Vec<Vec<u8>>) -> Result<KeySigner, String> {
    let content = Zeroizing::new(read(file)?);
    let mut own = own.into_iter();
    let certificate = own.next().unwrap_or_default();
    let key = KeySigner::private_key(&content, password.as_ref().map(|p| p.as_bytes()));
    let signer = key.and_then(|key| KeySigner::new(key, &certificate, own.chain(chain).collect()));
    signer.map_err(|e| format!("{}: {e}", file.display()))
}
