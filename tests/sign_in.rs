//! Signing in and out, and who is let in where.
use crate::support::{Answer, Backend, Client, Server};
use app::dto::identity::Role;
use app::ids::UserId;
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
async fn whose_tablet_is_lost_is_signed_out_everywhere_by_the_administrator() {
    let server = server_with_lan().await;
    let admin = server.person("quantri", &[Role::Admin]).await;
    let mut all = Vec::new();
    for _ in 0..2 {
        let answer = sign_in(&server.stranger(), "lan", PASSWORD).await;
        let secret = answer.header("set-cookie").split(['=', ';']).nth(1).expect("a secret").to_owned();
        all.push(Client::browser(&server.url, Some(&secret), Actor::anonymous("", "")));
    }
    let lan = all[0].get("/api/v1/me/device-key").await.ok().json()["person"].clone();
    let lan = UserId(lan.as_str().expect("an id").to_owned());
    server.state.identity.end_sessions(&admin, &lan).await.expect("an end");
    for tablet in &all {
        let answer = tablet.get("/api/v1/me/device-key").await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "identity.not_signed_in"));
    }
    sign_in(&server.stranger(), "lan", PASSWORD).await;
    let clerk = server.person("vanthu", &[Role::Clerk]).await;
    assert!(server.state.identity.end_sessions(&clerk, &lan).await.is_err());
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

#[tokio::test]
async fn guessing_is_slowed_down_even_when_the_guesses_come_at_once() {
    let server = server_with_lan().await;
    let stranger = server.stranger().with("accept", "application/json");
    let guesses = (0..8).map(|n| {
        let stranger = &stranger;
        async move { sign_in(stranger, "lan", &format!("mật khẩu đoán {n}")).await }
    });
    let answers = futures_util::future::join_all(guesses).await;
    let refused = |code: &str| answers.iter().filter(|a| a.code() == code).count();
    assert_eq!((refused("identity.wrong_password"), refused("identity.locked")), (5, 3));
    let right = sign_in(&stranger, "lan", PASSWORD).await;
    assert_eq!(
        (right.status, right.code().as_str()),
        (429, "identity.locked"),
        "the right one has to wait as well"
    );
    // A name that does not exist is slowed down in the same way.
    for _ in 0..5 {
        assert_eq!(
            sign_in(&stranger, "khong-co", "mật khẩu đoán").await.code(),
            "identity.wrong_password"
        );
    }
    assert_eq!(sign_in(&stranger, "khong-co", "mật khẩu đoán").await.code(), "identity.locked");
    add(&server, "minh", false).await;
    sign_in(&stranger, "minh", PASSWORD).await.ok();
}

#[tokio::test]
async fn one_address_cannot_try_name_after_name() {
    let server = server_with_lan().await;
    let stranger = server.stranger().with("accept", "application/json");
    // Twenty-eight failures of the last minute, without hashing for each.
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    sqlx::query("INSERT INTO login_throttle (key, failures, locked_until, updated_at) VALUES ('addr:127.0.0.1', 28, 0, $1)")
        .bind(server::clock::now_us())
        .execute(work.conn())
        .await
        .expect("failures");
    work.commit().await.expect("committing");
    for n in 0..2 {
        assert_eq!(sign_in(&stranger, &format!("ten{n}"), "x").await.code(), "identity.wrong_password");
    }
    assert_eq!(sign_in(&stranger, "lan", PASSWORD).await.code(), "identity.locked");
    let elsewhere = server
        .stranger()
        .with("accept", "application/json")
        .with("x-forwarded-for", "10.1.2.3");
    sign_in(&elsewhere, "lan", PASSWORD).await.ok();
}

#[tokio::test]
async fn nothing_is_changed_for_a_page_of_another_origin() {
    let server = server_with_lan().await;
    let fields = [("username", "lan"), ("password", PASSWORD)];
    for origin in ["https://evil.example", "null", "http://127.0.0.1"] {
        let answer = server.stranger().with("origin", origin).form("/login", &fields).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (403, "identity.foreign_origin"),
            "{origin}"
        );
        assert_eq!(answer.header("set-cookie"), "");
    }
    let clerk = server.signed_in(Role::Clerk).await.with("origin", "https://evil.example");
    let token = serde_json::json!({ "name": "x", "days": 1 });
    for (path, body) in [
        ("/logout", &token),
        ("/api/ui/identity/create-token", &token),
        ("/api/v1/tokens", &token),
    ] {
        assert_eq!(clerk.post(path, body).await.code(), "identity.foreign_origin", "{path}");
    }
    assert_eq!(clerk.get("/api/v1/me").await.status, 200, "nobody was signed out");
    assert_eq!(clerk.live().await.err(), Some(403));
    let basic = clerk.with("authorization", "Basic eDp5");
    assert_eq!(basic.live().await.err(), Some(403), "only a token stands for an origin");
    assert!(server.signed_in(Role::Clerk).await.live().await.is_ok());
}

#[tokio::test]
async fn a_way_out_to_another_site_is_not_taken() {
    let server = server_with_lan().await;
    for next in ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example"] {
        let fields = [("username", "lan"), ("password", PASSWORD), ("next", next)];
        let answer = server.stranger().form("/login", &fields).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/"), "{next}");
    }
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_a_closed_account_all() {
    let server = server_with_lan().await;
    let lan = server.state.identity.by_username("lan").await.expect("lan");
    let actor = Actor {
        at: None,
        kind: server::actor::Kind::Person(lan.id.clone()),
        ..Actor::anonymous("", "127.0.0.1")
    };
    let (one, two) = (server.browser(&actor).await, server.browser(&actor).await);
    let machine = server.machine(&actor).await;
    let change = |old: &str, new: &str| serde_json::json!({ "old": old, "new": new });
    let new = "gió thổi qua cánh đồng";
    assert_eq!(
        one.ui("identity/change-password", &change("không phải", new)).await.code(),
        "identity.wrong_old_password"
    );
    assert_eq!(
        one.ui("identity/change-password", &change(PASSWORD, "ngắn")).await.code(),
        "identity.weak_password"
    );
    assert_eq!(
        machine.ui("identity/change-password", &change(PASSWORD, new)).await.code(),
        "identity.forbidden"
    );
    one.ui("identity/change-password", &change(PASSWORD, new)).await.ok();
    assert_eq!(one.get("/api/v1/me").await.status, 200, "the session that asked goes on");
    assert_eq!(two.get("/api/v1/me").await.status, 401);
    assert_eq!(sign_in(&server.stranger(), "lan", new).await.header("location"), "/documents");

    let admin = server.signed_in(Role::Admin).await;
    let close = serde_json::json!({ "id": lan.id, "active": false });
    assert_eq!(one.ui("admin/set-active", &close).await.code(), "identity.forbidden");
    admin.ui("admin/set-active", &close).await.ok();
    assert_eq!(
        (one.get("/api/v1/me").await.status, machine.get("/api/v1/me").await.status),
        (401, 401)
    );
    let answer = sign_in(&server.stranger(), "lan", new).await;
    assert_eq!(answer.header("location"), "/login?error=identity.inactive&next=/documents");
    admin
        .ui("admin/set-active", &serde_json::json!({ "id": lan.id, "active": true }))
        .await
        .ok();
    assert_eq!(machine.get("/api/v1/me").await.status, 401, "its token stays revoked");
}

#[tokio::test]
async fn a_demonstration_account_is_for_a_demonstration() {
    let server = Server::start(Backend::Sqlite).await;
    add(&server, "trinhdien", true).await;
    let answer = sign_in(&server.stranger(), "trinhdien", PASSWORD).await;
    assert_eq!(
        answer.header("location"),
        "/login?error=identity.demonstration_account&next=/documents"
    );
    let person = server.state.identity.by_username("trinhdien").await.expect("a person");
    let actor = Actor {
        at: None,
        kind: server::actor::Kind::Person(person.id),
        ..Actor::anonymous("", "")
    };
    assert_eq!(server.browser(&actor).await.get("/api/v1/me").await.status, 401);
    assert_eq!(server.machine(&actor).await.get("/api/v1/me").await.status, 401);
    let demonstration = Server::start_with(Backend::Sqlite, |config| config.demonstration = true).await;
    add(&demonstration, "trinhdien", true).await;
    assert_eq!(
        sign_in(&demonstration.stranger(), "trinhdien", PASSWORD).await.header("location"),
        "/documents"
    );
}

#[tokio::test]
async fn over_tls_the_cookie_is_secure_and_every_answer_has_its_policies() {
    let server = Server::start_with(Backend::Sqlite, |config| config.public_url = "https://vanban.example".into()).await;
    add(&server, "lan", false).await;
    let address = format!("http://{}", server.state.config.listen);
    let browser = Client::browser(&address, None, Actor::anonymous("", "")).with("origin", "https://vanban.example");
    let cookie = sign_in(&browser, "lan", PASSWORD).await.header("set-cookie").to_owned();
    assert!(cookie.starts_with("kyhop_session=") && cookie.ends_with("; Secure"), "{cookie}");
    let page = browser.get("/login").await.ok();
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("script-src 'self' 'nonce-") && !policy.contains("unsafe-inline"),
        "{policy}"
    );
    assert!(
        policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"),
        "{policy}"
    );
    assert_eq!(page.header("cache-control"), "private, no-store");
    let other = browser.get("/api/v1/me").await;
    assert_eq!(
        other.header("content-security-policy"),
        "default-src 'none'; frame-ancestors 'none'"
    );
    assert_eq!(other.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn sessions_end_by_themselves() {
    let server = server_with_lan().await;
    let hour = 3_600_000_000;
    for (column, age) in [("seen_at", 2 * hour), ("expires_at", 0)] {
        let clerk = server.signed_in(Role::Clerk).await;
        assert_eq!(clerk.get("/api/v1/me").await.status, 200);
        let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
        let sql = format!("UPDATE session SET {column} = $1 WHERE person_id = $2");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(server::clock::now_us() - age)
            .bind(clerk.actor.id())
            .execute(work.conn())
            .await
            .expect("time passing");
        work.commit().await.expect("committing");
        assert_eq!(clerk.get("/api/v1/me").await.status, 401, "{column}");
    }
}

#[tokio::test]
async fn the_log_knows_who_signed_in_and_no_password() {
    let server = server_with_lan().await;
    sign_in(&server.stranger(), "mật khẩu gõ nhầm ô", "x").await;
    sign_in(&server.stranger(), "lan", "sai mật khẩu rồi").await;
    sign_in(&server.stranger(), "lan", PASSWORD).await;
    let auditor = server.signed_in(Role::Auditor).await;
    let log = auditor.get("/audit/export").await.ok().text();
    assert_eq!(log.matches("identity.sign_in_refused").count(), 2);
    assert_eq!(log.matches("identity.signed_in").count(), 1);
    for secret in ["gõ nhầm", "sai mật khẩu", PASSWORD] {
        assert!(!log.contains(secret), "{secret}");
    }
}
