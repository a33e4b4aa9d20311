//! Giấy mời as a document of the register, drafted by a meeting's secretary for bodies outside; from there on it goes as any other.
use super::draft::blank;
use super::store::{self, Row};
use super::{Error, Result, Service};
use crate::actor::Actor;
use crate::clock::now_us;
use crate::db::Work;
use crate::files::Incoming;
use app::dto::Placement;
use app::dto::documents::State;
use app::dto::identity::Body;
use app::ids::DocumentId;
use bytes::Bytes;
use futures_util::stream;
use std::convert::Infallible;

/// What the meeting hands over.
pub struct Invitation {
    pub abstract_text: String,
    /// The chair, if the chair signs documents; whoever submits it chooses another.
    pub leader_id: String,
    pub receivers: Vec<Body>,
    pub pages: u32,
    pub number: Option<Placement>,
    pub chair: Option<Placement>,
    pub file: Incoming,
}

impl Service {
    /// Those bodies of the directory, in this order, each once.
    pub async fn bodies_outside(&self, codes: &[String]) -> Result<Vec<Body>> {
        let mut c = self.db.read().acquire().await?;
        let mut found: Vec<Body> = Vec::new();
        for code in codes {
            if found.iter().any(|b| b.code == *code) {
                continue;
            }
            let body = match *code == self.config.body_code {
                true => None,
                false => store::body(&mut c, code).await?,
            };
            found.push(body.ok_or_else(|| Error::UnknownReceiver(code.clone()))?);
        }
        if found.is_empty() {
            return Err(Error::Field("receivers"));
        }
        Ok(found)
    }

    /// Holds a paper of our own until it is kept.
    pub async fn hold_paper(&self, bytes: Vec<u8>) -> Result<Incoming> {
        let whole = stream::iter([Ok::<_, Infallible>(Bytes::from(bytes))]);
        Ok(self.files.receive(whole, u64::MAX).await?)
    }

    /// A draft of it: the one that is known already, as long as it was not submitted, else a new one.
    pub async fn draft_invitation(&self, work: &mut Work, known: Option<&str>, paper: Invitation) -> Result<DocumentId> {
        let actor: Actor = work.actor().clone();
        let now = now_us();
        let before = match known {
            Some(id) => store::get(work.conn(), id).await?,
            None => None,
        };
        let before = before.filter(|r| matches!(r.state, State::Draft | State::Returned) && r.drafter_id.as_deref() == Some(actor.id()));
        let sha256 = paper.file.sha256.clone();
        let mut row = match &before {
            Some(row) => row.clone(),
            None => blank(&uuid::Uuid::now_v7().to_string(), &actor, "giay-moi.pdf", &sha256, now),
        };
        let json = |place: &Placement| serde_json::to_string(place).unwrap_or_default();
        row.kind = "GM".into();
        row.abstract_text = paper.abstract_text;
        row.leader_id = match store::is_leader(work.conn(), &paper.leader_id).await? {
            true => Some(paper.leader_id),
            false => None,
        };
        row.number_box = paper.number.as_ref().map(json).unwrap_or_default();
        row.signature_box = paper.chair.as_ref().map(json).unwrap_or_default();
        row.sha256 = sha256;
        store::keep_file(work.conn(), &paper.file.sha256, paper.file.size, paper.pages, now).await?;
        self.files.keep(paper.file).await?;
        if before.is_none() {
            store::insert(work.conn(), &row).await?;
        }
        store::set_receivers(work.conn(), &row.id, &paper.receivers).await?;
        store::add_version(work.conn(), &row.id, "uploaded", &row.sha256, &actor.name, now).await?;
        self.drafted(work, &row, before.is_some()).await?;
        Ok(DocumentId(row.id))
    }

    async fn drafted(&self, work: &mut Work, row: &Row, again: bool) -> Result<()> {
        match again {
            true => self.changed(work, row, "document.file_replaced", "").await,
            false => self.announce(work, row, "document.created", "").await,
        }
    }
}
