//! `kyhop recount`: counts the ballots of a secret vote again, away from the server that published them.
use super::USAGE;
use super::verify::UNREADABLE;
use crate::meetings::recount::{Fault, Recount, recount};
use app::dto::meetings::PublishedBallots;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Exit code 0: every ballot is signed with the vote's key, none twice, none too many, and what was asked for is there; 1: something
/// does not hold; 3: a file cannot be read; 64: wrong usage.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What the audit log keeps of the urn (`digest` of the entry about the closing): the ballots must have it.
    #[arg(long, value_name = "HEX")]
    digest: Option<String>,
    /// The receipt that a voter's device shows: is this ballot counted, and with what choice?
    #[arg(long, value_name = "HEX")]
    receipt: Option<String>,
    /// One JSON object for each file, one a line.
    #[arg(long)]
    json: bool,
    /// The ballots as `GET /api/v1/votes/{id}/ballots` gives them.
    #[arg(required = true, value_name = "BALLOTS.json")]
    files: Vec<PathBuf>,
}

pub fn run(args: &Args) -> ExitCode {
    if args.files.len() > 1 && (args.digest.is_some() || args.receipt.is_some()) {
        eprintln!("kyhop: --digest and --receipt are of one vote: give one file");
        return ExitCode::from(USAGE);
    }
    let mut worst = 0;
    for path in &args.files {
        let code = match read(path) {
            Ok(published) => tell(path, &published, args),
            Err(e) => {
                let name = path.display().to_string();
                if args.json {
                    println!("{}", json!({ "file": name, "error": { "code": "recount.unreadable", "en": e } }));
                } else {
                    eprintln!(
                        "{name}: không phải tệp phiếu đọc được. Hãy tải lại tệp phiếu (JSON) của cuộc bỏ phiếu.\n  No file of ballots that can be read: {e}. Download the ballots of the vote (JSON) again. [recount.unreadable]"
                    );
                }
                UNREADABLE
            }
        };
        worst = worst.max(code);
    }
    ExitCode::from(worst)
}

fn read(path: &Path) -> Result<PublishedBallots, String> {
    let text = std::fs::read(path).map_err(|e| e.to_string())?;
    serde_json::from_slice(&text).map_err(|e| e.to_string())
}

fn tell(path: &Path, published: &PublishedBallots, args: &Args) -> u8 {
    let found = recount(published);
    let same = args.digest.as_ref().map(|d| d.trim().eq_ignore_ascii_case(&found.digest));
    let mine = args.receipt.as_ref().map(|receipt| {
        let asked = |r: &String| r.eq_ignore_ascii_case(receipt.trim());
        let faulty = found
            .faults
            .iter()
            .any(|f| matches!(f, Fault::NotSigned { receipt } | Fault::Twice { receipt } if asked(receipt)));
        let ballot = published.ballots.iter().find(|b| asked(&b.receipt));
        ballot.filter(|_| !faulty).map(|b| b.choice.as_str())
    });
    let fine = found.faults.is_empty() && same != Some(false) && mine != Some(None);
    if args.json {
        let mut line = json!({ "file": path.display().to_string(), "fine": fine, "recount": found });
        if let Some(same) = same {
            line["digest_as_logged"] = same.into();
        }
        if let Some(mine) = mine {
            line["receipt_counted_as"] = mine.into();
        }
        println!("{line}");
    } else {
        println!("{}", in_words(path, &found, same, mine));
    }
    u8::from(!fine)
}

fn in_words(path: &Path, found: &Recount, same: Option<bool>, mine: Option<Option<&str>>) -> String {
    let mut lines = vec![
        format!("{}: {}", path.display(), found.question),
        format!(
            "  tán thành / agree: {}, không tán thành / disagree: {}, ý kiến khác / other: {}; số người nhận phiếu / drew a ballot: {}",
            found.agree, found.disagree, found.other, found.drawn
        ),
        format!("  SHA-256 hòm phiếu / of the urn: {}", found.digest),
    ];
    lines.extend(found.faults.iter().map(|fault| format!("  ✗ {}", fault_in_words(fault))));
    lines.extend(same.map(|same| match same {
        true => "  ✓ đúng như nhật ký kiểm toán đã ghi / as the audit log has it".to_owned(),
        false => "  ✗ khác với nhật ký kiểm toán / differs from the audit log [digest_not_as_logged]".to_owned(),
    }));
    lines.extend(mine.map(|mine| match mine {
        Some(choice) => format!("  ✓ phiếu của mã này được tính / the ballot of this receipt is counted: {choice}"),
        None => "  ✗ không có phiếu của mã này / no ballot of this receipt is counted [receipt_missing]".to_owned(),
    }));
    if found.faults.is_empty() {
        lines.push(
            "  ✓ mọi phiếu đều có chữ ký của cuộc bỏ phiếu này, không phiếu nào trùng / every ballot is signed for this vote, none twice"
                .into(),
        );
    }
    lines.join("\n")
}

fn fault_in_words(fault: &Fault) -> String {
    match fault {
        Fault::NotSigned { receipt } => {
            format!("phiếu {receipt} không có chữ ký hợp lệ / the ballot {receipt} is not signed for this vote [not_signed]")
        }
        Fault::Twice { receipt } => format!("phiếu {receipt} có hai lần / the ballot {receipt} is there twice [twice]"),
        Fault::MoreThanDrawn { ballots } => {
            format!("{ballots} phiếu, nhiều hơn số người nhận phiếu / {ballots} ballots, more than were drawn [more_than_drawn]")
        }
        Fault::DigestDiffers { said } => format!("tệp ghi mã băm khác / the file says another digest: {said} [digest_differs]"),
        Fault::OtherKey { exponent } => format!("khóa lạ, số mũ {exponent} / another kind of key, exponent {exponent} [other_key]"),
    }
}
