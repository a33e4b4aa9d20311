//! What the reader on the tablets asks for, on both engines.
use crate::meetings::{Meeting, arrived, servers};
use crate::support::{Client, Server};
use app::dto::FileRef;
use app::dto::identity::Role;
use reqwest::Method;
use serde_json::{Value, json};

/// A meeting with one document of three pages, and its file as a member gets it.
async fn meeting(server: &Server) -> (Meeting, FileRef, Vec<u8>) {
    let clerk = server
        .person(&format!("vanthu{}", uuid::Uuid::new_v4().simple()), &[Role::Clerk])
        .await;
    let m = Meeting::open(server, 2).await;
    let item = m.item(server, "Nội dung một").await;
    let (paper, content) = arrived(server, Some(&clerk)).await;
    server.state.meetings.attach(&m.secretary, &item, &paper).await.expect("attached");
    let file = m.seen(server, &m.members[0]).await.items[0].documents[0].file.clone();
    (m, file, content)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_page_comes_by_itself_and_only_to_those_who_may_read_the_file() {
    for server in servers().await {
        let (m, file, content) = meeting(&server).await;
        let member = server.browser(&m.members[0]).await;
        let pages = file.url.replace(".pdf", "/pages");
        let sizes = member.get(&pages).await.ok();
        assert_eq!(sizes.header("cache-control"), "private, max-age=31536000, immutable");
        let sizes = sizes.json();
        let counted: u64 = sizes["sizes"]
            .as_array()
            .expect("runs")
            .iter()
            .map(|run| run[2].as_u64().expect("a count"))
            .sum();
        assert_eq!(counted, u64::from(file.pages));
        let page = member.get(&format!("{pages}/2")).await.ok();
        assert_eq!(page.header("content-type"), "application/pdf");
        let about = signing::inspect(&page.body, None).expect("a PDF");
        assert_eq!(about.pages.len(), 1);
        assert_eq!(about.pages[0].width, sizes["sizes"][0][0].as_f64().expect("a width"));
        assert!(page.body.len() < content.len(), "{} of {} bytes", page.body.len(), content.len());
        assert!(member.get(&format!("{pages}/2")).await.ok().body == page.body);
        for beyond in ["0", "4", "4294967295"] {
            let answer = member.get(&format!("{pages}/{beyond}")).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (404, "file.page_not_available"),
                "page {beyond}"
            );
        }
        // The right to a page is the right to its file, asked anew each time.
        let outsider: Client = server.signed_in(Role::Official).await;
        let other_hash = pages.replace(&file.sha256, &"0".repeat(64));
        for (who, address, code) in [
            (&outsider, &pages, "meetings.not_found"),
            (&outsider, &format!("{pages}/2"), "meetings.not_found"),
            (&server.stranger(), &format!("{pages}/2"), "identity.not_signed_in"),
            (&member, &format!("{other_hash}/2"), "meetings.not_found"),
        ] {
            assert_eq!(who.get(address).await.code(), code, "{address}");
        }
        let attachment = m.seen(&server, &m.members[0]).await.items[0].documents[0].id.clone();
        server.state.meetings.detach(&m.secretary, &attachment).await.expect("detached");
        assert_eq!(member.get(&format!("{pages}/2")).await.code(), "meetings.not_found");
    }
}

fn remark(attachment: &str, sha256: &str, revision: i64, text: &str) -> Value {
    json!({
        "attachment": attachment, "sha256": sha256, "revision": revision,
        "body": { "kind": "text", "at": { "page": 1, "quote": "Kế hoạch" }, "text": text },
    })
}

async fn put(client: &Client, path: &str, body: &Value) -> crate::support::Answer {
    client
        .send(Method::PUT, path, "application/json", body.to_string().into_bytes())
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_note_is_kept_once_is_private_until_shared_and_goes_where_its_document_goes() {
    for server in servers().await {
        let (m, file, _) = meeting(&server).await;
        let (mine, other) = (server.browser(&m.members[0]).await, server.browser(&m.members[1]).await);
        let attachment = m.seen(&server, &m.members[0]).await.items[0].documents[0].id.to_string();
        let list = format!("/api/v1/meetings/{}/notes", m.id);
        let id = uuid::Uuid::new_v4().to_string();
        let path = format!("/api/v1/notes/{id}");
        let first = remark(&attachment, &file.sha256, 0, "Hỏi lại số liệu");
        // Sent three times because the answers were lost: one note.
        for _ in 0..3 {
            assert_eq!(put(&mine, &path, &first).await.ok().json()["revision"], 1);
        }
        assert_eq!(mine.get(&list).await.ok().json()["notes"].as_array().map(Vec::len), Some(1));
        assert_eq!(other.get(&list).await.ok().json()["notes"], json!([]), "private");
        let mut shared = remark(&attachment, &file.sha256, 1, "Hỏi lại số liệu");
        shared["shared"] = json!(true);
        assert_eq!(put(&mine, &path, &shared).await.ok().json()["revision"], 2);
        let seen = other.get(&list).await.ok().json();
        assert_eq!(
            (&seen["notes"][0]["body"]["text"], &seen["notes"][0]["mine"]),
            (&json!("Hỏi lại số liệu"), &json!(false))
        );
        // Changed on another device meanwhile: nothing is overwritten. Nobody changes or removes another's.
        let late = put(&mine, &path, &remark(&attachment, &file.sha256, 1, "Cách nói khác")).await;
        assert_eq!((late.status, late.code().as_str()), (409, "reading.changed"));
        assert_eq!(
            put(&other, &path, &remark(&attachment, &file.sha256, 2, "Của tôi")).await.code(),
            "reading.not_found"
        );
        assert_eq!(other.send(Method::DELETE, &path, "", Vec::new()).await.code(), "reading.not_found");
        // The document is taken away: its notes are told to nobody. Attached again, they are back.
        let service = &server.state.meetings;
        let item = m.seen(&server, &m.members[0]).await.items[0].id.clone();
        let document = m.seen(&server, &m.members[0]).await.items[0].documents[0]
            .document_id
            .clone()
            .expect("a document");
        service
            .detach(&m.secretary, &app::ids::AttachmentId(attachment.clone()))
            .await
            .expect("detached");
        assert_eq!(mine.get(&list).await.ok().json()["notes"], json!([]));
        let again = service.attach(&m.secretary, &item, &document).await.expect("attached again");
        assert_eq!(
            mine.get(&list).await.ok().json()["notes"][0]["attachment"],
            json!(again.to_string())
        );
        for (body, field) in [
            (remark(&again.to_string(), &file.sha256, 2, " "), "text"),
            (remark(&again.to_string(), "x", 2, "a"), "sha256"),
        ] {
            let wrong = put(&mine, &path, &body).await;
            assert_eq!((wrong.status, &wrong.json()["error"]["field"]), (422, &json!(field)));
        }
        assert_eq!(put(&mine, "/api/v1/notes/1", &first).await.json()["error"]["field"], "id");
        for _ in 0..2 {
            assert_eq!(mine.send(Method::DELETE, &path, "", Vec::new()).await.status, 204);
        }
        assert_eq!(mine.get(&list).await.ok().json()["notes"], json!([]));
        let outsider = server.signed_in(Role::Official).await;
        assert_eq!(outsider.get(&list).await.code(), "meetings.not_found");
        let foreign = format!("/api/v1/notes/{}", uuid::Uuid::new_v4());
        assert_eq!(
            put(&outsider, &foreign, &remark(&again.to_string(), &file.sha256, 0, "a"))
                .await
                .code(),
            "meetings.not_found"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_place_is_one_for_all_devices_and_the_later_reading_wins() {
    for server in servers().await {
        let (m, _, _) = meeting(&server).await;
        let (tablet, phone) = (server.browser(&m.members[0]).await, server.browser(&m.members[0]).await);
        let attachment = m.seen(&server, &m.members[0]).await.items[0].documents[0].id.to_string();
        let path = format!("/api/v1/attachments/{attachment}/place");
        let list = format!("/api/v1/meetings/{}/notes", m.id);
        assert_eq!(put(&tablet, &path, &json!({ "page": 3 })).await.status, 204);
        let place = json!([{ "attachment": attachment, "page": 3 }]);
        assert_eq!(phone.get(&list).await.ok().json()["places"], place);
        // What the phone read an hour ago, without a link.
        assert_eq!(put(&phone, &path, &json!({ "page": 2, "age_ms": 3_600_000 })).await.status, 204);
        assert_eq!(tablet.get(&list).await.ok().json()["places"], place);
        for wrong in [json!({ "page": 0 }), json!({ "page": 4 }), json!({ "page": 1, "age_ms": -1 })] {
            assert_eq!(put(&phone, &path, &wrong).await.status, 422, "{wrong}");
        }
        let other = server.browser(&m.members[1]).await;
        assert_eq!(other.get(&list).await.ok().json()["places"], json!([]), "one's own");
        let key = tablet.get("/api/v1/me/device-key").await.ok();
        assert_eq!(key.header("cache-control"), "no-store");
        assert_eq!(key.json()["key"], phone.get("/api/v1/me/device-key").await.ok().json()["key"]);
        let (seconds, idle) = (key.json()["seconds"].as_i64(), key.json()["idle"].as_i64());
        assert!(
            seconds.is_some_and(|s| (3_500..=3_600).contains(&s)),
            "as long as the session: {seconds:?}"
        );
        assert_eq!(idle, Some(7_200));
        assert_ne!(key.json()["key"], other.get("/api/v1/me/device-key").await.ok().json()["key"]);
        assert_eq!(
            server.stranger().get("/api/v1/me/device-key").await.code(),
            "identity.not_signed_in"
        );
    }
}
