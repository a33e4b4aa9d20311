//! The floor: asked for, given and given back in turn; clocks that stop with it; all of it on both engines.
use crate::meetings::{Meeting, motion, refused, servers};
use crate::support::{Backend, Server};
use app::dto::floor::{ClockStep, Floor};
use app::ids::UserId;
use app::live::LiveEvent;
use reqwest::Method;
use serde_json::json;
use server::actor::Actor;

async fn floor(server: &Server, m: &Meeting) -> Floor {
    m.seen(server, &m.members[0]).await.floor
}

/// Who waits, in order, as places in `m.members`.
fn order(m: &Meeting, floor: &Floor) -> Vec<usize> {
    let place = |id: &UserId| m.members.iter().position(|p| p.id() == id.as_str()).expect("a member");
    floor.waiting.iter().map(|s| place(&s.user_id)).collect()
}

async fn all_present(server: &Server, m: &Meeting) {
    for somebody in m.members.iter().chain([&m.chair]) {
        server.state.meetings.check_in(somebody, &m.id, "").await.expect("present");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_not_spoken_on_the_item_comes_first() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::open(&server, 4).await;
        refused(service.ask_to_speak(&m.members[0], &m.id, None).await, "meetings.not_present");
        all_present(&server, &m).await;
        let item = m.item(&server, "Nội dung một").await;
        service.set_current_item(&m.chair, &m.id, Some(&item)).await.expect("called");
        let ask = async |who: &Actor| service.ask_to_speak(who, &m.id, None).await.expect("asked");
        let (first, second) = (ask(&m.members[1]).await, ask(&m.members[0]).await);
        assert_eq!(order(&m, &floor(&server, &m).await), [1, 0], "first come, first served");

        // Given twice at the same moment is given once; a member cannot give it.
        refused(service.give_floor(&m.members[1], &first, 60).await, "identity.forbidden");
        let events = m.events(&server).await.len();
        let (a, b) = tokio::join!(
            service.give_floor(&m.chair, &first, 60),
            service.give_floor(&m.secretary, &first, 60)
        );
        a.and(b).expect("given");
        assert_eq!(m.events(&server).await.len(), events + 1);
        let now = floor(&server, &m).await;
        let speaker = now.speaking.clone().expect("a speaker");
        assert_eq!(
            (speaker.id.clone(), speaker.clock.limit, speaker.clock.running()),
            (first.clone(), 60, true)
        );
        refused(service.withdraw_speech(&m.members[1], &first).await, "meetings.has_floor");
        refused(
            service.set_speech_clock(&m.members[1], &first, ClockStep::Pause).await,
            "identity.forbidden",
        );
        service
            .set_speech_clock(&m.secretary, &first, ClockStep::Pause)
            .await
            .expect("paused");
        let stands = floor(&server, &m).await.speaking.expect("a speaker").clock;
        assert!(!stands.running() && stands.spent > 0);
        service
            .set_speech_clock(&m.secretary, &first, ClockStep::Pause)
            .await
            .expect("paused already");

        // The next one's turn ends the first one's.
        service.give_floor(&m.chair, &second, 0).await.expect("given");
        assert_eq!(floor(&server, &m).await.speaking.map(|s| s.id), Some(second.clone()));
        service.end_speech(&m.members[0], &second).await.expect("done by oneself");
        service.end_speech(&m.members[0], &second).await.expect("done already");
        refused(service.give_floor(&m.chair, &second, 0).await, "meetings.not_waiting");

        // Both have spoken: they wait behind those who have not, in the order in which they asked.
        for who in [0, 1, 3, 2] {
            ask(&m.members[who]).await;
        }
        let now = floor(&server, &m).await;
        assert_eq!(order(&m, &now), [3, 2, 0, 1]);
        assert_eq!(now.waiting.iter().map(|s| s.again).collect::<Vec<_>>(), [false, false, true, true]);

        // On another item everybody is new; who waited keeps the place until the first one is called again.
        let other = m.item(&server, "Nội dung hai").await;
        service.set_current_item(&m.chair, &m.id, Some(&other)).await.expect("called");
        assert_eq!(floor(&server, &m).await, Floor::default());
        ask(&m.members[1]).await;
        let stale = floor(&server, &m).await.waiting.remove(0).id;
        service.set_current_item(&m.chair, &m.id, Some(&item)).await.expect("called again");
        assert_eq!(order(&m, &floor(&server, &m).await), [3, 2, 0, 1]);
        refused(service.give_floor(&m.chair, &stale, 0).await, "meetings.not_waiting");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_asks_once_takes_it_back_and_is_written_down_by_the_secretary() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::open(&server, 2).await;
        all_present(&server, &m).await;
        let events = m.events(&server).await.len();
        let (a, b) = tokio::join!(
            service.ask_to_speak(&m.members[0], &m.id, None),
            service.ask_to_speak(&m.members[0], &m.id, None)
        );
        let asked = a.expect("asked");
        assert_eq!(asked, b.expect("asked"), "the same request");
        assert_eq!(m.events(&server).await.len(), events + 1);
        let other = UserId(m.members[1].id().into());
        refused(service.ask_to_speak(&m.members[0], &m.id, Some(&other)).await, "identity.forbidden");
        let raised = service.ask_to_speak(&m.secretary, &m.id, Some(&other)).await.expect("written down");
        assert_eq!(order(&m, &floor(&server, &m).await), [0, 1]);
        refused(service.withdraw_speech(&m.members[0], &raised).await, "identity.forbidden");
        service.withdraw_speech(&m.members[0], &asked).await.expect("withdrawn");
        service.withdraw_speech(&m.members[0], &asked).await.expect("withdrawn already");
        assert_eq!(order(&m, &floor(&server, &m).await), [1]);
        refused(service.end_speech(&m.chair, &raised).await, "meetings.not_speaking");

        // By machine: the same rules.
        let machine = server.machine(&m.members[0]).await;
        let path = format!("/api/v1/meetings/{}/speeches", m.id);
        let again = machine.post(&path, &json!({})).await;
        assert_eq!(again.status, 201, "{}", again.text());
        let id = again.json()["id"].as_str().expect("an id").to_owned();
        let give = format!("/api/v1/speeches/{id}/give");
        assert_eq!(machine.post(&give, &json!({ "seconds": 120 })).await.status, 403);
        let chair = server.machine(&m.chair).await;
        assert_eq!(chair.post(&give, &json!({ "seconds": 120 })).await.status, 204);
        let seen = machine.get(&format!("/api/v1/meetings/{}", m.id)).await.json();
        assert_eq!(
            (&seen["floor"]["speaking"]["id"], &seen["floor"]["speaking"]["clock"]["limit"]),
            (&json!(id), &json!(120))
        );

        // The end of the meeting ends it.
        service.close(&m.chair, &m.id).await.expect("closed");
        assert_eq!(floor(&server, &m).await.speaking, None);
        refused(service.ask_to_speak(&m.members[0], &m.id, None).await, "meetings.not_now");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_items_clock_runs_while_it_is_discussed() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::open(&server, 1).await;
        let (one, two) = (m.item(&server, "một").await, m.item(&server, "hai").await);
        let clock = async |at: usize| m.seen(&server, &m.members[0]).await.items[at].clock;
        assert_eq!((clock(0).await.limit, clock(0).await.running()), (15 * 60, false));
        service.set_current_item(&m.chair, &m.id, Some(&one)).await.expect("called");
        assert!(clock(0).await.running());
        service.set_current_item(&m.chair, &m.id, Some(&two)).await.expect("called");
        let (first, second) = (clock(0).await, clock(1).await);
        assert!(!first.running() && first.spent > 0 && second.running());
        refused(
            service.set_item_clock(&m.members[0], &two, ClockStep::Pause).await,
            "identity.forbidden",
        );
        service.set_item_clock(&m.chair, &two, ClockStep::Pause).await.expect("paused");
        assert!(!clock(1).await.running());
        service.set_item_clock(&m.chair, &two, ClockStep::Reset).await.expect("set back");
        assert_eq!(clock(1).await.spent, 0);
        let last = m.events(&server).await.pop();
        assert_eq!(
            last,
            Some(LiveEvent::ItemClock {
                item: two.clone(),
                clock: clock(1).await
            })
        );
        service.remove_item(&m.secretary, &two).await.expect("removed");
        service.close(&m.chair, &m.id).await.expect("closed");
        refused(service.set_item_clock(&m.chair, &one, ClockStep::Start).await, "meetings.not_now");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_survives_a_restart() {
    let mut server = Server::start(Backend::Sqlite).await;
    let m = Meeting::open(&server, 3).await;
    all_present(&server, &m).await;
    for who in [2, 0, 1] {
        server
            .state
            .meetings
            .ask_to_speak(&m.members[who], &m.id, None)
            .await
            .expect("asked");
    }
    let first = floor(&server, &m).await.waiting.remove(0);
    server.state.meetings.give_floor(&m.chair, &first.id, 300).await.expect("given");
    let before = floor(&server, &m).await;
    server.restart().await;
    assert_eq!(floor(&server, &m).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_tablet_sends_late_and_twice_counts_once_and_not_for_another_item() {
    for server in servers().await {
        let m = Meeting::open(&server, 2).await;
        let tablet = server.browser(&m.members[0]).await;
        let put = async |path: String, body: serde_json::Value| {
            let bytes = body.to_string().into_bytes();
            tablet.send(Method::PUT, &path, "application/json", bytes).await
        };
        let meeting = format!("/api/v1/meetings/{}", m.id);
        for _ in 0..2 {
            assert_eq!(put(format!("{meeting}/presence"), json!({})).await.status, 204);
        }
        let service = &server.state.meetings;
        let item = m.item(&server, "Nội dung một").await;
        service.set_current_item(&m.chair, &m.id, Some(&item)).await.expect("called");
        let name = uuid::Uuid::new_v4().to_string();
        let path = format!("{meeting}/speeches/{name}");
        for _ in 0..2 {
            assert_eq!(put(path.clone(), json!({ "item": item })).await.status, 204);
        }
        assert_eq!(order(&m, &floor(&server, &m).await), [0]);
        service.give_floor(&m.chair, &name.as_str().into(), 60).await.expect("given");
        service.end_speech(&m.chair, &name.as_str().into()).await.expect("ended");
        // The answer was lost, the request comes again: it was heard already.
        assert_eq!(put(path.clone(), json!({ "item": item })).await.status, 204);
        assert_eq!(order(&m, &floor(&server, &m).await), Vec::<usize>::new());
        // Asked without a link, sent when the meeting has moved on.
        let next = m.item(&server, "Nội dung hai").await;
        service.set_current_item(&m.chair, &m.id, Some(&next)).await.expect("called");
        let late = format!("{meeting}/speeches/{}", uuid::Uuid::new_v4());
        assert_eq!(put(late, json!({ "item": item })).await.code(), "meetings.item_over");
        assert_eq!(
            put(path, json!({ "item": item })).await.status,
            204,
            "known, whatever is discussed now"
        );
        assert_eq!(order(&m, &floor(&server, &m).await), Vec::<usize>::new());
        // Nobody asks under another's name.
        let other = server.browser(&m.members[1]).await;
        service.check_in(&m.members[1], &m.id, "").await.expect("present");
        let theirs = other
            .send(
                Method::PUT,
                &format!("{meeting}/speeches/{name}"),
                "application/json",
                b"{}".to_vec(),
            )
            .await;
        assert_eq!(theirs.code(), "meetings.not_found");
        let wrong = put(format!("{meeting}/speeches/1"), json!({ "item": next })).await;
        assert_eq!((wrong.status, wrong.code().as_str()), (422, "meetings.field"));

        let vote = service.open_vote(&m.chair, &m.id, &motion("Đồng ý?")).await.expect("a vote");
        let ballot = format!("/api/v1/votes/{vote}/ballot");
        for choice in ["agree", "disagree", "disagree"] {
            assert_eq!(put(ballot.clone(), json!({ "choice": choice })).await.status, 204);
        }
        assert_eq!(put(ballot.clone(), json!({ "choice": "perhaps" })).await.code(), "meetings.field");
        let seen = m.seen(&server, &m.members[0]).await;
        let counted = seen.votes.iter().find(|v| v.id == vote).expect("the vote");
        assert_eq!((counted.agree, counted.disagree, counted.ballots), (0, 1, 1));
        service.close_vote(&m.chair, &vote).await.expect("closed");
        assert_eq!(put(ballot, json!({ "choice": "agree" })).await.status, 409);
    }
}
