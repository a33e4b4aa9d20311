//! REST routes of machines. Wire types of REST v1 are here and nowhere else.
use super::http_after::TaskV1;
use super::http_floor::{ClockV1, FloorV1};
use super::{Error, Service};
use crate::actor::Actor;
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use app::dto::meetings::{Attachment, MeetingRow};
use app::ids::{AttachmentId, DocumentId, ItemId, MeetingId, UserId};
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/meetings", get(list))
        .route("/api/v1/meetings/{id}", get(read))
        .route("/api/v1/meetings/{id}/items/{item}/documents", post(attach))
        .route("/api/v1/attachments/{id}/readers", put(set_readers))
        .merge(super::http_after::routes())
        .merge(super::http_floor::routes())
        .merge(super::http_members::routes())
        .merge(super::http_prepare::routes())
        .merge(super::http_ballots::routes())
        .merge(super::http_presenter::routes())
        .merge(super::http_sitting::routes())
}

pub(super) type Body<T> = Result<Json<T>, JsonRejection>;

/// A body read for somebody who is known: who is not is told that first.
pub(super) fn given<T>(actor: &Actor, body: Body<T>) -> Result<T, Fault> {
    actor.user().map_err(Error::from)?;
    Ok(body.map_err(|e| Error::Form(e.body_text()))?.0)
}

#[derive(Serialize, ToSchema)]
pub struct MeetingListV1 {
    pub meetings: Vec<MeetingRowV1>,
}

/// A meeting in a list. Moments are microseconds since the Unix epoch, UTC.
#[derive(Serialize, ToSchema)]
pub struct MeetingRowV1 {
    pub id: String,
    pub title: String,
    pub room: String,
    pub starts: i64,
    pub ends: i64,
    /// `preparing`, `published`, `open`, `closed` or `cancelled`.
    pub state: &'static str,
    /// Full name.
    pub chair: String,
    /// Why it is cancelled; empty otherwise.
    pub reason: String,
}

/// A meeting as machines see it.
#[derive(Serialize, ToSchema)]
pub struct MeetingV1 {
    #[serde(flatten)]
    pub meeting: MeetingRowV1,
    pub members: Vec<MemberV1>,
    /// In the order of the agenda.
    pub items: Vec<ItemV1>,
    /// Item that is being dealt with.
    pub current_item: Option<String>,
    pub votes: Vec<VoteV1>,
    pub floor: FloorV1,
    pub presenting: Option<PresentingV1>,
    /// Topic of the live protocol (`/live`) that changes of this meeting are told in.
    pub topic: String,
    /// Number of the last event of the topic contained in this answer.
    pub topic_seq: u64,
    /// The same of one's own topic, `user:…`, which tells of documents that are not for all.
    pub own_seq: u64,
}

/// Whose page of which document the others see.
#[derive(Serialize, ToSchema)]
pub struct PresentingV1 {
    pub person: String,
    /// Id of the document in `items`.
    pub document: String,
    /// From 1.
    pub page: u32,
}

#[derive(Serialize, ToSchema)]
pub struct MemberV1 {
    pub id: String,
    pub full_name: String,
    pub position: String,
    /// `chair`, `secretary`, `member`, or `delegated` for who sends somebody else.
    pub part: String,
    /// To the invitation: empty, `accepted`, `declined` or `delegated`.
    pub answer: String,
    /// Full name of whom they stand for; empty for nobody.
    pub stands_for: String,
    /// When they checked in.
    pub checked_in: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub struct ItemV1 {
    pub id: String,
    /// From 1.
    pub position: u32,
    pub title: String,
    pub presenter: String,
    pub minutes: u32,
    /// Time spent on it.
    pub clock: ClockV1,
    /// What was concluded on it; empty as long as nothing was.
    pub conclusion: String,
    /// In the order in which they were given.
    pub tasks: Vec<TaskV1>,
    pub documents: Vec<AttachmentV1>,
}

#[derive(Serialize, ToSchema)]
pub struct AttachmentV1 {
    pub id: String,
    /// Document of this server that it was made from.
    pub document: Option<String>,
    pub title: String,
    /// Số và ký hiệu.
    pub number: Option<String>,
    /// Hex SHA-256 of the file.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    pub pages: u32,
    /// Where the PDF is, on this server; ranges are answered.
    pub url: String,
    pub attached: i64,
    pub attached_by: String,
    /// When it is collected from all devices; none may keep it until then.
    pub expires: Option<i64>,
    /// Of what is not for all: ids of those it is for beside chair and secretary. Only the meeting's secretary is told them; for the
    /// others the list is empty. `null`: for all.
    pub readers: Option<Vec<String>>,
}

/// A vote.
#[derive(Serialize, ToSchema)]
pub struct VoteV1 {
    pub id: String,
    pub item: Option<String>,
    pub question: String,
    /// `cast`, `half_present`, `half_all` (more than half of), `two_thirds_present` or `two_thirds_all` (at least).
    pub majority: &'static str,
    /// `open` or `secret`.
    pub form: &'static str,
    /// Public key of a secret vote: modulus in base64url, exponent 65537.
    pub key: Option<String>,
    pub open: bool,
    /// Cast so far. What those of a secret vote say is told at its closing.
    pub ballots: u32,
    pub agree: u32,
    pub disagree: u32,
    pub other: u32,
    /// Voting members present; of a closed vote those at its closing.
    pub present: u32,
    /// All members with a vote.
    pub entitled: u32,
    /// How many must agree.
    pub needed: u32,
    /// Whether as many agreed as were needed; empty while it is open.
    pub passed: Option<bool>,
}

/// What is put on the agenda.
#[derive(Deserialize, ToSchema)]
pub struct AttachV1 {
    /// Id of a document that was issued, sent or taken in.
    pub document: String,
    /// Ids of members that it is for, beside chair and secretary; an empty list: for these two alone; left out: for all.
    #[serde(default)]
    pub readers: Option<Vec<String>>,
}

#[derive(Deserialize, ToSchema)]
pub struct ReadersV1 {
    /// As in `AttachV1`; `null`: for all.
    pub readers: Option<Vec<String>>,
}

/// Meetings of the token's holder, latest first.
#[utoipa::path(get, path = "/api/v1/meetings", responses((status = 200, body = MeetingListV1), (status = 401)), tag = "meetings")]
pub async fn list(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<MeetingListV1>, Fault> {
    let meetings = service.list(&actor).await?.into_iter().map(row).collect();
    Ok(Json(MeetingListV1 { meetings }))
}

/// One meeting with agenda, documents and votes.
#[utoipa::path(get, path = "/api/v1/meetings/{id}", params(("id" = String, Path)), responses((status = 200, body = MeetingV1), (status = 401), (status = 404)), tag = "meetings")]
pub async fn read(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<MeetingId>) -> Result<Json<MeetingV1>, Fault> {
    Ok(Json(whole(&service, &actor, &id).await?))
}

pub(super) async fn whole(service: &Service, actor: &Actor, id: &MeetingId) -> Result<MeetingV1, Fault> {
    let m = service.get(actor, id).await?;
    let items = m.items.into_iter().map(|i| ItemV1 {
        id: i.id.0,
        position: i.position,
        title: i.title,
        presenter: i.presenter,
        minutes: i.minutes,
        clock: i.clock.into(),
        conclusion: i.conclusion.text,
        tasks: i.conclusion.tasks.into_iter().map(Into::into).collect(),
        documents: i.documents.into_iter().map(attachment).collect(),
    });
    let members = m.members.into_iter().map(|p| MemberV1 {
        id: p.user_id.0,
        full_name: p.full_name,
        position: p.position,
        part: p.part,
        answer: p.answer,
        stands_for: p.stands_for,
        checked_in: p.checked_in.map(|w| w.us),
    });
    let votes = m.votes.into_iter().map(|v| VoteV1 {
        id: v.id.0,
        item: v.item_id.map(|i| i.0),
        question: v.question,
        majority: v.majority.as_str(),
        form: v.form.as_str(),
        key: v.key,
        open: v.open,
        ballots: v.ballots,
        agree: v.agree,
        disagree: v.disagree,
        other: v.other,
        present: v.eligible,
        entitled: v.entitled,
        needed: v.needed,
        passed: v.passed,
    });
    Ok(MeetingV1 {
        items: items.collect(),
        members: members.collect(),
        votes: votes.collect(),
        floor: m.floor.into(),
        presenting: m.presenting.map(|p| PresentingV1 {
            person: p.user_id.0,
            document: p.attachment.0,
            page: p.page,
        }),
        current_item: m.current_item.map(|i| i.0),
        meeting: row(m.row),
        topic: m.topic,
        topic_seq: m.topic_seq,
        own_seq: m.own_seq,
    })
}

/// Puts a document on the agenda; it appears on the members' devices. The same document on the same item twice is one
/// attachment: both answers carry the same id.
#[utoipa::path(post, path = "/api/v1/meetings/{id}/items/{item}/documents", params(("id" = String, Path), ("item" = String, Path)), request_body = AttachV1, responses((status = 201, body = AttachmentV1), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn attach(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path((id, item)): Path<(MeetingId, ItemId)>,
    body: Body<AttachV1>,
) -> Result<(StatusCode, Json<AttachmentV1>), Fault> {
    let body = given(&actor, body)?;
    let meeting = service.get(&actor, &id).await?;
    if !meeting.items.iter().any(|i| i.id == item) {
        return Err(Error::NotFound.into());
    }
    let attached = service
        .attach_for(&actor, &item, &DocumentId(body.document), people(body.readers).as_deref())
        .await?;
    Ok((StatusCode::CREATED, Json(on_agenda(&service, &actor, &id, &attached).await?)))
}

fn people(ids: Option<Vec<String>>) -> Option<Vec<UserId>> {
    ids.map(|all| all.into_iter().map(UserId).collect())
}

async fn on_agenda(service: &Service, actor: &Actor, meeting: &MeetingId, id: &AttachmentId) -> Result<AttachmentV1, Fault> {
    let meeting = service.get(actor, meeting).await?;
    let mut all = meeting.items.into_iter().flat_map(|i| i.documents);
    let found = all.find(|a| a.id == *id).ok_or(Error::NotFound)?;
    Ok(attachment(found))
}

/// Says for whom a document of a meeting is (the meeting's secretary). It is put on the agenda anew, under another id; the answer has it.
#[utoipa::path(put, path = "/api/v1/attachments/{id}/readers", params(("id" = String, Path)), request_body = ReadersV1, responses((status = 200, body = AttachmentV1), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn set_readers(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<AttachmentId>,
    body: Body<ReadersV1>,
) -> Result<Json<AttachmentV1>, Fault> {
    let body = given(&actor, body)?;
    let meeting = service.meeting_of(&id).await?;
    let now = service.set_readers(&actor, &id, people(body.readers).as_deref()).await?;
    Ok(Json(on_agenda(&service, &actor, &meeting, &now).await?))
}

fn row(r: MeetingRow) -> MeetingRowV1 {
    MeetingRowV1 {
        id: r.id.0,
        title: r.title,
        room: r.room,
        starts: r.starts.us,
        ends: r.ends.us,
        state: r.state.as_str(),
        chair: r.chair,
        reason: r.reason,
    }
}

fn attachment(a: Attachment) -> AttachmentV1 {
    AttachmentV1 {
        id: a.id.0,
        document: a.document_id.map(|d| d.0),
        title: a.title,
        number: a.number,
        sha256: a.file.sha256,
        size: a.file.size,
        pages: a.file.pages,
        url: a.file.url,
        attached: a.attached.us,
        attached_by: a.attached_by,
        expires: a.expires.map(|at| at.us),
        readers: a.readers.map(|all| all.into_iter().map(|id| id.0).collect()),
    }
}
