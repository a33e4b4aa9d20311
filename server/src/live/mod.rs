//! Live distribution: numbered topics, who may follow them, and the sockets that carry them. docs/live-protocol.md
//! describes it from outside.
pub mod access;
pub mod bus;
mod follow;
pub mod nats;
pub mod socket;
pub mod store;
pub mod upkeep;

use crate::clock::now_us;
use app::live::{LiveEvent, ServerFrame};
use axum::extract::ws::Utf8Bytes;
use bus::Notice;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, watch};

/// A committed event, encoded once and shared by every socket.
#[derive(Debug, Clone)]
pub struct Committed {
    pub seq: u64,
    /// The whole frame; `None` when another node has committed it and the database has to be asked.
    pub frame: Option<Utf8Bytes>,
}

/// Kinds of what is told but not kept: the presenter's page, ballots in the urn, the link to the axis.
pub const KINDS: [&str; 4] = ["presenting", "pointer", "ballots", "axis_link"];

/// The frame `event` of `app::live::ServerFrame`. The event's JSON goes in as it was stored.
fn event_frame(topic: &str, seq: u64, body: &str) -> Utf8Bytes {
    let topic = serde_json::Value::from(topic);
    format!(r#"{{"t":"event","topic":{topic},"seq":{seq},"event":{body}}}"#).into()
}

/// The topic of what only nodes hear: `live::access` lets no device follow it.
const NODES: &str = "nodes";

/// How things of one kind stand in a topic just now.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Rises with each change on this node, whatever the topic.
    number: u64,
    /// Rises with each change on whatever node, at least to its clock in microseconds.
    version: u64,
    /// `None`: nothing stands any more.
    frame: Option<Utf8Bytes>,
}

/// By kind.
pub type Passing = BTreeMap<&'static str, Standing>;

/// A topic that somebody follows here.
struct Topic {
    sender: broadcast::Sender<Committed>,
    /// The highest number that the followers were told of.
    newest: u64,
}

/// Carries committed events to the sockets of this node, and wakes the workers. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

struct Inner {
    topics: Mutex<HashMap<String, Topic>>,
    /// What is told but not kept, of topics that have any.
    passing: Mutex<HashMap<String, watch::Sender<Passing>>>,
    /// Number of the last passing frame, of whatever topic: followers go by it, so it never begins anew.
    passed: AtomicU64,
    work: watch::Sender<u64>,
    /// Ids of people whose sign-ins or rights have changed.
    people: broadcast::Sender<String>,
    stopping: watch::Sender<bool>,
    /// To the other nodes, where there are any.
    others: OnceLock<mpsc::Sender<Notice>>,
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
                others: OnceLock::new(),
            }),
        }
    }
}

impl Hub {
    /// Events held for a slow socket; what it missed beyond that it reads from the database.
    const QUEUE: usize = 256;

    /// From now on the other nodes are told, too.
    fn join(&self, others: mpsc::Sender<Notice>) {
        let _ = self.inner.others.set(others);
    }

    /// Nobody waits for the other nodes: what they miss they find in the database.
    fn tell(&self, notice: impl FnOnce() -> Notice) {
        if let Some(others) = self.inner.others.get() {
            let _ = others.try_send(notice());
        }
    }

    /// Called after the commit, never before.
    pub fn committed(&self, topic: &str, seq: u64, body: &str) {
        self.deliver(topic, seq, body);
        self.tell(|| Notice::Event {
            topic: topic.to_owned(),
            seq,
            body: body.to_owned(),
        });
    }

    fn deliver(&self, topic: &str, seq: u64, body: &str) {
        let Ok(mut topics) = self.inner.topics.lock() else { return };
        if let Some(topic_here) = topics.get_mut(topic) {
            topic_here.newest = topic_here.newest.max(seq);
            let frame = Some(event_frame(topic, seq, body));
            // An error says that the last follower is leaving just now.
            let _ = topic_here.sender.send(Committed { seq, frame });
        }
    }

    /// The database has events up to `seq`: whoever follows and was not told looks there.
    fn nudge(&self, topic: &str, seq: u64) {
        let Ok(mut topics) = self.inner.topics.lock() else { return };
        if let Some(topic) = topics.get_mut(topic)
            && topic.newest < seq
        {
            topic.newest = seq;
            let _ = topic.sender.send(Committed { seq, frame: None });
        }
    }

    /// A follower has everything up to `seq`.
    fn caught_up(&self, topic: &str, seq: u64) {
        if let Ok(mut topics) = self.inner.topics.lock()
            && let Some(topic) = topics.get_mut(topic)
        {
            topic.newest = topic.newest.max(seq);
        }
    }

    /// Topics that somebody follows here.
    fn followed(&self) -> Vec<String> {
        self.inner
            .topics
            .lock()
            .map_or_else(|_| Vec::new(), |topics| topics.keys().cloned().collect())
    }

    /// What another node has told.
    fn hear(&self, notice: Notice) {
        match notice {
            Notice::Event { topic, seq, body } => self.deliver(&topic, seq, &body),
            Notice::Stands {
                topic,
                kind,
                version,
                frame,
            } => {
                if let Some(kind) = bus::known(&kind) {
                    self.set(&topic, kind, Some(version), frame.map(Utf8Bytes::from));
                    self.tidy(&topic);
                }
            }
            Notice::Person { id } => drop(self.inner.people.send(id)),
            Notice::Work => self.wake_own_workers(),
            Notice::Hello => {}
        }
    }

    /// Sets how things stand; with the `version` of another node only if it is newer than what is known here. Gives the version.
    fn set(&self, topic: &str, kind: &'static str, version: Option<u64>, frame: Option<Utf8Bytes>) -> Option<u64> {
        let mut all = self.inner.passing.lock().ok()?;
        let sender = all.entry(topic.to_owned()).or_insert_with(|| watch::channel(Passing::new()).0);
        let before = sender.borrow().get(kind).map_or(0, |s| s.version);
        let version = match version {
            Some(theirs) if theirs <= before => return None,
            Some(theirs) => theirs,
            None => now_us().unsigned_abs().max(before + 1),
        };
        let number = self.inner.passed.fetch_add(1, Ordering::Relaxed) + 1;
        sender.send_modify(|now| {
            now.insert(kind, Standing { number, version, frame });
        });
        Some(version)
    }

    /// The same for a change of this node, told to the others.
    fn stand(&self, topic: &str, kind: &'static str, frame: Option<Utf8Bytes>) {
        let Some(version) = self.set(topic, kind, None, frame.clone()) else {
            return;
        };
        self.tell(|| Notice::Stands {
            topic: topic.to_owned(),
            kind: kind.to_owned(),
            version,
            frame: frame.map(|f| f.as_str().to_owned()),
        });
    }

    /// How things stand here, for a node that does not know.
    fn all_standing(&self) -> Vec<Notice> {
        let Ok(all) = self.inner.passing.lock() else { return Vec::new() };
        let of_topic = |(topic, sender): (&String, &watch::Sender<Passing>)| {
            let now = sender.borrow().clone();
            let topic = topic.clone();
            now.into_iter().map(move |(kind, standing)| Notice::Stands {
                topic: topic.clone(),
                kind: kind.to_owned(),
                version: standing.version,
                frame: standing.frame.map(|f| f.as_str().to_owned()),
            })
        };
        all.iter().flat_map(of_topic).collect()
    }

    /// Tells how something stands, and keeps nothing but that: the latest of a kind wins, and who comes later hears it first.
    pub fn pass(&self, topic: &str, kind: &'static str, event: &LiveEvent) {
        let frame = ServerFrame::Passing {
            topic: topic.to_owned(),
            event: event.clone(),
        };
        if let Ok(text) = serde_json::to_string(&frame) {
            self.stand(topic, kind, Some(text.into()));
        }
    }

    /// Tells the other nodes how things stand of which no device hears; `kind` is one of [`KINDS`].
    pub fn share(&self, kind: &'static str, text: String) {
        self.stand(NODES, kind, Some(text.into()));
    }

    /// What some node has shared last.
    pub fn shared(&self, kind: &str) -> Option<Utf8Bytes> {
        self.stands(NODES, kind)
    }

    /// The frame of how something stands.
    pub fn stands(&self, topic: &str, kind: &str) -> Option<Utf8Bytes> {
        let all = self.inner.passing.lock().ok()?;
        let now = all.get(topic)?.borrow();
        now.get(kind)?.frame.clone()
    }

    /// Nothing stands any more of this kind.
    pub fn pass_no_more(&self, topic: &str, kind: &'static str) {
        if self.stands(topic, kind).is_some() {
            self.stand(topic, kind, None);
        }
        self.tidy(topic);
    }

    /// Forgets a topic of which nothing stands and that nobody follows.
    fn tidy(&self, topic: &str) {
        if let Ok(mut all) = self.inner.passing.lock()
            && all
                .get(topic)
                .is_some_and(|s| s.receiver_count() == 0 && s.borrow().values().all(|now| now.frame.is_none()))
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
                .or_insert_with(|| Topic {
                    sender: broadcast::channel(Self::QUEUE).0,
                    newest: 0,
                })
                .sender
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
        self.wake_own_workers();
        self.tell(|| Notice::Work);
    }

    fn wake_own_workers(&self) {
        self.inner.work.send_modify(|n| *n = n.wrapping_add(1));
    }

    /// Changes with each [`Hub::wake_workers`]; a worker that is busy meanwhile misses none.
    pub fn work(&self) -> watch::Receiver<u64> {
        self.inner.work.subscribe()
    }

    /// The person signed out, lost an account, a role or a token: their sockets look again at once.
    pub fn person_changed(&self, id: &str) {
        let _ = self.inner.people.send(id.to_owned());
        self.tell(|| Notice::Person { id: id.to_owned() });
    }

    fn people(&self) -> broadcast::Receiver<String> {
        self.inner.people.subscribe()
    }

    /// Ends every socket: the server is about to stop. Devices come back by themselves.
    pub fn stop(&self) {
        self.inner.stopping.send_replace(true);
    }

    /// Resolves once [`Hub::stop`] was called.
    pub async fn stopped(&self) {
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
    ///
    /// # Errors
    /// When it was too slow and missed some.
    pub async fn next(&mut self) -> Result<News, RecvError> {
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
        let new: Vec<_> = now.values().filter(|s| s.number > self.heard).cloned().collect();
        drop(now);
        self.heard = new.iter().map(|s| s.number).max().unwrap_or(self.heard);
        new.into_iter().filter_map(|s| s.frame).collect()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Ok(mut topics) = self.hub.inner.topics.lock()
            && topics.get(&self.topic).is_some_and(|topic| topic.sender.receiver_count() <= 1)
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
            heard.frame.expect("a frame").as_str(),
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
    async fn nodes_agree_on_what_stands_in_whatever_order_they_hear_it() {
        let count = |ballots| LiveEvent::BallotCount { vote: "v".into(), ballots };
        let (one, two) = (Hub::default(), Hub::default());
        let (to_two, mut from_one) = mpsc::channel(9);
        one.join(to_two);
        one.pass("meeting:a", "ballots", &count(1));
        one.pass("meeting:a", "ballots", &count(2));
        let first = from_one.recv().await.expect("a notice");
        let second = from_one.recv().await.expect("a notice");
        two.hear(second);
        two.hear(first);
        assert_eq!(
            two.stands("meeting:a", "ballots"),
            one.stands("meeting:a", "ballots"),
            "the later one counts"
        );
        let late = Hub::default();
        two.all_standing().into_iter().for_each(|notice| late.hear(notice));
        assert_eq!(late.stands("meeting:a", "ballots"), one.stands("meeting:a", "ballots"));
        let mut follower = two.follow("meeting:a");
        assert_eq!(follower.standing().len(), 1);
        one.pass_no_more("meeting:a", "ballots");
        two.hear(from_one.recv().await.expect("a notice"));
        assert_eq!(two.stands("meeting:a", "ballots"), None);
        assert!(follower.standing().is_empty());
    }

    #[tokio::test]
    async fn a_nudge_tells_of_what_nobody_was_told_and_of_nothing_else() {
        let hub = Hub::default();
        let mut follower = hub.follow("meeting:a");
        hub.caught_up("meeting:a", 3);
        hub.nudge("meeting:a", 3);
        hub.nudge("meeting:a", 5);
        hub.nudge("meeting:a", 5);
        hub.hear(Notice::Event {
            topic: "meeting:a".into(),
            seq: 6,
            body: "{}".into(),
        });
        let mut heard = Vec::new();
        for _ in 0..2 {
            let Ok(News::Committed(news)) = follower.next().await else {
                panic!("not an event")
            };
            heard.push((news.seq, news.frame.is_some()));
        }
        assert_eq!(heard, [(5, false), (6, true)]);
    }

    #[tokio::test]
    async fn whoever_asks_after_the_stop_is_told_too() {
        let hub = Hub::default();
        hub.stop();
        hub.stopped().await;
    }
}
