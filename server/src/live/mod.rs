//! Live distribution: numbered topics, who may follow them, and the sockets that carry them. docs/live-protocol.md
//! describes it from outside.
pub mod access;
mod follow;
pub mod socket;
pub mod store;
pub mod upkeep;

use axum::extract::ws::Utf8Bytes;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

/// A committed event, encoded once and shared by every socket.
#[derive(Debug, Clone)]
pub struct Committed {
    pub seq: u64,
    /// The whole frame.
    pub frame: Utf8Bytes,
}

/// The frame `event` of `app::live::ServerFrame`. The event's JSON goes in as it was stored.
fn event_frame(topic: &str, seq: u64, body: &str) -> Utf8Bytes {
    let topic = serde_json::Value::from(topic);
    format!(r#"{{"t":"event","topic":{topic},"seq":{seq},"event":{body}}}"#).into()
}

/// Carries committed events to the sockets of this node, and wakes the workers. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

struct Inner {
    topics: Mutex<HashMap<String, broadcast::Sender<Committed>>>,
    work: watch::Sender<u64>,
    /// Ids of people whose sign-ins or rights have changed.
    people: broadcast::Sender<String>,
    stopping: watch::Sender<bool>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            inner: Arc::new(Inner {
                topics: Mutex::default(),
                work: watch::channel(0).0,
                people: broadcast::channel(64).0,
                stopping: watch::channel(false).0,
            }),
        }
    }
}

impl Hub {
    /// Events held for a slow socket; what it missed beyond that it reads from the database.
    const QUEUE: usize = 256;

    /// Called after the commit, never before.
    pub fn committed(&self, topic: &str, seq: u64, body: &str) {
        let Ok(topics) = self.inner.topics.lock() else { return };
        if let Some(sender) = topics.get(topic) {
            let frame = event_frame(topic, seq, body);
            // An error says that the last follower is leaving just now.
            let _ = sender.send(Committed { seq, frame });
        }
    }

    pub fn follow(&self, topic: &str) -> Subscription {
        let events = match self.inner.topics.lock() {
            Ok(mut topics) => topics
                .entry(topic.to_owned())
                .or_insert_with(|| broadcast::channel(Self::QUEUE).0)
                .subscribe(),
            Err(_) => broadcast::channel(1).1,
        };
        Subscription {
            topic: topic.to_owned(),
            events,
            hub: self.clone(),
        }
    }

    /// Something was committed that a worker may have to act on.
    pub fn wake_workers(&self) {
        self.inner.work.send_modify(|n| *n = n.wrapping_add(1));
    }

    /// Changes with each [`Hub::wake_workers`]; a worker that is busy meanwhile misses none.
    pub fn work(&self) -> watch::Receiver<u64> {
        self.inner.work.subscribe()
    }

    /// The person signed out, lost an account, a role or a token: their sockets look again at once.
    pub fn person_changed(&self, id: &str) {
        let _ = self.inner.people.send(id.to_owned());
    }

    fn people(&self) -> broadcast::Receiver<String> {
        self.inner.people.subscribe()
    }

    /// Ends every socket: the server is about to stop. Devices come back by themselves.
    pub fn stop(&self) {
        self.inner.stopping.send_replace(true);
    }

    /// Resolves once [`Hub::stop`] was called.
    async fn stopped(&self) {
        let _ = self.inner.stopping.subscribe().wait_for(|stop| *stop).await;
    }
}

/// One follower of a topic. The topic is forgotten with its last follower, so that the hub holds only what is followed now.
pub struct Subscription {
    topic: String,
    events: broadcast::Receiver<Committed>,
    hub: Hub,
}

impl Subscription {
    async fn next(&mut self) -> Result<Committed, RecvError> {
        self.events.recv().await
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Ok(mut topics) = self.hub.inner.topics.lock()
            && topics.get(&self.topic).is_some_and(|sender| sender.receiver_count() <= 1)
        {
            topics.remove(&self.topic);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topics(hub: &Hub) -> usize {
        hub.inner.topics.lock().expect("topics").len()
    }

    #[tokio::test]
    async fn a_topic_is_held_as_long_as_somebody_follows_it() {
        let hub = Hub::default();
        hub.committed("meeting:a", 1, "{}");
        assert_eq!(topics(&hub), 0);
        let (first, mut second) = (hub.follow("meeting:a"), hub.follow("meeting:a"));
        drop(first);
        hub.committed("meeting:a", 2, r#"{"e":"x"}"#);
        let heard = second.next().await.expect("an event");
        assert_eq!(heard.seq, 2);
        assert_eq!(
            heard.frame.as_str(),
            r#"{"t":"event","topic":"meeting:a","seq":2,"event":{"e":"x"}}"#
        );
        drop(second);
        assert_eq!(topics(&hub), 0);
    }

    #[tokio::test]
    async fn whoever_asks_after_the_stop_is_told_too() {
        let hub = Hub::default();
        hub.stop();
        hub.stopped().await;
    }
}
