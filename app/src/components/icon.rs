//! Line icons, 24 by 24, drawn in the colour of the text around them.
use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Home,
    Document,
    Inbox,
    Calendar,
    Link,
    Shield,
    Log,
    People,
    Person,
    More,
    Check,
    Close,
    Plus,
    Search,
    Pen,
    Stamp,
    Send,
    Back,
    Upload,
    Alert,
    Info,
    Clock,
    Download,
    Trash,
    Copy,
    Key,
    Up,
    Down,
    Grip,
    Exit,
    Globe,
    Light,
    Vote,
    Forward,
    Hand,
    Play,
    Pause,
    Screen,
    Pointer,
    Ballot,
    Chart,
    Bell,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Icon::Hand => {
                "M7.500 12V6.500a1.500 1.500 0 013 0V11M10.500 10.500V4.500a1.500 1.500 0 013 0V11M13.500 10.500V6a1.500 1.500 0 013 0v6M16.500 10a1.500 1.500 0 013 0v5c0 4-2.500 6.500-6 6.500-3 0-4.700-1.300-6-3.800L4.700 13.900a1.500 1.500 0 012.600-1.500L8.500 14"
            }
            Icon::Pointer => "M5 4l14 7-6 2-2 6z",
            Icon::Screen => "M3 5h18v11H3zM12 16v4M8 20h8",
            Icon::Ballot => "M5 4h14v16H5zM8.5 9l1.500 1.500L12.500 8M15 9.500h1M8.500 15l1.500 1.500L12.500 14M15 15.500h1",
            Icon::Bell => "M6 16V11a6 6 0 0112 0v5l1.500 2H4.500zM10 20.500a2.200 2.200 0 004 0M12 3v2",
            Icon::Chart => "M4 4v16h16M8.5 16v-4M13 16V8M17.500 16v-6",
            Icon::Play => "M7 5l12 7-12 7z",
            Icon::Pause => "M8 5v14M16 5v14",
            Icon::Home => "M4 11l8-7 8 7M6 9.5V20h4.5v-5h3v5H18V9.5",
            Icon::Document => "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
            Icon::Inbox => "M4 13l2.5-8h11L20 13v6H4zM4 13h4.5l1.5 3h4l1.5-3H20",
            Icon::Calendar => "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4M8 14h3",
            Icon::Link => "M12 4v5M12 15v5M5 12h4M15 12h4M12 9a3 3 0 100 6 3 3 0 000-6zM3 12h2M19 12h2M12 2v2M12 20v2",
            Icon::Shield => "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2.2 2.2L15 10",
            Icon::Log => "M5 4h14v16H5zM8.5 8.5h7M8.5 12h7M8.5 15.5h4",
            Icon::People => {
                "M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20c.5-4 3-6 6.500-6s6 2 6.500 6M16 4.500a3.500 3.500 0 010 6.200M17.500 14.300c2.300.6 3.700 2.500 4 5.700"
            }
            Icon::Person => "M12 11.500a4 4 0 100-8 4 4 0 000 8zM4.500 20.500c.6-4 3.400-6 7.500-6s6.900 2 7.500 6",
            Icon::More => "M4 7h16M4 12h16M4 17h16",
            Icon::Check => "M5 12.500l4.500 4.500L19 7.500",
            Icon::Close => "M6 6l12 12M18 6L6 18",
            Icon::Plus => "M12 5v14M5 12h14",
            Icon::Search => "M10.500 17a6.500 6.500 0 100-13 6.500 6.500 0 000 13zM15.500 15.500L20.500 20.500",
            Icon::Pen => {
                "M4 20c3-1 4-4 5.500-8.500C10.500 8.500 12 6 13 7s-1 4.500-2.500 7.500c2-2 3-3 4-2.500s0 2.500 1 3 2.500-.5 4.500-1M4 20h16"
            }
            Icon::Stamp => "M9 14c1-2.500-1.500-4-1.500-6.500a4.500 4.500 0 019 0C16.500 10 14 11.500 15 14M5 14h14v4H5zM5 21h14",
            Icon::Send => "M4 12l16-8-5 16-3.500-6.500zM11.500 13.500L20 4",
            Icon::Back => "M10 5l-7 7 7 7M3 12h18",
            Icon::Forward => "M14 5l7 7-7 7M21 12H3",
            Icon::Upload => "M12 16V4M7 9l5-5 5 5M4 16v4h16v-4",
            Icon::Alert => "M12 3.500L2.500 20h19zM12 10v4.500M12 17.300v.2",
            Icon::Info => "M12 21a9 9 0 100-18 9 9 0 000 18zM12 11v5.500M12 7.500v.2",
            Icon::Clock => "M12 21a9 9 0 100-18 9 9 0 000 18zM12 7v5.500l3.500 2",
            Icon::Download => "M12 4v12M7 11l5 5 5-5M4 16v4h16v-4",
            Icon::Trash => "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5.500M14 11v5.500",
            Icon::Copy => "M8 8h12v12H8zM16 8V4H4v12h4",
            Icon::Key => "M8 19a4.500 4.500 0 100-9 4.500 4.500 0 000 9zM11.200 11.300L20 3M16.500 6.300l3 3",
            Icon::Up => "M6 15l6-6 6 6",
            Icon::Grip => "M5 9h14M5 15h14",
            Icon::Down => "M6 9l6 6 6-6",
            Icon::Exit => "M10 4H4v16h6M15 8l4 4-4 4M19 12H9",
            Icon::Globe => {
                "M12 21a9 9 0 100-18 9 9 0 000 18zM3 12h18M12 3c3 2.500 4 5.500 4 9s-1 6.500-4 9c-3-2.500-4-5.500-4-9s1-6.500 4-9z"
            }
            Icon::Light => {
                "M12 16a4 4 0 100-8 4 4 0 000 8zM12 2v2.500M12 19.500V22M2 12h2.500M19.500 12H22M5 5l1.700 1.700M17.300 17.300L19 19M5 19l1.700-1.700M17.300 6.700L19 5"
            }
            Icon::Vote => "M4 12h4l1.500 3h5L16 12h4v8H4zM8 9l3 3 5-7",
        }
    }
}

/// Decoration only: the words stand beside it.
#[component]
pub fn Glyph(icon: Icon) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=icon.path() />
        </svg>
    }
}
