//! Uploading, changing and reading documents.
use super::{Ground, LIMIT, Table};
use crate::support::{Answer, Client, document, multipart};
use app::dto::documents::Urgency;
use app::dto::identity::Body;
use reqwest::Method;
use serde_json::{Value, json};
use server::actor::Actor;
use server::documents::incoming::Arrival;
use std::process::Command;

/// A small real PDF.
fn pdf() -> Vec<u8> {
    document("thong-bao.pdf")
}

/// What a right form holds; each case spoils one part of it.
struct Form<'a> {
    fields: Vec<(&'static str, &'a str)>,
    file: Option<(&'static str, Vec<u8>)>,
}

impl<'a> Form<'a> {
    fn right(leader: &'a str) -> Self {
        Self {
            fields: vec![
                ("kind", "TB"),
                ("abstract_text", "Kết luận cuộc họp"),
                ("urgency", "normal"),
                ("leader_id", leader),
                ("receivers", "H99.5"),
            ],
            file: Some(("thong-bao.pdf", pdf())),
        }
    }

    fn with(mut self, name: &'static str, text: &'a str) -> Self {
        self.fields.retain(|(n, _)| *n != name);
        self.fields.push((name, text));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(n, _)| *n != name);
        self
    }

    fn file(mut self, name: &'static str, content: &[u8]) -> Self {
        self.file = Some((name, content.to_vec()));
        self
    }

    async fn send(&self, client: &Client, path: &str) -> Answer {
        let file = self.file.as_ref().map(|(name, content)| (*name, content.as_slice()));
        client.upload(path, &self.fields, file).await
    }
}

fn replacing<'a>(form: Form<'a>, old: &'a str, kind: &'a str, reason: &'a str) -> Form<'a> {
    form.with("supersedes", old)
        .with("supersedes_kind", kind)
        .with("supersedes_reason", reason)
}

pub async fn a_draft(ground: &Ground) -> String {
    let form = Form::right(ground.leader.actor.id());
    let made = form.send(&ground.drafter, "/documents/new").await.ok();
    made.json()["id"].as_str().expect("an id").to_owned()
}

pub async fn uploads(ground: &Ground, draft: &str, table: &mut Table) {
    let leader = ground.leader.actor.id();
    let right = || Form::right(leader);
    let long = "ă".repeat(1001);
    let longer = "a".repeat(70_000);
    let truncated = &pdf()[..pdf().len() / 3];
    let large = vec![b'%'; usize::try_from(LIMIT).expect("small") + 1];
    let locked = with_password();
    let forms = [
        ("no file", Form { file: None, ..right() }),
        ("an empty file", right().file("a.pdf", b"")),
        (
            "a text named .pdf",
            right().file("a.pdf", b"Not a PDF at all, whatever its name says.\n"),
        ),
        ("a picture named .pdf", right().file("a.pdf", &png())),
        (
            "a ZIP (DOCX) named .pdf",
            right().file("a.pdf", b"PK\x03\x04\x14\x00\x06\x00 word/document.xml and so on"),
        ),
        ("the first third of a PDF", right().file("a.pdf", truncated)),
        ("only the header of a PDF", right().file("a.pdf", b"%PDF-1.7\n")),
        ("a PDF without pages", right().file("a.pdf", NO_PAGES)),
        ("a PDF whose page tree contains itself", right().file("a.pdf", LOOP)),
        ("a PDF that opens only with a password", right().file("a.pdf", &locked)),
        ("a file above the limit", right().file("a.pdf", &large)),
        ("no kind", right().without("kind")),
        ("a kind that does not exist", right().with("kind", "ABC")),
        ("no abstract", right().with("abstract_text", "   ")),
        ("an abstract of 1001 letters", right().with("abstract_text", &long)),
        ("an abstract of 70 kB", right().with("abstract_text", &longer)),
        ("no leader", right().without("leader_id")),
        ("a leader who does not exist", right().with("leader_id", "nobody")),
        ("a leader who may not sign", right().with("leader_id", ground.clerk.actor.id())),
        ("no receiver", right().without("receivers")),
        ("a receiver not in the directory", right().with("receivers", "H99.12345")),
        ("this body itself as receiver", right().with("receivers", "H99")),
        ("replacing what does not exist", replacing(right(), "nothing", "replaced", "Sai số")),
        ("replacing an own draft", replacing(right(), draft, "replaced", "Sai số")),
        (
            "taking the place in a way that does not exist",
            replacing(right(), draft, "recalled", "Sai số"),
        ),
        ("replacing without a reason", replacing(right(), draft, "updated", " ")),
        ("a secret document", right().with("secrecy", "mật")),
        (
            "a box for the number with no width",
            right().with("number_box", r#"{"page":1,"x":10.0,"y":10.0,"w":0.0,"h":10.0}"#),
        ),
        (
            "a box for the date on page 0",
            right().with("date_box", r#"{"page":0,"x":10.0,"y":10.0,"w":50.0,"h":10.0}"#),
        ),
        (
            "a box far outside",
            right().with("date_box", r#"{"page":1,"x":1e9,"y":10.0,"w":50.0,"h":10.0}"#),
        ),
    ];
    for (path, title) in [
        ("/documents/new", "the form of the screen"),
        ("/api/v1/documents", "the same for machines"),
    ] {
        table.section(&format!("POST {path}: {title}"));
        let client = if path.starts_with("/api") {
            &ground.drafting
        } else {
            &ground.drafter
        };
        for (what, form) in &forms {
            table.tried(what, &form.send(client, path).await);
        }
        table.tried("a body that is not a form", &client.post(path, &json!({ "kind": "TB" })).await);
        let (kind, whole) = multipart(&right().fields, Some(("a.pdf", &pdf())));
        let cut = whole[..whole.len() / 2].to_vec();
        let mut accept = client.again();
        accept = accept.with("accept", "application/json");
        table.tried(
            "a form cut off in the middle of the file",
            &accept.send(Method::POST, path, &kind, cut).await,
        );
        let no_boundary = "multipart/form-data";
        table.tried(
            "a form without its boundary",
            &accept.send(Method::POST, path, no_boundary, whole.clone()).await,
        );
        let wild: Vec<u8> = [
            &b"------kyhop-test-boundary\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n\xff\xfe\r\n"[..],
            &whole,
        ]
        .concat();
        table.tried("a field that is not UTF-8", &accept.send(Method::POST, path, &kind, wild).await);
        table.tried("nobody signed in", &right().send(&ground.stranger, path).await);
        table.tried("a clerk, who does not draft", &right().send(&ground.clerk, path).await);
        let foreign = ground.drafter.again().with("origin", "https://elsewhere.example");
        table.tried("from a page of another site", &right().send(&foreign, path).await);
    }
}

pub async fn entries(ground: &Ground, table: &mut Table) {
    let long = "ă".repeat(1001);
    let right = || Form {
        fields: vec![
            ("kind", "CV"),
            ("abstract_text", "Xin cấp điện"),
            ("sender", "Hợp tác xã Nà Lẹng"),
            ("notation", "07/CV-HTX"),
            ("issued_on", "2026-11-20"),
            ("channel", "paper"),
        ],
        file: Some(("a.pdf", pdf())),
    };
    let forms = [
        ("no file", Form { file: None, ..right() }),
        ("a text named .pdf", right().file("a.pdf", b"Not a PDF at all.\n")),
        ("a kind that does not exist", right().with("kind", "ABC")),
        ("an abstract of 1001 letters", right().with("abstract_text", &long)),
        ("no sender", right().without("sender")),
        ("a code that no body has", right().with("sender_code", "H99.12345")),
        ("this body itself as sender", right().with("sender_code", "H99")),
        ("a number of 1001 letters", right().with("notation", &long)),
        ("a day that does not exist", right().with("issued_on", "2026-02-30")),
        ("a day to come", right().with("issued_on", "2126-01-01")),
        ("a way that does not exist", right().with("channel", "axis")),
        ("no pages", right().with("pages", "0")),
        ("an urgency that does not exist", right().with("urgency", "now")),
        ("an id that is no UUID", right().with("id", "1")),
        ("a secret document", right().with("secrecy", "mật")),
    ];
    for (path, title) in [
        ("/incoming/new", "the form of the screen for what came on paper"),
        ("/api/v1/incoming", "the same for machines"),
    ] {
        table.section(&format!("POST {path}: {title}"));
        for (what, form) in &forms {
            table.tried(what, &form.send(&ground.clerk, path).await);
        }
        table.tried(
            "a body that is not a form",
            &ground.clerk.post(path, &json!({ "kind": "CV" })).await,
        );
        table.tried("nobody signed in", &right().send(&ground.stranger, path).await);
        table.tried("a drafter, who is no clerk", &right().send(&ground.drafter, path).await);
        let foreign = ground.clerk.again().with("origin", "https://elsewhere.example");
        table.tried("from a page of another site", &right().send(&foreign, path).await);
    }
}

pub async fn changes(ground: &Ground, draft: &str, table: &mut Table) {
    table.section("POST /documents/{id}/file: another file for a draft");
    let path = format!("/documents/{draft}/file");
    let file = pdf();
    let file = Some(("a.pdf", file.as_slice()));
    let send = async |client: &Client, path: &str, revision: &str, file| client.upload(path, &[("revision", revision)], file).await;
    table.tried("no file", &send(&ground.drafter, &path, "1", None).await);
    table.tried(
        "a text named .pdf",
        &send(&ground.drafter, &path, "1", Some(("a.pdf", b"text"))).await,
    );
    table.tried("an older revision", &send(&ground.drafter, &path, "0", file).await);
    table.tried("a revision that is no number", &send(&ground.drafter, &path, "one", file).await);
    table.tried(
        "a document that does not exist",
        &send(&ground.drafter, "/documents/nothing/file", "1", file).await,
    );
    table.tried("somebody else's draft", &send(&ground.clerk, &path, "1", file).await);
    table.tried("nobody signed in", &send(&ground.stranger, &path, "1", file).await);

    table.section("/api/ui/documents/…: functions of the screens");
    let place = json!({ "page": 1, "x": 100.0, "y": 100.0, "w": 100.0, "h": 50.0 });
    let right = json!({ "kind": "TB", "abstract_text": "Kết luận", "urgency": "normal", "receivers": ["H99.5"], "leader_id": ground.leader.actor.id(),
        "number_box": null, "date_box": null });
    let with = |name: &str, value: Value| {
        let mut fields = right.clone();
        fields[name] = value;
        json!({ "id": draft, "revision": 1, "fields": fields })
    };
    let cases = [
        ("get: a document that does not exist", "get", json!({ "id": "nothing" })),
        ("get: an id with SQL in it", "get", json!({ "id": "' OR 1=1 --" })),
        (
            "update-draft: an older revision",
            "update-draft",
            json!({ "id": draft, "revision": 7, "fields": right }),
        ),
        ("update-draft: no abstract", "update-draft", with("abstract_text", json!(" "))),
        ("update-draft: no such kind", "update-draft", with("kind", json!("ABC"))),
        ("update-draft: no receivers", "update-draft", with("receivers", json!([]))),
        (
            "update-draft: an unknown receiver",
            "update-draft",
            with("receivers", json!(["X1"])),
        ),
        ("update-draft: no leader", "update-draft", with("leader_id", json!(null))),
        (
            "update-draft: a box of no size",
            "update-draft",
            with("number_box", json!({ "page": 1, "x": 1.0, "y": 1.0, "w": -5.0, "h": 2.0 })),
        ),
        ("submit: an older revision", "submit", json!({ "id": draft, "revision": 7 })),
        (
            "withdraw: what was not submitted",
            "withdraw",
            json!({ "id": draft, "revision": 1 }),
        ),
        (
            "return: what was not submitted",
            "return",
            json!({ "id": draft, "revision": 1, "reason": "Sai thể thức" }),
        ),
        (
            "sign: what was not submitted",
            "sign",
            json!({ "id": draft, "revision": 1, "placement": place, "pin": "246810" }),
        ),
        (
            "issue: what was not signed",
            "issue",
            json!({ "id": draft, "revision": 1, "seal": place, "pin": "246810" }),
        ),
        ("send: what was not issued", "send", json!({ "id": draft, "revision": 1 })),
        ("take-in: a document of our own", "take-in", json!({ "id": draft, "revision": 1 })),
        (
            "refuse: a document of our own",
            "refuse",
            json!({ "id": draft, "revision": 1, "reason": "Sai" }),
        ),
        (
            "recall: what was not sent",
            "recall",
            json!({ "id": draft, "revision": 1, "reason": "Sai" }),
        ),
        (
            "give back: what nobody asks for",
            "give-back",
            json!({ "id": draft, "revision": 1 }),
        ),
        (
            "refuse to give back: what nobody asks for",
            "keep-copy",
            json!({ "id": draft, "revision": 1, "reason": "Đã dùng" }),
        ),
        (
            "assign: a document of our own",
            "assign",
            json!({ "id": draft, "revision": 1, "wish": { "lead": "x", "support": [], "inform": [], "due_on": "", "instruction": "" } }),
        ),
        ("start: a document of our own", "start", json!({ "id": draft, "revision": 1 })),
        (
            "finish: a document of our own",
            "finish",
            json!({ "id": draft, "revision": 1, "result": "Xong" }),
        ),
        (
            "delete-draft: an older revision",
            "delete-draft",
            json!({ "id": draft, "revision": 7 }),
        ),
        ("verify: a document that does not exist", "verify", json!({ "id": "nothing" })),
    ];
    for (what, function, arguments) in &cases {
        table.tried(what, &ground.drafter.ui(&format!("documents/{function}"), arguments).await);
    }
    for (what, function, arguments) in &cases[2..] {
        if function == &"verify" || function == &"update-draft" {
            continue;
        }
        let words = format!("{}: somebody else's draft", what.split(':').next().unwrap_or_default());
        table.tried(&words, &ground.clerk.ui(&format!("documents/{function}"), arguments).await);
    }
    let get = json!({ "id": draft });
    table.tried("get: nobody signed in", &ground.stranger.ui("documents/get", &get).await);
    let foreign = ground.drafter.again().with("origin", "https://elsewhere.example");
    table.tried(
        "submit: from a page of another site",
        &foreign.ui("documents/submit", &json!({ "id": draft, "revision": 1 })).await,
    );
}

/// Two arrivals that were taken in; the leader leads the processing of the second.
pub async fn arrivals(ground: &Ground) -> [String; 2] {
    let mut ids = [const { String::new() }; 2];
    for (n, id) in ids.iter_mut().enumerate() {
        let arrival = Arrival {
            message_id: format!("m-{n}"),
            sender: Body {
                code: "H99.5".into(),
                name: "Sở Nội vụ".into(),
            },
            kind: "CV".into(),
            subject: "Xin ý kiến".into(),
            notation: format!("{n}/SNV-VP"),
            issued_on: "2026-11-24".into(),
            urgency: Urgency::Normal,
            sha256: "cd".repeat(32),
            size: 1000,
            pages: 1,
            file_name: "cong-van.pdf".into(),
            update: false,
        };
        let state = &ground.server.state;
        let mut work = state.db.begin(&Actor::system("axis")).await.expect("a transaction");
        *id = state.documents.arrive(&mut work, &arrival, None).await.expect("an arrival").0;
        work.commit().await.expect("committing");
        ground.clerk.ui("documents/take-in", &json!({ "id": id, "revision": 1 })).await.ok();
    }
    let wish = json!({ "lead": ground.leader.actor.id(), "support": [], "inform": [], "due_on": "", "instruction": "" });
    let body = json!({ "id": ids[1], "revision": 2, "wish": wish });
    ground.clerk.ui("documents/assign", &body).await.ok();
    ids
}

/// Giving what was taken in to people, and ending it.
pub async fn processing(ground: &Ground, [taken_in, assigned]: &[String; 2], table: &mut Table) {
    table.section("/api/ui/documents/assign, start, finish: processing what arrived");
    let leader = ground.leader.actor.id();
    let wish = |name: &str, value: Value| {
        let mut wish = json!({ "lead": leader, "support": [], "inform": [], "due_on": "", "instruction": "" });
        wish[name] = value;
        json!({ "id": taken_in, "revision": 2, "wish": wish })
    };
    let cases = [
        ("nobody to lead", wish("lead", json!(""))),
        ("somebody who does not exist to lead", wish("lead", json!("nobody"))),
        ("somebody who does not exist to help", wish("support", json!(["nobody"]))),
        ("somebody who does not exist to be told", wish("inform", json!(["nobody"]))),
        ("a deadline in the past", wish("due_on", json!("2020-01-31"))),
        ("a deadline that is no day", wish("due_on", json!("2099-02-30"))),
        ("a deadline in another notation", wish("due_on", json!("31/12/2099"))),
        ("an instruction of 2001 letters", wish("instruction", json!("ý".repeat(2001)))),
    ];
    for (what, body) in &cases {
        table.tried(&format!("assign: {what}"), &ground.clerk.ui("documents/assign", body).await);
    }
    let right = wish("due_on", json!(""));
    table.tried(
        "assign: by a drafter who was given no part",
        &ground.drafter.ui("documents/assign", &right).await,
    );
    let body = json!({ "id": taken_in, "revision": 2 });
    table.tried("start: what was not assigned", &ground.clerk.ui("documents/start", &body).await);
    let body = json!({ "id": taken_in, "revision": 2, "result": "Xong" });
    table.tried("finish: what was not assigned", &ground.leader.ui("documents/finish", &body).await);
    for (what, result) in [("no result", "  ".to_owned()), ("a result of 2001 letters", "k".repeat(2001))] {
        let body = json!({ "id": assigned, "revision": 3, "result": result });
        table.tried(&format!("finish: {what}"), &ground.leader.ui("documents/finish", &body).await);
    }
    let path = format!("/api/v1/documents/{assigned}/assign");
    table.tried(
        "REST: assign without saying to whom",
        &ground.clerking.post(&path, &json!({ "revision": 3 })).await,
    );
}

pub async fn rest(ground: &Ground, draft: &str, table: &mut Table) {
    table.section("/api/v1/documents/…: for machines");
    let (machine, clerk) = (&ground.drafting, &ground.clerking);
    for (what, path) in [
        ("a direction that does not exist", "/api/v1/documents?direction=sideways"),
        ("a state that does not exist", "/api/v1/documents?state=lost"),
        ("a page that is no number", "/api/v1/documents?page=first"),
        ("a page below zero", "/api/v1/documents?page=-1"),
        ("a document that does not exist", "/api/v1/documents/nothing"),
        ("the file of a document that does not exist", "/api/v1/documents/nothing/file"),
    ] {
        table.tried(&format!("GET, {what}"), &machine.get(path).await);
    }
    for (what, path) in [
        ("a register that does not exist", "/api/v1/registers/secret"),
        ("a year that is no number", "/api/v1/registers/outgoing?year=now"),
        ("a year before all registers", "/api/v1/registers/outgoing?year=1"),
        ("a format that does not exist", "/api/v1/registers/outgoing?format=docx"),
    ] {
        table.tried(&format!("GET, {what}"), &clerk.get(path).await);
    }
    table.tried("GET, a register, by a drafter", &machine.get("/api/v1/registers/outgoing").await);
    table.tried(
        "GET, somebody else's draft",
        &clerk.get(&format!("/api/v1/documents/{draft}")).await,
    );
    let wrong = ground.stranger.again().with("authorization", "Bearer not-a-token");
    table.tried("GET with a wrong token", &wrong.get("/api/v1/documents").await);
    table.tried("GET without token", &ground.stranger.get("/api/v1/documents").await);
    let act = |action: &str| format!("/api/v1/documents/{draft}/{action}");
    table.tried(
        "POST, no JSON",
        &machine
            .send(Method::POST, &act("submit"), "text/plain", b"revision=1".to_vec())
            .await,
    );
    table.tried(
        "POST, broken JSON",
        &machine
            .send(Method::POST, &act("submit"), "application/json", b"{\"revision\":".to_vec())
            .await,
    );
    for (what, action, body) in [
        ("no revision", "submit", json!({})),
        ("a revision of another type", "submit", json!({ "revision": "one" })),
        ("an older revision", "submit", json!({ "revision": 0 })),
        ("an action that does not exist", "destroy", json!({ "revision": 1 })),
        ("sign without a place", "sign", json!({ "revision": 1, "pin": "246810" })),
        (
            "sign without a PIN",
            "sign",
            json!({ "revision": 1, "placement": { "page": 1, "x": 1, "y": 1, "w": 100, "h": 50 } }),
        ),
        ("refuse without a reason", "refuse", json!({ "revision": 1 })),
    ] {
        table.tried(&format!("POST, {what}"), &machine.post(&act(action), &body).await);
    }
}

const NO_PAGES: &[u8] = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n\
xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000056 00000 n \ntrailer\n<</Size 3/Root 1 0 R>>\nstartxref\n105\n%%EOF\n";

const LOOP: &[u8] = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[2 0 R]/Count 1>>\nendobj\n\
xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000056 00000 n \ntrailer\n<</Size 3/Root 1 0 R>>\nstartxref\n110\n%%EOF\n";

fn png() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../demo/images/chu-ky-1.png");
    std::fs::read(path).expect("a picture")
}

/// A demonstration document that nobody opens without a password.
fn with_password() -> Vec<u8> {
    let dir = tempfile::tempdir().expect("a folder");
    let (clear, locked) = (dir.path().join("a.pdf"), dir.path().join("b.pdf"));
    std::fs::write(&clear, document("phieu-lay-y-kien.pdf")).expect("writing");
    let done = Command::new("qpdf")
        .args(["--encrypt", "user-password", "owner-password", "256", "--"])
        .args([&clear, &locked])
        .status()
        .expect("qpdf (apt-get install qpdf)");
    assert!(done.success());
    std::fs::read(locked).expect("reading")
}
