//! `kyhop message`: whose an edXML message is, and whether it is whole: for evidence, away from any server.
use super::USAGE;
use super::verify::UNREADABLE;
use crate::axis::edxml::{self, Error, Limits, Message};
use crate::axis::signer::{Known, judge};
use crate::clock::now_us;
use crate::files::digest;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Exit code 0: every message is signed by the body that it names, and whole; 1: one is not; 3: one cannot be read or nobody
/// has signed it; 64: wrong usage.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// PEM of the authority that gives each body of the axis a certificate with its code.
    #[arg(long, value_name = "FILE", required_unless_present = "certificate")]
    ca: Option<PathBuf>,
    /// PEM of the certificate that the sending body is known to sign with, whatever name it has.
    #[arg(long, value_name = "FILE", requires = "trust")]
    certificate: Option<PathBuf>,
    /// Trusted roots for that certificate, PEM or DER, or folders of them.
    #[arg(long, value_name = "FILE|DIR")]
    trust: Vec<PathBuf>,
    /// Judge certificates as of this time instead of now: when the message came.
    #[arg(long, value_name = "RFC3339", value_parser = super::time)]
    at: Option<i64>,
    #[arg(required = true, value_name = "FILE.edxml")]
    files: Vec<PathBuf>,
}

enum Verdict {
    /// What it says, one line each.
    Good(Vec<String>),
    Bad(String),
    Unreadable(String),
}

pub fn run(args: &Args) -> ExitCode {
    let pinned = match args.certificate.as_ref().map(std::fs::read_to_string).transpose() {
        Ok(pinned) => pinned,
        Err(e) => {
            eprintln!("kyhop: --certificate: {e}");
            return ExitCode::from(USAGE);
        }
    };
    let mut worst = 0;
    for path in &args.files {
        let name = path.display();
        let code = match check(path, args, pinned.clone()) {
            Verdict::Good(lines) => {
                println!("{name}: chữ ký XML hợp lệ / the XML signature holds");
                lines.iter().for_each(|line| println!("  {line}"));
                0
            }
            Verdict::Bad(why) => {
                println!("{name}: {why}");
                1
            }
            Verdict::Unreadable(why) => {
                eprintln!("{name}: {why}");
                UNREADABLE
            }
        };
        worst = worst.max(code);
    }
    ExitCode::from(worst)
}

fn check(path: &Path, args: &Args, pinned: Option<String>) -> Verdict {
    let opened = File::open(path).and_then(|file| Ok((file, tempfile::tempdir()?)));
    let (file, folder) = match opened {
        Ok(opened) => opened,
        Err(e) => return Verdict::Unreadable(e.to_string()),
    };
    let limits = Limits { attachments: u64::MAX };
    let parsed = match edxml::read(&mut BufReader::with_capacity(1 << 17, file), folder.path(), limits) {
        Ok(parsed) => parsed,
        Err(e @ (Error::SignatureForm(_) | Error::SignatureScope(_) | Error::SignatureBroken(_))) => {
            return Verdict::Bad(format!("{} / {e} [{}]", e.vi(), e.code()));
        }
        Err(e) => return Verdict::Unreadable(format!("{} / {e} [{}]", e.vi(), e.code())),
    };
    let Some(signature) = parsed.signature else {
        return Verdict::Unreadable("không có chữ ký XML / there is no XML signature [axis.envelope_unsigned]".into());
    };
    let from = &parsed.message.from().organ_id;
    let known = Known {
        pinned,
        trust: args.trust.clone(),
        ca: args.ca.clone(),
    };
    let at = args.at.map_or_else(now_us, |seconds| seconds.saturating_mul(1_000_000));
    let signer = match judge(&signature, from, known, at) {
        Ok(signer) => signer,
        Err(refusal) => return Verdict::Bad(format!("{} / {} [{}]", refusal.vi, refusal.en, refusal.code)),
    };
    let mut lines = vec![format!("người ký / signer: {signer}"), format!("từ / from: {from}")];
    match &parsed.message {
        Message::Status(s) => lines.push(format!("trạng thái / status: {} {} {}", s.code, s.timestamp, s.description)),
        Message::Document(d) => lines.push(format!("trích yếu / subject: {}", d.subject)),
    }
    lines.push(format!("văn bản / document: {}", parsed.message.about()));
    for a in &parsed.attachments {
        match File::open(&a.path).and_then(|mut file| digest(&mut file)) {
            Ok((sha256, size)) => lines.push(format!("tệp / file: {} ({size} byte, SHA-256 {sha256})", a.name)),
            Err(e) => return Verdict::Unreadable(e.to_string()),
        }
    }
    Verdict::Good(lines)
}
