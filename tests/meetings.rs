//! Meetings from preparation to closing, on both engines.
use crate::support::{Backend, Client, Server, document};
use app::dto::documents::Urgency;
use app::dto::identity::{Body, Role};
use app::dto::meetings::{Check, Choice, Majority, MeetingDetail, MeetingDraft, MeetingState, Motion};
use app::ids::{DocumentId, ItemId, MeetingId, UserId};
use app::live::LiveEvent;
use serde_json::json;
use server::actor::Actor;
use server::clock::{now_us, vietnam};
use server::documents::incoming::Arrival;
use server::fault::Problem;
use server::live::store;

pub struct Meeting {
    pub id: MeetingId,
    pub secretary: Actor,
    pub chair: Actor,
    pub members: Vec<Actor>,
}

impl Meeting {
    /// In preparation, of today, with `members` besides chair and secretary.
    pub async fn prepare(server: &Server, members: usize) -> Self {
        let secretary = server.person(&word("thuky"), &[Role::Secretary, Role::Official]).await;
        let chair = server.person(&word("chutri"), &[Role::Leader, Role::Official]).await;
        let mut all = Vec::new();
        for _ in 0..members {
            all.push(server.person(&word("daibieu"), &[Role::Official]).await);
        }
        let today = vietnam(now_us()).date();
        let draft = MeetingDraft {
            title: "Họp thường kỳ".into(),
            room: "Phòng họp số 1".into(),
            starts: format!("{today}T00:00"),
            ends: format!("{today}T23:59"),
            chair_id: UserId(chair.id().into()),
            members: all.iter().map(|m| UserId(m.id().into())).collect(),
        };
        let id = server.state.meetings.create(&secretary, &draft).await.expect("a meeting");
        Self {
            id,
            secretary,
            chair,
            members: all,
        }
    }

    /// The same, published and opened.
    pub async fn open(server: &Server, members: usize) -> Self {
        let meeting = Self::prepare(server, members).await;
        let service = &server.state.meetings;
        service
            .publish(&meeting.secretary, &meeting.id, &Check::ALL)
            .await
            .expect("published");
        service.open(&meeting.chair, &meeting.id).await.expect("opened");
        meeting
    }

    pub fn topic(&self) -> String {
        format!("meeting:{}", self.id)
    }

    pub async fn item(&self, server: &Server, title: &str) -> ItemId {
        let added = server.state.meetings.add_item(&self.secretary, &self.id, title, "Sở Tài chính", 15);
        added.await.expect("an item")
    }

    pub async fn seen(&self, server: &Server, actor: &Actor) -> MeetingDetail {
        server.state.meetings.get(actor, &self.id).await.expect("a meeting")
    }

    /// Every event that is kept of it.
    pub async fn events(&self, server: &Server) -> Vec<LiveEvent> {
        let mut c = server.state.db.read().acquire().await.expect("a connection");
        let kept = store::after(&mut c, &self.topic(), 0, 1000).await.expect("events");
        kept.iter().map(|(_, body)| serde_json::from_str(body).expect("an event")).collect()
    }
}

fn word(name: &str) -> String {
    format!("{name}{}", &uuid::Uuid::new_v4().simple().to_string()[..12])
}

pub fn motion(question: &str) -> Motion {
    Motion {
        question: question.into(),
        ..Motion::default()
    }
}

#[track_caller]
pub fn refused<T>(result: server::meetings::Result<T>, code: &str) {
    match result {
        Ok(_) => panic!("not refused: {code}"),
        Err(e) => assert_eq!(e.code(), code, "{e}"),
    }
}

/// A real document of the demonstration that has arrived and, with a clerk, was taken in.
pub async fn arrived(server: &Server, clerk: Option<&Actor>) -> (DocumentId, Vec<u8>) {
    let content = document("ke-hoach.pdf");
    let sha256 = server.state.files.keep_bytes(content.clone().into()).await.expect("kept");
    let mut work = server.state.db.begin(&Actor::system("axis")).await.expect("a transaction");
    let arrival = Arrival {
        message_id: word("m"),
        sender: Body {
            code: "H99.5".into(),
            name: "Sở Nội vụ".into(),
        },
        kind: "KH".into(),
        subject: "Kế hoạch chuyển đổi số".into(),
        notation: "12/KH-SNV".into(),
        issued_on: "2026-11-24".into(),
        urgency: Urgency::Normal,
        sha256,
        size: content.len() as u64,
        pages: 3,
        file_name: "ke-hoach.pdf".into(),
        update: false,
    };
    let id = server.state.documents.arrive(&mut work, &arrival, None).await.expect("an arrival");
    work.commit().await.expect("committing");
    if let Some(clerk) = clerk {
        server.state.documents.take_in(clerk, &id, 1).await.expect("taken in");
    }
    (id, content)
}

pub async fn servers() -> [Server; 2] {
    [Server::start(Backend::Sqlite).await, Server::start(Backend::Postgres).await]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_meeting_is_prepared_by_its_secretary_and_seen_by_its_members_once_published() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::prepare(&server, 2).await;
        let auditor = server.person(&word("kiemtra"), &[Role::Auditor]).await;
        let other = server.person(&word("thuky"), &[Role::Secretary]).await;
        for nobody in [&m.chair, &m.members[0], &auditor, &other] {
            refused(service.get(nobody, &m.id).await, "meetings.not_found");
            assert!(service.list(nobody).await.expect("a list").is_empty());
            refused(service.publish(nobody, &m.id, &Check::ALL).await, "meetings.not_found");
        }
        m.item(&server, "Nội dung một").await;
        service.publish(&m.secretary, &m.id, &Check::ALL).await.expect("published");
        service.publish(&m.secretary, &m.id, &Check::ALL).await.expect("published already");
        for (somebody, part) in [
            (&m.secretary, "secretary"),
            (&m.chair, "chair"),
            (&m.members[1], "member"),
            (&auditor, ""),
        ] {
            let seen = m.seen(&server, somebody).await;
            assert_eq!((seen.my_part.as_str(), seen.may_manage), (part, part == "secretary"));
            assert_eq!(seen.members.len(), 4);
            let list = service.list(somebody).await.expect("a list");
            assert!(list.len() == 1 && list[0].today && list[0].state == MeetingState::Published);
        }
        refused(service.get(&other, &m.id).await, "meetings.not_found");
        // What the preparation went through is not told; publishing twice is one event, to each invited person too.
        let told = m.events(&server).await;
        let published = LiveEvent::MeetingState {
            state: MeetingState::Published,
        };
        assert_eq!(told, [published]);
        let mut c = server.state.db.read().acquire().await.expect("a connection");
        let invited = store::last(&mut c, &format!("user:{}", m.members[0].id())).await.expect("a number");
        assert_eq!(invited, 1);
        drop(c);

        refused(service.open(&m.members[0], &m.id).await, "identity.forbidden");
        refused(service.close(&m.chair, &m.id).await, "meetings.not_now");
        service.open(&m.chair, &m.id).await.expect("opened");
        service.close(&m.secretary, &m.id).await.expect("closed");
        service.close(&m.secretary, &m.id).await.expect("closed already");
        refused(service.open(&m.chair, &m.id).await, "meetings.not_now");
        let late = service.add_item(&m.secretary, &m.id, "Muộn", "", 5).await;
        refused(late, "meetings.not_now");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_agenda_keeps_its_order_through_moves_and_removals() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::open(&server, 1).await;
        let mut items = Vec::new();
        for title in ["một", "hai", "ba", "bốn"] {
            items.push(m.item(&server, title).await);
        }
        let titles = async || {
            let seen = m.seen(&server, &m.members[0]).await;
            let positions: Vec<u32> = seen.items.iter().map(|i| i.position).collect();
            assert_eq!(positions, (1..=u32::try_from(seen.items.len()).expect("few")).collect::<Vec<_>>());
            seen.items.into_iter().map(|i| i.title).collect::<Vec<_>>().join(" ")
        };
        service.move_item(&m.secretary, &items[3], 1).await.expect("moved");
        assert_eq!(titles().await, "bốn một hai ba");
        service.move_item(&m.secretary, &items[3], 99).await.expect("moved");
        assert_eq!(titles().await, "một hai ba bốn");
        let before = m.events(&server).await.len();
        service.move_item(&m.secretary, &items[0], 1).await.expect("there already");
        assert_eq!(m.events(&server).await.len(), before, "nothing happened");
        refused(service.move_item(&m.chair, &items[0], 2).await, "identity.forbidden");

        service.set_current_item(&m.chair, &m.id, Some(&items[1])).await.expect("called");
        assert_eq!(m.seen(&server, &m.members[0]).await.current_item.as_ref(), Some(&items[1]));
        service.remove_item(&m.secretary, &items[1]).await.expect("removed");
        assert_eq!(titles().await, "một ba bốn");
        assert_eq!(m.seen(&server, &m.members[0]).await.current_item, None);
        refused(service.remove_item(&m.secretary, &items[1]).await, "meetings.not_found");
        let gone = service.set_current_item(&m.chair, &m.id, Some(&items[1])).await;
        refused(gone, "meetings.not_found");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn votes_are_counted_once_for_each_member_present_and_stay_as_they_closed() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::open(&server, 4).await;
        refused(
            service.open_vote(&m.members[0], &m.id, &motion("Đồng ý?")).await,
            "identity.forbidden",
        );
        for present in [&m.members[0], &m.members[1], &m.members[2], &m.secretary] {
            service.check_in(present, &m.id, "").await.expect("present");
            service.check_in(present, &m.id, "").await.expect("present already");
        }
        let vote = service
            .open_vote(&m.chair, &m.id, &motion("Thông qua kế hoạch?"))
            .await
            .expect("a vote");
        let same = service
            .open_vote(&m.secretary, &m.id, &motion(" Thông qua  kế hoạch? "))
            .await
            .expect("the same");
        assert_eq!(vote, same);
        refused(service.open_vote(&m.chair, &m.id, &motion("Khác?")).await, "meetings.vote_running");
        refused(service.cast(&m.secretary, &vote, Choice::Agree).await, "meetings.no_vote");
        refused(service.cast(&m.members[3], &vote, Choice::Agree).await, "meetings.not_checked_in");
        let auditor = server.person(&word("kiemtra"), &[Role::Auditor]).await;
        refused(service.cast(&auditor, &vote, Choice::Agree).await, "meetings.no_vote");
        // All at once, each twice: every ballot counts once.
        let mut hands = tokio::task::JoinSet::new();
        for member in m.members[..3].iter().chain(&m.members[..3]) {
            let (service, vote, member) = (service.clone(), vote.clone(), member.clone());
            hands.spawn(async move { service.cast(&member, &vote, Choice::Disagree).await.expect("cast") });
        }
        hands.join_all().await;
        service.cast(&m.members[0], &vote, Choice::Agree).await.expect("another mind");
        service.cast(&m.members[1], &vote, Choice::Agree).await.expect("another mind");
        let seen = m.seen(&server, &m.members[0]).await.votes.remove(0);
        assert_eq!((seen.agree, seen.disagree, seen.other, seen.eligible), (2, 1, 0, 3));
        assert_eq!((seen.mine, seen.passed, seen.open), (Some(Choice::Agree), None, true));
        let cast = m.events(&server).await.into_iter().filter_map(|e| match e {
            LiveEvent::VoteChanged { vote } => Some(vote),
            _ => None,
        });
        let cast: Vec<_> = cast.collect();
        assert_eq!(cast.len(), 1 + 3 + 2, "opened, three ballots, two changes");
        assert!(cast.iter().all(|v| v.mine.is_none()));

        service.close_vote(&m.chair, &vote).await.expect("closed");
        service.close_vote(&m.chair, &vote).await.expect("closed already");
        refused(service.cast(&m.members[2], &vote, Choice::Agree).await, "meetings.vote_closed");
        // Two more people present would have made it fail.
        service.check_in(&m.members[3], &m.id, "").await.expect("late");
        service.check_in(&m.chair, &m.id, "").await.expect("late");
        let seen = m.seen(&server, &m.chair).await.votes.remove(0);
        assert_eq!((seen.eligible, seen.passed, seen.mine), (3, Some(true), None));

        service.open_vote(&m.chair, &m.id, &motion("Còn ý kiến?")).await.expect("a vote");
        service.close(&m.chair, &m.id).await.expect("closed");
        let seen = m.seen(&server, &m.chair).await;
        assert_eq!((seen.votes[1].open, seen.votes[1].passed), (false, Some(false)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vote_is_carried_by_the_majority_that_it_was_called_with() {
    for server in servers().await {
        let service = &server.state.meetings;
        // Eight with a vote, of whom five are present; three of them vote, two agree.
        let m = Meeting::open(&server, 7).await;
        for present in &m.members[..5] {
            service.check_in(present, &m.id, "").await.expect("present");
        }
        for (majority, needed, carried) in [
            (Majority::Cast, 2, true),
            (Majority::HalfPresent, 3, false),
            (Majority::HalfAll, 5, false),
            (Majority::TwoThirdsPresent, 4, false),
            (Majority::TwoThirdsAll, 6, false),
        ] {
            let motion = Motion {
                majority,
                ..motion("Thông qua?")
            };
            let vote = service.open_vote(&m.chair, &m.id, &motion).await.expect("a vote");
            let other = Motion {
                majority: if majority == Majority::Cast {
                    Majority::HalfAll
                } else {
                    Majority::Cast
                },
                ..motion.clone()
            };
            refused(service.open_vote(&m.chair, &m.id, &other).await, "meetings.vote_running");
            for (who, choice) in [(0, Choice::Agree), (1, Choice::Agree), (2, Choice::Other)] {
                service.cast(&m.members[who], &vote, choice).await.expect("cast");
            }
            service.close_vote(&m.chair, &vote).await.expect("closed");
            let seen = m.seen(&server, &m.members[0]).await.votes.pop().expect("a vote");
            assert_eq!((seen.eligible, seen.entitled, seen.majority), (5, 8, majority));
            assert_eq!((seen.needed, seen.passed), (needed, Some(carried)), "{majority:?}");
        }
        let machine = server.machine(&m.members[0]).await;
        let told = machine.get(&format!("/api/v1/meetings/{}", m.id)).await.json();
        assert_eq!(told["votes"][4]["majority"], "two_thirds_all");
        assert_eq!(told["votes"][4]["needed"], 6);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attached_document_reaches_members_byte_for_byte_and_nobody_else() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::open(&server, 1).await;
        let clerk = server.person(&word("vanthu"), &[Role::Clerk]).await;
        let item = m.item(&server, "Nội dung một").await;
        let (paper, content) = arrived(&server, Some(&clerk)).await;
        let (early, _) = arrived(&server, None).await;
        refused(service.attach(&m.secretary, &item, &early).await, "documents.not_found");
        refused(service.attach(&m.members[0], &item, &paper).await, "identity.forbidden");
        // A secretary who is a clerk as well sees it, but it is not taken in.
        let mut both = m.secretary.clone();
        both.roles.push(Role::Clerk);
        refused(service.attach(&both, &item, &early).await, "meetings.not_attachable");

        let machine = server.machine(&m.secretary).await;
        let path = format!("/api/v1/meetings/{}/items/{item}/documents", m.id);
        let body = json!({ "document": paper });
        let first = machine.post(&path, &body).await;
        assert_eq!(first.status, 201, "{}", first.text());
        let first = first.json();
        assert_eq!(machine.post(&path, &body).await.json()["id"], first["id"], "the same attachment");
        let attached = m.events(&server).await.into_iter().filter_map(|e| match e {
            LiveEvent::Attached { attachment } => Some(attachment),
            _ => None,
        });
        let attached: Vec<_> = attached.collect();
        assert_eq!(attached.len(), 1, "one event");
        // The event has all that a device needs.
        let file = &attached[0].file;
        assert_eq!(file.sha256, hex::encode(openssl::sha::sha256(&content)));
        assert_eq!((file.size, file.pages, &attached[0].item_id), (content.len() as u64, 3, &item));
        assert_eq!(attached[0].number.as_deref(), Some("12/KH-SNV"));

        let member = server.browser(&m.members[0]).await;
        assert!(member.get(&file.url).await.ok().body == content);
        let part = member.again().with("range", "bytes=10-19").get(&file.url).await;
        assert_eq!((part.status, part.body.as_slice()), (206, &content[10..20]));
        let listed = server.machine(&m.members[0]).await.get(&format!("/api/v1/meetings/{}", m.id)).await;
        assert_eq!(listed.ok().json()["items"][0]["documents"][0]["sha256"], first["sha256"]);
        let clerk: Client = server.browser(&clerk).await;
        assert_eq!(clerk.get(&file.url).await.code(), "meetings.not_found");
        assert_eq!(server.stranger().get(&file.url).await.code(), "identity.not_signed_in");

        service.detach(&m.secretary, &attached[0].id).await.expect("detached");
        assert_eq!(member.get(&file.url).await.code(), "meetings.not_found");
        refused(service.detach(&m.secretary, &attached[0].id).await, "meetings.not_found");
        assert!(m.seen(&server, &m.members[0]).await.items[0].documents.is_empty());
        // The trace of it.
        let sql = "SELECT action FROM audit WHERE subject_type = 'meeting' AND subject_id = $1 AND details LIKE $2 ORDER BY seq";
        let like = format!("%{}%", attached[0].id);
        let trace = sqlx::query(sql)
            .bind(m.id.as_str())
            .bind(like)
            .fetch_all(server.state.db.read())
            .await
            .expect("entries");
        let trace: Vec<String> = trace.iter().map(|r| sqlx::Row::get(r, "action")).collect();
        assert_eq!(trace, ["meeting.document_attached", "meeting.document_detached"]);
        // Attached again, it is a new attachment.
        let again = service.attach(&m.secretary, &item, &paper).await.expect("attached again");
        assert_ne!(again, attached[0].id);
        assert!(
            member
                .get(&format!("/files/attachment/{again}/{}.pdf", file.sha256))
                .await
                .ok()
                .body
                == content
        );
    }
}
