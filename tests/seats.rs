//! Who sits where, and what the map shows of an open vote; on both engines.
use crate::meetings::{Meeting, motion, refused, servers};
use app::dto::meetings::{Answer, Check, Choice, MeetingDraft, VoteForm};
use app::dto::seating::Seating;
use app::ids::UserId;
use server::actor::Actor;

fn id(person: &Actor) -> UserId {
    UserId(person.id().into())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_secretary_seats_people_and_a_seat_goes_with_the_place() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::prepare(&server, 3).await;
        let hall = async |who: &Actor| service.get(who, &m.id).await.expect("seen").seating;
        assert_eq!(hall(&m.secretary).await, Seating::default());
        for (rows, columns) in [(0, 3), (3, 0), (31, 1), (1, 31)] {
            refused(service.set_hall(&m.secretary, &m.id, rows, columns).await, "meetings.field");
        }
        refused(service.set_hall(&m.chair, &m.id, 2, 3).await, "meetings.not_found");
        service.set_hall(&m.secretary, &m.id, 2, 3).await.expect("a hall");
        service.publish(&m.secretary, &m.id, &Check::ALL).await.expect("published");
        service.seat_all(&m.secretary, &m.id).await.expect("seated");
        let now = hall(&m.members[0]).await;
        assert_eq!((now.of(&id(&m.chair)), now.taken.len()), (Some((1, 2)), 5));

        // Two exchange their seats; one stands up.
        let (one, two) = (id(&m.members[0]), id(&m.members[1]));
        let (first, second) = (now.of(&one).expect("a seat"), now.of(&two).expect("a seat"));
        service.seat(&m.secretary, &m.id, &one, Some(second)).await.expect("exchanged");
        let now = hall(&m.chair).await;
        assert_eq!((now.of(&one), now.of(&two)), (Some(second), Some(first)));
        service.seat(&m.secretary, &m.id, &two, None).await.expect("stands");
        service.seat(&m.secretary, &m.id, &two, Some(second)).await.expect("takes the seat");
        let now = hall(&m.chair).await;
        assert_eq!(
            (now.of(&one), now.of(&two)),
            (None, Some(second)),
            "who had no seat to give leaves the other none"
        );
        service.seat(&m.secretary, &m.id, &one, Some(first)).await.expect("seated");
        refused(service.seat(&m.secretary, &m.id, &one, Some((3, 1))).await, "meetings.field");
        let stranger = server.person("khach.ghe", &[]).await;
        refused(
            service.seat(&m.secretary, &m.id, &id(&stranger), Some((1, 1))).await,
            "meetings.not_found",
        );
        refused(service.seat(&m.members[0], &m.id, &one, Some((1, 1))).await, "identity.forbidden");

        // Who comes instead sits there; who comes after all has it back.
        let deputy = server.person("thay.ghe", &[]).await;
        let answer = Answer::Delegate {
            to: id(&deputy),
            reason: String::new(),
        };
        service.answer(&m.members[0], &m.id, &answer).await.expect("delegated");
        let now = hall(&m.chair).await;
        assert_eq!((now.of(&id(&deputy)), now.of(&one)), (Some(first), None));
        service
            .answer(&m.members[0], &m.id, &Answer::Accept)
            .await
            .expect("comes after all");
        let now = hall(&m.chair).await;
        assert_eq!((now.of(&one), now.of(&id(&deputy))), (Some(first), None));
        service.remove_member(&m.secretary, &m.id, &one).await.expect("removed");
        assert_eq!(hall(&m.chair).await.of(&one), None);

        // A smaller hall has fewer seats; the next meeting of the same people has the same map.
        service.set_hall(&m.secretary, &m.id, 1, 2).await.expect("smaller");
        let now = hall(&m.chair).await;
        assert!(now.taken.iter().all(|s| s.row == 1 && s.column <= 2) && now.of(&id(&m.chair)).is_some());
        let draft = MeetingDraft {
            title: "Kỳ sau".into(),
            room: "Phòng A".into(),
            starts: "2031-04-01T08:00".into(),
            ends: "2031-04-01T09:00".into(),
            chair_id: id(&m.chair),
            members: vec![two.clone()],
        };
        let next = service.copy(&m.secretary, &m.id, &draft).await.expect("copied");
        let copied = service.get(&m.secretary, &next).await.expect("seen").seating;
        assert_eq!((copied.rows, copied.columns, copied.of(&id(&m.chair))), (1, 2, Some((1, 2))));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_an_open_vote_it_is_seen_who_voted_how_and_of_a_secret_one_never() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::open(&server, 2).await;
        for present in [&m.chair, &m.members[0], &m.members[1]] {
            service.check_in(present, &m.id, "").await.expect("present");
        }
        let vote = service.open_vote(&m.chair, &m.id, &motion("Thông qua?")).await.expect("a vote");
        service.cast(&m.members[0], &vote, Choice::Agree).await.expect("cast");
        service.cast(&m.members[1], &vote, Choice::Disagree).await.expect("cast");
        let mut seen = service.open_ballots(&m.members[0], &vote).await.expect("seen");
        seen.sort_by_key(|(_, choice)| choice.as_str());
        assert_eq!(seen, [(id(&m.members[0]), Choice::Agree), (id(&m.members[1]), Choice::Disagree)]);
        let stranger = server.person("khach.phieu", &[]).await;
        refused(service.open_ballots(&stranger, &vote).await, "meetings.not_found");
        service.close_vote(&m.chair, &vote).await.expect("closed");
        let mut secret = motion("Bầu?");
        secret.form = VoteForm::Secret;
        let secret = service.open_vote(&m.chair, &m.id, &secret).await.expect("a vote");
        refused(service.open_ballots(&m.chair, &secret).await, "meetings.other_form");
    }
}
