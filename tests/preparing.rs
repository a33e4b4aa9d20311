//! A program prepares, publishes and conducts a meeting over REST, on both engines.
use crate::meetings::servers;
use crate::support::{Answer, Client};
use app::dto::identity::Role;
use axum::http::Method;
use serde_json::{Value, json};

async fn put(client: &Client, path: &str, body: &Value) -> Answer {
    client.attempt(Method::PUT, path, Some(body)).await.expect("an answer")
}

/// Monday 2040-01-02 08:00 in Vietnam.
const STARTS: i64 = 2_209_078_800_000_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_prepares_publishes_and_conducts_a_meeting() {
    for server in servers().await {
        let secretary = server.person("thuky", &[Role::Secretary]).await;
        let chair = server.person("chutri", &[Role::Leader]).await;
        let member = server.person("daibieu", &[Role::Official]).await;
        let machine = server.machine(&secretary).await;
        let id = uuid::Uuid::new_v4().to_string();
        let new = json!({ "id": id, "title": "Họp giao ban", "room": "Phòng họp số 1", "starts": STARTS, "ends": STARTS + 7_200_000_000_i64, "chair": chair.id(), "members": [member.id()] });
        let made = machine.post("/api/v1/meetings", &new).await;
        assert_eq!(made.status, 201, "{}", made.text());
        assert_eq!(
            (&made.json()["id"], &made.json()["state"], &made.json()["starts"]),
            (&json!(id), &json!("preparing"), &json!(STARTS))
        );
        // The answer was lost, and the program asks again.
        assert_eq!(machine.post("/api/v1/meetings", &new).await.json()["id"], json!(id));
        assert_eq!(
            machine.get("/api/v1/meetings").await.json()["meetings"].as_array().map(Vec::len),
            Some(1)
        );
        let other = server.machine(&server.person("thuky2", &[Role::Secretary]).await).await;
        assert_eq!(
            other.post("/api/v1/meetings", &new).await.json()["error"]["field"],
            "id",
            "another's id tells nothing of it"
        );
        let at = |path: &str| format!("/api/v1/meetings/{id}{path}");

        let item =
            json!({ "id": uuid::Uuid::new_v4().to_string(), "title": "Tình hình quý I", "presenter": "Chánh Văn phòng", "minutes": 20 });
        for _ in 0..2 {
            let added = machine.post(&at("/items"), &item).await;
            assert_eq!((added.status, &added.json()["id"]), (201, &item["id"]), "{}", added.text());
        }
        let second = machine
            .post(&at("/items"), &json!({ "title": "Việc khác", "minutes": 5 }))
            .await
            .json();
        let second = format!("/api/v1/items/{}", second["id"].as_str().expect("an id"));
        assert_eq!(
            put(&machine, &format!("{second}/position"), &json!({ "position": 1 })).await.status,
            204
        );
        assert_eq!(
            put(&machine, &second, &json!({ "title": "Việc gấp", "minutes": 10 })).await.status,
            204
        );
        let titles = async || {
            let all = machine.get(&at("")).await.json()["items"].clone();
            all.as_array()
                .expect("items")
                .iter()
                .map(|i| i["title"].as_str().expect("a title").to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(titles().await, ["Việc gấp", "Tình hình quý I"]);
        assert_eq!(machine.send(Method::DELETE, &second, "", vec![]).await.status, 204);
        assert_eq!(titles().await, ["Tình hình quý I"]);
        // An id that an item once had is not given again.
        let again = json!({ "id": second.rsplit('/').next(), "title": "x", "minutes": 1 });
        assert_eq!(machine.post(&at("/items"), &again).await.json()["error"]["field"], "id");

        let later = json!({ "title": "Họp giao ban tháng 1", "room": "Phòng họp số 2", "starts": STARTS + 3_600_000_000_i64, "ends": STARTS + 9_000_000_000_i64 });
        let changed = put(&machine, &at(""), &later).await.ok().json();
        assert_eq!(
            (&changed["title"], &changed["room"], &changed["starts"]),
            (&later["title"], &later["room"], &later["starts"])
        );

        // What is not fine is to be looked at first.
        let checks = machine.get(&at("/checks")).await.ok().json();
        let lines = checks["checks"].as_array().expect("checks");
        let open: Vec<&Value> = lines.iter().filter(|c| c["fine"] == false).map(|c| &c["check"]).collect();
        assert_eq!(open, ["documents"], "{checks}");
        let refused = put(&machine, &at("/publication"), &json!({})).await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "meetings.not_ready"));
        assert_eq!(
            server.machine(&member).await.get(&at("")).await.status,
            404,
            "nobody sees it before"
        );
        for _ in 0..2 {
            assert_eq!(put(&machine, &at("/publication"), &json!({ "accepted": open })).await.status, 204);
        }
        let seen = server.machine(&member).await.get(&at("")).await.ok().json();
        assert_eq!(seen["state"], "published");

        conducted(&machine, &server.machine(&member).await, &id, &item["id"]).await;
        let copy = json!({ "title": "Họp tháng 2", "room": "Phòng họp số 1", "starts": STARTS, "ends": STARTS + 60_000_000, "chair": chair.id(), "copy_of": id });
        let copy = machine.post("/api/v1/meetings", &copy).await.json();
        assert_eq!(copy["items"][0]["title"], "Tình hình quý I");
        let copy = format!("/api/v1/meetings/{}", copy["id"].as_str().expect("an id"));
        assert_eq!(put(&machine, &format!("{copy}/cancellation"), &json!({})).await.status, 204);
        assert_eq!(machine.get(&copy).await.json()["state"], "cancelled");
        let led = server.machine(&chair).await;
        assert_eq!(led.get(&copy).await.status, 404, "nobody else was ever told of it");
    }
}

/// Opens the meeting, puts a question to the vote and closes both.
async fn conducted(machine: &Client, member: &Client, id: &str, item: &Value) {
    let at = |path: &str| format!("/api/v1/meetings/{id}{path}");
    let motion = json!({ "item": item, "question": "Thông qua?", "majority": "half_all" });
    assert_eq!(machine.post(&at("/votes"), &motion).await.code(), "meetings.not_now");
    assert_eq!(put(member, &at("/opening"), &json!({})).await.status, 403);
    for _ in 0..2 {
        assert_eq!(put(machine, &at("/opening"), &json!({})).await.status, 204);
    }
    assert_eq!(put(machine, &at("/current-item"), &json!({ "item": item })).await.status, 204);
    let vote = machine.post(&at("/votes"), &motion).await;
    assert_eq!(
        (vote.status, &vote.json()["majority"], &vote.json()["open"]),
        (201, &json!("half_all"), &json!(true)),
        "{}",
        vote.text()
    );
    // The answer was lost, and the program asks again.
    assert_eq!(machine.post(&at("/votes"), &motion).await.json()["id"], vote.json()["id"]);
    let second = machine.post(&at("/votes"), &json!({ "question": "Câu khác?" })).await;
    assert_eq!(second.status, 409, "one at a time: {}", second.text());
    let closing = format!("/api/v1/votes/{}/closing", vote.json()["id"].as_str().expect("an id"));
    assert_eq!(put(member, &closing, &json!({})).await.status, 403);
    assert_eq!(put(machine, &closing, &json!({})).await.status, 204);
    assert_eq!(put(machine, &at("/current-item"), &json!({ "item": null })).await.status, 204);
    assert_eq!(put(machine, &at("/closing"), &json!({})).await.status, 204);
    let over = machine.get(&at("")).await.json();
    assert_eq!(
        (&over["state"], &over["votes"][0]["passed"], &over["current_item"]),
        (&json!("closed"), &json!(false), &Value::Null)
    );
}
