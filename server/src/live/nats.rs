//! As much of the NATS client protocol as it takes to tell other nodes something: one subject, published to and listened to.
//! <https://docs.nats.io/reference/reference-protocols/nats-protocol>
//!
//! The client that NATS publishes brings a second cryptographic library into the server, and what we need of the protocol is six verbs.
use openssl::ssl::{SslConnector, SslMethod};
use std::pin::Pin;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, BufWriter, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Bytes; larger messages are not taken: nothing of ours is.
const MOST: usize = 8 << 20;
/// A line of the protocol is short; `INFO` is the longest.
const LONGEST_LINE: usize = 64 << 10;
const CONNECT: Duration = Duration::from_secs(5);

/// Where the server is: `nats://[user:password@|token@]host[:port]`, or `tls://…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
    tls: bool,
    user: String,
    password: Option<String>,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl Address {
    /// `None` when it is no such address.
    pub fn parse(text: &str) -> Option<Self> {
        let url = reqwest::Url::parse(text.trim()).ok()?;
        let tls = match url.scheme() {
            "nats" => false,
            "tls" => true,
            _ => return None,
        };
        let plain = |s: &str| percent(s);
        Some(Self {
            host: url.host_str().filter(|h| !h.is_empty())?.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(4222),
            tls,
            user: plain(url.username())?,
            password: match url.password() {
                Some(p) => Some(plain(p)?),
                None => None,
            },
        })
    }
}

/// Takes `%41` for `A`.
fn percent(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        out.push(match b {
            b'%' => {
                let pair = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(out).ok()
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

pub struct Writer(BufWriter<WriteHalf<Box<dyn Wire>>>);
pub struct Reader(BufReader<ReadHalf<Box<dyn Wire>>>);

/// What the server says.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    Message(Vec<u8>),
    /// To be answered by [`Writer::pong`].
    Ping,
    /// Of no concern.
    Other,
}

fn broken(what: impl Into<String>) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, what.into())
}

/// Connects and listens to `subject`; what is published on this connection does not come back on it.
///
/// # Errors
/// When the server cannot be reached within five seconds, is not a NATS server or refuses the credentials.
pub async fn open(address: &Address, subject: &str) -> std::io::Result<(Reader, Writer)> {
    let opened = timeout(CONNECT, async {
        let tcp = TcpStream::connect((address.host.as_str(), address.port)).await?;
        tcp.set_nodelay(true)?;
        let mut plain = BufReader::new(tcp);
        let info = line(&mut plain).await?;
        let info = info.strip_prefix("INFO ").ok_or_else(|| broken("not a NATS server"))?;
        let info: serde_json::Value = serde_json::from_str(info).map_err(|e| broken(e.to_string()))?;
        let tcp = plain.into_inner();
        let wire: Box<dyn Wire> = if address.tls || info["tls_required"] == true {
            Box::new(secured(tcp, &address.host).await?)
        } else {
            Box::new(tcp)
        };
        let (reader, writer) = tokio::io::split(wire);
        let (mut reader, mut writer) = (Reader(BufReader::new(reader)), Writer(BufWriter::new(writer)));
        let mut connect = serde_json::json!({
            "verbose": false, "pedantic": false, "echo": false, "protocol": 1,
            "name": "kyhop", "lang": "rust", "version": env!("CARGO_PKG_VERSION"), "tls_required": address.tls,
        });
        match (&address.password, address.user.as_str()) {
            (Some(password), user) => {
                connect["user"] = user.into();
                connect["pass"] = password.as_str().into();
            }
            (None, "") => {}
            (None, token) => connect["auth_token"] = token.into(),
        }
        writer.line(&format!("CONNECT {connect}")).await?;
        writer.line(&format!("SUB {subject} 1")).await?;
        writer.line("PING").await?;
        writer.flush().await?;
        // Only the answer says whether the credentials were good.
        loop {
            match line(&mut reader.0).await?.as_str() {
                "PONG" => return Ok((reader, writer)),
                refused if refused.starts_with("-ERR") => return Err(broken(refused)),
                _ => {}
            }
        }
    });
    opened
        .await
        .unwrap_or_else(|_| Err(std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer")))
}

async fn secured(tcp: TcpStream, host: &str) -> std::io::Result<tokio_openssl::SslStream<TcpStream>> {
    let other = |e: openssl::error::ErrorStack| broken(e.to_string());
    let connector = SslConnector::builder(SslMethod::tls_client()).map_err(other)?.build();
    let ssl = connector.configure().map_err(other)?.into_ssl(host).map_err(other)?;
    let mut stream = tokio_openssl::SslStream::new(ssl, tcp).map_err(other)?;
    Pin::new(&mut stream).connect().await.map_err(|e| broken(e.to_string()))?;
    Ok(stream)
}

/// One line without its end.
async fn line<R: AsyncBufReadExt + Unpin>(reader: &mut R) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    let n = (&mut *reader).take(LONGEST_LINE as u64).read_until(b'\n', &mut bytes).await?;
    if n == 0 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    if bytes.last() != Some(&b'\n') {
        return Err(broken("a line that does not end"));
    }
    String::from_utf8(bytes)
        .map(|text| text.trim_end().to_owned())
        .map_err(|_| broken("a line that is no text"))
}

impl Reader {
    /// Waits for what comes next.
    ///
    /// # Errors
    /// When the connection ends or cannot be followed any more.
    pub async fn next(&mut self) -> std::io::Result<Said> {
        let line = line(&mut self.0).await?;
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match verb {
            // MSG <subject> <sid> [reply-to] <size>
            "MSG" => {
                let size: usize = rest
                    .rsplit(' ')
                    .next()
                    .and_then(|n| n.parse().ok())
                    .ok_or_else(|| broken("no size"))?;
                if size > MOST {
                    return Err(broken("a message that is too large"));
                }
                let mut body = vec![0; size + 2];
                self.0.read_exact(&mut body).await?;
                body.truncate(size);
                Ok(Said::Message(body))
            }
            "PING" => Ok(Said::Ping),
            "-ERR" => Err(broken(rest)),
            _ => Ok(Said::Other),
        }
    }
}

impl Writer {
    async fn line(&mut self, text: &str) -> std::io::Result<()> {
        self.0.write_all(text.as_bytes()).await?;
        self.0.write_all(b"\r\n").await
    }

    /// Goes out with the next [`Writer::flush`].
    pub async fn publish(&mut self, subject: &str, body: &[u8]) -> std::io::Result<()> {
        self.0.write_all(format!("PUB {subject} {}\r\n", body.len()).as_bytes()).await?;
        self.0.write_all(body).await?;
        self.0.write_all(b"\r\n").await
    }

    /// Asks the server for a sign of life.
    pub async fn ping(&mut self) -> std::io::Result<()> {
        self.line("PING").await
    }

    pub async fn pong(&mut self) -> std::io::Result<()> {
        self.line("PONG").await
    }

    pub async fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush().await
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn addresses_are_read_and_told_without_their_secrets() {
        let plain = Address::parse("nats://10.0.0.5").expect("an address");
        assert_eq!((plain.host.as_str(), plain.port, plain.tls), ("10.0.0.5", 4222, false));
        let with = Address::parse("tls://kyhop:b%40d@nats.example.org:4333").expect("an address");
        assert_eq!(
            (with.user.as_str(), with.password.as_deref(), with.port, with.tls),
            ("kyhop", Some("b@d"), 4333, true)
        );
        assert_eq!(format!("{with:?}"), "nats.example.org:4333");
        for wrong in ["10.0.0.5:4222", "http://nats", "nats://", ""] {
            assert!(Address::parse(wrong).is_none(), "{wrong}");
        }
    }
}
