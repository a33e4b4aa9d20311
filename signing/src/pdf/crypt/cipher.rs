//! RC4 and AES as PDF uses them.
use openssl::symm::{Cipher, Crypter, Mode};

use crate::pdf::PdfError;

const BLOCK: usize = 16;

/// RC4 by hand: OpenSSL 3 has it only in its legacy provider, which is often not installed.
pub fn rc4(key: &[u8], data: &[u8]) -> Vec<u8> {
    if key.is_empty() {
        return data.to_vec();
    }
    let mut s: [u8; 256] = std::array::from_fn(|i| i as u8);
    let mut j = 0u8;
    for i in 0..256 {
        j = j.wrapping_add(s[i]).wrapping_add(key[i % key.len()]);
        s.swap(i, usize::from(j));
    }
    let (mut i, mut j) = (0u8, 0u8);
    data.iter()
        .map(|byte| {
            i = i.wrapping_add(1);
            j = j.wrapping_add(s[usize::from(i)]);
            s.swap(usize::from(i), usize::from(j));
            byte ^ s[usize::from(s[usize::from(i)].wrapping_add(s[usize::from(j)]))]
        })
        .collect()
}

fn cipher(key: &[u8]) -> Result<Cipher, PdfError> {
    match key.len() {
        16 => Ok(Cipher::aes_128_cbc()),
        32 => Ok(Cipher::aes_256_cbc()),
        other => Err(PdfError::Encryption(format!("an AES key of {other} bytes"))),
    }
}

/// AES in CBC mode over whole blocks, without padding.
pub fn cbc(mode: Mode, key: &[u8], iv: &[u8], data: &[u8]) -> Result<Vec<u8>, PdfError> {
    let failed = |e: openssl::error::ErrorStack| PdfError::Encryption(e.to_string());
    let mut crypter = Crypter::new(cipher(key)?, mode, key, Some(iv)).map_err(failed)?;
    crypter.pad(false);
    let mut out = vec![0; data.len() + BLOCK];
    let mut length = crypter.update(data, &mut out).map_err(failed)?;
    length += crypter.finalize(&mut out[length..]).map_err(failed)?;
    out.truncate(length);
    Ok(out)
}

/// A value that begins with its initialisation vector and ends with padding (ISO 32000-2, 7.6.3.1).
/// What does not come to whole blocks, or is padded wrongly, is taken as far as it goes, as others do.
pub fn aes_open(key: &[u8], data: &[u8]) -> Result<Vec<u8>, PdfError> {
    let Some((iv, rest)) = data.split_at_checked(BLOCK) else {
        return Ok(Vec::new());
    };
    let whole = rest.len() / BLOCK * BLOCK;
    let mut plain = cbc(Mode::Decrypt, key, iv, &rest[..whole])?;
    if let Some(&last) = plain.last()
        && (1..=BLOCK).contains(&usize::from(last))
        && plain.iter().rev().take(usize::from(last)).all(|b| *b == last)
    {
        plain.truncate(plain.len() - usize::from(last));
    }
    Ok(plain)
}

/// The inverse of [`aes_open`], with a random initialisation vector.
pub fn aes_seal(key: &[u8], data: &[u8]) -> Result<Vec<u8>, PdfError> {
    let mut iv = [0; BLOCK];
    openssl::rand::rand_bytes(&mut iv).map_err(|e| PdfError::Encryption(e.to_string()))?;
    let mut padded = data.to_vec();
    let more = BLOCK - data.len() % BLOCK;
    padded.resize(data.len() + more, more as u8);
    let mut out = iv.to_vec();
    out.extend(cbc(Mode::Encrypt, key, &iv, &padded)?);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rc4_gives_the_known_answers() {
        // RFC 6229 has keystreams; these are the ones of the original posting.
        let hex = |bytes: Vec<u8>| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        assert_eq!(hex(rc4(b"Key", b"Plaintext")), "bbf316e8d940af0ad3");
        assert_eq!(hex(rc4(b"Wiki", b"pedia")), "1021bf0420");
    }

    #[test]
    fn aes_comes_back_and_bears_damage() {
        for key in [vec![7; 16], vec![9; 32]] {
            for length in [0, 1, 15, 16, 17, 100] {
                let plain = vec![3; length];
                let mut sealed = aes_seal(&key, &plain).unwrap();
                assert_eq!(aes_open(&key, &sealed).unwrap(), plain);
                // A cut end takes away no more than what it holds.
                sealed.pop();
                assert!(plain.starts_with(&aes_open(&key, &sealed).unwrap()));
            }
        }
        assert!(aes_open(&[0; 16], b"short").unwrap().is_empty());
    }
}
