//! A deleted draft is in its author's trash until its time is over; what goes on is never there.
use crate::support::axis::Province;
use crate::support::{Backend, Server};
use app::dto::identity::Role;
use app::ids::DocumentId;
use serde_json::json;
use server::clock::now_us;
use server::fault::Problem;
use sqlx::Row as _;

async fn rows(server: &Server, table: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) AS n FROM {table}"));
    let row = sqlx::query(sql).fetch_one(server.state.db.read()).await.expect("a count");
    row.try_get("n").expect("a number")
}

async fn deleted_and_taken_out_again(backend: Backend) {
    let province = Province::found();
    let server = province.body_on(backend, "H99", |_| {}).await;
    let cast = province.cast(&server).await;
    let ours = &server.state.documents;
    let id = cast.draft(&server, &["H99.5"], &[("once", "a-word")]).await.expect("a draft");
    let drafter = server.browser(&cast.drafter).await;
    ours.delete_draft(&cast.drafter, &id, 1).await.expect("deleted");
    assert_eq!(ours.get(&cast.drafter, &id).await.expect_err("gone").code(), "documents.not_found");
    let seen = drafter.get("/api/v1/trash").await.ok().json();
    assert_eq!(
        (&seen["drafts"][0]["id"], seen["drafts"].as_array().map(Vec::len)),
        (&json!(id.as_str()), Some(1))
    );
    let kept = seen["drafts"][0]["ends"].as_i64().expect("a time") - seen["drafts"][0]["deleted"].as_i64().expect("a time");
    assert_eq!(kept, 30 * 86_400 * 1_000_000);

    // Nobody else's, and not by its end.
    let path = format!("/api/v1/trash/{id}/restore");
    let other = server.signed_in(Role::Drafter).await;
    assert_eq!(other.get("/api/v1/trash").await.ok().json()["drafts"], json!([]));
    assert_eq!(other.post(&path, &json!({})).await.code(), "documents.not_in_trash");
    assert_eq!(server.stranger().post(&path, &json!({})).await.code(), "identity.not_signed_in");
    assert_eq!(ours.empty_trash(now_us()).await.expect("emptied"), 0);

    assert_eq!(drafter.post(&path, &json!({})).await.status, 204);
    assert_eq!(drafter.post(&path, &json!({})).await.code(), "documents.not_in_trash");
    let seen = ours.get(&cast.drafter, &id).await.expect("the draft");
    assert_eq!((seen.receivers.len(), seen.versions.len()), (1, 1));
    assert_eq!(seen.steps.last().map(|s| s.action.as_str()), Some("document.restored"));
    assert_eq!(drafter.get("/api/v1/trash").await.ok().json()["drafts"], json!([]));

    // Deleted once more and forgotten: nothing of it is left but what the log says.
    ours.delete_draft(&cast.drafter, &id, seen.revision).await.expect("deleted");
    let late = now_us() + 31 * 86_400 * 1_000_000;
    let going = cast.draft(&server, &["H99.5"], &[]).await.expect("a draft");
    cast.issue(&server, &going).await;
    assert_eq!(ours.empty_trash(late).await.expect("emptied"), 1);
    assert_eq!(ours.empty_trash(late).await.expect("emptied"), 0);
    assert_eq!(drafter.post(&path, &json!({})).await.code(), "documents.not_in_trash");
    assert_eq!((rows(&server, "document").await, rows(&server, "document_receiver").await), (1, 1));
    let log = server
        .signed_in(Role::Auditor)
        .await
        .get("/api/v1/audit?action=document")
        .await
        .ok()
        .text();
    assert!(log.contains("document.ended"), "{log}");
    // The word of its form is free again, and what was issued stays whatever its age.
    let anew = cast.draft(&server, &["H99.5"], &[("once", "a-word")]).await.expect("a draft");
    assert_ne!(anew, id);
    assert!(ours.get(&cast.clerk, &going).await.is_ok());
    let revision = ours.get(&cast.clerk, &going).await.expect("issued").revision;
    let refused = ours.delete_draft(&cast.drafter, &going, revision).await.expect_err("issued");
    assert_eq!(refused.code(), "documents.not_now");
    assert_eq!(
        ours.restore(&cast.drafter, &DocumentId::from("x")).await.expect_err("none").code(),
        "documents.not_in_trash"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleted_and_taken_out_again_on_sqlite() {
    deleted_and_taken_out_again(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleted_and_taken_out_again_on_postgres() {
    deleted_and_taken_out_again(Backend::Postgres).await;
}
