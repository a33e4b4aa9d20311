//! `kyhop sign` and `kyhop extend`: PAdES signatures with keys in files.
use super::{USAGE, in_runtime};
use crate::clock::{day, now_us};
use crate::signatures::fetch::{Fetcher, Reach};
use crate::signatures::levels::{self, Level, LevelError, Means};
use crate::signatures::verify::anchors;
use signing::pdf::PdfError;
use signing::{Align, Appearance, KeySigner, Placement, SignOptions};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use zeroize::Zeroizing;

/// When the input is not a PDF that can be read; as `kyhop verify` has it.
const UNREADABLE: u8 = 3;

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("who").required(true).args(["key", "p12"])))]
pub struct Args {
    /// Private key, PEM.
    #[arg(long, value_name = "KEY.pem", requires = "cert")]
    key: Option<PathBuf>,
    /// Certificate of the key, PEM; those above it may follow in the same file.
    #[arg(long, value_name = "CERT.pem", requires = "key")]
    cert: Option<PathBuf>,
    /// Certificates above it, PEM.
    #[arg(long, value_name = "CHAIN.pem", requires = "key")]
    chain: Vec<PathBuf>,
    /// Key, certificate and chain in one PKCS#12 file.
    #[arg(long, value_name = "FILE")]
    p12: Option<PathBuf>,
    /// File whose first line is the password of the key.
    #[arg(long, value_name = "FILE")]
    passfile: Option<PathBuf>,
    #[command(flatten)]
    means: LevelArgs,
    /// Level to reach.
    #[arg(long, value_enum, default_value = "b-b")]
    level: Level,
    /// Empty signature field to sign, or the name of a new one.
    #[arg(long)]
    field: Option<String>,
    /// Certify, allowing 1: nothing, 2: forms and signatures, 3: comments as well.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=3))]
    certify: Option<u8>,
    /// Show the signature: page from 1, points from the lower left of the page as displayed.
    #[arg(long, value_name = "PAGE:X,Y,W,H", value_parser = placement)]
    visible: Option<Placement>,
    /// Picture of the signature or seal.
    #[arg(long, value_name = "PNG", requires = "visible")]
    image: Option<PathBuf>,
    #[arg(long)]
    reason: Option<String>,
    #[arg(long)]
    location: Option<String>,
    /// Time of signing to claim instead of now.
    #[arg(long, value_name = "RFC3339", value_parser = super::time)]
    time: Option<i64>,
    input: PathBuf,
    output: PathBuf,
}

#[derive(Debug, clap::Args)]
struct LevelArgs {
    /// Time-stamping authority (RFC 3161), for b-t and above.
    #[arg(long, value_name = "URL")]
    tsa: Option<String>,
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
    /// Password of an encrypted file.
    #[arg(long)]
    password: Option<String>,
    input: PathBuf,
    output: PathBuf,
}

pub fn run(args: &Args) -> ExitCode {
    let means = match args.means.means(args.level) {
        Ok(means) => means,
        Err(e) => return wrong_usage(&e),
    };
    let signer = match signer(args) {
        Ok(signer) => signer,
        Err(e) => return failed(&e),
    };
    let time = args.time.unwrap_or(means.now);
    let appearance = match appearance(args, &signer, time) {
        Ok(appearance) => appearance,
        Err(e) => return failed(&e),
    };
    let options = SignOptions {
        field: args.field.clone(),
        time,
        reason: args.reason.clone(),
        location: args.location.clone(),
        certify: args.certify,
        appearance,
        ..SignOptions::default()
    };
    let work = levels::sign(&args.input, &args.output, Arc::new(signer), options, args.level, &means);
    finish(&args.input, in_runtime(work))
}

pub fn extend(args: &ExtendArgs) -> ExitCode {
    if args.level == Level::BB {
        return wrong_usage("b-b is what a signature is to begin with; extend to b-t, b-lt or b-lta");
    }
    let means = match args.means.means(args.level) {
        Ok(means) => means,
        Err(e) => return wrong_usage(&e),
    };
    let work = levels::extend(&args.input, &args.output, args.level, &means, args.password.clone());
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
            trust_anchors: anchors(&self.trust)?,
            fetcher: Fetcher::new(Reach::Anywhere),
            now: now_us() / 1_000_000,
        })
    }
}

fn signer(args: &Args) -> Result<KeySigner, String> {
    let password = match &args.passfile {
        Some(file) => {
            let text = Zeroizing::new(String::from_utf8_lossy(&read(file)?).into_owned());
            Some(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
        }
        None => None,
    };
    let password = password.as_deref();
    let made = match (&args.p12, &args.key, &args.cert) {
        (Some(p12), _, _) => KeySigner::from_pkcs12(&read(p12)?, password.map_or("", String::as_str)),
        (None, Some(key), Some(cert)) => {
            let mut chain = Vec::new();
            for file in &args.chain {
                chain.extend_from_slice(&read(file)?);
                chain.push(b'\n');
            }
            let key = Zeroizing::new(read(key)?);
            KeySigner::from_pem(&key, password.map(|p| p.as_bytes()), &read(cert)?, &chain)
        }
        _ => return Err("a key is needed: --key and --cert, or --p12".into()),
    };
    made.map_err(|e| e.to_string())
}

fn appearance(args: &Args, signer: &KeySigner, time: i64) -> Result<Option<Appearance>, String> {
    use signing::Signer;
    let Some(place) = args.visible else { return Ok(None) };
    let mut look = Appearance::at(place);
    look.align = Align::Left;
    match &args.image {
        Some(png) => look.image = Some(read(png)?),
        // Without a picture, what a reader wants to know.
        None => {
            let certificate = openssl::x509::X509::from_der(signer.certificate()).map_err(|e| e.to_string())?;
            let mut names = certificate.subject_name().entries_by_nid(openssl::nid::Nid::COMMONNAME);
            let name = names.next().and_then(|n| n.data().to_string().ok()).unwrap_or_default();
            let date = day(time.saturating_mul(1_000_000));
            look.lines = vec![name, format!("Ký ngày {}", date.split('-').rev().collect::<Vec<_>>().join("/"))];
        }
    }
    Ok(Some(look))
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|e| format!("{}: {e}", file.display()))
}

/// `1:300,90,150,70`
fn placement(text: &str) -> Result<Placement, String> {
    let wrong = || "not PAGE:X,Y,W,H, such as 1:300,90,150,70".to_owned();
    let (page, rest) = text.split_once(':').ok_or_else(wrong)?;
    let numbers: Vec<f64> = rest.split(',').filter_map(|n| n.trim().parse().ok()).collect();
    let page = page.trim().parse().map_err(|_| wrong())?;
    match numbers[..] {
        [x, y, w, h] if page > 0 && w > 0.0 && h > 0.0 && numbers.iter().all(|n: &f64| n.is_finite()) => Ok(Placement { page, x, y, w, h }),
        _ => Err(wrong()),
    }
}

fn wrong_usage(e: &str) -> ExitCode {
    eprintln!("kyhop: {e}");
    ExitCode::from(USAGE)
}

fn failed(e: &str) -> ExitCode {
    eprintln!("kyhop: {e}");
    ExitCode::FAILURE
}

fn finish(input: &Path, result: Result<Result<(), LevelError>, String>) -> ExitCode {
    match result {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(LevelError::Signing(signing::Error::Pdf(e)))) => {
            eprintln!("kyhop: {}: {e}", input.display());
            match e {
                PdfError::Io(_) => ExitCode::FAILURE,
                _ => ExitCode::from(UNREADABLE),
            }
        }
        Ok(Err(e)) => failed(&e.to_string()),
        Err(e) => failed(&e),
    }
}

#[cfg(test)]
mod tests {
    use super::placement;

    #[test]
    fn places_are_read_and_nonsense_is_not() {
        let p = placement("2:10,20.5,100,50").unwrap();
        assert_eq!((p.page, p.x, p.y, p.w, p.h), (2, 10.0, 20.5, 100.0, 50.0));
        for wrong in [
            "",
            "1",
            "0:1,2,3,4",
            "1:1,2,3",
            "1:1,2,0,4",
            "1:1,2,3,4,5",
            "1:a,2,3,4",
            "1:NaN,2,3,4",
            "1:1,2,inf,4",
        ] {
            assert!(placement(wrong).is_err(), "{wrong}");
        }
    }
}
