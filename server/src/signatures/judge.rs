//! Judging a file, and fetching in between what the judgement lacks.
use super::fetch::Fetcher;
use signing::FileSource;
use signing::validate::{Needed, Report, ValidationContext, validate};
use signing::x509::Certificate;
use std::collections::HashMap;
use std::io;
use std::path::Path;

/// An issuer that was fetched may ask for its own issuer, whose list is then asked for.
const ROUNDS: usize = 6;
/// For one file in all.
const MOST_QUESTIONS: usize = 40;

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

/// Judges a file; with a `fetcher`, what is missing is fetched and the file judged again.
///
/// # Errors
/// When the file cannot be opened at all.
pub async fn judge(file: &Path, mut context: ValidationContext, fetcher: Option<&Fetcher>) -> io::Result<Judged> {
    // Reasons of what failed; `None` for what came from memory and may be asked for anew.
    let mut tried: HashMap<Needed, Option<String>> = HashMap::new();
    let mut report;
    let mut round = 0;
    loop {
        (report, context) = once(file, context).await?;
        round += 1;
        let Some(fetcher) = fetcher.filter(|_| round < ROUNDS) else { break };
        let mut questions: Vec<(Needed, bool)> = Vec::new();
        for needed in &report.missing {
            let anew = match tried.get(needed) {
                None => false,
                Some(None) => true,
                Some(Some(_)) => continue,
            };
            let room = tried.len() + questions.len() < MOST_QUESTIONS;
            if room && !questions.iter().any(|(known, _)| known == needed) {
                questions.push((needed.clone(), anew));
            }
        }
        if questions.is_empty() {
            break;
        }
        for (needed, answer) in fetcher.all(questions).await {
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
            tried.insert(needed, outcome);
        }
    }
    let mut unfetched: Vec<Unfetched> = Vec::new();
    for needed in &report.missing {
        let why = match tried.get(needed) {
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

/// Notes with each signature what could not be fetched for its certificates, as the warning `not_fetched:URL WHY`.
fn tell(report: &mut Report, unfetched: &[Unfetched]) {
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

async fn once(file: &Path, context: ValidationContext) -> io::Result<(Report, ValidationContext)> {
    let file = file.to_owned();
    let work = move || -> io::Result<_> {
        let source = FileSource::new(std::fs::File::open(file)?)?;
        Ok((validate(&source, &context), context))
    };
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
