//! Minutes from a meeting's end to their issue: written from what happened, corrected, circulated, signed in order, numbered.
use crate::meetings::{Meeting, motion, refused};
use crate::support::{Backend, Server};
use app::dto::Placement;
use app::dto::after::TaskDraft;
use app::dto::documents::{Action, DocumentQuery, State};
use app::dto::identity::Role;
use app::dto::meetings::{Check, Choice, Majority, Motion};
use app::ids::{DocumentId, UserId};
use server::actor::Actor;
use server::fault::Problem;
use server::signatures::{KeyMaterial, NewKey, Owner};

const PIN: &str = "470213";

async fn give_key(server: &Server, owner: Owner) {
    let pair = server.authority.signing("Người ký");
    let new = NewKey {
        owner,
        material: KeyMaterial::Pkcs8 {
            key: &pair.key.private_key_to_pkcs8().expect("a key"),
            certificate: &pair.certificate.to_der().expect("a certificate"),
            chain: &server.authority.chain_pem(),
        },
        pin: PIN,
        image: None,
        demonstration: true,
    };
    server.state.signatures.store_key(&Actor::system("test"), new).await.expect("a key");
}

/// A meeting that is over: two of three came, one vote was carried, one thing was concluded with a task.
async fn held(server: &Server) -> Meeting {
    let service = &server.state.meetings;
    let m = Meeting::prepare(server, 2).await;
    let item = m.item(server, "Dự toán ngân sách năm 2027").await;
    service.publish(&m.secretary, &m.id, &Check::ALL).await.expect("published");
    service.open(&m.chair, &m.id).await.expect("opened");
    for present in [&m.secretary, &m.chair, &m.members[0]] {
        service.check_in(present, &m.id, "").await.expect("present");
    }
    service.set_current_item(&m.chair, &m.id, Some(&item)).await.expect("called");
    let speech = service.ask_to_speak(&m.members[0], &m.id, None).await.expect("asked");
    service.give_floor(&m.chair, &speech, 60).await.expect("given");
    service.end_speech(&m.chair, &speech).await.expect("ended");
    let question = Motion {
        item: Some(item.clone()),
        majority: Majority::HalfPresent,
        ..motion("Thông qua dự toán?")
    };
    let vote = service.open_vote(&m.chair, &m.id, &question).await.expect("a vote");
    for voter in [&m.chair, &m.members[0]] {
        service.cast(voter, &vote, Choice::Agree).await.expect("cast");
    }
    service.close_vote(&m.chair, &vote).await.expect("counted");
    service
        .conclude(&m.chair, &item, None, "Thống nhất trình Hội đồng nhân dân.")
        .await
        .expect("concluded");
    let draft = TaskDraft {
        text: "Hoàn thiện tờ trình".into(),
        owner_id: UserId(m.members[1].id().into()),
        due_on: "2026-12-15".into(),
    };
    service.give_task(&m.chair, &item, &draft).await.expect("a task");
    m
}

/// All text of a PDF, as a reader or a search finds it.
pub fn text_of(pdf: &[u8]) -> String {
    let file = lopdf::Document::load_mem(pdf).expect("a PDF");
    let pages: Vec<u32> = file.get_pages().into_keys().collect();
    let text = file.extract_text(&pages).expect("its text");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn minutes_say_what_happened_and_become_a_document_that_secretary_chair_and_clerk_sign_in_order() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let server = Server::start_with(backend, |config| config.demonstration = true).await;
        let (service, documents) = (&server.state.meetings, &server.state.documents);
        let m = held(&server).await;
        refused(service.draft_minutes(&m.secretary, &m.id, false).await, "meetings.not_now");
        service.close(&m.chair, &m.id).await.expect("closed");
        let member = &m.members[0];
        refused(service.draft_minutes(member, &m.id, false).await, "identity.forbidden");
        refused(
            service.set_absence(&m.secretary, &m.id, &UserId(member.id().into()), "ốm").await,
            "meetings.not_found",
        );
        let away = UserId(m.members[1].id().into());
        service
            .set_absence(&m.secretary, &m.id, &away, "đi công tác")
            .await
            .expect("a reason");
        service.draft_minutes(&m.secretary, &m.id, false).await.expect("drafted");

        let seen = service.minutes(&m.secretary, &m.id).await.expect("minutes");
        let written = seen.written.expect("written");
        let all: String = written.sections.iter().map(|s| format!("{}\n{}\n", s.heading, s.text)).collect();
        for fact in [
            "Có mặt 2 trên tổng số 3 đại biểu",
            "đi công tác",
            "Dự toán ngân sách năm 2027",
            "Phát biểu ý kiến:",
            "tán thành 2, không tán thành 0, ý kiến khác 0 (có mặt 2 trên tổng số 3 đại biểu)",
            "(2 phiếu tán thành). Kết quả: được thông qua.",
            "Kết luận: Thống nhất trình Hội đồng nhân dân.",
            "Hoàn thiện tờ trình",
            "hạn hoàn thành: 15/12/2026",
            "Cuộc họp kết thúc vào hồi",
        ] {
            assert!(all.contains(fact), "{fact:?} is missing in\n{all}");
        }
        // Before they are circulated nobody but secretary and chair knows of them.
        assert!(service.minutes(member, &m.id).await.expect("minutes").written.is_none());
        assert!(service.minutes(&m.chair, &m.id).await.expect("minutes").written.is_some());
        refused(service.minutes_preview(member, &m.id).await, "meetings.not_found");
        refused(service.remark_on_minutes(member, &m.id, "Sai tên").await, "meetings.not_found");

        let mut corrected = written.sections.clone();
        corrected[0].text.push_str("\nHình thức: họp trực tiếp.");
        service
            .save_minutes(&m.secretary, &m.id, written.revision, &corrected)
            .await
            .expect("saved");
        let late = service.save_minutes(&m.secretary, &m.id, written.revision, &written.sections).await;
        refused(late, "meetings.minutes_changed");
        service.draft_minutes(&m.secretary, &m.id, false).await.expect("there already");
        let revision = service
            .minutes(&m.secretary, &m.id)
            .await
            .expect("minutes")
            .written
            .expect("written")
            .revision;
        service.circulate_minutes(&m.secretary, &m.id, revision).await.expect("circulated");
        service
            .remark_on_minutes(member, &m.id, "Đề nghị bổ sung hình thức họp")
            .await
            .expect("a remark");
        service
            .remark_on_minutes(member, &m.id, "Đề nghị bổ sung hình thức họp")
            .await
            .expect("the same");
        let seen = service.minutes(member, &m.id).await.expect("minutes");
        let remarks = seen.written.expect("written").remarks;
        assert_eq!(remarks.len(), 1, "the same words twice are one remark");
        let (pdf, name) = service.minutes_preview(member, &m.id).await.expect("a preview");
        assert_eq!(name, "Biên bản họp thường kỳ.pdf");
        let text = text_of(&pdf);
        for words in [
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "BIÊN BẢN",
            "họp trực tiếp",
            "THƯ KÝ",
            "CHỦ TỌA",
            &m.chair.name,
        ] {
            assert!(text.contains(words), "{words:?} is missing in {text}");
        }

        give_key(&server, Owner::Person(UserId(m.secretary.id().into()))).await;
        give_key(&server, Owner::Person(UserId(m.chair.id().into()))).await;
        give_key(&server, Owner::Body(server.state.config.body_code.clone())).await;
        refused(service.sign_minutes(&m.chair, &m.id, revision, PIN).await, "identity.forbidden");
        assert!(
            service.sign_minutes(&m.secretary, &m.id, revision, "000000").await.is_err(),
            "a wrong PIN"
        );
        let id = service.sign_minutes(&m.secretary, &m.id, revision, PIN).await.expect("signed");
        refused(
            service.save_minutes(&m.secretary, &m.id, revision, &corrected).await,
            "meetings.not_now",
        );
        refused(service.remark_on_minutes(member, &m.id, "Muộn").await, "meetings.not_now");
        assert_eq!(
            documents.get(member, &id).await.expect_err("not yet for members").code(),
            "documents.not_found"
        );

        // The chair returns them; corrected, they are the same document again, signed anew.
        let seen = documents.get(&m.chair, &id).await.expect("before the chair");
        assert!(seen.actions.contains(&Action::Sign) && seen.row.kind == "BB");
        documents
            .return_to_drafter(&m.chair, &id, seen.revision, "Thiếu một ý kiến")
            .await
            .expect("returned");
        let back = documents.get(&m.secretary, &id).await.expect("returned");
        assert!(back.actions.is_empty(), "unsigned minutes cannot be submitted: {:?}", back.actions);
        service
            .save_minutes(&m.secretary, &m.id, revision, &corrected)
            .await
            .expect("corrected");
        let again = service
            .sign_minutes(&m.secretary, &m.id, revision + 1, PIN)
            .await
            .expect("signed again");
        assert_eq!(again, id, "one document, no copy");

        let seen = documents.get(&m.chair, &id).await.expect("before the chair");
        let place = seen.signature_box.expect("the chair's place");
        documents
            .sign(&m.chair, &id, seen.revision, place, PIN)
            .await
            .expect("signed by the chair");
        let clerk = server.person("vanthu-bienban", &[Role::Clerk]).await;
        let seen = documents.get(&clerk, &id).await.expect("on the clerk's desk");
        let seal = Placement {
            w: 102.0,
            h: 102.0,
            ..place
        };
        documents.issue(&clerk, &id, seen.revision, None, seal, PIN).await.expect("issued");
        issued(&server, &m, &id).await;
        let waiting = DocumentQuery {
            mine: true,
            page: 1,
            ..DocumentQuery::default()
        };
        let waits = documents.list(&clerk, &waiting).await.expect("a list");
        assert!(waits.rows.iter().all(|r| r.id != id), "nothing is left to send");
    }
}

/// The members read the issued minutes; three signatures are valid, and the number stands on the paper.
async fn issued(server: &Server, m: &Meeting, id: &DocumentId) {
    let (member, documents) = (&m.members[1], &server.state.documents);
    let seen = documents.get(member, id).await.expect("the member reads them");
    assert_eq!(seen.row.state, State::Issued);
    assert_eq!(seen.row.number.as_deref(), Some("01/BB-UBND"));
    let list = DocumentQuery {
        text: "bien ban hop".into(),
        page: 1,
        ..DocumentQuery::default()
    };
    let found = documents.list(member, &list).await.expect("a list");
    assert!(found.rows.iter().any(|r| r.id == *id), "and finds them");
    let other = server.person("nguoi-ngoai", &[Role::Official]).await;
    assert_eq!(
        documents.get(&other, id).await.expect_err("a stranger").code(),
        "documents.not_found"
    );
    let report = documents.verify(&m.chair, id).await.expect("checked");
    assert_eq!(report.signatures.len(), 3);
    let whats: Vec<&str> = seen.versions.iter().map(|v| v.what.as_str()).collect();
    assert_eq!(whats[whats.len() - 3..], ["countersigned", "signed", "issued"]);
    let shown = server.state.meetings.minutes(member, &m.id).await.expect("minutes");
    let filed = shown.written.and_then(|w| w.filed).expect("a document");
    assert!(filed.open && filed.state == State::Issued && !shown.may_remark);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_with_the_right_pin_do_not_lock_each_other_out_and_guessing_at_once_gets_no_more_tries() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let server = Server::start_with(backend, |config| config.demonstration = true).await;
        let signer = server.person("ky.cungluc", &[Role::Leader, Role::Official]).await;
        let owner = Owner::Person(UserId(signer.id().into()));
        give_key(&server, owner.clone()).await;
        let all_at_once = async |pin: &'static str, times: usize| {
            let mut trying = tokio::task::JoinSet::new();
            for _ in 0..times {
                let (service, signer, owner) = (server.state.signatures.clone(), signer.clone(), owner.clone());
                trying.spawn(async move { service.unseal(&signer, &owner, pin).await.map_err(|e| e.code()).err() });
            }
            trying.join_all().await
        };
        let opened = all_at_once(PIN, 12).await;
        assert!(opened.iter().all(Option::is_none), "{opened:?}");
        let guessed = all_at_once("000000", 12).await;
        let wrong = guessed.iter().filter(|code| **code == Some("signatures.wrong_pin")).count();
        assert_eq!(wrong, 4, "{guessed:?}");
        assert!(
            guessed
                .iter()
                .all(|code| matches!(code, Some("signatures.wrong_pin" | "signatures.key_locked"))),
            "{guessed:?}"
        );
    }
}
