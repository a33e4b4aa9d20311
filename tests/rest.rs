//! REST for machines: tokens, people, bodies, and the description that promises them.
use crate::support::{Backend, Client, Server};
use app::dto::identity::Role;
use reqwest::Method;
use serde_json::{Value, json};
use server::actor::Actor;

async fn put(client: &Client, path: &str, body: &Value) -> crate::support::Answer {
    client
        .send(Method::PUT, path, "application/json", body.to_string().into_bytes())
        .await
}

#[tokio::test]
async fn every_described_route_answers_and_none_lets_a_stranger_in() {
    let server = Server::start(Backend::Sqlite).await;
    let document = server.stranger().get("/api/v1/openapi.json").await.ok().json();
    assert!(document["openapi"].as_str().is_some_and(|v| v.starts_with("3.")));
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let address = path
            .replace("{id}", "none")
            .replace("{item}", "none")
            .replace("{person}", "none")
            .replace("{code}", "H1")
            .replace("{number}", "1")
            .replace("{action}", "submit")
            .replace("{step}", "start")
            .replace("{speech}", "none")
            .replace("{book}", "outgoing")
            .replace("{name}", "none");
        assert!(!address.contains('{'), "{path} has a parameter that this test does not know");
        for method in methods.as_object().expect("methods").keys() {
            let method: Method = method.to_uppercase().parse().expect("a method");
            let answer = server
                .stranger()
                .send(method.clone(), &address, "application/json", b"{}".to_vec())
                .await;
            // Checking a file needs no account; what it misses here is the file. A secret ballot is cast by nobody in particular.
            let open = path == "/api/v1/verify" || method == Method::POST && path == "/api/v1/votes/{id}/ballots";
            assert!(
                answer.status == 401 && answer.code() == "identity.not_signed_in" || open && answer.status >= 400 && answer.status != 404,
                "{method} {path}: {} {}",
                answer.status,
                answer.text()
            );
            asked += 1;
        }
    }
    assert!(asked >= 20, "{asked}");
    let page = server.stranger().get("/api/v1").await.ok().text();
    assert!(
        page.contains("GET /api/v1/people") && page.contains("abstract") && !page.contains("<script"),
        "{page}"
    );
    let lost = server.stranger().get("/api/v1/no/such").await;
    assert_eq!((lost.status, lost.code().as_str()), (404, "server.no_such_route"));
}

#[tokio::test]
async fn a_token_acts_for_its_person_until_it_is_revoked() {
    let server = Server::start(Backend::Sqlite).await;
    let clerk = server.signed_in(Role::Clerk).await;
    let wrong = clerk.post("/api/v1/tokens", &json!({ "name": "", "days": 10 })).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (422, "identity.field"));
    for days in [0, 366] {
        let wrong = clerk.post("/api/v1/tokens", &json!({ "name": "x", "days": days })).await;
        assert_eq!(wrong.json()["error"]["field"], "days");
    }
    assert_eq!(clerk.post("/api/v1/tokens", &json!({ "name": "x" })).await.code(), "identity.form");
    let made = clerk
        .post("/api/v1/tokens", &json!({ "name": "Phần mềm một cửa", "days": 30 }))
        .await;
    assert_eq!(made.status, 201);
    let made = made.json();
    let machine = Client::machine(&server.url, made["secret"].as_str().expect("a secret"), Actor::anonymous("", ""));
    let me = machine.get("/api/v1/me").await.ok().json();
    assert_eq!((&me["roles"], &me["body"]["code"]), (&json!(["clerk"]), &json!("H99")));
    let list = clerk.get("/api/v1/tokens").await.ok();
    assert!(!list.text().contains(made["secret"].as_str().expect("a secret")));
    assert_eq!(list.json()["tokens"][0]["name"], "Phần mềm một cửa");
    assert!(list.json()["tokens"][0]["last_used"].is_i64(), "{}", list.text());

    let more = machine.post("/api/v1/tokens", &json!({ "name": "x", "days": 1 })).await;
    assert_eq!((more.status, more.code().as_str()), (403, "identity.forbidden"));
    let path = format!("/api/v1/tokens/{}", made["token"]["id"].as_str().expect("an id"));
    let other = server.signed_in(Role::Clerk).await;
    let theirs = other.send(Method::DELETE, &path, "", vec![]).await;
    assert_eq!(theirs.code(), "identity.no_such_token", "somebody else's");
    assert_eq!(clerk.send(Method::DELETE, &path, "", vec![]).await.status, 204);
    assert_eq!(machine.get("/api/v1/me").await.status, 401);
}

#[tokio::test]
async fn administrators_add_people_and_bodies() {
    let server = Server::start(Backend::Sqlite).await;
    let admin = server.signed_in(Role::Admin).await;
    let new = json!({ "username": "lan", "full_name": "Trần Thị Lan", "roles": ["clerk"], "password": "mưa rơi trên mái ngói" });
    let clerk = server.signed_in(Role::Clerk).await;
    assert_eq!(clerk.post("/api/v1/people", &new).await.code(), "identity.forbidden");
    let made = admin.post("/api/v1/people", &new).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(admin.post("/api/v1/people", &new).await.code(), "identity.name_taken");
    for (field, value, code) in [
        ("username", json!("Ấn"), "identity.field"),
        ("full_name", json!(" "), "identity.field"),
        ("roles", json!([]), "identity.field"),
        ("roles", json!(["king"]), "identity.field"),
        ("password", json!("ngắn"), "identity.weak_password"),
        ("password", json!("trinh-dien-kyhop"), "identity.weak_password"),
    ] {
        let mut wrong = new.clone();
        wrong["username"] = json!("khac");
        wrong[field] = value;
        assert_eq!(admin.post("/api/v1/people", &wrong).await.code(), code, "{wrong}");
    }
    let found = clerk.get("/api/v1/people?text=tran+thi+lan").await.ok().json();
    assert_eq!(found["people"][0]["username"], "lan");
    assert!(found["people"][0].get("password_hash").is_none());

    let active = format!("/api/v1/people/{id}/active");
    assert_eq!(put(&admin, &active, &json!({ "active": false })).await.status, 204);
    assert_eq!(clerk.get("/api/v1/people?text=lan").await.ok().json()["people"], json!([]));
    assert_eq!(admin.get("/api/v1/people?text=lan").await.ok().json()["people"][0]["active"], false);
    let own = format!("/api/v1/people/{}/active", admin.actor.id());
    assert_eq!(put(&admin, &own, &json!({ "active": false })).await.code(), "identity.own_account");

    let sessions = format!("/api/v1/people/{id}/sessions");
    let end = async |client: &Client, path: &str| client.send(Method::DELETE, path, "application/json", Vec::new()).await;
    assert_eq!(end(&clerk, &sessions).await.code(), "identity.forbidden");
    assert_eq!(end(&admin, &sessions).await.status, 204);
    assert_eq!(end(&admin, "/api/v1/people/nobody/sessions").await.status, 404);

    let body = json!({ "name": "Sở Du lịch" });
    assert_eq!(put(&clerk, "/api/v1/bodies/H99.77", &body).await.code(), "identity.forbidden");
    assert_eq!(put(&admin, "/api/v1/bodies/H99.77", &body).await.status, 204);
    assert_eq!(put(&admin, "/api/v1/bodies/H99..7", &body).await.code(), "identity.field");
    let broken = json!({ "name": "Sở Du lịch", "certificate": "x" });
    assert_eq!(
        put(&admin, "/api/v1/bodies/H99.77", &broken).await.json()["error"]["field"],
        "certificate"
    );
    let found = clerk.get("/api/v1/bodies?text=so+du+lich").await.ok().json();
    assert_eq!(found["bodies"], json!([{ "code": "H99.77", "name": "Sở Du lịch" }]));
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_an_error_with_a_code() {
    let server = Server::start(Backend::Sqlite).await;
    let auditor = server.signed_in(Role::Auditor).await;
    let answer = auditor.get("/api/v1/audit?page=x").await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "server.query"));
}
