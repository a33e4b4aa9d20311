//! kyhop's user interface: pages, components, wire types, and the traits it needs from a server.
//!
//! Nothing here reaches a database, a key or a file: see [`api`].
#![recursion_limit = "256"]
pub mod api;
pub mod dto;
pub mod error;
pub mod ids;
pub mod live;

use leptos::prelude::*;

#[component]
pub fn App() -> impl IntoView {}
