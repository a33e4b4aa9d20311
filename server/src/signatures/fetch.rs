//! Fetching what a signature's certificates point to: lists, answers, issuers. A PDF from anybody names these addresses,
//! so that they are asked with care: only HTTP, limited in time and size, and never in a private network that the
//! configuration does not name.
use futures_util::StreamExt;
use openssl::x509::{X509, X509Crl};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Url, header, redirect};
use signing::validate::Needed;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// For one address, redirections included.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// Bytes: lists of large authorities have some megabytes.
const LARGEST_LIST: usize = 32 << 20;
const LARGEST_OTHER: usize = 256 << 10;
/// Bytes of all that is remembered.
const LARGEST_MEMORY: usize = 96 << 20;
const REDIRECTIONS: usize = 3;
/// How long an address that failed is left alone.
const FAILURE_LASTS: Duration = Duration::from_secs(30);
/// At the same time, for one file.
const AT_ONCE: usize = 6;

/// Where may be asked.
#[derive(Debug, Clone)]
pub enum Reach {
    /// The public network, and these hosts wherever they are.
    Public(Vec<String>),
    /// Everywhere: for a person at a terminal, who could do so anyway.
    Anywhere,
}

impl Reach {
    fn names(&self, host: &str) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Public(hosts) => hosts.iter().any(|h| h.eq_ignore_ascii_case(host)),
        }
    }

    fn allows(&self, address: IpAddr) -> bool {
        matches!(self, Self::Anywhere) || is_public(address)
    }

    /// Names are judged when they have been resolved.
    fn check(&self, url: &Url) -> Result<(), String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("{} is not asked, only http and https", url.scheme()));
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        match host.parse::<IpAddr>() {
            Ok(address) if !self.names(host) && !self.allows(address) => Err(format!("{host} is in a private network")),
            _ => Ok(()),
        }
    }
}

type Memory = HashMap<Needed, (Instant, Arc<Vec<u8>>)>;

/// Asks, and remembers for a while what was answered.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    reach: Reach,
    memory: Arc<Mutex<Memory>>,
    /// Addresses that have just failed, with the reason: each further file would wait for them again.
    failed: Arc<Mutex<HashMap<String, (Instant, String)>>>,
}

/// An answer, and whether it came from memory.
pub struct Fetched {
    pub content: Arc<Vec<u8>>,
    pub remembered: bool,
}

impl Fetcher {
    pub fn new(reach: Reach) -> Self {
        let at_redirection = reach.clone();
        let policy = redirect::Policy::custom(move |attempt| {
            if attempt.previous().len() > REDIRECTIONS {
                return attempt.error("too many redirections");
            }
            match at_redirection.check(attempt.url()) {
                Ok(()) => attempt.follow(),
                Err(why) => attempt.error(why),
            }
        });
        let client = Client::builder()
            .dns_resolver(Arc::new(Guard(reach.clone())))
            .redirect(policy)
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .no_proxy()
            .user_agent("kyhop")
            .build()
            .unwrap_or_default();
        Self {
            client,
            reach,
            memory: Arc::default(),
            failed: Arc::default(),
        }
    }

    /// Asks for all, some at a time. `anew` leaves out what is remembered of it.
    pub async fn all(&self, needed: Vec<(Needed, bool)>) -> Vec<(Needed, Result<Fetched, String>)> {
        let one = |(needed, anew): (Needed, bool)| async move {
            let answer = self.one(&needed, anew).await;
            (needed, answer)
        };
        futures_util::stream::iter(needed)
            .map(one)
            .buffer_unordered(AT_ONCE)
            .collect()
            .await
    }

    async fn one(&self, needed: &Needed, anew: bool) -> Result<Fetched, String> {
        if !anew && let Some(content) = self.remembered(needed) {
            return Ok(Fetched { content, remembered: true });
        }
        if let Some(why) = self.failed_lately(needed.url()) {
            return Err(why);
        }
        let answer = self.ask(needed).await.and_then(|content| decoded(needed, content));
        let content = answer.map(Arc::new).inspect_err(|why| self.remember_failure(needed.url(), why))?;
        self.remember(needed, &content);
        Ok(Fetched {
            content,
            remembered: false,
        })
    }

    async fn ask(&self, needed: &Needed) -> Result<Vec<u8>, String> {
        let url = Url::parse(needed.url()).map_err(|e| e.to_string())?;
        self.reach.check(&url)?;
        let (request, limit) = match needed {
            Needed::Crl { .. } => (self.client.get(url), LARGEST_LIST),
            Needed::Certificate { .. } => (self.client.get(url), LARGEST_OTHER),
            Needed::Ocsp { request_der, .. } => {
                let asking = self.client.post(url).header(header::CONTENT_TYPE, "application/ocsp-request");
                (asking.body(request_der.clone()), LARGEST_OTHER)
            }
        };
        read(request, limit).await
    }

    fn remembered(&self, needed: &Needed) -> Option<Arc<Vec<u8>>> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, content) = memory.get(needed)?;
        (at.elapsed() < lasts(needed)).then(|| content.clone())
    }

    fn failed_lately(&self, url: &str) -> Option<String> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, why) = failed.get(url)?;
        (at.elapsed() < FAILURE_LASTS).then(|| why.clone())
    }

    fn remember_failure(&self, url: &str, why: &str) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.retain(|_, (at, _)| at.elapsed() < FAILURE_LASTS);
        failed.insert(url.to_owned(), (Instant::now(), why.to_owned()));
    }

    fn remember(&self, needed: &Needed, content: &Arc<Vec<u8>>) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.retain(|known, (at, _)| at.elapsed() < lasts(known));
        let mut size: usize = memory.values().map(|(_, c)| c.len()).sum();
        while size + content.len() > LARGEST_MEMORY
            && let Some(oldest) = memory.iter().min_by_key(|(_, (at, _))| *at).map(|(known, _)| known.clone())
        {
            size -= memory.remove(&oldest).map_or(0, |(_, c)| c.len());
        }
        memory.insert(needed.clone(), (Instant::now(), content.clone()));
    }
}

/// Sends a request and reads its answer, of `limit` bytes at most.
pub async fn read(request: reqwest::RequestBuilder, limit: usize) -> Result<Vec<u8>, String> {
    let mut response = request.send().await.map_err(|e| cause(&e))?;
    if !response.status().is_success() {
        return Err(format!("answered {}", response.status()));
    }
    let mut content = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|e| cause(&e))? {
        content.extend_from_slice(&part);
        if content.len() > limit {
            return Err(format!("answered more than {limit} bytes"));
        }
    }
    Ok(content)
}

/// How long an answer is good for without asking again.
fn lasts(needed: &Needed) -> Duration {
    match needed {
        Needed::Ocsp { .. } => Duration::from_secs(5 * 60),
        Needed::Crl { .. } => Duration::from_secs(30 * 60),
        Needed::Certificate { .. } => Duration::from_secs(24 * 3600),
    }
}

/// DER, also of what was served as PEM. What is neither list nor certificate, such as a page of an error, is none.
fn decoded(needed: &Needed, content: Vec<u8>) -> Result<Vec<u8>, String> {
    let wrong = |e: openssl::error::ErrorStack| format!("answered something else: {e}");
    let pem = content.starts_with(b"-----BEGIN");
    match needed {
        Needed::Crl { .. } if pem => X509Crl::from_pem(&content).and_then(|c| c.to_der()).map_err(wrong),
        Needed::Crl { .. } => X509Crl::from_der(&content).map(|_| content).map_err(wrong),
        Needed::Certificate { .. } if pem => X509::from_pem(&content).and_then(|c| c.to_der()).map_err(wrong),
        Needed::Certificate { .. } => X509::from_der(&content).map(|_| content).map_err(wrong),
        Needed::Ocsp { .. } => match openssl::ocsp::OcspResponse::from_der(&content) {
            Ok(r) if r.status() == openssl::ocsp::OcspResponseStatus::SUCCESSFUL => Ok(content),
            Ok(_) => Err("the responder could not answer".into()),
            Err(e) => Err(wrong(e)),
        },
    }
}

/// The innermost reason: the outer ones only repeat the address.
fn cause(e: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = e;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

/// Resolves names, and keeps to the addresses that may be asked: what was judged is what is connected to.
struct Guard(Reach);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0.clone();
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found.into_iter().filter(|a| reach.names(&name) || reach.allows(a.ip())).collect();
            if allowed.is_empty() {
                return Err(format!("{name} is in a private network").into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(a) => is_public_v4(a),
        IpAddr::V6(a) => match a.to_ipv4_mapped() {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(a),
        },
    }
}

fn is_public_v4(a: Ipv4Addr) -> bool {
    let [first, second, third, _] = a.octets();
    // Shared (RFC 6598), of the protocols themselves (RFC 6890), of measurements (RFC 2544).
    let special = (first == 100 && (64..128).contains(&second))
        || (first, second, third) == (192, 0, 0)
        || (first == 198 && (18..20).contains(&second));
    let local = a.is_private() || a.is_loopback() || a.is_link_local() || a.is_documentation();
    first != 0 && first < 224 && !special && !local
}

fn is_public_v6(a: Ipv6Addr) -> bool {
    let [first, second, ..] = a.segments();
    // Global unicast (2000::/3), without the tunnels that carry an IPv4 address (6to4, Teredo) and what is for documentation.
    (0x2000..0x4000).contains(&first) && first != 0x2002 && !(first == 0x2001 && matches!(second, 0 | 0xdb8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[test]
    fn private_networks_are_known() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "203.162.4.191", "2405:4800::1", "2001:4860::1"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    /// Answers every connection with these bytes, and counts them.
    async fn serve(answer: Vec<u8>) -> (String, Arc<std::sync::atomic::AtomicUsize>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let count = asked.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                let answer = answer.clone();
                tokio::spawn(async move {
                    let _ = stream.read(&mut [0; 4096]).await;
                    let _ = stream.write_all(&answer).await;
                });
            }
        });
        (address, asked)
    }

    fn answer(head: &str, body: &[u8]) -> Vec<u8> {
        let mut all = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len()).into_bytes();
        all.extend_from_slice(body);
        all
    }

    async fn fetch(fetcher: &Fetcher, url: String) -> Result<Fetched, String> {
        let mut all = fetcher.all(vec![(Needed::Certificate { url }, false)]).await;
        all.remove(0).1
    }

    #[tokio::test]
    async fn asks_where_it_may_and_remembers() {
        let root = crate::demo::pki::issue("Gốc", None, &crate::demo::pki::Use::Root, None).unwrap();
        let der = root.certificate.to_der().unwrap();
        let (address, asked) = serve(answer("200 OK", &root.certificate.to_pem().unwrap())).await;
        let closed = Fetcher::new(Reach::Public(Vec::new()));
        for host in [
            &address,
            &address.replace("127.0.0.1", "localhost"),
            &address.replace("127.0.0.1", "0x7f.1"),
        ] {
            let refused = fetch(&closed, format!("http://{host}/ca.cer")).await.err().unwrap();
            assert!(refused.contains("private network"), "{refused}");
        }
        assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 0);
        let open = Fetcher::new(Reach::Public(vec!["127.0.0.1".into()]));
        for remembered in [false, true] {
            let got = fetch(&open, format!("http://{address}/ca.cer")).await.unwrap();
            assert_eq!((&*got.content, got.remembered), (&der, remembered));
        }
        assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 1);
        assert!(fetch(&open, "ldap://127.0.0.1/ca".into()).await.is_err());
    }

    #[tokio::test]
    async fn redirections_lead_into_no_private_network() {
        let (inner, asked) = serve(answer("200 OK", b"secret")).await;
        let port = inner.rsplit(':').next().unwrap();
        let target = answer(&format!("302 Found\r\nLocation: http://127.0.0.2:{port}/"), b"");
        let (outer, _) = serve(target).await;
        let fetcher = Fetcher::new(Reach::Public(vec!["127.0.0.1".into()]));
        let refused = fetch(&fetcher, format!("http://{outer}/")).await.err().unwrap();
        assert!(refused.contains("private network"), "{refused}");
        assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn too_much_and_something_else_are_refused() {
        let fetcher = Fetcher::new(Reach::Anywhere);
        let (large, _) = serve(answer("200 OK", &vec![b'x'; LARGEST_OTHER + 1])).await;
        let refused = fetch(&fetcher, format!("http://{large}/")).await.err().unwrap();
        assert!(refused.contains("more than"), "{refused}");
        let (page, _) = serve(answer("200 OK", b"<html>please log in</html>")).await;
        let refused = fetch(&fetcher, format!("http://{page}/")).await.err().unwrap();
        assert!(refused.contains("something else"), "{refused}");
        let (gone, asked) = serve(answer("404 Not Found", b"")).await;
        for _ in 0..2 {
            let refused = fetch(&fetcher, format!("http://{gone}/")).await.err().unwrap();
            assert!(refused.contains("404"), "{refused}");
        }
        let asked = asked.load(std::sync::atomic::Ordering::SeqCst);
        assert_eq!(asked, 1, "what failed is left alone for a while");
    }
}
