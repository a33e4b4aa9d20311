//! The node's queue on disk: an index in SQLite, each message a file beside it. What was accepted survives a cut.
use crate::axis::UNDELIVERED;
use crate::axis::wire::Refusal;
use crate::clock::now_us;
use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::{AnyPool, Executor, Row};
use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Mutex;

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS message ( \
    from_code TEXT NOT NULL, id TEXT NOT NULL, to_code TEXT NOT NULL, about TEXT NOT NULL, file TEXT NOT NULL, size BIGINT NOT NULL, sha256 TEXT NOT NULL, \
    original TEXT NOT NULL, state TEXT NOT NULL, refusal TEXT, attempts BIGINT NOT NULL, next_at BIGINT NOT NULL, received_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, \
    PRIMARY KEY (from_code, id)); \
    CREATE INDEX IF NOT EXISTS message_to ON message(to_code, state, received_at, id); \
    CREATE INDEX IF NOT EXISTS message_about ON message(to_code, from_code, about, state, received_at); \
    CREATE INDEX IF NOT EXISTS message_from ON message(from_code, state);";

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("queue: {0}")]
    Db(#[from] sqlx::Error),
    #[error("queue: {0}")]
    Io(#[from] std::io::Error),
}

type Result<T> = std::result::Result<T, Error>;

/// A message that waits for its receiver.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub from: String,
    pub id: String,
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    pub sha256: String,
    pub to: String,
    /// Hand-overs that broke off.
    pub attempts: i64,
    /// Microseconds.
    pub received_at: i64,
}

/// What the sender has to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Delivered,
    Declined(Refusal),
}

/// A message as it came in.
pub struct New<'a> {
    pub from: &'a str,
    pub id: &'a str,
    pub to: &'a str,
    /// The document that it brings or is about.
    pub about: &'a str,
    pub file: tempfile::NamedTempFile,
    /// Of the file, which has the node's trace.
    pub size: u64,
    pub sha256: String,
    /// SHA-256 of what the sender sent.
    pub original: &'a str,
}

/// What became of a message that was handed in.
#[derive(Debug, PartialEq, Eq)]
pub enum Entered {
    /// It waits now.
    New,
    /// It is here already, or was.
    Known,
    /// Another message of this sender has the same id.
    Conflict,
}

#[derive(Clone)]
pub struct Queue {
    pool: AnyPool,
    folder: PathBuf,
    /// The node's own name: its notices come from it.
    name: Arc<str>,
    /// By receiver, the message that is being handed over: one at a time, whichever connection it has.
    held: Arc<Mutex<HashMap<String, (String, String)>>>,
}

/// Microseconds for which a message waits whose hand-over broke off so often: 1 s, doubled each time, at most ten minutes.
/// One that its receiver cannot take must not keep all others from it.
fn pause(attempts: i64) -> i64 {
    (1_000_000i64 << attempts.clamp(1, 12).saturating_sub(1)).min(600_000_000)
}

impl Queue {
    /// Opens the queue in `dir`; files that no row names, left by a cut, are removed.
    pub async fn open(dir: &Path, name: Arc<str>) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let folder = dir.join("messages");
        std::fs::create_dir_all(&folder)?;
        let url = format!("sqlite://{}?mode=rwc", dir.join("queue.sqlite").display());
        let options = AnyPoolOptions::new().max_connections(1).after_connect(|c, _| {
            Box::pin(async move {
                c.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000;")
                    .await?;
                Ok(())
            })
        });
        let pool = options.connect(&url).await?;
        pool.execute(SCHEMA).await?;
        let queue = Self {
            pool,
            folder,
            name,
            held: Arc::default(),
        };
        queue.tidy().await?;
        Ok(queue)
    }

    async fn tidy(&self) -> Result<()> {
        let rows = sqlx::query("SELECT file FROM message WHERE state = 'waiting' OR from_code = $1")
            .bind(&*self.name)
            .fetch_all(&self.pool)
            .await?;
        let known: std::collections::HashSet<String> = rows.iter().map(|r| r.try_get("file")).collect::<sqlx::Result<_>>()?;
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            if !known.contains(entry.file_name().to_string_lossy().as_ref()) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// A file for a message on its way in.
    pub fn temporary(&self) -> Result<tempfile::NamedTempFile> {
        Ok(tempfile::Builder::new().prefix("incoming-").tempfile_in(&self.folder)?)
    }

    /// Keeps a message. When this returns, file and row are on disk.
    pub async fn enter(&self, new: New<'_>) -> Result<Entered> {
        let known = sqlx::query("SELECT original, state FROM message WHERE from_code = $1 AND id = $2")
            .bind(new.from)
            .bind(new.id)
            .fetch_optional(&self.pool)
            .await?;
        if let Some(row) = known {
            let state: String = row.try_get("state")?;
            if row.try_get::<String, _>("original")? != new.original {
                return Ok(Entered::Conflict);
            }
            if matches!(state.as_str(), "closed" | "delivered") {
                // The sender has lost what it had heard: it hears it again.
                self.set(new.from, new.id, &state, "delivered", None).await?;
            }
            if state == "undelivered" {
                // The same for its notice.
                self.set(
                    &self.name,
                    &format!("{UNDELIVERED}{}:{}", new.from, new.id),
                    "closed",
                    "waiting",
                    None,
                )
                .await?;
            }
            if state != "declined" && state != "closed_declined" {
                return Ok(Entered::Known);
            }
        }
        let name = uuid::Uuid::now_v7().to_string();
        new.file.as_file().sync_all()?;
        new.file.persist(self.folder.join(&name)).map_err(|e| e.error)?;
        std::fs::File::open(&self.folder)?.sync_all()?;
        let now = now_us();
        sqlx::query(
            "INSERT INTO message (from_code, id, to_code, about, file, size, sha256, original, state, refusal, attempts, next_at, received_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', NULL, 0, 0, $9, $9) \
             ON CONFLICT (from_code, id) DO UPDATE SET to_code = excluded.to_code, about = excluded.about, attempts = 0, next_at = 0, file = excluded.file, size = excluded.size, \
             sha256 = excluded.sha256, state = 'waiting', refusal = NULL, received_at = excluded.received_at, updated_at = excluded.updated_at",
        )
        .bind(new.from)
        .bind(new.id)
        .bind(new.to)
        .bind(new.about)
        .bind(&name)
        .bind(i64::try_from(new.size).unwrap_or(i64::MAX))
        .bind(&new.sha256)
        .bind(new.original)
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(Entered::New)
    }

    /// The oldest message that is to be handed to `to` now and overtakes none of the same sender about the same document.
    /// It is the caller's until [`Self::settle`] or [`Self::postpone`]; nothing for anybody else meanwhile.
    pub async fn next(&self, to: &str) -> Result<Option<Waiting>> {
        let mut held = self.held.lock().await;
        if held.contains_key(to) {
            return Ok(None);
        }
        let row = sqlx::query(
            "SELECT from_code, id, to_code, file, size, sha256, attempts, received_at FROM message m WHERE to_code = $1 AND state = 'waiting' AND next_at <= $2 \
             AND NOT EXISTS (SELECT 1 FROM message e WHERE e.to_code = m.to_code AND e.from_code = m.from_code AND e.about = m.about \
             AND e.state = 'waiting' AND (e.received_at < m.received_at OR (e.received_at = m.received_at AND e.id < m.id))) \
             ORDER BY received_at, id LIMIT 1",
        )
        .bind(to)
        .bind(now_us())
        .fetch_optional(&self.pool)
        .await?;
        let Some(message) = row.as_ref().map(|r| self.waiting(r)).transpose()? else {
            return Ok(None);
        };
        held.insert(to.to_owned(), (message.from.clone(), message.id.clone()));
        Ok(Some(message))
    }

    /// When the first of the messages for `to` is due that were not at `asked` (microseconds).
    pub async fn due(&self, to: &str, asked: i64) -> Result<Option<i64>> {
        let row = sqlx::query("SELECT MIN(next_at) AS at FROM message WHERE to_code = $1 AND state = 'waiting' AND next_at > $2")
            .bind(to)
            .bind(asked)
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get("at")?)
    }

    /// The hand-over broke off: others go first for a while.
    pub async fn postpone(&self, message: &Waiting) -> Result<()> {
        let attempts = message.attempts + 1;
        let sql = "UPDATE message SET attempts = $1, next_at = $2 WHERE from_code = $3 AND id = $4 AND state = 'waiting'";
        let done = sqlx::query(sql)
            .bind(attempts)
            .bind(now_us() + pause(attempts))
            .bind(&message.from)
            .bind(&message.id)
            .execute(&self.pool)
            .await;
        self.release(message).await;
        done?;
        Ok(())
    }

    async fn release(&self, message: &Waiting) {
        self.held.lock().await.remove(&message.to);
    }

    fn waiting(&self, r: &AnyRow) -> Result<Waiting> {
        Ok(Waiting {
            from: r.try_get("from_code")?,
            id: r.try_get("id")?,
            path: self.folder.join(r.try_get::<String, _>("file")?),
            size: r.try_get::<i64, _>("size")?.unsigned_abs(),
            sha256: r.try_get("sha256")?,
            to: r.try_get("to_code")?,
            attempts: r.try_get("attempts")?,
            received_at: r.try_get("received_at")?,
        })
    }

    async fn set(&self, from: &str, id: &str, old: &str, new: &str, refusal: Option<String>) -> Result<bool> {
        let sql = "UPDATE message SET state = $1, refusal = $2, updated_at = $3 WHERE from_code = $4 AND id = $5 AND state = $6";
        let done = sqlx::query(sql)
            .bind(new)
            .bind(refusal)
            .bind(now_us())
            .bind(from)
            .bind(id)
            .bind(old)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The receiver has answered: the message leaves the disk, its outcome stays for the sender.
    pub async fn settle(&self, message: &Waiting, outcome: &Outcome) -> Result<()> {
        let own = message.from == *self.name;
        let (state, refusal) = match outcome {
            // Nobody waits for the outcome of a notice; it stays for a sender that asks again.
            _ if own => ("closed", None),
            Outcome::Delivered => ("delivered", None),
            Outcome::Declined(r) => ("declined", serde_json::to_string(r).ok()),
        };
        let settled = self.set(&message.from, &message.id, "waiting", state, refusal).await;
        self.release(message).await;
        if settled? && !own {
            std::fs::remove_file(&message.path)?;
        }
        Ok(())
    }

    /// Outcomes that `from` has not noted yet: the message's id, and since when it is so (microseconds).
    pub async fn outcomes(&self, from: &str) -> Result<Vec<(String, i64, Outcome)>> {
        let rows = sqlx::query(
            "SELECT id, refusal, updated_at FROM message WHERE from_code = $1 AND state IN ('delivered', 'declined') ORDER BY updated_at LIMIT 500",
        )
        .bind(from)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|r| {
                let refusal: Option<String> = r.try_get("refusal")?;
                let outcome = match refusal.and_then(|text| serde_json::from_str(&text).ok()) {
                    Some(refusal) => Outcome::Declined(refusal),
                    None => Outcome::Delivered,
                };
                Ok((r.try_get("id")?, r.try_get("updated_at")?, outcome))
            })
            .collect()
    }

    /// The sender knows; the id stays, so that the message is not delivered again.
    pub async fn noted(&self, from: &str, id: &str) -> Result<()> {
        if !self.set(from, id, "delivered", "closed", None).await? {
            self.set(from, id, "declined", "closed_declined", None).await?;
        }
        Ok(())
    }

    /// Forgets what was closed before `before` (microseconds).
    pub async fn forget(&self, before: i64) -> Result<()> {
        let sql = "DELETE FROM message WHERE state IN ('closed', 'closed_declined', 'undelivered') AND updated_at < $1 RETURNING file";
        let rows = sqlx::query(sql).bind(before).fetch_all(&self.pool).await?;
        for row in rows {
            // Most have left the disk long ago.
            let _ = std::fs::remove_file(self.folder.join(row.try_get::<String, _>("file")?));
        }
        Ok(())
    }

    /// Messages of bodies that have waited since before `before` (microseconds), the oldest first; some at a time.
    pub async fn overdue(&self, before: i64) -> Result<Vec<Waiting>> {
        let rows = sqlx::query(
            "SELECT from_code, id, to_code, file, size, sha256, attempts, received_at FROM message \
             WHERE state = 'waiting' AND received_at < $1 AND from_code <> $2 ORDER BY received_at, id LIMIT 100",
        )
        .bind(before)
        .bind(&*self.name)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|r| self.waiting(r)).collect()
    }

    /// Ends a message that its receiver has not taken, and queues the notice of it for its sender: together. False when
    /// it is being handed over just now, or was ended otherwise.
    pub async fn undeliver(&self, message: &Waiting, notice: &str, mut file: tempfile::NamedTempFile) -> Result<bool> {
        let held = self.held.lock().await;
        let in_hand = held.values().any(|(from, id)| *from == message.from && *id == message.id);
        if in_hand {
            return Ok(false);
        }
        let (sha256, size) = crate::files::digest(&mut file.reopen()?)?;
        let name = uuid::Uuid::now_v7().to_string();
        file.flush()?;
        file.as_file().sync_all()?;
        file.persist(self.folder.join(&name)).map_err(|e| e.error)?;
        std::fs::File::open(&self.folder)?.sync_all()?;
        let now = now_us();
        let mut tx = self.pool.begin().await?;
        let done =
            sqlx::query("UPDATE message SET state = 'undelivered', updated_at = $1 WHERE from_code = $2 AND id = $3 AND state = 'waiting'")
                .bind(now)
                .bind(&message.from)
                .bind(&message.id)
                .execute(&mut *tx)
                .await?;
        if done.rows_affected() != 1 {
            std::fs::remove_file(self.folder.join(&name))?;
            return Ok(false);
        }
        // Its id is its subject: a notice waits for nothing and nothing waits for it.
        sqlx::query(
            "INSERT INTO message (from_code, id, to_code, about, file, size, sha256, original, state, refusal, attempts, next_at, received_at, updated_at) \
             VALUES ($1, $2, $3, $2, $4, $5, $6, $6, 'waiting', NULL, 0, 0, $7, $7) ON CONFLICT (from_code, id) DO NOTHING",
        )
        .bind(&*self.name)
        .bind(notice)
        .bind(&message.from)
        .bind(&name)
        .bind(i64::try_from(size).unwrap_or(i64::MAX))
        .bind(&sha256)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        drop(held);
        std::fs::remove_file(&message.path)?;
        Ok(true)
    }

    /// Messages that wait for their receivers.
    pub async fn depth(&self) -> Result<u64> {
        let row = sqlx::query("SELECT COUNT(*) AS n FROM message WHERE state = 'waiting'")
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get::<i64, _>("n")?.unsigned_abs())
    }
}

#[cfg(test)]
mod tests;
