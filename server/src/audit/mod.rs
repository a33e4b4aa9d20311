//! The audit log: what was done, by whom, each entry chained to the one before by SHA-256.
pub mod chain;
pub mod error;
pub mod export;
pub mod http;
pub mod store;
pub mod ui;

pub use error::Error;

use crate::actor::Actor;
use crate::clock::{now_us, when};
use crate::config::Config;
use crate::db::Db;
use crate::files::Files;
use crate::text;
use app::dto::Page;
use app::dto::audit::{AuditQuery, AuditRow, ChainCheck};
use app::dto::identity::Role;
use chain::{Head, Link};
use std::sync::Arc;

pub type Result<T> = std::result::Result<T, Error>;

/// Rows of a page of the list.
const PER_PAGE: u32 = 50;
/// Entries read from the database at a time.
const BATCH: i64 = 1000;

#[derive(Clone)]
pub struct Service {
    pub db: Db,
    pub files: Files,
    pub config: Arc<Config>,
}

impl Service {
    /// Entries, newest first.
    pub async fn list(&self, actor: &Actor, query: &AuditQuery) -> Result<Page<AuditRow>> {
        actor.require(&[Role::Auditor, Role::Admin])?;
        let page = query.page.max(1);
        let pattern = text::like(&query.text);
        let filter = store::Filter {
            pattern: &pattern,
            subject_id: query.subject_id.trim(),
            action: query.action.trim(),
        };
        let mut c = self.db.read().acquire().await?;
        let total = store::count(&mut c, &filter).await?;
        let skip = i64::from(page - 1) * i64::from(PER_PAGE);
        let links = store::list(&mut c, &filter, skip, i64::from(PER_PAGE)).await?;
        Ok(Page {
            rows: links.into_iter().map(row).collect(),
            total: total.unsigned_abs(),
            page,
            per_page: PER_PAGE,
        })
    }

    /// Recomputes the chain from the first entry to the last.
    pub async fn check(&self, actor: &Actor) -> Result<ChainCheck> {
        actor.require(&[Role::Auditor, Role::Admin])?;
        let mut c = self.db.read().acquire().await?;
        // Entries that are written meanwhile come after this end and are left for the next check.
        let end = store::head(&mut c).await?;
        let mut head = Head::default();
        let broken_at = loop {
            let links = store::after(&mut c, head.seq, end.seq, BATCH).await?;
            if links.is_empty() {
                // Entries missing at the end, or an end that is not the last entry's.
                break (head != end).then_some((head.seq + 1).min(end.seq.max(1)));
            }
            if let Some(at) = links.iter().find_map(|link| head.follow(link).err()) {
                break Some(at);
            }
        };
        Ok(ChainCheck {
            entries: end.seq.unsigned_abs(),
            intact: broken_at.is_none(),
            broken_at,
            head: end.hash,
            checked: when(now_us()),
        })
    }
}

fn row(link: Link) -> AuditRow {
    let Link { entry, hash } = link;
    AuditRow {
        seq: entry.seq,
        at: when(entry.at),
        actor: entry.actor,
        action: entry.action,
        subject_type: entry.subject_type,
        subject_id: entry.subject_id,
        summary: entry.summary,
        hash,
        previous: entry.previous,
    }
}
