//! Fetching what a signature's certificates point to: lists, answers, issuers, time stamps. A PDF from anybody names these
//! addresses, so that they are asked with care: only HTTP, limited in time and size, and never in a private network that the
//! configuration does not name.
mod decode;
mod reach;
mod shelf;
#[cfg(test)]
mod tests;

pub use reach::Reach;

use decode::decoded;
use reach::Guard;
use reqwest::{Client, Url, header, redirect};
use shelf::Shelf;
use signing::validate::Needed;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// For one address, redirections included.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// Bytes: lists of large authorities have some megabytes.
const LARGEST_LIST: usize = 32 << 20;
const LARGEST_OTHER: usize = 256 << 10;
const REDIRECTIONS: usize = 3;
/// How long an address that failed is left alone.
const FAILURE_LASTS: Duration = Duration::from_secs(30);

type Turns = HashMap<Needed, Arc<tokio::sync::Mutex<()>>>;

/// Asks, and remembers for as long as it is good what was answered.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    reach: Reach,
    timeout: Duration,
    shelf: Shelf,
    /// Addresses that have just failed, with the reason: each further file would wait for them again.
    failed: Arc<Mutex<HashMap<String, (Instant, String)>>>,
    /// Who asks for something while another does waits for that answer.
    turns: Arc<Mutex<Turns>>,
}

/// An answer, and whether it came from memory.
pub struct Fetched {
    pub content: Arc<Vec<u8>>,
    pub remembered: bool,
}

impl Fetcher {
    pub fn new(reach: Reach) -> Self {
        let at_redirection = reach.clone();
        let policy = redirect::Policy::custom(move |attempt| {
            if attempt.previous().len() > REDIRECTIONS {
                return attempt.error("too many redirections");
            }
            match at_redirection.check(attempt.url()) {
                Ok(()) => attempt.follow(),
                Err(why) => attempt.error(why),
            }
        });
        let client = Client::builder()
            .dns_resolver(Arc::new(Guard(reach.clone())))
            .redirect(policy)
            .connect_timeout(CONNECT_TIMEOUT)
            .no_proxy()
            .user_agent("kyhop")
            .build()
            .unwrap_or_default();
        Self {
            client,
            reach,
            timeout: TIMEOUT,
            shelf: Shelf::default(),
            failed: Arc::default(),
            turns: Arc::default(),
        }
    }

    /// Keeps what was answered in a folder as well, over restarts.
    #[must_use]
    pub fn kept_in(self, folder: PathBuf) -> Self {
        Self {
            shelf: Shelf::in_folder(folder),
            ..self
        }
    }

    /// Gets one thing; `anew` when what is remembered of it did not help.
    ///
    /// # Errors
    /// Why it could not be had, in a few words.
    pub async fn get(&self, needed: &Needed, anew: bool) -> Result<Fetched, String> {
        let begun = shelf::now();
        let known = |since: i64| self.shelf.get(needed).filter(|(_, fetched)| !anew || *fetched >= since);
        if !anew && let Some((content, _)) = known(0) {
            return Ok(Fetched { content, remembered: true });
        }
        let turn = Arc::clone(self.turns().entry(needed.clone()).or_default());
        let _turn = turn.lock().await;
        // Somebody else may have asked meanwhile.
        if let Some((content, _)) = known(begun + 1) {
            return Ok(Fetched { content, remembered: true });
        }
        if let Some(why) = self.failed_lately(needed.url()) {
            return Err(why);
        }
        let answer = self.ask(needed).await.and_then(|content| decoded(needed, content));
        let content = answer.map(Arc::new).inspect_err(|why| self.remember_failure(needed.url(), why))?;
        let (shelf, kept, named) = (self.shelf.clone(), Arc::clone(&content), needed.clone());
        let _ = tokio::task::spawn_blocking(move || shelf.put(&named, &kept)).await;
        self.turns().remove(needed);
        Ok(Fetched {
            content,
            remembered: false,
        })
    }

    fn turns(&self) -> std::sync::MutexGuard<'_, Turns> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if turns.len() > 1000 {
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        }
        turns
    }

    async fn ask(&self, needed: &Needed) -> Result<Vec<u8>, String> {
        match needed {
            Needed::Crl { url } => self.read(self.client.get(self.allowed(url)?), LARGEST_LIST).await,
            Needed::Certificate { url } => self.read(self.client.get(self.allowed(url)?), LARGEST_OTHER).await,
            Needed::Ocsp { url, request_der } => self.post(url, "application/ocsp-request", request_der.clone(), LARGEST_OTHER).await,
        }
    }

    /// Sends a question, such as for a time stamp, and reads the answer of `limit` bytes at most. It is not remembered.
    ///
    /// # Errors
    /// Why there is no answer, in a few words.
    pub async fn post(&self, url: &str, kind: &'static str, question: Vec<u8>, limit: usize) -> Result<Vec<u8>, String> {
        let asking = self.client.post(self.allowed(url)?).header(header::CONTENT_TYPE, kind);
        self.read(asking.body(question), limit).await
    }

    fn allowed(&self, url: &str) -> Result<Url, String> {
        let url = Url::parse(url).map_err(|e| e.to_string())?;
        self.reach.check(&url)?;
        Ok(url)
    }

    async fn read(&self, request: reqwest::RequestBuilder, limit: usize) -> Result<Vec<u8>, String> {
        // From the first connection to the last byte: a server that sends a byte now and then holds nobody up.
        let mut response = request.timeout(self.timeout).send().await.map_err(|e| cause(&e))?;
        if !response.status().is_success() {
            return Err(format!("answered {}", response.status()));
        }
        let too_much = || format!("answered more than {limit} bytes");
        if response.content_length().is_some_and(|n| n > limit as u64) {
            return Err(too_much());
        }
        let mut content = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|e| cause(&e))? {
            content.extend_from_slice(&part);
            if content.len() > limit {
                return Err(too_much());
            }
        }
        Ok(content)
    }

    fn failed_lately(&self, url: &str) -> Option<String> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, why) = failed.get(url)?;
        (at.elapsed() < FAILURE_LASTS).then(|| why.clone())
    }

    fn remember_failure(&self, url: &str, why: &str) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.retain(|_, (at, _)| at.elapsed() < FAILURE_LASTS);
        failed.insert(url.to_owned(), (Instant::now(), why.to_owned()));
    }
}

/// The innermost reason: the outer ones only repeat the address.
fn cause(e: &reqwest::Error) -> String {
    if e.is_timeout() {
        return "it did not answer in time".into();
    }
    let mut inner: &dyn std::error::Error = e;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
