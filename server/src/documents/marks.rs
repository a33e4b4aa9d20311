//! What becomes of a document after it was sent. Nothing issued is altered (Decree 30/2020, Art. 18): a copy that was
//! recalled stays readable, says so, and is locked.
use super::incoming::given;
use super::store::{self, Row};
use super::{Result, Service};
use crate::actor::Actor;
use crate::axis::outbox::{self, Business};
use crate::clock::{now_us, when};
use crate::db::Work;
use app::dto::documents::{Action, Direction, Mark, MarkKind};
use app::ids::DocumentId;

/// What a sender says of a document of its own that it sent before.
#[derive(Debug, Clone)]
pub struct Notice {
    pub sender_code: String,
    pub sender_name: String,
    /// `12/QĐ-UBND`
    pub notation: String,
    /// `2026-11-24`
    pub issued_on: String,
    pub kind: MarkKind,
    pub reason: String,
}

impl Service {
    /// Thu hồi: every receiver is told over the axis, and our own copy says so.
    pub async fn recall(&self, actor: &Actor, id: &DocumentId, revision: i64, reason: &str) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let row = self.for_change(&mut work, id, revision, Action::Recall).await?;
        let reason = given(reason)?;
        let mut message = self.message(&mut work, &row).await?;
        message.business = Business::Recall;
        message.reason = reason.clone();
        for receiver in &message.receivers {
            outbox::enqueue_document(&mut work, &message, &receiver.code).await?;
            self.sending_state(&mut work, id, &receiver.code, "13", &reason).await?;
        }
        self.mark(&mut work, row, MarkKind::Recalled, &reason).await?;
        Ok(work.commit().await?)
    }

    /// Carries out what a sender says of its document at every copy; how many there are. One that has not arrived yet will
    /// be marked when it does.
    pub async fn noticed(&self, work: &mut Work, notice: &Notice) -> Result<Vec<DocumentId>> {
        let copies = store::copies(work.conn(), &notice.sender_code, &notice.notation, &notice.issued_on).await?;
        if copies.is_empty() {
            let mark = Mark {
                kind: notice.kind,
                reason: notice.reason.clone(),
                by: work.actor().name.clone(),
                at: when(now_us()),
            };
            store::add_early_mark(work.conn(), &notice.sender_code, &notice.notation, &notice.issued_on, &mark).await?;
        }
        let mut ids = Vec::new();
        for row in copies {
            ids.push(DocumentId(row.id.clone()));
            if row.mark.is_none() {
                self.mark(work, row, notice.kind, &notice.reason).await?;
            }
        }
        Ok(ids)
    }

    /// What its sender said of an arrival before it came.
    pub(super) async fn mark_early(&self, work: &mut Work, row: Row) -> Result<()> {
        let (sender, notation) = (
            row.sender_code.clone().unwrap_or_default(),
            row.notation.clone().unwrap_or_default(),
        );
        match store::early_mark(work.conn(), &sender, &notation, &row.issued_on).await? {
            Some(early) => self.mark(work, row, early.kind, &early.reason).await,
            None => Ok(()),
        }
    }

    async fn mark(&self, work: &mut Work, mut row: Row, kind: MarkKind, reason: &str) -> Result<()> {
        let mark = Mark {
            kind,
            reason: reason.to_owned(),
            by: work.actor().name.clone(),
            at: when(now_us()),
        };
        store::set_mark(work.conn(), &row.id, &mark).await?;
        row.mark = Some(mark);
        let action = match kind {
            MarkKind::Recalled => "document.recalled",
        };
        self.changed(work, &row, action, reason).await?;
        if row.direction == Direction::Incoming {
            self.tell_concerned(work, &row).await?;
        }
        Ok(())
    }
}
