//! Messages that go: each is handed over once, and what became of it is heard.
use super::places::{OUT, Places, STATUS, TAKEN, WITHDRAWN, outgoing_name};
use super::poison;
use crate::axis::store::{self, Only, Out};
use crate::axis::wire::Refusal;
use crate::axis::{Error, Service};
use crate::clock::{now_us, when};
use crate::config::span;
use serde::Deserialize;
use std::io;

/// Bytes of a result; more is none.
const LARGEST_RESULT: u64 = 64 * 1024;
/// Messages that wait to be fetched for so long are worth a word. Microseconds.
const SLOW: i64 = 300_000_000;

/// What became of a message, as the other side writes it.
#[derive(Debug, Deserialize)]
struct Outcome {
    /// Of the message: the first part of its file's name.
    id: String,
    /// `delivered` or `rejected`.
    state: State,
    /// For people, when it was rejected.
    #[serde(default)]
    reason: String,
    /// Trying again later may help.
    #[serde(default)]
    again: bool,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum State {
    Delivered,
    Rejected,
}

impl Service {
    /// Puts what is due where it is fetched. From then on it is the other side's, as with a node that has confirmed.
    pub(super) async fn hand_over(&self, places: &Places) -> Result<(), Error> {
        loop {
            let next = {
                let mut c = self.db.read().acquire().await?;
                store::due_outgoing(&mut c, 1).await?.pop()
            };
            let Some(message) = next else { return Ok(()) };
            let sha256 = match self.built(&message).await {
                Ok(Some(sha256)) => sha256,
                // Given up meanwhile.
                Ok(None) => continue,
                Err(e) => {
                    tracing::error!(id = message.id, error = %e, "cannot build the message");
                    let refusal = Refusal::new("axis.build", format!("Không tạo được gói tin: {e}"), "The message cannot be built.");
                    self.rejected(&message.id, &refusal, true).await?;
                    continue;
                }
            };
            let (from, places) = (self.files.local(&sha256).await?, places.clone());
            let name = outgoing_name(&message.id, &message.to_code);
            let put = move || -> io::Result<()> {
                // Stopped after it was handed over and before that was noted.
                if places.at(OUT, &name).exists() || places.at(TAKEN, &name).exists() {
                    return Ok(());
                }
                places.put(OUT, &name, |file| io::copy(&mut std::fs::File::open(from)?, file).map(|_| ()))
            };
            tokio::task::spawn_blocking(put).await??;
            self.accepted(&message.id).await?;
        }
    }

    /// Hears what became of messages.
    pub(super) async fn results(&self, places: &Places) -> Result<(), Error> {
        for name in places.list(STATUS, ".json")? {
            let path = places.at(STATUS, &name);
            let read = match std::fs::metadata(&path) {
                Ok(meta) if meta.len() > LARGEST_RESULT => Err("lớn quá / too large".to_owned()),
                _ => std::fs::read(&path)
                    .map_err(|e| e.to_string())
                    .and_then(|bytes| serde_json::from_slice::<Outcome>(&bytes).map_err(|e| e.to_string())),
            };
            let outcome = match read {
                Ok(outcome) => outcome,
                Err(why) => {
                    let refusal = Refusal::new(
                        "axis.result_unreadable",
                        format!("Không đọc được tệp kết quả: {why}. Hãy sửa ở cổng rồi bấm Thử lại."),
                        format!("The result cannot be read: {why}. Put it right at the gateway and try again."),
                    );
                    poison::set_aside(self, places, (STATUS, &name), &refusal).await?;
                    continue;
                }
            };
            let message = {
                let mut c = self.db.read().acquire().await?;
                store::outgoing(&mut c, &outcome.id).await?
            };
            let Some(message) = message else {
                let refusal = Refusal::new(
                    "axis.result_unknown",
                    format!("Không có gói tin {} đã gửi. Hãy kiểm tra ở cổng.", outcome.id),
                    format!("No message {} was sent. Look at the gateway.", outcome.id),
                );
                poison::set_aside(self, places, (STATUS, &name), &refusal).await?;
                continue;
            };
            match outcome.state {
                State::Delivered => self.delivered(&outcome.id).await?,
                State::Rejected => {
                    let reason: String = outcome.reason.chars().take(1000).collect();
                    self.rejected(&outcome.id, &Refusal::new("axis.gateway", reason.clone(), reason), outcome.again)
                        .await?;
                }
            }
            // In this order: stopped in between, the result is heard again, which changes nothing.
            let sent = outgoing_name(&message.id, &message.to_code);
            places.remove(TAKEN, &sent)?;
            places.remove(OUT, &sent)?;
            places.remove(STATUS, &name)?;
        }
        Ok(())
    }

    /// What nobody has fetched in time is withdrawn and comes back as undelivered; of what was fetched and never heard of
    /// again, its people are told so.
    pub(super) async fn look_back(&self, places: &Places) -> Result<(), Error> {
        let after = i64::try_from(self.undelivered_after().as_micros()).unwrap_or(i64::MAX);
        let waiting = {
            let mut c = self.db.read().acquire().await?;
            store::at_node(&mut c, now_us().saturating_sub(after.min(SLOW))).await?
        };
        let (vi, en) = span::words(self.undelivered_after());
        let mut slow = 0;
        for message in waiting {
            let name = outgoing_name(&message.id, &message.to_code);
            let withdrawn = format!("{WITHDRAWN}{name}");
            if message.since > now_us().saturating_sub(after) {
                slow += usize::from(places.at(OUT, &name).exists());
                continue;
            }
            // Once the name is gone nobody can fetch it any more; a rename has one winner.
            let unfetched = places.shift((OUT, &name), (OUT, &withdrawn))? || places.at(OUT, &withdrawn).exists();
            let since = when(message.since).text;
            let reason = match unfetched {
                true => format!(
                    "Cổng liên thông không lấy gói tin trong {vi}, từ {since}; gói tin đã được rút lại. Hãy kiểm tra cổng rồi gửi lại. / \
                     The gateway has not fetched the message in {en}, since {since}; it was withdrawn. Look at the gateway, then send it \
                     again. [axis.not_fetched]"
                ),
                false => format!(
                    "Cổng liên thông đã lấy gói tin nhưng không báo kết quả trong {vi}, từ {since}: hãy hỏi nơi nhận trước khi gửi lại. / \
                     The gateway has fetched the message and not said in {en}, since {since}, what became of it: ask the receiver before \
                     you send it again. [axis.not_heard]"
                ),
            };
            self.end_at_gateway(&message, &reason).await?;
            places.remove(OUT, &withdrawn)?;
        }
        self.link.remark((slow > 0).then(|| {
            format!(
                "{slow} gói tin chờ cổng lấy quá 5 phút; cổng có đang chạy không? / {slow} messages have waited for the gateway for more \
                 than 5 minutes; is it running?"
            )
        }));
        Ok(())
    }

    async fn end_at_gateway(&self, message: &Out, reason: &str) -> Result<(), Error> {
        let mut work = self.db.begin(&crate::axis::actor()).await?;
        if self.undeliver(&mut work, message, Only::AtNode, reason).await? {
            work.commit().await?;
        }
        Ok(())
    }
}
