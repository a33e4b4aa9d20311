//! The presenter's page: shown by who may, followed by all who are there or come later, kept nowhere.
use crate::meetings::{Meeting, arrived, refused, servers};
use crate::support::Server;
use app::dto::identity::Role;
use app::dto::meetings::Pointer;
use app::ids::{AttachmentId, ItemId};
use app::live::{ClientFrame, LiveEvent, ServerFrame};
use server::actor::Actor;

/// A meeting of two members, a clerk who is not there, an item and a document on it that is for all.
async fn with_a_paper(server: &Server) -> (Meeting, Actor, ItemId, AttachmentId) {
    let m = Meeting::open(server, 2).await;
    let clerk = server.person("vanthu", &[Role::Clerk]).await;
    let (paper, _) = arrived(server, Some(&clerk)).await;
    let item = m.item(server, "Nội dung").await;
    let shown = server.state.meetings.attach(&m.secretary, &item, &paper).await.expect("attached");
    (m, clerk, item, shown)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_shown_by_who_may_and_found_by_who_comes_later() {
    for server in servers().await {
        let service = &server.state.meetings;
        let (m, clerk, item, shown) = with_a_paper(&server).await;
        let (speaker, other) = (&m.members[0], &m.members[1]);
        service.check_in(speaker, &m.id, "").await.expect("present");

        refused(service.present(speaker, &m.id, &shown, 1, true).await, "identity.forbidden");
        refused(service.present(&clerk, &m.id, &shown, 1, true).await, "meetings.not_found");
        refused(service.present(&m.chair, &m.id, &shown, 4, true).await, "meetings.field");
        refused(service.present(&m.chair, &m.id, &shown, 0, true).await, "meetings.field");
        let foreign = AttachmentId("nothing".into());
        refused(service.present(&m.chair, &m.id, &foreign, 1, true).await, "meetings.not_found");
        refused(service.present(&m.chair, &m.id, &shown, 1, false).await, "meetings.not_presenting");
        service.present(&m.chair, &m.id, &shown, 2, true).await.expect("shown");
        service.present(&m.chair, &m.id, &shown, 3, false).await.expect("turned");
        refused(service.stop_presenting(other, &m.id).await, "identity.forbidden");

        let machine = server.machine(&m.chair).await;
        let told = machine.get(&format!("/api/v1/meetings/{}", m.id)).await.json();
        assert_eq!(
            (&told["presenting"]["document"], &told["presenting"]["page"]),
            (&shown.0.clone().into(), &3.into())
        );

        // In the snapshot, and told to whoever follows from now on; not among the numbered events.
        let seen = m.seen(&server, other).await;
        let now = seen.presenting.clone().expect("a presenter");
        assert_eq!((now.user_id.as_str(), &now.attachment, now.page), (m.chair.id(), &shown, 3));
        let mut late = server.browser(other).await.live().await.expect("a socket");
        late.follow(&m.topic(), seen.topic_seq).await;
        let heard = async |socket: &mut crate::support::Socket| loop {
            if let Some(ServerFrame::Passing { event, .. }) = socket.hear().await {
                break event;
            }
        };
        assert_eq!(heard(&mut late).await, LiveEvent::Presenting { now: Some(now) });
        assert!(!m.events(&server).await.iter().any(|e| matches!(e, LiveEvent::Presenting { .. })));

        // Whoever has the floor may take it over, and it ends with the speech.
        let speech = service.ask_to_speak(speaker, &m.id, None).await.expect("asked");
        service.give_floor(&m.chair, &speech, 0).await.expect("given");
        service.present(speaker, &m.id, &shown, 1, true).await.expect("taken over");
        refused(service.present(&m.chair, &m.id, &shown, 2, false).await, "meetings.not_presenting");
        service.end_speech(&m.chair, &speech).await.expect("ended");
        assert_eq!(m.seen(&server, other).await.presenting, None);

        // … also with the floor given to somebody else, and with the item; chair and secretary keep theirs.
        service.check_in(other, &m.id, "").await.expect("present");
        let again = async || {
            let speech = service.ask_to_speak(speaker, &m.id, None).await.expect("asked");
            service.give_floor(&m.chair, &speech, 0).await.expect("given");
            service
                .present(speaker, &m.id, &shown, 1, true)
                .await
                .expect("shown by the speaker");
        };
        again().await;
        let next = service.ask_to_speak(other, &m.id, None).await.expect("asked");
        service.give_floor(&m.chair, &next, 0).await.expect("given");
        assert_eq!(m.seen(&server, other).await.presenting, None);
        again().await;
        service.set_current_item(&m.chair, &m.id, Some(&item)).await.expect("called");
        assert_eq!(m.seen(&server, other).await.presenting, None);

        service.present(&m.chair, &m.id, &shown, 1, true).await.expect("shown again");
        service.set_current_item(&m.chair, &m.id, None).await.expect("ended");
        assert!(m.seen(&server, other).await.presenting.is_some());
        service.close(&m.chair, &m.id).await.expect("closed");
        assert_eq!(m.seen(&server, other).await.presenting, None);
        refused(service.present(&m.chair, &m.id, &shown, 1, true).await, "meetings.not_now");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_presenter_alone_points_and_nothing_of_it_is_kept() {
    for server in servers().await {
        let service = &server.state.meetings;
        let (m, _, _, shown) = with_a_paper(&server).await;
        service.present(&m.chair, &m.id, &shown, 2, true).await.expect("shown");
        let seq = m.seen(&server, &m.chair).await.topic_seq;
        let mut sockets = Vec::new();
        for who in [&m.chair, &m.members[0], &m.members[1]] {
            let mut socket = server.browser(who).await.live().await.expect("a socket");
            socket.follow(&m.topic(), seq).await;
            sockets.push(socket);
        }
        let [mut chair, mut member, mut other] = <[_; 3]>::try_from(sockets).ok().expect("three");
        let at = |x: u16, page: u32| Pointer {
            attachment: shown.clone(),
            page,
            x,
            y: 300,
        };
        let say = |at: Option<Pointer>| ClientFrame::Point { topic: m.topic(), at };
        // Neither who does not present, nor another document, nor beside the page.
        member.say(&say(Some(at(1, 2)))).await;
        let foreign = AttachmentId("nothing".into());
        for wrong in [
            Pointer {
                attachment: foreign,
                ..at(2, 2)
            },
            at(10_001, 2),
            at(3, 0),
        ] {
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
            chair.say(&say(Some(wrong))).await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        chair.say(&say(Some(at(5000, 2)))).await;
        let heard = async |socket: &mut crate::support::Socket| loop {
            if let ServerFrame::Passing {
                event: LiveEvent::Pointer { at },
                ..
            } = socket.hear().await.expect("the connection goes on")
            {
                break at;
            }
        };
        assert_eq!(heard(&mut member).await, Some(at(5000, 2)));
        assert_eq!(heard(&mut other).await, Some(at(5000, 2)));
        chair.say(&say(None)).await;
        assert_eq!(heard(&mut other).await, None);
        assert!(!m.events(&server).await.iter().any(|e| matches!(e, LiveEvent::Pointer { .. })));
        // With the one who presented, the right to point is gone.
        service.present(&m.secretary, &m.id, &shown, 1, true).await.expect("taken over");
        chair.say(&say(Some(at(7, 1)))).await;
        let mut secretary = server.browser(&m.secretary).await.live().await.expect("a socket");
        // The server has read what the chair said once it has answered.
        chair.say(&ClientFrame::Ping { n: 1 }).await;
        while !matches!(chair.hear().await.expect("the connection goes on"), ServerFrame::Pong { .. }) {}
        secretary.say(&say(Some(at(8, 1)))).await;
        assert_eq!(heard(&mut other).await, Some(at(8, 1)));
    }
}
