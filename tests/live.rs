//! The live protocol against a real server: whatever happens to links, every device ends with every event, once and in order.
use crate::meetings::Meeting;
use crate::support::{Backend, Client, Server, Socket};
use app::dto::identity::Role;
use app::dto::meetings::Check;
use app::live::{ClientFrame, LiveEvent, ServerFrame};
use serde_json::json;
use server::actor::Actor;
use server::clock::now_us;
use server::live::{store, upkeep};
use std::collections::BTreeMap;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Numbers that are the same in every run (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// Events of one topic as a device has heard them.
type Heard = BTreeMap<String, Vec<(u64, LiveEvent)>>;

/// Last number of each topic, once nothing more will happen.
type Goal = Option<BTreeMap<String, u64>>;

/// Hears `topics` until it has all of them, cut off again and again; also says how often it was.
async fn device(client: Client, topics: Vec<String>, mut chance: Chance, goal: watch::Receiver<Goal>) -> (Heard, u32) {
    let mut heard: Heard = topics.iter().map(|t| (t.clone(), Vec::new())).collect();
    let mut cuts = 0;
    let last = |heard: &Heard, topic: &str| heard[topic].last().map_or(0, |(seq, _)| *seq);
    let done = |heard: &Heard| {
        let goal = goal.borrow();
        goal.as_ref()
            .is_some_and(|all| topics.iter().all(|topic| last(heard, topic) == all[topic]))
    };
    while !done(&heard) {
        // While the server restarts nobody answers.
        let Ok(mut socket) = client.live().await else {
            tokio::task::yield_now().await;
            continue;
        };
        let mut connected = true;
        for topic in &topics {
            connected &= socket.try_follow(topic, last(&heard, topic)).await;
        }
        let mut left = 1 + chance.below(20);
        while connected && left > 0 && !done(&heard) {
            // A device hears nothing of the goal: it looks up from time to time, as a person would.
            let Ok(frame) = tokio::time::timeout(std::time::Duration::from_millis(200), socket.hear()).await else {
                continue;
            };
            match frame {
                Some(ServerFrame::Event { topic, seq, event }) => {
                    assert_eq!(seq, last(&heard, &topic) + 1, "{topic}: once and in order");
                    heard.get_mut(&topic).expect("a topic that was asked for").push((seq, event));
                    left -= 1;
                }
                Some(ServerFrame::Hello { .. } | ServerFrame::Following { .. }) => {}
                Some(other) => panic!("{other:?}"),
                None => connected = false,
            }
        }
        cuts += 1;
    }
    (heard, cuts)
}

async fn kept(server: &Server, topic: &str) -> Vec<(u64, LiveEvent)> {
    let mut c = server.state.db.read().acquire().await.expect("a connection");
    let all = store::after(&mut c, topic, 0, 10_000).await.expect("events");
    all.into_iter()
        .map(|(seq, body)| (seq, serde_json::from_str(&body).expect("an event")))
        .collect()
}

async fn every_device_has_every_event(backend: Backend, seed: u64) {
    const DEVICES: usize = 48;
    const EVENTS: u64 = 500;
    let mut server = Server::start(backend).await;
    let first = Meeting::open(&server, DEVICES).await;
    let second = Meeting::open(&server, 0).await;
    let auditor = server.person("kiemtra", &[Role::Auditor]).await;
    let (tell, goal) = watch::channel(None);
    let mut devices = JoinSet::new();
    let mut topics = vec![first.topic(), second.topic()];
    for (n, person) in (0u64..).zip(first.members.iter().chain([&auditor, &auditor])) {
        // Members have their own news as the second topic, the auditor watches both meetings.
        let other = if person.id() == auditor.id() {
            second.topic()
        } else {
            topics.push(format!("user:{}", person.id()));
            format!("user:{}", person.id())
        };
        let both = vec![first.topic(), other];
        devices.spawn(device(server.browser(person).await, both, Chance(seed + n), goal.clone()));
    }
    let mut chance = Chance(seed);
    for n in 0..EVENTS {
        let meeting = if chance.below(2) == 0 { &first } else { &second };
        meeting.item(&server, &format!("nội dung {n}")).await;
        tokio::time::sleep(std::time::Duration::from_millis(chance.below(6))).await;
        if n == EVENTS / 2 {
            server.restart().await;
        }
    }
    let mut all = BTreeMap::new();
    for topic in topics {
        let events = kept(&server, &topic).await;
        all.insert(topic, events);
    }
    let happened = all[&first.topic()].len() + all[&second.topic()].len();
    assert_eq!(happened as u64, EVENTS + 4, "both were published and opened");
    let last = all
        .iter()
        .map(|(topic, events)| (topic.clone(), events.last().map_or(0, |(seq, _)| *seq)));
    tell.send_replace(Some(last.collect()));
    let mut links = 0;
    while let Some(ended) = devices.join_next().await {
        let (heard, cuts) = ended.expect("a device");
        links += cuts;
        for (topic, events) in heard {
            assert!(events == all[&topic], "seed {seed}: {topic}");
        }
    }
    assert!(links > 1000, "{links}: links were cut, by chance and by the restart");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_missed_or_doubled_through_cuts_and_a_restart_on_sqlite() {
    every_device_has_every_event(Backend::Sqlite, 0x5eed_0001).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_missed_or_doubled_through_cuts_and_a_restart_on_postgresql() {
    every_device_has_every_event(Backend::Postgres, 0x5eed_0002).await;
}

/// The next frame that is not the greeting.
async fn next(socket: &mut Socket) -> Option<ServerFrame> {
    match socket.hear().await {
        Some(ServerFrame::Hello { protocol, .. }) => {
            assert_eq!(protocol, app::live::PROTOCOL);
            socket.hear().await
        }
        other => other,
    }
}

fn is_event(frame: Option<ServerFrame>, number: u64) -> LiveEvent {
    match frame {
        Some(ServerFrame::Event { seq, event, .. }) if seq == number => event,
        other => panic!("not event {number}: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_is_denied_to_whoever_may_not_see_what_it_is_about() {
    let server = Server::start(Backend::Sqlite).await;
    let m = Meeting::prepare(&server, 1).await;
    let outsider = server.signed_in(Role::Official).await;
    let member = server.browser(&m.members[0]).await;
    let denied = Some(ServerFrame::Denied { topic: m.topic() });
    for client in [&member, &outsider] {
        let mut socket = client.live().await.expect("a socket");
        socket.follow(&m.topic(), 0).await;
        assert_eq!(next(&mut socket).await, denied);
    }
    // What the preparation went through stays the secretary's, after the publication as well.
    m.item(&server, "chỉ thư ký biết").await;
    server
        .state
        .meetings
        .publish(&m.secretary, &m.id, &Check::ALL)
        .await
        .expect("published");
    let mut socket = member.live().await.expect("a socket");
    socket.follow(&m.topic(), 0).await;
    let (topic, seq) = (m.topic(), 2);
    let reset = ServerFrame::Reset { topic: topic.clone(), seq };
    assert_eq!(next(&mut socket).await, Some(reset));
    assert_eq!(next(&mut socket).await, Some(ServerFrame::Following { topic, seq }));
    let mut socket = outsider.live().await.expect("a socket");
    socket.follow(&m.topic(), 0).await;
    assert_eq!(next(&mut socket).await, denied);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_was_away_too_long_begins_with_the_snapshot() {
    let server = Server::start(Backend::Sqlite).await;
    let m = Meeting::open(&server, 1).await;
    let (topic, member) = (m.topic(), server.browser(&m.members[0]).await);
    m.item(&server, "cũ").await;
    upkeep::forget_old(&server.state.db, now_us() + 1).await.expect("forgotten");
    let mut away = member.live().await.expect("a socket");
    away.follow(&topic, 1).await;
    assert_eq!(
        next(&mut away).await,
        Some(ServerFrame::Reset {
            topic: topic.clone(),
            seq: 3
        })
    );
    let following = Some(ServerFrame::Following {
        topic: topic.clone(),
        seq: 3,
    });
    assert_eq!(next(&mut away).await, following);
    // The snapshot says from where to go on.
    let snapshot = member.ui("meetings/get", &json!({ "id": m.id })).await.ok().json();
    assert_eq!(snapshot["topic_seq"], 3);
    let mut current = member.live().await.expect("a socket");
    current.follow(&topic, 3).await;
    assert_eq!(next(&mut current).await, following);
    // A future that this server does not know: it was restored from a backup.
    let mut ahead = member.live().await.expect("a socket");
    ahead.follow(&topic, 1000).await;
    assert!(matches!(next(&mut ahead).await, Some(ServerFrame::Reset { seq: 3, .. })));
    assert_eq!(next(&mut ahead).await, following);
    m.item(&server, "mới").await;
    for socket in [&mut away, &mut current, &mut ahead] {
        let event = is_event(next(socket).await, 4);
        assert!(matches!(event, LiveEvent::ItemAdded { item } if item.title == "mới"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_does_not_read_for_a_while_misses_nothing() {
    const EVENTS: u64 = 4000;
    let server = Server::start(Backend::Sqlite).await;
    let m = Meeting::open(&server, 1).await;
    let mut socket = server.browser(&m.members[0]).await.live().await.expect("a socket");
    socket.follow(&m.topic(), 2).await;
    assert!(matches!(next(&mut socket).await, Some(ServerFrame::Following { seq: 2, .. })));
    // Some 8 MB at one stroke: far more than the queues hold.
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    for n in 0..EVENTS {
        let event = LiveEvent::MeetingPublished {
            id: m.id.clone(),
            title: format!("{n} {}", "x".repeat(2000)),
        };
        work.publish(&m.topic(), &event).await.expect("a number");
    }
    work.commit().await.expect("committing");
    m.item(&server, "sau cùng").await;
    for n in 0..EVENTS {
        let event = is_event(next(&mut socket).await, n + 3);
        assert!(matches!(event, LiveEvent::MeetingPublished { title, .. } if title.starts_with(&format!("{n} "))));
    }
    is_event(next(&mut socket).await, EVENTS + 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_breaks_the_rules_is_sent_away_with_a_code_and_harms_nobody_else() {
    let server = Server::start(Backend::Sqlite).await;
    let m = Meeting::open(&server, 1).await;
    let member = server.browser(&m.members[0]).await;
    // Two tabs of one person: each hears everything.
    let mut tabs = [member.live().await.expect("a socket"), member.live().await.expect("a socket")];
    for tab in &mut tabs {
        tab.follow(&m.topic(), 2).await;
        assert!(matches!(next(tab).await, Some(ServerFrame::Following { seq: 2, .. })));
    }
    let long = format!(r#"{{"t":"ping","n":1,"x":"{}"}}"#, "x".repeat(4096));
    let endless = "x".repeat(200_000);
    let deep = "[".repeat(4000);
    for (frame, code) in [
        ("", 1008),
        ("không phải JSON", 1008),
        ("{}", 1008),
        (r#"{"t":"event","topic":"meeting:x","seq":1}"#, 1008),
        (r#"{"t":"follow","topic":5,"after":0}"#, 1008),
        (r#"{"t":"follow","topic":"meeting:x","after":-1}"#, 1008),
        (&deep, 1008),
        (&long, 1002),
        (&endless, 1002),
    ] {
        let mut socket = member.live().await.expect("a socket");
        socket.say_text(frame).await;
        assert_eq!(socket.farewell().await, Some(code), "{}", &frame[..frame.len().min(40)]);
    }
    // Topics that nobody may see, and odd ones, are denied alike; one more than is allowed ends the connection.
    let mut greedy = member.live().await.expect("a socket");
    for topic in ["meeting:nothing", "meeting:", "user:", "desk:outgoing", "đề tài", ""] {
        greedy.follow(topic, 0).await;
        let topic = topic.to_owned();
        assert_eq!(next(&mut greedy).await, Some(ServerFrame::Denied { topic }));
    }
    let auditor = server.signed_in(Role::Auditor).await;
    let mut greedy = auditor.live().await.expect("a socket");
    for _ in 0..32 {
        let other = Meeting::open(&server, 0).await;
        greedy.follow(&other.topic(), 2).await;
        assert!(matches!(next(&mut greedy).await, Some(ServerFrame::Following { .. })));
    }
    greedy.follow(&m.topic(), 2).await;
    assert_eq!(greedy.farewell().await, Some(1008));
    m.item(&server, "vẫn nghe").await;
    for tab in &mut tabs {
        is_event(next(tab).await, 3);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_longer_followed_is_no_longer_told() {
    let server = Server::start(Backend::Sqlite).await;
    let m = Meeting::open(&server, 1).await;
    let other = Meeting::open(&server, 0).await;
    let auditor = server.signed_in(Role::Auditor).await;
    let mut socket = auditor.live().await.expect("a socket");
    for meeting in [&m, &other] {
        socket.follow(&meeting.topic(), 2).await;
        assert!(matches!(next(&mut socket).await, Some(ServerFrame::Following { seq: 2, .. })));
    }
    socket.say(&ClientFrame::Unfollow { topic: other.topic() }).await;
    socket.say(&ClientFrame::Ping { n: 7 }).await;
    let before = now_us();
    let Some(ServerFrame::Pong { n: 7, us }) = next(&mut socket).await else {
        panic!("no answer");
    };
    assert!((before - 60_000_000..=now_us()).contains(&us), "the server's clock");
    other.item(&server, "không ai nghe").await;
    m.item(&server, "có người nghe").await;
    match next(&mut socket).await {
        Some(ServerFrame::Event { topic, seq: 3, .. }) => assert_eq!(topic, m.topic()),
        frame => panic!("{frame:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_ends_with_the_sign_in_that_it_came_with() {
    let server = Server::start(Backend::Sqlite).await;
    let bye = ServerFrame::Bye {
        reason: "session_ended".into(),
    };
    let (person, other) = (server.signed_in(Role::Clerk).await, server.signed_in(Role::Clerk).await);
    let mut ending = person.live().await.expect("a socket");
    let mut staying = other.live().await.expect("a socket");
    staying.follow("desk:incoming", 0).await;
    assert!(matches!(next(&mut staying).await, Some(ServerFrame::Following { .. })));
    person.form("/logout", &[]).await;
    assert_eq!(next(&mut ending).await, Some(bye.clone()));
    assert_eq!(ending.hear().await, None);
    assert_eq!(person.live().await.err(), Some(401));
    // A machine's token that is revoked.
    let made = other.post("/api/v1/tokens", &json!({ "name": "x", "days": 1 })).await.ok().json();
    let machine = Client::machine(&server.url, made["secret"].as_str().expect("a secret"), other.actor.clone());
    let mut ending = machine.live().await.expect("a socket");
    ending.follow("desk:incoming", 0).await;
    assert!(matches!(next(&mut ending).await, Some(ServerFrame::Following { .. })));
    let path = format!("/api/v1/tokens/{}", made["token"]["id"].as_str().expect("an id"));
    other.send(reqwest::Method::DELETE, &path, "", vec![]).await.ok();
    assert_eq!(next(&mut ending).await, Some(bye));
    assert_eq!(ending.hear().await, None);
    // The same person's other sign-in goes on.
    staying.say(&ClientFrame::Ping { n: 1 }).await;
    assert!(matches!(next(&mut staying).await, Some(ServerFrame::Pong { n: 1, .. })));
}
