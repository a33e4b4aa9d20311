//! The device's one WebSocket (`/live`): follows topics, comes back by itself, misses nothing. See `app::live` for the frames.
//!
//! Everything but [`provide_live`] and [`LinkState`] runs in the browser only: call [`follow`] from an effect.
use crate::dto::meetings::Pointer;
use crate::i18n::{find, t};
use crate::live::{ClientFrame, LiveEvent, ServerFrame};
use leptos::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{MessageEvent, WebSocket};

/// For [`follow`]: nothing of the past is wanted. The server answers with a reset to its newest number.
pub const FROM_NOW: u64 = u64::MAX;
/// How often a quiet link is asked whether it still lives. The server gives a silent one up after 45 s.
const PING: Duration = Duration::from_secs(10);
/// Pings without any answer after which the link counts as dead.
const MOST_UNANSWERED: u32 = 2;
/// Milliseconds before the first and between the last attempts to come back.
const FIRST_WAIT: f64 = 400.0;
const LONGEST_WAIT: f64 = 15_000.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// No page has asked for it yet, or its first attempt is under way.
    Connecting,
    Connected,
    Reconnecting,
    /// Signed out: it will not come back.
    Ended,
}

impl Link {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Reconnecting => "reconnecting",
            Self::Ended => "ended",
        }
    }
}

/// What a follower hears.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "one at a time, heard at once")]
pub enum News {
    Event(LiveEvent),
    /// What was missed is no longer kept: fetch the snapshot again.
    Reset,
}

#[derive(Clone, Copy)]
struct State(RwSignal<Link>);

pub fn provide_live() {
    provide_context(State(RwSignal::new(Link::Connecting)));
}

pub fn use_link() -> Signal<Link> {
    use_context::<State>().map_or_else(|| Signal::stored(Link::Connecting), |State(s)| s.into())
}

struct Follower {
    id: u32,
    topic: String,
    /// The last number that it has heard.
    last: u64,
    hear: Rc<dyn Fn(News)>,
}

#[derive(Default)]
struct Client {
    socket: Option<WebSocket>,
    state: Option<RwSignal<Link>>,
    followers: Vec<Follower>,
    next_id: u32,
    attempts: u32,
    unanswered: u32,
    /// Milliseconds since the Unix epoch at which the last ping went out.
    asked_at: f64,
    hand: ServerClock,
    ticking: bool,
    ended: bool,
    /// Protocol of the server that this device is connected to.
    protocol: u32,
}

/// How far this device's clock is from the server's, in milliseconds: of the quickest answer so far, which says it best.
#[derive(Default)]
struct ServerClock {
    ahead: f64,
    /// Length of that answer's way; `None` before the first.
    way: Option<f64>,
}

impl ServerClock {
    /// The answer to a question of `asked` came at `now` and says `us`.
    fn learn(&mut self, asked: f64, now: f64, us: i64) {
        let way = (now - asked).max(0.0);
        // The best answer loses weight with each that follows: clocks drift, and devices sleep.
        let known = self.way.map(|w| w * 1.2 + 5.0);
        if us > 0 && known.is_none_or(|known| way <= known) {
            self.way = Some(way);
            self.ahead = us as f64 / 1000.0 - (asked + way / 2.0);
        } else {
            self.way = known;
        }
    }
}

/// The server's time now, in microseconds since the Unix epoch, as well as this device knows it. Browser only.
pub fn server_now() -> i64 {
    ((js_sys::Date::now() + with(|c| c.hand.ahead)) * 1000.0) as i64
}

thread_local! {
    static CLIENT: RefCell<Client> = RefCell::default();
}

fn with<T>(work: impl FnOnce(&mut Client) -> T) -> T {
    CLIENT.with(|c| work(&mut c.borrow_mut()))
}

/// Hears every event of `topic` after number `after`, each once and in order, until the effect that called is cleaned up.
pub fn follow(topic: &str, after: u64, hear: impl Fn(News) + 'static) {
    let state = use_context::<State>().map(|State(s)| s);
    let id = with(|c| {
        c.state = state.or(c.state);
        c.next_id += 1;
        c.followers.push(Follower {
            id: c.next_id,
            topic: topic.to_owned(),
            last: after,
            hear: Rc::new(hear),
        });
        c.next_id
    });
    connect();
    ask(topic);
    tick();
    let topic = topic.to_owned();
    on_cleanup(move || {
        let left = with(|c| {
            c.followers.retain(|f| f.id != id);
            c.followers.iter().any(|f| f.topic == topic)
        });
        if !left {
            say(&ClientFrame::Unfollow { topic });
        }
    });
}

fn say(frame: &ClientFrame) {
    let socket = with(|c| c.socket.clone()).filter(|s| s.ready_state() == WebSocket::OPEN);
    if let (Some(socket), Ok(text)) = (socket, serde_json::to_string(frame)) {
        let _ = socket.send_with_str(&text);
    }
}

/// Tells where the person who presents in `topic` points. What a lost link does not carry is lost.
pub fn point(topic: &str, at: Option<Pointer>) {
    // An older server would take it for a broken device.
    if with(|c| c.protocol) >= 2 {
        let topic = topic.to_owned();
        say(&ClientFrame::Point { topic, at });
    }
}

/// Asks for a topic from the number of its follower that has heard least; the others pass over what they know.
fn ask(topic: &str) {
    let after = with(|c| c.followers.iter().filter(|f| f.topic == topic).map(|f| f.last).min());
    if let Some(after) = after {
        let topic = topic.to_owned();
        say(&ClientFrame::Follow { topic, after });
    }
}

fn set(link: Link) {
    if let Some(state) = with(|c| c.state) {
        let _ = state.try_set(link);
    }
    // For the scripts beside the program (start.js, ky-offline.js).
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-link", link.as_str());
    }
    tell("ky-link");
}

fn tell(name: &str) {
    if let Ok(event) = web_sys::Event::new(name) {
        let _ = window().dispatch_event(&event);
    }
}

fn connect() {
    if with(|c| c.ended || c.socket.is_some()) {
        return;
    }
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|p| p == "https:") {
        "wss://"
    } else {
        "ws://"
    };
    let address = [scheme, &location.host().unwrap_or_default(), "/live"].concat();
    let Ok(socket) = WebSocket::new(&address) else {
        return again();
    };
    let open = Closure::<dyn FnMut()>::new(move || {
        with(|c| c.unanswered = 0);
        set(Link::Connected);
        ping(0);
        let topics: BTreeMap<String, ()> = with(|c| c.followers.iter().map(|f| (f.topic.clone(), ())).collect());
        topics.into_keys().for_each(|topic| ask(&topic));
    });
    let message = Closure::<dyn FnMut(MessageEvent)>::new(|ev: MessageEvent| {
        with(|c| c.unanswered = 0);
        let text = ev.data().as_string().unwrap_or_default();
        match serde_json::from_str(&text) {
            Ok(frame) => heard(frame),
            // A newer server may say what this page does not know yet.
            Err(e) => leptos::logging::warn!("live: {e}"),
        }
    });
    let this = socket.clone();
    let close = Closure::<dyn FnMut()>::new(move || {
        if with(|c| c.socket.as_ref() == Some(&this)) {
            again();
        }
    });
    socket.set_onopen(Some(open.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
    socket.set_onclose(Some(close.as_ref().unchecked_ref()));
    // From here on the browser's garbage collector keeps them, as long as the socket.
    let _ = (open.into_js_value(), message.into_js_value(), close.into_js_value());
    with(|c| c.socket = Some(socket));
}

/// Drops the socket and tries anew after a while: longer each time, and not all devices at once.
fn again() {
    let attempt = with(|c| {
        if let Some(socket) = c.socket.take() {
            socket.set_onclose(None);
            socket.set_onmessage(None);
            let _ = socket.close();
        }
        c.unanswered = 0;
        c.attempts += 1;
        c.attempts
    });
    if with(|c| c.ended) {
        return;
    }
    set(Link::Reconnecting);
    let longest = (FIRST_WAIT * 2f64.powi(attempt.min(8) as i32 - 1)).min(LONGEST_WAIT);
    let wait = longest * (0.5 + js_sys::Math::random() / 2.0);
    set_timeout(connect, Duration::from_millis(wait as u64));
}

fn ping(n: u64) {
    with(|c| c.asked_at = js_sys::Date::now());
    say(&ClientFrame::Ping { n });
}

/// Starts, once, the pulse that notices dead links and the ear for a network that is back.
fn tick() {
    if with(|c| std::mem::replace(&mut c.ticking, true)) {
        return;
    }
    set_interval(
        || {
            let unanswered = with(|c| {
                c.unanswered += u32::from(c.socket.is_some());
                c.unanswered
            });
            if unanswered > MOST_UNANSWERED {
                again();
            } else {
                ping(u64::from(unanswered));
            }
        },
        PING,
    );
    let back = window_event_listener_untyped("online", |_| connect());
    let gone = window_event_listener_untyped("offline", |_| {
        if with(|c| c.socket.is_some()) {
            again();
        }
    });
    // They live as long as the page.
    std::mem::forget((back, gone));
}

fn heard(frame: ServerFrame) {
    match frame {
        ServerFrame::Event { topic, seq, event } => {
            tell("ky-changed");
            for hear in take_number(&topic, seq) {
                hear(News::Event(event.clone()));
            }
        }
        ServerFrame::Passing { topic, event } => {
            let all = with(|c| {
                c.followers
                    .iter()
                    .filter(|f| f.topic == topic)
                    .map(|f| f.hear.clone())
                    .collect::<Vec<_>>()
            });
            all.into_iter().for_each(|hear| hear(News::Event(event.clone())));
        }
        // What was missed is no longer kept, or the server was restored from a backup: begin anew from its number.
        ServerFrame::Reset { topic, seq } => begin_anew(&topic, seq, |last| last != seq),
        // Whoever asked from a later number than there is: from now on.
        ServerFrame::Following { topic, seq } => begin_anew(&topic, seq, |last| last > seq),
        ServerFrame::Bye { .. } => {
            with(|c| c.ended = true);
            again();
            set(Link::Ended);
        }
        ServerFrame::Denied { topic } => leptos::logging::warn!("live: {topic} denied"),
        // Only a link that has lasted a while is tried again at once: a server that takes and drops it is not stormed.
        ServerFrame::Pong { us, .. } => with(|c| {
            c.attempts = 0;
            let asked = c.asked_at;
            c.hand.learn(asked, js_sys::Date::now(), us);
        }),
        ServerFrame::Hello { protocol, .. } => with(|c| c.protocol = protocol),
    }
}

/// Those followers of `topic` whose last number `lost` the thread take up `seq` and are told so.
fn begin_anew(topic: &str, seq: u64, lost: impl Fn(u64) -> bool) {
    let all = with(|c| {
        let those = c.followers.iter_mut().filter(|f| f.topic == topic && lost(f.last));
        those
            .map(|f| {
                f.last = seq;
                f.hear.clone()
            })
            .collect::<Vec<_>>()
    });
    all.into_iter().for_each(|hear| hear(News::Reset));
}

/// Followers of `topic` that have not heard number `seq` yet; now they have.
fn take_number(topic: &str, seq: u64) -> Vec<Rc<dyn Fn(News)>> {
    with(|c| {
        let those = c.followers.iter_mut().filter(|f| f.topic == topic && f.last < seq);
        those
            .map(|f| {
                f.last = seq;
                f.hear.clone()
            })
            .collect()
    })
}

/// Whether what is on the screen is live, in words.
#[component]
pub fn LinkState() -> impl IntoView {
    let link = use_link();
    let words = move || find(&["link.", link.get().as_str()].concat()).unwrap_or_default();
    view! {
        <p class="link-state" role="status" data-test="link-state" data-state=move || link.get().as_str()>
            <span class="link-dot" aria-hidden="true"></span>
            <span>{words}</span>
            {move || {
                (link.get() == Link::Ended)
                    .then(|| {
                        view! {
                            <a href="/login" rel="external">
                                {t("login.again")}
                            </a>
                        }
                    })
            }}
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_clock_is_learnt_from_the_quickest_answer() {
        let mut hand = ServerClock::default();
        // The device is 10 s behind; the answer took 400 ms.
        hand.learn(1_000.0, 1_400.0, 11_200_000);
        assert_eq!(hand.ahead, 10_000.0);
        // A slow answer, most of whose way was the way back, does not spoil it.
        hand.learn(5_000.0, 9_000.0, 15_100_000);
        assert_eq!(hand.ahead, 10_000.0);
        hand.learn(20_000.0, 20_010.0, 30_015_000);
        assert_eq!(hand.ahead, 10_010.0);
        // A server that does not say its time teaches nothing.
        hand.learn(30_000.0, 30_000.0, 0);
        assert_eq!(hand.ahead, 10_010.0);
    }
}
