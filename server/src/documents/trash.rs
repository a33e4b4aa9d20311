//! Thùng rác: a draft that was deleted can be taken out again by its author until its time is over. What was issued never comes here.
use super::store;
use super::{Error, Result, Service};
use crate::actor::Actor;
use crate::clock::{now_us, when};
use crate::fault::Fault;
use crate::identity::http::Caller;
use crate::state::AppState;
use app::dto::documents::TrashedDraft;
use app::ids::DocumentId;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// How often it is looked whether the time of something is over.
const EVERY: Duration = Duration::from_secs(600);

/// Ends what has been in the trash long enough, for as long as it is this node's to do.
pub async fn run(service: Service) {
    loop {
        if let Err(e) = service.empty_trash(now_us()).await {
            tracing::warn!(error = %e, "the trash is emptied later");
        }
        tokio::time::sleep(EVERY).await;
    }
}

impl Service {
    fn trash_kept(&self) -> i64 {
        i64::try_from(self.config.trash_kept.as_micros()).unwrap_or(i64::MAX)
    }

    /// What this person has deleted and may take out again, the latest first.
    pub async fn trash(&self, actor: &Actor) -> Result<Vec<TrashedDraft>> {
        let me = actor.user()?;
        let mut c = self.db.read().acquire().await?;
        let all = store::trashed_by(&mut c, me.as_str()).await?;
        Ok(all
            .into_iter()
            .map(|t| TrashedDraft {
                id: DocumentId(t.id),
                kind: t.kind,
                abstract_text: t.abstract_text,
                deleted: when(t.at),
                ends: when(t.at.saturating_add(self.trash_kept())),
            })
            .collect())
    }

    /// Puts a draft back where it was, as it was.
    pub async fn restore(&self, actor: &Actor, id: &DocumentId) -> Result<()> {
        let me = actor.user()?.clone();
        let mut work = self.db.begin(actor).await?;
        if !store::restore(work.conn(), id.as_str(), me.as_str(), now_us()).await? {
            return Err(Error::NotInTrash);
        }
        let row = store::get(work.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
        self.announce(&mut work, &row, "document.restored", "").await?;
        Ok(work.commit().await?)
    }

    /// Ends what was deleted so long before `now`: the draft with its versions and receivers. The log keeps that it was there.
    pub async fn empty_trash(&self, now: i64) -> Result<usize> {
        let limit = now.saturating_sub(self.trash_kept());
        let mut ended = 0;
        loop {
            let old = {
                let mut c = self.db.read().acquire().await?;
                store::trashed_before(&mut c, limit).await?
            };
            if old.is_empty() {
                return Ok(ended);
            }
            for trashed in old {
                let mut work = self.db.begin(&Actor::system("trash")).await?;
                // Somebody may have taken it out meanwhile.
                if store::forget(work.conn(), &trashed.id, limit).await? {
                    work.audit(
                        "document.ended",
                        "document",
                        &trashed.id,
                        &trashed.abstract_text,
                        &serde_json::json!({}),
                    )
                    .await?;
                    work.commit().await?;
                    ended += 1;
                }
            }
        }
    }
}

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/trash", get(list))
        .route("/api/v1/trash/{id}/restore", post(restore))
}

#[derive(Serialize, ToSchema)]
pub struct TrashV1 {
    /// The latest first.
    pub drafts: Vec<TrashedV1>,
}

#[derive(Serialize, ToSchema)]
pub struct TrashedV1 {
    pub id: String,
    pub kind: String,
    #[serde(rename = "abstract")]
    pub abstract_text: String,
    /// Microseconds since the Unix epoch, as `ends`.
    pub deleted: i64,
    /// From when on it is gone for good.
    pub ends: i64,
}

/// Drafts that the token's holder has deleted and may take out again.
#[utoipa::path(get, path = "/api/v1/trash", responses((status = 200, body = TrashV1), (status = 401)), tag = "documents")]
pub async fn list(State(service): State<Service>, Caller(actor): Caller) -> std::result::Result<Json<TrashV1>, Fault> {
    let all = service.trash(&actor).await?;
    let drafts = all
        .into_iter()
        .map(|t| TrashedV1 {
            id: t.id.0,
            kind: t.kind,
            abstract_text: t.abstract_text,
            deleted: t.deleted.us,
            ends: t.ends.us,
        })
        .collect();
    Ok(Json(TrashV1 { drafts }))
}

/// Takes a draft out of the trash (its author).
#[utoipa::path(post, path = "/api/v1/trash/{id}/restore", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 404)), tag = "documents")]
pub async fn restore(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<DocumentId>,
) -> std::result::Result<StatusCode, Fault> {
    service.restore(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
