//! What the figures count is what the lists show, on either engine, and what was put in is what comes out: on the screen, by REST, for
//! Prometheus and as open data.
use crate::support::{Backend, Client, Server};
use app::dto::documents::{Direction, DocumentQuery};
use app::dto::figures::{Counted, FiguresQuery, Scope};
use app::dto::identity::Role;
use serde_json::{Value, json};
use server::actor::Actor;
use server::clock::{day, now_us};
use server::documents::figures::store::DAY;
use sqlx::AssertSqlSafe;

const HOUR: i64 = 3_600_000_000;

/// A document as it is put in; whose it is, is the leading or drafting person.
struct Doc<'a> {
    direction: &'a str,
    state: &'a str,
    whose: Option<&'a Actor>,
    due_on: String,
    arrived_at: Option<i64>,
    done_at: Option<i64>,
    issued_on: String,
    signatures: i64,
}

impl Default for Doc<'_> {
    fn default() -> Self {
        Self {
            direction: "incoming",
            state: "arrived",
            whose: None,
            due_on: String::new(),
            arrived_at: None,
            done_at: None,
            issued_on: String::new(),
            signatures: 0,
        }
    }
}

async fn put(server: &Server, docs: &[Doc<'_>]) {
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    server::documents::store::keep_file(work.conn(), &"ab".repeat(32), 1000, 2, 0)
        .await
        .expect("a file");
    for (n, d) in docs.iter().enumerate() {
        let id = format!("d{n:03}");
        let incoming = d.direction == "incoming";
        let whose = d.whose.map(|w| w.id().to_owned());
        let registered = incoming && !matches!(d.state, "arrived" | "refused");
        let sql = "INSERT INTO document (id, direction, kind, abstract_text, folded, urgency, state, file_name, sha256, drafter_id, handler_id, \
            due_on, arrived_at, arrival_number, arrival_year, done_at, done_on, issued_on, signatures, revision, created_at, updated_at) \
            VALUES ($1, $2, 'CV', 'Việc', ' viec ', 'normal', $3, 'x.pdf', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, 0, 0)";
        sqlx::query(sql)
            .bind(&id)
            .bind(d.direction)
            .bind(d.state)
            .bind("ab".repeat(32))
            .bind(whose.clone().filter(|_| !incoming))
            .bind(whose.clone().filter(|_| incoming))
            .bind(&d.due_on)
            .bind(d.arrived_at)
            .bind(registered.then_some(n as i64))
            .bind(registered.then_some(2026_i64))
            .bind(d.done_at)
            .bind(d.done_at.map(day))
            .bind(&d.issued_on)
            .bind(d.signatures)
            .execute(work.conn())
            .await
            .expect("a document");
        if let (true, Some(whose)) = (incoming, whose) {
            let sql = "INSERT INTO assignment (document_id, seq, person_id, part, instruction, due_on, by_id, given_at) VALUES ($1, 1, $2, 'lead', '', '', $2, 0)";
            sqlx::query(sql).bind(&id).bind(whose).execute(work.conn()).await.expect("a part");
        }
    }
    work.commit().await.expect("committing");
}

async fn set_unit(server: &Server, person: &Actor, unit: &str) {
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    let sql = AssertSqlSafe("UPDATE person SET unit = $1 WHERE id = $2");
    sqlx::query(sql)
        .bind(unit)
        .bind(person.id())
        .execute(work.conn())
        .await
        .expect("a unit");
    work.commit().await.expect("committing");
}

async fn ask(server: &Server, who: &Client, unit: &str) -> app::dto::figures::Figures {
    let query = FiguresQuery {
        unit: unit.into(),
        from: day(now_us() - 30 * DAY),
        to: day(now_us()),
    };
    server.state.documents.figures(&who.actor, &query).await.expect("figures")
}

/// Every figure that leads somewhere leads to as many documents as it says.
async fn lists_hold_what_is_counted(server: &Server, who: &Client, unit: &str) {
    let figures = ask(server, who, unit).await;
    for figure in &figures.figures {
        let query = DocumentQuery {
            direction: Some(figure.counted.direction()),
            counted: Some(figure.counted),
            unit: figures.unit.clone(),
            person: if figures.scope == Scope::Own {
                who.actor.id().to_owned()
            } else {
                String::new()
            },
            from: figures.from.clone(),
            to: figures.to.clone(),
            page: 1,
            ..DocumentQuery::default()
        };
        let list = server.state.documents.list(&who.actor, &query).await.expect("a list");
        let what = (figure.counted, &who.actor.roles, unit);
        if figure.listed {
            assert_eq!(list.total, figure.count, "{what:?}");
        } else {
            assert!(list.total <= figure.count, "{what:?}");
        }
        assert!(list.rows.iter().all(|r| r.direction == figure.counted.direction()), "{what:?}");
    }
    for p in &figures.people {
        let query = DocumentQuery {
            direction: Some(Direction::Incoming),
            counted: Some(Counted::Late),
            person: p.person.as_str().to_owned(),
            page: 1,
            ..DocumentQuery::default()
        };
        let list = server.state.documents.list(&who.actor, &query).await.expect("a list");
        assert_eq!(list.total, p.late, "{}", p.name);
    }
}

async fn figures_and_lists_agree(backend: Backend) {
    let server = Server::start(backend).await;
    let [clerk, auditor, leader, head, one, two, nobody] = [
        server.signed_in(Role::Clerk).await,
        server.signed_in(Role::Auditor).await,
        server.signed_in(Role::Leader).await,
        server.signed_in(Role::Head).await,
        server.signed_in(Role::Drafter).await,
        server.signed_in(Role::Drafter).await,
        server.signed_in(Role::Official).await,
    ];
    for (person, unit) in [(&head, "Phòng A"), (&one, "Phòng A"), (&two, "Phòng B")] {
        set_unit(&server, &person.actor, unit).await;
    }
    let now = now_us();
    let (a, b) = (Some(&one.actor), Some(&two.actor));
    let on = |days: i64| day(now + days * DAY);
    let at = |days: i64| Some(now + days * DAY);
    let open = |state, whose, due_on: String| Doc {
        state,
        whose,
        due_on,
        arrived_at: at(-40),
        ..Doc::default()
    };
    let done = |whose, due_on: String, hours: i64| Doc {
        state: "done",
        whose,
        due_on,
        arrived_at: Some(now - 5 * DAY),
        done_at: Some(now - 5 * DAY + hours * HOUR),
        ..Doc::default()
    };
    let sent = |state, whose, issued_on: String, signatures| Doc {
        direction: "outgoing",
        state,
        whose,
        issued_on,
        signatures,
        ..Doc::default()
    };
    put(
        &server,
        &[
            Doc {
                arrived_at: at(0),
                ..Doc::default()
            },
            Doc {
                state: "refused",
                arrived_at: at(0),
                ..Doc::default()
            },
            Doc {
                state: "taken_in",
                arrived_at: at(-1),
                ..Doc::default()
            },
            open("assigned", a, on(-9)),
            open("processing", a, on(-1)),
            open("processing", a, on(0)),
            open("assigned", b, on(3)),
            open("assigned", b, on(4)),
            open("assigned", b, String::new()),
            // Finished: in time on the last day, late, without a deadline, and one of long ago.
            done(a, on(-4), 24),
            done(a, on(-5), 48),
            done(b, String::new(), 3),
            Doc {
                done_at: at(-35),
                ..open("done", b, on(-36))
            },
            sent("issued", a, on(0), 2),
            sent("sent", a, on(-2), 2),
            sent("sent", b, on(-2), 0),
            sent("sent", b, on(-31), 2),
            sent("submitted", a, String::new(), 0),
            sent("signed", b, String::new(), 1),
            sent("draft", a, String::new(), 0),
        ],
    )
    .await;

    let body = ask(&server, &clerk, "").await;
    let expected = [
        (Counted::ToTakeIn, 1),
        (Counted::ToAssign, 1),
        (Counted::InWork, 6),
        (Counted::Late, 2),
        (Counted::Soon, 2),
        (Counted::ToSign, 1),
        (Counted::ToIssue, 1),
        (Counted::ToSend, 1),
        (Counted::Arrived, 4),
        (Counted::Done, 3),
        (Counted::InTime, 1),
        (Counted::DoneLate, 1),
        (Counted::Issued, 3),
        (Counted::Signed, 2),
        (Counted::Unsigned, 1),
    ];
    for (counted, n) in expected {
        assert_eq!(body.count(counted), n, "{counted:?}");
    }
    assert_eq!((body.scope, body.longest_late), (Scope::Body, 9));
    assert_eq!(body.spent.map(|s| (s.median, s.ninth)), Some((24, 48)));
    let b = &body.bands;
    assert_eq!([b.long_late, b.late, b.today, b.soon, b.later, b.open], [1, 1, 1, 1, 1, 1]);
    assert_eq!(body.steps.len(), 31);
    assert_eq!(body.steps.iter().map(|s| s.issued).sum::<u64>(), 3);
    let worst = &body.people[0];
    assert_eq!(
        (worst.name.as_str(), worst.late, worst.longest_late),
        (one.actor.name.as_str(), 2, 9)
    );

    // A unit, by its head and by whoever may ask for any; others only what is theirs.
    let own = ask(&server, &head, "").await;
    assert_eq!(
        (own.scope, own.unit.as_str(), own.count(Counted::InWork)),
        (Scope::Unit, "Phòng A", 3)
    );
    assert_eq!(ask(&server, &leader, "Phòng A").await.count(Counted::InWork), 3);
    let mine = ask(&server, &two, "").await;
    assert_eq!(
        (mine.scope, mine.count(Counted::InWork), mine.count(Counted::Late)),
        (Scope::Own, 3, 0)
    );
    assert!(ask(&server, &nobody, "").await.is_empty());
    for (who, unit) in [
        (&clerk, ""),
        (&clerk, "Phòng B"),
        (&auditor, ""),
        (&auditor, "Phòng A"),
        (&leader, ""),
        (&leader, "Phòng B"),
        (&head, ""),
        (&one, ""),
        (&two, ""),
    ] {
        lists_hold_what_is_counted(&server, who, unit).await;
    }
    assert!(
        body.figures.iter().all(|f| f.listed || f.counted == Counted::ToSign),
        "a clerk is led to everything but what is before leaders"
    );

    by_rest(&server, &clerk, &head, &one).await;
    open_data(&server, &clerk, &one).await;
    server
        .state
        .documents
        .measure(&server.state.metrics.documents, now)
        .await
        .expect("measured");
    let text = server.stranger().get("/metrics").await.ok().text();
    for line in [
        "kyhop_documents{what=\"late\"} 2",
        "kyhop_documents{what=\"to_take_in\"} 1",
        "kyhop_documents_longest_late_days 9",
        "kyhop_documents_of_unit{unit=\"Phòng A\",what=\"late\"} 2",
        "kyhop_documents_of_unit{unit=\"Phòng B\",what=\"soon\"} 1",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
}

async fn by_rest(server: &Server, clerk: &Client, head: &Client, one: &Client) {
    let machine = server.machine(&clerk.actor).await;
    let from = day(now_us() - 30 * DAY);
    let said = machine.get(&format!("/api/v1/figures?from={from}")).await.ok().json();
    assert_eq!(
        (&said["scope"], &said["counts"]["late"], &said["counts"]["arrived"]),
        (&json!("body"), &json!(2), &json!(4))
    );
    assert_eq!((&said["hours_median"], &said["hours_p90"]), (&json!(24), &json!(48)));
    let other = "/api/v1/figures?unit=Ph%C3%B2ng%20B";
    assert_eq!(head.get(other).await.code(), "identity.forbidden");
    assert_eq!(one.get("/api/v1/figures?unit=Ph%C3%B2ng%20A").await.code(), "identity.forbidden");
    assert_eq!(machine.get("/api/v1/figures?unit=x").await.json()["error"]["field"], "unit");
    assert_eq!(machine.get("/api/v1/figures?from=2020-01-01").await.json()["error"]["field"], "to");
    assert_eq!(server.stranger().get("/api/v1/figures").await.code(), "identity.not_signed_in");
}

async fn open_data(server: &Server, clerk: &Client, one: &Client) {
    let machine = server.machine(&clerk.actor).await;
    let from = day(now_us() - 30 * DAY);
    let answer = machine.get(&format!("/api/v1/figures/open-data?by=day&from={from}")).await.ok();
    assert!(answer.header("content-type").starts_with("text/csv; charset=utf-8"));
    let text = answer.text();
    let mut lines = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(
        lines.headers().expect("heads").iter().collect::<Vec<_>>().join(","),
        "body_code,level,unit,period,arrived,issued,issued_signed,done,done_with_deadline,done_in_time,hours_median,hours_p90"
    );
    let lines: Vec<csv::StringRecord> = lines.records().map(|l| l.expect("a line")).collect();
    let sum = |level: &str, column: usize| -> i64 {
        let of = lines.iter().filter(|l| &l[1] == level);
        of.map(|l| l[column].parse::<i64>().expect("a number")).sum()
    };
    for (column, expected) in [(4, 4), (5, 3), (6, 2), (7, 3), (8, 2), (9, 1)] {
        assert_eq!((sum("body", column), sum("unit", column)), (expected, expected), "column {column}");
    }
    assert!(lines.iter().all(|l| &l[0] == "H99" && l[3].len() == 10), "{text}");
    assert!(
        lines.iter().any(|l| &l[2] == "Phòng A") && lines.iter().any(|l| &l[2] == "Phòng B"),
        "{text}"
    );
    assert!(!text.contains(&one.actor.name), "no personal data");
    let months = machine
        .get(&format!("/api/v1/figures/open-data?by=month&from={from}"))
        .await
        .ok()
        .text();
    assert!(
        months.lines().skip(1).all(|l| l.split(',').nth(3).is_some_and(|p| p.len() == 7)),
        "{months}"
    );
    assert_eq!(
        machine.get("/api/v1/figures/open-data?by=year").await.json()["error"]["field"],
        "by"
    );
    assert_eq!(one.get("/api/v1/figures/open-data").await.code(), "identity.forbidden");
    let none: Value = server.stranger().get("/api/v1/figures/open-data").await.json();
    assert_eq!(none["error"]["code"], "identity.not_signed_in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_and_lists_agree_on_sqlite() {
    figures_and_lists_agree(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_and_lists_agree_on_postgres() {
    figures_and_lists_agree(Backend::Postgres).await;
}
