//! REST routes of people, bodies and tokens. Wire types of REST v1 are here and nowhere else.
use super::http::Caller;
use super::{Error, NewPerson, Service};
use crate::fault::{Fault, Sought};
use crate::state::AppState;
use app::dto::When;
use app::dto::identity::{Body, Person, Role, Token};
use app::ids::{TokenId, UserId};
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRef, Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/me", get(me))
        .route("/api/v1/people", get(people).post(add_person))
        .route("/api/v1/people/{id}/active", put(set_active))
        .route("/api/v1/people/{id}/sessions", delete(end_sessions))
        .route("/api/v1/bodies", get(bodies))
        .route("/api/v1/bodies/{code}", put(put_body))
        .route("/api/v1/tokens", get(tokens).post(create_token))
        .route("/api/v1/tokens/{id}", delete(revoke_token))
}

impl FromRef<AppState> for Service {
    fn from_ref(state: &AppState) -> Self {
        state.identity.clone()
    }
}

fn json<T>(body: Result<Json<T>, JsonRejection>) -> Result<T, Error> {
    body.map(|Json(value)| value).map_err(|e| Error::Form(e.body_text()))
}

#[derive(Serialize, ToSchema)]
pub struct PersonV1 {
    pub id: String,
    pub username: String,
    pub full_name: String,
    /// Chức vụ.
    pub position: String,
    pub unit: String,
    /// `official`, `secretary`, `drafter`, `leader`, `clerk`, `auditor`, `admin`.
    pub roles: Vec<&'static str>,
    pub active: bool,
}

impl From<Person> for PersonV1 {
    fn from(p: Person) -> Self {
        Self {
            id: p.id.0,
            username: p.username,
            full_name: p.full_name,
            position: p.position,
            unit: p.unit,
            roles: p.roles.iter().map(|r| r.as_str()).collect(),
            active: p.active,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct BodyV1 {
    /// Identifier code after Decision 20/2020, such as `H18.3.2`.
    pub code: String,
    pub name: String,
}

impl From<Body> for BodyV1 {
    fn from(b: Body) -> Self {
        Self {
            code: b.code,
            name: b.name,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct MeV1 {
    pub id: String,
    pub username: String,
    pub full_name: String,
    pub position: String,
    pub unit: String,
    pub roles: Vec<&'static str>,
    /// The body that this server belongs to.
    pub body: BodyV1,
}

/// Who the token belongs to.
#[utoipa::path(get, path = "/api/v1/me", responses((status = 200, body = MeV1), (status = 401)), tag = "identity")]
pub async fn me(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<MeV1>, Fault> {
    let me = service.me(&actor).await?.ok_or(Error::NotSignedIn)?;
    Ok(Json(MeV1 {
        id: me.id.0,
        username: me.username,
        full_name: me.full_name,
        position: me.position,
        unit: me.unit,
        roles: me.roles.iter().map(|r| r.as_str()).collect(),
        body: me.body.into(),
    }))
}

#[derive(Deserialize, utoipa::IntoParams)]
pub struct SearchV1 {
    /// Words of the name; accents do not matter.
    #[serde(default)]
    text: String,
}

#[derive(Serialize, ToSchema)]
pub struct PeopleV1 {
    pub people: Vec<PersonV1>,
}

/// People of this body. Closed accounts are listed for administrators alone.
#[utoipa::path(get, path = "/api/v1/people", params(SearchV1), responses((status = 200, body = PeopleV1), (status = 401)), tag = "identity")]
pub async fn people(
    State(service): State<Service>,
    Caller(actor): Caller,
    Sought(query): Sought<SearchV1>,
) -> Result<Json<PeopleV1>, Fault> {
    let people = service.people(&actor, &query.text).await?;
    let people = people.into_iter().map(PersonV1::from).collect();
    Ok(Json(PeopleV1 { people }))
}

#[derive(Deserialize, ToSchema)]
pub struct NewPersonV1 {
    /// 2 to 64 of `a-z 0-9 . - _ @`.
    pub username: String,
    pub full_name: String,
    #[serde(default)]
    pub position: String,
    #[serde(default)]
    pub unit: String,
    #[serde(default)]
    pub email: String,
    pub roles: Vec<String>,
    /// At least 12 characters.
    pub password: String,
}

#[derive(Serialize, ToSchema)]
pub struct MadeV1 {
    pub id: String,
}

/// Adds a person (administrators).
#[utoipa::path(post, path = "/api/v1/people", request_body = NewPersonV1, responses((status = 201, body = MadeV1), (status = 400), (status = 401), (status = 403), (status = 409), (status = 422)), tag = "identity")]
pub async fn add_person(
    State(service): State<Service>,
    Caller(actor): Caller,
    body: Result<Json<NewPersonV1>, JsonRejection>,
) -> Result<(StatusCode, Json<MadeV1>), Fault> {
    actor.require(&[Role::Admin])?;
    let new = json(body)?;
    let roles: Option<Vec<Role>> = new.roles.iter().map(|r| Role::parse(r)).collect();
    let new = NewPerson {
        username: new.username,
        full_name: new.full_name,
        position: new.position,
        unit: new.unit,
        email: new.email,
        roles: roles.ok_or(Error::Field("roles"))?,
        password: new.password,
        demonstration: false,
    };
    let id = service.add_person(&actor, new).await?;
    Ok((StatusCode::CREATED, Json(MadeV1 { id: id.0 })))
}

#[derive(Deserialize, ToSchema)]
pub struct ActiveV1 {
    pub active: bool,
}

/// Closes or opens an account; closing ends its sessions and revokes its tokens (administrators).
#[utoipa::path(put, path = "/api/v1/people/{id}/active", params(("id" = String, Path)), request_body = ActiveV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409)), tag = "identity")]
pub async fn set_active(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<UserId>,
    body: Result<Json<ActiveV1>, JsonRejection>,
) -> Result<StatusCode, Fault> {
    actor.require(&[Role::Admin])?;
    service.set_active(&actor, &id, json(body)?.active).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs somebody out everywhere, because a tablet is lost, say (administrators). What tablets keep for that person is closed at once
/// where there is a link, else when it is back, or by itself when the session would have ended.
#[utoipa::path(delete, path = "/api/v1/people/{id}/sessions", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404)), tag = "identity")]
pub async fn end_sessions(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<UserId>) -> Result<StatusCode, Fault> {
    actor.require(&[Role::Admin])?;
    service.end_sessions(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
pub struct BodiesV1 {
    pub bodies: Vec<BodyV1>,
}

/// Bodies of the directory, without this one; the first 50 that match.
#[utoipa::path(get, path = "/api/v1/bodies", params(SearchV1), responses((status = 200, body = BodiesV1), (status = 401)), tag = "identity")]
pub async fn bodies(
    State(service): State<Service>,
    Caller(actor): Caller,
    Sought(query): Sought<SearchV1>,
) -> Result<Json<BodiesV1>, Fault> {
    let bodies = service.bodies(&actor, &query.text).await?;
    let bodies = bodies.into_iter().map(BodyV1::from).collect();
    Ok(Json(BodiesV1 { bodies }))
}

#[derive(Deserialize, ToSchema)]
pub struct PutBodyV1 {
    pub name: String,
    /// PEM certificate that its axis messages are signed with; several while one is renewed; kept as it is when left out, forgotten when empty.
    pub certificate: Option<String>,
}

/// Adds a body to the directory or renames it (administrators).
#[utoipa::path(put, path = "/api/v1/bodies/{code}", params(("code" = String, Path)), request_body = PutBodyV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 422)), tag = "identity")]
pub async fn put_body(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(code): Path<String>,
    body: Result<Json<PutBodyV1>, JsonRejection>,
) -> Result<StatusCode, Fault> {
    actor.require(&[Role::Admin])?;
    let put = json(body)?;
    let body = Body { code, name: put.name };
    service.add_body(&actor, &body, put.certificate.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
pub struct TokenV1 {
    pub id: String,
    pub name: String,
    /// Microseconds since the Unix epoch, as all times here.
    pub created: i64,
    pub expires: i64,
    pub last_used: Option<i64>,
}

impl From<Token> for TokenV1 {
    fn from(t: Token) -> Self {
        Self {
            id: t.id.0,
            name: t.name,
            created: t.created.us,
            expires: t.expires.us,
            last_used: t.last_used.map(|w: When| w.us),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct TokensV1 {
    pub tokens: Vec<TokenV1>,
}

/// The caller's own tokens.
#[utoipa::path(get, path = "/api/v1/tokens", responses((status = 200, body = TokensV1), (status = 401)), tag = "identity")]
pub async fn tokens(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<TokensV1>, Fault> {
    let tokens = service.tokens(&actor).await?;
    let tokens = tokens.into_iter().map(TokenV1::from).collect();
    Ok(Json(TokensV1 { tokens }))
}

#[derive(Deserialize, ToSchema)]
pub struct NewTokenV1 {
    pub name: String,
    /// 1 to 365.
    pub days: u32,
}

#[derive(Serialize, ToSchema)]
pub struct CreatedTokenV1 {
    pub token: TokenV1,
    /// For `Authorization: Bearer …`. Shown this once.
    pub secret: String,
}

/// A new token, for a person with a session; a token makes no other token.
#[utoipa::path(post, path = "/api/v1/tokens", request_body = NewTokenV1, responses((status = 201, body = CreatedTokenV1), (status = 400), (status = 401), (status = 403), (status = 422)), tag = "identity")]
pub async fn create_token(
    State(service): State<Service>,
    Caller(actor): Caller,
    body: Result<Json<NewTokenV1>, JsonRejection>,
) -> Result<(StatusCode, Json<CreatedTokenV1>), Fault> {
    super::people::in_person(&actor)?;
    let new = json(body)?;
    let made = service.create_token(&actor, &new.name, new.days).await?;
    Ok((
        StatusCode::CREATED,
        Json(CreatedTokenV1 {
            token: made.token.into(),
            secret: made.secret,
        }),
    ))
}

/// Revokes one of the caller's own tokens, at once.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 404)), tag = "identity")]
pub async fn revoke_token(State(service): State<Service>, Caller(actor): Caller, Path(id): Path<TokenId>) -> Result<StatusCode, Fault> {
    service.revoke_token(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
