//! Passwords and PINs at the terminal: asked for unseen, or read from standard input one a line. Never arguments, which
//! every process of the machine can read.
use openssl::pkey::PKey;
use std::io::IsTerminal;
use zeroize::Zeroizing;

#[derive(Default)]
pub struct Secrets {
    asked: usize,
}

impl Secrets {
    /// One that exists already.
    pub fn secret(&mut self, what: &str) -> Result<Zeroizing<String>, String> {
        self.asked += 1;
        if std::io::stdin().is_terminal() {
            return rpassword::prompt_password(format!("{what}: "))
                .map(Zeroizing::new)
                .map_err(|e| e.to_string());
        }
        let mut line = Zeroizing::new(String::new());
        let read = std::io::stdin().read_line(&mut line).map_err(|e| e.to_string())?;
        if read == 0 {
            return Err(format!(
                "thiếu dòng {n} ở đầu vào chuẩn / line {n} is missing on standard input: {what}",
                n = self.asked
            ));
        }
        let length = line.trim_end_matches(['\r', '\n']).len();
        line.truncate(length);
        Ok(line)
    }

    /// A new one; at a terminal it is asked for twice.
    pub fn new_secret(&mut self, what: &str) -> Result<Zeroizing<String>, String> {
        let first = self.secret(what)?;
        if std::io::stdin().is_terminal() && self.secret(&format!("{what} (nhập lại / again)"))? != first {
            return Err("hai lần nhập khác nhau / the two differ".into());
        }
        Ok(first)
    }

    /// PKCS#8 DER of a PEM key; its password is asked for when it has one.
    pub fn private_key(&mut self, pem: &[u8]) -> Result<Zeroizing<Vec<u8>>, String> {
        let mut failed = None;
        let key = PKey::private_key_from_pem_callback(pem, |buffer| {
            let password = self.secret("Mật khẩu khóa / password of the key").unwrap_or_else(|e| {
                failed = Some(e);
                Zeroizing::default()
            });
            let length = password.len().min(buffer.len());
            buffer[..length].copy_from_slice(&password.as_bytes()[..length]);
            Ok(length)
        });
        let key = key.map_err(|e| failed.unwrap_or_else(|| format!("không đọc được khóa / the key cannot be read: {e}")))?;
        key.private_key_to_pkcs8().map(Zeroizing::new).map_err(|e| e.to_string())
    }
}
