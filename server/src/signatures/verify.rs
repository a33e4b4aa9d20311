//! Checking the signatures of a file, with the trust anchors of the configuration.
use super::{Error, Result, Service, words};
use crate::clock::{now_us, when};
use crate::files::FileError;
use app::dto::verify::{Change, SignatureView, VerifyReport};
use openssl::x509::X509;
use signing::FileSource;
use signing::validate::{Kind, Report, SignatureReport, ValidationContext, validate};
use std::fs::File;
use std::path::{Path, PathBuf};

impl Service {
    /// Checks the signatures of a file now.
    pub async fn verify_file(&self, file: &Path, file_name: &str) -> Result<VerifyReport> {
        let checked = self.check(file).await?;
        Ok(view(&checked, file_name))
    }

    /// The facts and the verdict as the library gives them.
    pub async fn check(&self, file: &Path) -> Result<Checked> {
        let at = now_us();
        let anchors = self.config.trust.clone();
        let file = file.to_owned();
        let work = move || {
            let context = ValidationContext {
                trust_anchors: load_anchors(&anchors),
                at: at / 1_000_000,
                ..ValidationContext::default()
            };
            check_with(&file, &context, at)
        };
        tokio::task::spawn_blocking(work).await.map_err(|e| io(std::io::Error::other(e)))?
    }
}

/// A file that was checked.
pub struct Checked {
    pub report: Report,
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    pub pages: u32,
    /// Microseconds since the Unix epoch.
    pub at: i64,
}

fn io(e: std::io::Error) -> Error {
    Error::Files(FileError::Io(e))
}

fn check_with(file: &Path, context: &ValidationContext, at: i64) -> Result<Checked> {
    let (sha256, size) = digest(file).map_err(io)?;
    let source = FileSource::new(File::open(file).map_err(io)?).map_err(io)?;
    let pages = signing::inspect(&source, context.password.as_deref()).map_or(0, |i| i.pages.len());
    Ok(Checked {
        report: validate(&source, context),
        sha256,
        size,
        pages: u32::try_from(pages).unwrap_or(u32::MAX),
        at,
    })
}

fn digest(file: &Path) -> std::io::Result<(String, u64)> {
    use std::io::Read;
    let mut input = File::open(file)?;
    let mut hash = openssl::sha::Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut size = 0;
    loop {
        match input.read(&mut buffer)? {
            0 => return Ok((hex::encode(hash.finish()), size)),
            n => {
                hash.update(&buffer[..n]);
                size += n as u64;
            }
        }
    }
}

/// Certificates (DER) of PEM and DER files, and of such files in folders. What is no certificate is passed over with a
/// word in the log: one bad file must not take all others away.
pub fn load_anchors(paths: &[PathBuf]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for path in paths {
        let mut files = vec![path.clone()];
        if path.is_dir() {
            files = std::fs::read_dir(path)
                .map(|entries| entries.flatten().map(|e| e.path()).filter(|p| p.is_file()).collect())
                .unwrap_or_default();
            files.sort();
        }
        for file in files {
            match std::fs::read(&file).map(|bytes| certificates(&bytes)) {
                Ok(some) if !some.is_empty() => found.extend(some),
                Ok(_) => tracing::warn!(file = %file.display(), "no certificate in this trust file"),
                Err(e) => tracing::warn!(file = %file.display(), error = %e, "a trust file cannot be read"),
            }
        }
    }
    found
}

/// All certificates of a PEM file, or the one of a DER file.
pub fn certificates(bytes: &[u8]) -> Vec<Vec<u8>> {
    let pem = X509::stack_from_pem(bytes).unwrap_or_default();
    let all = if pem.is_empty() {
        X509::from_der(bytes).into_iter().collect()
    } else {
        pem
    };
    all.iter().filter_map(|c| c.to_der().ok()).collect()
}

fn view(checked: &Checked, file_name: &str) -> VerifyReport {
    let report = &checked.report;
    VerifyReport {
        file_name: file_name.to_owned(),
        sha256: checked.sha256.clone(),
        size: checked.size,
        verdict: report.verdict.map_or("", |v| v.name()).to_owned(),
        error: report.error.as_ref().map(|e| words::unreadable(e.code)),
        revisions: report.revisions,
        pages: checked.pages,
        signatures: report.signatures.iter().map(signature).collect(),
        checked: when(checked.at).text,
        notes: Vec::new(),
    }
}

fn signature(s: &SignatureReport) -> SignatureView {
    let moment = |m: Option<signing::validate::Moment>| m.map(|m| when(m.0.saturating_mul(1_000_000)).text);
    let signer = s.signer.as_ref();
    SignatureView {
        field: s.field.clone().unwrap_or_default(),
        kind: match s.kind {
            Kind::Signature => "signature".into(),
            Kind::Timestamp => "timestamp".into(),
        },
        signer: s
            .signer_name
            .clone()
            .or_else(|| signer.map(|n| n.subject.clone()))
            .unwrap_or_default(),
        organisation: s.organisation.clone().unwrap_or_default(),
        issuer: signer.map(|n| n.issuer.clone()).unwrap_or_default(),
        serial: signer.map(|n| n.serial.clone()).unwrap_or_default(),
        indication: s.indication.name().to_owned(),
        sub_indication: s.sub_indication.map(|i| i.name().to_owned()),
        explanation: words::verdict(s),
        intact: s.intact,
        cryptographically_valid: s.cryptographically_valid,
        trusted: s.trusted,
        revocation: s.revocation.map(str::to_owned),
        coverage: s.coverage.as_ref().map(words::code_of).unwrap_or_default(),
        modification_level: s.modification_level.as_ref().map(words::code_of),
        modifications_allowed: s.modifications_allowed,
        changes: s
            .changes
            .iter()
            .map(|c| {
                let (vi, en) = words::change(c);
                Change {
                    revision: c.revision,
                    page: c.page,
                    level: words::code_of(&c.level),
                    vi,
                    en,
                }
            })
            .collect(),
        level: s.level.map(str::to_owned),
        claimed_time: moment(s.claimed_time),
        proven_time: moment(s.proven_time),
        page: s.page,
        revision: s.revision.unwrap_or_default(),
        warnings: s.warnings.iter().map(|w| words::warning(w)).collect(),
    }
}
