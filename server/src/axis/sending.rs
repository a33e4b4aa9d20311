//! What becomes of a message that this body sends.
use super::store::{self, Out};
use super::wire::Refusal;
use super::{Error, Service, actor};
use crate::clock::{now_us, when};
use crate::db::Work;
use app::ids::DocumentId;

/// Tries after which a person must look. Being without a link is no try.
pub(super) const MOST_ATTEMPTS: i64 = 10;

/// Microseconds until try number `attempts` + 1: 5 s, doubled each time, at most an hour.
pub(super) fn pause(attempts: i64) -> i64 {
    let doubled = 5_000_000i64 << attempts.clamp(1, 12).saturating_sub(1);
    doubled.min(3_600_000_000)
}

/// `pause`, longer by up to a quarter that differs from message to message: what failed together does not come back together.
pub(super) fn spread_pause(attempts: i64, id: &str) -> i64 {
    use std::hash::{Hash, Hasher};
    let mut hasher = std::hash::DefaultHasher::new();
    (id, attempts).hash(&mut hasher);
    let share = i64::try_from(hasher.finish() % 1000).unwrap_or(0);
    let pause = pause(attempts);
    pause + pause / 4 * share / 1000
}

/// What people read of a refusal.
pub(super) fn words(refusal: &Refusal) -> String {
    format!("{} / {} [{}]", refusal.vi, refusal.en, refusal.code)
}

impl Service {
    /// The node has it on disk.
    pub(super) async fn accepted(&self, id: &str) -> Result<(), Error> {
        self.moved(id, &["queued"], "accepted").await
    }

    /// The receiver has it on disk. The node may say so before we have noted that it took the message.
    pub(super) async fn delivered(&self, id: &str) -> Result<(), Error> {
        self.moved(id, &["queued", "accepted"], "delivered").await
    }

    async fn moved(&self, id: &str, from: &[&str], to: &str) -> Result<(), Error> {
        let mut work = self.db.begin(&actor()).await?;
        let Some(message) = store::outgoing(work.conn(), id).await? else {
            return Ok(());
        };
        if !from.contains(&message.state.as_str()) {
            return Ok(());
        }
        store::set_outgoing(work.conn(), id, to, message.attempts, 0, None).await?;
        if message.state == "queued" {
            self.tell(&mut work, &message, "accepted", "").await?;
        }
        if to == "delivered" {
            self.tell(&mut work, &message, "delivered", "").await?;
        }
        Ok(work.commit().await?)
    }

    /// The node or the receiver will not have it: tried again later when that may help, else a person must look.
    pub(super) async fn rejected(&self, id: &str, refusal: &Refusal, again: bool) -> Result<(), Error> {
        let mut work = self.db.begin(&actor()).await?;
        let Some(message) = store::outgoing(work.conn(), id).await? else {
            return Ok(());
        };
        if !matches!(message.state.as_str(), "queued" | "accepted") {
            return Ok(());
        }
        let attempts = message.attempts + 1;
        let error = words(refusal);
        if again && attempts < MOST_ATTEMPTS {
            let next = now_us() + spread_pause(attempts, id);
            store::set_outgoing(work.conn(), id, "queued", attempts, next, Some(&error)).await?;
            let again = format!("{error} Thử lại lúc / next try: {}", when(next).text);
            self.tell(&mut work, &message, "retrying", &again).await?;
            return Ok(work.commit().await?);
        }
        tracing::warn!(id, to = message.to_code, code = refusal.code, "message failed");
        store::set_outgoing(work.conn(), id, "failed", attempts, 0, Some(&error)).await?;
        let details = serde_json::json!({ "to": message.to_code, "code": refusal.code, "document": message.document_id });
        work.audit("axis.message_failed", "message", id, &message.subject, &details).await?;
        self.tell(&mut work, &message, "failed", &error).await?;
        Ok(work.commit().await?)
    }

    /// Shows at the document how far its message got.
    pub(super) async fn tell(&self, work: &mut Work, message: &Out, state: &str, words: &str) -> Result<(), Error> {
        if let Some(document) = &message.document_id {
            let document = DocumentId(document.clone());
            let state = match (message.kind.as_str(), state) {
                ("recall", "queued") => "13",
                (_, state) => state,
            };
            // How far the recall got stands beside how far the document itself got.
            let about = match message.kind.as_str() {
                "recall" if state != "13" => format!("Yêu cầu thu hồi / the recall. {words}"),
                _ => words.to_owned(),
            };
            self.documents
                .sending_state(work, &document, &message.to_code, state, about.trim())
                .await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{pause, spread_pause};

    #[test]
    fn pauses_grow_to_an_hour_and_stay_there() {
        let seconds: Vec<i64> = (0..13).map(|n| pause(n) / 1_000_000).collect();
        assert_eq!(seconds, [5, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]);
        assert_eq!(pause(i64::MAX), 3_600_000_000);
    }

    #[test]
    fn messages_that_failed_together_come_back_apart() {
        let mut seen = std::collections::BTreeSet::new();
        for n in 0..100 {
            let spread = spread_pause(12, &format!("message-{n}"));
            assert!((3_600_000_000..=4_500_000_000).contains(&spread), "{spread}");
            seen.insert(spread);
        }
        assert!(seen.len() > 80, "{}", seen.len());
    }
}
