//! REST routes of notes and reading places: what the reader on the tablets uses, and any other client.
use super::{Draft, Error};
use crate::fault::Fault;
use crate::identity::cookie_name;
use crate::identity::http::{Caller, cookie};
use crate::identity::sessions;
use crate::state::AppState;
use app::ids::{AttachmentId, MeetingId};
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Bytes of a note on its way.
const LARGEST: usize = 500_000;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/meetings/{id}/notes", get(list))
        .route("/api/v1/attachments/{id}/place", put(remember))
        .route("/api/v1/notes/{id}", put(write).delete(remove))
        .route("/api/v1/me/device-key", get(device_key))
        .layer(DefaultBodyLimit::max(LARGEST))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Text that is marked.
    Highlight,
    /// Drawn with pen or finger.
    Ink,
    /// A remark at a place.
    Text,
}

/// Where a note is: its place in this version, and the words by which it is found in the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Anchor {
    /// From 1.
    pub page: u32,
    /// `[x, y, w, h]` in points, origin at the upper left of the page as displayed.
    #[serde(default)]
    pub boxes: Vec<[f64; 4]>,
    /// The words it belongs to.
    #[serde(default)]
    pub quote: String,
    /// What stands before and after them.
    #[serde(default)]
    pub before: String,
    #[serde(default)]
    pub after: String,
}

/// What a note holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Body {
    pub kind: Mark,
    pub at: Anchor,
    /// `yellow`, `green`, `red` or `blue`.
    #[serde(default)]
    pub color: String,
    #[serde(default)]
    pub text: String,
    /// Lines of `[x, y, width]` in points, as in `boxes`.
    #[serde(default)]
    pub strokes: Vec<Vec<[f64; 3]>>,
    /// The words it belonged to are not in the newest version: it waits for its author, and keeps its place in the old one.
    #[serde(default)]
    pub aside: bool,
}

#[derive(Serialize, ToSchema)]
pub struct NotesV1 {
    pub notes: Vec<NoteV1>,
    pub places: Vec<PlaceV1>,
}

#[derive(Serialize, ToSchema)]
pub struct NoteV1 {
    pub id: String,
    /// Id of the document in the meeting.
    pub attachment: String,
    /// Version of its file that the note's place belongs to.
    pub sha256: String,
    pub mine: bool,
    /// Full name.
    pub author: String,
    pub shared: bool,
    pub revision: i64,
    /// Microseconds since the Unix epoch, UTC.
    pub changed: i64,
    #[schema(value_type = Body)]
    pub body: serde_json::Value,
}

/// Where the person was last, on whichever device.
#[derive(Serialize, ToSchema)]
pub struct PlaceV1 {
    pub attachment: String,
    /// From 1.
    pub page: i64,
}

/// One's own notes in a meeting, those that others share, and one's places in its documents.
#[utoipa::path(get, path = "/api/v1/meetings/{id}/notes", params(("id" = String, Path)), responses((status = 200, body = NotesV1), (status = 401), (status = 404)), tag = "reading")]
pub async fn list(State(state): State<AppState>, Caller(actor): Caller, Path(id): Path<MeetingId>) -> Result<Json<NotesV1>, Fault> {
    let (notes, places) = state.reading.of_meeting(&actor, &id).await?;
    let notes = notes.into_iter().map(|n| NoteV1 {
        mine: n.person_id == actor.id(),
        id: n.id,
        attachment: n.attachment_id,
        sha256: n.sha256,
        author: n.author,
        shared: n.shared,
        revision: n.revision,
        changed: n.changed_at,
        body: serde_json::from_str(&n.body).unwrap_or_default(),
    });
    let places = places.into_iter().map(|p| PlaceV1 {
        attachment: p.attachment_id,
        page: p.page,
    });
    Ok(Json(NotesV1 {
        notes: notes.collect(),
        places: places.collect(),
    }))
}

#[derive(Deserialize, ToSchema)]
pub struct RememberV1 {
    /// From 1.
    pub page: u32,
    /// How long ago the page was read, in milliseconds: a device may have been without a link.
    #[serde(default)]
    pub age_ms: i64,
}

/// Keeps where the person is in a document of a meeting.
#[utoipa::path(put, path = "/api/v1/attachments/{id}/place", params(("id" = String, Path)), request_body = RememberV1, responses((status = 204), (status = 400), (status = 401), (status = 404), (status = 422)), tag = "reading")]
pub async fn remember(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Path(id): Path<AttachmentId>,
    body: Result<Json<RememberV1>, JsonRejection>,
) -> Result<StatusCode, Fault> {
    actor.user().map_err(Error::from)?;
    let Json(body) = body.map_err(|e| Error::Form(e.body_text()))?;
    state.reading.remember(&actor, &id, body.page, body.age_ms).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
pub struct WriteNoteV1 {
    /// Id of the document in the meeting.
    pub attachment: String,
    /// Version of its file that the place belongs to.
    pub sha256: String,
    /// For all who may read the document.
    #[serde(default)]
    pub shared: bool,
    /// The revision that this changes; 0 for a new note.
    #[serde(default)]
    pub revision: i64,
    pub body: Body,
}

#[derive(Serialize, ToSchema)]
pub struct WrittenV1 {
    pub revision: i64,
}

/// Keeps a note. The id is a UUID that the device makes: sent again, it is the same note.
#[utoipa::path(put, path = "/api/v1/notes/{id}", params(("id" = String, Path)), request_body = WriteNoteV1, responses((status = 200, body = WrittenV1), (status = 400), (status = 401), (status = 404), (status = 409), (status = 422)), tag = "reading")]
pub async fn write(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Path(id): Path<String>,
    body: Result<Json<WriteNoteV1>, JsonRejection>,
) -> Result<Json<WrittenV1>, Fault> {
    actor.user().map_err(Error::from)?;
    let Json(body) = body.map_err(|e| Error::Form(e.body_text()))?;
    let draft = Draft {
        attachment: AttachmentId(body.attachment),
        sha256: body.sha256,
        shared: body.shared,
        revision: body.revision,
        body: body.body,
    };
    let revision = state.reading.write(&actor, &id, draft).await?;
    Ok(Json(WrittenV1 { revision }))
}

/// Takes one's own note away.
#[utoipa::path(delete, path = "/api/v1/notes/{id}", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 404), (status = 422)), tag = "reading")]
pub async fn remove(State(state): State<AppState>, Caller(actor): Caller, Path(id): Path<String>) -> Result<StatusCode, Fault> {
    state.reading.remove(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
pub struct DeviceKeyV1 {
    /// Id of the person.
    pub person: String,
    /// 32 bytes, hexadecimal.
    pub key: String,
    /// Seconds for which a device may hold it from now on, without asking again: as long as the session lasts at most. 0 for a token.
    pub seconds: i64,
    /// Seconds without any use after which a device forgets it.
    pub idle: i64,
}

/// The key under which a tablet keeps this person's documents and unsent notes, for as long as the session lasts.
#[utoipa::path(get, path = "/api/v1/me/device-key", responses((status = 200, body = DeviceKeyV1), (status = 401)), tag = "reading")]
pub async fn device_key(State(state): State<AppState>, Caller(actor): Caller, headers: HeaderMap) -> Result<Response, Fault> {
    let key = state.reading.device_key(&actor).await?;
    let person = actor.id().to_owned();
    let session = cookie(&headers, &cookie_name(&state.config.public_url));
    let seconds = state.identity.time_left(session).await? / 1_000_000;
    let idle = sessions::IDLE / 1_000_000;
    let answer = Json(DeviceKeyV1 {
        person,
        key,
        seconds,
        idle,
    });
    Ok(([(header::CACHE_CONTROL, "no-store")], answer).into_response())
}
