//! Planning: what is taken already, an earlier meeting as a pattern, how many must be there; on both engines.
use crate::meetings::{Meeting, refused, servers};
use app::dto::identity::Role;
use app::dto::meetings::{Check, MeetingDraft, QuorumRule};
use app::ids::UserId;
use server::actor::Actor;

fn draft(m: &Meeting, chair: &Actor, day: &str, room: &str) -> MeetingDraft {
    MeetingDraft {
        title: "Họp giao ban".into(),
        room: room.into(),
        starts: format!("{day}T08:00"),
        ends: format!("{day}T10:00"),
        chair_id: UserId(chair.id().into()),
        members: vec![UserId(m.members[0].id().into())],
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_and_people_that_are_taken_are_told_but_not_by_which_meeting() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::prepare(&server, 1).await;
        let chair = server.person(&format!("chutri{}", &m.id.as_str()[24..]), &[Role::Leader]).await;
        let first = draft(&m, &m.chair, "2031-03-05", "Phòng B");
        let first = service.create(&m.secretary, &first).await.expect("a meeting");
        let other = server.person(&format!("thuky{}", &m.id.as_str()[24..]), &[Role::Secretary]).await;
        let plan = draft(&m, &chair, "2031-03-05", "Phòng B");
        let found = service.conflicts(&other, &plan).await.expect("conflicts");
        let who: Vec<&str> = found.iter().map(|c| c.who.as_str()).collect();
        assert_eq!(who, ["", m.members[0].name.as_str()], "the room, and who is at both");
        assert!(
            found
                .iter()
                .all(|c| c.from.text == "05/03/2031 08:00" && c.to.text == "05/03/2031 10:00")
        );
        // One that ends when the other begins is none.
        let mut after = plan.clone();
        after.starts = "2031-03-05T10:00".into();
        after.ends = "2031-03-05T11:00".into();
        assert!(service.conflicts(&other, &after).await.expect("conflicts").is_empty());
        assert!(service.conflicts(&m.members[0], &plan).await.is_err(), "secretaries alone plan");
        // What is over takes nothing up any more.
        service.publish(&m.secretary, &first, &Check::ALL).await.expect("published");
        service.open(&m.chair, &first).await.expect("opened");
        service.close(&m.chair, &first).await.expect("closed");
        assert!(service.conflicts(&other, &plan).await.expect("conflicts").is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_has_the_agenda_and_the_rule_and_each_meeting_has_its_own_quorum() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::prepare(&server, 3).await;
        m.item(&server, "Nội dung một").await;
        let second = m.item(&server, "Nội dung hai").await;
        service.move_item(&m.secretary, &second, 1).await.expect("moved");
        assert_eq!(m.seen(&server, &m.secretary).await.quorum().needed, 3, "two thirds of four");
        service.set_quorum(&m.secretary, &m.id, QuorumRule::HalfAll).await.expect("set");
        service
            .set_quorum(&m.secretary, &m.id, QuorumRule::HalfAll)
            .await
            .expect("set already");
        service.publish(&m.secretary, &m.id, &Check::ALL).await.expect("published");
        refused(service.set_quorum(&m.chair, &m.id, QuorumRule::None).await, "identity.forbidden");
        service.set_quorum(&m.secretary, &m.id, QuorumRule::None).await.expect("set");
        assert_eq!(m.seen(&server, &m.members[0]).await.quorum().needed, 1);
        service.set_quorum(&m.secretary, &m.id, QuorumRule::HalfAll).await.expect("set");

        let plan = draft(&m, &m.chair, "2031-04-02", "Phòng C");
        let other = server.person(&format!("thuky{}", &m.id.as_str()[24..]), &[Role::Secretary]).await;
        refused(service.copy(&other, &m.id, &plan).await, "meetings.not_found");
        let copy = service.copy(&m.secretary, &m.id, &plan).await.expect("a copy");
        let seen = service.get(&m.secretary, &copy).await.expect("a meeting");
        let titles: Vec<&str> = seen.items.iter().map(|i| i.title.as_str()).collect();
        assert_eq!(titles, ["Nội dung hai", "Nội dung một"]);
        assert_eq!(
            (seen.quorum_rule, seen.members.len(), seen.row.title.as_str()),
            (QuorumRule::HalfAll, 3, "Họp giao ban")
        );
        let before = m.seen(&server, &m.secretary).await;
        assert!(
            seen.items.iter().all(|i| before.items.iter().all(|b| b.id != i.id)),
            "items of its own"
        );
    }
}
