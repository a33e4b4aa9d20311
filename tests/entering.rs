//! What came on paper or by e-mail: a clerk registers it, it goes the way of any arrival, and nobody is told over the axis.
use crate::support::axis::Province;
use crate::support::{Answer, Backend, Client, Server, document, multipart};
use app::dto::documents::MarkKind;
use app::dto::identity::Role;
use app::ids::DocumentId;
use reqwest::Method;
use serde_json::{Value, json};
use server::actor::Actor;
use server::documents::marks::Notice;
use sqlx::Row as _;

const ROUTE: &str = "/api/v1/incoming";

/// A right form; `more` replaces or adds fields.
fn form<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let right = [
        ("kind", "CV"),
        ("abstract_text", "Về việc cấp điện cho thôn Nà Lẹng"),
        ("sender", "Hợp tác xã Nà Lẹng"),
        ("notation", "07/CV-HTX"),
        ("issued_on", "2026-11-20"),
        ("channel", "paper"),
    ];
    let kept = right.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    kept.chain(more).copied().collect()
}

async fn enter(client: &Client, path: &str, more: &[(&str, &str)], file: &[u8]) -> Answer {
    client.upload(path, &form(more), Some(("van-ban.pdf", file))).await
}

async fn outgoing_messages(server: &Server) -> i64 {
    let row = sqlx::query("SELECT COUNT(*) AS n FROM axis_outbox")
        .fetch_one(server.state.db.read())
        .await
        .expect("a count");
    row.try_get("n").expect("a number")
}

async fn seen(client: &Client, id: &str) -> Value {
    client.get(&format!("/api/v1/documents/{id}")).await.ok().json()
}

fn id_of(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["id"].as_str().expect("an id").to_owned()
}

async fn from_paper_to_done(backend: Backend) {
    let server = Server::start(backend).await;
    let clerk = server.signed_in(Role::Clerk).await;
    let worker = server.signed_in(Role::Drafter).await;
    let scan = document("thong-bao.pdf");
    let name = uuid::Uuid::new_v4().to_string();
    let fields = [
        ("id", name.as_str()),
        ("sender", "sở nội vụ"),
        ("pages", "3"),
        ("urgency", "urgent"),
    ];
    let id = id_of(&enter(&clerk, ROUTE, &fields, &scan).await);
    assert_eq!(
        id_of(&enter(&clerk, ROUTE, &fields, &scan).await),
        id,
        "the same program asks again"
    );

    let facts = seen(&clerk, &id).await;
    assert_eq!((&facts["direction"], &facts["state"]), (&json!("incoming"), &json!("arrived")));
    assert_eq!((&facts["channel"], &facts["said_pages"]), (&json!("paper"), &json!(3)));
    assert_eq!((&facts["from"], &facts["number"]), (&json!("Sở Nội vụ"), &json!("07/CV-HTX")));
    let screen = clerk.ui("documents/get", &json!({ "id": id })).await.ok().json();
    assert_eq!(
        screen["sender"],
        json!({ "code": "H99.5", "name": "Sở Nội vụ" }),
        "known by its name"
    );
    assert_eq!(screen["steps"][0]["action"], "document.entered");
    assert_eq!(screen["steps"][0]["remark"], "Bản quét, không có chữ ký số.");
    let verdict = clerk.ui("documents/verify", &json!({ "id": id })).await.ok().json();
    assert_eq!(verdict["signatures"], json!([]));

    let act = async |who: &Client, action: &str, mut body: Value| {
        body["revision"] = seen(who, &id).await["revision"].clone();
        who.post(&format!("/api/v1/documents/{id}/{action}"), &body).await.ok().json()
    };
    assert_eq!(act(&clerk, "take-in", json!({})).await["state"], "taken_in");
    let assigned = act(&clerk, "assign", json!({ "assign": { "lead": worker.actor.id() } })).await;
    assert_eq!(assigned["state"], "assigned");
    act(&worker, "start", json!({})).await;
    assert_eq!(act(&worker, "finish", json!({ "result": "Đã trả lời" })).await["state"], "done");
    assert_eq!(outgoing_messages(&server).await, 0, "its sender knows of no message");
    let register = clerk.get("/api/v1/registers/incoming?format=csv").await.ok().text();
    assert!(register.contains("07/CV-HTX") && register.contains("Sở Nội vụ"), "{register}");

    // What it asks back over the axis is answered there, however the document came.
    let other = id_of(&enter(&clerk, ROUTE, &[("sender_code", "H99.5"), ("notation", "08/SNV")], &scan).await);
    clerk
        .post(&format!("/api/v1/documents/{other}/take-in"), &json!({ "revision": 1 }))
        .await
        .ok();
    let notice = Notice {
        sender_code: "H99.5".into(),
        notation: "08/SNV".into(),
        issued_on: "2026-11-20".into(),
        kind: MarkKind::Recalled,
        reason: "Sai số".into(),
        successor: None,
    };
    let mut work = server.state.db.begin(&Actor::system("H99.5")).await.expect("a transaction");
    server.state.documents.asked_back(&mut work, &notice).await.expect("asked back");
    work.commit().await.expect("committing");
    let revision = seen(&clerk, &other).await["revision"].as_i64().expect("a revision");
    let documents = &server.state.documents;
    documents
        .give_back(&clerk.actor, &DocumentId(other.clone()), revision)
        .await
        .expect("given back");
    assert_eq!(outgoing_messages(&server).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_paper_to_done_on_sqlite() {
    from_paper_to_done(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_paper_to_done_on_postgres() {
    from_paper_to_done(Backend::Postgres).await;
}

#[tokio::test]
async fn what_is_there_already_is_said_and_may_be_confirmed() {
    let server = Server::start(Backend::Sqlite).await;
    let clerk = server.signed_in(Role::Clerk).await;
    let scan = document("thong-bao.pdf");
    let first = id_of(&enter(&clerk, ROUTE, &[], &scan).await);
    let again = enter(
        &clerk,
        ROUTE,
        &[("notation", "07 / cv-htx"), ("sender", "HỢP TÁC XÃ  Nà Lẹng")],
        &scan,
    )
    .await;
    assert_eq!((again.status, again.code().as_str()), (409, "documents.registered_already"));
    assert!(again.text().contains(&format!("/incoming/{first}")), "{}", again.text());
    for different in [
        ("notation", "17/CV-HTX"),
        ("issued_on", "2026-11-19"),
        ("sender", "Hợp tác xã Nà Sla"),
        ("notation", ""),
    ] {
        id_of(&enter(&clerk, ROUTE, &[different], &scan).await);
    }
    // Without script what was typed comes back in the address, and the page leads to what is there.
    let (kind, body) = multipart(&form(&[]), Some(("van-ban.pdf", &scan)));
    let refused = clerk.send(Method::POST, "/incoming/new", &kind, body).await;
    let address = refused.header("location").to_owned();
    assert!(
        address.starts_with("/incoming/new?error=documents.registered_already&"),
        "{address}"
    );
    let page = clerk.get(&address).await.ok().text();
    assert!(
        page.contains(&format!("/documents/{first}")) && page.contains("name=\"confirmed\""),
        "{page}"
    );
    assert!(
        page.contains("value=\"07/CV-HTX\"") && page.contains("Nà Lẹng</textarea>"),
        "{page}"
    );
    let second = id_of(&enter(&clerk, ROUTE, &[("confirmed", "yes")], &scan).await);
    assert_ne!(first, second);
    let asked = json!({ "sender": "Hợp tác xã Nà Lẹng", "notation": "07/CV-HTX", "issued_on": "2026-11-20" });
    let known = clerk.ui("documents/known-arrivals", &asked).await.ok().json();
    assert_eq!(known.as_array().map(Vec::len), Some(2), "{known}");
    let drafter = server.signed_in(Role::Drafter).await;
    assert_eq!(drafter.ui("documents/known-arrivals", &asked).await.code(), "identity.forbidden");
}

#[tokio::test]
async fn a_broken_signature_is_refused_and_a_good_one_is_told() {
    let province = Province::found();
    let server = province.body_with("H99", |_| {}).await;
    let cast = province.cast(&server).await;
    let issued = cast.draft(&server, &["H99.5"], &[]).await.expect("a draft");
    cast.issue(&server, &issued).await;
    let clerk = server.browser(&cast.clerk).await;
    let signed = clerk.get(&format!("/api/v1/documents/{issued}/file")).await.ok().body;
    let by_mail = [("channel", "email"), ("sender", "Sở Tài chính")];
    let good = id_of(&enter(&clerk, ROUTE, &by_mail, &signed).await);
    let screen = clerk.ui("documents/get", &json!({ "id": good })).await.ok().json();
    assert_eq!(
        screen["steps"][0]["remark"],
        "2 chữ ký số còn nguyên vẹn; chưa xác định đủ độ tin cậy."
    );
    assert_eq!(screen["row"]["state"], "arrived");

    let mut broken = signed.to_vec();
    let at = broken.windows(9).position(|w| w == b"/MediaBox").expect("a page");
    broken[at + 10..]
        .iter_mut()
        .find(|b| b.is_ascii_digit())
        .map(|b| *b = b'9')
        .expect("a digit");
    let bad = id_of(&enter(&clerk, ROUTE, &[by_mail[0], by_mail[1], ("notation", "9/STC")], &broken).await);
    let seen = clerk.ui("documents/get", &json!({ "id": bad })).await.ok().json();
    assert_eq!(seen["row"]["state"], "refused");
    assert!(
        seen["reason"].as_str().is_some_and(|r| r.contains("[axis.signature_broken]")),
        "{seen}"
    );
    assert_eq!(outgoing_messages(&server).await, 0);
}
