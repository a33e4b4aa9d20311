//! Of several servers on one database exactly one does the background work: who holds a lock of the database. It ends with the holder's
//! connection, however that ends, and no clock is asked.
use crate::db::{DbResult, Engine};
use crate::state::AppState;
use sqlx::pool::PoolConnection;
use sqlx::{Any, Executor, Row};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How often those who wait try, and the holder looks whether it still is.
const EVERY: Duration = Duration::from_secs(1);
const ANSWER: Duration = Duration::from_secs(5);

/// Does the work whenever it is this server's to do; `start` puts it into the set, which is ended when it no longer is.
pub async fn run(state: AppState, start: impl Fn(&AppState, &mut JoinSet<()>)) {
    loop {
        match take(&state).await {
            Ok(Some(mut held)) => {
                tracing::info!("this node does the background work");
                state.metrics.leading.set(1);
                let mut work = JoinSet::new();
                start(&state, &mut work);
                let lost = tokio::select! {
                    lost = hold(&mut held) => Some(lost),
                    () = state.hub.stopped() => None,
                };
                work.shutdown().await;
                state.metrics.leading.set(0);
                // Never back into the pool: the next to use it would hold the lock without knowing.
                if let Held::Lock(c) = held {
                    let _ = timeout(ANSWER, c.close()).await;
                }
                match lost {
                    Some(why) => tracing::warn!(error = %why, "the background work is another node's now"),
                    None => return,
                }
            }
            Ok(None) => {}
            Err(e) => tracing::debug!(error = %e, "the lock of the background work cannot be asked for"),
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = state.hub.stopped() => return,
        }
    }
}

/// What is held: with SQLite there is only one server.
enum Held {
    Alone,
    Lock(PoolConnection<Any>),
}

async fn take(state: &AppState) -> DbResult<Option<Held>> {
    if state.db.engine() == Engine::Sqlite {
        return Ok(Some(Held::Alone));
    }
    let mut c = state.db.read().acquire().await?;
    let row = c.fetch_one("SELECT CAST(pg_try_advisory_lock(727075) AS TEXT) AS mine").await;
    match row.and_then(|r| r.try_get::<String, _>("mine")) {
        Ok(mine) if mine == "true" => Ok(Some(Held::Lock(c))),
        Ok(_) => Ok(None),
        Err(e) => {
            // Whether it has the lock is not known: with its connection that ends, too.
            let _ = c.close().await;
            Err(e)
        }
    }
}

/// Until the lock can no longer be shown to be ours.
async fn hold(held: &mut Held) -> sqlx::Error {
    let Held::Lock(c) = held else { return std::future::pending().await };
    loop {
        tokio::time::sleep(EVERY).await;
        match timeout(ANSWER, c.execute("SELECT 1")).await {
            Ok(Ok(_)) => {}
            Ok(Err(e)) => return e,
            Err(_) => return sqlx::Error::PoolTimedOut,
        }
    }
}
