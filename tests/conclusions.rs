//! What a meeting concludes, and the tasks that it gives until they are done, on both engines.
use crate::meetings::{Meeting, refused, servers};
use crate::support::{Backend, Server};
use app::dto::after::TaskDraft;
use app::dto::identity::Role;
use app::dto::meetings::Check;
use app::ids::UserId;
use app::live::LiveEvent;
use reqwest::Method;
use serde_json::json;
use server::actor::Actor;
use server::clock::{day, now_us};

const DAY: i64 = 24 * 3600 * 1_000_000;

fn to_do(text: &str, owner: &Actor, days: i64) -> TaskDraft {
    TaskDraft {
        text: text.into(),
        owner_id: UserId(owner.id().into()),
        due_on: day(now_us() + days * DAY),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_concluded_is_seen_by_all_and_a_task_stays_with_its_owner_until_it_is_done() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::prepare(&server, 1).await;
        let item = m.item(&server, "Công tác phòng chống lụt bão").await;
        refused(service.conclude(&m.secretary, &item, None, "Nhất trí.").await, "meetings.not_now");
        service.publish(&m.secretary, &m.id, &Check::ALL).await.expect("published");
        service.open(&m.chair, &m.id).await.expect("opened");
        let member = &m.members[0];
        refused(service.conclude(member, &item, None, "Nhất trí.").await, "identity.forbidden");
        refused(service.conclude(&m.chair, &item, None, &"ă".repeat(10_001)).await, "meetings.field");
        let text = "Hội nghị nhất trí thông qua.\nGiao Sở Tài chính bố trí kinh phí.";
        service.conclude(&m.chair, &item, None, text).await.expect("concluded");
        let before = m.events(&server).await.len();
        service.conclude(&m.secretary, &item, None, text).await.expect("concluded already");
        // What the other wrote meanwhile is read before it is put away.
        refused(
            service.conclude(&m.secretary, &item, Some(""), "Giao Sở Y tế.").await,
            "meetings.conclusion_changed",
        );
        service
            .conclude(&m.secretary, &item, Some(""), text)
            .await
            .expect("the same is no change");
        assert_eq!(m.events(&server).await.len(), before, "what is so already makes no event");

        // To somebody who is no member, and one that is late.
        let outside = server.person(&format!("ngoai{}", &m.id.as_str()[24..]), &[Role::Official]).await;
        let late = to_do("Lập danh sách hộ cần di dời", &outside, -2);
        let wrong = TaskDraft {
            due_on: "hôm sau".into(),
            ..late.clone()
        };
        refused(service.give_task(&m.chair, &item, &wrong).await, "meetings.field");
        refused(service.give_task(member, &item, &late).await, "identity.forbidden");
        let first = service.give_task(&m.chair, &item, &late).await.expect("a task");
        assert_eq!(service.give_task(&m.secretary, &item, &late).await.expect("the same"), first);
        let second = service
            .give_task(&m.secretary, &item, &to_do("Báo cáo kết quả", member, 5))
            .await
            .expect("a task");
        service.close(&m.chair, &m.id).await.expect("closed");

        let seen = m.seen(&server, member).await;
        let concluded = &seen.items[0].conclusion;
        assert_eq!(concluded.text, text);
        assert_eq!(concluded.tasks.iter().map(|t| &t.id).collect::<Vec<_>>(), [&first, &second]);
        assert_eq!(concluded.tasks[0].due.as_ref().and_then(|d| d.left), Some(-2));
        let told = m.events(&server).await.into_iter().rev().find_map(|e| match e {
            LiveEvent::Concluded { item: of, conclusion } if of == item => Some(conclusion),
            _ => None,
        });
        assert_eq!(told.as_ref(), Some(concluded), "devices have heard the same");

        let mine = service.my_tasks(&outside).await.expect("tasks");
        assert_eq!((mine.len(), mine[0].meeting.as_str()), (1, "Họp thường kỳ"));
        assert!(mine[0].meeting_id.is_none(), "a task opens no meeting");
        refused(service.get(&outside, &m.id).await, "meetings.not_found");
        assert!(service.my_tasks(member).await.expect("tasks")[0].meeting_id.is_some());
        refused(service.finish_task(member, &first, "Xong").await, "identity.forbidden");
        refused(service.finish_task(&outside, &second, "Xong").await, "meetings.not_found");
        refused(service.take_task_back(&outside, &first).await, "identity.forbidden");
        refused(service.finish_task(&outside, &first, " ").await, "meetings.field");
        service.finish_task(&outside, &first, "Đã lập, gồm 214 hộ").await.expect("done");
        service.finish_task(&m.secretary, &first, "Khác").await.expect("done already");
        assert!(service.my_tasks(&outside).await.expect("tasks").is_empty());
        let seen = m.seen(&server, &m.secretary).await;
        let task = &seen.items[0].conclusion.tasks[0];
        assert_eq!(task.result, "Đã lập, gồm 214 hộ", "the first report stands");
        assert_eq!(task.due.as_ref().and_then(|d| d.left), None, "what is done is not late");
        refused(service.reopen_task(&outside, &first).await, "identity.forbidden");
        service.reopen_task(&m.chair, &first).await.expect("open again");
        assert_eq!(service.my_tasks(&outside).await.expect("tasks").len(), 1);
        service.take_task_back(&m.secretary, &first).await.expect("taken back");
        assert!(service.my_tasks(&outside).await.expect("tasks").is_empty());
        assert_eq!(m.seen(&server, member).await.items[0].conclusion.tasks.len(), 1);
    }
}

#[tokio::test]
async fn machines_give_tasks_and_report_them() {
    let server = Server::start(Backend::Sqlite).await;
    let m = Meeting::prepare(&server, 1).await;
    let item = m.item(&server, "Chuyển đổi số").await;
    server
        .state
        .meetings
        .publish(&m.secretary, &m.id, &Check::ALL)
        .await
        .expect("published");
    server.state.meetings.open(&m.chair, &m.id).await.expect("opened");
    let chair = server.machine(&m.chair).await;
    let member = server.machine(&m.members[0]).await;
    let send = async |method: Method, path: &str, body: serde_json::Value| {
        chair.send(method, path, "application/json", body.to_string().into_bytes()).await
    };
    let path = format!("/api/v1/items/{item}/conclusion");
    assert_eq!(send(Method::PUT, &path, json!({ "text": "Đồng ý." })).await.status, 204);
    let body = json!({ "text": "Trình kế hoạch", "owner": m.members[0].id(), "due": "2026-12-31" });
    let given = chair.post(&format!("/api/v1/items/{item}/tasks"), &body).await;
    assert_eq!(given.status, 201, "{}", given.text());
    let id = given.json()["id"].as_str().expect("an id").to_owned();
    let mine = member.get("/api/v1/tasks").await.ok().json();
    assert_eq!(
        (&mine["tasks"][0]["id"], &mine["tasks"][0]["due"]),
        (&json!(id), &json!("2026-12-31"))
    );
    let done = format!("/api/v1/tasks/{id}/done");
    let report = json!({ "result": "Đã trình" }).to_string().into_bytes();
    let reported = member.send(Method::PUT, &done, "application/json", report).await;
    assert_eq!(reported.status, 204);
    let meeting = member.get(&format!("/api/v1/meetings/{}", m.id)).await.ok().json();
    let seen = &meeting["items"][0];
    assert_eq!(
        (&seen["conclusion"], &seen["tasks"][0]["result"]),
        (&json!("Đồng ý."), &json!("Đã trình"))
    );
    assert!(seen["tasks"][0]["done"].is_i64());
    assert_eq!(member.send(Method::DELETE, &done, "", vec![]).await.code(), "identity.forbidden");
    assert_eq!(send(Method::DELETE, &done, json!({})).await.status, 204);
    assert_eq!(send(Method::DELETE, &format!("/api/v1/tasks/{id}"), json!({})).await.status, 204);
    assert_eq!(member.get("/api/v1/tasks").await.ok().json()["tasks"], json!([]));
}
