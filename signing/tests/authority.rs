//! A certification authority for one test run.
use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, KeyUsage};
use openssl::x509::{X509, X509Crl, X509Extension, X509NameBuilder};
use signing::validate::ValidationContext;
use signing::{KeySigner, TimeStamper};
use std::path::Path;
use std::process::Command;

/// 2026-11-24 in the afternoon.
pub const NOW: i64 = 1_795_500_000;

pub struct Authority {
    key: PKey<Private>,
    pub certificate: X509,
}

/// What a certificate says beyond its name.
#[derive(Default, Clone, Copy)]
struct More {
    stamps: bool,
    list: bool,
    /// Issues others.
    issues: bool,
}

fn certificate(name: &str, key: &PKey<Private>, issuer: Option<(&X509, &PKey<Private>)>, more: More) -> X509 {
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
    let (constraints, usage) = if issuer.is_none() || more.issues {
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
    if more.stamps {
        let purpose = ExtendedKeyUsage::new().critical().time_stamping().build().unwrap();
        b.append_extension(purpose).unwrap();
    }
    if more.list {
        #[allow(deprecated)]
        let point = X509Extension::new_nid(
            None,
            Some(&b.x509v3_context(None, None)),
            Nid::CRL_DISTRIBUTION_POINTS,
            "URI:http://127.0.0.1:9/ca.crl",
        );
        b.append_extension(point.unwrap()).unwrap();
    }
    b.sign(issuer.map_or(key, |i| i.1), MessageDigest::sha256()).unwrap();
    b.build()
}

impl Authority {
    pub fn new() -> Self {
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let certificate = certificate("Test CA", &key, None, More::default());
        Self { key, certificate }
    }

    /// An authority that this one has certified.
    pub fn beneath(&self) -> Self {
        let more = More {
            issues: true,
            ..More::default()
        };
        let (certificate, key) = self.issue("Test CA beneath", more);
        Self { key, certificate }
    }

    pub fn signer(&self, name: &str) -> KeySigner {
        let (own, key) = self.issue(name, More::default());
        KeySigner::new(key, &own.to_der().unwrap(), Vec::new()).unwrap()
    }

    /// A signer whose certificate says where its revocation list is.
    pub fn listed_signer(&self, name: &str) -> (PKey<Private>, X509) {
        let more = More {
            list: true,
            ..More::default()
        };
        let (own, key) = self.issue(name, more);
        (key, own)
    }

    fn issue(&self, name: &str, more: More) -> (X509, PKey<Private>) {
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        (certificate(name, &key, Some((&self.certificate, &self.key)), more), key)
    }

    /// DER of an empty revocation list.
    pub fn list(&self) -> Vec<u8> {
        let dir = tempfile::tempdir().unwrap();
        self.write(dir.path());
        std::fs::write(
            dir.path().join("ca.cnf"),
            "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\ndefault_crl_days=7\n",
        )
        .unwrap();
        std::fs::write(dir.path().join("index.txt"), "").unwrap();
        std::fs::write(dir.path().join("crlnumber"), "01\n").unwrap();
        openssl(
            dir.path(),
            &[
                "ca", "-config", "ca.cnf", "-gencrl", "-cert", "ca.pem", "-keyfile", "ca.key", "-out", "ca.crl",
            ],
        );
        let pem = std::fs::read(dir.path().join("ca.crl")).unwrap();
        X509Crl::from_pem(&pem).unwrap().to_der().unwrap()
    }

    fn write(&self, dir: &Path) {
        std::fs::write(dir.join("ca.pem"), self.certificate.to_pem().unwrap()).unwrap();
        std::fs::write(dir.join("ca.key"), self.key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    }

    pub fn stamper(&self) -> Stamper {
        let dir = tempfile::tempdir().unwrap();
        let more = More {
            stamps: true,
            list: true,
            issues: false,
        };
        let (own, key) = self.issue("Test TSA", more);
        std::fs::write(dir.path().join("tsa.pem"), own.to_pem().unwrap()).unwrap();
        std::fs::write(dir.path().join("tsa.key"), key.private_key_to_pem_pkcs8().unwrap()).unwrap();
        std::fs::write(dir.path().join("serial"), "01\n").unwrap();
        std::fs::write(
            dir.path().join("tsa.cnf"),
            "[tsa]\ndefault_tsa=t\n[t]\nserial=serial\ncrypto_device=builtin\nsigner_cert=tsa.pem\nsigner_key=tsa.key\nsigner_digest=sha256\n\
             default_policy=1.2.3.4.1\ndigests=sha256\ness_cert_id_chain=no\ness_cert_id_alg=sha256\n",
        )
        .unwrap();
        Stamper(dir)
    }

    pub fn context(&self) -> ValidationContext {
        ValidationContext {
            trust_anchors: vec![self.certificate.to_der().unwrap()],
            at: NOW,
            ..ValidationContext::default()
        }
    }
}

/// A time-stamping authority: the `openssl` program.
pub struct Stamper(tempfile::TempDir);

impl TimeStamper for Stamper {
    fn ask(&self, request: &[u8]) -> signing::Result<Vec<u8>> {
        std::fs::write(self.0.path().join("query"), request).unwrap();
        openssl(
            self.0.path(),
            &["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "reply"],
        );
        Ok(std::fs::read(self.0.path().join("reply")).unwrap())
    }
}

fn openssl(dir: &Path, arguments: &[&str]) {
    let done = Command::new("openssl").args(arguments).current_dir(dir).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
