//! What was fetched and is still good: in memory, and in a folder so that a restart does not ask everybody again.
use super::decode::{decoded, good_until};
use signing::validate::Needed;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Bytes of all that is remembered.
const LARGEST_MEMORY: usize = 96 << 20;
/// Bytes of all that lies in the folder.
const LARGEST_FOLDER: u64 = 256 << 20;

#[derive(Clone)]
struct Entry {
    content: Arc<Vec<u8>>,
    /// Seconds since the Unix epoch.
    fetched: i64,
    until: i64,
}

#[derive(Clone, Default)]
pub(super) struct Shelf {
    memory: Arc<Mutex<HashMap<Needed, Entry>>>,
    folder: Option<Arc<PathBuf>>,
}

pub(super) fn now() -> i64 {
    seconds(SystemTime::now())
}

fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

impl Shelf {
    /// Nothing is lost but time when the folder cannot be used.
    pub fn in_folder(folder: PathBuf) -> Self {
        if let Err(e) = std::fs::create_dir_all(&folder) {
            tracing::warn!(folder = %folder.display(), error = %e, "what is fetched is kept in memory only");
            return Self::default();
        }
        Self {
            memory: Arc::default(),
            folder: Some(Arc::new(folder)),
        }
    }

    /// What is good now, and since when it is there.
    pub fn get(&self, needed: &Needed) -> Option<(Arc<Vec<u8>>, i64)> {
        let memory = || self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now();
        let known = memory().get(needed).cloned();
        let entry = match known {
            Some(entry) => entry,
            None => {
                let entry = self.read(needed)?;
                memory().insert(needed.clone(), entry.clone());
                entry
            }
        };
        (entry.fetched <= now && now < entry.until).then_some((entry.content, entry.fetched))
    }

    /// Keeps an answer for as long as it is good.
    pub fn put(&self, needed: &Needed, content: &Arc<Vec<u8>>) {
        let fetched = now();
        let until = good_until(needed, content, fetched);
        let entry = Entry {
            content: Arc::clone(content),
            fetched,
            until,
        };
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.retain(|_, known| fetched < known.until);
        let mut size: usize = memory.values().map(|e| e.content.len()).sum();
        while size + content.len() > LARGEST_MEMORY
            && let Some(oldest) = memory.iter().min_by_key(|(_, e)| e.fetched).map(|(known, _)| known.clone())
        {
            size -= memory.remove(&oldest).map_or(0, |e| e.content.len());
        }
        memory.insert(needed.clone(), entry);
        drop(memory);
        if let Some(path) = self.path(needed)
            && let Err(e) = self.write(&path, content)
        {
            tracing::warn!(path = %path.display(), error = %e, "an answer is not kept");
        }
    }

    /// Named by what was asked, so that nothing in the name comes from outside.
    fn path(&self, needed: &Needed) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?;
        let (kind, more): (&str, &[u8]) = match needed {
            Needed::Crl { .. } => ("crl", b""),
            Needed::Certificate { .. } => ("cer", b""),
            Needed::Ocsp { request_der, .. } => ("ocsp", request_der),
        };
        let key = openssl::sha::sha256(&[kind.as_bytes(), b"\0", needed.url().as_bytes(), b"\0", more].concat());
        Some(folder.join(format!("{}.{kind}", hex::encode(key))))
    }

    fn read(&self, needed: &Needed) -> Option<Entry> {
        let path = self.path(needed)?;
        let fetched = seconds(std::fs::metadata(&path).ok()?.modified().ok()?);
        // As it was checked when it came: a file may have been damaged since.
        let content = decoded(needed, std::fs::read(path).ok()?).ok()?;
        Some(Entry {
            until: good_until(needed, &content, fetched),
            content: Arc::new(content),
            fetched,
        })
    }

    fn write(&self, path: &Path, content: &[u8]) -> std::io::Result<()> {
        let Some(folder) = path.parent() else { return Ok(()) };
        make_room(folder, content.len() as u64)?;
        let mut part = tempfile::NamedTempFile::new_in(folder)?;
        std::io::Write::write_all(&mut part, content)?;
        part.persist(path).map_err(|e| e.error)?;
        Ok(())
    }
}

/// Removes the oldest until `wanted` bytes more have room.
fn make_room(folder: &Path, wanted: u64) -> std::io::Result<()> {
    let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        if about.is_file() {
            files.push((about.modified()?, about.len(), entry.path()));
        }
    }
    files.sort_unstable();
    let mut size: u64 = files.iter().map(|(_, len, _)| len).sum();
    for (_, len, path) in files {
        if size + wanted <= LARGEST_FOLDER {
            break;
        }
        std::fs::remove_file(path)?;
        size -= len;
    }
    Ok(())
}
