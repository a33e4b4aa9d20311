//! REST routes of sheets of opinions. Wire types of REST v1 are here and nowhere else.
use super::{Error, Service};
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use app::dto::When;
use app::dto::meetings::{Choice, Majority};
use app::dto::opinions::{Asked, Question, Reply, Said, SheetDetail, SheetDocument, SheetDraft, SheetRow};
use app::ids::{DocumentId, QuestionId, SheetId, UserId};
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/opinions", get(list).post(create))
        .route("/api/v1/opinions/{id}", get(read).put(save).delete(delete))
        .route("/api/v1/opinions/{id}/send", post(send))
        .route("/api/v1/opinions/{id}/remind", post(remind))
        .route("/api/v1/opinions/{id}/deadline", put(extend))
        .route("/api/v1/opinions/{id}/close", post(close))
        .route("/api/v1/opinions/{id}/withdraw", post(withdraw))
        .route("/api/v1/opinions/{id}/answer", put(answer))
        .merge(super::http_report::routes())
}

type Body<T> = Result<Json<T>, JsonRejection>;

fn read_body<T>(body: Body<T>) -> Result<T, Error> {
    body.map(|Json(body)| body).map_err(|e| Error::Form(e.body_text()))
}

#[derive(Serialize, ToSchema)]
pub struct SheetListV1 {
    pub opinions: Vec<SheetRowV1>,
}

/// A sheet in a list. Moments are microseconds since the Unix epoch, UTC.
#[derive(Serialize, ToSchema)]
pub struct SheetRowV1 {
    pub id: String,
    pub title: String,
    /// `draft`, `sent`, `closed` or `withdrawn`.
    pub state: &'static str,
    pub deadline: i64,
    /// Full name.
    pub secretary: String,
    /// How many people are asked.
    pub asked: u32,
    /// How many of them have answered.
    pub answered: u32,
    /// Whether the token's holder is asked.
    pub mine: bool,
    /// When the token's holder last answered.
    pub my_answer: Option<i64>,
}

/// A sheet as machines see it.
#[derive(Serialize, ToSchema)]
pub struct SheetV1 {
    #[serde(flatten)]
    pub sheet: SheetRowV1,
    pub questions: Vec<QuestionV1>,
    pub documents: Vec<SheetDocumentV1>,
    pub members: Vec<AskedV1>,
    /// `half_all` (more than half of those asked) or `two_thirds_all` (at least two thirds of them).
    pub rule: &'static str,
    /// Those asked see each other's answers before the end.
    pub open: bool,
    /// Why it was withdrawn.
    pub reason: String,
    /// When it was sent.
    pub sent: Option<i64>,
    /// When it was closed or withdrawn.
    pub ended: Option<i64>,
    /// Grows with each change of the secretary's; to be given with a new version of a draft.
    pub revision: i64,
    /// Topic of the live protocol (`/live`) that changes of this sheet are told in.
    pub topic: String,
    /// Number of the last event of the topic contained in this answer.
    pub topic_seq: u64,
}

#[derive(Serialize, ToSchema)]
pub struct QuestionV1 {
    pub id: String,
    pub text: String,
    /// What the token's holder said.
    pub mine: Option<SaidV1>,
    /// Left out for those who may not know yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<ResultV1>,
}

/// People.
#[derive(Serialize, ToSchema)]
pub struct ResultV1 {
    pub agree: u32,
    pub disagree: u32,
    pub other: u32,
    /// Who did not answer.
    pub silent: u32,
    /// How many must agree.
    pub needed: u32,
    /// Once it is closed.
    pub passed: Option<bool>,
}

#[derive(Serialize, ToSchema)]
pub struct SaidV1 {
    /// `agree`, `disagree` or `other`.
    pub choice: &'static str,
    pub words: String,
    pub at: i64,
}

#[derive(Serialize, ToSchema)]
pub struct SheetDocumentV1 {
    /// Id of the document.
    pub document: String,
    pub title: String,
    pub number: Option<String>,
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    pub pages: u32,
    pub url: String,
}

#[derive(Serialize, ToSchema)]
pub struct AskedV1 {
    pub id: String,
    pub full_name: String,
    pub position: String,
    /// In the order of the questions; empty for those who may not know, and where nothing was answered.
    pub said: Vec<SaidV1>,
}

/// A draft; what is given replaces all that was there.
#[derive(Deserialize, ToSchema)]
pub struct SheetDraftV1 {
    pub title: String,
    pub questions: Vec<String>,
    /// Ids of documents that were issued, sent or taken in.
    #[serde(default)]
    pub documents: Vec<String>,
    /// Ids of people of this body.
    pub members: Vec<String>,
    /// `2026-11-30T17:00`, Vietnam time.
    pub deadline: String,
    /// `half_all` (if left out) or `two_thirds_all`.
    #[serde(default)]
    pub rule: Option<String>,
    /// Those asked see each other's answers before the end.
    #[serde(default)]
    pub open: bool,
}

impl SheetDraftV1 {
    fn draft(self) -> Result<SheetDraft, Error> {
        let rule = match self.rule {
            None => Majority::HalfAll,
            Some(rule) => Majority::parse(&rule).ok_or(Error::Field("rule"))?,
        };
        Ok(SheetDraft {
            title: self.title,
            questions: self.questions,
            documents: self.documents.into_iter().map(DocumentId).collect(),
            members: self.members.into_iter().map(UserId).collect(),
            deadline: self.deadline,
            rule,
            open: self.open,
        })
    }
}

#[derive(Deserialize, ToSchema)]
pub struct SaveSheetV1 {
    /// That the change was made in.
    pub revision: i64,
    #[serde(flatten)]
    pub draft: SheetDraftV1,
}

#[derive(Serialize, ToSchema)]
pub struct SheetMadeV1 {
    pub id: String,
}

#[derive(Serialize, ToSchema)]
pub struct RemindedV1 {
    /// People; those reminded in the last ten minutes are not reminded again.
    pub reminded: u32,
}

#[derive(Deserialize, ToSchema)]
pub struct DeadlineV1 {
    /// `2026-11-30T17:00`, Vietnam time; later than the present one.
    pub deadline: String,
}

#[derive(Deserialize, ToSchema)]
pub struct WithdrawV1 {
    pub reason: String,
}

/// What the token's holder says: each question once.
#[derive(Deserialize, ToSchema)]
pub struct RepliesV1 {
    pub answers: Vec<ReplyV1>,
}

#[derive(Deserialize, ToSchema)]
pub struct ReplyV1 {
    /// Id of the question.
    pub question: String,
    /// `agree`, `disagree` or `other`.
    pub choice: String,
    /// Needed for `other`.
    #[serde(default)]
    pub words: String,
}

#[derive(Serialize, ToSchema)]
pub struct AnsweredV1 {
    /// When the answer was entered.
    pub at: i64,
}

/// Sheets that the token's holder may see, newest first.
#[utoipa::path(get, path = "/api/v1/opinions", responses((status = 200, body = SheetListV1), (status = 401)), tag = "opinions")]
pub async fn list(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<SheetListV1>, Fault> {
    let all = service.list(&actor).await?.into_iter();
    Ok(Json(SheetListV1 {
        opinions: all.map(SheetRowV1::from).collect(),
    }))
}

/// Makes a draft (secretaries).
#[utoipa::path(post, path = "/api/v1/opinions", request_body = SheetDraftV1, responses((status = 201, body = SheetMadeV1), (status = 400), (status = 401), (status = 403), (status = 404), (status = 422)), tag = "opinions")]
pub async fn create(
    State(service): State<Service>,
    Caller(actor): Caller,
    body: Body<SheetDraftV1>,
) -> Result<(StatusCode, Json<SheetMadeV1>), Fault> {
    actor.user().map_err(Error::from)?;
    let draft = read_body(body)?.draft()?;
    let id = service.create(&actor, &draft).await?;
    Ok((StatusCode::CREATED, Json(SheetMadeV1 { id: id.0 })))
}

/// One sheet; answers of others only for those who may know them.
#[utoipa::path(get, path = "/api/v1/opinions/{id}", params(("id" = String, Path)), responses((status = 200, body = SheetV1), (status = 401), (status = 404)), tag = "opinions")]
pub async fn read(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<SheetId>) -> Result<Json<SheetV1>, Fault> {
    Ok(Json(service.get(&actor, &id).await?.into()))
}

/// Writes a draft anew (its secretary).
#[utoipa::path(put, path = "/api/v1/opinions/{id}", params(("id" = String, Path)), request_body = SaveSheetV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "opinions")]
pub async fn save(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<SheetId>,
    body: Body<SaveSheetV1>,
) -> Result<StatusCode, Fault> {
    actor.user().map_err(Error::from)?;
    let body = read_body(body)?;
    service.save(&actor, &id, body.revision, &body.draft.draft()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a draft (its secretary).
#[utoipa::path(delete, path = "/api/v1/opinions/{id}", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "opinions")]
pub async fn delete(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<SheetId>) -> Result<StatusCode, Fault> {
    service.delete(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a draft to those asked (its secretary).
#[utoipa::path(post, path = "/api/v1/opinions/{id}/send", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "opinions")]
pub async fn send(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<SheetId>) -> Result<StatusCode, Fault> {
    service.send(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reminds those who have not answered yet (its secretary).
#[utoipa::path(post, path = "/api/v1/opinions/{id}/remind", params(("id" = String, Path)), responses((status = 200, body = RemindedV1), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "opinions")]
pub async fn remind(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<SheetId>) -> Result<Json<RemindedV1>, Fault> {
    let reminded = service.remind(&actor, &id).await?;
    Ok(Json(RemindedV1 { reminded }))
}

/// Gives a later deadline (its secretary).
#[utoipa::path(put, path = "/api/v1/opinions/{id}/deadline", params(("id" = String, Path)), request_body = DeadlineV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "opinions")]
pub async fn extend(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<SheetId>,
    body: Body<DeadlineV1>,
) -> Result<StatusCode, Fault> {
    actor.user().map_err(Error::from)?;
    service.extend(&actor, &id, &read_body(body)?.deadline).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends it before its deadline (its secretary).
#[utoipa::path(post, path = "/api/v1/opinions/{id}/close", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "opinions")]
pub async fn close(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<SheetId>) -> Result<StatusCode, Fault> {
    service.close(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes it back with a reason (its secretary).
#[utoipa::path(post, path = "/api/v1/opinions/{id}/withdraw", params(("id" = String, Path)), request_body = WithdrawV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "opinions")]
pub async fn withdraw(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<SheetId>,
    body: Body<WithdrawV1>,
) -> Result<StatusCode, Fault> {
    actor.user().map_err(Error::from)?;
    service.withdraw(&actor, &id, &read_body(body)?.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers all questions, in place of earlier answers, until the end.
#[utoipa::path(put, path = "/api/v1/opinions/{id}/answer", params(("id" = String, Path)), request_body = RepliesV1, responses((status = 200, body = AnsweredV1), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "opinions")]
pub async fn answer(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<SheetId>,
    body: Body<RepliesV1>,
) -> Result<Json<AnsweredV1>, Fault> {
    actor.user().map_err(Error::from)?;
    let mut replies = Vec::new();
    for reply in read_body(body)?.answers {
        replies.push(Reply {
            question: QuestionId(reply.question),
            choice: Choice::parse(&reply.choice).ok_or(Error::Field("answers"))?,
            words: reply.words,
        });
    }
    let at = service.answer(&actor, &id, &replies).await?;
    Ok(Json(AnsweredV1 { at: at.us }))
}

fn us(moment: Option<When>) -> Option<i64> {
    moment.map(|w| w.us)
}

impl From<SheetRow> for SheetRowV1 {
    fn from(r: SheetRow) -> Self {
        Self {
            id: r.id.0,
            title: r.title,
            state: r.state.as_str(),
            deadline: r.deadline.us,
            secretary: r.secretary,
            asked: r.asked,
            answered: r.answered,
            mine: r.mine,
            my_answer: us(r.my_answer),
        }
    }
}

impl From<SheetDetail> for SheetV1 {
    fn from(d: SheetDetail) -> Self {
        Self {
            sheet: d.row.into(),
            questions: d.questions.into_iter().map(QuestionV1::from).collect(),
            documents: d.documents.into_iter().map(SheetDocumentV1::from).collect(),
            members: d.members.into_iter().map(AskedV1::from).collect(),
            rule: d.rule.as_str(),
            open: d.open,
            reason: d.reason,
            sent: us(d.sent),
            ended: us(d.ended),
            revision: d.revision,
            topic: d.topic,
            topic_seq: d.topic_seq,
        }
    }
}

impl From<Question> for QuestionV1 {
    fn from(q: Question) -> Self {
        Self {
            id: q.id.0,
            text: q.text,
            mine: q.mine.map(SaidV1::from),
            result: q.tally.map(|t| ResultV1 {
                agree: t.agree,
                disagree: t.disagree,
                other: t.other,
                silent: t.silent,
                needed: t.needed,
                passed: t.passed,
            }),
        }
    }
}

impl From<Said> for SaidV1 {
    fn from(s: Said) -> Self {
        Self {
            choice: s.choice.as_str(),
            words: s.words,
            at: s.at.us,
        }
    }
}

impl From<SheetDocument> for SheetDocumentV1 {
    fn from(d: SheetDocument) -> Self {
        Self {
            document: d.document_id.0,
            title: d.title,
            number: d.number,
            sha256: d.file.sha256,
            size: d.file.size,
            pages: d.file.pages,
            url: d.file.url,
        }
    }
}

impl From<Asked> for AskedV1 {
    fn from(a: Asked) -> Self {
        Self {
            id: a.user_id.0,
            full_name: a.full_name,
            position: a.position,
            said: a.said.into_iter().map(SaidV1::from).collect(),
        }
    }
}
