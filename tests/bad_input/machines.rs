//! Checking files of anybody, and what programs and administrators ask for over REST.
use super::{Ground, Table};
use crate::support::document;
use reqwest::Method;
use serde_json::{Value, json};

pub async fn all(ground: &Ground, draft: &str, table: &mut Table) {
    checking(ground, "/verify", table).await;
    checking(ground, "/api/v1/verify", table).await;
    of_documents(ground, draft, table).await;
    people(ground, table).await;
    axis(ground, table).await;
}

async fn checking(ground: &Ground, path: &str, table: &mut Table) {
    table.section(&format!("POST {path}: checking a file, without an account"));
    let stranger = &ground.stranger;
    let pdf = document("to-trinh.pdf");
    let large = vec![b'x'; super::LIMIT as usize + 1];
    for (what, file) in [
        ("no file", None),
        ("an empty file", Some(("rong.pdf", &b""[..]))),
        ("a text named .pdf", Some(("ghi-chu.pdf", &b"Xin chao"[..]))),
        ("the first third of a PDF", Some(("cut.pdf", &pdf[..pdf.len() / 3]))),
        ("a file above the limit", Some(("to.pdf", &large[..]))),
    ] {
        let answer = stranger.upload(path, &[], file).await;
        if answer.status != 200 {
            table.tried(what, &answer);
            continue;
        }
        // What could not be read is reported as such, like any other finding.
        let report = answer.json();
        let code = report["error"]["code"].as_str().or(report["error"].as_str()).expect("the reason");
        assert!(!code.is_empty() && report["verdict"] != "TOTAL_PASSED", "{what}: {report}");
        table.seen(what, 200, &format!("report: `{code}`"));
    }
    table.tried(
        "a body that is no form",
        &stranger.send(Method::POST, path, "application/pdf", pdf.clone()).await,
    );
    let foreign = stranger.again().with("origin", "https://elsewhere.example");
    table.tried(
        "from a page of another site",
        &foreign.upload(path, &[], Some(("a.pdf", &pdf))).await,
    );
    if path.starts_with("/api") {
        let wanted = [path, "?format=docx"].concat();
        table.tried(
            "a report of an unknown form",
            &stranger.upload(&wanted, &[], Some(("a.pdf", &pdf))).await,
        );
    }
}

async fn of_documents(ground: &Ground, draft: &str, table: &mut Table) {
    table.section("GET: checks, versions and pictures of signatures");
    let d = &ground.drafting;
    for (what, path) in [
        (
            "check of a document that does not exist",
            "/api/v1/documents/nothing/verify".to_owned(),
        ),
        ("figures of a unit of others", "/api/v1/figures?unit=Ban".to_owned()),
        ("figures of a day that does not exist", "/api/v1/figures?from=2026-02-30".to_owned()),
        ("figures of two years", "/api/v1/figures?from=2024-01-01&to=2026-01-01".to_owned()),
        ("figures as open data: not for drafters", "/api/v1/figures/open-data".to_owned()),
        ("figures as open data by the week", "/api/v1/figures/open-data?by=week".to_owned()),
        ("a list of a figure without its days", "/api/v1/documents?counted=done".to_owned()),
        ("a list of a figure that does not exist", "/api/v1/documents?counted=all".to_owned()),
        ("check in an unknown form", format!("/api/v1/documents/{draft}/verify?format=docx")),
        ("version 99", format!("/api/v1/documents/{draft}/versions/99")),
        ("a version that is no number", format!("/api/v1/documents/{draft}/versions/first")),
        (
            "a picture that does not exist",
            format!("/files/signature-image/{}.png", "ab".repeat(32)),
        ),
        (
            "a path instead of a picture",
            "/files/signature-image/..%2f..%2fkyhop.sqlite".to_owned(),
        ),
    ] {
        table.tried(what, &d.get(&path).await);
    }
    let wrong = json!({ "id": 5 });
    table.tried("a notice whose id is a number", &d.post("/api/v1/notices/read", &wrong).await);
    table.tried("notices: nobody signed in", &ground.stranger.get("/api/v1/notices").await);
    for (what, path) in [
        ("check: nobody signed in", format!("/api/v1/documents/{draft}/verify")),
        ("version: nobody signed in", format!("/api/v1/documents/{draft}/versions/1")),
        (
            "picture: nobody signed in",
            format!("/files/signature-image/{}.png", "ab".repeat(32)),
        ),
    ] {
        table.tried(what, &ground.stranger.get(&path).await);
    }
}

async fn people(ground: &Ground, table: &mut Table) {
    table.section("/api/v1/people, /bodies, /tokens: for administrators' programs");
    let admin = &ground.administering;
    let person = |username: &str, roles: &[&str], password: &str| json!({ "username": username, "full_name": "Nguyễn Thị Thử", "roles": roles, "password": password });
    let taken = {
        let people = admin.get("/api/v1/people").await.json();
        people["people"][0]["username"].as_str().expect("a person").to_owned()
    };
    let good = "mat-khau-du-dai-2026";
    for (what, asked) in [
        ("a person: no user name", person("", &["clerk"], good)),
        ("a person: a user name with spaces", person("van thu", &["clerk"], good)),
        ("a person: a user name that is taken", person(&taken, &["clerk"], good)),
        ("a person: a role that does not exist", person("thu", &["king"], good)),
        ("a person: a short password", person("thu", &["clerk"], "ngan")),
        ("a person: fields missing", json!({ "username": "thu" })),
    ] {
        table.tried(what, &admin.post("/api/v1/people", &asked).await);
    }
    let all_wrong = person("thu", &["admin"], good);
    table.tried(
        "a person: asked by a clerk",
        &ground.clerking.post("/api/v1/people", &all_wrong).await,
    );
    let put = async |client: &crate::support::Client, path: &str, body: &Value| {
        client
            .send(Method::PUT, path, "application/json", body.to_string().into_bytes())
            .await
    };
    let (closed, named) = (json!({ "active": false }), json!({ "name": "Sở Thử" }));
    table.tried(
        "closing an account that does not exist",
        &put(admin, "/api/v1/people/nothing/active", &closed).await,
    );
    table.tried(
        "closing: no answer in the body",
        &put(admin, "/api/v1/people/nothing/active", &json!({})).await,
    );
    table.tried(
        "a body: a code of the wrong shape",
        &put(admin, "/api/v1/bodies/so%20thu", &named).await,
    );
    table.tried(
        "a body: no name",
        &put(admin, "/api/v1/bodies/H99.77", &json!({ "name": " " })).await,
    );
    table.tried(
        "a body: asked by a clerk",
        &put(&ground.clerking, "/api/v1/bodies/H99.77", &named).await,
    );
    table.tried("a token: no name", &admin.post("/api/v1/tokens", &json!({ "name": "" })).await);
    table.tried(
        "a token: no JSON",
        &admin.send(Method::POST, "/api/v1/tokens", "text/plain", b"x".to_vec()).await,
    );
    let gone = admin
        .send(Method::DELETE, "/api/v1/tokens/nothing", "application/json", Vec::new())
        .await;
    table.tried("revoking a token that does not exist", &gone);
    let wrong = ground.stranger.again().with("authorization", "Bearer nothing");
    table.tried("a token that does not exist", &wrong.get("/api/v1/me").await);
    let basic = ground.stranger.again().with("authorization", "Basic bm9ib2R5Om5vdGhpbmc=");
    table.tried("name and password instead of a token", &basic.get("/api/v1/me").await);
}

async fn axis(ground: &Ground, table: &mut Table) {
    table.section("/api/v1/axis and arriving documents");
    let c = &ground.clerking;
    let none = json!({});
    table.tried(
        "retrying a message that does not exist",
        &c.post("/api/v1/axis/messages/nothing/retry", &none).await,
    );
    table.tried(
        "retrying: asked by a drafter",
        &ground.drafting.post("/api/v1/axis/messages/nothing/retry", &none).await,
    );
    table.tried(
        "giving up a message that does not exist",
        &c.post("/api/v1/axis/messages/nothing/give-up", &none).await,
    );
    table.tried(
        "giving up: asked by a drafter",
        &ground.drafting.post("/api/v1/axis/messages/nothing/give-up", &none).await,
    );
    table.tried(
        "downloading a message that does not exist",
        &c.get("/api/v1/axis/messages/nothing/edxml").await,
    );
    table.tried(
        "downloading a message: asked by a drafter",
        &ground.drafting.get("/api/v1/axis/messages/nothing/edxml").await,
    );
    table.tried(
        "messages: a page that is no number",
        &c.get("/api/v1/axis/messages?page=first").await,
    );
    table.tried("messages: asked by a drafter", &ground.drafting.get("/api/v1/axis/messages").await);
    table.tried("the link: nobody signed in", &ground.stranger.get("/api/v1/axis/link").await);
    let clerk = &ground.clerk;
    let of = |id: &str, reason: &str| json!({ "id": id, "revision": 1, "reason": reason });
    table.tried(
        "screen: retrying what does not exist",
        &clerk.ui("axis/retry", &json!({ "id": "nothing" })).await,
    );
    table.tried(
        "screen: giving up what does not exist",
        &clerk.ui("axis/give-up", &json!({ "id": "nothing" })).await,
    );
    table.tried(
        "taking in what does not exist",
        &clerk.ui("documents/take-in", &of("nothing", "")).await,
    );
    table.tried(
        "refusing what does not exist",
        &clerk.ui("documents/refuse", &of("nothing", "sai nơi nhận")).await,
    );
    table.tried(
        "refusing without a reason",
        &clerk.ui("documents/refuse", &of("nothing", " ")).await,
    );
    table.tried(
        "recalling what does not exist",
        &clerk.ui("documents/recall", &of("nothing", "sai nơi nhận")).await,
    );
    table.tried(
        "giving back what does not exist",
        &clerk.ui("documents/give-back", &json!({ "id": "nothing", "revision": 1 })).await,
    );
    table.tried(
        "refusing to give back what does not exist",
        &clerk.ui("documents/keep-copy", &of("nothing", "đã dùng")).await,
    );
}
