//! The audit log: who may read it, that tampering is found, and that an export can be checked without the server.
use crate::support::{Backend, Server};
use app::dto::identity::Role;
use serde_json::json;
use server::actor::Actor;
use server::audit::export::verify;
use std::process::Command;

/// A server whose log has a few entries of its own.
async fn server(backend: Backend) -> Server {
    let server = Server::start(backend).await;
    for n in 1..=4 {
        let mut work = server.state.db.begin(&Actor::system("Bộ phận thử")).await.expect("a transaction");
        let summary = format!("Quyết định số {n}");
        work.audit("document.issued", "document", &format!("d{n}"), &summary, &json!({ "n": n }))
            .await
            .expect("an entry");
        work.commit().await.expect("committing");
    }
    server
}

async fn tamper(server: &Server, sql: &'static str) {
    let mut work = server.state.db.begin(&Actor::system("intruder")).await.expect("a transaction");
    sqlx::query(sql).execute(work.conn()).await.expect("tampering");
    work.commit().await.expect("committing");
}

async fn tampering_is_found(backend: Backend) {
    let server = server(backend).await;
    let auditor = server.signed_in(Role::Auditor).await;
    let check = auditor.ui("audit/check", &json!({})).await.ok().json();
    assert_eq!(check["intact"], true, "{check}");
    assert!(check["entries"].as_u64().is_some_and(|n| n >= 4), "{check}");
    tamper(&server, "UPDATE audit SET summary = 'Quyết định khác' WHERE seq = 3").await;
    let check = auditor.get("/api/v1/audit/check").await.ok().json();
    assert_eq!((&check["intact"], &check["broken_at"]), (&json!(false), &json!(3)));
}

#[tokio::test]
async fn tampering_is_found_in_sqlite() {
    tampering_is_found(Backend::Sqlite).await;
}

#[tokio::test]
async fn tampering_is_found_in_postgresql() {
    tampering_is_found(Backend::Postgres).await;
}

#[tokio::test]
async fn entries_taken_from_the_end_are_missed() {
    let server = server(Backend::Sqlite).await;
    let auditor = server.signed_in(Role::Auditor).await;
    let last = auditor.get("/api/v1/audit/check").await.ok().json()["entries"].clone();
    tamper(&server, "DELETE FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)").await;
    let check = auditor.get("/api/v1/audit/check").await.ok().json();
    assert_eq!((&check["intact"], &check["broken_at"]), (&json!(false), &last));
}

#[tokio::test]
async fn the_list_is_searched_without_accents_and_by_action() {
    let server = server(Backend::Sqlite).await;
    let auditor = server.signed_in(Role::Auditor).await;
    let found = auditor.get("/api/v1/audit?text=quyet+dinh+so+2").await.ok().json();
    assert_eq!((&found["total"], &found["entries"][0]["subject_id"]), (&json!(1), &json!("d2")));
    assert_eq!(auditor.get("/api/v1/audit?action=document").await.ok().json()["total"], 4);
    assert_eq!(auditor.get("/api/v1/audit?action=document.issue").await.ok().json()["total"], 0);
    assert_eq!(auditor.get("/api/v1/audit?subject_id=d3").await.ok().json()["total"], 1);
    let query = json!({ "query": { "text": "", "subject_id": "", "action": "document.issued", "page": 1 } });
    let page = auditor.ui("audit/list", &query).await.ok().json();
    assert_eq!((&page["total"], &page["rows"][0]["subject_id"]), (&json!(4), &json!("d4")));
}

#[tokio::test]
async fn an_export_is_checked_without_the_server() {
    let server = server(Backend::Sqlite).await;
    let auditor = server.signed_in(Role::Auditor).await;
    let noted = auditor.get("/api/v1/audit/check").await.ok().json()["head"]
        .as_str()
        .expect("a hash")
        .to_owned();
    let export = auditor.get("/audit/export").await.ok();
    assert_eq!(export.header("content-type"), "application/x-ndjson");
    assert!(
        export
            .header("content-disposition")
            .starts_with("attachment; filename=\"kyhop-audit-H99-")
    );
    let checked = verify(&export.body[..], Some(&noted)).expect("an export");
    assert_eq!((checked.broken_at, checked.noted_at.is_some()), (None, true));
    let lines = export.text();
    assert!(
        lines.lines().last().is_some_and(|l| l.contains("audit.exported")),
        "the export is in the log itself"
    );

    let file = server.dir.path().join("log.jsonl");
    std::fs::write(&file, &export.body).expect("writing");
    let verify = |arguments: &[&str]| {
        let run = Command::new(env!("CARGO_BIN_EXE_kyhop"))
            .args(["audit", "verify"])
            .arg(&file)
            .args(arguments)
            .output();
        run.expect("running kyhop").status.code()
    };
    assert_eq!(verify(&["--noted", &noted]), Some(0));
    assert_eq!(verify(&["--noted", &noted.replace(['0', '1', '2', '3'], "f")]), Some(1));
    std::fs::write(&file, lines.replacen("Quyết định số 2", "Quyết định số 9", 1)).expect("writing");
    assert_eq!(verify(&[]), Some(1));
    std::fs::write(&file, "x").expect("writing");
    assert_eq!(verify(&[]), Some(64));
}

#[tokio::test]
async fn the_log_is_for_auditors_and_administrators_and_its_export_for_auditors() {
    let server = server(Backend::Sqlite).await;
    assert_eq!(server.stranger().get("/api/v1/audit").await.code(), "identity.not_signed_in");
    let clerk = server.signed_in(Role::Clerk).await;
    for path in ["/api/v1/audit", "/api/v1/audit/check", "/audit/export"] {
        let answer = clerk.get(path).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "identity.forbidden"), "{path}");
    }
    let admin = server.signed_in(Role::Admin).await;
    admin.get("/api/v1/audit").await.ok();
    assert_eq!(admin.get("/audit/export").await.code(), "identity.forbidden");
}
