use super::*;
use std::io::Write as _;

/// A message of H99 about `about`, to H99.5.
async fn enter(queue: &Queue, id: &str, about: &str) {
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
    assert_eq!(queue.enter(new).await.unwrap(), Entered::New);
}

async fn next(queue: &Queue) -> Option<Waiting> {
    queue.next("H99.5").await.unwrap()
}

#[tokio::test]
async fn a_message_whose_hand_over_breaks_holds_up_its_own_document_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let queue = Queue::open(dir.path()).await.unwrap();
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
    let queue = Queue::open(dir.path()).await.unwrap();
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

#[test]
fn pauses_grow_to_ten_minutes_and_stay_there() {
    let seconds: Vec<i64> = (0..13).map(|n| pause(n) / 1_000_000).collect();
    assert_eq!(seconds, [1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
    assert_eq!(pause(i64::MAX), 600_000_000);
}
