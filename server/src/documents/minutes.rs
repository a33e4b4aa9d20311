//! Minutes of a meeting as a document of the register: signed by the secretary first, then by the chair, then numbered and sealed.
use super::draft::blank;
use super::store::{self, Row};
use super::{Error, Result, Service};
use crate::actor::Actor;
use crate::clock::{now_us, when};
use crate::db::Work;
use crate::files::Incoming;
use crate::signatures::{Owner, SignRequest};
use app::dto::Placement;
use app::dto::documents::State;
use app::ids::DocumentId;
use bytes::Bytes;
use futures_util::stream;
use std::convert::Infallible;

/// What the meeting hands over.
pub struct Minutes {
    pub meeting_id: String,
    pub abstract_text: String,
    /// The chair.
    pub leader_id: String,
    pub bytes: Vec<u8>,
    pub pages: u32,
    pub number: Placement,
    pub secretary: Placement,
    pub chair: Placement,
}

/// The same with the secretary's signature, not yet kept.
pub struct SignedMinutes {
    minutes: Minutes,
    set: Incoming,
    prepared: Option<Incoming>,
    signed: Incoming,
}

impl Service {
    /// The slow part, before the transaction: the box of the number is reserved, then the secretary signs.
    pub async fn sign_minutes(&self, actor: &Actor, minutes: Minutes, pin: &str) -> Result<SignedMinutes> {
        let me = actor.user()?.clone();
        let key = self.signatures.unseal(actor, &Owner::Person(me), pin).await?;
        let whole = stream::iter([Ok::<_, Infallible>(Bytes::from(minutes.bytes.clone()))]);
        let set = self.files.receive(whole, u64::MAX).await?;
        let prepared = self.signatures.prepare_number(set.path(), minutes.number).await?;
        let request = SignRequest {
            placement: minutes.secretary,
            time: now_us() / 1_000_000,
            reason: "Thư ký ký biên bản".into(),
            // Without a picture of a hand it says who, and when.
            lines: if key.image.is_some() {
                Vec::new()
            } else {
                vec![actor.name.clone(), when(now_us()).text]
            },
            head: Vec::new(),
            seals: false,
        };
        let file = prepared.as_ref().unwrap_or(&set).path();
        let signed = self.signatures.sign_pdf(&key, file, request).await?;
        Ok(SignedMinutes {
            minutes,
            set,
            prepared,
            signed,
        })
    }

    /// Puts the signed minutes before the chair: a new document, or the one that was returned or taken back.
    pub async fn file_minutes(&self, work: &mut Work, known: Option<&DocumentId>, paper: SignedMinutes) -> Result<DocumentId> {
        let actor = work.actor().clone();
        let now = now_us();
        let SignedMinutes {
            minutes,
            set,
            prepared,
            signed,
        } = paper;
        if !store::is_leader(work.conn(), &minutes.leader_id).await? {
            return Err(Error::Field("leader_id"));
        }
        let before = match known {
            Some(id) => store::get(work.conn(), id.as_str()).await?,
            None => None,
        };
        let mut row = match before.clone() {
            Some(row) if matches!(row.state, State::Draft | State::Returned) => row,
            Some(_) => return Err(Error::NotNow),
            None => {
                let id = uuid::Uuid::now_v7().to_string();
                blank(&id, &actor, "bien-ban.pdf", &signed.sha256, now)
            }
        };
        let json = |place: &Placement| serde_json::to_string(place).unwrap_or_default();
        row.kind = "BB".into();
        row.abstract_text = minutes.abstract_text;
        row.leader_id = Some(minutes.leader_id);
        row.meeting_id = Some(minutes.meeting_id);
        row.number_box = json(&minutes.number);
        row.signature_box = json(&minutes.chair);
        row.sha256 = signed.sha256.clone();
        row.state = State::Submitted;
        row.reason = None;
        let steps = [("uploaded", Some(set)), ("prepared", prepared), ("countersigned", Some(signed))];
        let mut kept: Vec<(&str, String)> = Vec::new();
        for (what, file) in steps.into_iter().filter_map(|(what, file)| Some((what, file?))) {
            store::keep_file(work.conn(), &file.sha256, file.size, minutes.pages, now).await?;
            kept.push((what, file.sha256.clone()));
            self.files.keep(file).await?;
        }
        if before.is_none() {
            store::insert(work.conn(), &row).await?;
        }
        for (what, sha256) in &kept {
            store::add_version(work.conn(), &row.id, what, sha256, &actor.name, now).await?;
        }
        self.submitted(work, &row, before.as_ref()).await?;
        Ok(DocumentId(row.id))
    }

    async fn submitted(&self, work: &mut Work, row: &Row, before: Option<&Row>) -> Result<()> {
        match before {
            Some(_) => self.changed(work, row, "document.submitted", "").await,
            None => {
                self.announce(work, row, "document.created", "").await?;
                self.announce(work, row, "document.submitted", "").await
            }
        }
    }
}
