//! The document being read, large, with what has just come announced above it.
use super::hands::{Hand, InHand};
use super::presenter::{Follow, FollowBar};
use super::room::Room;
use super::state::attachment;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::use_ready;
use crate::components::pdf::{OnShelf, PdfView, Shelf};
use crate::dto::FileRef;
use crate::dto::meetings::Attachment;
use crate::i18n::{t, tf};
use crate::ids::AttachmentId;
use leptos::prelude::*;
use std::collections::HashMap;

#[component]
pub fn Reader(room: Room) -> impl IntoView {
    let current = Memo::new(move |_| {
        let id = room.open.get()?;
        room.detail.with(|d| attachment(d, &id).cloned())
    });
    let there = Memo::new(move |_| current.with(|c| c.is_some()));
    // Keeps the last file, so that the viewer is one and the same while documents change in it.
    let file = Memo::new(move |before: Option<&FileRef>| {
        let now = current.with(|c| c.as_ref().map(|a| a.file.clone()));
        now.or_else(|| before.cloned()).unwrap_or(FileRef {
            sha256: String::new(),
            size: 0,
            pages: 0,
            url: String::new(),
        })
    });
    let checked = RwSignal::new(None::<bool>);
    // The pages on the screen are this file's, checked or not.
    let shown = RwSignal::new(false);
    let follow = Follow::new(room);
    let places = StoredValue::new(HashMap::<String, u32>::new());
    let page = Memo::new(move |_| {
        let sha = file.with(|f| f.sha256.clone());
        if let Some(presented) = follow.page() {
            return presented;
        }
        places.with_value(|p| p.get(&sha).copied()).unwrap_or(1)
    });
    Effect::new(move |before: Option<()>| {
        file.track();
        if before.is_some() {
            checked.set(None);
            shown.set(false);
        }
    });
    let ready = use_ready();
    let shelf = Memo::new(move |_| Shelf {
        meeting: room.id().to_string(),
        attachment: current.with(|c| c.as_ref().map(|a| a.id.to_string())).unwrap_or_default(),
        led: follow.page().is_some(),
        documents: room
            .detail
            .with(|d| d.items.iter().flat_map(|item| &item.documents).map(on_shelf).collect()),
    });
    let on_go = Callback::new(move |(id, n): (String, u32)| {
        let id = AttachmentId(id);
        let Some(sha) = room.detail.with_untracked(|d| attachment(d, &id).map(|a| a.file.sha256.clone())) else {
            return;
        };
        places.update_value(|p| {
            p.insert(sha, n);
        });
        follow.touch();
        room.read(id);
    });
    view! {
        <section class="reader" aria-label=t("meetings.reader")>
            <Announcement room />
            <FollowBar follow />
            <Show when=move || there.get() fallback=|| view! { <NothingToRead /> }>
                <div class="reader-head">
                    <div class="reader-title">
                        <h2>{move || current.with(|c| c.as_ref().map(|a| a.title.clone()))}</h2>
                        <p class="list-meta">
                            {move || {
                                current
                                    .with(|c| c.as_ref().and_then(|a| a.number.clone()))
                                    .map(|number| view! { <span class="number">{number}</span> })
                            }}
                            <span>{move || tf("meetings.pages", &[("n", &file.with(|f| f.pages).to_string())])}</span>
                            <span class="hash" data-test="hash" data-checked=move || checked.get().map(|ok| ok.to_string())>
                                {move || match checked.get() {
                                    Some(true) => t("meetings.hash_right"),
                                    Some(false) => t("meetings.hash_failed"),
                                    None => t("meetings.hash_checking"),
                                }}
                            </span>
                        </p>
                    </div>
                    <InHand hand=Hand::Present(room, follow) />
                    <button
                        type="button"
                        class="button button-quiet reader-wide"
                        disabled=move || !ready.get()
                        on:click=move |_| room.wide.update(|w| *w = !*w)
                    >
                        {move || if room.wide.get() { t("meetings.narrow") } else { t("meetings.wide") }}
                    </button>
                </div>
                <div
                    class="reader-pdf"
                    on:pointerdown=move |_| follow.touch()
                    on:touchmove=move |_| follow.touch()
                    on:wheel=move |_| follow.touch()
                    on:keydown=move |_| follow.touch()
                >
                <PdfView
                    file=file
                    page=page
                    early=true
                    shelf=shelf
                    on_go=on_go
                    pointer=Signal::derive(move || follow.pointer())
                    pointing=follow.pointing
                    on_point=move |at| follow.point(at)
                    on_page=move |n| {
                        if shown.get_untracked() {
                            places.update_value(|p| {
                                p.insert(file.with_untracked(|f| f.sha256.clone()), n);
                            });
                            follow.turned(n);
                        }
                    }
                    on_shown=move |()| shown.set(true)
                    on_ready=move |()| {
                        shown.set(true);
                        checked.set(Some(true));
                    }
                    on_error=move |code: String| {
                        if code == "file.hash_differs" {
                            checked.set(Some(false));
                        }
                    }
                />
                </div>
            </Show>
        </section>
    }
    .into_any()
}

fn on_shelf(a: &Attachment) -> OnShelf {
    OnShelf {
        id: a.id.to_string(),
        title: a.title.clone(),
        keep: a.expires.is_none(),
        file: a.file.clone(),
    }
}

/// A document that came in during the meeting: said aloud by screen readers, and the way back to what was being read.
#[component]
fn Announcement(room: Room) -> impl IntoView {
    let open = move |id| room.read(id);
    view! {
        <div role="status" class="announcements">
            {move || {
                room.arrived
                    .get()
                    .map(|arrived| {
                        let (id, before) = (arrived.id.clone(), arrived.before.clone());
                        let shown = room.open.get() == Some(arrived.id.clone());
                        view! {
                            <div class="note note-warn announcement" data-test="announcement">
                                <Glyph icon=Icon::Document />
                                <p>
                                    <strong>{t("meetings.new_document")}</strong>
                                    " "
                                    {arrived.title}
                                </p>
                                <div class="row">
                                    {(!shown)
                                        .then(|| {
                                            view! {
                                                <button type="button" class="button button-main" on:click=move |_| open(id.clone())>
                                                    {t("meetings.open_it")}
                                                </button>
                                            }
                                        })}
                                    {before
                                        .map(|before| {
                                            view! {
                                                <button type="button" class="button" on:click=move |_| open(before.clone())>
                                                    {t("meetings.back_to_reading")}
                                                </button>
                                            }
                                        })}
                                    <button
                                        type="button"
                                        class="icon-button"
                                        aria-label=t("common.close")
                                        on:click=move |_| room.arrived.set(None)
                                    >
                                        <Glyph icon=Icon::Close />
                                    </button>
                                </div>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

#[component]
fn NothingToRead() -> impl IntoView {
    view! {
        <div class="reader-empty">
            <Glyph icon=Icon::Document />
            <p>{t("meetings.no_document")}</p>
        </div>
    }
}
