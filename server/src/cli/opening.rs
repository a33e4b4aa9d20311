//! What opens an encrypted file.
use super::keys::{read, secret};
use crate::signatures::levels::Opening;
use signing::Recipient;
use std::path::PathBuf;
use zeroize::Zeroizing;

#[derive(Debug, clap::Args)]
pub struct OpenArgs {
    /// Password of an encrypted file, the user's or the owner's.
    #[arg(long)]
    password: Option<String>,
    /// Key of a recipient, where the file is encrypted for certificates: PKCS#12, or PEM with the certificate beside the key.
    #[arg(long, value_name = "FILE")]
    recipient: Option<PathBuf>,
    /// File whose first line is the password of that key.
    #[arg(long, value_name = "FILE", requires = "recipient")]
    recipient_passfile: Option<PathBuf>,
}

impl OpenArgs {
    /// # Errors
    /// A sentence for the person at the terminal when the key cannot be used.
    pub fn opening(&self) -> Result<Opening, String> {
        Ok(Opening {
            password: self.password.clone(),
            recipient: self.recipient()?,
        })
    }

    fn recipient(&self) -> Result<Option<Recipient>, String> {
        let Some(file) = &self.recipient else { return Ok(None) };
        let content = Zeroizing::new(read(file)?);
        let password = secret(self.recipient_passfile.as_deref())?;
        let found = match content.windows(11).any(|w| w == b"-----BEGIN ") {
            true => Recipient::from_pem(&content, password.as_ref().map(|p| p.as_bytes())),
            false => Recipient::from_pkcs12(&content, password.as_ref().map_or("", |p| p.as_str())),
        };
        found.map(Some).map_err(|e| format!("--recipient {}: {e}", file.display()))
    }
}
