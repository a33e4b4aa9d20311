//! The document on the screen: one signal, filled by the server's answer and kept fresh over the socket.
use crate::actions::documents::get_document;
use crate::components::live::{News, follow};
use crate::dto::Placement;
use crate::dto::documents::{Action, DocumentDetail, Receiver, State};
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
                let _ = self.detail.try_update(|d| take(&mut d.receivers, receiver));
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
            match answer {
                Ok(answer) => {
                    let _ = self.detail.try_update(|shown| {
                        let before = std::mem::replace(shown, answer);
                        // What an event said while the answer was on its way is not undone by it.
                        for receiver in before.receivers {
                            take(&mut shown.receivers, receiver);
                        }
                    });
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

/// Takes what is newer: what was heard of a receiver only grows, so that the longer trail is the newer one.
fn take(receivers: &mut [Receiver], other: Receiver) {
    let shown = receivers.iter_mut().find(|r| r.body.code == other.body.code);
    if let Some(shown) = shown
        && other.trail.len() > shown.trail.len()
    {
        *shown = other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::When;
    use crate::dto::documents::StatusEntry;
    use crate::dto::identity::Body;

    fn heard(code: &str, statuses: &[&str]) -> Receiver {
        let entry = |status: &&str| StatusEntry {
            code: (*status).to_owned(),
            description: String::new(),
            at: When {
                us: 0,
                text: String::new(),
            },
            message: None,
            signed_by: None,
        };
        Receiver {
            body: Body {
                code: code.to_owned(),
                name: String::new(),
            },
            status: statuses.last().copied().unwrap_or("waiting").to_owned(),
            description: String::new(),
            at: None,
            trail: statuses.iter().map(entry).collect(),
        }
    }

    #[test]
    fn an_older_answer_does_not_undo_what_a_receiver_said() {
        let mut shown = [heard("H99.5", &["queued"]), heard("H99.6", &[])];
        take(&mut shown, heard("H99.5", &["queued", "accepted", "01"]));
        take(&mut shown, heard("H99.5", &["queued", "accepted"]));
        take(&mut shown, heard("H1", &["queued"]));
        assert_eq!(shown[0].status, "01");
        assert_eq!(shown[1].status, "waiting");
    }
}
