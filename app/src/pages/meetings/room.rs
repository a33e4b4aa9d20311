//! The meeting room: agenda and documents beside each other, alive over the socket.
use super::agenda::Agenda;
use super::beside::{AtSide, Beside};
use super::conducting::{Later, Prep, Prepare, Tool};
use super::floor::FloorPanel;
use super::hands::{Hand, InHand};
use super::outbox::{Outbox, Unsent};
use super::people::{CheckIn, People};
use super::reader::Reader;
use super::state::{apply, attachment, expire, newest, next_expiry, same_file};
use super::votes::Votes;
use super::{MeetingBadge, span};
use crate::actions::meetings::get_meeting;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::use_session;
use crate::components::live::{LinkState, News, follow};
use crate::components::notice::{ErrorNote, Loading};
use crate::dto::identity::Me;
use crate::dto::meetings::{Attachment, MeetingDetail, MeetingState, Pointer};
use crate::i18n::{t, tf};
use crate::ids::{AttachmentId, MeetingId, UserId, VoteId};
use crate::live::LiveEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use std::collections::HashSet;
use std::time::Duration;

/// How long an announcement stays that needs no answer.
const SETTLED: Duration = Duration::from_secs(12);

/// What all parts of the room share. Copy it freely.
#[derive(Clone, Copy)]
pub struct Room {
    pub detail: RwSignal<MeetingDetail>,
    /// The document in the reader.
    pub open: RwSignal<Option<AttachmentId>>,
    /// A document that came while the room was open, and what was being read until then.
    pub arrived: RwSignal<Option<Arrived>>,
    /// New documents open by themselves.
    pub follow_new: RwSignal<bool>,
    /// The reader takes the whole width.
    pub wide: RwSignal<bool>,
    /// Where the presenter points.
    pub pointer: RwSignal<Option<Pointer>>,
    /// Secret votes that this device need not ask about any more.
    pub cast: RwSignal<HashSet<VoteId>>,
    /// What was done and is not sent yet.
    pub outbox: Outbox,
    me: StoredValue<UserId>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Arrived {
    pub id: AttachmentId,
    pub title: String,
    pub before: Option<AttachmentId>,
}

impl Room {
    pub fn new(detail: MeetingDetail, me: UserId) -> Self {
        let open = newest(&detail).map(|d| d.id.clone());
        // Who prepares documents is not interrupted by what they bring in themselves.
        let follow_new = !detail.may_manage;
        Self {
            detail: RwSignal::new(detail),
            open: RwSignal::new(open),
            arrived: RwSignal::new(None),
            follow_new: RwSignal::new(follow_new),
            wide: RwSignal::new(false),
            pointer: RwSignal::new(None),
            cast: RwSignal::new(HashSet::new()),
            outbox: Outbox::new(),
            me: StoredValue::new(me),
        }
    }

    /// Chair and secretary open, close, call items and votes.
    pub fn may_conduct(&self) -> bool {
        self.detail.with_untracked(|d| d.may_manage || d.my_part == "chair")
    }

    pub fn me(&self) -> UserId {
        self.me.get_value()
    }

    /// Whether this person has checked in, if only on this device so far. Tracks the meeting.
    pub fn present(&self) -> bool {
        let me = self.me.get_value();
        self.detail.with(|d| d.is_present(&me)) || self.check_in_waits()
    }

    pub fn id(&self) -> MeetingId {
        self.detail.with_untracked(|d| d.row.id.clone())
    }

    /// Opens a document because the person asked for it.
    pub fn read(&self, id: AttachmentId) {
        self.open.set(Some(id));
        self.arrived.set(None);
    }

    fn hear(&self, event: LiveEvent) {
        match event {
            LiveEvent::Pointer { at } => return self.pointer.set(at),
            LiveEvent::Presenting { .. } => self.pointer.set(None),
            _ => {}
        }
        let new = match &event {
            LiveEvent::Attached { attachment: a } => {
                // One's own topic tells of every meeting's documents. What is put there anew, for others, is nothing new.
                let here = self.detail.with_untracked(|d| d.items.iter().any(|i| i.id == a.item_id));
                let known = self
                    .detail
                    .with_untracked(|d| attachment(d, &a.id).is_some() || same_file(d, &a.file.sha256).is_some());
                (here && !known).then(|| a.clone())
            }
            _ => None,
        };
        let moves = match &event {
            LiveEvent::Detached { attachment: gone } => self
                .detail
                .with_untracked(|d| attachment(d, gone).map(|a| a.file.sha256.clone()))
                .filter(|_| self.open.with_untracked(|open| open.as_ref() == Some(gone))),
            _ => None,
        };
        if matches!(&event, LiveEvent::MemberRemoved { user } if *user == self.me.get_value()) {
            // The service decides what is left to see.
            let _ = window().location().reload();
            return;
        }
        self.detail.update(|d| apply(d, event));
        if let Some(same) = moves.and_then(|sha256| self.detail.with_untracked(|d| same_file(d, &sha256).map(|a| a.id.clone()))) {
            self.open.set(Some(same));
        }
        if let Some(document) = new {
            self.announce(&document);
        }
        self.close_gone();
    }

    fn announce(&self, document: &Attachment) {
        let before = self.open.get_untracked();
        let show = before.is_none() || self.follow_new.get_untracked();
        if show {
            self.open.set(Some(document.id.clone()));
        }
        // Whoever brings documents in knows that they have come.
        if self.detail.with_untracked(|d| d.may_manage) {
            return;
        }
        self.arrived.set(Some(Arrived {
            id: document.id.clone(),
            title: document.title.clone(),
            before: before.filter(|_| show),
        }));
        let (room, id) = (*self, document.id.clone());
        set_timeout(move || room.settle(&id), SETTLED);
    }

    /// Takes an announcement away that asks nothing of the person: the document is open, and nothing was left for it.
    fn settle(&self, id: &AttachmentId) {
        let open = self.open.try_get_untracked().flatten();
        let _ = self.arrived.try_update(|arrived| {
            arrived.take_if(|a| a.id == *id && a.before.is_none() && open.as_ref() == Some(id));
        });
    }

    /// A document that was taken away is not shown any longer.
    fn close_gone(&self) {
        let gone = |id: &AttachmentId| self.detail.with_untracked(|d| attachment(d, id).is_none());
        if self.open.with_untracked(|open| open.as_ref().is_some_and(gone)) {
            self.open.set(self.detail.with_untracked(|d| newest(d).map(|a| a.id.clone())));
        }
        if self.arrived.with_untracked(|a| a.as_ref().is_some_and(|a| gone(&a.id))) {
            self.arrived.set(None);
        }
    }

    /// The state after something was missed that is no longer kept.
    fn replace(&self, detail: MeetingDetail) {
        let latest = newest(&detail).cloned();
        let known = |a: &Attachment| self.detail.with_untracked(|d| attachment(d, &a.id).is_some());
        let new = latest.filter(|a| !known(a));
        self.detail.set(detail);
        if let Some(document) = new {
            self.announce(&document);
        }
        self.close_gone();
    }

    /// Takes away what has expired, and looks again when the next will.
    fn expire(self) {
        let now = (js_sys::Date::now() * 1000.0) as i64;
        let next = self.detail.try_with_untracked(next_expiry).flatten();
        let Some(at) = next else { return };
        if at <= now {
            let _ = self.detail.try_update(|d| expire(d, now));
            self.close_gone();
        }
        // Not longer than a timer of a browser holds, and than a tablet sleeps.
        let wait = Duration::from_micros((at - now).clamp(1_000_000, 3_600_000_000).unsigned_abs());
        set_timeout(move || self.expire(), wait);
    }

    /// Follows the meeting's topic from the snapshot's number on. Browser only.
    pub fn stay_alive(self) {
        let from = RwSignal::new(self.detail.with_untracked(|d| d.topic_seq));
        let topic = self.detail.with_untracked(|d| d.topic.clone());
        let collects = Memo::new(move |_| self.detail.with(next_expiry));
        Effect::new(move |_| {
            if collects.get().is_some() {
                self.expire();
            }
        });
        let own_from = RwSignal::new(self.detail.with_untracked(|d| d.own_seq));
        let own_topic = ["user:", self.me().as_str()].concat();
        let hear = move |news| match news {
            News::Event(event) => self.hear(event),
            News::Reset => spawn_local(async move {
                // A snapshot that cannot be had now comes with the next reset: the link is down then.
                if let Ok(detail) = get_meeting(self.id()).await {
                    let (seq, own) = (detail.topic_seq, detail.own_seq);
                    self.replace(detail);
                    let _ = from.try_set(seq);
                    let _ = own_from.try_set(own);
                }
            }),
        };
        Effect::new(move |_| follow(&topic, from.get(), hear));
        Effect::new(move |_| follow(&own_topic, own_from.get(), hear));
    }
}

#[component]
pub fn MeetingPage() -> impl IntoView {
    view! { <Loaded show=|detail, me| view! { <RoomView detail me /> }.into_any() /> }
}

/// Fetches the meeting of the address, and shows it.
#[component]
pub fn Loaded(show: fn(MeetingDetail, Me) -> AnyView) -> impl IntoView {
    let params = use_params_map();
    let id = move || MeetingId(params.read().get("id").unwrap_or_default());
    let meeting = Resource::new(id, get_meeting);
    let session = use_session();
    view! {
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match (meeting.await, session.await.ok().flatten()) {
                    (Ok(detail), Some(me)) => show(detail, me),
                    (Err(error), _) => {
                        view! {
                            <Title text=t("nav.meetings") />
                            <ErrorNote error />
                            <BackToList />
                        }
                            .into_any()
                    }
                    _ => ().into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn BackToList() -> impl IntoView {
    view! {
        <p class="row">
            <A href="/meetings" attr:class="button button-quiet">
                <Glyph icon=Icon::Back />
                {t("meetings.to_list")}
            </A>
        </p>
    }
}

fn cancelled_words(room: &Room) -> String {
    room.detail.with(|d| match d.row.reason.as_str() {
        "" => t("meetings.cancelled").to_owned(),
        reason => tf("meetings.cancelled_because", &[("reason", reason)]),
    })
}

#[component]
fn RoomView(detail: MeetingDetail, me: Me) -> impl IntoView {
    let row = detail.row.clone();
    let room = Room::new(detail, me.id.clone());
    room.stay_alive();
    let state = Memo::new(move |_| room.detail.with(|d| d.row.state));
    let manages = room.detail.with_untracked(|d| d.may_manage);
    let invitation = StoredValue::new(["/files/invitation/", row.id.as_str()].concat());
    let minutes = StoredValue::new(["/meetings/", row.id.as_str(), "/minutes"].concat());
    view! {
        <Title text=[row.title.as_str(), " · kyhop"].concat() />
        <div class="room" class:room-wide=move || room.wide.get()>
            <header class="room-head">
                <div class="room-title">
                    <h1>{move || room.detail.with(|d| d.row.title.clone())}</h1>
                    <p class="list-meta">
                        <span class="number" data-test="meeting-time">{move || room.detail.with(|d| span(&d.row.starts, &d.row.ends))}</span>
                        <span>{move || room.detail.with(|d| d.row.room.clone())}</span>
                        <span>{t("meetings.chair")} ": " {row.chair.clone()}</span>
                        <A href=["/meetings/", row.id.as_str(), "/screen"].concat() attr:class="screen-link">
                            {t("screen.open")}
                        </A>
                        <Show when=move || !state.get().over()>
                            <a href=[invitation.get_value().as_str(), ".pdf"].concat() rel="external" target="_blank" class="screen-link">
                                {t("answer.invitation")}
                            </a>
                            <a href=[invitation.get_value().as_str(), ".ics"].concat() rel="external" download class="screen-link">
                                {t("answer.calendar")}
                            </a>
                        </Show>
                        {manages
                            .then(|| {
                                view! {
                                    <A href=["/meetings/new?from=", row.id.as_str()].concat() attr:class="screen-link">
                                        {t("meetings.copy")}
                                    </A>
                                }
                            })}
                        <Show when=move || state.get() == MeetingState::Closed>
                            <A href=minutes.get_value() attr:class="screen-link">
                                {t("minutes.title")}
                            </A>
                        </Show>
                    </p>
                </div>
                <div class="room-status">
                    <MeetingBadge state />
                    <LinkState />
                    <CheckIn room me=me.id.clone() />
                    <Show when=move || state.get() == MeetingState::Published>
                        <Later tool=Tool::Answer(room) />
                    </Show>
                    <InHand hand=Hand::Ask(room) />
                </div>
                <Show when=move || state.get() == MeetingState::Cancelled>
                    <p class="note note-bad room-cancelled" role="status" data-test="meeting-cancelled">
                        <Glyph icon=Icon::Alert />
                        <span>{move || cancelled_words(&room)}</span>
                    </p>
                </Show>
                <Unsent room />
                {room.may_conduct().then(|| view! { <Later tool=Tool::Conduct(room) /> })}
                {manages
                    .then(|| {
                        view! {
                            <div class="row room-change">
                                <Prepare with=Prep::Change(room) />
                            </div>
                        }
                    })}
            </header>
            <Reader room />
            <div class="room-side">
                <Agenda room />
                <FloorPanel room />
                <Votes room />
                <People room />
                <AtSide what=Beside::Seats(room) />
                <AtSide what=Beside::Chat(room) />
                <AtSide what=Beside::Code(room) />
            </div>
            <InHand hand=Hand::Sheet(room) />
        </div>
    }
    .into_any()
}
