//! Events are kept as long as a device may sensibly be away; a longer absence begins with the snapshot.
use super::store;
use crate::actor::Actor;
use crate::clock::now_us;
use crate::db::{Db, DbResult};
use std::time::Duration;

/// Microseconds: a week.
const KEPT: i64 = 7 * 24 * 3600 * 1_000_000;
const EVERY: Duration = Duration::from_secs(3600);

/// Forgets old events from time to time.
pub async fn run(db: Db) {
    let mut tick = tokio::time::interval(EVERY);
    loop {
        tick.tick().await;
        if let Err(e) = forget_old(&db, now_us() - KEPT).await {
            tracing::warn!(error = %e, "old live events stay for now");
        }
    }
}

/// Forgets what happened before `limit` (microseconds since the Unix epoch). Numbers go on as if it were there.
pub async fn forget_old(db: &Db, limit: i64) -> DbResult<()> {
    let mut work = db.begin(&Actor::system("upkeep")).await?;
    store::forget_before(work.conn(), limit).await?;
    work.commit().await
}
