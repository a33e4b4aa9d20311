//! The way to the axis, whichever it is: kept up for as long as the program runs, and what people see of it.
use super::Service;
use super::folder::Folder;
use super::link::Node;
use crate::clock::now_us;
use crate::config::Way;
use crate::live::Hub;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A link that held this long was a good one: the next pause is short again.
const GOOD: Duration = Duration::from_secs(60);
/// Envelope, beside the attachments.
const ENVELOPE: u64 = 8 << 20;

/// A way to the axis.
#[async_trait]
pub trait Connector: Send + Sync {
    /// For people and logs.
    fn address(&self) -> String;

    /// # Errors
    /// A sentence for whoever looks after the link.
    async fn connect(&self) -> Result<Box<dyn Conversation>, String>;
}

/// A way that stands. Messages go by [`Service::built`] and come by [`Service::take`]; what becomes of those that went is
/// told by [`Service::accepted`], [`Service::delivered`] and [`Service::rejected`].
#[async_trait]
pub trait Conversation: Send {
    /// Carries messages both ways for as long as that goes well; why it ended.
    async fn carry(self: Box<Self>, service: &Service) -> String;
}

fn connector(way: Way) -> Box<dyn Connector> {
    match way {
        Way::Node(link) => Box::new(Node(link)),
        Way::Folder(path) => Box::new(Folder::new(path)),
    }
}

/// Keeps the way up for as long as the program runs.
pub async fn run(service: Service, way: Way) {
    let connector = connector(way);
    let address = connector.address();
    let mut pause = FIRST_PAUSE;
    loop {
        let started = Instant::now();
        let why = match connector.connect().await {
            Ok(conversation) => {
                tracing::info!(address, "connected to the axis");
                service.link.up();
                conversation.carry(&service).await
            }
            Err(why) => why,
        };
        tracing::warn!(address, why, "no link to the axis");
        service.link.down(why);
        if started.elapsed() > GOOD {
            pause = FIRST_PAUSE;
        }
        // Spread, so that the bodies of a node that comes back do not all knock at once.
        let spread = u64::try_from(now_us()).unwrap_or(0) % 1000;
        tokio::time::sleep(pause + pause.mul_f64(0.0005 * spread as f64)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

impl Service {
    /// Bytes of the largest message that is taken.
    pub(super) fn largest_message(&self) -> u64 {
        self.config.upload_limit / 3 * 4 + ENVELOPE
    }
}

/// What people see of the link.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Health {
    pub connected: bool,
    /// Microseconds: since when it is, or is not, connected.
    pub since: Option<i64>,
    pub last_error: Option<String>,
}

/// Known to every node of this server; the one that has the link tells it.
#[derive(Clone)]
pub struct LinkState(Hub);

/// As `live::KINDS` names it.
const SHARED: &str = "axis_link";

impl LinkState {
    pub fn of(hub: &Hub) -> Self {
        Self(hub.clone())
    }

    pub fn get(&self) -> Health {
        let told = self.0.shared(SHARED);
        told.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    pub(super) fn up(&self) {
        self.set(true, None);
    }

    fn down(&self, why: String) {
        self.set(false, Some(why));
    }

    /// It stands, and yet there is something to say.
    pub(super) fn remark(&self, words: Option<String>) {
        if self.get().last_error != words {
            self.set(true, words);
        }
    }

    fn set(&self, connected: bool, error: Option<String>) {
        let mut health = self.get();
        if health.connected != connected || health.since.is_none() {
            health.since = Some(now_us());
        }
        health.connected = connected;
        health.last_error = error;
        if let Ok(text) = serde_json::to_string(&health) {
            self.0.share(SHARED, text);
        }
    }
}
