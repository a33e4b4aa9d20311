//! How long finding takes among very many documents: a measurement for `scripts/bench-find`, not a test.
use crate::support::{Backend, Server};
use app::dto::documents::{Direction, DocumentQuery, State, Urgency};
use app::dto::identity::Role;
use server::actor::Actor;
use server::documents::store::{self, Row};
use server::documents::texts::store as texts;
use std::time::{Duration, Instant};

/// Words of official abstracts; each document has some of the first and a few of the numbered ones.
const COMMON: [&str; 24] = [
    "về", "việc", "triển", "khai", "thực", "hiện", "kế", "hoạch", "công", "tác", "tăng", "cường", "quản", "lý", "nhà", "nước", "báo",
    "cáo", "kết", "quả", "phòng", "chống", "thiên", "tai",
];
const KINDS: [&str; 6] = ["CV", "QĐ", "TB", "BC", "KH", "TTr"];

/// Repeatable, and good enough to mix words.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

fn abstract_text(dice: &mut Dice) -> String {
    let mut words: Vec<String> = (0..10).map(|_| COMMON[dice.below(24) as usize].to_owned()).collect();
    // From rare to rarest: a name that stands in every hundredth document, and one in a few.
    words.push(format!("xã{}", dice.below(100)));
    words.push(format!("dựán{}", dice.below(100_000)));
    words.join(" ")
}

/// Two pages: some words stand in most documents, most stand in few.
fn text_of(dice: &mut Dice) -> String {
    let mut text = abstract_text(dice);
    for _ in 0..600 {
        let rare = dice.below(30_000);
        let word = [dice.below(60), dice.below(3000), rare.min(dice.below(30_000))][dice.below(3) as usize];
        text.push_str(&format!(" từ{word}"));
    }
    text
}

async fn fill(server: &Server, count: u64, people: &[Actor]) {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut n = 0;
    while n < count {
        let mut work = server.state.db.begin(&Actor::system("bench")).await.expect("a transaction");
        store::keep_file(work.conn(), &"ab".repeat(32), 1000, 2, 0).await.expect("a file");
        for _ in 0..5000.min(count - n) {
            n += 1;
            let incoming = n % 2 == 0;
            let person = |roll: u64| people[(roll % people.len() as u64) as usize].id().to_owned();
            let state = match (incoming, dice.below(100)) {
                (true, 0) => State::TakenIn,
                (true, 1) => State::Processing,
                (true, _) => State::Done,
                (false, 0) => State::Draft,
                (false, 1) => State::Submitted,
                (false, _) => State::Sent,
            };
            let (kind, number) = (KINDS[dice.below(6) as usize], dice.below(5000));
            let row = Row {
                channel: None,
                said_pages: None,
                id: uuid::Uuid::now_v7().to_string(),
                direction: if incoming { Direction::Incoming } else { Direction::Outgoing },
                kind: kind.into(),
                abstract_text: abstract_text(&mut dice),
                urgency: Urgency::Normal,
                state,
                file_name: "van-ban.pdf".into(),
                sha256: "ab".repeat(32),
                drafter_id: (!incoming).then(|| person(dice.below(1 << 30))),
                leader_id: None,
                number: None,
                number_year: None,
                number_suffix: String::new(),
                authority: String::new(),
                head_id: None,
                head: None,
                deputies: String::new(),
                notation: Some(format!("{number}/{kind}-UBND")),
                issued_on: format!("20{:02}-{:02}-{:02}", 10 + dice.below(16), 1 + dice.below(12), 1 + dice.below(28)),
                arrival_number: None,
                arrival_year: None,
                arrived_at: None,
                sender_code: None,
                sender_name: incoming.then(|| format!("Sở {}", dice.below(30))),
                message_id: None,
                meeting_id: None,
                reason: None,
                handler_id: None,
                due_on: String::new(),
                number_box: String::new(),
                date_box: String::new(),
                signature_box: String::new(),
                revision: 1,
                created_at: n as i64,
                updated_at: 1_700_000_000_000_000 + (n as i64) * 1000 - dice.below(100_000_000) as i64,
                drafter: String::new(),
                leader: None,
                people: String::new(),
                mark: None,
                asked_back: None,
            };
            store::insert(work.conn(), &row).await.expect("a document");
            let text = text_of(&mut dice);
            texts::put(work.conn(), &row.id, &row.sha256, &text).await.expect("its text");
        }
        work.commit().await.expect("committing");
    }
}

fn questions() -> Vec<DocumentQuery> {
    let asked = |direction, text: &str| DocumentQuery {
        direction,
        text: text.into(),
        page: 1,
        ..DocumentQuery::default()
    };
    let (incoming, outgoing) = (Some(Direction::Incoming), Some(Direction::Outgoing));
    let mut all = Vec::new();
    for direction in [incoming, outgoing, None] {
        all.extend(
            [
                "",
                "thien tai",
                "phòng chống thiên tai",
                "bao",
                "xa42",
                "XÃ77 quản lý",
                "duan4711",
                "duan99",
                "123/QĐ-UBND",
                "kế hoạch duan1",
                "khong co tu nay",
                "tu7 tu41",
                "tu2711",
                "kế hoạch tu29",
            ]
            .map(|text| asked(direction, text)),
        );
    }
    for direction in [incoming, outgoing] {
        all.push(DocumentQuery {
            kind: "BC".into(),
            ..asked(direction, "")
        });
        all.push(DocumentQuery {
            kind: "BC".into(),
            ..asked(direction, "ke hoach")
        });
        all.push(DocumentQuery {
            page: 20,
            ..asked(direction, "")
        });
        all.push(DocumentQuery {
            from: "2015-03-01".into(),
            to: "2015-03-31".into(),
            ..asked(direction, "")
        });
        all.push(DocumentQuery {
            from: "2015-03-01".into(),
            to: "2015-03-31".into(),
            ..asked(direction, "thien tai")
        });
    }
    all.push(DocumentQuery {
        state: Some(State::Processing),
        ..asked(incoming, "")
    });
    all.push(DocumentQuery {
        state: Some(State::Processing),
        ..asked(incoming, "ke hoach")
    });
    all.push(DocumentQuery {
        mine: true,
        ..asked(None, "")
    });
    all
}

async fn measure(backend: Backend, name: &str) {
    let count = std::env::var("KYHOP_DOCUMENTS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1_000_000);
    let server = Server::start(backend).await;
    let mut people = Vec::new();
    for n in 0..300 {
        people.push(server.person(&format!("drafter-{n}"), &[Role::Drafter]).await);
    }
    fill(&server, count, &people).await;
    let tidy = if name == "sqlite" { "ANALYZE" } else { "VACUUM ANALYZE" };
    sqlx::query(tidy).execute(server.state.db.read()).await.expect("statistics");
    let askers = [
        server.person("clerk", &[Role::Clerk]).await,
        server.person("auditor", &[Role::Auditor]).await,
        server.person("leader", &[Role::Leader]).await,
        people[0].clone(),
    ];
    let mut took: Vec<(Duration, String)> = Vec::new();
    for round in 0..5 {
        for asker in &askers {
            for query in questions() {
                let start = Instant::now();
                let page = server.state.documents.list(asker, &query).await.expect("a list");
                let time = start.elapsed();
                // The first round fills the caches.
                if round > 0 {
                    took.push((time, format!("{:?} {query:?}: {}", asker.roles, page.total)));
                }
            }
        }
    }
    took.sort();
    let at = |share: usize| took[(took.len() - 1) * share / 100].0.as_secs_f64() * 1000.0;
    for (time, what) in took.iter().rev().take(8) {
        eprintln!("{:.1} ms {what}", time.as_secs_f64() * 1000.0);
    }
    println!("find_{name} {:.1} {:.1} {:.1} {} {count}", at(50), at(95), at(100), took.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement of several minutes: scripts/bench-find"]
async fn figures_of_finding_with_sqlite() {
    measure(Backend::Sqlite, "sqlite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement of several minutes: scripts/bench-find"]
async fn figures_of_finding_with_postgres() {
    measure(Backend::Postgres, "postgres").await;
}
