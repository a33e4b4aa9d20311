//! Single pages of stored files, cut out once for all who open the same page at the same time.
use crate::fault::{Fault, Problem};
use crate::files::{FileError, Files};
use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::json;
use signing::FileSource;
use std::collections::VecDeque;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OnceCell, Semaphore};

/// What stays at hand: a meeting's first pages fit, and it does not grow with the meeting.
const KEPT_BYTES: usize = 24 << 20;
const KEPT: usize = 256;
/// Pages cut at one time; a page takes up to twice its size in memory.
const AT_ONCE: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Sizes of all pages, as JSON.
    Sizes,
    /// From 1.
    Page(u32),
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no page can be cut out: {0}")]
    NotCut(String),
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Files(#[from] FileError),
    #[error("the task of cutting ended early")]
    Stopped,
}

impl Problem for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NotCut(_) => "file.page_not_available",
            Self::Io(_) | Self::Files(_) | Self::Stopped => "server.internal",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotCut(_) => StatusCode::NOT_FOUND,
            Self::Io(_) | Self::Files(_) | Self::Stopped => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn vi(&self) -> String {
        match self {
            Self::NotCut(_) => "Không tách được trang này. Hãy tải cả tệp.".into(),
            Self::Io(_) | Self::Files(_) | Self::Stopped => crate::fault::internal_vi(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::NotCut(_) => "This page cannot be had by itself. Fetch the whole file.".into(),
            Self::Io(_) | Self::Files(_) | Self::Stopped => crate::fault::internal_en(),
        }
    }
}

type Cut = Arc<OnceCell<Bytes>>;

#[derive(Debug)]
struct Kept {
    sha256: String,
    part: Part,
    cut: Cut,
}

/// Content goes by its hash, so that nothing in here can be out of date.
#[derive(Debug, Clone)]
pub struct Excerpts {
    /// The one used last in front.
    kept: Arc<Mutex<VecDeque<Kept>>>,
    cutting: Arc<Semaphore>,
}

impl Default for Excerpts {
    fn default() -> Self {
        Self {
            kept: Arc::default(),
            cutting: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Excerpts {
    /// Whoever asks for what is being cut already waits for it, and it is cut once. The right to it was asked before.
    pub async fn get(&self, files: &Files, sha256: &str, part: Part) -> Result<Bytes, Fault> {
        let cut = self.place(sha256, part);
        let done = cut
            .get_or_try_init(|| async {
                let _turn = self.cutting.acquire().await.map_err(|_| Error::Stopped)?;
                let path = files.local(sha256).await?;
                let made = tokio::task::spawn_blocking(move || make(&path, part)).await;
                made.map_err(|_| Error::Stopped)?
            })
            .await?
            .clone();
        self.shrink();
        Ok(done)
    }

    fn place(&self, sha256: &str, part: Part) -> Cut {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|k| k.part == part && k.sha256 == sha256);
        let found = at.and_then(|at| kept.remove(at)).unwrap_or_else(|| Kept {
            sha256: sha256.to_owned(),
            part,
            cut: Cut::default(),
        });
        let cut = found.cut.clone();
        kept.push_front(found);
        cut
    }

    fn shrink(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes = 0;
        let mut count = 0;
        kept.retain(|k| {
            bytes += k.cut.get().map_or(0, Bytes::len);
            count += 1;
            bytes <= KEPT_BYTES && count <= KEPT
        });
    }
}

fn make(path: &Path, part: Part) -> Result<Bytes, Error> {
    let source = FileSource::new(File::open(path)?)?;
    let not_cut = |e: signing::Error| Error::NotCut(e.to_string());
    match part {
        Part::Page(number) => Ok(signing::excerpt(&source, number).map_err(not_cut)?.into()),
        Part::Sizes => {
            // Runs of equal pages: most documents are one.
            let mut runs: Vec<(f64, f64, u32)> = Vec::new();
            for page in signing::page_sizes(&source).map_err(not_cut)? {
                match runs.last_mut() {
                    Some(run) if run.0 == page.width && run.1 == page.height => run.2 += 1,
                    _ => runs.push((page.width, page.height, 1)),
                }
            }
            Ok(json!({ "sizes": runs }).to_string().into())
        }
    }
}
