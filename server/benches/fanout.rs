//! How long a change takes to reach thousands of devices, beside nats-server's own WebSocket listener: same machine, same load program,
//! same payload, one after the other. Then a page that a presenter turns, and 300 tablets that open one document (`opening`).
//! `scripts/bench-live` runs it.
#[path = "room/opening.rs"]
mod opening;
// What the tests share is more than is needed here.
#[allow(dead_code, unused_imports)]
#[path = "../../tests/support/mod.rs"]
mod support;

use app::dto::documents::Urgency;
use app::dto::identity::{Body, Role};
use app::dto::meetings::{Check, MeetingDraft};
use app::ids::{AttachmentId, MeetingId, UserId};
use axum::http::Method;
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use server::actor::Actor;
use server::documents::incoming::Arrival;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use support::{Backend, Client, Process, Server};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// Changes that are told; the first few are not counted.
const ROUNDS: usize = 30;
const WARM: usize = 5;
/// Bytes of one event.
const PAYLOAD: usize = 300;

fn setting(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(otherwise)
}

/// Nanoseconds since the start, of when each device heard of the round that goes on.
struct Board {
    start: Instant,
    heard: mpsc::Sender<u64>,
    connected: AtomicU64,
    /// What only the messages that are waited for contain.
    mark: &'static [u8],
}

/// One device: connects, says what its server wants to hear, then tells of every message that carries the mark.
async fn device(request: Request, hello: Vec<Message>, board: Arc<Board>, turn: Arc<Semaphore>) {
    let permit = turn.acquire().await.expect("a turn");
    // Small buffers, or the load program's own memory is what is measured.
    let config = WebSocketConfig::default().read_buffer_size(2048).write_buffer_size(0);
    let (mut socket, _) = tokio_tungstenite::connect_async_with_config(request, Some(config), false)
        .await
        .expect("a socket");
    for message in hello {
        socket.send(message).await.expect("sending");
    }
    drop(permit);
    board.connected.fetch_add(1, Ordering::Relaxed);
    while let Some(Ok(message)) = socket.next().await {
        let data = message.into_data();
        if memchr::memmem::find(&data, board.mark).is_some() {
            let at = board.start.elapsed().as_nanos();
            let _ = board.heard.send(u64::try_from(at).unwrap_or(u64::MAX)).await;
        } else if data.starts_with(b"PING") {
            socket.send(Message::binary(&b"PONG\r\n"[..])).await.expect("sending");
        }
    }
}

/// Kilobytes that the process holds.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").trim().parse().expect("a number")
}

fn part(sorted: &[f64], of: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * of) as usize]
}

/// Connects `devices`, tells `ROUNDS` changes by `tell` and prints how long they took to arrive.
async fn measure(
    name: &str,
    mark: &'static [u8],
    pid: u32,
    devices: usize,
    make: impl Fn() -> (Request, Vec<Message>),
    mut tell: impl AsyncFnMut(String),
) {
    let before = memory(pid);
    let (heard, mut arrivals) = mpsc::channel(devices * 2);
    let board = Arc::new(Board {
        start: Instant::now(),
        heard,
        connected: AtomicU64::new(0),
        mark,
    });
    let turn = Arc::new(Semaphore::new(64));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..devices {
        let (request, hello) = make();
        tasks.spawn(device(request, hello, Arc::clone(&board), Arc::clone(&turn)));
    }
    while (board.connected.load(Ordering::Relaxed) as usize) < devices {
        assert!(tasks.try_join_next().is_none(), "a device has gone");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // What each asked for is answered, and the machine is quiet again.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let each = (memory(pid) - before) as f64 / devices as f64;
    let mut all = Vec::new();
    for round in 0..ROUNDS {
        let mark = format!("measured-{round:06}-");
        let text = format!("{mark}{}", "x".repeat(PAYLOAD - mark.len()));
        let told = board.start.elapsed();
        tell(text).await;
        for _ in 0..devices {
            let at = tokio::time::timeout(Duration::from_secs(30), arrivals.recv()).await;
            let at = Duration::from_nanos(at.expect("an arrival").expect("a device"));
            if round >= WARM {
                all.push((at.saturating_sub(told)).as_secs_f64() * 1000.0);
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let after = (memory(pid) - before) as f64 / devices as f64;
    all.sort_by(f64::total_cmp);
    println!(
        "fanout_{name} {devices} {:.0} {:.0} {:.1} {:.1}",
        part(&all, 0.5),
        part(&all, 0.99),
        each,
        after
    );
    tasks.shutdown().await;
}

/// A meeting that is held on a server of its own process, with a document on it.
struct Held {
    office: Server,
    process: Process,
    address: String,
    /// Who may follow and read, without being a member.
    watcher: Client,
    secretary: Client,
    meeting: MeetingId,
    document: AttachmentId,
    sha256: String,
}

async fn held(pdf: Vec<u8>) -> Held {
    let office = Server::start(Backend::Sqlite).await;
    let watcher = office.person("kiemtra", &[Role::Auditor]).await;
    let clerk = office.person("vanthu", &[Role::Clerk]).await;
    let secretary = office.person("thuky", &[Role::Secretary, Role::Official]).await;
    let chair = office.person("chutri", &[Role::Leader, Role::Official]).await;
    let today = server::clock::vietnam(server::clock::now_us()).date();
    let draft = MeetingDraft {
        title: "Họp thường kỳ".into(),
        room: "Phòng họp số 1".into(),
        starts: format!("{today}T00:00"),
        ends: format!("{today}T23:59"),
        chair_id: UserId(chair.id().into()),
        members: Vec::new(),
    };
    let service = &office.state.meetings;
    let meeting = service.create(&secretary, &draft).await.expect("a meeting");
    let size = pdf.len() as u64;
    let sha256 = office.state.files.keep_bytes(pdf.into()).await.expect("kept");
    let mut work = office.state.db.begin(&Actor::system("axis")).await.expect("a transaction");
    let arrival = Arrival {
        message_id: "m1".into(),
        sender: Body {
            code: "H99.5".into(),
            name: "Sở Nội vụ".into(),
        },
        kind: "BC".into(),
        subject: "Báo cáo".into(),
        notation: "12/BC-SNV".into(),
        issued_on: today.to_string(),
        urgency: Urgency::Normal,
        sha256: sha256.clone(),
        size,
        pages: 1000,
        file_name: "bao-cao.pdf".into(),
        update: false,
    };
    let paper = office.state.documents.arrive(&mut work, &arrival, None).await.expect("an arrival");
    work.commit().await.expect("committing");
    office.state.documents.take_in(&clerk, &paper, 1).await.expect("taken in");
    let item = service.add_item(&secretary, &meeting, "Báo cáo", "", 10).await.expect("an item");
    let document = service.attach(&secretary, &item, &paper).await.expect("attached");
    service.publish(&secretary, &meeting, &Check::ALL).await.expect("published");
    service.open(&chair, &meeting).await.expect("opened");
    let (watcher, secretary) = (office.browser(&watcher).await, office.browser(&secretary).await);
    let mut environment = office.environment();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address").to_string();
    drop(listener);
    for (name, value) in &mut environment {
        if *name == "KYHOP_LISTEN" {
            *value = address.clone();
        }
    }
    office.state.hub.stop();
    let program = std::env::var("KYHOP_BIN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_kyhop").into());
    let arguments = ["serve", "--demonstration"].map(String::from).to_vec();
    let log = office.dir.path().join("measured.log");
    let process = Process::start(program.into(), arguments, environment, address.clone(), &log).await;
    let (watcher, secretary): (Client, Client) = (watcher.at(&address), secretary.at(&address));
    Held {
        office,
        process,
        address,
        watcher,
        secretary,
        meeting,
        document,
        sha256,
    }
}

impl Held {
    /// One that follows the meeting.
    fn follower(&self) -> (Request, Vec<Message>) {
        let follow = json!({ "t": "follow", "topic": format!("meeting:{}", self.meeting), "after": 0 });
        (self.watcher.live_request(), vec![Message::text(follow.to_string())])
    }
}

async fn kyhop(devices: usize) {
    let held = held(support::document("ke-hoach.pdf")).await;
    let tell = async |text: String| {
        let item = json!({ "id": held.meeting, "title": text, "presenter": "", "minutes": 5 });
        held.secretary.ui("meetings/add-item", &item).await.ok();
    };
    measure("kyhop", b"measured-", held.process.pid(), devices, || held.follower(), tell).await;
}

/// From the tap that turns the presenter's page to its arrival at each that follows.
async fn presenting(devices: usize) {
    let held = held(support::document("ke-hoach.pdf")).await;
    let path = format!("/api/v1/meetings/{}/presenting", held.meeting);
    let mut page = 0;
    let tell = async |_| {
        page += 1;
        let turn = json!({ "document": held.document, "page": page, "take": true });
        let answer = held.secretary.attempt(Method::PUT, &path, Some(&turn)).await;
        answer.expect("an answer").ok();
    };
    measure(
        "presenting",
        b"\"presenting\"",
        held.process.pid(),
        devices,
        || held.follower(),
        tell,
    )
    .await;
}

async fn nats(devices: usize) {
    let dir = tempfile::tempdir().expect("a folder");
    let mut ports = Vec::new();
    for _ in 0..2 {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        ports.push((listener.local_addr().expect("its address").port(), listener));
    }
    let ports: Vec<u16> = ports.into_iter().map(|(port, _)| port).collect();
    let config = format!(
        "listen: 127.0.0.1:{}\nwebsocket {{ listen: \"127.0.0.1:{}\", no_tls: true }}\n",
        ports[0], ports[1]
    );
    let file = dir.path().join("nats.conf");
    std::fs::write(&file, config).expect("writing");
    let arguments = vec!["-c".to_owned(), file.to_string_lossy().into_owned()];
    let address = format!("127.0.0.1:{}", ports[0]);
    let log = dir.path().join("nats.log");
    let process = Process::start("nats-server".into(), arguments, Vec::new(), address.clone(), &log).await;
    let url = format!("ws://127.0.0.1:{}/", ports[1]);
    let make = || {
        let hello = "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB meeting 1\r\n";
        (
            url.as_str().into_client_request().expect("an address"),
            vec![Message::binary(hello.as_bytes())],
        )
    };
    let mut publisher = TcpStream::connect(&address).await.expect("nats-server");
    publisher.set_nodelay(true).expect("no delay");
    publisher
        .write_all(b"CONNECT {\"verbose\":false,\"pedantic\":false}\r\n")
        .await
        .expect("sending");
    measure("nats", b"measured-", process.pid(), devices, make, async |text| {
        let publish = format!("PUB meeting {}\r\n{text}\r\n", text.len());
        publisher.write_all(publish.as_bytes()).await.expect("sending");
    })
    .await;
}

fn main() {
    if opening::is_floor() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    if std::env::var_os("KYHOP_ONLY_OPENING").is_some() {
        return runtime.block_on(opening::all());
    }
    for devices in [1000, setting("KYHOP_SOCKETS", 10_000)] {
        runtime.block_on(kyhop(devices));
        runtime.block_on(nats(devices));
    }
    runtime.block_on(presenting(1000));
    runtime.block_on(opening::all());
}
