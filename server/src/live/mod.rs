//! Live distribution: numbered topics, who may follow them, and the sockets that carry them. docs/live-protocol.md
//! describes it from outside.
pub mod access;
mod follow;
pub mod socket;
pub mod store;
pub mod upkeep;

use app::live::{LiveEvent, ServerFrame};
use axum::extract::ws::Utf8Bytes;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
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

/// How things stand in a topic just now, by kind: the frame, and a number that rises with each change.
pub type Passing = BTreeMap<&'static str, (u64, Utf8Bytes)>;

/// Carries committed events to the sockets of this node, and wakes the workers. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

struct Inner {
    topics: Mutex<HashMap<String, broadcast::Sender<Committed>>>,
    /// What is told but not kept, of topics that have any.
    passing: Mutex<HashMap<String, watch::Sender<Passing>>>,
    /// Number of the last passing frame, of whatever topic: followers go by it, so it never begins anew.
    passed: AtomicU64,
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
                passing: Mutex::default(),
                passed: AtomicU64::new(0),
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

    /// Tells how something stands, and keeps nothing but that: the latest of a kind wins, and who comes later hears it first.
    pub fn pass(&self, topic: &str, kind: &'static str, event: &LiveEvent) {
        let frame = ServerFrame::Passing {
            topic: topic.to_owned(),
            event: event.clone(),
        };
        let (Ok(text), Ok(mut all)) = (serde_json::to_string(&frame), self.inner.passing.lock()) else {
            return;
        };
        let sender = all.entry(topic.to_owned()).or_insert_with(|| watch::channel(Passing::new()).0);
        let number = self.inner.passed.fetch_add(1, Ordering::Relaxed) + 1;
        sender.send_modify(|now| drop(now.insert(kind, (number, text.into()))));
    }

    /// The frame of how something stands.
    pub fn stands(&self, topic: &str, kind: &str) -> Option<Utf8Bytes> {
        let all = self.inner.passing.lock().ok()?;
        let now = all.get(topic)?.borrow();
        now.get(kind).map(|(_, frame)| frame.clone())
    }

    /// Nothing stands any more of this kind.
    pub fn pass_no_more(&self, topic: &str, kind: &'static str) {
        if let Ok(all) = self.inner.passing.lock()
            && let Some(sender) = all.get(topic)
        {
            sender.send_if_modified(|now| now.remove(kind).is_some());
        }
        self.tidy(topic);
    }

    /// Forgets a topic of which nothing stands and that nobody follows.
    fn tidy(&self, topic: &str) {
        if let Ok(mut all) = self.inner.passing.lock()
            && all.get(topic).is_some_and(|s| s.borrow().is_empty() && s.receiver_count() == 0)
        {
            all.remove(topic);
        }
    }

    fn passing(&self, topic: &str) -> Option<watch::Receiver<Passing>> {
        let mut all = self.inner.passing.lock().ok()?;
        let sender = all.entry(topic.to_owned()).or_insert_with(|| watch::channel(Passing::new()).0);
        Some(sender.subscribe())
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
            passing: self.passing(topic),
            heard: 0,
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

/// What a follower takes from the hub.
#[derive(Debug)]
pub enum News {
    Committed(Committed),
    Passing(Vec<Utf8Bytes>),
}

/// One follower of a topic. The topic is forgotten with its last follower, so that the hub holds only what is followed now.
pub struct Subscription {
    topic: String,
    events: broadcast::Receiver<Committed>,
    passing: Option<watch::Receiver<Passing>>,
    /// Number of the last passing frame that was taken.
    heard: u64,
    hub: Hub,
}

impl Subscription {
    /// What comes next: a committed event, or how something stands that has changed meanwhile.
    async fn next(&mut self) -> Result<News, RecvError> {
        loop {
            let changed = async {
                match &mut self.passing {
                    Some(passing) => passing.changed().await.is_ok(),
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                event = self.events.recv() => return event.map(News::Committed),
                true = changed => {
                    let frames = self.standing();
                    if !frames.is_empty() {
                        return Ok(News::Passing(frames));
                    }
                }
                else => return Err(RecvError::Closed),
            }
        }
    }

    /// How things stand that this follower has not taken yet.
    fn standing(&mut self) -> Vec<Utf8Bytes> {
        let Some(passing) = &mut self.passing else { return Vec::new() };
        let now = passing.borrow_and_update();
        let new: Vec<_> = now.values().filter(|(number, _)| *number > self.heard).cloned().collect();
        drop(now);
        self.heard = new.iter().map(|(number, _)| *number).max().unwrap_or(self.heard);
        new.into_iter().map(|(_, frame)| frame).collect()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Ok(mut topics) = self.hub.inner.topics.lock()
            && topics.get(&self.topic).is_some_and(|sender| sender.receiver_count() <= 1)
        {
            topics.remove(&self.topic);
        }
        self.passing = None;
        self.hub.tidy(&self.topic);
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
        let News::Committed(heard) = second.next().await.expect("an event") else {
            panic!("not an event");
        };
        assert_eq!(heard.seq, 2);
        assert_eq!(
            heard.frame.as_str(),
            r#"{"t":"event","topic":"meeting:a","seq":2,"event":{"e":"x"}}"#
        );
        drop(second);
        assert_eq!(topics(&hub), 0);
    }

    #[tokio::test]
    async fn what_passes_is_the_latest_of_its_kind_and_forgotten_with_it() {
        let count = |ballots| LiveEvent::BallotCount { vote: "v".into(), ballots };
        let hub = Hub::default();
        let mut early = hub.follow("meeting:a");
        hub.pass("meeting:a", "ballots", &count(1));
        hub.pass("meeting:a", "ballots", &count(2));
        hub.pass("meeting:a", "other", &count(9));
        let Ok(News::Passing(frames)) = early.next().await else {
            panic!("nothing passes");
        };
        assert_eq!(frames.len(), 2, "the first count was overtaken");
        assert!(frames[0].as_str().contains(r#""ballots":2"#), "{}", frames[0]);
        assert!(hub.follow("meeting:a").standing() == frames, "who comes later hears the same");
        hub.pass("meeting:a", "ballots", &count(3));
        let Ok(News::Passing(frames)) = early.next().await else {
            panic!("nothing passes");
        };
        assert_eq!(frames.len(), 1, "only what is new");
        hub.pass_no_more("meeting:a", "ballots");
        hub.pass_no_more("meeting:a", "other");
        assert!(hub.follow("meeting:a").standing().is_empty());
        hub.pass("meeting:a", "ballots", &count(1));
        assert_eq!(early.standing().len(), 1, "what begins anew is new to those who were there before");
        hub.pass_no_more("meeting:a", "ballots");
        drop(early);
        assert!(hub.inner.passing.lock().expect("topics").is_empty());
    }

    #[tokio::test]
    async fn whoever_asks_after_the_stop_is_told_too() {
        let hub = Hub::default();
        hub.stop();
        hub.stopped().await;
    }
}
