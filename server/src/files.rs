//! Stored files, addressed by the SHA-256 of their content. With a store that speaks S3 they are kept there, and the folder holds those
//! that this server has read.
use crate::config::S3;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::path::Path as StorePath;
use object_store::{ObjectStore, ObjectStoreExt};
use openssl::sha::Sha256;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::AsyncWriteExt;
use tokio::sync::Mutex;

mod crypto;

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
    #[error("storage: what came for {sha256} is something else")]
    Damaged { sha256: String },
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
    /// Where files are kept for all servers.
    shared: Option<Arc<dyn ObjectStore>>,
    /// Those that are being fetched from there: many tablets open the same file at once.
    coming: Arc<Mutex<HashMap<String, Arc<Mutex<()>>>>>,
}

impl Files {
    /// Stores below `data_dir/files` or in `s3`; what is under way lies in `data_dir/tmp`, emptied at start.
    ///
    /// # Errors
    /// When the folders cannot be made, or the store does not let us in.
    pub async fn open(data_dir: &Path, s3: Option<&S3>) -> Result<Self, FileError> {
        let root = data_dir.join("files");
        let temporary = data_dir.join("tmp");
        let _ = std::fs::remove_dir_all(&temporary);
        std::fs::create_dir_all(&root)?;
        std::fs::create_dir_all(&temporary)?;
        let root = root.canonicalize()?;
        let store = Arc::new(object_store::local::LocalFileSystem::new_with_prefix(&root)?.with_fsync(true));
        let shared = match s3 {
            Some(s3) => Some(shared(s3).await?),
            None => None,
        };
        Ok(Self {
            store,
            root,
            temporary,
            shared,
            coming: Arc::default(),
        })
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
        if let Some(shared) = &self.shared {
            send(shared, &incoming).await?;
        }
        let path = self.path(&incoming.sha256);
        if tokio::fs::try_exists(&path).await? {
            return Ok(());
        }
        persist(incoming, &path).await
    }

    /// Small content made in memory.
    pub async fn keep_bytes(&self, bytes: Bytes) -> Result<String, FileError> {
        let sha256 = hex::encode(openssl::sha::sha256(&bytes));
        if let Some(shared) = &self.shared {
            shared.put(&StorePath::from(key(&sha256)), bytes.clone().into()).await?;
        }
        self.store.put(&StorePath::from(key(&sha256)), bytes.into()).await?;
        Ok(sha256)
    }

    /// Where the content can be read at random places; fetched first when another server has kept it. A file that is nowhere has a path
    /// all the same, at which nothing is.
    ///
    /// # Errors
    /// When the shared store fails or gives something else.
    pub async fn local(&self, sha256: &str) -> Result<PathBuf, FileError> {
        let path = self.path(sha256);
        if let Some(shared) = &self.shared
            && !tokio::fs::try_exists(&path).await?
        {
            let turn = Arc::clone(self.coming.lock().await.entry(sha256.to_owned()).or_default());
            let held = turn.lock().await;
            let fetched = if tokio::fs::try_exists(&path).await? {
                Ok(())
            } else {
                self.fetch(shared, sha256, &path).await
            };
            self.coming.lock().await.remove(sha256);
            drop(held);
            fetched?;
        }
        Ok(path)
    }

    async fn fetch(&self, shared: &Arc<dyn ObjectStore>, sha256: &str, path: &Path) -> Result<(), FileError> {
        let found = match shared.get(&StorePath::from(key(sha256))).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(()),
            Err(e) => return Err(e.into()),
        };
        let incoming = self.receive(found.into_stream(), u64::MAX).await?;
        if incoming.sha256 != sha256 {
            return Err(FileError::Damaged { sha256: sha256.to_owned() });
        }
        persist(incoming, path).await
    }

    fn path(&self, sha256: &str) -> PathBuf {
        self.root.join(key(sha256))
    }
}

async fn persist(incoming: Incoming, path: &Path) -> Result<(), FileError> {
    if let Some(dir) = path.parent() {
        tokio::fs::create_dir_all(dir).await?;
    }
    incoming.file.as_file().sync_all()?;
    incoming.file.persist(path).map_err(|e| e.error)?;
    if let Some(dir) = path.parent() {
        std::fs::File::open(dir)?.sync_all()?;
    }
    Ok(())
}

/// Opens the shared store and asks it for something, so that wrong keys are told at the start and not at the first upload.
async fn shared(s3: &S3) -> Result<Arc<dyn ObjectStore>, FileError> {
    let store = AmazonS3Builder::new()
        .with_endpoint(&s3.endpoint)
        .with_bucket_name(&s3.bucket)
        .with_region(&s3.region)
        .with_access_key_id(&s3.access_key)
        .with_secret_access_key(&s3.secret_key)
        .with_allow_http(s3.endpoint.starts_with("http://"))
        .with_virtual_hosted_style_request(false)
        .with_crypto_provider(Arc::new(crypto::OpenSsl))
        .build()?;
    let store: Arc<dyn ObjectStore> = Arc::new(store);
    if let Some(Err(e)) = store.list(None).next().await {
        return Err(e.into());
    }
    Ok(store)
}

/// The same content is sent once; in parts, so that memory does not follow the file.
async fn send(store: &Arc<dyn ObjectStore>, incoming: &Incoming) -> Result<(), FileError> {
    let key = StorePath::from(key(&incoming.sha256));
    match store.head(&key).await {
        Ok(_) => return Ok(()),
        Err(object_store::Error::NotFound { .. }) => {}
        Err(e) => return Err(e.into()),
    }
    let mut from = tokio::fs::File::open(incoming.path()).await?;
    let mut into = BufWriter::new(Arc::clone(store), key);
    tokio::io::copy(&mut from, &mut into).await?;
    into.shutdown().await?;
    Ok(())
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
