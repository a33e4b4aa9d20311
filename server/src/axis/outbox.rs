//! What this body owes to others: rows written in the transaction of the change that caused them.
use crate::clock::now_us;
use crate::db::{DbResult, Work};
use app::dto::identity::Body;
use app::ids::MessageId;
use serde::{Deserialize, Serialize};

/// Everything that the edXML message of a document says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutgoingDocument {
    pub document_id: String,
    pub sha256: String,
    pub file_name: String,
    /// Bytes.
    pub size: u64,
    pub pages: u32,
    /// Số.
    pub code_number: String,
    /// Ký hiệu.
    pub code_notation: String,
    pub place: String,
    /// `2026-11-24`
    pub promulgation_date: String,
    pub kind: String,
    pub kind_name: String,
    pub subject: String,
    pub signer_name: String,
    pub signer_position: String,
    /// Quyền hạn ký, such as `KT. CHỦ TỊCH`; empty in one's own name.
    #[serde(default)]
    pub signer_competence: String,
    /// 0 to 3.
    pub priority: u8,
    pub receivers: Vec<Body>,
    #[serde(default)]
    pub business: Business,
    /// Of a recall, an update, a replacement.
    #[serde(default)]
    pub reason: String,
    /// The document of this body whose place it takes.
    #[serde(default)]
    pub supersedes: Option<Reference>,
}

/// A document of this body, as others know it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reference {
    /// `12/QĐ-UBND`
    pub notation: String,
    /// `2026-11-24`
    pub issued_on: String,
}

/// What a message does with its document (`BussinessDocType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Business {
    #[default]
    New,
    Recall,
    Update,
    Replace,
}

impl Business {
    /// The number of the standard.
    pub fn number(self) -> u8 {
        match self {
            Self::New => 0,
            Self::Recall => 1,
            Self::Update => 2,
            Self::Replace => 3,
        }
    }

    /// Kind of the message, as the lists have it.
    pub fn kind(self) -> &'static str {
        match self {
            Self::New => "document",
            Self::Recall => "recall",
            Self::Update => "update",
            Self::Replace => "replacement",
        }
    }

    /// What the number of the standard means; a reader lets no other through.
    pub fn of(number: u8) -> Self {
        let all = [Self::New, Self::Recall, Self::Update, Self::Replace];
        all.into_iter().find(|b| b.number() == number).unwrap_or_default()
    }
}

/// What a status message says of a document that came from `organ_id`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutgoingStatus {
    /// `01` arrived, `02` refused, `03` taken in …
    pub code: String,
    pub description: String,
    /// `12/QĐ-UBND`
    pub notation: String,
    /// `2026-11-24`
    pub promulgation_date: String,
    pub organ_id: String,
    /// Who did it.
    pub staff: String,
}

pub async fn enqueue_document(work: &mut Work, document: &OutgoingDocument, to: &str) -> DbResult<MessageId> {
    let number = format!("{}/{}", document.code_number, document.code_notation);
    enqueue(
        work,
        &Owed {
            kind: document.business.kind(),
            document: Some(&document.document_id),
            to,
            // Of this body.
            about: about("", &document.promulgation_date, &number),
            subject: &document.subject,
            payload: payload(document)?,
        },
    )
    .await
}

pub async fn enqueue_status(work: &mut Work, status: &OutgoingStatus, to: &str) -> DbResult<MessageId> {
    enqueue(
        work,
        &Owed {
            kind: "status",
            document: None,
            to,
            about: about(&status.organ_id, &status.promulgation_date, &status.notation),
            subject: &format!("{} {}", status.code, status.notation),
            payload: payload(status)?,
        },
    )
    .await
}

fn payload(said: &impl Serialize) -> DbResult<String> {
    serde_json::to_string(said).map_err(|e| sqlx::Error::Encode(Box::new(e)))
}

/// The document that a message is about, as one text.
pub fn about(organ: &str, day: &str, number: &str) -> String {
    format!("{organ},{day},{number}")
}

/// A row of the outbox to be.
struct Owed<'a> {
    kind: &'a str,
    document: Option<&'a str>,
    to: &'a str,
    about: String,
    subject: &'a str,
    payload: String,
}

async fn enqueue(work: &mut Work, owed: &Owed<'_>) -> DbResult<MessageId> {
    let id = uuid::Uuid::now_v7().to_string();
    let now = now_us();
    sqlx::query(
        "INSERT INTO axis_outbox (id, kind, document_id, to_code, about, subject, payload, sha256, state, attempts, next_at, error, since, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, 'queued', 0, $8, NULL, $8, $8, $8)",
    )
    .bind(&id)
    .bind(owed.kind)
    .bind(owed.document.map(str::to_owned))
    .bind(owed.to)
    .bind(&owed.about)
    .bind(owed.subject)
    .bind(&owed.payload)
    .bind(now)
    .execute(work.conn())
    .await?;
    Ok(MessageId(id))
}
