//! Trình chiếu: one shows the page that they read, the others follow until they read freely, and come back by one tap.
use super::room::Room;
use crate::actions::meetings::{present, stop_presenting};
use crate::components::call::Call;
use crate::components::icon::{Glyph, Icon};
use crate::components::live::{Link, use_link};
use crate::components::notice::Failure;
use crate::dto::meetings::{MeetingState, Pointer, Presenting};
use crate::i18n::{t, tf};
use crate::ids::AttachmentId;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What the reader needs to know of the presenter. Copy it freely.
#[derive(Clone, Copy)]
pub struct Follow {
    room: Room,
    /// This person follows whoever presents.
    pub following: RwSignal<bool>,
    /// The person has moved something by hand since the presenter's last turn.
    touched: StoredValue<bool>,
    /// The page that is read here.
    here: RwSignal<u32>,
    /// The one who presents points with finger, pen or mouse.
    pub pointing: RwSignal<bool>,
}

impl Follow {
    pub fn new(room: Room) -> Self {
        let follow = Self {
            room,
            following: RwSignal::new(true),
            touched: StoredValue::new(false),
            here: RwSignal::new(1),
            pointing: RwSignal::new(false),
        };
        // The presenter's document and page, as they change; also those that stand when one comes.
        // Only those changes: whatever else happens in the room is no turn of a page.
        let presented = Memo::new(move |_| follow.others());
        Effect::new(move |_| {
            let Some(now) = presented.get() else { return };
            follow.touched.set_value(false);
            if follow.following.get_untracked() && room.open.with_untracked(|open| open.as_ref() != Some(&now.attachment)) {
                room.read(now.attachment);
            }
        });
        let presents = Memo::new(move |_| follow.presents());
        Effect::new(move |_| {
            if !presents.get() {
                follow.pointing.set(false);
            }
        });
        follow.send_turns();
        follow
    }

    fn now(&self) -> Option<Presenting> {
        self.room.detail.with(|d| d.presenting.clone())
    }

    /// Somebody else who presents.
    fn others(&self) -> Option<Presenting> {
        let me = self.room.me();
        self.now().filter(|now| now.user_id != me)
    }

    fn presents(&self) -> bool {
        let me = self.room.me();
        self.room
            .detail
            .with(|d| d.presenting.as_ref().is_some_and(|now| now.user_id == me))
    }

    /// The presenter's page of the document that is open, while it is followed.
    pub fn page(&self) -> Option<u32> {
        let now = self.others().filter(|_| self.following.get())?;
        self.room
            .open
            .with(|open| open.as_ref() == Some(&now.attachment))
            .then_some(now.page)
    }

    /// Where the presenter points on the document that is open, as the viewer takes it.
    pub fn pointer(&self) -> Option<String> {
        self.page()?;
        let at = self.room.pointer.get()?;
        let here = self.others().is_some_and(|now| now.attachment == at.attachment);
        here.then(|| {
            let share = |n: u16| f64::from(n) / 10_000.0;
            serde_json::json!({ "page": at.page, "x": share(at.x), "y": share(at.y) }).to_string()
        })
    }

    /// The person points at a place of a page, in shares of its width and height; `None`: nowhere any more.
    pub fn point(&self, at: Option<(u32, f64, f64)>) {
        if !untrack(|| self.presents()) {
            return;
        }
        let Some(attachment) = self.room.open.get_untracked() else { return };
        let share = |part: f64| (part.clamp(0.0, 1.0) * 10_000.0).round() as u16;
        let at = at.map(|(page, x, y)| Pointer {
            attachment,
            page,
            x: share(x),
            y: share(y),
        });
        let topic = self.room.detail.with_untracked(|d| d.topic.clone());
        crate::components::live::point(&topic, at);
    }

    /// The person moves something by hand.
    pub fn touch(&self) {
        self.touched.set_value(true);
    }

    /// The page on the screen is another now. By the person's own hand, that is reading freely.
    pub fn turned(&self, page: u32) {
        self.here.set(page);
        let theirs = untrack(|| self.page());
        if self.touched.get_value() && theirs.is_some_and(|theirs| theirs != page) {
            self.following.set(false);
        }
    }

    fn back(&self) {
        self.touched.set_value(false);
        self.following.set(true);
        if let Some(now) = untrack(|| self.others()) {
            self.room.read(now.attachment);
        }
    }

    /// Tells each turn of one's own while one presents: one call at a time, and of several turns meanwhile only the last.
    fn send_turns(self) {
        let (room, link) = (self.room, use_link());
        let (busy, told) = (StoredValue::new(false), RwSignal::new(None::<(AttachmentId, u32)>));
        Effect::new(move |_| {
            // A server that was away has forgotten what passes.
            let connected = link.get() == Link::Connected;
            let at = room.open.get().map(|open| (open, self.here.get()));
            let known = told.get();
            if !self.presents() || !connected || busy.get_value() || at == known {
                return;
            }
            let Some((attachment, page)) = at else { return };
            busy.set_value(true);
            spawn_local(async move {
                let _ = present(room.id(), attachment.clone(), page, false).await;
                busy.try_set_value(false);
                // Looks again whether the page was turned meanwhile; what could not be told now is told with the next turn.
                let _ = told.try_set(Some((attachment, page)));
            });
        });
    }
}

/// Shows one's own page to all, or ends it: for chair, secretary and whoever has the floor.
#[component]
pub fn PresentButton(room: Room, follow: Follow) -> impl IntoView {
    let call = Call::new();
    let may_conduct = room.may_conduct();
    let may = Memo::new(move |_| {
        let me = room.me();
        room.detail.with(|d| {
            let speaks = d.floor.speaking.as_ref().is_some_and(|s| s.user_id == me);
            d.row.state == MeetingState::Open && (may_conduct || speaks)
        })
    });
    let presents = Memo::new(move |_| follow.presents());
    let toggle = move |_| {
        if presents.get_untracked() {
            call.run(stop_presenting(room.id()), |()| ());
        } else if let Some(open) = room.open.get_untracked() {
            let page = follow.here.get_untracked().max(1);
            call.run(present(room.id(), open, page, true), |()| ());
        }
    };
    view! {
        <Show when=move || may.get() || presents.get()>
            <button
                type="button"
                class="button present"
                data-test="present"
                aria-pressed=move || presents.get().to_string()
                disabled=move || call.blocked()
                on:click=toggle
            >
                <Glyph icon=Icon::Screen />
                {move || if presents.get() { t("present.stop") } else { t("present.start") }}
            </button>
        </Show>
        <Show when=move || presents.get()>
            <button
                type="button"
                class="button point"
                data-test="point"
                aria-pressed=move || follow.pointing.get().to_string()
                title=t("present.point_help")
                on:click=move |_| follow.pointing.update(|on| *on = !*on)
            >
                <Glyph icon=Icon::Pointer />
                {t("present.point")}
            </button>
        </Show>
        <Failure error=call.error />
    }
    .into_any()
}

/// Whose page one sees, or the way back to it.
#[component]
pub fn FollowBar(follow: Follow) -> impl IntoView {
    let name = Memo::new(move |_| follow.others().map(|now| (now.full_name, now.page)));
    view! {
        <div role="status">
            {move || {
                name.get()
                    .map(|(name, page)| {
                        if follow.following.get() {
                            view! {
                                <p class="follow-bar" data-test="following">
                                    <Glyph icon=Icon::Screen />
                                    {tf("present.following", &[("name", &name)])}
                                </p>
                            }
                                .into_any()
                        } else {
                            view! {
                                <button type="button" class="button button-main follow-bar" data-test="follow-back" on:click=move |_| follow.back()>
                                    <Glyph icon=Icon::Back />
                                    {tf("present.back", &[("name", &name), ("page", &page.to_string())])}
                                </button>
                            }
                                .into_any()
                        }
                    })
            }}
        </div>
    }
    .into_any()
}
