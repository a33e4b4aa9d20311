//! Signing in and out, and who is let in where.
use crate::support::{Answer, Backend, Client, Server};
use app::dto::identity::Role;
use server::actor::Actor;
use server::identity::NewPerson;

const PASSWORD: &str = "mưa rơi trên mái ngói";

async fn server_with_lan() -> Server {
    let server = Server::start(Backend::Sqlite).await;
    add(&server, "lan", false).await;
    server
}

async fn add(server: &Server, username: &str, demonstration: bool) {
    let new = NewPerson {
        username: username.into(),
        full_name: "Trần Thị Lan".into(),
        position: "Văn thư".into(),
        unit: "Phòng Hành chính".into(),
        email: String::new(),
        roles: vec![Role::Clerk],
        password: PASSWORD.into(),
        demonstration,
    };
    server
        .state
        .identity
        .add_person(&Actor::system("test"), new)
        .await
        .expect("a person");
}

async fn sign_in(client: &Client, username: &str, password: &str) -> Answer {
    let fields = [("username", username), ("password", password), ("next", "/documents")];
    client.form("/login", &fields).await
}

#[tokio::test]
async fn the_right_password_opens_a_session_and_signing_out_ends_it() {
    let server = server_with_lan().await;
    let answer = sign_in(&server.stranger(), " Lan ", PASSWORD).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/documents"));
    let cookie = answer.header("set-cookie").to_owned();
    for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=43200"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Secure"), "this server has no TLS: {cookie}");
    let secret = cookie.split(['=', ';']).nth(1).expect("a secret");
    let lan = Client::browser(&server.url, Some(secret), Actor::anonymous("", ""));
    let me = lan.ui("identity/me", &serde_json::json!({})).await.ok().json();
    assert_eq!(me["full_name"], "Trần Thị Lan");
    let out = lan.form("/logout", &[]).await;
    assert_eq!((out.status, out.header("location")), (303, "/login"));
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    let me = lan.ui("identity/me", &serde_json::json!({})).await.ok().json();
    assert!(me.is_null(), "the secret is worth nothing afterwards: {me}");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_look_alike() {
    let server = server_with_lan().await;
    let stranger = server.stranger();
    let wrong = sign_in(&stranger, "lan", "sai mật khẩu rồi").await;
    let unknown = sign_in(&stranger, "khong-co", PASSWORD).await;
    for answer in [wrong, unknown] {
        assert_eq!(answer.status, 303);
        assert_eq!(answer.header("location"), "/login?error=identity.wrong_password&next=/documents");
        assert_eq!(answer.header("set-cookie"), "");
    }
}
