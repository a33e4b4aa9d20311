//! From upload to submission, and back.
use super::store::{self, Row};
use super::upload::{Form, Uploaded};
use super::{Error, Result, Service, marks_store};
use crate::actor::Actor;
use crate::clock::now_us;
use crate::db::Work;
use app::dto::Placement;
use app::dto::documents::{Action, Direction, DraftFields, KINDS, State, Urgency};
use app::dto::identity::{Body, Role};
use app::dto::notices::NoticeKind;
use app::ids::{DocumentId, UserId};

const LONGEST_ABSTRACT: usize = 1000;

impl Service {
    /// A new draft from a form with a file. The same `once` word from the same person makes the same draft.
    pub async fn create(&self, actor: &Actor, mut form: Form) -> Result<DocumentId> {
        let me = actor.require(&[Role::Drafter])?.clone();
        let word = form.text("once").to_owned();
        if !word.is_empty() {
            let mut c = self.db.read().acquire().await?;
            if let Some(id) = store::once(&mut c, me.as_str(), &word).await? {
                return Ok(DocumentId(id));
            }
        }
        if !matches!(form.text("secrecy"), "" | "none") {
            return Err(Error::Secret);
        }
        let fields = fields_of(&form);
        let uploaded = form.file.take().ok_or(Error::NoFile)?;
        let id = uuid::Uuid::now_v7().to_string();
        let now = now_us();
        let mut row = blank(&id, actor, &uploaded.name, &uploaded.incoming.sha256, now);
        let mut work = self.db.begin(actor).await?;
        let receivers = self.apply(&mut work, &mut row, &fields).await?;
        let supersedes = self.superseding(&mut work, &form, &receivers).await?;
        self.keep(&mut work, uploaded).await?;
        store::insert(work.conn(), &row).await?;
        store::set_receivers(work.conn(), &id, &receivers).await?;
        if let Some(supersedes) = &supersedes {
            marks_store::set_supersedes(work.conn(), &id, supersedes).await?;
        }
        store::add_version(work.conn(), &id, "uploaded", &row.sha256, &actor.name, now).await?;
        if !word.is_empty() {
            store::remember_once(work.conn(), me.as_str(), &word, &id, now).await?;
        }
        self.announce(&mut work, &row, "document.created", "").await?;
        work.commit().await?;
        Ok(DocumentId(id))
    }

    /// Keeps an uploaded file for good, with its row.
    pub(super) async fn keep(&self, work: &mut Work, uploaded: Uploaded) -> Result<()> {
        let pages = u32::try_from(uploaded.info.pages.len()).unwrap_or(u32::MAX);
        store::keep_file(work.conn(), &uploaded.incoming.sha256, uploaded.incoming.size, pages, now_us()).await?;
        Ok(self.files.keep(uploaded.incoming).await?)
    }

    /// Checks what the drafter entered and puts it into the row; the receivers with their names.
    async fn apply(&self, work: &mut Work, row: &mut Row, fields: &DraftFields) -> Result<Vec<Body>> {
        if !KINDS.iter().any(|(k, _)| *k == fields.kind) {
            return Err(Error::Field("kind"));
        }
        let text = fields.abstract_text.trim();
        if text.is_empty() || text.chars().count() > LONGEST_ABSTRACT {
            return Err(Error::Field("abstract_text"));
        }
        let leader = fields.leader_id.as_ref().ok_or(Error::Field("leader_id"))?;
        if !store::is_leader(work.conn(), leader.as_str()).await? {
            return Err(Error::Field("leader_id"));
        }
        let mut receivers: Vec<Body> = Vec::new();
        for code in &fields.receivers {
            if receivers.iter().any(|b| b.code == *code) {
                continue;
            }
            if *code == self.config.body_code {
                return Err(Error::UnknownReceiver(code.clone()));
            }
            let body = store::body(work.conn(), code).await?;
            receivers.push(body.ok_or_else(|| Error::UnknownReceiver(code.clone()))?);
        }
        if receivers.is_empty() {
            return Err(Error::Field("receivers"));
        }
        row.kind = fields.kind.clone();
        row.abstract_text = text.to_owned();
        row.urgency = fields.urgency;
        row.leader_id = Some(leader.0.clone());
        if let Some(place) = &fields.number_box {
            row.number_box = checked(place)?;
        }
        if let Some(place) = &fields.date_box {
            row.date_box = checked(place)?;
        }
        Ok(receivers)
    }

    pub async fn update_draft(&self, actor: &Actor, id: &DocumentId, revision: i64, fields: &DraftFields) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let mut row = self.for_change(&mut work, id, revision, Action::Edit).await?;
        let receivers = self.apply(&mut work, &mut row, fields).await?;
        if let Some(supersedes) = marks_store::supersedes(work.conn(), &row.id).await? {
            self.covers(&mut work, &supersedes.old, &receivers).await?;
        }
        store::set_receivers(work.conn(), &row.id, &receivers).await?;
        self.changed(&mut work, &row, "document.edited", "").await?;
        Ok(work.commit().await?)
    }

    pub async fn replace_file(&self, actor: &Actor, id: &DocumentId, revision: i64, uploaded: Uploaded) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let mut row = self.for_change(&mut work, id, revision, Action::ReplaceFile).await?;
        row.sha256 = uploaded.incoming.sha256.clone();
        row.file_name = uploaded.name.clone();
        self.keep(&mut work, uploaded).await?;
        // Boxes belong to the old pages.
        row.number_box.clear();
        row.date_box.clear();
        store::add_version(work.conn(), &row.id, "uploaded", &row.sha256, &actor.name, now_us()).await?;
        self.changed(&mut work, &row, "document.file_replaced", "").await?;
        Ok(work.commit().await?)
    }

    /// Trình ký. Reserves the boxes for number and date now: afterwards the leader's signature covers the pages.
    pub async fn submit(&self, actor: &Actor, id: &DocumentId, revision: i64) -> Result<()> {
        let seen = self.may_do(actor, id, revision, Action::Submit).await?;
        let (number_box, date_box) = self.boxes(&seen).await?;
        let prepared = self
            .signatures
            .prepare_fields(&self.files.local(&seen.sha256).await?, number_box, date_box)
            .await?;
        let mut work = self.db.begin(actor).await?;
        let mut row = self.for_change(&mut work, id, revision, Action::Submit).await?;
        row.number_box = text(&number_box);
        row.date_box = text(&date_box);
        row.state = State::Submitted;
        row.reason = None;
        if let Some(incoming) = prepared {
            row.sha256 = incoming.sha256.clone();
            let (_, pages) = store::file(work.conn(), &seen.sha256).await?;
            store::keep_file(work.conn(), &incoming.sha256, incoming.size, pages, now_us()).await?;
            self.files.keep(incoming).await?;
            store::add_version(work.conn(), &row.id, "prepared", &row.sha256, &actor.name, now_us()).await?;
        }
        self.changed(&mut work, &row, "document.submitted", "").await?;
        self.notify(&mut work, &row, NoticeKind::Submitted, row.leader_id.as_deref().as_slice())
            .await?;
        Ok(work.commit().await?)
    }

    /// The boxes chosen by the drafter, or those that Decree 30's layout suggests for this page size.
    pub(super) async fn boxes(&self, row: &Row) -> Result<(Placement, Placement)> {
        let parse = |text: &str| serde_json::from_str::<Placement>(text).ok();
        if let (Some(number), Some(date)) = (parse(&row.number_box), parse(&row.date_box)) {
            return Ok((number, date));
        }
        let path = self.files.local(&row.sha256).await?;
        let info = tokio::task::spawn_blocking(move || {
            let source = signing::FileSource::new(std::fs::File::open(path)?)?;
            signing::inspect(&source, None)
        });
        let info = info.await.map_err(|e| Error::Unreadable(e.to_string()))??;
        let page = info.pages.first().copied().ok_or(Error::Placement)?;
        let (w, h) = (page.width, page.height);
        // Số under the body's name at the left, place and date under the motto at the right, both some 42 mm from the top.
        let suggested = |x: f64, width: f64| Placement {
            page: 1,
            x: w * x,
            y: h * 0.862,
            w: w * width,
            h: h * 0.024,
        };
        let number = parse(&row.number_box).unwrap_or_else(|| suggested(0.13, 0.27));
        let date = parse(&row.date_box).unwrap_or_else(|| suggested(0.48, 0.44));
        Ok((number, date))
    }

    pub async fn withdraw(&self, actor: &Actor, id: &DocumentId, revision: i64) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let mut row = self.for_change(&mut work, id, revision, Action::Withdraw).await?;
        self.back_to_upload(&mut work, &mut row).await?;
        row.state = State::Draft;
        self.changed(&mut work, &row, "document.withdrawn", "").await?;
        Ok(work.commit().await?)
    }

    pub async fn return_to_drafter(&self, actor: &Actor, id: &DocumentId, revision: i64, reason: &str) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let mut row = self.for_change(&mut work, id, revision, Action::Return).await?;
        let reason = super::incoming::given(reason)?;
        self.back_to_upload(&mut work, &mut row).await?;
        row.state = State::Returned;
        row.reason = Some(reason.clone());
        self.changed(&mut work, &row, "document.returned", &reason).await?;
        self.notify(&mut work, &row, NoticeKind::Returned, row.drafter_id.as_deref().as_slice())
            .await?;
        Ok(work.commit().await?)
    }

    /// The file without the reserved boxes, so that they are not reserved twice.
    async fn back_to_upload(&self, work: &mut Work, row: &mut Row) -> Result<()> {
        let versions = store::versions(work.conn(), &row.id).await?;
        if let Some(uploaded) = versions.iter().rev().find(|v| v.what == "uploaded") {
            row.sha256 = uploaded.sha256.clone();
        }
        Ok(())
    }

    pub async fn delete_draft(&self, actor: &Actor, id: &DocumentId, revision: i64) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let row = self.for_change(&mut work, id, revision, Action::Delete).await?;
        if !store::delete(work.conn(), &row.id, revision, now_us()).await? {
            return Err(Error::ChangedMeanwhile);
        }
        work.audit("document.deleted", "document", &row.id, &row.abstract_text, &serde_json::json!({}))
            .await?;
        Ok(work.commit().await?)
    }
}

/// An outgoing document of which nothing is known but its file and who brings it.
pub(super) fn blank(id: &str, actor: &Actor, file_name: &str, sha256: &str, now: i64) -> Row {
    Row {
        id: id.to_owned(),
        direction: Direction::Outgoing,
        kind: String::new(),
        abstract_text: String::new(),
        urgency: Urgency::Normal,
        state: State::Draft,
        file_name: file_name.to_owned(),
        sha256: sha256.to_owned(),
        drafter_id: Some(actor.id().to_owned()),
        leader_id: None,
        number: None,
        number_year: None,
        number_suffix: String::new(),
        authority: String::new(),
        head_id: None,
        head: None,
        deputies: String::new(),
        notation: None,
        issued_on: String::new(),
        arrival_number: None,
        arrival_year: None,
        arrived_at: None,
        sender_code: None,
        sender_name: None,
        message_id: None,
        channel: None,
        said_pages: None,
        meeting_id: None,
        reason: None,
        handler_id: None,
        due_on: String::new(),
        number_box: String::new(),
        date_box: String::new(),
        signature_box: String::new(),
        revision: 1,
        created_at: now,
        updated_at: now,
        drafter: actor.name.clone(),
        leader: None,
        people: String::new(),
        mark: None,
        asked_back: None,
    }
}

fn fields_of(form: &Form) -> DraftFields {
    let place = |name: &str| serde_json::from_str(form.text(name)).ok();
    DraftFields {
        kind: form.text("kind").to_owned(),
        abstract_text: form.text("abstract_text").to_owned(),
        urgency: Urgency::parse(form.text("urgency")).unwrap_or_default(),
        receivers: form.all("receivers"),
        leader_id: Some(form.text("leader_id")).filter(|id| !id.is_empty()).map(UserId::from),
        number_box: place("number_box"),
        date_box: place("date_box"),
    }
}

/// A placement as stored; refused when it is not one.
pub(super) fn checked(place: &Placement) -> Result<String> {
    let sane = [place.x, place.y, place.w, place.h]
        .iter()
        .all(|n| n.is_finite() && n.abs() < 20_000.0);
    if !sane || place.page == 0 || place.w < 4.0 || place.h < 4.0 {
        return Err(Error::Placement);
    }
    Ok(text(place))
}

pub(super) fn text(place: &Placement) -> String {
    serde_json::to_string(place).unwrap_or_default()
}
