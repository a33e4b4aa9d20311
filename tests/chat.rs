//! Words to the secretary: read by two alone, told live, written once; on both engines.
use crate::meetings::{Meeting, refused, servers};
use crate::support::Socket;
use app::dto::chat::ChatLine;
use app::dto::meetings::Check;
use app::ids::UserId;
use app::live::{LiveEvent, ServerFrame};
use axum::http::Method;
use serde_json::json;

async fn next_line(socket: &mut Socket) -> ChatLine {
    loop {
        if let ServerFrame::Event {
            event: LiveEvent::Chat { line },
            ..
        } = socket.hear().await.expect("the socket stays")
        {
            return line;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_writes_to_the_secretary_and_nobody_else_reads_it() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::prepare(&server, 2).await;
        service.publish(&m.secretary, &m.id, &Check::ALL).await.expect("published");
        let (one, two) = (&m.members[0], &m.members[1]);
        let tablet = server.browser(one).await;
        let mut desk = server.browser(&m.secretary).await.live().await.expect("a socket");
        desk.follow(&format!("user:{}", m.secretary.id()), 0).await;
        let mut neighbour = server.browser(two).await.live().await.expect("a socket");
        neighbour.follow(&format!("user:{}", two.id()), 0).await;

        let name = uuid::Uuid::now_v7().to_string();
        let path = format!("/api/v1/meetings/{}/chat/{name}", m.id);
        let body = json!({ "text": "Micro bàn số 4 không hoạt động", "to": null });
        for _ in 0..3 {
            // A link that is lost before the answer makes the device send again.
            assert_eq!(
                tablet.attempt(Method::PUT, &path, Some(&body)).await.expect("an answer").status,
                204
            );
        }
        let heard = next_line(&mut desk).await;
        assert_eq!(
            (heard.text.as_str(), heard.with.as_str(), heard.by_secretary),
            ("Micro bàn số 4 không hoạt động", one.id(), false)
        );
        let to = UserId(one.id().into());
        let answer = uuid::Uuid::now_v7().to_string();
        service
            .write_chat(&m.secretary, &m.id, &answer, Some(&to), "Kỹ thuật đang tới.")
            .await
            .expect("answered");

        let words = async |who| {
            let lines = service.chat(who, &m.id).await.expect("seen");
            lines.into_iter().map(|l| (l.text, l.by_secretary)).collect::<Vec<_>>()
        };
        let exchange = vec![
            ("Micro bàn số 4 không hoạt động".to_owned(), false),
            ("Kỹ thuật đang tới.".to_owned(), true),
        ];
        assert_eq!(words(one).await, exchange);
        assert_eq!(words(&m.secretary).await, exchange);
        // Neither the neighbour nor the chair, neither asked for nor told.
        assert!(words(two).await.is_empty() && words(&m.chair).await.is_empty());
        service
            .write_chat(two, &m.id, &uuid::Uuid::now_v7().to_string(), None, "Xin nước")
            .await
            .expect("written");
        let own = next_line(&mut neighbour).await;
        assert_eq!(own.text, "Xin nước", "the first that the neighbour hears is their own");

        // Names of others, writing in another's name, nobody's and everybody's place.
        refused(service.write_chat(two, &m.id, &name, None, "x").await, "meetings.field");
        refused(service.write_chat(two, &m.id, "no name", None, "x").await, "meetings.field");
        let fresh = || uuid::Uuid::now_v7().to_string();
        refused(service.write_chat(two, &m.id, &fresh(), Some(&to), "x").await, "identity.forbidden");
        refused(service.write_chat(two, &m.id, &fresh(), None, "  ").await, "meetings.field");
        refused(service.write_chat(&m.secretary, &m.id, &fresh(), None, "x").await, "meetings.field");
        let stranger = server.person("khach.chat", &[]).await;
        refused(
            service.write_chat(&stranger, &m.id, &fresh(), None, "x").await,
            "meetings.not_found",
        );
        refused(service.chat(&stranger, &m.id).await.map(|_| ()), "meetings.not_found");
        service.cancel(&m.secretary, &m.id, "Hoãn").await.expect("cancelled");
        refused(service.write_chat(one, &m.id, &fresh(), None, "x").await, "meetings.not_now");
    }
}
