//! Bỏ phiếu kín: the ballot of a secret vote, and counting it again on one's own device. The arithmetic is in `app/js/ky-ballot.js`.
use super::chart::choice_name;
use super::room::Room;
use super::votes::choices;
use crate::actions::meetings::{ballots_of, draw_ballot};
use crate::components::call::Call;
use crate::components::layout::use_ready;
use crate::components::live::{Link, use_link};
use crate::components::notice::Failure;
use crate::components::script;
use crate::dto::meetings::{Choice, PublishedBallots, Vote};
use crate::error::{ApiError, ApiResult};
use crate::i18n::{find, t, tf};
use crate::ids::VoteId;
use crate::parts::{SessionPart, session_part};
use leptos::prelude::*;
use serde::Deserialize;
use wasm_bindgen::JsValue;

#[derive(Clone)]
pub enum SecretTool {
    Ballot(Room, VoteId),
    Recount(Room, VoteId),
}

impl SecretTool {
    pub fn draw(self) -> AnyView {
        match self {
            Self::Ballot(room, id) => view! { <SecretBallot room id /> }.into_any(),
            Self::Recount(room, id) => view! { <Recount room id /> }.into_any(),
        }
    }
}

/// The tool once the page is awake.
#[component]
pub fn LaterSecret(tool: SecretTool) -> impl IntoView {
    let ready = use_ready();
    let tool = StoredValue::new(tool);
    view! {
        <Show when=move || ready.get()>
            <Suspense fallback=|| ()>{move || Suspend::new(session_part(SessionPart::Secret(tool.get_value())))}</Suspense>
        </Show>
    }
    .into_any()
}

/// What was thrown there, in words: the server's own, or those of its code.
fn failure(thrown: &JsValue) -> ApiError {
    let text = thrown.as_string().unwrap_or_default();
    if let Ok(error) = serde_json::from_str::<ApiError>(&text) {
        return error;
    }
    if text == "link.lost" {
        return ApiError::new("link.lost", t("ballot.waits"), t("ballot.waits"));
    }
    let words = find(&text).unwrap_or_else(|| t("ballot.failed"));
    ApiError::new(if text.starts_with("ballot.") { &text } else { "ballot.failed" }, words, words)
}

/// Calls a function of `ky-ballot.js` and waits for what it answers.
async fn ask(function: &'static str, arguments: Vec<String>) -> ApiResult<String> {
    script::ask("kyBallot", function, &arguments).await.map_err(|e| failure(&e))
}

/// What this device knows of the person's ballot.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Known {
    choice: Choice,
    receipt: String,
    cast: bool,
}

async fn known(room: Room, id: &VoteId) -> ApiResult<Option<Known>> {
    let text = ask("known", vec![id.to_string(), room.me().to_string()]).await?;
    Ok(serde_json::from_str(&text).ok())
}

/// Draws and casts, from wherever it was left: a ballot that was made is taken up again, whatever is chosen now.
async fn cast(room: Room, id: VoteId, key: String, choice: Choice) -> ApiResult<Option<Known>> {
    let me = room.me().to_string();
    let blinded = ask("prepare", vec![id.to_string(), me.clone(), key, choice.as_str().to_owned()]).await?;
    if !blinded.is_empty() {
        let signed = draw_ballot(id.clone(), blinded).await?;
        ask("finish", vec![id.to_string(), me, signed]).await?;
    }
    known(room, &id).await
}

/// `1f3a 90bc`: enough to be told from others, short enough to be compared by eye.
fn short(receipt: &str) -> String {
    match (receipt.get(..4), receipt.get(4..8)) {
        (Some(a), Some(b)) => [a, " ", b].concat(),
        _ => receipt.to_owned(),
    }
}

fn vote_of(room: Room, id: &VoteId) -> Memo<Vote> {
    let id = id.clone();
    Memo::new(move |before: Option<&Vote>| {
        let now = room.detail.with(|d| d.votes.iter().find(|v| v.id == id).cloned());
        now.or_else(|| before.cloned()).unwrap_or_default()
    })
}

#[component]
fn SecretBallot(room: Room, id: VoteId) -> impl IntoView {
    let vote = vote_of(room, &id);
    let id = StoredValue::new(id);
    let call = Call::new();
    let chosen = RwSignal::new(None::<Choice>);
    // Not asked yet, or what the device knows.
    let state = RwSignal::new(None::<Option<Known>>);
    let send = move |choice: Choice| {
        let key = vote.with_untracked(|v| v.key.clone()).unwrap_or_default();
        let work = async move {
            let done = cast(room, id.get_value(), key, choice).await;
            // Also where it failed: the ballot may be made by now.
            if done.is_err() {
                let _ = state.try_set(known(room, &id.get_value()).await.ok());
            }
            done
        };
        call.run(work, move |now| state.set(Some(now)));
    };
    let waits = move || state.with(|s| matches!(s, Some(Some(known)) if !known.cast));
    let link = use_link();
    Effect::new(move |_| {
        leptos::task::spawn_local(async move {
            let _ = state.try_set(known(room, &id.get_value()).await.ok());
        });
    });
    // What is not in the urn yet goes there as soon as the link is back.
    Effect::new(move |_| {
        let unsent = state.with(|s| s.clone().flatten().filter(|known| !known.cast));
        if link.get() == Link::Connected
            && let Some(known) = unsent
            && call.error.with_untracked(|e| e.as_ref().is_none_or(ApiError::is_link))
        {
            send(known.choice);
        }
    });
    let hide = move || {
        room.cast.update(|cast| {
            cast.insert(id.get_value());
        });
    };
    let body = move || match state.get() {
        None => ().into_any(),
        Some(Some(known)) if known.cast => view! {
            <p class="note note-good" data-test="ballot-done" data-receipt=known.receipt.clone()>
                {tf("ballot.done", &[("receipt", &short(&known.receipt))])}
            </p>
        }
        .into_any(),
        Some(None) if vote.with(|v| v.drawn) => view! { <p>{t("ballot.elsewhere")}</p> }.into_any(),
        Some(known) => {
            let known = known.map(|k| k.choice);
            view! {
                <p class="quiet">{if known.is_some() { t("ballot.waits") } else { t("ballot.help") }}</p>
                <Show when=move || known.is_none()>
                    {choices("secret-", call, chosen.into(), Callback::new(move |choice| chosen.set(Some(choice))))}
                </Show>
                <button
                    type="button"
                    class="button button-main ballot-cast"
                    data-test="secret-cast"
                    disabled=move || call.blocked() || (known.is_none() && chosen.get().is_none())
                    aria-busy=move || call.busy().to_string()
                    on:click=move |_| {
                        if let Some(choice) = known.or_else(|| chosen.get_untracked()) {
                            send(choice);
                        }
                    }
                >
                    {move || match (call.busy(), known, chosen.get()) {
                        (true, ..) => t("ballot.sending").to_owned(),
                        (_, Some(_), _) => t("ballot.again").to_owned(),
                        (_, None, Some(choice)) => tf("ballot.cast", &[("choice", choice_name(choice))]),
                        _ => t("ballot.choose").to_owned(),
                    }}
                </button>
            }
            .into_any()
        }
    };
    view! {
        {body}
        <Failure error=call.error />
        <Show when=move || state.with(Option::is_some) && !waits() && (vote.with(|v| v.drawn) || state.with(|s| matches!(s, Some(Some(_)))))>
            <button type="button" class="button" data-test="ballot-hide" on:click=move |_| hide()>
                {t("ballot.hide")}
            </button>
        </Show>
    }
    .into_any()
}

/// What counting again came to.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Counted {
    agree: u32,
    disagree: u32,
    other: u32,
    /// Ballots whose signature is wrong, or that stand there twice.
    bad: u32,
    /// More ballots than people who drew one.
    more: bool,
    /// `counted`, `missing`, or nothing.
    mine: String,
    receipt: String,
}

impl Counted {
    fn agrees(&self, vote: &Vote) -> bool {
        self.bad == 0 && !self.more && (self.agree, self.disagree, self.other) == (vote.agree, vote.disagree, vote.other)
    }
}

#[component]
fn Recount(room: Room, id: VoteId) -> impl IntoView {
    let vote = vote_of(room, &id);
    let id = StoredValue::new(id);
    let call = Call::new();
    let done = RwSignal::new(None::<(PublishedBallots, Counted)>);
    let count = move |_| {
        let work = async move {
            let published = ballots_of(id.get_value()).await?;
            let text = serde_json::to_string(&published).unwrap_or_default();
            let counted = ask("recount", vec![text, room.me().to_string()]).await?;
            let counted = serde_json::from_str(&counted).map_err(|_| failure(&JsValue::NULL))?;
            Ok((published, counted))
        };
        call.run(work, move |both| done.set(Some(both)));
    };
    view! {
        <button
            type="button"
            class="button"
            data-test="recount"
            disabled=move || call.blocked()
            aria-busy=move || call.busy().to_string()
            on:click=count
        >
            {move || if call.busy() { t("recount.busy") } else { t("recount.start") }}
        </button>
        <Failure error=call.error />
        <div role="status">
            {move || done.get().map(|(published, counted)| view! { <Outcome vote=vote.get() published counted /> })}
        </div>
    }
    .into_any()
}

#[component]
fn Outcome(vote: Vote, published: PublishedBallots, counted: Counted) -> impl IntoView {
    let right = counted.agrees(&vote);
    let numbers = [
        ("n", published.ballots.len().to_string()),
        ("bad", counted.bad.to_string()),
        ("voters", published.voters.len().to_string()),
    ];
    let numbers = numbers.each_ref().map(|(name, number)| (*name, number.as_str()));
    let mine = published.ballots.iter().find(|b| b.receipt == counted.receipt).map(|b| b.choice);
    let own = match (counted.mine.as_str(), mine) {
        ("counted", Some(choice)) => tf("recount.counted", &[("choice", choice_name(choice))]),
        ("", _) => t("recount.none").to_owned(),
        _ => t("recount.missing").to_owned(),
    };
    let receipt = counted.receipt;
    view! {
        <p class="note" class:note-good=right class:note-bad=!right data-test="recounted" data-right=right.to_string()>
            {tf(if right { "recount.right" } else { "recount.wrong" }, &numbers)}
        </p>
        <p data-test="recount-mine" data-mine=counted.mine>
            {own}
        </p>
        <details class="fold">
            <summary>
                <span>{t("recount.list")}</span>
            </summary>
            <ul class="receipts">
                {published
                    .ballots
                    .into_iter()
                    .map(|b| {
                        let own = b.receipt == receipt;
                        view! {
                            <li class:receipt-mine=own>
                                <span class="number">{short(&b.receipt)}</span>
                                <span>{choice_name(b.choice)}</span>
                                {own.then(|| view! { <span class="badge badge-good">{t("recount.mine")}</span> })}
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </details>
        <a class="button button-quiet" href=["/api/v1/votes/", published.vote.as_str(), "/ballots"].concat() download rel="external">
            {t("recount.save")}
        </a>
    }
    .into_any()
}
