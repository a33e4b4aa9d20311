//! What a new document replaces or updates is locked where it went, and leads to the new one.
use crate::axis::{PlayedNode, header, hears, message_of, number};
use crate::recalls::{InHand, copy};
use crate::support::Backend;
use crate::support::axis::Province;
use app::dto::documents::{Action, MarkKind, State};
use app::dto::identity::Role;
use app::ids::DocumentId;
use app::live::{LiveEvent, ServerFrame};
use server::axis::edxml::{self, Replacement};
use server::axis::wire::Frame;
use server::fault::Problem;

async fn leads_to_the_new_one(backend: Backend) {
    let province = Province::start().await;
    let link = province.link("H99", &province.authority);
    let sender = province.body_on(backend, "H99", |c| c.axis = Some(link)).await;
    let link = province.link("H99.5", &province.authority);
    let other = province.body_on(backend, "H99.5", |c| c.axis = Some(link)).await;
    let cast = province.cast(&sender).await;
    let ours = &sender.state.documents;
    let old = cast.draft(&sender, &["H99.5"], &[]).await.expect("a draft");
    let as_new = |old: &DocumentId| {
        [
            ("supersedes", old.0.clone()),
            ("supersedes_kind", "replaced".to_owned()),
            ("supersedes_reason", "Sai căn cứ pháp lý".to_owned()),
        ]
    };
    let fields = as_new(&old);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let early = cast.draft(&sender, &["H99.5"], &fields).await.expect_err("not issued");
    assert_eq!((early.code(), early.field()), ("documents.field", Some("supersedes")));
    cast.issue(&sender, &old).await;
    ours.send(&cast.clerk, &old, 4).await.expect("sent");
    hears(&sender, &old, "H99.5", "01").await;

    let their_old = copy(&other, "1 = 1").await;
    let theirs = &other.state.documents;
    let InHand {
        clerk: their_clerk,
        handler,
        mut live,
    } = InHand::at(&other, &their_old).await;
    hears(&sender, &old, "H99.5", "04").await;

    // Who got the old one gets the new one; until that is sent, the old one stands.
    let may = ours.get(&cast.drafter, &old).await.expect("the document").actions;
    assert!(may.contains(&Action::Supersede), "{may:?}");
    let missing = cast.draft(&sender, &["H99.3"], &fields).await.expect_err("somebody is missing");
    assert_eq!(
        (missing.code(), missing.field()),
        ("documents.missing_receivers", Some("receivers"))
    );
    assert!(missing.vi().contains("Sở Nội vụ"), "{}", missing.vi());
    let new = cast.draft(&sender, &["H99.5", "H99.3"], &fields).await.expect("a draft");
    let seen = ours.get(&cast.drafter, &new).await.expect("the document");
    assert_eq!(seen.supersedes[0].document.id.as_ref(), Some(&old));
    cast.issue(&sender, &new).await;
    assert_eq!(ours.get(&cast.clerk, &old).await.expect("the document").mark, None);
    ours.send(&cast.clerk, &new, 4).await.expect("sent");

    // Here: marked, locked, with the way to the new one.
    let seen = ours.get(&cast.clerk, &old).await.expect("the document");
    let mark = seen.mark.expect("a mark");
    assert_eq!((mark.kind, mark.reason.as_str()), (MarkKind::Replaced, "Sai căn cứ pháp lý"));
    assert_eq!(mark.successor.expect("a successor").id.as_ref(), Some(&new));
    assert_eq!(seen.actions, []);
    let locked = ours.recall(&cast.clerk, &old, seen.revision, "Sai").await.expect_err("locked");
    assert_eq!(locked.code(), "documents.superseded");

    // There: the same, and the sender hears what was done.
    let said = hears(&sender, &new, "H99.5", "01").await;
    let old_number = seen.row.number.expect("a number");
    assert!(said.contains(&format!("Văn bản cũ {old_number} đã bị khóa")), "{said}");
    let their_new = copy(&other, &format!("id <> '{their_old}'")).await;
    let seen = theirs.get(&their_clerk, &their_old).await.expect("the document");
    let mark = seen.mark.expect("a mark");
    assert_eq!(
        (mark.kind, mark.reason.as_str(), mark.by.as_str()),
        (MarkKind::Replaced, "Sai căn cứ pháp lý", "Ủy ban nhân dân tỉnh (H99)")
    );
    assert_eq!(mark.successor.expect("a successor").id.as_ref(), Some(&their_new));
    assert_eq!((seen.row.state, seen.actions.as_slice()), (State::Assigned, [].as_slice()));
    let started = theirs
        .start_processing(&handler, &their_old, seen.revision)
        .await
        .expect_err("locked");
    assert_eq!(started.code(), "documents.superseded");
    let back = theirs.get(&their_clerk, &their_new).await.expect("the document").supersedes;
    assert_eq!((back.len(), back[0].document.id.as_ref()), (1, Some(&their_old)));
    // Who works on the old one hears of it at once, and learns no more of the new one than its number.
    loop {
        match live.hear().await.expect("a live link") {
            ServerFrame::Event {
                event: LiveEvent::DocumentChanged { id, .. },
                ..
            } => break assert_eq!(id, their_old),
            ServerFrame::Denied { topic } => panic!("{topic} is denied"),
            _ => {}
        }
    }
    let successor = theirs
        .get(&handler, &their_old)
        .await
        .expect("the document")
        .mark
        .expect("a mark")
        .successor;
    let successor = successor.expect("a successor");
    assert_eq!(
        (successor.id, successor.title.as_str(), successor.number.is_empty()),
        (None, "", false)
    );
    assert_eq!(number(&other, "axis_inbox WHERE kind = 'replacement' AND state = 'done'").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_replaced_is_locked_and_leads_to_the_new_one_on_sqlite() {
    leads_to_the_new_one(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_replaced_is_locked_and_leads_to_the_new_one_on_postgres() {
    leads_to_the_new_one(Backend::Postgres).await;
}

/// The invitation of the played node under another number; `business` and what it takes the place of.
fn later(from: &str, code: &str, business: u8, replaces: &[&str]) -> Vec<u8> {
    let mut d = header(from, "H99.5");
    d.code_number = code.into();
    d.subject = format!("Mời họp, lần {business}");
    d.business = business;
    d.business_reason = "Đổi ngày họp".into();
    let one = |id: &&str| Replacement {
        document_id: (*id).to_owned(),
        organs: Vec::new(),
    };
    d.replaces = replaces.iter().map(one).collect();
    message_of(&d, &crate::support::document("thong-bao.pdf"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replacement_that_overtakes_its_document_awaits_it_and_reaches_no_other_bodys() {
    const OLD: &str = "H99,2026/11/24,7/GM-UBND";
    let province = Province::found();
    let (other, mut node) = tokio::join!(province.body("H99.5"), PlayedNode::meet(&province));
    let clerk = other.person("theirs", &[Role::Clerk]).await;
    let mut deliver = async |from: &str, id: &str, bytes: Vec<u8>| {
        node.deliver_from(from, id, &bytes).await;
        let taken = Frame::Taken {
            from: from.into(),
            id: id.into(),
        };
        assert_eq!(node.answer().await, taken);
        let entered = format!("message_id = '{from}:{id}'");
        copy(&other, &entered).await
    };
    let documents = &other.state.documents;
    let mark = async |id: &DocumentId| documents.get(&clerk, id).await.expect("the document").mark;

    // Another body's word does not count, whatever it names.
    deliver("H99.3", "foreign", later("H99.3", "9", 3, &[OLD])).await;
    let new = deliver("H99", "new", later("H99", "8", 3, &[OLD])).await;
    let old = deliver("H99", "old", later("H99", "7", 0, &[])).await;
    let marked = mark(&old).await.expect("it was awaited");
    assert_eq!((marked.kind, marked.by.as_str()), (MarkKind::Replaced, "H99 (H99)"));
    assert_eq!(marked.successor.expect("a successor").id, Some(new.clone()));
    assert_eq!(mark(&new).await, None);

    // An update may keep the number; of several the latest stands, and what comes late is locked at once.
    let first = deliver("H99", "first", later("H99", "12", 2, &[])).await;
    let second = deliver("H99", "second", later("H99", "12", 2, &[])).await;
    let original = deliver("H99", "original", later("H99", "12", 0, &[])).await;
    let of_first = mark(&first).await.expect("a mark");
    assert_eq!(
        (of_first.kind, of_first.successor.and_then(|s| s.id)),
        (MarkKind::Updated, Some(second.clone()))
    );
    assert_eq!(mark(&second).await, None);
    assert_eq!(mark(&original).await.map(|m| m.kind), Some(MarkKind::Updated));
    // One that says nothing of what it replaces is a document like any other, and its sender hears so.
    let bare = deliver("H99", "bare", later("H99", "13", 3, &[])).await;
    assert_eq!(mark(&bare).await, None);
    let said = "axis_outbox WHERE kind = 'status' AND payload LIKE '%\"01\"%axis.no_reference%'";
    assert_eq!(
        number(&other, said).await,
        2,
        "and so does the other body, which named none of its own"
    );
}

#[test]
fn what_a_message_says_of_it_survives_the_way() {
    let bytes = later("H99", "8", 3, &["H99,2026/11/24,7/GM-UBND"]);
    let edxml::Message::Document(d) = edxml::header_only(&mut bytes.as_slice()).expect("edXML") else {
        panic!("no document");
    };
    assert_eq!((d.business, d.replaces[0].document_id.as_str()), (3, "H99,2026/11/24,7/GM-UBND"));
    assert_eq!(d.business_reason, "Đổi ngày họp");
}
