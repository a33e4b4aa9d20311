//! Everything that is not a document.
use super::{Ground, Table};
use reqwest::Method;
use serde_json::json;

pub async fn all(ground: &Ground, draft: &str, table: &mut Table) {
    functions(ground, table).await;
    files(ground, draft, table).await;
    live(ground, table).await;
}

async fn functions(ground: &Ground, table: &mut Table) {
    table.section("/api/ui: any function of the screens");
    let json = "application/json";
    let path = "/api/ui/documents/get";
    let d = &ground.drafter;
    table.tried("broken JSON", &d.send(Method::POST, path, json, b"{\"id\":".to_vec()).await);
    table.tried(
        "JSON of another shape",
        &d.send(Method::POST, path, json, b"[1,2,3]".to_vec()).await,
    );
    table.tried("arguments missing", &d.send(Method::POST, path, json, b"{}".to_vec()).await);
    table.tried("no body", &d.send(Method::POST, path, json, Vec::new()).await);
    let deep = "[".repeat(100_000).into_bytes();
    table.tried("100 000 opening brackets", &d.send(Method::POST, path, json, deep).await);
    let large = json!({ "id": "x".repeat(2_000_000) });
    table.tried("2 MB of arguments", &d.ui("documents/get", &large).await);
    table.tried("a function that does not exist", &d.ui("documents/destroy", &json!({})).await);
    table.tried("another method", &d.send(Method::DELETE, path, json, Vec::new()).await);
    let rest = "/api/v1/documents";
    table.tried(
        "REST, another method",
        &ground.drafting.send(Method::DELETE, rest, json, Vec::new()).await,
    );
    table.tried("REST, nothing at this address", &ground.drafting.get("/api/v1/nothing").await);
}

async fn files(ground: &Ground, draft: &str, table: &mut Table) {
    table.section("/files: stored PDFs");
    let hash = "ab".repeat(32);
    let d = &ground.drafter;
    table.tried(
        "another content's hash",
        &d.get(&format!("/files/document/{draft}/{hash}.pdf")).await,
    );
    table.tried(
        "a path instead of a hash",
        &d.get(&format!("/files/document/{draft}/..%2f..%2fkyhop.sqlite")).await,
    );
    table.tried(
        "a document that does not exist",
        &d.get(&format!("/files/document/nothing/{hash}.pdf")).await,
    );
    table.tried(
        "an attachment that does not exist",
        &d.get(&format!("/files/attachment/nothing/{hash}.pdf")).await,
    );
    table.tried(
        "nobody signed in",
        &ground.stranger.get(&format!("/files/document/{draft}/{hash}.pdf")).await,
    );
}

async fn live(ground: &Ground, table: &mut Table) {
    use app::live::{ClientFrame, ServerFrame};
    table.section("/live: the WebSocket");
    let refused = async |client: &crate::support::Client| client.live().await.err().expect("a refusal");
    table.seen("nobody signed in", refused(&ground.stranger).await, "no connection");
    let foreign = ground.drafter.again().with("origin", "https://elsewhere.example");
    table.seen("from a page of another site", refused(&foreign).await, "no connection");
    for topic in [
        "user:somebody-else",
        "meeting:nothing",
        "document:nothing",
        "desk:outgoing",
        "nonsense",
        "",
    ] {
        let mut socket = ground.drafter.live().await.expect("a socket");
        socket.follow(topic, 0).await;
        let answer = loop {
            match socket.hear().await.expect("an answer") {
                ServerFrame::Hello { .. } => {}
                other => break other,
            }
        };
        assert_eq!(answer, ServerFrame::Denied { topic: topic.to_owned() });
        table.seen(
            &format!("following `{topic}` without the right to"),
            101,
            "`denied`, the same whether it exists or not",
        );
    }
    let mut socket = ground.drafter.live().await.expect("a socket");
    socket.say_text("this is not a frame").await;
    while let Some(frame) = socket.hear().await {
        assert!(matches!(frame, ServerFrame::Hello { .. }), "{frame:?}");
    }
    table.seen("text that is not a frame", 101, "disconnected");
    let mut socket = ground.drafter.live().await.expect("a socket");
    socket.say_text(&"x".repeat(100_000)).await;
    while let Some(frame) = socket.hear().await {
        assert!(matches!(frame, ServerFrame::Hello { .. }), "{frame:?}");
    }
    table.seen("a frame of 100 kB", 101, "disconnected");
    let mut socket = ground.drafter.live().await.expect("a socket");
    socket.say(&ClientFrame::Ping { n: u64::MAX }).await;
    while !matches!(socket.hear().await.expect("an answer"), ServerFrame::Pong { n: u64::MAX, .. }) {}
}
