//! What a person has done in the meeting and the server has not taken yet: kept on the device (`ky-queue.js`), sent once when there is a
//! link, and shown until then. Check-in, request for the floor, open ballot, answer to the invitation.
use super::room::Room;
use crate::components::icon::{Glyph, Icon};
use crate::components::script::ask;
use crate::dto::meetings::{Choice, MeetingDetail};
use crate::error::{ApiError, ApiResult};
use crate::i18n::{error_text, t};
use crate::ids::{UserId, VoteId};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde_json::{Value, json};
use wasm_bindgen::JsCast;

/// The module's loader in `start.js`.
const QUEUE: &str = "kyQueue";

/// One thing done. The latest of its kind replaces what was not sent.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Act {
    id: String,
    body: Value,
    words: String,
    /// The server has said no.
    #[serde(default)]
    refused: Option<ApiError>,
    #[serde(default)]
    under_way: bool,
}

impl Act {
    fn waits(&self) -> bool {
        self.refused.is_none()
    }
}

#[derive(Clone, Copy)]
pub struct Outbox(RwSignal<Vec<Act>>);

fn failed() -> ApiError {
    ApiError::new("link.lost", t("outbox.failed"), t("outbox.failed"))
}

impl Outbox {
    pub fn new() -> Self {
        Self(RwSignal::new(Vec::new()))
    }

    /// Hears what waits, from earlier starts of the page too. Browser only: call it from an effect.
    fn listen(self) {
        let hear = move |text: &str| {
            let now = serde_json::from_str::<Vec<Act>>(text).unwrap_or_default();
            if self.0.try_with_untracked(|before| *before != now) == Some(true) {
                self.0.set(now);
            }
        };
        let listening = window_event_listener_untyped("ky-acts", move |ev| {
            let detail = ev.unchecked_into::<web_sys::CustomEvent>().detail();
            hear(&detail.as_string().unwrap_or_default());
        });
        on_cleanup(move || listening.remove());
        spawn_local(async move {
            if let Ok(text) = ask(QUEUE, "restoredActs", &[]).await {
                hear(&text);
            }
        });
    }

    /// Kept on the device when it returns, and on its way.
    async fn act(self, id: String, path: String, body: Value, words: String) -> ApiResult<()> {
        let done = ask(QUEUE, "act", &[id, path, body.to_string(), words]).await;
        done.map(|_| ()).map_err(|_| failed())
    }

    fn drop(self, id: String) {
        spawn_local(async move {
            let _ = ask(QUEUE, "drop", &[id]).await;
        });
    }

    /// Tracks.
    fn waiting<T>(self, id: &str, look: impl FnOnce(&Act) -> T) -> Option<T> {
        self.0.with(|all| all.iter().find(|a| a.waits() && a.id == id).map(look))
    }
}

impl Room {
    fn act_id(&self, kind: &str) -> String {
        ["act:", kind, ":", self.id().as_str()].concat()
    }

    fn path(&self, rest: &str) -> String {
        ["/api/v1/meetings/", self.id().as_str(), rest].concat()
    }

    /// Điểm danh, with the room's code where one is asked for.
    pub async fn check_in(self, code: String) -> ApiResult<()> {
        let words = t("meetings.check_in").to_owned();
        self.outbox
            .act(self.act_id("check-in"), self.path("/presence"), json!({ "code": code }), words)
            .await
    }

    /// Checked in on this device, and the server does not know it yet. Tracks.
    pub fn check_in_waits(&self) -> bool {
        self.outbox.waiting(&self.act_id("check-in"), |_| ()).is_some()
    }

    /// Xin phát biểu, on the item under discussion.
    pub async fn ask_floor(self) -> ApiResult<()> {
        let name = ask(QUEUE, "fresh", &[]).await.map_err(|_| failed())?;
        let item = self.detail.with_untracked(|d| d.current_item.clone());
        let path = self.path(&["/speeches/", &name].concat());
        let words = t("floor.ask").to_owned();
        self.outbox.act(self.act_id("floor"), path, json!({ "item": item }), words).await
    }

    /// A word to the secretary, or the secretary's to `to`. Each is sent, none replaces another.
    pub async fn write_chat(self, to: Option<UserId>, text: String) -> ApiResult<()> {
        let name = ask(QUEUE, "fresh", &[]).await.map_err(|_| failed())?;
        let path = self.path(&["/chat/", &name].concat());
        let words = [t("chat.title"), ": ", &text].concat();
        let body = json!({ "text": text, "to": to });
        self.outbox.act(["act:chat:", &name].concat(), path, body, words).await
    }

    /// Tracks.
    pub fn floor_waits(&self) -> bool {
        self.outbox.waiting(&self.act_id("floor"), |_| ()).is_some()
    }

    /// An open ballot.
    pub async fn cast(self, id: VoteId, choice: Choice) -> ApiResult<()> {
        let question = self.detail.with_untracked(|d| {
            let vote = d.votes.iter().find(|v| v.id == id);
            vote.map(|v| v.question.clone()).unwrap_or_default()
        });
        let words = [question.as_str(), " – ", super::chart::choice_name(choice)].concat();
        let path = ["/api/v1/votes/", id.as_str(), "/ballot"].concat();
        let body = json!({ "choice": choice.as_str() });
        self.outbox.act(["act:vote:", id.as_str()].concat(), path, body, words).await
    }

    /// Will come.
    pub async fn accept(self) -> ApiResult<()> {
        let words = t("answer.accept").to_owned();
        let body = json!({ "answer": "accept" });
        self.outbox.act(self.act_id("answer"), self.path("/answer"), body, words).await
    }

    /// Will not come, for this reason.
    pub async fn decline(self, reason: String) -> ApiResult<()> {
        let words = [t("answer.decline"), ": ", &reason].concat();
        let body = json!({ "answer": "decline", "reason": reason });
        self.outbox.act(self.act_id("answer"), self.path("/answer"), body, words).await
    }

    /// The answer that is on its way, as `Member::answer` writes it. Tracks.
    pub fn answer_waits(&self) -> Option<&'static str> {
        self.outbox.waiting(&self.act_id("answer"), |a| match a.body["answer"].as_str() {
            Some("decline") => "declined",
            _ => "accepted",
        })
    }

    /// Ballots on their way count as given on this device; a refused one was none. Browser only.
    fn show_ballots(self) {
        let outbox = self.outbox;
        Effect::new(move |_| {
            let all = outbox.0.get();
            let ballots = all.iter().filter_map(|a| Some((a.id.strip_prefix("act:vote:")?, a)));
            for (id, act) in ballots {
                let choice = act.body["choice"].as_str().and_then(Choice::parse).filter(|_| act.waits());
                if self.detail.with(|d| differs(d, id, choice)) {
                    self.detail.update(|d| {
                        if let Some(vote) = d.votes.iter_mut().find(|v| v.id.as_str() == id) {
                            vote.mine = choice;
                        }
                    });
                }
            }
        });
    }
}

fn differs(meeting: &MeetingDetail, id: &str, choice: Option<Choice>) -> bool {
    meeting.votes.iter().any(|v| v.id.as_str() == id && v.mine != choice)
}

/// What is not sent, each with the way to take it back, and what the server has refused, until it was read.
#[component]
pub fn Unsent(room: Room) -> impl IntoView {
    let outbox = room.outbox;
    Effect::new(move |_| outbox.listen());
    room.show_ballots();
    let none = Memo::new(move |_| outbox.0.with(Vec::is_empty));
    let waits = Memo::new(move |_| outbox.0.with(|all| all.iter().any(Act::waits)));
    view! {
        <div role="status">
            <Show when=move || !none.get()>
                <section class="outbox" data-test="outbox" aria-label=t("outbox.title")>
                    <Show when=move || waits.get()>
                        <p>{t("outbox.waits")}</p>
                    </Show>
                    <ul>
                        {move || outbox.0.get().into_iter().map(|act| view! { <Line act outbox /> }).collect_view()}
                    </ul>
                </section>
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn Line(act: Act, outbox: Outbox) -> impl IntoView {
    // A ballot that may have arrived cannot be taken back, only changed.
    let fixed = act.under_way && act.id.starts_with("act:vote:");
    let id = StoredValue::new(act.id);
    let (state, icon, button) = match &act.refused {
        Some(_) => ("refused", Icon::Alert, t("outbox.read")),
        None => ("waiting", Icon::Clock, t("outbox.take_back")),
    };
    let why = act.refused.map(|e| {
        if e.vi.is_empty() {
            t("outbox.refused").to_owned()
        } else {
            error_text(&e)
        }
    });
    view! {
        <li data-test="unsent" data-state=state>
            <Glyph icon />
            <span>
                <strong>{act.words}</strong>
                {why.map(|why| view! { <span class="outbox-why">{why}</span> })}
            </span>
            <button
                type="button"
                class="button button-quiet"
                data-test="unsent-drop"
                disabled=fixed
                on:click=move |_| outbox.drop(id.get_value())
            >
                {button}
            </button>
        </li>
    }
    .into_any()
}
