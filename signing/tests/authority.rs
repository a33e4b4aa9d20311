//! A certification authority for one test run.
use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{BasicConstraints, KeyUsage};
use openssl::x509::{X509, X509NameBuilder};
use signing::KeySigner;
use signing::validate::ValidationContext;

/// 2026-11-24 in the afternoon.
pub const NOW: i64 = 1_795_500_000;

pub struct Authority {
    key: PKey<Private>,
    pub certificate: X509,
}

fn certificate(name: &str, key: &PKey<Private>, issuer: Option<(&X509, &PKey<Private>)>) -> X509 {
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_nid(Nid::COMMONNAME, name).unwrap();
    let subject = subject.build();
    let mut b = X509::builder().unwrap();
    b.set_version(2).unwrap();
    let mut serial = BigNum::new().unwrap();
    serial.rand(120, MsbOption::ONE, false).unwrap();
    b.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
    b.set_subject_name(&subject).unwrap();
    b.set_issuer_name(issuer.map_or(&subject, |i| i.0.subject_name())).unwrap();
    b.set_pubkey(key).unwrap();
    b.set_not_before(&Asn1Time::from_unix(NOW - 86_400 * 100).unwrap()).unwrap();
    b.set_not_after(&Asn1Time::from_unix(NOW + 86_400 * 1000).unwrap()).unwrap();
    let (constraints, usage) = if issuer.is_none() {
        (
            BasicConstraints::new().critical().ca().build(),
            KeyUsage::new().critical().key_cert_sign().crl_sign().build(),
        )
    } else {
        (
            BasicConstraints::new().critical().build(),
            KeyUsage::new().critical().digital_signature().non_repudiation().build(),
        )
    };
    b.append_extension(constraints.unwrap()).unwrap();
    b.append_extension(usage.unwrap()).unwrap();
    b.sign(issuer.map_or(key, |i| i.1), MessageDigest::sha256()).unwrap();
    b.build()
}

impl Authority {
    pub fn new() -> Self {
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let certificate = certificate("Test CA", &key, None);
        Self { key, certificate }
    }

    pub fn signer(&self, name: &str) -> KeySigner {
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let own = certificate(name, &key, Some((&self.certificate, &self.key)));
        KeySigner::new(key, &own.to_der().unwrap(), Vec::new()).unwrap()
    }

    pub fn context(&self) -> ValidationContext {
        ValidationContext {
            trust_anchors: vec![self.certificate.to_der().unwrap()],
            at: NOW,
            ..ValidationContext::default()
        }
    }
}
