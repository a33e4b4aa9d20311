//! Sheets of opinions from draft to summing-up, on both engines.
use crate::meetings::{arrived, servers};
use crate::minutes::text_of;
use crate::support::{Backend, Client, Server};
use app::dto::identity::Role;
use app::dto::meetings::{Choice, Majority};
use app::dto::opinions::{News, Reply, SheetDetail, SheetDraft, SheetState};
use app::ids::{SheetId, UserId};
use app::live::{LiveEvent, ServerFrame};
use reqwest::Method;
use serde_json::{Value, json};
use server::actor::Actor;
use server::clock::{now_us, vietnam};
use server::fault::Problem;
use server::live::store;

const HOUR: i64 = 3600 * 1_000_000;

pub struct Sheet {
    pub id: SheetId,
    pub secretary: Actor,
    pub members: Vec<Actor>,
}

fn word(name: &str) -> String {
    format!("{name}{}", &uuid::Uuid::new_v4().simple().to_string()[..12])
}

/// `2026-11-30T17:00`, so many hours from now.
pub fn in_hours(hours: i64) -> String {
    let t = vietnam(now_us() + hours * HOUR);
    format!("{}T{:02}:{:02}", t.date(), t.hour(), t.minute())
}

fn asking(members: &[Actor]) -> SheetDraft {
    SheetDraft {
        title: "Chủ trương đầu tư đường liên xã".into(),
        questions: vec!["Thống nhất chủ trương đầu tư".into(), "Giao Sở Tài chính bố trí vốn".into()],
        documents: Vec::new(),
        members: members.iter().map(|m| UserId(m.id().into())).collect(),
        deadline: in_hours(72),
        rule: Majority::HalfAll,
        open: false,
    }
}

impl Sheet {
    pub async fn draft(server: &Server, members: usize, change: impl FnOnce(&mut SheetDraft)) -> Self {
        let secretary = server.person(&word("thuky"), &[Role::Secretary]).await;
        let mut all = Vec::new();
        for _ in 0..members {
            all.push(server.person(&word("thanhvien"), &[Role::Official]).await);
        }
        let mut draft = asking(&all);
        change(&mut draft);
        let id = server.state.opinions.create(&secretary, &draft).await.expect("a draft");
        Self {
            id,
            secretary,
            members: all,
        }
    }

    pub async fn sent(server: &Server, members: usize, change: impl FnOnce(&mut SheetDraft)) -> Self {
        let sheet = Self::draft(server, members, change).await;
        server.state.opinions.send(&sheet.secretary, &sheet.id).await.expect("sent");
        sheet
    }

    pub async fn seen(&self, server: &Server, actor: &Actor) -> SheetDetail {
        server.state.opinions.get(actor, &self.id).await.expect("a sheet")
    }

    async fn answer(&self, server: &Server, who: &Actor, said: &[(Choice, &str)]) -> server::opinions::Result<app::dto::When> {
        let questions = self.seen(server, who).await.questions;
        let replies = questions.iter().zip(said).map(|(q, (choice, words))| Reply {
            question: q.id.clone(),
            choice: *choice,
            words: (*words).into(),
        });
        server.state.opinions.answer(who, &self.id, &replies.collect::<Vec<_>>()).await
    }

    /// The deadline as if it had been set long ago, so many microseconds from now.
    async fn deadline(&self, server: &Server, from_now: i64) {
        let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
        sqlx::query("UPDATE opinion_sheet SET deadline = $1, deadline_set = 0 WHERE id = $2")
            .bind(now_us() + from_now)
            .bind(self.id.as_str())
            .execute(work.conn())
            .await
            .expect("a deadline");
        work.commit().await.expect("committing");
    }
}

async fn heard(server: &Server, topic: &str) -> Vec<LiveEvent> {
    let mut c = server.state.db.read().acquire().await.expect("a connection");
    let kept = store::after(&mut c, topic, 0, 1000).await.expect("events");
    kept.iter().map(|(_, body)| serde_json::from_str(body).expect("an event")).collect()
}

/// What a person was told, in order.
async fn news(server: &Server, who: &Actor) -> Vec<News> {
    let all = heard(server, &format!("user:{}", who.id())).await.into_iter();
    all.filter_map(|e| match e {
        LiveEvent::SheetNews { news, .. } => Some(news),
        _ => None,
    })
    .collect()
}

async fn entries(server: &Server, sheet: &SheetId, action: &str) -> Vec<Value> {
    let sql = "SELECT details FROM audit WHERE subject_id = $1 AND action = $2 ORDER BY seq";
    let rows = sqlx::query(sql).bind(sheet.as_str()).bind(action);
    let rows = rows.fetch_all(server.state.db.read()).await.expect("the log");
    let texts = rows.iter().map(|r| sqlx::Row::try_get::<String, _>(r, "details").expect("details"));
    texts.map(|t| serde_json::from_str(&t).expect("JSON")).collect()
}

#[track_caller]
fn refused<T>(result: server::opinions::Result<T>, code: &str) {
    match result {
        Ok(_) => panic!("not refused: {code}"),
        Err(e) => assert_eq!(e.code(), code, "{e}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_is_its_secretarys_alone_and_becomes_a_sheet_of_those_asked() {
    for server in servers().await {
        let service = &server.state.opinions;
        let s = Sheet::draft(&server, 2, |_| ()).await;
        let member = &s.members[0];
        let other = server.person(&word("thuky"), &[Role::Secretary]).await;
        let auditor = server.person(&word("kiemtra"), &[Role::Auditor]).await;
        for who in [member, &other, &auditor] {
            refused(service.get(who, &s.id).await, "opinions.not_found");
            refused(service.send(who, &s.id).await, "opinions.not_found");
            assert!(service.list(who).await.expect("a list").is_empty());
        }
        refused(service.create(member, &asking(&s.members)).await, "identity.forbidden");
        assert!(
            heard(&server, &format!("opinion:{}", s.id)).await.is_empty(),
            "a draft is told to nobody"
        );

        // Written anew in the revision that was seen; the secretary is not asked.
        let seen = s.seen(&server, &s.secretary).await;
        let mut draft = asking(&s.members);
        draft.title = "Phiếu đã sửa".into();
        draft.members.push(UserId(s.secretary.id().into()));
        service.save(&s.secretary, &s.id, seen.revision, &draft).await.expect("saved");
        refused(service.save(&s.secretary, &s.id, seen.revision, &draft).await, "opinions.changed");
        let seen = s.seen(&server, &s.secretary).await;
        assert_eq!((seen.row.title.as_str(), seen.members.len()), ("Phiếu đã sửa", 2));

        service.send(&s.secretary, &s.id).await.expect("sent");
        service.send(&s.secretary, &s.id).await.expect("sent already");
        assert_eq!(entries(&server, &s.id, "opinion.sent").await.len(), 1);
        assert_eq!(news(&server, member).await, [News::Sent]);
        assert!(service.list(member).await.expect("a list")[0].waits());
        assert!(service.list(&other).await.expect("a list").is_empty());
        refused(service.get(&other, &s.id).await, "opinions.not_found");
        assert!(service.may_see(&other, &s.id).await.is_err());
        assert!(!s.seen(&server, &auditor).await.may_answer);
        refused(
            service.save(&s.secretary, &s.id, seen.revision + 1, &draft).await,
            "opinions.not_now",
        );
        refused(service.delete(&s.secretary, &s.id).await, "opinions.not_now");

        let gone = Sheet::draft(&server, 1, |_| ()).await;
        service.delete(&gone.secretary, &gone.id).await.expect("deleted");
        refused(service.get(&gone.secretary, &gone.id).await, "opinions.not_found");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_answer_counts_and_nobody_knows_the_others_before_the_end() {
    for server in servers().await {
        let service = &server.state.opinions;
        let s = Sheet::sent(&server, 3, |_| ()).await;
        let [first, second, third] = &s.members[..] else { panic!("three") };
        refused(s.answer(&server, first, &[(Choice::Agree, "")]).await, "opinions.field");
        refused(
            s.answer(&server, first, &[(Choice::Other, " "), (Choice::Agree, "")]).await,
            "opinions.field",
        );
        assert_eq!(s.seen(&server, &s.secretary).await.row.answered, 0, "half an answer is none");
        let said = [(Choice::Disagree, "Chưa rõ nguồn vốn"), (Choice::Agree, "")];
        let at = s.answer(&server, first, &said).await.expect("answered");
        assert_eq!(
            s.answer(&server, first, &said).await.expect("the same"),
            at,
            "the same again changes nothing"
        );
        s.answer(&server, first, &[(Choice::Agree, "Đã rõ"), (Choice::Agree, "")])
            .await
            .expect("changed");
        s.answer(
            &server,
            second,
            &[(Choice::Other, "Đề nghị chia hai giai đoạn"), (Choice::Agree, "")],
        )
        .await
        .expect("answered");
        assert_eq!(entries(&server, &s.id, "opinion.answered").await.len(), 2);
        let changed = entries(&server, &s.id, "opinion.answer_changed").await;
        assert_eq!(changed[0]["answers"][0]["before"]["words"], "Chưa rõ nguồn vốn");
        assert_eq!(changed[0]["answers"].as_array().map(Vec::len), Some(1), "only what changed");

        for who in [second, third] {
            let seen = s.seen(&server, who).await;
            assert_eq!((seen.row.answered, seen.row.asked), (2, 3));
            assert!(!seen.may_see_answers && seen.questions.iter().all(|q| q.tally.is_none()));
            assert!(
                seen.members
                    .iter()
                    .all(|m| m.said.is_empty() && m.answered.is_none() && m.reminded.is_none())
            );
        }
        let told = serde_json::to_string(&heard(&server, &format!("opinion:{}", s.id)).await).expect("JSON");
        assert!(told.contains("\"answered\":2"), "{told}");
        for secret in ["agree", "nguồn vốn", "giai đoạn", first.id()] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
        assert_eq!(news(&server, third).await, [News::Sent], "nobody hears that another answered");
        let seen = s.seen(&server, &s.secretary).await;
        assert_eq!(
            seen.questions[0].tally.map(|t| (t.agree, t.other, t.silent, t.passed)),
            Some((1, 1, 1, None))
        );

        refused(service.close(first, &s.id).await, "identity.forbidden");
        refused(service.answers_csv(&s.secretary, &s.id).await, "opinions.not_now");
        service.close(&s.secretary, &s.id).await.expect("closed");
        service.close(&s.secretary, &s.id).await.expect("closed already");
        refused(s.answer(&server, third, &said).await, "opinions.over");
        let seen = s.seen(&server, third).await;
        assert_eq!(seen.row.state, SheetState::Closed);
        let result = |n: usize| seen.questions[n].tally.map(|t| (t.agree, t.needed, t.passed));
        assert_eq!([result(0), result(1)], [Some((1, 2, Some(false))), Some((2, 2, Some(true)))]);
        let of_first = seen.members.iter().find(|m| m.user_id.as_str() == first.id()).expect("the first");
        assert_eq!((of_first.said[0].choice, of_first.said[0].words.as_str()), (Choice::Agree, "Đã rõ"));
        assert!(news(&server, third).await.ends_with(&[News::Closed]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_sheet_shows_the_answers_and_one_withdrawn_shows_none() {
    for server in servers().await {
        let service = &server.state.opinions;
        let s = Sheet::sent(&server, 2, |d| d.open = true).await;
        let agree = [(Choice::Agree, "Nhất trí"), (Choice::Agree, "")];
        s.answer(&server, &s.members[0], &agree).await.expect("answered");
        let seen = s.seen(&server, &s.members[1]).await;
        assert!(seen.members.iter().any(|m| m.said.first().is_some_and(|a| a.words == "Nhất trí")));
        assert_eq!(seen.questions[0].tally.map(|t| (t.agree, t.passed)), Some((1, None)));

        refused(service.withdraw(&s.secretary, &s.id, " ").await, "opinions.field");
        refused(service.withdraw(&s.members[0], &s.id, "Nhầm").await, "identity.forbidden");
        service
            .withdraw(&s.secretary, &s.id, "Nội dung cần chỉnh sửa")
            .await
            .expect("withdrawn");
        let seen = s.seen(&server, &s.members[1]).await;
        assert_eq!(
            (seen.row.state, seen.reason.as_str()),
            (SheetState::Withdrawn, "Nội dung cần chỉnh sửa")
        );
        assert!(!seen.may_see_answers && seen.members.iter().all(|m| m.said.is_empty()));
        assert!(s.seen(&server, &s.secretary).await.may_see_answers);
        refused(s.answer(&server, &s.members[1], &agree).await, "opinions.over");
        refused(service.remind(&s.secretary, &s.id).await, "opinions.not_now");
        assert!(news(&server, &s.members[1]).await.ends_with(&[News::Withdrawn]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_reminder_goes_out_once_to_those_who_are_silent_also_after_a_restart() {
    for mut server in servers().await {
        let s = Sheet::sent(&server, 2, |_| ()).await;
        let agree = [(Choice::Agree, ""), (Choice::Agree, "")];
        s.answer(&server, &s.members[0], &agree).await.expect("answered");
        let silent = &s.members[1];
        let reminders = async |server: &Server, who: &Actor| {
            let all = news(server, who).await;
            all.iter().filter(|n| **n == News::Reminder).count()
        };
        server.state.opinions.tick(now_us()).await.expect("a tick");
        assert_eq!(reminders(&server, silent).await, 0, "three days before");
        s.deadline(&server, 23 * HOUR).await;
        for _ in 0..2 {
            server.state.opinions.tick(now_us()).await.expect("a tick");
        }
        assert_eq!(reminders(&server, silent).await, 1, "one day before");
        server.restart().await;
        server.state.opinions.tick(now_us()).await.expect("a tick");
        assert_eq!(reminders(&server, silent).await, 1, "not again after a restart");
        // Both servers of a body at once.
        let deadline = s.seen(&server, silent).await.row.deadline.us;
        let (one, two) = (server.state.opinions.clone(), server.state.opinions.clone());
        let (a, b) = tokio::join!(one.tick(deadline - HOUR), two.tick(deadline - HOUR));
        a.and(b).expect("ticks");
        assert_eq!(reminders(&server, silent).await, 2, "two hours before");
        assert_eq!(reminders(&server, &s.members[0]).await, 0, "who has answered is left in peace");
        assert!(s.seen(&server, silent).await.row.reminded.is_some());

        let told = server.state.opinions.remind(&s.secretary, &s.id).await.expect("reminded");
        let again = server.state.opinions.remind(&s.secretary, &s.id).await.expect("reminded");
        assert_eq!((told, again), (1, 0), "a button pressed twice reminds once");

        // A later deadline is reminded of anew; an earlier one is no extension.
        let service = &server.state.opinions;
        refused(service.extend(&s.secretary, &s.id, &in_hours(1)).await, "opinions.field");
        refused(service.extend(&s.members[0], &s.id, &in_hours(50)).await, "identity.forbidden");
        service.extend(&s.secretary, &s.id, &in_hours(50)).await.expect("extended");
        assert!(news(&server, silent).await.ends_with(&[News::Extended]));
        let before = reminders(&server, silent).await;
        let deadline = s.seen(&server, silent).await.row.deadline.us;
        service.tick(deadline - 20 * HOUR).await.expect("a tick");
        assert_eq!(reminders(&server, silent).await, before + 1);

        // Who gets so short a deadline is not reminded of it at once.
        let short = Sheet::sent(&server, 1, |d| d.deadline = in_hours(20)).await;
        service.tick(now_us()).await.expect("a tick");
        assert_eq!(reminders(&server, &short.members[0]).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sheet_ends_by_itself_at_its_deadline_and_takes_no_answer_after_it() {
    for server in servers().await {
        let s = Sheet::sent(&server, 3, |d| d.rule = Majority::TwoThirdsAll).await;
        let agree = [(Choice::Agree, ""), (Choice::Agree, "")];
        for member in &s.members[..2] {
            s.answer(&server, member, &agree).await.expect("answered");
        }
        let deadline = s.seen(&server, &s.secretary).await.row.deadline.us;
        server.state.opinions.tick(deadline).await.expect("a tick");
        assert_eq!(
            s.seen(&server, &s.secretary).await.row.state,
            SheetState::Sent,
            "until the last moment"
        );
        for _ in 0..2 {
            server.state.opinions.tick(deadline + 1).await.expect("a tick");
        }
        let seen = s.seen(&server, &s.members[2]).await;
        assert_eq!((seen.row.state, seen.ended.map(|w| w.us)), (SheetState::Closed, Some(deadline)));
        assert_eq!(seen.ended_by, "");
        assert_eq!(
            seen.questions[0].tally.map(|t| (t.agree, t.silent, t.needed, t.passed)),
            Some((2, 1, 2, Some(true)))
        );
        assert_eq!(entries(&server, &s.id, "opinion.closed").await.len(), 1);

        // The moment counts, not when the server comes to it.
        let late = Sheet::sent(&server, 1, |_| ()).await;
        late.deadline(&server, -1).await;
        let refusal = late.answer(&server, &late.members[0], &agree).await;
        refused(refusal, "opinions.over");
        refused(
            server.state.opinions.extend(&late.secretary, &late.id, &in_hours(9)).await,
            "opinions.over",
        );
        refused(
            server.state.opinions.withdraw(&late.secretary, &late.id, "Nhầm").await,
            "opinions.over",
        );
        server.state.opinions.close(&late.secretary, &late.id).await.expect("closed");
        let seen = late.seen(&server, &late.secretary).await;
        assert_eq!(seen.ended.map(|w| w.us), Some(seen.row.deadline.us), "it ends with its deadline");
        assert_eq!(seen.ended_by, "");
    }
}

async fn put(client: &Client, path: &str, body: &Value) -> crate::support::Answer {
    let body = body.to_string().into_bytes();
    client.send(Method::PUT, path, "application/json", body).await
}

#[tokio::test]
async fn machines_ask_answer_and_take_the_summing_up_home() {
    let server = Server::start(Backend::Sqlite).await;
    let clerk = server.person(&word("vanthu"), &[Role::Clerk]).await;
    let (document, content) = arrived(&server, Some(&clerk)).await;
    let asked = server.person(&word("thanhvien"), &[Role::Official]).await;
    let silent = server.person(&word("thanhvien"), &[Role::Official]).await;
    let secretary = server.person(&word("thuky"), &[Role::Secretary]).await;
    let (writes, answers) = (server.machine(&secretary).await, server.machine(&asked).await);
    let outside = server.signed_in(Role::Official).await;
    let mut draft = json!({
        "title": "Điều chỉnh quy hoạch", "questions": ["Thống nhất điều chỉnh"], "documents": [document],
        "members": [asked.id(), silent.id()], "deadline": in_hours(30), "rule": "two_thirds_all",
    });
    let made = writes.post("/api/v1/opinions", &draft).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let path = format!("/api/v1/opinions/{}", made.json()["id"].as_str().expect("an id"));
    draft["revision"] = json!(1);
    draft["title"] = json!("Điều chỉnh quy hoạch chung");
    assert_eq!(put(&writes, &path, &draft).await.status, 204);
    assert_eq!(answers.get(&path).await.status, 404);
    assert_eq!(writes.post(&format!("{path}/send"), &json!({})).await.status, 204);

    let sheet = answers.get(&path).await.ok().json();
    assert_eq!((&sheet["state"], &sheet["rule"]), (&json!("sent"), &json!("two_thirds_all")));
    let file = &sheet["documents"][0];
    let url = file["url"].as_str().expect("an address");
    let fetched = answers.get(url).await.ok();
    assert_eq!(fetched.body, content, "those asked read what is attached");
    assert_eq!(answers.get(&format!("{}/pages", url.trim_end_matches(".pdf"))).await.status, 200);
    for address in [url, &path, &format!("{path}/answers.csv"), &format!("{path}/report.pdf")] {
        assert_eq!(outside.get(address).await.status, 404, "{address}");
    }
    let topic = sheet["topic"].as_str().expect("a topic");
    let told = async |client: &Client| {
        let mut socket = client.live().await.expect("a socket");
        socket.follow(topic, 0).await;
        loop {
            match socket.hear().await.expect("a frame") {
                ServerFrame::Hello { .. } => {}
                frame => return frame,
            }
        }
    };
    assert!(matches!(told(&outside).await, ServerFrame::Denied { .. }));
    assert!(matches!(told(&answers).await, ServerFrame::Event { seq: 1, .. }));
    let question = &sheet["questions"][0]["id"];
    let said = json!({ "answers": [{ "question": question, "choice": "other", "words": "=Giữ nguyên \"hành lang\"" }] });
    let answered = put(&answers, &format!("{path}/answer"), &said).await;
    assert!(answered.ok().json()["at"].is_i64());
    assert_eq!(answers.get("/api/v1/opinions").await.ok().json()["opinions"][0]["answered"], 1);
    assert_eq!(put(&writes, &format!("{path}/answer"), &said).await.code(), "opinions.not_asked");
    assert_eq!(writes.post(&format!("{path}/remind"), &json!({})).await.ok().json()["reminded"], 1);
    let later = json!({ "deadline": in_hours(60) });
    assert_eq!(put(&writes, &format!("{path}/deadline"), &later).await.status, 204);
    assert_eq!(writes.post(&format!("{path}/close"), &json!({})).await.status, 204);

    let seen = answers.get(&path).await.ok().json();
    assert_eq!(seen["questions"][0]["result"]["silent"], 1);
    assert_eq!(seen["questions"][0]["result"]["passed"], false);
    let csv = answers.get(&format!("{path}/answers.csv")).await.ok().text();
    assert!(csv.starts_with('\u{feff}') && csv.lines().count() == 3, "{csv}");
    assert!(csv.contains("Ý kiến khác") && csv.contains("Không trả lời"), "{csv}");
    assert!(csv.contains("'=Giữ nguyên"), "no cell is a formula: {csv}");
    let pdf = answers.get(&format!("{path}/report.pdf")).await.ok();
    let text = text_of(&pdf.body);
    for words in [
        "BẢNG TỔNG HỢP Ý KIẾN",
        "Điều chỉnh quy hoạch chung",
        "hành lang",
        "không trả lời: 1",
        "KHÔNG ĐƯỢC THÔNG QUA",
    ] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    let withdrawn = writes.post(&format!("{path}/withdraw"), &json!({ "reason": "Nhầm" })).await;
    assert_eq!(withdrawn.code(), "opinions.not_now");
}
