// A key with a certificate of its own, for the examples.
fn key(name: &str) -> Result<(openssl::pkey::PKey<openssl::pkey::Private>, Vec<u8>), Box<dyn std::error::Error>> {
    use openssl::{asn1::Asn1Time, bn::BigNum, hash::MessageDigest, pkey::PKey, rsa::Rsa, x509::X509, x509::X509NameBuilder};
    let key = PKey::from_rsa(Rsa::generate(2048)?)?;
    let mut subject = X509NameBuilder::new()?;
    subject.append_entry_by_text("CN", name)?;
    let subject = subject.build();
    let mut b = X509::builder()?;
    b.set_version(2)?;
    b.set_serial_number(&*BigNum::from_u32(7)?.to_asn1_integer()?)?;
    b.set_subject_name(&subject)?;
    b.set_issuer_name(&subject)?;
    b.set_pubkey(&key)?;
    b.set_not_before(&*Asn1Time::from_unix(1_795_000_000)?)?;
    b.set_not_after(&*Asn1Time::from_unix(1_800_000_000)?)?;
    b.sign(&key, MessageDigest::sha256())?;
    let certificate = b.build().to_der()?;
    Ok((key, certificate))
}
