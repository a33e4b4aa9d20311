//! Documents between bodies: two real servers, and a node that is a process of its own.
use crate::support::axis::{Province, eventually, node_link};
use crate::support::{Authority, Server};
use app::dto::identity::{Body, Role};
use app::ids::DocumentId;
use app::live::{LiveEvent, ServerFrame};
use serde_json::json;
use server::actor::Actor;
use server::axis::outbox::{self, Business, OutgoingDocument};
use server::axis::wire::{self, Frame, Heard, Refusal};
use server::axis::{edxml, tls};
use server::config::{NodeLink, Way};
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeMap;

/// First column of the first row, or how many rows there are: whatever the query asks for.
pub async fn number(server: &Server, sql: &str) -> i64 {
    let sql = AssertSqlSafe(format!("SELECT COUNT(*) AS n FROM {sql}"));
    let row = sqlx::query(sql).fetch_one(server.state.db.read()).await.expect("a row");
    row.try_get("n").expect("a number")
}

/// What a receiver of a document has said last: status and words.
async fn receiver(server: &Server, id: &DocumentId, code: &str) -> (String, String) {
    let mut c = server.state.db.read().acquire().await.expect("a connection");
    let all = server::documents::store::receivers(&mut c, id.as_str()).await.expect("receivers");
    let one = all.into_iter().find(|r| r.body.code == code).expect("the receiver");
    (one.status, one.description)
}

pub async fn hears(server: &Server, id: &DocumentId, code: &str, status: &str) -> String {
    eventually(&format!("{code} says {status}"), async || {
        let (now, words) = receiver(server, id, code).await;
        (now == status).then_some(words)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_goes_out_and_its_sender_sees_it_arrive_and_be_taken_in() {
    let province = Province::start().await;
    let (sender, other) = (province.body("H99").await, province.body("H99.5").await);
    let (clerk, id) = province.issued(&sender, &["H99.5"]).await;
    let browser = sender.browser(&clerk).await;
    let mut live = browser.live().await.expect("a live link");
    let topic = format!("document:{id}");
    live.follow(&topic, 0).await;
    sender.state.documents.send(&clerk, &id, 4).await.expect("sent");

    let arrived = eventually("an arrival", async || {
        let sql = "SELECT id, sha256, notation, sender_name FROM document WHERE direction = 'incoming'";
        sqlx::query(sql).fetch_optional(other.state.db.read()).await.expect("a row")
    })
    .await;
    let ours = sender.state.documents.get(&clerk, &id).await.expect("the document");
    let text = |name: &str| arrived.try_get::<String, _>(name).expect("text");
    assert_eq!(text("sha256"), ours.file.sha256, "the very file that was sealed");
    assert_eq!(Some(text("notation")), ours.row.number);
    assert_eq!(text("sender_name"), "Ủy ban nhân dân tỉnh");
    let said = hears(&sender, &id, "H99.5", "01").await;
    assert!(said.contains("2 chữ ký số"), "{said}");

    let their_clerk = other.person("theirs", &[Role::Clerk]).await;
    let theirs = DocumentId(text("id"));
    other.state.documents.take_in(&their_clerk, &theirs, 1).await.expect("taken in");
    let said = hears(&sender, &id, "H99.5", "03").await;
    assert!(said.starts_with("Đã tiếp nhận, số đến 1/"), "{said}");

    // All of it was on the sender's screen as it happened.
    let mut seen = Vec::new();
    while seen.last().is_none_or(|status| status != "03") {
        match live.hear().await.expect("a live link") {
            ServerFrame::Event {
                event: LiveEvent::ReceiverChanged { receiver, .. },
                ..
            } => seen.push(receiver.status),
            ServerFrame::Denied { topic } => panic!("{topic} is denied"),
            _ => {}
        }
    }
    assert_eq!(seen.first().map(String::as_str), Some("queued"), "{seen:?}");
    assert!(seen.contains(&"01".to_owned()), "{seen:?}");
    assert!(
        seen.iter().position(|s| s == "01") < seen.iter().position(|s| s == "03"),
        "{seen:?}"
    );

    // The message carries the trace of both who handled it.
    let row = sqlx::query("SELECT sha256 FROM axis_inbox WHERE kind = 'document'")
        .fetch_one(other.state.db.read())
        .await
        .expect("a message");
    let path = other
        .state
        .files
        .local(&row.try_get::<String, _>("sha256").expect("a hash"))
        .await
        .expect("a path");
    let file = std::fs::File::open(path).expect("the message");
    let edxml::Message::Document(message) = edxml::header_only(&mut std::io::BufReader::new(file)).expect("edXML") else {
        panic!("no document");
    };
    let trace: Vec<&str> = message.trace.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(trace, ["H99", "axis"]);
    assert_eq!(message.kind_name, "Thông báo");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_was_changed_after_sealing_is_refused_with_the_reason() {
    let province = Province::start().await;
    let (sender, other) = (province.body("H99").await, province.body("H99.5").await);
    let (clerk, id) = province.issued(&sender, &["H99.5"]).await;
    let file = sender.state.documents.get(&clerk, &id).await.expect("the document").file;
    let path = sender.state.files.local(&file.sha256).await.expect("a path");
    let mut bytes = std::fs::read(&path).expect("the file");
    // The second line is a comment of bytes that no reader looks at; but the signatures cover it.
    let comment = bytes.windows(2).position(|w| w == b"\n%").expect("a comment") + 2;
    bytes[comment] ^= 0x01;
    std::fs::write(&path, bytes).expect("writing");
    sender.state.documents.send(&clerk, &id, 4).await.expect("sent");

    let said = hears(&sender, &id, "H99.5", "02").await;
    assert!(said.contains("axis.signature_broken"), "{said}");
    assert_eq!(
        number(&other, "document WHERE direction = 'incoming' AND state = 'refused'").await,
        1
    );
    assert_eq!(number(&other, "axis_inbox WHERE state = 'refused'").await, 1);
}

/// What a service would put into the outbox of document number `n`.
pub async fn outgoing(server: &Server, to: &str, n: usize) -> OutgoingDocument {
    let pdf = crate::support::document("thong-bao.pdf");
    let size = pdf.len() as u64;
    let sha256 = server.state.files.keep_bytes(pdf.into()).await.expect("kept");
    OutgoingDocument {
        document_id: String::new(),
        sha256,
        file_name: "thong-bao.pdf".into(),
        size,
        pages: 1,
        code_number: format!("{n:02}"),
        code_notation: "TB-UBND".into(),
        place: "Minh An".into(),
        promulgation_date: "2026-11-24".into(),
        kind: "TB".into(),
        kind_name: "Thông báo".into(),
        subject: format!("Thông báo thứ {n}"),
        signer_name: String::new(),
        signer_competence: String::new(),
        signer_position: String::new(),
        priority: 0,
        receivers: vec![Body {
            code: to.into(),
            name: String::new(),
        }],
        business: Business::New,
        reason: String::new(),
        supersedes: None,
    }
}

/// Puts it there, and says under which id.
pub async fn put(server: &Server, message: &OutgoingDocument, to: &str) -> String {
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    let id = outbox::enqueue_document(&mut work, message, to).await.expect("queued");
    // There is no document whose receivers could be told of it.
    sqlx::query("UPDATE axis_outbox SET document_id = NULL WHERE id = $1")
        .bind(&id.0)
        .execute(work.conn())
        .await
        .expect("a row");
    work.commit().await.expect("committing");
    id.0
}

async fn enqueue(server: &Server, to: &str, n: usize) {
    put(server, &outgoing(server, to, n).await, to).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killing_the_node_loses_nothing_and_doubles_nothing() {
    const MESSAGES: i64 = 24;
    let mut province = Province::start().await;
    let sender = province.body("H99").await;
    let mut other = None;
    for round in 0..4 {
        for n in 0..MESSAGES / 4 {
            enqueue(&sender, "H99.5", usize::try_from(round * MESSAGES / 4 + n).expect("a number")).await;
        }
        // Killed when a part is with the node at least: in the second round the receiver is there and takes some.
        let accepted = "axis_outbox WHERE state IN ('accepted', 'delivered')";
        eventually("some are accepted", async || {
            (number(&sender, accepted).await > round * MESSAGES / 4).then_some(())
        })
        .await;
        province.kill_node();
        if round == 1 {
            other = Some(province.body("H99.5").await);
        }
        province.start_node().await;
    }
    let other = other.expect("the receiver");
    eventually("all are delivered", async || {
        (number(&sender, "axis_outbox WHERE state = 'delivered'").await == MESSAGES).then_some(())
    })
    .await;
    let answers = "axis_outbox WHERE kind = 'status' AND state = 'delivered'";
    eventually("all are answered", async || {
        (number(&other, answers).await == MESSAGES).then_some(())
    })
    .await;
    assert_eq!(number(&other, "document WHERE direction = 'incoming'").await, MESSAGES);
    assert_eq!(number(&other, "axis_inbox WHERE kind = 'document'").await, MESSAGES);
    assert_eq!(number(&sender, "axis_inbox WHERE kind = 'status'").await, MESSAGES);
    let subjects = "(SELECT DISTINCT abstract_text FROM document WHERE direction = 'incoming') s";
    assert_eq!(number(&other, subjects).await, MESSAGES);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_sent_again_is_not_delivered_again() {
    let province = Province::start().await;
    let (sender, other) = (province.body("H99").await, province.body("H99.5").await);
    enqueue(&sender, "H99.5", 1).await;
    let delivered = "axis_outbox WHERE state = 'delivered'";
    for _ in 0..2 {
        eventually("delivered", async || (number(&sender, delivered).await == 1).then_some(())).await;
        // As if the sender had been restored from a backup of before.
        let mut work = sender.state.db.begin(&Actor::system("test")).await.expect("a transaction");
        sqlx::query("UPDATE axis_outbox SET state = 'queued', next_at = 0")
            .execute(work.conn())
            .await
            .expect("queued again");
        work.commit().await.expect("committing");
    }
    eventually("delivered", async || (number(&sender, delivered).await == 1).then_some(())).await;
    // Delivered means on the receiver's disk; it is worked on after that.
    let waiting = "axis_inbox WHERE state = 'received'";
    eventually("the inbox is worked off", async || {
        (number(&other, waiting).await == 0).then_some(())
    })
    .await;
    assert_eq!(number(&other, "document").await, 1);
    assert_eq!(number(&other, "axis_inbox").await, 1);
}

/// The error that a server's link shows, once there is one.
async fn link_error(server: &Server) -> String {
    let clerk = server.person("looking", &[Role::Clerk]).await;
    eventually("an error of the link", async || {
        let status = server.state.axis.link_status(&clerk).await.expect("a status");
        assert!(!status.connected);
        status.last_error
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gets_a_link_without_the_right_certificate() {
    let province = Province::start().await;
    let unlisted = province.link("H99.77", &province.authority);
    let server = province.body_with("H99.77", |c| c.axis = Some(unlisted)).await;
    let error = link_error(&server).await;
    assert!(error.contains("403") && error.contains("names no body of this node"), "{error}");

    let foreign = province.link("H99", &Authority::found());
    let server = province.body_with("H99", |c| c.axis = Some(foreign)).await;
    let error = link_error(&server).await.to_lowercase();
    assert!(
        error.contains("unknown ca") || error.contains("alert") || error.contains("reset"),
        "{error}"
    );

    // And a body links to no node but one of its own authority.
    let mut suspicious = province.link("H99", &province.authority);
    let another = province.dir.path().join("another.pem");
    std::fs::write(&another, Authority::found().root_pem()).expect("writing");
    suspicious.way = Way::Node(NodeLink {
        ca: another,
        ..node_link(suspicious.clone())
    });
    let server = province.body_with("H99", |c| c.axis = Some(suspicious)).await;
    let error = link_error(&server).await;
    assert!(error.contains("certificate verify failed"), "{error}");
}

/// State and error of the only message in the outbox, when it is no longer queued.
async fn outcome(server: &Server) -> (String, String) {
    eventually("an outcome", async || {
        let row = sqlx::query("SELECT state, error FROM axis_outbox WHERE state <> 'queued'")
            .fetch_optional(server.state.db.read())
            .await
            .expect("a row")?;
        let error: Option<String> = row.try_get("error").expect("text");
        Some((row.try_get("state").expect("text"), error.unwrap_or_default()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_cannot_speak_for_another() {
    let province = Province::start().await;
    let link = province.link("H99.3", &province.authority);
    let liar = province.body_with("H99", |c| c.axis = Some(link)).await;
    enqueue(&liar, "H99.5", 1).await;
    let (state, error) = outcome(&liar).await;
    assert_eq!(state, "failed");
    assert!(error.contains("axis.from_forged"), "{error}");
    assert!(error.contains("H99.3"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_receiver_is_shown_and_can_be_tried_again() {
    let mut province = Province::start().await;
    let sender = province.body("H99").await;
    sender.add_body("H99.404", "Trung tâm Lưu trữ").await;
    let (clerk, id) = province.issued(&sender, &["H99.404"]).await;
    sender.state.documents.send(&clerk, &id, 4).await.expect("sent");
    let said = hears(&sender, &id, "H99.404", "failed").await;
    assert!(said.contains("axis.unknown_receiver"), "{said}");

    let machine = sender.machine(&clerk).await;
    let list = machine.get("/api/v1/axis/messages").await.ok().json();
    let message = &list["messages"][0];
    assert_eq!(
        (&message["state"], &message["way"], &message["other"]),
        (&json!("failed"), &json!("out"), &json!("H99.404 Trung tâm Lưu trữ"))
    );
    let retry = format!("/api/v1/axis/messages/{}/retry", message["id"].as_str().expect("an id"));
    province.kill_node();
    province.list("H99.404", "Trung tâm Lưu trữ");
    province.start_node().await;
    assert_eq!(machine.post(&retry, &json!({})).await.status, 204);
    hears(&sender, &id, "H99.404", "accepted").await;
    let again = machine.post(&retry, &json!({})).await;
    assert_eq!((again.status, again.code()), (409, "axis.not_failed".to_owned()));
    let official = sender.person("guest", &[Role::Official]).await;
    let refused = sender.machine(&official).await.get("/api/v1/axis/messages").await;
    assert_eq!((refused.status, refused.code()), (403, "identity.forbidden".to_owned()));
}

/// A node played by the test, to say what a real one would not.
pub struct PlayedNode {
    writer: wire::Writer,
    reader: wire::Reader,
}

impl PlayedNode {
    /// Waits for the link of the body.
    pub async fn meet(province: &Province) -> Self {
        let me = node_link(province.link("axis", &province.authority));
        let identity = tls::Identity {
            certificate: &me.certificate,
            key: &me.key,
            ca: &me.ca,
        };
        let acceptor = tls::acceptor(&identity).expect("a TLS end");
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", province.port)).await.expect("the port");
        let (stream, _) = listener.accept().await.expect("a body");
        let stream = tls::accept(&acceptor, stream).await.expect("TLS");
        let socket = tokio_tungstenite::accept_async_with_config(stream, Some(wire::limits()))
            .await
            .expect("a WebSocket");
        let (writer, reader) = wire::split(socket);
        Self { writer, reader }
    }

    pub async fn deliver(&self, id: &str, message: &[u8]) {
        self.deliver_from("H99", id, message).await;
    }

    pub async fn deliver_from(&self, from: &str, id: &str, message: &[u8]) {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), message).expect("writing");
        let frame = Frame::Deliver {
            from: from.into(),
            id: id.into(),
            size: message.len() as u64,
            sha256: hex::encode(openssl::sha::sha256(message)),
        };
        self.writer
            .message(&frame, file.path(), message.len() as u64)
            .await
            .expect("delivered");
    }

    /// Id of the next message that the body hands in, once all of it is here.
    pub async fn handed(&mut self) -> String {
        loop {
            let (id, mut left) = match self.reader.next().await.expect("a frame") {
                Heard::Frame(Frame::Send { id, size, .. }) => (id, size),
                Heard::Frame(_) => continue,
                Heard::Chunk(_) => panic!("bytes of nothing"),
            };
            while left > 0 {
                match self.reader.next().await.expect("bytes") {
                    Heard::Chunk(chunk) => left -= chunk.len() as u64,
                    Heard::Frame(other) => panic!("{other:?}"),
                }
            }
            return id;
        }
    }

    pub async fn say(&self, frame: &Frame) {
        self.writer.frame(frame).await.expect("a link");
    }

    /// What the body answers to a delivery; what it sends of its own is passed over.
    pub async fn answer(&mut self) -> Frame {
        loop {
            match self.reader.next().await.expect("an answer") {
                Heard::Frame(frame @ (Frame::Taken { .. } | Frame::Declined { .. })) => return frame,
                Heard::Frame(Frame::Send { .. } | Frame::Noted { .. }) | Heard::Chunk(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

/// Header of the invitation that the played node delivers.
pub fn header(from: &str, to: &str) -> edxml::Document {
    let organ = |code: &str| edxml::Organ {
        organ_id: code.into(),
        ..edxml::Organ::default()
    };
    edxml::Document {
        from: organ(from),
        to: vec![organ(to)],
        code_number: "7".into(),
        code_notation: "GM-UBND".into(),
        promulgation_date: "2026-11-24".into(),
        kind_name: "Giấy mời".into(),
        subject: "Mời họp".into(),
        ..edxml::Document::default()
    }
}

pub fn message(from: &str, to: &str, content: &[u8]) -> Vec<u8> {
    message_of(&header(from, to), content)
}

pub fn message_of(header: &edxml::Document, content: &[u8]) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), content).expect("writing");
    let attachment = edxml::Attachment {
        name: "giay-moi.pdf".into(),
        content_type: "application/pdf".into(),
        content_id: "1".into(),
        description: String::new(),
        path: file.path().to_owned(),
        size: content.len() as u64,
    };
    let mut out = Vec::new();
    edxml::write_document(&mut out, header, &[attachment]).expect("written");
    out
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_without_signature_enters_or_is_refused_as_the_body_wants() {
    let province = Province::found();
    let (other, mut node) = tokio::join!(
        async {
            let mut link = province.link("H99.5", &province.authority);
            link.refuse_unsigned = true;
            province.body_with("H99.5", |c| c.axis = Some(link)).await
        },
        PlayedNode::meet(&province)
    );
    node.deliver("bare", &message("H99", "H99.5", &crate::support::document("thong-bao.pdf")))
        .await;
    let taken = Frame::Taken {
        from: "H99".into(),
        id: "bare".into(),
    };
    assert_eq!(node.answer().await, taken);
    let refused = "axis_outbox WHERE kind = 'status' AND payload LIKE '%\"02\"%axis.signature_missing%'";
    eventually("an answer 02", async || (number(&other, refused).await == 1).then_some(())).await;
    assert_eq!(
        number(&other, "document WHERE direction = 'incoming' AND state = 'refused'").await,
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_delivered_twice_arrives_once_and_what_is_not_for_us_is_declined() {
    let province = Province::found();
    let (other, mut node) = tokio::join!(
        async {
            let link = province.link("H99.5", &province.authority);
            province
                .body_with("H99.5", |c| {
                    c.axis = Some(link);
                    c.upload_limit = 3_000_000;
                })
                .await
        },
        PlayedNode::meet(&province)
    );
    let good = message("H99", "H99.5", &crate::support::document("thong-bao.pdf"));
    let taken = |id: &str| Frame::Taken {
        from: "H99".into(),
        id: id.into(),
    };
    for _ in 0..2 {
        node.deliver("one", &good).await;
        assert_eq!(node.answer().await, taken("one"));
    }
    eventually("an arrival", async || (number(&other, "document").await == 1).then_some(())).await;
    // Nobody has signed it: it enters all the same, as long as nothing else is set, and the sender hears of it.
    let answered = "axis_outbox WHERE kind = 'status' AND payload LIKE '%\"01\"%không có chữ ký số%'";
    eventually("an answer 01", async || (number(&other, answered).await == 1).then_some(())).await;
    // Once more, now that it was worked on.
    node.deliver("one", &good).await;
    assert_eq!(node.answer().await, taken("one"));

    // A readable envelope with an unreadable file is taken, and answered 02.
    node.deliver("text", &message("H99", "H99.5", b"not a PDF")).await;
    assert_eq!(node.answer().await, taken("text"));
    let refused = "axis_outbox WHERE kind = 'status' AND payload LIKE '%\"02\"%documents.unreadable_pdf%'";
    eventually("an answer 02", async || (number(&other, refused).await == 1).then_some(())).await;

    let mut declined = BTreeMap::new();
    let harm = String::from_utf8(message("H99", "H99.5", b"x")).expect("UTF-8");
    let bomb = harm.replacen("<edXML ", "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">]><edXML ", 1);
    let cases = [
        ("forged", message("H99.3", "H99.5", b"x")),
        ("astray", message("H99", "H99.3", b"x")),
        ("bomb", bomb.into_bytes()),
        ("large", vec![b' '; 13_000_000]),
    ];
    for (id, content) in &cases {
        node.deliver(id, content).await;
        match node.answer().await {
            Frame::Declined {
                id,
                refusal: Refusal { code, .. },
                ..
            } => declined.insert(id, code),
            other => panic!("{id}: {other:?}"),
        };
    }
    let expected = [
        ("forged", "axis.from_forged"),
        ("astray", "axis.to_mismatch"),
        ("bomb", "edxml.entities"),
        ("large", "axis.too_large"),
    ];
    let expected: BTreeMap<String, String> = expected.map(|(id, code)| (id.to_owned(), code.to_owned())).into();
    assert_eq!(declined, expected);
    assert_eq!(number(&other, "document").await, 1);
    assert_eq!(number(&other, "axis_inbox").await, 2);
    assert_eq!(number(&other, "axis_outbox").await, 2);
}
