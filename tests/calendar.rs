//! The calendar: whose meetings are in it, what others learn of them, and which share a room; on both engines.
use crate::meetings::servers;
use crate::support::Server;
use app::dto::calendar::{Calendar, Slot, Span};
use app::dto::identity::Role;
use app::dto::meetings::{Check, MeetingDraft};
use app::ids::{MeetingId, UserId};
use server::actor::Actor;

async fn plan(server: &Server, secretary: &Actor, chair: &Actor, words: [&str; 4], members: &[&Actor]) -> MeetingId {
    let [title, room, starts, ends] = words.map(str::to_owned);
    let draft = MeetingDraft {
        title,
        room,
        starts,
        ends,
        chair_id: UserId(chair.id().into()),
        members: members.iter().map(|m| UserId(m.id().into())).collect(),
    };
    server.state.meetings.create(secretary, &draft).await.expect("a meeting")
}

/// The room of this test's own: the servers of one run may share a database.
fn own(name: &str) -> String {
    format!("{name} {}", uuid::Uuid::now_v7().simple())
}

fn on<'a>(calendar: &'a Calendar, date: &str) -> &'a [Slot] {
    let day = calendar.days.iter().find(|d| d.date == date);
    &day.unwrap_or_else(|| panic!("{date} is not shown")).slots
}

fn title(slot: &Slot) -> Option<&str> {
    slot.meeting.as_ref().map(|m| m.title.as_str())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_finds_their_own_meetings_and_secretaries_which_rooms_are_taken() {
    for server in servers().await {
        let service = &server.state.meetings;
        let ours = server.person("lich.thuky", &[Role::Secretary, Role::Official]).await;
        let theirs = server.person("lich.thuky2", &[Role::Secretary, Role::Official]).await;
        let chair = server.person("lich.chutri", &[Role::Leader, Role::Official]).await;
        let member = server.person("lich.daibieu", &[Role::Official]).await;
        let (red, blue) = (own("Phòng Đỏ"), own("Phòng Xanh"));
        let first = ["Họp giao ban", &red, "2031-03-03T08:00", "2031-03-03T10:00"];
        let giao_ban = plan(&server, &ours, &chair, first, &[&member]).await;
        let night = ["Trực bão", &blue, "2031-03-05T20:00", "2031-03-06T06:30"];
        let bao = plan(&server, &ours, &chair, night, &[&member]).await;
        let other = ["Việc kín", &red, "2031-03-03T09:30", "2031-03-03T11:00"];
        plan(&server, &theirs, &chair, other, &[]).await;

        let get = async |actor: &Actor, span, at: &str, room: &str| service.calendar(actor, span, at, room).await.expect("a calendar");
        // A meeting in preparation is its secretary's alone.
        let march = get(&member, Span::Month, "2031-03-20", "").await;
        assert!(march.days.iter().all(|d| d.slots.is_empty()) && march.rooms.is_empty());
        assert_eq!(
            (march.days.first().expect("days").date.as_str(), march.days.len()),
            ("2031-02-24", 42)
        );
        assert_eq!(
            (march.before.as_str(), march.after.as_str(), march.from.as_str()),
            ("2031-02-28", "2031-04-01", "03/2031")
        );
        for id in [&giao_ban, &bao] {
            service.publish(&ours, id, &Check::ALL).await.expect("published");
        }
        let march = get(&member, Span::Month, "2031-03-20", "").await;
        let [slot] = on(&march, "2031-03-03") else { panic!("one meeting") };
        // Of the other one in that room a member is not even told that it is on.
        assert_eq!(
            (title(slot), slot.time.as_str(), slot.clash),
            (Some("Họp giao ban"), "08:00–10:00", false)
        );
        // Over midnight it stands on both days.
        assert_eq!(on(&march, "2031-03-05")[0].time, "20:00–24:00");
        assert_eq!(on(&march, "2031-03-06")[0].time, "00:00–06:30");

        let week = get(&ours, Span::Week, "2031-03-09", "").await;
        assert_eq!((week.days.len(), week.from.as_str(), week.to.as_str()), (7, "03/03", "09/03/2031"));
        let [mine, taken] = on(&week, "2031-03-03") else {
            panic!("two meetings")
        };
        assert_eq!((title(mine), mine.clash), (Some("Họp giao ban"), true));
        assert_eq!((title(taken), taken.clash, taken.time.as_str()), (None, true, "09:30–11:00"));
        assert!(week.rooms.contains(&red) && week.rooms.contains(&blue));
        let narrowed = get(&ours, Span::Week, "2031-03-03", &blue).await;
        assert!(on(&narrowed, "2031-03-03").is_empty());
        assert_eq!(title(&on(&narrowed, "2031-03-05")[0]), Some("Trực bão"));

        // What does not take place takes no room.
        service.cancel(&ours, &giao_ban, "Hoãn").await.expect("cancelled");
        let week = get(&theirs, Span::Week, "2031-03-03", &red).await;
        let [left] = on(&week, "2031-03-03") else { panic!("one meeting") };
        assert_eq!((title(left), left.clash), (Some("Việc kín"), false));
        // No day, and none that could be: today's month.
        for nonsense in ["", "9999-99-99", "9999-12-31", "xyz"] {
            let now = get(&member, Span::Month, nonsense, "").await;
            assert_eq!(now.days.iter().filter(|d| d.today).count(), 1, "{nonsense}");
        }
    }
}
