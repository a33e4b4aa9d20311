//! Documents of 100 KB from one body to another through a node, as processes of their own, beside what the disk alone can do.
//! `scripts/bench-axis` runs it: `axis_NAME DOCUMENTS_PER_SECOND FLOOR`, and what else was counted.
// What the tests share is more than is needed here.
#[allow(dead_code, unused_imports)]
#[path = "../../tests/support/mod.rs"]
mod support;

use app::dto::identity::Role;
use openssl::sha::sha256;
use reqwest::Method;
use serde_json::json;
use server::actor::Actor;
use server::clock::{day, now_us};
use sqlx::{AnyPool, Row};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::axis::{Province, node_link};
use support::{Client, Process, Server, document};
use tokio::sync::watch;

/// Copies that have to be on a disk before a document is confirmed on both sides: the sender's message, the node's, the receiver's.
const COPIES: u32 = 3;
const SENDERS: usize = 50;
/// Messages for a body that is away.
const AWAY: usize = 100_000;
const PERIODS: usize = 6;

fn setting(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(otherwise)
}

/// Documents each second that `writers` at a time could make lasting: written, fsynced and hashed once for each copy, and nothing else.
fn floor(dir: &Path, writers: usize) -> f64 {
    let content = document("bao-cao.pdf");
    let done = AtomicUsize::new(0);
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for writer in 0..writers {
            let (content, done) = (&content, &done);
            scope.spawn(move || {
                for n in 0.. {
                    let path = dir.join(format!("floor-{writer}-{n}"));
                    let mut file = std::fs::File::create(&path).expect("a file");
                    file.write_all(content).expect("writing");
                    file.sync_all().expect("on disk");
                    std::hint::black_box(sha256(content));
                    std::fs::remove_file(path).expect("removing");
                    done.fetch_add(1, Ordering::Relaxed);
                    if begin.elapsed() > Duration::from_secs(4) {
                        return;
                    }
                }
            });
        }
    });
    done.load(Ordering::Relaxed) as f64 / begin.elapsed().as_secs_f64() / f64::from(COPIES)
}

/// `wanted` issued documents, each a file of its own, in the folder and the rows where issuing leaves them. Their ids.
async fn issued(server: &Server, wanted: usize) -> Vec<String> {
    let content = document("bao-cao.pdf");
    let (now, mut ids) = (now_us(), Vec::new());
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    for n in 1..=wanted {
        let mut bytes = content.clone();
        bytes.extend_from_slice(format!("% {n}\n").as_bytes());
        let hash = hex::encode(sha256(&bytes));
        let path = server.state.files.local(&hash).await.expect("a path");
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, &bytes).expect("writing");
        let id = format!("measured-{n}");
        sqlx::query("INSERT INTO file (sha256, size, media_type, pages, created_at) VALUES ($1, $2, 'application/pdf', 1, $3)")
            .bind(&hash)
            .bind(i64::try_from(bytes.len()).expect("a size"))
            .bind(now)
            .execute(work.conn())
            .await
            .expect("a file");
        sqlx::query(
            "INSERT INTO document (id, direction, kind, abstract_text, folded, urgency, state, file_name, sha256, number, number_year, \
             notation, issued_on, revision, created_at, updated_at) \
             VALUES ($1, 'outgoing', 'BC', $2, '', 'normal', 'issued', 'bao-cao.pdf', $3, $4, 2026, $5, $6, 4, $7, $7)",
        )
        .bind(&id)
        .bind(n.to_string())
        .bind(&hash)
        .bind(i64::try_from(n).expect("a number"))
        .bind(format!("{n}/BC-UBND"))
        .bind(day(now))
        .bind(now)
        .execute(work.conn())
        .await
        .expect("a document");
        sqlx::query(
            "INSERT INTO document_receiver (document_id, position, code, name, status, description) VALUES ($1, 0, 'H99.5', 'Sở Nội vụ', '', '')",
        )
        .bind(&id)
        .execute(work.conn())
        .await
        .expect("a receiver");
        ids.push(id);
    }
    work.commit().await.expect("committing");
    ids
}

/// A body as a process over the data that a server of the test has left.
async fn process(province: &Province, server: &Server) -> Process {
    let config = &server.state.config;
    let link = node_link(province.link(&config.body_code, &province.authority));
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let mut environment = server.environment();
    environment.extend([
        ("KYHOP_TRUST", text(&province.root())),
        ("KYHOP_AXIS_NODE", link.address.clone()),
        ("KYHOP_AXIS_CERTIFICATE", text(&link.certificate)),
        ("KYHOP_AXIS_KEY", text(&link.key)),
        ("KYHOP_AXIS_CA", text(&link.ca)),
    ]);
    Process::kyhop(environment, &province.dir.path().join(format!("{}.log", config.body_code))).await
}

async fn count(pool: &AnyPool, sql: &'static str) -> i64 {
    let row = sqlx::query(sql).fetch_one(pool).await.expect("a row");
    row.try_get("n").expect("a number")
}

/// Tells how many documents the receiver has in its inbox, that is, on its disk and confirmed.
async fn watch(pool: AnyPool, told: watch::Sender<usize>) {
    loop {
        let n = count(&pool, "SELECT COUNT(*) AS n FROM axis_inbox WHERE kind = 'document'").await;
        told.send_replace(usize::try_from(n).expect("a number"));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

struct Bench {
    clerk: Client,
    ids: Vec<String>,
    next: AtomicUsize,
    arrived: watch::Receiver<usize>,
}

impl Bench {
    /// `senders` send one document after the other for `length`, never more than `senders` of them on their way. Documents that
    /// arrived each second, in each of the periods.
    async fn go(&self, senders: usize, length: Duration) -> Vec<f64> {
        let before = *self.arrived.borrow();
        let (begin, part) = (Instant::now(), length / PERIODS as u32);
        let sending = futures_util::future::join_all((0..senders).map(|_| async {
            while begin.elapsed() < length {
                let n = self.next.fetch_add(1, Ordering::Relaxed);
                let Some(id) = self.ids.get(n) else { return };
                let path = format!("/api/v1/documents/{id}/send");
                let answer = self.clerk.attempt(Method::POST, &path, Some(&json!({ "revision": 4 }))).await;
                answer.expect("an answer").ok();
                let mut arrived = self.arrived.clone();
                arrived.wait_for(|there| there + senders > n + 1).await.expect("a watcher");
            }
        }));
        let mut periods = Vec::new();
        let counting = async {
            let (mut last, mut at) = (before, begin);
            for n in 1..=PERIODS as u32 {
                tokio::time::sleep_until((begin + part * n).into()).await;
                let now = *self.arrived.borrow();
                periods.push((now - last) as f64 / at.elapsed().as_secs_f64());
                (last, at) = (now, Instant::now());
            }
        };
        tokio::join!(sending, counting);
        if self.next.load(Ordering::Relaxed) >= self.ids.len() {
            println!("axis_short: the documents have run out (KYHOP_AXIS_RATE)");
        }
        let all = self.next.load(Ordering::Relaxed).min(self.ids.len());
        self.arrived.clone().wait_for(|there| *there >= all).await.expect("a watcher");
        periods
    }
}

fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len() as f64
}

/// Rows of messages that wait in the node for a body that is away; it does not look at their files before it has the body.
async fn fill(queue: &Path) {
    let pool = AnyPool::connect(&format!("sqlite://{}", queue.display())).await.expect("the queue");
    sqlx::query(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) \
         INSERT INTO message (from_code, id, to_code, about, file, size, sha256, original, state, refusal, attempts, next_at, received_at, updated_at) \
         SELECT 'H99', 'away-' || i, 'H99.3', 'away-' || i, 'away-' || i, 100000, '', '', 'waiting', NULL, 0, 0, $2, $2 FROM n",
    )
    .bind(i64::try_from(AWAY).expect("a number"))
    .bind(now_us())
    .execute(&pool)
    .await
    .expect("rows");
    pool.close().await;
}

async fn measure(mut province: Province, sender: &Server, receiver: &Server, clerk: Client, ids: Vec<String>, seconds: u64) {
    let dir = province.dir.path().to_owned();
    province.start_node().await;
    let (_ours, _theirs) = (process(&province, sender).await, process(&province, receiver).await);
    let there = AnyPool::connect(&receiver.state.config.database_url).await.expect("the database");
    let (told, arrived) = watch::channel(0);
    let watching = tokio::spawn(watch(there.clone(), told));
    let bench = Bench {
        clerk,
        ids,
        next: AtomicUsize::new(0),
        arrived,
    };
    // Links and caches are warm.
    bench.go(SENDERS, Duration::from_secs(2)).await;
    let alone = floor(&dir, 1);
    println!(
        "axis_one {:.1} {alone:.1}",
        mean(&bench.go(1, Duration::from_secs((seconds / 4).max(5))).await)
    );
    let before = floor(&dir, SENDERS);
    let many = bench.go(SENDERS, Duration::from_secs(seconds)).await;
    let after = floor(&dir, SENDERS);
    println!("axis_many {:.1} {:.1}", mean(&many), f64::midpoint(before, after));
    println!("axis_periods {:.1} {:.1}", many[0], many[PERIODS - 1]);
    province.kill_node();
    let short = Duration::from_secs((seconds / 3).max(6));
    province.start_node().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let without = mean(&bench.go(SENDERS, short).await);
    province.kill_node();
    fill(&dir.join("node/queue.sqlite")).await;
    province.start_node().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    println!("axis_away {:.1} {without:.1}", mean(&bench.go(SENDERS, short).await));
    let begin = Instant::now();
    let wanted = i64::try_from(*bench.arrived.borrow()).expect("a number");
    while count(&there, "SELECT COUNT(*) AS n FROM axis_inbox WHERE state = 'received'").await > 0 {
        assert!(begin.elapsed() < Duration::from_secs(1800), "messages are stuck");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!("axis_entered {wanted} {:.1}", begin.elapsed().as_secs_f64());
    let once = count(
        &there,
        "SELECT COUNT(DISTINCT sha256) AS n FROM document WHERE direction = 'incoming'",
    )
    .await;
    assert_eq!(once, wanted, "each document once");
    assert_eq!(
        count(&there, "SELECT COUNT(*) AS n FROM document WHERE direction = 'incoming'").await,
        wanted,
        "no duplicate"
    );
    watching.abort();
    let _ = watching.await;
    there.close().await;
}

fn main() {
    let seconds = setting("KYHOP_AXIS_SECONDS", 60);
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2).enable_all().build().expect("a runtime")
    };
    sqlx::any::install_default_drivers();
    // What prepares the documents ends with its runtime: from then on the processes alone have the data.
    let (before, province) = (runtime(), Province::found());
    let (sender, receiver, clerk, ids) = before.block_on(async {
        let sender = province.body_with("H99", |_| {}).await;
        let receiver = province.body_with("H99.5", |_| {}).await;
        let clerk = sender.person("clerk", &[Role::Clerk]).await;
        let machine = sender.machine(&clerk).await;
        let ids = issued(&sender, setting("KYHOP_AXIS_RATE", 100) * (seconds * 2 + 10)).await;
        (sender, receiver, machine, ids)
    });
    before.shutdown_timeout(Duration::from_secs(10));
    runtime().block_on(measure(province, &sender, &receiver, clerk.again(), ids, seconds as u64));
}
