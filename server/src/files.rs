//! Stored files, addressed by the SHA-256 of their content.
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use object_store::ObjectStore;
use object_store::ObjectStoreExt;
use object_store::path::Path as StorePath;
use openssl::sha::Sha256;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::AsyncWriteExt;

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("the upload broke off: {0}")]
    Interrupted(String),
    #[error("storage: {0}")]
    Io(#[from] std::io::Error),
    #[error("storage: {0}")]
    Store(#[from] object_store::Error),
}

/// A file on its way in: hashed, but not yet stored. Dropped, it leaves nothing behind.
pub struct Incoming {
    pub file: tempfile::NamedTempFile,
    /// Lowercase hex.
    pub sha256: String,
    pub size: u64,
}

impl Incoming {
    pub fn path(&self) -> &Path {
        self.file.path()
    }
}

#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    root: PathBuf,
    temporary: PathBuf,
}

impl Files {
    /// Stores below `data_dir/files`; what is under way lies in `data_dir/tmp`, emptied at start.
    ///
    /// # Errors
    /// When the folders cannot be made.
    pub fn open(data_dir: &Path) -> Result<Self, FileError> {
        let root = data_dir.join("files");
        let temporary = data_dir.join("tmp");
        let _ = std::fs::remove_dir_all(&temporary);
        std::fs::create_dir_all(&root)?;
        std::fs::create_dir_all(&temporary)?;
        let root = root.canonicalize()?;
        let store = Arc::new(object_store::local::LocalFileSystem::new_with_prefix(&root)?.with_fsync(true));
        Ok(Self { store, root, temporary })
    }

    /// An empty file in the folder of what is under way, for a program that writes it (signing).
    pub fn temporary(&self) -> Result<tempfile::NamedTempFile, FileError> {
        Ok(tempfile::NamedTempFile::new_in(&self.temporary)?)
    }

    /// Streams an upload to disk and hashes it on the way; at most `limit` bytes.
    pub async fn receive<S, E>(&self, mut stream: S, limit: u64) -> Result<Incoming, FileError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
        E: std::fmt::Display,
    {
        let file = self.temporary()?;
        let mut out = tokio::fs::File::from_std(file.reopen()?);
        let mut hash = Sha256::new();
        let mut size = 0u64;
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|e| FileError::Interrupted(e.to_string()))?;
            size += chunk.len() as u64;
            if size > limit {
                return Err(FileError::TooLarge { limit });
            }
            hash.update(&chunk);
            out.write_all(&chunk).await?;
        }
        out.flush().await?;
        out.sync_data().await?;
        Ok(Incoming {
            file,
            sha256: hex::encode(hash.finish()),
            size,
        })
    }

    /// Hashes a file that a program of ours has written into [`Files::temporary`].
    pub fn adopt(&self, file: tempfile::NamedTempFile) -> Result<Incoming, FileError> {
        let (sha256, size) = digest(&mut file.reopen()?)?;
        Ok(Incoming { file, sha256, size })
    }

    /// Keeps an incoming file for good. The same content twice is one file. Call it before the transaction that names
    /// it commits: a file without a row is harmless, a row without its file is not.
    pub async fn keep(&self, incoming: Incoming) -> Result<(), FileError> {
        let path = self.path(&incoming.sha256);
        if tokio::fs::try_exists(&path).await? {
            return Ok(());
        }
        if let Some(dir) = path.parent() {
            tokio::fs::create_dir_all(dir).await?;
        }
        incoming.file.as_file().sync_all()?;
        incoming.file.persist(&path).map_err(|e| e.error)?;
        if let Some(dir) = path.parent() {
            std::fs::File::open(dir)?.sync_all()?;
        }
        Ok(())
    }

    /// Small content made in memory.
    pub async fn keep_bytes(&self, bytes: Bytes) -> Result<String, FileError> {
        let sha256 = hex::encode(openssl::sha::sha256(&bytes));
        self.store.put(&StorePath::from(key(&sha256)), bytes.into()).await?;
        Ok(sha256)
    }

    /// Where the content can be read at random places.
    pub fn path(&self, sha256: &str) -> PathBuf {
        self.root.join(key(sha256))
    }
}

/// SHA-256 in lowercase hex, and size in bytes, of what is left to read.
///
/// # Errors
/// When it cannot be read.
pub fn digest(input: &mut dyn std::io::Read) -> std::io::Result<(String, u64)> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0u8; 1 << 16];
    let mut size = 0u64;
    loop {
        let n = input.read(&mut buffer)?;
        if n == 0 {
            return Ok((hex::encode(hash.finish()), size));
        }
        hash.update(&buffer[..n]);
        size += n as u64;
    }
}

/// Two levels of folders keep each small.
fn key(sha256: &str) -> String {
    let clean: String = sha256.chars().filter(char::is_ascii_hexdigit).collect();
    format!("{}/{}/{clean}", clean.get(..2).unwrap_or("00"), clean.get(2..4).unwrap_or("00"))
}
