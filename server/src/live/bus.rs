//! Several servers as one: each tells the others over NATS what it has committed and how things stand. The database alone is the truth;
//! what NATS loses is found there a little later. docs/adr/0019-several-nodes.md says why.
use super::nats::{self, Address, Said};
use super::{Hub, KINDS, store};
use crate::db::{Db, DbResult, Engine};
use crate::metrics::Metrics;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};

/// Notices that wait for NATS; what does not fit is found in the database.
pub const QUEUE: usize = 4096;
/// How soon the database is asked for what is new: without NATS, and with it, for what it may have lost.
const ALONE: Duration = Duration::from_millis(500);
const TOGETHER: Duration = Duration::from_secs(5);
const RETRY: Duration = Duration::from_millis(500);
const PING: Duration = Duration::from_secs(5);
const SEND: Duration = Duration::from_secs(10);
/// Topics asked for in one statement.
const TOPICS: usize = 400;

/// What one node tells the others.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "n", rename_all = "snake_case")]
pub enum Notice {
    /// A committed event, its JSON as it was stored.
    Event { topic: String, seq: u64, body: String },
    /// How things of a kind stand, told but not kept; `frame: None`: nothing stands any more. The higher version counts.
    Stands {
        topic: String,
        kind: String,
        version: u64,
        frame: Option<String>,
    },
    /// Somebody's sign-ins or rights have changed.
    Person { id: String },
    /// Something was committed that a worker may have to act on.
    Work,
    /// A node that has just come: tell it how things stand.
    Hello,
}

/// Joins this server to its others, where the database can be shared at all.
pub fn start(hub: &Hub, db: &Db, nats: Option<(Address, String)>, metrics: &Metrics) {
    if db.engine() == Engine::Sqlite {
        return;
    }
    let (together, connected) = watch::channel(false);
    tokio::spawn(sweep(hub.clone(), db.clone(), connected));
    if let Some((address, subject)) = nats {
        join(hub, address, subject, together, metrics);
    }
}

/// Joins `hub` to those that speak of the same `subject`; `together` says whether NATS is there.
pub fn join(hub: &Hub, address: Address, subject: String, together: watch::Sender<bool>, metrics: &Metrics) {
    let (sender, notices) = mpsc::channel(QUEUE);
    hub.join(sender);
    tokio::spawn(run(hub.clone(), address, subject, notices, together, metrics.clone()));
}

async fn run(
    hub: Hub,
    address: Address,
    subject: String,
    mut notices: mpsc::Receiver<Notice>,
    together: watch::Sender<bool>,
    metrics: Metrics,
) {
    let mut told = false;
    loop {
        match nats::open(&address, &subject).await {
            Ok((reader, writer)) => {
                tracing::info!(nats = ?address, "joined to the other nodes");
                told = false;
                together.send_replace(true);
                metrics.nats_connected.set(1);
                let e = carry(&hub, &subject, reader, writer, &mut notices).await;
                together.send_replace(false);
                metrics.nats_connected.set(0);
                tracing::warn!(nats = ?address, error = %e, "NATS is lost; until it is back the other nodes' changes come from the database");
            }
            Err(e) if !told => {
                told = true;
                tracing::warn!(nats = ?address, error = %e, "NATS does not answer; the other nodes' changes come from the database");
            }
            Err(_) => {}
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// Until the connection ends.
async fn carry(
    hub: &Hub,
    subject: &str,
    mut reader: nats::Reader,
    mut writer: nats::Writer,
    notices: &mut mpsc::Receiver<Notice>,
) -> std::io::Error {
    // A read that is given up half-way would lose its place in the stream: it has a task of its own.
    let (say, mut heard) = mpsc::channel(64);
    let listener = tokio::spawn({
        let hub = hub.clone();
        async move {
            loop {
                match reader.next().await {
                    Ok(Said::Message(body)) => match serde_json::from_slice(&body) {
                        Ok(Notice::Hello) => drop(say.send(Ok(Said::Message(body))).await),
                        Ok(notice) => hub.hear(notice),
                        Err(e) => tracing::debug!(error = %e, "a notice of another version"),
                    },
                    Ok(Said::Other) => drop(say.send(Ok(Said::Other)).await),
                    Ok(said) => drop(say.send(Ok(said)).await),
                    Err(e) => {
                        let _ = say.send(Err(e)).await;
                        return;
                    }
                }
            }
        }
    });
    let speaking = async {
        publish(&mut writer, subject, &Notice::Hello).await?;
        for notice in hub.all_standing() {
            publish(&mut writer, subject, &notice).await?;
        }
        writer.flush().await?;
        let mut alive = true;
        let mut tick = interval(PING);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tick.tick().await;
        loop {
            tokio::select! {
                said = heard.recv() => {
                    alive = true;
                    match said {
                        Some(Ok(Said::Ping)) => writer.pong().await?,
                        Some(Ok(Said::Message(_))) => {
                            for notice in hub.all_standing() {
                                publish(&mut writer, subject, &notice).await?;
                            }
                        }
                        Some(Ok(Said::Other)) => {}
                        Some(Err(e)) => return Err::<(), std::io::Error>(e),
                        None => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                    }
                }
                Some(notice) = notices.recv() => {
                    publish(&mut writer, subject, &notice).await?;
                    while let Ok(notice) = notices.try_recv() {
                        publish(&mut writer, subject, &notice).await?;
                    }
                }
                _ = tick.tick() => {
                    if !std::mem::take(&mut alive) {
                        return Err(std::io::Error::new(std::io::ErrorKind::TimedOut, "silent"));
                    }
                    writer.ping().await?;
                }
            }
            timeout(SEND, writer.flush())
                .await
                .unwrap_or_else(|_| Err(std::io::Error::new(std::io::ErrorKind::TimedOut, "takes nothing")))?;
        }
    };
    let end = speaking.await.err().unwrap_or_else(|| std::io::ErrorKind::UnexpectedEof.into());
    listener.abort();
    end
}

async fn publish(writer: &mut nats::Writer, subject: &str, notice: &Notice) -> std::io::Result<()> {
    let body = serde_json::to_vec(notice).map_err(std::io::Error::other)?;
    timeout(SEND, writer.publish(subject, &body))
        .await
        .unwrap_or_else(|_| Err(std::io::Error::new(std::io::ErrorKind::TimedOut, "takes nothing")))
}

/// Looks in the database for what no notice has told.
async fn sweep(hub: Hub, db: Db, mut connected: watch::Receiver<bool>) {
    loop {
        let wait = if *connected.borrow_and_update() { TOGETHER } else { ALONE };
        let _ = timeout(wait, connected.changed()).await;
        // Whoever has nothing to join has no sender either, and `changed` returns at once.
        if connected.has_changed().is_err() {
            tokio::time::sleep(wait).await;
        }
        match newest(&db, &hub.followed()).await {
            Ok(all) => all.into_iter().for_each(|(topic, seq)| hub.nudge(&topic, seq)),
            Err(e) => tracing::debug!(error = %e, "the database cannot be asked for news"),
        }
        if !*connected.borrow() {
            hub.wake_own_workers();
        }
    }
}

async fn newest(db: &Db, topics: &[String]) -> DbResult<Vec<(String, u64)>> {
    let mut all = Vec::new();
    for some in topics.chunks(TOPICS) {
        let mut c = db.read().acquire().await?;
        all.extend(store::newest(&mut c, some).await?);
    }
    Ok(all)
}

/// The kind as this program names it; `None` when another version of it told.
pub(super) fn known(kind: &str) -> Option<&'static str> {
    KINDS.into_iter().find(|own| *own == kind)
}
