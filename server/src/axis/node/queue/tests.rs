use super::*;

/// A message of H99 about `about`, to H99.5.
async fn enter(queue: &Queue, id: &str, about: &str) {
    assert_eq!(entered(queue, id, about).await, Entered::New);
}

async fn entered(queue: &Queue, id: &str, about: &str) -> Entered {
    let mut file = queue.temporary().unwrap();
    file.write_all(id.as_bytes()).unwrap();
    let new = New {
        from: "H99",
        id,
        to: "H99.5",
        about,
        file,
        size: id.len() as u64,
        sha256: String::new(),
        original: id,
    };
    queue.enter(new).await.unwrap()
}

async fn next(queue: &Queue) -> Option<Waiting> {
    queue.next("H99.5").await.unwrap()
}

#[tokio::test]
async fn a_message_whose_hand_over_breaks_holds_up_its_own_document_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let queue = Queue::open(dir.path(), "axis".into()).await.unwrap();
    enter(&queue, "document", "H99,2026/11/24,1/TB").await;
    enter(&queue, "recall", "H99,2026/11/24,1/TB").await;
    enter(&queue, "other", "H99,2026/11/24,2/TB").await;

    let document = next(&queue).await.unwrap();
    assert_eq!(document.id, "document");
    assert!(next(&queue).await.is_none(), "one at a time, also for a second connection");
    queue.postpone(&document).await.unwrap();
    let other = next(&queue).await.unwrap();
    assert_eq!(other.id, "other", "the recall waits for its document, the rest does not");
    queue.settle(&other, &Outcome::Delivered).await.unwrap();
    assert!(next(&queue).await.is_none());
    assert!(
        queue.due("H99.5", 0).await.unwrap().is_some(),
        "whoever delivers knows when to look again"
    );

    // Its pause is over, also for a node that starts anew.
    drop(queue);
    let queue = Queue::open(dir.path(), "axis".into()).await.unwrap();
    sqlx::query("UPDATE message SET next_at = 1 WHERE id = 'document'")
        .execute(&queue.pool)
        .await
        .unwrap();
    for expected in ["document", "recall"] {
        let message = next(&queue).await.unwrap();
        assert_eq!(message.id, expected);
        queue.settle(&message, &Outcome::Delivered).await.unwrap();
    }
    assert!(next(&queue).await.is_none());
}

#[tokio::test]
async fn what_is_in_hand_is_never_ended_and_what_was_ended_is_never_handed_over() {
    let dir = tempfile::tempdir().unwrap();
    let queue = Queue::open(dir.path(), "axis".into()).await.unwrap();
    enter(&queue, "one", "a").await;
    let overdue = queue.overdue(i64::MAX).await.unwrap();
    assert_eq!(overdue.len(), 1);
    let notice = format!("{UNDELIVERED}H99:one");
    let in_hand = next(&queue).await.unwrap();
    let end = async || {
        let file = queue.temporary().unwrap();
        queue.undeliver(&overdue[0], &notice, file).await.unwrap()
    };
    assert!(!end().await, "its receiver may be taking it");
    queue.postpone(&in_hand).await.unwrap();
    assert!(end().await);
    assert!(!end().await);
    assert!(
        queue.overdue(i64::MAX).await.unwrap().is_empty(),
        "nor is there a notice of a notice"
    );
    sqlx::query("UPDATE message SET next_at = 0").execute(&queue.pool).await.unwrap();
    assert!(next(&queue).await.is_none());
    // The sender hears of it, and again when it asks again.
    for _ in 0..2 {
        let told = queue.next("H99").await.unwrap().unwrap();
        assert_eq!((told.from.as_str(), told.id.as_str()), ("axis", notice.as_str()));
        assert!(told.path.exists());
        queue.settle(&told, &Outcome::Delivered).await.unwrap();
        assert!(queue.next("H99").await.unwrap().is_none());
        assert_eq!(entered(&queue, "one", "a").await, Entered::Known);
    }
    queue.forget(i64::MAX).await.unwrap();
    // The last notice still waits.
    assert_eq!(std::fs::read_dir(&queue.folder).unwrap().count(), 1);
}

#[test]
fn pauses_grow_to_ten_minutes_and_stay_there() {
    let seconds: Vec<i64> = (0..13).map(|n| pause(n) / 1_000_000).collect();
    assert_eq!(seconds, [1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
    assert_eq!(pause(i64::MAX), 600_000_000);
}
