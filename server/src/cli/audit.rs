//! `kyhop audit`: checks an exported log, anywhere.
use crate::audit::export::verify;
use crate::clock::when;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Check an exported audit log, without the server that it came from.
    ///
    /// Every entry is hashed again and must follow from the one before. Exit code 0: intact; 1: changed, incomplete, or the
    /// noted hash is not in it; 64: the file cannot be read as a log.
    Verify {
        /// What `/audit/export` gave.
        file: PathBuf,
        /// Hash of an entry, written down elsewhere at an earlier time. It must be found: this shows that the log was not
        /// made anew as a whole.
        #[arg(long, value_name = "HASH")]
        noted: Option<String>,
    },
}

pub fn run(args: &Args) -> ExitCode {
    let Command::Verify { file, noted } = &args.command;
    match report(file, noted.as_deref()) {
        Ok((text, good)) => {
            print!("{text}");
            if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(e) => {
            eprintln!("kyhop: {}: {e}", file.display());
            ExitCode::from(super::USAGE)
        }
    }
}

fn report(path: &Path, noted: Option<&str>) -> Result<(String, bool), String> {
    let file = File::open(path).map_err(|e| e.to_string())?;
    let checked = verify(BufReader::new(file), noted)?;
    let p = &checked.preamble;
    let mut text = format!(
        "{} ({})\nxuất bởi / exported by {} · {}\n",
        p.body_name,
        p.body_code,
        p.exported_by,
        when(p.exported_at).text
    );
    let mut good = checked.broken_at.is_none();
    text += &match checked.broken_at {
        None => format!(
            "NGUYÊN VẸN / INTACT: {} mục / entries\nmã băm cuối / last hash: {}\n",
            checked.head.seq, checked.head.hash
        ),
        Some(at) => format!(
            "BỊ THAY ĐỔI / BROKEN: từ mục số / from entry number {at} (trước đó nguyên vẹn / intact before: {})\n",
            checked.head.seq
        ),
    };
    if noted.is_some() {
        good &= checked.noted_at.is_some();
        text += &match checked.noted_at {
            Some(at) => format!("mã băm đã ghi lại nằm ở mục số / the noted hash is entry number {at}\n"),
            None => "KHÔNG CÓ mã băm đã ghi lại / the noted hash is NOT in this log\n".to_owned(),
        };
    }
    Ok((text, good))
}
