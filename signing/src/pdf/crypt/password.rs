//! From a password to the key of the file (ISO 32000-1, 7.6.3.3 and 7.6.3.4; ISO 32000-2, 7.6.4.3).
use openssl::hash::{MessageDigest, hash};
use openssl::symm::Mode;

use super::cipher::{cbc, rc4};
use crate::pdf::PdfError;

const PAD: [u8; 32] = [
    0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08, 0x2E, 0x2E, 0x00, 0xB6, 0xD0, 0x68,
    0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
];

/// What the encryption dictionary says that the key hangs on.
pub struct Lock {
    /// `/R`: 2 to 6.
    pub revision: i64,
    /// Of the key, in bytes.
    pub length: usize,
    pub owner: Vec<u8>,
    pub user: Vec<u8>,
    pub owner_key: Vec<u8>,
    pub user_key: Vec<u8>,
    /// `/P` as the 32 bits that it is, also where it is written without its sign.
    pub permissions: u32,
    /// First identifier of the file; empty where it has none.
    pub id: Vec<u8>,
    pub encrypt_metadata: bool,
}

impl Lock {
    /// The key of the file, where `password` is the user's or the owner's.
    pub fn open(&self, password: &str) -> Result<Vec<u8>, PdfError> {
        let attempts = if self.revision >= 5 { modern(password) } else { legacy(password) };
        for attempt in attempts {
            let key = if self.revision >= 5 {
                self.open_modern(&attempt)?
            } else {
                self.open_legacy(&attempt)?
            };
            if let Some(key) = key {
                return Ok(key);
            }
        }
        Err(PdfError::Password)
    }

    fn open_legacy(&self, password: &[u8]) -> Result<Option<Vec<u8>>, PdfError> {
        if let Some(key) = self.open_as_user(&padded(password))? {
            return Ok(Some(key));
        }
        self.open_as_user(&self.user_password(&padded(password))?)
    }

    /// Algorithms 2 and 6.
    fn open_as_user(&self, padded: &[u8; 32]) -> Result<Option<Vec<u8>>, PdfError> {
        let mut input = padded.to_vec();
        input.extend_from_slice(&self.owner[..32]);
        input.extend_from_slice(&self.permissions.to_le_bytes());
        input.extend_from_slice(&self.id);
        if self.revision >= 4 && !self.encrypt_metadata {
            input.extend_from_slice(&[0xFF; 4]);
        }
        let mut key = md5(&input)?;
        if self.revision >= 3 {
            for _ in 0..50 {
                key = md5(&key[..self.length])?;
            }
        }
        key.truncate(self.length);
        let right = if self.revision == 2 {
            rc4(&key, &PAD) == self.user[..32]
        } else {
            let mut value = md5(&[&PAD[..], &self.id].concat())?;
            for round in 0..20u8 {
                value = rc4(&xored(&key, round), &value);
            }
            value == self.user[..16]
        };
        Ok(right.then_some(key))
    }

    /// Algorithm 7: what the owner's password, padded, makes of `/O`.
    fn user_password(&self, padded: &[u8; 32]) -> Result<[u8; 32], PdfError> {
        let mut key = md5(padded)?;
        if self.revision >= 3 {
            for _ in 0..50 {
                key = md5(&key)?;
            }
        }
        key.truncate(self.length);
        let mut value = self.owner[..32].to_vec();
        let rounds: u8 = if self.revision == 2 { 1 } else { 20 };
        for round in (0..rounds).rev() {
            value = rc4(&xored(&key, round), &value);
        }
        let mut out = PAD;
        out.copy_from_slice(&value);
        Ok(out)
    }

    /// Algorithm 2.A: the owner's password first, as there.
    fn open_modern(&self, password: &[u8]) -> Result<Option<Vec<u8>>, PdfError> {
        let user = &self.user[..48];
        for (stored, wrapped, data) in [(&self.owner, &self.owner_key, user), (&self.user, &self.user_key, &[][..])] {
            if self.hash(password, &stored[32..40], data)? == stored[..32] {
                let key = self.hash(password, &stored[40..48], data)?;
                return cbc(Mode::Decrypt, &key, &[0; 16], &wrapped[..32]).map(Some);
            }
        }
        Ok(None)
    }

    /// Algorithm 2.B; before revision 6 (Adobe's extension level 3) one SHA-256.
    fn hash(&self, password: &[u8], salt: &[u8], data: &[u8]) -> Result<Vec<u8>, PdfError> {
        let mut k = digest(MessageDigest::sha256(), &[password, salt, data].concat())?;
        if self.revision < 6 {
            return Ok(k);
        }
        let mut round = 0;
        loop {
            let block = [password, &k, data].concat().repeat(64);
            let e = cbc(Mode::Encrypt, &k[..16], &k[16..32], &block)?;
            // 256 is 1 modulo 3, so the number made of the first 16 bytes leaves what their sum does.
            let kind = match e[..16].iter().map(|b| u32::from(*b)).sum::<u32>() % 3 {
                0 => MessageDigest::sha256(),
                1 => MessageDigest::sha384(),
                _ => MessageDigest::sha512(),
            };
            k = digest(kind, &e)?;
            round += 1;
            if round >= 64 && e.last().is_none_or(|last| u32::from(*last) + 32 <= round) {
                k.truncate(32);
                return Ok(k);
            }
        }
    }
}

fn digest(kind: MessageDigest, data: &[u8]) -> Result<Vec<u8>, PdfError> {
    match hash(kind, data) {
        Ok(out) => Ok(out.to_vec()),
        Err(e) => Err(PdfError::Encryption(e.to_string())),
    }
}

pub fn md5(data: &[u8]) -> Result<Vec<u8>, PdfError> {
    digest(MessageDigest::md5(), data)
}

fn xored(key: &[u8], with: u8) -> Vec<u8> {
    key.iter().map(|b| b ^ with).collect()
}

fn padded(password: &[u8]) -> [u8; 32] {
    let mut out = PAD;
    let length = password.len().min(32);
    out[..length].copy_from_slice(&password[..length]);
    out[length..].copy_from_slice(&PAD[..32 - length]);
    out
}

/// Bytes that an old program may have made of a password: its own 8 bit encoding, or UTF-8.
fn legacy(password: &str) -> Vec<Vec<u8>> {
    let latin = password.chars().map(|c| u8::try_from(u32::from(c))).collect::<Result<Vec<u8>, _>>();
    let mut all = vec![password.as_bytes().to_vec()];
    if let Ok(latin) = latin
        && latin != all[0]
    {
        all.insert(0, latin);
    }
    all
}

/// SASLprep in UTF-8, at most 127 bytes; and as it was typed, since not every program prepares it.
fn modern(password: &str) -> Vec<Vec<u8>> {
    let cut = |s: &str| s.as_bytes()[..s.len().min(127)].to_vec();
    let mut all = vec![cut(password)];
    if let Ok(prepared) = stringprep::saslprep(password)
        && *prepared != *password
    {
        all.insert(0, cut(&prepared));
    }
    all
}
