//! `kyhop revisions`: what a file was after each signature and change, and to have it back.
use super::USAGE;
use super::opening::OpenArgs;
use super::verify::{CANNOT_WRITE, UNREADABLE};
use signing::{FileSource, Version, versions, write_version};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Exit code 0: listed and, where asked, saved; 3: the file cannot be read; 73: a version cannot be written; 64: wrong usage.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Save each version into this folder, which is made when missing. What is there already is not overwritten.
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    #[command(flatten)]
    open: OpenArgs,
    /// One JSON object for each version, one a line.
    #[arg(long)]
    json: bool,
    #[arg(value_name = "FILE.pdf")]
    file: PathBuf,
}

pub fn run(args: &Args) -> ExitCode {
    let opening = match args.open.opening() {
        Ok(opening) => opening,
        Err(e) => {
            eprintln!("kyhop: {e}");
            return ExitCode::from(USAGE);
        }
    };
    let opened = File::open(&args.file).and_then(FileSource::new).map_err(signing::Error::from);
    let found = opened.and_then(|source| Ok((versions(&source, opening.unlock())?, source)));
    let (all, source) = match found {
        Ok(found) => found,
        Err(e) => {
            eprintln!("kyhop: {}: {e}", args.file.display());
            return ExitCode::from(UNREADABLE);
        }
    };
    let mut out = io::stdout().lock();
    for version in &all {
        let line = match args.json {
            true => serde_json::to_string(version).unwrap_or_default(),
            false => in_words(version),
        };
        if writeln!(out, "{line}").is_err() {
            break;
        }
    }
    let Some(folder) = &args.save else { return ExitCode::SUCCESS };
    for version in &all {
        let target = folder.join(name(&args.file, version));
        if let Err(e) = save(&source, version, folder, &target) {
            eprintln!("kyhop: {}: {e}", target.display());
            return ExitCode::from(CANNOT_WRITE);
        }
    }
    ExitCode::SUCCESS
}

fn in_words(version: &Version) -> String {
    let signed = match version.signed_fields.is_empty() {
        true => String::new(),
        false => format!(" · đã ký / signed: {}", version.signed_fields.join(", ")),
    };
    format!("{}: {} byte{signed}", version.number, version.length)
}

/// `report.pdf` becomes `report.2.pdf`.
fn name(file: &Path, version: &Version) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    format!("{stem}.{}.pdf", version.number)
}

fn save(source: &FileSource, version: &Version, folder: &Path, target: &Path) -> Result<(), signing::Error> {
    std::fs::create_dir_all(folder)?;
    let part = tempfile::NamedTempFile::new_in(folder)?;
    let mut out = BufWriter::with_capacity(1 << 18, part.as_file());
    write_version(source, version, &mut out)?;
    drop(out);
    part.persist_noclobber(target).map_err(|e| e.error)?;
    Ok(())
}
