//! This body's part of the promise: what was sent arrives, or its people hear that it did not, and why. What the node has
//! taken is the node's to end; what never left, and what was set aside and nobody looked at, is ours.
use super::edxml::{self, Message};
use super::store::{self, In, Out};
use super::{Error, Service, UNDELIVERED, actor};
use crate::actor::{Actor, Kind};
use crate::clock::{now_us, when};
use crate::config::span;
use crate::db::Work;
use app::dto::identity::Role;
use app::ids::{DocumentId, MessageId};
use std::time::Duration;

/// Looks after the promise for as long as the program runs.
pub async fn run(service: Service) {
    let look = (service.undelivered_after() / 10).clamp(Duration::from_millis(200), Duration::from_secs(60));
    loop {
        if let Err(e) = service.end_overdue().await {
            tracing::error!(error = %e, "cannot end what is overdue");
        }
        tokio::time::sleep(look).await;
    }
}

/// Who settles what failed: the clerk, the administrator, and whoever is at the server's own terminal.
pub(super) fn settles(actor: &Actor) -> Result<(), Error> {
    if actor.kind != Kind::System {
        actor.require(&[Role::Clerk, Role::Admin])?;
    }
    Ok(())
}

impl Service {
    pub(super) fn undelivered_after(&self) -> Duration {
        self.config.axis.as_ref().map_or(span::UNDELIVERED_AFTER, |a| a.undelivered_after)
    }

    async fn end_overdue(&self) -> Result<(), Error> {
        let after = i64::try_from(self.undelivered_after().as_micros()).unwrap_or(i64::MAX);
        let (out, came) = {
            let mut c = self.db.read().acquire().await?;
            store::overdue(&mut c, now_us().saturating_sub(after)).await?
        };
        // One that cannot be ended keeps no other from it.
        let failed = |id: &str, e: Error| tracing::error!(id, error = %e, "cannot end an overdue message");
        for message in out {
            self.end_outgoing(&message).await.unwrap_or_else(|e| failed(&message.id, e));
        }
        for message in came {
            self.end_incoming(&message).await.unwrap_or_else(|e| failed(&message.id, e));
        }
        Ok(())
    }

    async fn end_outgoing(&self, message: &Out) -> Result<(), Error> {
        let (vi, en) = span::words(self.undelivered_after());
        let (only, reason) = match message.state.as_str() {
            "failed" => (
                store::Only::Failed,
                format!("Không gửi được, và không ai xử lý trong {vi}. / It could not be sent, and nobody looked at it in {en}."),
            ),
            _ => (
                store::Only::Unsent,
                format!(
                    "Không lên được trục trong {vi}, từ {since}. Gói tin không được gửi nữa; khi có kết nối hãy bấm Gửi lại, hoặc gửi \
                     bằng đường khác. / The axis could not be reached in {en}, since {since}. The message is not sent any more; send \
                     it again when the link is back, or another way.",
                    since = when(message.since).text
                ),
            ),
        };
        let mut work = self.db.begin(&actor()).await?;
        if self.undeliver(&mut work, message, only, &reason).await? {
            work.commit().await?;
        }
        Ok(())
    }

    async fn end_incoming(&self, message: &In) -> Result<(), Error> {
        let (vi, en) = span::words(self.undelivered_after());
        let reason = format!("Cơ quan nhận không xử lý được gói tin trong {vi}. / The receiver could not process the message in {en}.");
        let mut work = self.db.begin(&actor()).await?;
        if self.drop_incoming(&mut work, message, &reason).await? {
            work.commit().await?;
        }
        Ok(())
    }

    /// A person gives up what failed: whom it concerns hears of it at once.
    pub async fn give_up(&self, actor: &Actor, id: &MessageId) -> Result<(), Error> {
        settles(actor)?;
        let mut work = self.db.begin(actor).await?;
        let (at, name) = (when(now_us()).text, &actor.name);
        let done = if let Some(message) = store::outgoing(work.conn(), id.as_str()).await? {
            let reason = format!("{name} đã thôi gửi lúc {at}. / Given up by {name}, {at}.");
            self.undeliver(&mut work, &message, store::Only::Failed, &reason).await?
        } else if let Some(message) = store::incoming(work.conn(), id.as_str()).await? {
            let reason = format!("Cơ quan nhận không xử lý được gói tin. / The receiver could not process the message. ({at})");
            self.drop_incoming(&mut work, &message, &reason).await?
        } else {
            return Err(Error::NotFound);
        };
        if !done {
            return Err(Error::NotFailed);
        }
        Ok(work.commit().await?)
    }

    /// The node will not deliver a message: what its notice says.
    pub(super) async fn noticed(&self, message: &In, reason: &str) -> Result<(), Error> {
        let mut work = self.db.begin(&actor()).await?;
        if !store::settle(work.conn(), message, "done", None, None).await? {
            return Ok(());
        }
        let prefix = format!("{}:{UNDELIVERED}{}:", message.from_code, self.config.body_code);
        let id = message.id.strip_prefix(&prefix).unwrap_or_default();
        if let Some(message) = store::outgoing(work.conn(), id).await? {
            self.undeliver(&mut work, &message, store::Only::AtNode, reason).await?;
        }
        Ok(work.commit().await?)
    }

    /// Ends a message as undelivered and tells its people; false when it is not in that state any more.
    pub(super) async fn undeliver(&self, work: &mut Work, message: &Out, only: store::Only, reason: &str) -> Result<bool, Error> {
        let reason = match &message.error {
            Some(error) if !error.is_empty() => format!("{reason} {error}"),
            _ => reason.to_owned(),
        };
        if !store::undeliver(work.conn(), &message.id, only, &reason).await? {
            return Ok(false);
        }
        tracing::warn!(id = message.id, to = message.to_code, "message undelivered");
        let details = serde_json::json!({ "to": message.to_code, "document": message.document_id, "reason": reason });
        work.audit("axis.message_undelivered", "message", &message.id, &message.subject, &details)
            .await?;
        if let Some(document) = message.document_id.as_deref().filter(|id| !id.is_empty()) {
            let document = DocumentId(document.to_owned());
            self.tell(work, message, "undelivered", &reason).await?;
            self.documents.not_delivered(work, &document, &message.to_code, &reason).await?;
        }
        Ok(true)
    }

    /// What came in and cannot be worked on: its sender hears that it was refused.
    async fn drop_incoming(&self, work: &mut Work, message: &In, reason: &str) -> Result<bool, Error> {
        let error = match &message.error {
            Some(error) => format!("{reason} {error}"),
            None => reason.to_owned(),
        };
        if !store::drop_incoming(work.conn(), &message.id, &error).await? {
            return Ok(false);
        }
        let details = serde_json::json!({ "from": message.from_code, "reason": error });
        work.audit("axis.message_given_up", "message", &message.id, &message.subject, &details)
            .await?;
        // No message, but a file that was to be one: nobody knows whom to answer.
        if message.kind == super::folder::KIND {
            return Ok(true);
        }
        let path = self.files.local(&message.sha256).await?;
        let read = tokio::task::spawn_blocking(move || -> Result<Message, edxml::Error> {
            edxml::header_only(&mut std::io::BufReader::new(std::fs::File::open(path)?))
        });
        // Nobody answers a status.
        if let Ok(Message::Document(d)) = read.await? {
            let code = if message.kind == "recall" { "16" } else { "02" };
            super::inbox::answer_about(work, &message.from_code, &d, code, &error).await?;
        }
        Ok(true)
    }
}
