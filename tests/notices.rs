//! The bell: each is told once of what was given, came back, falls due or is late, and of nothing that is not theirs to see.
use crate::support::axis::{Cast, Province};
use crate::support::{Backend, Client, Server};
use app::dto::documents::AssignWish;
use app::dto::identity::Role;
use app::dto::notices::NoticeKind;
use app::ids::{DocumentId, UserId};
use app::live::{LiveEvent, ServerFrame};
use serde_json::{Value, json};
use server::actor::Actor;
use server::clock::{day, now_us};
use server::documents::incoming::Arrival;
use tokio::task::JoinSet;

const DAY: i64 = 86_400_000_000;

async fn kinds(server: &Server, who: &Actor) -> Vec<(NoticeKind, bool)> {
    let all = server.state.documents.notices(who).await.expect("notices");
    let unread = all.notices.iter().filter(|n| !n.read).count() as u64;
    assert_eq!(all.unread, unread, "the bell counts what the list shows");
    assert_eq!(server.state.documents.unread_notices(who).await.expect("a count"), unread);
    all.notices.into_iter().map(|n| (n.kind, n.read)).collect()
}

/// An arrival that `lead` leads and `helper` helps with, due on `due_on`.
async fn given(server: &Server, clerk: &Actor, lead: &Actor, helper: &Actor, due_on: &str) -> DocumentId {
    let mut work = server.state.db.begin(&Actor::system("axis")).await.expect("a transaction");
    let arrival = Arrival {
        message_id: uuid::Uuid::new_v4().to_string(),
        sender: app::dto::identity::Body {
            code: "H99.5".into(),
            name: "Sở Nội vụ".into(),
        },
        kind: "CV".into(),
        subject: "Báo cáo quý IV".into(),
        notation: "12/SNV".into(),
        issued_on: "2026-11-24".into(),
        urgency: app::dto::documents::Urgency::Normal,
        sha256: "ab".repeat(32),
        size: 1000,
        pages: 2,
        file_name: "van-ban.pdf".into(),
        update: false,
    };
    let ours = &server.state.documents;
    let id = ours.arrive(&mut work, &arrival, None).await.expect("an arrival");
    work.commit().await.expect("committing");
    ours.take_in(clerk, &id, 1).await.expect("taken in");
    let user = |actor: &Actor| UserId(actor.id().to_owned());
    let wish = AssignWish {
        lead: user(lead),
        support: vec![user(helper)],
        inform: vec![],
        due_on: due_on.into(),
        instruction: String::new(),
    };
    ours.assign(clerk, &id, 2, &wish).await.expect("assigned");
    id
}

/// Until the socket says that the bell has something new.
async fn rung(socket: &mut crate::support::Socket) {
    loop {
        match socket.hear().await.expect("the socket stays") {
            ServerFrame::Event {
                event: LiveEvent::NoticesChanged,
                ..
            } => return,
            _ => continue,
        }
    }
}

async fn each_is_told_once(backend: Backend) {
    let server = Server::start(backend).await;
    let clerk = server.signed_in(Role::Clerk).await;
    let [lead, helper, other] = [
        server.signed_in(Role::Drafter).await,
        server.signed_in(Role::Official).await,
        server.signed_in(Role::Official).await,
    ];
    let mut socket = lead.live().await.expect("a socket");
    socket.follow(&format!("user:{}", lead.actor.id()), 0).await;
    let now = now_us();
    let tomorrow = day(now + DAY);
    let id = given(&server, &clerk.actor, &lead.actor, &helper.actor, &tomorrow).await;
    rung(&mut socket).await;
    // The server's own reminder may have come meanwhile; several at once tell nobody twice.
    let mut nodes = JoinSet::new();
    for _ in 0..4 {
        let ours = server.state.documents.clone();
        nodes.spawn(async move { ours.remind(now).await });
    }
    let done = nodes.join_all().await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    for who in [&lead, &helper] {
        let kinds = kinds(&server, &who.actor).await;
        assert_eq!(kinds, [(NoticeKind::Soon, false), (NoticeKind::Assigned, false)]);
    }
    assert!(kinds(&server, &other.actor).await.is_empty() && kinds(&server, &clerk.actor).await.is_empty());

    // Read: one, on every device of that person and of nobody else.
    let list = lead.get("/api/v1/notices").await.ok().json();
    let first = list["notices"][0].clone();
    assert_eq!(first["document"], json!(id.as_str()));
    assert_eq!(
        (&list["unread"], &first["kind"], &first["due_on"]),
        (&json!(2), &json!("soon"), &json!(tomorrow))
    );
    let mark = async |who: &Client, body: &Value| who.post("/api/v1/notices/read", body).await.ok();
    mark(&other, &json!({ "id": first["id"] })).await;
    assert_eq!(lead.get("/api/v1/notices").await.ok().json()["unread"], 2);
    mark(&lead, &json!({ "id": first["id"] })).await;
    rung(&mut socket).await;
    assert_eq!(
        kinds(&server, &lead.actor).await,
        [(NoticeKind::Soon, true), (NoticeKind::Assigned, false)]
    );
    assert_eq!(server.state.documents.unread_notices(&helper.actor).await.expect("a count"), 2);
    mark(&lead, &json!({})).await;
    assert_eq!(lead.get("/api/v1/notices").await.ok().json()["unread"], 0);

    // When the day is over it is late, told once more; when the work is done, there is nothing to be reminded of.
    let ours = &server.state.documents;
    assert_eq!(ours.remind(now + 2 * DAY).await.expect("reminders"), 2);
    assert_eq!(ours.remind(now + 3 * DAY).await.expect("reminders"), 0);
    assert_eq!(kinds(&server, &lead.actor).await[0], (NoticeKind::Late, false));
    ours.start_processing(&lead.actor, &id, 3).await.expect("started");
    ours.finish(&lead.actor, &id, 4, "Xong").await.expect("finished");
    assert_eq!(kinds(&server, &lead.actor).await, [(NoticeKind::Assigned, true)]);
    assert_eq!(kinds(&server, &helper.actor).await, [(NoticeKind::Assigned, false)]);
    assert_eq!(server.stranger().get("/api/v1/notices").await.code(), "identity.not_signed_in");
    assert_eq!(
        other.post("/api/v1/notices/read", &json!({ "id": 5 })).await.code(),
        "documents.form"
    );
}

async fn leaders_and_drafters_hear_of_each_other(backend: Backend) {
    let province = Province::found();
    let server = province.body_on(backend, "H99", |_| {}).await;
    let cast: Cast = province.cast(&server).await;
    let ours = &server.state.documents;
    let id = cast.draft(&server, &["H99.5"], &[]).await.expect("a draft");
    ours.submit(&cast.drafter, &id, 1).await.expect("submitted");
    assert_eq!(kinds(&server, &cast.leader).await, [(NoticeKind::Submitted, false)]);
    ours.return_to_drafter(&cast.leader, &id, 2, "Sửa trích yếu")
        .await
        .expect("returned");
    assert!(kinds(&server, &cast.leader).await.is_empty(), "it waits for the leader no more");
    assert_eq!(kinds(&server, &cast.drafter).await, [(NoticeKind::Returned, false)]);
    ours.delete_draft(&cast.drafter, &id, 3).await.expect("deleted");
    assert!(kinds(&server, &cast.drafter).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_told_once_on_sqlite() {
    each_is_told_once(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_told_once_on_postgres() {
    each_is_told_once(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaders_and_drafters_hear_of_each_other_on_sqlite() {
    leaders_and_drafters_hear_of_each_other(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaders_and_drafters_hear_of_each_other_on_postgres() {
    leaders_and_drafters_hear_of_each_other(Backend::Postgres).await;
}
