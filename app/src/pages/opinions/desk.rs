//! What all parts of a sheet's page share, kept up to date by the live link.
use crate::actions::opinions::get_sheet;
use crate::components::live::{News, follow, server_now};
use crate::dto::opinions::{SheetDetail, SheetState};
use crate::ids::{SheetId, UserId};
use crate::live::LiveEvent;
use crate::pages::documents::list::refetching;
use leptos::leptos_dom::helpers::set_interval_with_handle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How often the words of what is left are looked at.
const LOOK: Duration = Duration::from_secs(20);

/// Copy it freely.
#[derive(Clone, Copy)]
pub struct Desk {
    pub detail: RwSignal<SheetDetail>,
    /// Minutes to the deadline.
    pub left: RwSignal<Option<i64>>,
    me: StoredValue<UserId>,
}

impl Desk {
    pub fn new(detail: SheetDetail, me: UserId) -> Self {
        let desk = Self {
            left: RwSignal::new(detail.row.left),
            detail: RwSignal::new(detail),
            me: StoredValue::new(me),
        };
        let refresh = refetching(move || desk.refresh());
        let others = refresh.clone();
        Effect::new(move |_| {
            let (topic, seq) = desk.detail.with_untracked(|d| (d.topic.clone(), d.topic_seq));
            let refresh = refresh.clone();
            follow(&topic, seq, move |news| {
                if desk.hear(news) {
                    refresh();
                }
            });
        });
        super::follow_sheets(Some(desk.id()), others);
        Effect::new(move |_| {
            let look = move || {
                let _ = desk.left.try_update(|left| {
                    let (deadline, sent) = desk.detail.with_untracked(|d| (d.row.deadline.us, d.row.state == SheetState::Sent));
                    *left = sent.then(|| (deadline - server_now()).div_euclid(60_000_000));
                });
            };
            if let Ok(handle) = set_interval_with_handle(look, LOOK) {
                on_cleanup(move || handle.clear());
            }
        });
        desk
    }

    pub fn id(&self) -> SheetId {
        self.detail.with_untracked(|d| d.row.id.clone())
    }

    pub fn me(&self) -> UserId {
        self.me.get_value()
    }

    /// What is new goes in; true where more is to be asked for.
    fn hear(&self, news: News) -> bool {
        let News::Event(LiveEvent::SheetChanged {
            state,
            deadline,
            answered,
            asked,
        }) = news
        else {
            return true;
        };
        let mut more = false;
        self.detail.update(|d| {
            more = d.may_see_answers || d.row.state != state || d.row.deadline != deadline;
            d.row.answered = answered;
            d.row.asked = asked;
        });
        more
    }

    /// Fetches the sheet; an answer that is older than what is shown is passed over.
    pub fn refresh(self) {
        spawn_local(async move {
            if let Ok(now) = get_sheet(self.id()).await
                && self.detail.try_with_untracked(|d| d.topic_seq <= now.topic_seq) == Some(true)
            {
                let _ = self.left.try_set(now.row.left);
                let _ = self.detail.try_set(now);
            }
        });
    }
}
