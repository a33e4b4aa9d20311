//! The document on the screen: one signal, filled by the server's answer and kept fresh over the socket.
use crate::actions::documents::get_document;
use crate::components::live::{News, follow};
use crate::dto::Placement;
use crate::dto::documents::{Action, DocumentDetail, State};
use crate::error::ApiError;
use crate::ids::DocumentId;
use crate::live::LiveEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[derive(Clone, Copy)]
pub struct Doc {
    pub detail: RwSignal<DocumentDetail>,
    /// Set when it could not be fetched anew: deleted, or no longer for this person.
    pub lost: RwSignal<Option<ApiError>>,
    /// Boxes for number and date as the drafter has them on the screen, where not as the server knows them.
    pub boxes: RwSignal<Option<(Placement, Placement)>>,
    /// Number of the latest question, so that a late answer to an earlier one is passed over.
    asked: StoredValue<u64>,
    /// The last question that was answered: where it is not the last asked, an answer is on its way.
    answered: StoredValue<u64>,
}

impl Doc {
    pub fn new(detail: DocumentDetail) -> Self {
        let topic = detail.topic.clone();
        let seq = detail.topic_seq;
        let doc = Self {
            detail: RwSignal::new(detail),
            lost: RwSignal::new(None),
            boxes: RwSignal::new(None),
            asked: StoredValue::new(0),
            answered: StoredValue::new(0),
        };
        Effect::new(move |_| follow(&topic, seq, move |news| doc.hear(news)));
        doc
    }

    pub fn id(&self) -> DocumentId {
        self.detail.with_untracked(|d| d.row.id.clone())
    }

    /// Row version for the next change.
    pub fn revision(&self) -> i64 {
        self.detail.with_untracked(|d| d.revision)
    }

    pub fn state(self) -> Memo<State> {
        Memo::new(move |_| self.detail.with(|d| d.row.state))
    }

    pub fn can(self, action: Action) -> Memo<bool> {
        Memo::new(move |_| self.detail.with(|d| d.actions.contains(&action)))
    }

    fn hear(self, news: News) {
        match news {
            News::Event(LiveEvent::ReceiverChanged { receiver, .. }) => {
                let _ = self.detail.try_update(|d| {
                    if let Some(old) = d.receivers.iter_mut().find(|r| r.body.code == receiver.body.code) {
                        *old = receiver;
                    }
                });
                // An answer that is on its way may be older than this and would undo it.
                if self.asked.try_get_value() != self.answered.try_get_value() {
                    self.refresh();
                }
            }
            // What may be done, by whom, with which file: the answer is each person's own.
            News::Event(_) | News::Reset => self.refresh(),
        }
    }

    /// Fetches the document again and shows what changed.
    pub fn refresh(self) {
        let Some(id) = self.detail.try_with_untracked(|d| d.row.id.clone()) else {
            return;
        };
        let Some(mine) = self.asked.try_update_value(|n| {
            *n += 1;
            *n
        }) else {
            return;
        };
        spawn_local(async move {
            let answer = get_document(id).await;
            if self.asked.try_get_value() != Some(mine) {
                return;
            }
            let _ = self.answered.try_set_value(mine);
            match answer {
                Ok(detail) => {
                    let _ = self.detail.try_set(detail);
                    let _ = self.lost.try_set(None);
                }
                // The socket says it again when the link is back.
                Err(e) if e.is_link() => {}
                Err(e) => {
                    let _ = self.lost.try_set(Some(e));
                }
            }
        });
    }
}
