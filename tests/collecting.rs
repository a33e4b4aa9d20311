//! Documents that are taken back from every device at the end, on both engines.
use crate::meetings::{Meeting, arrived, refused, servers};
use app::dto::identity::Role;
use app::dto::meetings::{Check, MeetingDraft};
use app::ids::UserId;
use app::live::LiveEvent;
use server::clock::{now_us, vietnam};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_marked_leaves_every_device_at_the_end_and_the_rest_stays() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::open(&server, 1).await;
        let item = m.item(&server, "Nhân sự").await;
        let clerk = server.person("vanthu-thuhoi", &[Role::Clerk]).await;
        let (first, content) = arrived(&server, Some(&clerk)).await;
        let (second, _) = arrived(&server, Some(&clerk)).await;
        let taken = service.attach(&m.secretary, &item, &first).await.expect("attached");
        let left = service.attach(&m.secretary, &item, &second).await.expect("attached");
        refused(service.set_collect(&m.members[0], &taken, true).await, "identity.forbidden");
        service.set_collect(&m.secretary, &taken, true).await.expect("marked");
        let before = m.events(&server).await.len();
        service.set_collect(&m.secretary, &taken, true).await.expect("marked already");
        assert_eq!(m.events(&server).await.len(), before);

        let member = server.browser(&m.members[0]).await;
        let seen = m.seen(&server, &m.members[0]).await;
        let urls: Vec<String> = seen.items[0].documents.iter().map(|d| d.file.url.clone()).collect();
        assert_eq!(
            seen.items[0].documents.iter().map(|d| d.expires.is_some()).collect::<Vec<_>>(),
            [true, false]
        );
        let read = member.get(&urls[0]).await.ok();
        assert_eq!(
            (read.header("cache-control"), &read.body),
            ("private, no-store", &content),
            "no browser keeps it"
        );
        let kept = member.get(&urls[1]).await.ok();
        assert!(kept.header("cache-control").contains("immutable"));

        service.close(&m.chair, &m.id).await.expect("closed");
        assert_eq!(member.get(&urls[0]).await.status, 404, "with the address in hand");
        assert_eq!(member.get(&urls[1]).await.status, 200);
        let again = server.browser(&m.secretary).await;
        assert_eq!(again.get(&urls[0]).await.status, 404, "the secretary's tablet is a tablet too");
        let seen = m.seen(&server, &m.members[0]).await;
        assert_eq!(seen.items[0].documents.iter().map(|d| &d.id).collect::<Vec<_>>(), [&left]);
        // A device that was away hears of it when it asks for what it missed.
        let told: Vec<_> = m
            .events(&server)
            .await
            .into_iter()
            .filter_map(|e| match e {
                LiveEvent::Detached { attachment } => Some(attachment),
                _ => None,
            })
            .collect();
        assert_eq!(told, [taken]);
        // What lay on the table is named in the minutes all the same.
        service.draft_minutes(&m.secretary, &m.id, false).await.expect("drafted");
        let written = service
            .minutes(&m.secretary, &m.id)
            .await
            .expect("minutes")
            .written
            .expect("written");
        let papers = written
            .sections
            .iter()
            .flat_map(|s| s.text.lines())
            .filter(|l| l.starts_with("Tài liệu:"));
        assert_eq!(papers.count(), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_marked_expires_by_itself_where_nobody_closes_the_meeting() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::open(&server, 1).await;
        // A meeting that was planned for three days ago, and never closed.
        let then = vietnam(now_us() - 3 * 24 * 3600 * 1_000_000).date();
        let draft = MeetingDraft {
            title: "Họp bất thường".into(),
            room: "Phòng họp số 2".into(),
            starts: format!("{then}T08:00"),
            ends: format!("{then}T10:00"),
            chair_id: UserId(m.chair.id().into()),
            members: vec![UserId(m.members[0].id().into())],
        };
        let id = service.create(&m.secretary, &draft).await.expect("a meeting");
        let item = service.add_item(&m.secretary, &id, "Nhân sự", "", 10).await.expect("an item");
        service.publish(&m.secretary, &id, &Check::ALL).await.expect("published");
        service.open(&m.chair, &id).await.expect("opened");
        let clerk = server.person("vanthu-hethan", &[Role::Clerk]).await;
        let (paper, _) = arrived(&server, Some(&clerk)).await;
        let attached = service.attach(&m.secretary, &item, &paper).await.expect("attached");
        let member = server.browser(&m.members[0]).await;
        let url = service.get(&m.members[0], &id).await.expect("a meeting").items[0].documents[0]
            .file
            .url
            .clone();
        assert_eq!(member.get(&url).await.status, 200, "what is not collected stays");
        service.set_collect(&m.secretary, &attached, true).await.expect("marked");
        assert_eq!(member.get(&url).await.status, 404);
        assert!(
            service.get(&m.members[0], &id).await.expect("a meeting").items[0]
                .documents
                .is_empty()
        );
    }
}
