//! Official documents: list, new, and one document with all that can be done to it.
mod acting;
pub mod detail;
pub(crate) mod doc;
mod drafting;
pub mod entry;
mod facts;
mod fields;
pub mod list;
pub mod new;
pub mod numbers;
pub(crate) mod placing;
pub(crate) mod processing;
mod signatures;
pub mod trash;

pub use fields::{ReceiverChoice, ReceiverChoiceProps};
