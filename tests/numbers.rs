//! Numbers kept, put in between and cancelled: the outgoing register stays without a gap, on either engine.
use crate::support::axis::{Cast, Province};
use crate::support::{Backend, Server};
use app::dto::Placement;
use app::dto::figures::{Counted, FiguresQuery};
use app::dto::identity::Role;
use app::dto::numbers::{HeldState, HoldWish};
use app::ids::DocumentId;
use serde_json::json;
use server::actor::Actor;
use server::fault::Problem;
use tokio::task::JoinSet;

const PIN: &str = "246813";

fn seal() -> Placement {
    Placement {
        page: 1,
        x: 300.0,
        y: 100.0,
        w: 100.0,
        h: 60.0,
    }
}

fn wish(count: u32, after: Option<i64>) -> HoldWish {
    HoldWish {
        count,
        after,
        reason: "Chờ phụ lục".into(),
        whom: "Phòng Nội chính".into(),
        once: String::new(),
    }
}

/// Drafted, submitted, signed: it waits for its number at revision 3.
async fn signed(server: &Server, cast: &Cast) -> DocumentId {
    let id = cast.draft(server, &["H99.5"], &[]).await.expect("a draft");
    let documents = &server.state.documents;
    documents.submit(&cast.drafter, &id, 1).await.expect("submitted");
    let place = Placement { x: 350.0, ..seal() };
    documents.sign(&cast.leader, &id, 2, place, PIN).await.expect("signed");
    id
}

async fn many_clerks_leave_no_gap(backend: Backend) {
    let province = Province::found();
    let server = province.body_on(backend, "H99", |_| {}).await;
    let cast = province.cast(&server).await;
    let ours = server.state.documents.clone();
    let mut waiting = Vec::new();
    for _ in 0..4 {
        waiting.push(signed(&server, &cast).await);
    }
    assert_eq!(
        ours.hold_numbers(&cast.clerk, &wish(3, None)).await.expect("kept"),
        ["01", "02", "03"]
    );
    let kept: Vec<_> = ours.numbers(&cast.clerk, None).await.expect("numbers").numbers;
    let kept = |number: &str| kept.iter().find(|n| n.number == number).expect("kept").id.clone();
    let (first, second) = (kept("01"), kept("02"));

    // Two want the first, two take the next; meanwhile others keep, cancel and put in between.
    let mut issuing = JoinSet::new();
    for (n, id) in waiting.clone().into_iter().enumerate() {
        let (ours, clerk, first) = (ours.clone(), cast.clerk.clone(), first.clone());
        let number = (n < 2).then_some(first);
        issuing.spawn(async move { (n, ours.issue(&clerk, &id, 3, number.as_ref(), seal(), PIN).await) });
    }
    let mut others = JoinSet::new();
    for n in 0..8 {
        let (ours, clerk, second) = (ours.clone(), cast.clerk.clone(), second.clone());
        others.spawn(async move {
            match n % 4 {
                0 => drop(ours.hold_numbers(&clerk, &wish(2, None)).await.expect("kept")),
                1 => drop(ours.hold_numbers(&clerk, &wish(1, Some(1))).await.expect("put in")),
                2 => drop(ours.hold_numbers(&clerk, &wish(1, None)).await.expect("kept")),
                _ => drop(ours.cancel_number(&clerk, &second, "Không ban hành nữa").await),
            }
        });
    }
    others.join_all().await;
    let done = issuing.join_all().await;
    let failed: Vec<_> = done.iter().filter_map(|(n, r)| r.as_ref().err().map(|e| (*n, e.code()))).collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(
        failed.iter().all(|(n, code)| *n < 2 && *code == "documents.number_gone"),
        "{failed:?}"
    );

    let book = ours.numbers(&cast.clerk, None).await.expect("numbers");
    // 3 kept first, 2 next, 2 · 2 + 2 · 1 kept by others.
    assert_eq!((book.last, book.issued, book.missing.len()), (11, 3, 0), "{book:?}");
    assert_eq!((book.held, book.cancelled, book.between), (9, 1, 0));
    let between: Vec<_> = book.numbers.iter().filter(|n| n.number.starts_with("01")).collect();
    let names: Vec<_> = between.iter().map(|n| n.number.as_str()).collect();
    assert_eq!(names, ["01b", "01a", "01"]);
    assert_eq!(between[2].state, HeldState::Used);

    // What lost the race is as it was, and takes one that was put in between.
    let (loser, _) = done.iter().find(|(_, r)| r.is_err()).expect("a loser");
    let seen = ours.get(&cast.clerk, &waiting[*loser]).await.expect("a document");
    assert_eq!((seen.revision, &seen.row.number), (3, &None));
    let choice = seen.next_number.expect("a number").held;
    let choice = choice.into_iter().find(|c| c.number == "01a/TB-UBND").expect("a choice");
    ours.issue(&cast.clerk, &waiting[*loser], 3, Some(&choice.id), seal(), PIN)
        .await
        .expect("issued");
    let seen = ours.get(&cast.clerk, &waiting[*loser]).await.expect("a document");
    assert_eq!(seen.row.number.as_deref(), Some("01a/TB-UBND"));
    assert_eq!(seen.steps.last().map(|s| s.remark.as_str()), Some("Chờ phụ lục"));
    let figures = ours.figures(&cast.clerk, &FiguresQuery::default()).await.expect("figures");
    assert_eq!((figures.count(Counted::Issued), figures.count(Counted::Signed)), (4, 4));

    // The register accounts for each in its order.
    let browser = server.browser(&cast.clerk).await;
    let csv = browser.get("/api/v1/registers/outgoing").await.ok();
    let mut reader = csv::Reader::from_reader(&csv.body[3..]);
    let lines: Vec<_> = reader.records().map(|r| r.expect("a line")).collect();
    let column: Vec<_> = lines
        .iter()
        .map(|l| l[0].split('/').next().unwrap_or_default().to_owned())
        .collect();
    let mut expected: Vec<String> = (1..=11).map(|n| format!("{n:02}")).collect();
    expected.splice(1..1, ["01a".to_owned(), "01b".to_owned()]);
    assert_eq!(column, expected);
    assert!(lines[1][7].starts_with("Số chèn ngày "), "{:?}", lines[1]);
    assert_eq!(&lines[2][2], "Số giữ cho Phòng Nội chính: Chờ phụ lục");
    assert!(lines[3][7].ends_with(": Không ban hành nữa"), "{:?}", lines[3]);
    let page = browser.get("/api/v1/registers/outgoing?format=html").await.ok().text();
    assert!(page.contains("Đang giữ số") && page.contains("Hủy số ngày"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clerks_leave_no_gap_on_sqlite() {
    many_clerks_leave_no_gap(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clerks_leave_no_gap_on_postgres() {
    many_clerks_leave_no_gap(Backend::Postgres).await;
}

#[tokio::test]
async fn numbers_are_kept_by_clerks_with_a_reason_and_read_by_few() {
    let server = Server::start(Backend::Sqlite).await;
    let clerk = server.signed_in(Role::Clerk).await;
    let path = "/api/v1/registers/outgoing/numbers";
    for (body, field) in [
        (json!({ "reason": "", "whom": "x" }), "hold_reason"),
        (json!({ "reason": "x", "whom": " " }), "whom"),
        (json!({ "reason": "x", "whom": "x", "count": 0 }), "count"),
        (json!({ "reason": "x", "whom": "x", "count": 21 }), "count"),
        (json!({ "reason": "x", "whom": "x", "after": 1 }), "after"),
    ] {
        let wrong = clerk.post(path, &body).await;
        assert_eq!(
            (wrong.status, wrong.json()["error"]["field"].as_str()),
            (422, Some(field)),
            "{body}"
        );
    }
    let body = json!({ "reason": "Chờ ký", "whom": "Phòng Tổng hợp", "count": 2, "once": "a-word" });
    for _ in 0..2 {
        let made = clerk.post(path, &body).await;
        assert_eq!((made.status, made.json()["numbers"].clone()), (201, json!(["01", "02"])));
    }
    let auditor = server.signed_in(Role::Auditor).await;
    let seen = auditor.get(path).await.ok().json();
    assert_eq!((&seen["last"], &seen["held"], &seen["missing"]), (&json!(2), &json!(2), &json!([])));
    let cancel = format!("{path}/{}/cancel", seen["numbers"][0]["id"].as_str().expect("an id"));
    let why = json!({ "reason": "Không dùng" });
    assert_eq!(auditor.post(&cancel, &why).await.code(), "identity.forbidden");
    assert_eq!(
        clerk.post(&cancel, &json!({ "reason": "" })).await.json()["error"]["field"],
        "cancel_reason"
    );
    assert_eq!(clerk.post(&cancel, &why).await.status, 204);
    assert_eq!(clerk.post(&cancel, &why).await.code(), "documents.number_gone");
    assert_eq!(clerk.post(&format!("{path}/x/cancel"), &why).await.code(), "documents.no_number");
    let drafter = server.signed_in(Role::Drafter).await;
    assert_eq!(drafter.get(path).await.code(), "identity.forbidden");
    assert_eq!(drafter.post(path, &body).await.code(), "identity.forbidden");
    assert_eq!(server.stranger().get(path).await.code(), "identity.not_signed_in");
    assert_eq!(clerk.get(&format!("{path}?year=12")).await.code(), "documents.field");
    // The log says what was taken, why and for whom.
    let log = auditor.get("/api/v1/audit?action=register").await.ok().text();
    assert!(log.contains("register.held") && log.contains("Không dùng"), "{log}");
    // A number that nothing accounts for is named.
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    server::documents::store::next_number(work.conn(), "outgoing", seen["year"].as_i64().expect("a year"))
        .await
        .expect("a number");
    work.commit().await.expect("committing");
    assert_eq!(clerk.get(path).await.ok().json()["missing"], json!([3]));
}
