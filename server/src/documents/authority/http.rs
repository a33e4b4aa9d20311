//! REST v1 of authorities to sign.
use crate::documents::{Error, Service};
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use app::dto::authority::{Authority, AuthorityForm, AuthorityWish};
use app::ids::{AuthorityId, UserId};
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/authorities", get(list).post(give))
        .route("/api/v1/authorities/{id}/end", post(end))
}

#[derive(Serialize, ToSchema)]
pub struct AuthoritiesV1 {
    /// The latest first.
    pub authorities: Vec<AuthorityV1>,
}

#[derive(Serialize, ToSchema)]
pub struct AuthorityV1 {
    pub id: String,
    /// Id of who signs.
    pub person: String,
    pub name: String,
    /// `deputy` (KT.), `order` (TL.), `mandate` (TUQ.) or `acting` (Q.).
    pub form: &'static str,
    /// In whose place.
    pub head: Option<String>,
    /// As printed over a signature.
    pub lines: Vec<String>,
    /// First and last day, `24/11/2026`.
    pub from: String,
    pub to: Option<String>,
    pub basis: String,
    pub by: String,
    /// `coming`, `current` or `over`.
    pub standing: &'static str,
    /// Why it was ended before its time.
    pub ended_reason: Option<String>,
}

impl From<Authority> for AuthorityV1 {
    fn from(a: Authority) -> Self {
        Self {
            id: a.id.0,
            person: a.person.0,
            name: a.name,
            form: a.form.as_str(),
            head: a.head,
            lines: a.lines,
            from: a.from,
            to: a.to,
            basis: a.basis,
            by: a.by,
            standing: a.standing.as_str(),
            ended_reason: a.ended.map(|(_, _, reason)| reason),
        }
    }
}

/// Who may sign in whose place (clerks, administrators, leaders, auditors).
#[utoipa::path(get, path = "/api/v1/authorities", responses((status = 200, body = AuthoritiesV1), (status = 401), (status = 403)), tag = "documents")]
pub async fn list(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<AuthoritiesV1>, Fault> {
    let all = service.authorities(&actor).await?;
    Ok(Json(AuthoritiesV1 {
        authorities: all.into_iter().map(Into::into).collect(),
    }))
}

#[derive(Deserialize, ToSchema)]
pub struct GiveV1 {
    /// Id of who signs.
    pub person: String,
    /// `deputy` (KT.), `order` (TL.), `mandate` (TUQ.) or `acting` (Q.).
    pub form: String,
    /// Id of whose place it is; not for `acting`.
    pub head: Option<String>,
    /// As printed, without the name of the body: `Chủ tịch`, `Phó Chủ tịch`.
    pub head_title: String,
    #[serde(default)]
    pub own_title: String,
    /// First and last day, `2026-11-24`. Only a mandate must have a last one.
    pub from_on: String,
    #[serde(default)]
    pub to_on: String,
    /// The decision, rule or letter that gives it.
    pub basis: String,
}

#[derive(Serialize, ToSchema)]
pub struct GivenV1 {
    pub id: String,
}

/// Records who may sign in whose place, and until when (clerks, administrators).
#[utoipa::path(post, path = "/api/v1/authorities", request_body = GiveV1, responses((status = 201, body = GivenV1), (status = 400), (status = 401), (status = 403), (status = 422)), tag = "documents")]
pub async fn give(
    State(service): State<Service>,
    Caller(actor): Caller,
    body: Result<Json<GiveV1>, JsonRejection>,
) -> Result<(StatusCode, Json<GivenV1>), Fault> {
    actor.user().map_err(Error::from)?;
    let Json(v) = body.map_err(|e| Error::Form(e.body_text()))?;
    let wish = AuthorityWish {
        person: UserId(v.person),
        form: AuthorityForm::parse(&v.form).ok_or(Error::Field("form"))?,
        head: v.head.map(UserId),
        head_title: v.head_title,
        own_title: v.own_title,
        from_on: v.from_on,
        to_on: v.to_on,
        basis: v.basis,
    };
    let id = service.give_authority(&actor, &wish).await?;
    Ok((StatusCode::CREATED, Json(GivenV1 { id: id.0 })))
}

#[derive(Deserialize, ToSchema)]
pub struct EndV1 {
    pub reason: String,
}

/// Ends an authority before its time; what was signed under it stays as it is (clerks, administrators).
#[utoipa::path(post, path = "/api/v1/authorities/{id}/end", params(("id" = String, Path)), request_body = EndV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "documents")]
pub async fn end(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<AuthorityId>,
    body: Result<Json<EndV1>, JsonRejection>,
) -> Result<StatusCode, Fault> {
    actor.user().map_err(Error::from)?;
    let Json(body) = body.map_err(|e| Error::Form(e.body_text()))?;
    service.end_authority(&actor, &id, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
