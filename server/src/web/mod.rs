//! What browsers get: pages drawn by `app`, its server functions, the built site.
mod pages;
mod site;

pub use pages::{local_address, page, server_function, switch_language, url_encode, wants_json};
pub use site::{parts, site, version};
