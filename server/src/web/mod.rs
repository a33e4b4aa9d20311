//! What browsers get: pages drawn by `app`, its server functions, the built site.
mod pages;
mod site;

pub use pages::{page, server_function, switch_language};
pub use site::{site, version};
