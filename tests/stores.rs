//! One contract for the stores and services, held on SQLite and on PostgreSQL alike.
use crate::support::{Backend, Server, document};
use app::dto::identity::Role;
use serde_json::json;

/// Runs each part of the contract on both engines, as a test of its own.
macro_rules! contract {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::support::Server::start(crate::support::Backend::Sqlite).await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::support::Server::start(crate::support::Backend::Postgres).await).await;
            })*
        }
    };
}

contract![a_draft_is_seen_by_its_drafter_alone];

async fn a_draft_is_seen_by_its_drafter_alone(server: Server) {
    let drafter = server.signed_in(Role::Drafter).await;
    let leader = server.signed_in(Role::Leader).await;
    let fields = [
        ("kind", "KH"),
        ("abstract_text", "Triển khai họp không giấy tờ"),
        ("receivers", "H99.5"),
        ("leader_id", leader.actor.id()),
    ];
    let made = drafter
        .upload("/documents/new", &fields, Some(("ke-hoach.pdf", &document("ke-hoach.pdf"))))
        .await;
    let id = made.ok().json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        drafter.ui("documents/get", &json!({ "id": id })).await.ok().json()["row"]["state"],
        "draft"
    );
    let other = leader.ui("documents/get", &json!({ "id": id })).await;
    assert_eq!(other.code(), "documents.not_found");
    let machine = server.machine(&drafter.actor).await;
    assert_eq!(machine.get(&format!("/api/v1/documents/{id}")).await.ok().json()["state"], "draft");
    assert_eq!(server.stranger().get("/api/v1/documents").await.code(), "identity.not_signed_in");
}

#[tokio::test]
async fn a_server_ends_with_its_data() {
    let server = Server::start(Backend::Sqlite).await;
    let dir = server.dir.path().to_owned();
    assert_eq!(server.stranger().get("/readyz").await.status, 200);
    drop(server);
    assert!(!dir.exists());
}
