//! Documents of a meeting that are not for all, on both engines: what somebody may not see reaches them in no way.
use crate::meetings::{Meeting, arrived, refused, servers};
use crate::support::{Client, Server};
use app::dto::identity::Role;
use app::dto::meetings::Attachment;
use app::ids::UserId;
use app::live::LiveEvent;
use reqwest::Method;
use serde_json::{Value, json};
use server::actor::Actor;
use server::live::store;

fn id(who: &Actor) -> UserId {
    UserId(who.id().to_owned())
}

/// Events about documents in a topic: `+` and the attachment that came, `-` and the one that went.
async fn told(server: &Server, topic: &str) -> Vec<(char, String)> {
    let mut c = server.state.db.read().acquire().await.expect("a connection");
    let kept = store::after(&mut c, topic, 0, 1000).await.expect("events");
    let events = kept.iter().map(|(_, body)| serde_json::from_str(body).expect("an event"));
    events
        .filter_map(|e| match e {
            LiveEvent::Attached { attachment } => Some(('+', attachment.id.0)),
            LiveEvent::Detached { attachment } => Some(('-', attachment.0)),
            _ => None,
        })
        .collect()
}

async fn own(server: &Server, who: &Actor) -> Vec<(char, String)> {
    told(server, &format!("user:{}", who.id())).await
}

async fn documents(m: &Meeting, server: &Server, who: &Actor) -> Vec<Attachment> {
    m.seen(server, who).await.items.into_iter().flat_map(|i| i.documents).collect()
}

async fn put(who: &Client, path: &str, body: &Value) -> crate::support::Answer {
    who.send(Method::PUT, path, "application/json", body.to_string().into_bytes()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limited_document_is_there_for_its_readers_and_nowhere_for_the_others() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::open(&server, 3).await;
        let [reader, other, _] = m.members.as_slice() else {
            panic!("three members")
        };
        let item = m.item(&server, "Nhân sự").await;
        let clerk = server.person("vanthu-hanche", &[Role::Clerk]).await;
        let auditor = server.person("kiemtra-hanche", &[Role::Auditor]).await;
        let (paper, content) = arrived(&server, Some(&clerk)).await;
        let stranger = [id(&clerk)];
        refused(
            service.attach_for(&m.secretary, &item, &paper, Some(&stranger)).await,
            "meetings.field",
        );
        let named = [id(reader), id(reader)];
        let limited = service
            .attach_for(&m.secretary, &item, &paper, Some(&named))
            .await
            .expect("attached");

        let url = documents(&m, &server, reader).await[0].file.url.clone();
        for (who, sees, readers) in [
            (reader, true, Some(vec![])),
            (&m.chair, true, Some(vec![])),
            (&m.secretary, true, Some(vec![id(reader)])),
            (other, false, None),
            (&auditor, false, None),
        ] {
            let found = documents(&m, &server, who).await;
            assert_eq!(found.first().map(|a| a.id.clone()), sees.then(|| limited.clone()), "{}", who.name);
            assert_eq!(found.first().and_then(|a| a.readers.clone()), readers, "{}", who.name);
            let browser = server.browser(who).await;
            let answer = browser.get(&url).await;
            assert_eq!(answer.status, if sees { 200 } else { 404 }, "{}", who.name);
            if sees {
                assert_eq!((answer.header("cache-control"), &answer.body), ("private, no-store", &content));
            }
            let page = browser.get(&url.replace(".pdf", "/pages/1")).await;
            assert_eq!(page.status, if sees { 200 } else { 404 }, "{}: a page", who.name);
            let rest = browser.get(&format!("/api/v1/meetings/{}", m.id)).await.ok().text();
            assert_eq!(rest.contains(limited.as_str()), sees, "{}: REST", who.name);
            let place = put(&browser, &format!("/api/v1/attachments/{limited}/place"), &json!({ "page": 1 })).await;
            assert_eq!(place.status, if sees { 204 } else { 404 }, "{}: a place", who.name);
            let heard = own(&server, who).await;
            assert_eq!(heard, if sees { vec![('+', limited.0.clone())] } else { vec![] }, "{}", who.name);
        }
        assert_eq!(told(&server, &m.topic()).await, [], "nothing of it where all hear");
        refused(service.present(&m.chair, &m.id, &limited, 1, true).await, "meetings.limited");

        service.detach(&m.secretary, &limited).await.expect("taken off");
        assert_eq!(own(&server, reader).await.last(), Some(&('-', limited.0.clone())));
        assert_eq!((own(&server, other).await, told(&server, &m.topic()).await), (vec![], vec![]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_see_it_no_longer_loses_it_and_the_others_keep_their_notes() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::open(&server, 2).await;
        let [reader, other] = m.members.as_slice() else {
            panic!("two members")
        };
        let item = m.item(&server, "Nhân sự").await;
        let clerk = server.person("vanthu-hanche2", &[Role::Clerk]).await;
        let (paper, _) = arrived(&server, Some(&clerk)).await;
        let open = service.attach(&m.secretary, &item, &paper).await.expect("attached");
        let found = documents(&m, &server, other).await.remove(0);
        let (tablet, away) = (server.browser(reader).await, server.browser(other).await);
        let note = json!({
            "attachment": open, "sha256": found.file.sha256, "shared": true, "revision": 0,
            "body": { "kind": "text", "at": { "page": 1, "boxes": [[10.0, 10.0, 20.0, 20.0]] }, "text": "Xem lại" },
        });
        let wrote = put(&tablet, &format!("/api/v1/notes/{}", uuid::Uuid::new_v4()), &note).await;
        assert_eq!(wrote.status, 200, "{}", wrote.text());
        let notes = async |who: &Client| {
            let list = who.get(&format!("/api/v1/meetings/{}/notes", m.id)).await.ok().json();
            list["notes"].as_array().map(Vec::len)
        };
        assert_eq!((notes(&tablet).await, notes(&away).await), (Some(1), Some(1)));
        service.present(&m.chair, &m.id, &open, 1, true).await.expect("presented");

        let secretary = server.browser(&m.secretary).await;
        let set = async |body: Value| {
            let all = documents(&m, &server, &m.secretary).await;
            put(&secretary, &format!("/api/v1/attachments/{}/readers", all[0].id), &body).await
        };
        let limited = set(json!({ "readers": [reader.id()] })).await.ok().json();
        assert_eq!(limited["readers"], json!([reader.id()]));
        let limited = limited["id"].as_str().expect("an id").to_owned();
        assert_eq!(told(&server, &m.topic()).await, [('+', open.0.clone()), ('-', open.0.clone())]);
        assert_eq!(own(&server, reader).await, [('+', limited.clone())]);
        assert_eq!(own(&server, other).await, []);
        assert_eq!(away.get(&found.file.url).await.status, 404, "with the address in hand");
        assert_eq!(away.get(&found.file.url.replace(open.as_str(), &limited)).await.status, 404);
        assert_eq!((notes(&tablet).await, notes(&away).await), (Some(1), Some(0)));
        assert_eq!(m.seen(&server, other).await.presenting, None, "and it is presented no more");
        let twice = set(json!({ "readers": [reader.id()] })).await.ok().json();
        assert_eq!(twice["id"], limited, "nothing changes twice");
        assert_eq!(set(json!({ "readers": ["nobody"] })).await.code(), "meetings.field");
        let theirs = put(
            &tablet,
            &format!("/api/v1/attachments/{limited}/readers"),
            &json!({ "readers": null }),
        )
        .await;
        assert_eq!(theirs.code(), "identity.forbidden");

        let again = set(json!({ "readers": null })).await.ok().json();
        assert_eq!(again["readers"], Value::Null);
        assert_eq!(own(&server, reader).await.last(), Some(&('-', limited)));
        assert_eq!(told(&server, &m.topic()).await.last().map(|(how, _)| *how), Some('+'));
        assert_eq!((notes(&tablet).await, notes(&away).await), (Some(1), Some(1)));
    }
}
