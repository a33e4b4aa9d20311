//! Tablets of a meeting room: added, sat down at with a code of one's own, left again; on both engines.
use crate::meetings::{Meeting, servers};
use crate::support::Client;
use crate::support::Server;
use app::dto::identity::Role;
use app::dto::meetings::{Check, MeetingDraft};
use app::ids::{MeetingId, UserId};
use app::live::ServerFrame;
use axum::http::Method;
use serde_json::json;
use server::actor::Actor;
use server::clock::{now_us, vietnam};

fn today() -> String {
    vietnam(now_us()).date().to_string()
}

/// Values of the cookies that an answer sets, as they are sent back: `name=value`.
fn cookies(answer: &crate::support::Answer) -> Vec<String> {
    let all = answer.headers.get_all("set-cookie").iter();
    all.map(|v| v.to_str().expect("text").split(';').next().expect("a pair").to_owned())
        .collect()
}

/// Adds the device of `actor` as a tablet: its cookie.
async fn added(server: &Server, actor: &Actor, name: &str, seat: (&str, &str)) -> String {
    let fields = [("tablet_name", name), ("room", "Phòng họp A"), ("row", seat.0), ("column", seat.1)];
    let answer = server.browser(actor).await.form("/room/add", &fields).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/room"), "{}", answer.text());
    let all = cookies(&answer);
    let tablet = all.iter().find(|c| c.starts_with("kyhop_tablet")).expect("a cookie for the tablet");
    assert!(
        all.iter().any(|c| c.starts_with("kyhop_session") && c.ends_with('=')),
        "who added it is signed out"
    );
    tablet.clone()
}

/// A tablet with nobody at it.
fn resting(server: &Server, tablet: &str) -> Client {
    server.stranger().with("cookie", tablet)
}

/// Sits down: the tablet with the person at it, or where it was sent.
async fn sit(server: &Server, tablet: &str, code: &str) -> Result<Client, String> {
    let answer = resting(server, tablet).form("/room/sit", &[("code", code)]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let to = answer.header("location").to_owned();
    match cookies(&answer).first() {
        Some(session) if to.starts_with("/meetings/") => Ok(server.stranger().with("cookie", &format!("{tablet}; {session}"))),
        _ => Err(to),
    }
}

async fn code_of(server: &Server, actor: &Actor, id: &MeetingId) -> String {
    let answer = server
        .machine(actor)
        .await
        .get(&format!("/api/v1/meetings/{id}/seat-code"))
        .await
        .ok();
    answer.json()["code"].as_str().expect("a code").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shared_tablet_is_ones_own_for_a_meeting_and_opens_nothing_else() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::prepare(&server, 2).await;
        service.publish(&m.secretary, &m.id, &Check::ALL).await.expect("published");
        // Another meeting of the same member, elsewhere.
        let draft = MeetingDraft {
            title: "Họp riêng".into(),
            room: "Phòng họp số 2".into(),
            starts: format!("{}T00:00", today()),
            ends: format!("{}T23:59", today()),
            chair_id: UserId(m.chair.id().into()),
            members: vec![UserId(m.members[0].id().into())],
        };
        let other = service.create(&m.secretary, &draft).await.expect("another");
        service.publish(&m.secretary, &other, &Check::ALL).await.expect("published");
        service.get(&m.members[0], &other).await.expect("seen on a device of one's own");
        service.set_hall(&m.secretary, &m.id, 2, 3).await.expect("a hall");
        let admin = server.person("quantri.may", &[Role::Admin]).await;
        let tablet = added(&server, &admin, "Máy 1", ("2", "3")).await;

        // Nobody else adds one, and half a seat is none.
        let member = server.browser(&m.members[0]).await;
        let refused = member.form("/room/add", &[("tablet_name", "x"), ("room", "y")]).await;
        assert_eq!(
            refused.header("location"),
            "/tablets?error=identity.forbidden&tablet_name=x&room=y&row=&column="
        );
        let half = server.browser(&m.secretary).await;
        let half = half
            .form("/room/add", &[("tablet_name", "x"), ("room", "Phòng B"), ("row", "1")])
            .await;
        let back = half.header("location");
        assert_eq!(
            back,
            "/tablets?error=identity.field&tablet_name=x&room=Ph%C3%B2ng+B&row=1&column=".replace('+', "%20")
        );
        let page = server.browser(&m.secretary).await.get(back).await.text();
        assert!(page.contains("value=\"Phòng B\""), "what was typed is there again");

        // The code: one's own, the secretary's list, nobody else's; the same each time.
        let code = code_of(&server, &m.members[0], &m.id).await;
        assert!(code.len() == 8 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        assert_eq!(code_of(&server, &m.members[0], &m.id).await, code);
        let list = format!("/api/v1/meetings/{}/seat-codes", m.id);
        let all = server.machine(&m.secretary).await.get(&list).await.ok().json();
        let line = all
            .as_array()
            .expect("a list")
            .iter()
            .find(|c| c["person"] == m.members[0].id())
            .expect("listed");
        assert_eq!(line["code"], code.as_str());
        assert_eq!(server.machine(&m.members[0]).await.get(&list).await.code(), "identity.forbidden");
        let detail = service.get(&m.secretary, &m.id).await.expect("seen");
        assert!(detail.tablets && !serde_json::to_string(&detail).expect("JSON").contains(&code));

        // Without the tablet's cookie the code opens nothing.
        let elsewhere = server.stranger().form("/room/sit", &[("code", &code)]).await;
        assert_eq!(elsewhere.header("location"), "/room?error=identity.not_a_tablet");
        // At rest every page leads to the resting page.
        assert_eq!(resting(&server, &tablet).get("/documents").await.header("location"), "/room");

        let at = sit(&server, &tablet, &format!("{} {}", &code[..4], &code[4..]))
            .await
            .expect("sits");
        let here = format!("/meetings/{}", m.id);
        let page = at.get(&here).await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("data-test=\"stand-up\""), "the way to leave is in view");
        // Present, and on the map where the tablet stands.
        let detail = service.get(&m.secretary, &m.id).await.expect("seen");
        let me = m.members[0].id();
        assert!(detail.members.iter().any(|p| p.user_id.as_str() == me && p.checked_in.is_some()));
        assert_eq!(detail.seating.at(2, 3).map(|u| u.as_str()), Some(me));

        // Nothing but this meeting: not other pages, not other meetings of the same person, not their documents or tokens.
        for path in ["/", "/documents", "/meetings", "/account"] {
            assert_eq!(at.get(path).await.header("location"), here, "{path}");
        }
        let foreign = format!("/api/v1/meetings/{other}");
        for path in [
            "/api/v1/documents",
            "/api/v1/meetings",
            "/api/v1/tasks",
            "/api/v1/me",
            foreign.as_str(),
        ] {
            let answer = at.get(path).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (403, "identity.only_the_meeting"),
                "{path}"
            );
        }
        assert_eq!(at.ui("meetings/get", &json!({ "id": other })).await.code(), "meetings.not_found");
        assert_eq!(
            at.ui("identity/create-token", &json!({ "name": "x", "days": 1 })).await.code(),
            "identity.only_the_meeting"
        );
        assert_eq!(at.get(&format!("/api/v1/meetings/{}", m.id)).await.status, 200);
        let mut socket = at.live().await.expect("a socket");
        let foreign = format!("meeting:{other}");
        socket.follow(&foreign, 0).await;
        let answer = loop {
            match socket.hear().await.expect("an answer") {
                ServerFrame::Hello { .. } => {}
                frame => break frame,
            }
        };
        assert_eq!(answer, ServerFrame::Denied { topic: foreign });
        socket.follow(&m.topic(), 0).await;
        assert!(
            matches!(socket.hear().await, Some(ServerFrame::Event { seq: 1, .. })),
            "its own meeting is heard"
        );

        // Left: the session is over, and the browser is told to forget.
        let left = at.form("/logout", &[]).await;
        assert_eq!(left.header("location"), "/room");
        assert!(left.header("clear-site-data").contains("storage"), "{:?}", left.headers);
        assert_eq!(at.get(&here).await.header("location"), "/room");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_one_takes_the_tablets_place_and_codes_are_not_guessed() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::prepare(&server, 2).await;
        let tablet = added(&server, &m.secretary, "Máy 1", ("", "")).await;
        let second = added(&server, &m.secretary, "Máy 2", ("", "")).await;
        let here = format!("/meetings/{}", m.id);
        // The secretary may print the cards beforehand.
        let cards = service.seat_codes(&m.secretary, &m.id).await.expect("cards");
        let code = |who: &Actor| cards.iter().find(|c| c.user_id.as_str() == who.id()).expect("a card").code.clone();
        let (a, b) = (code(&m.members[0]), code(&m.members[1]));
        assert_eq!(
            sit(&server, &tablet, &a).await.err().as_deref(),
            Some("/room?error=meetings.not_now"),
            "not published yet"
        );
        service.publish(&m.secretary, &m.id, &Check::ALL).await.expect("published");

        // Who sits down at another tablet has left the first; who comes next sends away who forgot to leave.
        let first = sit(&server, &tablet, &a).await.expect("sits");
        let moved = sit(&server, &second, &a).await.expect("sits elsewhere");
        assert_eq!(first.get(&here).await.header("location"), "/room");
        let next = sit(&server, &second, &b).await.expect("sits");
        assert_eq!(moved.get(&here).await.header("location"), "/room");
        let list = server
            .browser(&m.secretary)
            .await
            .ui("identity/tablets", &json!({}))
            .await
            .ok()
            .json();
        let used: Vec<_> = list.as_array().expect("a list").iter().map(|t| t["used_by"].clone()).collect();
        assert_eq!(used, [json!(null), json!(m.members[1].name)]);

        // The secretary lets go who forgot, and gives another code to who was watched.
        let id = list[1]["id"].as_str().expect("an id").to_owned();
        let secretary = server.browser(&m.secretary).await;
        secretary
            .ui("identity/free-tablet", &json!({ "id": id, "for_good": false }))
            .await
            .ok();
        assert_eq!(next.get(&here).await.header("location"), "/room");
        assert_eq!(
            server
                .browser(&m.members[0])
                .await
                .ui("identity/free-tablet", &json!({ "id": id, "for_good": true }))
                .await
                .code(),
            "identity.forbidden"
        );
        let renew = format!("/api/v1/meetings/{}/members/{}/seat-code", m.id, m.members[0].id());
        let new = server
            .machine(&m.secretary)
            .await
            .attempt(Method::PUT, &renew, None)
            .await
            .expect("an answer")
            .ok();
        let new = new.json()["code"].as_str().expect("a code").to_owned();
        assert_ne!(new, a);

        // Five guesses are free at a tablet; the others go on.
        for _ in 0..5 {
            assert_eq!(
                sit(&server, &tablet, &a).await.err().as_deref(),
                Some("/room?error=meetings.wrong_seat_code")
            );
        }
        sit(&server, &tablet, &a).await.err();
        assert_eq!(
            sit(&server, &tablet, &new).await.err().as_deref(),
            Some("/room?error=identity.locked")
        );
        let again = sit(&server, &second, &new).await.expect("sits");

        // The meeting ends: no code opens it, and who sits has a while to pack up, no longer.
        service.open(&m.secretary, &m.id).await.expect("open");
        service.close(&m.secretary, &m.id).await.expect("closed");
        assert_eq!(again.get(&here).await.status, 200);
        let ends: i64 = sqlx::query_scalar("SELECT expires_at FROM session WHERE tablet_id IS NOT NULL")
            .fetch_one(server.state.db.read())
            .await
            .expect("a session");
        assert!(ends <= now_us() + server::identity::tablets::PACKING_UP);
        assert_eq!(
            sit(&server, &second, &b).await.err().as_deref(),
            Some("/room?error=meetings.not_now")
        );

        // A lost tablet opens nothing any more.
        secretary
            .ui("identity/free-tablet", &json!({ "id": id, "for_good": true }))
            .await
            .ok();
        assert_eq!(again.get(&here).await.header("location"), "/room");
        assert_eq!(
            sit(&server, &second, &new).await.err().as_deref(),
            Some("/room?error=identity.not_a_tablet")
        );
    }
}
