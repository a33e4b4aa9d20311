//! Sheets of opinions: REST, which the screens' functions share their use cases with.
use super::{Ground, Table};
use crate::opinions::in_hours;
use crate::support::{Answer, Client};
use app::dto::meetings::Majority;
use app::dto::opinions::SheetDraft;
use app::ids::{SheetId, UserId};
use reqwest::Method;
use serde_json::{Value, json};

/// Sheets of the ground's secretary that ask the drafter: one sent, one that is a draft.
pub struct Sheets {
    sent: SheetId,
    draft: SheetId,
    question: String,
    /// Programs with a token of the secretary and of whoever is asked.
    writing: Client,
    asked: Client,
}

pub async fn a_sheet(ground: &Ground) -> Sheets {
    let (opinions, secretary) = (&ground.server.state.opinions, &ground.secretary.actor);
    let draft = SheetDraft {
        title: "Lấy ý kiến".into(),
        questions: vec!["Nội dung một".into()],
        documents: Vec::new(),
        members: vec![UserId(ground.drafter.actor.id().into())],
        deadline: in_hours(48),
        rule: Majority::HalfAll,
        open: false,
    };
    let sent = opinions.create(secretary, &draft).await.expect("a sheet");
    opinions.send(secretary, &sent).await.expect("sent");
    let seen = opinions.get(secretary, &sent).await.expect("a sheet");
    Sheets {
        sent,
        draft: opinions.create(secretary, &draft).await.expect("a draft"),
        question: seen.questions[0].id.0.clone(),
        writing: ground.server.machine(secretary).await,
        asked: ground.server.machine(&ground.drafter.actor).await,
    }
}

async fn put(client: &Client, path: &str, body: &Value) -> Answer {
    let body = body.to_string().into_bytes();
    client.send(Method::PUT, path, "application/json", body).await
}

pub async fn all(ground: &Ground, s: &Sheets, paper: &str, table: &mut Table) {
    writing(ground, s, paper, table).await;
    running(ground, s, table).await;
    answering(ground, s, table).await;
}

async fn writing(ground: &Ground, s: &Sheets, paper: &str, table: &mut Table) {
    table.section("POST /api/v1/opinions");
    let path = "/api/v1/opinions";
    let good = json!({
        "title": "Lấy ý kiến", "questions": ["Nội dung"], "members": [ground.drafter.actor.id()], "deadline": in_hours(48),
    });
    table.tried("nobody signed in", &ground.stranger.post(path, &good).await);
    table.tried("not a secretary", &ground.drafting.post(path, &good).await);
    for (what, field, value) in [
        ("no title", "title", json!(" ")),
        ("a title of 501 characters", "title", json!("ă".repeat(501))),
        ("a title with a control character", "title", json!("Phiếu\u{0}")),
        ("no question", "questions", json!([])),
        ("an empty question", "questions", json!(["Nội dung", " "])),
        ("a question of 2001 characters", "questions", json!(["ă".repeat(2001)])),
        ("21 questions", "questions", json!(vec!["Nội dung"; 21])),
        ("nobody asked", "members", json!([])),
        ("only the secretary asked", "members", json!([ground.secretary.actor.id()])),
        ("somebody asked who is nobody", "members", json!(["nobody"])),
        ("501 people", "members", json!((0..501).map(|n| n.to_string()).collect::<Vec<_>>())),
        ("a deadline that is no moment", "deadline", json!("tomorrow")),
        ("a deadline that is over", "deadline", json!("2026-01-05T08:00")),
        ("a deadline in two years", "deadline", json!(in_hours(2 * 366 * 24))),
        ("a rule that counts those present", "rule", json!("half_present")),
        ("an unknown rule", "rule", json!("everybody")),
        ("an unknown document", "documents", json!(["none"])),
        ("a document that is not issued", "documents", json!([paper])),
        ("51 documents", "documents", json!(vec![paper; 51])),
        ("members that are no list", "members", json!("all")),
    ] {
        let mut draft = good.clone();
        draft[field] = value;
        table.tried(what, &s.writing.post(path, &draft).await);
    }
    table.section("PUT /api/v1/opinions/{id}");
    let (draft, sent) = (format!("{path}/{}", s.draft), format!("{path}/{}", s.sent));
    let mut save = good.clone();
    save["revision"] = json!(7);
    table.tried("another revision", &put(&s.writing, &draft, &save).await);
    table.tried("no revision", &put(&s.writing, &draft, &good).await);
    table.tried("a sheet that was sent", &put(&s.writing, &sent, &save).await);
    table.tried("whoever is asked", &put(&s.asked, &sent, &save).await);
    table.tried("another's draft", &put(&s.asked, &draft, &save).await);
    table.tried("an unknown sheet", &put(&s.writing, &format!("{path}/none"), &save).await);
    table.section("DELETE /api/v1/opinions/{id}");
    table.tried("a sheet that was sent", &s.writing.send(Method::DELETE, &sent, "", vec![]).await);
    table.tried("another's draft", &s.asked.send(Method::DELETE, &draft, "", vec![]).await);
}

async fn running(ground: &Ground, s: &Sheets, table: &mut Table) {
    let path = |sheet: &SheetId, step: &str| format!("/api/v1/opinions/{sheet}/{step}");
    table.section("/api/v1/opinions/{id}/send, remind, close, withdraw, deadline");
    for step in ["send", "remind", "close", "withdraw"] {
        let body = json!({ "reason": "Nhầm" });
        table.tried(
            &format!("{step}: whoever is asked"),
            &s.asked.post(&path(&s.sent, step), &body).await,
        );
        table.tried(
            &format!("{step}: not asked"),
            &ground.clerking.post(&path(&s.sent, step), &body).await,
        );
        if step != "send" {
            table.tried(&format!("{step}: a draft"), &s.writing.post(&path(&s.draft, step), &body).await);
        }
    }
    let withdraw = path(&s.sent, "withdraw");
    table.tried("withdraw: no reason", &s.writing.post(&withdraw, &json!({ "reason": " " })).await);
    table.tried(
        "withdraw: a reason of 1001 characters",
        &s.writing.post(&withdraw, &json!({ "reason": "ă".repeat(1001) })).await,
    );
    table.tried("withdraw: no field", &s.writing.post(&withdraw, &json!({})).await);
    let deadline = path(&s.sent, "deadline");
    for (what, value) in [
        ("no moment", json!("never")),
        ("an earlier one", json!(in_hours(24))),
        ("a number", json!(5)),
    ] {
        table.tried(
            &format!("deadline: {what}"),
            &put(&s.writing, &deadline, &json!({ "deadline": value })).await,
        );
    }
    table.tried(
        "deadline: whoever is asked",
        &put(&s.asked, &deadline, &json!({ "deadline": in_hours(90) })).await,
    );
    table.section("GET /api/v1/opinions/{id}, answers.csv, report.pdf, documents");
    for step in ["answers.csv", "report.pdf"] {
        table.tried(&format!("{step}: before the end"), &s.writing.get(&path(&s.sent, step)).await);
        table.tried(&format!("{step}: not asked"), &ground.clerking.get(&path(&s.sent, step)).await);
    }
    table.tried("not asked", &ground.clerking.get(&format!("/api/v1/opinions/{}", s.sent)).await);
    table.tried("a draft of another", &s.asked.get(&format!("/api/v1/opinions/{}", s.draft)).await);
    let file = format!("/files/opinion/{}/none/{}.pdf", s.sent, "0".repeat(64));
    table.tried("a document that is not on the sheet", &s.asked.get(&file).await);
}

async fn answering(ground: &Ground, s: &Sheets, table: &mut Table) {
    table.section("PUT /api/v1/opinions/{id}/answer");
    let path = format!("/api/v1/opinions/{}/answer", s.sent);
    let reply = |choice: &str, words: &str| json!({ "question": s.question, "choice": choice, "words": words });
    let good = json!({ "answers": [reply("agree", "")] });
    table.tried("nobody signed in", &put(&ground.stranger, &path, &good).await);
    table.tried("not asked", &put(&ground.clerking, &path, &good).await);
    table.tried("the secretary", &put(&s.writing, &path, &good).await);
    for (what, answers) in [
        ("no answer", json!([])),
        ("one question twice", json!([reply("agree", ""), reply("disagree", "")])),
        ("an unknown choice", json!([reply("abstain", "")])),
        ("another opinion without words", json!([reply("other", " ")])),
        ("words of 5001 characters", json!([reply("agree", &"ă".repeat(5001))])),
        ("words with a control character", json!([reply("agree", "a\u{7}")])),
        ("a question of another sheet", json!([{ "question": "none", "choice": "agree" }])),
        ("no choice", json!([{ "question": s.question }])),
    ] {
        table.tried(what, &put(&s.asked, &path, &json!({ "answers": answers })).await);
    }
    let draft = format!("/api/v1/opinions/{}/answer", s.draft);
    table.tried("a draft", &put(&s.asked, &draft, &good).await);
}
