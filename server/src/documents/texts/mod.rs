//! The text of each document's present file, read in the background so that it can be searched.
//!
//! One file is read at a time, for at most [`LONGEST`]; of it at most 500 pages, 16 MiB of unpacked content and 800 kB of text
//! ([`LIMITS`]), and at most 500 kB of different words are kept. A file that cannot be read is found by what is known of it alone.
//! What is still to be read stands in the database, so that nothing is lost when the program ends.
pub mod excerpt;
pub mod store;

use super::{Result, Service};
use crate::actor::Actor;
use signing::{FileSource, TextLimits};
use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

/// Time for one file.
const LONGEST: Duration = Duration::from_secs(10);
const LIMITS: TextLimits = TextLimits {
    pages: 500,
    content: 16 << 20,
    text: 800_000,
};
/// Documents that are looked up at once.
const BATCH: i64 = 20;
/// How often it is looked for files that nobody has told of, and for those that were out of reach.
const EVERY: Duration = Duration::from_secs(60);

/// Reads whatever is not read yet, for as long as it is this node's to do.
pub async fn run(service: Service) {
    let mut wake = service.db.hub().work();
    loop {
        wake.mark_unchanged();
        let wait_for_news = match service.read_texts().await {
            Ok(missed) => missed == 0,
            Err(e) => {
                tracing::warn!(error = %e, "texts are read later");
                false
            }
        };
        if wait_for_news {
            tokio::select! { _ = wake.changed() => {}, () = tokio::time::sleep(EVERY) => {} }
        } else {
            tokio::time::sleep(EVERY).await;
        }
    }
}

impl Service {
    /// Reads the text of every document that has none of its present file; how many files were out of reach.
    pub async fn read_texts(&self) -> Result<usize> {
        let (mut after, mut missed) = (String::new(), 0);
        loop {
            let mut c = self.db.read().acquire().await?;
            let waiting = store::waiting(&mut c, &after, BATCH).await?;
            drop(c);
            let Some((last, _)) = waiting.last() else { return Ok(missed) };
            after.clone_from(last);
            for (id, sha256) in waiting {
                let path = match self.files.local(&sha256).await {
                    Ok(path) => path,
                    Err(e) => {
                        tracing::debug!(id, error = %e, "a file is out of reach");
                        missed += 1;
                        continue;
                    }
                };
                let read = tokio::task::spawn_blocking(move || text_of(&path)).await;
                let text = read.unwrap_or_else(|e| Err(e.to_string())).unwrap_or_else(|why| {
                    tracing::info!(id, why, "a file has no text that can be read");
                    String::new()
                });
                let mut work = self.db.begin(&Actor::system("text")).await?;
                store::put(work.conn(), &id, &sha256, &text).await?;
                work.commit().await?;
            }
        }
    }
}

fn text_of(path: &Path) -> std::result::Result<String, String> {
    let file = File::open(path).map_err(|e| e.to_string())?;
    let source = FileSource::new(file).map_err(|e| e.to_string())?;
    let end = Instant::now() + LONGEST;
    signing::text(&source, &LIMITS, &mut || Instant::now() < end).map_err(|e| e.to_string())
}
