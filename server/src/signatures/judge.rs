//! Judging a file, and fetching in between what the judgement lacks.
use super::fetch::{Fetched, Fetcher};
use super::heavy::heavy;
use futures_util::{StreamExt, stream};
use signing::FileSource;
use signing::validate::{Needed, Report, ValidationContext, Validator};
use signing::x509::Certificate;
use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::time::Duration;
use tokio::time::Instant;

/// An issuer that was fetched may ask for its own issuer, whose list is then asked for.
const ROUNDS: usize = 8;
/// For one file in all.
const MOST_QUESTIONS: usize = 40;
/// At the same time, for one file.
const AT_ONCE: usize = 6;
/// For one file in all, however slow everybody is.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Judged {
    pub report: Report,
    /// With all that was fetched.
    pub context: ValidationContext,
    /// What is still missing, with the reason.
    pub unfetched: Vec<Unfetched>,
}

pub struct Unfetched {
    pub url: String,
    pub why: String,
}

/// What became of the questions that were asked so far.
#[derive(Default)]
struct Tried {
    /// Why each failed; `None` for what came from memory and may be asked for anew.
    outcomes: HashMap<Needed, Option<String>>,
}

impl Tried {
    /// Whether a question may be put, and whether anew.
    fn open(&self, needed: &Needed) -> Option<bool> {
        match self.outcomes.get(needed) {
            None => Some(false),
            Some(None) => Some(true),
            Some(Some(_)) => None,
        }
    }
}

/// Judges a file; with a `fetcher`, what is missing is fetched and the file judged again. Of several places that could answer
/// a question, the next is asked when the one before failed or was of no help.
///
/// # Errors
/// When the file cannot be opened at all.
pub async fn judge(file: &Path, mut context: ValidationContext, fetcher: Option<&Fetcher>) -> io::Result<Judged> {
    let mut tried = Tried::default();
    let until = Instant::now() + PATIENCE;
    let mut validator = Validator::new(FileSource::new(std::fs::File::open(file)?)?);
    let mut report;
    let mut round = 0;
    loop {
        (report, context, validator) = once(validator, context).await?;
        round += 1;
        let Some(fetcher) = fetcher.filter(|_| round < ROUNDS) else { break };
        let room = MOST_QUESTIONS.saturating_sub(tried.outcomes.len());
        let open: Vec<Vec<(Needed, bool)>> = report
            .missing
            .iter()
            .map(|places| places.iter().filter_map(|n| Some((n.clone(), tried.open(n)?))).collect())
            .filter(|places: &Vec<_>| !places.is_empty())
            .take(room)
            .collect();
        if open.is_empty() {
            break;
        }
        let answers: Vec<_> = stream::iter(open)
            .map(|places| in_order(fetcher, places, until))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        for (needed, answer) in answers.into_iter().flatten() {
            let outcome = match answer {
                Ok(fetched) => {
                    let content = fetched.content.to_vec();
                    match &needed {
                        Needed::Crl { .. } => context.crls.push(content),
                        Needed::Ocsp { .. } => context.ocsp_responses.push(content),
                        Needed::Certificate { .. } => context.extra_certificates.push(content),
                    }
                    let useless = || "what it answers does not help here".to_owned();
                    (!fetched.remembered).then(useless)
                }
                Err(why) => Some(why),
            };
            tried.outcomes.insert(needed, outcome);
        }
    }
    let mut unfetched: Vec<Unfetched> = Vec::new();
    for needed in report.missing.iter().flatten() {
        let why = match tried.outcomes.get(needed) {
            Some(Some(why)) => why.clone(),
            _ => "it was not asked".to_owned(),
        };
        if !unfetched.iter().any(|u| u.url == needed.url()) {
            let url = needed.url().to_owned();
            unfetched.push(Unfetched { url, why });
        }
    }
    tell(&mut report, &unfetched);
    Ok(Judged {
        report,
        context,
        unfetched,
    })
}

type Answer = (Needed, Result<Fetched, String>);

/// Asks one place after the other until one answers.
async fn in_order(fetcher: &Fetcher, places: Vec<(Needed, bool)>, until: Instant) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (needed, anew) in places {
        let answer = match tokio::time::timeout_at(until, fetcher.get(&needed, anew)).await {
            Ok(answer) => answer,
            Err(_) => Err("there was no time left to ask it".to_owned()),
        };
        let answered = answer.is_ok();
        answers.push((needed, answer));
        if answered {
            break;
        }
    }
    answers
}

/// Notes with each signature what could not be fetched for its certificates, as the warning `not_fetched:URL WHY`.
fn tell(report: &mut Report, unfetched: &[Unfetched]) {
    if unfetched.is_empty() {
        return;
    }
    for s in &mut report.signatures {
        let stamps = s.timestamps.iter().flat_map(|t| &t.chain);
        let links = s.chain.iter().chain(stamps);
        let urls: Vec<String> = links
            .filter_map(|c| Certificate::parse(&c.der).ok())
            .flat_map(|c| [c.extensions.crl_urls, c.extensions.ocsp_urls, c.extensions.issuer_urls].concat())
            .collect();
        let mine = unfetched.iter().filter(|u| urls.contains(&u.url));
        s.warnings.extend(mine.map(|u| format!("not_fetched:{} {}", u.url, u.why)));
    }
}

type File = Validator<FileSource>;

async fn once(file: File, context: ValidationContext) -> io::Result<(Report, ValidationContext, File)> {
    heavy(move || (file.validate(&context), context, file)).await
}
