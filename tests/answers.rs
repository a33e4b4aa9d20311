//! Invitations: answers, whoever comes instead, and the list of members, on both engines.
use crate::meetings::{Meeting, motion, refused, servers};
use app::dto::identity::Role;
use app::dto::meetings::{Answer, Check, Choice, MeetingDetail, Member};
use app::ids::UserId;
use server::actor::Actor;

fn id(actor: &Actor) -> UserId {
    UserId(actor.id().into())
}

fn of<'a>(detail: &'a MeetingDetail, actor: &Actor) -> &'a Member {
    detail.members.iter().find(|m| m.user_id == id(actor)).expect("a member")
}

fn sends(to: &Actor) -> Answer {
    Answer::Delegate {
        to: id(to),
        reason: "Đi công tác".into(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_sent_gets_exactly_the_place_and_loses_it_when_it_is_taken_back() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::prepare(&server, 2).await;
        let [one, two] = [&m.members[0], &m.members[1]];
        let other = server.person(&format!("thay{}", &m.id.as_str()[24..]), &[Role::Official]).await;
        refused(service.answer(one, &m.id, &Answer::Accept).await, "meetings.not_found");
        service.publish(&m.secretary, &m.id, &Check::ALL).await.expect("published");
        service.answer(two, &m.id, &Answer::Accept).await.expect("accepted");
        refused(service.answer(&m.secretary, &m.id, &Answer::Accept).await, "meetings.not_now");
        refused(service.answer(&m.chair, &m.id, &sends(&other)).await, "meetings.not_now");
        refused(service.answer(one, &m.id, &sends(two)).await, "meetings.field");
        refused(
            service.answer(one, &m.id, &Answer::Decline { reason: String::new() }).await,
            "meetings.field",
        );
        refused(service.get(&other, &m.id).await, "meetings.not_found");

        service.answer(one, &m.id, &sends(&other)).await.expect("sent");
        let seen = m.seen(&server, &other).await;
        assert_eq!(
            (of(&seen, &other).stands_for.as_str(), of(&seen, one).part.as_str()),
            (one.name.as_str(), "delegated")
        );
        assert_eq!(seen.quorum().needed, 2, "three votes, as before");
        assert!(seen.absent.is_empty(), "reasons are the secretary's alone");
        let reasons = m.seen(&server, &m.secretary).await.absent;
        assert!(reasons.iter().any(|a| a.user_id == id(one) && a.reason == "Đi công tác"));
        // A place is passed on once.
        let third = server.person(&format!("ba{}", &m.id.as_str()[24..]), &[Role::Official]).await;
        refused(service.answer(&other, &m.id, &sends(&third)).await, "meetings.not_now");

        service.answer(one, &m.id, &Answer::Accept).await.expect("taken back");
        refused(service.get(&other, &m.id).await, "meetings.not_found");
        service.answer(one, &m.id, &sends(&other)).await.expect("sent again");
        service.open(&m.chair, &m.id).await.expect("opened");
        refused(service.check_in(one, &m.id, "").await, "meetings.not_now");
        for present in [&m.chair, two, &other] {
            service.check_in(present, &m.id, "").await.expect("present");
        }
        refused(service.answer(one, &m.id, &Answer::Accept).await, "meetings.not_now");
        let vote = service.open_vote(&m.chair, &m.id, &motion("Đồng ý?")).await.expect("a vote");
        service
            .cast(&other, &vote, Choice::Agree)
            .await
            .expect("the vote that was passed on");
        refused(service.cast(one, &vote, Choice::Agree).await, "meetings.no_vote");
        refused(service.add_member(&m.secretary, &m.id, &id(&third)).await, "meetings.vote_running");
        let open = m.seen(&server, one).await;
        assert_eq!((open.votes[0].eligible, open.votes[0].entitled), (3, 3));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_secretary_changes_the_members_but_nobody_who_was_present() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::open(&server, 2).await;
        let new = server.person(&format!("moi{}", &m.id.as_str()[24..]), &[Role::Official]).await;
        refused(service.add_member(&m.members[0], &m.id, &id(&new)).await, "identity.forbidden");
        refused(service.add_member(&m.secretary, &m.id, &"nobody".into()).await, "meetings.field");
        service.add_member(&m.secretary, &m.id, &id(&new)).await.expect("added");
        service.add_member(&m.secretary, &m.id, &id(&new)).await.expect("added already");
        assert_eq!(m.seen(&server, &new).await.members.len(), 5);
        service.check_in(&m.members[0], &m.id, "").await.expect("present");
        refused(
            service.remove_member(&m.secretary, &m.id, &id(&m.members[0])).await,
            "meetings.not_now",
        );
        refused(service.remove_member(&m.secretary, &m.id, &id(&m.chair)).await, "meetings.not_now");
        service.remove_member(&m.secretary, &m.id, &id(&new)).await.expect("removed");
        service
            .remove_member(&m.secretary, &m.id, &id(&new))
            .await
            .expect("removed already");
        refused(service.get(&new, &m.id).await, "meetings.not_found");

        // The papers of an invitation are for those who are invited.
        let item = m.item(&server, "Công tác, quý IV; năm 2026").await;
        let member = server.browser(&m.members[1]).await;
        let stranger = server.browser(&new).await;
        for ending in ["pdf", "ics"] {
            let path = format!("/files/invitation/{}.{ending}", m.id);
            assert_eq!(stranger.get(&path).await.status, 404);
            assert_eq!(member.get(&path).await.ok().header("cache-control"), "private, no-store");
        }
        let calendar = member.get(&format!("/files/invitation/{}.ics", m.id)).await.ok();
        assert_eq!(calendar.header("content-type"), "text/calendar; charset=utf-8");
        let text = calendar.text().replace("\r\n ", "");
        for line in [
            "BEGIN:VEVENT",
            "SUMMARY:Họp thường kỳ",
            "LOCATION:Phòng họp số 1",
            "Công tác\\, quý IV\\; năm 2026",
            "STATUS:CONFIRMED",
        ] {
            assert!(text.contains(line), "{line} is missing in {text}");
        }
        let pdf = member.get(&format!("/files/invitation/{}.pdf", m.id)).await.ok();
        assert!(pdf.body.starts_with(b"%PDF-1.7"));
        service.remove_item(&m.secretary, &item).await.expect("removed");
    }
}
