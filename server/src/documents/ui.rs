//! The screens' way to documents.
use super::Service;
use crate::actor::Actor;
use crate::fault::Fault;
use crate::state::AppState;
use crate::ui::Bound;
use app::api::{Documents, DocumentsApi};
use app::dto::authority::{Authority, AuthorityWish, SignAs};
use app::dto::documents::{AssignWish, DocumentDetail, DocumentQuery, DocumentRow, DraftFields, FeedState, Linked, TrashedDraft};
use app::dto::figures::{Figures, FiguresQuery};
use app::dto::notices::Notices;
use app::dto::numbers::{HoldWish, NumberBook};
use app::dto::verify::VerifyReport;
use app::dto::{Page, Placement};
use app::error::{ApiError, ApiResult};
use app::ids::{AuthorityId, DocumentId, NoticeId, NumberId};
use async_trait::async_trait;
use leptos::prelude::provide_context;
use std::sync::Arc;

pub fn provide(state: &AppState, actor: &Actor) {
    provide_context::<Documents>(Arc::new(Bound::new(&state.documents, state, actor)));
}

fn api<T>(result: super::Result<T>) -> ApiResult<T> {
    result.map_err(|e| ApiError::from(Fault::from(e)))
}

#[async_trait]
impl DocumentsApi for Bound<Service> {
    async fn list(&self, query: DocumentQuery) -> ApiResult<Page<DocumentRow>> {
        api(self.service.list(&self.actor, &query).await)
    }

    async fn get(&self, id: DocumentId) -> ApiResult<DocumentDetail> {
        api(self.service.get(&self.actor, &id).await)
    }

    async fn known_arrivals(&self, sender: String, notation: String, issued_on: String) -> ApiResult<Vec<Linked>> {
        api(self.service.known_arrivals(&self.actor, &sender, &notation, &issued_on).await)
    }

    async fn update_draft(&self, id: DocumentId, revision: i64, fields: DraftFields) -> ApiResult<()> {
        api(self.service.update_draft(&self.actor, &id, revision, &fields).await)
    }

    async fn submit(&self, id: DocumentId, revision: i64) -> ApiResult<()> {
        api(self.service.submit(&self.actor, &id, revision).await)
    }

    async fn withdraw(&self, id: DocumentId, revision: i64) -> ApiResult<()> {
        api(self.service.withdraw(&self.actor, &id, revision).await)
    }

    async fn return_to_drafter(&self, id: DocumentId, revision: i64, reason: String) -> ApiResult<()> {
        api(self.service.return_to_drafter(&self.actor, &id, revision, &reason).await)
    }

    async fn sign(&self, id: DocumentId, revision: i64, placement: Placement, under: Option<SignAs>, pin: String) -> ApiResult<()> {
        let signed = self.service.sign_as(&self.actor, &id, revision, placement, under.as_ref(), &pin);
        api(signed.await)
    }

    async fn authorities(&self) -> ApiResult<Vec<Authority>> {
        api(self.service.authorities(&self.actor).await)
    }

    async fn give_authority(&self, wish: AuthorityWish) -> ApiResult<AuthorityId> {
        api(self.service.give_authority(&self.actor, &wish).await)
    }

    async fn end_authority(&self, id: AuthorityId, reason: String) -> ApiResult<()> {
        api(self.service.end_authority(&self.actor, &id, &reason).await)
    }

    async fn issue(&self, id: DocumentId, revision: i64, number: Option<NumberId>, seal: Placement, pin: String) -> ApiResult<()> {
        api(self.service.issue(&self.actor, &id, revision, number.as_ref(), seal, &pin).await)
    }

    async fn numbers(&self, year: Option<i64>) -> ApiResult<NumberBook> {
        api(self.service.numbers(&self.actor, year).await)
    }

    async fn hold_numbers(&self, wish: HoldWish) -> ApiResult<Vec<String>> {
        api(self.service.hold_numbers(&self.actor, &wish).await)
    }

    async fn cancel_number(&self, id: NumberId, reason: String) -> ApiResult<()> {
        api(self.service.cancel_number(&self.actor, &id, &reason).await)
    }

    async fn send(&self, id: DocumentId, revision: i64) -> ApiResult<()> {
        api(self.service.send(&self.actor, &id, revision).await)
    }

    async fn recall(&self, id: DocumentId, revision: i64, reason: String) -> ApiResult<()> {
        api(self.service.recall(&self.actor, &id, revision, &reason).await)
    }

    async fn take_in(&self, id: DocumentId, revision: i64) -> ApiResult<()> {
        api(self.service.take_in(&self.actor, &id, revision).await)
    }

    async fn refuse(&self, id: DocumentId, revision: i64, reason: String) -> ApiResult<()> {
        api(self.service.refuse(&self.actor, &id, revision, &reason).await)
    }

    async fn give_back(&self, id: DocumentId, revision: i64) -> ApiResult<()> {
        api(self.service.give_back(&self.actor, &id, revision).await)
    }

    async fn keep_copy(&self, id: DocumentId, revision: i64, reason: String) -> ApiResult<()> {
        api(self.service.keep_copy(&self.actor, &id, revision, &reason).await)
    }

    async fn assign(&self, id: DocumentId, revision: i64, wish: AssignWish) -> ApiResult<()> {
        api(self.service.assign(&self.actor, &id, revision, &wish).await)
    }

    async fn start_processing(&self, id: DocumentId, revision: i64) -> ApiResult<()> {
        api(self.service.start_processing(&self.actor, &id, revision).await)
    }

    async fn finish(&self, id: DocumentId, revision: i64, result: String) -> ApiResult<()> {
        api(self.service.finish(&self.actor, &id, revision, &result).await)
    }

    async fn delete_draft(&self, id: DocumentId, revision: i64) -> ApiResult<()> {
        api(self.service.delete_draft(&self.actor, &id, revision).await)
    }

    async fn figures(&self, query: FiguresQuery) -> ApiResult<Figures> {
        api(self.service.figures(&self.actor, &query).await)
    }

    async fn notices(&self) -> ApiResult<Notices> {
        api(self.service.notices(&self.actor).await)
    }

    async fn unread_notices(&self) -> ApiResult<u64> {
        api(self.service.unread_notices(&self.actor).await)
    }

    async fn read_notices(&self, id: Option<NoticeId>) -> ApiResult<()> {
        api(self.service.read_notices(&self.actor, id.as_ref()).await)
    }

    async fn calendar_feed(&self) -> ApiResult<Option<FeedState>> {
        api(self.service.calendar_feed(&self.actor).await)
    }

    async fn renew_feed(&self) -> ApiResult<String> {
        api(self.service.renew_feed(&self.actor).await)
    }

    async fn end_feed(&self) -> ApiResult<()> {
        api(self.service.end_feed(&self.actor).await)
    }

    async fn trash(&self) -> ApiResult<Vec<TrashedDraft>> {
        api(self.service.trash(&self.actor).await)
    }

    async fn restore_draft(&self, id: DocumentId) -> ApiResult<()> {
        api(self.service.restore(&self.actor, &id).await)
    }

    async fn verify(&self, id: DocumentId) -> ApiResult<VerifyReport> {
        api(self.service.verify(&self.actor, &id).await)
    }
}
