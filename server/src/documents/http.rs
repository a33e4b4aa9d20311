//! Form posts of the screens and the REST routes of machines. Wire types of REST v1 are here and nowhere else.
use super::upload::Form;
use super::{Error, Service};
use crate::fault::{Fault, Problem};
use crate::files::FileError;
use crate::identity::http::Caller;
use crate::signatures::http::{FileReportV1, FormatV1, Wish, answer, wanted};
use crate::state::AppState;
use app::dto::Placement;
use app::dto::authority::SignAs;
use app::dto::documents::{AssignWish, DocumentQuery, State as DocumentState};
use app::dto::figures::Counted;
use app::ids::{AuthorityId, DocumentId, NumberId, UserId};
use axum::body::Body;
use axum::extract::multipart::MultipartRejection;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    // The size of uploads is limited while they are streamed to disk, by configuration.
    let uploads = Router::new()
        .route("/documents/new", post(new_by_form).get(crate::web::page))
        .route("/documents/{id}/file", post(replace_by_form))
        .route("/api/v1/documents", post(create))
        .layer(DefaultBodyLimit::disable());
    Router::new()
        .merge(uploads)
        .merge(super::authority::http::routes())
        .merge(super::entry::http::routes())
        .merge(super::feed::http::routes())
        .merge(super::figures::http::routes())
        .merge(super::notices::http::routes())
        .merge(super::register::http::routes())
        .merge(super::trash::routes())
        .route("/api/v1/documents", get(list))
        .route("/api/v1/documents/{id}", get(read))
        .route("/api/v1/documents/{id}/file", get(file))
        .route("/api/v1/documents/{id}/verify", get(check))
        .route("/api/v1/documents/{id}/versions/{number}", get(version))
        .route("/api/v1/documents/{id}/{action}", post(act))
}

#[derive(Serialize, ToSchema)]
pub struct Created {
    pub id: String,
    /// Where it is, on this server.
    pub url: String,
}

fn wants_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.contains("application/json"))
}

pub(super) type MaybeForm = Result<Multipart, MultipartRejection>;

/// The form, or in our own words why it is none.
pub(super) fn readable(form: MaybeForm) -> super::Result<Multipart> {
    form.map_err(|e| Error::Form(e.body_text()))
}

/// The form with its file, or why it is refused; and what was entered, as a query.
pub(super) async fn received(service: &Service, form: MaybeForm) -> (String, super::Result<Form>) {
    let mut given = Form::default();
    let read = async { service.read_into(&mut given, readable(form)?).await };
    let read = read.await;
    (given.entered(), read.map(|()| given))
}

/// The answer to a form of the screen at `list`/new: JSON for the page's own script, a redirect for a browser without it.
pub(super) fn answered(result: super::Result<DocumentId>, headers: &HeaderMap, list: &str, entered: &str) -> Response {
    match (result, wants_json(headers)) {
        (Ok(id), true) => Json(Created {
            url: format!("{list}/{id}"),
            id: id.0,
        })
        .into_response(),
        (Ok(id), false) => Redirect::to(&format!("{list}/{id}")).into_response(),
        (Err(e), true) => Fault::from(e).into_response(),
        (Err(e), false) => {
            let and = if entered.is_empty() { "" } else { "&" };
            Redirect::to(&format!("{list}/new?error={}{and}{entered}", e.code())).into_response()
        }
    }
}

async fn new_by_form(State(service): State<Service>, Caller(actor): Caller, headers: HeaderMap, form: MaybeForm) -> Response {
    let (entered, form) = received(&service, form).await;
    let result = async { service.create(&actor, form?).await };
    answered(result.await, &headers, "/documents", &entered)
}

async fn replace_by_form(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<DocumentId>,
    headers: HeaderMap,
    form: MaybeForm,
) -> Response {
    let result = async {
        let mut form = service.read_form(readable(form)?).await?;
        let revision = form.text("revision").parse().map_err(|_| Error::Field("revision"))?;
        let uploaded = form.file.take().ok_or(Error::NoFile)?;
        service.replace_file(&actor, &id, revision, uploaded).await
    };
    match (result.await, wants_json(&headers)) {
        (Ok(()), true) => Json(Created {
            url: format!("/documents/{id}"),
            id: id.0,
        })
        .into_response(),
        (Ok(()), false) => Redirect::to(&format!("/documents/{id}")).into_response(),
        (Err(e), true) => Fault::from(e).into_response(),
        (Err(e), false) => Redirect::to(&format!("/documents/{id}?error={}", e.code())).into_response(),
    }
}

/// A document as machines see it.
#[derive(Serialize, ToSchema)]
pub struct DocumentV1 {
    pub id: String,
    /// `outgoing` or `incoming`.
    pub direction: &'static str,
    /// Abbreviation after Decree 30/2020, such as `QĐ`.
    pub kind: String,
    /// Trích yếu.
    #[serde(rename = "abstract")]
    pub abstract_text: String,
    pub state: &'static str,
    pub urgency: &'static str,
    /// Số và ký hiệu.
    pub number: Option<String>,
    /// `2026-11-24`, empty until issued.
    pub issued_on: String,
    /// What stands over the leader's signature when it was given in somebody else's place: `KT. CHỦ TỊCH`, `PHÓ CHỦ TỊCH`.
    pub authority: Vec<String>,
    /// Drafter or sending body.
    pub from: String,
    /// Hex SHA-256 of the present file.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    pub pages: u32,
    /// To be sent back with a change.
    pub revision: i64,
    pub receivers: Vec<ReceiverV1>,
    /// What became of it after it was sent.
    pub mark: Option<MarkV1>,
    /// Incoming: the message that brought it.
    pub envelope: Option<EnvelopeV1>,
    /// Incoming: `axis`, `paper`, `email` or `other`.
    pub channel: Option<&'static str>,
    /// Incoming: pages of what came, as the clerk counts them.
    pub said_pages: Option<u32>,
    /// Incoming: its sender asks for it back, and nobody has answered yet (`give-back`, `keep-copy`).
    pub asked_back: Option<AskedBackV1>,
    /// What it takes the place of, or will once it is sent.
    pub supersedes: Vec<SupersedesV1>,
    /// What the token's holder may do now.
    pub actions: Vec<String>,
    /// Incoming: until when it is to be processed, `2026-11-30`.
    pub due_on: Option<String>,
    /// Incoming: who has which part in processing it.
    pub assignments: Vec<AssignmentV1>,
}

#[derive(Serialize, ToSchema)]
pub struct MarkV1 {
    /// `recalled`, `updated` or `replaced`
    pub kind: &'static str,
    pub reason: String,
    /// Person of this body, or the body that sent the document.
    pub by: String,
    /// Microseconds since the Unix epoch.
    pub at: i64,
    /// The document that takes its place, where one does.
    pub successor: Option<LinkedV1>,
}

#[derive(Serialize, ToSchema)]
pub struct EnvelopeV1 {
    /// As `/api/v1/axis/messages/{id}/edxml` takes it.
    pub message: String,
    /// Who has signed it; absent when nobody has.
    pub signed_by: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct AskedBackV1 {
    pub reason: String,
    /// The body that sent it.
    pub by: String,
    /// Microseconds since the Unix epoch.
    pub at: i64,
}

/// Another document.
#[derive(Serialize, ToSchema)]
pub struct LinkedV1 {
    /// Absent when the token's holder may not see it.
    pub id: Option<String>,
    pub number: String,
}

impl From<app::dto::documents::Linked> for LinkedV1 {
    fn from(d: app::dto::documents::Linked) -> Self {
        Self {
            id: d.id.map(|id| id.0),
            number: d.number,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct SupersedesV1 {
    pub document: LinkedV1,
    /// `updated` or `replaced`
    pub kind: &'static str,
    pub reason: String,
}

#[derive(Serialize, ToSchema)]
pub struct AssignmentV1 {
    pub person: String,
    pub name: String,
    /// `lead`, `support` or `inform`.
    pub part: &'static str,
    pub instruction: String,
    /// Microseconds since the Unix epoch.
    pub given: i64,
    /// False once it was passed on.
    pub current: bool,
}

#[derive(Serialize, ToSchema)]
pub struct ReceiverV1 {
    pub code: String,
    pub name: String,
    /// `waiting`, `queued`, `retrying`, `accepted` (by the node), `delivered` (fetched by the receiver), `failed`,
    /// `undelivered`, or an edXML status code.
    pub status: String,
    pub description: String,
    /// Microseconds since the Unix epoch.
    pub at: Option<i64>,
    /// Everything that was heard, oldest first.
    pub trail: Vec<HeardV1>,
}

#[derive(Serialize, ToSchema)]
pub struct HeardV1 {
    pub status: String,
    pub description: String,
    /// Microseconds since the Unix epoch.
    pub at: i64,
    /// Id of the message that says so, as `/api/v1/axis/messages/{id}/edxml` takes it; absent for what this server says.
    pub message: Option<String>,
    /// Who has signed that message; absent when nobody has.
    pub signed_by: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct DocumentListV1 {
    pub documents: Vec<DocumentRowV1>,
    /// In all, over every page; counted up to 1,000.
    pub total: u64,
    pub page: u32,
    pub per_page: u32,
}

#[derive(Serialize, ToSchema)]
pub struct DocumentRowV1 {
    pub id: String,
    pub direction: &'static str,
    pub kind: String,
    #[serde(rename = "abstract")]
    pub abstract_text: String,
    pub state: &'static str,
    pub number: Option<String>,
    /// Microseconds since the Unix epoch.
    pub updated: i64,
    /// Where the words stand in the document's PDF, when they are not in the fields above.
    pub excerpt: Option<String>,
}

#[derive(Deserialize, utoipa::IntoParams)]
pub struct ListV1 {
    /// `outgoing` or `incoming`.
    direction: Option<String>,
    state: Option<String>,
    /// Words of abstract, number, body or of the PDF's text, the last one also as a beginning; accents do not matter.
    text: Option<String>,
    /// Abbreviation of a kind, such as `QĐ`.
    kind: Option<String>,
    /// First and last day of the documents themselves, `2026-11-24`.
    from: Option<String>,
    to: Option<String>,
    /// Only what this figure of `/api/v1/figures` counts; `from` and `to` are then the days that it is counted over.
    counted: Option<String>,
    /// Of a figure: of that unit, or of the person with this id, alone.
    unit: Option<String>,
    person: Option<String>,
    /// From 1.
    page: Option<u32>,
}

/// Documents that the token's holder may see, newest first.
#[utoipa::path(get, path = "/api/v1/documents", params(ListV1), responses((status = 200, body = DocumentListV1), (status = 401), (status = 422)), tag = "documents")]
pub async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    query: Result<Query<ListV1>, QueryRejection>,
) -> Result<Json<DocumentListV1>, Fault> {
    let Query(query) = query.map_err(|e| Error::Form(e.body_text()))?;
    let parse = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let direction = match parse(&query.direction) {
        Some(text) => Some(app::dto::documents::Direction::parse(&text).ok_or(Error::Field("direction"))?),
        None => None,
    };
    let state = match parse(&query.state) {
        Some(text) => Some(DocumentState::parse(&text).ok_or(Error::Field("state"))?),
        None => None,
    };
    let counted = match parse(&query.counted) {
        Some(text) => Some(Counted::parse(&text).ok_or(Error::Field("counted"))?),
        None => None,
    };
    let query = DocumentQuery {
        direction,
        state,
        text: query.text.unwrap_or_default(),
        page: query.page.unwrap_or(1),
        kind: query.kind.unwrap_or_default(),
        from: query.from.unwrap_or_default(),
        to: query.to.unwrap_or_default(),
        mine: false,
        counted,
        unit: query.unit.unwrap_or_default(),
        person: query.person.unwrap_or_default(),
    };
    let page = service.list(&actor, &query).await?;
    let documents = page
        .rows
        .into_iter()
        .map(|r| DocumentRowV1 {
            id: r.id.0,
            direction: r.direction.as_str(),
            kind: r.kind,
            abstract_text: r.abstract_text,
            state: r.state.as_str(),
            number: r.number,
            updated: r.updated.us,
            excerpt: (!r.excerpt.is_empty()).then(|| r.excerpt.into_iter().map(|p| p.text).collect()),
        })
        .collect();
    Ok(Json(DocumentListV1 {
        documents,
        total: page.total,
        page: page.page,
        per_page: page.per_page,
    }))
}

/// One document.
#[utoipa::path(get, path = "/api/v1/documents/{id}", params(("id" = String, Path)), responses((status = 200, body = DocumentV1), (status = 401), (status = 404)), tag = "documents")]
pub async fn read(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<DocumentId>) -> Result<Json<DocumentV1>, Fault> {
    Ok(Json(document(&service, &actor, &id).await?))
}

async fn document(service: &Service, actor: &crate::actor::Actor, id: &DocumentId) -> Result<DocumentV1, Fault> {
    let d = service.get(actor, id).await?;
    Ok(DocumentV1 {
        id: d.row.id.0,
        direction: d.row.direction.as_str(),
        kind: d.row.kind,
        abstract_text: d.row.abstract_text,
        state: d.row.state.as_str(),
        urgency: d.row.urgency.as_str(),
        number: d.row.number,
        issued_on: d.issued_on,
        authority: d.authority,
        from: d.row.from,
        sha256: d.file.sha256,
        size: d.file.size,
        pages: d.file.pages,
        revision: d.revision,
        receivers: d
            .receivers
            .into_iter()
            .map(|r| ReceiverV1 {
                code: r.body.code,
                name: r.body.name,
                status: r.status,
                description: r.description,
                at: r.at.map(|w| w.us),
                trail: r
                    .trail
                    .into_iter()
                    .map(|e| HeardV1 {
                        status: e.code,
                        description: e.description,
                        at: e.at.us,
                        message: e.message.map(|m| m.0),
                        signed_by: e.signed_by,
                    })
                    .collect(),
            })
            .collect(),
        envelope: d.envelope.map(|e| EnvelopeV1 {
            message: e.message.0,
            signed_by: e.signed_by,
        }),
        channel: (d.row.direction == app::dto::documents::Direction::Incoming)
            .then(|| d.channel.map_or("axis", app::dto::documents::Channel::as_str)),
        said_pages: d.said_pages,
        asked_back: d.asked_back.map(|a| AskedBackV1 {
            reason: a.reason,
            by: a.by,
            at: a.at.us,
        }),
        mark: d.mark.map(|m| MarkV1 {
            kind: m.kind.as_str(),
            reason: m.reason,
            by: m.by,
            at: m.at.us,
            successor: m.successor.map(Into::into),
        }),
        supersedes: d
            .supersedes
            .into_iter()
            .map(|s| SupersedesV1 {
                document: s.document.into(),
                kind: s.kind.as_str(),
                reason: s.reason,
            })
            .collect(),
        actions: d
            .actions
            .iter()
            .filter_map(|a| serde_json::to_value(a).ok()?.as_str().map(str::to_owned))
            .collect(),
        due_on: d.row.due.map(|due| due.day),
        assignments: d
            .assignments
            .into_iter()
            .map(|a| AssignmentV1 {
                person: a.person.0,
                name: a.name,
                part: a.part.as_str(),
                instruction: a.instruction,
                given: a.given.us,
                current: a.current,
            })
            .collect(),
    })
}

/// The present PDF, byte for byte; ranges are answered.
#[utoipa::path(get, path = "/api/v1/documents/{id}/file", params(("id" = String, Path)), responses((status = 200, content_type = "application/pdf"), (status = 401), (status = 404)), tag = "documents")]
pub async fn file(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Path(id): Path<DocumentId>,
    request: axum::extract::Request,
) -> Result<Response, Fault> {
    let d = state.documents.get(&actor, &id).await?;
    Ok(crate::stored::serve(&state, &d.file.sha256, &d.file_name, crate::stored::Keep::Ask, request).await)
}

/// Checks the signatures of the present PDF, as `POST /api/v1/verify` does.
#[utoipa::path(get, path = "/api/v1/documents/{id}/verify", params(("id" = String, Path), FormatV1), responses((status = 200, body = FileReportV1), (status = 401), (status = 404), (status = 422)), tag = "documents")]
pub async fn check(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<DocumentId>,
    format: Wish,
) -> Result<Response, Fault> {
    let format = wanted(format)?;
    let (name, checked) = service.checked(&actor, &id).await?;
    Ok(answer(name, checked, format)?)
}

/// The present PDF as it was once, byte for byte: a version by its number from 1, as the check's `revision` names that of a signature.
#[utoipa::path(get, path = "/api/v1/documents/{id}/versions/{number}", params(("id" = String, Path), ("number" = u32, Path)), responses((status = 200, content_type = "application/pdf"), (status = 401), (status = 404)), tag = "documents")]
pub async fn version(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path((id, number)): Path<(DocumentId, String)>,
) -> Result<Response, Fault> {
    let number = number
        .parse()
        .map_err(|_| Error::Form(format!("{number} is not the number of a version")))?;
    let (path, length, name) = service.version(&actor, &id, number).await?;
    let file = tokio::fs::File::open(path).await.map_err(|e| Error::from(FileError::Io(e)))?;
    let body = Body::from_stream(ReaderStream::with_capacity(file.take(length), 1 << 16));
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::CONTENT_DISPOSITION, crate::stored::disposition("attachment", &name)),
    ];
    Ok((headers, body).into_response())
}

/// Uploads a PDF as a draft: a multipart form with `file`, `kind`, `abstract_text`, `urgency`, `receivers` (repeated), `leader_id`,
/// and optionally `supersedes` (id of an issued document of this body), `supersedes_kind` (`replaced` or `updated`) and
/// `supersedes_reason` when it takes the place of another, and `once`, a word by which the same upload is known when it is sent again.
#[utoipa::path(post, path = "/api/v1/documents", request_body(content_type = "multipart/form-data"), responses((status = 201, body = Created), (status = 400), (status = 401), (status = 403), (status = 413), (status = 422)), tag = "documents")]
pub async fn create(State(service): State<Service>, Caller(actor): Caller, form: MaybeForm) -> Result<(StatusCode, Json<Created>), Fault> {
    actor.user().map_err(Error::from)?;
    let id = service.create(&actor, service.read_form(readable(form)?).await?).await?;
    Ok((
        StatusCode::CREATED,
        Json(Created {
            url: format!("/api/v1/documents/{id}"),
            id: id.0,
        }),
    ))
}

/// What an action needs; `revision` is the one that was read.
#[derive(Deserialize, ToSchema)]
pub struct ActV1 {
    pub revision: i64,
    /// For `sign` and `issue`. Never stored or logged.
    pub pin: Option<String>,
    /// For `sign`: id of the authority that is signed under, see `/api/v1/authorities`; needed by who is not its leader.
    pub authority: Option<String>,
    /// For `sign` under an authority: whether its lines are printed over the signature; they are if this is not given.
    pub print_authority: Option<bool>,
    /// For `issue`: id of a kept number to be used instead of the next, see `/api/v1/registers/outgoing/numbers`.
    pub number: Option<String>,
    /// For `sign` (signature) and `issue` (seal).
    pub placement: Option<PlacementV1>,
    /// For `return`, `refuse`, `recall` and `keep-copy`.
    pub reason: Option<String>,
    /// For `assign`.
    pub assign: Option<AssignV1>,
    /// For `finish`: what came of it; the sender reads it.
    pub result: Option<String>,
}

/// Who is to process an incoming document (phân công xử lý). People are named by their ids.
#[derive(Deserialize, ToSchema)]
pub struct AssignV1 {
    /// Chủ trì.
    pub lead: String,
    /// Phối hợp.
    #[serde(default)]
    pub support: Vec<String>,
    /// Để biết.
    #[serde(default)]
    pub inform: Vec<String>,
    /// `2026-11-30`; empty for no deadline.
    #[serde(default)]
    pub due_on: String,
    /// Ý kiến chỉ đạo.
    #[serde(default)]
    pub instruction: String,
}

impl From<AssignV1> for AssignWish {
    fn from(v: AssignV1) -> Self {
        let ids = |all: Vec<String>| all.into_iter().map(UserId).collect();
        Self {
            lead: UserId(v.lead),
            support: ids(v.support),
            inform: ids(v.inform),
            due_on: v.due_on,
            instruction: v.instruction,
        }
    }
}

/// Points of 1/72 inch, origin at the lower left of the page as displayed.
#[derive(Deserialize, ToSchema)]
pub struct PlacementV1 {
    /// From 1.
    pub page: u32,
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

/// `submit`, `withdraw`, `return`, `sign`, `issue`, `send`, `recall`, `take-in`, `refuse`, `give-back`, `keep-copy`, `assign`, `start`, `finish`; answers the document afterwards.
#[utoipa::path(post, path = "/api/v1/documents/{id}/{action}", params(("id" = String, Path), ("action" = String, Path)), request_body = ActV1, responses((status = 200, body = DocumentV1), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "documents")]
pub async fn act(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path((id, action)): Path<(DocumentId, String)>,
    body: Result<Json<ActV1>, JsonRejection>,
) -> Result<Json<DocumentV1>, Fault> {
    actor.user().map_err(Error::from)?;
    let Json(body) = body.map_err(|e| Error::Form(e.body_text()))?;
    let revision = body.revision;
    let placement = body.placement.map(|p| Placement {
        page: p.page,
        x: p.x,
        y: p.y,
        w: p.w,
        h: p.h,
    });
    let reason = body.reason.unwrap_or_default();
    match action.as_str() {
        "submit" => service.submit(&actor, &id, revision).await?,
        "withdraw" => service.withdraw(&actor, &id, revision).await?,
        "return" => service.return_to_drafter(&actor, &id, revision, &reason).await?,
        "sign" | "issue" => {
            let placement = placement.ok_or(Error::Field("placement"))?;
            let pin = body.pin.ok_or(Error::Field("pin"))?;
            if action == "sign" {
                let under = body.authority.map(|id| SignAs {
                    id: AuthorityId(id),
                    print: body.print_authority.unwrap_or(true),
                });
                service.sign_as(&actor, &id, revision, placement, under.as_ref(), &pin).await?;
            } else {
                let kept = body.number.map(NumberId);
                service.issue(&actor, &id, revision, kept.as_ref(), placement, &pin).await?;
            }
        }
        "send" => service.send(&actor, &id, revision).await?,
        "recall" => service.recall(&actor, &id, revision, &reason).await?,
        "take-in" => service.take_in(&actor, &id, revision).await?,
        "refuse" => service.refuse(&actor, &id, revision, &reason).await?,
        "give-back" => service.give_back(&actor, &id, revision).await?,
        "keep-copy" => service.keep_copy(&actor, &id, revision, &reason).await?,
        "assign" => {
            let wish = body.assign.ok_or(Error::Field("assign"))?.into();
            service.assign(&actor, &id, revision, &wish).await?;
        }
        "start" => service.start_processing(&actor, &id, revision).await?,
        "finish" => service.finish(&actor, &id, revision, &body.result.unwrap_or_default()).await?,
        _ => return Err(Error::NotFound.into()),
    }
    Ok(Json(document(&service, &actor, &id).await?))
}
