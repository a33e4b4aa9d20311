//! Blind signatures for secret ballots: RFC 9474, RSABSSA-SHA384-PSS-Randomized, the signer's and the verifier's half.
//! The voter's half runs in the browser (`app/js/ky-ballot.js`).
use app::dto::meetings::Choice;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private, Public};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Verifier};

const BITS: u32 = 3072;
/// Bytes of a signature and of a blinded message.
pub const LENGTH: usize = 384;
/// Bytes of the random prefix that RFC 9474 puts before the message (section 4.1).
pub const PREFIX: usize = 32;
/// Bytes of the voter's receipt.
pub const RECEIPT: usize = 16;
/// Of PSS: as long as SHA-384.
const SALT: i32 = 48;

/// A fresh key. Takes a while: not for the threads that answer requests.
pub fn generate() -> Result<Rsa<Private>, ErrorStack> {
    Rsa::generate(BITS)
}

/// The public half as it is told: the modulus in base64url; the exponent is always 65537.
pub fn modulus(key: &Rsa<Private>) -> String {
    URL_SAFE_NO_PAD.encode(key.n().to_vec())
}

pub fn to_text(key: &Rsa<Private>) -> Result<String, ErrorStack> {
    Ok(URL_SAFE_NO_PAD.encode(key.private_key_to_der()?))
}

/// The key that was written down with [`to_text`].
pub fn from_text(text: &str) -> Option<Rsa<Private>> {
    let der = zeroize::Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
    Rsa::private_key_from_der(&der).ok()
}

/// BlindSign (section 4.3). `None` when `blinded` is no number below the modulus of the right length, or the key fails its own check.
pub fn sign(key: &Rsa<Private>, blinded: &[u8]) -> Option<Vec<u8>> {
    if blinded.len() != LENGTH || BigNum::from_slice(blinded).ok()? >= *key.n() {
        return None;
    }
    let mut signed = vec![0; LENGTH];
    key.private_encrypt(blinded, &mut signed, Padding::NONE).ok()?;
    let mut again = vec![0; LENGTH];
    key.public_decrypt(&signed, &mut again, Padding::NONE).ok()?;
    (again == blinded).then_some(signed)
}

/// What is signed of a ballot: the voter's random prefix, then these words.
pub fn message(prefix: &[u8], vote: &str, choice: Choice, receipt: &str) -> Vec<u8> {
    let words = format!("kyhop ballot 1\n{vote}\n{}\n{receipt}", choice.as_str());
    [prefix, words.as_bytes()].concat()
}

/// Whether `signature` is one of `modulus` over `message` (section 4.5: RSASSA-PSS with SHA-384).
pub fn verifies(modulus: &str, message: &[u8], signature: &[u8]) -> bool {
    let check = || -> Result<bool, ErrorStack> {
        let n = BigNum::from_slice(&URL_SAFE_NO_PAD.decode(modulus).unwrap_or_default())?;
        let key: PKey<Public> = PKey::from_rsa(Rsa::from_public_components(n, BigNum::from_u32(65537)?)?)?;
        let mut verifier = Verifier::new(MessageDigest::sha384(), &key)?;
        verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
        verifier.set_rsa_mgf1_md(MessageDigest::sha384())?;
        verifier.set_rsa_pss_saltlen(RsaPssSaltlen::custom(SALT))?;
        verifier.update(message)?;
        verifier.verify(signature)
    };
    signature.len() == LENGTH && check().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_below_the_modulus_are_signed_and_the_key_survives_being_written_down() {
        let key = generate().expect("a key");
        let again = from_text(&to_text(&key).expect("text")).expect("the key");
        assert_eq!(modulus(&key), modulus(&again));
        let mut small = vec![0; LENGTH];
        small[LENGTH - 1] = 7;
        assert_eq!(sign(&key, &small), sign(&again, &small), "the same question has the same answer");
        assert!(sign(&key, &small).is_some());
        assert!(sign(&key, &vec![0xff; LENGTH]).is_none());
        assert!(sign(&key, &small[1..]).is_none());
        assert!(sign(&key, &[]).is_none());
        assert!(from_text("nonsense").is_none());
    }

    #[test]
    fn a_signature_belongs_to_one_vote_one_choice_and_one_receipt() {
        let key = generate().expect("a key");
        let n = modulus(&key);
        let pair = PKey::from_rsa(key).expect("a key");
        let prefix = [5; PREFIX];
        let text = message(&prefix, "v", Choice::Agree, "00ff");
        let mut signer = openssl::sign::Signer::new(MessageDigest::sha384(), &pair).expect("a signer");
        signer.set_rsa_padding(Padding::PKCS1_PSS).expect("PSS");
        signer.set_rsa_pss_saltlen(RsaPssSaltlen::custom(SALT)).expect("a salt");
        let signature = signer.sign_oneshot_to_vec(&text).expect("a signature");
        assert!(verifies(&n, &text, &signature));
        for other in [
            message(&prefix, "w", Choice::Agree, "00ff"),
            message(&prefix, "v", Choice::Other, "00ff"),
            message(&prefix, "v", Choice::Agree, "00fe"),
            message(&[6; PREFIX], "v", Choice::Agree, "00ff"),
        ] {
            assert!(!verifies(&n, &other, &signature));
        }
        assert!(!verifies("", &text, &signature) && !verifies(&n, &text, &signature[1..]) && !verifies(&n, &text, &[]));
    }
}
