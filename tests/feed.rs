//! A person's deadlines in their calendar, at an address that can be renewed and ended.
use crate::support::{Backend, Server};
use app::dto::documents::AssignWish;
use app::dto::identity::{Body, Role};
use app::ids::UserId;
use reqwest::Method;
use serde_json::json;
use server::actor::Actor;
use server::clock::{day, now_us};
use server::documents::incoming::Arrival;

const DAY: i64 = 86_400_000_000;

fn unfolded(text: &str) -> String {
    text.replace("\r\n ", "").replace("\r\n", "\n")
}

async fn deadlines_are_in_the_calendar(backend: Backend) {
    let server = Server::start(backend).await;
    let clerk = server.signed_in(Role::Clerk).await;
    let handler = server.signed_in(Role::Drafter).await;
    let due = day(now_us() + 3 * DAY);
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    let arrival = Arrival {
        subject: "Báo cáo, số liệu; quý IV".into(),
        ..arrival()
    };
    let id = server.state.documents.arrive(&mut work, &arrival, None).await.expect("an arrival");
    work.commit().await.expect("committing");
    let ours = &server.state.documents;
    ours.take_in(&clerk.actor, &id, 1).await.expect("taken in");
    let wish = AssignWish {
        lead: UserId(handler.actor.id().to_owned()),
        support: vec![],
        inform: vec![],
        due_on: due.clone(),
        instruction: String::new(),
    };
    ours.assign(&clerk.actor, &id, 2, &wish).await.expect("assigned");
    task(&server, handler.actor.id(), &due).await;

    let path = "/api/v1/calendar-feed";
    assert_eq!(handler.get(path).await.ok().json()["made"], json!(null));
    let machine = server.machine(&handler.actor).await;
    assert_eq!(machine.post(path, &json!({})).await.code(), "identity.forbidden");
    assert_eq!(server.stranger().post(path, &json!({})).await.code(), "identity.not_signed_in");
    let address = async || {
        let made = handler.post(path, &json!({})).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let address = made.json()["address"].as_str().expect("an address").to_owned();
        address[address.find("/calendar.ics").expect("a path")..].to_owned()
    };
    let first = address().await;
    // A calendar signs in to nothing.
    let seen = server.stranger().get(&first).await.ok();
    assert!(seen.header("content-type").starts_with("text/calendar"));
    assert!(seen.text().lines().all(|l| l.len() <= 75), "{}", seen.text());
    let text = unfolded(&seen.text());
    let plain = due.replace('-', "");
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 2, "{text}");
    assert_eq!(text.matches(&format!("DTSTART;VALUE=DATE:{plain}\n")).count(), 2, "{text}");
    assert!(text.contains("SUMMARY:Hạn: Báo cáo\\, số liệu\\; quý IV\n"), "{text}");
    assert!(
        text.contains("SUMMARY:Hạn: Nộp danh sách\n") && text.contains(&format!("/incoming/{id}\n")),
        "{text}"
    );
    assert!(handler.get(path).await.ok().json()["asked"].is_i64());

    // Renewed: the old address is nobody's. What is done is no deadline any more, and who was closed out has none.
    let second = address().await;
    assert_eq!(server.stranger().get(&first).await.code(), "documents.no_feed");
    ours.start_processing(&handler.actor, &id, 3).await.expect("started");
    ours.finish(&handler.actor, &id, 4, "Xong").await.expect("finished");
    let text = server.stranger().get(&second).await.ok().text();
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1, "{text}");
    set_active(&server, handler.actor.id(), 0).await;
    assert_eq!(server.stranger().get(&second).await.code(), "documents.no_feed");
    set_active(&server, handler.actor.id(), 1).await;
    assert_eq!(handler.send(Method::DELETE, path, "application/json", vec![]).await.status, 204);
    assert_eq!(server.stranger().get(&second).await.code(), "documents.no_feed");
    for wrong in ["/calendar.ics", "/calendar.ics?key=", "/calendar.ics?key=x"] {
        assert_eq!(server.stranger().get(wrong).await.status, 404);
    }
}

async fn set_active(server: &Server, person: &str, active: i64) {
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    sqlx::query("UPDATE person SET active = $1 WHERE id = $2")
        .bind(active)
        .bind(person)
        .execute(work.conn())
        .await
        .expect("changed");
    work.commit().await.expect("committing");
}

/// As a meeting gives it.
async fn task(server: &Server, owner: &str, due: &str) {
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    for sql in [
        "INSERT INTO meeting (id, title, room, starts_at, ends_at, state, created_at) VALUES ('m', 'Họp giao ban', '', 0, 1, 'closed', 0)",
        "INSERT INTO agenda_item (id, meeting_id, position, title, presenter, minutes) VALUES ('i', 'm', 1, 'Việc', '', 5)",
    ] {
        sqlx::query(sql).execute(work.conn()).await.expect("a row");
    }
    let sql =
        "INSERT INTO task (id, item_id, text, owner_id, due_on, by_name, created_at) VALUES ('t', 'i', 'Nộp danh sách', $1, $2, 'x', 0)";
    sqlx::query(sql).bind(owner).bind(due).execute(work.conn()).await.expect("a task");
    work.commit().await.expect("committing");
}

fn arrival() -> Arrival {
    Arrival {
        message_id: "m-1".into(),
        sender: Body {
            code: "H99.5".into(),
            name: "Sở Nội vụ".into(),
        },
        kind: "CV".into(),
        subject: String::new(),
        notation: "12/SNV".into(),
        issued_on: "2026-11-24".into(),
        urgency: app::dto::documents::Urgency::Normal,
        sha256: "ab".repeat(32),
        size: 1000,
        pages: 2,
        file_name: "van-ban.pdf".into(),
        update: false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deadlines_are_in_the_calendar_on_sqlite() {
    deadlines_are_in_the_calendar(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deadlines_are_in_the_calendar_on_postgres() {
    deadlines_are_in_the_calendar(Backend::Postgres).await;
}
