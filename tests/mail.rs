//! Letters by e-mail, taken by a mail server that is a program of its own and read by Python's reader of letters.
use crate::meetings::{Meeting, servers};
use crate::support::axis::eventually;
use crate::support::{Backend, Process, Server};
use app::dto::identity::Role;
use app::dto::meetings::{Check, MeetingChange};
use app::ids::UserId;
use serde_json::Value;
use server::actor::Actor;
use server::config::Mail;
use server::mail::store;
use std::path::{Path, PathBuf};
use std::process::Command;
use tokio::net::TcpListener;

/// Says of each letter of a maildir what it is, in the order of their arrival.
const READER: &str = r#"
import email, email.policy, json, os, sys
out = []
for folder in ("new", "cur"):
    d = os.path.join(sys.argv[1], folder)
    for name in sorted(os.listdir(d), key=lambda n: os.stat(os.path.join(d, n)).st_mtime_ns):
        m = email.message_from_binary_file(open(os.path.join(d, name), "rb"), policy=email.policy.default)
        cal = next((p for p in m.walk() if p.get_content_type() == "text/calendar"), None)
        out.append({"to": str(m["to"]), "from": str(m["from"]), "subject": str(m["subject"]), "id": str(m["message-id"]), "auto": str(m["auto-submitted"]),
            "text": m.get_body(("plain",)).get_content(), "method": cal.get_param("method") if cal else None,
            "calendar": cal.get_content().replace("\r\n", "\n").replace("\n ", "") if cal else None})
print(json.dumps(out))
"#;

fn judges() -> PathBuf {
    let cache = std::env::var("KYHOP_CACHE").map_or_else(
        |_| Path::new(&std::env::var("HOME").expect("a home")).join(".cache/kyhop"),
        PathBuf::from,
    );
    cache.join("judges/bin")
}

struct Post {
    process: Process,
    maildir: PathBuf,
    address: String,
}

impl Post {
    /// With room for letters of `most` bytes.
    async fn start(dir: &Path, most: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address").to_string();
        drop(listener);
        let maildir = dir.join("post");
        let arguments = [
            "-n",
            "-l",
            &address,
            "-s",
            &most.to_string(),
            "-c",
            "aiosmtpd.handlers.Mailbox",
            &maildir.to_string_lossy(),
        ];
        let arguments = arguments.map(String::from).to_vec();
        let program = judges().join("aiosmtpd");
        let process = Process::start(program, arguments, Vec::new(), address.clone(), &dir.join("post.log")).await;
        Self { process, maildir, address }
    }

    fn mail(&self) -> Mail {
        Mail {
            url: format!("smtp://{}", self.address),
            digest: false,
            from: "Văn phòng UBND <vanphong@example.org>".into(),
        }
    }

    fn letters(&self) -> Vec<Value> {
        let out = Command::new(judges().join("python"))
            .args(["-c", READER])
            .arg(&self.maildir)
            .output()
            .expect("Python");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        serde_json::from_slice(&out.stdout).expect("JSON")
    }

    /// Waits for so many letters; more than these are too many.
    async fn has(&self, count: usize) -> Vec<Value> {
        eventually("letters", async || {
            let all = self.letters();
            assert!(all.len() <= count, "{all:#?}");
            (all.len() == count).then_some(all)
        })
        .await
    }
}

fn text<'a>(letter: &'a Value, field: &str) -> &'a str {
    letter[field].as_str().unwrap_or_else(|| panic!("no {field}: {letter}"))
}

async fn set_address(server: &Server, person: &Actor, address: &str) {
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    let set = sqlx::query("UPDATE person SET email = $1 WHERE id = $2")
        .bind(address)
        .bind(person.id());
    set.execute(work.conn()).await.expect("an address");
    work.commit().await.expect("committing");
}

async fn waiting(server: &Server) -> (i64, i64) {
    let mut c = server.state.db.read().acquire().await.expect("a connection");
    store::counts(&mut c).await.expect("counts")
}

async fn invitations(backend: Backend) {
    let dir = tempfile::tempdir().expect("a folder");
    let mut post = Post::start(dir.path(), 1 << 20).await;
    let mut server = Server::start_with(backend, |config| config.mail = Some(post.mail())).await;
    let m = Meeting::prepare(&server, 2).await;
    let (reached, unreached) = (&m.members[0], &m.members[1]);
    set_address(&server, reached, "daibieu@example.org").await;
    set_address(&server, &m.chair, "chutri@example.org").await;
    m.item(&server, "Kế hoạch chuyển đổi số").await;
    assert_eq!(waiting(&server).await, (0, 0), "what is prepared is written to nobody");

    server
        .state
        .meetings
        .publish(&m.secretary, &m.id, &Check::ALL)
        .await
        .expect("published");
    let all = post.has(2).await;
    let mine = all
        .iter()
        .find(|l| text(l, "to").contains("daibieu@example.org"))
        .expect("a letter");
    assert_eq!(text(mine, "to"), format!("{} <daibieu@example.org>", reached.name));
    assert_eq!(text(mine, "from"), "Văn phòng UBND <vanphong@example.org>");
    assert!(text(mine, "subject").starts_with("Giấy mời họp: Họp thường kỳ ("), "{mine}");
    assert_eq!((text(mine, "auto"), text(mine, "method")), ("auto-generated", "REQUEST"));
    let link = format!("{}/meetings/{}", server.url, m.id);
    for words in ["1. Kế hoạch chuyển đổi số", "Phòng họp số 1", link.as_str()] {
        assert!(text(mine, "text").contains(words), "{words}: {mine}");
    }
    for line in [
        "METHOD:REQUEST",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "ORGANIZER:mailto:vanphong@example.org",
    ] {
        assert!(text(mine, "calendar").lines().any(|l| l == line), "{line}: {mine}");
    }
    assert!(text(mine, "calendar").contains("ATTENDEE") && text(mine, "calendar").contains("mailto:daibieu@example.org"));

    // The mail server is gone when the meeting moves and is cancelled; this server starts anew meanwhile. Nothing is lost, nothing doubled,
    // and the news comes in its order.
    post.process.kill();
    let moved = MeetingChange {
        title: "Họp thường kỳ".into(),
        room: "Phòng họp số 5".into(),
        starts: "2031-03-05T08:00".into(),
        ends: "2031-03-05T10:00".into(),
    };
    server.state.meetings.change(&m.secretary, &m.id, &moved).await.expect("changed");
    server
        .state
        .meetings
        .remove_member(&m.secretary, &m.id, &UserId(unreached.id().into()))
        .await
        .expect("removed");
    server
        .state
        .meetings
        .cancel(&m.secretary, &m.id, "Chủ trì đi công tác")
        .await
        .expect("cancelled");
    eventually("a try that fails", async || {
        let mut c = server.state.db.read().acquire().await.expect("a connection");
        let all = store::list(&mut c, 10).await.expect("letters");
        all.iter().any(|l| l.attempts > 0 && l.error.is_some()).then_some(())
    })
    .await;
    assert_eq!(waiting(&server).await, (4, 0));
    server.restart().await;
    post.process.again().await;
    // Whoever waits for the next try need not.
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    sqlx::query("UPDATE letter SET due_at = 0 WHERE sent_at IS NULL")
        .execute(work.conn())
        .await
        .expect("due");
    work.commit().await.expect("committing");
    let all = post.has(6).await;
    let mine: Vec<&Value> = all.iter().filter(|l| text(l, "to").contains("daibieu@example.org")).collect();
    let said: Vec<(&str, &str)> = mine
        .iter()
        .map(|l| (text(l, "subject").split(':').next().unwrap_or_default(), text(l, "method")))
        .collect();
    assert_eq!(
        said,
        [
            ("Giấy mời họp", "REQUEST"),
            ("Thay đổi cuộc họp", "REQUEST"),
            ("Hủy cuộc họp", "CANCEL")
        ]
    );
    assert!(text(mine[1], "text").contains("Địa điểm trước đây: Phòng họp số 1"), "{}", mine[1]);
    assert!(text(mine[1], "calendar").lines().any(|l| l == "SEQUENCE:1"));
    assert!(text(mine[2], "text").contains("Lý do: Chủ trì đi công tác"));
    assert!(text(mine[2], "calendar").lines().any(|l| l == "SEQUENCE:2") && text(mine[2], "calendar").contains("STATUS:CANCELLED"));
    // What the mail server has taken is written down a moment later.
    eventually("nothing that waits", async || (waiting(&server).await == (0, 0)).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_a_change_and_a_cancellation_come_once_and_in_order_on_sqlite() {
    invitations(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_a_change_and_a_cancellation_come_once_and_in_order_on_postgresql() {
    invitations(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_mail_server_never_takes_is_given_up_with_its_words_and_holds_up_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let post = Post::start(dir.path(), 100).await;
    let server = Server::start_with(Backend::Sqlite, |config| config.mail = Some(post.mail())).await;
    let m = Meeting::prepare(&server, 1).await;
    set_address(&server, &m.members[0], "daibieu@example.org").await;
    server
        .state
        .meetings
        .publish(&m.secretary, &m.id, &Check::ALL)
        .await
        .expect("published");
    eventually("a letter that is given up", async || {
        (waiting(&server).await == (0, 1)).then_some(())
    })
    .await;
    let mut c = server.state.db.read().acquire().await.expect("a connection");
    let letter = store::list(&mut c, 10).await.expect("letters").remove(0);
    assert!(letter.error.as_deref().is_some_and(|e| e.contains("552")), "{:?}", letter.error);
    assert_eq!(letter.attempts, 1);
    assert!(post.letters().is_empty());
    let log = server
        .machine(&server.person("kiemtra", &[Role::Auditor]).await)
        .await
        .get("/api/v1/audit")
        .await
        .ok()
        .text();
    assert!(log.contains("mail.given_up"), "{log}");
    let said = server::mail::send::try_out(&post.mail(), "H99", "quantri@example.org").await;
    assert!(said.is_err_and(|e| e.contains("552")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_mail_server_nothing_is_written_that_would_be_sent_one_day() {
    for server in servers().await {
        let m = Meeting::prepare(&server, 1).await;
        set_address(&server, &m.members[0], "daibieu@example.org").await;
        server
            .state
            .meetings
            .publish(&m.secretary, &m.id, &Check::ALL)
            .await
            .expect("published");
        assert_eq!(waiting(&server).await, (0, 0));
    }
}
