//! Ký thay, thừa lệnh, thừa ủy quyền, quyền: signed in another's place while it is allowed, and not otherwise.
use crate::support::axis::{Cast, Province};
use crate::support::{Backend, Server};
use app::dto::Placement;
use app::dto::authority::{AuthorityForm, AuthorityWish, SignAs, Standing};
use app::dto::documents::{Action, DocumentQuery, State};
use app::dto::identity::Role;
use app::ids::{AuthorityId, DocumentId, UserId};
use serde_json::json;
use server::actor::Actor;
use server::clock::{day, now_us};
use server::fault::Problem;

const PIN: &str = "246813";
const DAY: i64 = 86_400_000_000;

/// In the lower margin, so that nothing else is read on the same lines.
fn place() -> Placement {
    Placement {
        page: 1,
        x: 350.0,
        y: 4.0,
        w: 150.0,
        h: 16.0,
    }
}

fn wish(person: &Actor, head: &Actor) -> AuthorityWish {
    AuthorityWish {
        person: UserId(person.id().to_owned()),
        form: AuthorityForm::Deputy,
        head: Some(UserId(head.id().to_owned())),
        head_title: "Chủ tịch".into(),
        own_title: "Phó Chủ tịch".into(),
        from_on: day(now_us()),
        to_on: String::new(),
        basis: "Quy chế làm việc".into(),
    }
}

async fn submitted(server: &Server, cast: &Cast) -> DocumentId {
    let id = cast.draft(server, &["H99.5"], &[]).await.expect("a draft");
    server.state.documents.submit(&cast.drafter, &id, 1).await.expect("submitted");
    id
}

/// Moves the days of an authority, as time would.
async fn days(server: &Server, id: &AuthorityId, from: i64, to: i64) {
    let mut work = server.state.db.begin(&Actor::system("test")).await.expect("a transaction");
    sqlx::query("UPDATE authority SET from_on = $1, to_on = $2 WHERE id = $3")
        .bind(day(now_us() + from * DAY))
        .bind(day(now_us() + to * DAY))
        .bind(id.as_str())
        .execute(work.conn())
        .await
        .expect("changed");
    work.commit().await.expect("committing");
}

/// How often the authority is read on the pages of a file.
async fn said(server: &Server, sha256: &str) -> usize {
    let file = server.state.files.local(sha256).await.expect("a file");
    let text = std::process::Command::new("pdftotext")
        .arg(&file)
        .arg("-")
        .output()
        .expect("pdftotext")
        .stdout;
    String::from_utf8_lossy(&text).matches("KT. CHỦ TỊCH").count()
}

async fn a_deputy_signs_in_time(backend: Backend) {
    let province = Province::found();
    let server = province.body_on(backend, "H99", |_| {}).await;
    // The deputy has the key that the cast gives to its leader; the chair has none here.
    let cast = province.cast(&server).await;
    let deputy = cast.leader.clone();
    let chair = server.person("chair", &[Role::Leader]).await;
    let of_chair = Cast {
        drafter: cast.drafter.clone(),
        leader: chair.clone(),
        clerk: cast.clerk.clone(),
    };
    let ours = &server.state.documents;
    let id = submitted(&server, &of_chair).await;
    let waits = async |who: &Actor| {
        let query = DocumentQuery {
            mine: true,
            page: 1,
            ..DocumentQuery::default()
        };
        ours.list(who, &query).await.expect("a list").total
    };
    assert_eq!(ours.get(&deputy, &id).await.expect_err("not theirs").code(), "documents.not_found");
    assert_eq!(waits(&deputy).await, 0);

    let paper = ours.get(&cast.drafter, &id).await.expect("the document").file.sha256;
    let on_paper = said(&server, &paper).await;

    let given = ours.give_authority(&cast.clerk, &wish(&deputy, &chair)).await.expect("given");
    let seen = ours.get(&deputy, &id).await.expect("in the chair's place");
    assert!(seen.actions.contains(&Action::Sign) && !seen.signs_own, "{:?}", seen.actions);
    assert_eq!(seen.sign_as[0].lines, ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]);
    assert_eq!((waits(&deputy).await, waits(&chair).await), (1, 1));
    let under = SignAs {
        id: given.clone(),
        print: true,
    };
    // Not in their own name, not before, not after, not by somebody else.
    let sign = async |who: &Actor, id: &DocumentId, under: Option<&SignAs>| {
        let signed = ours.sign_as(who, id, 2, place(), under, PIN).await;
        signed.map_err(|e| e.code())
    };
    assert_eq!(sign(&deputy, &id, None).await, Err("documents.no_authority"));
    for (from, to, standing) in [(1, 5, Standing::Coming), (-5, -1, Standing::Over)] {
        days(&server, &given, from, to).await;
        assert_eq!(sign(&deputy, &id, Some(&under)).await, Err("documents.not_found"));
        assert_eq!(waits(&deputy).await, 0);
        assert_eq!(ours.authorities(&chair).await.expect("a list")[0].standing, standing);
    }
    days(&server, &given, -5, 0).await;
    let own = submitted(&server, &cast).await;
    let theirs = ours.give_authority(&cast.clerk, &wish(&chair, &deputy)).await.expect("given");
    let stolen = SignAs { id: theirs, print: true };
    assert_eq!(sign(&deputy, &id, Some(&stolen)).await, Err("documents.no_authority"));

    assert_eq!(sign(&deputy, &id, Some(&under)).await, Ok(()));
    let seen = ours.get(&cast.drafter, &id).await.expect("the document");
    assert_eq!(
        (seen.row.state, &seen.authority),
        (State::Signed, &vec!["KT. CHỦ TỊCH".to_owned(), "PHÓ CHỦ TỊCH".to_owned()])
    );
    assert_eq!(
        (seen.leader.as_deref(), seen.head.as_deref()),
        (Some(deputy.name.as_str()), Some(chair.name.as_str()))
    );
    let step = seen.steps.last().expect("a step");
    assert_eq!(step.remark, "KT. CHỦ TỊCH / PHÓ CHỦ TỊCH (Quy chế làm việc)");
    // The chair goes on seeing what was signed for them, and the signature holds.
    assert!(ours.get(&chair, &id).await.is_ok());
    let report = ours.verify(&cast.drafter, &id).await.expect("a report");
    assert_eq!(report.signatures.len(), 1);
    assert_eq!(said(&server, &seen.file.sha256).await, on_paper + 1);

    // Before oneself also in one's own name, and without the lines where the page has them.
    let quiet = SignAs {
        print: false,
        ..under.clone()
    };
    assert_eq!(sign(&deputy, &own, Some(&quiet)).await, Ok(()));
    let seen = ours.get(&cast.drafter, &own).await.expect("the document");
    assert_eq!(said(&server, &seen.file.sha256).await, on_paper);
    ours.issue(&cast.clerk, &own, 3, None, place(), PIN).await.expect("issued");

    // Returned in the chair's place: still seen by who did it, and nothing to be done with.
    let back = submitted(&server, &of_chair).await;
    ours.return_to_drafter(&deputy, &back, 2, "Thiếu phụ lục").await.expect("returned");
    assert_eq!(ours.get(&deputy, &back).await.expect("the document").actions, []);
    assert!(ours.get(&chair, &back).await.is_ok());

    // Ended: no longer.
    let last = submitted(&server, &of_chair).await;
    ours.end_authority(&cast.clerk, &given, "Chủ tịch đã về").await.expect("ended");
    assert_eq!(sign(&deputy, &last, Some(&under)).await, Err("documents.not_found"));
    assert_eq!(
        ours.end_authority(&cast.clerk, &given, "x").await.expect_err("once").code(),
        "documents.no_authority"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deputy_signs_in_time_on_sqlite() {
    a_deputy_signs_in_time(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deputy_signs_in_time_on_postgres() {
    a_deputy_signs_in_time(Backend::Postgres).await;
}

#[tokio::test]
async fn an_authority_is_recorded_whole_and_by_few() {
    let server = Server::start(Backend::Sqlite).await;
    let clerk = server.signed_in(Role::Clerk).await;
    let (chair, deputy) = (server.signed_in(Role::Leader).await, server.signed_in(Role::Leader).await);
    let drafter = server.signed_in(Role::Drafter).await;
    let path = "/api/v1/authorities";
    let today = day(now_us());
    let whole = json!({
        "person": deputy.actor.id(), "form": "mandate", "head": chair.actor.id(), "head_title": "Giám đốc",
        "own_title": "Trưởng phòng", "from_on": today, "to_on": today, "basis": "Giấy ủy quyền số 1/GUQ-SNV",
    });
    for (field, value) in [
        ("person", json!(drafter.actor.id())),
        ("head", json!(deputy.actor.id())),
        ("head", json!(null)),
        ("form", json!("king")),
        ("head_title", json!(" ")),
        ("own_title", json!("")),
        ("from_on", json!("hôm nay")),
        ("to_on", json!("")),
        ("to_on", json!("2020-01-01")),
        ("basis", json!("")),
    ] {
        let mut wrong = whole.clone();
        wrong[field] = value;
        let answer = clerk.post(path, &wrong).await;
        assert_eq!(
            (answer.status, answer.json()["error"]["field"].as_str()),
            (422, Some(field)),
            "{wrong}"
        );
    }
    for other in [&chair, &drafter] {
        assert_eq!(other.post(path, &whole).await.code(), "identity.forbidden");
    }
    let made = server.signed_in(Role::Admin).await.post(path, &whole).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let seen = chair.get(path).await.ok().json();
    assert_eq!(seen["authorities"][0]["lines"], json!(["TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG"]));
    assert_eq!(seen["authorities"][0]["standing"], "current");
    assert_eq!(drafter.get(path).await.code(), "identity.forbidden");
    let end = format!("{path}/{}/end", made.json()["id"].as_str().expect("an id"));
    assert_eq!(deputy.post(&end, &json!({ "reason": "x" })).await.code(), "identity.forbidden");
    assert_eq!(
        clerk.post(&end, &json!({ "reason": "" })).await.json()["error"]["field"],
        "end_reason"
    );
    assert_eq!(clerk.post(&end, &json!({ "reason": "Xong việc" })).await.status, 204);
    assert_eq!(
        clerk.post(&end, &json!({ "reason": "Xong việc" })).await.code(),
        "documents.no_authority"
    );
    assert_eq!(chair.get(path).await.ok().json()["authorities"][0]["standing"], "over");
    let none = clerk.post(&format!("{path}/x/end"), &json!({ "reason": "x" })).await;
    assert_eq!(none.code(), "documents.no_such_authority");
}
