//! The program in parts: the browser fetches the code of a page when it is first gone to, and the rest when it has time.
//!
//! A part is a function that `scripts/build-web` cuts out of the WebAssembly module, with all that only it needs, into a
//! file of its own. What several parts need lies in files shared by just these.
use crate::components::layout::Watch;
use crate::components::notice::Note;
use crate::dto::identity::Person;
use crate::i18n::t;
use crate::pages;
use crate::pages::documents::doc::Doc;
use crate::pages::documents::placing::{Placing, Purpose};
use crate::pages::documents::processing::AssignForm;
use crate::pages::meetings::{Beside, Hand, Prep, SecretTool, Tool};
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_router::LazyRoute;
use leptos_router::hooks::use_location;

type Part = Result<AnyView, SplitLoaderError>;

/// Declares a part and the routes whose pages it holds.
macro_rules! part {
    ($part:ident, $load:ident, $choice:ident { $($route:ident => $page:path),+ $(,)? }) => {
        enum $choice { $($route),+ }

        #[wasm_split($part, wasm_split_path = leptos::wasm_split, fallible, preload($load))]
        fn $part(page: $choice) -> Part {
            Ok(match page { $($choice::$route => $page().into_any()),+ })
        }

        $(
            pub struct $route;

            impl LazyRoute for $route {
                fn data() -> Self {
                    Self
                }
                async fn view(_: Self) -> AnyView {
                    $part($choice::$route).await.unwrap_or_else(|_| view! { <NotLoaded /> }.into_any())
                }
                async fn preload() {
                    opening(true);
                    // A failure shows itself in `view`, where there is a place for words.
                    let _ = $load().await;
                    opening(false);
                }
            }
        )+
    };
}

part!(documents, load_documents, DocumentsPart {
    Documents => pages::documents::list::DocumentsPage,
    NewDocument => pages::documents::new::NewDocumentPage,
    NewArrival => pages::documents::entry::NewArrivalPage,
    Numbers => pages::documents::numbers::NumbersPage,
    Trash => pages::documents::trash::TrashPage,
    Incoming => pages::incoming::IncomingPage,
});
part!(document, load_document, DocumentPart {
    Document => pages::documents::detail::DocumentPage,
    Arrival => pages::documents::detail::DocumentPage,
});
part!(meetings, load_meetings, MeetingsPart {
    Meetings => pages::meetings::MeetingsPage,
    Screen => pages::meetings::ScreenPage,
    Minutes => pages::meetings::MinutesPage,
});
part!(meeting, load_meeting, MeetingPart { Meeting => pages::meetings::MeetingPage });
part!(opinions, load_opinions, OpinionsPart {
    Opinions => pages::opinions::OpinionsPage,
    Opinion => pages::opinions::SheetPage,
});
// What is planned at a desk: meetings, and opinion sheets.
part!(planning, load_planning, PlanningPart {
    Calendar => pages::meetings::CalendarPage,
    NewMeeting => pages::meetings::NewMeetingPage,
    Cards => pages::meetings::CardsPage,
    NewOpinion => pages::opinions::NewSheetPage,
    EditOpinion => pages::opinions::EditSheetPage,
});
part!(verify, load_verify, VerifyPart { Verify => pages::verify::VerifyPage });
part!(office, load_office, OfficePart {
    Home => pages::home::HomePage,
    Axis => pages::axis::AxisPage,
    Audit => pages::audit::AuditPage,
    People => pages::people::PeoplePage,
});

part!(figures, load_figures, FiguresPart {
    Figures => pages::figures::FiguresPage,
    Notices => pages::notices::NoticesPage,
});

// What somebody is and may do: long forms that are seldom filled in.
part!(account, load_account, AccountPart {
    Account => pages::account::AccountPage,
    Authority => pages::authority::AuthorityPage,
    Room => pages::room::RoomPage,
    Tablets => pages::room::TabletsPage,
});

/// What is done at a desk: a document given to people, signed or sealed; a meeting prepared. Needed by few, and not at first.
pub enum DeskPart {
    Prepare(Prep),
    Assign(Doc, RwSignal<bool>, Vec<Person>),
    Place(Doc, RwSignal<bool>, Purpose),
}

#[wasm_split(assigning, wasm_split_path = leptos::wasm_split, fallible, preload(load_assigning))]
fn assigning(what: DeskPart) -> Part {
    Ok(match what {
        DeskPart::Prepare(with) => with.draw(),
        DeskPart::Assign(doc, open, people) => view! { <AssignForm doc open people /> }.into_any(),
        DeskPart::Place(doc, open, purpose) => view! { <Placing doc open purpose /> }.into_any(),
    })
}

/// The form, or in its place that it could not be fetched.
pub async fn desk_part(what: DeskPart) -> AnyView {
    assigning(what).await.unwrap_or_else(|_| view! { <NotLoaded /> }.into_any())
}

/// What works in a meeting only once the page is awake: the tools of chair and secretary, what each member has in hand, secret
/// votes. One part for all three: every further one multiplies the files that parts share.
pub enum SessionPart {
    Tool(Tool),
    Hand(Hand),
    Secret(SecretTool),
}

#[wasm_split(session, wasm_split_path = leptos::wasm_split, fallible, preload(load_session))]
fn session(what: SessionPart) -> Part {
    Ok(match what {
        SessionPart::Tool(tool) => tool.draw(),
        SessionPart::Hand(hand) => hand.draw(),
        SessionPart::Secret(tool) => tool.draw(),
    })
}

pub async fn session_part(what: SessionPart) -> AnyView {
    session(what).await.unwrap_or_else(|_| view! { <NotLoaded /> }.into_any())
}

/// What comes last: what stands beside the agenda, and what listens for the bell.
enum LaterPart {
    Beside(Beside),
    Bell(Watch),
}

#[wasm_split(beside, wasm_split_path = leptos::wasm_split, fallible, preload(load_beside))]
fn beside(what: LaterPart) -> Part {
    Ok(match what {
        LaterPart::Beside(what) => what.draw(),
        LaterPart::Bell(bell) => {
            bell.begin();
            ().into_any()
        }
    })
}

/// Without the part, the bell counts what there was when the page was opened.
pub async fn watch(bell: Watch) {
    let _ = beside(LaterPart::Bell(bell)).await;
}

/// What stands beside the agenda and is looked at now and then.
pub async fn beside_part(what: Beside) -> AnyView {
    beside(LaterPart::Beside(what))
        .await
        .unwrap_or_else(|_| view! { <NotLoaded /> }.into_any())
}

/// Name of the part that holds the page at a path; the sign-in page is in the main module.
pub fn part_of(path: &str) -> Option<&'static str> {
    let mut steps = path.split('/').skip(1);
    match (steps.next().unwrap_or_default(), steps.next()) {
        ("meetings", Some(_)) if matches!(steps.next(), Some("screen" | "minutes")) => Some("meetings"),
        ("meetings", Some("new" | "calendar")) => Some("planning"),
        ("meetings", Some(_)) if path.ends_with("/cards") => Some("planning"),
        ("documents", None | Some("new" | "numbers" | "trash")) | ("incoming", None | Some("new")) => Some("documents"),
        ("documents" | "incoming", _) => Some("document"),
        ("meetings", None) => Some("meetings"),
        ("meetings", _) => Some("meeting"),
        ("opinions", Some("new")) => Some("planning"),
        ("opinions", Some(_)) if steps.next() == Some("edit") => Some("planning"),
        ("opinions", _) => Some("opinions"),
        ("account" | "authority" | "room" | "tablets", _) => Some("account"),
        ("figures" | "notices", _) => Some("figures"),
        ("verify", _) => Some("verify"),
        ("login", _) => None,
        _ => Some("office"),
    }
}

async fn load_part(part: &str) -> Result<(), SplitLoaderError> {
    match part {
        "documents" => load_documents().await,
        "document" => load_document().await,
        "meetings" => load_meetings().await,
        "meeting" => load_meeting().await,
        "opinions" => load_opinions().await,
        "planning" => load_planning().await,
        "beside" => load_beside().await,
        "figures" => load_figures().await,
        "account" => load_account().await,
        "verify" => load_verify().await,
        "assigning" => load_assigning().await,
        "session" => load_session().await,
        _ => load_office().await,
    }
}

/// Fetches the part of the page at a path, so that hydration finds it there.
pub async fn load(path: &str) -> Result<(), SplitLoaderError> {
    match part_of(path) {
        Some(part) => load_part(part).await,
        None => Ok(()),
    }
}

/// Fetches all parts, so that a link that breaks later breaks no page; the meeting's first.
pub async fn load_all() {
    for part in [
        "meeting",
        "session",
        "beside",
        "meetings",
        "opinions",
        "document",
        "documents",
        "assigning",
        "office",
        "planning",
        "figures",
        "account",
        "verify",
    ] {
        // Without a link there is nothing to be had now; each page asks again by itself.
        if load_part(part).await.is_err() {
            return;
        }
    }
}

/// Lets the style sheet show that a page is on its way, once that has taken a while. On the server nothing has to be fetched.
fn opening(now: bool) {
    if cfg!(feature = "ssr") {
        return;
    }
    if let Some(root) = leptos::prelude::document().document_element() {
        let _ = if now {
            root.set_attribute("data-opening", "true")
        } else {
            root.remove_attribute("data-opening")
        };
    }
}

/// In place of a page whose part could not be fetched, and over one that could not be woken.
#[component]
pub fn NotLoaded() -> impl IntoView {
    let path = use_location().pathname;
    view! {
        <Note tone="warn">
            <p>{t("parts.not_loaded")}</p>
            // A whole new page: also right where the server has been renewed meanwhile.
            <p>
                <a class="button" rel="external" href=move || path.get()>
                    {t("parts.again")}
                </a>
            </p>
        </Note>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_part() {
        assert_eq!(part_of("/"), Some("office"));
        assert_eq!(part_of("/documents/new"), Some("documents"));
        assert_eq!(part_of("/documents/numbers"), Some("documents"));
        assert_eq!(part_of("/documents/0190"), Some("document"));
        assert_eq!(part_of("/incoming"), Some("documents"));
        assert_eq!(part_of("/incoming/new"), Some("documents"));
        assert_eq!(part_of("/incoming/0190"), Some("document"));
        assert_eq!(part_of("/meetings"), Some("meetings"));
        assert_eq!(part_of("/meetings/calendar"), Some("planning"));
        assert_eq!(part_of("/meetings/0190/cards"), Some("planning"));
        assert_eq!(part_of("/room"), Some("account"));
        assert_eq!(part_of("/tablets"), Some("account"));
        assert_eq!(part_of("/meetings/0190"), Some("meeting"));
        assert_eq!(part_of("/meetings/0190/screen"), Some("meetings"));
        assert_eq!(part_of("/meetings/0190/minutes"), Some("meetings"));
        assert_eq!(part_of("/opinions"), Some("opinions"));
        assert_eq!(part_of("/opinions/0190"), Some("opinions"));
        assert_eq!(part_of("/opinions/0190/edit"), Some("planning"));
        assert_eq!(part_of("/opinions/new"), Some("planning"));
        assert_eq!(part_of("/account"), Some("account"));
        assert_eq!(part_of("/authority"), Some("account"));
        assert_eq!(part_of("/figures"), Some("figures"));
        assert_eq!(part_of("/notices"), Some("figures"));
        assert_eq!(part_of("/login"), None);
    }
}
