//! What travels between a body and its node: JSON frames as text, the messages themselves as binary chunks.
//!
//! A message goes as a frame that names its size and hash (`send`, `deliver`), followed by exactly that many bytes.
//! Answers may stand between the chunks. Whoever has answered `accepted` or `taken` has the message on its disk.
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use openssl::sha::Sha256;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_openssl::SslStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

pub type Socket = WebSocketStream<SslStream<TcpStream>>;

/// Bytes of a message in one WebSocket message.
const CHUNK: usize = 64 * 1024;
/// Frames that wait for a slow link, about one megabyte.
const QUEUE: usize = 16;
const PING: Duration = Duration::from_secs(15);
/// Both ends ping, so that this much silence means a dead link.
const SILENCE: Duration = Duration::from_secs(50);
/// Time for one frame to get onto the link.
const SEND: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum Frame {
    /// Body to node: a message for `to` follows.
    Send {
        id: String,
        to: String,
        /// Bytes.
        size: u64,
        /// Lowercase hex.
        sha256: String,
    },
    /// The node has the message on disk.
    Accepted { id: String },
    /// The node, or later the receiver, will not have it; `again` when trying later may help.
    Rejected { id: String, refusal: Refusal, again: bool },
    /// Node to body: a message from `from` follows.
    Deliver {
        from: String,
        id: String,
        size: u64,
        sha256: String,
    },
    /// The receiver has the message on disk.
    Taken { from: String, id: String },
    /// The receiver cannot take this message, now or ever.
    Declined { from: String, id: String, refusal: Refusal },
    /// Node to sender: the receiver has it.
    Delivered { id: String },
    /// The sender knows what became of its message; the node may forget it.
    Noted { id: String },
}

/// Why a message goes no further.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {en}")]
pub struct Refusal {
    /// Stable, such as `axis.unknown_receiver`.
    pub code: String,
    pub vi: String,
    pub en: String,
}

impl Refusal {
    pub fn new(code: &str, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            vi: vi.into(),
            en: en.into(),
        }
    }

    pub fn too_large(size: u64, limit: u64) -> Self {
        Self::new(
            "axis.too_large",
            format!("Gói tin {size} byte lớn hơn giới hạn {limit} byte. Hãy giảm dung lượng tệp."),
            format!("The message of {size} bytes exceeds the limit of {limit} bytes. Make the file smaller."),
        )
    }

    pub fn edxml(e: &super::edxml::Error) -> Self {
        // What a message says may be as long as its sender likes.
        let short = |text: String| text.chars().take(300).collect::<String>();
        Self::new(
            e.code(),
            format!("Gói tin edXML không hợp lệ: {}", short(e.vi())),
            format!("The edXML message is not valid: {}", short(e.to_string())),
        )
    }
}

/// Limits of a socket: a frame is small, whoever sends it.
pub fn limits() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(2 * CHUNK))
        .max_frame_size(Some(2 * CHUNK))
        .max_write_buffer_size(8 * CHUNK)
}

/// Why a link ended.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    #[error("the other end has closed the link")]
    Closed,
    #[error("the other end has been silent for too long")]
    Silent,
    #[error("{0}")]
    Protocol(String),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Storage(String),
}

/// The sending half, shared by all who write to the link.
#[derive(Clone)]
pub struct Writer(mpsc::Sender<Message>);

/// What is heard on a link.
#[derive(Debug)]
pub enum Heard {
    Frame(Frame),
    Chunk(Bytes),
}

pub struct Reader(SplitStream<Socket>);

/// Splits a socket; the writing half lives until every [`Writer`] is dropped or the link fails.
pub fn split(socket: Socket) -> (Writer, Reader) {
    let (sink, stream) = socket.split();
    let (sender, waiting) = mpsc::channel(QUEUE);
    tokio::spawn(write(sink, waiting));
    (Writer(sender), Reader(stream))
}

async fn write(mut sink: SplitSink<Socket, Message>, mut waiting: mpsc::Receiver<Message>) {
    let mut ping = tokio::time::interval(PING);
    loop {
        let message = tokio::select! {
            message = waiting.recv() => match message {
                Some(message) => message,
                None => break,
            },
            _ = ping.tick() => Message::Ping(Bytes::new()),
        };
        match tokio::time::timeout(SEND, sink.send(message)).await {
            Ok(Ok(())) => {}
            _ => return,
        }
    }
    let _ = tokio::time::timeout(Duration::from_secs(1), sink.close()).await;
}

impl Writer {
    /// # Errors
    /// When the link is gone.
    pub async fn frame(&self, frame: &Frame) -> Result<(), Ended> {
        let text = serde_json::to_string(frame).map_err(|e| Ended::Protocol(e.to_string()))?;
        self.0.send(Message::Text(text.into())).await.map_err(|_| Ended::Closed)
    }

    /// A frame and the file that it announces.
    ///
    /// # Errors
    /// When the link is gone, or the file is not what was announced.
    pub async fn message(&self, frame: &Frame, path: &Path, size: u64) -> Result<(), Ended> {
        let mut file = tokio::fs::File::open(path).await?;
        self.frame(frame).await?;
        let mut left = size;
        let mut buffer = vec![0u8; CHUNK];
        while left > 0 {
            let n = file.read(&mut buffer).await?;
            if n == 0 {
                return Err(Ended::Storage(format!("{} is shorter than recorded", path.display())));
            }
            let n = n.min(usize::try_from(left).unwrap_or(usize::MAX));
            left -= n as u64;
            let chunk = Bytes::copy_from_slice(&buffer[..n]);
            self.0.send(Message::Binary(chunk)).await.map_err(|_| Ended::Closed)?;
        }
        Ok(())
    }

    /// Resolves when the link can carry no more.
    pub async fn closed(&self) {
        self.0.closed().await;
    }
}

impl Reader {
    /// # Errors
    /// [`Ended`], always final.
    pub async fn next(&mut self) -> Result<Heard, Ended> {
        loop {
            let message = tokio::time::timeout(SILENCE, self.0.next()).await.map_err(|_| Ended::Silent)?;
            match message {
                Some(Ok(Message::Text(text))) => {
                    let frame = serde_json::from_str(&text).map_err(|e| Ended::Protocol(format!("not a frame: {e}")))?;
                    return Ok(Heard::Frame(frame));
                }
                Some(Ok(Message::Binary(chunk))) => return Ok(Heard::Chunk(chunk)),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(_))) | None => return Err(Ended::Closed),
                Some(Err(e)) => return Err(Ended::Protocol(e.to_string())),
            }
        }
    }
}

/// A message on its way in, hashed as it is written. Without a file it is only counted, to be refused at its end.
pub struct Reception<T> {
    /// What the frame said of it.
    pub about: T,
    size: u64,
    expected: String,
    left: u64,
    file: Option<(tempfile::NamedTempFile, tokio::fs::File)>,
    hash: Sha256,
}

impl<T> Reception<T> {
    /// # Errors
    /// When the file cannot be opened a second time.
    pub fn start(about: T, size: u64, sha256: String, file: Option<tempfile::NamedTempFile>) -> Result<Self, Ended> {
        let file = match file {
            Some(file) => {
                let out = tokio::fs::File::from_std(file.reopen()?);
                Some((file, out))
            }
            None => None,
        };
        Ok(Self {
            about,
            size,
            expected: sha256,
            left: size,
            file,
            hash: Sha256::new(),
        })
    }

    pub fn complete(&self) -> bool {
        self.left == 0
    }

    /// # Errors
    /// When more comes than was announced, or the disk fails.
    pub async fn chunk(&mut self, chunk: &[u8]) -> Result<(), Ended> {
        self.left = self
            .left
            .checked_sub(chunk.len() as u64)
            .ok_or_else(|| Ended::Protocol("more bytes than announced".into()))?;
        if let Some((_, out)) = &mut self.file {
            self.hash.update(chunk);
            out.write_all(chunk).await?;
        }
        Ok(())
    }

    /// The whole message, in a file that whoever keeps it has to sync; none when it was only counted, or when its hash is not the
    /// announced one.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn finish(self) -> Result<(T, Option<Whole>), Ended> {
        let Some((file, mut out)) = self.file else {
            return Ok((self.about, None));
        };
        out.flush().await?;
        let sha256 = hex::encode(self.hash.finish());
        let whole = (sha256 == self.expected).then_some(Whole {
            file,
            sha256,
            size: self.size,
        });
        Ok((self.about, whole))
    }
}

/// A message that came in whole.
pub struct Whole {
    pub file: tempfile::NamedTempFile,
    /// Lowercase hex.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}
