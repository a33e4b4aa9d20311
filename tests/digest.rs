//! The morning letter: once a day, to whoever has something late or due, and not before seven.
use crate::support::{Backend, Server};
use app::dto::identity::Role;
use server::actor::Actor;
use server::clock::day;
use server::config::Mail;
use sqlx::Row as _;

const HOUR: i64 = 3_600_000_000;
/// 2031-03-05 06:00 in Vietnam; nothing of the worker's own day is touched.
const SIX: i64 = 1_930_431_600_000_000;

async fn one_letter_a_day(backend: Backend) {
    let mail = Mail {
        // Nobody listens there: what is written stays to be looked at.
        url: "smtp://127.0.0.1:9".into(),
        from: "Văn phòng <vp@example.org>".into(),
        digest: false,
    };
    let server = Server::start_with(backend, |config| config.mail = Some(mail)).await;
    let people = [
        server.person("nguoi1", &[Role::Official]).await,
        server.person("nguoi2", &[Role::Official]).await,
        server.person("nguoi3", &[Role::Official]).await,
    ];
    let days = [SIX - 48 * HOUR, SIX, SIX + 24 * HOUR, SIX + 96 * HOUR].map(day);
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    for sql in [
        "INSERT INTO meeting (id, title, room, starts_at, ends_at, state, created_at) VALUES ('m', 'Họp giao ban', '', 0, 1, 'closed', 0)",
        "INSERT INTO agenda_item (id, meeting_id, position, title, presenter, minutes) VALUES ('i', 'm', 1, 'Việc', '', 5)",
        "UPDATE person SET email = username || '@example.org' WHERE username <> 'nguoi3'",
    ] {
        sqlx::query(sql).execute(work.conn()).await.expect("a row");
    }
    // The first has all kinds, the second only what is far, the third no address.
    let tasks = [(0, 0), (0, 1), (0, 2), (0, 3), (1, 3), (2, 0)];
    for (n, (who, when)) in tasks.into_iter().enumerate() {
        let sql = "INSERT INTO task (id, item_id, text, owner_id, due_on, by_name, created_at) VALUES ($1, 'i', $2, $3, $4, 'x', 0)";
        sqlx::query(sql)
            .bind(format!("t{n}"))
            .bind(format!("Việc thứ {when}"))
            .bind(people[who].id())
            .bind(&days[when])
            .execute(work.conn())
            .await
            .expect("a task");
    }
    work.commit().await.expect("committing");
    let ours = &server.state.documents;
    assert_eq!(ours.write_digests(SIX).await.expect("letters"), 0, "before seven");
    assert_eq!(ours.write_digests(SIX + HOUR).await.expect("letters"), 1);
    for later in [1, 2, 17] {
        assert_eq!(ours.write_digests(SIX + later * HOUR).await.expect("letters"), 0, "once a day");
    }
    let letter = sqlx::query("SELECT subject, body, address FROM letter")
        .fetch_all(server.state.db.read())
        .await
        .expect("letters");
    assert_eq!(letter.len(), 1);
    let text = |name: &str| letter[0].try_get::<String, _>(name).expect("a text");
    assert_eq!(text("address"), "nguoi1@example.org");
    assert_eq!(text("subject"), "Hạn xử lý: 1 quá hạn, 1 hết hạn hôm nay, 1 hết hạn ngày mai");
    let body = text("body");
    assert!(
        body.contains("- Việc thứ 0 (Họp giao ban), hạn 03/03/2031\n") && body.contains("/meetings/m\n"),
        "{body}"
    );
    assert!(!body.contains("Việc thứ 3"), "{body}");
    // The next morning again.
    assert_eq!(ours.write_digests(SIX + 25 * HOUR).await.expect("letters"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_letter_a_day_on_sqlite() {
    one_letter_a_day(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_letter_a_day_on_postgres() {
    one_letter_a_day(Backend::Postgres).await;
}
