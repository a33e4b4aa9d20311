//! `kyhop sign` and `kyhop extend`: PAdES signatures at every level.
use super::keys::{KeyArgs, check_validity};
use super::look::LookArgs;
use super::opening::OpenArgs;
use super::{USAGE, in_runtime};
use crate::clock::now_us;
use crate::signatures::fetch::{Fetcher, Reach};
use crate::signatures::levels::{self, Level, LevelError, Means};
use crate::signatures::verify::anchors;
use signing::pdf::PdfError;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// When the input is not a PDF that can be read; as `kyhop verify` has it.
pub const UNREADABLE: u8 = 3;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    means: LevelArgs,
    /// Level to reach.
    #[arg(long, value_enum, default_value = "b-b")]
    level: Level,
    #[command(flatten)]
    look: LookArgs,
    input: PathBuf,
    output: PathBuf,
}

#[derive(Debug, clap::Args)]
struct LevelArgs {
    /// Time-stamping authority (RFC 3161), for b-t and above.
    #[arg(long, value_name = "URL")]
    tsa: Option<String>,
    /// Policy (object identifier) that its time stamps must be made under.
    #[arg(long, value_name = "OID", requires = "tsa", value_parser = policy)]
    tsa_policy: Option<String>,
    /// Trusted certificates, PEM or DER, or folders of them; b-lt and above need them.
    #[arg(long, value_name = "FILE|DIR")]
    trust: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct ExtendArgs {
    #[command(flatten)]
    means: LevelArgs,
    /// Level to reach: b-t, b-lt or b-lta; b-lta of what is b-lta already renews it.
    #[arg(long, value_enum)]
    level: Level,
    #[command(flatten)]
    open: OpenArgs,
    input: PathBuf,
    output: PathBuf,
}

pub fn run(args: &Args) -> ExitCode {
    let means = match args.means.means(args.level) {
        Ok(means) => means,
        Err(e) => return wrong_usage(&e),
    };
    let work = async {
        let signer = args.key.signer().await.map_err(LevelError::Key)?;
        let options = args.look.options(signer.certificate(), means.now).map_err(LevelError::Key)?;
        check_validity(signer.certificate(), options.time).map_err(LevelError::Key)?;
        levels::sign(&args.input, &args.output, signer, options, args.level, &means).await
    };
    finish(&args.input, in_runtime(work))
}

pub fn extend(args: &ExtendArgs) -> ExitCode {
    if args.level == Level::BB {
        return wrong_usage("b-b is what a signature is to begin with; extend to b-t, b-lt or b-lta");
    }
    let (means, opening) = match args.means.means(args.level).and_then(|means| Ok((means, args.open.opening()?))) {
        Ok(given) => given,
        Err(e) => return wrong_usage(&e),
    };
    let work = levels::extend(&args.input, &args.output, args.level, &means, opening);
    finish(&args.input, in_runtime(work))
}

impl LevelArgs {
    fn means(&self, level: Level) -> Result<Means, String> {
        if level >= Level::BT && self.tsa.is_none() {
            return Err(format!("{} needs a time-stamping authority: --tsa URL", level.name()));
        }
        if level == Level::BB && self.tsa.is_some() {
            return Err("--tsa has no use at level b-b: say --level b-t, b-lt or b-lta".into());
        }
        if level >= Level::BLt && self.trust.is_empty() {
            return Err(format!(
                "{} needs the trusted root certificates, to know whose revocation data to keep: --trust FILE",
                level.name()
            ));
        }
        Ok(Means {
            tsa: self.tsa.clone(),
            tsa_policy: self.tsa_policy.clone(),
            trust_anchors: anchors(&self.trust)?,
            fetcher: Fetcher::new(Reach::Anywhere),
            now: now_us() / 1_000_000,
        })
    }
}

/// Dotted numbers, such as 1.2.3.4.1.
fn policy(text: &str) -> Result<String, String> {
    match signing::timestamp::request::is_policy(text) {
        true => Ok(text.to_owned()),
        false => Err("not an object identifier such as 1.2.3.4.1".into()),
    }
}

fn wrong_usage(e: &str) -> ExitCode {
    eprintln!("kyhop: {e}");
    ExitCode::from(USAGE)
}

pub fn failed(e: &str) -> ExitCode {
    eprintln!("kyhop: {e}");
    ExitCode::FAILURE
}

pub fn unreadable(input: &Path, e: &PdfError) -> ExitCode {
    eprintln!("kyhop: {}: {e}", input.display());
    match e {
        PdfError::Io(_) => ExitCode::FAILURE,
        _ => ExitCode::from(UNREADABLE),
    }
}

fn finish(input: &Path, result: Result<Result<(), LevelError>, String>) -> ExitCode {
    match result {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(LevelError::Signing(signing::Error::Pdf(e)))) => unreadable(input, &e),
        Ok(Err(e)) => failed(&e.to_string()),
        Err(e) => failed(&e),
    }
}
