//! `kyhop verify`: the signatures of files, for people and for programs.
use super::{USAGE, in_runtime};
use crate::clock::now_us;
use crate::signatures::fetch::{Fetcher, Reach};
use crate::signatures::http::FileReportV1;
use crate::signatures::verify::{Checked, anchors, check_file};
use app::dto::verify::{SignatureView, VerifyReport};
use signing::validate::{Indication, ValidationContext};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Exit code 0: every signature of every file is TOTAL_PASSED; 1: one is TOTAL_FAILED; 2: the worst is INDETERMINATE;
/// 3: a file cannot be read or has no signature; 64: wrong usage.
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
    /// Password of encrypted files, the user's or the owner's.
    #[arg(long)]
    password: Option<String>,
    /// One JSON object for each file, one a line.
    #[arg(long, conflicts_with = "html")]
    json: bool,
    /// Write a page that shows the results.
    #[arg(long, value_name = "OUT.html")]
    html: Option<PathBuf>,
    #[arg(required = true, value_name = "FILE.pdf")]
    files: Vec<PathBuf>,
}

pub fn run(args: &Args) -> ExitCode {
    let trust_anchors = match anchors(&args.trust) {
        Ok(anchors) => anchors,
        Err(e) => {
            eprintln!("kyhop: {e}");
            return ExitCode::from(USAGE);
        }
    };
    let context = ValidationContext {
        trust_anchors,
        at: args.at.unwrap_or_else(|| now_us() / 1_000_000),
        password: args.password.clone(),
        ..ValidationContext::default()
    };
    match in_runtime(all(args, context)) {
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(e)) | Err(e) => {
            eprintln!("kyhop: {e}");
            ExitCode::FAILURE
        }
    }
}

async fn all(args: &Args, context: ValidationContext) -> Result<u8, String> {
    let fetcher = (!args.no_fetch).then(|| Fetcher::new(Reach::Anywhere));
    let mut page = String::new();
    let mut code = 0;
    for file in &args.files {
        let name = file.display().to_string();
        let checked = match check_file(file, context.clone(), fetcher.as_ref()).await {
            Ok(checked) => checked,
            Err(e) => Checked::unreadable(&e),
        };
        code = worse(code, exit_code(&checked));
        if args.json {
            let report = FileReportV1 {
                file: name,
                report: checked.report,
            };
            println!("{}", serde_json::to_string(&report).map_err(|e| e.to_string())?);
        } else {
            let view = checked.view(&name);
            print!("{}", in_words(&view));
            page.push_str(&section(&view));
        }
    }
    if let Some(out) = &args.html {
        std::fs::write(out, document(&page)).map_err(|e| format!("{}: {e}", out.display()))?;
    }
    Ok(code)
}

fn exit_code(checked: &Checked) -> u8 {
    match checked.report.verdict {
        Some(Indication::TotalPassed) => 0,
        Some(Indication::TotalFailed) => 1,
        Some(Indication::Indeterminate) => 2,
        None => 3,
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

fn section(view: &VerifyReport) -> String {
    let mut html = String::new();
    let _ = write!(
        html,
        "<section><h2>{}</h2><p class=\"{}\">{}</p><p>SHA-256 <code>{}</code> · {} byte · {} trang / pages · {} lần ghi / revisions · {}</p>",
        escape(&view.file_name),
        view.verdict,
        match &view.error {
            Some(e) => format!("{} <span lang=\"en\">{}</span>", escape(&e.vi), escape(&e.en)),
            None => view.verdict.clone(),
        },
        view.sha256,
        view.size,
        view.pages,
        view.revisions,
        view.checked
    );
    for s in &view.signatures {
        let _ = write!(
            html,
            "<article><h3>{}</h3><p class=\"{}\">{} {} – {} <span lang=\"en\">{}</span></p><table><tbody>",
            escape(&s.signer),
            s.indication,
            s.indication,
            sub(s),
            escape(&s.explanation.vi),
            escape(&s.explanation.en)
        );
        let yes = |fact: Option<bool>| fact.map_or("–", |f| if f { "có / yes" } else { "không / no" }).to_owned();
        let or = |fact: &Option<String>| fact.clone().unwrap_or_else(|| "–".into());
        let rows = [
            ("Ô chữ ký / field", s.field.clone()),
            ("Cơ quan / organisation", s.organisation.clone()),
            ("Cấp bởi / issuer", s.issuer.clone()),
            ("Số chứng thư / serial", s.serial.clone()),
            ("Nguyên vẹn / intact", yes(s.intact)),
            ("Giá trị chữ ký đúng / cryptographically valid", yes(s.cryptographically_valid)),
            ("Tin cậy / trusted", yes(s.trusted)),
            ("Thu hồi / revocation", or(&s.revocation)),
            ("Phạm vi / coverage", s.coverage.clone()),
            ("Thay đổi sau khi ký / changes", or(&s.modification_level)),
            ("Được phép / allowed", yes(s.modifications_allowed)),
            ("Mức / level", or(&s.level)),
            ("Ký lúc / claimed time", or(&s.claimed_time)),
            ("Chứng minh / proven time", or(&s.proven_time)),
        ];
        for (what, value) in rows {
            let _ = write!(html, "<tr><th>{what}</th><td>{}</td></tr>", escape(&value));
        }
        html.push_str("</tbody></table><ul>");
        let changes = s.changes.iter().map(|c| (&c.vi, &c.en));
        for (vi, en) in changes.chain(s.warnings.iter().map(|w| (&w.vi, &w.en))) {
            let _ = write!(html, "<li>{} <span lang=\"en\">{}</span></li>", escape(vi), escape(en));
        }
        html.push_str("</ul></article>");
    }
    html.push_str("<ul>");
    for note in &view.notes {
        let _ = write!(html, "<li>{} <span lang=\"en\">{}</span></li>", escape(&note.vi), escape(&note.en));
    }
    html + "</ul></section>"
}

/// One file that needs no other.
fn document(sections: &str) -> String {
    format!(
        "<!doctype html><html lang=\"vi\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Kiểm tra chữ ký số</title><style>body{{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}\
         th{{text-align:left;padding-right:1rem;font-weight:500}}td,code{{overflow-wrap:anywhere}}[lang=en]{{color:#555}}\
         .TOTAL_PASSED{{color:#0a6b2d}}.TOTAL_FAILED{{color:#b00020}}.INDETERMINATE{{color:#8a5a00}}</style>\
         <h1>Kiểm tra chữ ký số</h1>{sections}</html>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::worse;

    #[test]
    fn the_worst_decides() {
        let of = |codes: &[u8]| codes.iter().fold(0, |a, b| worse(a, *b));
        assert_eq!(of(&[0, 0]), 0);
        assert_eq!(of(&[0, 2]), 2);
        assert_eq!(of(&[3, 2, 0]), 3);
        assert_eq!(of(&[2, 1, 3]), 1);
    }
}
