//! Official documents: list, new, and one document with all that can be done to it.
pub mod detail;
pub mod list;
pub mod new;
