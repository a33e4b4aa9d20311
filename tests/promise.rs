//! What a sender was told is accepted arrives, or comes back as undelivered with its reason. Exactly one of the two.
use crate::axis::{PlayedNode, hears, number, outgoing, put};
use crate::support::axis::{Province, eventually};
use crate::support::{Backend, Server};
use app::dto::identity::Role;
use app::ids::DocumentId;
use app::live::{LiveEvent, ServerFrame};
use serde_json::json;
use server::actor::Actor;
use server::axis::store;
use server::axis::wire::{Frame, Refusal};
use server::config::span;
use server::documents::store::Heard;
use std::time::Duration;

async fn comes_back_once(backend: Backend) {
    let mut province = Province::found();
    province.settings = "undelivered_after = \"1s\"\n".into();
    province.start_node().await;
    let link = province.link("H99", &province.authority);
    let sender = province.body_on(backend, "H99", |c| c.axis = Some(link)).await;
    let (clerk, id) = province.issued(&sender, &["H99.5"]).await;
    let drafter = sender.state.documents.get(&clerk, &id).await.expect("the document").drafter;
    let people = sender.state.identity.people(&clerk, &drafter).await.expect("people");
    let person = people.into_iter().find(|p| p.full_name == drafter).expect("the drafter");
    let browser = sender.browser(&clerk).await;
    let mut live = browser.live().await.expect("a live link");
    live.follow("desk:outgoing", 0).await;
    let topic = format!("live_event WHERE topic = 'user:{}'", person.id);
    let before = number(&sender, &topic).await;
    sender.state.documents.send(&clerk, &id, 4).await.expect("sent");

    // Nobody is there to take it.
    let said = hears(&sender, &id, "H99.5", "undelivered").await;
    assert!(said.contains("Sở Nội vụ (H99.5)") && said.contains("[axis.undelivered]"), "{said}");
    let seen = sender.state.documents.get(&clerk, &id).await.expect("the document");
    let step = seen
        .steps
        .iter()
        .find(|s| s.action == "document.undelivered")
        .expect("an entry of the log");
    assert!(step.remark.starts_with("H99.5: "), "{}", step.remark);
    assert_eq!(number(&sender, "audit WHERE action = 'axis.message_undelivered'").await, 1);
    assert_eq!(
        number(&sender, &topic).await,
        before + 2,
        "its drafter hears that it was sent, and that it did not arrive"
    );
    loop {
        if let ServerFrame::Event {
            event: LiveEvent::ReceiverChanged { receiver, .. },
            ..
        } = live.hear().await.expect("a live link")
            && receiver.status == "undelivered"
        {
            break;
        }
    }
    assert_eq!(number(&sender, "axis_outbox WHERE state = 'undelivered'").await, 1);
    assert_eq!(number(&sender, "axis_inbox WHERE kind = 'notice' AND state = 'done'").await, 1);

    // Whoever comes back gets what is sent from then on, and not that.
    province.settings.clear();
    province.kill_node();
    province.start_node().await;
    let other = province.body("H99.5").await;
    let later = put(&sender, &outgoing(&sender, "H99.5", 77).await, "H99.5").await;
    let after = format!("axis_outbox WHERE id = '{later}' AND state = 'delivered'");
    eventually("a later one is delivered", async || {
        (number(&sender, &after).await == 1).then_some(())
    })
    .await;
    eventually("it is entered", async || (number(&other, "document").await == 1).then_some(())).await;
    assert_eq!(number(&other, "axis_inbox WHERE kind = 'document'").await, 1);
    assert_eq!(number(&sender, "axis_outbox WHERE state = 'undelivered'").await, 1);

    // Its clerk may send it again, as a message of its own.
    let machine = sender.machine(&clerk).await;
    let list = machine.get("/api/v1/axis/messages").await.ok().json();
    let ended = list["messages"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|m| m["state"] == "undelivered");
    let again = format!(
        "/api/v1/axis/messages/{}/retry",
        ended.expect("the message")["id"].as_str().expect("an id")
    );
    assert_eq!(machine.post(&again, &json!({})).await.status, 204);
    assert_eq!(machine.post(&again, &json!({})).await.status, 404, "a second click sends nothing");
    hears(&sender, &id, "H99.5", "01").await;
    assert_eq!(number(&other, "document").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_takes_comes_back_once_on_sqlite() {
    comes_back_once(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_takes_comes_back_once_on_postgres() {
    comes_back_once(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_waits_for_a_sender_that_is_away() {
    let mut province = Province::found();
    province.settings = "undelivered_after = \"1s\"\n".into();
    province.start_node().await;
    let mut sender = province.body("H99").await;
    let (clerk, id) = province.issued(&sender, &["H99.5"]).await;
    sender.state.documents.send(&clerk, &id, 4).await.expect("sent");
    hears(&sender, &id, "H99.5", "accepted").await;
    sender.restart().await;
    province.kill_node();
    province.start_node().await;
    hears(&sender, &id, "H99.5", "undelivered").await;
    // Sent once more, as from a backup of before, it is not delivered: the sender hears the same again.
    let other = province.body("H99.5").await;
    let mut work = sender.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    sqlx::query("UPDATE axis_outbox SET state = 'queued', next_at = 0")
        .execute(work.conn())
        .await
        .expect("queued again");
    sqlx::query("DELETE FROM axis_inbox").execute(work.conn()).await.expect("forgotten");
    work.commit().await.expect("committing");
    eventually("it comes back again", async || {
        (number(&sender, "axis_outbox WHERE state = 'undelivered'").await == 1).then_some(())
    })
    .await;
    assert_eq!(number(&other, "axis_inbox").await, 0);
}

/// A body whose node cannot be reached, and that waits for `after`.
async fn alone(backend: Backend, province: &Province, after: Duration) -> Server {
    let mut link = province.link("H99", &province.authority);
    link.undelivered_after = after;
    province.body_on(backend, "H99", |c| c.axis = Some(link)).await
}

async fn what_never_left_comes_back(backend: Backend) {
    let mut province = Province::found();
    let sender = alone(backend, &province, Duration::from_secs(1)).await;
    let (clerk, id) = province.issued(&sender, &["H99.5"]).await;
    sender.state.documents.send(&clerk, &id, 4).await.expect("sent");
    let said = hears(&sender, &id, "H99.5", "undelivered").await;
    assert!(said.contains("Không lên được trục"), "{said}");
    // A link that comes back does not send it.
    province.start_node().await;
    let other = province.body("H99.5").await;
    let later = put(&sender, &outgoing(&sender, "H99.5", 77).await, "H99.5").await;
    let done = format!("axis_outbox WHERE id = '{later}' AND state <> 'queued'");
    eventually("a later one is ended or delivered", async || {
        (number(&sender, &done).await == 1).then_some(())
    })
    .await;
    let subject = "axis_inbox WHERE subject = 'Về việc tiếp nhận văn bản'";
    assert_eq!(number(&other, subject).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_never_left_comes_back_on_sqlite() {
    what_never_left_comes_back(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_never_left_comes_back_on_postgres() {
    what_never_left_comes_back(Backend::Postgres).await;
}

/// As if the node had refused it for good.
async fn set_aside(server: &Server) {
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    sqlx::query("UPDATE axis_outbox SET state = 'failed', error = 'nơi nhận không có trên trục'")
        .execute(work.conn())
        .await
        .expect("a row");
    work.commit().await.expect("committing");
}

async fn is_given_up_by_a_person(backend: Backend) {
    let province = Province::found();
    let sender = alone(backend, &province, span::UNDELIVERED_AFTER).await;
    let (clerk, id) = province.issued(&sender, &["H99.5"]).await;
    sender.state.documents.send(&clerk, &id, 4).await.expect("sent");
    let machine = sender.machine(&clerk).await;
    let list = machine.get("/api/v1/axis/messages").await.ok().json();
    let message = list["messages"][0]["id"].as_str().expect("an id");
    let give_up = format!("/api/v1/axis/messages/{message}/give-up");
    let early = machine.post(&give_up, &json!({})).await;
    assert_eq!((early.status, early.code()), (409, "axis.not_failed".to_owned()));
    set_aside(&sender).await;
    let drafter = sender.person("somebody", &[Role::Drafter]).await;
    let forbidden = sender.machine(&drafter).await.post(&give_up, &json!({})).await;
    assert_eq!((forbidden.status, forbidden.code()), (403, "identity.forbidden".to_owned()));
    assert_eq!(machine.post(&give_up, &json!({})).await.status, 204);
    let said = hears(&sender, &id, "H99.5", "undelivered").await;
    assert!(said.contains(&clerk.name) && said.contains("nơi nhận không có trên trục"), "{said}");
    let again = machine.post(&give_up, &json!({})).await;
    assert_eq!((again.status, again.code()), (409, "axis.not_failed".to_owned()));
    assert_eq!(number(&sender, "audit WHERE action = 'document.undelivered'").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_set_aside_is_given_up_by_a_person_on_sqlite() {
    is_given_up_by_a_person(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_set_aside_is_given_up_by_a_person_on_postgres() {
    is_given_up_by_a_person(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_looks_at_comes_back_by_itself() {
    let province = Province::found();
    let sender = alone(Backend::Sqlite, &province, Duration::from_secs(2)).await;
    let (clerk, id) = province.issued(&sender, &["H99.5"]).await;
    sender.state.documents.send(&clerk, &id, 4).await.expect("sent");
    set_aside(&sender).await;
    let said = hears(&sender, &id, "H99.5", "undelivered").await;
    assert!(
        said.contains("không ai xử lý trong 2 giây") && said.contains("nơi nhận không có trên trục"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_in_and_is_given_up_is_refused_to_its_sender() {
    let province = Province::start().await;
    let (sender, other) = (province.body("H99").await, province.body("H99.5").await);
    let (clerk, id) = province.issued(&sender, &["H99.5"]).await;
    sender.state.documents.send(&clerk, &id, 4).await.expect("sent");
    hears(&sender, &id, "H99.5", "01").await;
    let mut work = other.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    sqlx::query("UPDATE axis_inbox SET state = 'failed', error = 'đĩa đầy'")
        .execute(work.conn())
        .await
        .expect("a row");
    work.commit().await.expect("committing");
    let their_clerk = other.person("theirs", &[Role::Clerk]).await;
    let machine = other.machine(&their_clerk).await;
    let list = machine.get("/api/v1/axis/messages").await.ok().json();
    let came = list["messages"].as_array().expect("a list").iter().find(|m| m["way"] == "in");
    let give_up = format!(
        "/api/v1/axis/messages/{}/give-up",
        came.expect("the message")["id"].as_str().expect("an id")
    );
    assert_eq!(machine.post(&give_up, &json!({})).await.status, 204);
    let said = hears(&sender, &id, "H99.5", "02").await;
    assert!(said.contains("đĩa đầy"), "{said}");
    assert_eq!(machine.post(&give_up, &json!({})).await.status, 409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_was_ended_is_not_built_any_more() {
    let server = Server::start(Backend::Sqlite).await;
    let id = put(&server, &outgoing(&server, "H99.5", 1).await, "H99.5").await;
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    assert!(
        store::undeliver(work.conn(), &id, store::Only::Unsent, "quá hạn")
            .await
            .expect("a row")
    );
    assert!(
        !store::set_built(work.conn(), &id, "00").await.expect("a row"),
        "the link takes it no more"
    );
    assert!(store::requeue(work.conn(), &id, "anew").await.expect("a row"));
    assert!(store::set_built(work.conn(), "anew", "00").await.expect("a row"));
    // From here on it may be at the node, and only the node ends it.
    assert!(!store::undeliver(work.conn(), "anew", store::Only::Unsent, "").await.expect("a row"));
}

/// What was heard of the only receiver, in its order, as a machine reads it.
async fn trail(server: &Server, clerk: &Actor, id: &DocumentId) -> Vec<(String, String)> {
    let machine = server.machine(clerk).await;
    let seen = machine.get(&format!("/api/v1/documents/{id}")).await.ok().json();
    let heard = seen["receivers"][0]["trail"].as_array().expect("a list");
    let text = |e: &serde_json::Value, name: &str| e[name].as_str().expect("text").to_owned();
    heard.iter().map(|e| (text(e, "status"), text(e, "description"))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_of_a_message_is_told_step_by_step() {
    let province = Province::found();
    let (sender, mut node) = tokio::join!(province.body("H99"), PlayedNode::meet(&province));
    let (clerk, id) = province.issued(&sender, &["H99.5"]).await;
    sender.state.documents.send(&clerk, &id, 4).await.expect("sent");
    let message = node.handed().await;
    let refusal = Refusal::new("axis.corrupted", "Gói tin bị hỏng trên đường truyền.", "Damaged on its way.");
    node.say(&Frame::Rejected {
        id: message.clone(),
        refusal,
        again: true,
    })
    .await;
    let why = hears(&sender, &id, "H99.5", "retrying").await;
    assert!(why.contains("bị hỏng trên đường") && why.contains("Thử lại lúc"), "{why}");
    assert_eq!(node.handed().await, message, "the same message again");
    for frame in [Frame::Accepted { id: message.clone() }, Frame::Delivered { id: message }] {
        node.say(&frame).await;
    }
    hears(&sender, &id, "H99.5", "delivered").await;
    sender.state.documents.recall(&clerk, &id, 5, "Sai").await.expect("recalled");
    let recall = node.handed().await;
    for frame in [Frame::Accepted { id: recall.clone() }, Frame::Delivered { id: recall }] {
        node.say(&frame).await;
    }
    let told = eventually("the recall is there", async || {
        let told = trail(&sender, &clerk, &id).await;
        (told.len() == 7).then_some(told)
    })
    .await;
    let steps: Vec<&str> = told.iter().map(|(status, _)| status.as_str()).collect();
    assert_eq!(
        steps,
        ["queued", "retrying", "accepted", "delivered", "13", "accepted", "delivered"]
    );
    let recalls: Vec<bool> = told.iter().map(|(_, words)| words.contains("Yêu cầu thu hồi")).collect();
    assert_eq!(recalls, [false, false, false, false, false, true, true]);
    hears(&sender, &id, "H99.5", "13").await;

    // The receiver's own word is the newer one, in whatever order it comes.
    let mut work = sender.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    let documents = &sender.state.documents;
    for (status, words) in [("01", "Đã đến."), ("delivered", "")] {
        documents
            .status_heard(&mut work, &id, "H99.5", &Heard::without_message(status, words, 1))
            .await
            .expect("heard");
    }
    work.commit().await.expect("committing");
    let told = trail(&sender, &clerk, &id).await;
    assert_eq!(told.last().map(|(status, _)| status.as_str()), Some("01"));
}
