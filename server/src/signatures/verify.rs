//! Checking the signatures of a file, with the trust anchors of the configuration.
use super::fetch::Fetcher;
use super::judge::{Unfetched, judge};
use super::{Error, Result, Service, words};
use crate::clock::{now_us, when};
use crate::files::FileError;
use app::dto::verify::{Change, SignatureView, VerifyReport};
use openssl::x509::X509;
use signing::validate::{Kind, Report, SignatureReport, ValidationContext};
use signing::{FileSource, Unlock, Version};
use std::fs::File;
use std::path::{Path, PathBuf};

impl Service {
    /// Checks the signatures of a file now.
    pub async fn verify_file(&self, file: &Path, file_name: &str) -> Result<VerifyReport> {
        Ok(self.check(file).await?.view(file_name))
    }

    /// What a file was once, by the number of the version.
    pub async fn version(&self, file: &Path, number: u32) -> Result<Option<Version>> {
        let io = |e| Error::Files(FileError::Io(e));
        let path = file.to_owned();
        let read = move || -> Result<_> {
            let source = FileSource::new(File::open(path).map_err(io)?).map_err(io)?;
            let all = signing::versions(&source, None)?;
            Ok(all.into_iter().find(|v| v.number == number))
        };
        tokio::task::spawn_blocking(read).await.map_err(|e| io(std::io::Error::other(e)))?
    }

    /// The facts and the verdict as the library gives them.
    pub async fn check(&self, file: &Path) -> Result<Checked> {
        let io = |e| Error::Files(FileError::Io(e));
        // Anybody may ask, and each question reads and hashes a whole file.
        let _turn = self.checks.acquire().await.map_err(|e| io(std::io::Error::other(e)))?;
        let trust = self.config.trust.clone();
        let trust_anchors = tokio::task::spawn_blocking(move || load_anchors(&trust))
            .await
            .map_err(|e| io(std::io::Error::other(e)))?;
        let context = ValidationContext {
            trust_anchors,
            at: now_us() / 1_000_000,
            ..ValidationContext::default()
        };
        check_file(file, context, Some(&self.fetcher)).await.map_err(io)
    }
}

/// A file that was checked.
pub struct Checked {
    pub report: Report,
    pub unfetched: Vec<Unfetched>,
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    pub pages: u32,
    /// Seconds since the Unix epoch.
    pub at: i64,
}

/// Checks a file; with a `fetcher`, what the file lacks is asked for.
///
/// # Errors
/// When the file cannot be opened or read at all.
pub async fn check_file(file: &Path, context: ValidationContext, fetcher: Option<&Fetcher>) -> std::io::Result<Checked> {
    let (path, password, recipient) = (file.to_owned(), context.password.clone(), context.recipient.clone());
    let read = move || -> std::io::Result<_> {
        let (sha256, size) = digest(&path)?;
        let source = FileSource::new(File::open(&path)?)?;
        let unlock = Unlock {
            password: password.as_deref(),
            recipient: recipient.as_ref(),
        };
        let pages = signing::inspect(&source, unlock).map_or(0, |i| i.pages.len());
        Ok((sha256, size, u32::try_from(pages).unwrap_or(u32::MAX)))
    };
    let (sha256, size, pages) = tokio::task::spawn_blocking(read).await.map_err(std::io::Error::other)??;
    Ok(Checked {
        sha256,
        size,
        pages,
        ..check_signatures(file, context, fetcher).await?
    })
}

/// The same without what is said of the file itself (hash, size, pages), for which it would be read once more.
///
/// # Errors
/// When the file cannot be opened or read at all.
pub async fn check_signatures(file: &Path, context: ValidationContext, fetcher: Option<&Fetcher>) -> std::io::Result<Checked> {
    let at = context.at;
    let judged = judge(file, context, fetcher).await?;
    Ok(Checked {
        report: judged.report,
        unfetched: judged.unfetched,
        sha256: String::new(),
        size: 0,
        pages: 0,
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

/// The certificates that a person named.
///
/// # Errors
/// A sentence for that person when a file is missing or holds no certificate.
pub fn anchors(paths: &[PathBuf]) -> std::result::Result<Vec<Vec<u8>>, String> {
    let mut found = Vec::new();
    for path in paths {
        std::fs::metadata(path).map_err(|e| format!("--trust {}: {e}", path.display()))?;
        let some = load_anchors(std::slice::from_ref(path));
        if some.is_empty() {
            return Err(format!("--trust {}: no certificate (PEM or DER) in it", path.display()));
        }
        found.extend(some);
    }
    Ok(found)
}

impl Checked {
    /// A file that could not even be opened.
    pub fn unreadable(e: &std::io::Error) -> Self {
        Self {
            report: Report::unreadable("io", e.to_string()),
            unfetched: Vec::new(),
            sha256: String::new(),
            size: 0,
            pages: 0,
            at: now_us() / 1_000_000,
        }
    }

    /// For a person.
    pub fn view(&self, file_name: &str) -> VerifyReport {
        let report = &self.report;
        VerifyReport {
            file_name: file_name.to_owned(),
            sha256: self.sha256.clone(),
            size: self.size,
            verdict: report.verdict.map_or("", |v| v.name()).to_owned(),
            error: report.error.as_ref().map(|e| words::unreadable(e.code)),
            revisions: report.revisions,
            pages: self.pages,
            signatures: report.signatures.iter().map(signature).collect(),
            checked: when(self.at.saturating_mul(1_000_000)).text,
            notes: self.unfetched.iter().map(|u| words::unfetched(&u.url, &u.why)).collect(),
            reports: None,
        }
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
        signed_length: s.revision.and(s.byte_range).map(|[_, _, after, rest]| after + rest),
        warnings: words::remarks(s),
    }
}
