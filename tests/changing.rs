//! A meeting that is changed, cancelled, and looked over before it is published; on both engines.
use crate::meetings::{Meeting, arrived, refused, servers};
use crate::support::Server;
use app::dto::identity::Role;
use app::dto::meetings::{Check, MeetingChange, MeetingDraft, MeetingState};
use app::ids::{MeetingId, UserId};
use app::live::LiveEvent;
use server::actor::Actor;
use server::live::store;

fn change(title: &str, room: &str, starts: &str, ends: &str) -> MeetingChange {
    MeetingChange {
        title: title.into(),
        room: room.into(),
        starts: starts.into(),
        ends: ends.into(),
    }
}

/// What this person's own topic tells of.
async fn own(server: &Server, person: &Actor) -> Vec<LiveEvent> {
    let mut c = server.state.db.read().acquire().await.expect("a connection");
    let kept = store::after(&mut c, &format!("user:{}", person.id()), 0, 100)
        .await
        .expect("events");
    kept.iter().map(|(_, body)| serde_json::from_str(body).expect("an event")).collect()
}

/// The calendar file of the invitation, each line whole.
async fn calendar(server: &Server, actor: &Actor, id: &MeetingId) -> Vec<String> {
    let path = format!("/files/invitation/{id}.ics");
    let text = server.browser(actor).await.get(&path).await.ok().text();
    text.replace("\r\n ", "").lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_meeting_that_moves_is_told_to_those_invited_and_to_their_calendars() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::prepare(&server, 1).await;
        let later = change("Họp chuyên đề", "Phòng C", "2031-03-05T08:00", "2031-03-05T10:00");
        refused(service.change(&m.chair, &m.id, &later).await, "meetings.not_found");
        service.change(&m.secretary, &m.id, &later).await.expect("changed");
        assert!(own(&server, &m.members[0]).await.is_empty(), "what is prepared is told to nobody");
        service.publish(&m.secretary, &m.id, &Check::ALL).await.expect("published");
        assert!(calendar(&server, &m.members[0], &m.id).await.contains(&"SEQUENCE:1".to_owned()));

        refused(service.change(&m.members[0], &m.id, &later).await, "identity.forbidden");
        refused(
            service
                .change(&m.secretary, &m.id, &change("", "C", "2031-03-05T08:00", "2031-03-05T10:00"))
                .await,
            "meetings.field",
        );
        refused(
            service
                .change(&m.secretary, &m.id, &change("A", "C", "2031-03-05T10:00", "2031-03-05T08:00"))
                .await,
            "meetings.field",
        );
        let moved = change("Họp chuyên đề", "Phòng D", "2031-03-06T08:00", "2031-03-06T10:00");
        service.change(&m.secretary, &m.id, &moved).await.expect("changed");
        service.change(&m.secretary, &m.id, &moved).await.expect("nothing new");
        let now = m.seen(&server, &m.members[0]).await.row;
        assert_eq!(
            (now.room.as_str(), now.starts.text.as_str(), now.revision),
            ("Phòng D", "06/03/2031 08:00", 2)
        );
        let told = LiveEvent::MeetingChanged { row: now };
        assert_eq!(own(&server, &m.members[0]).await.last(), Some(&told), "for the list");
        assert_eq!(m.events(&server).await.last(), Some(&told), "for whoever has it open");
        let lines = calendar(&server, &m.members[0], &m.id).await;
        assert!(
            lines.contains(&"SEQUENCE:2".to_owned()) && lines.contains(&"DTSTART:20310306T010000Z".to_owned()),
            "{lines:?}"
        );

        // Once it is open it has begun when it has begun; it may end later, in another room.
        service.open(&m.chair, &m.id).await.expect("opened");
        let other = change("Họp", "Phòng D", "2031-03-07T08:00", "2031-03-07T10:00");
        refused(service.change(&m.secretary, &m.id, &other).await, "meetings.field");
        let longer = change("Họp chuyên đề", "Phòng D", "2031-03-06T08:00", "2031-03-06T11:00");
        service.change(&m.secretary, &m.id, &longer).await.expect("changed");
        service.close(&m.chair, &m.id).await.expect("closed");
        refused(service.change(&m.secretary, &m.id, &moved).await, "meetings.not_now");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_collected_at_the_end_goes_by_the_new_end() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::prepare(&server, 1).await;
        let clerk = server.person("vanthu", &[Role::Clerk]).await;
        let (paper, _) = arrived(&server, Some(&clerk)).await;
        let item = m.item(&server, "Nội dung").await;
        let shown = service.attach(&m.secretary, &item, &paper).await.expect("attached");
        service.set_collect(&m.secretary, &shown, true).await.expect("marked");
        let moved = change("Họp", "Phòng C", "2031-03-06T08:00", "2031-03-06T10:00");
        service.change(&m.secretary, &m.id, &moved).await.expect("changed");
        let expires = "07/03/2031 10:00";
        let seen = m.seen(&server, &m.secretary).await;
        assert_eq!(
            seen.items[0].documents[0].expires.as_ref().map(|at| at.text.as_str()),
            Some(expires)
        );
        let told = m.events(&server).await;
        let Some(LiveEvent::Attached { attachment }) = told.last() else {
            panic!("{told:?}")
        };
        assert_eq!(
            attachment.expires.as_ref().map(|at| at.text.as_str()),
            Some(expires),
            "devices hear it"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_meeting_that_is_cancelled_says_why_and_takes_nothing_up() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::prepare(&server, 1).await;
        let moved = change("Họp", "Phòng C", "2031-03-06T08:00", "2031-03-06T10:00");
        service.change(&m.secretary, &m.id, &moved).await.expect("changed");
        let plan = MeetingDraft {
            title: "Họp khác".into(),
            room: "Phòng C".into(),
            starts: moved.starts.clone(),
            ends: moved.ends.clone(),
            chair_id: UserId(m.chair.id().into()),
            members: vec![],
        };
        assert!(!service.conflicts(&m.secretary, &plan).await.expect("conflicts").is_empty());
        service.publish(&m.secretary, &m.id, &Check::ALL).await.expect("published");
        refused(service.cancel(&m.secretary, &m.id, "  ").await, "meetings.field");
        refused(service.cancel(&m.chair, &m.id, "bận").await, "identity.forbidden");
        service.cancel(&m.secretary, &m.id, "Chủ trì đi công tác").await.expect("cancelled");
        service.cancel(&m.secretary, &m.id, "lần nữa").await.expect("cancelled already");
        let seen = m.seen(&server, &m.members[0]).await.row;
        assert_eq!((seen.state, seen.reason.as_str()), (MeetingState::Cancelled, "Chủ trì đi công tác"));
        assert_eq!(
            own(&server, &m.members[0]).await.last(),
            Some(&LiveEvent::MeetingChanged { row: seen })
        );
        assert!(
            calendar(&server, &m.members[0], &m.id)
                .await
                .contains(&"STATUS:CANCELLED".to_owned())
        );
        refused(service.open(&m.chair, &m.id).await, "meetings.not_now");
        refused(service.add_item(&m.secretary, &m.id, "Nội dung", "", 5).await, "meetings.not_now");
        refused(service.check_in(&m.members[0], &m.id, "").await, "meetings.not_now");
        refused(service.change(&m.secretary, &m.id, &moved).await, "meetings.not_now");
        assert!(service.conflicts(&m.secretary, &plan).await.expect("conflicts").is_empty());

        // Whoever was never told of one finds nothing of it.
        let draft = Meeting::prepare(&server, 1).await;
        service.cancel(&draft.secretary, &draft.id, "").await.expect("put away");
        assert_eq!(draft.seen(&server, &draft.secretary).await.row.state, MeetingState::Cancelled);
        refused(service.get(&draft.members[0], &draft.id).await, "meetings.not_found");
        refused(service.get(&draft.chair, &draft.id).await, "meetings.not_found");
        assert!(own(&server, &draft.members[0]).await.is_empty());
        let running = Meeting::open(&server, 0).await;
        refused(service.cancel(&running.secretary, &running.id, "bận").await, "meetings.not_now");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_item_has_other_words_and_keeps_what_belongs_to_it() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::open(&server, 1).await;
        let item = m.item(&server, "Nội dung").await;
        service.set_current_item(&m.chair, &m.id, Some(&item)).await.expect("called");
        service.conclude(&m.secretary, &item, None, "Nhất trí").await.expect("concluded");
        refused(service.change_item(&m.members[0], &item, "A", "", 5).await, "identity.forbidden");
        refused(service.change_item(&m.secretary, &item, " ", "", 5).await, "meetings.field");
        refused(service.change_item(&m.secretary, &item, "A", "", 0).await, "meetings.field");
        service
            .change_item(&m.secretary, &item, "Nội dung mới", "Sở Y tế", 40)
            .await
            .expect("changed");
        let now = m.seen(&server, &m.members[0]).await.items.remove(0);
        let said = (
            now.title.as_str(),
            now.presenter.as_str(),
            now.minutes,
            now.clock.limit,
            now.conclusion.text.as_str(),
        );
        assert_eq!(said, ("Nội dung mới", "Sở Y tế", 40, 2400, "Nhất trí"));
        assert!(now.clock.since.is_some(), "its clock runs on");
        let told = m.events(&server).await;
        let Some(LiveEvent::ItemChanged { title, clock, .. }) = told.last() else {
            panic!("{told:?}")
        };
        assert_eq!((title.as_str(), *clock), ("Nội dung mới", now.clock));
        let before = told.len();
        service
            .change_item(&m.secretary, &item, "Nội dung mới", "Sở Y tế", 40)
            .await
            .expect("nothing new");
        assert_eq!(m.events(&server).await.len(), before);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_fine_is_looked_at_before_the_invitation_goes_out() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::prepare(&server, 0).await;
        let open = async || {
            let all = service.checks(&m.secretary, &m.id).await.expect("checks");
            assert_eq!(all.len(), Check::ALL.len());
            all.into_iter().filter(|l| !l.fine).map(|l| (l.check, l.about)).collect::<Vec<_>>()
        };
        refused(service.checks(&m.chair, &m.id).await, "meetings.not_found");
        let checks: Vec<Check> = open().await.into_iter().map(|(check, _)| check).collect();
        assert_eq!(
            checks,
            [Check::Time, Check::Members, Check::Agenda],
            "today's, with nobody and nothing"
        );
        refused(
            service.publish(&m.secretary, &m.id, &[Check::Time, Check::Members]).await,
            "meetings.not_ready",
        );

        // Another meeting in the same room with the same chair, a long item without presenter and document.
        let moved = change("Họp", "Phòng C", "2031-03-06T08:00", "2031-03-06T10:00");
        service.change(&m.secretary, &m.id, &moved).await.expect("changed");
        let other = MeetingDraft {
            title: "Họp khác".into(),
            room: "Phòng C".into(),
            starts: "2031-03-06T09:00".into(),
            ends: "2031-03-06T09:30".into(),
            chair_id: UserId(m.chair.id().into()),
            members: vec![],
        };
        let elsewhere = server.person(&format!("thuky{}", &m.id.as_str()[24..]), &[Role::Secretary]).await;
        service.create(&elsewhere, &other).await.expect("a meeting");
        service.add_item(&m.secretary, &m.id, "Ngân sách", "", 130).await.expect("an item");
        let wrong = [
            (Check::Room, vec!["06/03/2031 09:00 – 06/03/2031 09:30".to_owned()]),
            (Check::Members, vec![]),
            (Check::People, vec![m.chair.name.clone()]),
            (Check::Presenters, vec!["Ngân sách".to_owned()]),
            (Check::Documents, vec!["Ngân sách".to_owned()]),
            (Check::Length, vec![]),
        ];
        assert_eq!(open().await, wrong);
        let seen = wrong.map(|(check, _)| check);
        refused(service.publish(&m.secretary, &m.id, &seen[1..]).await, "meetings.not_ready");
        service.publish(&m.secretary, &m.id, &seen).await.expect("published");
    }
}
