//! Văn bản đến, and what becomes of what was sent: called by the axis, and by the clerk who takes in or refuses.
use super::store::{self, Heard, Row};
use super::{Error, Result, Service, topic};
use crate::actor::Actor;
use crate::axis::outbox::{self, OutgoingStatus};
use crate::clock::{now_us, vietnam, when};
use crate::db::Work;
use app::dto::documents::{Action, Direction, Receiver, State, StatusEntry, Urgency};
use app::dto::identity::Body;
use app::ids::{DocumentId, MessageId};
use app::live::LiveEvent;

/// A document that another body has sent, its file stored already.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub message_id: String,
    pub sender: Body,
    pub kind: String,
    pub subject: String,
    /// `12/QĐ-UBND`
    pub notation: String,
    /// `2026-11-24`
    pub issued_on: String,
    pub urgency: Urgency,
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    pub pages: u32,
    pub file_name: String,
    /// It updates a document under the same number.
    pub update: bool,
}

impl Service {
    /// Enters an arrival, or finds it: the same message twice is one document. `refused` says why it was not accepted.
    pub async fn arrive(&self, work: &mut Work, arrival: &Arrival, refused: Option<&str>) -> Result<DocumentId> {
        if let Some(known) = store::by_message(work.conn(), &arrival.message_id).await? {
            return Ok(DocumentId(known.id));
        }
        let now = now_us();
        let row = Row {
            id: uuid::Uuid::now_v7().to_string(),
            direction: Direction::Incoming,
            kind: arrival.kind.clone(),
            abstract_text: arrival.subject.clone(),
            urgency: arrival.urgency,
            state: if refused.is_some() { State::Refused } else { State::Arrived },
            file_name: arrival.file_name.clone(),
            sha256: arrival.sha256.clone(),
            drafter_id: None,
            leader_id: None,
            number: None,
            number_year: None,
            number_suffix: String::new(),
            authority: String::new(),
            head_id: None,
            head: None,
            deputies: String::new(),
            notation: Some(arrival.notation.clone()),
            issued_on: arrival.issued_on.clone(),
            arrival_number: None,
            arrival_year: None,
            arrived_at: Some(now),
            sender_code: Some(arrival.sender.code.clone()),
            sender_name: Some(arrival.sender.name.clone()),
            meeting_id: None,
            message_id: Some(arrival.message_id.clone()),
            channel: None,
            said_pages: None,
            reason: refused.map(str::to_owned),
            handler_id: None,
            due_on: String::new(),
            number_box: String::new(),
            date_box: String::new(),
            signature_box: String::new(),
            revision: 1,
            created_at: now,
            updated_at: now,
            drafter: String::new(),
            leader: None,
            people: String::new(),
            mark: None,
            asked_back: None,
        };
        store::keep_file(work.conn(), &arrival.sha256, arrival.size, arrival.pages, now).await?;
        store::insert(work.conn(), &row).await?;
        let by = work.actor().name.clone();
        store::add_version(work.conn(), &row.id, "received", &row.sha256, &by, now).await?;
        let action = if refused.is_some() {
            "document.refused_at_arrival"
        } else {
            "document.arrived"
        };
        self.announce(work, &row, action, refused.unwrap_or_default()).await?;
        let id = DocumentId(row.id.clone());
        self.mark_early(work, row, arrival.update).await?;
        Ok(id)
    }

    /// What a receiver says of a document that we sent.
    pub async fn status_heard(&self, work: &mut Work, id: &DocumentId, from: &str, heard: &Heard) -> Result<()> {
        if !store::add_status(work.conn(), id.as_str(), from, heard).await? {
            return Ok(());
        }
        let receivers = store::receivers(work.conn(), id.as_str()).await?;
        if let Some(receiver) = receivers.into_iter().map(receiver).find(|r| r.body.code == from) {
            let event = LiveEvent::ReceiverChanged { id: id.clone(), receiver };
            work.publish(&topic(id.as_str()), &event).await?;
            work.publish("desk:outgoing", &event).await?;
        }
        Ok(())
    }

    /// How far our own sending got: `queued`, `accepted` by the node, `failed`.
    pub async fn sending_state(&self, work: &mut Work, id: &DocumentId, to: &str, state: &str, description: &str) -> Result<()> {
        self.status_heard(work, id, to, &Heard::without_message(state, description, now_us()))
            .await
    }

    /// Somebody says to be a receiver and is not, or its word was changed on its way: the drafter, the leader and the clerks
    /// hear of it.
    pub async fn receipt_refused(&self, work: &mut Work, id: &DocumentId, from: &str, reason: &str) -> Result<()> {
        match store::get(work.conn(), id.as_str()).await? {
            Some(row) => {
                self.announce(work, &row, "document.receipt_refused", &format!("{from}: {reason}"))
                    .await
            }
            None => Ok(()),
        }
    }

    /// Its message will not reach a receiver: the drafter, the leader and the clerks hear of it.
    pub async fn not_delivered(&self, work: &mut Work, id: &DocumentId, to: &str, reason: &str) -> Result<()> {
        match store::get(work.conn(), id.as_str()).await? {
            Some(row) => self.announce(work, &row, "document.undelivered", &format!("{to}: {reason}")).await,
            None => Ok(()),
        }
    }

    /// The document that a status message is about.
    pub async fn find_outgoing(&self, work: &mut Work, notation: &str, issued_on: &str) -> Result<Option<DocumentId>> {
        Ok(store::outgoing(work.conn(), notation, issued_on).await?.map(|r| DocumentId(r.id)))
    }

    /// Tiếp nhận: an arrival number from the register of incoming documents; the sender hears 03. What the sender said of
    /// the document stays as it came.
    pub async fn take_in(&self, actor: &Actor, id: &DocumentId, revision: i64) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let mut row = self.for_change(&mut work, id, revision, Action::TakeIn).await?;
        let year = i64::from(vietnam(now_us()).year());
        let number = store::next_number(work.conn(), "incoming", year).await?;
        row.arrival_number = Some(number);
        row.arrival_year = Some(year);
        row.state = State::TakenIn;
        self.tell_sender(&mut work, &row, "03", &format!("Đã tiếp nhận, số đến {number}/{year}"))
            .await?;
        self.changed(&mut work, &row, "document.taken_in", &format!("{number}/{year}"))
            .await?;
        Ok(work.commit().await?)
    }

    /// Từ chối: the sender hears 02 with the reason.
    pub async fn refuse(&self, actor: &Actor, id: &DocumentId, revision: i64, reason: &str) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let mut row = self.for_change(&mut work, id, revision, Action::Refuse).await?;
        let reason = given(reason)?;
        row.state = State::Refused;
        row.reason = Some(reason.clone());
        self.tell_sender(&mut work, &row, "02", &reason).await?;
        self.changed(&mut work, &row, "document.refused", &reason).await?;
        Ok(work.commit().await?)
    }

    /// What becomes of a document that the axis brought; of one that came in another way nobody is told.
    pub(super) async fn tell_sender(&self, work: &mut Work, row: &Row, code: &str, description: &str) -> Result<()> {
        match &row.message_id {
            Some(_) => self.answer_sender(work, row, code, description).await,
            None => Ok(()),
        }
    }

    /// Answers what its sender has asked over the axis, however the document itself came.
    pub(super) async fn answer_sender(&self, work: &mut Work, row: &Row, code: &str, description: &str) -> Result<()> {
        let Some(sender) = &row.sender_code else { return Ok(()) };
        let staff = work.actor().name.clone();
        let status = OutgoingStatus {
            code: code.to_owned(),
            description: description.to_owned(),
            notation: row.notation.clone().unwrap_or_default(),
            promulgation_date: row.issued_on.clone(),
            organ_id: sender.clone(),
            staff,
        };
        Ok(outbox::enqueue_status(work, &status, sender).await.map(|_| ())?)
    }
}

/// A reason that says something.
pub(super) fn given(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 2000 {
        Err(Error::Field("reason"))
    } else {
        Ok(reason.to_owned())
    }
}

pub(super) fn receiver(r: store::ReceiverRow) -> Receiver {
    let trail = r
        .trail
        .into_iter()
        .map(|heard| StatusEntry {
            code: heard.status,
            description: heard.description,
            at: when(heard.at),
            message: heard.message_id.map(MessageId),
            signed_by: heard.signer,
        })
        .collect();
    Receiver {
        body: r.body,
        status: r.status,
        description: r.description,
        at: r.at.map(when),
        trail,
    }
}
