//! A document is found by the words of its PDF, by those who may see it and by nobody else, whatever happens on the way.
use crate::support::axis::eventually;
use crate::support::{Backend, Client, Server, document};
use app::dto::identity::Role;
use serde_json::{Value, json};
use sqlx::Row as _;

async fn found(client: &Client, text: &str) -> Value {
    let query = json!({ "text": text, "mine": false, "page": 1 });
    client.ui("documents/list", &json!({ "query": query })).await.ok().json()
}

/// The excerpt with what was found in brackets.
fn excerpt(list: &Value) -> String {
    let pieces = list["rows"][0]["excerpt"].as_array().expect("pieces");
    let text = |p: &Value| p["text"].as_str().expect("a text").to_owned();
    pieces
        .iter()
        .map(|p| if p["hit"] == true { format!("[{}]", text(p)) } else { text(p) })
        .collect()
}

async fn is_found(client: &Client, text: &str) -> Value {
    eventually("the text is read", async || {
        let list = found(client, text).await;
        (list["total"] == 1).then_some(list)
    })
    .await
}

async fn draft(drafter: &Client, leader: &str, file: &str) -> String {
    let fields = [
        ("kind", "TB"),
        ("abstract_text", "Về một việc khác"),
        ("urgency", "normal"),
        ("leader_id", leader),
        ("receivers", "H99.5"),
    ];
    let made = drafter.upload("/documents/new", &fields, Some((file, &document(file)))).await.ok();
    made.json()["id"].as_str().expect("an id").to_owned()
}

async fn count(server: &Server, sql: &'static str) -> i64 {
    let row = sqlx::query(sql).fetch_one(server.state.db.read()).await.expect("a count");
    row.try_get("n").expect("a number")
}

async fn found_by_its_text(backend: Backend) {
    let mut server = Server::start(backend).await;
    let drafter = server.signed_in(Role::Drafter).await;
    let (leader, other, clerk) = (
        server.signed_in(Role::Leader).await,
        server.signed_in(Role::Drafter).await,
        server.signed_in(Role::Clerk).await,
    );
    let auditor = server.signed_in(Role::Auditor).await;
    let id = draft(&drafter, leader.actor.id(), "thong-bao.pdf").await;
    for asked in ["khắc phục hậu quả MƯA LŨ", "mua lu vung cao"] {
        let list = is_found(&drafter, asked).await;
        assert_eq!(list["rows"][0]["id"], json!(id));
        assert!(excerpt(&list).contains("[mưa] [lũ]"), "{}", excerpt(&list));
    }
    assert_eq!(
        found(&drafter, "về một việc").await["rows"][0]["excerpt"],
        json!([]),
        "its abstract says it"
    );
    assert_eq!(found(&drafter, "khac nghichthuong").await["total"], 0);
    let rest = drafter.get("/api/v1/documents?text=mua%20lu").await.ok().json();
    assert!(
        rest["documents"][0]["excerpt"].as_str().is_some_and(|e| e.contains("mưa lũ")),
        "{rest}"
    );

    // A draft is its drafter's alone; submitted, it is found by whom it waits for, and by those who look on.
    for who in [&leader, &other, &clerk, &auditor] {
        let list = found(who, "mua lu vung cao").await;
        assert_eq!((&list["total"], &list["rows"]), (&json!(0), &json!([])));
    }
    drafter.ui("documents/submit", &json!({ "id": id, "revision": 1 })).await.ok();
    for who in [&leader, &auditor] {
        assert!(excerpt(&is_found(who, "mua lu vung cao").await).contains("[mưa] [lũ]"));
    }
    for who in [&other, &clerk] {
        assert_eq!(found(who, "mua lu vung cao").await["total"], 0);
    }

    // With another file it is found by that one's words.
    drafter.ui("documents/withdraw", &json!({ "id": id, "revision": 2 })).await.ok();
    let other_file = document("ke-hoach.pdf");
    drafter
        .upload(
            &format!("/documents/{id}/file"),
            &[("revision", "3")],
            Some(("ke-hoach.pdf", &other_file)),
        )
        .await
        .ok();
    is_found(&drafter, "khong giay to").await;
    assert_eq!(found(&drafter, "mua lu vung cao").await["total"], 0);

    // What was there before texts were read gets its text after the next start.
    let mut work = server.state.db.begin(&drafter.actor).await.expect("a transaction");
    for sql in [
        "DELETE FROM document_text",
        "UPDATE document SET text_state = 0, abstract_text = abstract_text",
    ] {
        sqlx::query(sql).execute(work.conn()).await.expect("as it was before");
    }
    work.commit().await.expect("committing");
    server.restart().await;
    let drafter = server.browser(&drafter.actor).await;
    is_found(&drafter, "khong giay to").await;

    // A scan has no text, and is not read again and again.
    draft(&drafter, leader.actor.id(), "quyet-dinh.pdf").await;
    eventually("all are read", async || {
        let waiting = count(&server, "SELECT COUNT(*) AS n FROM document WHERE text_state = 0").await;
        (waiting == 0).then_some(())
    })
    .await;
    assert_eq!(server.state.documents.read_texts().await.expect("reading"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn found_by_its_text_on_sqlite() {
    found_by_its_text(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn found_by_its_text_on_postgres() {
    found_by_its_text(Backend::Postgres).await;
}
