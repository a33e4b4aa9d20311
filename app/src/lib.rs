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
pub mod parts;
mod shell;

pub use shell::{Site, shell};

use components::layout::{Frame, provide_frame};
use components::live::provide_live;
use components::toast::provide_toasts;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{Lazy, SsrMode, path};

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
                <Route path=path!("/room") view={Lazy::<parts::Room>::new()} ssr=SsrMode::Async />
                <ParentRoute path=path!("") view=Frame ssr=SsrMode::Async>
                    <Route path=path!("/") view={Lazy::<parts::Home>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/documents") view={Lazy::<parts::Documents>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/documents/new") view={Lazy::<parts::NewDocument>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/documents/numbers") view={Lazy::<parts::Numbers>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/documents/trash") view={Lazy::<parts::Trash>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/documents/:id") view={Lazy::<parts::Document>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/incoming") view={Lazy::<parts::Incoming>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/incoming/new") view={Lazy::<parts::NewArrival>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/incoming/:id") view={Lazy::<parts::Arrival>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/meetings") view={Lazy::<parts::Meetings>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/meetings/calendar") view={Lazy::<parts::Calendar>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/meetings/new") view={Lazy::<parts::NewMeeting>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/meetings/:id") view={Lazy::<parts::Meeting>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/meetings/:id/minutes") view={Lazy::<parts::Minutes>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/meetings/:id/screen") view={Lazy::<parts::Screen>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/meetings/:id/cards") view={Lazy::<parts::Cards>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/opinions") view={Lazy::<parts::Opinions>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/opinions/new") view={Lazy::<parts::NewOpinion>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/opinions/:id") view={Lazy::<parts::Opinion>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/opinions/:id/edit") view={Lazy::<parts::EditOpinion>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/figures") view={Lazy::<parts::Figures>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/notices") view={Lazy::<parts::Notices>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/authority") view={Lazy::<parts::Authority>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/axis") view={Lazy::<parts::Axis>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/verify") view={Lazy::<parts::Verify>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/audit") view={Lazy::<parts::Audit>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/account") view={Lazy::<parts::Account>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/tablets") view={Lazy::<parts::Tablets>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/people") view={Lazy::<parts::People>::new()} ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
