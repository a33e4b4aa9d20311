//! This body's link to its node: sends what the outbox holds, takes what comes.
use super::connector::{Connector, Conversation};
use super::edxml;
use super::outbox::Business;
use super::store::{self, In, Out};
use super::wire::{self, Ended, Frame, Heard, Reader, Reception, Refusal, Whole, Writer};
use super::{Error, Service, UNDELIVERED, tls};
use crate::clock::now_us;
use crate::config::NodeLink;
use crate::db::DbResult;
use crate::files::Incoming;
use async_trait::async_trait;
use futures_util::future::join_all;
use openssl::ssl::SslConnector;
use std::collections::HashSet;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

const CONNECT: Duration = Duration::from_secs(15);
/// Time that the node has to answer one of the messages that were sent whole.
const ANSWER: Duration = Duration::from_secs(120);
/// How often the outbox is looked at without being woken: messages that are due again.
const LOOK: Duration = Duration::from_secs(2);
/// Messages that may be under way to the node without its answer.
const WINDOW: usize = 16;

/// An axis node of ours, over WebSockets and mutual TLS.
pub struct Node(pub NodeLink);

#[async_trait]
impl Connector for Node {
    fn address(&self) -> String {
        self.0.address.clone()
    }

    async fn connect(&self) -> Result<Box<dyn Conversation>, String> {
        let (socket, node) = connect(&self.0).await?;
        Ok(Box::new(Connected { socket, node }))
    }
}

struct Connected {
    socket: wire::Socket,
    /// Its name, in its certificate.
    node: String,
}

#[async_trait]
impl Conversation for Connected {
    async fn carry(self: Box<Self>, service: &Service) -> String {
        converse(service, self.socket, &self.node).await
    }
}

/// The link, and the node's name in its certificate.
///
/// # Errors
/// A sentence for whoever looks after the link.
async fn connect(link: &NodeLink) -> Result<(wire::Socket, String), String> {
    let address = link
        .address
        .strip_prefix("wss://")
        .ok_or_else(|| format!("axis.node: phải bắt đầu bằng / must begin with wss://: {}", link.address))?
        .trim_end_matches('/');
    let (host, _) = address.rsplit_once(':').unwrap_or((address, "443"));
    let address = if address.contains(':') {
        address.to_owned()
    } else {
        format!("{address}:443")
    };
    // Read anew each time: a renewed certificate needs no restart.
    let connector = tls::connector(&tls::Identity {
        certificate: &link.certificate,
        key: &link.key,
        ca: &link.ca,
    })?;
    tokio::time::timeout(CONNECT, open(&connector, &link.address, host, &address))
        .await
        .map_err(|_| "không trả lời / no answer in time".to_owned())?
}

async fn open(connector: &SslConnector, url: &str, host: &str, address: &str) -> Result<(wire::Socket, String), String> {
    let stream = TcpStream::connect(address).await.map_err(|e| e.to_string())?;
    let _ = stream.set_nodelay(true);
    let stream = tls::connect(connector, host.trim_matches(['[', ']']), stream).await?;
    let certificate = stream.ssl().peer_certificate();
    let node = certificate.and_then(|c| tls::code(&c)).unwrap_or_default();
    let (socket, _) = tokio_tungstenite::client_async_with_config(url, stream, Some(wire::limits()))
        .await
        .map_err(|e| match e {
            tokio_tungstenite::tungstenite::Error::Http(answer) => {
                let words = answer.body().as_deref().map(String::from_utf8_lossy).unwrap_or_default();
                format!("nút trục từ chối / the node refuses: {} {words}", answer.status())
            }
            other => other.to_string(),
        })?;
    Ok((socket, node))
}

async fn converse(service: &Service, socket: wire::Socket, node: &str) -> String {
    let (writer, reader) = wire::split(socket);
    // Unbounded, for hearing must never wait for sending; there is an answer to each message at most.
    let (answered, answers) = mpsc::unbounded_channel();
    let ended = tokio::select! {
        ended = hear(service, node, reader, &writer, &answered) => ended,
        ended = send(service, &writer, answers) => ended,
        () = writer.closed() => Err(Ended::Closed),
    };
    ended.map_or_else(|e| e.to_string(), |()| "done".into())
}

fn failed(e: impl std::fmt::Display) -> Ended {
    Ended::Storage(e.to_string())
}

async fn send(service: &Service, writer: &Writer, mut answers: mpsc::UnboundedReceiver<String>) -> Result<(), Ended> {
    let mut wake = service.db.hub().work();
    // What was sent whole and has no answer yet; when one last went or was answered.
    let (mut open, mut moved) = (HashSet::<String>::new(), Instant::now());
    loop {
        wake.mark_unchanged();
        // Whoever has answered is no longer due: that was noted before the answer is told here.
        while let Ok(id) = answers.try_recv() {
            open.remove(&id);
            moved = Instant::now();
        }
        let next = due(service, &open).await.map_err(failed)?;
        if next.is_empty() {
            if !open.is_empty() && moved.elapsed() > ANSWER {
                return Err(Ended::Silent);
            }
            tokio::select! {
                id = answers.recv() => {
                    open.remove(&id.ok_or(Ended::Closed)?);
                    moved = Instant::now();
                }
                _ = wake.changed() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
            continue;
        }
        let built = join_all(next.iter().map(|message| service.built(message))).await;
        for (message, built) in next.into_iter().zip(built) {
            let sha256 = match built {
                Ok(Some(sha256)) => sha256,
                // Given up meanwhile.
                Ok(None) => continue,
                Err(e) => {
                    tracing::error!(id = message.id, error = %e, "cannot build the message");
                    let refusal = Refusal::new("axis.build", format!("Không tạo được gói tin: {e}"), "The message cannot be built.");
                    service.rejected(&message.id, &refusal, true).await.map_err(failed)?;
                    continue;
                }
            };
            let id = message.id.clone();
            goes(service, writer, message, sha256).await?;
            // Its answer may be here already; it is read above.
            open.insert(id);
            moved = Instant::now();
        }
    }
}

/// As many messages as may be under way beside those that are. Each is about another document: one that is under way is still queued,
/// and holds up what is about its own.
async fn due(service: &Service, open: &HashSet<String>) -> DbResult<Vec<Out>> {
    let room = WINDOW.saturating_sub(open.len());
    if room == 0 {
        return Ok(Vec::new());
    }
    let mut c = service.db.read().acquire().await?;
    let due = store::due_outgoing(&mut c, WINDOW).await?;
    Ok(due.into_iter().filter(|m| !open.contains(&m.id)).take(room).collect())
}

async fn goes(service: &Service, writer: &Writer, message: Out, sha256: String) -> Result<(), Ended> {
    let path = service.files.local(&sha256).await.map_err(failed)?;
    let size = tokio::fs::metadata(&path).await?.len();
    let frame = Frame::Send {
        id: message.id,
        to: message.to_code,
        size,
        sha256,
    };
    writer.message(&frame, &path, size).await
}

/// What a frame said of a message from another body.
struct Announced {
    from: String,
    id: String,
    refusal: Option<Refusal>,
}

async fn hear(
    service: &Service,
    node: &str,
    mut reader: Reader,
    writer: &Writer,
    answered: &mpsc::UnboundedSender<String>,
) -> Result<(), Ended> {
    let limit = service.largest_message();
    let mut reception: Option<Reception<Announced>> = None;
    loop {
        match reader.next().await? {
            Heard::Chunk(chunk) => {
                let Some(open) = &mut reception else {
                    return Err(Ended::Protocol("bytes that no frame announced".into()));
                };
                open.chunk(&chunk).await?;
            }
            Heard::Frame(Frame::Deliver { from, id, size, sha256 }) => {
                if reception.is_some() {
                    return Err(Ended::Protocol("a message inside a message".into()));
                }
                let refusal = (size > limit).then(|| Refusal::too_large(size, limit));
                let file = match refusal {
                    Some(_) => None,
                    None => Some(service.files.temporary().map_err(failed)?),
                };
                reception = Some(Reception::start(Announced { from, id, refusal }, size, sha256, file)?);
            }
            Heard::Frame(Frame::Accepted { id }) => {
                service.accepted(&id).await.map_err(failed)?;
                let _ = answered.send(id);
            }
            Heard::Frame(Frame::Rejected { id, refusal, again }) => {
                service.rejected(&id, &refusal, again).await.map_err(failed)?;
                writer.frame(&Frame::Noted { id: id.clone() }).await?;
                let _ = answered.send(id);
            }
            Heard::Frame(Frame::Delivered { id }) => {
                service.delivered(&id).await.map_err(failed)?;
                writer.frame(&Frame::Noted { id }).await?;
            }
            Heard::Frame(other) => return Err(Ended::Protocol(format!("a node does not say {other:?}"))),
        }
        if let Some(complete) = reception.take_if(|open| open.complete()) {
            let (about, whole) = complete.finish().await?;
            let Announced { from, id, refusal } = about;
            let refusal = match (refusal, whole) {
                (Some(refusal), _) => Some(refusal),
                // Comes again with the next connection.
                (None, None) => return Err(Ended::Protocol("a message was damaged on its way".into())),
                (None, Some(whole)) => service.take(node, &from, &id, whole).await.map_err(failed)?,
            };
            let answer = match refusal {
                None => Frame::Taken { from, id },
                Some(refusal) => {
                    tracing::warn!(from, id, code = refusal.code, "message declined");
                    Frame::Declined { from, id, refusal }
                }
            };
            writer.frame(&answer).await?;
        }
    }
}

impl Service {
    /// Puts a message from the node on disk and into the inbox, once; or says why it is none for us.
    pub(super) async fn take(&self, node: &str, from: &str, id: &str, whole: Whole) -> Result<Option<Refusal>, Error> {
        let input = whole.file.reopen()?;
        let parsed = tokio::task::spawn_blocking(move || edxml::header_only(&mut std::io::BufReader::new(input))).await?;
        let message = match parsed {
            Ok(message) => message,
            Err(edxml::Error::Io(e)) => return Err(e.into()),
            Err(e) => return Ok(Some(Refusal::edxml(&e))),
        };
        let claimed = &message.from().organ_id;
        if claimed != from {
            return Ok(Some(Refusal::new(
                "axis.from_forged",
                format!("Gói tin ghi cơ quan gửi là {claimed} nhưng đến từ {from}."),
                format!("The message says that {claimed} sends it, but it comes from {from}."),
            )));
        }
        if !message.to().iter().any(|o| o.organ_id == self.config.body_code) {
            return Ok(Some(Refusal::new(
                "axis.to_mismatch",
                format!("Gói tin không ghi {} là cơ quan nhận.", self.config.body_code),
                format!("The message does not name {} as a receiver.", self.config.body_code),
            )));
        }
        let (kind, subject) = match &message {
            // Only the node itself speaks of what it did not deliver: its name is in no body's certificate.
            edxml::Message::Status(s) if from == node && id.starts_with(UNDELIVERED) => ("notice", s.for_number.clone()),
            edxml::Message::Document(d) => (Business::of(d.business).kind(), d.subject.clone()),
            edxml::Message::Status(s) => ("status", format!("{} {}", s.code, s.for_number)),
        };
        let row = In {
            id: format!("{from}:{id}"),
            kind: kind.into(),
            from_code: from.into(),
            about: message.about(),
            subject: subject.chars().take(1000).collect(),
            sha256: whole.sha256.clone(),
            state: "received".into(),
            attempts: 0,
            error: None,
            signer: None,
            received_at: now_us(),
        };
        let incoming = Incoming {
            file: whole.file,
            sha256: whole.sha256,
            size: whole.size,
        };
        self.files.keep(incoming).await?;
        let mut work = self.db.begin(&super::actor()).await?;
        let new = store::receive(work.conn(), &row).await?;
        work.commit().await?;
        tracing::info!(from, id, kind, new, "message received");
        Ok(None)
    }
}
