//! `kyhop sign` and `kyhop extend`: PAdES signatures at every level.
use super::keys::{KeyArgs, check_validity};
use super::look::LookArgs;
use super::opening::OpenArgs;
use super::verify::{CANNOT_WRITE, UNREADABLE};
use super::{USAGE, in_runtime};
use crate::clock::now_us;
use crate::signatures::fetch::{Fetcher, Reach};
use crate::signatures::levels::{self, Level, LevelError, Means};
use crate::signatures::verify::anchors;
use crate::signatures::words;
use signing::pdf::PdfError;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Exit code 0: signed; 1: refused or failed, with the reason and its code; 3: the input cannot be read; 64: wrong usage; 73: the output
/// cannot be written.
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
    if let Err(e) = there(&args.input) {
        return unreadable(&args.input, &e);
    }
    let work = async {
        let signer = args.key.signer().await.map_err(LevelError::Key)?;
        let options = args.look.options(signer.certificate(), means.now).map_err(LevelError::Key)?;
        check_validity(signer.certificate(), options.time).map_err(LevelError::Key)?;
        levels::sign(&args.input, &args.output, signer, options, args.level, &means).await
    };
    finish(&args.input, &args.output, in_runtime(work))
}

pub fn extend(args: &ExtendArgs) -> ExitCode {
    if args.level == Level::BB {
        return wrong_usage("b-b is what a signature is to begin with; extend to b-t, b-lt or b-lta");
    }
    let (means, opening) = match args.means.means(args.level).and_then(|means| Ok((means, args.open.opening()?))) {
        Ok(given) => given,
        Err(e) => return wrong_usage(&e),
    };
    if let Err(e) = there(&args.input) {
        return unreadable(&args.input, &e);
    }
    let work = levels::extend(&args.input, &args.output, args.level, &means, opening);
    finish(&args.input, &args.output, in_runtime(work))
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

/// An input that cannot be read, is none, or is not opened by what was given: exit code 3.
pub fn unreadable(input: &Path, e: &PdfError) -> ExitCode {
    // What the words say of a server is not said on a command line.
    let advice = match e {
        PdfError::Io(_) => "Không đọc được tệp. Hãy kiểm tra tên tệp và quyền đọc.".to_owned(),
        _ => words::unreadable(e.code()).vi,
    };
    eprintln!("kyhop: {}: {e} [{}]\n  {advice}", input.display(), e.code());
    ExitCode::from(UNREADABLE)
}

/// Exit code 0: written; 1: refused or failed, with the reason; 3: the input cannot be read; 64: wrong usage; 73: the output cannot be
/// written. Nothing is left at the output unless it is 0.
fn finish(input: &Path, output: &Path, result: Result<Result<(), LevelError>, String>) -> ExitCode {
    let e = match result {
        Ok(Ok(())) => return ExitCode::SUCCESS,
        Ok(Err(e)) => e,
        Err(e) => return failed(&e),
    };
    match &e {
        LevelError::Signing(signing::Error::Pdf(e)) => return unreadable(input, e),
        LevelError::Io(e) | LevelError::Signing(signing::Error::Io(e)) => {
            eprintln!(
                "kyhop: {}: cannot be written: {e} [io]\n  Không ghi được tệp. Hãy kiểm tra thư mục, quyền ghi và chỗ trống trên đĩa.",
                output.display()
            );
            return ExitCode::from(CANNOT_WRITE);
        }
        _ => eprintln!("kyhop: {}: {e} [{}]\n  {}", input.display(), e.code(), advice(e.code())),
    }
    ExitCode::FAILURE
}

/// What to do about a refusal, in Vietnamese; the English sentence before it says the same with its particulars.
fn advice(code: &str) -> &'static str {
    match code {
        "no_such_page" => "Tệp không có trang này. Hãy chọn trang khác cho hình chữ ký.",
        "no_such_field" => "Tệp không có ô chữ ký trống nào tên như vậy. Hãy xem lại tên ô.",
        "field_exists" => "Ô chữ ký này đã có hoặc đã ký. Hãy đặt tên khác.",
        "field_name" => "Tên ô chữ ký không dùng được: không để trống, không có dấu chấm.",
        "not_permitted" => "Một chữ ký trước đã khóa tệp, ký thêm sẽ làm hỏng chữ ký đó. Hãy hỏi người ký trước.",
        "image_unusable" => "Không dùng được hình chữ ký. Hãy chuyển sang PNG hoặc chọn hình nhỏ hơn.",
        "key_unusable" => "Không dùng được khóa: hãy kiểm tra khóa, chứng thư số và mật khẩu có khớp nhau không.",
        "signer_failed" => "Thiết bị hoặc dịch vụ giữ khóa không ký. Hãy kiểm tra rồi thử lại.",
        "time_stamp_failed" => "Không lấy được dấu thời gian. Hãy thử lại hoặc dùng dịch vụ cấp dấu thời gian khác.",
        "signature_too_large" => "Chữ ký dài hơn chỗ đã chừa. Hãy ký lại với chỗ chừa lớn hơn.",
        "nothing_signed" => "Tệp chưa có chữ ký số nào để nâng mức. Hãy ký trước.",
        "level_not_reached" => {
            "Chưa đạt mức đã yêu cầu nên tệp không được ghi. Hãy xem lý do ở trên, bổ sung chứng thư tin cậy hoặc thử lại khi có mạng."
        }
        _ => "Hãy xem lý do ở trên.",
    }
}

/// So that what is wrong with the input is not taken for trouble with the output.
fn there(input: &Path) -> Result<(), PdfError> {
    let opened = std::fs::File::open(input).and_then(|file| file.metadata());
    match opened {
        Ok(facts) if facts.is_file() => Ok(()),
        Ok(_) => Err(PdfError::Io("not a file".into())),
        Err(e) => Err(e.into()),
    }
}
