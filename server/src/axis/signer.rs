//! Who signs the envelopes: with what this body signs its own, and whether those of others are signed by whom they say.
use super::edxml::{self, Sealer, Signature};
use super::wire::Refusal;
use super::{Error, Service};
use crate::clock::when;
use crate::signatures::verify::load_anchors;
use openssl::x509::X509;
use signing::x509::Certificate;
use signing::x509::certificate::usage::{DIGITAL_SIGNATURE, NON_REPUDIATION};
use signing::x509::path::Store;
use std::path::{Path, PathBuf};

/// # Errors
/// A sentence that names the files that cannot be used.
pub fn sealer(certificate: &Path, key: &Path) -> Result<Sealer, String> {
    let read = |path: &Path| std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()));
    Sealer::from_pem(&read(key)?, &read(certificate)?).map_err(|e| format!("{}, {}: {e}", certificate.display(), key.display()))
}

impl Service {
    /// What this body's envelopes are signed with. Read anew each time: a renewed certificate needs no restart.
    pub(super) async fn sealer(&self) -> Result<Option<Sealer>, Error> {
        let Some((certificate, key)) = self.config.axis.as_ref().and_then(|a| a.signature.clone()) else {
            return Ok(None);
        };
        let made = tokio::task::spawn_blocking(move || sealer(&certificate, &key)).await?;
        made.map(Some).map_err(Error::Key)
    }

    /// The name of whoever signed an envelope that came from `code` at `at` (microseconds), where somebody did; or why it
    /// is not believed. That the signature holds is known already.
    pub(super) async fn signer(&self, code: &str, signature: Option<Signature>, at: i64) -> Result<Result<Option<String>, Refusal>, Error> {
        let pinned = {
            let mut c = self.db.read().acquire().await?;
            crate::identity::store::body_certificate(&mut c, code).await?
        };
        let Some(axis) = &self.config.axis else { return Ok(Ok(None)) };
        let Some(signature) = signature else {
            return Ok(match axis.refuse_unsigned_envelopes || pinned.is_some() {
                true => Err(unsigned(code)),
                false => Ok(None),
            });
        };
        let (code, known) = (
            code.to_owned(),
            Known {
                pinned,
                trust: self.config.trust.clone(),
                ca: axis.ca.clone(),
            },
        );
        Ok(tokio::task::spawn_blocking(move || judge(&signature, &code, known, at).map(Some)).await?)
    }
}

/// What is known of bodies and authorities.
pub struct Known {
    /// PEM of the certificates that the directory holds for the body.
    pub pinned: Option<String>,
    /// Files of trust anchors.
    pub trust: Vec<PathBuf>,
    /// The authority that gives each body a certificate with its code.
    pub ca: Option<PathBuf>,
}

/// The name of whoever made a signature that holds, when it is the body `code`'s at `at` (microseconds).
///
/// # Errors
/// Why it is not believed.
pub fn judge(signature: &Signature, code: &str, known: Known, at: i64) -> Result<String, Refusal> {
    match &known.pinned {
        // Of many authorities, only the directory knows which certificate is a body's.
        Some(pem) => {
            held(signature, pem, code)?;
            let anchors: Vec<PathBuf> = known.trust.into_iter().chain(known.ca).collect();
            trusted(signature, &anchors, at)
        }
        // The axis' own authority gives each body a certificate with its code, and to nobody else.
        None => {
            named(signature, code)?;
            trusted(signature, known.ca.as_slice(), at)
        }
    }
}

fn unsigned(code: &str) -> Refusal {
    Refusal::new(
        "axis.envelope_unsigned",
        format!("Gói tin của {code} không có chữ ký XML; cơ quan nhận chỉ tiếp nhận gói tin đã ký. Hãy ký gói tin rồi gửi lại."),
        format!("The message of {code} has no XML signature; the receiver takes signed ones alone. Sign it and send it again."),
    )
}

fn foreign(code: &str, subject: &str) -> Refusal {
    Refusal::new(
        "axis.signer_foreign",
        format!("Gói tin ghi cơ quan gửi là {code} nhưng được ký bằng chứng thư của {subject}. Hãy ký bằng chứng thư của {code}."),
        format!("The message says that {code} sends it, but the certificate of {subject} signed it. Sign it with the one of {code}."),
    )
}

fn untrusted(subject: &str, vi: &str, en: &str) -> Refusal {
    Refusal::new(
        "axis.signer_untrusted",
        format!("Chứng thư ký gói tin ({subject}) không được tin cậy: {vi}. Hãy ký bằng chứng thư còn hiệu lực do CA của trục cấp."),
        format!(
            "The certificate that signed the message ({subject}) is not trusted: {en}. Sign it with a valid one of the axis' authority."
        ),
    )
}

fn leaf(signature: &Signature) -> Result<Certificate, Refusal> {
    // It was read when the signature was checked.
    Certificate::parse(&signature.certificate).map_err(|e| untrusted("?", "không đọc được", &format!("{e:?}")))
}

/// The directory holds this certificate for the body.
fn held(signature: &Signature, pem: &str, code: &str) -> Result<(), Refusal> {
    let all = X509::stack_from_pem(pem.as_bytes()).unwrap_or_default();
    match all.iter().any(|c| c.to_der().is_ok_and(|der| der == signature.certificate)) {
        true => Ok(()),
        false => Err(foreign(code, &leaf(signature)?.subject.to_string())),
    }
}

fn named(signature: &Signature, code: &str) -> Result<(), Refusal> {
    let leaf = leaf(signature)?;
    match leaf.subject.common_name() {
        Some(name) if name == code => Ok(()),
        _ => Err(foreign(code, &leaf.subject.to_string())),
    }
}

/// There is a path to one of the anchors that held when the message came. Answers the signer's name.
fn trusted(signature: &Signature, anchors: &[PathBuf], at: i64) -> Result<String, Refusal> {
    let leaf = leaf(signature)?;
    let subject = leaf.subject.to_string();
    let usage = leaf.extensions.key_usage.unwrap_or(DIGITAL_SIGNATURE);
    if usage & (DIGITAL_SIGNATURE | NON_REPUDIATION) == 0 {
        return Err(untrusted(&subject, "không dùng để ký số", "it is not for signing"));
    }
    let parsed = |ders: &[Vec<u8>]| ders.iter().filter_map(|der| Certificate::parse(der).ok()).collect::<Vec<_>>();
    let store = Store::new(parsed(&load_anchors(anchors)));
    for other in parsed(&signature.others) {
        store.add(other);
    }
    let paths = store.paths(&store.add(leaf));
    let sound: Vec<_> = paths.iter().filter(|p| p.violations().is_empty()).collect();
    if sound.is_empty() {
        return Err(untrusted(
            &subject,
            "không dẫn tới CA mà cơ quan nhận tin cậy",
            "it leads to no authority that the receiver trusts",
        ));
    }
    let seconds = at.div_euclid(1_000_000);
    let valid = |(from, to): (i64, i64)| (from..=to).contains(&seconds);
    if !sound.iter().any(|p| valid(p.validity())) {
        let (from, to) = sound[0].validity();
        let (from, to) = (when(from.saturating_mul(1_000_000)).text, when(to.saturating_mul(1_000_000)).text);
        return Err(untrusted(
            &subject,
            &format!("chỉ có hiệu lực từ {from} đến {to}"),
            &format!("it is valid from {from} to {to} only"),
        ));
    }
    Ok(subject)
}

/// Writes an envelope, signed where there is something to sign with.
pub fn write_status(out: &mut dyn std::io::Write, status: &edxml::Status, sealer: Option<&Sealer>) -> std::io::Result<()> {
    match sealer {
        Some(sealer) => edxml::write_signed_status(out, status, sealer),
        None => edxml::write_status(out, status),
    }
}
