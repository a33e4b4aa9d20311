//! The frame around every page of a signed-in person: who and where one is, and the way to everything else.
use crate::actions::documents::unread_notices;
use crate::actions::identity::whoami;
use crate::components::icon::{Glyph, Icon};
use crate::components::live::{FROM_NOW, Link, News, follow, use_link};
use crate::components::prefs::Preferences;
use crate::components::toast::ToastArea;
use crate::dto::identity::{Me, Role};
use crate::error::ApiResult;
use crate::i18n::{t, tf};
use crate::ids::UserId;
use crate::live::LiveEvent;
use crate::parts::{NotLoaded, watch};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::components::{A, Outlet};
use leptos_router::hooks::use_location;

/// Who is signed in; asked once for each load of the document.
pub type Session = Resource<ApiResult<Option<Me>>>;

#[derive(Clone, Copy)]
struct Ready(RwSignal<bool>);

/// What pages find around them: the session, and whether the page is hydrated.
pub fn provide_frame() {
    let ready = RwSignal::new(false);
    Effect::new(move |_| {
        ready.set(true);
        // For style sheets and for whoever drives the page from outside.
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-ready", "true");
        }
    });
    provide_context(Ready(ready));
    provide_context::<Session>(Resource::new(|| (), |()| whoami()));
}

pub fn use_session() -> Session {
    expect_context()
}

/// False on the server and until hydration: buttons that need the program are disabled so long.
pub fn use_ready() -> Signal<bool> {
    use_context::<Ready>().map_or_else(|| Signal::stored(false), |Ready(r)| r.into())
}

struct Entry {
    href: &'static str,
    icon: Icon,
    words: &'static str,
}

/// Ways that this person has. What may be done there is decided by the server, not here.
fn entries(me: Option<&Me>) -> Vec<Entry> {
    let verify = Entry {
        href: "/verify",
        icon: Icon::Shield,
        words: t("nav.verify"),
    };
    let Some(me) = me else { return vec![verify] };
    // At a tablet of a room there is its meeting, and the way to leave.
    if me.at.is_some() {
        return Vec::new();
    }
    let any = |roles: &[Role]| roles.iter().any(|r| me.is(*r));
    let mut all = vec![Entry {
        href: "/",
        icon: Icon::Home,
        words: t("nav.home"),
    }];
    if any(&[Role::Drafter, Role::Leader, Role::Head, Role::Clerk, Role::Secretary, Role::Auditor]) {
        all.push(Entry {
            href: "/documents",
            icon: Icon::Document,
            words: t("nav.documents"),
        });
    }
    if any(&[Role::Clerk, Role::Leader, Role::Head, Role::Secretary, Role::Auditor]) {
        all.push(Entry {
            href: "/incoming",
            icon: Icon::Inbox,
            words: t("nav.incoming"),
        });
    }
    all.push(Entry {
        href: "/meetings",
        icon: Icon::Calendar,
        words: t("nav.meetings"),
    });
    all.push(Entry {
        href: "/opinions",
        icon: Icon::Ballot,
        words: t("nav.opinions"),
    });
    if any(&[Role::Drafter, Role::Leader, Role::Head, Role::Clerk, Role::Auditor]) {
        all.push(Entry {
            href: "/figures",
            icon: Icon::Chart,
            words: t("nav.figures"),
        });
    }
    all.push(verify);
    if any(&[Role::Clerk, Role::Admin]) {
        all.push(Entry {
            href: "/axis",
            icon: Icon::Link,
            words: t("nav.axis"),
        });
    }
    if any(&[Role::Auditor, Role::Admin]) {
        all.push(Entry {
            href: "/audit",
            icon: Icon::Log,
            words: t("nav.audit"),
        });
    }
    if any(&[Role::Admin]) {
        all.push(Entry {
            href: "/people",
            icon: Icon::People,
            words: t("nav.people"),
        });
    }
    all
}

/// How many entries the bar of a phone has room for beside "more".
const BAR: usize = 4;

#[component]
fn NavLink(entry: Entry) -> impl IntoView {
    let path = use_location().pathname;
    let href = entry.href;
    let here = move || {
        let path = path.get();
        path == href || (href != "/" && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')))
    };
    view! {
        <A href=href attr:class="nav-link" attr:aria-current=move || here().then_some("page")>
            <Glyph icon=entry.icon />
            <span>{entry.words}</span>
        </A>
    }
}

/// Who sits at a tablet of the room, and the way to stand up, always in view.
#[component]
fn Sitting(me: Me) -> impl IntoView {
    let tablet = me.at.map(|at| at.tablet).unwrap_or_default();
    view! {
        <div class="sitting" data-test="sitting">
            <span class="who">
                <Glyph icon=Icon::Person />
                <span>
                    <strong>{me.full_name}</strong>
                    <small>{tablet}</small>
                </span>
            </span>
            <form method="post" action="/logout" data-tablet="">
                <button type="submit" class="button" data-test="stand-up">
                    <Glyph icon=Icon::Exit />
                    {t("room.stand_up")}
                </button>
            </form>
        </div>
    }
}

#[component]
fn Navigation(me: Option<Me>) -> impl IntoView {
    if me.as_ref().is_some_and(|me| me.at.is_some()) {
        return me.map(|me| view! { <Sitting me /> }).into_any();
    }
    let all = entries(me.as_ref());
    let more: Vec<_> = entries(me.as_ref()).into_iter().skip(BAR).collect();
    let signed_in = me.is_some();
    view! {
        <nav class="nav" aria-label=t("nav.label")>
            <ul>
                {all.into_iter().map(|entry| view! { <li><NavLink entry /></li> }).collect_view()}
                <li class="nav-more">
                    <details>
                        <summary class="nav-link">
                            <Glyph icon=Icon::More />
                            <span>{t("nav.more")}</span>
                        </summary>
                        <div class="nav-sheet">
                            <ul>{more.into_iter().map(|entry| view! { <li><NavLink entry /></li> }).collect_view()}</ul>
                            {signed_in.then(|| view! { <SignOut /> })}
                            <Preferences />
                        </div>
                    </details>
                </li>
            </ul>
        </nav>
        {match me {
            Some(me) => {
                view! {
                    <div class="rail-foot">
                        <A href="/account" attr:class="who">
                            <Glyph icon=Icon::Person />
                            <span>
                                <strong>{me.full_name}</strong>
                                <small>{me.position}</small>
                            </span>
                        </A>
                        <SignOut />
                        <Preferences />
                    </div>
                }
                    .into_any()
            }
            None => {
                view! {
                    <div class="rail-foot">
                        <a href="/login" rel="external" class="button button-quiet">
                            {t("login.title")}
                        </a>
                        <Preferences />
                    </div>
                }
                    .into_any()
            }
        }}
    }
    .into_any()
}

fn ask_unread(unread: RwSignal<u64>) {
    spawn_local(async move {
        if let Ok(n) = unread_notices().await {
            let _ = unread.try_set(n);
        }
    });
}

/// Listens for the bell. In a part of the program that comes later: what reads all events of the socket is not for the first page to wait for.
pub struct Watch {
    me: UserId,
    unread: RwSignal<u64>,
    owner: Owner,
}

impl Watch {
    pub fn begin(self) {
        let unread = self.unread;
        let topic = ["user:", self.me.as_str()].concat();
        self.owner.with(|| {
            follow(&topic, FROM_NOW, move |news| {
                // A reset comes first: what was told between the question and the following is asked for then.
                if matches!(news, News::Reset | News::Event(LiveEvent::NoticesChanged)) {
                    ask_unread(unread);
                }
            });
        });
    }
}

/// How many notices are new, told as it happens. Known in the browser only: what the server draws says nothing of it.
fn use_unread() -> RwSignal<u64> {
    let session = use_session();
    let unread = RwSignal::new(0);
    Effect::new(move |_| {
        let Some(Ok(Some(me))) = session.get() else { return };
        if me.at.is_some() {
            return;
        }
        ask_unread(unread);
        let Some(owner) = Owner::current() else { return };
        let me = me.id;
        spawn_local(async move { watch(Watch { me, unread, owner }).await });
    });
    unread
}

#[component]
fn Bell(unread: RwSignal<u64>) -> impl IntoView {
    let path = use_location().pathname;
    let shown = move || match unread.get() {
        0 => None,
        n if n >= 100 => Some("99+".to_owned()),
        n => Some(n.to_string()),
    };
    view! {
        <A href="/notices" attr:class="nav-link bell" attr:data-test="bell" attr:aria-current=move || (path.get() == "/notices").then_some("page")>
            <Glyph icon=Icon::Bell />
            <span class="bell-words">{t("nav.notices")}</span>
            {move || {
                shown()
                    .map(|n| {
                        view! {
                            <span class="count" data-test="unread">
                                {n}
                            </span>
                        }
                    })
            }}
        </A>
    }
    .into_any()
}

#[component]
fn SignOut() -> impl IntoView {
    view! {
        <form method="post" action="/logout">
            <button type="submit" class="button button-quiet">
                <Glyph icon=Icon::Exit />
                {t("nav.sign_out")}
            </button>
        </form>
    }
}

/// Sends whoever is not signed in to the sign-in page, and back here afterwards.
fn to_sign_in(path: &str) {
    let target = ["/login?next=", &crate::components::prefs::escape(path)].concat();
    #[cfg(feature = "ssr")]
    leptos_axum::redirect(&target);
    #[cfg(not(feature = "ssr"))]
    {
        let _ = window().location().set_href(&target);
    }
}

/// Over a page that comes from the tablet itself: of when it is. It goes when the link is back.
#[component]
fn Kept() -> impl IntoView {
    let at = RwSignal::new(None::<String>);
    let link = use_link();
    Effect::new(move |_| at.set(kept_at()));
    let shown = move || at.get().filter(|_| link.get() != Link::Connected);
    view! {
        <div role="status">
            {move || {
                shown()
                    .map(|at| {
                        view! {
                            <p class="kept-note" data-test="kept">
                                <span>{tf("link.kept", &[("at", &at)])}</span>
                                <a href="" rel="external" class="button button-quiet">
                                    {t("link.reload")}
                                </a>
                            </p>
                        }
                    })
            }}
        </div>
    }
}

/// When the page was drawn that sw.js shows, by this device's clock: `09:04 27/11/2026`. Browser only.
fn kept_at() -> Option<String> {
    let at = document().document_element()?.get_attribute("data-kept")?;
    let at = js_sys::Date::new(&at.parse::<f64>().ok()?.into());
    let (hours, minutes) = (at.get_hours(), at.get_minutes());
    let (day, month, year) = (at.get_date(), at.get_month() + 1, at.get_full_year());
    Some(format!("{hours:02}:{minutes:02} {day:02}/{month:02}/{year}"))
}

/// Rail, banner, main part.
#[component]
pub fn Frame() -> impl IntoView {
    let session = use_session();
    let location = use_location();
    // Here, where it outlives every page.
    let unread = use_unread();
    let open_to_all = move || location.pathname.get_untracked() == "/verify";
    view! {
        <a class="skip" href="#main">
            {t("nav.skip")}
        </a>
        <p class="demonstration" role="note">
            {t("common.demonstration")}
        </p>
        <div class="frame">
            <header class="rail">
                <A href="/" attr:class="brand" attr:aria-label="kyhop">
                    <span class="brand-mark" aria-hidden="true"></span>
                    <span class="brand-name">"kyhop"</span>
                </A>
                <Suspense fallback=|| ()>
                    {move || Suspend::new(async move {
                        let me = session.await.ok().flatten();
                        if me.is_none() && !open_to_all() {
                            to_sign_in(&location.pathname.get_untracked());
                        }
                        let body = me.as_ref().map(|me| me.body.name.clone());
                        view! {
                            {body.map(|name| view! { <p class="rail-body">{name}</p> })}
                            {me.as_ref().filter(|me| me.at.is_none()).map(|_| view! { <Bell unread /> })}
                            <Navigation me />
                        }
                    })}
                </Suspense>
            </header>
            <main id="main" tabindex="-1">
                <Kept />
                <Outlet />
            </main>
        </div>
        // Drawn by the server for the browser that could not fetch the program: the page can be read, its buttons wait.
        <div class="asleep" role="alert">
            <NotLoaded />
        </div>
        <p class="opening" role="status">
            {t("parts.opening")}
        </p>
        <ToastArea />
    }
    .into_any()
}

/// Heading of a page: title with its rule, one line beneath, and the page's buttons.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <Title text=[title.as_str(), " · kyhop"].concat() />
        <div class="page-head">
            <div>
                <h1>{title}</h1>
                {lead.map(|text| view! { <p class="lead">{text}</p> })}
            </div>
            {children.map(|c| view! { <div class="page-tools">{c()}</div> })}
        </div>
    }
}
