//! The way of secret ballots: cast by nobody in particular, published to all who may see the meeting.
use super::{Error, Service};
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::identity::people::in_person;
use crate::state::AppState;
use app::dto::meetings::{Choice, SecretBallot};
use app::ids::VoteId;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tower_http::limit::RequestBodyLimitLayer;
use utoipa::ToSchema;

/// Bytes: a ballot has less than 1 kB.
const LARGEST: usize = 4096;

pub fn routes() -> Router<AppState> {
    let ballots = get(published).post(cast).layer(RequestBodyLimitLayer::new(LARGEST));
    Router::new()
        .route("/api/v1/votes/{id}/ballots", ballots)
        .route("/api/v1/votes/{id}/ballot", put(vote))
}

#[derive(Deserialize, ToSchema)]
pub struct ChoiceV1 {
    /// `agree`, `disagree` or `other`.
    pub choice: String,
}

/// One's own ballot in an open vote, in person, not by a token; a later one replaces an earlier one as long as the vote is open.
#[utoipa::path(put, path = "/api/v1/votes/{id}/ballot", params(("id" = String, Path)), request_body = ChoiceV1, responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)), tag = "meetings")]
pub async fn vote(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<VoteId>,
    body: Result<Json<ChoiceV1>, JsonRejection>,
) -> Result<StatusCode, Fault> {
    in_person(&actor)?;
    let Json(body) = body.map_err(|e| Error::Form(e.body_text()))?;
    let choice = Choice::parse(&body.choice).ok_or(Error::Field("choice"))?;
    service.cast(&actor, &id, choice).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A ballot of a secret vote. What is signed is the bytes of `prefix`, then the text
/// `kyhop ballot 1\nVOTE\nCHOICE\nRECEIPT` (RSASSA-PSS, SHA-384, salt of 48 bytes).
#[derive(Serialize, Deserialize, ToSchema)]
pub struct BallotV1 {
    /// `agree`, `disagree` or `other`.
    pub choice: String,
    /// 16 bytes in lowercase hex, chosen at random by the voter.
    pub receipt: String,
    /// 32 bytes in lowercase hex, likewise.
    pub prefix: String,
    /// 384 bytes in base64url.
    pub signature: String,
}

/// All ballots of a closed secret vote.
#[derive(Serialize, ToSchema)]
pub struct PublishedV1 {
    pub vote: String,
    pub question: String,
    /// Public key of this vote: modulus in base64url, and exponent.
    pub modulus: String,
    pub exponent: u32,
    /// Full names of those who drew a ballot. There are never more ballots than names.
    pub voters: Vec<String>,
    /// SHA-256 over the SHA-256 (lowercase hex) of all signed messages in ascending order; the audit log holds the same.
    pub digest: String,
    pub ballots: Vec<BallotV1>,
}

/// Casts a ballot. Needs no token and looks at none: the signature is the right to vote. The same ballot twice is one.
#[utoipa::path(post, path = "/api/v1/votes/{id}/ballots", params(("id" = String, Path)), request_body = BallotV1, responses((status = 204), (status = 400), (status = 404), (status = 409), (status = 422)), security(()), tag = "meetings")]
pub async fn cast(
    State(service): State<Service>,
    Path(id): Path<VoteId>,
    body: Result<Json<BallotV1>, JsonRejection>,
) -> Result<StatusCode, Fault> {
    let Json(body) = body.map_err(|e| Error::Form(e.body_text()))?;
    let ballot = SecretBallot {
        choice: Choice::parse(&body.choice).ok_or(Error::Ballot)?,
        receipt: body.receipt,
        prefix: body.prefix,
        signature: body.signature,
    };
    service.cast_secret(&id, &ballot).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The ballots of a closed secret vote, for counting and checking them again.
#[utoipa::path(get, path = "/api/v1/votes/{id}/ballots", params(("id" = String, Path)), responses((status = 200, body = PublishedV1), (status = 401), (status = 404), (status = 409)), tag = "meetings")]
pub async fn published(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<VoteId>,
) -> Result<([(HeaderName, String); 1], Json<PublishedV1>), Fault> {
    let all = service.published_ballots(&actor, &id).await?;
    let ballots = all.ballots.into_iter().map(|b| BallotV1 {
        choice: b.choice.as_str().to_owned(),
        receipt: b.receipt,
        prefix: b.prefix,
        signature: b.signature,
    });
    let body = PublishedV1 {
        vote: all.vote.0,
        question: all.question,
        modulus: all.modulus,
        exponent: all.exponent,
        voters: all.voters,
        digest: all.digest,
        ballots: ballots.collect(),
    };
    // Saved as a file where a person follows the link; the id comes from the database by now.
    let name = format!("inline; filename=\"ballots-{}.json\"", body.vote);
    Ok(([(header::CONTENT_DISPOSITION, name)], Json(body)))
}
