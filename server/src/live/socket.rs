//! One WebSocket a device: follows topics, sends what was missed, then what happens.
use super::access;
use super::follow::{End, Follow};
use crate::actor::Actor;
use crate::clock::now_us;
use crate::identity::http::{Caller, bearer, cookie, same_origin};
use crate::identity::{Error, cookie_name};
use crate::state::AppState;
use app::live::{ClientFrame, PROTOCOL, ServerFrame};
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

/// Frames waiting for a device; beyond that its topics wait too, and read from the database what they missed.
const QUEUE: usize = 128;
/// A client's frame is a few words.
const LARGEST_FRAME: usize = 4 * 1024;
const MOST_TOPICS: usize = 32;
/// What a device points at sooner after the last is passed over: an eye sees no more, and all who follow are told each.
const BETWEEN_POINTS: Duration = Duration::from_millis(20);
/// How often a socket asks whether its session still lives.
const SESSION_CHECK: Duration = Duration::from_secs(30);
/// Silence after which the link counts as dead; clients ping every few seconds.
const SILENCE: Duration = Duration::from_secs(45);
/// Time that a device has to take one frame; a slower one is disconnected and resumes with its last number.
const SEND: Duration = Duration::from_secs(20);
/// Time for the last frames and the farewell.
const FAREWELL: Duration = Duration::from_secs(2);

/// Bytes of one read from a device.
const READ_AT_ONCE: usize = 2048;

/// Upgrades to the live protocol. A page of another origin never gets this far: browsers do not protect WebSockets.
pub async fn connect(State(state): State<AppState>, headers: HeaderMap, Caller(actor): Caller, upgrade: WebSocketUpgrade) -> Response {
    if bearer(&headers).is_none() && !same_origin(&headers, &state.config.public_url) {
        return crate::fault::Fault::from(Error::ForeignOrigin).into_response();
    }
    if let Err(e) = actor.user() {
        return crate::fault::Fault::from(e).into_response();
    }
    let proof = Proof {
        cookie: cookie(&headers, &cookie_name(&state.config.public_url)).map(str::to_owned),
        bearer: bearer(&headers).map(str::to_owned),
    };
    // One for the device and all that it follows.
    let state = Arc::new(state);
    upgrade
        // What devices say is short: the usual 128 KiB to read into would be most of what a connection costs.
        .read_buffer_size(READ_AT_ONCE)
        .write_buffer_size(0)
        .max_message_size(LARGEST_FRAME)
        .max_frame_size(LARGEST_FRAME)
        .on_upgrade(move |socket| run(state, actor, proof, socket))
}

/// What the device showed when it came, to be looked at again while it stays.
struct Proof {
    cookie: Option<String>,
    bearer: Option<String>,
}

type Farewell = (u16, &'static str);
const STOPPING: Farewell = (close_code::AWAY, "the server stops");
const ENDED: Farewell = (close_code::POLICY, "the session has ended");
const UNREADABLE: Farewell = (close_code::POLICY, "a frame that cannot be read");
const TOO_MANY: Farewell = (close_code::POLICY, "too many topics");
const SILENT: Farewell = (close_code::POLICY, "silent for too long");
const SLOW: Farewell = (close_code::AGAIN, "too slow; resume");
const TROUBLE: Farewell = (close_code::ERROR, "the server cannot answer just now; resume");
const BROKEN: Farewell = (close_code::PROTOCOL, "a frame that is too large or no WebSocket frame");
const GONE: Farewell = (close_code::NORMAL, "");

async fn run(state: Arc<AppState>, actor: Actor, proof: Proof, socket: WebSocket) {
    state.metrics.sockets.inc();
    let (sink, mut stream) = socket.split();
    let (queue, waiting) = mpsc::channel(QUEUE);
    let mut writer = tokio::spawn(write(sink, waiting));
    let (trouble, mut troubled) = mpsc::channel(1);
    let (hub, mut people) = (state.hub.clone(), state.hub.people());
    let mut device = Device {
        state: state.clone(),
        actor,
        proof,
        queue,
        trouble,
        followed: HashMap::new(),
        pointed: None,
    };
    let hello = ServerFrame::Hello {
        protocol: PROTOCOL,
        server: env!("CARGO_PKG_VERSION").into(),
        us: now_us(),
    };
    let mut going = device.say(&hello).await;
    let mut check = tokio::time::interval(SESSION_CHECK);
    check.tick().await;
    let mut silent_at = Instant::now() + SILENCE;
    let farewell = loop {
        if let Err(farewell) = going {
            break farewell;
        }
        going = tokio::select! {
            frame = stream.next() => {
                silent_at = Instant::now() + SILENCE;
                match frame {
                    Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                        Ok(frame) => device.hear(frame).await,
                        Err(_) => Err(UNREADABLE),
                    },
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
                    Some(Ok(Message::Binary(_))) => Err(UNREADABLE),
                    Some(Ok(Message::Close(_))) | None => Err(GONE),
                    Some(Err(_)) => Err(BROKEN),
                }
            }
            () = tokio::time::sleep_until(silent_at) => Err(SILENT),
            () = device.queue.closed() => Err(SLOW),
            _ = troubled.recv() => Err(TROUBLE),
            () = hub.stopped() => Err(STOPPING),
            _ = check.tick() => Box::pin(device.look_again()).await,
            person = people.recv() => match person {
                Ok(id) if id != device.actor.id() => Ok(()),
                Ok(_) | Err(RecvError::Lagged(_)) => Box::pin(device.look_again()).await,
                Err(RecvError::Closed) => Ok(()),
            },
        };
    };
    device.unfollow_all().await;
    // The writer ends with the last of those who hold the queue.
    drop(device);
    match timeout(FAREWELL, &mut writer).await {
        Ok(Ok(Some(mut sink))) => {
            let (code, reason) = farewell;
            let close = Message::Close(Some(CloseFrame {
                code,
                reason: reason.into(),
            }));
            let _ = timeout(FAREWELL, async {
                sink.send(close).await?;
                sink.close().await
            })
            .await;
            if farewell != GONE {
                let _ = timeout(FAREWELL, part(&mut stream, farewell)).await;
            }
        }
        Ok(_) => {}
        Err(_) => writer.abort(),
    }
    state.metrics.sockets.dec();
}

/// Waits for the device's own farewell. A connection closed while something that was sent still lies unread is reset, and
/// a reset takes the farewell away from a device that has not read it yet.
async fn part(stream: &mut SplitStream<WebSocket>, farewell: Farewell) {
    while let Some(Ok(_)) = stream.next().await {}
    // After what is no frame nothing more can be read from the stream, and so the device is only given time.
    if farewell == BROKEN {
        std::future::pending::<()>().await;
    }
}

/// Writes what waits; gives the sink back unless the device failed to take it.
async fn write(mut sink: SplitSink<WebSocket, Message>, mut waiting: mpsc::Receiver<Utf8Bytes>) -> Option<SplitSink<WebSocket, Message>> {
    while let Some(text) = waiting.recv().await {
        timeout(SEND, sink.send(Message::Text(text))).await.ok()?.ok()?;
    }
    Some(sink)
}

struct Device {
    state: Arc<AppState>,
    actor: Actor,
    proof: Proof,
    queue: mpsc::Sender<Utf8Bytes>,
    /// A topic that cannot be carried on ends the connection: the device resumes.
    trouble: mpsc::Sender<()>,
    followed: HashMap<String, JoinHandle<()>>,
    /// When it last pointed somewhere.
    pointed: Option<Instant>,
}

/// An error ends the connection.
type Going = Result<(), Farewell>;

impl Device {
    /// Waits for its turn in the queue, as long as the device takes anything at all.
    async fn say(&self, frame: &ServerFrame) -> Going {
        let text = serde_json::to_string(frame).map_err(|_| TROUBLE)?;
        match timeout(SEND, self.queue.send(text.into())).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(SLOW),
        }
    }

    async fn hear(&mut self, frame: ClientFrame) -> Going {
        match frame {
            ClientFrame::Ping { n } => self.say(&ServerFrame::Pong { n, us: now_us() }).await,
            ClientFrame::Unfollow { topic } => {
                self.unfollow(&topic).await;
                Ok(())
            }
            ClientFrame::Point { topic, at } => {
                let now = Instant::now();
                // The end of pointing counts, however soon it comes.
                if at.is_none() || self.pointed.is_none_or(|last| now.duration_since(last) >= BETWEEN_POINTS) {
                    self.pointed = Some(now);
                    self.state.meetings.point(&self.actor, &topic, at);
                }
                Ok(())
            }
            ClientFrame::Follow { topic, after } => {
                self.unfollow(&topic).await;
                if self.followed.len() >= MOST_TOPICS {
                    return Err(TOO_MANY);
                }
                // Large and short, as all that asks the database: it is not kept room for while the device is silent.
                if !Box::pin(access::may_follow(&self.state, &self.actor, &topic))
                    .await
                    .ok_or(TROUBLE)?
                {
                    return self.say(&ServerFrame::Denied { topic }).await;
                }
                let follow = Follow {
                    state: self.state.clone(),
                    queue: self.queue.clone(),
                    topic: topic.clone(),
                    last: after,
                };
                let trouble = self.trouble.clone();
                let task = tokio::spawn(async move {
                    if let End::Database(e) = follow.run().await {
                        tracing::warn!(error = %e, "a live topic breaks off");
                        let _ = trouble.try_send(());
                    }
                });
                self.followed.insert(topic, task);
                Ok(())
            }
        }
    }

    /// Asks anew who this is and what they may follow.
    async fn look_again(&mut self) -> Going {
        let (cookie, bearer) = (self.proof.cookie.as_deref(), self.proof.bearer.as_deref());
        let before = &self.actor;
        let asked = self.state.identity.actor(cookie, bearer, &before.request_id, &before.address);
        // While the database does not answer, nothing new is sent anyway.
        let Ok(now) = asked.await else { return Ok(()) };
        if now.kind != self.actor.kind {
            self.say(&ServerFrame::Bye {
                reason: "session_ended".into(),
            })
            .await?;
            return Err(ENDED);
        }
        self.actor = now;
        let topics: Vec<String> = self.followed.keys().cloned().collect();
        for topic in topics {
            if Box::pin(access::may_follow(&self.state, &self.actor, &topic)).await == Some(false) {
                self.unfollow(&topic).await;
                self.say(&ServerFrame::Denied { topic }).await?;
            }
        }
        Ok(())
    }

    /// Afterwards no frame of the topic is sent any more.
    async fn unfollow(&mut self, topic: &str) {
        if let Some(task) = self.followed.remove(topic) {
            task.abort();
            let _ = task.await;
        }
    }

    async fn unfollow_all(&mut self) {
        for (_, task) in self.followed.drain() {
            task.abort();
            let _ = task.await;
        }
    }
}
