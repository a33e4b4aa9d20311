//! The leader's signature, and what the clerk does after it: number, date, seal, sending.
use super::draft::checked;
use super::register::numbers::written;
use super::store::{self, Row};
use super::{Error, Result, Service};
use crate::actor::Actor;
use crate::axis::outbox::{self, Business, OutgoingDocument};
use crate::clock::{day, now_us, vietnam};
use crate::db::Work;
use crate::files::Incoming;
use crate::signatures::{Owner, SignRequest};
use app::dto::Placement;
use app::dto::authority::SignAs;
use app::dto::documents::{Action, State, kind_name};
use app::ids::{DocumentId, NumberId};
use app::live::LiveEvent;

impl Service {
    /// The leader's personal signature with its picture at `placement`, in the leader's own name.
    pub async fn sign(&self, actor: &Actor, id: &DocumentId, revision: i64, placement: Placement, pin: &str) -> Result<()> {
        self.sign_as(actor, id, revision, placement, None, pin).await
    }

    /// The same under an authority (KT., TL., TUQ., Q.) where one is chosen: in force today, and checked again when it is written.
    pub async fn sign_as(
        &self,
        actor: &Actor,
        id: &DocumentId,
        revision: i64,
        placement: Placement,
        chosen: Option<&SignAs>,
        pin: &str,
    ) -> Result<()> {
        let me = actor.user()?.clone();
        let seen = self.may_do(actor, id, revision, Action::Sign).await?;
        let place = checked(&placement)?;
        let authority = {
            let mut c = self.db.read().acquire().await?;
            self.signs_under(&mut c, actor, &seen, chosen).await?
        };
        let head = match (&authority, chosen) {
            (Some(a), Some(chosen)) if chosen.print => a.lines(),
            _ => Vec::new(),
        };
        // The slow part, opening the key, comes before the transaction.
        let key = self.signatures.unseal(actor, &Owner::Person(me.clone()), pin).await?;
        let request = SignRequest {
            placement,
            time: now_us() / 1_000_000,
            reason: "Ký duyệt".into(),
            lines: Vec::new(),
            head,
            seals: false,
        };
        let signed = self
            .signatures
            .sign_pdf(&key, &self.files.local(&seen.sha256).await?, request)
            .await?;
        let mut work = self.db.begin(actor).await?;
        let mut row = self.for_change(&mut work, id, revision, Action::Sign).await?;
        let mut remark = String::new();
        if let Some(a) = self.signs_under(work.conn(), actor, &row, chosen).await? {
            row.authority = a.lines().join("\n");
            remark = format!("{} ({})", a.lines().join(" / "), a.basis);
            row.head_id = a.head_id;
            row.leader_id = Some(me.0);
        }
        self.next_version(&mut work, &mut row, signed, "signed").await?;
        row.signature_box = place;
        row.state = State::Signed;
        self.changed(&mut work, &row, "document.signed", &remark).await?;
        Ok(work.commit().await?)
    }

    /// Number from the register, date, and the body's seal: all of it, or nothing and no number used up.
    /// `kept`: under that number of the register instead of the next.
    pub async fn issue(
        &self,
        actor: &Actor,
        id: &DocumentId,
        revision: i64,
        kept: Option<&NumberId>,
        seal: Placement,
        pin: &str,
    ) -> Result<()> {
        self.may_do(actor, id, revision, Action::Issue).await?;
        checked(&seal)?;
        let key = self
            .signatures
            .unseal(actor, &Owner::Body(self.config.body_code.clone()), pin)
            .await?;
        let mut work = self.db.begin(actor).await?;
        let mut row = self.for_change(&mut work, id, revision, Action::Issue).await?;
        let now = now_us();
        let today = vietnam(now);
        let year = i64::from(today.year());
        let (number, suffix, remark) = match kept {
            Some(kept) => {
                let kept = self.use_number(&mut work, kept, id.as_str(), year).await?;
                (kept.number, kept.suffix, kept.reason)
            }
            None => (
                store::next_number(work.conn(), "outgoing", year).await?,
                String::new(),
                String::new(),
            ),
        };
        let notation = notation(number, &suffix, &row.kind, &self.config.body_abbreviation);
        let place = if self.config.body_place.is_empty() {
            String::new()
        } else {
            format!("{}, ", self.config.body_place)
        };
        let date = format!(
            "{place}ngày {:02} tháng {:02} năm {}",
            today.day(),
            u8::from(today.month()),
            today.year()
        );
        let (file, number_line) = (self.files.local(&row.sha256).await?, format!("Số: {notation}"));
        let filled = if row.meeting_id.is_some() {
            self.signatures.fill_number(&file, &number_line).await?
        } else {
            self.signatures.fill_fields(&file, &number_line, &date).await?
        };
        let request = SignRequest {
            placement: seal,
            time: now / 1_000_000,
            reason: "Phát hành văn bản".into(),
            lines: Vec::new(),
            head: Vec::new(),
            seals: true,
        };
        let sealed = match &filled {
            Some(filled) => self.signatures.sign_pdf(&key, filled.path(), request).await?,
            None => {
                self.signatures
                    .sign_pdf(&key, &self.files.local(&row.sha256).await?, request)
                    .await?
            }
        };
        self.next_version(&mut work, &mut row, sealed, "issued").await?;
        let signatures = self.signatures.count(&self.files.local(&row.sha256).await?).await?;
        row.number = Some(number);
        row.number_year = Some(year);
        row.number_suffix = suffix;
        row.notation = Some(notation);
        row.issued_on = day(now);
        row.state = State::Issued;
        self.changed(&mut work, &row, "document.issued", &remark).await?;
        store::signed(work.conn(), &row.id, i64::from(signatures)).await?;
        if kept.is_some() {
            work.publish("desk:outgoing", &LiveEvent::NumbersChanged).await?;
        }
        Ok(work.commit().await?)
    }

    /// To every receiver over the axis: a row of the outbox for each, in this transaction.
    pub async fn send(&self, actor: &Actor, id: &DocumentId, revision: i64) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let mut row = self.for_change(&mut work, id, revision, Action::Send).await?;
        let mut message = self.message(&mut work, &row).await?;
        self.supersede(&mut work, &row, &mut message).await?;
        for receiver in &message.receivers {
            outbox::enqueue_document(&mut work, &message, &receiver.code).await?;
            self.sending_state(&mut work, id, &receiver.code, "queued", "").await?;
        }
        row.state = State::Sent;
        self.changed(&mut work, &row, "document.sent", "").await?;
        Ok(work.commit().await?)
    }

    /// What the message of an issued document says.
    pub(super) async fn message(&self, work: &mut Work, row: &Row) -> Result<OutgoingDocument> {
        let receivers = store::receivers(work.conn(), &row.id).await?;
        let (signer_name, signer_position) = match &row.leader_id {
            Some(leader) => store::signer(work.conn(), leader).await?,
            None => Default::default(),
        };
        let (size, pages) = store::file(work.conn(), &row.sha256).await?;
        let notation = row.notation.clone().unwrap_or_default();
        let (number, rest) = notation.split_once('/').unwrap_or((&notation, ""));
        Ok(OutgoingDocument {
            document_id: row.id.clone(),
            sha256: row.sha256.clone(),
            file_name: pdf_name(row),
            size,
            pages,
            code_number: number.to_owned(),
            code_notation: rest.to_owned(),
            place: self.config.body_place.clone(),
            promulgation_date: row.issued_on.clone(),
            kind: row.kind.clone(),
            kind_name: kind_name(&row.kind).to_owned(),
            subject: row.abstract_text.clone(),
            signer_name,
            signer_position,
            signer_competence: row.authority.lines().next().unwrap_or_default().to_owned(),
            priority: row.urgency.priority(),
            receivers: receivers.into_iter().map(|r| r.body).collect(),
            business: Business::New,
            reason: String::new(),
            supersedes: None,
        })
    }

    /// Checks before the slow part that the change would be allowed; it is checked again inside the transaction.
    pub(super) async fn may_do(&self, actor: &Actor, id: &DocumentId, revision: i64, action: Action) -> Result<Row> {
        let row = self.seen(actor, id).await?;
        super::still_open(&row)?;
        if row.revision != revision {
            return Err(Error::ChangedMeanwhile);
        }
        if !super::rules::allowed(actor, &row).contains(&action) {
            return Err(Error::NotNow);
        }
        Ok(row)
    }

    async fn next_version(&self, work: &mut Work, row: &mut Row, file: Incoming, what: &str) -> Result<()> {
        let by = work.actor().name.clone();
        let (_, pages) = store::file(work.conn(), &row.sha256).await?;
        store::keep_file(work.conn(), &file.sha256, file.size, pages, now_us()).await?;
        row.sha256 = file.sha256.clone();
        self.files.keep(file).await?;
        Ok(store::add_version(work.conn(), &row.id, what, &row.sha256, &by, now_us()).await?)
    }
}

/// Số và ký hiệu: `12/QĐ-UBND`; a công văn, which has no abbreviation, `12/UBND`; put in between, `12a/UBND`.
pub(super) fn notation(number: i64, suffix: &str, kind: &str, body: &str) -> String {
    let number = written(number, suffix);
    match kind {
        "CV" | "TCg" => format!("{number}/{body}"),
        _ => format!("{number}/{kind}-{body}"),
    }
}

fn pdf_name(row: &Row) -> String {
    match &row.notation {
        Some(notation) => format!("{}.pdf", notation.replace('/', "-")),
        None => row.file_name.clone(),
    }
}
