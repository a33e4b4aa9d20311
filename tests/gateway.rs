//! The way over a folder: a gateway that is a process of its own, and what it may do wrong.
use crate::axis::{header, hears, message, number};
use crate::faults;
use crate::support::axis::{Province, eventually, node_link};
use crate::support::{Process, Server};
use app::dto::identity::Role;
use app::ids::{DocumentId, MessageId};
use serde_json::json;
use server::axis::edxml;
use server::config::{Axis, Way};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A stand-in for a gateway, in a process of its own.
struct Gateway {
    arguments: Vec<String>,
    process: Option<Child>,
}

impl Gateway {
    fn between(bodies: &[(&str, &Path)], more: &[&str]) -> Self {
        let mut arguments = vec![concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/gateway.py").to_owned()];
        arguments.extend(bodies.iter().map(|(code, folder)| format!("{code}={}", folder.display())));
        arguments.extend(more.iter().map(|a| (*a).to_owned()));
        let mut gateway = Self { arguments, process: None };
        gateway.start();
        gateway
    }

    fn start(&mut self) {
        let process = Command::new("python3").args(&self.arguments).stdin(Stdio::null()).spawn();
        self.process = Some(process.expect("python3"));
    }

    fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("killing");
            process.wait().expect("its end");
        }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.kill();
    }
}

fn folder(province: &Province, code: &str) -> PathBuf {
    province.dir.path().join(format!("folder-{code}"))
}

/// The same signature and authority as a link would have, over a folder.
fn over_folder(province: &Province, code: &str) -> Axis {
    Axis {
        way: Way::Folder(folder(province, code)),
        ..province.link(code, &province.authority)
    }
}

async fn body(province: &Province, code: &str) -> Server {
    let axis = over_folder(province, code);
    province.body_with(code, |c| c.axis = Some(axis)).await
}

fn names(folder: &Path, place: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder.join(place)).into_iter().flatten().flatten();
    let mut all: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    all.sort();
    all
}

/// Nothing lies where something would still be to do.
fn cleared(folder: &Path) -> bool {
    ["out", "taken", "status", "in"].iter().all(|place| names(folder, place).is_empty())
}

/// As a careful program puts a file there.
fn put(folder: &Path, place: &str, name: &str, content: &[u8]) {
    let unfinished = folder.join(place).join(format!(".{name}"));
    std::fs::write(&unfinished, content).expect("writing");
    std::fs::rename(unfinished, folder.join(place).join(name)).expect("its name");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_and_its_receipts_go_over_folders_and_twice_is_once() {
    let province = Province::found();
    let (sender, other) = (body(&province, "H99").await, body(&province, "H99.5").await);
    let folders = ["H99", "H99.5"].map(|code| folder(&province, code));
    let _gateway = Gateway::between(&[("H99", &folders[0]), ("H99.5", &folders[1])], &["--twice"]);
    sender.add_body("H99.404", "Trung tâm Lưu trữ").await;
    let (clerk, id) = province.issued(&sender, &["H99.5", "H99.404"]).await;
    sender.state.documents.send(&clerk, &id, 4).await.expect("sent");
    hears(&sender, &id, "H99.5", "01").await;
    let their_clerk = other.person("theirs", &[Role::Clerk]).await;
    let theirs = crate::recalls::copy(&other, "1 = 1").await;
    other.state.documents.take_in(&their_clerk, &theirs, 1).await.expect("taken in");
    hears(&sender, &id, "H99.5", "03").await;
    let said = hears(&sender, &id, "H99.404", "failed").await;
    assert!(said.contains("Cổng không biết H99.404 ") && said.contains("axis.gateway"), "{said}");
    eventually("everything is cleared away", async || {
        folders.iter().all(|f| cleared(f)).then_some(())
    })
    .await;
    assert_eq!(number(&other, "document WHERE direction = 'incoming'").await, 1);
    assert_eq!(number(&other, "axis_inbox").await, 1, "the second copy is the same message");
    // Signed as over a link: of whom, the gateway does not say.
    assert_eq!(
        number(&other, "axis_inbox WHERE signer LIKE '%CN=H99,%' OR signer LIKE '%CN=H99'").await,
        1
    );
    assert_eq!(
        number(&sender, "receiver_status WHERE status IN ('01', '03') AND signer LIKE '%H99.5%'").await,
        2
    );
    assert_eq!(number(&sender, "axis_inbox").await, 2);
    let status = sender.state.axis.link_status(&clerk).await.expect("a status");
    assert_eq!((status.connected, status.node), (true, folders[0].display().to_string()));
}

/// Rows of files that were set aside: id, state, error.
async fn set_aside(server: &Server, clerk: &server::actor::Actor) -> Vec<(String, String, String)> {
    let list = server.state.axis.messages(clerk, 1).await.expect("a list");
    let files = list.rows.into_iter().filter(|m| m.kind == "file");
    let mut all: Vec<_> = files.map(|m| (m.id.0, m.state, m.error.unwrap_or_default())).collect();
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_set_aside_with_its_reason_and_a_person_decides() {
    let province = Province::found();
    let mut axis = over_folder(&province, "H99.5");
    axis.undelivered_after = Duration::from_secs(3600);
    let other = province
        .body_with("H99.5", |c| {
            c.axis = Some(axis);
            c.upload_limit = 3_000_000;
        })
        .await;
    let clerk = other.person("clerk", &[Role::Clerk]).await;
    let folder = folder(&province, "H99.5");
    eventually("the folders", async || folder.join("poison").is_dir().then_some(())).await;
    let good = message("H99", "H99.5", &crate::support::document("thong-bao.pdf"));
    put(&folder, "in", "cut.edxml", &good[..good.len() / 2]);
    put(&folder, "in", "no.edxml", b"not XML at all");
    put(&folder, "in", "astray.edxml", &message("H99", "H99.3", b"x"));
    put(&folder, "in", "large.edxml", &vec![b' '; 13_000_000]);
    put(&folder, "status", "no.json", b"{\"id\":");
    put(
        &folder,
        "status",
        "unknown.json",
        &serde_json::to_vec(&json!({ "id": "nobody", "state": "delivered" })).expect("JSON"),
    );
    std::os::unix::fs::symlink("/etc/hostname", folder.join("in/link.edxml")).expect("a link");
    // Neither finished nor ours.
    std::fs::write(folder.join("in/.unfinished.edxml"), b"x").expect("writing");
    std::fs::write(folder.join("in/readme.txt"), b"x").expect("writing");
    let expected = [
        ("file:astray.edxml", "axis.to_mismatch"),
        ("file:large.edxml", "axis.too_large"),
        ("file:link.edxml", "axis.no_plain_file"),
        ("file:no.edxml", "edxml."),
        ("file:no.json", "axis.result_unreadable"),
        ("file:unknown.json", "axis.result_unknown"),
    ];
    let rows = eventually("six are set aside", async || {
        let rows = set_aside(&other, &clerk).await;
        (rows.len() == expected.len()).then_some(rows)
    })
    .await;
    // A row is written before its file is moved.
    let still = || names(&folder, "in").len() + names(&folder, "status").len();
    eventually("all are moved", async || (still() == 2).then_some(())).await;
    for ((id, state, error), (expected, code)) in rows.iter().zip(expected) {
        assert_eq!((id.as_str(), state.as_str()), (expected, "failed"), "{error}");
        assert!(error.contains(code), "{id}: {error}");
        let name = id.strip_prefix("file:").expect("a name");
        let reason = std::fs::read_to_string(folder.join(format!("poison/{name}.reason.txt"))).expect("a reason");
        assert!(reason.contains(code), "{reason}");
        assert!(std::fs::symlink_metadata(folder.join("poison").join(name)).is_ok(), "{name}");
    }
    // Its envelope can be read: it is a message, and its sender hears what is wrong with it.
    let answered = "axis_outbox WHERE kind = 'status' AND to_code = 'H99' AND payload LIKE '%\"code\":\"02\"%edxml.malformed%'";
    eventually("an answer 02", async || (number(&other, answered).await == 1).then_some(())).await;
    assert_eq!(names(&folder, "in"), [".unfinished.edxml", "readme.txt"]);
    assert_eq!(number(&other, "document").await, 0);
    assert_eq!(other.state.axis.link_status(&clerk).await.expect("a status").failed, 6);

    // Put right and tried again: over REST, as the button does.
    let machine = other.machine(&clerk).await;
    let retry = |id: &str| format!("/api/v1/axis/messages/{id}/retry");
    std::fs::write(folder.join("poison/no.edxml"), &good).expect("writing");
    assert_eq!(machine.post(&retry("file:no.edxml"), &json!({})).await.status, 204);
    eventually("an arrival", async || {
        (number(&other, "document WHERE direction = 'incoming' AND state = 'arrived'").await == 1).then_some(())
    })
    .await;
    assert_eq!(number(&other, "axis_inbox WHERE id = 'file:no.edxml' AND state = 'done'").await, 1);
    // Not put right: it comes back, with one more try counted.
    assert_eq!(machine.post(&retry("file:astray.edxml"), &json!({})).await.status, 204);
    eventually("set aside again", async || {
        (number(
            &other,
            "axis_inbox WHERE id = 'file:astray.edxml' AND state = 'failed' AND attempts = 2",
        )
        .await
            == 1)
            .then_some(())
    })
    .await;
    // Of the same name as one that lies there.
    put(&folder, "in", "astray.edxml", &message("H99", "H99.3", b"y"));
    eventually("both lie there", async || {
        folder.join("poison/astray-2.edxml").exists().then_some(())
    })
    .await;
    // Given up: nobody is answered, and the file stays where it is.
    let before = number(&other, "axis_outbox").await;
    let give_up = machine.post("/api/v1/axis/messages/file:astray.edxml/give-up", &json!({})).await;
    assert_eq!(give_up.status, 204);
    assert_eq!(
        number(&other, "axis_inbox WHERE id = 'file:astray.edxml' AND state = 'refused'").await,
        1
    );
    assert_eq!(number(&other, "axis_outbox").await, before);
    assert!(folder.join("poison/astray.edxml").exists());
    let again = machine.post(&retry("file:astray.edxml"), &json!({})).await;
    assert_eq!((again.status, again.code()), (409, "axis.not_failed".to_owned()));
    std::fs::remove_file(folder.join("poison/large.edxml")).expect("removed by hand");
    let gone = machine.post(&retry("file:large.edxml"), &json!({})).await;
    assert_eq!((gone.status, gone.code()), (404, "axis.not_found".to_owned()));
}

/// A document that is handed over to nobody in particular, and the name of its file.
async fn handed_over(province: &Province, after: Duration) -> (Server, DocumentId, PathBuf, String) {
    let mut axis = over_folder(province, "H99");
    axis.undelivered_after = after;
    let sender = province.body_with("H99", |c| c.axis = Some(axis)).await;
    let (clerk, id) = province.issued(&sender, &["H99.5"]).await;
    sender.state.documents.send(&clerk, &id, 4).await.expect("sent");
    let folder = folder(province, "H99");
    let name = eventually("it is handed over", async || {
        names(&folder, "out").into_iter().find(|n| !n.starts_with('.'))
    })
    .await;
    hears(&sender, &id, "H99.5", "accepted").await;
    (sender, id, folder, name)
}

async fn queued_again(sender: &Server) {
    let mut work = sender
        .state
        .db
        .begin(&server::actor::Actor::system("test"))
        .await
        .expect("a transaction");
    sqlx::query("UPDATE axis_outbox SET state = 'queued', next_at = 0")
        .execute(work.conn())
        .await
        .expect("queued");
    work.commit().await.expect("committing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_handed_over_is_not_handed_over_again_and_a_rejection_may_be() {
    let province = Province::found();
    let (sender, id, folder, name) = handed_over(&province, Duration::from_secs(3600)).await;
    assert!(name.ends_with("~H99.5.edxml"), "{name}");
    let (message_id, _) = name.split_once('~').expect("an id");
    let accepted = "axis_outbox WHERE state = 'accepted'";
    // As if the server had been killed between handing over and noting it; first unfetched, then fetched.
    let written = std::fs::metadata(folder.join("out").join(&name))
        .expect("a file")
        .modified()
        .expect("a time");
    queued_again(&sender).await;
    eventually("noted", async || (number(&sender, accepted).await == 1).then_some(())).await;
    assert_eq!(
        std::fs::metadata(folder.join("out").join(&name))
            .expect("a file")
            .modified()
            .expect("a time"),
        written
    );
    std::fs::rename(folder.join("out").join(&name), folder.join("taken").join(&name)).expect("fetched");
    queued_again(&sender).await;
    eventually("noted", async || (number(&sender, accepted).await == 1).then_some(())).await;
    assert_eq!((names(&folder, "out"), names(&folder, "taken")), (vec![], vec![name.clone()]));

    // What may help later is handed over again, the same bytes under the same name.
    let bytes = std::fs::read(folder.join("taken").join(&name)).expect("bytes");
    let said = json!({ "id": message_id, "state": "rejected", "reason": "Cổng đang bảo trì", "again": true });
    put(&folder, "status", "1.json", &serde_json::to_vec(&said).expect("JSON"));
    let words = hears(&sender, &id, "H99.5", "retrying").await;
    assert!(words.contains("Cổng đang bảo trì"), "{words}");
    let again = eventually("again", async || std::fs::read(folder.join("out").join(&name)).ok()).await;
    assert!(again == bytes && names(&folder, "taken").is_empty());
    put(
        &folder,
        "status",
        "2.json",
        &serde_json::to_vec(&json!({ "id": message_id, "state": "delivered" })).expect("JSON"),
    );
    eventually("delivered", async || {
        (number(&sender, "axis_outbox WHERE state = 'delivered'").await == 1).then_some(())
    })
    .await;
    eventually("cleared", async || cleared(&folder).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_fetches_is_withdrawn_and_what_nobody_speaks_of_is_told() {
    let province = Province::found();
    let (sender, id, folder, name) = handed_over(&province, Duration::from_secs(4)).await;
    let said = hears(&sender, &id, "H99.5", "undelivered").await;
    assert!(said.contains("axis.not_fetched"), "{said}");
    eventually("withdrawn", async || cleared(&folder).then_some(())).await;
    // Sent again by a person, it is another message.
    let clerk = sender.person("another", &[Role::Clerk]).await;
    let (message_id, _) = name.split_once('~').expect("an id");
    sender
        .state
        .axis
        .retry(&clerk, &MessageId(message_id.to_owned()))
        .await
        .expect("again");
    let second = eventually("it is handed over", async || {
        names(&folder, "out").into_iter().find(|n| !n.starts_with('.'))
    })
    .await;
    assert_ne!(second, name);
    std::fs::rename(folder.join("out").join(&second), folder.join("taken").join(&second)).expect("fetched");
    let said = eventually("the end", async || {
        let words = hears(&sender, &id, "H99.5", "undelivered").await;
        words.contains("axis.not_heard").then_some(words)
    })
    .await;
    assert!(said.contains("hãy hỏi nơi nhận"), "{said}");
    // Late news of it changes nothing and is cleared away.
    let (second_id, _) = second.split_once('~').expect("an id");
    put(
        &folder,
        "status",
        "late.json",
        &serde_json::to_vec(&json!({ "id": second_id, "state": "delivered" })).expect("JSON"),
    );
    eventually("cleared", async || cleared(&folder).then_some(())).await;
    assert_eq!(number(&sender, "axis_outbox WHERE state = 'undelivered'").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_message_is_known_by_what_it_says_and_brings() {
    let province = Province::found();
    let other = body(&province, "H99.5").await;
    let folder = folder(&province, "H99.5");
    eventually("the folders", async || folder.join("in").is_dir().then_some(())).await;
    let pdf = crate::support::document("thong-bao.pdf");
    let first = message("H99", "H99.5", &pdf);
    let traced = String::from_utf8(first.clone()).expect("text").replace(
        "<edXML:Bussiness>",
        "<edXML:TraceHeader><edXML:OrganId>G</edXML:OrganId><edXML:Timestamp>2026/11/24 14:05:09</edXML:Timestamp></edXML:TraceHeader>\n<edXML:Bussiness>",
    );
    put(&folder, "in", "a.edxml", &first);
    put(&folder, "in", "b.edxml", traced.as_bytes());
    put(&folder, "in", "a-again.edxml", &first);
    let empty = async || names(&folder, "in").is_empty().then_some(());
    eventually("all are fetched", empty).await;
    assert_eq!(number(&other, "axis_inbox").await, 1);
    // The same number and day with another file, and another word with the same file, are other messages.
    put(
        &folder,
        "in",
        "c.edxml",
        &message("H99", "H99.5", &crate::support::document("quyet-dinh.pdf")),
    );
    let mut words = header("H99", "H99.5");
    words.subject = "Mời họp, có sửa".into();
    put(&folder, "in", "d.edxml", &crate::axis::message_of(&words, &pdf));
    eventually("all are fetched", empty).await;
    assert_eq!(number(&other, "axis_inbox").await, 3);
    let edxml::Message::Document(read) = edxml::header_only(&mut &first[..]).expect("edXML") else {
        panic!("no document");
    };
    assert_eq!(read.number(), "7/GM-UBND");
}

#[test]
fn whatever_is_killed_every_document_is_once_behind_the_gateway() {
    const DOCUMENTS: usize = 8;
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2).enable_all().build().expect("a runtime")
    };
    let before = runtime();
    let province = Province::found();
    let (sender, clerk, ids) = before.block_on(faults::signed(&province, DOCUMENTS));
    let (receiver, theirs) = before.block_on(async {
        let receiver = province.body_with("H99.5", |_| {}).await;
        let clerk = receiver.person("clerk", &[Role::Clerk]).await;
        let machine = receiver.machine(&clerk).await;
        (receiver, machine)
    });
    let ours = before.block_on(sender.machine(&clerk));
    before.shutdown_timeout(Duration::from_secs(10));

    runtime().block_on(async move {
        let folders = ["H99", "H99.5"].map(|code| folder(&province, code));
        let mut ends = Vec::new();
        for (server, folder) in [&sender, &receiver].into_iter().zip(&folders) {
            let code = &server.state.config.body_code;
            let link = node_link(province.link(code, &province.authority));
            let text = |path: &Path| path.to_string_lossy().into_owned();
            let mut environment = server.environment();
            environment.extend([
                ("KYHOP_TRUST", text(&province.root())),
                ("KYHOP_AXIS_FOLDER", text(folder)),
                ("KYHOP_AXIS_SIGNATURE_CERTIFICATE", text(&link.certificate)),
                ("KYHOP_AXIS_SIGNATURE_KEY", text(&link.key)),
                ("KYHOP_AXIS_CA", text(&link.ca)),
                ("KYHOP_AXIS_UNSIGNED_ENVELOPES", "refuse".into()),
            ]);
            let log = province.dir.path().join(format!("{code}.log"));
            ends.push(Process::kyhop(environment, &log).await);
        }
        let mut gateway = Gateway::between(&[("H99", &folders[0]), ("H99.5", &folders[1])], &["--twice"]);
        let storm = async {
            for n in 0..9 {
                tokio::time::sleep(Duration::from_millis(250 + 150 * (n % 4))).await;
                match n % 3 {
                    0 => {
                        gateway.kill();
                        gateway.start();
                    }
                    n => {
                        let end = &mut ends[usize::try_from(n).expect("a number") - 1];
                        end.kill();
                        end.again().await;
                    }
                }
            }
        };
        let sending = async {
            for id in &ids {
                faults::goes_out(&ours, id).await;
            }
        };
        tokio::join!(storm, sending, faults::takes_in(&theirs, DOCUMENTS));
        let count = async |client: &crate::support::Client, state: &str, status: &str| {
            let list = faults::got(client, "/api/v1/documents?direction=outgoing").await.json();
            let mut found = 0;
            for row in list["documents"].as_array().expect("rows") {
                let one = faults::got(client, &format!("/api/v1/documents/{}", row["id"].as_str().expect("an id")))
                    .await
                    .json();
                found += usize::from(one["state"] == state && one["receivers"][0]["status"] == status);
            }
            found
        };
        eventually("all were taken in, and their sender knows", async || {
            (count(&ours, "sent", "03").await == DOCUMENTS).then_some(())
        })
        .await;
        eventually("everything is cleared away", async || {
            folders.iter().all(|f| cleared(f)).then_some(())
        })
        .await;
        for end in &mut ends {
            end.kill();
        }
        assert!(folders.iter().all(|f| names(f, "poison").is_empty()));
        // Exactly once, and nothing refused: read from what the processes have left.
        let pool = receiver.state.db.read();
        assert_eq!(
            faults::number(pool, "document WHERE direction = 'incoming'").await,
            i64::try_from(DOCUMENTS).expect("a number")
        );
        assert_eq!(faults::number(pool, "axis_inbox WHERE state <> 'done' OR signer IS NULL").await, 0);
        assert_eq!(
            faults::number(sender.state.db.read(), "axis_inbox WHERE state <> 'done' OR signer IS NULL").await,
            0
        );
    });
}
