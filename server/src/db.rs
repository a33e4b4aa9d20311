//! The one door to the database: SQLite (embedded) or PostgreSQL, one SQL text for both.
use crate::actor::Actor;
use crate::clock::now_us;
use crate::live::Hub;
use app::live::LiveEvent;
use sqlx::AnyConnection;
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, AssertSqlSafe, Executor, Row};
use std::path::Path;

pub type DbResult<T> = Result<T, sqlx::Error>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Migrations in order: what both engines share, then what each has of its own. Each is applied once, in a transaction of its own.
const MIGRATIONS: &[(i64, &str, [&str; 2])] = &[(
    1,
    include_str!("../migrations/0001_init.sql"),
    [
        include_str!("../migrations/0001_find_sqlite.sql"),
        include_str!("../migrations/0001_find_postgres.sql"),
    ],
)];

#[derive(Clone)]
pub struct Db {
    engine: Engine,
    read: AnyPool,
    /// SQLite has one writer: a pool of one connection makes writers wait here instead of failing with SQLITE_BUSY.
    write: AnyPool,
    hub: Hub,
}

impl Db {
    /// Opens `sqlite:PATH` or `postgres://…` and brings the schema up to date.
    ///
    /// # Errors
    /// Whatever the driver says when the database cannot be opened or a migration fails.
    pub async fn open(url: &str, hub: Hub) -> DbResult<Self> {
        sqlx::any::install_default_drivers();
        let engine = if url.starts_with("postgres") {
            Engine::Postgres
        } else {
            Engine::Sqlite
        };
        let db = match engine {
            Engine::Postgres => {
                let pool = AnyPoolOptions::new().max_connections(16).connect(url).await?;
                Self {
                    engine,
                    read: pool.clone(),
                    write: pool,
                    hub,
                }
            }
            Engine::Sqlite => {
                let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
                if let Some(dir) = Path::new(path).parent() {
                    std::fs::create_dir_all(dir).map_err(sqlx::Error::Io)?;
                }
                let url = format!("sqlite://{path}?mode=rwc");
                let options = || {
                    AnyPoolOptions::new().after_connect(|c, _| {
                        Box::pin(async move {
                            c.execute(
                                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 10000;",
                            )
                            .await?;
                            Ok(())
                        })
                    })
                };
                let write = options().max_connections(1).connect(&url).await?;
                let read = options().max_connections(8).connect(&url).await?;
                Self { engine, read, write, hub }
            }
        };
        db.migrate().await?;
        Ok(db)
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// For reading outside a transaction.
    pub fn read(&self) -> &AnyPool {
        &self.read
    }

    /// For reading several things as they were at one moment.
    pub async fn snapshot(&self) -> DbResult<sqlx::Transaction<'static, sqlx::Any>> {
        match self.engine {
            Engine::Sqlite => self.read.begin().await,
            Engine::Postgres => {
                let pool = self.read.clone();
                to_the_end(async move { pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await }).await
            }
        }
    }

    /// Starts a change made by `actor`.
    pub async fn begin(&self, actor: &Actor) -> DbResult<Work> {
        let tx = match self.engine {
            // Takes the write lock at once: a reader that turns writer later could be refused half-way.
            Engine::Sqlite => self.write.begin_with("BEGIN IMMEDIATE").await?,
            Engine::Postgres => {
                let pool = self.write.clone();
                to_the_end(async move { pool.begin().await }).await?
            }
        };
        Ok(Work {
            tx,
            actor: actor.clone(),
            events: Vec::new(),
            hub: self.hub.clone(),
        })
    }

    async fn migrate(&self) -> DbResult<()> {
        let mut work = self.begin(&Actor::system("migration")).await?;
        if self.engine == Engine::Postgres {
            // Two servers that start at once must not both migrate.
            work.conn().execute("SELECT CAST(pg_advisory_xact_lock(727074) AS TEXT)").await?;
        }
        work.conn()
            .execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, at BIGINT NOT NULL)")
            .await?;
        let row = sqlx::query("SELECT COALESCE(MAX(version), 0) AS v FROM schema_version")
            .fetch_one(work.conn())
            .await?;
        let have: i64 = row.try_get("v")?;
        for (version, sql, [sqlite, postgres]) in MIGRATIONS.iter().filter(|(v, ..)| *v > have) {
            let (sql, own) = match self.engine {
                Engine::Sqlite => ((*sql).to_owned(), sqlite),
                Engine::Postgres => (sql.replace(" BLOB", " BYTEA").replace(" WITHOUT ROWID", ""), postgres),
            };
            for statement in statements(&sql).into_iter().chain(statements(own)) {
                work.conn().execute(AssertSqlSafe(statement)).await?;
            }
            sqlx::query("INSERT INTO schema_version (version, at) VALUES ($1, $2)")
                .bind(version)
                .bind(now_us())
                .execute(work.conn())
                .await?;
        }
        work.commit().await
    }
}

/// Runs `step` to its end also when its caller is dropped half-way, as a request is whose browser went away.
/// The PostgreSQL driver forgets a `BEGIN` that it has sent and whose answer nobody waits for: the connection would go back to the pool
/// inside that transaction, and the next to use it would lose its change or be refused.
async fn to_the_end<T: Send + 'static>(step: impl Future<Output = DbResult<T>> + Send + 'static) -> DbResult<T> {
    match tokio::spawn(step).await {
        Ok(done) => done,
        Err(e) if e.is_panic() => std::panic::resume_unwind(e.into_panic()),
        Err(_) => Err(sqlx::Error::PoolClosed),
    }
}

/// Splits a migration at the semicolons; our migrations have none inside a statement.
fn statements(sql: &str) -> Vec<String> {
    let bare: String = sql
        .lines()
        .filter(|l| !l.trim_start().starts_with("--"))
        .collect::<Vec<_>>()
        .join("\n");
    bare.split(';')
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A change with all that belongs to it: rows, audit entries, live events and outbox messages commit together or not at all.
/// Dropped without [`Work::commit`], nothing of it happened.
pub struct Work {
    tx: sqlx::Transaction<'static, sqlx::Any>,
    actor: Actor,
    events: Vec<(String, u64, String)>,
    hub: Hub,
}

impl Work {
    pub fn conn(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Writes an entry of the audit log, chained to the one before.
    pub async fn audit(
        &mut self,
        action: &str,
        subject_type: &str,
        subject_id: &str,
        summary: &str,
        details: &serde_json::Value,
    ) -> DbResult<()> {
        crate::audit::store::append(&mut self.tx, &self.actor, action, subject_type, subject_id, summary, details).await
    }

    /// Numbers `event` in `topic`; it reaches the devices after the commit.
    pub async fn publish(&mut self, topic: &str, event: &LiveEvent) -> DbResult<u64> {
        let body = serde_json::to_string(event).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
        let seq = crate::live::store::append(&mut self.tx, topic, &body).await?;
        self.events.push((topic.to_owned(), seq, body));
        Ok(seq)
    }

    /// Makes the change lasting and tells the devices. Whoever asked may be gone meanwhile: what was committed is told all the same.
    pub async fn commit(self) -> DbResult<()> {
        to_the_end(async move {
            self.tx.commit().await?;
            for (topic, seq, body) in self.events {
                self.hub.committed(&topic, seq, &body);
            }
            self.hub.wake_workers();
            Ok(())
        })
        .await
    }
}
