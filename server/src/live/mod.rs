//! Live distribution: numbered topics, who may follow them, and the sockets that carry them.
pub mod access;
pub mod socket;
pub mod store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, broadcast};

/// A committed event, encoded once and shared by every socket.
#[derive(Debug, Clone)]
pub struct Committed {
    pub topic: Arc<str>,
    pub seq: u64,
    /// JSON of `app::live::LiveEvent`.
    pub body: Arc<str>,
}

/// Carries committed events to the sockets of this node, and wakes the workers. Cheap to clone.
#[derive(Clone, Default)]
pub struct Hub {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    topics: Mutex<HashMap<String, broadcast::Sender<Committed>>>,
    work: Notify,
}

impl Hub {
    /// Events held for a slow socket; beyond that it is disconnected and resumes from the database.
    const QUEUE: usize = 256;

    /// Called after the commit, never before.
    pub fn committed(&self, topic: &str, seq: u64, body: Arc<str>) {
        let Ok(mut topics) = self.inner.topics.lock() else { return };
        if let Some(sender) = topics.get(topic)
            && sender
                .send(Committed {
                    topic: topic.into(),
                    seq,
                    body,
                })
                .is_err()
        {
            topics.remove(topic);
        }
    }

    pub fn follow(&self, topic: &str) -> broadcast::Receiver<Committed> {
        match self.inner.topics.lock() {
            Ok(mut topics) => topics
                .entry(topic.to_owned())
                .or_insert_with(|| broadcast::channel(Self::QUEUE).0)
                .subscribe(),
            Err(_) => broadcast::channel(1).1,
        }
    }

    /// Something was committed that a worker may have to act on.
    pub fn wake_workers(&self) {
        self.inner.work.notify_waiters();
    }

    /// Resolves at the next [`Hub::wake_workers`].
    pub async fn work(&self) {
        self.inner.work.notified().await;
    }
}
