//! Signing in and out, accounts, tokens, the audit log.
use super::{Ground, Table};
use app::dto::identity::Role;
use reqwest::Method;
use serde_json::json;
use server::actor::Actor;
use server::identity::NewPerson;

const PASSWORD: &str = "mật khẩu của người thử";

/// Somebody who can sign in with [`PASSWORD`].
pub async fn arrange(ground: &Ground) {
    let new = NewPerson {
        username: "nguoithu".into(),
        full_name: "Người Thử".into(),
        position: "Chuyên viên".into(),
        unit: "Phòng Thử nghiệm".into(),
        email: String::new(),
        roles: vec![Role::Drafter],
        password: PASSWORD.into(),
        demonstration: false,
    };
    let added = ground.server.state.identity.add_person(&Actor::system("test"), new).await;
    added.expect("a person");
}

pub async fn all(ground: &Ground, table: &mut Table) {
    sign_in(ground, table).await;
    accounts(ground, table).await;
    log(ground, table).await;
}

async fn sign_in(ground: &Ground, table: &mut Table) {
    table.section("POST /login and /logout");
    let nobody = &ground.stranger;
    let long = "x".repeat(20_000);
    let form = async |fields: &[(&str, &str)]| nobody.form("/login", fields).await;
    table.tried("a wrong password", &form(&[("username", "nguoithu"), ("password", "sai")]).await);
    table.tried(
        "a user who does not exist",
        &form(&[("username", "khongco"), ("password", "sai")]).await,
    );
    table.tried("no password", &form(&[("username", "nguoithu"), ("password", "")]).await);
    table.tried("a field missing", &form(&[("username", "nguoithu")]).await);
    table.tried(
        "SQL for a user name",
        &form(&[("username", "' OR 1=1 --"), ("password", "x")]).await,
    );
    table.tried("a form of 20 kB", &form(&[("username", "nguoithu"), ("password", &long)]).await);
    table.tried("JSON", &nobody.post("/login", &json!({ "username": "nguoithu" })).await);
    let foreign = nobody.again().with("origin", "https://elsewhere.example");
    table.tried(
        "from a page of another site",
        &foreign.form("/login", &[("username", "nguoithu"), ("password", PASSWORD)]).await,
    );
    for next in ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"] {
        let answer = form(&[("username", "nguoithu"), ("password", PASSWORD), ("next", next)]).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/"), "{next}");
        table.tried(&format!("the right password, and `{next}` to go on to"), &answer);
    }
    let mut answer = None;
    for _ in 0..10 {
        answer = Some(form(&[("username", "khongco"), ("password", "sai")]).await);
    }
    table.tried("the same wrong user ten times", &answer.expect("an answer"));
    table.tried("signing out from another site", &foreign.form("/logout", &[]).await);
}

async fn accounts(ground: &Ground, table: &mut Table) {
    table.section("/api/ui/identity and /api/ui/admin: own account, tokens, people");
    let d = &ground.drafter;
    let long = "x".repeat(101);
    for (what, function, arguments) in [
        ("create-token: no name", "create-token", json!({ "name": " ", "days": 30 })),
        (
            "create-token: a name of 101 letters",
            "create-token",
            json!({ "name": long, "days": 30 }),
        ),
        ("create-token: 0 days", "create-token", json!({ "name": "máy", "days": 0 })),
        ("create-token: 366 days", "create-token", json!({ "name": "máy", "days": 366 })),
        ("create-token: -1 day", "create-token", json!({ "name": "máy", "days": -1 })),
        ("revoke-token: one that does not exist", "revoke-token", json!({ "id": "nothing" })),
        (
            "change-password: a wrong old one",
            "change-password",
            json!({ "old": "sai", "new": "một mật khẩu mới rất dài" }),
        ),
        (
            "change-password: a short new one",
            "change-password",
            json!({ "old": "sai", "new": "ngắn" }),
        ),
    ] {
        table.tried(what, &d.ui(&format!("identity/{function}"), &arguments).await);
    }
    let token = json!({ "name": "máy", "days": 30 });
    table.tried(
        "create-token: nobody signed in",
        &ground.stranger.ui("identity/create-token", &token).await,
    );
    table.tried(
        "create-token: a program, by its own token",
        &ground.drafting.ui("identity/create-token", &token).await,
    );
    let close = |id: &str| json!({ "id": id, "active": false });
    table.tried(
        "set-active: not an administrator",
        &d.ui("admin/set-active", &close(ground.clerk.actor.id())).await,
    );
    table.tried(
        "set-active: one's own account",
        &ground.admin.ui("admin/set-active", &close(ground.admin.actor.id())).await,
    );
    for (what, who, id) in [
        ("end-sessions: not an administrator", d, ground.clerk.actor.id()),
        ("end-sessions: nobody", &ground.admin, "nobody"),
    ] {
        table.tried(what, &who.ui("admin/end-sessions", &json!({ "id": id })).await);
    }
    table.tried("set-active: nobody", &ground.admin.ui("admin/set-active", &close("nobody")).await);
}

async fn log(ground: &Ground, table: &mut Table) {
    table.section("The audit log");
    let query = json!({ "query": { "text": "", "subject_id": "", "action": "", "page": 1 } });
    table.tried("the list, for a drafter", &ground.drafter.ui("audit/list", &query).await);
    table.tried("the check, for a drafter", &ground.drafter.ui("audit/check", &json!({})).await);
    table.tried("the export, for a drafter", &ground.drafter.get("/audit/export").await);
    table.tried("the export, nobody signed in", &ground.stranger.get("/audit/export").await);
    table.tried("REST, for a drafter", &ground.drafting.get("/api/v1/audit").await);
    let auditor = &ground.auditor;
    table.tried("REST, a page that is no number", &auditor.get("/api/v1/audit?page=first").await);
    let delete = auditor.send(Method::DELETE, "/api/v1/audit", "", Vec::new()).await;
    table.tried("DELETE: the log only grows", &delete);
}
