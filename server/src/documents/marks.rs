//! What becomes of a document after it was sent. Nothing issued is altered (Decree 30/2020, Art. 18): a copy that was
//! recalled, updated or replaced stays readable, says so, and is locked.
use super::incoming::given;
use super::marks_store::{self, Name, Supersedes};
use super::store::{self, Row};
use super::upload::Form;
use super::{Error, Result, Service, rules};
use crate::actor::Actor;
use crate::axis::outbox::{self, Business, OutgoingDocument, Reference};
use crate::clock::{now_us, when};
use crate::db::Work;
use app::dto::documents::{Action, AskedBack, Direction, Linked, Mark, MarkKind};
use app::dto::identity::Body;
use app::ids::DocumentId;
use sqlx::AnyConnection;

/// What a sender says of a document of its own that it sent before.
#[derive(Debug, Clone)]
pub struct Notice {
    pub sender_code: String,
    /// `12/QĐ-UBND`
    pub notation: String,
    /// `2026-11-24`
    pub issued_on: String,
    pub kind: MarkKind,
    pub reason: String,
    /// The document here that takes its place.
    pub successor: Option<DocumentId>,
}

/// What became of the copies that a sender wants back.
pub struct TakeBack {
    pub copies: Vec<DocumentId>,
    /// A clerk answers for some of them.
    pub waits: bool,
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
        let mark = mark_now(&work, MarkKind::Recalled, &reason);
        self.mark(&mut work, row, mark, None).await?;
        Ok(work.commit().await?)
    }

    /// What a form says of the document whose place the new one takes.
    pub(super) async fn superseding(&self, work: &mut Work, form: &Form, receivers: &[Body]) -> Result<Option<Supersedes>> {
        let old = form.text("supersedes");
        if old.is_empty() {
            return Ok(None);
        }
        let kind = MarkKind::parse(form.text("supersedes_kind")).filter(|k| *k != MarkKind::Recalled);
        let kind = kind.ok_or(Error::Field("supersedes_kind"))?;
        let reason = given(form.text("supersedes_reason")).map_err(|_| Error::Field("supersedes_reason"))?;
        let row = store::get(work.conn(), old).await?.ok_or(Error::Field("supersedes"))?;
        if !rules::allowed(work.actor(), &row).contains(&Action::Supersede) {
            return Err(Error::Field("supersedes"));
        }
        self.covers(work, old, receivers).await?;
        Ok(Some(Supersedes {
            old: old.to_owned(),
            kind,
            reason,
        }))
    }

    /// A receiver of the old document that does not get the new one would go on using the old.
    pub(super) async fn covers(&self, work: &mut Work, old: &str, receivers: &[Body]) -> Result<()> {
        let before = store::receivers(work.conn(), old).await?;
        let missing = before.into_iter().filter(|r| receivers.iter().all(|b| b.code != r.body.code));
        let names: Vec<String> = missing.map(|r| r.body.name).collect();
        match names.is_empty() {
            true => Ok(()),
            false => Err(Error::MissingReceivers(names.join(", "))),
        }
    }

    /// The message of a document that takes another's place says so, and our own copy of the other does.
    pub(super) async fn supersede(&self, work: &mut Work, row: &Row, message: &mut OutgoingDocument) -> Result<()> {
        let Some(supersedes) = marks_store::supersedes(work.conn(), &row.id).await? else {
            return Ok(());
        };
        let Some(old) = store::get(work.conn(), &supersedes.old).await? else {
            return Ok(());
        };
        message.business = match supersedes.kind {
            MarkKind::Updated => Business::Update,
            _ => Business::Replace,
        };
        message.reason = supersedes.reason.clone();
        message.supersedes = Some(Reference {
            notation: old.notation.clone().unwrap_or_default(),
            issued_on: old.issued_on.clone(),
        });
        // One that was recalled or replaced meanwhile stays as it is.
        if old.mark.is_none() {
            let successor = DocumentId(row.id.clone());
            let mark = mark_now(work, supersedes.kind, &supersedes.reason);
            self.mark(work, old, mark, Some(&successor)).await?;
        }
        Ok(())
    }

    /// Thu hồi, as its receiver hears it. What nobody has taken in yet is taken back at once; of what is in hands here a
    /// clerk decides, and those in whose hands it is hear of it.
    pub async fn asked_back(&self, work: &mut Work, notice: &Notice) -> Result<TakeBack> {
        let copies = store::copies(work.conn(), &notice.sender_code, &notice.notation, &notice.issued_on).await?;
        let open = |row: &Row| row.mark.is_none() && row.arrival_number.is_some();
        let (in_hands, others): (Vec<Row>, Vec<Row>) = copies.into_iter().partition(open);
        if in_hands.is_empty() {
            let copies = self.noticed(work, notice).await?;
            return Ok(TakeBack { copies, waits: false });
        }
        let mut ids = Vec::new();
        for row in others {
            ids.push(DocumentId(row.id.clone()));
            if row.mark.is_none() {
                self.mark(work, row, mark_now(work, notice.kind, &notice.reason), None).await?;
            }
        }
        for mut row in in_hands {
            ids.push(DocumentId(row.id.clone()));
            let asked = AskedBack {
                reason: notice.reason.clone(),
                by: work.actor().name.clone(),
                at: when(now_us()),
            };
            marks_store::ask_back(work.conn(), &row.id, &asked).await?;
            row.asked_back = Some(asked);
            self.changed(work, &row, "document.asked_back", &notice.reason).await?;
            self.tell_concerned(work, &row).await?;
        }
        Ok(TakeBack { copies: ids, waits: true })
    }

    /// Đồng ý thu hồi: the copy is marked and locked, and the sender hears 15.
    pub async fn give_back(&self, actor: &Actor, id: &DocumentId, revision: i64) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let mut row = self.for_change(&mut work, id, revision, Action::GiveBack).await?;
        let Some(asked) = row.asked_back.take() else {
            return Err(Error::NotNow);
        };
        marks_store::answer_back(work.conn(), &row.id, "15").await?;
        let words = "Đã thu hồi: văn bản được ghi là đã thu hồi và bị khóa; người đang xử lý được báo.";
        self.answer_sender(&mut work, &row, "15", words).await?;
        // It is the sender's word; that this clerk agreed is in the log.
        let mark = Mark {
            by: asked.by,
            ..mark_now(&work, MarkKind::Recalled, &asked.reason)
        };
        self.mark(&mut work, row, mark, None).await?;
        Ok(work.commit().await?)
    }

    /// Từ chối thu hồi: the sender hears 16 with the reason, and the document stays as it is.
    pub async fn keep_copy(&self, actor: &Actor, id: &DocumentId, revision: i64, reason: &str) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let mut row = self.for_change(&mut work, id, revision, Action::KeepCopy).await?;
        let reason = given(reason)?;
        marks_store::answer_back(work.conn(), &row.id, "16").await?;
        row.asked_back = None;
        self.answer_sender(&mut work, &row, "16", &reason).await?;
        self.changed(&mut work, &row, "document.kept", &reason).await?;
        self.tell_concerned(&mut work, &row).await?;
        Ok(work.commit().await?)
    }

    /// Carries out what a sender says of its document at every copy; how many there are. One that has not arrived yet will
    /// be marked when it does.
    pub async fn noticed(&self, work: &mut Work, notice: &Notice) -> Result<Vec<DocumentId>> {
        let mut copies = store::copies(work.conn(), &notice.sender_code, &notice.notation, &notice.issued_on).await?;
        let successor = notice.successor.as_ref();
        // An update may have the number of what it updates.
        copies.retain(|row| successor.is_none_or(|s| s.as_str() != row.id));
        if copies.is_empty() {
            let name = Name {
                sender: &notice.sender_code,
                notation: &notice.notation,
                issued_on: &notice.issued_on,
            };
            let mark = mark_now(work, notice.kind, &notice.reason);
            marks_store::add_early_mark(work.conn(), name, &mark, successor).await?;
        }
        let mut ids = Vec::new();
        for row in copies {
            ids.push(DocumentId(row.id.clone()));
            if row.mark.is_none() {
                self.mark(work, row, mark_now(work, notice.kind, &notice.reason), successor).await?;
            }
        }
        Ok(ids)
    }

    /// What its sender said of an arrival before it came. An `update` of a document under the same number is not what an
    /// earlier update of it was about.
    pub(super) async fn mark_early(&self, work: &mut Work, row: Row, update: bool) -> Result<()> {
        let (sender, notation) = (
            row.sender_code.clone().unwrap_or_default(),
            row.notation.clone().unwrap_or_default(),
        );
        let name = Name {
            sender: &sender,
            notation: &notation,
            issued_on: &row.issued_on,
        };
        match marks_store::early_mark(work.conn(), name).await? {
            Some((early, _)) if update && early.kind == MarkKind::Updated => Ok(()),
            Some((early, successor)) => {
                let mark = mark_now(work, early.kind, &early.reason);
                self.mark(work, row, mark, successor.as_ref()).await
            }
            None => Ok(()),
        }
    }

    async fn mark(&self, work: &mut Work, mut row: Row, mark: Mark, successor: Option<&DocumentId>) -> Result<()> {
        marks_store::set_mark(work.conn(), &row.id, &mark, successor).await?;
        // What takes its place, or took it back, leaves nothing to answer.
        marks_store::answer_back(work.conn(), &row.id, "15").await?;
        row.asked_back = None;
        let action = match mark.kind {
            MarkKind::Recalled => "document.recalled",
            MarkKind::Updated => "document.updated",
            MarkKind::Replaced => "document.replaced",
        };
        let reason = mark.reason.clone();
        row.mark = Some(mark);
        self.changed(work, &row, action, &reason).await?;
        if row.direction == Direction::Incoming {
            self.tell_concerned(work, &row).await?;
        }
        Ok(())
    }
}

fn mark_now(work: &Work, kind: MarkKind, reason: &str) -> Mark {
    Mark {
        kind,
        reason: reason.to_owned(),
        by: work.actor().name.clone(),
        at: when(now_us()),
        successor: None,
    }
}

/// Another document as this person may know of it: its number at most, when it is not for them.
pub(super) async fn linked(c: &mut AnyConnection, actor: &Actor, id: &str) -> Result<Linked> {
    let row = store::get(c, id).await?;
    let number = row.as_ref().and_then(|r| r.notation.clone()).unwrap_or_default();
    Ok(match row.filter(|r| rules::may_see(actor, r)) {
        Some(row) => Linked {
            id: Some(DocumentId(row.id)),
            number,
            title: row.abstract_text,
        },
        None => Linked {
            id: None,
            number,
            title: String::new(),
        },
    })
}

/// What a document takes the place of: as its draft says, and as its arrival or sending has done.
pub(super) async fn supersedes(c: &mut AnyConnection, actor: &Actor, id: &str) -> Result<Vec<app::dto::documents::Supersedes>> {
    let mut all = marks_store::predecessors(c, id).await?;
    if let Some(planned) = marks_store::supersedes(c, id).await?
        && all.iter().all(|s| s.old != planned.old)
    {
        all.push(planned);
    }
    let mut seen = Vec::new();
    for one in all {
        seen.push(app::dto::documents::Supersedes {
            document: linked(c, actor, &one.old).await?,
            kind: one.kind,
            reason: one.reason,
        });
    }
    Ok(seen)
}
