//! `kyhop verify`: the signatures of files, for people and for programs.
use super::opening::OpenArgs;
use super::{USAGE, in_runtime};
use crate::clock::now_us;
use crate::signatures::fetch::{Fetcher, Reach};
use crate::signatures::heavy::apart;
use crate::signatures::http::FileReportV1;
use crate::signatures::report;
use crate::signatures::verify::{Checked, anchors, check_file, check_signatures};
use app::dto::verify::{SignatureView, VerifyReport};
use futures_util::{StreamExt, stream};
use signing::validate::{Indication, ValidationContext};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// When the input cannot be read or has no signature.
pub const UNREADABLE: u8 = 3;
/// When what was found cannot be written (`EX_CANTCREAT`): never to be taken for a verdict.
pub const CANNOT_WRITE: u8 = 73;
/// When the program itself cannot start its work (`EX_OSERR`).
const NO_RUNTIME: u8 = 71;

/// Files of a folder that one thread checks in a row.
const MOST_TOGETHER: usize = 16;

/// Exit code 0: every signature of every file is TOTAL_PASSED; 1: one is TOTAL_FAILED; 2: the worst is INDETERMINATE;
/// 3: a file cannot be read or has no signature; 64: wrong usage; 73: a report cannot be written.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Trusted certificates, PEM or DER, or folders of them. Without any, nothing is trusted, and the facts of integrity
    /// are all there.
    #[arg(long, value_name = "FILE|DIR")]
    trust: Vec<PathBuf>,
    /// Judge as of this time instead of now.
    #[arg(long, value_name = "RFC3339", value_parser = super::time)]
    at: Option<i64>,
    /// Do not ask the addresses in the certificates for revocation lists, answers and issuers.
    #[arg(long)]
    no_fetch: bool,
    #[command(flatten)]
    open: OpenArgs,
    /// One JSON object for each file, one a line.
    #[arg(long, conflicts_with = "html")]
    json: bool,
    /// Write a page that shows the results, in Vietnamese and English, for people; it needs nothing beside it.
    #[arg(long, value_name = "OUT.html")]
    html: Option<PathBuf>,
    /// Write the validation report of ETSI TS 119 102-2, for other systems.
    #[arg(long, value_name = "OUT.xml")]
    etsi: Option<PathBuf>,
    /// Files, or folders: then every .pdf in them.
    #[arg(required = true, value_name = "FILE.pdf")]
    files: Vec<PathBuf>,
}

pub fn run(args: &Args) -> ExitCode {
    let (trust_anchors, opening) = match anchors(&args.trust).and_then(|anchors| Ok((anchors, args.open.opening()?))) {
        Ok(given) => given,
        Err(e) => {
            eprintln!("kyhop: {e}");
            return ExitCode::from(USAGE);
        }
    };
    let context = ValidationContext {
        trust_anchors,
        at: args.at.unwrap_or_else(|| now_us() / 1_000_000),
        password: opening.password,
        recipient: opening.recipient,
        ..ValidationContext::default()
    };
    match in_runtime(all(args, context)) {
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(e)) => {
            eprintln!("kyhop: {e}");
            ExitCode::from(CANNOT_WRITE)
        }
        Err(e) => {
            eprintln!("kyhop: {e}");
            ExitCode::from(NO_RUNTIME)
        }
    }
}

async fn all(args: &Args, context: ValidationContext) -> Result<u8, String> {
    let fetcher = (!args.no_fetch).then(|| Fetcher::new(Reach::Anywhere));
    // One more than there are processors, so that none waits while the next in line is told.
    let at_once = std::thread::available_parallelism().map_or(2, |n| n.get()) + 1;
    let report_only = args.json && args.html.is_none() && args.etsi.is_none();
    let files = listed(&args.files);
    // Some at a time: to hand a small file to another thread takes as long as to read it.
    let together = (files.len() / (4 * at_once)).clamp(1, MOST_TOGETHER);
    let check = |files: &[PathBuf]| {
        let (files, context, fetcher) = (files.to_vec(), context.clone(), fetcher.clone());
        apart(async move || {
            let mut all = Vec::with_capacity(files.len());
            for file in files {
                let checked = match report_only {
                    true => check_signatures(&file, context.clone(), fetcher.as_ref()).await,
                    false => check_file(&file, context.clone(), fetcher.as_ref()).await,
                };
                all.push((file.display().to_string(), checked.unwrap_or_else(|e| Checked::unreadable(&e))));
            }
            all
        })
    };
    // In the order of the arguments, however long each takes.
    let mut checks = stream::iter(files.chunks(together)).map(check).buffered(at_once);
    let mut out = io::stdout().lock();
    let mut heard = true;
    let mut kept = Vec::new();
    let mut code = 0;
    while let Some(checked) = checks.next().await {
        for (name, checked) in checked.map_err(|e| e.to_string())? {
            code = worse(code, exit_code(&checked));
            let said = match args.json {
                true => line(&name, &checked)?,
                false => in_words(&checked.view(&name)),
            };
            // Whoever reads this may have heard enough; the verdict is the exit code.
            heard = heard && out.write_all(said.as_bytes()).is_ok();
            if args.html.is_some() || args.etsi.is_some() {
                kept.push((name, checked));
            }
        }
    }
    let kept: Vec<report::Named> = kept.iter().map(|(name, checked)| (name.as_str(), checked)).collect();
    let save = |to: &Path, content: &[u8]| std::fs::write(to, content).map_err(|e| format!("{}: {e}", to.display()));
    if let Some(to) = &args.html {
        save(to, report::html(&kept).as_bytes())?;
    }
    if let Some(to) = &args.etsi {
        save(to, &report::etsi(&kept).map_err(|e| e.to_string())?)?;
    }
    Ok(code)
}

/// Files as they are; of folders, every PDF in them and in their folders, by name.
fn listed(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in paths {
        let before = found.len();
        if path.is_dir() {
            inside(path, &mut found);
        }
        // An empty folder is worth a line, too: whoever named it expects something in it.
        if found.len() == before {
            found.push(path.clone());
        }
    }
    found
}

fn inside(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut folders = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            // A link to a folder is not followed, so that no ring of them is walked for ever.
            if entry.file_type().is_ok_and(|t| t.is_dir()) {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("pdf")) && path.is_file() {
                files.push(path);
            }
        }
    }
    files.sort();
    found.extend(files);
}

fn line(file: &str, checked: &Checked) -> Result<String, String> {
    let report = FileReportV1 {
        file: file.to_owned(),
        report: checked.report.clone(),
    };
    let json = serde_json::to_string(&report).map_err(|e| e.to_string())?;
    Ok(json + "\n")
}

fn exit_code(checked: &Checked) -> u8 {
    match checked.report.verdict {
        Some(Indication::TotalPassed) => 0,
        Some(Indication::TotalFailed) => 1,
        Some(Indication::Indeterminate) => 2,
        None => UNREADABLE,
    }
}

/// A failed signature says more than a file that could not be read, and that more than an open question.
fn worse(one: u8, other: u8) -> u8 {
    let rank = |code: u8| match code {
        0 => 0,
        2 => 1,
        3 => 2,
        _ => 3,
    };
    if rank(other) > rank(one) { other } else { one }
}

fn in_words(view: &VerifyReport) -> String {
    let mut text = String::new();
    match &view.error {
        Some(e) => {
            let _ = writeln!(text, "{}: {}\n  {}", view.file_name, e.vi, e.en);
        }
        None => {
            let _ = writeln!(text, "{}: {}", view.file_name, view.verdict);
        }
    }
    for s in &view.signatures {
        let _ = writeln!(text, "  {} · {} · {} {}", s.field, s.signer, s.indication, sub(s));
        let _ = writeln!(text, "    {}\n    {}", s.explanation.vi, s.explanation.en);
        let times = [("ký lúc / claimed", &s.claimed_time), ("chứng minh / proven", &s.proven_time)];
        for (what, time) in times {
            if let Some(time) = time {
                let _ = writeln!(text, "    {what}: {time}");
            }
        }
        for change in &s.changes {
            let _ = writeln!(text, "    sau khi ký / afterwards: {} {}", change.vi, change.en);
        }
        for warning in &s.warnings {
            let _ = writeln!(text, "    lưu ý / note: {} {}", warning.vi, warning.en);
        }
    }
    for note in &view.notes {
        let _ = writeln!(text, "  lưu ý / note: {}\n    {}", note.vi, note.en);
    }
    text
}

fn sub(s: &SignatureView) -> &str {
    s.sub_indication.as_deref().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{inside, worse};

    #[test]
    fn the_worst_decides() {
        let of = |codes: &[u8]| codes.iter().fold(0, |a, b| worse(a, *b));
        assert_eq!(of(&[0, 0]), 0);
        assert_eq!(of(&[0, 2]), 2);
        assert_eq!(of(&[3, 2, 0]), 3);
        assert_eq!(of(&[2, 1, 3]), 1);
    }

    #[test]
    fn folders_are_walked_without_running_in_rings() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("a/b");
        std::fs::create_dir_all(&deep).unwrap();
        std::os::unix::fs::symlink(dir.path(), deep.join("ring")).unwrap();
        for name in ["z.pdf", "a/b/two.PDF", "a/notes.txt"] {
            std::fs::write(dir.path().join(name), b"").unwrap();
        }
        let mut found = Vec::new();
        inside(dir.path(), &mut found);
        assert_eq!(found, [dir.path().join("a/b/two.PDF"), dir.path().join("z.pdf")]);
    }
}
