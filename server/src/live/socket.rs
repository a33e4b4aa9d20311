//! One WebSocket a device: follows topics, sends what was missed, then what happens.
use super::{Committed, access, store};
use crate::actor::Actor;
use crate::identity::http::{Caller, bearer, same_origin};
use crate::identity::{Error, cookie_name};
use crate::state::AppState;
use app::live::{ClientFrame, PROTOCOL, ServerFrame};
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use futures_util::{SinkExt, StreamExt};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// Frames waiting for a device; a slower one is disconnected and resumes with its last number.
const QUEUE: usize = 128;
/// A client's frame is a few words.
const LARGEST_FRAME: usize = 4 * 1024;
const MOST_TOPICS: usize = 32;
/// How often a socket asks whether its session still lives.
const SESSION_CHECK: Duration = Duration::from_secs(30);
/// Silence after which the link counts as dead; clients ping every few seconds.
const SILENCE: Duration = Duration::from_secs(45);
/// Events read from the database at a time.
const BATCH: i64 = 200;
/// Time that a device has to take one frame.
const SEND: Duration = Duration::from_secs(20);

/// Upgrades to the live protocol. A page of another origin never gets this far: browsers do not protect WebSockets.
pub async fn connect(State(state): State<AppState>, headers: HeaderMap, Caller(actor): Caller, upgrade: WebSocketUpgrade) -> Response {
    if bearer(&headers).is_none() && !same_origin(&headers, &state.config.public_url) {
        return crate::fault::Fault::from(Error::ForeignOrigin).into_response();
    }
    if let Err(e) = actor.user() {
        return crate::fault::Fault::from(e).into_response();
    }
    let cookie = crate::identity::http::cookie(&headers, &cookie_name(&state.config.public_url)).map(str::to_owned);
    upgrade
        .max_message_size(LARGEST_FRAME)
        .max_frame_size(LARGEST_FRAME)
        .on_upgrade(move |socket| run(state, actor, cookie, socket))
}

async fn run(state: AppState, actor: Actor, cookie: Option<String>, socket: WebSocket) {
    state.metrics.sockets.inc();
    let (mut sink, mut stream) = socket.split();
    let (queue, mut waiting) = mpsc::channel::<ServerFrameText>(QUEUE);
    let writer = tokio::spawn(async move {
        while let Some(text) = waiting.recv().await {
            match tokio::time::timeout(SEND, sink.send(Message::Text(text.into()))).await {
                Ok(Ok(())) => {}
                _ => break,
            }
        }
        let _ = tokio::time::timeout(Duration::from_secs(1), sink.close()).await;
    });
    let mut device = Device {
        state: state.clone(),
        actor,
        queue,
        followed: HashMap::new(),
    };
    device.say(&ServerFrame::Hello {
        protocol: PROTOCOL,
        server: env!("CARGO_PKG_VERSION").into(),
    });
    let mut check = tokio::time::interval(SESSION_CHECK);
    check.tick().await;
    loop {
        tokio::select! {
            frame = tokio::time::timeout(SILENCE, stream.next()) => match frame {
                Ok(Some(Ok(Message::Text(text)))) => {
                    let Ok(frame) = serde_json::from_str(&text) else { break };
                    if !device.hear(frame).await {
                        break;
                    }
                }
                Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
                _ => break,
            },
            () = device.queue.closed() => break,
            _ = check.tick() => {
                if let Some(secret) = &cookie {
                    match state.identity.actor(Some(secret), None, "", "").await {
                        Ok(now) if now.user().is_err() => {
                            device.say(&ServerFrame::Bye { reason: "session_ended".into() });
                            break;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    device.unfollow_all();
    drop(device);
    let _ = writer.await;
    state.metrics.sockets.dec();
}

type ServerFrameText = String;

struct Device {
    state: AppState,
    actor: Actor,
    queue: mpsc::Sender<ServerFrameText>,
    followed: HashMap<String, AbortHandle>,
}

impl Device {
    fn say(&self, frame: &ServerFrame) {
        if let Ok(text) = serde_json::to_string(frame) {
            let _ = self.queue.try_send(text);
        }
    }

    /// False ends the connection.
    async fn hear(&mut self, frame: ClientFrame) -> bool {
        match frame {
            ClientFrame::Ping { n } => self.say(&ServerFrame::Pong { n }),
            ClientFrame::Unfollow { topic } => {
                if let Some(task) = self.followed.remove(&topic) {
                    task.abort();
                }
            }
            ClientFrame::Follow { topic, after } => {
                if let Some(task) = self.followed.remove(&topic) {
                    task.abort();
                }
                if self.followed.len() >= MOST_TOPICS {
                    return false;
                }
                if !access::may_follow(&self.state, &self.actor, &topic).await {
                    self.say(&ServerFrame::Denied { topic });
                    return true;
                }
                let task = tokio::spawn(follow(self.state.clone(), self.queue.clone(), topic.clone(), after)).abort_handle();
                self.followed.insert(topic, task);
            }
        }
        true
    }

    fn unfollow_all(&mut self) {
        for (_, task) in self.followed.drain() {
            task.abort();
        }
    }
}

/// Sends everything of `topic` after `after`, in order, without gap or repetition. Ends when the device is too slow.
async fn follow(state: AppState, queue: mpsc::Sender<ServerFrameText>, topic: String, after: u64) {
    // Listening starts before the database is read, so that nothing falls between the two.
    let mut live = state.hub.follow(&topic);
    let mut last = after;
    let Some(newest) = catch_up(&state, &queue, &topic, &mut last).await else {
        return;
    };
    if newest < after {
        // The client knows a future that this server does not have: a restored backup. It must begin anew.
        let _ = send(
            &queue,
            &ServerFrame::Reset {
                topic: topic.clone(),
                seq: newest,
            },
        )
        .await;
        last = newest;
    }
    if !send(
        &queue,
        &ServerFrame::Following {
            topic: topic.clone(),
            seq: last,
        },
    )
    .await
    {
        return;
    }
    loop {
        match live.recv().await {
            Ok(Committed { seq, .. }) if seq <= last => {}
            Ok(Committed { seq, body, .. }) if seq == last + 1 => {
                if !forward(&state, &queue, &topic, seq, &body).await {
                    return;
                }
                last = seq;
            }
            // Commits may be announced out of order, and a slow task may miss some: the database has them all.
            Ok(_) | Err(RecvError::Lagged(_)) => {
                if catch_up(&state, &queue, &topic, &mut last).await.is_none() {
                    return;
                }
            }
            Err(RecvError::Closed) => live = state.hub.follow(&topic),
        }
    }
}

/// The last number of the topic; `None` when the device is gone or the database fails (then it resumes by itself).
async fn catch_up(state: &AppState, queue: &mpsc::Sender<ServerFrameText>, topic: &str, last: &mut u64) -> Option<u64> {
    loop {
        let mut c = state.db.read().acquire().await.ok()?;
        let missed = store::after(&mut c, topic, *last, BATCH).await.ok()?;
        let full = missed.len() as i64 == BATCH;
        drop(c);
        for (seq, body) in missed {
            if !forward(state, queue, topic, seq, &body).await {
                return None;
            }
            *last = seq;
        }
        if !full {
            break;
        }
    }
    let mut c = state.db.read().acquire().await.ok()?;
    store::last(&mut c, topic).await.ok()
}

async fn forward(state: &AppState, queue: &mpsc::Sender<ServerFrameText>, topic: &str, seq: u64, body: &str) -> bool {
    let Ok(topic) = serde_json::to_string(topic) else { return false };
    state.metrics.events.inc();
    // The event's JSON goes in as it was stored, so that it is encoded once however many follow.
    queue
        .send(format!(r#"{{"t":"event","topic":{topic},"seq":{seq},"event":{body}}}"#))
        .await
        .is_ok()
}

async fn send(queue: &mpsc::Sender<ServerFrameText>, frame: &ServerFrame) -> bool {
    match serde_json::to_string(frame) {
        Ok(text) => queue.send(text).await.is_ok(),
        Err(_) => false,
    }
}
