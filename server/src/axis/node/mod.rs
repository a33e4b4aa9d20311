//! The axis node: takes messages from bodies over mutual TLS, keeps them on disk, and hands each to its receiver.
mod config;
mod connection;
mod queue;
mod trace;
mod undelivered;

pub use config::{NodeBody, NodeConfig};

use super::{tls, wire};
use crate::clock::now_us;
use openssl::ssl::SslAcceptor;
use queue::Queue;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, watch};
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

/// Time that somebody has to show a certificate and ask for the link.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes under way at a time; the rest waits.
const HANDSHAKES: usize = 64;
const HOUR: Duration = Duration::from_secs(3600);

/// Everything that the connections of a node share.
#[derive(Clone)]
struct Node {
    config: Arc<NodeConfig>,
    queue: Queue,
    /// Common name of its certificate, its name in traces.
    name: Arc<str>,
    links: Arc<Mutex<HashMap<String, Link>>>,
}

/// How the node reaches the connection of one body.
#[derive(Default)]
struct Link {
    /// Rung when there may be something to send to the body.
    bell: Arc<Notify>,
    /// Dropped when a newer connection takes over, which ends the older.
    current: Option<watch::Sender<()>>,
}

impl Node {
    fn bell(&self, code: &str) -> Arc<Notify> {
        match self.links.lock() {
            Ok(mut links) => links.entry(code.to_owned()).or_default().bell.clone(),
            Err(_) => Arc::default(),
        }
    }

    fn ring(&self, code: &str) {
        self.bell(code).notify_one();
    }

    /// Makes this connection the body's only one. The older may be a dead one that nobody has noticed.
    fn take_over(&self, code: &str) -> watch::Receiver<()> {
        let (sender, receiver) = watch::channel(());
        if let Ok(mut links) = self.links.lock() {
            links.entry(code.to_owned()).or_default().current = Some(sender);
        }
        receiver
    }
}

/// Runs a node until `stop` resolves.
///
/// # Errors
/// A sentence for the person who started it.
pub async fn run(config: NodeConfig, stop: impl Future<Output = ()>) -> Result<(), String> {
    let acceptor = tls::acceptor(&tls::Identity {
        certificate: &config.certificate,
        key: &config.key,
        ca: &config.ca,
    })?;
    let pem = std::fs::read(&config.certificate).map_err(|e| format!("{}: {e}", config.certificate.display()))?;
    let certificate = openssl::x509::X509::from_pem(&pem).map_err(|e| format!("{}: {e}", config.certificate.display()))?;
    let name: Arc<str> = tls::code(&certificate).unwrap_or_else(|| "axis".into()).into();
    if config.knows(&name) {
        return Err(format!(
            "{}: chứng thư của nút trục mang mã của một cơ quan / the node's certificate has the code of a body: {name}",
            config.certificate.display()
        ));
    }
    let queue = Queue::open(&config.data_dir, name.clone())
        .await
        .map_err(|e| format!("data_dir {}: {e}", config.data_dir.display()))?;
    let listener = TcpListener::bind(&config.listen)
        .await
        .map_err(|e| format!("không mở được / cannot listen on {}: {e}", config.listen))?;
    let waiting = queue.depth().await.map_err(|e| e.to_string())?;
    tracing::info!(listen = %config.listen, bodies = config.bodies.len(), waiting, "axis node is serving");
    let node = Node {
        name,
        config: Arc::new(config),
        queue,
        links: Arc::default(),
    };
    let forgetting = tokio::spawn(forget(node.clone()));
    let promise = tokio::spawn(undelivered::run(node.clone()));
    tokio::select! {
        () = accept(&node, &listener, &acceptor) => {}
        () = stop => {}
    }
    forgetting.abort();
    promise.abort();
    // Ends every connection; what was not answered is sent again.
    if let Ok(mut links) = node.links.lock() {
        links.clear();
    }
    Ok(())
}

async fn forget(node: Node) {
    loop {
        let memory = i64::from(node.config.remember_days) * 86_400_000_000;
        if let Err(e) = node.queue.forget(now_us() - memory).await {
            tracing::warn!(error = %e, "cannot forget old messages");
        }
        tokio::time::sleep(HOUR).await;
    }
}

async fn accept(node: &Node, listener: &TcpListener, acceptor: &SslAcceptor) {
    let places = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let (stream, address) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(e) => {
                tracing::warn!(error = %e, "cannot accept");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (node, acceptor) = (node.clone(), acceptor.clone());
        tokio::spawn(async move {
            let greeted = tokio::time::timeout(HANDSHAKE, greet(&node, &acceptor, stream)).await;
            drop(place);
            match greeted {
                Ok(Ok((code, socket))) => {
                    tracing::info!(body = code, %address, "connected");
                    let ended = connection::serve(&node, &code, socket).await;
                    tracing::info!(body = code, reason = %ended, "disconnected");
                }
                Ok(Err(why)) => tracing::info!(%address, why, "refused"),
                Err(_) => tracing::info!(%address, "refused: no handshake in time"),
            }
        });
    }
}

/// Learns from the certificate who it is. Whoever is not in the list is told so, not left to guess.
async fn greet(node: &Node, acceptor: &SslAcceptor, stream: TcpStream) -> Result<(String, wire::Socket), String> {
    let _ = stream.set_nodelay(true);
    let stream = tls::accept(acceptor, stream).await?;
    let certificate = stream.ssl().peer_certificate().ok_or("no certificate")?;
    let code = tls::code(&certificate).filter(|code| node.config.knows(code));
    let known = code.is_some();
    #[allow(clippy::result_large_err, reason = "the type is the library's")]
    let check = move |_: &Request, response: Response| {
        if known {
            return Ok(response);
        }
        let mut refusal = ErrorResponse::new(Some("the certificate names no body of this node".into()));
        *refusal.status_mut() = axum::http::StatusCode::FORBIDDEN;
        Err(refusal)
    };
    let socket = tokio_tungstenite::accept_hdr_async_with_config(stream, check, Some(wire::limits()))
        .await
        .map_err(|e| e.to_string())?;
    code.map(|code| (code, socket))
        .ok_or_else(|| "the certificate names no body of this node".into())
}
