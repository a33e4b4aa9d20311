//! What people follow of the axis: the link, the messages, and another try for those that failed.
use super::promise::settles;
use super::{Error, Service, store};
use crate::actor::{Actor, Kind};
use crate::clock::{now_us, when};
use app::dto::Page;
use app::dto::axis::{LinkStatus, MessageRow};
use app::dto::identity::Role;
use app::ids::MessageId;

const PER_PAGE: u32 = 50;
const READERS: [Role; 3] = [Role::Clerk, Role::Auditor, Role::Admin];

impl Service {
    pub async fn link_status(&self, actor: &Actor) -> Result<LinkStatus, Error> {
        actor.require(&READERS)?;
        let mut c = self.db.read().acquire().await?;
        let (waiting, failed) = store::counts(&mut c).await?;
        let health = self.link.get();
        let (node, last_error) = match &self.config.axis {
            Some(axis) => (axis.way.address(), health.last_error),
            None => {
                let error = "Chưa cấu hình kết nối trục / no link is configured: axis.node (KYHOP_AXIS_NODE) hoặc / or axis.folder (KYHOP_AXIS_FOLDER)";
                (String::new(), Some(error.to_owned()))
            }
        };
        Ok(LinkStatus {
            connected: health.connected,
            since: health.since.map(when),
            node,
            waiting: u32::try_from(waiting).unwrap_or(0),
            failed: u32::try_from(failed).unwrap_or(0),
            last_error,
        })
    }

    /// Both ways, newest first; pages count from 1.
    pub async fn messages(&self, actor: &Actor, page: u32) -> Result<Page<MessageRow>, Error> {
        if actor.kind != Kind::System {
            actor.require(&READERS)?;
        }
        let page = page.clamp(1, 1_000_000);
        let per_page = i64::from(PER_PAGE);
        let mut c = self.db.read().acquire().await?;
        let (rows, total) = store::list(&mut c, per_page, i64::from(page - 1) * per_page).await?;
        Ok(Page {
            rows: rows.into_iter().map(row).collect(),
            total,
            page,
            per_page: PER_PAGE,
        })
    }

    /// The file of a message as it came, or as it was built to be sent.
    pub async fn edxml(&self, actor: &Actor, id: &MessageId) -> Result<String, Error> {
        actor.require(&[Role::Clerk, Role::Auditor])?;
        let mut c = self.db.read().acquire().await?;
        let sha256 = match store::incoming(&mut c, id.as_str()).await? {
            Some(message) => Some(message.sha256),
            None => store::outgoing(&mut c, id.as_str()).await?.and_then(|m| m.sha256),
        };
        sha256.filter(|s| !s.is_empty()).ok_or(Error::NotFound)
    }

    /// Tries a failed message again now; one that came in as well as one that goes out. One that was ended as undelivered
    /// goes out under a new id: of the old one nobody will ever hear again.
    pub async fn retry(&self, actor: &Actor, id: &MessageId) -> Result<(), Error> {
        settles(actor)?;
        let mut work = self.db.begin(actor).await?;
        let subject = if let Some(message) = store::outgoing(work.conn(), id.as_str()).await? {
            let new_id = match message.state.as_str() {
                "undelivered" => uuid::Uuid::now_v7().to_string(),
                _ => message.id.clone(),
            };
            if !store::requeue(work.conn(), &message.id, &new_id).await? {
                return Err(Error::NotFailed);
            }
            let words = format!("{} gửi lại / sent again by {}", when(now_us()).text, actor.name);
            self.tell(&mut work, &message, "queued", &words).await?;
            message.subject
        } else if let Some(message) = store::incoming(work.conn(), id.as_str()).await? {
            if message.state != "failed" {
                return Err(Error::NotFailed);
            }
            if message.kind == super::folder::KIND {
                if !super::folder::try_again(self, &mut work, &message).await? {
                    return Err(Error::NotFound);
                }
            } else {
                store::set_incoming(work.conn(), &message.id, "received", 0, now_us(), None).await?;
            }
            message.subject
        } else {
            return Err(Error::NotFound);
        };
        work.audit("axis.message_retried", "message", id.as_str(), &subject, &serde_json::json!({}))
            .await?;
        Ok(work.commit().await?)
    }
}

fn row(m: store::Listed) -> MessageRow {
    let state = match (m.way.as_str(), m.state.as_str()) {
        // What came in and waits here, and what was dealt with.
        ("in", "received") => "accepted",
        ("in", "done") => "delivered",
        (_, state) => state,
    };
    let other = match m.other_name {
        Some(name) => format!("{} {name}", m.other_code),
        None => m.other_code,
    };
    MessageRow {
        id: MessageId(m.id),
        kind: m.kind,
        way: m.way,
        other,
        subject: m.subject,
        state: state.to_owned(),
        attempts: u32::try_from(m.attempts).unwrap_or(0),
        error: m.error,
        signed_by: m.signer,
        at: when(m.at),
    }
}
