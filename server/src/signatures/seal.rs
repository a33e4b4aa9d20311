//! Sealing a private key with its holder's PIN: argon2id makes the key, ChaCha20-Poly1305 closes and proves it.
use super::{Error, Result};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use zeroize::Zeroizing;

/// 64 MiB and three passes, the second choice of RFC 9106: a PIN is shorter than a password, so each guess costs more.
const MEMORY_KIB: u32 = 65_536;
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// What a stored key may ask for at most: a row of the database must not be able to exhaust the memory.
const MOST_MEMORY_KIB: u32 = 1 << 20;
const MOST_PASSES: u32 = 64;

/// What is stored of a sealed key.
#[derive(Clone)]
pub struct Sealed {
    pub sealed: Vec<u8>,
    pub salt: Vec<u8>,
    pub nonce: Vec<u8>,
    /// `argon2id$v=19$m=65536,t=3,p=1`
    pub kdf: String,
}

/// Closes `pkcs8`. `bound` names the key and its certificate: sealed for one, it does not open as another.
pub fn seal(pkcs8: &[u8], pin: &str, bound: &[u8]) -> Result<Sealed> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|e| Error::Sealing(e.to_string()))?;
    let (mut salt, mut nonce) = (vec![0; 16], [0; 12]);
    for random in [&mut salt[..], &mut nonce[..]] {
        openssl::rand::rand_bytes(random).map_err(|e| Error::Sealing(e.to_string()))?;
    }
    let cipher = cipher(pin, &salt, params)?;
    let sealed = cipher
        .encrypt(&Nonce::from(nonce), Payload { msg: pkcs8, aad: bound })
        .map_err(|e| Error::Sealing(e.to_string()))?;
    Ok(Sealed {
        sealed,
        salt,
        nonce: nonce.to_vec(),
        kdf: format!("argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}"),
    })
}

/// Opens what [`seal`] has closed; `None` when the PIN (or what it is bound to) is another. Takes a good part of a second.
pub fn open(stored: &Sealed, pin: &str, bound: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let nonce: [u8; 12] = stored
        .nonce
        .as_slice()
        .try_into()
        .map_err(|_| Error::Sealing("the stored nonce has another length".into()))?;
    let cipher = cipher(pin, &stored.salt, parameters(&stored.kdf)?)?;
    let opened = cipher.decrypt(
        &Nonce::from(nonce),
        Payload {
            msg: &stored.sealed,
            aad: bound,
        },
    );
    Ok(opened.ok().map(Zeroizing::new))
}

fn cipher(pin: &str, salt: &[u8], params: Params) -> Result<ChaCha20Poly1305> {
    let mut derived = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(pin.as_bytes(), salt, derived.as_mut())
        .map_err(|e| Error::Sealing(e.to_string()))?;
    ChaCha20Poly1305::new_from_slice(derived.as_ref()).map_err(|e| Error::Sealing(e.to_string()))
}

fn parameters(kdf: &str) -> Result<Params> {
    let unknown = || Error::Sealing(format!("unknown key derivation: {kdf}"));
    let list = kdf.strip_prefix("argon2id$v=19$").ok_or_else(unknown)?;
    let (mut memory, mut passes, mut lanes) = (None, None, None);
    for pair in list.split(',') {
        let (name, value) = pair.split_once('=').ok_or_else(unknown)?;
        let value = value.parse::<u32>().map_err(|_| unknown())?;
        match name {
            "m" => memory = Some(value),
            "t" => passes = Some(value),
            "p" => lanes = Some(value),
            _ => return Err(unknown()),
        }
    }
    match (memory, passes, lanes) {
        (Some(m), Some(t), Some(p)) if m <= MOST_MEMORY_KIB && t <= MOST_PASSES => {
            Params::new(m, t, p, None).map_err(|e| Error::Sealing(e.to_string()))
        }
        _ => Err(unknown()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_with_its_pin_and_for_its_key_alone() {
        let stored = seal(b"a private key", "804216", b"key one").unwrap();
        assert!(!stored.sealed.windows(9).any(|w| w == b"a private"));
        assert_eq!(
            open(&stored, "804216", b"key one").unwrap().as_deref().map(Vec::as_slice),
            Some(&b"a private key"[..])
        );
        assert!(open(&stored, "804217", b"key one").unwrap().is_none());
        assert!(open(&stored, "804216", b"key two").unwrap().is_none());
        let mut changed = stored.clone();
        changed.sealed[0] ^= 1;
        assert!(open(&changed, "804216", b"key one").unwrap().is_none());
        let again = seal(b"a private key", "804216", b"key one").unwrap();
        assert_ne!((again.salt, again.nonce), (stored.salt, stored.nonce));
    }

    #[test]
    fn foreign_derivations_are_refused() {
        for kdf in [
            "",
            "pbkdf2",
            "argon2id$v=19$m=65536,t=3",
            "argon2id$v=19$m=4000000000,t=3,p=1",
            "argon2id$v=19$m=x,t=3,p=1",
        ] {
            assert!(parameters(kdf).is_err(), "{kdf}");
        }
    }
}
