//! RSA and elliptic-curve keys straight from their numbers. OpenSSL's decoders and contexts look up each algorithm anew for
//! every key and every signature, under locks that all threads share; a folder of small files spent half its time there.

use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Public};
use openssl::rsa::{Padding, Rsa};

use super::digest::Digest;
use super::signature::Algorithm;
use crate::asn1::{INTEGER, OID, Reader};

/// A key of a kind that is met everywhere; `None` leaves it to OpenSSL's decoders.
pub(super) fn plain(algorithm: &Algorithm, bits: &[u8]) -> Option<PKey<Public>> {
    match algorithm.oid.as_str() {
        "1.2.840.113549.1.1.1" => rsa(bits),
        "1.2.840.10045.2.1" => curve(algorithm.parameters.as_deref()?, bits),
        _ => None,
    }
}

/// `RSAPublicKey` (RFC 8017, A.1.1).
fn rsa(bits: &[u8]) -> Option<PKey<Public>> {
    let mut body = Reader::new(bits).sequence().ok()?;
    let mut number = || -> Option<BigNum> {
        let content = body.expect(INTEGER).ok()?.content;
        let positive = content.first().is_some_and(|first| first & 0x80 == 0);
        positive.then(|| BigNum::from_slice(content).ok())?
    };
    let (modulus, exponent) = (number()?, number()?);
    PKey::from_rsa(Rsa::from_public_components(modulus, exponent).ok()?).ok()
}

/// A point on a named curve (RFC 5480, 2.2).
fn curve(parameters: &[u8], bits: &[u8]) -> Option<PKey<Public>> {
    let nid = match Reader::new(parameters).expect(OID).ok()?.oid().ok()?.as_str() {
        "1.2.840.10045.3.1.7" => Nid::X9_62_PRIME256V1,
        "1.3.132.0.34" => Nid::SECP384R1,
        "1.3.132.0.35" => Nid::SECP521R1,
        _ => return None,
    };
    // Uncompressed; the point at infinity is none.
    if bits.first() != Some(&4) {
        return None;
    }
    let group = EcGroup::from_curve_name(nid).ok()?;
    let mut room = BigNumContext::new().ok()?;
    let point = EcPoint::from_bytes(&group, bits, &mut room).ok()?;
    PKey::from_ec_key(EcKey::from_public_key(&group, &point).ok()?).ok()
}

/// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2.2): what the key opens must be exactly what would have been closed in.
pub(super) fn verifies_pkcs1(key: &PKey<Public>, digest: Digest, value: &[u8], signature: &[u8]) -> Option<bool> {
    let rsa = key.rsa().ok()?;
    let size = rsa.size() as usize;
    if signature.len() != size {
        return Some(false);
    }
    let mut opened = vec![0; size];
    let length = rsa.public_decrypt(signature, &mut opened, Padding::PKCS1);
    let expected = digest.infos(value)?;
    Some(length.is_ok_and(|length| expected.iter().any(|whole| opened[..length] == **whole)))
}

/// ECDSA over a digest; the value must be DER, without anything behind it.
pub(super) fn verifies_ecdsa(key: &PKey<Public>, value: &[u8], signature: &[u8]) -> bool {
    let verify = || {
        let read = EcdsaSig::from_der(signature)?;
        Ok::<_, openssl::error::ErrorStack>(read.to_der()? == signature && read.verify(value, &*key.ec_key()?)?)
    };
    verify().unwrap_or(false)
}

/// The same of two numbers that are written one behind the other, each as long as the order of the curve.
pub(super) fn verifies_plain_ecdsa(key: &PKey<Public>, value: &[u8], signature: &[u8]) -> bool {
    let verify = || {
        let key = key.ec_key()?;
        let mut order = BigNum::new()?;
        key.group().order(&mut order, &mut *BigNumContext::new()?)?;
        let half = order.num_bytes() as usize;
        if signature.len() != 2 * half {
            return Ok(false);
        }
        let (r, s) = signature.split_at(half);
        let numbers = EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?;
        numbers.verify(value, &key)
    };
    verify().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::{BIT_STRING, SEQUENCE, encode};
    use crate::x509::signature::PublicKey;
    use openssl::hash::MessageDigest;
    use openssl::pkey::Private;
    use openssl::sign::Signer;

    fn public(key: &PKey<Private>) -> PublicKey {
        let der = key.public_key_to_der().unwrap();
        PublicKey::parse(Reader::new(&der).expect(SEQUENCE).unwrap()).unwrap()
    }

    fn algorithm(oid: &str) -> Algorithm {
        Algorithm {
            oid: oid.into(),
            parameters: None,
        }
    }

    #[test]
    fn what_openssl_signs_verifies_and_nothing_else() {
        let rsa = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let digests = [
            ("1.2.840.113549.1.1.4", MessageDigest::md5()),
            ("1.2.840.113549.1.1.5", MessageDigest::sha1()),
            ("1.2.840.113549.1.1.14", MessageDigest::sha224()),
            ("1.2.840.113549.1.1.11", MessageDigest::sha256()),
            ("1.2.840.113549.1.1.12", MessageDigest::sha384()),
            ("1.2.840.113549.1.1.13", MessageDigest::sha512()),
            ("2.16.840.1.101.3.4.3.14", MessageDigest::sha3_256()),
            ("2.16.840.1.101.3.4.3.16", MessageDigest::sha3_512()),
        ];
        let curves = [
            Nid::X9_62_PRIME256V1,
            Nid::SECP384R1,
            Nid::SECP521R1,
            Nid::SECP256K1,
            Nid::BRAINPOOL_P256R1,
        ];
        let ec = curves.map(|nid| {
            let group = EcGroup::from_curve_name(nid).unwrap();
            let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
            (key, "1.2.840.10045.4.3.2", MessageDigest::sha256())
        });
        let all = digests.into_iter().map(|(oid, md)| (rsa.clone(), oid, md)).chain(ec);
        for (key, oid, md) in all {
            let signature = Signer::new(md, &key).unwrap().sign_oneshot_to_vec(b"message").unwrap();
            let (public, algorithm) = (public(&key), algorithm(oid));
            let check = |message: &[u8], signature: &[u8]| public.verifies(&algorithm, None, message, signature);
            assert!(check(b"message", &signature), "{oid}");
            assert!(!check(b"Message", &signature), "{oid}");
            let longer = [&signature[..], &[0]].concat();
            assert!(
                !check(b"message", &longer) && !check(b"message", &signature[1..]) && !check(b"message", b""),
                "{oid}"
            );
            for at in [0, 1, signature.len() / 2, signature.len() - 1] {
                let mut other = signature.clone();
                other[at] ^= 1;
                assert!(!check(b"message", &other), "{oid} at {at}");
            }
        }
    }

    /// A digest without its frame, or with another's, is what forgers and careless programs sign.
    #[test]
    fn only_the_whole_frame_is_taken() {
        let private = Rsa::generate(2048).unwrap();
        let key = PKey::from_rsa(private.clone()).unwrap();
        let value = Digest::Sha256.hash(b"message").unwrap();
        let [whole, without_null] = Digest::Sha256.infos(&value).unwrap();
        let public = public(&key);
        let named = algorithm("1.2.840.113549.1.1.11");
        let closed = |content: &[u8]| {
            let mut out = vec![0; 256];
            private.private_encrypt(content, &mut out, Padding::PKCS1).unwrap();
            public.verifies(&named, None, b"message", &out)
        };
        assert!(closed(&whole) && closed(&without_null));
        assert!(!closed(&value));
        assert!(!closed(&[&whole[..], &[0]].concat()));
        assert!(!closed(&Digest::Sha3_256.infos(&value).unwrap()[0]));
    }

    #[test]
    fn odd_keys_are_no_keys() {
        let info = |oid: &[u8], parameters: &[u8], bits: &[u8]| {
            let algorithm = encode(SEQUENCE, &[&encode(OID, oid)[..], parameters].concat());
            let der = encode(SEQUENCE, &[algorithm, encode(BIT_STRING, &[&[0], bits].concat())].concat());
            let key = PublicKey::parse(Reader::new(&der).expect(SEQUENCE).unwrap()).unwrap();
            key.verifies(&algorithm_of(oid), Some(Digest::Sha256), b"message", &[1; 64])
        };
        fn algorithm_of(oid: &[u8]) -> Algorithm {
            algorithm(&crate::asn1::oid(oid).unwrap())
        }
        let (rsa, ec) = ([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1], [0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]);
        let p256 = encode(OID, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
        let numbers = |n: &[u8], e: &[u8]| encode(SEQUENCE, &[encode(INTEGER, n), encode(INTEGER, e)].concat());
        for (n, e) in [
            (&[0][..], &[0][..]),
            (&[1], &[1]),
            (&[], &[]),
            (&[0x80; 64], &[3]),
            (&[0x7f; 64], &[0]),
        ] {
            assert!(!info(&rsa, &[5, 0], &numbers(n, e)));
        }
        for point in [&[][..], &[0], &[4], &[4; 65], &[2; 33]] {
            assert!(!info(&ec, &p256, point));
        }
    }
}
