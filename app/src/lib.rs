//! kyhop's user interface: pages, components, wire types, and the traits it needs from a server.
//!
//! Nothing here reaches a database, a key or a file: see [`api`].
#![recursion_limit = "256"]
pub mod actions;
pub mod api;
pub mod components;
pub mod dto;
pub mod error;
pub mod i18n;
pub mod ids;
pub mod live;
pub mod pages;
mod shell;

pub use shell::{Site, shell};

use components::layout::{Frame, provide_frame};
use components::live::provide_live;
use components::toast::provide_toasts;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// Every page. Pages are drawn whole on the server (`SsrMode::Async`), so that they can be read without script.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_frame();
    provide_live();
    provide_toasts();
    view! {
        <Router>
            <Routes fallback=pages::missing::MissingPage>
                <Route path=path!("/login") view=pages::login::LoginPage ssr=SsrMode::Async />
                <ParentRoute path=path!("") view=Frame ssr=SsrMode::Async>
                    <Route path=path!("/") view=pages::home::HomePage ssr=SsrMode::Async />
                    <Route path=path!("/documents") view=pages::documents::list::DocumentsPage ssr=SsrMode::Async />
                    <Route path=path!("/documents/new") view=pages::documents::new::NewDocumentPage ssr=SsrMode::Async />
                    <Route path=path!("/documents/:id") view=pages::documents::detail::DocumentPage ssr=SsrMode::Async />
                    <Route path=path!("/incoming") view=pages::incoming::IncomingPage ssr=SsrMode::Async />
                    <Route path=path!("/meetings") view=pages::meetings::MeetingsPage ssr=SsrMode::Async />
                    <Route path=path!("/meetings/new") view=pages::meetings::NewMeetingPage ssr=SsrMode::Async />
                    <Route path=path!("/meetings/:id") view=pages::meetings::MeetingPage ssr=SsrMode::Async />
                    <Route path=path!("/axis") view=pages::axis::AxisPage ssr=SsrMode::Async />
                    <Route path=path!("/verify") view=pages::verify::VerifyPage ssr=SsrMode::Async />
                    <Route path=path!("/audit") view=pages::audit::AuditPage ssr=SsrMode::Async />
                    <Route path=path!("/account") view=pages::account::AccountPage ssr=SsrMode::Async />
                    <Route path=path!("/people") view=pages::people::PeoplePage ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
