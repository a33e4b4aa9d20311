//! Certificates of the demonstration: a root, an issuing CA, and what hangs on it. Every subject carries [`MARK`],
//! by which a production server knows and refuses them.
use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName, SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509Extension, X509NameBuilder, X509Ref};

/// Organisation in every demonstration certificate.
pub const MARK: &str = "KYHOP TRÌNH DIỄN";
const DAYS: u32 = 730;

pub struct Pair {
    pub certificate: X509,
    pub key: PKey<Private>,
}

/// What a certificate is for.
pub enum Use<'a> {
    Root,
    /// The address serves the root's CRL.
    Intermediate {
        authority: Option<&'a str>,
    },
    /// Signatures of a person or a body; the address serves CRL and OCSP.
    Signing {
        authority: &'a str,
    },
    /// The address serves its CRL.
    TimeStamping {
        authority: &'a str,
    },
    OcspSigning,
    /// Both ends of the axis link; the name is the body's code.
    Link,
}

/// Issues a certificate; self-signed when there is no issuer.
///
/// # Errors
/// Only when OpenSSL itself fails.
pub fn issue(common_name: &str, unit: Option<&str>, usage: &Use, issuer: Option<&Pair>) -> Result<Pair, ErrorStack> {
    issue_for(PKey::from_rsa(Rsa::generate(2048)?)?, common_name, unit, usage, issuer)
}

/// As [`issue`], for a key of any kind.
///
/// # Errors
/// Only when OpenSSL itself fails.
pub fn issue_for(
    key: PKey<Private>,
    common_name: &str,
    unit: Option<&str>,
    usage: &Use,
    issuer: Option<&Pair>,
) -> Result<Pair, ErrorStack> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_text("C", "VN")?;
    name.append_entry_by_text("O", MARK)?;
    if let Some(unit) = unit {
        name.append_entry_by_text("OU", unit)?;
    }
    name.append_entry_by_text("CN", common_name)?;
    let name = name.build();
    let mut builder = X509Builder::new()?;
    builder.set_version(2)?;
    let mut serial = BigNum::new()?;
    serial.rand(127, openssl::bn::MsbOption::ONE, false)?;
    builder.set_serial_number(&*Asn1Integer::from_bn(&serial)?)?;
    builder.set_subject_name(&name)?;
    builder.set_issuer_name(issuer.map_or(&*name, |i| i.certificate.subject_name()))?;
    builder.set_pubkey(&key)?;
    // A little in the past: the clocks of two machines are never quite equal.
    builder.set_not_before(&*Asn1Time::from_unix(crate::clock::now_us() / 1_000_000 - 3600)?)?;
    builder.set_not_after(&*Asn1Time::days_from_now(DAYS)?)?;
    let issuer_certificate = issuer.map(|i| i.certificate.clone());
    let skid = SubjectKeyIdentifier::new().build(&builder.x509v3_context(issuer_certificate.as_deref(), None))?;
    builder.append_extension(skid)?;
    if let Some(issuer) = &issuer_certificate {
        let akid = AuthorityKeyIdentifier::new()
            .keyid(true)
            .build(&builder.x509v3_context(Some(issuer), None))?;
        builder.append_extension(akid)?;
    }
    match usage {
        Use::Root | Use::Intermediate { .. } => {
            let mut constraints = BasicConstraints::new();
            constraints.critical().ca();
            if matches!(usage, Use::Intermediate { .. }) {
                constraints.pathlen(0);
            }
            builder.append_extension(constraints.build()?)?;
            builder.append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build()?)?;
            if let Use::Intermediate {
                authority: Some(authority),
            } = usage
            {
                let list = crl_point(&builder, issuer_certificate.as_deref(), &format!("http://{authority}/root.crl"))?;
                builder.append_extension(list)?;
            }
        }
        Use::Signing { authority } => {
            builder.append_extension(BasicConstraints::new().critical().build()?)?;
            builder.append_extension(KeyUsage::new().critical().digital_signature().non_repudiation().build()?)?;
            let points = crl_point(&builder, issuer_certificate.as_deref(), &format!("http://{authority}/ca.crl"))?;
            let context = builder.x509v3_context(issuer_certificate.as_deref(), None);
            #[allow(deprecated)]
            let access = X509Extension::new_nid(
                None,
                Some(&context),
                Nid::INFO_ACCESS,
                &format!("OCSP;URI:http://{authority}/ocsp,caIssuers;URI:http://{authority}/ca.cer"),
            )?;
            builder.append_extension(points)?;
            builder.append_extension(access)?;
        }
        Use::TimeStamping { authority } => {
            let points = crl_point(&builder, issuer_certificate.as_deref(), &format!("http://{authority}/ca.crl"))?;
            builder.append_extension(points)?;
            builder.append_extension(BasicConstraints::new().critical().build()?)?;
            builder.append_extension(KeyUsage::new().critical().digital_signature().build()?)?;
            builder.append_extension(ExtendedKeyUsage::new().critical().time_stamping().build()?)?;
        }
        Use::OcspSigning => {
            builder.append_extension(BasicConstraints::new().critical().build()?)?;
            builder.append_extension(KeyUsage::new().critical().digital_signature().build()?)?;
            builder.append_extension(ExtendedKeyUsage::new().other("OCSPSigning").build()?)?;
            #[allow(deprecated)]
            let no_check = X509Extension::new_nid(None, None, Nid::ID_PKIX_OCSP_NOCHECK, "NULL")?;
            builder.append_extension(no_check)?;
        }
        Use::Link => {
            builder.append_extension(BasicConstraints::new().critical().build()?)?;
            builder.append_extension(KeyUsage::new().critical().digital_signature().key_encipherment().build()?)?;
            builder.append_extension(ExtendedKeyUsage::new().server_auth().client_auth().build()?)?;
            let names = SubjectAlternativeName::new()
                .dns("localhost")
                .ip("127.0.0.1")
                .build(&builder.x509v3_context(issuer_certificate.as_deref(), None))?;
            builder.append_extension(names)?;
        }
    }
    builder.sign(issuer.map_or(&key, |i| &i.key), MessageDigest::sha256())?;
    Ok(Pair {
        certificate: builder.build(),
        key,
    })
}

fn crl_point(builder: &X509Builder, issuer: Option<&X509Ref>, url: &str) -> Result<X509Extension, ErrorStack> {
    let context = builder.x509v3_context(issuer, None);
    #[allow(deprecated)]
    X509Extension::new_nid(None, Some(&context), Nid::CRL_DISTRIBUTION_POINTS, &format!("URI:{url}"))
}
