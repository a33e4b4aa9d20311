//! Checking in with the code of the room, and by the secretary's hand; and the invitation to bodies outside; on both engines.
use crate::meetings::{Meeting, refused, servers};
use crate::minutes::text_of;
use app::dto::documents::{DocumentQuery, State};
use app::dto::meetings::{Check, MeetingChange};
use app::ids::{DocumentId, MeetingId, UserId};
use axum::http::Method;
use serde_json::json;
use server::actor::Actor;

fn other(code: &str) -> String {
    let n: u32 = code.parse().expect("digits");
    format!("{:06}", (n + 1) % 1_000_000)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_in_the_room_knows_its_code() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::prepare(&server, 3).await;
        service.publish(&m.secretary, &m.id, &Check::ALL).await.expect("published");
        refused(service.set_check_in_code(&m.chair, &m.id, true).await, "identity.forbidden");
        service.set_check_in_code(&m.secretary, &m.id, true).await.expect("by code");
        refused(service.check_in_code(&m.members[0], &m.id).await, "identity.forbidden");
        let code = service.check_in_code(&m.chair, &m.id).await.expect("may").expect("a code");
        assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        let detail = service.get(&m.members[0], &m.id).await.expect("seen");
        assert!(detail.by_code && !serde_json::to_string(&detail).expect("JSON").contains(&code));

        // Nothing, another code, the code; over the route that a tablet uses.
        let path = format!("/api/v1/meetings/{}/presence", m.id);
        let tablet = server.browser(&m.members[0]).await;
        let put = async |code: Option<&str>| {
            let body = code.map(|c| json!({ "code": c }));
            tablet.attempt(Method::PUT, &path, body.as_ref()).await.expect("an answer")
        };
        let none = put(None).await;
        assert_eq!((none.status, none.code().as_str()), (409, "meetings.code_needed"));
        let wrong = put(Some(&other(&code))).await;
        assert_eq!((wrong.status, wrong.code().as_str()), (422, "meetings.wrong_code"));
        assert_eq!(put(Some(&code)).await.status, 204);
        assert_eq!(put(Some("")).await.status, 204, "who is there stays there");

        // Guessing gets slower, also with the right one among the guesses.
        for _ in 0..5 {
            refused(service.check_in(&m.members[1], &m.id, &other(&code)).await, "meetings.wrong_code");
        }
        let mut waited = false;
        for _ in 0..2 {
            waited |= service.check_in(&m.members[1], &m.id, &code).await.is_err_and(|e| {
                use server::fault::Problem;
                e.code() == "identity.locked"
            });
        }
        assert!(waited, "a sixth guess is made to wait");
        // Others are not kept out by it.
        service.check_in(&m.members[2], &m.id, &code).await.expect("present");

        // The secretary has seen who can not get in; nobody else says so.
        let blocked = UserId(m.members[1].id().into());
        refused(service.mark_present(&m.chair, &m.id, &blocked).await, "identity.forbidden");
        service.mark_present(&m.secretary, &m.id, &blocked).await.expect("marked");
        service.mark_present(&m.secretary, &m.id, &blocked).await.expect("marked already");
        let stranger = UserId(server.person("khach", &[]).await.id().into());
        refused(service.mark_present(&m.secretary, &m.id, &stranger).await, "meetings.not_found");
        let detail = service.get(&m.secretary, &m.id).await.expect("seen");
        assert_eq!(detail.members.iter().filter(|p| p.checked_in.is_some()).count(), 3);
        // Chair and secretary read the code: they need not type it.
        service.check_in(&m.chair, &m.id, "").await.expect("present");

        // The picture is for who may show it; switched off there is none, on again it is another code.
        let picture = format!("/files/check-in/{}.svg", m.id);
        let seen = server.browser(&m.secretary).await.get(&picture).await.ok();
        assert!(seen.text().starts_with("<svg"));
        assert_eq!(tablet.get(&picture).await.status, 403);
        service.set_check_in_code(&m.secretary, &m.id, false).await.expect("off");
        assert_eq!(service.check_in_code(&m.chair, &m.id).await.expect("may"), None);
        assert_eq!(server.browser(&m.secretary).await.get(&picture).await.status, 409);
    }
}

/// What the draft says now.
async fn drafted(server: &crate::support::Server, who: &Actor, id: &DocumentId) -> (State, Vec<String>, String) {
    let detail = server.state.documents.get(who, id).await.expect("seen");
    let file = server.browser(who).await.get(&detail.file.url).await.ok();
    let names = detail.receivers.iter().map(|r| r.body.code.clone()).collect();
    (detail.row.state, names, text_of(&file.body))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_outside_are_invited_by_a_document() {
    for server in servers().await {
        let service = &server.state.meetings;
        server.add_body("000.07.21.H18", "Sở Khoa học và Công nghệ").await;
        server.add_body("000.08.21.H18", "Sở Y tế").await;
        let m = Meeting::prepare(&server, 1).await;
        let codes = |all: &[&str]| all.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        refused(
            service
                .invite_outside(&m.secretary, &MeetingId("none".into()), &codes(&["000.07.21.H18"]))
                .await,
            "meetings.not_found",
        );
        refused(service.invite_outside(&m.secretary, &m.id, &[]).await, "documents.field");
        refused(
            service.invite_outside(&m.secretary, &m.id, &codes(&["nobody"])).await,
            "documents.unknown_receiver",
        );
        let first = service
            .invite_outside(&m.secretary, &m.id, &codes(&["000.07.21.H18"]))
            .await
            .expect("drafted");
        let (state, receivers, text) = drafted(&server, &m.secretary, &first).await;
        assert_eq!((state, receivers), (State::Draft, codes(&["000.07.21.H18"])));
        assert!(text.contains("GIẤY MỜI") && text.contains("Sở Khoa học và Công nghệ"), "{text}");

        // Until it is submitted it is made anew in place, with what the meeting is by now.
        let change = MeetingChange {
            title: "Họp bàn chuyển đổi số".into(),
            room: "Hội trường lớn".into(),
            starts: "2031-03-05T08:00".into(),
            ends: "2031-03-05T10:00".into(),
        };
        service.change(&m.secretary, &m.id, &change).await.expect("changed");
        let both = codes(&["000.08.21.H18", "000.07.21.H18"]);
        let again = service.invite_outside(&m.secretary, &m.id, &both).await.expect("drafted anew");
        assert_eq!(again, first);
        let (_, receivers, text) = drafted(&server, &m.secretary, &first).await;
        assert_eq!(receivers, both);
        assert!(text.contains("Hội trường lớn") && text.contains("Sở Y tế"), "{text}");
        let outside = service.outside(&m.secretary, &m.id).await.expect("known");
        assert_eq!(outside.filed.map(|f| (f.id, f.open)), Some((first.clone(), true)));
        service.publish(&m.secretary, &m.id, &Check::ALL).await.expect("published");
        refused(service.outside(&m.members[0], &m.id).await, "identity.forbidden");
        refused(service.invite_outside(&m.members[0], &m.id, &both).await, "identity.forbidden");

        // Once it lies before the chair, a new one is another document.
        let detail = server.state.documents.get(&m.secretary, &first).await.expect("seen");
        assert_eq!(detail.leader_id.as_ref().map(|l| l.0.as_str()), Some(m.chair.id()));
        server
            .state
            .documents
            .submit(&m.secretary, &first, detail.revision)
            .await
            .expect("submitted");
        let waiting = server
            .state
            .documents
            .list(&m.chair, &DocumentQuery::default())
            .await
            .expect("a list");
        assert!(waiting.rows.iter().any(|r| r.id == first), "it waits for the chair's signature");
        let second = service.invite_outside(&m.secretary, &m.id, &both).await.expect("another");
        assert_ne!(second, first);
    }
}
