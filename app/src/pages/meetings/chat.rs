//! Nhắn thư ký: a member's words to the secretary and back, read by these two alone. What is written without a link waits with the rest.
use super::room::Room;
use crate::actions::meetings::chat_lines;
use crate::components::call::Call;
use crate::components::icon::{Glyph, Icon};
use crate::components::live::{FROM_NOW, News, follow};
use crate::components::notice::Failure;
use crate::dto::chat::ChatLine;
use crate::i18n::{t, tf};
use crate::ids::UserId;
use crate::live::LiveEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[derive(Clone, Copy)]
struct Chat {
    room: Room,
    lines: RwSignal<Vec<ChatLine>>,
    /// The member whose exchange the secretary has before them.
    with: RwSignal<Option<UserId>>,
    open: RwSignal<bool>,
    /// How many lines of the other side were there when it was last looked at.
    read: RwSignal<usize>,
    secretary: bool,
}

impl Chat {
    fn take(self, line: ChatLine) {
        let here = self.room.detail.with_untracked(|d| d.row.id == line.meeting);
        let _ = self.lines.try_update(|all| {
            if here && all.iter().all(|l| l.id != line.id) {
                all.push(line);
            }
        });
    }

    fn fetch(self) {
        spawn_local(async move {
            // Without a link what is there stays; the next start of the topic asks again.
            if let Ok(found) = chat_lines(self.room.id()).await {
                let _ = self.lines.try_set(found);
            }
        });
    }

    /// From the other side.
    fn theirs(self) -> usize {
        self.lines
            .with(|all| all.iter().filter(|l| l.by_secretary != self.secretary).count())
    }

    fn shown(self) -> Vec<ChatLine> {
        let with = self.with.get();
        self.lines.with(|all| {
            let of = |l: &&ChatLine| !self.secretary || Some(&l.with) == with.as_ref();
            all.iter().filter(of).cloned().collect()
        })
    }
}

#[component]
pub fn ChatPanel(room: Room) -> impl IntoView {
    let (secretary, belongs) = room.detail.with_untracked(|d| (d.may_manage, !d.my_part.is_empty()));
    let chat = Chat {
        room,
        lines: RwSignal::new(Vec::new()),
        with: RwSignal::new(None),
        open: RwSignal::new(false),
        read: RwSignal::new(0),
        secretary,
    };
    Effect::new(move |_| {
        if !belongs {
            return;
        }
        chat.fetch();
        follow(&["user:", room.me().as_str()].concat(), FROM_NOW, move |news| match news {
            News::Event(LiveEvent::Chat { line }) => chat.take(line),
            News::Reset => chat.fetch(),
            News::Event(_) => {}
        });
    });
    // What comes while it is open was seen.
    Effect::new(move |_| {
        let theirs = chat.theirs();
        if chat.open.get() {
            chat.read.set(theirs);
        }
    });
    let new = Memo::new(move |_| chat.theirs().saturating_sub(chat.read.get()));
    let over = Memo::new(move |_| room.detail.with(|d| d.row.state.over()));
    let title = if secretary { t("chat.title_secretary") } else { t("chat.title") };
    belongs.then(|| {
        view! {
            <section class="sheet" data-test="chat">
                <details class="fold" on:toggle:target=move |ev| chat.open.set(ev.target().open())>
                    <summary data-test="chat-open">
                        <h2>{title}</h2>
                        <Show when=move || new.get() != 0>
                            <span class="badge badge-wait" role="status" data-test="chat-new">
                                {move || tf("chat.new", &[("n", &new.get().to_string())])}
                            </span>
                        </Show>
                    </summary>
                    {secretary.then(|| view! { <People chat /> })}
                    <Lines chat />
                    <Show when=move || !over.get() && (!secretary || chat.with.read().is_some())>
                        <Write chat />
                    </Show>
                </details>
            </section>
        }
    })
}

/// Who has written, the latest first, and whom else the secretary may write to.
#[component]
fn People(chat: Chat) -> impl IntoView {
    let choices = move || {
        let mut all: Vec<(UserId, String)> = Vec::new();
        chat.lines.with(|lines| {
            for l in lines.iter().rev() {
                if all.iter().all(|(id, _)| *id != l.with) {
                    all.push((l.with.clone(), l.with_name.clone()));
                }
            }
        });
        chat.room.detail.with(|d| {
            for m in d.members.iter().filter(|m| m.part != "secretary") {
                if all.iter().all(|(id, _)| *id != m.user_id) {
                    all.push((m.user_id.clone(), m.full_name.clone()));
                }
            }
        });
        all
    };
    // Whoever wrote last is answered first.
    Effect::new(move |_| {
        let last = chat.lines.with(|all| all.last().map(|l| l.with.clone()));
        if chat.with.with_untracked(Option::is_none) && last.is_some() {
            chat.with.set(last);
        }
    });
    view! {
        <label class="field">
            <span>{t("chat.with")}</span>
            <select
                data-test="chat-with"
                prop:value=move || chat.with.get().map(|id| id.0).unwrap_or_default()
                on:change:target=move |ev| chat.with.set(Some(ev.target().value()).filter(|v| !v.is_empty()).map(UserId))
            >
                <option value="">{t("chat.choose")}</option>
                {move || {
                    let now = chat.with.get();
                    choices()
                        .into_iter()
                        .map(|(id, name)| {
                            let selected = now.as_ref() == Some(&id);
                            view! {
                                <option value=id.0 selected=selected>
                                    {name}
                                </option>
                            }
                        })
                        .collect_view()
                }}
            </select>
        </label>
    }
    .into_any()
}

#[component]
fn Lines(chat: Chat) -> impl IntoView {
    let list = NodeRef::<html::Ol>::new();
    let shown = Memo::new(move |_| chat.shown());
    Effect::new(move |_| {
        let _ = (shown.read().len(), chat.open.get());
        if let Some(list) = list.get() {
            list.set_scroll_top(list.scroll_height());
        }
    });
    view! {
        <ol class="chat-lines" node_ref=list role="log" tabindex="0" aria-label=t("chat.lines")>
            <For each=move || shown.get() key=|l| l.id.clone() let(line)>
                <li class="chat-line" class:chat-mine=line.by_secretary == chat.secretary data-test="chat-line">
                    <p>{line.text}</p>
                    <span class="quiet">
                        {if line.by_secretary { t("meetings.secretary").to_owned() } else { line.with_name }} " · "
                        <span class="number">{line.at.text}</span>
                    </span>
                </li>
            </For>
        </ol>
        <Show when=move || shown.with(Vec::is_empty)>
            <p class="hint">{if chat.secretary { t("chat.none_secretary") } else { t("chat.none") }}</p>
        </Show>
    }
    .into_any()
}

#[component]
fn Write(chat: Chat) -> impl IntoView {
    let call = Call::new();
    let text = RwSignal::new(String::new());
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let words = text.get_untracked();
        let to = chat.secretary.then(|| chat.with.get_untracked()).flatten();
        call.run(chat.room.write_chat(to, words), move |()| text.set(String::new()));
    };
    view! {
        <form class="chat-write" on:submit=send>
            <label class="visually-hidden" for="chat-text">
                {t("chat.text")}
            </label>
            <textarea
                id="chat-text"
                data-test="chat-text"
                required
                rows="2"
                maxlength="1000"
                placeholder=t("chat.text")
                prop:value=text
                on:input:target=move |ev| text.set(ev.target().value())
            ></textarea>
            <button type="submit" class="button button-main" data-test="chat-send" disabled=move || call.blocked()>
                <Glyph icon=Icon::Send />
                {t("chat.send")}
            </button>
        </form>
        <Failure error=call.error />
    }
    .into_any()
}
