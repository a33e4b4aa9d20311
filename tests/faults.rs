//! Documents between bodies while everything fails: two servers and a node as processes of their own, each killed at random, and
//! links that are cut. Afterwards every document is exactly once where it belongs, byte for byte, and every register without a gap.
//!
//! The long form is `scripts/faults`.
use crate::support::axis::{Province, node_link};
use crate::support::{Answer, Client, Process, Server, document};
use app::dto::Placement;
use app::dto::identity::Role;
use reqwest::Method;
use serde_json::{Value, json};
use server::actor::Actor;
use server::documents::upload::Form;
use server::signatures::{KeyMaterial, NewKey, Owner};
use sqlx::any::AnyRow;
use sqlx::{AnyPool, AssertSqlSafe, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

const PIN: &str = "246813";
/// Only a test that fails waits this long without seeing any progress.
const PATIENCE: Duration = Duration::from_secs(180);

/// A setting of the long form.
fn setting(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |text| {
        text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}"))
    })
}

/// Small and repeatable: a failure names its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

/// A way to the node that can be cut: both ends see the connection end.
struct Wire {
    port: u16,
    open: Arc<Mutex<Vec<AbortHandle>>>,
}

impl Wire {
    async fn to(node: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let open = Arc::new(Mutex::new(Vec::<AbortHandle>::new()));
        let all = Arc::clone(&open);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let task = tokio::spawn(async move {
                    if let Ok(mut far) = TcpStream::connect(("127.0.0.1", node)).await {
                        // An end that breaks off is what this is for.
                        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                    }
                });
                all.lock().unwrap_or_else(PoisonError::into_inner).push(task.abort_handle());
            }
        });
        Self { port, open }
    }

    fn cut(&self) {
        for task in self.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            task.abort();
        }
    }
}

/// One end: `kyhop serve` over the data that a server of the test has left, with its way to the node.
struct End {
    process: Process,
    wire: Wire,
}

impl End {
    async fn over(province: &Province, server: &Server) -> Self {
        let config = &server.state.config;
        let wire = Wire::to(province.port).await;
        let link = node_link(province.link(&config.body_code, &province.authority));
        let text = |path: &std::path::Path| path.to_string_lossy().into_owned();
        let mut environment = server.environment();
        environment.extend([
            ("KYHOP_TRUST", text(&province.root())),
            ("KYHOP_AXIS_NODE", format!("wss://127.0.0.1:{}", wire.port)),
            ("KYHOP_AXIS_CERTIFICATE", text(&link.certificate)),
            ("KYHOP_AXIS_KEY", text(&link.key)),
            ("KYHOP_AXIS_CA", text(&link.ca)),
        ]);
        let log = province.dir.path().join(format!("{}.log", config.body_code));
        let process = Process::kyhop(environment, &log).await;
        Self { process, wire }
    }
}

/// Everything ready for a clerk to number, seal and send: the server, its clerk, and the documents' ids.
pub async fn signed(province: &Province, documents: usize) -> (Server, Actor, Vec<String>) {
    let server = province.body_with("H99", |_| {}).await;
    let drafter = server.person("drafter", &[Role::Drafter]).await;
    let leader = server.person("leader", &[Role::Leader]).await;
    let clerk = server.person("clerk", &[Role::Clerk]).await;
    let person = Owner::Person(leader.user().expect("a person").clone());
    for (owner, name) in [(person, leader.name.as_str()), (Owner::Body("H99".into()), "H99")] {
        let pair = province.authority.signing(name);
        let new = NewKey {
            owner,
            material: KeyMaterial::Pkcs8 {
                key: &pair.key.private_key_to_pkcs8().expect("DER"),
                certificate: &pair.certificate.to_der().expect("DER"),
                chain: &province.authority.chain_pem(),
            },
            pin: PIN,
            image: None,
            demonstration: true,
        };
        server.state.signatures.store_key(&Actor::system("test"), new).await.expect("a key");
    }
    let service = &server.state.documents;
    let names = ["thong-bao.pdf", "quyet-dinh.pdf", "ke-hoach.pdf"];
    let mut ids = Vec::new();
    for n in 0..documents {
        let bytes = bytes::Bytes::from(document(names[n % names.len()]));
        let stream = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(bytes)]);
        let incoming = server.state.files.receive(stream, u64::MAX).await.expect("a file");
        let file = service.accept(incoming, "van-ban.pdf").await.expect("a PDF");
        let subject = format!("Văn bản thứ {n}");
        let fields = [
            ("kind", "TB"),
            ("abstract_text", subject.as_str()),
            ("urgency", "normal"),
            ("leader_id", leader.id()),
            ("receivers", "H99.5"),
        ];
        let id = service.create(&drafter, Form::new(&fields, Some(file))).await.expect("a draft");
        service.submit(&drafter, &id, 1).await.expect("submitted");
        let place = Placement {
            page: 1,
            x: 350.0,
            y: 100.0,
            w: 100.0,
            h: 60.0,
        };
        service.sign(&leader, &id, 2, place, PIN).await.expect("signed");
        ids.push(id.0);
    }
    (server, clerk, ids)
}

/// What a clerk's program asks until it is answered, as long as servers come back.
async fn asked(client: &Client, method: Method, path: &str, body: Option<&Value>) -> Option<Answer> {
    let answer = client.attempt(method, path, body).await;
    if answer.is_none() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    answer.filter(|a| a.status < 500)
}

pub async fn got(client: &Client, path: &str) -> Answer {
    let started = Instant::now();
    loop {
        if let Some(answer) = asked(client, Method::GET, path, None).await {
            return answer.ok();
        }
        assert!(started.elapsed() < PATIENCE, "no answer: {path}");
    }
}

/// Numbers, seals and sends one document. Whether a step was done is read from the document, never guessed from a lost answer.
pub async fn goes_out(client: &Client, id: &str) {
    let started = Instant::now();
    loop {
        let path = format!("/api/v1/documents/{id}");
        let now = got(client, &path).await.json();
        let seal = json!({ "page": 1, "x": 300.0, "y": 100.0, "w": 100.0, "h": 60.0 });
        let (step, body) = match now["state"].as_str().expect("a state") {
            "signed" => ("issue", json!({ "revision": now["revision"], "pin": PIN, "placement": seal })),
            "issued" => ("send", json!({ "revision": now["revision"] })),
            "sent" => return,
            other => panic!("{other}"),
        };
        asked(client, Method::POST, &format!("{path}/{step}"), Some(&body)).await;
        assert!(started.elapsed() < PATIENCE, "not sent: {id}");
    }
}

/// Takes in what arrives until `documents` have come and none of them waits.
pub async fn takes_in(client: &Client, documents: usize) {
    let mut progress = Instant::now();
    let mut come = BTreeSet::new();
    loop {
        let arrived = got(client, "/api/v1/documents?direction=incoming&state=arrived").await.json();
        let waiting = arrived["documents"].as_array().expect("rows");
        if waiting.is_empty() && come.len() == documents {
            return;
        }
        for row in waiting {
            let path = format!("/api/v1/documents/{}", row["id"].as_str().expect("an id"));
            let revision = &got(client, &path).await.json()["revision"];
            asked(
                client,
                Method::POST,
                &format!("{path}/take-in"),
                Some(&json!({ "revision": revision })),
            )
            .await;
            if come.insert(path) {
                progress = Instant::now();
            }
        }
        assert!(progress.elapsed() < PATIENCE, "{} of {documents} have come", come.len());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What was done to everybody.
#[derive(Default, Debug)]
struct Harm {
    node: usize,
    sender: usize,
    receiver: usize,
    links: usize,
}

/// Kills and cuts until `wanted` times are over, counted in `done`; then everything at once, a last time.
async fn storm(province: &mut Province, ends: &mut [End; 2], dice: &mut Dice, wanted: usize, done: &AtomicUsize) -> Harm {
    let mut harm = Harm::default();
    for _ in 0..wanted {
        tokio::time::sleep(Duration::from_millis(100 + dice.below(1200))).await;
        match dice.below(5) {
            0 => {
                province.kill_node();
                province.start_node().await;
                harm.node += 1;
            }
            1 => {
                ends[0].process.kill();
                ends[0].process.again().await;
                harm.sender += 1;
            }
            2 => {
                ends[1].process.kill();
                ends[1].process.again().await;
                harm.receiver += 1;
            }
            n => {
                ends[usize::from(n == 3)].wire.cut();
                harm.links += 1;
            }
        }
        done.fetch_add(1, Ordering::Relaxed);
    }
    for end in ends.iter_mut() {
        end.process.kill();
    }
    province.kill_node();
    province.start_node().await;
    for end in ends.iter_mut() {
        end.process.again().await;
    }
    harm
}

async fn rows(pool: &AnyPool, sql: &str) -> Vec<AnyRow> {
    sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(pool).await.expect("rows")
}

fn text(row: &AnyRow, name: &str) -> String {
    row.try_get(name).expect("text")
}

pub async fn number(pool: &AnyPool, sql: &str) -> i64 {
    let row = rows(pool, &format!("SELECT COUNT(*) AS n FROM {sql}")).await.remove(0);
    row.try_get("n").expect("a number")
}

/// By number and notation: the SHA-256 that the database has, and that of the bytes that a person is given.
async fn files(pool: &AnyPool, client: &Client, direction: &str) -> BTreeMap<String, (String, String)> {
    let sql = format!("SELECT id, notation, sha256 FROM document WHERE direction = '{direction}'");
    let mut all = BTreeMap::new();
    for row in rows(pool, &sql).await {
        let bytes = got(client, &format!("/api/v1/documents/{}/file", text(&row, "id"))).await.body;
        let given = hex::encode(openssl::sha::sha256(&bytes));
        let before = all.insert(text(&row, "notation"), (text(&row, "sha256"), given));
        assert!(before.is_none(), "{direction} twice: {}", text(&row, "notation"));
    }
    all
}

#[test]
fn whatever_is_killed_every_document_is_once_where_it_belongs() {
    let documents = setting("KYHOP_FAULT_DOCUMENTS", 12);
    let kills = setting("KYHOP_FAULT_KILLS", 14);
    let now = std::time::UNIX_EPOCH.elapsed().expect("a clock").as_secs();
    let seed = setting("KYHOP_FAULT_SEED", usize::try_from(now).expect("a number")) as u64 | 1;
    println!("KYHOP_FAULT_SEED={seed}");
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2).enable_all().build().expect("a runtime")
    };
    // What prepares the documents ends with its runtime: from then on the processes alone have the data.
    let before = runtime();
    let mut province = Province::found();
    let (sender, clerk, ids) = before.block_on(signed(&province, documents));
    let (receiver, theirs) = before.block_on(async {
        let receiver = province.body_with("H99.5", |_| {}).await;
        let clerk = receiver.person("clerk", &[Role::Clerk]).await;
        let machine = receiver.machine(&clerk).await;
        (receiver, machine)
    });
    let ours = before.block_on(sender.machine(&clerk));
    before.shutdown_timeout(Duration::from_secs(10));

    runtime().block_on(async move {
        province.start_node().await;
        let mut ends = [End::over(&province, &sender).await, End::over(&province, &receiver).await];
        let mut dice = Dice(seed);
        let done = AtomicUsize::new(0);
        let sending = async {
            for (n, id) in ids.iter().enumerate() {
                // Spread over the storm.
                while done.load(Ordering::Relaxed) < n * kills / documents {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                goes_out(&ours, id).await;
            }
        };
        let (harm, (), ()) = tokio::join!(
            storm(&mut province, &mut ends, &mut dice, kills, &done),
            sending,
            takes_in(&theirs, documents)
        );

        sqlx::any::install_default_drivers();
        let open = async |server: &Server| {
            let url = server.state.config.database_url.clone();
            AnyPool::connect(&url).await.expect("the database")
        };
        let (here, there) = (open(&sender).await, open(&receiver).await);
        let all = i64::try_from(documents).expect("a number");
        let started = Instant::now();
        while number(&here, "axis_outbox WHERE state = 'delivered'").await < all
            || number(&there, "axis_outbox WHERE state = 'delivered'").await < 2 * all
            || number(&here, "axis_inbox WHERE state = 'done'").await < 2 * all
        {
            assert!(started.elapsed() < PATIENCE, "seed {seed}, {harm:?}: messages are stuck");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }

        // Once each, and nothing that nobody sent.
        assert_eq!(number(&here, "axis_outbox").await, all, "seed {seed}");
        assert_eq!(number(&there, "axis_outbox").await, 2 * all, "seed {seed}");
        assert_eq!(number(&there, "axis_inbox").await, all, "seed {seed}");
        assert_eq!(number(&here, "axis_inbox").await, 2 * all, "seed {seed}");
        // Byte for byte.
        let (out, arrived) = (files(&here, &ours, "outgoing").await, files(&there, &theirs, "incoming").await);
        assert_eq!(out.len(), documents);
        assert_eq!(out, arrived, "seed {seed}");
        for (notation, (stored, given)) in &out {
            assert_eq!(stored, given, "seed {seed}: {notation}");
        }
        // Registers without a gap and without a number given twice.
        for (pool, column, book) in [(&here, "number", "outgoing"), (&there, "arrival_number", "incoming")] {
            let sql = format!("SELECT {column} AS n FROM document WHERE direction = '{book}' ORDER BY {column}");
            let given: Vec<i64> = rows(pool, &sql).await.iter().map(|r| r.try_get("n").expect("a number")).collect();
            assert_eq!(given, (1..=all).collect::<Vec<_>>(), "seed {seed}: {book}");
        }
        // Each receiver's word once, in the order in which it can be.
        let said = rows(
            &here,
            "SELECT document_id, status FROM receiver_status WHERE LENGTH(status) = 2 ORDER BY document_id, seq",
        )
        .await;
        let mut trails = BTreeMap::<String, Vec<String>>::new();
        for row in &said {
            trails.entry(text(row, "document_id")).or_default().push(text(row, "status"));
        }
        assert_eq!(trails.len(), documents, "seed {seed}");
        for (id, trail) in &trails {
            assert_eq!(trail, &["01", "03"], "seed {seed}: {id}");
        }
        println!(
            "| documents | node killed | sender killed | receiver killed | links cut | once, identical | statuses in order | registers |\n\
             |---|---|---|---|---|---|---|---|\n\
             | {documents} | {} | {} | {} | {} | {} | {} | without a gap |",
            harm.node + 1,
            harm.sender + 1,
            harm.receiver + 1,
            harm.links,
            out.len(),
            trails.len()
        );
        here.close().await;
        there.close().await;
        // Their pools belong to a runtime that has ended.
        drop((sender, receiver));
    });
}
