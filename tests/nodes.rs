//! Several servers as one system: real processes on one PostgreSQL, with a real NATS and a store that speaks S3. One is killed in the
//! middle of a meeting, NATS goes away and comes back, and no device misses, doubles or disorders anything.
use crate::meetings::Meeting;
use crate::support::axis::eventually;
use crate::support::{Backend, Client, Process, Server, Socket, document};
use app::dto::identity::Role;
use app::live::{LiveEvent, ServerFrame};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use serde_json::json;
use server::files::{FileError, Files};
use server::live::nats::Address;
use server::live::{Hub, News, bus, store};
use server::metrics::Metrics;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

const ACCESS: &str = "kyhop-test";
const BUCKET: &str = "kyhop";

async fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    listener.local_addr().expect("its address").to_string()
}

/// A store in `dir` that checks signatures; gives its address and the secret.
async fn s3(dir: &Path) -> (String, String) {
    let secret = uuid::Uuid::new_v4().simple().to_string();
    std::fs::create_dir_all(dir.join(BUCKET)).expect("a bucket");
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(dir).expect("a store"));
    service.set_auth(SimpleAuth::from_single(ACCESS, secret.as_str()));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let _ = Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(socket), service)
                    .await;
            });
        }
    });
    (address, secret)
}

/// Nodes of one system, and what they share.
struct System {
    /// Has laid the data down and answers no one; used to look into the database.
    office: Server,
    nodes: Vec<Process>,
    nats: Process,
}

impl System {
    async fn start(nodes: usize) -> Self {
        let office = Server::start(Backend::Postgres).await;
        // It does no background work from here on: that is for the nodes.
        office.state.hub.stop();
        let dir = office.dir.path();
        let (endpoint, secret) = s3(&dir.join("s3")).await;
        let address = free_address().await;
        let (host, port) = address.split_once(':').expect("a port");
        let arguments = ["-a", host, "-p", port, "--user", "kyhop", "--pass", &secret]
            .map(String::from)
            .to_vec();
        let nats = Process::start("nats-server".into(), arguments, Vec::new(), address.clone(), &dir.join("nats.log")).await;
        let mut all = Vec::new();
        for n in 0..nodes {
            let mut environment = office.environment();
            for (name, value) in &mut environment {
                match *name {
                    "KYHOP_LISTEN" => *value = free_address().await,
                    "KYHOP_DATA_DIR" => *value = dir.join(format!("node{n}")).to_string_lossy().into_owned(),
                    _ => {}
                }
            }
            environment.extend([
                ("NATS_URL", format!("nats://kyhop:{secret}@{address}")),
                ("KYHOP_S3_ENDPOINT", endpoint.clone()),
                ("KYHOP_S3_BUCKET", BUCKET.into()),
                ("AWS_ACCESS_KEY_ID", ACCESS.into()),
                ("AWS_SECRET_ACCESS_KEY", secret.clone()),
            ]);
            all.push(Process::kyhop(environment, &dir.join(format!("node{n}.log"))).await);
        }
        let system = Self { office, nodes: all, nats };
        for node in 0..nodes {
            system.joined(node, 1).await;
        }
        system
    }

    fn addresses(&self) -> Vec<String> {
        self.nodes.iter().map(|node| node.address.clone()).collect()
    }

    /// One of a node's figures.
    async fn figure(&self, node: usize, name: &str) -> Option<u64> {
        let client = self.office.stranger().at(&self.nodes[node].address);
        let said = client.attempt(reqwest::Method::GET, "/metrics", None).await?.text();
        let line = said
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned))?;
        line.parse().ok()
    }

    /// Waits until the node says that NATS is there, or is not.
    async fn joined(&self, node: usize, wanted: u64) {
        eventually("a word about NATS", async || {
            (self.figure(node, "kyhop_nats_connected").await == Some(wanted)).then_some(())
        })
        .await;
    }

    /// The one node that does the background work.
    async fn leader(&self) -> usize {
        eventually("a leader", async || {
            let mut leading = Vec::new();
            for node in (0..self.nodes.len()).filter(|n| self.nodes[*n].alive()) {
                if self.figure(node, "kyhop_leading").await? == 1 {
                    leading.push(node);
                }
            }
            assert!(leading.len() < 2, "two nodes do the same work: {leading:?}");
            leading.first().copied()
        })
        .await
    }
}

/// Hears a topic until it has `goal` events, wherever a node answers; gives the events and how often it had to look for another.
async fn device(
    client: Client,
    nodes: Vec<String>,
    first: usize,
    topic: String,
    goal: watch::Receiver<Option<u64>>,
) -> (Vec<(u64, LiveEvent)>, u32) {
    let mut heard: Vec<(u64, LiveEvent)> = Vec::new();
    let mut moves = 0;
    let mut at = first;
    loop {
        let last = heard.last().map_or(0, |(seq, _)| *seq);
        if *goal.borrow() == Some(last) {
            return (heard, moves);
        }
        let Ok(mut socket) = client.at(&nodes[at % nodes.len()]).live().await else {
            at += 1;
            continue;
        };
        let mut connected = socket.try_follow(&topic, last).await;
        while connected && goal.borrow().is_none_or(|all| heard.last().is_none_or(|(seq, _)| *seq != all)) {
            let Ok(frame) = tokio::time::timeout(Duration::from_millis(200), socket.hear()).await else {
                continue;
            };
            match frame {
                Some(ServerFrame::Event { seq, event, .. }) => {
                    assert_eq!(seq, heard.last().map_or(0, |(seq, _)| *seq) + 1, "once and in order");
                    heard.push((seq, event));
                }
                Some(ServerFrame::Hello { .. } | ServerFrame::Following { .. } | ServerFrame::Passing { .. }) => {}
                Some(other) => panic!("{other:?}"),
                None => connected = false,
            }
        }
        if !connected {
            moves += 1;
            at += 1;
        }
    }
}

/// Adds items to the agenda through one node after the other; a node that is gone is passed over.
async fn add_items(system: &System, secretary: &Client, meeting: &Meeting, from: u32, to: u32) {
    let mut at = 0;
    for n in from..to {
        let item = json!({ "id": meeting.id, "title": format!("Nội dung {n}"), "presenter": "Sở Tài chính", "minutes": 15 });
        loop {
            at = (at + 1) % system.nodes.len();
            if system.nodes[at].alive() {
                break;
            }
        }
        secretary.at(&system.nodes[at].address).ui("meetings/add-item", &item).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_dies_and_nats_goes_away_and_nobody_misses_anything() {
    const DEVICES: usize = 24;
    let mut system = System::start(3).await;
    let meeting = Meeting::open(&system.office, DEVICES).await;
    let topic = meeting.topic();
    let (tell, goal) = watch::channel(None);
    let mut devices = JoinSet::new();
    for (n, member) in meeting.members.iter().enumerate() {
        let client = system.office.browser(member).await;
        devices.spawn(device(client, system.addresses(), n, topic.clone(), goal.clone()));
    }
    let secretary = system.office.browser(&meeting.secretary).await;
    add_items(&system, &secretary, &meeting, 0, 60).await;

    // The one that does the background work dies, in the middle of everything: another takes it over.
    let leader = system.leader().await;
    system.nodes[leader].kill();
    add_items(&system, &secretary, &meeting, 60, 120).await;
    let heir = system.leader().await;
    assert_ne!(heir, leader);

    // Without NATS everything goes on, from the database.
    system.nats.kill();
    system.joined(heir, 0).await;
    add_items(&system, &secretary, &meeting, 120, 180).await;
    let mut waiting = system
        .office
        .browser(&meeting.members[0])
        .await
        .at(&system.nodes[heir].address)
        .live()
        .await
        .expect("a socket");
    hears(&mut waiting, &topic, 182).await;
    system.nats.again().await;
    system.nodes[leader].again().await;
    for node in 0..3 {
        system.joined(node, 1).await;
    }
    assert_eq!(system.leader().await, heir, "whoever comes back takes nothing away");
    add_items(&system, &secretary, &meeting, 180, 240).await;

    let mut c = system.office.state.db.read().acquire().await.expect("a connection");
    let kept = store::after(&mut c, &topic, 0, 1000).await.expect("events");
    let kept: Vec<(u64, LiveEvent)> = kept
        .into_iter()
        .map(|(seq, body)| (seq, serde_json::from_str(&body).expect("an event")))
        .collect();
    assert_eq!(kept.len(), 242, "published, opened, and every item once");
    tell.send_replace(Some(242));
    let mut moved = 0;
    while let Some(ended) = devices.join_next().await {
        let (heard, moves) = ended.expect("a device");
        assert!(heard == kept);
        moved += usize::from(moves > 0);
    }
    assert!(moved >= DEVICES / 3, "{moved}: those of the node that died went elsewhere");
}

/// Waits until the socket has heard event `number` of the topic, from the first on.
async fn hears(socket: &mut Socket, topic: &str, number: u64) {
    socket.follow(topic, 0).await;
    loop {
        match socket.hear().await.expect("a connection") {
            ServerFrame::Event { seq, .. } if seq == number => return,
            _ => {}
        }
    }
}

/// Waits for the page that is presented.
async fn sees(socket: &mut Socket, page: u32) {
    loop {
        if let ServerFrame::Passing { event, .. } = socket.hear().await.expect("a connection")
            && let LiveEvent::Presenting { now: Some(now) } = event
            && now.page == page
        {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_told_but_not_kept_reaches_the_other_nodes_also_after_nats_was_away() {
    let mut system = System::start(2).await;
    let meeting = Meeting::open(&system.office, 1).await;
    let clerk = system.office.person("vanthu", &[Role::Clerk]).await;
    let (paper, content) = crate::meetings::arrived(&system.office, Some(&clerk)).await;
    // The office has its files for itself: what the nodes shall show, one of them must have taken in.
    let drafter = system.office.signed_in(Role::Drafter).await;
    let leader = system.office.person("lanhdao", &[Role::Leader]).await;
    let fields = [
        ("kind", "KH"),
        ("abstract_text", "Kế hoạch họp không giấy tờ"),
        ("receivers", "H99.5"),
        ("leader_id", leader.id()),
    ];
    let made = drafter
        .at(&system.nodes[0].address)
        .upload("/documents/new", &fields, Some(("ke-hoach.pdf", &document("ke-hoach.pdf"))))
        .await;
    let id = made.ok().json()["id"].as_str().expect("an id").to_owned();
    let machine = system.office.machine(&drafter.actor).await;
    let path = format!("/api/v1/documents/{id}/file");
    let here = machine.at(&system.nodes[0].address).get(&path).await.ok().body;
    let mut together = JoinSet::new();
    for _ in 0..8 {
        let (other, path) = (machine.at(&system.nodes[1].address), path.clone());
        together.spawn(async move { other.get(&path).await.ok().body });
    }
    while let Some(there) = together.join_next().await {
        assert!(there.expect("an answer") == here, "the file that the first node has taken in");
    }
    assert!(!content.is_empty());

    let item = meeting.item(&system.office, "Nội dung").await;
    let shown = system
        .office
        .state
        .meetings
        .attach(&meeting.secretary, &item, &paper)
        .await
        .expect("attached");
    let present = |page: u32| json!({ "id": meeting.id, "attachment": shown, "page": page, "take": true });
    let chair = system.office.browser(&meeting.chair).await.at(&system.nodes[0].address);
    let mut follower = system
        .office
        .browser(&meeting.members[0])
        .await
        .at(&system.nodes[1].address)
        .live()
        .await
        .expect("a socket");
    follower.follow(&meeting.topic(), 0).await;
    chair.ui("meetings/present", &present(2)).await.ok();
    sees(&mut follower, 2).await;

    system.nats.kill();
    for node in 0..2 {
        system.joined(node, 0).await;
    }
    chair.ui("meetings/present", &present(3)).await.ok();
    system.nats.again().await;
    sees(&mut follower, 3).await;

    // Whoever signs out at one node is out at the other, without waiting for the look that every socket takes from time to time.
    let member = system.office.browser(&meeting.members[0]).await;
    let mut ending = member.at(&system.nodes[1].address).live().await.expect("a socket");
    assert!(matches!(ending.hear().await, Some(ServerFrame::Hello { .. })));
    member.at(&system.nodes[0].address).form("/logout", &[]).await;
    let bye = ServerFrame::Bye {
        reason: "session_ended".into(),
    };
    assert_eq!(ending.hear().await, Some(bye));
}

/// Without a database behind it: what arrives has come over NATS.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_commits_the_others_hear_over_nats_each_system_its_own() {
    let dir = tempfile::tempdir().expect("a folder");
    let address = free_address().await;
    let (host, port) = address.split_once(':').expect("a port");
    let arguments = ["-a", host, "-p", port].map(String::from).to_vec();
    let log = dir.path().join("nats.log");
    let mut nats = Process::start("nats-server".into(), arguments, Vec::new(), address.clone(), &log).await;
    let mut hubs = Vec::new();
    let mut states = Vec::new();
    for subject in ["kyhop.H99", "kyhop.H99", "kyhop.H98"] {
        let (hub, (together, state)) = (Hub::default(), watch::channel(false));
        let place = Address::parse(&format!("nats://{address}")).expect("an address");
        bus::join(&hub, place, subject.into(), together, &Metrics::default());
        hubs.push(hub);
        states.push(state);
    }
    let mut heard: Vec<_> = hubs.iter().map(|hub| hub.follow("meeting:a")).collect();
    for round in 1..=2u64 {
        for state in &mut states {
            state.wait_for(|together| *together).await.expect("joined");
        }
        hubs[0].committed("meeting:a", round, r#"{"e":"x"}"#);
        hubs[2].committed("meeting:a", 10 + round, r#"{"e":"y"}"#);
        let (own, others) = heard.split_at_mut(1);
        for hears in own.iter_mut().chain(&mut others[..1]) {
            let Ok(News::Committed(news)) = hears.next().await else {
                panic!("not an event")
            };
            assert_eq!(news.seq, round, "and nothing of the other system's");
            assert!(news.frame.expect("a frame").as_str().contains(r#""e":"x""#));
        }
        if round == 1 {
            nats.kill();
            for state in &mut states {
                state.wait_for(|together| !*together).await.expect("alone");
            }
            nats.again().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shared_store_gives_what_it_was_given_and_nothing_else() {
    let dir = tempfile::tempdir().expect("a folder");
    let (endpoint, secret) = s3(&dir.path().join("s3")).await;
    let place = |secret: &str| server::config::S3 {
        endpoint: endpoint.clone(),
        bucket: BUCKET.into(),
        region: "us-east-1".into(),
        access_key: ACCESS.into(),
        secret_key: secret.into(),
    };
    let open = async |name: &str, secret: &str| Files::open(&dir.path().join(name), Some(&place(secret))).await;
    assert!(
        matches!(open("wrong", "another secret").await, Err(FileError::Store(_))),
        "a wrong key is told at the start"
    );

    let (one, two) = (
        open("one", &secret).await.expect("files"),
        open("two", &secret).await.expect("files"),
    );
    // Larger than what goes in one part.
    let large: Vec<u8> = (0..23_000_000u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let stream = futures_util::stream::iter(
        large
            .chunks(1 << 20)
            .map(|c| Ok::<_, std::io::Error>(bytes::Bytes::copy_from_slice(c))),
    );
    let incoming = one.receive(stream, u64::MAX).await.expect("received");
    let sha256 = incoming.sha256.clone();
    one.keep(incoming).await.expect("kept");
    let small = one.keep_bytes("nhỏ".into()).await.expect("kept");
    let two = Arc::new(two);
    let mut readers = JoinSet::new();
    for _ in 0..16 {
        let (two, sha256) = (Arc::clone(&two), sha256.clone());
        readers.spawn(async move { two.local(&sha256).await.expect("a file") });
    }
    while let Some(path) = readers.join_next().await {
        assert!(std::fs::read(path.expect("a path")).expect("a file") == large);
    }
    assert_eq!(
        std::fs::read(two.local(&small).await.expect("a file")).expect("a file"),
        "nhỏ".as_bytes()
    );
    let nowhere = "0".repeat(64);
    assert!(!two.local(&nowhere).await.expect("a path").exists());

    // Whoever changes what lies in the store is found out, and nothing of it is kept.
    let three = open("three", &secret).await.expect("files");
    let within = dir.path().join("s3").join(BUCKET).join(&small[..2]).join(&small[2..4]).join(&small);
    std::fs::write(within, "khác").expect("writing");
    assert!(matches!(three.local(&small).await, Err(FileError::Damaged { .. })));
    assert!(
        !dir.path()
            .join("three/files")
            .join(&small[..2])
            .join(&small[2..4])
            .join(&small)
            .exists()
    );
}
