//! People, sessions, roles, tokens.
pub mod bodies;
pub mod error;
pub mod forms;
pub mod http;
pub mod password;
pub mod people;
pub mod rest;
pub mod sessions;
pub mod store;
pub mod tablets;
pub mod throttle;
pub mod tokens;
pub mod ui;

pub use error::Error;
pub use people::NewPerson;

use crate::config::Config;
use crate::db::Db;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::sync::Arc;

#[derive(Clone)]
pub struct Service {
    pub db: Db,
    pub config: Arc<Config>,
    pub passwords: password::Passwords,
}

/// Name of the session cookie of the server at `public_url`. Browsers keep cookies by host and not by port, so that a
/// second server on the same host needs another name.
pub fn cookie_name(public_url: &str) -> String {
    let port = public_url.rsplit_once(':').map_or("", |(_, port)| port);
    if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) {
        format!("kyhop_session_{port}")
    } else {
        "kyhop_session".to_owned()
    }
}

/// Name of the cookie that says which tablet of a meeting room this is. It outlives all who sit there.
pub fn tablet_cookie(public_url: &str) -> String {
    cookie_name(public_url).replacen("session", "tablet", 1)
}

/// What the database keeps of a secret.
pub fn digest(secret: &str) -> String {
    hex::encode(openssl::sha::sha256(secret.as_bytes()))
}

/// 256 random bits for a cookie or token.
pub(crate) fn secret() -> Result<String, Error> {
    let mut bytes = [0u8; 32];
    openssl::rand::rand_bytes(&mut bytes).map_err(|e| Error::Hash(e.to_string()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_on_one_host_have_cookies_of_their_own() {
        assert_eq!(cookie_name("https://vanban.tinh.gov.vn"), "kyhop_session");
        assert_eq!(cookie_name("http://127.0.0.1:3001"), "kyhop_session_3001");
    }
}
