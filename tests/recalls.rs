//! What a sender takes back is taken back where it went: the copy marked, locked, and those told who work on it.
use crate::axis::{PlayedNode, header, hears, message, number};
use crate::support::axis::{Province, eventually};
use crate::support::{Backend, Server, Socket};
use app::dto::documents::{Action, AssignWish, MarkKind, State};
use app::dto::identity::Role;
use app::ids::DocumentId;
use app::live::{LiveEvent, ServerFrame};
use serde_json::json;
use server::actor::Actor;
use server::axis::edxml;
use server::axis::wire::Frame;
use server::documents::store::Heard;
use server::fault::Problem;
use sqlx::{AssertSqlSafe, Row};

/// The incoming document that fits an SQL condition, once it is there.
pub async fn copy(server: &Server, condition: &str) -> DocumentId {
    let sql = format!("SELECT id FROM document WHERE direction = 'incoming' AND {condition}");
    eventually("an arrival", async || {
        let row = sqlx::query(AssertSqlSafe(sql.clone()))
            .fetch_optional(server.state.db.read())
            .await
            .expect("a row")?;
        Some(DocumentId(row.try_get("id").expect("an id")))
    })
    .await
}

/// The only incoming document, once it is there.
async fn arrival(server: &Server) -> DocumentId {
    copy(server, "1 = 1").await
}

/// A document that was taken in and given to somebody, who follows what they are told.
pub struct InHand {
    pub clerk: Actor,
    pub handler: Actor,
    /// The first that was heard there was the assignment.
    pub live: Socket,
}

impl InHand {
    pub async fn at(server: &Server, id: &DocumentId) -> Self {
        let clerk = server.person("theirs", &[Role::Clerk]).await;
        let handler = server.person("handler", &[Role::Drafter]).await;
        let documents = &server.state.documents;
        documents.take_in(&clerk, id, 1).await.expect("taken in");
        let wish = AssignWish {
            lead: handler.user().expect("a person").clone(),
            support: Vec::new(),
            inform: Vec::new(),
            due_on: String::new(),
            instruction: String::new(),
        };
        documents.assign(&clerk, id, 2, &wish).await.expect("assigned");
        let mut live = server.browser(&handler).await.live().await.expect("a live link");
        live.follow(&format!("user:{}", handler.id()), 1).await;
        Self { clerk, handler, live }
    }
}

async fn is_marked_locked_and_told(backend: Backend) {
    let province = Province::start().await;
    let sender = province.body("H99").await;
    let link = province.link("H99.5", &province.authority);
    let other = province.body_on(backend, "H99.5", |c| c.axis = Some(link)).await;
    let (clerk, id) = province.issued(&sender, &["H99.5"]).await;
    sender.state.documents.send(&clerk, &id, 4).await.expect("sent");
    hears(&sender, &id, "H99.5", "01").await;

    let theirs = arrival(&other).await;
    let documents = &other.state.documents;
    let InHand {
        clerk: their_clerk,
        handler,
        mut live,
    } = InHand::at(&other, &theirs).await;
    hears(&sender, &id, "H99.5", "04").await;

    let machine = sender.machine(&clerk).await;
    let recall = format!("/api/v1/documents/{id}/recall");
    let empty = machine.post(&recall, &json!({ "revision": 5, "reason": " " })).await;
    assert_eq!((empty.status, empty.code()), (422, "documents.field".to_owned()));
    let reason = "Sai căn cứ pháp lý ở Điều 2";
    let recalled = machine.post(&recall, &json!({ "revision": 5, "reason": reason })).await.ok().json();
    assert_eq!((&recalled["mark"]["kind"], &recalled["actions"]), (&json!("recalled"), &json!([])));

    // It is in hands there: their clerk is asked, and everybody who sees it knows.
    let asked = eventually("the question", async || {
        documents.get(&their_clerk, &theirs).await.expect("the document").asked_back
    })
    .await;
    assert_eq!((asked.reason.as_str(), asked.by.as_str()), (reason, "Ủy ban nhân dân tỉnh (H99)"));
    let waits = |d: &app::dto::documents::DocumentDetail| (d.row.waits_for_me, d.actions.contains(&Action::GiveBack));
    let seen = documents.get(&their_clerk, &theirs).await.expect("the document");
    assert_eq!((waits(&seen), seen.mark), ((true, true), None));
    let other_seen = documents.get(&handler, &theirs).await.expect("the document");
    assert!(other_seen.asked_back.is_some() && !waits(&other_seen).1, "{:?}", other_seen.actions);
    let mine = app::dto::documents::DocumentQuery {
        mine: true,
        page: 1,
        ..Default::default()
    };
    let listed = documents.list(&their_clerk, &mine).await.expect("a list");
    assert_eq!(listed.rows.iter().map(|r| &r.id).collect::<Vec<_>>(), [&theirs]);
    assert_eq!(
        number(&other, "axis_outbox WHERE payload LIKE '%\"code\":\"15\"%'").await,
        0,
        "nobody has answered"
    );
    hears(&sender, &id, "H99.5", "13").await;
    let refused = documents.give_back(&handler, &theirs, seen.revision).await.expect_err("no clerk");
    assert_eq!(refused.code(), "documents.not_now");
    documents.give_back(&their_clerk, &theirs, seen.revision).await.expect("given back");
    let again = documents
        .keep_copy(&their_clerk, &theirs, seen.revision + 1, "Không")
        .await
        .expect_err("answered");
    assert_eq!(again.code(), "documents.recalled");
    let said = hears(&sender, &id, "H99.5", "15").await;
    assert!(said.starts_with("Đã thu hồi"), "{said}");

    // The copy says who took it back and why; nobody does anything with it, and everybody who saw it can read it.
    let seen = documents.get(&handler, &theirs).await.expect("the document");
    let mark = seen.mark.expect("a mark");
    assert_eq!((mark.kind, mark.reason.as_str()), (MarkKind::Recalled, reason));
    assert_eq!(mark.by, "Ủy ban nhân dân tỉnh (H99)");
    assert_eq!((seen.row.state, seen.actions.as_slice()), (State::Assigned, [].as_slice()));
    assert!(!seen.row.waits_for_me);
    for person in [&handler, &their_clerk] {
        assert_eq!(documents.list(person, &mine).await.expect("a list").total, 0);
    }
    assert_eq!(documents.get(&their_clerk, &theirs).await.expect("the document").actions, []);
    let refused = documents
        .start_processing(&handler, &theirs, seen.revision)
        .await
        .expect_err("locked");
    assert_eq!(refused.code(), "documents.recalled");
    documents.may_read(&handler, &theirs, &seen.file.sha256).await.expect("readable");
    // Who works on it hears of it at once.
    loop {
        match live.hear().await.expect("a live link") {
            ServerFrame::Event {
                event: LiveEvent::DocumentChanged { id, .. },
                ..
            } => break assert_eq!(id, theirs),
            ServerFrame::Denied { topic } => panic!("{topic} is denied"),
            _ => {}
        }
    }

    // Taken back stays taken back, whatever was still on its way.
    let mut work = sender
        .state
        .db
        .begin(&server::actor::Actor::system("test"))
        .await
        .expect("a transaction");
    let ours = &sender.state.documents;
    let late = Heard::without_message("05", "Đang xử lý", 1);
    ours.status_heard(&mut work, &id, "H99.5", &late).await.expect("heard");
    work.commit().await.expect("committing");
    hears(&sender, &id, "H99.5", "15").await;
    let again = machine
        .post(&recall, &json!({ "revision": recalled["revision"], "reason": reason }))
        .await;
    assert_eq!((again.status, again.code()), (409, "documents.recalled".to_owned()));
    assert_eq!(number(&other, "axis_inbox WHERE kind = 'recall' AND state = 'done'").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recalled_document_is_marked_locked_and_told_on_sqlite() {
    is_marked_locked_and_told(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recalled_document_is_marked_locked_and_told_on_postgres() {
    is_marked_locked_and_told(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_clerk_recalls_and_only_what_was_sent() {
    let province = Province::start().await;
    let sender = province.body("H99").await;
    let (clerk, id) = province.issued(&sender, &["H99.5"]).await;
    let documents = &sender.state.documents;
    let early = documents.recall(&clerk, &id, 4, "Sai").await.expect_err("not sent yet");
    assert_eq!(early.code(), "documents.not_now");
    documents.send(&clerk, &id, 4).await.expect("sent");
    let secretary = sender.person("secretary", &[Role::Secretary]).await;
    let refused = documents.recall(&secretary, &id, 5, "Sai").await.expect_err("no clerk");
    assert_eq!(refused.code(), "documents.not_now");
    assert!(
        documents
            .get(&clerk, &id)
            .await
            .expect("the document")
            .actions
            .contains(&Action::Recall)
    );
    assert_eq!(number(&sender, "axis_outbox WHERE kind = 'recall'").await, 0);
}

fn recall(from: &str) -> Vec<u8> {
    let mut document = header(from, "H99.5");
    document.business = 1;
    document.business_reason = "Gửi nhầm nơi nhận".into();
    let mut out = Vec::new();
    edxml::write_document(&mut out, &document, &[]).expect("written");
    out
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recall_that_overtakes_its_document_awaits_it_and_reaches_no_other_bodys() {
    let province = Province::found();
    let (other, mut node) = tokio::join!(province.body("H99.5"), PlayedNode::meet(&province));
    let their_clerk = other.person("theirs", &[Role::Clerk]).await;
    let pdf = crate::support::document("thong-bao.pdf");
    let mut deliver = async |from: &str, id: &str, bytes: &[u8]| {
        node.deliver_from(from, id, bytes).await;
        let taken = Frame::Taken {
            from: from.into(),
            id: id.into(),
        };
        assert_eq!(node.answer().await, taken);
        eventually("it is worked on", async || {
            (number(&other, "axis_inbox WHERE state = 'received'").await == 0).then_some(())
        })
        .await;
    };
    let answers = |code: &str| format!("axis_outbox WHERE kind = 'status' AND payload LIKE '%\"code\":\"{code}\"%'");

    // The same number and day, of another body.
    deliver("H99.3", "foreign", &recall("H99.3")).await;
    deliver("H99", "document", &message("H99", "H99.5", &pdf)).await;
    let id = arrival(&other).await;
    let seen = other.state.documents.get(&their_clerk, &id).await.expect("the document");
    assert_eq!(
        (seen.mark, seen.actions.is_empty()),
        (None, false),
        "one body cannot take back another's"
    );

    deliver("H99.3", "late", &message("H99.3", "H99.5", &pdf)).await;
    let marked = "document d JOIN document_mark m ON m.document_id = d.id WHERE d.sender_code = 'H99.3' AND m.reason = 'Gửi nhầm nơi nhận'";
    assert_eq!(number(&other, marked).await, 1, "the recall was waiting for it");
    // Twice is once.
    for name in ["recall", "again"] {
        deliver("H99", name, &recall("H99")).await;
    }
    let seen = other.state.documents.get(&their_clerk, &id).await.expect("the document");
    assert_eq!(seen.mark.map(|m| m.kind), Some(MarkKind::Recalled));
    assert_eq!(seen.steps.iter().filter(|s| s.action == "document.recalled").count(), 1);
    assert_eq!(number(&other, &answers("15")).await, 3);
}

async fn may_be_refused_with_a_reason(backend: Backend) {
    let province = Province::start().await;
    let sender = province.body("H99").await;
    let link = province.link("H99.5", &province.authority);
    let other = province.body_on(backend, "H99.5", |c| c.axis = Some(link)).await;
    let (clerk, id) = province.issued(&sender, &["H99.5"]).await;
    sender.state.documents.send(&clerk, &id, 4).await.expect("sent");
    let theirs = arrival(&other).await;
    let documents = &other.state.documents;
    let InHand {
        clerk: their_clerk,
        handler,
        mut live,
    } = InHand::at(&other, &theirs).await;
    hears(&sender, &id, "H99.5", "04").await;
    sender.state.documents.recall(&clerk, &id, 5, "Gửi nhầm").await.expect("recalled");
    // Who works on it hears of the question at once.
    loop {
        match live.hear().await.expect("a live link") {
            ServerFrame::Event {
                event: LiveEvent::DocumentChanged { id, .. },
                ..
            } => break assert_eq!(id, theirs),
            ServerFrame::Denied { topic } => panic!("{topic} is denied"),
            _ => {}
        }
    }
    let machine = other.machine(&their_clerk).await;
    let address = format!("/api/v1/documents/{theirs}");
    let seen = machine.get(&address).await.ok().json();
    assert_eq!(seen["asked_back"]["reason"], json!("Gửi nhầm"));
    let actions = seen["actions"].as_array().expect("actions");
    assert!(
        ["give_back", "keep_copy"].iter().all(|a| actions.contains(&json!(a))),
        "{actions:?}"
    );

    let refuse = format!("{address}/keep-copy");
    let empty = machine.post(&refuse, &json!({ "revision": seen["revision"], "reason": " " })).await;
    assert_eq!((empty.status, empty.code()), (422, "documents.field".to_owned()));
    let reason = "Đã ban hành văn bản trả lời căn cứ vào văn bản này";
    let kept = machine
        .post(&refuse, &json!({ "revision": seen["revision"], "reason": reason }))
        .await
        .ok()
        .json();
    assert_eq!((&kept["asked_back"], &kept["mark"]), (&json!(null), &json!(null)));
    assert_eq!(hears(&sender, &id, "H99.5", "16").await, reason);
    let ours = sender.state.documents.get(&clerk, &id).await.expect("the document");
    let heard = ours.receivers[0].trail.iter().find(|e| e.code == "16").expect("the answer");
    assert!(heard.signed_by.as_ref().is_some_and(|by| by.contains("H99.5")), "{heard:?}");

    // The work goes on where it was.
    let revision = kept["revision"].as_i64().expect("a number");
    documents.start_processing(&handler, &theirs, revision).await.expect("started");
    let late = documents
        .give_back(&their_clerk, &theirs, revision + 1)
        .await
        .expect_err("answered");
    assert_eq!(late.code(), "documents.not_now");
    let steps = documents.get(&their_clerk, &theirs).await.expect("the document").steps;
    let actions: Vec<&str> = steps.iter().map(|s| s.action.as_str()).collect();
    let asked = actions.iter().position(|a| *a == "document.asked_back").expect("the question");
    assert_eq!(
        steps.iter().find(|s| s.action == "document.kept").expect("the answer").remark,
        reason
    );
    assert!(
        asked < actions.iter().position(|a| *a == "document.kept").expect("the answer"),
        "{actions:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recall_of_what_is_in_hands_may_be_refused_with_a_reason_on_sqlite() {
    may_be_refused_with_a_reason(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recall_of_what_is_in_hands_may_be_refused_with_a_reason_on_postgres() {
    may_be_refused_with_a_reason(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_13_about_its_own_document_asks_for_it_back_and_asks_anew() {
    let province = Province::found();
    let (other, mut node) = tokio::join!(province.body("H99.5"), PlayedNode::meet(&province));
    node.deliver("document", &message("H99", "H99.5", &crate::support::document("thong-bao.pdf")))
        .await;
    let id = arrival(&other).await;
    let InHand { clerk, .. } = InHand::at(&other, &id).await;
    let ask = |from: &str, of: &str, reason: &str| {
        let said = edxml::Status {
            from: header(from, "H99.5").from,
            to: header(from, "H99.5").to,
            for_organ: of.into(),
            for_number: "7/GM-UBND".into(),
            for_date: "2026-11-24".into(),
            code: "13".into(),
            description: reason.into(),
            ..edxml::Status::default()
        };
        let mut out = Vec::new();
        edxml::write_status(&mut out, &said).expect("written");
        out
    };
    // Somebody else cannot ask for it, whatever they write.
    for (name, of) in [("stranger", "H99"), ("own", "H99.3")] {
        node.deliver_from("H99.3", name, &ask("H99.3", of, "Của tôi")).await;
        let _ = node.answer().await;
    }
    eventually("both are worked on", async || {
        (number(&other, "axis_inbox WHERE from_code = 'H99.3' AND state <> 'received'").await == 2).then_some(())
    })
    .await;
    let seen = other.state.documents.get(&clerk, &id).await.expect("the document");
    assert_eq!((seen.asked_back, seen.mark), (None, None));

    let mut revision = seen.revision;
    for (name, reason) in [("first", "Sai số liệu"), ("second", "Vẫn sai số liệu")] {
        node.deliver(name, &ask("H99", "H99", reason)).await;
        let asked = eventually("the question", async || {
            other.state.documents.get(&clerk, &id).await.expect("the document").asked_back
        })
        .await;
        assert_eq!(asked.reason, reason);
        revision += 1;
        other
            .state
            .documents
            .keep_copy(&clerk, &id, revision, "Đã dùng")
            .await
            .expect("refused");
        revision += 1;
    }
    let answers = "axis_outbox WHERE kind = 'status' AND to_code = 'H99' AND payload LIKE '%\"code\":\"16\"%'";
    assert_eq!(number(&other, answers).await, 2);
}
