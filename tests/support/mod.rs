//! What the topics share: servers with people signed in, a PostgreSQL cluster, certificates, documents.
pub mod axis;
mod client;
mod pki;
mod postgres;
mod process;
mod server;

pub use client::{Answer, Client, Socket, multipart};
pub use pki::Authority;
pub use postgres::database_url;
pub use process::Process;
pub use server::{Backend, Server};

use std::path::PathBuf;

/// A real document of the demonstration, such as `ke-hoach.pdf`.
pub fn document(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../demo/documents").join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
