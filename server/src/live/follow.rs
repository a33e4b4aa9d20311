//! One topic for one device: what it missed, then what happens.
use super::{Committed, News, event_frame, store};
use crate::db::DbResult;
use crate::state::AppState;
use app::live::ServerFrame;
use axum::extract::ws::Utf8Bytes;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

/// Events read from the database at a time.
const BATCH: i64 = 200;

/// Why a topic is no longer carried.
pub enum End {
    /// The device is gone, or too slow.
    Device,
    Database(sqlx::Error),
}

impl From<sqlx::Error> for End {
    fn from(e: sqlx::Error) -> Self {
        Self::Database(e)
    }
}

pub struct Follow {
    pub state: Arc<AppState>,
    pub queue: mpsc::Sender<Utf8Bytes>,
    pub topic: String,
    /// Number of the last event that the device has.
    pub last: u64,
}

/// What the database has after a number, as of one moment.
struct Missed {
    events: Vec<(u64, String)>,
    newest: u64,
}

impl Follow {
    /// Sends everything after `last`, in order, without gap or repetition, for as long as the device takes it.
    pub async fn run(mut self) -> End {
        match self.carry().await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    async fn carry(&mut self) -> Result<std::convert::Infallible, End> {
        // Listening starts before the database is read, so that nothing falls between the two.
        let mut live = self.state.hub.follow(&self.topic);
        // What asks the database is large and short: it is not kept room for, for as long as the device is there.
        Box::pin(self.catch_up()).await?;
        self.state.hub.caught_up(&self.topic, self.last);
        let (topic, seq) = (self.topic.clone(), self.last);
        self.say(&ServerFrame::Following { topic, seq }).await?;
        self.send(live.standing()).await?;
        loop {
            match live.next().await {
                Ok(News::Passing(frames)) => self.send(frames).await?,
                Ok(News::Committed(Committed { seq, .. })) if seq <= self.last => {}
                Ok(News::Committed(Committed { seq, frame: Some(frame) })) if seq == self.last + 1 => self.pass(seq, frame).await?,
                // Commits may be announced out of order or by number alone, and a slow task may miss some: the database has them all.
                Ok(News::Committed(_)) | Err(RecvError::Lagged(_)) => Box::pin(self.catch_up()).await?,
                Err(RecvError::Closed) => return Err(End::Device),
            }
        }
    }

    async fn catch_up(&mut self) -> Result<(), End> {
        loop {
            let missed = self.missed().await?;
            let more = missed.events.len() as i64 == BATCH;
            let gap = match missed.events.first() {
                Some((first, _)) => *first != self.last.saturating_add(1),
                // Nothing is there, but something was; or the device knows numbers that this server never gave: it was
                // restored from a backup, or the device wants nothing of the past.
                None => self.last != missed.newest,
            };
            if gap {
                self.last = missed.newest;
                let (topic, seq) = (self.topic.clone(), self.last);
                return self.say(&ServerFrame::Reset { topic, seq }).await;
            }
            for (seq, body) in missed.events {
                if seq != self.last + 1 {
                    // A hole between kept events: asked again from here, it shows as a gap.
                    break;
                }
                let frame = event_frame(&self.topic, seq, &body);
                self.pass(seq, frame).await?;
            }
            if !more && self.last == missed.newest {
                return Ok(());
            }
        }
    }

    async fn missed(&self) -> DbResult<Missed> {
        let mut tx = self.state.db.snapshot().await?;
        let newest = store::last(&mut tx, &self.topic).await?;
        let events = store::after(&mut tx, &self.topic, self.last, BATCH).await?;
        Ok(Missed { events, newest })
    }

    async fn pass(&mut self, seq: u64, frame: Utf8Bytes) -> Result<(), End> {
        self.queue.send(frame).await.map_err(|_| End::Device)?;
        self.state.metrics.events.inc();
        self.last = seq;
        Ok(())
    }

    async fn send(&self, frames: Vec<Utf8Bytes>) -> Result<(), End> {
        for frame in frames {
            self.queue.send(frame).await.map_err(|_| End::Device)?;
        }
        Ok(())
    }

    async fn say(&self, frame: &ServerFrame) -> Result<(), End> {
        let text = serde_json::to_string(frame).map_err(|_| End::Device)?;
        self.queue.send(text.into()).await.map_err(|_| End::Device)
    }
}
