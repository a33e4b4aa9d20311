//! The levels of PAdES beyond B-B, for whoever can reach the network: time stamps, validation data, archive stamps.
//! The file is copied once, beside the output; each step appends a revision to the copy, which at last takes the place of the output.
use super::fetch::Fetcher;
use super::heavy::heavy;
use super::judge::judge;
use signing::validate::{Indication, Kind, Report, SignatureReport, ValidationContext};
use signing::{EditOptions, FileSource, Recipient, SignOptions, Signer, TimeStamper, Unlock, ValidationData};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::NamedTempFile;

/// A token with its chain has some kilobytes.
const LARGEST_TOKEN: usize = 256 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Level {
    #[value(name = "b-b")]
    BB,
    #[value(name = "b-t")]
    BT,
    #[value(name = "b-lt")]
    BLt,
    #[value(name = "b-lta")]
    BLta,
}

impl Level {
    /// As reports name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::BB => "B-B",
            Self::BT => "B-T",
            Self::BLt => "B-LT",
            Self::BLta => "B-LTA",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum LevelError {
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The key cannot be used.
    #[error("{0}")]
    Key(String),
    #[error(transparent)]
    Signing(#[from] signing::Error),
    #[error("the file has no signature to extend")]
    NothingSigned,
    #[error("the result is {reached}, not {wanted}: {why}")]
    NotReached {
        reached: String,
        wanted: &'static str,
        why: String,
    },
}

impl LevelError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "io",
            Self::Key(_) => "key_unusable",
            Self::Signing(e) => e.code(),
            Self::NothingSigned => "nothing_signed",
            Self::NotReached { .. } => "level_not_reached",
        }
    }
}

/// What opens an encrypted file.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    pub password: Option<String>,
    pub recipient: Option<Recipient>,
}

impl Opening {
    pub fn unlock(&self) -> Unlock<'_> {
        Unlock {
            password: self.password.as_deref(),
            recipient: self.recipient.as_ref(),
        }
    }
}

/// What the steps need besides the file.
pub struct Means {
    pub tsa: Option<String>,
    /// Policy that time stamps must be made under.
    pub tsa_policy: Option<String>,
    /// DER certificates.
    pub trust_anchors: Vec<Vec<u8>>,
    pub fetcher: Fetcher,
    /// Seconds since the Unix epoch.
    pub now: i64,
}

/// Signs at a level. The output appears whole or not at all.
pub async fn sign(
    input: &Path,
    output: &Path,
    signer: Arc<dyn Signer>,
    options: SignOptions,
    level: Level,
    means: &Means,
) -> Result<(), LevelError> {
    let opening = Opening {
        password: options.password.clone(),
        recipient: options.recipient.clone(),
    };
    let stamper = means.stamper().filter(|_| level >= Level::BT);
    let signed = beginning(input, output, move |source, out| {
        let stamper = stamper.as_ref().map(|s| s as &dyn TimeStamper);
        signing::sign_stamped(source, out, &*signer, stamper, &options).map(|_| ())
    })
    .await?;
    raise(&signed, level, means, &opening).await?;
    finished(signed, output).await
}

/// Brings what is signed already to a level, B-T at least, by further revisions.
pub async fn extend(input: &Path, output: &Path, level: Level, means: &Means, opening: Opening) -> Result<(), LevelError> {
    let report = means.report(input, &opening, false).await?.0;
    if report.signatures.is_empty() {
        return Err(LevelError::NothingSigned);
    }
    let stamped = |s: &signing::validate::SignatureReport| s.kind == Kind::Timestamp || matches!(s.level, Some("B-T" | "B-LT" | "B-LTA"));
    let copied = beginning(input, output, |source, out| copy(source, out)).await?;
    if !report.signatures.iter().all(stamped) {
        means.stamp(&copied, &opening).await?;
    }
    raise(&copied, level, means, &opening).await?;
    finished(copied, output).await
}

/// From B-B or B-T to what is wanted, and proof that it was reached.
async fn raise(file: &NamedTempFile, level: Level, means: &Means, opening: &Opening) -> Result<(), LevelError> {
    if level >= Level::BLt {
        means.add_data(file, opening).await?;
    }
    if level >= Level::BLta {
        let unstamped = file.as_file().metadata()?.len();
        means.stamp(file, opening).await?;
        // Of an authority that is new to the file, what its stamp needs must lie before the stamp, too.
        let (before, _) = means.report(file.path(), opening, false).await?;
        if !before.missing.is_empty() {
            let (_, data) = means.report(file.path(), opening, true).await?;
            file.as_file().set_len(unstamped)?;
            means.append_data(file, data, opening).await?;
            means.stamp(file, opening).await?;
        }
    }
    if level >= Level::BT {
        means.prove(file.path(), level, opening).await?;
    }
    Ok(())
}

impl Means {
    fn edit(&self, opening: &Opening) -> EditOptions {
        EditOptions {
            time: self.now,
            password: opening.password.clone(),
            recipient: opening.recipient.clone(),
        }
    }

    fn stamper(&self) -> Option<HttpStamper> {
        let url = self.tsa.clone()?;
        Some(HttpStamper {
            url,
            fetcher: self.fetcher.clone(),
            policy: self.tsa_policy.clone(),
            runtime: tokio::runtime::Handle::current(),
        })
    }

    async fn stamp(&self, file: &NamedTempFile, opening: &Opening) -> Result<(), LevelError> {
        let stamper = self
            .stamper()
            .ok_or_else(|| signing::Error::TimeStamp("no time-stamping authority was named".into()))?;
        let edit = self.edit(opening);
        appended(file, move |source, out| {
            signing::append_document_timestamp(source, out, &stamper, &edit).map(|_| ())
        })
        .await
    }

    /// All that is needed to judge the file as it is now, fetched where it must be.
    async fn add_data(&self, file: &NamedTempFile, opening: &Opening) -> Result<(), LevelError> {
        let (_, data) = self.report(file.path(), opening, true).await?;
        self.append_data(file, data, opening).await
    }

    async fn append_data(&self, file: &NamedTempFile, data: ValidationData, opening: &Opening) -> Result<(), LevelError> {
        let edit = self.edit(opening);
        appended(file, move |source, out| signing::append_validation_data(source, out, &data, &edit)).await
    }

    /// What the file is now, and all that was needed to find out.
    async fn report(&self, file: &Path, opening: &Opening, fetch: bool) -> Result<(Report, ValidationData), LevelError> {
        let context = ValidationContext {
            trust_anchors: self.trust_anchors.clone(),
            at: self.now.max(crate::clock::now_us() / 1_000_000),
            password: opening.password.clone(),
            recipient: opening.recipient.clone(),
            ..ValidationContext::default()
        };
        let judged = judge(file, context, fetch.then_some(&self.fetcher)).await?;
        let mut certificates: Vec<Vec<u8>> = Vec::new();
        for s in &judged.report.signatures {
            let stamps = s.timestamps.iter().flat_map(|t| &t.chain);
            certificates.extend(s.chain.iter().chain(stamps).map(|c| c.der.clone()));
        }
        certificates.sort_unstable();
        certificates.dedup();
        let data = ValidationData {
            certificates,
            crls: judged.context.crls,
            ocsp_responses: judged.context.ocsp_responses,
        };
        Ok((judged.report, data))
    }

    /// Without the network, the file alone must show the level.
    async fn prove(&self, file: &Path, wanted: Level, opening: &Opening) -> Result<(), LevelError> {
        let (report, _) = self.report(file, opening, false).await?;
        let order = ["B-B", "B-T", "B-LT", "B-LTA"];
        let rank = |name: &str| order.iter().position(|o| *o == name);
        let signatures = || report.signatures.iter().filter(|s| s.kind == Kind::Signature);
        // Signatures of older kinds have no level and get none; they do not keep the others from theirs.
        let some = signatures().any(|s| s.level.is_some());
        let counts = |s: &&SignatureReport| !some || s.level.is_some() || s.indication == Indication::TotalFailed;
        for s in signatures().filter(counts) {
            if s.level.and_then(rank) < rank(wanted.name()) {
                let sub = s.sub_indication.map(|i| i.name()).unwrap_or_default();
                let revocation = s.revocation.map(|r| format!(", revocation: {r}")).unwrap_or_default();
                return Err(LevelError::NotReached {
                    reached: s.level.unwrap_or("no level at all").to_owned(),
                    wanted: wanted.name(),
                    why: format!("{} {sub}{revocation}", s.indication.name()),
                });
            }
        }
        Ok(())
    }
}

/// The copy of `input` that all steps work on, in a new file beside `near`.
async fn beginning(
    input: &Path,
    near: &Path,
    work: impl FnOnce(&FileSource, &mut dyn Write) -> signing::Result<()> + Send + 'static,
) -> Result<NamedTempFile, LevelError> {
    let input = input.to_owned();
    let folder = near
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .map_or_else(|| PathBuf::from("."), Path::to_owned);
    let all = move || -> Result<NamedTempFile, LevelError> {
        let source = FileSource::new(File::open(input)?)?;
        let output = beside(&folder)?;
        let mut out = BufWriter::with_capacity(1 << 18, output.reopen()?);
        work(&source, &mut out)?;
        out.flush()?;
        Ok(output)
    };
    heavy(all).await?
}

/// One more revision behind what `file` holds. A step that fails may leave a part behind: the file is then of no use.
async fn appended(
    file: &NamedTempFile,
    work: impl FnOnce(&FileSource, &mut dyn Write) -> signing::Result<()> + Send + 'static,
) -> Result<(), LevelError> {
    let source = FileSource::new(file.reopen()?)?;
    let behind = File::options().append(true).open(file.path())?;
    let all = move || -> Result<(), LevelError> {
        let mut out = BufWriter::with_capacity(1 << 18, behind);
        work(&source, &mut out)?;
        Ok(out.flush()?)
    };
    heavy(all).await?
}

/// What is finished lies on the disk before it takes the place of the output.
async fn finished(file: NamedTempFile, output: &Path) -> Result<(), LevelError> {
    let output = output.to_owned();
    let all = move || -> Result<(), LevelError> {
        file.as_file().sync_all()?;
        file.persist(output).map_err(|e| e.error)?;
        Ok(())
    };
    heavy(all).await?
}

/// A file in this folder that will be renamed into one for the person who asked: with that person's usual permissions, not
/// with those of temporary files.
pub fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

fn copy(source: &FileSource, out: &mut dyn Write) -> signing::Result<()> {
    signing::pdf::append::copy(source, out, |_| {})?;
    Ok(())
}

/// A time-stamping authority over HTTP (RFC 3161, 3.4).
struct HttpStamper {
    url: String,
    fetcher: Fetcher,
    policy: Option<String>,
    runtime: tokio::runtime::Handle,
}

impl TimeStamper for HttpStamper {
    fn policy(&self) -> Option<&str> {
        self.policy.as_deref()
    }

    fn ask(&self, request: &[u8]) -> signing::Result<Vec<u8>> {
        let failed = |why: String| signing::Error::TimeStamp(format!("{}: {why}", self.url));
        let asked = self
            .fetcher
            .post(&self.url, "application/timestamp-query", request.to_vec(), LARGEST_TOKEN);
        self.runtime.block_on(asked).map_err(failed)
    }
}
